//! Contact cards (whatsapp-cloud-api.md §3, §6).

use super::{
    content::{only, text},
    error::{GraphError, Result},
};
use serde_json::{Map, Value};

const CARD: &[&str] = &["name", "phones", "emails", "addresses", "org", "birthday", "urls", "vcard", "origin"];
const NAME: &[&str] = &["formatted_name", "first_name", "last_name", "middle_name", "suffix", "prefix"];

/// Checks the list of cards.
pub fn check(content: &Value) -> Result<()> {
    let cards = content.as_array().ok_or_else(|| GraphError::invalid("Param contacts must be an array."))?;
    if cards.is_empty() || cards.len() > 257 {
        return Err(GraphError::value("Param contacts must have 1 to 257 elements."));
    }
    cards.iter().try_for_each(card)
}

fn card(card: &Value) -> Result<()> {
    let card = object(card, "contacts")?;
    only(card, CARD, "contacts")?;
    let name = object(
        card.get("name").ok_or_else(|| GraphError::invalid("The parameter contacts['name'] is required."))?,
        "contacts['name']",
    )?;
    only(name, NAME, "contacts['name']")?;
    text(name, "formatted_name", "contacts['name']", 1024)?;
    let other = NAME[1..].iter().any(|key| name.get(*key).and_then(Value::as_str).is_some_and(|s| !s.is_empty()));
    if !other {
        return Err(GraphError::value("Param contacts['name'] needs at least one name part besides formatted_name."));
    }
    for key in ["phones", "emails", "addresses", "urls"] {
        if card.get(key).is_some_and(|list| !list.is_array() && !list.is_null()) {
            return Err(GraphError::invalid(format!("Param contacts['{key}'] must be an array.")));
        }
    }
    Ok(())
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| GraphError::invalid(format!("Param {name} must be a JSON object.")))
}
