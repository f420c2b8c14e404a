//! The line to one connection, as this process uses it: pace, breaker, and what is known from its last answers.
//!
//! Nothing here needs to survive a restart. Time is that of [`Clock::instant`], which nobody sets: what is spared is a
//! real server.

use super::settings::SyncSettings;
use super::token;
use crate::clock::{Clock, SystemClock};
use rapport_connectors::crm::{Pace, Rest, Told};
use rapport_core::matter::Object;
use rapport_core::{ConnectionId, Ms};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex as Turns, Semaphore};
use tokio::time::Instant;

/// Batches under way at once on one connection.
const SLOTS: usize = 2;
/// Failures in a row after which nothing is called for a while.
const TRIP: u32 = 5;
/// The first such rest; each further failure doubles it.
const REST: Duration = Duration::from_secs(5);
/// The longest rest.
const REST_MAX: Duration = Duration::from_secs(60);
/// Longest wait for a turn; beyond it the work is put off.
const PATIENCE: Duration = Duration::from_secs(12);
/// Pause between two times of waking what waits; doubled each time.
const WAKE: Duration = Duration::from_secs(15);
/// The longest such pause.
const WAKE_MAX: Duration = Duration::from_secs(3_600);
/// How much of what the account may call is ours; the rest is for its other apps.
const SHARE: f64 = 0.9;
/// Of a day's calls, so much may be made at once; the rest comes back over the day, so that no 24 hours have more.
const AT_ONCE: f64 = 0.1;
const DAY_S: f64 = 86_400.0;
/// Records remembered as looked at.
const SEEN_MAX: usize = 20_000;

/// The lines of this process. Cheap to clone.
#[derive(Clone)]
pub struct Lines {
    clock: Arc<dyn Clock>,
    all: Arc<Mutex<HashMap<ConnectionId, Arc<Line>>>>,
}

impl Lines {
    /// No lines yet; their pauses are measured by this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, all: Arc::default() }
    }

    /// The line of a connection.
    #[must_use]
    pub fn of(&self, id: ConnectionId) -> Arc<Line> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(id).or_insert_with(|| Arc::new(Line::new(self.clock.clone()))).clone()
    }

    /// Forgets a line: its connection was changed or removed.
    pub fn forget(&self, id: ConnectionId) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

/// One connection's line.
pub struct Line {
    /// Whoever runs a batch holds one.
    pub(crate) slots: Semaphore,
    /// The access token, where it is of limited life; whoever fetches one holds it.
    pub(crate) token: Turns<token::State>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

impl Default for Line {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock))
    }
}

#[derive(Debug, Default)]
struct State {
    calls: Bucket,
    searches: Bucket,
    exports: Bucket,
    days: Bucket,
    /// Calls in ten seconds that the other side says the account may make.
    told: Option<f64>,
    failures: u32,
    rests_until: Option<Instant>,
    quota: Option<Quota>,
    /// Whether the line was down since somebody last asked. A fresh line was: work may wait from before the start.
    was_up: bool,
    /// Times that waiting work was woken without any of it getting through since.
    woken: u32,
    woken_at: Option<Instant>,
    seen: HashMap<String, i64>,
    idle_polls: u32,
    archived_at: Option<Instant>,
    noted_at: Option<Instant>,
    looked_at: Option<Instant>,
    /// What the last look at deals and at cases met with, where it saw nothing.
    unseen: [Option<String>; 2],
    /// Whether our own fields were looked after: of deals, of cases.
    keyed: [bool; 2],
    /// Until when the CRM's channel needs no looking after.
    watch_until: Option<Ms>,
}

/// What the other side says is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Quota {
    /// Calls a day.
    pub daily: u64,
    /// Left today.
    pub remaining: u64,
}

/// Permits that come back evenly.
#[derive(Debug, Default)]
struct Bucket {
    used: f64,
    at: Option<Instant>,
    blocked_until: Option<Instant>,
}

impl Bucket {
    /// Takes a permit, or says how long to wait for one.
    fn take(&mut self, size: f64, span: Duration, now: Instant) -> Result<(), Duration> {
        if let Some(until) = self.blocked_until.filter(|until| *until > now) {
            return Err(until - now);
        }
        let passed = self.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let rate = size / span.as_secs_f64();
        self.used = (self.used - passed.as_secs_f64() * rate).max(0.0);
        self.at = Some(now);
        if self.used + 1.0 > size {
            return Err(Duration::from_secs_f64((self.used + 1.0 - size) / rate));
        }
        self.used += 1.0;
        Ok(())
    }
}

