//! What both directions write down: contact fields, links, the log, the audit, events, and jobs that follow.

use super::CONTACT;
use super::fields::{self, Written};
use super::open::{Open, told};
use super::place::Unwritten;
use crate::error::Result;
use crate::jobs::Job;
use crate::rule::listen::{self, Changed};
use crate::state::App;
use rapport_core::contact::tags;
use rapport_core::inbox::FeedEvent;
use rapport_core::sync::{Conflict, MergeResult, Record, Side};
use rapport_core::{ContactId, Ms};
use rapport_store::audit_log::Line;
use rapport_store::conflict::{self, ConflictRow};
use rapport_store::job::NewJob;
use rapport_store::link::LinkRow;
use rapport_store::sync_contact::{self, ContactRow};
use rapport_store::sync_log::SyncLogRow;
use rapport_store::{WriteTx, audit_log, feed, job, link, sync_job, sync_log};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Everything a batch writes beside contacts; stored at its end in a few statements.
pub(crate) struct Desk<'a> {
    pub app: &'a App,
    pub open: &'a Open,
    pub tx: &'a WriteTx,
    pub now: Ms,
    pub links: Vec<LinkRow>,
    log: Vec<SyncLogRow>,
    audit: Vec<Line>,
    conflicts: Vec<ConflictRow>,
    feed: Vec<FeedEvent>,
    jobs: Vec<NewJob>,
    /// Contacts that have been brought over: what was given up about them is settled.
    pub settled: Vec<ContactId>,
}

impl<'a> Desk<'a> {
    /// An empty desk for a transaction.
    pub(crate) fn new(app: &'a App, open: &'a Open, tx: &'a WriteTx, now: Ms) -> Self {
        let (links, log, audit, conflicts, feed, jobs) = (vec![], vec![], vec![], vec![], vec![], vec![]);
        Self { app, open, tx, now, links, log, audit, conflicts, feed, jobs, settled: vec![] }
    }

    /// Stores it all. Returns how many jobs there are.
    pub(crate) async fn store(self) -> Result<usize> {
        let Self { tx, open, now, .. } = self;
        link::put(tx, self.links).await?;
        sync_log::append(tx, self.log).await?;
        audit_log::append(tx, self.audit).await?;
        if !self.conflicts.is_empty() {
            conflict::note(tx, self.conflicts).await?;
            told(tx, open.id, now).await?;
        }
        feed::append(tx, &self.feed).await?;
        sync_job::forget_dead(tx, open.id, &self.settled).await?;
        let count = self.jobs.len();
        job::enqueue(tx, self.jobs, now).await?;
        Ok(count)
    }

    /// A line of the log.
    pub(crate) fn log(&mut self, link: &LinkRow, told: Told) {
        let (open, now) = (self.open, self.now);
        self.log.push(SyncLogRow {
            workspace_id: open.workspace.0,
            id: self.tx.new_id(now),
            connection_id: open.id.0,
            object: CONTACT.to_owned(),
            local_id: Some(link.local_id),
            remote_id: (!super::place::is_in_flight(link)).then(|| link.remote_id.clone()),
            direction: told.direction.to_owned(),
            outcome: told.outcome.to_owned(),
            fields: told.fields,
            error: told.error,
            at: now.0,
            latency_ms: told.latency_ms,
        });
    }

    /// Tells listeners how a contact stands with this connection.
    pub(crate) fn tell(&mut self, kind: &'static str, link: &LinkRow) {
        let sync = json!({ "connection_id": self.open.id, "state": link.state, "error": link.error });
        self.feed.push(FeedEvent {
            kind,
            at: self.now,
            conversation_id: None,
            contact_id: Some(ContactId(link.local_id)),
            message_id: None,
            data: json!({ "sync": sync }),
        });
    }

    /// A contact changed here: other connections hear of it, and this one when there is something to write over there.
    pub(crate) async fn spread(&mut self, contact: ContactId, back: bool, changed: bool) -> Result<()> {
        let (app, open, now) = (self.app, self.open, self.now);
        let row = |connection_id| Job::PushContact { connection_id, contact_id: contact }.row(now);
        if back {
            self.jobs.push(row(open.id));
        }
        if changed {
            let all = app.channels.connections(open.workspace).await?;
            self.jobs.extend(all.iter().filter(|id| **id != open.id).map(|id| row(*id)));
        }
        Ok(())
    }

    /// A change of a contact's fields that came from the CRM.
    pub(crate) fn audit(&mut self, contact: ContactId, action: &str, before: Option<Value>, after: Value) {
        let open = self.open;
        self.audit.push(Line {
            at: self.now,
            actor_kind: "connection".to_owned(),
            actor_id: Some(open.id.0),
            action: action.to_owned(),
            target_kind: CONTACT.to_owned(),
            target_id: contact.to_string(),
            before,
            after: Some(after),
            source: open.source(),
        });
    }

