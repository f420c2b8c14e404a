//! The numbers of the guard. Each is an administrator's setting; the defaults are those of `product.md` G1-G5.

use super::rate::CallBudget;
use super::request::Priority;
use super::slot::{SlotDay, SlotFor};
use crate::contact::stop::Words;
use crate::time::{DAY, HOUR, MINUTE};
use serde::{Deserialize, Serialize};

/// The period that repetitions of one content are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// The calendar month of the customer's clock.
    CalendarMonth,
    /// The last so many days, rolling.
    Days(u32),
}

/// What happens to a message beyond a frequency cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnCap {
    /// It waits until the cap allows it.
    Delay,
    /// It is not sent; whoever asked sees when it could be.
    Refuse,
}

/// Every number the guard goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Templates to a contact without opt-in within `opt_in_window_ms` (G2). Default 1.
    pub opt_in_templates: u32,
    /// That window, rolling, in ms. Default 24 h.
    pub opt_in_window_ms: i64,
    /// What happens beyond. Default refuse: a template that goes out a day late surprises whoever sent it.
    pub opt_in_on_cap: OnCap,
    /// The same content to one customer within `same_content_period` (G2). Default 5.
    pub same_content_max: u32,
    /// The period. Default the last 30 days.
    pub same_content_period: Period,
    /// Whether a person's own reply in an open window may repeat itself ("Thank you!"). Default yes.
    pub same_content_spares_people: bool,
    /// Least time between two promotional messages to one customer, in ms (G3). Default 7 days.
    pub promotion_gap_ms: i64,
    /// What happens before. Default refuse, as the explanation "capped" says.
    pub promotion_on_cap: OnCap,
    /// Whose promotion waits for the preferred slot (G3). Default campaigns and rules.
    pub promotion_slot: SlotFor,
    /// The slot's day by the customer's clock. Default Wednesday.
    pub promotion_slot_day: SlotDay,
    /// When it begins, in minutes after local midnight. Default 14:00.
    pub promotion_slot_minute: u16,
    /// How long it is open, in minutes. Default 2 h.
    pub promotion_slot_length: u16,
    /// Whether the hour in which a customer writes most takes the place of `promotion_slot_minute`. Default no.
    pub promotion_best_hour: bool,
    /// Quiet hours begin, in minutes after local midnight. Default 21:00.
    pub quiet_from_minute: u16,
    /// Quiet hours end, in minutes after local midnight; equal to the beginning: none. Default 09:00.
    pub quiet_to_minute: u16,
    /// Least time between two notices about one event, in ms (G3). Default 6 h.
    pub event_gap_ms: i64,
    /// What happens before. Default delay: a newer state of the parcel still arrives.
    pub event_on_cap: OnCap,
    /// Distinct customers in 24 h when the portfolio's tier is not known yet (G4). Default 250, the lowest.
    pub unknown_tier: u32,
    /// After "not delivered for ecosystem health" (131049) no marketing to that customer for this long, in ms.
    /// Default 24 h.
    pub ecosystem_wait_ms: i64,
    /// Countries that marketing templates are not delivered to (ISO codes). Default the United States.
    pub closed_markets: Vec<String>,
    /// Greatest age of a message that can be reacted to or marked as read, in ms. Default 30 days.
    pub target_age_ms: i64,
    /// How often a message that waits for a person (paused channel) is judged again, in ms. Default 1 min.
    pub recheck_ms: i64,
    /// Messages a second of a number, shown beside the limiter's reading. Default 80.
    pub throughput_per_second: u32,
    /// Milliseconds per message to one customer. Default 6 s.
    pub pair_gap_ms: i64,
    /// Messages that may be borrowed within one such time. Default 45.
    pub pair_burst: u32,
    /// Share of the throughput that promotion leaves free for replies and notices, in percent (G5). Default 20.
    pub promotion_reserve_percent: u8,
    /// Calls to the provider's API in any hour, of each account (G4); 0: no such limit. Default 0.
    pub calls_per_hour: u32,
    /// The same in any 24 h. Default 0.
    pub calls_per_day: u32,
    /// The workspace's own words that withdraw consent, beside the built-in ones (D9). Default none.
    pub stop_words: Vec<String>,
    /// Its own words that give it. Default none.
    pub start_words: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            opt_in_templates: 1,
            opt_in_window_ms: DAY,
            opt_in_on_cap: OnCap::Refuse,
            same_content_max: 5,
            same_content_period: Period::Days(30),
            same_content_spares_people: true,
            promotion_gap_ms: 7 * DAY,
            promotion_on_cap: OnCap::Refuse,
            promotion_slot: SlotFor::Automatic,
            promotion_slot_day: SlotDay::Wednesday,
            promotion_slot_minute: 14 * 60,
            promotion_slot_length: 120,
            promotion_best_hour: false,
            quiet_from_minute: 21 * 60,
            quiet_to_minute: 9 * 60,
            event_gap_ms: 6 * HOUR,
            event_on_cap: OnCap::Delay,
            unknown_tier: 250,
            ecosystem_wait_ms: DAY,
            closed_markets: vec!["US".to_owned()],
            target_age_ms: 30 * DAY,
            recheck_ms: MINUTE,
            throughput_per_second: 80,
            pair_gap_ms: 6_000,
            pair_burst: 45,
            promotion_reserve_percent: 20,
            calls_per_hour: 0,
            calls_per_day: 0,
            stop_words: Vec::new(),
            start_words: Vec::new(),
        }
    }
}

impl Policy {
    /// The workspace's own stop and start words as they are compared.
    #[must_use]
    pub fn words(&self) -> Words {
        Words::new(&self.stop_words, &self.start_words)
    }

    /// How many of `per_second` slots promotion leaves free.
    #[must_use]
    pub fn reserve(&self, per_second: u32) -> u32 {
        let percent = u64::from(self.promotion_reserve_percent.min(100));
        // At least one slot stays for promotion, or a small number could never send any.
        let reserve = u64::from(per_second) * percent / 100;
        u32::try_from(reserve).unwrap_or(per_second).min(per_second.saturating_sub(1))
    }

    /// The limits of calls to the provider, with nothing counted yet; `None`: there is none.
    #[must_use]
    pub fn calls(&self) -> Option<CallBudget> {
        let limit = |calls: u32| Some(calls).filter(|calls| *calls > 0);
        let (hour, day) = (limit(self.calls_per_hour), limit(self.calls_per_day));
        hour.or(day).map(|_| CallBudget::new(hour, day))
    }

    /// Share of these limits that is left to what is more urgent, in percent: promotion leaves the share that it leaves
    /// anywhere, notices half of it to answers.
    #[must_use]
    pub fn calls_left(&self, priority: Priority) -> u8 {
        match priority {
            Priority::Reply => 0,
            Priority::Service => self.promotion_reserve_percent / 2,
            Priority::Promotion => self.promotion_reserve_percent,
        }
    }
}
