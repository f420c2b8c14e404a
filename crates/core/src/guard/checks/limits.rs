//! G4: the provider's limits and the administrator's own.

use super::Case;
use crate::Ms;
use crate::guard::request::{Act, Tier};
use crate::guard::verdict::{Check, Effect, Rule, Unit};
use serde_json::{Value, json};

impl Case<'_> {
    /// Only what the business begins counts: messages outside the window, to customers not counted yet.
    pub(super) fn tier(&self) -> Check {
        let rule = Rule::Tier;
        let begins = self.is_template() && !self.snapshot.window.is_open(self.now);
        let portfolio = &self.snapshot.portfolio;
        let limit = match portfolio.tier {
            _ if !begins => return Check::not_needed(rule),
            Tier::Unlimited => return Check::held(rule, "unlimited", Unit::Count, portfolio.used, Value::Null),
            Tier::Limited(limit) => limit,
            Tier::Unknown => self.policy.unknown_tier,
        };
        let params = json!({ "known": portfolio.tier != Tier::Unknown });
        if portfolio.counts_customer {
            return Check::held(rule, "counted", Unit::Count, portfolio.used, limit).params(params);
        }
        if portfolio.used < limit {
            return Check::held(rule, "ok", Unit::Count, portfolio.used, limit).params(params);
        }
        let check = Check::failed(rule, "full", Effect::Delay, Unit::Count, portfolio.used, limit);
        check.params(params).until(portfolio.frees_at)
    }

    pub(super) fn daily_limit(&self) -> Check {
        let rule = Rule::DailyLimit;
        if self.message().is_none() {
            return Check::not_needed(rule);
        }
        let channel = &self.snapshot.channel;
        let Some(limit) = channel.daily_limit else {
            return Check::held(rule, "none", Unit::Count, channel.daily_used, Value::Null);
        };
        if channel.daily_used < limit {
            return Check::held(rule, "ok", Unit::Count, channel.daily_used, limit);
        }
        let check = Check::failed(rule, "full", Effect::Delay, Unit::Count, channel.daily_used, limit);
        check.until(channel.daily_resets_at)
    }

    pub(super) fn backoff(&self) -> Check {
        self.reading(Rule::Backoff, self.snapshot.readings.backoff_at, Value::Null)
    }

    pub(super) fn throughput(&self) -> Check {
        let per_second = self.snapshot.channel.throughput_per_second.unwrap_or(self.policy.throughput_per_second);
        self.reading(Rule::Throughput, self.snapshot.readings.throughput_at, per_second.into())
    }

    /// Read marks and typing are no messages to the customer: only the number's throughput counts for them.
    pub(super) fn pair_rate(&self) -> Check {
        if !matches!(self.request.act, Act::Message(_)) {
            return Check::not_needed(Rule::PairRate);
        }
        let check = self.reading(Rule::PairRate, self.snapshot.readings.pair_at, self.policy.pair_gap_ms.into());
        check.params(json!({ "burst": self.policy.pair_burst }))
    }

    pub(super) fn call_budget(&self) -> Check {
        self.reading(Rule::CallBudget, self.snapshot.readings.calls_at, Value::Null)
    }

    /// The number does not answer, and the standby would not take this message.
    pub(super) fn route(&self) -> Check {
        match &self.snapshot.route {
            Some(wait) => {
                let check =
                    Check::failed(Rule::Route, "waiting", Effect::Delay, Unit::Text, wait.why.clone(), Value::Null);
                check.until(Some(wait.until))
            }
            None => Check::held(Rule::Route, "ok", Unit::Text, Value::Null, Value::Null),
        }
    }

    fn reading(&self, rule: Rule, at: Option<Ms>, limit: Value) -> Check {
        match at {
            Some(at) if at > self.now => {
                Check::failed(rule, "waiting", Effect::Delay, Unit::Time, at.0, limit).until(Some(at))
            }
            _ => Check::held(rule, "ok", Unit::Time, Value::Null, limit),
        }
    }
}
