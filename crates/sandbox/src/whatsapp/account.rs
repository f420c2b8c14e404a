//! Accounts and webhook subscriptions (whatsapp-cloud-api.md §2, §12).

use super::{
    call::Call,
    error::{GraphError, Result},
    limits, number,
};
use crate::{reply::Reply, world::World};
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET` and `POST /{W}`.
pub fn object(world: &Arc<World>, call: &Call, id: &str) -> Result<Reply> {
    let state = world.wa();
    call.account_token(&state, id)?;
    let waba = state.wabas.get(id).ok_or_else(|| GraphError::unknown_object(&call.method, id))?;
    if call.method == "POST" {
        return Ok(Reply::ok(&json!({"success": true, "id": id})));
    }
    let view = json!({
        "id": id,
        "name": waba.name,
        "currency": "USD",
        "timezone_id": "1",
        "country": "US",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "ownership_type": "SELF",
        "status": if waba.restriction == Some(super::state::Restriction::Locked) { "DISABLED" } else { "ACTIVE" },
        "message_template_namespace": format!("ns_{id}"),
        "marketing_messages_onboarding_status": "ELIGIBLE",
        "marketing_messages_lite_api_status": "ELIGIBLE",
        "primary_business_location": "US",
        "is_enabled_for_insights": true,
        "is_shared_with_partners": false,
        "on_behalf_of_business_info": null,
        "owner_business_info": {"id": waba.business_id, "name": waba.name},
        "whatsapp_business_manager_messaging_limit": limits::tier_name(limits::tier_of(&state, &waba.business_id)),
        "health_status": {
            "can_send_message": "AVAILABLE",
            "entities": [{"entity_type": "WABA", "id": id, "can_send_message": "AVAILABLE"}],
        },
    });
    Ok(Reply::ok(&call.pick(&view, &["name", "currency", "timezone_id", "message_template_namespace"])))
}

/// `/{W}/subscribed_apps`.
pub async fn subscribed_apps(world: &Arc<World>, call: &Call, id: &str) -> Result<Reply> {
    call.account_token(&world.wa(), id)?;
    let params = call.params()?;
    let url = params.get("override_callback_uri").and_then(Value::as_str).unwrap_or("").to_owned();
    if call.method == "POST" && !url.is_empty() {
        let token = params.get("verify_token").and_then(Value::as_str).unwrap_or("");
        number::verified(world, &url, token).await?;
    }
    let mut state = world.wa();
    let app = state
        .numbers
        .values()
        .find(|number| number.config.waba_id == id)
        .map(|number| number.app_id.clone())
        .unwrap_or_default();
    let waba = state.wabas.get_mut(id).ok_or_else(|| GraphError::unknown_object(&call.method, id))?;
    match call.method.as_str() {
        "GET" => {
            let mut data = Vec::new();
            if waba.subscribed {
                let link = format!("https://www.facebook.com/games/?app_id={app}");
                let mut entry = json!({"whatsapp_business_api_data": {"id": app, "name": "Sandbox app", "link": link}});
                if let Some(url) = &waba.override_url {
                    entry["override_callback_uri"] = url.as_str().into();
                }
                data.push(entry);
            }
            return Ok(Reply::ok(&json!({ "data": data })));
        }
        "POST" => {
            waba.subscribed = true;
            // An empty POST removes the override.
            waba.override_url = (!url.is_empty()).then_some(url);
        }
        "DELETE" => {
            waba.subscribed = false;
            waba.override_url = None;
        }
        _ => return Err(GraphError::unknown_object(&call.method, id)),
    }
    Ok(Reply::ok(&json!({"success": true})))
}

/// `POST /{app-id}/subscriptions`: the app-level callback.
pub async fn subscriptions(world: &Arc<World>, call: &Call, app_id: &str) -> Result<Reply> {
    call.any_token(&world.wa())?;
    let params = call.params()?;
    let field = |key: &str| params.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    let (url, token) = (field("callback_url"), field("verify_token"));
    if field("object") != "whatsapp_business_account" || url.is_empty() {
        return Err(GraphError::invalid("The parameters object and callback_url are required."));
    }
    number::verified(world, &url, &token).await?;
    let mut state = world.wa();
    let app = state.apps.get_mut(app_id).ok_or_else(|| GraphError::unknown_object("POST", app_id))?;
    app.callback_url = Some(url);
    app.verify_token = token;
    Ok(Reply::ok(&json!({"success": true})))
}
