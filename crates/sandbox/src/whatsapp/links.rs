//! Short links and QR codes (whatsapp-cloud-api.md §12).

use super::{
    call::Call,
    error::{GraphError, Result},
};
use crate::{reply::Reply, world::World};
use serde_json::{Value, json};
use std::sync::Arc;

/// `/{P}/message_qrdls` and `/{P}/message_qrdls/{code}`.
pub fn handle(world: &Arc<World>, call: &Call, p: &str, code: Option<&str>) -> Result<Reply> {
    let mut state = world.wa();
    call.number_token(&state, p)?;
    let unknown = || GraphError::unknown_object(&call.method, code.unwrap_or(p));
    let fresh = state.token(14).to_uppercase();
    let number = state.numbers.get_mut(p).ok_or_else(unknown)?;
    match (call.method.as_str(), code) {
        ("GET", None) => {
            let items: Vec<Value> = number.links.values().cloned().collect();
            Ok(Reply::ok(&call.page(&world.base_url, &items)?))
        }
        ("GET", Some(code)) => {
            let link = number.links.get(code).ok_or_else(unknown)?;
            Ok(Reply::ok(&json!({"data": [link]})))
        }
        ("DELETE", Some(code)) => {
            number.links.remove(code).ok_or_else(unknown)?;
            Ok(Reply::ok(&json!({"success": true})))
        }
        ("POST", _) => {
            let params = call.params()?;
            let text = params.get("prefilled_message").and_then(Value::as_str).unwrap_or("");
            if !(1..=140).contains(&text.chars().count()) {
                return Err(GraphError::invalid("Param prefilled_message must be 1 to 140 characters long."));
            }
            let code = match params.get("code").and_then(Value::as_str) {
                Some(code) if number.links.contains_key(code) => code.to_owned(),
                Some(_) => return Err(unknown()),
                None if number.links.len() >= 2_000 => {
                    return Err(GraphError::invalid("The number has too many links."));
                }
                None => fresh,
            };
            let mut link = json!({
                "code": code,
                "prefilled_message": text,
                "deep_link_url": format!("https://wa.me/message/{code}"),
            });
            if let Some(format) = params.get("generate_qr_image").and_then(Value::as_str) {
                let format = format.to_lowercase();
                link["qr_image_url"] = format!("{}/_qr/{code}.{format}", world.base_url).into();
            }
            number.links.insert(code, link.clone());
            Ok(Reply::ok(&link))
        }
        _ => Err(unknown()),
    }
}
