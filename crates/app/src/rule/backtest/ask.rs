//! Asking for a trial, looking how far it is, stopping it.

use super::view::{BacktestView, ExampleView};
use super::{KEPT, NOUN, state};
use crate::account::Page;
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::rule::{NOUN as RULE, manage};
use crate::state::App;
use rapport_core::rule::Definition;
use rapport_core::rule::replay::Tally;
use rapport_core::time::DAY;
use rapport_core::{ChannelId, Ms, TeamId};
use rapport_store::Read;
use rapport_store::rule::backtest::{self, BacktestRow};
use rapport_store::rule::{self, RuleRow};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The usual period. Milliseconds.
const USUAL: i64 = 30 * DAY;
/// The longest. Milliseconds.
const LONGEST: i64 = 366 * DAY;

/// What is to be tried. A rule as it is, a draft, or a rule with what it would say.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBacktest {
    /// The rule.
    pub rule_id: Option<Uuid>,
    /// What it would say: `docs/rules.md` has the form; left out, what the rule says.
    #[schema(value_type = Option<Object>)]
    pub definition: Option<Value>,
    /// The first moment, milliseconds UTC; left out, 30 days before `to`. At most 366 days before it.
    pub from: Option<i64>,
    /// The first moment after it, milliseconds UTC; left out or later than now, now.
    pub to: Option<i64>,
    /// Only for conversations on this channel.
    pub channel_id: Option<Uuid>,
    /// Only for conversations with this team.
    pub team_id: Option<Uuid>,
}

/// Which trials are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BacktestQuery {
    /// Of one rule.
    pub rule_id: Option<Uuid>,
}

/// Which examples are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExampleQuery {
    /// True: of what would not have run; left out, of what would.
    pub skipped: Option<bool>,
    /// How many are left out at the beginning.
    pub offset: Option<u32>,
}

/// Stores a trial and begins it.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Conflict` (`backtest_running`), `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewBacktest) -> Result<BacktestView> {
    caller.require(Permission::RuleManage)?;
    let scope = app.store.workspace(caller.workspace);
    let read = scope.read();
    let now = app.now();
    let (from, to) = period(&new, now)?;
    let known = match new.rule_id {
        Some(id) => Some(rule::get(&read, id).await?.ok_or(Error::NotFound(RULE))?),
        None => None,
    };
    let definition = definition(&read, &new, known.as_ref()).await?;
    let currency = crate::cost::card(&read).await?.currency().map(str::to_owned);
    let tx = scope.write().await?;
    backtest::forget(&tx, KEPT - 1).await?;
    let says = json!(definition);
    let row = BacktestRow {
        workspace_id: caller.workspace.0,
        id: tx.new_id(now),
        rule_id: new.rule_id,
        rule_name: definition.name.trim().to_owned(),
        rule_version: known.filter(|row| new.definition.is_none() || row.definition == says).map(|row| row.version),
        definition: says,
        from_at: from.0,
        to_at: to.0,
        channel_id: new.channel_id,
        team_id: new.team_id,
        state: state::RUNNING.to_owned(),
        total: 0,
        done: 0,
        last: None,
        tally: json!(Tally::default()),
        ran: 0,
        skipped: 0,
        currency,
        actor_kind: caller.actor_kind().to_owned(),
        actor_id: caller.actor_id(),
        actor_name: caller.name.clone(),
        created_at: now.0,
        updated_at: now.0,
    };
    let view = BacktestView::of(row.clone())?;
    match backtest::insert(&tx, row).await {
        Err(error) if error.is_conflict() => {
            return Err(Error::conflict(
                "backtest_running",
                "Another rule is being tried on the past: wait, or stop it.",
            ));
        }
        other => other?,
    }
    rapport_store::job::enqueue(&tx, vec![Job::RuleBacktest { backtest_id: view.id }.row(now)], now).await?;
    let after = json!({ "rule_id": view.rule_id, "from": view.from, "to": view.to });
    let change = Change { before: None, after: Some(after) };
    crate::audit::record(&tx, now, caller, "backtest.created", (NOUN, view.id), change).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(view)
}

