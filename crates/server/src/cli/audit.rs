//! `rapport audit`

use super::WorkspaceArg;
use super::output::{Failure, Output};
use crate::boot;
use crate::config::Config;
use clap::Args;

/// Flags of `audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(flatten)]
    workspace: WorkspaceArg,
}

/// Counts every received event; fails when the books do not balance.
pub async fn run(config: &Config, args: AuditArgs) -> Result<Output, Failure> {
    let app = boot::app(config).await?;
    let caller = args.workspace.caller(&app).await?;
    let counts = rapport_app::audit::counts(&app, &caller).await?;
    app.store.clone().close().await?;
    let text = format!(
        "received     {}\n  processed    {}\n  duplicates   {}\n  quarantined  {}\n  pending      {}\nstored       {}\nshown        {}\n{}",
        counts.received,
        counts.processed,
        counts.duplicates,
        counts.quarantined,
        counts.pending,
        counts.stored,
        counts.shown,
        if counts.balanced { "balanced".to_owned() } else { counts.findings.join("\n") },
    );
    Ok(Output::new(text, &counts).failed_unless(counts.balanced))
}
