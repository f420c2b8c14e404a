//! Load generator, baselines and fault harness for Rapport.
//!
//! `rapport-bench bench` measures, `rapport-bench faults` breaks things and judges what is left. Everything runs on
//! this machine: traffic goes to loopback addresses only.

mod baseline;
mod clock;
mod faults;
mod generate;
mod histogram;
mod http;
mod load;
mod measure;
mod oracle;
mod sign;
mod site;
mod sync;
mod week;

/// Errors are for people: a text is enough.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
/// The usual result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Load generator, baselines and fault harness for Rapport.
#[derive(Debug, Parser)]
#[command(name = "rapport-bench", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measures the product beside what the machine can do; writes target/bench/report.json
    Bench(measure::Options),
    /// Breaks things and judges what is left; RAPPORT_FAULTS=long for many rounds
    Faults(faults::Options),
    /// Plays edits on both sides of a CRM connection, with faults and time of their own, and compares field by field
    Sync(sync::Options),
    /// Plays a week of sending with faults against the guard and counts what left; judges nothing but that count
    Week(week::Options),
    /// Burns a core: what `bench` starts to be disturbed by
    #[command(hide = true)]
    Hog {
        /// For so long
        #[arg(long)]
        seconds: u64,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("rapport-bench: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match &cli.command {
            Command::Bench(options) => measure::run(options).await,
            Command::Faults(options) => faults::run(options).await,
            Command::Sync(options) => sync::run(options),
            Command::Week(options) => week::run(options),
            Command::Hog { seconds } => {
                measure::latency::hog(*seconds);
                Ok(true)
            }
        }
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("rapport-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
