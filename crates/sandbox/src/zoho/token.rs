//! The accounts server: access tokens for a refresh token.

use super::state::State;
use crate::reply::Reply;
use serde_json::json;
use std::collections::BTreeMap;

/// Access tokens of one refresh token that are good at the same time.
const ACTIVE: usize = 15;
/// The span in which grants are counted.
const SPAN: i64 = 600_000;

/// Answers `POST /oauth/v2/token`. Most refusals come with 200.
pub fn answer(state: &mut State, form: &BTreeMap<String, String>, base: &str, now: i64) -> Reply {
    let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let refused = |code: &str| Reply::ok(&json!({ "error": code }));
    if !get("client_id").starts_with("1000.") {
        return refused("invalid_client");
    }
    if !get("client_secret").starts_with("zoho-") {
        return refused("invalid_client_secret");
    }
    let refresh = match (get("grant_type"), get("refresh_token"), get("code")) {
        ("refresh_token", refresh, _) => refresh.to_owned(),
        // A grant code is used once; what it is exchanged for lasts.
        ("authorization_code", _, code) => code.replacen("code-", "1000.", 1),
        _ => return refused("unsupported_grant_type"),
    };
    if !refresh.starts_with("1000.") || state.config.invalid_tokens.contains(&refresh) {
        return refused("invalid_code");
    }
    state.grants.retain(|(_, at)| now - at < SPAN && *at <= now);
    if state.grants.iter().filter(|(token, _)| *token == refresh).count() >= state.config.tokens_per_10min {
        let told = "You have made too many requests continuously. Please try again after some time.";
        let body = json!({ "error_description": told, "error": "Access Denied", "status": "failure" });
        return Reply::json(400, &body);
    }
    state.grants.push_back((refresh.clone(), now));
    state.tokens.retain(|(_, _, end)| *end > now);
    while state.tokens.iter().filter(|(_, of, _)| *of == refresh).count() >= ACTIVE {
        if let Some(oldest) = state.tokens.iter().position(|(_, of, _)| *of == refresh) {
            state.tokens.remove(oldest);
        }
    }
    let token = format!("1000.{:032x}.{:032x}", state.id(), now);
    state.tokens.push_back((token.clone(), refresh.clone(), now + state.config.token_life_ms));
    let mut body = json!({
        "access_token": token,
        "scope": "ZohoCRM.modules.ALL ZohoCRM.settings.ALL ZohoCRM.coql.READ ZohoSearch.securesearch.READ",
        "api_domain": base,
        "token_type": "Bearer",
        "expires_in": state.config.token_life_ms / 1_000,
    });
    if get("grant_type") == "authorization_code" {
        body["refresh_token"] = refresh.into();
    }
    Reply::ok(&body)
}

/// Whether a call is authorised.
pub fn knows(state: &State, login: Option<&str>, now: i64) -> Result<(), &'static str> {
    let Some(login) = login else { return Err("AUTHENTICATION_FAILURE") };
    let token = login.strip_prefix("Zoho-oauthtoken ").unwrap_or_default();
    let is_good = state.tokens.iter().any(|(known, _, end)| known == token && *end > now);
    if is_good { Ok(()) } else { Err("INVALID_TOKEN") }
}
