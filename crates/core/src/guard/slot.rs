//! The hours that promotion prefers: a weekday's afternoon by the customer's clock, or the customer's own best hour
//! (`product.md` G3).

use super::quiet::{Clocks, Hours};
use crate::Ms;
use crate::time::MINUTE;
use jiff::civil::{Time, Weekday};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Messages a customer must have written before their best hour is believed.
pub const BEST_HOUR_LEAST: usize = 5;

/// Whose promotion waits for the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotFor {
    /// Nobody's.
    Off,
    /// What nobody watches: campaigns and rules. People and programs choose their moment themselves.
    Automatic,
    /// Everybody's.
    Everyone,
}

/// The day of the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotDay {
    /// Every day has a slot.
    Any,
    /// Mondays.
    Monday,
    /// Tuesdays.
    Tuesday,
    /// Wednesdays.
    Wednesday,
    /// Thursdays.
    Thursday,
    /// Fridays.
    Friday,
    /// Saturdays.
    Saturday,
    /// Sundays.
    Sunday,
}

impl SlotDay {
    /// The word that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    fn holds(self, day: Weekday) -> bool {
        match self {
            Self::Any => true,
            Self::Monday => day == Weekday::Monday,
            Self::Tuesday => day == Weekday::Tuesday,
            Self::Wednesday => day == Weekday::Wednesday,
            Self::Thursday => day == Weekday::Thursday,
            Self::Friday => day == Weekday::Friday,
            Self::Saturday => day == Weekday::Saturday,
            Self::Sunday => day == Weekday::Sunday,
        }
    }
}

/// A slot by a customer's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Its day.
    pub day: SlotDay,
    /// When it begins, minutes after local midnight.
    pub minute: u16,
    /// How long it lasts, minutes.
    pub length: u16,
}

/// One time the slot is open: from (inclusive) to (exclusive).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// First moment.
    pub from: Ms,
    /// First moment after it.
    pub to: Ms,
}

impl Clocks {
    /// The opening that `moment` lies in, else the next one. A slot that begins in quiet hours begins when they end.
    /// By the first clock when there are several. `None` only at the ends of time.
    #[must_use]
    pub fn opening(&self, slot: Slot, quiet: Hours, moment: Ms) -> Option<Opening> {
        let zone = self.first()?;
        let minute = slot.minute.min(24 * 60 - 1);
        let begins = Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).ok()?;
        let today = Timestamp::from_millisecond(moment.0).ok()?.to_zoned(zone.clone()).date();
        // Quiet hours can push an opening on by a day or two, so one that began on an earlier day may still be open.
        (-3..=10).find_map(|days: i64| {
            let date = today.checked_add(days.days()).ok()?;
            if !slot.day.holds(date.weekday()) {
                return None;
            }
            // A time that a clock change leaves out begins after the gap; one that comes twice begins the first time.
            let zoned = zone.to_ambiguous_zoned(date.to_datetime(begins)).compatible().ok()?;
            let from = self.awake(quiet, Ms(zoned.timestamp().as_millisecond()));
            let to = from.plus(i64::from(slot.length.max(1)) * MINUTE);
            (to > moment).then_some(Opening { from, to })
        })
    }

    /// The hour of the day (0..=23) by the first clock in which most of `moments` lie, with the hours beside it
    /// counting half. `None` when there are fewer than [`BEST_HOUR_LEAST`].
    #[must_use]
    pub fn best_hour(&self, moments: &[Ms]) -> Option<u16> {
        if moments.len() < BEST_HOUR_LEAST {
            return None;
        }
        let zone = self.first()?;
        let mut counts = [0_usize; 24];
        for moment in moments {
            let Ok(at) = Timestamp::from_millisecond(moment.0) else { continue };
            if let Some(count) = usize::try_from(zone.to_datetime(at).hour()).ok().and_then(|hour| counts.get_mut(hour))
            {
                *count += 1;
            }
        }
        let score = |hour: usize| 2 * counts[hour] + counts[(hour + 23) % 24] + counts[(hour + 1) % 24];
        // Of equals the one nearest to the early afternoon.
        let best = (0..24).max_by_key(|hour| (score(*hour), std::cmp::Reverse(hour.abs_diff(14))))?;
        u16::try_from(best).ok()
    }
}
