//! The binary.

/// Events are many short-lived pieces of memory made on one thread and dropped on another, which the C library's
/// allocator is slow at (measured in `docs/decisions/0006-room-for-acknowledgements.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    rapport_server::cli::main()
}