impl Line {
    /// A line nothing is known of.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { slots: Semaphore::new(SLOTS), token: Turns::default(), clock, state: Mutex::default() }
    }

    fn edit<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// This moment, as pauses are measured.
    pub(crate) fn instant(&self) -> Instant {
        self.clock.instant()
    }

    /// Lets time pass before something is asked again.
    pub(crate) async fn pause(&self, time: Duration) {
        self.clock.sleep(time).await;
    }

    /// Waits for a turn to call. `Err` with the time to stay away when the line rests or the wait would be long.
    pub(crate) async fn turn(&self, pace: Pace, settings: &SyncSettings) -> Result<(), Rest> {
        let mut waited = Duration::ZERO;
        loop {
            let now = self.clock.instant();
            let wait = match self.edit(|state| state.take(pace, settings, now)) {
                Ok(()) => return Ok(()),
                Err(wait) if !wait.broken && waited + wait.time <= PATIENCE => wait.time,
                Err(wait) => return Err(wait),
            };
            self.pause(wait).await;
            waited += wait;
        }
    }

    /// An answer came, whatever it says; what it tells of the limits is kept to.
    pub(crate) fn up(&self, told: Told, pace: Pace) {
        let now = self.clock.instant();
        self.edit(|state| {
            state.failures = 0;
            state.rests_until = None;
            if let Some((daily, remaining)) = told.day {
                state.quota = Some(Quota { daily, remaining });
            }
            if let Some((most, span)) = told.most.filter(|(most, span)| *most > 0 && !span.is_zero()) {
                state.told = Some((most as f64 * 10.0 / span.as_secs_f64() * SHARE).max(1.0));
            }
            if let Some(span) = told.spent {
                state.bucket(pace).blocked_until = Some(now + span);
            }
        });
    }

    /// No answer came, or one that tells of trouble over there.
    pub(crate) fn down(&self) {
        let now = self.clock.instant();
        self.edit(|state| {
            state.failures = state.failures.saturating_add(1);
            state.was_up = false;
            if state.failures >= TRIP {
                let doubled = REST * (1 << (state.failures - TRIP).min(8));
                state.rests_until = Some(now + doubled.min(REST_MAX));
            }
        });
    }

    /// The other side asks for a pause.
    pub(crate) fn limited(&self, pace: Pace, pause: Duration) {
        let until = self.clock.instant() + pause;
        self.edit(|state| state.bucket(pace).blocked_until = Some(until));
    }

    /// Whether the line rests after too many failures.
    #[must_use]
    pub fn rests(&self) -> bool {
        let now = self.clock.instant();
        self.edit(|state| state.rests_until.is_some_and(|until| until > now))
    }

    /// Work was put off: it is to be woken when the other side is back.
    pub(crate) fn put_off(&self) {
        self.edit(|state| state.was_up = false);
    }

    /// Work got through.
    pub(crate) fn delivered(&self) {
        self.edit(|state| state.woken = 0);
    }

    /// Whether work that was put off should be woken, now that the other side answers; takes note that it is. Where
    /// reading works and writing does not, waking helps nobody: it becomes rarer until something gets through.
    pub(crate) fn came_back(&self) -> bool {
        let now = self.clock.instant();
        self.edit(|state| {
            let pause =
                if state.woken == 0 { Duration::ZERO } else { (WAKE * (1 << state.woken.min(10))).min(WAKE_MAX) };
            if state.was_up || state.woken_at.is_some_and(|at| now.saturating_duration_since(at) < pause) {
                return false;
            }
            state.was_up = true;
            state.woken = state.woken.saturating_add(1);
            state.woken_at = Some(now);
            true
        })
    }

    /// What is left of the day's calls, as last told.
    #[must_use]
    pub fn quota(&self) -> Option<Quota> {
        self.edit(|state| state.quota)
    }

    /// Whether this version of a record was looked at already; takes note of it.
    pub(crate) fn saw(&self, id: &str, stamp: i64) -> bool {
        self.edit(|state| {
            if state.seen.len() >= SEEN_MAX {
                state.seen.clear();
            }
            state.seen.insert(id.to_owned(), stamp) == Some(stamp)
        })
    }

    /// Looks at everything again.
    pub(crate) fn unsee(&self) {
        self.edit(|state| state.seen.clear());
    }

    /// Notes whether a look for changes found any; answers the time to the next one.
    pub(crate) fn next_poll(&self, found: bool, settings: &SyncSettings) -> i64 {
        let idle = self.edit(|state| {
            state.idle_polls = if found { 0 } else { state.idle_polls.saturating_add(1) };
            state.idle_polls
        });
        // A minute of quiet at the usual pace first, then ever longer pauses.
        let quiet_after = u32::try_from(60_000 / settings.poll_ms.max(1)).unwrap_or(u32::MAX).max(3);
        let doublings = (idle.saturating_sub(quiet_after) / 3).min(10);
        settings.poll_ms.saturating_mul(1 << doublings).min(settings.poll_idle_ms.max(settings.poll_ms))
    }

    /// Whether it is time to look for deleted records; takes note that it is done now.
    pub(crate) fn archived_due(&self, settings: &SyncSettings) -> bool {
        let now = self.clock.instant();
        self.edit(|state| due(&mut state.archived_at, settings.archived_ms, now))
    }

    /// Whether it is time to look at deals and cases; takes note that it is done now.
    pub(crate) fn matters_due(&self, settings: &SyncSettings) -> bool {
        let now = self.clock.instant();
        self.edit(|state| due(&mut state.looked_at, settings.matters_ms, now))
    }

    /// Deals and cases are looked at with the next look for changes.
    pub(crate) fn look_soon(&self) {
        self.edit(|state| state.looked_at = None);
    }

    /// Takes note of how a look at things of this kind went: what it met with, where it saw nothing.
    pub(crate) fn looked(&self, object: Object, trouble: Option<String>) {
        self.edit(|state| state.unseen[object as usize] = trouble);
    }

    /// What the last look at things of this kind met with, where it saw nothing.
    pub(crate) fn unseen(&self, object: Object) -> Option<String> {
        self.edit(|state| state.unseen[object as usize].clone())
    }

    /// Whether our own fields of this kind of thing were looked after.
    pub(crate) fn is_keyed(&self, object: Object) -> bool {
        self.edit(|state| state.keyed[object as usize])
    }

    /// Takes note whether our own fields were looked after.
    pub(crate) fn keyed(&self, object: Object, is: bool) {
        self.edit(|state| state.keyed[object as usize] = is);
    }

    /// Until when the CRM's channel needs no looking after; `None` before it was looked after at all.
    pub(crate) fn watched_until(&self) -> Option<Ms> {
        self.edit(|state| state.watch_until)
    }

    /// Takes note until when the CRM's channel needs no looking after.
    pub(crate) fn watch_until(&self, until: Ms) {
        self.edit(|state| state.watch_until = Some(until));
    }

    /// Whether it is time to write down figures; takes note that it is done now.
    pub(crate) fn note_due(&self) -> bool {
        let now = self.clock.instant();
        self.edit(|state| due(&mut state.noted_at, 15_000, now))
    }
}

