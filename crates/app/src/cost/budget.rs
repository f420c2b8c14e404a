//! The monthly budget, kept among the workspace's settings.

use super::{CostSum, card, rates};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::words::given;
use crate::state::App;
use rapport_core::Ms;
use rapport_core::cost::{Budget, Level, Month, OnReached};
use rapport_core::guard::BudgetFacts;
use rapport_store::entity::workspace::Model;
use rapport_store::{Read, cost};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where the budget stands among the workspace's settings.
const KEY: &str = "budget";
/// Marks of a budget that names none, in percent.
const MARKS: [u16; 3] = [50, 80, 100];
/// More is a typing error: a thousand million units of the currency in millionths.
const MOST_MICROS: i64 = 1_000_000_000_000_000;

/// What happens when the month's budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OnBudgetReached)]
pub enum OnReachedWord {
    /// People are told; everything goes on.
    Warn,
    /// Promotion is refused until the next month; replies and notices go on.
    StopPromotion,
}

impl From<OnReached> for OnReachedWord {
    fn from(word: OnReached) -> Self {
        match word {
            OnReached::Warn => Self::Warn,
            OnReached::StopPromotion => Self::StopPromotion,
        }
    }
}

/// The monthly budget and how far it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Budget)]
pub struct BudgetView {
    /// Millionths of the currency a calendar month (UTC); null = no budget.
    pub amount_micros: Option<i64>,
    /// ISO 4217; null without a budget.
    pub currency: Option<String>,
    /// At which shares people are told, in percent.
    pub at_percent: Vec<u16>,
    /// What happens when it is used up.
    pub on_reached: OnReachedWord,
    /// This month, UTC: `2026-10`.
    pub month: String,
    /// What arrived this month.
    pub spent: CostSum,
    /// Spent of the amount in percent, rounded down; null without a budget.
    pub percent: Option<u16>,
    /// The highest of `at_percent` that is passed.
    pub passed: Option<u16>,
    /// Whether everything is spent.
    pub reached: bool,
}

/// What may be changed about the budget; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetPatch {
    /// Millionths of the currency a month; null removes the budget.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub amount_micros: Option<Option<i64>>,
    /// ISO 4217 in capitals; the rate card's, where it has prices.
    pub currency: Option<String>,
    /// At which shares people are told, 1 to 100 percent, ascending, at most 10.
    pub at_percent: Option<Vec<u16>>,
    /// What happens when it is used up.
    pub on_reached: Option<OnReachedWord>,
}

/// The stored budget; `None` when there is none.
pub(super) fn stored(row: &Model) -> Option<Budget> {
    row.settings.get(KEY).cloned().and_then(|value| serde_json::from_value(value).ok())
}

/// The budget and what this month cost so far.
pub(crate) struct Standing {
    /// The budget.
    pub budget: Option<Budget>,
    /// What arrived this month.
    pub spent: CostSum,
    /// How far the budget is used.
    pub level: Option<Level>,
}

/// How this month stands.
pub(crate) async fn standing(read: &Read, now: Ms) -> Result<Standing> {
    let row = rapport_store::workspace::get(read).await?.ok_or(Error::NotFound("workspace"))?;
    let budget = stored(&row);
    let spent = CostSum::of(&card(read).await?, &cost::month(read, Month::of(now)).await?);
    let level = budget.as_ref().map(|budget| budget.level(spent.amount_micros));
    Ok(Standing { budget, spent, level })
}

/// What the guard must know of the budget before promotion; `None` unless promotion stops with it.
pub(crate) async fn facts(read: &Read, now: Ms) -> Result<Option<BudgetFacts>> {
    let row = rapport_store::workspace::get(read).await?;
    let Some(budget) = row.as_ref().and_then(stored).filter(|one| one.on_reached == OnReached::StopPromotion) else {
        return Ok(None);
    };
    let month = Month::of(now);
    let spent = CostSum::of(&card(read).await?, &cost::month(read, month).await?);
    Ok(Some(BudgetFacts {
        spent_micros: spent.amount_micros,
        limit_micros: budget.amount_micros,
        currency: budget.currency,
        next_month_at: month.next().begins(),
    }))
}

