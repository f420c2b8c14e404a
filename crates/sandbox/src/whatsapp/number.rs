//! Business phone numbers (whatsapp-cloud-api.md §12).

use super::{
    call::Call,
    envelope,
    error::{GraphError, Result},
    limits,
    state::{Number, State},
};
use crate::{NumberConfig, reply::Reply, world::World};
use serde_json::{Value, json};
use std::sync::Arc;

const DEFAULT: &[&str] = &[
    "verified_name",
    "display_phone_number",
    "code_verification_status",
    "quality_rating",
    "platform_type",
    "throughput",
    "last_onboarded_time",
    "webhook_configuration",
];

fn view(state: &State, number: &Number) -> Value {
    let config = &number.config;
    let app = state.apps.get(&number.app_id).and_then(|app| app.callback_url.clone());
    let waba = state.wabas.get(&config.waba_id);
    let can = if number.registered && number.status == "CONNECTED" { "AVAILABLE" } else { "BLOCKED" };
    json!({
        "id": config.phone_number_id,
        "verified_name": config.verified_name,
        "display_phone_number": grouped(&config.display_phone),
        "code_verification_status": if number.verified { "VERIFIED" } else { "NOT_VERIFIED" },
        "quality_rating": number.quality,
        "quality_score": {"score": number.quality},
        "platform_type": "CLOUD_API",
        "throughput": {"level": if state.limits.throughput_per_second > 80 || number.high_since.is_some() { "HIGH" } else { "STANDARD" }},
        "last_onboarded_time": "2026-01-01T00:00:00+0000",
        "status": if number.registered { number.status.as_str() } else { "DISCONNECTED" },
        "name_status": "APPROVED",
        "account_mode": "LIVE",
        "is_official_business_account": false,
        "is_on_biz_app": false,
        "is_pin_enabled": number.pin.is_some(),
        "username": number.username,
        "whatsapp_business_manager_messaging_limit": limits::tier_name(limits::tier_of(state, &config.business_id)),
        "messaging_limit_tier": limits::tier_name(limits::tier_of(state, &config.business_id)),
        "health_status": {
            "can_send_message": can,
            "entities": [
                {"entity_type": "PHONE_NUMBER", "id": config.phone_number_id, "can_send_message": can},
                {"entity_type": "WABA", "id": config.waba_id, "can_send_message": "AVAILABLE"},
                {"entity_type": "BUSINESS", "id": config.business_id, "can_send_message": "AVAILABLE"},
                {"entity_type": "APP", "id": number.app_id, "can_send_message": "AVAILABLE"},
            ],
        },
        "webhook_configuration": {
            "phone_number": number.override_url,
            "whatsapp_business_account": waba.and_then(|w| w.override_url.clone()),
            "application": app,
        },
    })
}

/// "+1 555-078-3881" as Meta shows numbers.
fn grouped(digits: &str) -> String {
    match digits.strip_prefix('1') {
        Some(rest) if rest.len() == 10 => format!("+1 {}-{}-{}", &rest[..3], &rest[3..6], &rest[6..]),
        _ => format!("+{digits}"),
    }
}

/// `GET` and `POST /{W}/phone_numbers`.
pub fn of_account(world: &Arc<World>, call: &Call, waba: &str) -> Result<Reply> {
    let mut state = world.wa();
    call.account_token(&state, waba)?;
    if call.method == "GET" {
        let items: Vec<Value> = state
            .numbers
            .values()
            .filter(|number| number.config.waba_id == waba)
            .map(|number| call.pick(&view(&state, number), DEFAULT))
            .collect();
        return Ok(Reply::ok(&call.page(&world.base_url, &items)?));
    }
    let params = call.params()?;
    let field = |key: &str| {
        params
            .get(key)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| GraphError::invalid(format!("The parameter {key} is required.")))
    };
    let (cc, phone, name) = (field("cc")?, field("phone_number")?, field("verified_name")?);
    let sibling = state
        .numbers
        .values()
        .find(|number| number.config.waba_id == waba)
        .map(|number| (number.config.clone(), number.app_id.clone()))
        .ok_or_else(|| GraphError::unknown_object("POST", waba))?;
    let id = state.id(15);
    let display = format!("{cc}{phone}").chars().filter(char::is_ascii_digit).collect();
    state.define(
        NumberConfig {
            phone_number_id: id.clone(),
            display_phone: display,
            verified_name: name,
            app_id: sibling.1,
            ..sibling.0
        },
        world.clock.now(),
    );
    if let Some(number) = state.numbers.get_mut(&id) {
        number.registered = false;
        number.verified = false;
    }
    Ok(Reply::ok(&json!({ "id": id })))
}

/// `/{P}`: read fields; set the number's own callback, PIN or display name.
pub async fn object(world: &Arc<World>, call: &Call, p: &str) -> Result<Reply> {
    call.number_token(&world.wa(), p)?;
    match call.method.as_str() {
        "GET" => {
            let state = world.wa();
            let number = state.numbers.get(p).ok_or_else(|| GraphError::unknown_object("GET", p))?;
            Ok(Reply::ok(&call.pick(&view(&state, number), DEFAULT)))
        }
        "POST" => change(world, call, p).await,
        _ => Err(GraphError::unknown_object(&call.method, p)),
    }
}