fn due(last: &mut Option<Instant>, every_ms: i64, now: Instant) -> bool {
    let every = Duration::from_millis(u64::try_from(every_ms).unwrap_or(0));
    let due = last.is_none_or(|at| now.saturating_duration_since(at) >= every);
    if due {
        *last = Some(now);
    }
    due
}

impl State {
    fn bucket(&mut self, pace: Pace) -> &mut Bucket {
        match pace {
            Pace::Call => &mut self.calls,
            Pace::Search => &mut self.searches,
            Pace::Export => &mut self.exports,
        }
    }

    fn take(&mut self, pace: Pace, settings: &SyncSettings, now: Instant) -> Result<(), Rest> {
        if let Some(until) = self.rests_until.filter(|until| *until > now) {
            return Err(Rest { time: until - now, broken: true });
        }
        let (size, span) = match pace {
            Pace::Call => {
                let chosen = f64::from(settings.calls_per_10s.max(1));
                match settings.calls_per_second {
                    Some(rate) => {
                        let rate = rate.min(chosen / 10.0).max(0.01);
                        (rate.max(1.0), rate.max(1.0) / rate)
                    }
                    None => (self.told.map_or(chosen, |told| told.min(chosen)), 10.0),
                }
            }
            Pace::Search => (f64::from(settings.searches_per_second.max(1)), 1.0),
            Pace::Export => (f64::from(settings.exports_per_minute.max(1)), 60.0),
        };
        let rest = |time| Rest { time, broken: false };
        self.bucket(pace).take(size, Duration::from_secs_f64(span), now).map_err(rest)?;
        if settings.calls_per_day == 0 {
            return Ok(());
        }
        let size = f64::from(settings.calls_per_day) * AT_ONCE;
        let span = DAY_S * AT_ONCE / (1.0 - AT_ONCE);
        self.days.take(size, Duration::from_secs_f64(span), now).map_err(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn calls_are_paced_and_a_failing_line_rests() {
        let settings = SyncSettings { calls_per_10s: 10, ..SyncSettings::default() };
        let line = Line::default();
        let began = Instant::now();
        for _ in 0..15 {
            line.turn(Pace::Call, &settings).await.unwrap();
        }
        let took = began.elapsed().as_millis();
        assert!((4_990..5_100).contains(&took), "10 at once, then one a second: {took}");
        line.turn(Pace::Search, &settings).await.unwrap();
        for _ in 0..TRIP {
            line.down();
        }
        assert!(line.rests() && line.turn(Pace::Call, &settings).await.is_err());
        tokio::time::sleep(REST).await;
        assert!(!line.rests());
        assert!(line.came_back(), "work may wait");
        line.up(Told::default(), Pace::Call);
        assert!(!line.came_back());
        line.put_off();
        assert!(!line.came_back(), "not at once again");
        line.delivered();
        assert!(line.came_back());
        line.limited(Pace::Call, Duration::from_secs(60));
        assert!(line.turn(Pace::Call, &settings).await.is_err(), "too long to wait for");
        assert!(line.turn(Pace::Search, &settings).await.is_ok(), "searches have a limit of their own");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_by_the_second_and_the_day_is_kept() {
        let line = Line::default();
        let settings = SyncSettings { calls_per_second: Some(2.0), calls_per_10s: 1_000, ..SyncSettings::default() };
        let began = Instant::now();
        for _ in 0..6 {
            line.turn(Pace::Call, &settings).await.unwrap();
        }
        let took = began.elapsed().as_millis();
        assert!((1_990..2_100).contains(&took), "two at once, then two a second: {took}");
        let (line, settings) = (Line::default(), SyncSettings { calls_per_day: 100, ..settings });
        let mut made = 0;
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(86_400) {
            match line.turn(Pace::Call, &settings).await {
                Ok(()) => made += 1,
                Err(rest) => tokio::time::sleep(rest.time).await,
            }
        }
        assert!((95..=101).contains(&made), "{made} calls in a day");
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_other_side_tells_of_its_limits_is_kept_to() {
        let (line, settings) = (Line::default(), SyncSettings::default());
        line.up(Told { most: Some((60, Duration::from_secs(60))), ..Told::default() }, Pace::Call);
        let began = Instant::now();
        for _ in 0..18 {
            line.turn(Pace::Call, &settings).await.unwrap();
        }
        let took = began.elapsed().as_millis();
        assert!((9_900..10_200).contains(&took), "nine at once, and nine in ten seconds: {took}");
        line.up(Told { spent: Some(Duration::from_secs(60)), ..Told::default() }, Pace::Call);
        assert!(line.turn(Pace::Call, &settings).await.is_err(), "nothing is left of the minute");
        assert!(line.turn(Pace::Export, &settings).await.is_ok(), "exports have a limit of their own");
    }

    #[test]
    fn a_quiet_crm_is_asked_less_often() {
        let (line, settings) = (Line::default(), SyncSettings::default());
        assert_eq!(line.next_poll(true, &settings), 5_000);
        let last = (0..40).map(|_| line.next_poll(false, &settings)).last();
        assert_eq!(last, Some(30_000));
        assert_eq!(line.next_poll(true, &settings), 5_000);
    }

    #[test]
    fn a_version_of_a_record_is_looked_at_once() {
        let line = Line::default();
        assert!(!line.saw("1", 5) && line.saw("1", 5) && !line.saw("1", 6));
        line.unsee();
        assert!(!line.saw("1", 6));
    }
}