fn period(new: &NewBacktest, now: Ms) -> Result<(Ms, Ms)> {
    let to = new.to.map_or(now, |to| Ms(to).min(now));
    let from = new.from.map_or(to.plus(-USUAL), Ms);
    if from >= to {
        return Err(Error::invalid("from", "must lie before the end, and before now"));
    }
    if to.since(from) > LONGEST {
        return Err(Error::invalid("from", "must be at most 366 days before the end"));
    }
    Ok((from, to))
}

/// What is tried: narrowed to the channel and the team that are named.
async fn definition(read: &Read, new: &NewBacktest, known: Option<&RuleRow>) -> Result<Definition> {
    let given = new.definition.as_ref().or(known.map(|row| &row.definition));
    let given = given.ok_or_else(|| Error::invalid("rule_id", "or a definition must be given"))?;
    let mut definition = manage::accept(given)?;
    if let Some(id) = new.channel_id {
        let there = rapport_store::channel::get(read, ChannelId(id)).await?.is_some();
        narrow("channel_id", &mut definition.channels, id, there)?;
    }
    if let Some(id) = new.team_id {
        let there = rapport_store::team::get(read, TeamId(id)).await?.is_some();
        narrow("team_id", &mut definition.teams, id, there)?;
    }
    Ok(definition)
}

fn narrow(field: &'static str, list: &mut Vec<Uuid>, id: Uuid, there: bool) -> Result<()> {
    if !there {
        return Err(Error::invalid(field, "names nothing that exists"));
    }
    if !list.is_empty() && !list.contains(&id) {
        return Err(Error::invalid(field, "is none of those that the rule is for"));
    }
    *list = vec![id];
    Ok(())
}

/// Trials, newest first.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    query: BacktestQuery,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<BacktestView>> {
    caller.require(Permission::RuleRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let rows = backtest::page(&read, query.rule_id, before, limit + 1).await?;
    let page = Page::cut(rows, limit, |row| row.id);
    let items = page.items.into_iter().map(BacktestView::of).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

/// One trial.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<BacktestView> {
    caller.require(Permission::RuleRead)?;
    let row = backtest::get(&app.store.workspace(caller.workspace).read(), id).await?;
    BacktestView::of(row.ok_or(Error::NotFound(NOUN))?)
}

/// Examples of a trial in the order in which they were found, at most 50.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn examples(app: &App, caller: &Caller, id: Uuid, query: ExampleQuery) -> Result<Vec<ExampleView>> {
    caller.require(Permission::RuleRead)?;
    let read = app.store.workspace(caller.workspace).read();
    backtest::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    let ran = !query.skipped.unwrap_or(false);
    let rows = backtest::examples(&read, id, ran, u64::from(query.offset.unwrap_or(0)), 50).await?;
    let told = rows.into_iter().map(|row| super::view::told(row.body)).collect::<Result<Vec<_>>>()?;
    let contacts: Vec<Uuid> = told.iter().map(|one| one.contact_id.0).collect();
    let names = rule::names(&read, &contacts).await?;
    let name = |id: Uuid| names.get(&id).cloned().unwrap_or_default();
    Ok(told
        .into_iter()
        .map(|one| (name(one.contact_id.0), one))
        .map(|(name, one)| ExampleView::of(one, name))
        .collect())
}

/// Stops a trial; what was counted stays. One that has ended stays as it is.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn cancel(app: &App, caller: &Caller, id: Uuid) -> Result<BacktestView> {
    caller.require(Permission::RuleManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = backtest::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    if row.state == state::RUNNING {
        row.state = state::CANCELLED.to_owned();
        row.updated_at = now.0;
        backtest::update(&tx, row.clone()).await?;
        crate::audit::record(&tx, now, caller, "backtest.cancelled", (NOUN, id), Change::default()).await?;
    }
    tx.commit().await?;
    BacktestView::of(row)
}
