//! `rapport doctor`

use super::WorkspaceArg;
use super::channel::findings;
use super::output::{Failure, Output};
use crate::boot;
use crate::config::Config;
use clap::Args;
use rapport_app::doctor::{self, words};

/// Flags of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    workspace: WorkspaceArg,
}

/// Looks at everything; exit code 1 when something people rely on does not work. Changes nothing: an older schema is
/// a finding, not a reason to migrate.
pub async fn run(config: &Config, args: DoctorArgs) -> Result<Output, Failure> {
    let store = match boot::store(config).await {
        Ok(store) => store,
        Err(error) => return Ok(findings(&[words::DATABASE_AWAY.finding().with("error", error)])),
    };
    let current = store.is_migrated().await;
    store.close().await?;
    match current {
        Ok(true) => {}
        Ok(false) => return Ok(findings(&[words::DATABASE_OLD.finding()])),
        Err(error) => return Ok(findings(&[words::DATABASE_AWAY.finding().with("error", error)])),
    }
    let app = boot::app(config).await?;
    let caller = args.workspace.caller(&app).await?;
    let found = doctor::run(&app, &caller).await?;
    app.store.clone().close().await?;
    Ok(findings(&found))
}
