//! Looking at the records of deals and cases, each in its turn: a stage that was set over there, an amount that was
//! changed, a record that was closed or deleted shows here. One call reads a hundred. Where a webhook says that something
//! about a record changed, it is looked at at once.

use super::row;
use super::settle::{self, End};
use crate::crm::open::Open;
use crate::error::Result;
use crate::jobs::Outcome;
use crate::state::App;
use rapport_connectors::crm::{ErrorClass, RemoteMatter};
use rapport_core::Ms;
use rapport_core::matter::{Object, mappings};
use rapport_core::sync::merge;
use rapport_core::time::DAY;
use rapport_store::job::Claimed;
use rapport_store::matter::{self, GONE, MatterRow};
use uuid::Uuid;

/// Records looked at in one go, where one call reads them all.
const AT_ONCE: u64 = 100;
/// The same where each costs a call.
const ONE_BY_ONE: u64 = 20;
/// What was won, lost or closed is looked at so long: somebody may open it again. Milliseconds.
const AFTER: i64 = 30 * DAY;
/// More missing ones, and none that is there, are not believed: a right that was taken away hides them all.
const FEW: usize = 5;
/// Of the day's calls, so much is left to changes: below it nothing is looked at. Hundredths.
const RESERVE: u64 = 20;

/// Looks at the connection's deals and cases when it is time.
///
/// # Errors
/// `Store`.
pub(crate) async fn round(app: &App, open: &Open) -> Result<()> {
    let is_scarce = open.line.quota().is_some_and(|quota| quota.remaining * 100 < quota.daily * RESERVE);
    if is_scarce || !open.line.matters_due(&open.settings) {
        return Ok(());
    }
    for object in open.remote.can().objects {
        let unseen = look(app, open, *object).await?;
        if let Some(trouble) = &unseen {
            tracing::debug!(connection = %open.id, %trouble, object = object.code(), "they cannot be looked at now");
        }
        open.line.looked(*object, unseen);
    }
    Ok(())
}

/// Performs a `PullRecord` job about a deal or a case. One that is not there any more is left to the next round, which is
/// brought forward and knows a deletion from a right that was taken away.
///
/// # Errors
/// `Store`.
pub(crate) async fn one(app: &App, open: &Open, object: Object, remote_id: &str, claimed: &Claimed) -> Result<Outcome> {
    let read = app.store.workspace(open.workspace).read();
    let mut rows = matter::by_remote(&read, open.id, object.code(), [remote_id.to_owned()]).await?;
    let Some(row) = rows.pop().filter(|row| row.sync != GONE) else { return Ok(Outcome::Done) };
    let theirs = match open.remote.matters(object, &[remote_id.to_owned()]).await {
        Ok(mut theirs) => theirs.pop(),
        // The contacts go on: only this needs more rights, and the round says so.
        Err(trouble) if trouble.class() == Some(ErrorClass::ForbiddenScope) => return Ok(Outcome::Done),
        Err(trouble) => return open.outcome(app, &trouble, claimed.attempt, claimed.created_at).await,
    };
    let looked_at = match &theirs {
        Some(theirs) if take(app, open, object, &row, theirs).await? => return Ok(Outcome::Done),
        Some(_) => app.now(),
        None => {
            open.line.look_soon();
            Ms(0)
        }
    };
    let tx = app.store.workspace(open.workspace).write().await?;
    matter::checked(&tx, &[row.id], looked_at).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// One look; tells what kept it from seeing anything.
async fn look(app: &App, open: &Open, object: Object) -> Result<Option<String>> {
    let now = app.now();
    let read = app.store.workspace(open.workspace).read();
    let before = now.plus(-open.settings.matters_ms / 2);
    let most = if open.remote.can().reads_many { AT_ONCE } else { ONE_BY_ONE };
    let rows = matter::due(&read, open.id, object.code(), before, now.plus(-AFTER), most).await?;
    let ids: Vec<String> = rows.iter().filter_map(|row| row.remote_id.clone()).collect();
    if ids.is_empty() {
        // Nothing was asked: what is known of the last look stands.
        return Ok(open.line.unseen(object));
    }
    let theirs = match open.remote.matters(object, &ids).await {
        Ok(theirs) => theirs,
        Err(trouble) => return Ok(Some(trouble.to_string())),
    };
    let (mut quiet, mut missing): (Vec<Uuid>, Vec<&MatterRow>) = (Vec::new(), Vec::new());
    for row in &rows {
        let found = theirs.iter().find(|one| Some(&one.id) == row.remote_id.as_ref());
        match found {
            None => missing.push(row),
            Some(theirs) if !take(app, open, object, row, theirs).await? => quiet.push(row.id),
            Some(_) => {}
        }
    }
    let mut unseen = None;
    if missing.len() > FEW && theirs.is_empty() {
        quiet.extend(missing.iter().map(|row| row.id));
        unseen = Some(format!(
            "None of {} is there: another account, or a right that was taken away. Nothing was done about them.",
            missing.len()
        ));
    } else {
        for row in missing {
            settle::end(app, open, row, &End::Gone, None).await?;
        }
    }
    let tx = app.store.workspace(open.workspace).write().await?;
    matter::checked(&tx, &quiet, now).await?;
    tx.commit().await?;
    Ok(unseen)
}

/// Takes over what differs; true when something was written.
async fn take(app: &App, open: &Open, object: Object, row: &MatterRow, theirs: &RemoteMatter) -> Result<bool> {
    let theirs_now = settle::record(open, row, object, Some(theirs));
    let result = merge(&row::record(row), &theirs_now, &row::base(row), &mappings(object), "");
    if result.to_local.is_empty() && row.stage == theirs.stage {
        return Ok(false);
    }
    settle::seen(app, open, row, theirs, &result).await
}