async fn change(world: &Arc<World>, call: &Call, p: &str) -> Result<Reply> {
    let params = call.params()?;
    let configuration = match params.get("webhook_configuration") {
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        other => other.cloned(),
    };
    if let Some(configuration) = configuration {
        let url = configuration.get("override_callback_uri").and_then(Value::as_str).unwrap_or("");
        let token = configuration.get("verify_token").and_then(Value::as_str).unwrap_or("");
        if !url.is_empty() {
            verified(world, url, token).await?;
        }
        if let Some(number) = world.wa().numbers.get_mut(p) {
            number.override_url = (!url.is_empty()).then(|| url.to_owned());
        }
    }
    let mut state = world.wa();
    if let Some(number) = state.numbers.get_mut(p) {
        if let Some(pin) = params.get("pin") {
            number.pin = Some(six_digits(pin)?);
        }
        if let Some(name) = params.get("new_display_name").and_then(Value::as_str) {
            number.config.verified_name = name.to_owned();
        }
    }
    Ok(Reply::ok(&json!({"success": true})))
}

/// A callback must pass the handshake before it is taken.
pub async fn verified(world: &World, url: &str, token: &str) -> Result<()> {
    if url.len() > 200 {
        return Err(GraphError::invalid("Param override_callback_uri must be at most 200 characters long."));
    }
    envelope::handshake(world, url, token).await.map_err(|why| {
        let mut error = GraphError::code(2_200);
        error.title = format!("(#2200) Callback verification failed with the following errors: {why}");
        error
    })
}

fn six_digits(pin: &Value) -> Result<String> {
    let pin = pin.as_str().map_or_else(|| pin.to_string(), str::to_owned);
    if pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()) {
        Ok(pin)
    } else {
        Err(GraphError::invalid("Param pin must be 6 characters long."))
    }
}

/// register, deregister, request_code, verify_code. The code is always 123456.
pub fn registration(world: &Arc<World>, call: &Call, p: &str) -> Result<Reply> {
    let mut state = world.wa();
    call.number_token(&state, p)?;
    let params = call.params()?;
    let number = state.numbers.get_mut(p).ok_or_else(|| GraphError::unknown_object("POST", p))?;
    match call.segments.get(1).map_or("", String::as_str) {
        "register" => {
            let pin = params.get("pin").ok_or_else(|| GraphError::invalid("The parameter pin is required."))?;
            let pin = six_digits(pin)?;
            if number.pin.as_ref().is_some_and(|known| *known != pin) {
                return Err(GraphError::code(133_005).details("Two step verification PIN Mismatch"));
            }
            if !number.verified {
                return Err(GraphError::code(133_006).details("Phone number needs to be verified before registering."));
            }
            number.pin = Some(pin);
            number.registered = true;
        }
        "deregister" => number.registered = false,
        "request_code" => {
            let method = params.get("code_method").and_then(Value::as_str).unwrap_or("");
            if !matches!(method, "SMS" | "VOICE") {
                return Err(GraphError::invalid("Param code_method must be one of {SMS, VOICE}."));
            }
        }
        _ => {
            let code = params.get("code").map(|c| c.as_str().map_or_else(|| c.to_string(), str::to_owned));
            if code.as_deref() != Some("123456") {
                return Err(GraphError::code(136_025).title("Verify code error").details("The code is wrong."));
            }
            number.verified = true;
        }
    }
    Ok(Reply::ok(&json!({"success": true})))
}

/// settings, conversational_automation, whatsapp_commerce_settings, username: kept and shown again.
pub fn settings(world: &Arc<World>, call: &Call, p: &str) -> Result<Reply> {
    let mut state = world.wa();
    call.number_token(&state, p)?;
    let params = call.params()?;
    let kind = call.segments.get(1).cloned().unwrap_or_default();
    let number = state.numbers.get_mut(p).ok_or_else(|| GraphError::unknown_object(&call.method, p))?;
    if kind == "username" {
        match call.method.as_str() {
            "GET" => {
                return Ok(Reply::ok(
                    &json!({"username": number.username, "status": number.username.as_ref().map(|_| "approved")}),
                ));
            }
            "DELETE" => number.username = None,
            _ => {
                let name = params.get("username").and_then(Value::as_str).unwrap_or("");
                let fits = (3..=35).contains(&name.len())
                    && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_'));
                if !fits {
                    return Err(GraphError::code(147_001).title("Username is not available"));
                }
                number.username = Some(name.to_owned());
                return Ok(Reply::ok(&json!({"username": name, "status": "approved"})));
            }
        }
        return Ok(Reply::ok(&json!({"success": true})));
    }
    if kind == "whatsapp_commerce_settings" {
        return Ok(commerce(number, call, &params));
    }
    if call.method == "GET" {
        let kept = number.settings.get(&kind).cloned().unwrap_or_else(|| json!({}));
        return Ok(Reply::ok(&kept));
    }
    number.settings[&kind] = Value::Object(params);
    Ok(Reply::ok(&json!({"success": true})))
}

/// Whether customers see the catalogue and a cart; changed by query or body, shown as true and false.
fn commerce(number: &mut Number, call: &Call, params: &serde_json::Map<String, Value>) -> Reply {
    let kind = "whatsapp_commerce_settings";
    let mut kept = number
        .settings
        .get(kind)
        .cloned()
        .unwrap_or_else(|| json!({"id": "1234567890", "is_cart_enabled": true, "is_catalog_visible": false}));
    if call.method == "GET" {
        return Reply::ok(&json!({"data": [kept]}));
    }
    for key in ["is_cart_enabled", "is_catalog_visible"] {
        if let Some(value) = params.get(key) {
            let yes = value.as_bool().unwrap_or_else(|| matches!(value.as_str(), Some("true" | "True" | "1")));
            kept[key] = yes.into();
        }
    }
    number.settings[kind] = kept;
    Reply::ok(&json!({"success": true}))
}
