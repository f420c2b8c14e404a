//! What becomes of accepted messages (whatsapp-cloud-api.md §4).

use super::{
    envelope::{self, Options},
    messages,
    state::{Received, State, Via},
};
use crate::{deliver::Outcome, world::World};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// Gives a message its next status and tells the business. `error` is for `failed` (code); without it the
/// message's own fate is told. `None` when the message is unknown or nobody subscribed.
pub fn progress(world: &World, wamid: &str, status: &str, error: Option<i64>) -> Option<oneshot::Receiver<Outcome>> {
    let mut guard = world.wa();
    let state = &mut *guard;
    let n = *state.sent.get(wamid)?;
    let now = world.clock.now();
    let message = state.received.get_mut(n)?;
    // A message that failed goes nowhere else by itself.
    if message.status == "failed" && error.is_none() && status != "failed" {
        return None;
    }
    let code = error.or(message.will_fail).unwrap_or(131_000);
    message.status = status.to_owned();
    message.statuses.push(json!({"status": status, "at": now}));
    // Forced statuses could grow the list without end.
    if message.statuses.len() > 50 {
        message.statuses.remove(0);
    }
    if status == "failed" {
        message.error = Some(messages::failure(code));
        *state.totals.failed.entry(code).or_default() += 1;
    }
    *state.totals.statuses.entry(status.to_owned()).or_default() += 1;
    let message = state.received.get(n)?;
    let value = webhook(state, message, status, now);
    match message.via {
        Via::Twilio => crate::twilio::hook::status(world, state, wamid, status),
        via => {
            let options = Options { via: Some(via), ..Options::default() };
            let (p, lane) = (&message.phone_number_id, &message.customer);
            envelope::send(world, state, p, lane, "messages", &value, &options)
        }
    }
}

fn webhook(state: &State, message: &Received, status: &str, now: i64) -> Value {
    let customer = state.customers.get(&message.customer);
    let mut entry = json!({
        "id": message.wamid,
        "status": status,
        "timestamp": (now / 1000).to_string(),
    });
    let shown = customer.is_none_or(|customer| !customer.hide_number);
    match customer.and_then(|customer| customer.wa_id.as_ref()) {
        Some(wa_id) if shown || message.to == *wa_id => entry["recipient_id"] = wa_id.as_str().into(),
        None if customer.is_none() && message.to.starts_with(|c: char| c.is_ascii_digit()) => {
            entry["recipient_id"] = message.to.as_str().into();
        }
        _ => {}
    }
    match customer {
        Some(customer) => entry["recipient_user_id"] = customer.user_id.as_str().into(),
        None if message.to.contains('.') => entry["recipient_user_id"] = message.to.as_str().into(),
        None => {}
    }
    if let Some(data) = &message.biz_opaque_callback_data {
        entry["biz_opaque_callback_data"] = data.as_str().into();
    }
    if status == "failed" {
        entry["errors"] = json!([message.error]);
    } else if matches!(status, "sent" | "delivered") {
        entry["pricing"] = pricing(message);
        if status == "sent" && message.pricing_type == "free_entry_point" {
            let until =
                customer.and_then(|c| c.entries.get(&message.phone_number_id)).and_then(|entry| entry.1).unwrap_or(now);
            entry["conversation"] = json!({
                "id": format!("{:016x}", until),
                "expiration_timestamp": (until / 1000).to_string(),
                "origin": {"type": "referral_conversion"},
            });
        }
    }
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": envelope::metadata(state, &message.phone_number_id),
        "statuses": [entry],
    });
    if (status != "failed" || state.limits.contacts_on_failed)
        && let Some(customer) = customer
    {
        value["contacts"] = json!([customer.contact()]);
    }
    value
}

fn pricing(message: &Received) -> Value {
    let category = match message.pricing_type {
        "free_entry_point" => "referral_conversion",
        _ => message.category.as_str(),
    };
    json!({
        "billable": message.pricing_type == "regular",
        "pricing_model": "PMP",
        "type": message.pricing_type,
        "category": category,
    })
}
