//! `POST /{P}/messages` (whatsapp-cloud-api.md §6).

use super::{
    call::Call,
    content::{self, Outgoing, Recipient},
    error::{GraphError, Result, is_asynchronous, webhook_error},
    inbound, limits,
    state::{Received, State, Via},
    template_params, trouble,
};
use crate::{reply::Reply, timers::Task, world::World};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Messages this old can no longer be marked as read or reacted to.
const REACH: i64 = 30 * limits::DAY;

/// A free-form message may be sent this long after the customer last wrote.
pub const WINDOW: i64 = limits::DAY;

/// Takes a message, a read mark or a typing indicator. `forced` makes an accepted message fail with that code.
pub fn send(world: &Arc<World>, call: &Call, p: &str, forced: Option<i64>) -> Result<Reply> {
    let mut state = world.wa();
    call.number_token(&state, p)?;
    let body = call.params()?;
    if body.get("status").is_some() {
        return mark_read(&mut state, &body, p, world.clock.now());
    }
    Ok(Reply::ok(&take(world, &mut state, p, body, forced, call.via)?))
}

/// Takes a message in Meta's shape and returns Meta's answer.
pub fn take(
    world: &Arc<World>,
    state: &mut State,
    p: &str,
    body: Map<String, Value>,
    forced: Option<i64>,
    via: Via,
) -> Result<Value> {
    let now = world.clock.now();
    let number = state.numbers.get(p).ok_or_else(|| GraphError::unknown_object("POST", p))?;
    if !number.registered {
        return Err(GraphError::code(133_010).details("Phone number not registered on the WhatsApp Business Platform."));
    }
    let out = content::check(&body)?;
    let customer = addressee(state, p, &out)?;
    let template = match out.kind.as_str() {
        "template" => Some(template_params::check(state, p, &body, &out)?),
        _ => None,
    };
    let wrong_media = usable_media(state, &out, now)?;
    let open = window_open(state, &customer, p, now);
    limits::account(state, p, template.is_some() && !open, now)?;
    limits::throughput(state, p, now)?;
    limits::pair(state, p, &customer, now)?;
    if template.is_some() && !open {
        let business = state.numbers[p].config.business_id.clone();
        limits::tier(state, &business, &customer, now)?;
    }
    let own = trouble::own_code(state, &customer);
    if let Some(code) = own.filter(|code| !is_asynchronous(*code)) {
        return Err(GraphError::code(code).details("This recipient answers with this error."));
    }
    let category = template.unwrap_or_else(|| "service".to_owned());
    let fate = forced
        .or(own)
        .or_else(|| fate(state, p, &customer, &category, open, now))
        .or(wrong_media)
        .or_else(|| out_of_reach(state, &out, &customer, now));
    Ok(accept(world, state, p, body, &out, Accepted { customer, category, open, fate, via }))
}

/// Takes a message that another provider accepts although WhatsApp refuses it: it fails a moment later.
pub fn take_failing(
    world: &Arc<World>,
    state: &mut State,
    p: &str,
    body: Map<String, Value>,
    wa_id: &str,
    code: i64,
    via: Via,
) -> Value {
    let kind = body.get("type").and_then(Value::as_str).unwrap_or("text").to_owned();
    let to = Recipient::Phone { input: format!("+{wa_id}"), wa_id: wa_id.to_owned() };
    let out = Outgoing { to, kind, media: Vec::new(), refers_to: None, voice: false };
    let customer = inbound::customer(state, Some(wa_id), None);
    let open = window_open(state, &customer, p, world.clock.now());
    accept(world, state, p, body, &out, Accepted { customer, category: "service".into(), open, fate: Some(code), via })
}

struct Accepted {
    customer: String,
    category: String,
    open: bool,
    fate: Option<i64>,
    via: Via,
}

fn accept(
    world: &Arc<World>,
    state: &mut State,
    p: &str,
    body: Map<String, Value>,
    out: &Outgoing,
    message: Accepted,
) -> Value {
    let now = world.clock.now();
    let wamid = state.wamid(&message.customer, false);
    let pricing_type = if message.fate.is_some() { "regular" } else { price(state, p, &message, now) };
    let known = state.customers.get(&message.customer);
    let mut contact = match &out.to {
        Recipient::Phone { input, wa_id } => json!({"input": input, "wa_id": wa_id}),
        Recipient::User(input) => json!({"input": input}),
    };
    if let Some(user_id) = known.map(|customer| &customer.user_id) {
        contact["user_id"] = user_id.as_str().into();
    }
    let to = match &out.to {
        Recipient::Phone { wa_id, .. } => wa_id.clone(),
        Recipient::User(user) => user.clone(),
    };
    schedule(world, state, &wamid, out, &message);
    state.totals.accepted += 1;
    state.totals.templates += u64::from(out.kind == "template");
    state.totals.outside_window += u64::from(out.kind != "template" && !message.open);
    state.record(Received {
        n: 0,
        at: now,
        phone_number_id: p.to_owned(),
        to,
        kind: out.kind.clone(),
        wamid: Some(wamid.clone()),
        biz_opaque_callback_data: body.get("biz_opaque_callback_data").and_then(Value::as_str).map(str::to_owned),
        status: "accepted".into(),
        error: None,
        window_open: message.open,
        statuses: Vec::new(),
        body: Value::Object(body),
        via: message.via,
        category: message.category,
        customer: message.customer,
        pricing_type,
        will_fail: message.fate,
    });
    let mut answer = json!({"id": wamid});
    if out.kind == "template" {
        answer["message_status"] = "accepted".into();
    }
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [answer]})
}

