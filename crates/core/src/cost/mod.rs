//! What messages cost (`product.md` G6, `whatsapp-cloud-api.md` §10).
//!
//! Two kinds of knowledge are kept apart. What the provider *says* about a message ([`Price`]: category and type, from
//! its delivery reports) is a fact and is counted once, when the message has arrived ([`moves`]). What that is worth
//! is read from the [`RateCard`] whenever it is asked, so that a rate that was missing or wrong can be put right
//! afterwards. Rates begin on the first day of a month and months are UTC, so counts by day lose nothing.

mod budget;
mod card;
mod forecast;
mod month;
#[cfg(test)]
mod tests;

pub use budget::{Budget, Level, OnReached};
pub use card::{ANYWHERE, Ask, CATEGORIES, Estimate, Rate, RateCard, Why, Window, starter};
pub use forecast::{Batches, Forecast, Plan, Room, forecast};
pub use month::Month;

use crate::inbox::MessageState;
use crate::message::{Direction, Status};
use crate::{ChannelId, ContactId, ConversationId};
use serde::{Deserialize, Serialize};

/// The type of a message that is paid for.
pub const REGULAR: &str = "regular";
/// Free because the customer had written (until October 2026, and within the free allowance since).
pub const FREE_CUSTOMER_SERVICE: &str = "free_customer_service";
/// Free because the customer came through an ad or a page button.
pub const FREE_ENTRY_POINT: &str = "free_entry_point";

/// What the provider says it charges for a message (`whatsapp-cloud-api.md` §4).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Price {
    /// `marketing`, `utility`, `authentication`, `service`, `referral_conversion`, ... as the provider writes it.
    pub category: String,
    /// `regular`, `free_customer_service` or `free_entry_point`.
    pub kind: String,
}

impl Price {
    /// Whether nothing is charged.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.kind.starts_with("free_")
    }
}

/// What is known of a message's price after one more report. Arrival tells more than acceptance, so `sent` only
/// fills a gap: the order of reports does not matter.
pub(crate) fn told(known: Option<&Price>, status: Status, told: Option<&Price>) -> Option<Price> {
    match (known, status) {
        (None, Status::Sent | Status::Delivered | Status::Read) | (Some(_), Status::Delivered | Status::Read) => {
            told.or(known).cloned()
        }
        _ => known.cloned(),
    }
}

/// A change of the counts: one message more, or one fewer, at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The day (UTC day number) the message arrived.
    pub day: i64,
    /// Its channel.
    pub channel_id: ChannelId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// Its customer, whose country is the market.
    pub contact_id: ContactId,
    /// What the provider says about it.
    pub price: Price,
    /// 1 or -1.
    pub count: i64,
}

/// How the counts change when a message goes from one state to another: nothing, unless what is charged changed.
///
/// Counting differences is what makes a report that comes twice, late or in the wrong order count once: whatever the
/// way, the sum is what the message's own row says in the end.
#[must_use]
pub fn moves(before: &MessageState, after: &MessageState) -> Vec<Move> {
    let (was, is) = (charged(before), charged(after));
    if was == is {
        return Vec::new();
    }
    let taken = was.map(|gone| Move { count: -1, ..gone });
    taken.into_iter().chain(is).collect()
}

/// Messages are charged when they arrive, so one that was sent and then failed costs nothing.
fn charged(message: &MessageState) -> Option<Move> {
    if message.direction != Direction::Out {
        return None;
    }
    let arrived = match (message.delivered_at, message.read_at) {
        (Some(delivered), Some(read)) => delivered.min(read),
        (one, other) => one.or(other)?,
    };
    Some(Move {
        day: arrived.day(),
        channel_id: message.channel_id,
        conversation_id: message.conversation_id,
        contact_id: message.contact_id,
        price: message.price.clone()?,
        count: 1,
    })
}
