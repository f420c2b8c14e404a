//! Working hours as the API has them.

use crate::error::{Error, Result};
use rapport_core::routing::Hours;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A stretch of work, in minutes after midnight. One whose end is not after its beginning runs past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WorkSpan)]
#[serde(deny_unknown_fields)]
pub struct SpanDoc {
    /// The first minute, 0 to 1439.
    pub from: u16,
    /// The first minute after it, 1 to 1440.
    pub to: u16,
}

/// A day off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Holiday)]
#[serde(deny_unknown_fields)]
pub struct HolidayDoc {
    /// The day: `2026-12-25`.
    pub date: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
}

/// When people work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WorkHours)]
#[serde(deny_unknown_fields)]
pub struct HoursDoc {
    /// IANA name of the clock: `Asia/Dubai`.
    pub timezone: String,
    /// Seven days, Monday first; a day without stretches is free.
    pub week: Vec<Vec<SpanDoc>>,
    /// Days off.
    #[serde(default)]
    pub holidays: Vec<HolidayDoc>,
}

/// Checks hours and gives them as they are stored. `field` is what the request calls them.
pub(crate) fn stored(field: &str, given: Option<&HoursDoc>) -> Result<Option<Value>> {
    let Some(given) = given else { return Ok(None) };
    if given.holidays.iter().any(|day| day.name.chars().count() > 100) {
        return Err(Error::invalid(format!("{field}.holidays"), "has a name of more than 100 characters"));
    }
    let value = serde_json::to_value(given).map_err(|error| Error::Internal(error.to_string()))?;
    let hours: Hours = serde_json::from_value(value.clone())
        .map_err(|_| Error::invalid(format!("{field}.holidays"), "has a date that is not written like 2026-12-25"))?;
    hours.check().map_err(|unfit| Error::invalid(format!("{field}.{}", unfit.field), unfit.message))?;
    Ok(Some(value))
}

/// Stored hours as they are used.
pub(crate) fn hours(stored: Option<&Value>) -> Option<Hours> {
    stored.and_then(|value| Hours::deserialize(value).ok())
}

/// Stored hours as they are shown.
pub(crate) fn doc(stored: Option<&Value>) -> Option<HoursDoc> {
    stored.and_then(|value| HoursDoc::deserialize(value).ok())
}
