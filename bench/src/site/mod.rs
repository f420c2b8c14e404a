//! What is put under load: the product's processes, a private PostgreSQL, the sandbox, and readers of what they stored.

pub mod database;
pub mod feed;
pub mod postgres;
pub mod process;
pub mod product;
pub mod proxy;
pub mod sandbox;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A loopback port that is free now.
pub fn free_port() -> crate::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The repository's root: two levels above this crate's manifest, or the working directory for an installed binary.
pub fn root() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default();
    if built.join("Cargo.toml").exists() { built } else { PathBuf::from(".") }
}

/// `target/bench`, made when missing.
pub fn output() -> crate::Result<PathBuf> {
    let path = root().join("target/bench");
    std::fs::create_dir_all(&path)?;
    Ok(path.canonicalize()?)
}

/// Throws the logs of earlier runs away.
pub fn forget_logs() -> crate::Result<()> {
    for entry in std::fs::read_dir(output()?)?.flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "log") {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whether everything is to be left for a look afterwards.
fn keeps() -> bool {
    std::env::var("RAPPORT_BENCH_KEEP").is_ok_and(|keep| keep == "1")
}

/// A directory that goes away with its owner, unless it is to be kept.
pub struct Scratch {
    path: PathBuf,
    keep: bool,
}

impl Scratch {
    /// A new one under `target/bench`; `RAPPORT_BENCH_KEEP=1` keeps it.
    pub fn new(what: &str) -> crate::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{what}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self::at(output()?.join(name), keeps())
    }

    /// One at a place of one's own, made when missing, which stays with all that is in it.
    pub fn kept(path: PathBuf) -> crate::Result<Self> {
        Self::at(path, true)
    }

    /// A new one where flushing costs nothing, if there is such a place: for simulations, which count hours as moments.
    pub fn swift(what: &str) -> crate::Result<Self> {
        let memory = Path::new("/dev/shm");
        if !memory.is_dir() {
            return Self::new(what);
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("rapport-{what}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = memory.join(name);
        Self::at(path, keeps())
    }

    fn at(path: PathBuf, keep: bool) -> crate::Result<Self> {
        std::fs::create_dir_all(&path)?;
        Ok(Self { path: path.canonicalize()?, keep })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it stays.
    pub fn stays(&self) -> bool {
        self.keep
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.keep {
            println!("kept: {}", self.path.display());
        } else {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
