//! Deals and cases: made by people, programs and rules, kept in a CRM where one takes them (`product.md` S1-S3, S5, S6, D4).
//!
//! The road is that of contacts: what changes here makes a job in the same transaction ([`push`]); what changes over there
//! is found by looking at the records in turn ([`look`]); `core::sync::merge` decides field by field. Both use the
//! connection's line, so that pace, breaker and rests are one for all that is kept in step. Where the contact has no
//! record yet, that comes first.

pub mod change;
pub mod list;
pub(crate) mod look;
pub mod make;
pub(crate) mod push;
mod row;
mod settle;
pub mod target;
mod trace;
pub mod view;

use crate::error::{Error, Result};
use rapport_core::matter::Object;
use rapport_core::{Ms, matter};
use rapport_store::WriteTx;
use rapport_store::matter::MatterRow;
use serde_json::json;

/// What is not found.
fn noun(object: Object) -> &'static str {
    match object {
        Object::Deal => "deal",
        Object::Case => "case",
    }
}

/// A row's kind of thing.
fn object_of(row: &MatterRow) -> Result<Object> {
    Object::parse(&row.object).ok_or_else(|| Error::Internal(format!("a stored row is no {}", row.object)))
}

/// Tells listeners that something about a contact changed.
async fn told(tx: &WriteTx, row: &MatterRow, now: Ms) -> Result<()> {
    let event = rapport_core::inbox::FeedEvent {
        kind: "contact.updated",
        at: now,
        conversation_id: row.conversation_id.map(Into::into),
        contact_id: Some(row.contact_id.into()),
        message_id: None,
        data: json!({ "changed": [format!("{}s", row.object)], "id": row.id }),
    };
    Ok(rapport_store::feed::append(tx, &[event]).await?)
}

/// A title that was given.
fn title(given: &str) -> Result<String> {
    let given = given.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = !given.is_empty() && given.chars().count() <= matter::TITLE_MAX && !given.chars().any(char::is_control);
    if fits {
        Ok(given)
    } else {
        Err(Error::invalid("title", format!("must have 1 to {} characters", matter::TITLE_MAX)))
    }
}

fn details(given: Option<String>) -> Result<Option<String>> {
    let given = given.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match given.as_ref().map(|text| text.chars().count()) {
        Some(count) if count > matter::DETAILS_MAX => {
            Err(Error::invalid("details", format!("must have at most {} characters", matter::DETAILS_MAX)))
        }
        _ => Ok(given),
    }
}

fn amount(given: Option<i64>) -> Result<Option<i64>> {
    match given {
        Some(minor) if !(0..=matter::AMOUNT_MAX).contains(&minor) => {
            Err(Error::invalid("amount_minor", format!("must be 0 to {}", matter::AMOUNT_MAX)))
        }
        other => Ok(other),
    }
}

fn currency(given: Option<String>) -> Result<Option<String>> {
    let given = given.map(|code| code.trim().to_ascii_uppercase()).filter(|code| !code.is_empty());
    match &given {
        Some(code) if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            Err(Error::invalid("currency", "must be a code such as EUR"))
        }
        _ => Ok(given),
    }
}

/// One of the words, or none.
fn word(field: &'static str, given: Option<String>, words: &[&str]) -> Result<Option<String>> {
    match given.filter(|word| !word.is_empty()) {
        Some(word) if !words.contains(&word.as_str()) => {
            Err(Error::invalid(field, format!("must be one of {}", words.join(", "))))
        }
        other => Ok(other),
    }
}

fn category(given: Option<String>) -> Result<Option<String>> {
    word("category", given, &matter::Category::ALL.map(matter::Category::code))
}

fn priority(given: Option<String>) -> Result<Option<String>> {
    word("priority", given, &matter::PRIORITIES)
}

fn skus(given: Vec<String>) -> Result<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for code in given.into_iter().map(|code| code.trim().to_owned()).filter(|code| !code.is_empty()) {
        let fits =
            code.chars().count() <= matter::SKU_MAX && !code.contains(';') && !code.chars().any(char::is_control);
        if !fits {
            return Err(Error::invalid(
                "skus",
                format!("each must have 1 to {} characters and no semicolon", matter::SKU_MAX),
            ));
        }
        if !all.contains(&code) {
            all.push(code);
        }
    }
    if all.len() > matter::SKUS_MAX {
        return Err(Error::invalid("skus", format!("must be at most {}", matter::SKUS_MAX)));
    }
    Ok(all)
}