    /// Values that lost: kept with who won and why, and shown to people where nobody has decided it (D5).
    pub(crate) fn conflicts(&mut self, contact: ContactId, remote_id: &str, lost: &[&Conflict]) {
        let open = self.open;
        for conflict in lost {
            if conflict.won_by.is_open() {
                self.conflicts.push(self.conflict(contact, remote_id, conflict));
            }
            let winner = if conflict.winner == Side::Local { &conflict.local } else { &conflict.remote };
            let before = json!({ conflict.field.as_str(): conflict.loser });
            let after = json!({
                conflict.field.as_str(): winner,
                "winner": if conflict.winner == Side::Local { "rapport" } else { open.row.kind.as_str() },
                "won_by": conflict.won_by,
                "remote_field": conflict.remote_field,
                "local_at": conflict.local_at,
                "remote_at": conflict.remote_at,
            });
            self.audit(contact, "contact.conflict", Some(before), after);
        }
    }

    fn conflict(&self, contact: ContactId, remote_id: &str, found: &Conflict) -> ConflictRow {
        ConflictRow {
            workspace_id: self.open.workspace.0,
            id: self.tx.new_id(self.now),
            connection_id: self.open.id.0,
            contact_id: contact.0,
            remote_id: remote_id.to_owned(),
            field: found.field.clone(),
            remote_field: found.remote_field.clone(),
            ours: conflict::kept(&found.local),
            theirs: conflict::kept(&found.remote),
            base: conflict::kept(&found.base),
            ours_at: found.local_at.map(|at| at.0),
            theirs_at: found.remote_at.map(|at| at.0),
            winner: found.winner.code().to_owned(),
            won_by: found.won_by.code().to_owned(),
            times: 1,
            state: conflict::OPEN.to_owned(),
            choice: None,
            actor_kind: None,
            actor_id: None,
            batch: None,
            undo: None,
            settled_at: None,
            created_at: self.now.0,
            updated_at: self.now.0,
        }
    }

    /// Writes the fields a merge wants written here and stores the row. A field that changed since `seen` was read is
    /// left alone: its own push brings both sides together again.
    pub(crate) async fn apply_local(
        &mut self,
        row: &mut ContactRow,
        seen: &Record,
        result: &MergeResult,
        at: Ms,
    ) -> Result<(Written, Unwritten)> {
        let (tx, open, now) = (self.tx, self.open, self.now);
        let present = fields::record(row, &open.mappings);
        let mut unwritten = Unwritten::default();
        let mut wanted: BTreeMap<String, Value> = BTreeMap::new();
        for (name, value) in &result.to_local {
            if present.fields.get(name).map(|field| &field.value) == seen.fields.get(name).map(|field| &field.value) {
                wanted.insert(name.clone(), value.clone());
            } else {
                unwritten.local.insert(name.clone());
            }
        }
        if wanted.is_empty() {
            return Ok((Written::default(), unwritten));
        }
        let written = fields::apply(tx, row, &wanted, at, &open.country, now).await?;
        unwritten.local.extend(written.refused.keys().cloned());
        if !written.after.is_empty() {
            row.updated_at = now.0;
            sync_contact::update(tx, row).await?;
            let rules = self.app.channels.rules(open.workspace).await?;
            let names: Vec<String> = written.after.keys().cloned().collect();
            let heard = Changed { contact: ContactId(row.id), fields: &names, tags: given(&written), cause: None };
            listen::changed(tx, &rules, heard, now).await?;
            let before = Some(Value::Object(written.before.clone()));
            self.audit(ContactId(row.id), "contact.updated", before, Value::Object(written.after.clone()));
        }
        Ok((written, unwritten))
    }
}

/// The tags that a change gives.
pub(crate) fn given(written: &Written) -> Vec<String> {
    let of = |values: &serde_json::Map<String, Value>| {
        tags(&json!({ "tags": values.get("fields.tags").cloned().unwrap_or_default() }))
    };
    let had = of(&written.before);
    of(&written.after).into_iter().filter(|tag| !had.contains(tag)).collect()
}

/// What a line of the log says.
pub(crate) struct Told {
    pub direction: &'static str,
    pub outcome: &'static str,
    pub fields: Value,
    pub error: Option<String>,
    pub latency_ms: Option<i64>,
}

/// What a failed line says beside its sentence: the kind of failure, by which health counts it.
pub(crate) fn class(name: &'static str) -> Value {
    json!({ "class": name })
}

/// Several records over there may be this contact.
pub(crate) const SEVERAL: &str = "several";
/// The other side refuses the whole record.
pub(crate) const REFUSED: &str = "refused";
/// The contact goes round in circles.
pub(crate) const CIRCLE: &str = "circle";
/// A record over there may be several contacts, or one that is linked to another record.
pub(crate) const UNCLEAR: &str = "unclear";

/// Reasons of refused fields in one sentence.
pub(crate) fn sentence(refused: &BTreeMap<String, String>) -> Option<String> {
    let text: Vec<String> = refused.iter().map(|(field, reason)| format!("{field}: {reason}")).collect();
    (!text.is_empty()).then(|| text.join("; "))
}
