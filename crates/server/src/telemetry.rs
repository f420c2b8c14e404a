//! Logs and metrics.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;

/// Buckets of every `*_seconds` histogram.
const SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Starts logging to standard error: text on a terminal, JSON elsewhere. A second call does nothing.
///
/// # Errors
/// A sentence when the filter cannot be read.
pub fn logs(filter: &str) -> Result<(), String> {
    // Every command looks at the schema, and the library would say so each time.
    let filter = EnvFilter::try_new(format!("sea_orm_migration=warn,{filter}"))
        .map_err(|error| format!("log: {filter}: {error}"))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber is refused; the first one stays, which is what is wanted.
    let _ = if std::io::stderr().is_terminal() {
        lines.try_init()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        // The message may quote what a customer wrote; the place is enough to find the line.
        tracing::error!(place, "panic");
    }));
    Ok(())
}

/// The process's metrics. Always the same handle.
pub fn metrics() -> Option<PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder =
                PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS);
            let handle = builder.ok()?.install_recorder().ok()?;
            metrics::gauge!("rapport_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
            Some(handle)
        })
        .clone()
}
