//! What messages cost over a time, by day, channel, category or country.

use super::{CostSum, card};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use jiff::civil::{Date, date};
use rapport_core::cost::Month;
use rapport_store::cost::{self, Cell, DayCell};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Longest time of one report, in days.
const DAYS_MAX: i64 = 400;

/// What rows of a report stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CostGroupBy)]
pub enum GroupWord {
    /// A UTC day.
    #[default]
    Day,
    /// A channel.
    Channel,
    /// A category of the provider's.
    Category,
    /// The customers' country.
    Country,
}

/// Which time, and what its rows stand for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CostQuery {
    /// First day, UTC: `2026-10-01`. Left out = the first of this month.
    pub from: Option<String>,
    /// Last day, UTC. Left out = the last of the month of `from`.
    pub to: Option<String>,
    /// What a row stands for; left out = day.
    #[serde(default)]
    #[param(inline)]
    pub group_by: GroupWord,
}

/// One row of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CostGroup {
    /// The day (`2026-10-01`), channel id, category or ISO country; empty where the country is not known.
    pub key: String,
    /// The channel's name, for rows of channels.
    pub name: Option<String>,
    /// What it cost.
    pub cost: CostSum,
}

/// What messages cost over a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CostReport {
    /// First day, UTC.
    pub from: String,
    /// Last day, UTC.
    pub to: String,
    /// What a row stands for.
    pub group_by: GroupWord,
    /// All rows together.
    pub total: CostSum,
    /// The rows: days in order, everything else the dearest first.
    pub items: Vec<CostGroup>,
    /// What each number counts, by its name.
    pub definitions: BTreeMap<&'static str, &'static str>,
}

/// What each number counts.
const DEFINITIONS: [(&str, &str); 4] = [
    (
        "amount_micros",
        "Messages that arrived in the time, each at the rate card's price for its category, the customer's country and the month it arrived in. In millionths of the currency. Messages without a price are left out.",
    ),
    (
        "messages",
        "Messages that arrived (delivered or read) in the time and whose price category the provider has told. By UTC day of arrival.",
    ),
    (
        "free",
        "Those of the messages that the provider says are free: inside a free entry point window, within the number's free service messages, or before October 2026 inside the service window.",
    ),
    (
        "unpriced",
        "Those of the messages that are charged, but have no price on the rate card yet. Enter it, and they are counted at once, back to the month it holds from.",
    ),
];

/// Sums what arrived.
///
/// # Errors
/// `Forbidden`, `Invalid` (`from`, `to`), `Store`.
pub async fn report(app: &App, caller: &Caller, query: &CostQuery) -> Result<CostReport> {
    caller.require(Permission::CostRead)?;
    let this = Month::of(app.now());
    let from = query.from.as_deref().map_or(Ok(this.first_day()), |text| day("from", text))?;
    let last = Month::of_day(from).next().first_day() - 1;
    let to = query.to.as_deref().map_or(Ok(last), |text| day("to", text))?;
    if to < from {
        return Err(Error::invalid("to", "must not be before from"));
    }
    if to - from >= DAYS_MAX {
        return Err(Error::invalid("to", format!("must be at most {DAYS_MAX} days from the first one")));
    }
    let read = app.store.workspace(caller.workspace).read();
    let card = card(&read).await?;
    let cells = cost::days(&read, from..to + 1).await?;
    let mut groups: BTreeMap<String, Vec<&Cell>> = BTreeMap::new();
    for one in &cells {
        groups.entry(key(query.group_by, one)).or_default().push(&one.cell);
    }
    let names = if query.group_by == GroupWord::Channel { names(&read).await? } else { BTreeMap::new() };
    let group = |(key, cells): (String, Vec<&Cell>)| CostGroup {
        name: names.get(&key).cloned(),
        cost: CostSum::of(&card, cells),
        key,
    };
    let mut items: Vec<CostGroup> = groups.into_iter().map(group).collect();
    if query.group_by != GroupWord::Day {
        items.sort_by_key(|one| std::cmp::Reverse((one.cost.amount_micros, one.cost.messages)));
    }
    Ok(CostReport {
        from: shown(from),
        to: shown(to),
        group_by: query.group_by,
        total: CostSum::of(&card, cells.iter().map(|one| &one.cell)),
        items,
        definitions: DEFINITIONS.into_iter().collect(),
    })
}

fn key(by: GroupWord, one: &DayCell) -> String {
    match by {
        GroupWord::Day => shown(one.day),
        GroupWord::Channel => one.channel_id.to_string(),
        GroupWord::Category => one.cell.price.category.clone(),
        GroupWord::Country => one.cell.country.clone().unwrap_or_default(),
    }
}

async fn names(read: &rapport_store::Read) -> Result<BTreeMap<String, String>> {
    let rows = rapport_store::channel::list(read).await?;
    Ok(rows.into_iter().map(|row| (row.id.to_string(), row.name)).collect())
}

fn day(field: &'static str, text: &str) -> Result<i64> {
    let found = text.parse::<Date>().ok().filter(|_| text.len() == 10);
    let found = found.ok_or_else(|| Error::invalid(field, "must be a day such as 2026-10-01"))?;
    let since = date(1970, 1, 1).until(found).map_err(|_| Error::invalid(field, "is too far away"))?;
    Ok(i64::from(since.get_days()))
}

fn shown(day: i64) -> String {
    let since = i32::try_from(day).ok().and_then(|day| jiff::Span::new().try_days(day).ok());
    let found = since.and_then(|since| date(1970, 1, 1).checked_add(since).ok());
    found.map_or_else(String::new, |found| found.to_string())
}
