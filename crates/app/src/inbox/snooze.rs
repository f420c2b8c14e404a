//! Snoozing in words: "tomorrow" on the clock of a person, else of the shop.

use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::inbox::snooze::{Moment, at};
use rapport_core::{Ms, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When a conversation comes back, as people say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SnoozeMoment)]
pub enum SnoozeWord {
    /// Three hours from now.
    ThreeHours,
    /// Six in the evening.
    LaterToday,
    /// Tomorrow at nine.
    Tomorrow,
    /// The next Monday at nine.
    Monday,
}

impl From<SnoozeWord> for Moment {
    fn from(word: SnoozeWord) -> Self {
        match word {
            SnoozeWord::ThreeHours => Self::ThreeHours,
            SnoozeWord::LaterToday => Self::LaterToday,
            SnoozeWord::Tomorrow => Self::Tomorrow,
            SnoozeWord::Monday => Self::Monday,
        }
    }
}

/// When that is: on the clock of `timezone`, else of the workspace.
///
/// # Errors
/// `Invalid` when there is no such zone, or it is too late for "later today"; `Store`.
pub(crate) async fn moment(app: &App, workspace: WorkspaceId, word: SnoozeWord, timezone: Option<&str>) -> Result<Ms> {
    let zone = match timezone {
        Some(zone) if jiff::tz::TimeZone::get(zone).is_err() => {
            return Err(Error::invalid("timezone", "is not a time zone such as Asia/Dubai"));
        }
        Some(zone) => zone.to_owned(),
        None => crate::account::workspace::timezone(app, workspace).await?,
    };
    at(word.into(), app.now(), &zone)
        .ok_or_else(|| Error::invalid("snooze", "is over: the evening of that clock is less than an hour away"))
}
