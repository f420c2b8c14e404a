//! The make with records within records.

use super::Came;
use super::state::{Make, Record, Shop, State};
use super::write::{Refusal, Texts};
use crate::{calls::split, reply::Reply};
use serde_json::{Value, json};

const MAKE: Make = Make::Nested;
/// Most records of a page.
const PAGE: usize = 50;
/// Creations that are remembered by their header.
const ONCE: usize = 100_000;

/// Answers a call.
pub fn answer(state: &mut State, came: &Came, now: i64) -> Reply {
    let call = &came.call;
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    if (call.method.as_str(), segments.as_slice()) == ("POST", &["oauth", "token"][..]) {
        return token(state, came, now);
    }
    let login = came.header("authorization").and_then(|login| login.strip_prefix("Bearer ")).unwrap_or_default();
    if state.tokens.get(login).is_none_or(|end| *end <= now) {
        return refused(401);
    }
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["v2", "feed"]) => feed(state, came),
        ("GET", ["v2", "find"]) => find(state, came),
        ("GET", ["v2", "people", id]) => one(state, id, 200),
        ("POST", ["v2", "people"]) => create(state, came, now),
        ("PUT", ["v2", "people", id]) => update(state, id, came, now),
        _ => refused(404),
    }
}

/// A token for the client `own-client..` with the secret `own-secret..`.
fn token(state: &mut State, came: &Came, now: i64) -> Reply {
    let (_, form) = split(&format!("?{}", String::from_utf8_lossy(&came.body)));
    let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default().to_owned();
    let (id, secret) = (get("client_id"), get("client_secret"));
    let is_known = id.starts_with("own-client") && secret.starts_with("own-secret");
    if !is_known || state.config.invalid_tokens.contains(&secret) || get("grant_type") != "client_credentials" {
        let words = json!({ "error": "invalid_client", "error_description": "no such client" });
        return Reply::json(401, &words);
    }
    if get("scope") != "people" {
        return Reply::json(400, &json!({ "error": "invalid_scope", "error_description": "ask for people" }));
    }
    state.tokens.retain(|_, end| *end > now);
    let token = format!("own-token-{}-{now}", state.tokens.len());
    state.tokens.insert(token.clone(), now + state.config.token_life_ms);
    let life = state.config.token_life_ms / 1_000;
    Reply::ok(&json!({ "access_token": token, "token_type": "Bearer", "expires_in": life }))
}

/// The usual refusal of a status. Who asks too often is told in the body for how long to wait.
pub fn refused(status: u16) -> Reply {
    let words = match status {
        401 => "the token is not good",
        403 => "this client may not do this",
        404 => "nobody here",
        412 => "changed meanwhile",
        429 => "slow down",
        _ => "something went wrong",
    };
    let mut fault = json!({ "message": words, "details": [] });
    if status == 429 {
        fault["retry_in"] = 2.into();
    }
    Reply::json(status, &json!({ "fault": fault }))
}

fn refusal_of(refusal: &Refusal) -> Reply {
    let path = |field: &str| match field {
        "email" => "reach.emails[0]",
        "name" => "profile.display_name",
        "phone" => "reach.phones[0].number",
        other => {
            if other == "city" {
                "profile.city"
            } else {
                "profile.level"
            }
        }
    };
    let told = |status: u16, details: Vec<Value>| {
        Reply::json(status, &json!({ "fault": { "message": "this cannot be kept", "details": details } }))
    };
    match refusal {
        Refusal::Missing => refused(404),
        Refusal::Stale => refused(412),
        Refusal::Full => refused(507),
        Refusal::Invalid(wrong) => {
            told(400, wrong.iter().map(|(field, why)| json!({ "path": path(field), "why": why })).collect())
        }
        Refusal::Taken(field, _) => told(409, vec![json!({ "path": path(field), "why": "somebody else has it" })]),
    }
}

/// The record, without what is empty.
fn view(state: &State, record: &Record) -> Value {
    let mut view = json!({
        "id": MAKE.id(record.number),
        "modified": state.clock(MAKE, record.updated) / 1_000,
    });
    let has = |name: &str| Some(record.get(name)).filter(|text| !text.is_empty());
    for (name, inner) in [("name", "display_name"), ("city", "city"), ("level", "level")] {
        if let Some(text) = has(name) {
            view["profile"][inner] = text.into();
        }
    }
    if let Some(email) = has("email") {
        view["reach"]["emails"] = json!([email]);
    }
    if let Some(phone) = has("phone") {
        view["reach"]["phones"] = json!([{ "kind": "mobile", "number": phone }]);
    }
    if let Some(key) = has("key") {
        view["refs"]["rapport"] = key.into();
    }
    view
}

