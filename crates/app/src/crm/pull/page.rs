//! One page of their records in one transaction: whom each is, what a merge says, what is written.

use super::Tally;
use crate::crm::commit::{CIRCLE, Desk, Told, UNCLEAR, class, sentence};
use crate::crm::find::{key_of, numbers};
use crate::crm::open::Open;
use crate::crm::place::{self, Agreed, in_flight, is_in_flight, remote_record};
use crate::crm::{CONTACT, fields};
use crate::error::Result;
use crate::state::App;
use rapport_connectors::crm::RemoteRecord;
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::contact::{email, phone};
use rapport_core::id::lane_of;
use rapport_core::sync::{Conflict, LoopVerdict, Side, guard_loop, is_echo, mark, merge, record_hash};
use rapport_core::{ContactId, Ms};
use rapport_store::link::{FAILED, IN_STEP, LinkRow, WAITING};
use rapport_store::sync_contact::{self, ContactRow};
use rapport_store::{WriteTx, link, sync_log};
use serde_json::json;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// How many merges of contacts a pointer is followed through.
const HOPS: usize = 4;

/// What the transaction has loaded.
#[derive(Default)]
struct Known {
    /// By their id, also former ones.
    by_remote: HashMap<String, LinkRow>,
    /// By ours.
    by_local: HashMap<Uuid, LinkRow>,
    contacts: HashMap<Uuid, ContactRow>,
    /// Number or address to contacts.
    owners: HashMap<Identity, BTreeSet<Uuid>>,
}

impl Known {
    /// The contact behind an id, through merges; `None` when it is gone.
    fn alive(&self, mut id: Uuid) -> Option<Uuid> {
        for _ in 0..HOPS {
            match self.contacts.get(&id)?.merged_into {
                Some(keep) => id = keep,
                None => return Some(id),
            }
        }
        None
    }

    fn put(&mut self, link: LinkRow) {
        self.by_remote.insert(link.remote_id.clone(), link.clone());
        self.by_local.insert(link.local_id, link);
    }
}

pub(super) async fn apply(app: &App, open: &Open, records: &[RemoteRecord]) -> Result<Tally> {
    let now = app.now();
    let tx = app.store.workspace(open.workspace).write().await?;
    let people = whose(&tx, open, records).await?;
    let mut lanes: Vec<u16> = sync_contact::get_for_write(&tx, &people)
        .await?
        .iter()
        .map(|row| u16::try_from(row.lane).unwrap_or(0))
        .collect();
    lanes.extend(records.iter().filter_map(|record| {
        Some(lane_of(open.workspace, numbers(record, &open.country).first()?.trim_start_matches('+')))
    }));
    lanes.sort_unstable();
    lanes.dedup();
    tx.lock_lanes(&lanes).await?;
    let mut known = load(&tx, open, records).await?;
    let desk = Desk::new(app, open, &tx, now);
    let mut work = Page { open, tx: &tx, now, desk, tally: Tally::default(), touched: HashSet::new() };
    for record in records {
        work.one(&mut known, record).await?;
    }
    let Page { mut desk, mut tally, touched, .. } = work;
    desk.links = touched.iter().filter_map(|id| known.by_local.get(id).cloned()).collect();
    desk.links.sort_by_key(|link| link.local_id);
    tally.jobs = desk.store().await?;
    tx.commit().await?;
    Ok(tally)
}

/// The contacts these records may be about.
async fn whose(tx: &WriteTx, open: &Open, records: &[RemoteRecord]) -> Result<Vec<ContactId>> {
    let known = load(tx, open, records).await?;
    Ok(known.contacts.keys().copied().map(ContactId).collect())
}

async fn load(tx: &WriteTx, open: &Open, records: &[RemoteRecord]) -> Result<Known> {
    let mut known = Known::default();
    let ids: Vec<String> =
        records.iter().flat_map(|record| record.former.iter().chain([&record.id]).cloned()).collect();
    for link in link::by_remote_for_write(tx, open.id, CONTACT, &ids).await? {
        known.put(link);
    }
    let mut people: BTreeSet<Uuid> = known.by_local.keys().copied().collect();
    people.extend(records.iter().filter_map(key_of));
    let wanted: Vec<Identity> = records.iter().flat_map(|record| identities(record, open)).collect();
    for (identity, owner) in sync_contact::owners(tx, &wanted).await? {
        people.insert(owner.0);
        known.owners.entry(identity).or_default().insert(owner.0);
    }
    for _ in 0..=HOPS {
        let missing: Vec<ContactId> =
            people.iter().filter(|id| !known.contacts.contains_key(id)).copied().map(ContactId).collect();
        let rows = sync_contact::get_for_write(tx, &missing).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            people.extend(row.merged_into);
            known.contacts.insert(row.id, row);
        }
    }
    let locals: Vec<Uuid> = known.contacts.keys().copied().collect();
    for link in link::of_for_write(tx, open.id, CONTACT, &locals).await? {
        known.by_local.insert(link.local_id, link);
    }
    Ok(known)
}

