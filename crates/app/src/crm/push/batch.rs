//! A batch on its way: read both sides, merge, write there, commit here.

use super::Asked;
use crate::crm::commit::{CIRCLE, Desk, REFUSED, SEVERAL, Told, class, sentence};
use crate::crm::find::{Match, Stop, find};
use crate::crm::open::Open;
use crate::crm::place::{self, Agreed, Unwritten, in_flight, is_in_flight, remote_record};
use crate::crm::write::{Draft, Wrote, write};
use crate::crm::{CONTACT, fields, pull};
use crate::error::Result;
use crate::jobs::Outcome;
use crate::state::App;
use rapport_connectors::crm::{RemoteRecord, Trouble};
use rapport_core::sync::{
    Conflict, LOOP_SPAN, LoopVerdict, MergeResult, Record, Side, canonical, guard_loop, mark, merge, record_hash,
};
use rapport_core::time::SECOND;
use rapport_core::{ContactId, Ms};
use rapport_store::link::{FAILED, IN_STEP, LinkRow, WAITING};
use rapport_store::sync_contact::{self, ContactRow};
use rapport_store::{audit_log, link, sync_log};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// One contact on its way.
struct Item {
    asked: Asked,
    row: ContactRow,
    link: LinkRow,
    agreed: Agreed,
    local: Record,
    record: Option<RemoteRecord>,
    result: MergeResult,
    end: Option<End>,
}

