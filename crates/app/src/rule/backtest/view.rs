//! Trials as people and programs see them.

use super::{MOST, state};
use crate::error::{Error, Result};
use crate::rule::view::StepRun;
use rapport_core::Ms;
use rapport_core::rule::replay::{Tally, Told, unheard};
use rapport_core::rule::{Definition, too_many_wishes};
use rapport_store::rule::backtest::BacktestRow;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// What came of a trial so far.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BacktestCounts {
    /// Lines of the period that were lived through.
    pub messages: u64,
    /// How often the rule would have looked.
    pub listened: u64,
    /// How often it would not have run, by the check that says no.
    pub reasons: BTreeMap<String, u64>,
    /// Runs that would have begun.
    pub runs: u64,
    /// For so many customers.
    pub run_customers: u64,
    /// Runs that would have ended after a wait, because it was no longer to be done.
    pub ended: u64,
    /// Runs that would have written.
    pub wrote: u64,
    /// Messages that would have gone out, those that had to wait included.
    pub written: u64,
    /// To so many customers.
    pub written_customers: u64,
    /// Those that the guard would have held for later.
    pub delayed: u64,
    /// Messages that could not have gone: by a rule of the guard, or `missing_value`.
    pub refused: BTreeMap<String, u64>,
    /// Millionths of the currency, for the messages whose price is known.
    pub amount_micros: i64,
    /// Messages whose price is missing: the cost is at least `amount_micros`.
    pub unpriced: u64,
    /// Runs after whose message the customer did ask for a person within a day.
    pub human: u64,
    /// Whether these are so many that the rule is badly made: more than 15 % of at least 20 runs.
    pub too_many_wishes: bool,
    /// Customers with more lines than are read.
    pub cut: u64,
}

impl From<Tally> for BacktestCounts {
    fn from(tally: Tally) -> Self {
        Self {
            too_many_wishes: too_many_wishes(tally.wrote, tally.human),
            messages: tally.messages,
            listened: tally.listened,
            reasons: tally.reasons,
            runs: tally.runs,
            run_customers: tally.run_customers,
            ended: tally.ended,
            wrote: tally.wrote,
            written: tally.written,
            written_customers: tally.written_customers,
            delayed: tally.delayed,
            refused: tally.refused,
            amount_micros: tally.micros,
            unpriced: tally.unpriced,
            human: tally.human,
            cut: tally.cut,
        }
    }
}

/// A rule tried on the past, and how far that is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RuleBacktest)]
pub struct BacktestView {
    /// The trial.
    pub id: Uuid,
    /// The rule; null for a draft.
    #[schema(required)]
    pub rule_id: Option<Uuid>,
    /// Its name.
    pub rule_name: String,
    /// Its version, when what was tried is one.
    #[schema(required)]
    pub rule_version: Option<i32>,
    /// What was tried.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// The first moment, milliseconds UTC.
    pub from: i64,
    /// The first moment after it, milliseconds UTC.
    pub to: i64,
    /// Only on this channel.
    #[schema(required)]
    pub channel_id: Option<Uuid>,
    /// Only with this team.
    #[schema(required)]
    pub team_id: Option<Uuid>,
    /// `running`, `done`, `cancelled`, or `failed` where it could not be gone on with.
    pub state: String,
    /// How many customers it is about.
    pub total: i32,
    /// How many of them have had their turn.
    pub done: i32,
    /// Whether it ended before all had it, because there are too many messages for one trial.
    pub limited: bool,
    /// What came of it so far.
    pub counts: BacktestCounts,
    /// The currency of the cost, ISO 4217; null while the rate card has no price.
    #[schema(required)]
    pub currency: Option<String>,
    /// Triggers of the rule that the past cannot wake: when it happened stands in no conversation.
    pub unheard: BTreeSet<String>,
    /// Who asked.
    pub actor_name: String,
    /// When it was asked for, milliseconds UTC.
    pub created_at: i64,
    /// When it last went on.
    pub updated_at: i64,
}

/// The counts that are stored.
pub(super) fn tally(row: &BacktestRow) -> Result<Tally> {
    serde_json::from_value(row.tally.clone()).map_err(unreadable)
}

/// An example that is stored.
pub(super) fn told(body: Value) -> Result<Told> {
    serde_json::from_value(body).map_err(unreadable)
}

/// What was tried.
pub(super) fn definition(row: &BacktestRow) -> Result<Definition> {
    serde_json::from_value(row.definition.clone()).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Internal(format!("a stored trial cannot be read: {error}"))
}

impl BacktestView {
    /// A stored trial.
    ///
    /// # Errors
    /// `Internal` when this version cannot read it.
    pub(super) fn of(row: BacktestRow) -> Result<Self> {
        let tally = tally(&row)?;
        let unheard = definition(&row).map(|definition| unheard(&definition.when)).unwrap_or_default();
        Ok(Self {
            id: row.id,
            rule_id: row.rule_id,
            rule_name: row.rule_name,
            rule_version: row.rule_version,
            definition: row.definition,
            from: row.from_at,
            to: row.to_at,
            channel_id: row.channel_id,
            team_id: row.team_id,
            limited: row.state == state::DONE && tally.messages >= MOST,
            state: row.state,
            total: row.total,
            done: row.done,
            counts: tally.into(),
            currency: row.currency,
            unheard,
            actor_name: row.actor_name,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// One time that the rule would have looked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RuleBacktestExample)]
pub struct ExampleView {
    /// The customer.
    pub contact_id: Uuid,
    /// Their name now.
    pub contact_name: String,
    /// The conversation.
    #[schema(required)]
    pub conversation_id: Option<Uuid>,
    /// The customer's message, when it was one.
    #[schema(required)]
    pub message_id: Option<Uuid>,
    /// When it would have been judged, milliseconds UTC.
    #[schema(value_type = i64)]
    pub at: Ms,
    /// Whether the rule would have run.
    pub runs: bool,
    /// The check that says no.
    #[schema(required)]
    pub reason: Option<String>,
    /// The check that would have ended it after a wait.
    #[schema(required)]
    pub ended: Option<String>,
    /// What happened: as `event` of a run.
    #[schema(value_type = Object)]
    pub event: Value,
    /// Every check: `check`, `met`, `found`, `limit`.
    #[schema(value_type = Vec<Object>)]
    pub checks: Value,
    /// The conditions as a tree, each with what it found.
    #[schema(value_type = Object)]
    pub conditions: Value,
    /// What it would have done, waits included: `would`, `later` where the guard would have held it, or `refused`.
    pub steps: Vec<StepRun>,
    /// Whether the customer did ask for a person within a day after its message.
    pub human: bool,
}

impl ExampleView {
    pub(super) fn of(told: Told, contact_name: String) -> Self {
        let step = |tried: rapport_core::rule::replay::Tried| StepRun {
            path: tried.path,
            step: tried.step,
            state: tried.state,
            code: tried.code,
            detail: None,
            message_id: None,
            at: None,
        };
        Self {
            contact_id: told.contact_id.0,
            contact_name,
            conversation_id: told.conversation_id.map(|id| id.0),
            message_id: told.message_id.map(|id| id.0),
            at: told.at,
            runs: told.reason.is_none(),
            reason: told.reason.map(|check| check.code().to_owned()),
            ended: told.ended.map(|check| check.code().to_owned()),
            event: json!(told.event),
            checks: json!(told.checks),
            conditions: json!(told.conditions),
            steps: told.steps.into_iter().map(step).collect(),
            human: told.human,
        }
    }
}
