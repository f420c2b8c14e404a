//! How long files are kept: a choice of the workspace, and the nightly work of deleting older ones.
//!
//! Equal contents are kept once, whoever they belong to, so bytes go only when no file of any workspace needs them. A
//! file's row is marked first and its bytes are dealt with afterwards; whatever is interrupted is found again by the
//! marked rows that still have their hash.

use super::{derived, inside, path};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::words::given;
use crate::jobs::{Job, Outcome};
use crate::state::App;
use rapport_core::time::HOUR;
use rapport_core::{MediaId, Ms, WorkspaceId, retention};
use rapport_store::Scope;
use rapport_store::entity::workspace::Model;
use rapport_store::media::{self, Volume};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::SystemTime;
use utoipa::ToSchema;

/// Where the choice stands among the workspace's settings.
const KEY: &str = "media_days";
/// Rows marked in one transaction.
const STEP: u64 = 500;
/// A file that was written this lately may be about to get its row.
const FRESH_MS: i64 = HOUR;

/// How long files are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MediaRetention)]
pub struct RetentionView {
    /// Days after a file came or last went out; null = for ever.
    #[schema(required)]
    pub days: Option<u32>,
    /// Stored files.
    pub files: i64,
    /// Their bytes.
    pub bytes: i64,
    /// Stored files that the next run deletes.
    pub due_files: i64,
    /// Their bytes.
    pub due_bytes: i64,
    /// When the next run is, milliseconds UTC; null while files are kept for ever.
    #[schema(required)]
    pub next_run_at: Option<i64>,
}

/// Changes how long files are kept.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MediaRetentionPatch)]
pub struct RetentionPatch {
    /// 1 to 3650 days; null = for ever.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>)]
    pub days: Option<Option<u32>>,
}

/// The days a workspace chose.
fn chosen(row: &Model) -> Option<u32> {
    row.settings.get(KEY).and_then(Value::as_u64).and_then(|days| u32::try_from(days).ok())
}

async fn view(app: &App, workspace: WorkspaceId) -> Result<RetentionView> {
    let read = app.store.workspace(workspace).read();
    let row = rapport_store::workspace::get(&read).await?.ok_or(Error::NotFound("workspace"))?;
    let (days, now) = (chosen(&row), app.now());
    let all = media::volume(&read, None).await?;
    let due = match days {
        Some(days) => media::volume(&read, Some(retention::before(days, now))).await?,
        None => Volume::default(),
    };
    Ok(RetentionView {
        days,
        files: all.files,
        bytes: all.bytes,
        due_files: due.files,
        due_bytes: due.bytes,
        next_run_at: days.map(|_| retention::next_night(now, &row.timezone).0),
    })
}

/// How long files are kept, and what that means now.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<RetentionView> {
    caller.require(Permission::WorkspaceManage)?;
    view(app, caller.workspace).await
}

/// Changes how long files are kept. Nothing is deleted before the next night.
///
/// # Errors
/// `Forbidden`, `Invalid` (`days`), `NotFound`, `Store`.
pub async fn set(app: &App, caller: &Caller, patch: RetentionPatch) -> Result<RetentionView> {
    caller.require(Permission::WorkspaceManage)?;
    let Some(days) = patch.days else { return view(app, caller.workspace).await };
    if days.is_some_and(|days| !retention::DAYS.contains(&days)) {
        return Err(Error::invalid("days", "must be 1 to 3650, or null for ever"));
    }
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = rapport_store::workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
    let before = json!({ "days": chosen(&row) });
    if !row.settings.is_object() {
        row.settings = json!({});
    }
    row.settings[KEY] = json!(days);
    let (timezone, id) = (row.timezone.clone(), row.workspace_id);
    rapport_store::workspace::update(&tx, row).await?;
    let change = Change { before: Some(before), after: Some(json!({ "days": days })) };
    record(&tx, now, caller, "workspace.media_retention", ("workspace", id), change).await?;
    if days.is_some() {
        let night = Job::DeleteOldMedia.row_at(retention::next_night(now, &timezone));
        rapport_store::job::enqueue(&tx, vec![night], now).await?;
    }
    tx.commit().await?;
    view(app, caller.workspace).await
}

/// Deletes what is older than the workspace keeps files; due again the next night while there is such a choice.
///
/// # Errors
/// What the store or the disk said.
pub async fn run(app: &App, workspace: WorkspaceId) -> Result<Outcome> {
    let scope = app.store.workspace(workspace);
    let row = rapport_store::workspace::get(&scope.read()).await?;
    let choice = row.and_then(|row| Some((chosen(&row)?, row.timezone)));
    if let Some((days, _)) = &choice {
        let before = retention::before(*days, app.now());
        spare(app, &scope).await?;
        loop {
            let tx = scope.write().await?;
            let retired = media::retire(&tx, before, *days, STEP).await?;
            tx.commit().await?;
            if retired < STEP {
                break;
            }
        }
    }
    // What an interrupted run left is dealt with too, also when files are kept for ever by now.
    clear(app, workspace).await?;
    match choice {
        Some((_, timezone)) => Ok(Outcome::Again { at: retention::next_night(app.now(), &timezone) }),
        None => Ok(Outcome::Done),
    }
}

