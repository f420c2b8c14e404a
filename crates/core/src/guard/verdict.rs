//! What the guard answers: stored on the message as JSON and shown in the why popover.

use crate::Ms;
use crate::time::HOUR;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// After how long a message of a campaign that rests is judged again, if nobody asks for it before. Milliseconds.
const CAMPAIGN_RECHECK_MS: i64 = HOUR;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $code:literal [$($word:literal),+]),+ $(,)?) => {
        /// A rule of the guard. Its note keys are `guard.<code>.<word>`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Rule {$(
            $(#[$doc])*
            #[serde(rename = $code)]
            $name,
        )+}

        impl Rule {
            /// Every rule, in the order they are judged.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The short code that is stored and sent over the API.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The words a note of this rule may end with.
            #[must_use]
            pub fn words(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($word),+]),+ }
            }

            /// The translation keys of its notes, one for each of [`Rule::words`].
            #[must_use]
            pub fn note_keys(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$(concat!("guard.", $code, ".", $word)),+]),+ }
            }
        }
    };
}

rules! {
    /// The channel is switched on and the provider accepts us. Value and limit: channel status.
    ChannelActive "channel_active" ["ok", "paused", "error"],
    /// The set-up checks that block sending have passed (C4). Value: the failing checks.
    ChannelReady "channel_ready" ["ok", "overridden", "blocked"],
    /// The campaign it belongs to is under way: neither paused nor cancelled. Value: its state.
    Campaign "campaign" ["ok", "not_needed", "paused", "cancelled"],
    /// There is a number or user id to send to, and the provider takes it. Value: the address kind.
    Recipient "recipient" ["ok", "none", "needs_phone"],
    /// The content is of a kind and size that can be sent. Value: what is wrong or the kind.
    Content "content" ["ok", "not_needed", "not_sendable", "empty", "too_long", "too_many"],
    /// The business has not blocked the customer.
    Blocked "blocked" ["ok", "blocked"],
    /// The number could be reached so far (131026). Value: since when it cannot.
    Undeliverable "undeliverable" ["ok", "wrote_since", "undeliverable"],
    /// The 24 h window is open, or not needed. Value: when it closes or closed; limit: now.
    Window "window" ["open", "not_needed", "closed", "never"],
    /// The message reacted to or marked as read is recent enough. Value: its age; limit: the greatest age.
    TargetAge "target_age" ["ok", "not_needed", "too_old"],
    /// The template exists in our copy of the account. Value: its name.
    TemplateExists "template_exists" ["ok", "not_needed", "missing"],
    /// It is approved, not paused, not disabled. Value: its status.
    TemplateApproved "template_approved" ["ok", "not_needed", "not_approved", "paused"],
    /// It exists in exactly this language. Value: the language asked; limit: the languages there are.
    TemplateLanguage "template_language" ["ok", "not_needed", "other_language"],
    /// The parameters fit its definition (132000, 132012, 132018). Value: what was given; limit: what is expected.
    TemplateParameters "template_parameters" ["ok", "not_needed", "mismatch"],
    /// Its category fits the purpose (131064). Value: category; limit: purpose.
    TemplateCategory "template_category" ["ok", "not_needed", "promotion_needs_marketing"],
    /// Marketing is not against the customer's will. Value: consent.
    Consent "consent" ["ok", "not_needed", "opted_out"],
    /// Without opt-in at most so many templates in a time (G2). Value: how many; limit: how many at most.
    OptInCap "opt_in_cap" ["ok", "not_needed", "opted_in", "capped"],
    /// The provider delivers marketing in the customer's country. Value: country.
    Market "market" ["ok", "not_needed", "closed_country"],
    /// The provider has not held back marketing to this customer lately (131049). Value: when it did.
    Ecosystem "ecosystem" ["ok", "not_needed", "held_back"],
    /// The same content was not sent too often (G2). Value: how often; limit: how often at most.
    SameContent "same_content" ["ok", "not_needed", "person", "capped"],
    /// Promotion at most once in a time (G3). Value: the last one; limit: the gap.
    PromotionGap "promotion_gap" ["ok", "not_needed", "capped"],
    /// Promotion not at night by the customer's clock (G3). Value: the local time; limit: the quiet hours.
    QuietHours "quiet_hours" ["ok", "not_needed", "quiet"],
    /// Promotion waits for the preferred slot or the customer's best hour (G3). Value: the local time; limit: the slot.
    PromotionSlot "promotion_slot" ["ok", "not_needed", "off", "by_hand", "waiting", "best_hour"],
    /// Promotion stops when the month's budget is used up, if an administrator wants that (G6). Value: spent; limit:
    /// the budget.
    MonthlyBudget "monthly_budget" ["ok", "not_needed", "none", "reached"],
    /// A notice about the same event not too soon again (G3). Value: the last one; limit: the gap.
    EventGap "event_gap" ["ok", "not_needed", "capped"],
    /// The provider has not slowed the number down for spam (131048). Value: until when.
    PromotionHold "promotion_hold" ["ok", "not_needed", "held"],
    /// Customers written to first in 24 h, per portfolio (G4). Value: how many; limit: the tier.
    Tier "tier" ["ok", "not_needed", "counted", "unlimited", "full"],
    /// The administrator's own limit a day (G4). Value: how many; limit: how many at most.
    DailyLimit "daily_limit" ["ok", "not_needed", "none", "full"],
    /// After the provider's refusals we wait. Value: until when.
    Backoff "backoff" ["ok", "waiting"],
    /// Messages a second of the number (130429). Value: the next free moment; limit: messages a second.
    Throughput "throughput" ["ok", "waiting"],
    /// Messages to one customer (131056). Value: the next free moment; limit: milliseconds per message.
    PairRate "pair_rate" ["ok", "not_needed", "waiting"],
    /// Calls to the provider's API per hour and day. Value: the next free moment.
    CallBudget "call_budget" ["ok", "waiting"],
    /// The route a message goes over works, or it waits for it: the standby would not take it. Value: why not.
    Route "route" ["ok", "waiting"],
}

