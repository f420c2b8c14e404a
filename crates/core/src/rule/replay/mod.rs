//! A rule over the past: what it would have done if it had been there.
//!
//! One customer after the other is lived through again, line by line: the conversations begin as they were, every line
//! changes them as it did, and whatever the rule listens to is heard and judged by the very functions that decide live
//! ([`super::judge`], [`super::resume`], [`super::listen`]). What the rule would have done counts from then on: its runs
//! in its limit, its tags and its messages in what is known.
//!
//! What nobody wrote down cannot be lived through again. A contact's own data (tags, fields, lifecycle) is as it is today
//! until the rule itself changes it, what happened elsewhere wakes nobody ([`unheard`]), and of the guard's limits
//! those that depend on what everybody else was sent are left out.

mod talk;
mod tally;
mod write;

pub use tally::{Tally, Told, Tried};
pub use write::Sending;

use super::budget::{BACK, horizon, own_back};
use super::decide::{Known, Resumed, judge, resume};
use super::event::{Event, What};
use super::facts::{Facts, Message, Past, Person, Said};
use super::handover::{lately, wanted_after};
use super::heard::Heard;
use super::listen::{Told as Heardable, of_line, opened_at, timed, waiting};
use super::listeners::Listeners;
use super::local::{Timing, minutes};
use super::plan::{Next, Plan};
use super::trigger::Trigger;
use crate::contact::Consent;
use crate::inbox::ConversationState;
use crate::message::{Content, Direction};
use crate::time::DAY;
use crate::{ConversationId, MessageId, Ms};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use write::Mail;

/// How far before the period is read at least: what the guard looks back at. Milliseconds.
const LEAST_BEFORE: i64 = 31 * DAY;
/// Most moments of a timer in one period.
const MOMENTS: usize = 1_000;

/// A line of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// When.
    pub at: Ms,
    /// From whom.
    pub direction: Direction,
    /// `contact`, `user`, `rule`, ...
    pub author_kind: String,
    /// The user or rule.
    pub author_id: Option<Uuid>,
    /// What.
    pub content: Content,
    /// What the customer's words say; nothing for other lines.
    pub message: Option<Message>,
    /// Whether the customer asks for a person in it.
    pub human: bool,
    /// Whether a line to the customer went out.
    pub went: bool,
}

/// What is known of one customer's past.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The customer, as they are today.
    pub person: Person,
    /// The ledger of their consent to marketing: when, and `opted_in` or `opted_out`.
    pub consents: Vec<(Ms, String)>,
    /// Their conversations, as they are today.
    pub conversations: Vec<ConversationState>,
    /// What was said and what happened, since [`Replay::since`], in any order.
    pub lines: Vec<Line>,
}

/// What is tried.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The rule.
    pub rule: Known,
    /// The workspace's time zone, an IANA name.
    pub zone: String,
    /// The first moment that it is tried on.
    pub from: Ms,
    /// The first moment that it is not tried on any more.
    pub to: Ms,
    /// What its messages are judged and priced by.
    pub sending: Sending,
}

/// The triggers of a rule that the past cannot wake, by their words: when it happened stands in no conversation.
#[must_use]
pub fn unheard(triggers: &[Trigger]) -> BTreeSet<String> {
    let told = |trigger: &&Trigger| {
        !matches!(
            trigger,
            Trigger::MessageReceived
                | Trigger::Keyword { .. }
                | Trigger::HotWord { .. }
                | Trigger::Intent { .. }
                | Trigger::ConversationOpened
                | Trigger::ConversationAssigned
                | Trigger::ConversationResolved
                | Trigger::Unanswered { .. }
                | Trigger::Timer { .. }
        )
    };
    triggers.iter().filter(told).map(|trigger| trigger.code().to_owned()).collect()
}

/// A rule made ready to be tried on one customer after the other.
#[derive(Debug)]
pub struct Replay {
    setting: Setting,
    listeners: Listeners,
    waits: BTreeSet<u32>,
    /// The moments of its timers, each with how old a conversation may be. Milliseconds.
    moments: Vec<(Ms, i64)>,
    horizon: i64,
    runs_horizon: i64,
    /// Blanks about orders count as filled: what stood in them then is not kept.
    shop: BTreeMap<String, String>,
}

