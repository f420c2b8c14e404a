//! `rapport backup` and `rapport restore`

use super::output::{Failure, Output};
use crate::boot;
use crate::config::Config;
use clap::Args;
use rapport_core::WorkspaceId;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Flags of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// New file to write the copy to
    file: PathBuf,
}

/// Flags of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// File that `rapport backup` wrote
    file: PathBuf,
}

/// Copies the embedded database while it runs, and verifies the copy.
pub async fn backup(config: &Config, args: BackupArgs) -> Result<Output, Failure> {
    let store = boot::store(config).await?;
    let file = std::path::absolute(&args.file).map_err(|error| Failure::new("failed", error.to_string()))?;
    let report = rapport_store::backup::backup(&store, &file).await?;
    store.close().await?;
    let text = format!(
        "{}: {} bytes, verified.\nKeep the master key ({}) and the media files beside it: the copy has neither.",
        file.display(),
        report.bytes,
        config.master_key_file.clone().unwrap_or_else(|| config.data_dir.join("master.key")).display()
    );
    Ok(Output::new(text, &json!({ "file": file, "bytes": report.bytes, "rows": report.rows })))
}

/// Verifies a copy and puts it where the database belongs. There must be none yet: what is there is never overwritten.
pub async fn restore(config: &Config, args: RestoreArgs) -> Result<Output, Failure> {
    let path = config.database_url.strip_prefix("sqlite://").map(PathBuf::from).ok_or_else(|| {
        Failure::new("not_embedded", "only the embedded database is restored this way; use pg_restore for PostgreSQL")
    })?;
    for beside in ["", "-wal", "-shm"] {
        let there = PathBuf::from(format!("{}{beside}", path.display()));
        if there.exists() {
            let detail = format!("{} exists: stop the server and move it away first", there.display());
            return Err(Failure::new("not_empty", detail));
        }
    }
    let report = copy(&args.file, &path).await?;
    let app = boot::app(config).await?;
    let mut unreadable = Vec::new();
    for row in rapport_store::workspace::all(&app.store, 10_000).await? {
        if let Err(error) = app.key(WorkspaceId(row.workspace_id)).await {
            unreadable.push(format!("{}: {error}", row.name));
        }
    }
    app.store.clone().close().await?;
    let mut text = format!("{}: {} bytes, verified.", path.display(), report.bytes);
    for line in &unreadable {
        text.push_str(&format!("\nIts secrets cannot be read with this master key. {line}"));
    }
    let whole = unreadable.is_empty();
    let document = json!({ "file": path, "bytes": report.bytes, "rows": report.rows, "unreadable": unreadable });
    Ok(Output::new(text, &document).failed_unless(whole))
}

/// The copy is verified before and after: a disk that lies is noticed now.
async fn copy(from: &Path, to: &Path) -> Result<rapport_store::backup::Report, Failure> {
    let from = std::path::absolute(from).map_err(|error| Failure::new("failed", error.to_string()))?;
    let failed = |error: std::io::Error| Failure::new("failed", format!("{}: {error}", to.display()));
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let partial = PathBuf::from(format!("{}.partial", to.display()));
    std::fs::copy(&from, &partial).map_err(failed)?;
    let report = match rapport_store::backup::check(&partial).await {
        Ok(report) => report,
        Err(error) => {
            std::fs::remove_file(&partial).map_err(failed)?;
            return Err(error.into());
        }
    };
    for beside in ["-wal", "-shm"] {
        // Empty by now: the check closed the file in order.
        let _ = std::fs::remove_file(format!("{}{beside}", partial.display()));
    }
    std::fs::rename(&partial, to).map_err(failed)?;
    Ok(report)
}
