//! Bringing deals and cases over: one job each, as changes of one are folded into one.

use super::settle::{self, Agreed, End};
use super::{object_of, row};
use crate::crm::CONTACT;
use crate::crm::open::{Open, shortly};
use crate::error::Result;
use crate::jobs::{Job, Outcome};
use crate::state::App;
use rapport_connectors::crm::{CrmError, ErrorClass, KeyState, RemoteMatter, Trouble, Writing};
use rapport_core::matter::{Object, mappings};
use rapport_core::sync::merge;
use rapport_core::time::SECOND;
use rapport_core::{ConnectionId, ContactId, Ms, WorkspaceId};
use rapport_store::job::{self, Claimed};
use rapport_store::link::{self, FAILED, IN_FLIGHT};
use rapport_store::matter::{self, GONE, MatterRow};
use rapport_store::sync_job;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// How long to wait for another batch of the connection to end.
const SLOT: Duration = Duration::from_secs(1);
/// How often one is written again without what was refused.
const ROUNDS: usize = 6;
/// When a contact's record is looked for again that is on its way. Milliseconds.
const COMING: i64 = SECOND / 2;
/// The same when trouble holds it up.
const HELD_UP: i64 = 20 * SECOND;

/// Performs a [`Job::PushMatter`].
///
/// # Errors
/// `Store`, `Vault`: nothing is known about the job then.
pub(crate) async fn run(
    app: &App,
    workspace: WorkspaceId,
    connection: ConnectionId,
    id: Uuid,
    claimed: &Claimed,
) -> Result<Outcome> {
    let read = app.store.workspace(workspace).read();
    let is_wanted = |row: &MatterRow| row.connection_id == Some(connection.0) && row.sync != GONE;
    let Some(row) = matter::get(&read, id).await?.filter(is_wanted) else { return Ok(Outcome::Done) };
    let Some(open) = Open::load(app, workspace, connection).await? else { return Ok(Outcome::Done) };
    if let Some(wait) = open.waits(app.now()) {
        return Ok(wait);
    }
    let Ok(slot) = tokio::time::timeout(SLOT, open.line.slots.acquire()).await else { return Ok(shortly(app.now())) };
    let end = exchange(app, &open, &row).await?;
    drop(slot);
    if let End::Coming(pause) = end {
        if pause > COMING {
            open.line.put_off();
        }
        return Ok(Outcome::Again { at: app.now().plus(pause) });
    }
    let outcome = match &end {
        End::Trouble(trouble) => open.outcome(app, trouble, claimed.attempt, claimed.created_at).await?,
        End::Stuck(error) => Outcome::Dead { error: error.clone() },
        _ => Outcome::Done,
    };
    let given_up = match &outcome {
        Outcome::Dead { error } => Some(error.as_str()),
        _ => None,
    };
    settle::end(app, &open, &row, &end, given_up).await?;
    followed(app, &open, claimed, outcome).await
}

/// Work that is put off while a newer job for the same thing waits already leaves it to that one: they run in order, and
/// the newer one would wait for the older one's time.
async fn followed(app: &App, open: &Open, claimed: &Claimed, outcome: Outcome) -> Result<Outcome> {
    if !matches!(outcome, Outcome::Retry { .. } | Outcome::Again { .. }) {
        open.line.delivered();
        return Ok(outcome);
    }
    open.line.put_off();
    let read = app.store.workspace(open.workspace).read();
    Ok(if sync_job::is_followed(&read, claimed).await? { Outcome::Done } else { outcome })
}

/// Reads both sides, merges and writes over there.
async fn exchange(app: &App, open: &Open, row: &MatterRow) -> Result<End> {
    let object = object_of(row)?;
    // Whose it is matters when the record is made; later it lives on without the contact's.
    let person = match row.remote_id {
        Some(_) => None,
        None => match person(app, open, row).await? {
            Person::Known(id) => Some(id),
            Person::Coming(pause) => return Ok(End::Coming(pause)),
            Person::Stuck(why) => return Ok(End::Stuck(why)),
        },
    };
    Ok(match attempt(open, row, object, person).await {
        Ok(end) => end,
        // The contacts go on: only this needs more rights.
        Err(Trouble::Refused(error)) if error.class == ErrorClass::ForbiddenScope => {
            let needs = open.remote.rights(object);
            End::Stuck(format!(
                "{} does not allow this: {} It needs {needs}. Then try again.",
                open.vendor_name(),
                sentence(&error)
            ))
        }
        Err(Trouble::Refused(error)) if matches!(error.class, ErrorClass::Invalid | ErrorClass::Conflict) => {
            // The field of our key may be gone: it is looked after again at the next try.
            open.line.keyed(object, false);
            End::Stuck(format!("{} refuses it: {}", open.vendor_name(), sentence(&error)))
        }
        Err(Trouble::Refused(error)) if error.class == ErrorClass::NotFound && row.remote_id.is_some() => End::Gone,
        Err(trouble) => End::Trouble(trouble),
    })
}

