//! Writing a value that a person chose into the contact, as if they had typed it: every CRM hears of it.

use super::NOUN;
use crate::audit::{Change, record};
use crate::auth::Caller;
use crate::connection::change::opened;
use crate::contact;
use crate::crm::commit::given;
use crate::crm::fields;
use crate::crm::open::{Open, told};
use crate::error::{Error, Result};
use crate::rule::listen::{self, Changed};
use crate::rule::set::RuleSet;
use crate::state::App;
use rapport_core::sync::{Direction, Mapping, canonical};
use rapport_core::{ConnectionId, ContactId, Ms};
use rapport_store::WriteTx;
use rapport_store::conflict::{self, ConflictRow};
use rapport_store::sync_contact::{self, ContactRow};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// What several differences of a workspace are settled with.
pub(super) struct Bench<'a> {
    pub app: &'a App,
    pub caller: &'a Caller,
    connections: Arc<Vec<ConnectionId>>,
    rules: Arc<RuleSet>,
    open: HashMap<Uuid, Arc<Open>>,
}

/// One difference in the lock of its contact.
pub(super) struct Held {
    pub tx: WriteTx,
    pub row: ConflictRow,
    pub contact: ContactRow,
    pub now: Ms,
    pub open: Arc<Open>,
    /// The field's mapping; `None` when it goes both ways no more.
    pub mapping: Option<Mapping>,
}

impl<'a> Bench<'a> {
    pub(super) async fn new(app: &'a App, caller: &'a Caller) -> Result<Self> {
        let connections = app.channels.connections(caller.workspace).await?;
        let rules = app.channels.rules(caller.workspace).await?;
        Ok(Self { app, caller, connections, rules, open: HashMap::new() })
    }

    /// Locks the contact of a difference and reads both anew.
    pub(super) async fn hold(&mut self, id: Uuid) -> Result<Held> {
        let scope = self.app.store.workspace(self.caller.workspace);
        let known = conflict::get(&scope.read(), id).await?.ok_or(Error::NotFound(NOUN))?;
        if !self.open.contains_key(&known.connection_id) {
            let open = opened(self.app, self.caller, ConnectionId(known.connection_id)).await?;
            self.open.insert(known.connection_id, Arc::new(open));
        }
        let open = self.open.get(&known.connection_id).cloned().ok_or(Error::NotFound(NOUN))?;
        let (tx, contact) = contact::enter(&scope, ContactId(known.contact_id)).await?;
        let row = conflict::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
        let both = |mapping: &&Mapping| {
            mapping.enabled
                && mapping.direction == Direction::Both
                && mapping.local_field == row.field
                && mapping.remote_field == row.remote_field
        };
        let mapping = open.mappings.iter().find(both).cloned();
        Ok(Held { tx, row, contact, now: self.app.now(), open, mapping })
    }

    /// Writes a value into the contact of a difference; both are stored with the transaction.
    ///
    /// # Errors
    /// `Invalid` naming `choice` when the contact cannot have the value.
    pub(super) async fn write(&self, held: &mut Held, value: Value) -> Result<()> {
        let (tx, now, id) = (&held.tx, held.now, ContactId(held.contact.id));
        let field = held.row.field.clone();
        let changes = BTreeMap::from([(field.clone(), value)]);
        let written = fields::apply(tx, &mut held.contact, &changes, now, &held.open.country, now).await?;
        if let Some(reason) = written.refused.values().next() {
            return Err(Error::invalid("choice", reason.clone()));
        }
        held.contact.updated_at = now.0;
        sync_contact::update(tx, &held.contact).await?;
        let tags = given(&written);
        let heard = Changed { contact: id, fields: &[field], tags, cause: self.caller.own_rule() };
        listen::changed(tx, &self.rules, heard, now).await?;
        contact::push(&self.connections, tx, id, now).await?;
        let change = Change { before: Some(Value::Object(written.before)), after: Some(Value::Object(written.after)) };
        record(tx, now, self.caller, "contact.updated", ("contact", id.0), change).await
    }
}

impl Held {
    /// The contact's present value of the field, and a way to compare values.
    pub(super) fn present(&self, mapping: &Mapping) -> Value {
        let record = fields::record(&self.contact, std::slice::from_ref(mapping));
        record.fields.get(&self.row.field).map(|field| field.value.clone()).unwrap_or_default()
    }

    /// Whether two values are one.
    pub(super) fn same(&self, mapping: &Mapping, one: &Value, other: &Value) -> bool {
        let canon = |value: &Value| canonical(mapping.kind, value, &self.open.country);
        canon(one) == canon(other)
    }

    /// Stores the difference and tells who listens.
    pub(super) async fn commit(self, caller: &Caller, app: &App, action: &str, change: Change) -> Result<()> {
        let Self { tx, row, now, .. } = self;
        let (id, connection, contact_id) = (row.id, ConnectionId(row.connection_id), ContactId(row.contact_id));
        conflict::update(&tx, row).await?;
        record(&tx, now, caller, action, (NOUN, id), change).await?;
        rapport_store::feed::append(&tx, &[contact::told("contact.updated", contact_id, now, &[])]).await?;
        told(&tx, connection, now).await?;
        tx.commit().await?;
        app.feeds.wake();
        app.bells.jobs.ring();
        Ok(())
    }
}

/// What is noted of a choice.
pub(super) fn noted(row: &ConflictRow) -> Value {
    json!({ "contact_id": row.contact_id, "connection_id": row.connection_id, "field": row.field, "choice": row.choice })
}