fn schedule(world: &Arc<World>, state: &mut State, wamid: &str, out: &Outgoing, message: &Accepted) {
    use rand::Rng;
    let now = world.clock.now();
    let (delays, latency) = (state.delays, state.latency);
    let at = |delay: i64, status: &'static str| {
        world.timers.at(now + delay.max(0), Task::Status { wamid: wamid.to_owned(), status });
    };
    let sent = latency.draw(delays.sent_ms, &mut state.rng);
    if message.fate.is_some() {
        return at(sent, "failed");
    }
    at(sent, "sent");
    // A reaction yields only "sent".
    if out.kind == "reaction" {
        return;
    }
    // Each step is drawn by itself, so that the order of the statuses holds whatever the shape.
    let delivered = sent + latency.draw(delays.delivered_ms - delays.sent_ms, &mut state.rng);
    at(delivered, "delivered");
    let receipts = state.customers.get(&message.customer).is_none_or(|customer| customer.read_receipts);
    if receipts && state.rng.random_bool(delays.read_ratio.clamp(0.0, 1.0)) {
        let read = delivered + latency.draw(delays.read_ms - delays.delivered_ms, &mut state.rng);
        at(read, "read");
        if out.voice {
            at(read + 500, "played");
        }
    }
}

/// Finds or makes the customer behind a recipient.
fn addressee(state: &mut State, p: &str, out: &Outgoing) -> Result<String> {
    let config = &state.numbers[p].config;
    match &out.to {
        Recipient::Phone { wa_id, .. } => {
            if *wa_id == config.display_phone {
                return Err(GraphError::code(131_021).details("Sender and recipient phone number is the same."));
            }
            if let Some(allowed) = &config.allowed_recipients {
                let fits = allowed.iter().any(|a| content::wa_id(a).as_deref() == Some(wa_id));
                if !fits {
                    return Err(GraphError::code(131_030).details(
                        "Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.",
                    ));
                }
            }
            Ok(inbound::customer(state, Some(wa_id), None))
        }
        Recipient::User(user) => Ok(state.users.get(user).unwrap_or(user).clone()),
    }
}

/// Media ids must exist; a file of the wrong kind fails later (131053).
fn usable_media(state: &State, out: &Outgoing, now: i64) -> Result<Option<i64>> {
    for (kind, id) in &out.media {
        let media = state.media.get(id).filter(|media| media.expires_at > now).ok_or_else(|| {
            GraphError::invalid(format!(
                "Param {kind}['id'] is not a valid whatsapp business account media attachment ID"
            ))
        })?;
        let family = media.mime.split('/').next().unwrap_or("");
        let fits = match kind.as_str() {
            "document" => true,
            "sticker" => media.mime == "image/webp",
            "image" => matches!(media.mime.as_str(), "image/jpeg" | "image/png"),
            kind => family == kind,
        };
        if !fits {
            return Ok(Some(131_053));
        }
    }
    Ok(None)
}

/// A reaction to a message that is unknown, of another chat or too old fails (131009).
fn out_of_reach(state: &State, out: &Outgoing, customer: &str, now: i64) -> Option<i64> {
    if out.kind != "reaction" {
        return None;
    }
    let target = out.refers_to.as_deref()?;
    let received = state.inbound.get(target).map(|message| (message.customer.as_str(), message.at));
    let sent = || {
        let message = state.received.get(*state.sent.get(target)?)?;
        Some((message.customer.as_str(), message.at))
    };
    match received.or_else(sent) {
        Some((of, at)) if of == customer && now - at < REACH => None,
        _ => Some(131_009),
    }
}

fn window_open(state: &State, customer: &str, p: &str, now: i64) -> bool {
    state.customers.get(customer).and_then(|customer| customer.windows.get(p)).is_some_and(|at| now - at < WINDOW)
}

