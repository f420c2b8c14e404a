//! When a snoozed conversation comes back, in the words people use: "tomorrow" is nine o'clock on somebody's clock.

use crate::Ms;
use crate::time::HOUR;
use jiff::civil::{Date, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use std::sync::LazyLock;

/// The hour at which a working day begins.
const MORNING: i8 = 9;
/// The hour that "later today" means.
const EVENING: i8 = 18;
/// "Later today" must be at least this far off, else the day is over. Ms.
const LEAST: i64 = HOUR;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A moment as people say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Three hours from now.
    ThreeHours,
    /// Six in the evening.
    LaterToday,
    /// Tomorrow at nine.
    Tomorrow,
    /// The next Monday at nine.
    Monday,
}

/// When that is on the clock of a zone; `None` when the day is too old for "later today", or the zone does not exist.
#[must_use]
pub fn at(moment: Moment, now: Ms, zone: &str) -> Option<Ms> {
    let zone = ZONES.get(zone).ok()?;
    let today = Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone()).date();
    match moment {
        Moment::ThreeHours => Some(now.plus(3 * HOUR)),
        Moment::LaterToday => on(today, EVENING, &zone).filter(|evening| evening.since(now) >= LEAST),
        Moment::Tomorrow => on(today.tomorrow().ok()?, MORNING, &zone),
        Moment::Monday => {
            let days = i64::from(today.weekday().until(Weekday::Monday));
            on(today.checked_add((if days == 0 { 7 } else { days }).days()).ok()?, MORNING, &zone)
        }
    }
}

/// An hour of a day; where the clocks skip it, the moment they go on at.
fn on(date: Date, hour: i8, zone: &TimeZone) -> Option<Ms> {
    let moment = date.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok()?;
    Some(Ms(moment.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> Ms {
        Ms(text.parse::<Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn words_become_moments_on_the_clock_of_the_zone() {
        let saturday = "2026-11-21T10:00:00Z";
        for (now, zone, moment, expected) in [
            (saturday, "Asia/Dubai", Moment::ThreeHours, Some("2026-11-21T13:00:00Z")),
            (saturday, "Asia/Dubai", Moment::LaterToday, Some("2026-11-21T14:00:00Z")),
            (saturday, "Asia/Dubai", Moment::Tomorrow, Some("2026-11-22T05:00:00Z")),
            (saturday, "Asia/Dubai", Moment::Monday, Some("2026-11-23T05:00:00Z")),
            // It is Sunday in Auckland already, and nine o'clock there is the evening before in London.
            (saturday, "Pacific/Auckland", Moment::Monday, Some("2026-11-22T20:00:00Z")),
            ("2026-11-21T13:30:00Z", "Asia/Dubai", Moment::LaterToday, None),
            ("2026-11-23T04:00:00Z", "Asia/Dubai", Moment::Monday, Some("2026-11-30T05:00:00Z")),
            // The night in which Berlin's clocks go forward, and the one in which they go back.
            ("2026-03-28T12:00:00Z", "Europe/Berlin", Moment::Tomorrow, Some("2026-03-29T07:00:00Z")),
            ("2026-10-24T12:00:00Z", "Europe/Berlin", Moment::Tomorrow, Some("2026-10-25T08:00:00Z")),
            (saturday, "Mars/Olympus", Moment::Tomorrow, None),
        ] {
            assert_eq!(at(moment, ms(now), zone), expected.map(ms), "{now} {zone} {moment:?}");
        }
    }
}