/// Every note and summary key a verdict can carry, for the translators.
#[must_use]
pub fn note_keys() -> Vec<&'static str> {
    std::iter::once("guard.allow").chain(Rule::ALL.iter().flat_map(|rule| rule.note_keys().iter().copied())).collect()
}

/// What the values of a check count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Words and codes.
    Text,
    /// How many.
    Count,
    /// A moment, ms UTC.
    Time,
    /// Milliseconds.
    Duration,
}

/// What a check that does not hold asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Not now.
    Delay,
    /// Not at all.
    Refuse,
}

/// One rule, judged, with the values of that moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The rule.
    pub rule: Rule,
    /// Whether it holds.
    pub held: bool,
    /// What it asks for when it does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// The value found; null when the rule does not apply.
    #[serde(default)]
    pub value: Value,
    /// What it was compared with.
    #[serde(default)]
    pub limit: Value,
    /// What `value` counts.
    pub unit: Unit,
    /// Translation key of the sentence to show.
    pub note_key: Cow<'static, str>,
    /// Values the sentence needs besides `value`, `limit` and `until`; an object, or null.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub params: Value,
    /// From when on it would hold, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Ms>,
}

impl Check {
    fn new(rule: Rule, word: &str, unit: Unit, value: Value, limit: Value) -> Self {
        let known = rule.words().iter().position(|known| *known == word);
        debug_assert!(known.is_some(), "{} has no note {word}", rule.code());
        let note_key = Cow::Borrowed(rule.note_keys()[known.unwrap_or(0)]);
        Self { rule, held: true, effect: None, value, limit, unit, note_key, params: Value::Null, until: None }
    }

    /// Holds.
    pub(super) fn held(rule: Rule, word: &str, unit: Unit, value: impl Into<Value>, limit: impl Into<Value>) -> Self {
        Self::new(rule, word, unit, value.into(), limit.into())
    }