fn alive(state: &State) -> impl Iterator<Item = &Record> {
    let records = state.shops.get(&MAKE).into_iter().flat_map(|shop: &Shop| shop.records.values());
    records.filter(|record| !record.deleted)
}

fn one(state: &State, id: &str, status: u16) -> Reply {
    let number = MAKE.number(id);
    let record = alive(state).find(|record| Some(record.number) == number);
    match record {
        Some(record) => Reply::json(status, &json!({ "person": view(state, record) }))
            .with("etag", format!("\"{}-{}\"", record.number, record.version)),
        None => refused(404),
    }
}

/// All of a record as it is sent: what is not there is empty.
fn texts(body: &Value) -> Option<Texts> {
    let person = &body["person"];
    person.as_object()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Some(Texts::from([
        ("name", text(&person["profile"]["display_name"])),
        ("city", text(&person["profile"]["city"])),
        ("level", text(&person["profile"]["level"])),
        ("email", text(&person["reach"]["emails"][0])),
        ("phone", text(&person["reach"]["phones"][0]["number"])),
        ("key", text(&person["refs"]["rapport"])),
    ]))
}

fn create(state: &mut State, came: &Came, now: i64) -> Reply {
    let Some(texts) = texts(&came.call.body).filter(|_| came.call.body["kind"] == "customer") else {
        return refused(400);
    };
    let once = came.header("idempotency-key").map(str::to_owned);
    if let Some(number) = once.as_ref().and_then(|once| state.shop(MAKE).once.get(once)) {
        let id = MAKE.id(*number);
        return one(state, &id, 201);
    }
    match state.create(MAKE, texts, now) {
        Ok(number) => {
            let shop = state.shop(MAKE);
            if let Some(once) = once.filter(|_| shop.once.len() < ONCE) {
                shop.once.insert(once, number);
            }
            one(state, &MAKE.id(number), 201)
        }
        Err(refusal) => refusal_of(&refusal),
    }
}

fn update(state: &mut State, id: &str, came: &Came, now: i64) -> Reply {
    let (Some(number), Some(texts)) = (MAKE.number(id), texts(&came.call.body)) else { return refused(400) };
    let version = came.header("if-match").map(|tag| {
        let parts = tag.trim_matches('"').split_once('-');
        parts.and_then(|(_, version)| version.parse().ok()).unwrap_or_default()
    });
    match state.update(MAKE, number, texts, version, now) {
        Ok(()) => one(state, id, 200),
        Err(refusal) => refusal_of(&refusal),
    }
}

/// What changed since a moment, from a cursor on: deleted records are not in it.
fn feed(state: &mut State, came: &Came) -> Reply {
    let query = &came.call.query;
    let whole = |name: &str, otherwise: i64| query.get(name).map_or(Some(otherwise), |text| text.parse().ok());
    let (Some(since), Some(limit)) = (whole("since", 0), whole("limit", 50)) else { return refused(400) };
    let after = match query.get("cursor").map(|text| text.split_once('.')) {
        None => Some((i64::MIN, 0)),
        Some(parts) => parts.and_then(|(at, number)| Some((at.parse().ok()?, number.parse::<u64>().ok()?))),
    };
    let Some(after) = after else { return refused(400) };
    let place = |record: &Record| (state.clock(MAKE, record.updated) / 1_000, record.number);
    let mut found: Vec<&Record> =
        alive(state).filter(|record| place(record).0 >= since && place(record) > after).collect();
    found.sort_by_key(|record| place(record));
    let size = usize::try_from(limit).unwrap_or(1).clamp(1, PAGE);
    let next = found.get(size - 1).filter(|_| found.len() > size).map(|last| {
        let (at, number) = place(last);
        format!("{at}.{number}")
    });
    let rows: Vec<Value> =
        found.into_iter().take(size).map(|record| json!({ "person": view(state, record) })).collect();
    Reply::ok(&json!({ "result": { "items": rows, "next": next } }))
}

/// People by key, address or the digits of a number.
fn find(state: &mut State, came: &Came) -> Reply {
    let get = |name: &str| came.call.query.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let (by, value) = (get("by"), get("value"));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let fits = |record: &&Record| match by.as_str() {
        "key" => record.get("key") == value,
        "email" => record.get("email").trim().eq_ignore_ascii_case(&value),
        "phone" => digits(record.get("phone")) == value,
        _ => false,
    };
    let rows: Vec<Value> = if value.is_empty() {
        Vec::new()
    } else {
        alive(state).filter(fits).take(PAGE).map(|record| json!({ "person": view(state, record) })).collect()
    };
    Reply::ok(&json!({ "result": { "items": rows } }))
}