/// How a contact's way ended.
enum End {
    /// Both sides agree, nothing had to be written over there.
    Agreed,
    /// It was written.
    Written { record: Box<RemoteRecord>, refused: BTreeMap<String, String> },
    /// Everything that differed was refused.
    Unwritable(BTreeMap<String, String>),
    /// The record was deleted over there.
    Gone,
    /// The record was merged into another one: whose that is was found out; the contact is looked at again.
    Moved,
    /// A person must look: the kind of failure, and what it is in a sentence.
    Stuck(&'static str, String),
    /// Another time.
    Trouble(Trouble),
}

/// Brings contacts over; answers in the order asked.
pub(super) async fn push(app: &App, open: &Open, asked: &[Asked]) -> Result<Vec<Outcome>> {
    let mut ends = vec![Outcome::Done; asked.len()];
    let mut items = load(app, open, asked).await?;
    if items.is_empty() {
        return Ok(ends);
    }
    reserve(app, open, &mut items).await?;
    if let Err(stop) = perform(app, open, &mut items).await {
        match stop {
            Stop::App(error) => return Err(error),
            Stop::Trouble(trouble) => {
                for item in items.iter_mut().filter(|item| item.end.is_none()) {
                    item.end = Some(End::Trouble(trouble.clone()));
                }
            }
        }
    }
    commit(app, open, &mut items).await?;
    for item in items {
        let outcome = match item.end {
            Some(End::Trouble(trouble)) => open.outcome(app, &trouble, item.asked.attempt, item.asked.since).await?,
            Some(End::Stuck(_, error)) => Outcome::Dead { error },
            Some(End::Moved) => Outcome::Again { at: app.now().plus(SECOND) },
            _ => Outcome::Done,
        };
        for (end, _) in ends.iter_mut().zip(asked).filter(|(_, asked)| asked.contact == item.asked.contact) {
            *end = outcome.clone();
        }
    }
    Ok(ends)
}

/// The contacts that may need a call: neither gone, merged, deleted over there, nor unchanged since the last time.
async fn load(app: &App, open: &Open, asked: &[Asked]) -> Result<Vec<Item>> {
    let read = app.store.workspace(open.workspace).read();
    let mut by_id: HashMap<Uuid, Asked> = asked.iter().rev().map(|one| (one.contact.0, *one)).collect();
    let ids: Vec<ContactId> = asked.iter().map(|one| one.contact).collect();
    let uuids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let links = link::of(&read, open.id, CONTACT, &uuids).await?;
    let mut links: HashMap<Uuid, LinkRow> = links.into_iter().map(|link| (link.local_id, link)).collect();
    let mut items = Vec::new();
    for row in sync_contact::get(&read, &ids).await? {
        let known = links.remove(&row.id);
        let Some(asked) = by_id.remove(&row.id) else { continue };
        if row.merged_into.is_some() || known.as_ref().is_some_and(|link| link.deleted_at.is_some()) {
            continue;
        }
        let local = fields::record(&row, &open.mappings);
        let agreed = Agreed::of(known.as_ref());
        let hash = record_hash(&local, Side::Local, &open.mappings, &open.country);
        let in_step = known.as_ref().is_some_and(|link| link.state == IN_STEP && !is_in_flight(link));
        if in_step && agreed.local.as_ref() == Some(&hash) {
            continue;
        }
        let link = known.unwrap_or_else(|| in_flight(open, asked.contact));
        items.push(Item { asked, row, link, agreed, local, record: None, result: MergeResult::default(), end: None });
    }
    Ok(items)
}

/// Notes that new records are being created, before anything is: the screen shows them as waiting.
async fn reserve(app: &App, open: &Open, items: &mut [Item]) -> Result<()> {
    let new: Vec<LinkRow> =
        items.iter().filter(|item| is_in_flight(&item.link)).map(|item| item.link.clone()).collect();
    if new.is_empty() {
        return Ok(());
    }
    let tx = app.store.workspace(open.workspace).write().await?;
    link::reserve(&tx, new).await?;
    tx.commit().await?;
    Ok(())
}

async fn perform(app: &App, open: &Open, items: &mut [Item]) -> std::result::Result<(), Stop> {
    let linked: Vec<String> =
        items.iter().filter(|item| !is_in_flight(&item.link)).map(|item| item.link.remote_id.clone()).collect();
    let theirs = open.remote.read(&linked).await?;
    let mut moved = Vec::new();
    for item in items.iter_mut().filter(|item| !is_in_flight(&item.link)) {
        let id = &item.link.remote_id;
        item.record = theirs.iter().find(|record| record.id == *id || record.former.contains(id)).cloned();
        match &item.record {
            None => item.end = Some(End::Gone),
            // Two contacts may lead to it now; reading knows whose it is.
            Some(record) if record.id != *id => {
                moved.push(record.clone());
                item.end = Some(End::Moved);
            }
            Some(_) => {}
        }
    }
    pull::take(app, open, &moved).await?;
    let new: Vec<&ContactRow> = items.iter().filter(|item| is_in_flight(&item.link)).map(|item| &item.row).collect();
    let mut found = find(app, open, &new).await?;
    for item in items.iter_mut() {
        match found.remove(&item.row.id) {
            Some(Match::One(record)) => item.record = Some(*record),
            Some(Match::Several(ids)) => {
                let vendor = open.vendor_name();
                item.end = Some(End::Stuck(
                    SEVERAL,
                    format!(
                        "Several {vendor} contacts have this number or address (ids {}). Merge them in {vendor}, then replay this.",
                        ids.join(", ")
                    ),
                ));
            }
            None => {}
        }
    }
    let mut drafts = Vec::new();
    for item in items.iter_mut().filter(|item| item.end.is_none()) {
        drafts.extend(decide(app, open, item).await?);
    }
    let mut wrote = write(open, drafts).await;
    for item in items.iter_mut() {
        item.end = match wrote.remove(&item.row.id) {
            Some(Wrote::Record { record, refused }) => Some(End::Written { record, refused }),
            Some(Wrote::Nothing(refused)) => Some(End::Unwritable(refused)),
            Some(Wrote::Gone) => Some(End::Gone),
            Some(Wrote::Refused(reason)) => {
                Some(End::Stuck(REFUSED, format!("{} refuses the contact: {reason}", open.vendor_name())))
            }
            Some(Wrote::Trouble(trouble)) => Some(End::Trouble(trouble)),
            None => item.end.take(),
        };
    }
    Ok(())
}

/// Merges one contact; answers with what is to be written over there.
async fn decide(app: &App, open: &Open, item: &mut Item) -> Result<Option<Draft>> {
    let theirs = item.record.as_ref().map(|record| remote_record(record, open)).unwrap_or_default();
    item.result = merge(&item.local, &theirs, &item.agreed.base(), &open.mappings, &open.country);
    let key = item.row.id.to_string();
    let theirs = item.record.as_ref().and_then(|record| record.key.as_ref());
    // Where records have no place for it, none is missed.
    let has_key = theirs == Some(&key) || open.remote.key_name().is_empty();
    // Where others use the key's field too, what they wrote into it stays.
    let is_taken = !has_key && theirs.is_some() && !open.remote.can().key_is_ours;
    if item.result.to_remote.is_empty() && (has_key || is_taken) {
        item.end = Some(End::Agreed);
        return Ok(None);
    }
    if goes_round(app, open, item).await? {
        item.end = Some(End::Stuck(CIRCLE, format!("{} Change one of them, then replay this.", place::circle(open))));
        return Ok(None);
    }
    let properties = item.result.to_remote.iter().map(|(name, value)| (name.clone(), fields::outgoing(value)));
    let is_new = item.record.is_none();
    let properties = properties.filter(|(_, text)| !(is_new && text.is_empty())).collect();
    // A record that lost our key (or never had it) is written by its id, which also gives it the key.
    let id = item.record.as_ref().filter(|_| !has_key).map(|record| record.id.clone());
    let known = item.record.as_ref().map(|record| record.id.clone());
    Ok(Some(Draft { key: item.row.id, id, known, gives_key: !is_taken, properties, refused: BTreeMap::new() }))
}

async fn goes_round(app: &App, open: &Open, item: &Item) -> Result<bool> {
    let now = app.now();
    let mark = mark(&item.result.to_remote);
    if matches!(guard_loop(&item.agreed.trail, Side::Remote, mark, now), LoopVerdict::Continue { .. }) {
        return Ok(false);
    }
    // Two people who correct each other are no circle.
    let read = app.store.workspace(open.workspace).read();
    let filter = audit_log::Filter {
        target_kind: Some(CONTACT.to_owned()),
        target_id: Some(item.row.id.to_string()),
        actor_id: None,
    };
    let last = audit_log::page(&read, &filter, None, 1).await?;
    Ok(!last
        .iter()
        .any(|line| matches!(line.actor_kind.as_str(), "user" | "api") && now.since(Ms(line.at)) <= LOOP_SPAN))
}

async fn commit(app: &App, open: &Open, items: &mut [Item]) -> Result<()> {
    let now = app.now();
    let tx = app.store.workspace(open.workspace).write().await?;
    let mut lanes: Vec<u16> = items.iter().map(|item| u16::try_from(item.row.lane).unwrap_or(0)).collect();
    lanes.sort_unstable();
    lanes.dedup();
    tx.lock_lanes(&lanes).await?;
    let ids: Vec<ContactId> = items.iter().map(|item| item.asked.contact).collect();
    let uuids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sync_contact::get_for_write(&tx, &ids).await?;
    let mut rows: HashMap<Uuid, ContactRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let links = link::of_for_write(&tx, open.id, CONTACT, &uuids).await?;
    let mut links: HashMap<Uuid, LinkRow> = links.into_iter().map(|link| (link.local_id, link)).collect();
    let mut desk = Desk::new(app, open, &tx, now);
    for item in items.iter_mut() {
        if let (Some(row), Some(present)) = (rows.get_mut(&item.row.id), links.remove(&item.row.id)) {
            settle(&mut desk, item, row, present).await?;
        }
    }
    let jobs = desk.store().await?;
    tx.commit().await?;
    app.feeds.wake();
    if jobs > 0 {
        app.bells.jobs.ring();
    }
    Ok(())
}

/// Writes down how one contact's way ended. `link` is the link as it is now: a pull may have changed it meanwhile.
async fn settle(desk: &mut Desk<'_>, item: &mut Item, row: &mut ContactRow, mut link: LinkRow) -> Result<()> {
    let (open, now) = (desk.open, desk.now);
    let latency_ms = Some(now.since(item.asked.since).max(0));
    let told = |outcome, fields, error| Told { direction: sync_log::PUSH, outcome, fields, error, latency_ms };
    match &item.end {
        Some(End::Agreed | End::Written { .. } | End::Unwritable(_)) => {
            return agree(desk, item, row, link).await;
        }
        Some(End::Gone) => {
            link.deleted_at = Some(now.0);
            link.state = FAILED.to_owned();
            link.error = Some(place::deleted(open));
            desk.log(&link, told(sync_log::DONE, json!({ "unlinked": true }), None));
            desk.audit(ContactId(row.id), "contact.unlinked", None, json!({ "remote_id": link.remote_id }));
        }
        Some(End::Stuck(kind, reason)) => {
            link.state = FAILED.to_owned();
            link.error = Some(reason.clone());
            desk.log(&link, told(sync_log::FAILED, class(kind), Some(reason.clone())));
            // The job that is given up now takes the place of earlier ones about the same contact.
            desk.settled.push(ContactId(row.id));
        }
        Some(End::Trouble(trouble)) => {
            link.state = WAITING.to_owned();
            link.error = Some(trouble.to_string());
        }
        Some(End::Moved) | None => return Ok(()),
    }
    desk.tell("contact.updated", &link);
    desk.links.push(link);
    Ok(())
}

async fn agree(desk: &mut Desk<'_>, item: &mut Item, row: &mut ContactRow, mut link: LinkRow) -> Result<()> {
    let (open, now) = (desk.open, desk.now);
    let contact = ContactId(row.id);
    let nothing = BTreeMap::new();
    let (answer, refused) = match &item.end {
        Some(End::Written { record, refused }) => (Some(record.as_ref()), refused),
        Some(End::Unwritable(refused)) => (None, refused),
        _ => (None, &nothing),
    };
    let record = present(item.record.as_ref(), answer);
    let record = seen(record, item.record.as_ref(), &item.result.to_remote, open);
    let at = record.updated_at.unwrap_or(now);
    let (written, mut unwritten) = desk.apply_local(row, &item.local, &item.result, at).await?;
    unwritten.remote.extend(refused.keys().cloned());
    let mut after = item.local.clone();
    after.apply(&written.after.iter().map(|(name, value)| (name.clone(), value.clone())).collect(), Some(now));
    let mut agreed = merged_meanwhile(&item.link, &link, &mut unwritten, item);
    agreed.agree(&item.result, &open.mappings, &unwritten);
    agreed.local = Some(record_hash(&after, Side::Local, &open.mappings, &open.country));
    let is_first = is_in_flight(&link);
    if answer.is_some() {
        agreed.hop(now, Side::Remote, &item.result.to_remote);
        link.pushed_at = Some(now.0);
    }
    place::remember(&mut link, &record, open);
    link.snapshot = agreed.write();
    link.state = IN_STEP.to_owned();
    // What was refused on either side.
    let told: BTreeMap<String, String> =
        refused.iter().chain(&written.refused).map(|(a, b)| (a.clone(), b.clone())).collect();
    link.error = sentence(&told);
    let names: Vec<&String> = item.result.to_remote.keys().filter(|name| !refused.contains_key(*name)).collect();
    if answer.is_some() || !refused.is_empty() {
        let outcome = if refused.is_empty() { sync_log::DONE } else { sync_log::PARTIAL };
        let latency_ms = Some(now.since(item.asked.since).max(0));
        let fields = json!({ "written": names, "refused": refused });
        desk.log(&link, Told { direction: sync_log::PUSH, outcome, fields, error: sentence(refused), latency_ms });
    }
    desk.conflicts(contact, &record.id, &lost(&item.result, &unwritten));
    if is_first {
        let linked = json!({ "remote_id": link.remote_id, "adopted": item.record.is_some() });
        desk.audit(contact, "contact.linked", None, linked);
    }
    desk.spread(contact, false, !written.after.is_empty()).await?;
    desk.settled.push(contact);
    desk.tell("contact.updated", &link);
    desk.links.push(link);
    Ok(())
}

/// Values that were overwritten. Where the winning one was refused, both sides still have their own: nobody lost.
fn lost<'a>(result: &'a MergeResult, unwritten: &Unwritten) -> Vec<&'a Conflict> {
    let is_overwritten = |conflict: &&Conflict| match conflict.winner {
        Side::Local => !unwritten.remote.contains(&conflict.remote_field),
        Side::Remote => true,
    };
    let is_known = |conflict: &&Conflict| !unwritten.local.contains(&conflict.field);
    result.conflicts.iter().filter(is_known).filter(is_overwritten).collect()
}

