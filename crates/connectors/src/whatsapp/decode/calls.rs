//! Calls, shown as one line in the thread when they end (§5 `calls`).

use super::read::{self, Read};
use super::{DecodeError, other};
use rapport_core::inbound::{EventKind, InboundMessage};
use rapport_core::message::Content;
use serde_json::Value;

/// `value.calls[0]`: the end of a call becomes a system line; its beginning and transcripts are kept only.
pub(super) fn call(value: &Value, one: &Value) -> Result<EventKind, DecodeError> {
    let id = one.text("id").ok_or(DecodeError::Missing { what: "call", missing: "id" })?;
    let event = one.text("event").unwrap_or_default();
    if event != "terminate" {
        return Ok(other("calls", format!("call event `{event}`")));
    }
    let by_business = one.text("direction").as_deref() == Some("BUSINESS_INITIATED");
    let (number, user_id) = if by_business { ("to", "to_user_id") } else { ("from", "from_user_id") };
    let customer = read::customer(value, one.text(number), one.text(user_id));
    if customer.lane_key().is_none() {
        return Err(DecodeError::Missing { what: "call", missing: "the customer" });
    }
    let message = Box::new(InboundMessage {
        id,
        customer,
        content: Content::System { event: "call".to_owned(), body: line(one, by_business) },
        reply_to: None,
        forwarded: false,
        referral: None,
        group_id: None,
    });
    Ok(if by_business { EventKind::Echo(message) } else { EventKind::Message(message) })
}

fn line(one: &Value, by_business: bool) -> String {
    let who = if by_business { "Call to the customer" } else { "Call from the customer" };
    let seconds = one.int("duration").or_else(|| {
        let (start, end) = (one.moment("start_time")?, one.moment("end_time")?);
        Some(end.since(start) / rapport_core::time::SECOND)
    });
    let status = one.text("status").map(|word| word.to_lowercase());
    match (seconds.filter(|seconds| *seconds > 0), status) {
        (Some(seconds), _) => format!("{who}, {}:{:02} min", seconds / 60, seconds % 60),
        (None, Some(status)) if status != "completed" => format!("{who}, {status}"),
        (None, _) => format!("{who}, not answered"),
    }
}
