//! Changes to many conversations at once: everything that a filter matches, not one page of it.
//!
//! What is asked for is stored with the conversations it is about, as they are found at that moment; a job then takes
//! them in batches of [`run::BATCH`] through their customers' lanes, so that it stands in nobody's way and goes on after a
//! restart. Each conversation gets its lines in the thread and one audit line, as if it had been changed by hand; so does
//! each customer whose tags change.

pub mod ask;
pub mod list;
pub mod run;
mod tags;

use crate::error::Error;
use crate::inbox::words::{PriorityWord, StatusWord, given};
use rapport_core::Ms;
use rapport_core::inbox::undo::Before;
use rapport_store::bulk::BulkRow;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// Most conversations of one change.
pub const MOST: u64 = 20_000;
/// Most conversations that may be named one by one.
pub const NAMED: usize = 500;
/// For how long a change can be taken back. Ms.
pub const UNDO_MS: i64 = rapport_core::time::DAY;

/// What is not found.
const NOUN: &str = "bulk action";

/// What is changed about each conversation; what is left out stays, null takes away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkAction {
    /// Where it stands; `snoozed` needs `snoozed_until`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusWord>,
    /// When it comes back, milliseconds UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<i64>,
    /// How urgent it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<PriorityWord>,
    /// Who answers.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub assignee_id: Option<Option<Uuid>>,
    /// Which team answers.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub team_id: Option<Option<Uuid>>,
    /// Whether nothing is unread any more. Customers are not told that somebody read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub read: bool,
    /// Tags that the customers are given, at most 50; one that is no longer offered is refused.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub add_tag_ids: BTreeSet<Uuid>,
    /// Tags that are taken from the customers, at most 50.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub remove_tag_ids: BTreeSet<Uuid>,
}

impl BulkAction {
    /// Whether it changes anything about the customers.
    fn tags(&self) -> bool {
        !self.add_tag_ids.is_empty() || !self.remove_tag_ids.is_empty()
    }
}

/// What is stored of a conversation that changed, for taking it back.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    values: Before,
    #[serde(default, skip_serializing_if = "tags::Tagged::is_empty")]
    tags: tags::Tagged,
}

/// What is stored of an action: the action, the names that threads show, and whether it takes another one back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub action: BulkAction,
    pub assignee_name: Option<String>,
    pub team_name: Option<String>,
}

/// A change to many conversations, and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = BulkChange)]
pub struct BulkView {
    /// The change.
    pub id: Uuid,
    /// What is changed; empty when it takes another one back.
    pub action: BulkAction,
    /// `running`, `done` or `cancelled`.
    pub state: String,
    /// How many conversations it is about.
    pub total: i32,
    /// How many have had their turn.
    pub done: i32,
    /// How many of them changed; the rest was like that already.
    pub changed: i32,
    /// How many could not be changed: gone meanwhile, or the customer has another open conversation or too many tags.
    pub refused: i32,
    /// Who asked for it.
    pub actor_id: Option<Uuid>,
    /// Their name then.
    pub actor_name: String,
    /// The change that this one takes back.
    pub undo_of: Option<Uuid>,
    /// Whether it can be taken back now.
    pub can_undo: bool,
    /// When it was asked for, milliseconds UTC.
    pub created_at: i64,
    /// When it last went on.
    pub updated_at: i64,
}

impl BulkView {
    fn of(row: BulkRow, now: Ms) -> Self {
        let ended = row.state != state::RUNNING;
        let fresh = now.since(Ms(row.updated_at)) < UNDO_MS;
        let action = stored(&row).map(|stored| stored.action).unwrap_or_default();
        Self {
            can_undo: ended && fresh && row.changed > 0 && row.undo_of.is_none() && row.undone_at.is_none(),
            id: row.id,
            action,
            state: row.state,
            total: row.total,
            done: row.done,
            changed: row.changed,
            refused: row.refused,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            undo_of: row.undo_of,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// How far a change is, as stored.
pub(crate) mod state {
    /// Conversations wait for their turn.
    pub const RUNNING: &str = "running";
    /// Every one has had it.
    pub const DONE: &str = "done";
    /// Somebody stopped it.
    pub const CANCELLED: &str = "cancelled";
}

fn stored(row: &BulkRow) -> Result<Stored, Error> {
    serde_json::from_value(row.action.clone()).map_err(|error| Error::Internal(error.to_string()))
}