    /// Does not apply to this message.
    pub(super) fn not_needed(rule: Rule) -> Self {
        Self::new(rule, "not_needed", Unit::Text, Value::Null, Value::Null)
    }

    /// Does not hold.
    pub(super) fn failed(
        rule: Rule,
        word: &str,
        effect: Effect,
        unit: Unit,
        value: impl Into<Value>,
        limit: impl Into<Value>,
    ) -> Self {
        let mut check = Self::new(rule, word, unit, value.into(), limit.into());
        check.held = false;
        check.effect = Some(effect);
        check
    }

    pub(super) fn until(mut self, until: Option<Ms>) -> Self {
        self.until = until;
        self
    }

    pub(super) fn params(mut self, params: Value) -> Self {
        self.params = params;
        self
    }
}

/// What the checks add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Hand it over now.
    Allow,
    /// Keep it and judge again at `recheck_at`.
    Delay,
    /// Never hand it over.
    Refuse,
}

impl Outcome {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Delay => "delay",
            Self::Refuse => "refuse",
        }
    }
}

/// The guard's answer. Its JSON is the API's `verdict`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Allow, delay or refuse.
    pub outcome: Outcome,
    /// Delayed until then. `None` with `Delay`: until a person or the provider changes something.
    pub until: Option<Ms>,
    /// When to judge again; set exactly when the outcome is `Delay`, and later than the moment of the judgement.
    pub recheck_at: Option<Ms>,
    /// Translation key of the one sentence that says it: `guard.allow`, or the note of the check that decided.
    pub summary_key: Cow<'static, str>,
    /// The rule that decided; `None` when allowed.
    pub decided_by: Option<Rule>,
    /// Every check, in the order of [`Rule::ALL`].
    pub checks: Vec<Check>,
}

impl Verdict {
    /// Adds the checks up. `awake` moves a moment on to the next one outside quiet hours.
    pub(super) fn of(checks: Vec<Check>, now: Ms, recheck_ms: i64, awake: impl Fn(Ms) -> Ms) -> Self {
        let refused = checks.iter().find(|check| check.effect == Some(Effect::Refuse));
        if let Some(check) = refused {
            let (key, rule) = (check.note_key.clone(), check.rule);
            return Self::decided(Outcome::Refuse, key, Some(rule), checks);
        }
        // What waits for a person outlasts what waits for a clock; of two clocks the later one decides.
        let delayed = checks.iter().filter(|check| check.effect == Some(Effect::Delay));
        let decisive = delayed.reduce(|one, other| match (one.until, other.until) {
            (None, _) => one,
            (_, None) => other,
            (Some(first), Some(second)) if second > first => other,
            _ => one,
        });
        let Some(check) = decisive else {
            return Self::decided(Outcome::Allow, Cow::Borrowed("guard.allow"), None, checks);
        };
        let (key, rule, until) = (check.note_key.clone(), check.rule, check.until);
        let soonest = now.plus(1);
        let until = until.map(|moment| awake(moment.max(soonest)));
        let mut verdict = Self::decided(Outcome::Delay, key, Some(rule), checks);
        verdict.until = until;
        // Whoever lets a campaign go on has all of it judged at that moment: until then there is nothing to look for.
        let rests = verdict.check(Rule::Campaign).is_some_and(|check| check.effect == Some(Effect::Delay));
        let pause = if rests { recheck_ms.max(CAMPAIGN_RECHECK_MS) } else { recheck_ms.max(1) };
        verdict.recheck_at = Some(until.unwrap_or_else(|| now.plus(pause)));
        verdict
    }

    fn decided(outcome: Outcome, summary_key: Cow<'static, str>, decided_by: Option<Rule>, checks: Vec<Check>) -> Self {
        Self { outcome, until: None, recheck_at: None, summary_key, decided_by, checks }
    }

    /// The check of a rule.
    #[must_use]
    pub fn check(&self, rule: Rule) -> Option<&Check> {
        self.checks.iter().find(|check| check.rule == rule)
    }
}
