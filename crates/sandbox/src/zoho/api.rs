//! The endpoints.

use super::error::{Result, ZohoError};
use super::state::{Contact, PHONES, State, person};
use super::{Call, coql, fields, list, things, watch, write};
use crate::reply::Reply;
use serde_json::{Map, Value, json};

/// Most rows of one write.
const BATCH: usize = 100;

/// Answers a call that is let in.
pub fn dispatch(state: &mut State, call: &Call, now: i64) -> Result<Reply> {
    if let Some(answer) = things::dispatch(state, call, now) {
        return answer;
    }
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["org"]) => Ok(org(state)),
        ("GET", ["users"]) => Ok(users(state, now)),
        ("GET", ["settings", "modules"]) => Ok(Reply::ok(&json!({ "modules": [module()] }))),
        ("GET", ["settings", "fields"]) => {
            module_of(call, "Contacts")?;
            let all: Vec<Value> = state.fields.iter().enumerate().map(|(at, field)| fields::view(at, field)).collect();
            Ok(Reply::ok(&json!({ "fields": all })))
        }
        ("POST", ["settings", "fields"]) => {
            module_of(call, "Contacts")?;
            let rows = fields::create(&mut state.fields, &call.body)?;
            Ok(Reply::json(201, &json!({ "fields": rows })))
        }
        ("POST", ["coql"]) => query(state, call),
        (method, ["actions", "watch"]) => watch::answer(state, method, &call.body, now),
        ("GET", ["Contacts"]) => list::contacts(state, call, now),
        ("GET", ["Contacts", "deleted"]) => list::deleted(state, call),
        ("GET", ["Contacts", "search"]) => search(state, call, now),
        ("POST", ["Contacts"]) => rows(state, call, now, |state, row, now| {
            let id = write::insert(state, row, now)?;
            Ok(success(state, id, true, None))
        }),
        ("PUT", ["Contacts"]) => rows(state, call, now, |state, row, now| {
            let id = id_of(row.get("id").and_then(Value::as_str).unwrap_or_default());
            write::update(state, id, row, now)?;
            Ok(success(state, id, false, None))
        }),
        ("POST", ["Contacts", "upsert"]) => upsert(state, call, now),
        ("PUT", ["Contacts", id]) => {
            let id = known(state, id)?;
            rows(state, call, now, move |state, row, now| {
                write::update(state, id, row, now)?;
                Ok(success(state, id, false, None))
            })
        }
        ("GET", ["Contacts", id]) => {
            let id: u64 = id.parse().map_err(|_| ZohoError::no_record())?;
            let found = state.contacts.get(&id).map(|contact| state.view(contact, None));
            Ok(found.map_or_else(|| Reply::empty(204), |contact| Reply::ok(&json!({ "data": [contact] }))))
        }
        ("DELETE", ["Contacts", id]) => {
            let id = known(state, id)?;
            write::delete(state, id, now)?;
            let row = json!({ "code": "SUCCESS", "details": { "id": id.to_string() }, "message": "record deleted",
                              "status": "success" });
            Ok(Reply::ok(&json!({ "data": [row] })))
        }
        ("POST", ["Contacts", winner, "actions", "merge"]) => {
            let winner = known(state, winner)?;
            let loser = id_of(call.body["merge"][0]["data"][0]["id"].as_str().unwrap_or_default());
            write::merge(state, loser, winner, now)?;
            let row = json!({ "code": "SUCCESS", "details": { "id": winner.to_string() }, "message": "record merged",
                              "status": "success" });
            Ok(Reply::ok(&json!({ "merge": [row] })))
        }
        _ => Err(ZohoError::no_path()),
    }
}

fn id_of(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}

fn known(state: &State, id: &str) -> Result<u64> {
    id.parse().ok().filter(|id| state.contacts.contains_key(id)).ok_or_else(ZohoError::no_record)
}

/// The module that a call names must be this one.
pub(super) fn module_of(call: &Call, wanted: &str) -> Result<()> {
    if call.query.get("module").is_some_and(|module| module == wanted) {
        return Ok(());
    }
    Err(ZohoError::new(400, "INVALID_MODULE", "the module name given seems to be invalid", json!({})))
}

fn module() -> Value {
    json!({
        "id": "5725767000000002179", "api_name": "Contacts", "module_name": "Contacts", "singular_label": "Contact",
        "plural_label": "Contacts", "api_supported": true, "generated_type": "default", "creatable": true,
        "editable": true, "deletable": true, "viewable": true, "visible": true, "modified_time": null,
    })
}

fn org(state: &State) -> Reply {
    let id = state.config.org_id;
    Reply::ok(&json!({ "org": [{
        "id": format!("{}", 5_725_767_000_000_009_001_u64), "zgid": id.to_string(), "company_name": "Sandbox Shop",
        "domain_name": format!("org{id}"), "time_zone": "Asia/Kolkata", "country_code": "IN", "currency": "INR",
        "type": "production",
    }] }))
}

fn users(state: &State, now: i64) -> Reply {
    Reply::ok(&json!({
        "users": [{ "id": "5725767000000411001", "full_name": "Kim Agent", "first_name": "Kim", "last_name": "Agent",
                    "email": "kim@shop.example", "status": "active", "confirm": true,
                    "created_time": state.iso(now - 86_400_000) }],
        "info": { "per_page": 200, "count": 1, "page": 1, "more_records": false },
    }))
}

