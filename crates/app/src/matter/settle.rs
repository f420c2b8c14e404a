//! What an exchange with a CRM comes to, written down in one transaction.

use super::change::settle_jobs;
use super::make::bring;
use super::{object_of, row, told, trace};
use crate::crm::open::Open;
use crate::error::Result;
use crate::state::App;
use rapport_connectors::crm::{RemoteMatter, Trouble};
use rapport_core::Ms;
use rapport_core::matter::{Content, Object, field, kept};
use rapport_core::sync::{Conflict, Field, MergeResult, Record, Side};
use rapport_store::matter::{self, FAILED, GONE, IN_STEP, MatterRow, WAITING};
use rapport_store::{WriteTx, sync_log};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How an exchange ended.
pub(super) enum End {
    /// Both sides were merged, and there is what had to be written.
    Agreed(Box<Agreed>),
    /// The contact's record comes first: after so many milliseconds it is looked for again.
    Coming(i64),
    /// The record was deleted over there.
    Gone,
    /// A person must look.
    Stuck(String),
    /// Another time.
    Trouble(Trouble),
}

/// What was agreed on.
pub(super) struct Agreed {
    /// The record as it stands.
    pub record: RemoteMatter,
    /// What the merge decided.
    pub result: MergeResult,
    /// Fields that were refused, with the reason.
    pub refused: BTreeMap<String, String>,
}

/// Their record in the merge's terms, as it would be kept here; nothing is there yet for `None`.
pub(super) fn record(open: &Open, row: &MatterRow, object: Object, theirs: Option<&RemoteMatter>) -> Record {
    let Some(theirs) = theirs else { return Record::default() };
    let mut values = kept(object, &theirs.fields, row.currency.as_deref());
    // Two degrees of ours may be one word over there: read back, it means the one that we have.
    let (ours, word) = (row.priority.as_deref(), values.get_mut(field::PRIORITY));
    if let (Some(ours), Some(word)) = (ours, word)
        && open.remote.priority_back(ours) == *word
    {
        *word = ours.into();
    }
    let field = |(name, value): (String, Value)| (name, Field { value, modified_at: None });
    Record {
        fields: values.into_iter().map(field).collect(),
        modified_at: theirs.updated_at,
        resolution_ms: open.remote.can().resolution_ms,
        partial: true,
    }
}

/// Writes down how an exchange about `read` ended; `given_up` says why it is not tried again.
pub(super) async fn end(app: &App, open: &Open, read: &MatterRow, end: &End, given_up: Option<&str>) -> Result<()> {
    let now = app.now();
    let tx = app.store.workspace(open.workspace).write().await?;
    let Some(mut present) = matter::get_for_write(&tx, read.id).await? else { return Ok(()) };
    if present.connection_id != Some(open.id.0) {
        return Ok(());
    }
    let (mut outcome, mut fields) = (sync_log::DONE, json!([]));
    match end {
        End::Agreed(agreed) => {
            let is_first = present.remote_id.is_none();
            let taken = agree(open, &mut present, read, agreed, now)?;
            fields = json!(agreed.result.to_remote.keys().collect::<Vec<_>>());
            if !agreed.refused.is_empty() {
                outcome = sync_log::PARTIAL;
            }
            if is_first {
                let linked = json!({ "remote_id": agreed.record.id });
                trace::audit(&tx, open, &present, "linked", (None, linked), now).await?;
            }
            updated(&tx, open, &present, taken, now).await?;
            // A loser over there that was not overwritten is still there.
            let stays = |lost: &&Conflict| lost.winner == Side::Local && agreed.refused.contains_key(&lost.field);
            let all = agreed.result.conflicts.iter();
            lost(&tx, open, &present, all.filter(|lost| !stays(lost)).collect(), now).await?;
            if present.sync == WAITING {
                bring(&tx, &present, now).await?;
            }
        }
        // Another record is meant by now: a person had it made anew.
        End::Gone if present.remote_id != read.remote_id => return Ok(()),
        End::Gone => {
            present.sync = GONE.to_owned();
            let vendor = open.vendor_name();
            present.error =
                Some(format!("It was deleted in {vendor}; it is kept here. Trying again makes a new one there."));
        }
        End::Stuck(_) | End::Trouble(_) | End::Coming(_) => {
            outcome = sync_log::FAILED;
            present.sync = if given_up.is_some() { FAILED } else { WAITING }.to_owned();
            present.error = match end {
                End::Stuck(why) => Some(why.clone()),
                End::Trouble(trouble) => Some(trouble.to_string()),
                _ => None,
            };
        }
    }
    // What was given up before is settled by this: at most one asks for a person.
    if given_up.is_some() || outcome != sync_log::FAILED {
        settle_jobs(&tx, open.id.0, present.id).await?;
    }
    // Trouble that passes is no failure.
    if given_up.is_some() || outcome != sync_log::FAILED {
        let latency_ms = (outcome != sync_log::FAILED).then(|| now.since(Ms(read.updated_at)).max(0));
        let line = trace::line(&tx, open, &present, sync_log::PUSH, now);
        let error = present.error.clone();
        let line = sync_log::SyncLogRow { outcome: outcome.to_owned(), fields, latency_ms, error, ..line };
        sync_log::append(&tx, vec![line]).await?;
    }
    told(&tx, &present, now).await?;
    matter::update(&tx, present).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(())
}