/// Numbers in all spellings, and the address.
fn identities(record: &RemoteRecord, open: &Open) -> Vec<Identity> {
    let mut all: Vec<Identity> = numbers(record, &open.country)
        .iter()
        .flat_map(|number| phone::variants(number))
        .map(|number| Identity::new(IdentityKind::Phone, number))
        .collect();
    let address = record.email.as_deref().and_then(|text| email::normalise(text).ok());
    all.extend(address.map(|address| Identity::new(IdentityKind::Email, address)));
    all
}

struct Page<'a> {
    open: &'a Open,
    tx: &'a WriteTx,
    now: Ms,
    desk: Desk<'a>,
    tally: Tally,
    touched: HashSet<Uuid>,
}

impl Page<'_> {
    async fn one(&mut self, known: &mut Known, record: &RemoteRecord) -> Result<()> {
        if let Some(link) = self.linked(known, record) {
            return self.known(known, record, link).await;
        }
        if record.archived {
            return Ok(());
        }
        match self.place(known, record) {
            Placed::Contact(id) => {
                self.tally.linked += 1;
                let link = in_flight(self.open, ContactId(id));
                let first = json!({ "remote_id": record.id, "adopted": true });
                self.desk.audit(ContactId(id), "contact.linked", None, first);
                self.merge(known, record, link, true).await
            }
            Placed::Nobody if self.open.settings.import_new => self.create(known, record).await,
            Placed::Nobody => Ok(()),
            Placed::Unclear(reason) => {
                let mut link = in_flight(self.open, ContactId(Uuid::nil()));
                link.remote_id.clone_from(&record.id);
                let told = told(sync_log::FAILED, class(UNCLEAR), Some(reason));
                self.desk.log(&link, told);
                Ok(())
            }
        }
    }

    /// The link of a record. When records were merged over there, one contact keeps the survivor and the others let go.
    fn linked(&mut self, known: &mut Known, record: &RemoteRecord) -> Option<LinkRow> {
        let mut links: Vec<LinkRow> = known.by_remote.get(&record.id).cloned().into_iter().collect();
        links.extend(record.former.iter().filter_map(|id| known.by_remote.get(id).cloned()));
        let key = key_of(record);
        links.sort_by_key(|link| (Some(link.local_id) != key, link.remote_id != record.id, link.local_id));
        let mut links = links.into_iter();
        let kept = links.next()?;
        for mut link in links.filter(|link| link.local_id != kept.local_id && link.deleted_at.is_none()) {
            link.deleted_at = Some(self.now.0);
            link.state = FAILED.to_owned();
            link.error = Some(format!(
                "Its record was merged in {} into another contact's. Are these two contacts one person?",
                self.open.vendor_name()
            ));
            let after = json!({ "remote_id": link.remote_id, "merged_into": record.id, "kept_by": kept.local_id });
            self.desk.audit(ContactId(link.local_id), "contact.unlinked", None, after);
            self.desk.tell("contact.updated", &link);
            self.touched.insert(link.local_id);
            known.put(link);
        }
        Some(kept)
    }

    fn place(&self, known: &Known, record: &RemoteRecord) -> Placed {
        // Whose record was deleted over there is free for the one that came in its place.
        let free =
            |id: &Uuid| known.by_local.get(id).is_none_or(|link| is_in_flight(link) || link.deleted_at.is_some());
        if let Some(id) = key_of(record).and_then(|key| known.alive(key)).filter(free) {
            return Placed::Contact(id);
        }
        let owners = identities(record, self.open).into_iter().filter_map(|identity| known.owners.get(&identity));
        let people: BTreeSet<Uuid> = owners.flatten().filter_map(|id| known.alive(*id)).collect();
        let candidates: Vec<&Uuid> = people.iter().filter(|id| free(id)).collect();
        let vendor = self.open.vendor_name();
        match (candidates.as_slice(), people.len()) {
            ([], 0) => Placed::Nobody,
            ([], _) => Placed::Unclear(format!(
                "{vendor} contact {} has the number or address of a contact that is linked to another record: a duplicate in {vendor}?",
                record.id
            )),
            ([one], _) => Placed::Contact(**one),
            (several, _) => Placed::Unclear(format!(
                "{vendor} contact {} fits {} contacts here; merge them, or correct number or address.",
                record.id,
                several.len()
            )),
        }
    }

    async fn known(&mut self, known: &mut Known, record: &RemoteRecord, mut link: LinkRow) -> Result<()> {
        let contact = ContactId(link.local_id);
        if record.archived {
            if link.deleted_at.is_none() {
                link.deleted_at = Some(self.now.0);
                link.state = FAILED.to_owned();
                link.error = Some(place::deleted(self.open));
                self.desk.audit(contact, "contact.unlinked", None, json!({ "remote_id": link.remote_id }));
                self.desk.tell("contact.updated", &link);
                self.keep(known, link);
            }
            return Ok(());
        }
        let back = link.deleted_at.take().is_some();
        let moved = link.remote_id != record.id;
        if moved {
            let (before, after) = (json!({ "remote_id": link.remote_id }), json!({ "remote_id": record.id }));
            self.desk.audit(contact, "contact.relinked", Some(before), after);
            known.by_remote.remove(&link.remote_id);
            link.remote_id.clone_from(&record.id);
        }
        let theirs = remote_record(record, self.open);
        let echo = is_echo(&place::pushed(&link), &theirs, &self.open.mappings, &self.open.country);
        if !back && !moved && echo.is_some() {
            link.remote_stamp = record.updated_at.map(|at| at.0.to_string()).or(link.remote_stamp);
            self.keep(known, link);
            return Ok(());
        }
        self.merge(known, record, link, back || moved).await
    }

    /// Merges their record into our contact.
    async fn merge(&mut self, known: &mut Known, record: &RemoteRecord, mut link: LinkRow, is_new: bool) -> Result<()> {
        let Some(id) = known.alive(link.local_id) else { return Ok(()) };
        if id != link.local_id && !self.hand_on(known, &mut link, id).await? {
            return Ok(());
        }
        let Some(row) = known.contacts.get_mut(&id) else { return Ok(()) };
        let contact = ContactId(id);
        let mut agreed = Agreed::of(Some(&link));
        let theirs = remote_record(record, self.open);
        let local = fields::record(row, &self.open.mappings);
        let result = merge(&local, &theirs, &agreed.base(), &self.open.mappings, &self.open.country);
        if !result.to_local.is_empty()
            && matches!(
                guard_loop(&agreed.trail, Side::Local, mark(&result.to_local), self.now),
                LoopVerdict::Stop { .. }
            )
        {
            link.state = FAILED.to_owned();
            link.error = Some(place::circle(self.open));
            self.desk.log(&link, told(sync_log::FAILED, class(CIRCLE), link.error.clone()));
            self.desk.tell("contact.updated", &link);
            self.keep(known, link);
            return Ok(());
        }
        let at = record.updated_at.unwrap_or(self.now);
        let (written, mut unwritten) = self.desk.apply_local(row, &local, &result, at).await?;
        unwritten.remote.extend(result.to_remote.keys().cloned());
        agreed.agree(&result, &self.open.mappings, &unwritten);
        let back = !result.to_remote.is_empty();
        let hash = record_hash(
            &fields::record(row, &self.open.mappings),
            Side::Local,
            &self.open.mappings,
            &self.open.country,
        );
        // Without the hash the push that follows does not take the contact for unchanged.
        agreed.local = (!back && !is_new).then_some(hash);
        if !written.after.is_empty() {
            agreed.hop(self.now, Side::Local, &result.to_local);
            link.pulled_at = Some(self.now.0);
            self.tally.changed += 1;
        }
        place::remember(&mut link, record, self.open);
        link.snapshot = agreed.write();
        link.state = if back || is_new { WAITING } else { IN_STEP }.to_owned();
        link.error = sentence(&written.refused);
        // Where ours wins, the push that writes it over there tells of it.
        let lost: Vec<&Conflict> = result
            .conflicts
            .iter()
            .filter(|conflict| conflict.winner == Side::Remote && !unwritten.local.contains(&conflict.field))
            .collect();
        self.desk.conflicts(contact, &record.id, &lost);
        if !written.after.is_empty() || !written.refused.is_empty() {
            let outcome = if written.refused.is_empty() { sync_log::DONE } else { sync_log::PARTIAL };
            let names: Vec<&String> = written.after.keys().collect();
            let line = Told {
                latency_ms: record.updated_at.map(|at| self.now.since(at).max(0)),
                ..told(outcome, json!({ "written": names, "refused": written.refused }), link.error.clone())
            };
            self.desk.log(&link, line);
        }
        self.desk.spread(contact, back || is_new, !written.after.is_empty()).await?;
        self.desk.tell("contact.updated", &link);
        self.keep(known, link);
        Ok(())
    }

    /// A contact that was merged here hands its record on to the one it became part of, unless that has its own. True
    /// when it did.
    async fn hand_on(&mut self, known: &mut Known, link: &mut LinkRow, keep: Uuid) -> Result<bool> {
        if known.by_local.get(&keep).is_some_and(|own| !is_in_flight(own) && own.deleted_at.is_none()) {
            if link.deleted_at.is_none() {
                link.deleted_at = Some(self.now.0);
                link.state = FAILED.to_owned();
                let vendor = self.open.vendor_name();
                link.error = Some(format!("Its contact was merged here; the records in {vendor} are still two."));
                self.keep(known, link.clone());
            }
            return Ok(false);
        }
        link::delete(self.tx, self.open.id, CONTACT, link.local_id).await?;
        known.by_local.remove(&link.local_id);
        self.touched.remove(&link.local_id);
        link.local_id = keep;
        // What was agreed on was about the other contact's values.
        link.snapshot = Agreed::default().write();
        Ok(true)
    }

    /// A person we did not know: only one with a number can be written to, so only such a one becomes a contact.
    async fn create(&mut self, known: &mut Known, record: &RemoteRecord) -> Result<()> {
        let Some(number) = numbers(record, &self.open.country).into_iter().next() else { return Ok(()) };
        let id = self.tx.new_id(self.now);
        let lane = lane_of(self.open.workspace, number.trim_start_matches('+'));
        let row = blank(self.open, id, lane, &number, self.now);
        sync_contact::insert(self.tx, row.clone()).await?;
        let identity = Identity::new(IdentityKind::Phone, number);
        if !sync_contact::add_identity(self.tx, ContactId(id), &identity, self.now).await? {
            // Somebody took the number in this moment: look again.
            return Err(rapport_store::Error::Conflict("identity".to_owned()).into());
        }
        known.owners.entry(identity).or_default().insert(id);
        known.contacts.insert(id, row);
        self.tally.created += 1;
        let mut link = in_flight(self.open, ContactId(id));
        link.state = WAITING.to_owned();
        let made = json!({ "remote_id": record.id });
        self.desk.audit(ContactId(id), "contact.created", None, made);
        self.desk.tell("contact.created", &link);
        self.merge(known, record, link, true).await
    }

    fn keep(&mut self, known: &mut Known, link: LinkRow) {
        self.touched.insert(link.local_id);
        known.put(link);
    }
}

/// Whose a record without link is.
enum Placed {
    Contact(Uuid),
    Nobody,
    Unclear(String),
}

fn told(outcome: &'static str, fields: serde_json::Value, error: Option<String>) -> Told {
    Told { direction: sync_log::PULL, outcome, fields, error, latency_ms: None }
}

/// A contact of whom only the number is known.
fn blank(open: &Open, id: Uuid, lane: u16, number: &str, now: Ms) -> ContactRow {
    ContactRow {
        workspace_id: open.workspace.0,
        id,
        lane: i16::try_from(lane).unwrap_or(0),
        name: String::new(),
        phone: Some(number.to_owned()),
        email: None,
        username: None,
        language: None,
        country: phone::normalise(number, "").ok().and_then(|phone| phone.country),
        timezone: None,
        lifecycle: "lead".to_owned(),
        source: Some(json!({ "kind": open.row.kind, "connection_id": open.id })),
        owner_id: None,
        fields: json!({}),
        field_stamps: json!({}),
        marketing_consent: "unknown".to_owned(),
        first_inbound_at: None,
        last_inbound_at: None,
        merged_into: None,
        version: 1,
        created_at: now.0,
        updated_at: now.0,
    }
}
