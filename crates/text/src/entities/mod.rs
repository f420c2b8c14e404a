//! What a message names: order numbers, amounts, dates, addresses, telephone numbers, post codes.
//!
//! Each is told with its place in the original text. Where two readings would overlap the more telling one wins:
//! links and e-mail addresses, then order numbers, amounts, dates, announced post codes, telephone numbers. Telephone
//! numbers are candidates only: whether one exists is for the numbering plans (`core::contact::phone`).

mod amount;
mod currency;
mod date;
mod date_words;
mod net;
mod order;
mod phone;
mod postcode;
mod scan;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

pub use order::{MAX_PATTERNS, OrderPattern, OrderPatternError};

use crate::phrases::Prepared;
use crate::span::{Span, bounded};
use scan::Scan;

/// The most entities told of one text.
pub const MAX_ENTITIES: usize = 200;

/// The most that are kept of each reading before they are put in order: what was found is compared with all of it.
const MAX_KEPT: usize = 4 * MAX_ENTITIES;

/// Something a message names, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entity {
    /// Its place in the text.
    pub span: Span,
    /// What it says.
    #[serde(flatten)]
    pub value: Value,
}

/// What an entity says, in one spelling whatever the script and language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Value {
    /// The number of an order, in capitals and ASCII digits.
    Order {
        /// As the shop would write it: "ORD-10234".
        number: String,
    },
    /// A sum of money: `mantissa / 10^scale` of the currency.
    Amount {
        /// All digits: 123456 for 1.234,56.
        mantissa: i64,
        /// How many of them stand behind the decimal point.
        scale: u8,
        /// ISO 4217 code.
        currency: &'static str,
    },
    /// A day in the writer's calendar.
    Date {
        /// The day.
        date: Date,
        /// Whether it could also be read as another day: 03/04 without a hint which is the month.
        ambiguous: bool,
    },
    /// An e-mail address, in lower case.
    Email {
        /// The address.
        address: String,
    },
    /// What looks like a telephone number.
    Phone {
        /// ASCII digits, with `+` if it was written so.
        number: String,
    },
    /// A link, as written.
    Url {
        /// The link.
        url: String,
    },
    /// A post code, in capitals.
    Postcode {
        /// The code.
        code: String,
    },
}

/// What a workspace knows about its own numbers.
#[derive(Debug, Clone, Default)]
pub struct EntitySettings {
    /// How its order numbers look. Without any, a number behind a word such as "order" or "#" is taken.
    pub orders: Vec<OrderPattern>,
    /// ISO 4217 code of the shop's currency: which dollar `$` is. Empty: the most common one.
    pub currency: String,
    /// ISO 3166 code of the shop's country: the form of post codes. Empty: only codes of unmistakable form, and
    /// those behind a word such as "postcode".
    pub country: String,
    /// 03/04 is the fourth of March (United States) rather than the third of April.
    pub month_first: bool,
}

/// The day it is for somebody.
#[must_use]
pub fn today(now: Timestamp, zone: &TimeZone) -> Date {
    now.to_zoned(zone.clone()).date()
}

/// What a text names, in order of the text; `today` is the writer's day ([`today`]).
///
/// Total: any text is valid. Only the first [`crate::MAX_TEXT`] bytes are read and at most [`MAX_ENTITIES`] told.
#[must_use]
pub fn entities(text: &str, today: Date, settings: &EntitySettings) -> Vec<Entity> {
    let scan = Scan::new(bounded(text));
    let mut found = Found { entities: Vec::new() };
    net::find(&scan, &mut found);
    order::find(&scan, settings, &mut found);
    amount::find(&scan, &settings.currency, &mut found);
    // Dates need the words; most messages have neither digits nor words for days, and pay for both lookups only once.
    date::find(&Prepared::new(text), today, settings.month_first, &mut found);
    postcode::plain(&scan, &mut found);
    phone::find(&scan, &mut found);
    postcode::own(&scan, &settings.country, &mut found);
    let mut entities = found.entities;
    entities.sort_by_key(|entity| entity.span);
    entities.truncate(MAX_ENTITIES);
    entities
}

/// Collects entities; what is taken is taken.
struct Found {
    entities: Vec<Entity>,
}

impl Found {
    fn add(&mut self, span: Span, value: Value) -> bool {
        let free = self.entities.len() < MAX_KEPT && self.is_free(span);
        if free {
            self.entities.push(Entity { span, value });
        }
        free
    }

    fn is_free(&self, span: Span) -> bool {
        span.start < span.end
            && !self.entities.iter().any(|entity| entity.span.start < span.end && span.start < entity.span.end)
    }
}
