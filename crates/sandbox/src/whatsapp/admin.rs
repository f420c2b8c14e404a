//! Tokens and the caller itself (whatsapp-cloud-api.md §1).

use super::{
    call::Call,
    error::{GraphError, Result},
};
use crate::{reply::Reply, world::World};
use serde_json::json;
use std::sync::Arc;

/// `GET /debug_token?input_token=`.
pub fn debug_token(world: &Arc<World>, call: &Call) -> Result<Reply> {
    let state = world.wa();
    call.any_token(&state)?;
    let token =
        call.query.get("input_token").ok_or_else(|| GraphError::invalid("The parameter input_token is required."))?;
    let numbers: Vec<_> = state.numbers.values().filter(|n| n.config.access_token == *token).collect();
    let Some(first) = numbers.first() else {
        return Ok(Reply::ok(&json!({"data": {
            "is_valid": false,
            "scopes": [],
            "error": {"code": 190, "message": "Error validating access token: Session has expired", "subcode": 463},
        }})));
    };
    let mut wabas: Vec<&str> = numbers.iter().map(|n| n.config.waba_id.as_str()).collect();
    wabas.dedup();
    Ok(Reply::ok(&json!({"data": {
        "app_id": first.app_id,
        "type": "SYSTEM_USER",
        "application": "Sandbox app",
        "is_valid": true,
        "expires_at": 0,
        "data_access_expires_at": 0,
        "issued_at": world.clock.now() / 1000 - 86_400,
        "scopes": ["whatsapp_business_management", "whatsapp_business_messaging", "business_management"],
        "granular_scopes": [
            {"scope": "whatsapp_business_management", "target_ids": wabas},
            {"scope": "whatsapp_business_messaging", "target_ids": wabas},
        ],
        "user_id": "122100000000000000",
    }})))
}

/// `GET /oauth/access_token`: an app token for an app's id and secret.
pub fn access_token(world: &Arc<World>, call: &Call) -> Result<Reply> {
    let state = world.wa();
    let field = |key: &str| call.query.get(key).map_or("", String::as_str);
    let (id, secret) = (field("client_id"), field("client_secret"));
    let app = state.apps.get(id).filter(|app| app.secret == secret).ok_or_else(|| {
        let mut error = GraphError::token("Error validating client secret.");
        error.code = 1;
        error.http = 400;
        error
    })?;
    Ok(Reply::ok(&json!({"access_token": format!("{id}|{}", app.secret), "token_type": "bearer"})))
}

/// `GET /me`.
pub fn me(world: &Arc<World>, call: &Call) -> Result<Reply> {
    call.any_token(&world.wa())?;
    Ok(Reply::ok(&json!({"id": "122100000000000000", "name": "Sandbox system user"})))
}
