//! Which rules run for an event, which do not, and why.

use super::budget::{CONTACT_HOUR, DEPTH, RULE_HOUR};
use super::definition::Definition;
use super::event::{Event, What};
use super::facts::Facts;
use super::handover::{Pause, Why, handed_over};
use super::heard::Heard;
use super::judge::{Explained, Scene, explain};
use super::local::minutes;
use super::plan::Plan;
use super::told::Told;
use super::trigger::Trigger;
use crate::Ms;
use crate::id::key16;
use crate::time::HOUR;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// A rule as decisions see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Which.
    pub id: Uuid,
    /// Which version of it.
    pub version: i32,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Whether it only watches: it is judged and written down, and does nothing.
    pub shadow: bool,
    /// What it says.
    pub definition: Definition,
}

/// What is looked at before a rule runs, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// It is switched on.
    SwitchedOn,
    /// One of its triggers waits for this.
    Trigger,
    /// The customer is among the share it is for.
    Share,
    /// The conversation is on a channel and with a team that it is for.
    Scope,
    /// Not too many rules have woken one another.
    Depth,
    /// No person has the conversation in hand.
    Handover,
    /// It has not run too often for this customer.
    RuleLimit,
    /// Not too many rules have run for this customer in the last hour.
    ContactBudget,
    /// It has not run too often in the last hour, for whomever.
    RuleBudget,
    /// No rule before it wants to be the only one.
    Exclusive,
    /// Its conditions hold.
    Conditions,
}

impl Check {
    /// The word that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SwitchedOn => "switched_on",
            Self::Trigger => "trigger",
            Self::Share => "share",
            Self::Scope => "scope",
            Self::Depth => "depth",
            Self::Handover => "handover",
            Self::RuleLimit => "rule_limit",
            Self::ContactBudget => "contact_budget",
            Self::RuleBudget => "rule_budget",
            Self::Exclusive => "exclusive",
            Self::Conditions => "conditions",
        }
    }
}

/// A check with its answer, its value at that moment and its limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// Which.
    pub check: Check,
    /// The answer.
    pub met: bool,
    /// What was found.
    #[serde(default = "nothing", skip_serializing_if = "Told::is_nothing")]
    pub found: Told,
    /// Against what.
    #[serde(default = "nothing", skip_serializing_if = "Told::is_nothing")]
    pub limit: Told,
}

fn nothing() -> Told {
    Told::Nothing
}

fn checked(check: Check, met: bool, found: Told, limit: Told) -> Checked {
    Checked { check, met, found, limit }
}

/// What was decided about one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The rule.
    pub rule_id: Uuid,
    /// Its version.
    pub version: i32,
    /// The first check that says no; `None` when the rule runs.
    pub refused: Option<Check>,
    /// How many rules had woken one another before it.
    pub depth: u32,
    /// Every check.
    pub checks: Vec<Checked>,
    /// Every condition.
    pub conditions: Explained,
    /// What is done, when it runs.
    pub plan: Option<Plan>,
}

/// Decides about every rule that listens to an event, in their order: the greater priority first, then the older rule.
#[must_use]
pub fn decide(rules: &[&Known], facts: &Facts, event: &Event, now: Ms) -> Vec<Verdict> {
    let mut order: Vec<&&Known> = rules.iter().collect();
    order.sort_by_key(|rule| (std::cmp::Reverse(rule.definition.priority), rule.id));
    let mut ahead = Ahead::of(facts, event, now);
    let mut verdicts = Vec::with_capacity(order.len());
    for rule in order {
        let verdict = judge_behind(rule, facts, event, now, &ahead);
        // What only watches takes nothing from the others.
        if verdict.refused.is_none() && !rule.shadow {
            ahead.runs += 1;
            if rule.definition.exclusive {
                ahead.only = Some(rule.definition.name.clone());
            }
        }
        verdicts.push(verdict);
    }
    verdicts
}

/// What is the same for all rules, and what those before have taken.
struct Ahead {
    depth: u32,
    pause: Option<Pause>,
    runs: u32,
    only: Option<String>,
}