/// What came of it for one customer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replayed {
    /// The counts.
    pub tally: Tally,
    /// Examples, in the order of time: the first that ran and the first that did not.
    pub told: Vec<Told>,
}

/// How many examples are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Of what would have run.
    pub ran: usize,
    /// Of what would not.
    pub skipped: usize,
}

impl Replay {
    /// Makes a rule ready.
    #[must_use]
    pub fn new(setting: Setting) -> Self {
        let listeners = Listeners::new(std::slice::from_ref(&setting.rule));
        let definition = &setting.rule.definition;
        let horizon = horizon(definition.looks_back());
        let runs_horizon = horizon.max(minutes(definition.limit.minutes));
        let moments = moments(&setting);
        let waits = listeners.waits().collect();
        let shop = crate::shop::NAMES.iter().map(|name| ((*name).to_owned(), "–".to_owned())).collect();
        Self { listeners, waits, moments, horizon, runs_horizon, shop, setting }
    }

    /// From when on the past must be known.
    #[must_use]
    pub fn since(&self) -> Ms {
        self.setting.from.plus(-self.horizon.max(LEAST_BEFORE))
    }

    /// Customers with whom nothing was said since then are not concerned.
    #[must_use]
    pub fn active_since(&self) -> Ms {
        let oldest = self.moments.iter().map(|(_, active)| *active).max().unwrap_or(0);
        self.setting.from.plus(-oldest)
    }

    /// Lives through one customer's past.
    #[must_use]
    pub fn customer(&self, mut history: History, room: Room) -> Replayed {
        history.lines.sort_by_key(|line| (line.at, line.id));
        let mut life = Life::new(self, history, room);
        life.live();
        life.end()
    }
}

/// The moments of the period at which the rule's timers fire, each once.
fn moments(setting: &Setting) -> Vec<(Ms, i64)> {
    let mut found = BTreeMap::new();
    for trigger in &setting.rule.definition.when {
        let Trigger::Timer { at, days, zone, active_days } = trigger else { continue };
        let Some(timing) = Timing::new(at, days, zone, &setting.zone) else { continue };
        let mut next = timing.around(setting.from.plus(-1)).1;
        while let Some(moment) = next.filter(|moment| *moment < setting.to && found.len() < MOMENTS) {
            found.insert(moment, i64::from(*active_days) * DAY);
            next = timing.around(moment).1;
        }
    }
    found.into_iter().collect()
}

/// What comes due between two lines.
#[derive(Debug)]
enum Due {
    Judge { event: Event, line: Option<usize> },
    Timer { active: i64 },
    Resume { run: usize, path: String },
}

/// A run that would have begun.
#[derive(Debug)]
struct Run {
    event: Event,
    line: Option<usize>,
    began: Ms,
    told: Told,
    /// When it last would have written.
    wrote: Option<Ms>,
}

/// One customer's life.
struct Life<'a> {
    replay: &'a Replay,
    lines: Vec<Line>,
    consents: Vec<(Ms, String)>,
    talks: Vec<ConversationState>,
    facts: Facts,
    due: BTreeMap<(Ms, u32), Due>,
    queued: u32,
    mail: Mail,
    runs: Vec<Run>,
    skipped: Vec<Told>,
    room: Room,
    tally: Tally,
}

impl<'a> Life<'a> {
    fn new(replay: &'a Replay, history: History, room: Room) -> Self {
        let History { mut person, mut consents, conversations, lines } = history;
        consents.sort();
        let talks = conversations.into_iter().map(|talk| talk::before(talk, &lines)).collect();
        // The last time before what is read is not known; the first time is a bound for it.
        let first = lines.first().map_or(replay.setting.to, |line| line.at);
        person.first_inbound_at = person.first_inbound_at.filter(|at| *at < replay.setting.to);
        person.last_inbound_at = match person.last_inbound_at {
            Some(last) if last < first => Some(last),
            _ => person.first_inbound_at.filter(|at| *at < first),
        };
        let zone = replay.setting.zone.clone();
        let (said, runs, begun) = (Vec::new(), Vec::new(), BTreeMap::new());
        let facts = Facts { contact: person, conversation: None, message: None, order: None, said, runs, begun, zone };
        let mut life = Self {
            replay,
            lines,
            consents,
            talks,
            facts,
            due: BTreeMap::new(),
            queued: 0,
            mail: Mail::default(),
            runs: Vec::new(),
            skipped: Vec::new(),
            room,
            tally: Tally { customers: 1, ..Tally::default() },
        };
        for (moment, active) in &replay.moments {
            life.queue(*moment, Due::Timer { active: *active });
        }
        life
    }

