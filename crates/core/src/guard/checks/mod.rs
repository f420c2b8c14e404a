//! The checks, one small function a rule.

mod budget;
mod campaign;
mod caps;
mod limits;
mod template;

use super::content;
use super::quiet::{Clocks, Hours, clocks};
use super::request::{Act, Purpose, Request, Snapshot};
use super::verdict::{Check, Effect, Rule, Unit};
use super::{Policy, TemplateFacts};
use crate::Ms;
use crate::channel::ChannelStatus;
use crate::contact::window::WindowState;
use crate::message::Content;
use crate::template::Category;
use serde_json::{Value, json};

/// One question with everything needed to answer it.
pub(super) struct Case<'a> {
    pub request: &'a Request<'a>,
    pub snapshot: &'a Snapshot,
    pub policy: &'a Policy,
    pub now: Ms,
}

impl Case<'_> {
    /// Every check, in the order of [`Rule::ALL`].
    pub fn all(&self) -> Vec<Check> {
        Rule::ALL.iter().map(|rule| self.check(*rule)).collect()
    }

    fn check(&self, rule: Rule) -> Check {
        match rule {
            Rule::ChannelActive => self.channel_active(),
            Rule::ChannelReady => self.channel_ready(),
            Rule::Campaign => self.campaign(),
            Rule::Recipient => self.recipient(),
            Rule::Content => self.content_fits(),
            Rule::Blocked => self.blocked(),
            Rule::Undeliverable => self.undeliverable(),
            Rule::Window => self.window(),
            Rule::TargetAge => self.target_age(),
            Rule::TemplateExists => self.template_exists(),
            Rule::TemplateApproved => self.template_approved(),
            Rule::TemplateLanguage => self.template_language(),
            Rule::TemplateParameters => self.template_parameters(),
            Rule::TemplateCategory => self.template_category(),
            Rule::Consent => self.consent(),
            Rule::OptInCap => self.opt_in_cap(),
            Rule::Market => self.market(),
            Rule::Ecosystem => self.ecosystem(),
            Rule::SameContent => self.same_content(),
            Rule::PromotionGap => self.promotion_gap(),
            Rule::QuietHours => self.quiet_hours(),
            Rule::PromotionSlot => self.promotion_slot(),
            Rule::MonthlyBudget => self.monthly_budget(),
            Rule::EventGap => self.event_gap(),
            Rule::PromotionHold => self.promotion_hold(),
            Rule::Tier => self.tier(),
            Rule::DailyLimit => self.daily_limit(),
            Rule::Backoff => self.backoff(),
            Rule::Throughput => self.throughput(),
            Rule::PairRate => self.pair_rate(),
            Rule::CallBudget => self.call_budget(),
            Rule::Route => self.route(),
        }
    }

    fn message(&self) -> Option<&Content> {
        match self.request.act {
            Act::Message(content) => Some(content),
            Act::ReadMark | Act::Typing => None,
        }
    }

    fn is_template(&self) -> bool {
        matches!(self.message(), Some(Content::Template { .. }))
    }

    fn is_reaction(&self) -> bool {
        matches!(self.message(), Some(Content::Reaction { .. }))
    }

    fn template_facts(&self) -> Option<&TemplateFacts> {
        if self.is_template() { self.snapshot.template.as_deref() } else { None }
    }

    fn category(&self) -> Option<Category> {
        self.template_facts().map(|facts| facts.definition.category)
    }

    /// Whether the rules for promotion apply: to every marketing template, whatever it is called, and to anything
    /// whose purpose is to sell.
    fn is_promotion(&self) -> bool {
        let message = self.message().is_some() && !self.is_reaction();
        message && (self.category() == Some(Category::Marketing) || self.request.purpose == Purpose::Promotion)
    }

    fn clocks(&self) -> Clocks {
        let customer = &self.snapshot.customer;
        clocks(customer.timezone.as_deref(), customer.country.as_deref(), &self.snapshot.workspace_timezone)
    }

    fn hours(&self) -> Hours {
        Hours { from: self.policy.quiet_from_minute, to: self.policy.quiet_to_minute }
    }

    /// The first moment from `moment` on at which quiet hours would not hold this message back.
    pub fn awake(&self, moment: Ms) -> Ms {
        if self.is_promotion() { self.clocks().awake(self.hours(), moment) } else { moment }
    }

    fn channel_active(&self) -> Check {
        let channel = &self.snapshot.channel;
        let word = match channel.status {
            ChannelStatus::Active => {
                return Check::held(Rule::ChannelActive, "ok", Unit::Text, "active", "active");
            }
            ChannelStatus::Paused => "paused",
            ChannelStatus::Error => "error",
        };
        let params = channel.reason.as_ref().map_or(Value::Null, |reason| json!({ "reason": reason }));
        Check::failed(Rule::ChannelActive, word, Effect::Delay, Unit::Text, word, "active").params(params)
    }

    fn channel_ready(&self) -> Check {
        let channel = &self.snapshot.channel;
        let failing = channel.blocking_findings.join(", ");
        if failing.is_empty() {
            return Check::held(Rule::ChannelReady, "ok", Unit::Text, Value::Null, Value::Null);
        }
        if channel.findings_overridden {
            return Check::held(Rule::ChannelReady, "overridden", Unit::Text, failing, Value::Null);
        }
        Check::failed(Rule::ChannelReady, "blocked", Effect::Delay, Unit::Text, failing, Value::Null)
    }

    fn recipient(&self) -> Check {
        let customer = &self.snapshot.customer;
        let address = match (customer.has_phone, customer.has_user_id) {
            (true, _) => "phone",
            (false, true) => "user_id",
            (false, false) => return refuse(Rule::Recipient, "none", "none", "phone"),
        };
        // Codes with a copy or autofill button are not delivered to a user id (131062).
        if address == "user_id" && self.category() == Some(Category::Authentication) {
            return refuse(Rule::Recipient, "needs_phone", address, "phone");
        }
        Check::held(Rule::Recipient, "ok", Unit::Text, address, Value::Null)
    }

    fn content_fits(&self) -> Check {
        let Some(content) = self.message() else { return Check::not_needed(Rule::Content) };
        match content::fault(content) {
            Some(fault) => {
                let unit = if fault.value.is_number() { Unit::Count } else { Unit::Text };
                Check::failed(Rule::Content, fault.word, Effect::Refuse, unit, fault.value, fault.limit)
            }
            None => Check::held(Rule::Content, "ok", Unit::Text, content.kind(), Value::Null),
        }
    }

    fn blocked(&self) -> Check {
        if self.snapshot.customer.blocked {
            return refuse(Rule::Blocked, "blocked", "blocked", Value::Null);
        }
        Check::held(Rule::Blocked, "ok", Unit::Text, Value::Null, Value::Null)
    }

    fn undeliverable(&self) -> Check {
        let customer = &self.snapshot.customer;
        let Some(since) = customer.undeliverable_since else {
            return Check::held(Rule::Undeliverable, "ok", Unit::Time, Value::Null, Value::Null);
        };
        // Whoever has written since is on WhatsApp after all.
        match customer.last_inbound_at.filter(|at| *at > since) {
            Some(at) => Check::held(Rule::Undeliverable, "wrote_since", Unit::Time, since.0, at.0),
            None => {
                let rule = Rule::Undeliverable;
                Check::failed(rule, "undeliverable", Effect::Refuse, Unit::Time, since.0, Value::Null)
            }
        }
    }

    /// I2: nothing but templates (and read marks) outside the window, by anyone. Closed at the very moment it ends.
    fn window(&self) -> Check {
        let free = matches!(self.request.act, Act::ReadMark) || self.is_template();
        let end = self.snapshot.window.expires_at.map_or(Value::Null, |end| end.0.into());
        let now = Value::from(self.now.0);
        match self.snapshot.window.state(self.now) {
            _ if free => Check::held(Rule::Window, "not_needed", Unit::Time, end, now),
            WindowState::Open { .. } => Check::held(Rule::Window, "open", Unit::Time, end, now),
            WindowState::Closed { .. } => Check::failed(Rule::Window, "closed", Effect::Refuse, Unit::Time, end, now),
            WindowState::Never => Check::failed(Rule::Window, "never", Effect::Refuse, Unit::Time, end, now),
        }
    }

    fn target_age(&self) -> Check {
        let needed = self.is_reaction() || matches!(self.request.act, Act::ReadMark);
        let Some(at) = self.request.target_at.filter(|_| needed) else { return Check::not_needed(Rule::TargetAge) };
        let age = self.now.since(at);
        let limit = self.policy.target_age_ms;
        if age > limit {
            return Check::failed(Rule::TargetAge, "too_old", Effect::Refuse, Unit::Duration, age, limit);
        }
        Check::held(Rule::TargetAge, "ok", Unit::Duration, age, limit)
    }
}

fn refuse(rule: Rule, word: &str, value: impl Into<Value>, limit: impl Into<Value>) -> Check {
    Check::failed(rule, word, Effect::Refuse, Unit::Text, value, limit)
}
