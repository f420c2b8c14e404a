//! Links as the sync reads and writes them: what both sides last agreed on, and records in the merge's terms.

use super::CONTACT;
use super::open::Open;
use rapport_connectors::crm::RemoteRecord;
use rapport_core::sync::{Field, Hop, Mapping, MergeResult, Pushed, Record, Side, mark, record_hash};
use rapport_core::{ContactId, Ms};
use rapport_store::link::{IN_FLIGHT, LinkRow, WAITING};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Writes to and fro that are remembered.
const TRAIL_MAX: usize = 24;

/// What a link's `snapshot` holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Agreed {
    /// The mapped values both sides last agreed on, by our names.
    pub fields: BTreeMap<String, Value>,
    /// Hash of our mapped fields when they were last brought over: the same hash needs no call.
    pub local: Option<String>,
    /// The last writes, for telling circles.
    pub trail: Vec<Hop>,
}

impl Agreed {
    pub(crate) fn of(link: Option<&LinkRow>) -> Self {
        link.and_then(|link| serde_json::from_value(link.snapshot.clone()).ok()).unwrap_or_default()
    }

    pub(crate) fn write(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// As the base of a merge.
    pub(crate) fn base(&self) -> Record {
        let field =
            |(name, value): (&String, &Value)| (name.clone(), Field { value: value.clone(), modified_at: None });
        Record { fields: self.fields.iter().map(field).collect(), ..Record::default() }
    }

    /// Takes over what a merge agreed on, except for fields that were not written after all: those keep the value
    /// agreed on before.
    pub(crate) fn agree(&mut self, result: &MergeResult, mappings: &[Mapping], unwritten: &Unwritten) {
        for (name, value) in &result.base {
            let remote = mappings.iter().find(|m| m.enabled && m.local_field == *name).map(|m| &m.remote_field);
            let open_here = result.to_local.contains_key(name) && unwritten.local.contains(name);
            let open_there =
                remote.is_some_and(|remote| result.to_remote.contains_key(remote) && unwritten.remote.contains(remote));
            if !open_here && !open_there {
                self.fields.insert(name.clone(), value.clone());
            }
        }
    }

    /// Notes a write to a side, and what it brought.
    pub(crate) fn hop(&mut self, at: Ms, to: Side, written: &BTreeMap<String, Value>) {
        self.trail.push(Hop { at, to, by_person: false, mark: Some(mark(written)) });
        let excess = self.trail.len().saturating_sub(TRAIL_MAX);
        self.trail.drain(..excess);
    }
}

/// Fields a merge wanted written that were not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unwritten {
    /// Ours.
    pub local: BTreeSet<String>,
    /// Theirs.
    pub remote: BTreeSet<String>,
}

/// Whether the record is still being created over there.
pub(crate) fn is_in_flight(link: &LinkRow) -> bool {
    link.remote_id.starts_with(IN_FLIGHT)
}

/// A link for a record that is about to be created.
pub(crate) fn in_flight(open: &Open, contact: ContactId) -> LinkRow {
    LinkRow {
        workspace_id: open.workspace.0,
        connection_id: open.id.0,
        object: CONTACT.to_owned(),
        local_id: contact.0,
        remote_id: format!("{IN_FLIGHT}{contact}"),
        pushed_hash: None,
        pulled_hash: None,
        remote_stamp: None,
        snapshot: Agreed::default().write(),
        state: WAITING.to_owned(),
        error: None,
        pushed_at: None,
        pulled_at: None,
        deleted_at: None,
    }
}

/// What we know of the other side's record after the last write or read.
pub(crate) fn pushed(link: &LinkRow) -> Pushed {
    Pushed { hash: link.pushed_hash.as_ref().map(hex::encode), stamp: stamp(link) }
}

/// The record's change stamp we saw last.
pub(crate) fn stamp(link: &LinkRow) -> Option<Ms> {
    link.remote_stamp.as_ref().and_then(|text| text.parse().ok()).map(Ms)
}

/// Notes the other side's record as it now stands.
pub(crate) fn remember(link: &mut LinkRow, record: &RemoteRecord, open: &Open) {
    let theirs = remote_record(record, open);
    if !theirs.partial {
        let hash = record_hash(&theirs, Side::Remote, &open.mappings, &open.country);
        link.pushed_hash = hex::decode(hash).ok();
        link.pulled_hash.clone_from(&link.pushed_hash);
    }
    link.remote_id.clone_from(&record.id);
    if let Some(at) = record.updated_at {
        link.remote_stamp = Some(at.0.to_string());
    }
}

/// Their record in the merge's terms. A field that the answer does not hold is unknown, not empty: a property that
/// was removed over there must not empty ours.
pub(crate) fn remote_record(record: &RemoteRecord, open: &Open) -> Record {
    let resolution_ms = open.remote.resolution_ms();
    let mut read = Record { modified_at: record.updated_at, resolution_ms, ..Record::default() };
    for mapping in open.mappings.iter().filter(|mapping| mapping.enabled) {
        match record.properties.get(&mapping.remote_field) {
            Some(text) => {
                let field = Field { value: text.clone().into(), modified_at: None };
                read.fields.insert(mapping.remote_field.clone(), field);
            }
            None => read.partial = true,
        }
    }
    read
}

/// What is said about a contact whose record is gone.
pub(crate) fn deleted(open: &Open) -> String {
    let what = if open.remote.can().tells_merges { "deleted" } else { "deleted, or merged into another one," };
    format!("It was {what} in {}. Rapport keeps its contact and no longer brings changes over.", open.vendor_name())
}

/// What is said about a contact that goes round in circles.
pub(crate) fn circle(open: &Open) -> String {
    format!(
        "This contact goes round in circles: a rule here and a workflow in {} keep undoing each other's change.",
        open.vendor_name()
    )
}
