//! G2 and G3: what a customer agreed to, and how often and when they are bothered.

use super::{Case, refuse};
use crate::Ms;
use crate::contact::Consent;
use crate::guard::policy::{OnCap, Period};
use crate::guard::request::{Author, Purpose};
use crate::guard::slot::{Opening, Slot, SlotFor};
use crate::guard::verdict::{Check, Effect, Rule, Unit};
use crate::template::Category;
use crate::time::DAY;
use serde_json::{Value, json};

fn effect(on_cap: OnCap) -> Effect {
    match on_cap {
        OnCap::Delay => Effect::Delay,
        OnCap::Refuse => Effect::Refuse,
    }
}

impl Case<'_> {
    pub(super) fn consent(&self) -> Check {
        let consent = self.snapshot.customer.marketing;
        if !self.is_promotion() {
            return Check::held(Rule::Consent, "not_needed", Unit::Text, consent.code(), Value::Null);
        }
        if consent == Consent::OptedOut {
            return refuse(Rule::Consent, "opted_out", consent.code(), Value::Null);
        }
        Check::held(Rule::Consent, "ok", Unit::Text, consent.code(), Value::Null)
    }

    pub(super) fn opt_in_cap(&self) -> Check {
        let rule = Rule::OptInCap;
        if !self.is_template() {
            return Check::not_needed(rule);
        }
        let (most, span) = (self.policy.opt_in_templates, self.policy.opt_in_window_ms);
        let mut recent: Vec<Ms> = self.since(&self.snapshot.history.templates, self.now.plus(-span));
        if self.snapshot.customer.marketing == Consent::OptedIn {
            return Check::held(rule, "opted_in", Unit::Count, recent.len(), Value::Null);
        }
        let params = json!({ "window_ms": span });
        if recent.len() < most as usize {
            return Check::held(rule, "ok", Unit::Count, recent.len(), most).params(params);
        }
        recent.sort_unstable();
        let until = frees(&recent, most, span);
        let effect = effect(self.policy.opt_in_on_cap);
        Check::failed(rule, "capped", effect, Unit::Count, recent.len(), most).params(params).until(until)
    }

    pub(super) fn market(&self) -> Check {
        if self.category() != Some(Category::Marketing) {
            return Check::not_needed(Rule::Market);
        }
        let country = self.snapshot.customer.country.as_deref();
        let closed = country.is_some_and(|code| self.policy.closed_markets.iter().any(|market| market == code));
        let limit = self.policy.closed_markets.clone();
        if closed {
            return refuse(Rule::Market, "closed_country", country, limit);
        }
        Check::held(Rule::Market, "ok", Unit::Text, country, limit)
    }

    pub(super) fn ecosystem(&self) -> Check {
        let rule = Rule::Ecosystem;
        if self.category() != Some(Category::Marketing) {
            return Check::not_needed(rule);
        }
        let Some(at) = self.snapshot.customer.ecosystem_refused_at else {
            return Check::held(rule, "ok", Unit::Time, Value::Null, self.policy.ecosystem_wait_ms);
        };
        let until = at.plus(self.policy.ecosystem_wait_ms);
        if self.now < until {
            let check =
                Check::failed(rule, "held_back", Effect::Refuse, Unit::Time, at.0, self.policy.ecosystem_wait_ms);
            return check.until(Some(until));
        }
        Check::held(rule, "ok", Unit::Time, at.0, self.policy.ecosystem_wait_ms)
    }

    pub(super) fn same_content(&self) -> Check {
        let rule = Rule::SameContent;
        if self.message().is_none() || self.is_reaction() {
            return Check::not_needed(rule);
        }
        let (mut sent, next) = match self.policy.same_content_period {
            Period::Days(days) => {
                let span = i64::from(days) * DAY;
                (self.since(&self.snapshot.history.same_content, self.now.plus(-span)), Some(span))
            }
            Period::CalendarMonth => {
                let clocks = self.clocks();
                let month = clocks.month(self.now);
                let all = self.snapshot.history.same_content.iter().copied();
                (all.filter(|at| clocks.month(*at) == month).collect(), None)
            }
        };
        let most = self.policy.same_content_max;
        let own_words = self.request.author == Author::User && !self.is_template() && !self.is_promotion();
        if own_words && self.policy.same_content_spares_people {
            return Check::held(rule, "person", Unit::Count, sent.len(), most);
        }
        if sent.len() < most as usize {
            return Check::held(rule, "ok", Unit::Count, sent.len(), most);
        }
        sent.sort_unstable();
        let until = match next {
            Some(span) => frees(&sent, most, span),
            None => self.clocks().next_month(self.now),
        };
        Check::failed(rule, "capped", Effect::Refuse, Unit::Count, sent.len(), most).until(until)
    }

    pub(super) fn promotion_gap(&self) -> Check {
        let rule = Rule::PromotionGap;
        if !self.is_promotion() {
            return Check::not_needed(rule);
        }
        let (last, gap) = (self.snapshot.history.promotional_at, self.policy.promotion_gap_ms);
        // Last Wednesday's message may have gone a few minutes into the slot: this week's waits for them.
        let slot = self.slot_opening().map(|(opening, _)| opening);
        let soon = last.zip(slot).is_some_and(|(last, slot)| last.plus(gap) < slot.to);
        let on_cap = if soon { OnCap::Delay } else { self.policy.promotion_on_cap };
        self.gap(rule, last, gap, on_cap)
    }

    pub(super) fn event_gap(&self) -> Check {
        let rule = Rule::EventGap;
        let Some(event) = self.request.event_key.filter(|_| self.request.purpose == Purpose::Service) else {
            return Check::not_needed(rule);
        };
        let last = self.snapshot.history.same_event_at;
        let check = self.gap(rule, last, self.policy.event_gap_ms, self.policy.event_on_cap);
        check.params(json!({ "event": event }))
    }

    pub(super) fn quiet_hours(&self) -> Check {
        let rule = Rule::QuietHours;
        if !self.is_promotion() {
            return Check::not_needed(rule);
        }
        let (clocks, hours) = (self.clocks(), self.hours());
        let range = format!("{}-{}", clock(hours.from), clock(hours.to));
        let params = json!({ "zones": clocks.names, "source": clocks.source });
        let local = clocks.local(self.now);
        let awake = clocks.awake(hours, self.now);
        if awake > self.now {
            let check = Check::failed(rule, "quiet", Effect::Delay, Unit::Text, local, range);
            return check.params(params).until(Some(awake));
        }
        Check::held(rule, "ok", Unit::Text, local, range).params(params)
    }

    /// The opening this message waits for or lies in, and whether it is at the customer's own hour; `None` when it need
    /// not wait for any.
    fn slot_opening(&self) -> Option<(Opening, Option<u16>)> {
        let unattended = matches!(self.request.author, Author::Rule | Author::Campaign | Author::System);
        let waits = match self.policy.promotion_slot {
            SlotFor::Off => false,
            SlotFor::Automatic => unattended,
            SlotFor::Everyone => true,
        };
        if !waits || !self.is_promotion() {
            return None;
        }
        let clocks = self.clocks();
        let own =
            if self.policy.promotion_best_hour { clocks.best_hour(&self.snapshot.customer.wrote_at) } else { None };
        let slot = Slot {
            day: self.policy.promotion_slot_day,
            minute: own.map_or(self.policy.promotion_slot_minute, |hour| hour * 60),
            length: self.policy.promotion_slot_length,
        };
        clocks.opening(slot, self.hours(), self.now).map(|opening| (opening, own))
    }

    pub(super) fn promotion_slot(&self) -> Check {
        let rule = Rule::PromotionSlot;
        if !self.is_promotion() {
            return Check::not_needed(rule);
        }
        let clocks = self.clocks();
        let local = clocks.local(self.now);
        let Some((opening, own)) = self.slot_opening() else {
            let off = self.policy.promotion_slot == SlotFor::Off;
            return Check::held(rule, if off { "off" } else { "by_hand" }, Unit::Text, local, Value::Null);
        };
        let range = format!("{}-{}", clocks.local(opening.from), clocks.local(opening.to));
        let params =
            json!({ "day": self.policy.promotion_slot_day.code(), "zones": clocks.names, "source": clocks.source });
        if opening.from <= self.now {
            return Check::held(rule, "ok", Unit::Text, local, range).params(params);
        }
        let word = if own.is_some() { "best_hour" } else { "waiting" };
        let check = Check::failed(rule, word, Effect::Delay, Unit::Text, local, range);
        check.params(params).until(Some(opening.from))
    }

    pub(super) fn promotion_hold(&self) -> Check {
        let rule = Rule::PromotionHold;
        if !self.is_promotion() {
            return Check::not_needed(rule);
        }
        match self.snapshot.channel.promotion_hold_until {
            Some(until) if until > self.now => {
                Check::failed(rule, "held", Effect::Delay, Unit::Time, until.0, self.now.0).until(Some(until))
            }
            _ => Check::held(rule, "ok", Unit::Time, Value::Null, Value::Null),
        }
    }

    fn gap(&self, rule: Rule, last: Option<Ms>, gap: i64, on_cap: OnCap) -> Check {
        let Some(last) = last else { return Check::held(rule, "ok", Unit::Time, Value::Null, gap) };
        let until = last.plus(gap);
        if self.now < until {
            return Check::failed(rule, "capped", effect(on_cap), Unit::Time, last.0, gap).until(Some(until));
        }
        Check::held(rule, "ok", Unit::Time, last.0, gap)
    }

    /// The moments after `start`: what happened exactly one span ago no longer counts.
    fn since(&self, moments: &[Ms], start: Ms) -> Vec<Ms> {
        moments.iter().copied().filter(|at| *at > start).collect()
    }
}

/// When enough of the sorted moments are older than `span` for one more within `most`.
fn frees(sorted: &[Ms], most: u32, span: i64) -> Option<Ms> {
    // With `most` = 0 nothing ever frees it.
    let index = sorted.len().checked_sub(most as usize)?;
    sorted.get(index).map(|at| at.plus(span))
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
