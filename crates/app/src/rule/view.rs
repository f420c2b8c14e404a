//! Rules and runs as people and programs see them, and a run's steps as they are stored.

use rapport_core::Ms;
use rapport_core::rule::{Definition, Next, Plan, Step, Taken};
use rapport_store::rule::{RuleRow, RunRow, VersionRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Rule)]
pub struct RuleView {
    /// The rule.
    pub id: Uuid,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Whether it only watches while it is: it is judged and written down, and does nothing.
    pub shadow: bool,
    /// Its newest version, from 1.
    pub version: i32,
    /// What it says: `docs/rules.md` has the form.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// When it was made, milliseconds UTC.
    #[schema(value_type = i64)]
    pub created_at: Ms,
    /// When it last changed, milliseconds UTC.
    #[schema(value_type = i64)]
    pub updated_at: Ms,
}

impl From<RuleRow> for RuleView {
    fn from(row: RuleRow) -> Self {
        Self {
            id: row.id,
            enabled: row.enabled,
            shadow: row.shadow != 0,
            version: row.version,
            definition: row.definition,
            created_at: Ms(row.created_at),
            updated_at: Ms(row.updated_at),
        }
    }
}

/// What a stored rule says; `None` when this version cannot read it.
pub(super) fn known_definition(stored: &Value) -> Option<Definition> {
    serde_json::from_value(stored.clone()).ok()
}

/// What a rule said.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RuleVersion)]
pub struct VersionView {
    /// Which version, from 1.
    pub version: i32,
    /// What it said.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// `user`, `api` or `system`.
    pub actor_kind: String,
    /// Who wrote it.
    pub actor_id: Option<Uuid>,
    /// Their name then.
    pub actor_name: String,
    /// When, milliseconds UTC.
    #[schema(value_type = i64)]
    pub at: Ms,
}

impl From<VersionRow> for VersionView {
    fn from(row: VersionRow) -> Self {
        Self {
            version: row.version,
            definition: row.definition,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            at: Ms(row.at),
        }
    }
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RunStep)]
pub struct StepRun {
    /// Where it stands in the rule: `2`, `3.then.0`.
    pub path: String,
    /// The step.
    #[schema(value_type = Object)]
    pub step: Step,
    /// `planned`, `done`, `refused`; `would` where the rule only watched.
    pub state: String,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The message it queued or the note it wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<Uuid>,
    /// When it was done or refused, milliseconds UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub at: Option<Ms>,
}

/// A step is still to be done.
pub(super) const PLANNED: &str = "planned";
/// A step was done.
pub(super) const DONE: &str = "done";
/// A step would have been done: the rule only watched.
pub(super) const WOULD: &str = "would";
/// A step could not be done.
pub(super) const REFUSED: &str = "refused";

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The steps, in order.
    pub steps: Vec<StepRun>,
    /// The branches it took.
    pub branches: Vec<Taken>,
    /// What comes after the steps.
    pub next: Next,
}

impl Default for Progress {
    fn default() -> Self {
        Self { steps: Vec::new(), branches: Vec::new(), next: Next::End }
    }
}

impl Progress {
    /// The beginning of a plan.
    pub fn of(plan: Plan) -> Self {
        let mut progress = Self::default();
        progress.add(plan);
        progress
    }

    /// More of it, after a wait.
    pub fn add(&mut self, plan: Plan) {
        self.steps.extend(plan.steps.into_iter().map(|planned| StepRun {
            path: planned.path,
            step: planned.step,
            state: PLANNED.to_owned(),
            code: None,
            detail: None,
            message_id: None,
            at: None,
        }));
        self.branches.extend(plan.branches);
        self.next = plan.next;
    }

    /// Reads what is stored.
    ///
    /// # Errors
    /// `Internal` when this version cannot read it.
    pub fn read(row: &RunRow) -> crate::Result<Self> {
        serde_json::from_value(row.steps.clone())
            .map_err(|error| crate::Error::Internal(format!("a stored run cannot be read: {error}")))
    }
}

/// Progress as it is stored.
pub(super) fn stored(progress: &Progress) -> Value {
    json!(progress)
}

/// A rule at work for one customer, or why it was not.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RuleRun)]
pub struct RunView {
    /// The run.
    pub id: Uuid,
    /// The rule.
    pub rule_id: Uuid,
    /// Its name when the run began.
    pub rule_name: String,
    /// Its version then.
    pub rule_version: i32,
    /// The customer.
    pub contact_id: Uuid,
    /// Their name now.
    pub contact_name: String,
    /// The conversation.
    pub conversation_id: Option<Uuid>,
    /// What happened: `kind` (`message`, `opened`, `assigned`, `resolved`, `tagged`, `changed`, `order`, `shipment`,
    /// `unanswered`, `timer`) with its values.
    #[schema(value_type = Object)]
    pub event: Value,
    /// `acting`, `waiting`, `done`, `ended` after a wait, or `skipped` when it did not begin.
    pub state: String,
    /// The check that skipped or ended it.
    pub reason: Option<String>,
    /// How many rules had woken one another before it.
    pub depth: i32,
    /// Whether the rule only watched: nothing of it was done.
    pub shadow: bool,
    /// Every check: `check`, `met`, `found`, `limit`.
    #[schema(value_type = Vec<Object>)]
    pub checks: Value,
    /// The conditions as a tree, each with what it found.
    #[schema(value_type = Object)]
    pub conditions: Value,
    /// The steps.
    pub steps: Vec<StepRun>,
    /// The branches it took: `path`, `arm`, `why`.
    #[schema(value_type = Vec<Object>)]
    pub branches: Value,
    /// When it goes on, milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub due_at: Option<Ms>,
    /// When it began, milliseconds UTC.
    #[schema(value_type = i64)]
    pub began_at: Ms,
    /// When it ended, milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub ended_at: Option<Ms>,
}

impl RunView {
    /// A stored run.
    pub(super) fn of(row: RunRow, contact_name: String) -> Self {
        let progress = Progress::read(&row).unwrap_or_default();
        Self {
            id: row.id,
            rule_id: row.rule_id,
            rule_name: row.rule_name,
            rule_version: row.rule_version,
            contact_id: row.contact_id,
            contact_name,
            conversation_id: row.conversation_id,
            event: row.event["what"].clone(),
            state: row.state,
            reason: row.reason,
            depth: row.depth,
            shadow: row.shadow != 0,
            checks: row.checks,
            conditions: row.conditions,
            steps: progress.steps,
            branches: json!(progress.branches),
            due_at: row.due_at.map(Ms),
            began_at: Ms(row.began_at),
            ended_at: row.ended_at.map(Ms),
        }
    }
}
