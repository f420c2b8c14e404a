//! One call to the Graph API, taken apart.

use super::{
    error::{GraphError, Result},
    state::{State, Via},
};
use axum::http::{header, request::Parts};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::{cell::OnceCell, collections::BTreeMap};

/// Method, path without version, parameters and body.
pub struct Call {
    /// Upper-case method.
    pub method: String,
    /// Path without version.
    pub path: String,
    /// The version that was asked for.
    pub version: Option<String>,
    /// Path segments without version.
    pub segments: Vec<String>,
    /// Query parameters.
    pub query: BTreeMap<String, String>,
    /// Content type of the body.
    pub content_type: String,
    /// Where an upload goes on.
    pub file_offset: Option<usize>,
    /// The body.
    pub body: Bytes,
    /// Host the client called.
    pub host: Option<String>,
    /// Whose client it is.
    pub via: Via,
    token: Option<String>,
}

impl Call {
    /// Takes a request apart.
    pub fn new(parts: &Parts, body: Bytes) -> Self {
        let header = |name: &str| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
        let mut segments: Vec<String> = parts.uri.path().split('/').filter(|s| !s.is_empty()).map(decode).collect();
        let version = segments.first().filter(|first| is_version(first)).cloned();
        if version.is_some() {
            segments.remove(0);
        }
        let query: BTreeMap<String, String> = pairs(parts.uri.query().unwrap_or(""));
        let authorization = header(header::AUTHORIZATION.as_str());
        let token = authorization
            .as_deref()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth"))
            .map(|(_, token)| token.trim().to_owned())
            .or_else(|| query.get("access_token").cloned());
        Self {
            method: parts.method.as_str().to_owned(),
            path: format!("/{}", segments.join("/")),
            version,
            segments,
            query,
            content_type: header(header::CONTENT_TYPE.as_str()).unwrap_or_default(),
            file_offset: header("file_offset").and_then(|v| v.parse().ok()),
            body,
            host: header(header::HOST.as_str()),
            via: Via::Meta,
            token,
        }
    }

    /// The same call as another provider's client makes it: to another path, with the token of its number.
    pub fn rewritten(mut self, segments: &[&str], token: &str, via: Via) -> Self {
        self.segments = segments.iter().map(|segment| (*segment).to_owned()).collect();
        self.path = format!("/{}", self.segments.join("/"));
        self.token = Some(token.to_owned());
        self.via = via;
        self
    }

    /// The body as JSON object; form bodies become objects of strings; query parameters fill what is missing.
    pub fn params(&self) -> Result<Map<String, Value>> {
        let mut map = if self.body.is_empty() {
            Map::new()
        } else if self.content_type.starts_with("application/x-www-form-urlencoded") {
            let text = String::from_utf8_lossy(&self.body);
            pairs(&text).into_iter().map(|(k, v)| (k, Value::String(v))).collect()
        } else {
            match serde_json::from_slice(&self.body) {
                Ok(Value::Object(map)) => map,
                _ => {
                    return Err(GraphError::invalid("Invalid JSON. Unexpected value in the request body").user(
                        0,
                        "Invalid JSON",
                        "The request body must be a JSON object",
                    ));
                }
            }
        };
        for (key, value) in &self.query {
            if key != "access_token" {
                map.entry(key.clone()).or_insert_with(|| Value::String(value.clone()));
            }
        }
        Ok(map)
    }

    /// `to` or `recipient` of the body, for faults; empty when there is none.
    pub fn recipient(&self) -> String {
        if self.method != "POST" || !self.content_type.contains("json") {
            return String::new();
        }
        let cell: OnceCell<Value> = OnceCell::new();
        let body = cell.get_or_init(|| serde_json::from_slice(&self.body).unwrap_or(Value::Null));
        match (&body["to"], &body["recipient"]) {
            (Value::String(to), _) | (_, Value::String(to)) => {
                if to.chars().any(|c| c.is_ascii_alphabetic()) {
                    to.clone()
                } else {
                    to.chars().filter(char::is_ascii_digit).collect()
                }
            }
            _ => String::new(),
        }
    }

    /// Kind of the message that the call sends, for faults; empty when it sends none.
    pub fn message_kind(&self) -> String {
        if !self.path.ends_with("/messages") {
            return String::new();
        }
        let body: Value = serde_json::from_slice(&self.body).unwrap_or(Value::Null);
        body["type"].as_str().unwrap_or("text").to_owned()
    }

    /// The token must be one that some number accepts.
    pub fn any_token(&self, state: &State) -> Result<()> {
        self.check(state, |_| true)
    }

    /// The token must be good for this number.
    pub fn number_token(&self, state: &State, phone_number_id: &str) -> Result<()> {
        self.any_token(state)?;
        let known = state.numbers.contains_key(phone_number_id);
        if known && self.check(state, |n| n == phone_number_id).is_ok() {
            return Ok(());
        }
        Err(GraphError::unknown_object(&self.method, phone_number_id))
    }