/// What is named by something that has not gone out yet is in use, however long ago it was written: campaigns that have not
/// ended, and messages that wait.
async fn spare(app: &App, scope: &Scope) -> Result<()> {
    let (read, now) = (scope.read(), app.now());
    let mut files: BTreeSet<MediaId> = BTreeSet::new();
    for given in rapport_store::campaign::given_of_open(&read).await? {
        files.extend(crate::campaign::files_in(&given));
    }
    let mut after = None;
    loop {
        let part = rapport_store::send::contents(&read, after, STEP).await?;
        let Some((last, _)) = part.last() else { break };
        after = Some(*last);
        let inner = part.iter().filter_map(|(_, content)| content.as_ref()).flat_map(inside::files);
        files.extend(inner.map(|(id, _)| MediaId(id)));
    }
    if !files.is_empty() {
        let tx = scope.write().await?;
        media::used(&tx, &files.into_iter().collect::<Vec<_>>(), now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Deals with the bytes of files that are marked as deleted.
async fn clear(app: &App, workspace: WorkspaceId) -> Result<()> {
    let scope = app.store.workspace(workspace);
    loop {
        let hashes = media::doomed(&scope.read(), STEP).await?;
        if hashes.is_empty() {
            return Ok(());
        }
        for sha256 in hashes {
            discard(app, &sha256).await?;
            let tx = scope.write().await?;
            media::forget_content(&tx, &sha256).await?;
            tx.commit().await?;
        }
    }
}

/// Deals with the bytes of all files of a workspace that is being removed; false when some came just now and must be
/// looked at again later. The rows stay, as deleted ones.
///
/// # Errors
/// What the store said; files that cannot be deleted.
pub(crate) async fn clear_out(app: &App, workspace: WorkspaceId) -> Result<bool> {
    let scope = app.store.workspace(workspace);
    loop {
        let tx = scope.write().await?;
        let retired = media::retire(&tx, Ms(i64::MAX), 0, STEP).await?;
        tx.commit().await?;
        if retired < STEP {
            break;
        }
    }
    for sha256 in media::doomed(&scope.read(), u64::from(u32::MAX)).await? {
        let place = path(&app.settings.data_dir, &sha256);
        if is_fresh(&place, app.now()).await && !media::is_needed(&app.store, &sha256).await? {
            return Ok(false);
        }
        discard(app, &sha256).await?;
        let tx = scope.write().await?;
        media::forget_content(&tx, &sha256).await?;
        tx.commit().await?;
    }
    Ok(true)
}

/// Removes bytes that nobody needs. They are put aside first: whoever brings the same content at this moment writes a
/// file of their own, which stays, or has just written the one that was put aside, which then comes back.
async fn discard(app: &App, sha256: &str) -> Result<()> {
    let home = path(&app.settings.data_dir, sha256);
    let aside = home.with_extension("old");
    if media::is_needed(&app.store, sha256).await? {
        // A run that was interrupted may have put aside what is needed again.
        return back(&aside, &home).await;
    }
    absent_is_fine(tokio::fs::rename(&home, &aside).await)?;
    if is_fresh(&aside, app.now()).await || media::is_needed(&app.store, sha256).await? {
        return back(&aside, &home).await;
    }
    absent_is_fine(tokio::fs::remove_file(&aside).await)?;
    derived::forget(&app.settings.data_dir, sha256).await.map_err(disk)
}

/// Puts bytes back unless others are there already.
async fn back(aside: &Path, home: &Path) -> Result<()> {
    if tokio::fs::try_exists(home).await.map_err(disk)? {
        return absent_is_fine(tokio::fs::remove_file(aside).await);
    }
    absent_is_fine(tokio::fs::rename(aside, home).await)
}

/// Files that seem to come from the future, because a clock was set back, are left alone too.
async fn is_fresh(file: &Path, now: Ms) -> bool {
    let Ok(about) = tokio::fs::metadata(file).await else { return false };
    let written = about.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    let written = written.and_then(|since| i64::try_from(since.as_millis()).ok());
    written.is_some_and(|at| now.since(Ms(at)) < FRESH_MS)
}

fn absent_is_fine(done: std::io::Result<()>) -> Result<()> {
    match done {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(disk(error)),
        _ => Ok(()),
    }
}

fn disk(error: std::io::Error) -> Error {
    Error::Internal(format!("an old file cannot be deleted: {error}"))
}
