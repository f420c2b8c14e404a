//! The endpoints.

use super::error::{ForceError, Result};
use super::fields::Field;
use super::state::{Contact, ORG, State, USER};
use super::write::{self, Writer};
use super::{Call, query, things};
use crate::reply::Reply;
use serde_json::{Map, Value, json};

/// Most records in one call.
const BATCH: usize = 200;

/// Answers a call that is let in.
pub fn dispatch(state: &mut State, call: &Call, base: &str, now: i64) -> Result<Reply> {
    if let Some(answer) = things::dispatch(state, call, now) {
        return answer;
    }
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", []) => Ok(Reply::ok(&resources(&call.version, base))),
        ("GET", ["limits"]) => {
            let (most, used) = (state.config.daily, state.used.1);
            Ok(Reply::ok(&json!({ "DailyApiRequests": { "Max": most, "Remaining": most.saturating_sub(used) } })))
        }
        ("GET", ["query"]) => query::query(state, call, false, now),
        ("GET", ["queryAll"]) => query::query(state, call, true, now),
        ("GET", [word @ ("query" | "queryAll"), place]) => query::batch(state, &call.version, word, place),
        ("GET", ["search"]) => query::search(state, call, now),
        ("GET", ["sobjects"]) => Ok(Reply::ok(&json!({ "encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [
            { "name": "Contact", "label": "Contact", "keyPrefix": "003", "queryable": true, "updateable": true }] }))),
        ("GET", ["sobjects", "Contact", "describe"]) => Ok(Reply::ok(&json!({
            "name": "Contact", "label": "Contact", "keyPrefix": "003", "queryable": true,
            "fields": state.fields.iter().map(Field::view).collect::<Vec<_>>() }))),
        ("GET", ["sobjects", "Contact", "deleted"]) => query::deleted(state, call, now),
        ("GET", ["sobjects", "Contact", "updated"]) => query::updated(state, call, now),
        ("POST", ["sobjects", "Contact"]) => {
            let id = write::create(state, object(&call.body)?, call.writer, now)?;
            Ok(Reply::json(201, &json!({ "id": id, "success": true, "errors": [] })))
        }
        (_, ["sobjects", "Contact", id]) => one(state, call, id, now),
        (_, ["sobjects", "Contact", field, value]) => by_external(state, call, field, value, now),
        (_, ["composite", "sobjects", rest @ ..]) => collection(state, call, rest, now),
        ("POST", ["tooling", "sobjects", "CustomField"]) => custom_field(state, &call.body),
        ("POST", ["sobjects", "PermissionSet"]) => permission_set(state),
        ("POST", ["sobjects", "FieldPermissions"]) => permit(state, &call.body),
        ("POST", ["sobjects", "PermissionSetAssignment"]) => assign(state, &call.body),
        _ => Err(ForceError::not_found()),
    }
}

fn resources(version: &str, base: &str) -> Value {
    let mut all: Map<String, Value> = ["sobjects", "query", "queryAll", "search", "limits", "composite", "tooling"]
        .iter()
        .map(|name| ((*name).to_owned(), format!("/services/data/{version}/{name}").into()))
        .collect();
    all.insert("identity".into(), format!("{base}/id/{ORG}/{USER}").into());
    all.into()
}

fn object(body: &Value) -> Result<&Map<String, Value>> {
    body.as_object().ok_or_else(|| ForceError::new(400, "JSON_PARSER_ERROR", "Unexpected character"))
}

fn one(state: &mut State, call: &Call, id: &str, now: i64) -> Result<Reply> {
    match call.method.as_str() {
        "GET" => {
            let contact = state.find(id).filter(|contact| !contact.deleted).ok_or_else(ForceError::not_found)?;
            Ok(Reply::ok(&view(state, contact, call.query.get("fields"))))
        }
        "PATCH" => {
            write::update(state, id, object(&call.body)?, call.writer, now)?;
            Ok(Reply::empty(204))
        }
        "DELETE" => {
            write::delete(state, id, now)?;
            Ok(Reply::empty(204))
        }
        _ => Err(ForceError::new(405, "METHOD_NOT_ALLOWED", "HTTP Method not allowed")),
    }
}

fn view(state: &State, contact: &Contact, fields: Option<&String>) -> Value {
    let names: Vec<String> = match fields {
        Some(fields) => fields.split(',').map(|name| name.trim().to_owned()).collect(),
        None => state.fields.iter().map(|field| field.name.clone()).collect(),
    };
    let mut view = query::shown(state, contact, &names);
    view["Id"] = contact.id.clone().into();
    view
}

fn by_external(state: &mut State, call: &Call, field: &str, value: &str, now: i64) -> Result<Reply> {
    if state.field(field).is_none_or(|field| !field.external) {
        let words = format!("Provided external ID field does not exist or is not accessible: {field}");
        return Err(ForceError::new(404, "NOT_FOUND", words));
    }
    let known = state.by_external(field, value).map(|contact| contact.id.clone());
    match (call.method.as_str(), known) {
        ("PATCH", _) => {
            let (id, created) = write::upsert(state, field, value, object(&call.body)?, call.writer, now)?;
            let answer = json!({ "id": id, "success": true, "errors": [], "created": created });
            Ok(Reply::json(if created { 201 } else { 200 }, &answer))
        }
        ("GET" | "DELETE", Some(id)) => one(state, call, &id, now),
        _ => Err(ForceError::not_found()),
    }
}