impl Ahead {
    fn of(facts: &Facts, event: &Event, now: Ms) -> Self {
        let conversation = event.conversation_id.or(facts.conversation.as_ref().map(|known| known.id));
        Self { depth: depth(facts, event), pause: handed_over(facts, conversation, now), runs: 0, only: None }
    }
}

/// Decides about one rule alone.
#[must_use]
pub fn judge(rule: &Known, facts: &Facts, event: &Event, now: Ms) -> Verdict {
    judge_behind(rule, facts, event, now, &Ahead::of(facts, event, now))
}

fn judge_behind(rule: &Known, facts: &Facts, event: &Event, now: Ms, ahead: &Ahead) -> Verdict {
    let definition = &rule.definition;
    let scene = Scene { facts, rule: rule.id, language: &definition.language, now };
    let conditions = explain(&definition.conditions, &scene);
    let depth = ahead.depth;
    let [own, all, begun] = budgets(rule, facts, now, ahead.runs);
    let only = ahead.only.as_ref().map_or(Told::Nothing, |only| Told::Json(json!(only)));
    let checks = vec![
        switched_on(rule),
        trigger(rule, facts, event),
        share(rule, facts),
        scope(definition, facts),
        checked(Check::Depth, depth < DEPTH, Told::Number(depth), Told::Number(DEPTH)),
        handover(definition, ahead.pause),
        own,
        all,
        begun,
        checked(Check::Exclusive, ahead.only.is_none(), only, Told::Nothing),
        checked(Check::Conditions, conditions.met(), Told::Nothing, Told::Nothing),
    ];
    let refused = checks.iter().find(|check| !check.met).map(|check| check.check);
    let plan = refused.is_none().then(|| Plan::begin(&definition.steps, &scene));
    Verdict { rule_id: rule.id, version: rule.version, refused, depth, checks, conditions, plan }
}

fn switched_on(rule: &Known) -> Checked {
    checked(Check::SwitchedOn, rule.enabled, Told::Flag(rule.enabled), Told::Nothing)
}

/// How many rules woke one another before this event.
fn depth(facts: &Facts, event: &Event) -> u32 {
    let Some(cause) = event.cause else { return 0 };
    let before = facts.runs.iter().filter(|run| run.rule_id == cause).max_by_key(|run| (run.at, run.depth));
    before.map_or(1, |run| run.depth.saturating_add(1))
}

fn trigger(rule: &Known, facts: &Facts, event: &Event) -> Checked {
    let none = Heard::default();
    let heard = facts.message.as_ref().map_or(&none, |message| &message.heard);
    let language = &rule.definition.language;
    let hears = rule.definition.when.iter().any(|trigger| trigger.hears(event, rule.id, language, heard));
    let waits = match event.what {
        What::Unanswered { since, .. } => {
            let waiting = facts.conversation.as_ref().and_then(|conversation| conversation.waiting_since);
            waiting.is_some_and(|waiting| waiting <= since)
        }
        _ => theirs(facts, event),
    };
    // Which words it listens for stands in the rule; here they would be repeated for every customer.
    let listens = rule.definition.when.iter().map(Trigger::code).collect();
    checked(Check::Trigger, hears && waits, Told::What(event.what.clone()), Told::Codes(listens))
}

/// Whether the order that an event is about still is this customer's: one that was corrected meanwhile tells them nothing.
fn theirs(facts: &Facts, event: &Event) -> bool {
    event.what.order().is_none_or(|number| facts.order.as_ref().is_some_and(|order| order.number == number))
}

fn share(rule: &Known, facts: &Facts) -> Checked {
    if rule.definition.share >= 100 {
        return checked(Check::Share, true, Told::Nothing, Told::Nothing);
    }
    let key = key16("rule-share", &format!("{}:{}", rule.id, facts.contact.id));
    let place = u32::from(u16::from_be_bytes([key[0], key[1]])) * 100 / 65_536;
    let share = u32::from(rule.definition.share);
    checked(Check::Share, place < share, Told::Number(place), Told::Number(share))
}

