//! `rapport serve`

use super::output::{Failure, Output};
use crate::config::Config;
use crate::http::listen::{self, Limits};
use crate::{boot, http, telemetry};
use clap::Args;
use rapport_app::App;
use rapport_app::services::Services;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// Flags of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address and port to listen on
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where people and providers reach this installation
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

impl ServeArgs {
    /// The flags as settings.
    pub fn flags(&self) -> [(&'static str, Option<String>); 2] {
        [("listen", self.listen.clone()), ("public_url", self.public_url.clone())]
    }
}

/// Runs until it is told to stop.
pub async fn run(config: Config, _: &ServeArgs) -> Result<Output, Failure> {
    let listener = bind(config.listen).await?;
    let app = boot::app(&config).await?;
    serve(&config, listener, app).await?;
    Ok(Output::silent())
}

/// Takes the port; a taken one is told in a sentence.
pub(super) async fn bind(listen: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen).await.map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "another program uses this port; choose another one with --listen".to_owned()
            }
            _ => error.to_string(),
        };
        Failure::new("cannot_listen", format!("cannot listen on {listen}: {why}"))
    })
}

/// Starts the workers, answers requests until the application is told to stop, and ends in order.
pub(super) async fn serve(config: &Config, listener: TcpListener, app: App) -> Result<(), Failure> {
    let metrics = telemetry::metrics();
    let settings = http::Settings {
        metrics: metrics.clone(),
        metrics_token: config.metrics_token.clone(),
        trusted_proxies: config.trusted_proxies.clone().into(),
    };
    let router = http::router(app.clone(), settings).map_err(|error| Failure::new("cannot_start", error))?;
    let services = Services::start(&app).await?;
    tokio::spawn(stop_on_signal(app.clone()));
    if let Some(metrics) = metrics {
        tokio::spawn(upkeep(app.clone(), metrics));
    }
    let listen = listener.local_addr().unwrap_or(config.listen);
    tracing::info!(%listen, public_url = config.public_url, version = env!("CARGO_PKG_VERSION"), "ready");
    listen::serve(listener, router, Limits::default(), app.shutdown.clone()).await;
    // Requests are answered. The workers put their work down, and only then the database closes.
    app.shutdown.cancel();
    services.join(&app).await;
    app.store.clone().close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Histograms keep what was measured until somebody asks; nobody may ever ask.
async fn upkeep(app: App, metrics: metrics_exporter_prometheus::PrometheusHandle) {
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    while app.shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        metrics.run_upkeep();
    }
}

/// Ctrl-C or SIGTERM begin the end; a second one ends at once.
async fn stop_on_signal(app: App) {
    signal().await;
    tracing::info!("stopping");
    app.shutdown.cancel();
    signal().await;
    tracing::warn!("stopping at once");
    std::process::exit(130);
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
