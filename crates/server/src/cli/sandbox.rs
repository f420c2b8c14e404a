//! `rapport sandbox`

use super::Globals;
use super::output::{Failure, Output};
use clap::Args;
use rapport_sandbox::{Config, Sandbox};
use std::net::SocketAddr;

/// Flags of `sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:9100", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Seed of every id and random choice
    #[arg(long, default_value_t = 42)]
    seed: u64,
}

/// Runs until Ctrl-C.
pub async fn run(globals: &Globals, args: SandboxArgs) -> Result<Output, Failure> {
    let filter = globals.log.as_deref().unwrap_or("info");
    crate::telemetry::logs(filter).map_err(|error| Failure::new("bad_config", error))?;
    let config = Config { listen: args.listen, seed: args.seed, ..Config::default() };
    let handle = Sandbox::start(config)
        .await
        .map_err(|error| Failure::new("cannot_listen", format!("cannot listen on {}: {error}", args.listen)))?;
    tracing::info!(base_url = handle.base_url(), "sandbox is ready");
    tokio::signal::ctrl_c().await.map_err(|error| Failure::new("failed", error.to_string()))?;
    drop(handle);
    Ok(Output::silent())
}
