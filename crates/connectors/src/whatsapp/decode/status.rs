//! Delivery reports (§4).

use super::read::{self, Read};
use super::{DecodeError, other};
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
    let pricing = one.get("pricing").filter(|pricing| pricing.is_object()).cloned();
    Ok(EventKind::Status(Box::new(StatusUpdate { id, status, customer, callback, failure, pricing })))
}
