//! The Twilio stand-in under `/twilio` (whatsapp-cloud-api.md §16): the same numbers, customers, windows and limits
//! as the Graph API, in Twilio's words. The hosts api, content and messaging share one address, as their paths differ.

mod compose;
pub mod content;
mod error;
pub mod hook;
mod links;
mod message;
mod senders;
pub mod state;

use crate::{
    fault::{Target, Traffic},
    reply::{Reply, cut},
    whatsapp::{
        call::pairs,
        trouble::{self, Ending, Verdict},
    },
    world::World,
};
use axum::{
    extract::{Request, State as Extract},
    http::{header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use error::{Result, TwilioError};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// One call, taken apart.
pub struct Call {
    /// Upper-case method.
    pub method: String,
    /// Path without `/twilio`.
    pub path: String,
    /// Its segments.
    pub segments: Vec<String>,
    /// Query parameters.
    pub query: BTreeMap<String, String>,
    /// Fields of a form body; of repeated ones all values.
    pub form: BTreeMap<String, Vec<String>>,
    /// A JSON body; null when there is none.
    pub json: Value,
    /// What is behind the addresses of files that do not tell it.
    pub looked: links::Looked,
    user: String,
    password: String,
}

impl Call {
    fn new(parts: &Parts, body: &Bytes) -> Self {
        let path = parts.uri.path().strip_prefix("/twilio").unwrap_or("").to_owned();
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        let mut form: BTreeMap<String, Vec<String>> = BTreeMap::new();
        if kind.starts_with("application/x-www-form-urlencoded") {
            let mut url = reqwest::Url::parse("http://localhost/").expect("a constant address");
            url.set_query(Some(&String::from_utf8_lossy(body)));
            for (name, value) in url.query_pairs() {
                form.entry(name.into_owned()).or_default().push(value.into_owned());
            }
        }
        let json = if kind.starts_with("application/json") { serde_json::from_slice(body).ok() } else { None };
        let login = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or("");
        let login = login.strip_prefix("Basic ").and_then(|text| STANDARD.decode(text.trim()).ok()).unwrap_or_default();
        let login = String::from_utf8(login).unwrap_or_default();
        let (user, password) = login.split_once(':').unwrap_or(("", ""));
        Self {
            method: parts.method.as_str().to_owned(),
            segments: path.split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect(),
            path,
            query: pairs(parts.uri.query().unwrap_or("")),
            form,
            json: json.unwrap_or(Value::Null),
            looked: links::Looked::new(),
            user: user.to_owned(),
            password: password.to_owned(),
        }
    }

    /// A form field, unless it is empty.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.get(name)?.first().map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    /// Page number and size, and the items on that page.
    pub fn page<'a>(&self, items: &'a [Value]) -> (usize, usize, &'a [Value]) {
        let number = |key: &str, usual: usize| self.query.get(key).and_then(|v| v.parse().ok()).unwrap_or(usual);
        let (page, size) = (number("Page", 0), number("PageSize", 50).clamp(1, 1_000));
        let start = (page * size).min(items.len());
        (page, size, &items[start..(start + size).min(items.len())])
    }

    /// `meta` of a list of the newer APIs.
    pub fn meta(&self, base: &str, key: &str, page: usize, size: usize, total: usize) -> Value {
        let at = |page: usize| format!("{base}/twilio{}?PageSize={size}&Page={page}", self.path);
        serde_json::json!({
            "page": page,
            "page_size": size,
            "first_page_url": at(0),
            "previous_page_url": page.checked_sub(1).map(at),
            "url": at(page),
            "next_page_url": ((page + 1) * size < total).then(|| at(page + 1)),
            "key": key,
        })
    }
}

/// Answers every call under `/twilio`.
pub async fn handle(Extract(world): Extract<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, 10 << 20).await else {
        return Reply::empty(413).into_response();
    };
    let mut call = Call::new(&parts, &body);
    let to: String = call.field("To").unwrap_or("").chars().filter(char::is_ascii_digit).collect();
    let sends = call.method == "POST" && call.path.ends_with("/Messages.json");
    let kind = match (sends, call.field("ContentSid")) {
        (false, _) => "",
        (true, Some(_)) => "template",
        (true, None) => "text",
    };
    let traffic = Traffic { target: Target::Whatsapp, path: parts.uri.path(), method: &call.method, to: &to, kind };
    let (forced, ending) = match trouble::judge(&world, &traffic).await {
        Verdict::Cut => return cut(),
        Verdict::Go { forced, ending } => (forced, ending),
        Verdict::Refuse { code, status, retry_after, .. } => {
            let reply = TwilioError::refused(code, status).reply();
            return match retry_after {
                Some(text) => reply.with("retry-after", text),
                None => reply,
            }
            .into_response();
        }
    };
    if sends {
        call.looked = links::look(&world, &call).await;
    }
    let reply = dispatch(&world, &call, forced).unwrap_or_else(|error| error.reply());
    if ending.closes().await {
        return cut();
    }
    if let Ending::Status(status) = ending {
        return TwilioError::refused(trouble::code_of(status), Some(status)).reply().into_response();
    }
    reply.with("twilio-request-id", state::sid("RQ", &world.wa().token(20))).into_response()
}

fn dispatch(world: &Arc<World>, call: &Call, forced: Option<i64>) -> Result<Reply> {
    let account = {
        let state = world.wa();
        let config = &state.twilio.config;
        if call.user != config.account_sid || call.password != config.auth_token {
            return Err(TwilioError::unauthorized());
        }
        config.account_sid.clone()
    };
    let unknown = || TwilioError::not_found(&call.path);
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["2010-04-01", "Accounts", file]) if *file == format!("{account}.json") => message::account(&account),
        (_, ["2010-04-01", "Accounts", of, rest @ ..]) if *of == account => match (call.method.as_str(), rest) {
            ("POST", ["Messages.json"]) => message::create(world, call, forced),
            ("GET", ["Messages.json"]) => message::list(world, call),
            ("GET", ["Messages", sid, "Media.json"]) => message::files(world, call, sid),
            (_, ["Messages", sid, "Media", file]) => message::file(world, call, sid, file),
            (_, ["Messages", file]) => message::one(world, call, file.strip_suffix(".json").unwrap_or(file)),
            _ => Err(unknown()),
        },
        (_, ["v1" | "v2", "Content", rest @ ..]) => content::handle(world, call, rest),
        ("GET", ["v1" | "v2", "ContentAndApprovals"]) => content::with_approvals(world, call),
        ("POST", ["v2", "Indicators", "Typing.json"]) => message::typing(world, call),
        (_, ["v2", "Channels", "Senders", rest @ ..]) => senders::handle(world, call, rest.first().copied()),
        _ => Err(unknown()),
    }
}

/// `Thu, 24 Aug 2023 05:01:45 +0000`, as the older API writes moments.
fn rfc2822(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map_or_else(|_| String::new(), |t| t.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string())
}

/// `2015-07-30T19:00:00Z`, as the newer APIs write moments.
fn iso(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map_or_else(|_| String::new(), |t| t.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
