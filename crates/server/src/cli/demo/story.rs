//! What is told: the customers of a shop that does not exist, and what they say (`shop.json`).

use super::files;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The whole story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// Customers with a history.
    pub people: Vec<Person>,
    /// Customers who write for the first time while the demo runs.
    pub walk_ins: Vec<Person>,
    /// What known customers ask out of the blue, by language.
    pub small_talk: BTreeMap<String, Vec<String>>,
}

/// A customer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Profile name.
    pub name: String,
    /// Digits of the number.
    pub phone: String,
    /// Language they write.
    pub lang: String,
    /// Minutes since their last line.
    #[serde(default)]
    pub ends: i64,
    /// What was said, oldest first.
    pub lines: Vec<Line>,
    /// What they say when they are answered.
    #[serde(default)]
    pub later: Vec<String>,
    /// What became of the conversation.
    #[serde(default)]
    pub set: Set,
}

/// What became of a conversation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// Its status.
    pub status: Option<String>,
    /// Its priority.
    pub priority: Option<String>,
    /// Who of the staff has it.
    pub assign: Option<usize>,
    /// What they have answered.
    pub reply: Option<String>,
}

/// One line of a conversation.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// `< text` from the customer, `> text` from the shop's phone.
    Text(String),
    /// Something else, from the customer.
    Other(Box<Thing>),
}

/// Something that is no plain text.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Thing {
    /// A picture of a piece of clothing.
    Image {
        /// `dress`, `shirt` or `box`.
        shape: String,
        /// `rrggbb`.
        color: String,
        /// Text below it.
        caption: String,
    },
    /// A voice note of so many seconds.
    Voice(u64),
    /// A place, in the provider's shape.
    Location(Value),
    /// A cart.
    Order {
        /// A remark.
        text: String,
        /// Code, quantity, price, currency.
        items: Vec<(String, u32, String, String)>,
    },
    /// A contact card.
    Contacts {
        /// Name.
        name: String,
        /// Number.
        phone: String,
    },
    /// A text after a tap on an advertisement.
    Ad(String),
    /// An emoji on the shop's last line.
    Reaction(String),
}

/// Who says a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// The customer: a message in the provider's shape.
    In(Value),
    /// The shop, on its phone.
    Out(String),
    /// The customer, on the shop's last line.
    Reaction(String),
}

/// Reads the story.
///
/// # Errors
/// A sentence when the file is not what it should be.
pub fn read() -> Result<Story, String> {
    serde_json::from_str(include_str!("shop.json")).map_err(|error| format!("shop.json: {error}"))
}

/// A text in the provider's shape.
pub fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

impl Line {
    /// The line as it is said.
    pub fn said(&self) -> Said {
        let thing = match self {
            Self::Text(line) => {
                return match line.strip_prefix("> ") {
                    Some(reply) => Said::Out(reply.to_owned()),
                    None => Said::In(text(line.strip_prefix("< ").unwrap_or(line))),
                };
            }
            Self::Other(thing) => thing.as_ref(),
        };
        let message = match thing {
            Thing::Reaction(emoji) => return Said::Reaction(emoji.clone()),
            Thing::Image { shape, color, caption } => {
                let data = STANDARD.encode(files::picture(shape, color));
                json!({ "type": "image", "image": { "mime_type": "image/png", "data": data, "caption": caption } })
            }
            Thing::Voice(seconds) => {
                let data = STANDARD.encode(files::voice(*seconds));
                json!({ "type": "audio", "audio": { "mime_type": "audio/ogg; codecs=opus", "voice": true, "data": data } })
            }
            Thing::Location(place) => json!({ "type": "location", "location": place }),
            Thing::Order { text, items } => order(text, items),
            Thing::Contacts { name, phone } => json!({
                "type": "contacts",
                "contacts": [{ "name": { "formatted_name": name, "first_name": name }, "phones": [{ "phone": phone, "type": "WORK" }] }],
            }),
            Thing::Ad(body) => json!({
                "type": "text",
                "text": { "body": body },
                "referral": {
                    "source_url": "https://fb.me/dune-summer", "source_type": "ad", "source_id": "120208500010001",
                    "headline": "Summer linen", "body": "New colours, free delivery this week", "ctwa_clid": "demo-click",
                },
            }),
        };
        Said::In(message)
    }
}

fn order(text: &str, items: &[(String, u32, String, String)]) -> Value {
    let items: Vec<Value> = items
        .iter()
        .map(|(sku, quantity, price, currency)| {
            json!({ "product_retailer_id": sku, "quantity": quantity, "item_price": price, "currency": currency })
        })
        .collect();
    json!({ "type": "order", "order": { "catalog_id": "194836987003835", "text": text, "product_items": items } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_can_be_told() {
        let story = read().unwrap();
        assert!(story.people.len() >= 40);
        let mut phones: Vec<&str> =
            story.people.iter().chain(&story.walk_ins).map(|person| person.phone.as_str()).collect();
        let all = phones.len();
        phones.sort_unstable();
        phones.dedup();
        assert_eq!(phones.len(), all, "every customer has a number of their own");
        for person in story.people.iter().chain(&story.walk_ins) {
            assert!(story.small_talk.contains_key(&person.lang), "{}", person.name);
            assert!(matches!(person.lines[0].said(), Said::In(_)), "{} begins", person.name);
            assert!(person.set.reply.is_none() || person.set.assign.is_some(), "somebody answers {}", person.name);
            assert!(person.set.reply.is_none() || person.ends < 1_400, "{} can be answered", person.name);
        }
    }
}
