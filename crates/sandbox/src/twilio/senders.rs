//! WhatsApp senders: the numbers as Twilio shows them, with their webhooks.

use super::{
    Call,
    error::{Result, TwilioError},
    state::sid,
};
use crate::{reply::Reply, whatsapp::state::Number, world::World};
use serde_json::{Value, json};
use std::sync::Arc;

fn sender_sid(number: &Number) -> String {
    sid("XE", &number.config.phone_number_id)
}

fn view(number: &Number, base: &str) -> Value {
    let config = &number.config;
    let sid = sender_sid(number);
    json!({
        "sid": sid,
        "status": if number.registered { "ONLINE" } else { "OFFLINE" },
        "sender_id": format!("whatsapp:+{}", config.display_phone),
        "configuration": {"waba_id": config.waba_id, "verification_method": null},
        "webhook": {
            "callback_method": "POST",
            "callback_url": config.twilio_url,
            "fallback_method": "POST",
            "fallback_url": null,
            "status_callback_method": "POST",
            "status_callback_url": config.twilio_status_url,
        },
        "profile": {"name": config.verified_name, "about": number.profile.get("about")},
        "properties": {"quality_rating": number.quality, "messaging_limit": null},
        "offline_reasons": null,
        "url": format!("{base}/twilio/v2/Channels/Senders/{sid}"),
    })
}

/// `/v2/Channels/Senders` and one of them: list, look, change name and webhooks.
pub fn handle(world: &Arc<World>, call: &Call, wanted: Option<&str>) -> Result<Reply> {
    let mut state = world.wa();
    let Some(wanted) = wanted else {
        let all: Vec<Value> = state.numbers.values().map(|number| view(number, &world.base_url)).collect();
        let (page, size, items) = call.page(&all);
        let meta = call.meta(&world.base_url, "senders", page, size, all.len());
        return Ok(Reply::ok(&json!({"senders": items, "meta": meta})));
    };
    let number = state
        .numbers
        .values_mut()
        .find(|number| sender_sid(number) == wanted)
        .ok_or_else(|| TwilioError::not_found(&call.path))?;
    if call.method == "POST" {
        let url = |key: &str| call.json.pointer(&format!("/webhook/{key}")).map(|v| v.as_str().map(str::to_owned));
        if let Some(to) = url("callback_url") {
            number.config.twilio_url = to;
        }
        if let Some(to) = url("status_callback_url") {
            number.config.twilio_status_url = to;
        }
    }
    let status = if call.method == "POST" { 202 } else { 200 };
    Ok(Reply::json(status, &view(number, &world.base_url)))
}