/// The code an accepted message will fail with, if any.
fn fate(state: &mut State, p: &str, key: &str, category: &str, open: bool, now: i64) -> Option<i64> {
    let limits = state.limits;
    let blocked = state.numbers[p].blocked.contains_key(key);
    let Some(customer) = state.customers.get_mut(key) else {
        // A user id nobody has.
        return Some(131_026);
    };
    if !customer.reachable || customer.blocks_business {
        return Some(131_026);
    }
    if blocked {
        return Some(130_403);
    }
    if category == "marketing" {
        if customer.experiment {
            return Some(130_472);
        }
        if customer.marketing_opt_out {
            return Some(131_050);
        }
        let american = customer.wa_id.as_ref().is_some_and(|id| id.starts_with('1'));
        customer.marketing.retain(|at| now - *at < limits::DAY);
        let full = limits.marketing_per_user.is_some_and(|max| customer.marketing.len() >= max as usize);
        if full || (limits.block_us_marketing && american) {
            return Some(131_049);
        }
        // Enough to judge any sensible limit.
        if customer.marketing.len() < 1_000 {
            customer.marketing.push(now);
        }
    }
    (category == "service" && !open).then_some(131_047)
}

/// How the message is billed (whatsapp-cloud-api.md §10).
fn price(state: &mut State, p: &str, message: &Accepted, now: i64) -> &'static str {
    const PAID_SERVICE_FROM: i64 = 1_790_812_800_000; // 2026-10-01
    if let Some(customer) = state.customers.get_mut(&message.customer)
        && let Some(entry) = customer.entries.get_mut(p)
    {
        // Answering an ad's message within 24 h opens 72 free hours.
        if entry.1.is_none() && now - entry.0 < WINDOW {
            entry.1 = Some(now + 72 * 3_600_000);
        }
        if entry.1.is_some_and(|until| now < until) {
            return "free_entry_point";
        }
    }
    let Some(number) = state.numbers.get_mut(p) else {
        return "regular";
    };
    match message.category.as_str() {
        "service" if now < PAID_SERVICE_FROM => "free_customer_service",
        "utility" if message.open && now < PAID_SERVICE_FROM => "free_customer_service",
        "service" => {
            let month = now / (30 * limits::DAY);
            if number.service.0 != month {
                number.service = (month, 0);
            }
            number.service.1 += 1;
            if number.service.1 <= 1_000 { "free_customer_service" } else { "regular" }
        }
        _ => "regular",
    }
}

/// Marks a customer's message as read; may show that an answer is being typed.
pub fn mark_read(state: &mut State, body: &Map<String, Value>, p: &str, now: i64) -> Result<Reply> {
    if body.get("messaging_product").and_then(Value::as_str) != Some("whatsapp") {
        return Err(GraphError::invalid("The parameter messaging_product is required."));
    }
    if body.get("status").and_then(Value::as_str) != Some("read") {
        return Err(GraphError::invalid("Param status must be one of {READ}."));
    }
    let id = body
        .get("message_id")
        .and_then(Value::as_str)
        .ok_or_else(|| GraphError::invalid("The parameter message_id is required."))?;
    let message = state
        .inbound
        .get_mut(id)
        .filter(|message| message.phone_number_id == p && now - message.at < REACH)
        .ok_or_else(|| GraphError::code(100).details(format!("Message id {id} is not a message of this number.")))?;
    message.read = true;
    state.totals.read_marks += 1;
    if let Some(indicator) = body.get("typing_indicator") {
        if indicator.get("type").and_then(Value::as_str) != Some("text") {
            return Err(GraphError::invalid("Param typing_indicator['type'] must be one of {TEXT}."));
        }
        state.totals.typing += 1;
    }
    Ok(Reply::ok(&json!({"success": true})))
}

/// Logs a refused request to send, so that tests can see that it was made.
pub fn record_refusal(world: &World, call: &Call, error: &GraphError) {
    let (true, Some(p), Ok(body)) =
        (call.method == "POST" && call.path.ends_with("/messages"), call.segments.first(), call.params())
    else {
        return;
    };
    if body.get("status").is_some() {
        return;
    }
    let mut state = world.wa();
    state.totals.rejected += 1;
    *state.totals.refused.entry(error.code).or_default() += 1;
    let kind = body.get("type").and_then(Value::as_str).unwrap_or("text").to_owned();
    let data = body.get("biz_opaque_callback_data").and_then(Value::as_str);
    let data = data.map(str::to_owned);
    let details = error.details.as_deref().unwrap_or(&error.title);
    state.record(Received {
        n: 0,
        at: world.clock.now(),
        phone_number_id: p.clone(),
        to: call.recipient(),
        kind,
        wamid: None,
        biz_opaque_callback_data: data,
        status: "rejected".into(),
        error: Some(json!({"code": error.code, "details": details})),
        window_open: false,
        statuses: Vec::new(),
        body: Value::Object(body),
        via: call.via,
        category: String::new(),
        customer: String::new(),
        pricing_type: "regular",
        will_fail: None,
    });
}

/// The error a message fails with, as the webhook tells it.
pub fn failure(code: i64) -> Value {
    debug_assert!(code > 0);
    let details = (!is_asynchronous(code)).then(|| super::error::title(code));
    webhook_error(code, details)
}
