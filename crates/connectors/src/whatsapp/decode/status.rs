//! Delivery reports (§4).

use super::read::{self, Read};
use super::{DecodeError, other};
use rapport_core::cost::{FREE_CUSTOMER_SERVICE, Price, REGULAR};
use rapport_core::inbound::{EventKind, StatusUpdate};
use rapport_core::message::{Failure, Status};
use serde_json::Value;

/// `value.statuses[0]`.
pub(super) fn status(value: &Value, one: &Value) -> Result<EventKind, DecodeError> {
    let id = one.text("id").ok_or(DecodeError::Missing { what: "status", missing: "id" })?;
    let word = one.text("status").unwrap_or_default();
    let status = match word.as_str() {
        "sent" => Status::Sent,
        "delivered" => Status::Delivered,
        "read" => Status::Read,
        "failed" => Status::Failed,
        // `played`, `deleted`, and whatever comes next.
        _ => return Ok(other("messages", format!("status `{word}` changes nothing"))),
    };
    // In groups the recipient is the group and the member stands beside it.
    let group = one.text("recipient_type").as_deref() == Some("group");
    let (number, user_id) = if group {
        (one.text("recipient_participant_id"), one.text("recipient_participant_user_id"))
    } else {
        (one.text("recipient_id"), one.text("recipient_user_id"))
    };
    let mut customer = read::customer(value, number, user_id);
    customer.parent_user_id = one.text("parent_recipient_user_id").or(customer.parent_user_id);
    let failure = (status == Status::Failed).then(|| {
        let (code, detail) = read::errors(one).unwrap_or((0, "no reason given".to_owned()));
        Failure { code, detail }
    });
    let callback = one.text("biz_opaque_callback_data");
    let pricing = one.get("pricing").and_then(price);
    Ok(EventKind::Status(Box::new(StatusUpdate { id, status, customer, callback, failure, pricing })))
}

/// Longest word that is kept; the provider's own are shorter.
const WORD: usize = 64;

/// `pricing`: `type` says whether it is charged; `billable`, which is being removed, only where there is no type.
fn price(pricing: &Value) -> Option<Price> {
    let word = |name| pricing.text(name).map(|word| word.trim().to_ascii_lowercase());
    let category = word("category").filter(|word| !word.is_empty() && word.len() <= WORD)?;
    let billable = pricing.get("billable").and_then(Value::as_bool);
    let kind = word("type").filter(|word| !word.is_empty() && word.len() <= WORD);
    let kind = kind.unwrap_or_else(|| if billable == Some(false) { FREE_CUSTOMER_SERVICE } else { REGULAR }.to_owned());
    Some(Price { category, kind })
}
