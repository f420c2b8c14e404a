//! From configuration to a running application.

use crate::config::Config;
use rapport_app::auth::password::Cost;
use rapport_app::clock::{Ids, SteadyClock, SystemIds};
use rapport_app::vault::{MasterKey, Origin, Vault};
use rapport_app::{App, Parts, Settings};
use rapport_connectors::http::{AllowList, Client, Config as ClientConfig};
use rapport_store::{Options, Store};
use std::path::Path;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Why the application cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// A folder cannot be used.
    #[error("{0}")]
    Folder(String),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] rapport_store::Error),
    /// The master key cannot be used.
    #[error(transparent)]
    Vault(#[from] rapport_app::vault::VaultError),
    /// Outgoing calls cannot be set up.
    #[error("{0}")]
    Http(String),
    /// The application refused its settings.
    #[error(transparent)]
    App(#[from] rapport_app::Error),
}

/// Opens the database without touching its schema.
///
/// # Errors
/// [`BootError`].
pub async fn store(config: &Config) -> Result<Store, BootError> {
    folder(&config.data_dir)?;
    let mut options = Options::new(&config.database_url);
    options.node_name.clone_from(&config.node_name);
    Ok(Store::open(&options).await?)
}

/// Opens everything and brings the schema up to date. Starts no worker.
///
/// # Errors
/// [`BootError`].
pub async fn app(config: &Config) -> Result<App, BootError> {
    let store = store(config).await?;
    store.migrate().await?;
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let (key, origin) = MasterKey::find(
        config.master_key.as_deref(),
        config.master_key_file.as_deref(),
        &config.data_dir,
        ids.as_ref(),
    )?;
    if let Origin::Created(path) = &origin {
        tracing::warn!(path = %path.display(), "made a master key: keep a copy, without it no stored secret can be read");
    }
    let allow =
        AllowList::parse(&config.allow_hosts).map_err(|error| BootError::Http(format!("allow_hosts: {error}")))?;
    tls();
    let client = Client::new(ClientConfig { allow, ..ClientConfig::default() });
    let client = client.map_err(|error| BootError::Http(error.to_string()))?;
    let settings = Settings {
        public_url: config.public_url.clone(),
        data_dir: config.data_dir.clone(),
        max_media_bytes: crate::http::MAX_UPLOAD as u64,
        password_cost: Cost::default(),
    };
    Ok(App::new(Parts {
        store,
        clock: Arc::new(SteadyClock::new(wrong_by())),
        vault: Vault::new(key, ids.clone()),
        ids,
        http: Arc::new(client),
        settings,
        shutdown: CancellationToken::new(),
    })?)
}

/// For tests of wrong clocks only: how far this process's clock is from the machine's, milliseconds.
fn wrong_by() -> i64 {
    std::env::var("RAPPORT_TEST_CLOCK_OFFSET_MS").ok().and_then(|ms| ms.parse().ok()).unwrap_or(0)
}

/// One TLS provider for the whole process.
pub fn tls() {
    // Refused when one is installed already: that is this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The folder customers' files go to: nobody else may look into it.
fn folder(path: &Path) -> Result<(), BootError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| BootError::Folder(format!("cannot make {}: {error}", path.display())))
}
