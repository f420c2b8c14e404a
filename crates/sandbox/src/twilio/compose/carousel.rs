//! Cards side by side: as components of a template, and as the message that sends it.

use super::{Button, Values, body, button, buttons, file_header, file_parameter, format_of, parameters, string, taps};
use crate::twilio::content::Content;
use crate::whatsapp::template::{Template, find};
use serde_json::{Value, json};

struct Card<'a> {
    media: String,
    /// Title and text; neither varies.
    words: String,
    actions: Vec<Button>,
    raw: &'a Value,
}

fn cards(carousel: &Value) -> Vec<Card<'_>> {
    let list = carousel.get("cards").and_then(Value::as_array).into_iter().flatten();
    list.map(|card| Card {
        media: string(card, "media").unwrap_or_default(),
        words: [string(card, "title"), string(card, "body")].into_iter().flatten().collect::<Vec<_>>().join("\n"),
        actions: card
            .get("actions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|action| button(action, None))
            .collect(),
        raw: card,
    })
    .collect()
}

/// The components it is submitted as; `None` when a card lacks its text, its file or its buttons.
pub(super) fn components(carousel: &Value, content: &Content) -> Option<Vec<Value>> {
    let samples = &content.variables;
    let mut made = Vec::new();
    for card in cards(carousel) {
        let whole =
            string(card.raw, "body").is_some() && !card.media.is_empty() && (1..=2).contains(&card.actions.len());
        if !whole {
            return None;
        }
        let parts = [file_header(&card.media, samples), body(&card.words, samples), buttons(&card.actions, samples)?];
        made.push(json!({"components": parts}));
    }
    Some(vec![body(&string(carousel, "body")?, samples), json!({"type": "CAROUSEL", "cards": made})])
}

/// The components of the message that sends it.
pub(super) fn message(carousel: &Value, template: &Template, values: &Values) -> Vec<Value> {
    let words = string(carousel, "body").unwrap_or_default();
    let known = find(&template.components, "CAROUSEL").and_then(|one| one.get("cards")?.as_array());
    let one = |(at, card): (usize, Card<'_>)| {
        let parts = known.and_then(|cards| cards.get(at)?.get("components")?.as_array());
        let kind = parts.and_then(|parts| format_of(parts)).unwrap_or_else(|| "image".to_owned());
        let mut components = vec![file_parameter(&kind, &card.media, values)];
        components.push(json!({"type": "body", "parameters": parameters(&card.words, values, false)}));
        components.extend(taps(&card.actions, values));
        json!({"card_index": at, "components": components})
    };
    let cards: Vec<Value> = cards(carousel).into_iter().enumerate().map(one).collect();
    vec![
        json!({"type": "body", "parameters": parameters(&words, values, false)}),
        json!({"type": "carousel", "cards": cards}),
    ]
}