/// The record as it stands after the write: answers may hold the written properties only.
fn present(before: Option<&RemoteRecord>, answer: Option<&RemoteRecord>) -> RemoteRecord {
    let mut record = before.cloned().unwrap_or_default();
    if let Some(answer) = answer {
        record.id.clone_from(&answer.id);
        record.updated_at = answer.updated_at.or(record.updated_at);
        record.properties.extend(answer.properties.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    record
}

/// The record as we know it: what somebody over there changed between our reading and our writing is in the answer too,
/// but was merged with nothing. The next look takes it over, for its stamp is later than the one that is kept.
fn seen(
    mut record: RemoteRecord,
    before: Option<&RemoteRecord>,
    written: &BTreeMap<String, Value>,
    open: &Open,
) -> RemoteRecord {
    let Some(before) = before else { return record };
    for mapping in open.mappings.iter().filter(|mapping| mapping.enabled) {
        let name = &mapping.remote_field;
        let canon = |text: &str| canonical(mapping.kind, &text.into(), &open.country);
        match (before.properties.get(name), record.properties.get_mut(name)) {
            (Some(old), Some(new)) if !written.contains_key(name) && canon(old) != canon(new) => {
                new.clone_from(old);
                record.updated_at = before.updated_at;
            }
            _ => {}
        }
    }
    record
}

/// The agreed state to build on. What a pull agreed on while we were writing stays, except where we wrote.
fn merged_meanwhile(read: &LinkRow, present: &LinkRow, unwritten: &mut Unwritten, item: &Item) -> Agreed {
    let agreed = Agreed::of(Some(present));
    if read.snapshot != present.snapshot {
        let differs = |name: &String| item.agreed.fields.get(name) != agreed.fields.get(name);
        let changed: Vec<String> = item.result.to_local.keys().filter(|name| differs(name)).cloned().collect();
        unwritten.local.extend(changed);
    }
    agreed
}