    fn queue(&mut self, at: Ms, due: Due) {
        self.queued += 1;
        self.due.insert((at, self.queued), due);
    }

    fn live(&mut self) {
        for place in 0..self.lines.len() {
            let at = self.lines[place].at;
            self.until(at);
            self.line(place);
            self.tally.messages += u64::from(at >= self.replay.setting.from);
        }
        self.until(self.replay.setting.to.plus(-1));
    }

    /// Does what comes due up to a moment.
    fn until(&mut self, at: Ms) {
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= at) {
            let ((now, _), due) = entry.remove_entry();
            match due {
                Due::Judge { event, line } => self.judge(event, line, now),
                Due::Timer { active } => self.timer(active, now),
                Due::Resume { run, path } => self.resume(run, &path, now),
            }
        }
    }

    /// A line is written: what it changes, and what is heard in it.
    fn line(&mut self, place: usize) {
        let line = &self.lines[place];
        let rule = &self.replay.setting.rule;
        if line.author_kind == "rule" && line.author_id == Some(rule.id) {
            // What the rule did then is what it is asked to do again.
            return;
        }
        let (at, id) = (line.at, line.conversation_id);
        let Some(talk) = self.talks.iter_mut().find(|talk| talk.id == id) else { return };
        let begins = talk.last_message_id.is_none() && talk.created_at >= self.replay.since();
        let waited = talk.waiting_since;
        talk::tell(talk, line);
        let waits = if talk.waiting_since == waited { Vec::new() } else { waiting(talk, &self.replay.waits) };
        let contact_id = self.facts.contact.id;
        let told = Heardable {
            id: line.id,
            contact_id,
            conversation_id: id,
            at,
            direction: line.direction,
            content: &line.content,
            author_kind: &line.author_kind,
            author_id: line.author_id,
        };
        let event = of_line(&told);
        let opened = event.as_ref().filter(|event| begins && event.what == What::Message);
        let opened = opened.map(|_| opened_at((contact_id, id), at));
        if matches!(line.direction, Direction::In | Direction::Out) {
            self.said(place);
        }
        for event in opened.into_iter().chain(event) {
            let line = event.message_id.map(|_| place);
            self.hear(event, line);
        }
        for (event, at) in waits {
            self.queue(at, Due::Judge { event, line: None });
        }
    }

    fn said(&mut self, place: usize) {
        let line = &self.lines[place];
        let (at, inbound) = (line.at, line.direction == Direction::In);
        let heard = line.message.as_ref().map_or_else(Heard::default, |message| message.heard.clone());
        let (conversation_id, by, human) = (line.conversation_id, line.author_kind.clone(), line.human);
        if inbound {
            let contact = &mut self.facts.contact;
            contact.last_inbound_at = contact.last_inbound_at.max(Some(at));
            contact.first_inbound_at = contact.first_inbound_at.or(Some(at));
            if human {
                for run in &mut self.runs {
                    let here = run.event.conversation_id == Some(conversation_id);
                    if here && !run.told.human && run.wrote.is_some_and(|wrote| wanted_after(wrote, at)) {
                        run.told.human = true;
                        self.tally.human += 1;
                    }
                }
            }
        } else if line.went && self.replay.setting.sending.writes {
            self.mail.went(&self.replay.setting.sending, &line.content, at);
        }
        self.facts.said.insert(0, Said { conversation_id, at, inbound, by, heard, human });
    }

    fn hear(&mut self, event: Event, line: Option<usize>) {
        let none = Heard::default();
        let heard = line.and_then(|place| self.lines[place].message.as_ref()).map_or(&none, |message| &message.heard);
        if let [place] = self.replay.listeners.find(&event, heard)[..] {
            let settle_ms = self.replay.listeners.settle_ms(place, &event);
            self.queue(event.at.plus(settle_ms), Due::Judge { event: Event { settle_ms, ..event }, line });
        }
    }

    fn timer(&mut self, active: i64, now: Ms) {
        let since = now.plus(-active);
        let begun = self.talks.iter().filter(|talk| talk.created_at <= now && talk.last_message_at <= now);
        let newest = begun.filter(|talk| talk.last_message_at >= since).max_by_key(|talk| talk.id);
        if let Some(event) = newest.map(|talk| timed(self.replay.setting.rule.id, now, talk)) {
            self.judge(event, None, now);
        }
    }

    /// Brings what is known up to a moment.
    fn know(&mut self, event: &Event, line: Option<usize>, now: Ms) {
        let facts = &mut self.facts;
        let (since, runs_since) = (now.plus(-self.replay.horizon), now.plus(-self.replay.runs_horizon));
        while facts.said.len() > BACK || facts.said.last().is_some_and(|said| said.at <= since) {
            facts.said.pop();
        }
        let own_back = own_back(self.replay.setting.rule.definition.limit.times);
        while facts.runs.len() > own_back || facts.runs.last().is_some_and(|run| run.at < runs_since) {
            facts.runs.pop();
        }
        for said in &mut facts.said {
            said.human &= lately(said.at, now);
        }
        facts.conversation = self.talks.iter().find(|talk| Some(talk.id) == event.conversation_id).cloned();
        facts.message = line.and_then(|place| self.lines[place].message.clone());
        if !self.consents.is_empty() {
            let known = self.consents.iter().rev().find(|(at, _)| *at <= now);
            facts.contact.consent = known.map_or(Consent::Unknown.code(), |(_, state)| state).to_owned();
        }
    }

    fn judge(&mut self, event: Event, line: Option<usize>, now: Ms) {
        if event.at < self.replay.setting.from {
            return;
        }
        self.know(&event, line, now);
        self.tally.listened += 1;
        let verdict = judge(&self.replay.setting.rule, &self.facts, &event, now);
        let mut told = Told::of(&event, now);
        if let Some(check) = verdict.refused {
            *self.tally.reasons.entry(check.code().to_owned()).or_default() += 1;
            if self.skipped.len() < self.room.skipped {
                (told.reason, told.checks, told.conditions) = (Some(check), verdict.checks, Some(verdict.conditions));
                self.skipped.push(told);
            }
            return;
        }
        (told.checks, told.conditions) = (verdict.checks, Some(verdict.conditions));
        let rule_id = self.replay.setting.rule.id;
        self.facts.runs.insert(0, Past { rule_id, at: now, depth: verdict.depth, shadow: false });
        self.tally.runs += 1;
        self.runs.push(Run { event, line, began: now, told, wrote: None });
        if let Some(plan) = verdict.plan {
            self.follow(self.runs.len() - 1, plan, now);
        }
    }

    fn resume(&mut self, run: usize, path: &str, now: Ms) {
        let (event, line, began) = (self.runs[run].event.clone(), self.runs[run].line, self.runs[run].began);
        self.know(&event, line, now);
        let (resumed, ..) = resume(&self.replay.setting.rule, &self.facts, &event, (path, began), now);
        match resumed {
            Resumed::On(plan) => self.follow(run, plan, now),
            Resumed::Later(until) => self.queue(until, Due::Resume { run, path: path.to_owned() }),
            Resumed::Over(check) => {
                self.runs[run].told.ended = Some(check);
                self.tally.ended += 1;
            }
        }
    }

    /// Does a stretch of steps as far as they change what is known.
    fn follow(&mut self, run: usize, plan: Plan, now: Ms) {
        let place = self.runs[run].event.conversation_id;
        for planned in plan.steps {
            let tried = self.step(planned.path, planned.step, place, now);
            if tried.went() {
                self.runs[run].wrote = Some(now);
            }
            self.runs[run].told.steps.push(tried);
        }
        if let Next::Wait { path, until } = plan.next {
            self.queue(until, Due::Resume { run, path });
        }
    }

    fn end(mut self) -> Replayed {
        self.tally.run_customers = u64::from(!self.runs.is_empty());
        self.tally.written_customers = u64::from(self.runs.iter().any(|run| run.wrote.is_some()));
        self.tally.wrote = self.runs.iter().filter(|run| run.wrote.is_some()).count() as u64;
        let ran = self.runs.into_iter().map(|run| run.told).take(self.room.ran);
        let mut told: Vec<Told> = ran.chain(self.skipped).collect();
        told.sort_by_key(|told| told.at);
        Replayed { tally: self.tally, told }
    }
}