fn scope(definition: &Definition, facts: &Facts) -> Checked {
    let (channels, teams) = (&definition.channels, &definition.teams);
    if !definition.is_scoped() {
        return checked(Check::Scope, true, Told::Nothing, Told::Nothing);
    }
    let talk = facts.conversation.as_ref();
    let (channel, team) = (talk.map(|talk| talk.channel_id.0), talk.and_then(|talk| talk.team_id).map(|team| team.0));
    let among = |list: &[Uuid], found: Option<Uuid>| list.is_empty() || found.is_some_and(|id| list.contains(&id));
    let limit = json!({ "channels": channels, "teams": teams });
    let found = json!({ "channel": channel, "team": team });
    checked(Check::Scope, among(channels, channel) && among(teams, team), found.into(), limit.into())
}

fn handover(definition: &Definition, pause: Option<Pause>) -> Checked {
    let found = pause.map_or(Told::Nothing, Told::Pause);
    checked(Check::Handover, pause.is_none() || definition.during_handover, found, Told::Nothing)
}

fn budgets(rule: &Known, facts: &Facts, now: Ms, ahead: u32) -> [Checked; 3] {
    let limit = rule.definition.limit;
    let since = now.plus(-minutes(limit.minutes));
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let own = number(facts.runs.iter().filter(|run| run.rule_id == rule.id && run.at > since).count());
    let recent = facts.runs.iter().filter(|run| run.at > now.plus(-HOUR) && !run.shadow);
    let all = number(recent.count()).saturating_add(ahead);
    let begun = facts.begun.get(&rule.id).copied().unwrap_or(0);
    [
        checked(Check::RuleLimit, own < limit.times, Told::Number(own), Told::Limit(limit)),
        checked(Check::ContactBudget, all < CONTACT_HOUR, Told::Number(all), Told::Number(CONTACT_HOUR)),
        checked(Check::RuleBudget, begun < RULE_HOUR, Told::Number(begun), Told::Number(RULE_HOUR)),
    ]
}

/// What becomes of a run whose wait is over.
#[derive(Debug, Clone, PartialEq)]
pub enum Resumed {
    /// It goes on.
    On(Plan),
    /// It waits on: people have the conversation in hand.
    Later(Ms),
    /// It ends; the check that says no.
    Over(Check),
}

/// Judges a run again whose wait is over: by the rule's version it began with, and by what is known now. `path` is where
/// it waited, `began` when it began.
#[must_use]
pub fn resume(
    rule: &Known,
    facts: &Facts,
    event: &Event,
    (path, began): (&str, Ms),
    now: Ms,
) -> (Resumed, Vec<Checked>, Explained) {
    let definition = &rule.definition;
    let scene = Scene { facts, rule: rule.id, language: &definition.language, now };
    let conditions = explain(&definition.conditions, &scene);
    let conversation = event.conversation_id.or(facts.conversation.as_ref().map(|known| known.id));
    let pause = handed_over(facts, conversation, now);
    let handover = handover(definition, pause);
    let pause = pause.filter(|_| !definition.during_handover);
    let wish = !definition.during_handover
        && facts
            .said
            .iter()
            .any(|said| said.inbound && said.human && Some(said.conversation_id) == conversation && said.at >= began);
    let checks = vec![
        switched_on(rule),
        Checked { met: handover.met && !wish, ..handover },
        checked(Check::Conditions, conditions.met(), Told::Nothing, Told::Nothing),
    ];
    let resumed = if !rule.enabled {
        Resumed::Over(Check::SwitchedOn)
    } else if wish {
        Resumed::Over(Check::Handover)
    } else if let Some(pause) = pause {
        match pause.why {
            Why::HumanWanted => Resumed::Over(Check::Handover),
            Why::AgentReplied => Resumed::Later(pause.until),
        }
    } else if !theirs(facts, event) {
        Resumed::Over(Check::Trigger)
    } else if !conditions.met() {
        Resumed::Over(Check::Conditions)
    } else {
        Plan::after(&definition.steps, path, &scene).map_or(Resumed::Over(Check::Trigger), Resumed::On)
    };
    (resumed, checks, conditions)
}
