//! How long files are kept, and when the work of deleting them is done.

use crate::Ms;
use crate::time::DAY;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// Days a workspace may choose.
pub const DAYS: RangeInclusive<u32> = 1..=3650;
/// The hour of the shop's clock at which old files are deleted: nobody is waiting then.
const HOUR_OF_NIGHT: i8 = 3;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Files last used before this moment are deleted.
#[must_use]
pub fn before(days: u32, now: Ms) -> Ms {
    now.plus(-i64::from(days.max(*DAYS.start())) * DAY)
}

/// The next time the shop's clock shows three at night. A zone that does not exist counts as UTC.
#[must_use]
pub fn next_night(now: Ms, timezone: &str) -> Ms {
    let zone = ZONES.get(timezone).unwrap_or(TimeZone::UTC);
    let Ok(at) = Timestamp::from_millisecond(now.0) else { return now.plus(DAY) };
    let today = at.to_zoned(zone.clone()).date();
    for days in 0..=1 {
        let Ok(date) = today.checked_add(days.days()) else { continue };
        let night = date.at(HOUR_OF_NIGHT, 0, 0, 0).to_zoned(zone.clone());
        if let Ok(night) = night
            && night.timestamp() > at
        {
            return Ms(night.timestamp().as_millisecond());
        }
    }
    now.plus(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;

    #[test]
    fn files_age_in_days() {
        let now = Ms(1_790_000_000_000);
        assert_eq!(before(30, now), now.plus(-30 * DAY));
        assert_eq!(before(0, now), now.plus(-DAY), "never everything at once");
    }

    #[test]
    fn the_night_is_the_shops() {
        // 2026-11-21 12:00 UTC.
        let noon = Ms(1_795_262_400_000);
        assert_eq!(next_night(noon, "UTC"), noon.plus(15 * HOUR));
        assert_eq!(next_night(noon, "Asia/Dubai"), noon.plus(11 * HOUR));
        assert_eq!(next_night(noon, "Nowhere/AtAll"), noon.plus(15 * HOUR));
        let night = next_night(noon, "UTC");
        assert_eq!(next_night(night, "UTC"), night.plus(DAY), "not the same night again");
    }
}