/// The budget and how far it is used.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<BudgetView> {
    caller.require(Permission::CostRead)?;
    let now = app.now();
    let Standing { budget, spent, level } = standing(&app.store.workspace(caller.workspace).read(), now).await?;
    Ok(BudgetView {
        amount_micros: budget.as_ref().map(|budget| budget.amount_micros),
        currency: budget.as_ref().map(|budget| budget.currency.clone()),
        at_percent: budget.as_ref().map_or_else(|| MARKS.to_vec(), |budget| budget.at_percent.clone()),
        on_reached: budget.as_ref().map_or(OnReached::Warn, |budget| budget.on_reached).into(),
        month: Month::of(now).to_string(),
        spent,
        percent: level.map(|level| level.percent),
        passed: level.and_then(|level| level.passed),
        reached: level.is_some_and(|level| level.reached),
    })
}

/// Sets, changes or removes the budget.
///
/// # Errors
/// `Forbidden`, `Invalid` naming the field, `Store`.
pub async fn set(app: &App, caller: &Caller, patch: BudgetPatch) -> Result<BudgetView> {
    caller.require(Permission::WorkspaceManage)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = rapport_store::workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
    let before = stored(&row);
    let known = cost::rates_for_write(&tx).await?;
    let card = known.iter().filter(|rate| rate.micros.is_some()).find_map(|rate| rate.currency.clone());
    let after = changed(before.as_ref(), patch, card.as_deref())?;
    if !row.settings.is_object() {
        row.settings = serde_json::json!({});
    }
    row.settings[KEY] = serde_json::json!(after);
    let id = row.workspace_id;
    rapport_store::workspace::update(&tx, row).await?;
    let change =
        Change { before: before.map(|one| serde_json::json!(one)), after: after.map(|one| serde_json::json!(one)) };
    record(&tx, app.now(), caller, "budget.updated", ("workspace", id), change).await?;
    tx.commit().await?;
    get(app, caller).await
}

fn changed(before: Option<&Budget>, patch: BudgetPatch, card: Option<&str>) -> Result<Option<Budget>> {
    let amount = match patch.amount_micros {
        Some(None) => return Ok(None),
        Some(Some(amount)) => Some(amount),
        None => before.map(|budget| budget.amount_micros),
    };
    let Some(amount_micros) = amount else {
        let nothing = patch.currency.is_none() && patch.at_percent.is_none() && patch.on_reached.is_none();
        return if nothing {
            Ok(None)
        } else {
            Err(Error::invalid("amount_micros", "is needed: there is no budget yet"))
        };
    };
    if !(1..=MOST_MICROS).contains(&amount_micros) {
        return Err(Error::invalid("amount_micros", "must be more than 0, in millionths of the currency"));
    }
    let own = patch.currency.as_deref().map(rates::currency).transpose()?;
    let currency = own.or_else(|| before.map(|budget| budget.currency.clone())).or_else(|| card.map(str::to_owned));
    let currency = currency.ok_or_else(|| Error::invalid("currency", "is needed, such as USD"))?;
    if let Some(card) = card.filter(|card| *card != currency) {
        return Err(Error::invalid("currency", format!("must be {card}, the currency of the rate card")));
    }
    let at_percent = match patch.at_percent {
        Some(marks) => checked(marks)?,
        None => before.map_or_else(|| MARKS.to_vec(), |budget| budget.at_percent.clone()),
    };
    let on_reached = match patch.on_reached {
        Some(OnReachedWord::Warn) => OnReached::Warn,
        Some(OnReachedWord::StopPromotion) => OnReached::StopPromotion,
        None => before.map(|budget| budget.on_reached).unwrap_or_default(),
    };
    Ok(Some(Budget { amount_micros, currency, at_percent, on_reached }))
}

fn checked(marks: Vec<u16>) -> Result<Vec<u16>> {
    let ascending = marks.windows(2).all(|pair| pair[0] < pair[1]);
    if marks.len() > 10 || !ascending || marks.iter().any(|mark| !(1..=100).contains(mark)) {
        return Err(Error::invalid(
            "at_percent",
            "must be at most 10 shares of 1 to 100, each greater than the one before",
        ));
    }
    Ok(marks)
}