    /// The token must be good for a number of this account.
    pub fn account_token(&self, state: &State, waba: &str) -> Result<()> {
        self.any_token(state)?;
        let fits = |id: &str| state.numbers.get(id).is_some_and(|n| n.config.waba_id == waba);
        self.check(state, fits).map_err(|_| GraphError::unknown_object(&self.method, waba))
    }

    fn check(&self, state: &State, fits: impl Fn(&str) -> bool) -> Result<()> {
        let Some(token) = &self.token else {
            return Err(GraphError::token(
                "An active access token must be used to query information about the current user.",
            ));
        };
        let good = state.numbers.iter().any(|(id, number)| {
            fits(id)
                && (number.config.access_token == *token
                    || state
                        .apps
                        .get(&number.app_id)
                        .is_some_and(|app| *token == format!("{}|{}", number.app_id, app.secret)))
        });
        if good {
            Ok(())
        } else if token.len() < 8 {
            Err(GraphError::token("Malformed access token"))
        } else {
            Err(GraphError::token(
                "Error validating access token: Session has expired on Friday, 20-Nov-26 00:00:00 PST.",
            ))
        }
    }

    /// A page of `items` with Meta's paging object; `limit` defaults to 25.
    pub fn page(&self, base_url: &str, items: &[Value]) -> Result<Value> {
        let limit = self.query.get("limit").and_then(|v| v.parse().ok()).unwrap_or(25usize).clamp(1, 1_000);
        let cursor = |at: usize| URL_SAFE_NO_PAD.encode(format!("at:{at}"));
        let read = |text: &str| -> Option<usize> {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            std::str::from_utf8(&bytes).ok()?.strip_prefix("at:")?.parse().ok()
        };
        let start = match (self.query.get("after"), self.query.get("before")) {
            (Some(after), _) if !after.is_empty() => read(after).ok_or(GraphError::code(131_059))? + 1,
            (_, Some(before)) if !before.is_empty() => {
                read(before).ok_or(GraphError::code(131_059))?.saturating_sub(limit)
            }
            _ => 0,
        };
        let end = (start + limit).min(items.len());
        let slice = items.get(start..end).unwrap_or(&[]);
        let mut page = json!({ "data": slice });
        if let Some(last) = end.checked_sub(1).filter(|_| !slice.is_empty()) {
            page["paging"] = json!({"cursors": {"before": cursor(start), "after": cursor(last)}});
            if end < items.len() {
                page["paging"]["next"] = format!(
                    "{base_url}/{}{}?limit={limit}&after={}",
                    self.version.as_deref().unwrap_or("v26.0"),
                    self.path,
                    cursor(last)
                )
                .into();
            }
        } else {
            page["paging"] = json!({"cursors": {"before": "", "after": ""}});
        }
        Ok(page)
    }

    /// Keeps `id` and the fields asked for; `default` when none were.
    pub fn pick(&self, value: &Value, default: &[&str]) -> Value {
        let asked = self.query.get("fields").map(|fields| field_names(fields));
        let wanted = |name: &str| match &asked {
            Some(names) => names.iter().any(|n| n == name),
            None => default.is_empty() || default.contains(&name),
        };
        let picked: Map<String, Value> = value
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, value)| (*key == "id" || wanted(key)) && !value.is_null())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        Value::Object(picked)
    }
}

/// Names in a `fields` parameter; nested braces and arguments are left out.
fn field_names(fields: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = vec![String::new()];
    for c in fields.chars() {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth -= 1,
            ',' if depth == 0 => names.push(String::new()),
            c if depth == 0 => {
                if let Some(last) = names.last_mut() {
                    last.push(c);
                }
            }
            _ => {}
        }
    }
    names.iter().map(|name| name.split('.').next().unwrap_or("").trim().to_owned()).collect()
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(a, b)| a.parse::<u16>().is_ok() && b.parse::<u16>().is_ok())
}

/// Percent-decodes one path segment.
fn decode(segment: &str) -> String {
    // A segment without '=' comes back as a key.
    let escaped = segment.replace('+', "%2B").replace('=', "%3D").replace('&', "%26");
    pairs(&escaped).into_keys().next().unwrap_or_default()
}

/// Decodes `a=b&c=d`.
pub fn pairs(text: &str) -> BTreeMap<String, String> {
    let mut url = reqwest::Url::parse("http://localhost/").expect("a constant address");
    url.set_query(Some(text));
    url.query_pairs().into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields_paths_and_versions() {
        assert_eq!(field_names("id,name{a,b}, health_status.x(1,2)"), ["id", "name", "health_status"]);
        assert!(is_version("v23.0") && !is_version("video") && !is_version("v1"));
        assert_eq!(decode("a%20b+c=d"), "a b+c=d");
    }
}
