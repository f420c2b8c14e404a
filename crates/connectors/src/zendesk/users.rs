//! Users: read, found and written. A contact is an end user who is active; agents are never touched.

use super::api::{Api, read};
use crate::crm::answer::{joined, list, moment, odd, text};
use crate::crm::name::{UNNAMED, is_stand_in, stand_in};
use crate::crm::{CrmError, Properties, RemoteRecord, UpsertRow};
use crate::http::{Method, Request, Response, percent};
use serde_json::{Map, Value, json};

/// Begins the name of a field of the account's own.
pub const CUSTOM: &str = "user_fields.";
/// Most users in one call.
pub const MAX_BATCH: usize = 100;
/// Attributes that are read, beside the account's own fields.
const READ: [&str; 9] =
    ["name", "email", "phone", "details", "notes", "locale", "time_zone", "created_at", "last_login_at"];

/// Asks for users by id.
#[must_use]
pub fn show_many(api: &Api, ids: &[String]) -> Request {
    api.call("show_many", Method::Get, &format!("/users/show_many?ids={}", percent(&ids.join(","))))
}

/// Asks for users by our key.
#[must_use]
pub fn show_many_by_key(api: &Api, keys: &[String]) -> Request {
    api.call("show_many", Method::Get, &format!("/users/show_many?external_ids={}", percent(&keys.join(","))))
}

/// Asks for one user.
#[must_use]
pub fn get(api: &Api, id: &str) -> Request {
    api.call("get", Method::Get, &format!("/users/{}", percent(id)))
}

/// Looks for users by a number, given as digits. The index lags by seconds to minutes.
#[must_use]
pub fn by_phone(api: &Api, digits: &str) -> Request {
    search(api, &format!("role:end-user phone:{digits}"))
}

/// Looks for users by an address.
#[must_use]
pub fn by_email(api: &Api, email: &str) -> Request {
    // Quoted, so that nothing in an address is taken for an operator.
    search(api, &format!("role:end-user email:\"{}\"", email.trim().replace(['"', '\\'], "")))
}

fn search(api: &Api, query: &str) -> Request {
    api.call("search", Method::Get, &format!("/users/search?query={}", percent(query)))
}

/// Creates or updates a user by our key. Without an address in it: one that belongs to somebody else would be taken for
/// theirs.
#[must_use]
pub fn create_or_update(api: &Api, row: &UpsertRow) -> Request {
    api.call("create_or_update", Method::Post, "/users/create_or_update").with_json(&json!({ "user": keyed(row) }))
}

/// Creates or updates up to [`MAX_BATCH`] users by our key; the answer is a job.
#[must_use]
pub fn create_or_update_many(api: &Api, rows: &[UpsertRow]) -> Request {
    let users: Vec<Value> = rows.iter().map(keyed).collect();
    api.call("create_or_update_many", Method::Post, "/users/create_or_update_many")
        .with_json(&json!({ "users": users }))
}

/// Updates a user by id; with `key`, it is given our key too.
#[must_use]
pub fn update(api: &Api, id: &str, key: Option<&str>, properties: &Properties) -> Request {
    let mut user = body(properties);
    if let Some(key) = key {
        user.insert("external_id".to_owned(), key.into());
    }
    api.call("update", Method::Put, &format!("/users/{}", percent(id))).with_json(&json!({ "user": user }))
}

fn keyed(row: &UpsertRow) -> Value {
    let mut user = body(&row.properties);
    if row.id.is_none() && !user.contains_key("name") {
        // A user must have a name.
        let number = row.properties.get("phone").map(String::as_str);
        user.insert("name".to_owned(), stand_in(number).into());
    }
    user.insert("external_id".to_owned(), row.key.as_str().into());
    user.insert("skip_verify_email".to_owned(), true.into());
    user.into()
}

/// The attributes to write; addresses are written as identities.
fn body(properties: &Properties) -> Map<String, Value> {
    let (mut user, mut custom) = (Map::new(), Map::new());
    for (name, value) in properties {
        if let Some(own) = name.strip_prefix(CUSTOM) {
            custom.insert(own.to_owned(), scalar(value));
            continue;
        }
        let value = match (name.as_str(), value.trim()) {
            ("email", _) => continue,
            ("name", "") => UNNAMED.into(),
            // These are never empty over there: the account's own ones count.
            ("locale" | "time_zone", "") => continue,
            ("phone", "") => Value::Null,
            ("tags", tags) => tags.split(';').map(str::trim).filter(|tag| !tag.is_empty()).collect(),
            _ => value.as_str().into(),
        };
        user.insert(name.clone(), value);
    }
    if !custom.is_empty() {
        user.insert("user_fields".to_owned(), custom.into());
    }
    user
}

/// A value of a field of the account's own: nothing clears it, and a box is ticked by a truth value.
fn scalar(value: &str) -> Value {
    match value {
        "" => Value::Null,
        "true" => true.into(),
        "false" => false.into(),
        text => text.into(),
    }
}

/// Reads the answer to [`get`], [`update`] or [`create_or_update`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_user(response: &Response) -> Result<RemoteRecord, CrmError> {
    record(&read(response)?["user"]).ok_or_else(|| odd(response, "no user"))
}

/// Reads a list of users. The flag tells that there are more than are listed.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_users(response: &Response) -> Result<(Vec<RemoteRecord>, bool), CrmError> {
    let body = read(response)?;
    if !body["users"].is_array() {
        return Err(odd(response, "no users"));
    }
    Ok((list(&body["users"]).iter().filter_map(record).collect(), body["next_page"].is_string()))
}

/// A user of any answer; `None` without id. Who is no active end user is as good as deleted.
pub(super) fn record(user: &Value) -> Option<RemoteRecord> {
    let id = text(&user["id"])?;
    let given = |name: &str| text(&user[name]).unwrap_or_default();
    let mut properties: Properties = READ.iter().map(|name| ((*name).to_owned(), given(name))).collect();
    properties.insert("tags".to_owned(), joined(&user["tags"]));
    if is_stand_in(&given("name"), &[&given("phone")]) {
        properties.insert("name".to_owned(), String::new());
    }
    for (name, value) in user["user_fields"].as_object().into_iter().flatten() {
        properties.insert(format!("{CUSTOM}{name}"), joined(value));
    }
    let some = |name: &str| Some(given(name)).filter(|text| !text.trim().is_empty());
    Some(RemoteRecord {
        id,
        key: some("external_id"),
        email: some("email"),
        phones: some("phone").into_iter().collect(),
        updated_at: some("updated_at").and_then(|at| moment(&at)),
        archived: user["active"] == false || user["role"].as_str().is_some_and(|role| role != "end-user"),
        merged_into: None,
        former: Vec::new(),
        properties,
    })
}