fn query(state: &State, call: &Call) -> Result<Reply> {
    let details = json!({ "api_name": "select_query" });
    let text = call.body["select_query"].as_str();
    let text = text.ok_or_else(|| ZohoError::new(400, "MANDATORY_NOT_FOUND", "required field not found", details))?;
    let query = coql::parse(text)?;
    let (rows, more) = match things::query(state, &query) {
        Some(answer) => answer?,
        None => {
            query.known(&|name| state.field(name).is_some())?;
            let value = |contact: &Contact, name: &str| state.value(contact, name);
            query.run(state.contacts.values(), &value, &|contact, names| state.view(contact, Some(names)))
        }
    };
    if rows.is_empty() {
        return Ok(Reply::empty(204));
    }
    Ok(Reply::ok(&json!({ "info": { "count": rows.len(), "more_records": more }, "data": rows })))
}

/// By one of `phone`, `email` and `word`, in what the index knows.
fn search(state: &State, call: &Call, now: i64) -> Result<Reply> {
    let get = |name: &str| call.query.get(name).filter(|text| !text.trim().is_empty());
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let value = |fields: &Map<String, Value>, name: &str| {
        fields.get(name).and_then(Value::as_str).unwrap_or_default().to_lowercase()
    };
    let holds = |fields: &Map<String, Value>| match (get("phone"), get("email"), get("word")) {
        (Some(phone), ..) => {
            let asked = digits(phone);
            asked.len() >= 5 && PHONES.iter().any(|name| digits(&value(fields, name)) == asked)
        }
        (_, Some(email), _) => {
            ["Email", "Secondary_Email"].iter().any(|name| value(fields, name) == email.trim().to_lowercase())
        }
        (.., Some(word)) => {
            fields.values().filter_map(Value::as_str).any(|text| text.to_lowercase().contains(&word.to_lowercase()))
        }
        _ => false,
    };
    if ["phone", "email", "word"].iter().all(|name| get(name).is_none()) {
        let details = json!({ "param_names": ["criteria", "email", "phone", "word"] });
        return Err(ZohoError::new(400, "EXPECTED_PARAM_MISSING", "one of the expected parameter is missing", details));
    }
    let found: Vec<&Contact> =
        state.contacts.values().filter(|contact| contact.indexed(now).is_some_and(&holds)).take(2_000).collect();
    list::page(state, call, &found)
}

/// A row that was written.
pub struct Done {
    /// The record.
    pub id: u64,
    /// It is new.
    pub made: bool,
    /// The field that found the one that is not.
    pub found_by: Option<String>,
    /// When it was made and changed, UTC milliseconds.
    pub times: (i64, i64),
}

/// Writes each row for itself; `one` answers whether it is new, and with its row. All good: 200 or 201; some: 207; none:
/// 202, or 400 when there was only one.
pub(super) fn rows(
    state: &mut State,
    call: &Call,
    now: i64,
    mut one: impl FnMut(&mut State, &Map<String, Value>, i64) -> Result<(bool, Value)>,
) -> Result<Reply> {
    let given = call.body["data"].as_array().filter(|rows| !rows.is_empty());
    let details = json!({ "api_name": "data", "json_path": "$.data" });
    let given = given.ok_or_else(|| ZohoError::new(400, "MANDATORY_NOT_FOUND", "required field not found", details))?;
    if given.len() > BATCH {
        return Err(ZohoError::new(400, "INVALID_DATA", "invalid data", json!({ "maximum_length": BATCH })));
    }
    let (mut good, mut made, mut answers) = (0, 0, Vec::new());
    let empty = Map::new();
    for row in given {
        match one(state, row.as_object().unwrap_or(&empty), now) {
            Ok((is_new, row)) => {
                good += 1;
                made += usize::from(is_new);
                answers.push(row);
            }
            Err(error) => answers.push(error.body),
        }
    }
    let status = match (good, given.len()) {
        (0, 1) => 400,
        (0, _) => 202,
        (good, all) if good < all => 207,
        _ if made == given.len() => 201,
        _ => 200,
    };
    Ok(Reply::json(status, &json!({ "data": answers })))
}

fn success(state: &State, id: u64, made: bool, found_by: Option<String>) -> (bool, Value) {
    let times = state.contacts.get(&id).map_or((0, 0), |contact| (contact.created, contact.modified));
    done_row(state, &Done { id, made, found_by, times })
}

/// Whether it is new, and the row that says what became of it.
pub(super) fn done_row(state: &State, done: &Done) -> (bool, Value) {
    let (created, modified) = done.times;
    let details = json!({
        "id": done.id.to_string(), "Modified_Time": state.iso(modified), "Created_Time": state.iso(created),
        "Created_By": person(), "Modified_By": person(), "$approval_state": "approved",
    });
    let (action, message) = if done.made { ("insert", "record added") } else { ("update", "record updated") };
    let row = json!({ "code": "SUCCESS", "duplicate_field": done.found_by, "action": action, "details": details,
                      "message": message, "status": "success" });
    (done.made, row)
}

fn upsert(state: &mut State, call: &Call, now: i64) -> Result<Reply> {
    let check: Vec<String> = match call.body.get("duplicate_check_fields").and_then(Value::as_array) {
        Some(names) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        None => vec!["Email".to_owned()],
    };
    if check.iter().any(|name| state.field(name).is_none()) {
        let details = json!({ "api_name": "duplicate_check_fields", "json_path": "$.duplicate_check_fields[0]" });
        return Err(ZohoError::new(400, "INVALID_DATA", "invalid data", details));
    }
    rows(state, call, now, |state, row, now| {
        let by_id = row.get("id").and_then(Value::as_str).map(|id| (id_of(id), "id".to_owned()));
        match by_id.or_else(|| write::find(state, row, &check)) {
            Some((id, name)) => {
                write::update(state, id, row, now)?;
                Ok(success(state, id, false, Some(name)))
            }
            None => {
                let id = write::insert(state, row, now)?;
                Ok(success(state, id, true, None))
            }
        }
    })
}
