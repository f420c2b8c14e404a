//! Quiet hours by the customer's clock, daylight saving included. The time-zone database is compiled in.

use crate::Ms;
use crate::contact::zone;
use jiff::civil::Time;
use jiff::tz::{Disambiguation, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use std::sync::LazyLock;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The clocks that count for a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Clocks {
    zones: Vec<TimeZone>,
    /// IANA names, as they were found.
    pub names: Vec<String>,
    /// Where they come from: `contact`, `country`, `workspace` or `utc`.
    pub source: &'static str,
}

/// The customer's own time zone, else those of the number's country (both ends of a wide one), else the
/// workspace's, else UTC. Names that do not exist count as unknown.
#[must_use]
pub fn clocks(timezone: Option<&str>, country: Option<&str>, workspace: &str) -> Clocks {
    let own: Vec<&str> = timezone.into_iter().collect();
    let national = country.map(zone::of_country).unwrap_or_default();
    for (source, names) in [("contact", own), ("country", national), ("workspace", vec![workspace])] {
        let zones: Vec<TimeZone> = names.iter().filter_map(|name| ZONES.get(name).ok()).collect();
        if !zones.is_empty() {
            let names = names.into_iter().map(str::to_owned).collect();
            return Clocks { zones, names, source };
        }
    }
    Clocks { zones: vec![TimeZone::UTC], names: vec!["UTC".to_owned()], source: "utc" }
}

/// Whether a time-zone name exists.
#[must_use]
pub fn is_zone(name: &str) -> bool {
    zone_of(name).is_some()
}

/// The time zone of an IANA name.
pub(crate) fn zone_of(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok()
}

/// Hours of the day in which promotion waits: from (inclusive) to (exclusive), minutes after local midnight. They
/// may span midnight; equal ends mean none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// First quiet minute.
    pub from: u16,
    /// First minute that is not quiet any more.
    pub to: u16,
}

impl Hours {
    fn contains(self, minute: u16) -> bool {
        if self.from <= self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

impl Clocks {
    /// The clock that decides where only one can.
    pub(super) fn first(&self) -> Option<&TimeZone> {
        self.zones.first()
    }

    /// The local time of the first clock, `HH:MM`, for the explanation.
    #[must_use]
    pub fn local(&self, moment: Ms) -> String {
        match (self.zones.first(), Timestamp::from_millisecond(moment.0)) {
            (Some(zone), Ok(at)) => at.to_zoned(zone.clone()).strftime("%H:%M").to_string(),
            _ => String::new(),
        }
    }

    /// The month of the first clock, as a number that differs between any two months.
    #[must_use]
    pub fn month(&self, moment: Ms) -> i32 {
        match (self.zones.first(), Timestamp::from_millisecond(moment.0)) {
            (Some(zone), Ok(at)) => {
                let local = at.to_zoned(zone.clone());
                i32::from(local.year()) * 12 + i32::from(local.month())
            }
            _ => 0,
        }
    }

    /// The first moment of the next month of the first clock.
    #[must_use]
    pub fn next_month(&self, moment: Ms) -> Option<Ms> {
        let local = Timestamp::from_millisecond(moment.0).ok()?.to_zoned(self.zones.first()?.clone());
        let first = local.date().first_of_month().checked_add(1.month()).ok()?;
        Some(Ms(first.to_zoned(self.zones.first()?.clone()).ok()?.timestamp().as_millisecond()))
    }

    /// Whether promotion has to wait at this moment: exactly when [`Clocks::awake`] gives a later one.
    #[must_use]
    pub fn is_quiet(&self, hours: Hours, moment: Ms) -> bool {
        self.awake(hours, moment) > moment
    }

    /// The first moment from `moment` on that is quiet by none of the clocks. When there is none within three days
    /// (hours that leave no common gap), the first that the first clock allows.
    #[must_use]
    pub fn awake(&self, hours: Hours, moment: Ms) -> Ms {
        let mut at = moment;
        for _ in 0..12 {
            let next = self.zones.iter().fold(at, |at, zone| awake(zone, hours, at));
            if next == at {
                return at;
            }
            at = next;
        }
        self.zones.first().map_or(moment, |zone| awake(zone, hours, moment))
    }
}

fn minute_of(zone: &TimeZone, moment: Ms) -> Option<u16> {
    let at = Timestamp::from_millisecond(moment.0).ok()?;
    let time = zone.to_datetime(at).time();
    u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).ok()
}

fn is_quiet(zone: &TimeZone, hours: Hours, moment: Ms) -> bool {
    minute_of(zone, moment).is_some_and(|minute| hours.contains(minute))
}

/// The first moment from `moment` on that is not quiet by one clock.
fn awake(zone: &TimeZone, hours: Hours, moment: Ms) -> Ms {
    if !is_quiet(zone, hours, moment) {
        return moment;
    }
    let Ok(at) = Timestamp::from_millisecond(moment.0) else { return moment };
    let Ok(end) = Time::new((hours.to / 60) as i8, (hours.to % 60) as i8, 0, 0) else { return moment };
    let today = zone.to_datetime(at).date();
    for day in 0..3 {
        let Ok(date) = today.checked_add(day.days()) else { break };
        // A clock that is set back shows the end of the quiet hours twice: the first one counts unless it is over.
        for choice in [Disambiguation::Compatible, Disambiguation::Later] {
            let Ok(zoned) = zone.to_ambiguous_zoned(date.to_datetime(end)).disambiguate(choice) else { continue };
            let candidate = Ms(zoned.timestamp().as_millisecond());
            if candidate > moment && !is_quiet(zone, hours, candidate) {
                return candidate;
            }
        }
    }
    moment
}
