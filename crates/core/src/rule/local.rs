//! Times of the day and the week, by somebody's clock.

use super::condition::Weekday;
use super::facts::Facts;
use crate::Ms;
use crate::guard::quiet::{clocks, zone_of};
use crate::time::MINUTE;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

/// Whose clock "customer" means.
pub(super) const CUSTOMER: &str = "customer";

/// Minutes after midnight of `HH:MM`.
pub(super) fn minute_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let plain =
        |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok());
    let (hour, minute) = (plain(hour)??, plain(minute)??);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// Whether a clock of this name exists.
pub(super) fn is_clock(zone: &str, customer: bool) -> bool {
    zone.is_empty() || (customer && zone == CUSTOMER) || zone_of(zone).is_some()
}

/// The clock of a name: the workspace's for none, UTC where it cannot be read.
fn clock(zone: &str, facts: &Facts) -> TimeZone {
    let name = match zone {
        "" => facts.zone.clone(),
        CUSTOMER => {
            let contact = &facts.contact;
            let known = clocks(contact.timezone.as_deref(), contact.country.as_deref(), &facts.zone);
            known.names.into_iter().next().unwrap_or_default()
        }
        named => named.to_owned(),
    };
    zone_of(&name).unwrap_or(TimeZone::UTC)
}

fn at(now: Ms, zone: TimeZone) -> Option<Zoned> {
    Timestamp::from_millisecond(now.0).ok().map(|at| at.to_zoned(zone))
}

fn weekday(day: jiff::civil::Weekday) -> Weekday {
    let place = usize::try_from(day.to_monday_zero_offset()).unwrap_or(0);
    Weekday::ALL[place % 7]
}

/// The day and the minute of the day.
pub(super) fn local(now: Ms, zone: &str, facts: &Facts) -> Option<(Weekday, u16)> {
    let local = at(now, clock(zone, facts))?;
    let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).ok()?;
    Some((weekday(local.weekday()), minute))
}

/// Whether a moment lies in a stretch of the day on one of these days. One past midnight belongs to the day on which it
/// began.
pub(super) fn within((day, minute): (Weekday, u16), days: &[Weekday], from: u16, to: u16) -> bool {
    let on = |day: Weekday| days.is_empty() || days.contains(&day);
    let yesterday = Weekday::ALL[(day as usize + 6) % 7];
    if from < to {
        return on(day) && (from..to).contains(&minute);
    }
    (on(day) && minute >= from) || (on(yesterday) && minute < to)
}

/// A time of the day, on some days, by one clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    minute: u16,
    days: Vec<Weekday>,
    zone: TimeZone,
}

impl Timing {
    /// Reads one; `workspace` is the clock where none is named. `None` when it cannot be read.
    #[must_use]
    pub fn new(at: &str, days: &[Weekday], zone: &str, workspace: &str) -> Option<Self> {
        let name = if zone.is_empty() { workspace } else { zone };
        let zone = zone_of(name).unwrap_or(TimeZone::UTC);
        Some(Self { minute: minute_of(at)?, days: days.to_vec(), zone })
    }

    /// The last such moment not after `now`, and the first after it. A time that the clock leaves out in the night of
    /// the change comes an hour later; one that comes twice counts once.
    #[must_use]
    pub fn around(&self, now: Ms) -> (Option<Ms>, Option<Ms>) {
        let Some(today) = at(now, self.zone.clone()) else { return (None, None) };
        let (mut last, mut next) = (None, None);
        for ahead in -8_i64..=8 {
            let Ok(day) = today.date().checked_add(ahead.days()) else { continue };
            let part = |part: u16| i8::try_from(part).unwrap_or(0);
            let Ok(moment) = day.at(part(self.minute / 60), part(self.minute % 60), 0, 0).to_zoned(self.zone.clone())
            else {
                continue;
            };
            if !self.days.is_empty() && !self.days.contains(&weekday(day.weekday())) {
                continue;
            }
            let moment = Ms(moment.timestamp().as_millisecond());
            if moment <= now {
                last = Some(moment);
            } else if next.is_none() {
                next = Some(moment);
            }
        }
        (last, next)
    }
}

/// A length of time in milliseconds.
pub(super) fn minutes(given: u32) -> i64 {
    i64::from(given) * MINUTE
}
