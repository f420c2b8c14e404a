//! The token endpoint (RFC 6749), which needs no session.

use super::state::{ORG, State, USER};
use crate::{calls::split, reply::Reply};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Gives out a token, or says why not. `login` is how the client says who it is, where it does not say so in the form;
/// `base` is this org's address.
pub fn token(state: &mut State, body: &[u8], login: Option<&str>, base: &str, now: i64) -> Reply {
    let (_, mut form) = split(&format!("?{}", String::from_utf8_lossy(body)));
    if let Some((id, secret)) = login.and_then(basic) {
        form.insert("client_id".into(), id);
        form.insert("client_secret".into(), secret);
    }
    match judged(state, &form) {
        Err((status, error, words)) => Reply::json(status, &json!({ "error": error, "error_description": words })),
        Ok(rotated) => Reply::ok(&granted(state, rotated, base, now)),
    }
}

/// Name and password of a `Basic` header.
fn basic(login: &str) -> Option<(String, String)> {
    let pair = String::from_utf8(STANDARD.decode(login.strip_prefix("Basic ")?).ok()?).ok()?;
    pair.split_once(':').map(|(name, password)| (name.to_owned(), password.to_owned()))
}

type Refused = (u16, &'static str, &'static str);

/// Clients are called `sf-client..` with secrets `sf-secret..`, refresh tokens `sf-refresh..`. Answers with the refresh
/// token that counts from now on, where it changes.
fn judged(state: &mut State, form: &BTreeMap<String, String>) -> Result<Option<String>, Refused> {
    let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if !get("client_id").starts_with("sf-client") {
        return Err((400, "invalid_client_id", "client identifier invalid"));
    }
    if !get("client_secret").starts_with("sf-secret") {
        return Err((400, "invalid_client", "invalid client credentials"));
    }
    match get("grant_type") {
        "client_credentials" if state.config.client_credentials => Ok(None),
        "client_credentials" => Err((400, "invalid_grant", "no client credentials user enabled")),
        "refresh_token" => {
            let token = get("refresh_token");
            let is_gone = state.spent.contains(token) || state.config.revoked_tokens.iter().any(|gone| gone == token);
            if !token.starts_with("sf-refresh") || is_gone {
                return Err((400, "invalid_grant", "expired access/refresh token"));
            }
            if !state.config.rotate_refresh_tokens {
                return Ok(None);
            }
            state.spent.insert(token.to_owned());
            Ok(Some(format!("sf-refresh-{}", state.grants + 1)))
        }
        _ => Err((400, "unsupported_grant_type", "grant type not supported")),
    }
}

fn granted(state: &mut State, rotated: Option<String>, base: &str, now: i64) -> Value {
    state.grants += 1;
    let token = format!("{}!sandbox.{:06}", &ORG[..15], state.grants);
    state.sessions.retain(|_, until| *until > now);
    state.sessions.insert(token.clone(), now + state.config.session_ms);
    let mut answer = json!({
        "access_token": token,
        "instance_url": base,
        "id": format!("{base}/id/{ORG}/{USER}"),
        "token_type": "Bearer",
        "issued_at": now.to_string(),
        "signature": "c2FuZGJveA==",
        "scope": "api refresh_token",
    });
    if let Some(rotated) = rotated {
        answer["refresh_token"] = rotated.into();
    }
    answer
}