/// Keeps the values that lost, each with the one that stays and why.
async fn lost(tx: &WriteTx, open: &Open, present: &MatterRow, all: Vec<&Conflict>, now: Ms) -> Result<()> {
    for conflict in all {
        let (winner, side) = match conflict.winner {
            Side::Local => (&conflict.local, "rapport"),
            Side::Remote => (&conflict.remote, open.row.kind.as_str()),
        };
        let lost = json!({ conflict.field.as_str(): conflict.loser });
        let won = json!({ conflict.field.as_str(): winner, "winner": side, "won_by": conflict.won_by });
        trace::audit(tx, open, present, "conflict", (Some(lost), won), now).await?;
    }
    Ok(())
}

/// A line of the audit about fields that were taken over, if there are any.
async fn updated(
    tx: &WriteTx,
    open: &Open,
    present: &MatterRow,
    (before, changed): (Content, Vec<String>),
    now: Ms,
) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let (was, is) = (trace::values(&before, &changed), trace::values(&row::content(present), &changed));
    trace::audit(tx, open, present, "updated", (Some(was), is), now).await
}

/// Takes over what was agreed, and gives what it was before and what changed. What was changed here meanwhile stays as it
/// is, and goes over next.
fn agree(
    open: &Open,
    present: &mut MatterRow,
    read: &MatterRow,
    agreed: &Agreed,
    now: Ms,
) -> Result<(Content, Vec<String>)> {
    let Agreed { record, result, refused } = agreed;
    let since = row::content(present).changed(&row::content(read));
    let taken = take(present, read, result, now)?;
    // Where amounts are counted in one currency, none is told: ours is kept here, and was not agreed on.
    let is_apart = |name: &str| name == field::CURRENCY && !record.fields.contains_key(name);
    remember(present, read, result, |name| !refused.contains_key(name) && !is_apart(name));
    let page = open.settings.record_url.as_deref().and_then(|page| open.remote.matter_page(&present.object, page));
    if let Some(page) = page {
        present.remote_url = Some(format!("{page}{}", record.id));
    }
    present.remote_id = Some(record.id.clone());
    present.stage.clone_from(&record.stage);
    present.remote_at = record.updated_at.map(|at| at.0);
    (present.checked_at, present.pushed_at) = (now.0, Some(now.0));
    present.sync = if since.is_empty() { IN_STEP } else { WAITING }.to_owned();
    let told: Vec<String> = refused.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    present.error = (!told.is_empty()).then(|| format!("{} did not take {}", open.vendor_name(), told.join("; ")));
    Ok(taken)
}

/// Takes over what the merge wants written here, but for what was changed here since it was read. Gives what it was
/// before, and what changed.
fn take(present: &mut MatterRow, read: &MatterRow, result: &MergeResult, now: Ms) -> Result<(Content, Vec<String>)> {
    let before = row::content(present);
    let since = before.changed(&row::content(read));
    let wanted = result.to_local.iter().filter(|(name, _)| !since.contains(name));
    let wanted = wanted.map(|(name, value)| (name.clone(), value.clone())).collect();
    let mut content = before.clone();
    let changed = content.take(object_of(present)?, &wanted);
    if !changed.is_empty() {
        row::put(present, content, now);
        present.updated_at = now.0;
    }
    Ok((before, changed))
}

/// Keeps what both sides agree on, of these fields.
fn remember(present: &mut MatterRow, read: &MatterRow, result: &MergeResult, agreed: impl Fn(&str) -> bool) {
    let mut base: BTreeMap<String, Value> = serde_json::from_value(read.snapshot.clone()).unwrap_or_default();
    let news = result.base.iter().filter(|(name, _)| agreed(name));
    base.extend(news.map(|(name, value)| (name.clone(), value.clone())));
    present.snapshot = json!(base);
}

/// What a look found: what changed over there is taken over, and nothing is written there. True when something was
/// written here.
pub(super) async fn seen(
    app: &App,
    open: &Open,
    read: &MatterRow,
    theirs: &RemoteMatter,
    result: &MergeResult,
) -> Result<bool> {
    let now = app.now();
    let tx = app.store.workspace(open.workspace).write().await?;
    let Some(mut present) = matter::get_for_write(&tx, read.id).await? else { return Ok(false) };
    if present.remote_id != read.remote_id || present.snapshot != read.snapshot {
        // It was brought over meanwhile: the next look sees more.
        return Ok(false);
    }
    let (before, changed) = take(&mut present, read, result, now)?;
    // What is still to go over was not agreed on yet.
    remember(&mut present, read, result, |name| !result.to_remote.contains_key(name));
    present.stage.clone_from(&theirs.stage);
    present.remote_at = theirs.updated_at.map(|at| at.0);
    present.checked_at = now.0;
    if !changed.is_empty() {
        updated(&tx, open, &present, (before, changed.clone()), now).await?;
        let line = trace::line(&tx, open, &present, sync_log::PULL, now);
        let latency_ms = theirs.updated_at.map(|at| now.since(at).max(0));
        let line = sync_log::SyncLogRow { fields: json!(changed), latency_ms, ..line };
        sync_log::append(&tx, vec![line]).await?;
    }
    let ours = result.conflicts.iter().filter(|lost| lost.winner == Side::Remote);
    lost(&tx, open, &present, ours.collect(), now).await?;
    told(&tx, &present, now).await?;
    matter::update(&tx, present).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(true)
}
