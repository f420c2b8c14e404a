//! What the guard is asked, and what it may know.

use crate::Ms;
use crate::campaign::Standing;
use crate::channel::ChannelStatus;
use crate::contact::{Consent, Window};
use crate::message::Content;
use crate::template::{Category, Definition};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What would be handed to the provider.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Act<'a> {
    /// A message of any kind, reactions included.
    Message(&'a Content),
    /// "Read" ticks for a customer's message.
    ReadMark,
    /// "Typing ..." at the customer.
    Typing,
}

/// Who wants it sent. The rules are the same for all; priority and one courtesy to people differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// A person of the team.
    User,
    /// An automation rule.
    Rule,
    /// A campaign.
    Campaign,
    /// A program, over the API.
    Api,
    /// Rapport itself (surveys, reports).
    System,
}

/// What it is for. Decides the rules of G3 and the order of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// An answer to what the customer wrote.
    Reply,
    /// A notice about something of the customer's (order, parcel, appointment, code).
    Service,
    /// To sell. A marketing template is promotion whatever the purpose says.
    Promotion,
}

impl Purpose {
    /// What a message is for: by its template's category, and where it has none, whether it is a notice.
    #[must_use]
    pub fn of(category: Option<Category>, notice: bool) -> Self {
        match category {
            Some(Category::Marketing) => Self::Promotion,
            Some(_) => Self::Service,
            None if notice => Self::Service,
            None => Self::Reply,
        }
    }
}

/// The order of sending (G5): smaller goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Answers, and whatever a person of the team sends.
    Reply,
    /// Notices.
    Service,
    /// Promotion.
    Promotion,
}

impl Priority {
    /// The number stored in the send queue: 0, 1, 2.
    #[must_use]
    pub fn rank(self) -> i16 {
        match self {
            Self::Reply => 0,
            Self::Service => 1,
            Self::Promotion => 2,
        }
    }
}

/// The place of a message in the order of sending. A person's message is a reply even when it is a marketing
/// template: one hand does not hold up a queue.
#[must_use]
pub fn priority(author: Author, purpose: Purpose, category: Option<Category>) -> Priority {
    match (author, purpose) {
        (Author::User, _) => Priority::Reply,
        (Author::Campaign, _) | (_, Purpose::Promotion) => Priority::Promotion,
        _ if category == Some(Category::Marketing) => Priority::Promotion,
        (_, Purpose::Reply) => Priority::Reply,
        (_, Purpose::Service) => Priority::Service,
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request<'a> {
    /// What would be handed over.
    pub act: Act<'a>,
    /// Who wants it.
    pub author: Author,
    /// What for.
    pub purpose: Purpose,
    /// Names the event a service notice is about ("order 118 shipped"); notices without one have no gap.
    pub event_key: Option<&'a str>,
    /// When the message that is reacted to or marked as read was sent, where known.
    pub target_at: Option<Ms>,
}

impl<'a> Request<'a> {
    /// A message with its author and purpose.
    #[must_use]
    pub fn message(content: &'a Content, author: Author, purpose: Purpose) -> Self {
        Self { act: Act::Message(content), author, purpose, event_key: None, target_at: None }
    }
}

/// Everything known at this moment. Loaded by the owner of the send lane, so that counts are exact. Counts and
/// moments speak of messages handed over or about to be (sending, unknown, sent, delivered, read, or failed after
/// acceptance), on every route, **without** the message being judged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The channel.
    pub channel: ChannelFacts,
    /// The customer.
    pub customer: CustomerFacts,
    /// The customer service window of this conversation.
    pub window: Window,
    /// The template asked for, when our copy of the account has one of that name: in the language asked for, else
    /// in any.
    pub template: Option<Arc<TemplateFacts>>,
    /// What was sent to the customer before.
    pub history: History,
    /// The messaging limit shared by the portfolio's numbers.
    pub portfolio: PortfolioFacts,
    /// The budget of this month, where promotion stops with it.
    pub budget: Option<BudgetFacts>,
    /// What the limiters say.
    pub readings: Readings,
    /// The number does not answer and the standby would not take the message; `None`: it may go.
    pub route: Option<RouteWait>,
    /// How the campaign stands that the message belongs to; `None`: it belongs to none.
    pub campaign: Option<Standing>,
    /// IANA name of the workspace's time zone, for customers whose own is unknown.
    pub workspace_timezone: String,
}

/// A message that waits for its route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteWait {
    /// Why the standby would not take it: the code of the rule that says so.
    pub why: String,
    /// When to look again.
    pub until: Ms,
}