/// Many at once, each for itself. A row that cannot be read spoils all of them.
fn collection(state: &mut State, call: &Call, rest: &[&str], now: i64) -> Result<Reply> {
    let rows = call.body["records"].as_array().cloned().unwrap_or_default();
    if rows.len() > BATCH {
        let words = format!("record limit reached. cannot submit more than {BATCH} records in this call");
        return Err(ForceError::new(400, "EXCEEDED_MAX_SIZE_REQUEST", words));
    }
    if call.body["allOrNone"] == true {
        return Err(ForceError::new(400, "NOT_SUPPORTED", "allOrNone is not stood in for"));
    }
    let mut results = Vec::with_capacity(rows.len());
    for row in &rows {
        if row["attributes"]["type"] != "Contact" {
            let words = "The Id field, the type attribute, or both are missing";
            return Err(ForceError::new(400, "INVALID_INPUT", words));
        }
        let mut given = object(row)?.clone();
        given.remove("attributes");
        let id = ["id", "Id"].iter().find_map(|name| given.remove(*name));
        let id = id.as_ref().and_then(Value::as_str).unwrap_or_default();
        let outcome = match (call.method.as_str(), rest) {
            ("POST", []) => write::create(state, &given, call.writer, now).map(|id| (id, None)),
            ("PATCH", []) => write::update(state, id, &given, call.writer, now).map(|()| (id.to_owned(), None)),
            ("PATCH", ["Contact", field]) => {
                let value =
                    given.remove(*field).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
                write::upsert(state, field, &value, &given, call.writer, now).map(|(id, made)| (id, Some(made)))
            }
            _ => return Err(ForceError::not_found()),
        };
        results.push(match outcome {
            Ok((id, None)) => json!({ "id": id, "success": true, "errors": [] }),
            Ok((id, Some(made))) => json!({ "id": id, "success": true, "errors": [], "created": made }),
            Err(error) if error.code == "JSON_PARSER_ERROR" || error.message.contains("external ID field") => {
                return Err(error);
            }
            Err(error) => error.row(),
        });
    }
    Ok(Reply::ok(&results.into()))
}

/// Makes a field that nobody sees yet.
fn custom_field(state: &mut State, body: &Value) -> Result<Reply> {
    if !state.config.may_customise {
        let words = "insufficient access rights on cross-reference id";
        return Err(ForceError::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", words));
    }
    let full = body["FullName"].as_str().unwrap_or_default();
    if let Some(outcome) = things::custom_field(state, full, &body["Metadata"]) {
        return outcome.and_then(|()| made(state, "00N"));
    }
    let (name, plan) = (full.strip_prefix("Contact.").unwrap_or_default(), &body["Metadata"]);
    if !name.ends_with("__c") || plan["type"] != "Text" || plan["label"].as_str().is_none_or(str::is_empty) {
        return Err(ForceError::new(400, "FIELD_INTEGRITY_EXCEPTION", "the field's description cannot be used"));
    }
    if state.fields.iter().chain(&state.hidden).any(|field| field.name == name) {
        let words = format!("There is already a field named {name} on Contact.");
        return Err(ForceError::new(400, "DUPLICATE_DEVELOPER_NAME", words));
    }
    state.hidden.push(Field::made(name, plan));
    made(state, "00N")
}

fn made(state: &mut State, prefix: &str) -> Result<Reply> {
    let id = state.id(prefix);
    state.show();
    Ok(Reply::json(201, &json!({ "id": id, "success": true, "errors": [] })))
}

fn permission_set(state: &mut State) -> Result<Reply> {
    if state.set.is_some() {
        return Err(ForceError::new(400, "DUPLICATE_VALUE", "duplicate value found: Name duplicates value on record"));
    }
    let id = state.id("0PS");
    state.set = Some((id.clone(), Vec::new(), false));
    Ok(Reply::json(201, &json!({ "id": id, "success": true, "errors": [] })))
}

fn permit(state: &mut State, body: &Value) -> Result<Reply> {
    let full = body["Field"].as_str().unwrap_or_default();
    // A contact's field by its own name, another one by its full name.
    let name = full.strip_prefix("Contact.").unwrap_or(full).to_owned();
    if !things::has_field(state, full) && !state.fields.iter().chain(&state.hidden).any(|field| field.name == name) {
        return Err(ForceError::field(
            "INVALID_CROSS_REFERENCE_KEY",
            "Field",
            "Field: bad value for restricted picklist",
        ));
    }
    match &mut state.set {
        Some((id, fields, _)) if body["ParentId"] == id.as_str() && body["PermissionsRead"] == true => {
            fields.push(name)
        }
        _ => return Err(ForceError::field("INVALID_CROSS_REFERENCE_KEY", "ParentId", "invalid cross reference id")),
    }
    made(state, "01k")
}

fn assign(state: &mut State, body: &Value) -> Result<Reply> {
    match &mut state.set {
        Some((id, _, given)) if body["PermissionSetId"] == id.as_str() && body["AssigneeId"] == USER => *given = true,
        _ => return Err(ForceError::new(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")),
    }
    made(state, "0Pa")
}

/// Whether a program may save what looks like a duplicate.
pub fn writer(header: Option<&str>) -> Writer {
    match header {
        Some(header) if header.replace(' ', "").eq_ignore_ascii_case("allowsave=true") => Writer::Anyway,
        _ => Writer::Api,
    }
}
