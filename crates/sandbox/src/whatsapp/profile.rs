//! The business profile (whatsapp-cloud-api.md §12).

use super::{
    call::Call,
    error::{GraphError, Result},
};
use crate::{reply::Reply, world::World};
use serde_json::{Value, json};
use std::sync::Arc;

const VERTICALS: &str = "UNDEFINED OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH NONPROFIT PROF_SERVICES RETAIL TRAVEL RESTAURANT NOT_A_BIZ ALCOHOL ONLINE_GAMBLING PHYSICAL_GAMBLING OTC_DRUGS MATRIMONY_SERVICE";

/// `GET` and `POST /{P}/whatsapp_business_profile`.
pub fn handle(world: &Arc<World>, call: &Call, p: &str) -> Result<Reply> {
    let mut state = world.wa();
    call.number_token(&state, p)?;
    let unknown = || GraphError::unknown_object(&call.method, p);
    let number = state.numbers.get_mut(p).ok_or_else(unknown)?;
    if call.method == "GET" {
        let mut profile = call.pick(&json!(number.profile), &[]);
        profile["messaging_product"] = "whatsapp".into();
        return Ok(Reply::ok(&json!({"data": [profile]})));
    }
    let params = call.params()?;
    if params.get("messaging_product").and_then(Value::as_str) != Some("whatsapp") {
        return Err(GraphError::invalid("The parameter messaging_product is required."));
    }
    for (key, value) in params {
        let max = match key.as_str() {
            "about" => 139,
            "address" => 256,
            "description" => 512,
            "email" => 128,
            "vertical" | "websites" | "profile_picture_handle" => 4096,
            _ => continue,
        };
        let text = value.as_str().unwrap_or("");
        if text.chars().count() > max || (key == "about" && text.is_empty()) {
            return Err(GraphError::invalid(format!("Param {key} must be at most {max} characters long.")));
        }
        match key.as_str() {
            "vertical" if !VERTICALS.split(' ').any(|v| v == text) => {
                return Err(GraphError::invalid(format!(
                    "Param vertical must be one of {{{}}} - got \"{text}\".",
                    VERTICALS.replace(' ', ", ")
                )));
            }
            "websites" if value.as_array().is_none_or(|sites| sites.len() > 2) => {
                return Err(GraphError::invalid("Param websites must be an array of at most 2 URLs."));
            }
            "profile_picture_handle" => {
                let url = format!("{}/_profile/{p}.jpg", world.base_url);
                number.profile.insert("profile_picture_url".into(), url.into());
            }
            _ => drop(number.profile.insert(key, value)),
        }
    }
    Ok(Reply::ok(&json!({"success": true})))
}