fn sentence(error: &CrmError) -> String {
    let text = error.message.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// Whose it is over there.
enum Person {
    Known(String),
    /// Its record is on its way: after so many milliseconds it is looked for again.
    Coming(i64),
    /// It is not going to come by itself.
    Stuck(String),
}

async fn person(app: &App, open: &Open, row: &MatterRow) -> Result<Person> {
    let contact = ContactId(row.contact_id);
    let read = app.store.workspace(open.workspace).read();
    let link = link::of(&read, open.id, CONTACT, &[contact.0]).await?.pop();
    let vendor = open.vendor_name();
    if let Some(link) = &link {
        if link.deleted_at.is_some() {
            let why = link.error.clone().unwrap_or_default();
            return Ok(Person::Stuck(format!("The contact has no record in {vendor} any more. {why}")));
        }
        if !link.remote_id.starts_with(IN_FLIGHT) {
            return Ok(Person::Known(link.remote_id.clone()));
        }
        if link.state == FAILED {
            let why = link.error.clone().unwrap_or_default();
            return Ok(Person::Stuck(format!("The contact must be brought to {vendor} first, and that failed: {why}")));
        }
    }
    let push = Job::PushContact { connection_id: open.id, contact_id: contact }.row(app.now());
    if !sync_job::is_there(&read, push.order_key.as_deref().unwrap_or_default()).await? {
        let tx = app.store.workspace(open.workspace).write().await?;
        job::enqueue(&tx, vec![push], app.now()).await?;
        tx.commit().await?;
        app.bells.jobs.ring();
    }
    // A contact that met trouble waits for the CRM to come back, and this with it.
    let is_held_up = link.is_some_and(|link| link.error.is_some()) || open.line.rests();
    Ok(Person::Coming(if is_held_up { HELD_UP } else { COMING }))
}

async fn attempt(
    open: &Open,
    row: &MatterRow,
    object: Object,
    person: Option<String>,
) -> std::result::Result<End, Trouble> {
    let is_first = row.remote_id.is_none();
    if is_first && !open.line.is_keyed(object) {
        match open.remote.matter_key(object).await? {
            KeyState::Ready => open.line.keyed(object, true),
            KeyState::Missing => return Ok(End::Stuck(unmade(open, object))),
            KeyState::NotUnique => {
                let what = "there, but takes the same value twice. Delete it over there, then try again.";
                return Ok(End::Stuck(format!(
                    "The field that keeps Rapport's key in {} is {what}",
                    open.vendor_name()
                )));
            }
        }
    }
    let known = match &row.remote_id {
        Some(id) => match open.remote.matters(object, std::slice::from_ref(id)).await?.pop() {
            Some(known) => Some(known),
            None => return Ok(End::Gone),
        },
        None => open.remote.find_matter(object, &row.id.to_string()).await?,
    };
    let theirs = settle::record(open, row, object, known.as_ref());
    let result = merge(&row::record(row), &theirs, &row::base(row), &mappings(object), "");
    let fields = result.to_remote.iter().map(|(name, value)| (name.clone(), text(value))).collect();
    if let Some(known) = known.clone().filter(|_| result.to_remote.is_empty() && !is_first) {
        return Ok(End::Agreed(Box::new(Agreed { record: known, result, refused: BTreeMap::new() })));
    }
    let key = row.id.to_string();
    let writing = Writing { object, key, made_at: Ms(row.created_at), known, person, fields };
    let (record, refused) = write(open, writing).await?;
    Ok(End::Agreed(Box::new(Agreed { record, result, refused })))
}

fn unmade(open: &Open, object: Object) -> String {
    let needs = open.remote.rights(object);
    format!("{} has no field for Rapport's key, and none could be made. It needs {needs}.", open.vendor_name())
}

/// Writes; what is refused field by field is left out, and told.
async fn write(
    open: &Open,
    mut writing: Writing,
) -> std::result::Result<(RemoteMatter, BTreeMap<String, String>), Trouble> {
    let mut refused = BTreeMap::new();
    for _ in 0..ROUNDS {
        let error = match open.remote.write_matter(&writing).await {
            Ok(record) => return Ok((record, refused)),
            Err(Trouble::Refused(error)) if error.class == ErrorClass::Invalid => error,
            Err(trouble) => return Err(trouble),
        };
        let before = writing.fields.len();
        for told in &error.fields {
            if writing.fields.remove(&told.field).is_some() {
                let why = if told.message.is_empty() { &told.code } else { &told.message };
                refused.insert(told.field.clone(), why.clone());
            }
        }
        if writing.fields.len() == before {
            return Err(Trouble::Refused(error));
        }
    }
    let record = open.remote.write_matter(&writing).await?;
    Ok((record, refused))
}

/// A value of the merge as connectors take it.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text_of_item).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}

fn text_of_item(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
