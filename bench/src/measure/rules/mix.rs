//! A hundred rules as a shop with customers in many languages has them.

use rapport_text::hotwords::starter;
use serde_json::{Value, json};

/// Languages and topics that rules listen for, by the words that the program itself proposes.
const LANGUAGES: [&str; 8] = ["en", "es", "ar", "pt", "fr", "id", "hi", "zh"];
const TOPICS: [&str; 7] = ["tracking", "price", "expensive", "discount", "return", "complaint", "payment"];

/// The rules: 56 that listen for words, and 44 that listen for everything else. None writes to customers, as nobody
/// answers for the provider here.
pub fn definitions() -> Vec<Value> {
    let mut rules: Vec<Value> =
        LANGUAGES.iter().flat_map(|language| TOPICS.map(|topic| listens_for_words(topic, language))).collect();
    rules.extend((0..4).map(hears_everything));
    rules.extend((0..8).map(opened));
    rules.extend((0..5).map(|place| plain(&format!("assigned {place}"), &json!({ "on": "conversation_assigned" }))));
    rules.extend((0..4).map(|place| plain(&format!("resolved {place}"), &json!({ "on": "conversation_resolved" }))));
    rules.extend((0..10).map(tagged));
    rules.extend(
        ["email", "owner_id", "fields.size", "language", "name", "fields.points", "timezone"]
            .map(|field| plain(&format!("changed {field}"), &json!({ "on": "field_changed", "fields": [field] }))),
    );
    rules.extend(
        [10, 30, 60]
            .map(|minutes| plain(&format!("waits {minutes}"), &json!({ "on": "unanswered", "minutes": minutes }))),
    );
    rules.extend(
        ["03:10", "09:00", "18:00"]
            .map(|at| plain(&format!("at {at}"), &json!({ "on": "timer", "at": at, "zone": "UTC" }))),
    );
    rules
}

fn plain(name: &str, when: &Value) -> Value {
    json!({
        "name": name, "when": [when],
        "if": { "type": "field", "field": "contact.tags", "is": "has", "value": "wholesale" },
        "do": [{ "do": "set_priority", "priority": "high" }],
    })
}

/// A topic in a language: the customer is tagged, and looked at again in three days.
fn listens_for_words(topic: &str, language: &str) -> Value {
    let words: Vec<String> = starter(language)
        .into_iter()
        .filter(|starter| starter.topic == topic && starter.word.except.is_empty())
        .map(|starter| starter.word.text)
        .collect();
    json!({
        "name": format!("{topic} {language}"), "language": language,
        "when": [{ "on": "keyword", "words": words }],
        "if": { "type": "all", "of": [
            { "type": "field", "field": "contact.tags", "is": "has_none", "value": ["wholesale", topic] },
            { "type": "count", "of": "said", "words": words, "minutes": 10_080, "is": "at_least", "value": 2 },
        ] },
        "do": [
            { "do": "add_tags", "tags": [topic] },
            { "do": "wait", "minutes": 4_320 },
            { "do": "note", "body": "Three days ago." },
        ],
        "limit": { "times": 1, "minutes": 43_200 },
    })
}

/// Every message is looked at, few are what is meant.
fn hears_everything(place: usize) -> Value {
    let meant = [
        json!({ "type": "field", "field": "message.kind", "is": "one_of", "value": ["location", "order"] }),
        json!({ "type": "field", "field": "message.mood", "is": "less_than", "value": 0.2 }),
        json!({ "type": "field", "field": "message.text", "is": "contains", "value": "invoice" }),
        json!({ "type": "count", "of": "messages_in", "minutes": 60, "is": "more_than", "value": 20 }),
    ];
    json!({
        "name": format!("every message {place}"), "when": [{ "on": "message_received" }], "if": meant[place % 4],
        "do": [{ "do": "set_priority", "priority": "high" }],
    })
}

fn opened(place: usize) -> Value {
    let countries = ["AE", "BR", "MX", "IN", "FR"];
    json!({
        "name": format!("opened {place}"), "when": [{ "on": "conversation_opened" }],
        "if": { "type": "all", "of": [
            { "type": "field", "field": "contact.country", "is": "is", "value": countries[place % 5] },
            { "type": "time", "from": "00:00", "to": "06:00", "zone": "customer" },
        ] },
        "do": [{ "do": "add_tags", "tags": ["at night"] }],
    })
}

fn tagged(place: usize) -> Value {
    let tags = ["VIP", "price", "tracking", "at night", "wholesale"];
    json!({
        "name": format!("tagged {place}"), "when": [{ "on": "tag_added", "tags": [tags[place % 5]] }],
        "if": { "type": "field", "field": "contact.lifecycle", "is": "is", "value": "customer" },
        "do": [{ "do": "note", "body": "A customer of ours." }],
    })
}

#[cfg(test)]
mod tests {
    use super::definitions;
    use rapport_core::rule::{Definition, check};

    #[test]
    fn there_are_a_hundred_and_each_can_be_kept() {
        let all = definitions();
        assert_eq!(all.len(), 100);
        for one in all {
            let definition: Definition = serde_json::from_value(one.clone()).expect("it reads");
            assert_eq!(check(&definition), [], "{one}");
        }
    }
}
