//! Working hours: days and times by the clock of a place, and the days off.

use crate::Ms;
use crate::guard::quiet::zone_of;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;
/// Most spans of one day.
const SPANS: usize = 6;
/// Most holidays.
const HOLIDAYS: usize = 366;
/// How many days ahead an opening is looked for: past the longest run of holidays that anybody has.
const AHEAD: i64 = 62;

/// A stretch of work within a day, minutes after midnight. One whose end is not after its beginning runs past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The first minute, 0 to 1439.
    pub from: u16,
    /// The first minute after it, 1 to 1440.
    pub to: u16,
}

impl Span {
    fn wraps(self) -> bool {
        self.to <= self.from
    }
}

/// A day on which nobody begins to work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The day: `2026-12-25`.
    pub date: Date,
    /// What people call it.
    #[serde(default)]
    pub name: String,
}

/// When people of a place work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// IANA name of the clock: `Asia/Dubai`.
    pub timezone: String,
    /// Seven days, Monday first; a day without spans is free.
    pub week: Vec<Vec<Span>>,
    /// Days off.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
}

/// What is wrong with hours, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The field.
    pub field: String,
    /// What it must be.
    pub message: String,
}

fn unfit(field: impl Into<String>, message: impl Into<String>) -> Unfit {
    Unfit { field: field.into(), message: message.into() }
}

impl Hours {
    /// Checks what somebody wrote.
    ///
    /// # Errors
    /// The field and what it must be.
    pub fn check(&self) -> Result<(), Unfit> {
        if zone_of(&self.timezone).is_none() {
            return Err(unfit("timezone", "is not a time zone such as Asia/Dubai"));
        }
        if self.week.len() != 7 {
            return Err(unfit("week", "must have seven days, Monday first"));
        }
        for (day, spans) in self.week.iter().enumerate() {
            if spans.len() > SPANS {
                return Err(unfit(format!("week.{day}"), format!("has more than {SPANS} stretches")));
            }
            for (at, span) in spans.iter().enumerate() {
                if span.from >= DAY_MINUTES || span.to > DAY_MINUTES || span.to == 0 || span.from == span.to {
                    let message =
                        "must begin at 0 to 1439 and end at 1 to 1440 minutes after midnight, at another minute";
                    return Err(unfit(format!("week.{day}.{at}"), message));
                }
            }
        }
        if self.holidays.len() > HOLIDAYS {
            return Err(unfit("holidays", format!("has more than {HOLIDAYS} days")));
        }
        Ok(())
    }

    /// Whether it is working time. Hours that cannot be read (an unknown time zone) are always working time: nobody is
    /// to wait for ever because of a word.
    #[must_use]
    pub fn is_open(&self, now: Ms) -> bool {
        let Some((local, _)) = self.local(now) else { return true };
        let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0);
        let today = local.date();
        let begun = self
            .spans(today)
            .iter()
            .any(|span| if span.wraps() { minute >= span.from } else { (span.from..span.to).contains(&minute) });
        let yesterday = today.yesterday().ok();
        let from_yesterday =
            yesterday.is_some_and(|day| self.spans(day).iter().any(|span| span.wraps() && minute < span.to));
        begun || from_yesterday
    }

    /// When working time begins next; `None` while it is working time, and when it never does.
    #[must_use]
    pub fn next_opening(&self, now: Ms) -> Option<Ms> {
        if self.is_open(now) {
            return None;
        }
        let (local, zone) = self.local(now)?;
        (0..AHEAD).find_map(|ahead| {
            let day = local.date().checked_add(ahead.days()).ok()?;
            let mut starts: Vec<Ms> = self.spans(day).iter().filter_map(|span| moment(day, span.from, &zone)).collect();
            starts.sort_unstable();
            starts.into_iter().find(|start| *start > now)
        })
    }

    /// The stretches that begin on a day.
    fn spans(&self, day: Date) -> &[Span] {
        if self.holidays.iter().any(|holiday| holiday.date == day) {
            return &[];
        }
        let place = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.week.get(place).map_or(&[], Vec::as_slice)
    }

    fn local(&self, now: Ms) -> Option<(DateTime, TimeZone)> {
        let zone = zone_of(&self.timezone)?;
        let at = Timestamp::from_millisecond(now.0).ok()?;
        Some((at.to_zoned(zone.clone()).datetime(), zone))
    }
}

/// A minute of a local day; a minute that daylight saving leaves out is the first one after the gap.
fn moment(day: Date, minute: u16, zone: &TimeZone) -> Option<Ms> {
    let hour = i8::try_from(minute / 60).ok()?;
    let time = Time::new(hour, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
    let zoned = day.to_datetime(time).to_zoned(zone.clone()).ok()?;
    Some(Ms(zoned.timestamp().as_millisecond()))
}