/// How far the month's budget is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetFacts {
    /// Millionths of the currency that delivered messages cost this month.
    pub spent_micros: i64,
    /// Millionths of the currency.
    pub limit_micros: i64,
    /// ISO 4217.
    pub currency: String,
    /// When the next month begins.
    pub next_month_at: Ms,
}

impl BudgetFacts {
    /// An amount to two decimals, with the currency: `12.50 USD`.
    pub(super) fn shown(&self, micros: i64) -> String {
        let cents = micros.div_euclid(10_000);
        format!("{}.{:02} {}", cents.div_euclid(100), cents.rem_euclid(100), self.currency)
    }
}

/// The channel at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelFacts {
    /// Active, paused or in error.
    pub status: ChannelStatus,
    /// Why it is not active.
    pub reason: Option<String>,
    /// Names of the blocking set-up checks that fail.
    pub blocking_findings: Vec<String>,
    /// An administrator overrode them.
    pub findings_overridden: bool,
    /// The provider slowed the number down for spam (131048): no promotion until then.
    pub promotion_hold_until: Option<Ms>,
    /// The administrator's limit of messages a day.
    pub daily_limit: Option<u32>,
    /// Messages of this day, by the workspace's clock.
    pub daily_used: u32,
    /// When the day ends.
    pub daily_resets_at: Option<Ms>,
    /// Messages a second this number may send, to be shown; the policy's figure when unknown.
    pub throughput_per_second: Option<u32>,
}

impl Default for ChannelFacts {
    fn default() -> Self {
        Self {
            status: ChannelStatus::Active,
            reason: None,
            blocking_findings: Vec::new(),
            findings_overridden: false,
            promotion_hold_until: None,
            daily_limit: None,
            daily_used: 0,
            daily_resets_at: None,
            throughput_per_second: None,
        }
    }
}

/// The customer at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFacts {
    /// Has a telephone number or WhatsApp id to send to.
    pub has_phone: bool,
    /// Has a business-scoped user id to send to.
    pub has_user_id: bool,
    /// ISO country of the number.
    pub country: Option<String>,
    /// IANA time zone, when known.
    pub timezone: Option<String>,
    /// Blocked by the business.
    pub blocked: bool,
    /// Since when messages cannot be delivered (131026).
    pub undeliverable_since: Option<Ms>,
    /// Last message from the customer, on any channel route.
    pub last_inbound_at: Option<Ms>,
    /// Consent to marketing.
    pub marketing: Consent,
    /// When the provider last held back marketing for ecosystem health (131049).
    pub ecosystem_refused_at: Option<Ms>,
    /// When the customer wrote lately; needed only where the policy asks for their best hour.
    pub wrote_at: Vec<Ms>,
}

/// A template as our copy of the account has it.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateFacts {
    /// Name.
    pub name: String,
    /// Language, underscore form.
    pub language: String,
    /// Languages the name exists in.
    pub languages: Vec<String>,
    /// APPROVED, PENDING, REJECTED, PAUSED, DISABLED, ...
    pub status: String,
    /// When a pause ends, where known.
    pub paused_until: Option<Ms>,
    /// Category and placeholders.
    pub definition: Definition,
}

/// What was sent to this customer before. Order does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Moments of templates, at least those of the last `opt_in_window_ms`.
    pub templates: Vec<Ms>,
    /// Moments of messages with the same [`super::content_hash`], at least those of the last 31 days.
    pub same_content: Vec<Ms>,
    /// The last promotional message.
    pub promotional_at: Option<Ms>,
    /// The last notice with the same event key.
    pub same_event_at: Option<Ms>,
}

/// How many customers may be written to first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Not read yet: the policy's `unknown_tier` counts.
    #[default]
    Unknown,
    /// So many distinct customers in a rolling 24 h.
    Limited(u32),
    /// As many as one likes.
    Unlimited,
}

/// The portfolio's messaging limit at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortfolioFacts {
    /// The limit.
    pub tier: Tier,
    /// Distinct customers written to outside their window in the last 24 h, over all numbers.
    pub used: u32,
    /// This customer is among them.
    pub counts_customer: bool,
    /// When the oldest of them leaves the 24 h.
    pub frees_at: Option<Ms>,
}

/// What the limiters answered to `earliest(now)`; `None`: no limit applies. A moment not later than now is free.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readings {
    /// [`super::rate::Throughput`] of the number (with the reserve kept, for promotion).
    pub throughput_at: Option<Ms>,
    /// [`super::rate::Pair`] of number and customer.
    pub pair_at: Option<Ms>,
    /// [`super::rate::CallBudget`] of the account.
    pub calls_at: Option<Ms>,
    /// [`super::rate::Backoff`] of number or pair, the later one.
    pub backoff_at: Option<Ms>,
}
