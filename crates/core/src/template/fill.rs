//! Building the send components from what a person or rule filled in.

use super::definition::{Button, ButtonKind, Definition, Format, Header, MediaFormat, Text};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A value is missing or not of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} is missing or not usable")]
pub struct FillError {
    /// The key of [`super::variables`].
    pub key: String,
}

/// Builds Meta's send components from values under the keys of [`super::variables`].
///
/// Values are texts. A file is a link (`https://...`), else the id of our own stored file; a place is
/// `latitude,longitude`; an offer's end is ms UTC; products and order details are Meta's action object as JSON.
///
/// # Errors
/// The first key without a usable value. What is built fits by [`super::check`] except for texts the provider
/// refuses; check it before sending.
pub fn fill(definition: &Definition, values: &BTreeMap<String, String>) -> Result<Value, FillError> {
    let mut filler = Filler { format: definition.format, values, prefix: String::new() };
    let mut components = filler.section(definition.header.as_ref(), &definition.body, &definition.buttons)?;
    if definition.expiring_offer {
        let end: i64 = filler.get("offer")?.trim().parse().map_err(|_| FillError { key: "offer".to_owned() })?;
        let offer = json!({ "type": "limited_time_offer", "limited_time_offer": { "expiration_time_ms": end } });
        components.push(json!({ "type": "limited_time_offer", "parameters": [offer] }));
    }
    let mut cards = Vec::with_capacity(definition.cards.len());
    for (at, card) in definition.cards.iter().enumerate() {
        filler.prefix = format!("cards.{at}.");
        let parts = filler.section(card.header.as_ref(), &card.body, &card.buttons)?;
        cards.push(json!({ "card_index": at, "components": parts }));
    }
    if !cards.is_empty() {
        components.push(json!({ "type": "carousel", "cards": cards }));
    }
    Ok(Value::Array(components))
}

struct Filler<'a> {
    format: Format,
    values: &'a BTreeMap<String, String>,
    prefix: String,
}

impl Filler<'_> {
    fn get(&self, place: &str) -> Result<&str, FillError> {
        let key = format!("{}{place}", self.prefix);
        match self.values.get(&key) {
            Some(value) if !value.trim().is_empty() => Ok(value),
            _ => Err(FillError { key }),
        }
    }

    fn section(&self, header: Option<&Header>, body: &Text, buttons: &[Button]) -> Result<Vec<Value>, FillError> {
        let mut components = Vec::new();
        match header {
            Some(Header::Text(text)) => components.extend(self.texts("header", text)?),
            Some(Header::Media { format }) => {
                let parameter = self.media(*format)?;
                components.push(json!({ "type": "header", "parameters": [parameter] }));
            }
            None => {}
        }
        components.extend(self.texts("body", body)?);
        for (at, button) in buttons.iter().enumerate().filter(|(_, button)| button.is_required()) {
            let parameter = self.button(at, button)?;
            components.push(json!({
                "type": "button", "sub_type": button.kind.sub_type(), "index": at.to_string(), "parameters": [parameter]
            }));
        }
        Ok(components)
    }

    fn texts(&self, place: &str, text: &Text) -> Result<Option<Value>, FillError> {
        if text.variables.is_empty() {
            return Ok(None);
        }
        let mut parameters = Vec::with_capacity(text.variables.len());
        for name in &text.variables {
            let value = self.get(&format!("{place}.{name}"))?;
            parameters.push(match self.format {
                Format::Positional => json!({ "type": "text", "text": value }),
                Format::Named => json!({ "type": "text", "parameter_name": name, "text": value }),
            });
        }
        Ok(Some(json!({ "type": place, "parameters": parameters })))
    }

    fn media(&self, format: MediaFormat) -> Result<Value, FillError> {
        let code = format.code();
        let place = format!("header.{code}");
        let value = self.get(&place)?.trim();
        let object = match format {
            MediaFormat::Location => {
                let Some((latitude, longitude)) = value.split_once(',') else {
                    return Err(FillError { key: format!("{}{place}", self.prefix) });
                };
                json!({ "latitude": latitude.trim(), "longitude": longitude.trim() })
            }
            MediaFormat::Product => json!({ "product_retailer_id": value }),
            _ if value.starts_with("https://") || value.starts_with("http://") => json!({ "link": value }),
            _ => json!({ "media_id": value }),
        };
        Ok(json!({ "type": code, code: object }))
    }

    fn button(&self, at: usize, button: &Button) -> Result<Value, FillError> {
        let place = format!("buttons.{at}");
        let value = self.get(&place)?;
        Ok(match button.kind {
            ButtonKind::CopyCode => json!({ "type": "coupon_code", "coupon_code": value }),
            ButtonKind::Mpm | ButtonKind::OrderDetails => {
                let action: Value =
                    serde_json::from_str(value).map_err(|_| FillError { key: format!("{}{place}", self.prefix) })?;
                json!({ "type": "action", "action": action })
            }
            _ => json!({ "type": "text", "text": value }),
        })
    }
}
