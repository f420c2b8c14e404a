//! Reading and writing records, singly and in batches of at most 100.

use super::api::{Api, next_after, read};
use super::error::of_body;
use super::properties::KEY_PROPERTY;
use crate::crm::answer::{list, odd, text};
use crate::crm::{BatchResult, CrmError, Properties, RemoteRecord, RowError, RowOk, UpsertRow};
use crate::http::{Method, Request, Response, percent};
use rapport_core::time::Ms;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Most rows in one batch call.
pub const MAX_BATCH: usize = 100;
/// Properties that may hold the customer's number.
pub(super) const PHONES: [&str; 3] = ["phone", "mobilephone", "hs_whatsapp_phone_number"];

/// Creates or updates by a unique property. At most [`MAX_BATCH`] rows with different keys.
#[must_use]
pub fn batch_upsert(api: &Api, kind: &str, id_property: &str, rows: &[UpsertRow]) -> Request {
    let inputs: Vec<Value> = rows
        .iter()
        .map(|row| {
            let mut properties = row.properties.clone();
            properties.insert(id_property.to_owned(), row.key.clone());
            json!({"idProperty": id_property, "id": row.key, "objectWriteTraceId": row.key, "properties": properties})
        })
        .collect();
    api.objects("batch_upsert", Method::Post, kind, "/batch/upsert").with_json(&json!({"inputs": inputs}))
}

/// Reads up to [`MAX_BATCH`] records by id, or by the unique property `id_property`.
#[must_use]
pub fn batch_read(api: &Api, kind: &str, id_property: Option<&str>, ids: &[String], properties: &[&str]) -> Request {
    let inputs: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
    let mut body = json!({"inputs": inputs, "properties": properties, "propertiesWithHistory": []});
    if let Some(property) = id_property {
        body["idProperty"] = property.into();
    }
    api.objects("batch_read", Method::Post, kind, "/batch/read").with_json(&body)
}

/// Creates a record. Not repeatable: put our key property into it.
#[must_use]
pub fn create(api: &Api, kind: &str, properties: &Properties) -> Request {
    api.objects("create", Method::Post, kind, "").with_json(&json!({"properties": properties}))
}

/// Updates a record by id, or by the unique property `id_property`.
#[must_use]
pub fn update(api: &Api, kind: &str, id: &str, id_property: Option<&str>, properties: &Properties) -> Request {
    let query = id_property.map(|property| format!("?idProperty={}", percent(property))).unwrap_or_default();
    api.objects("update", Method::Patch, kind, &format!("/{}{query}", percent(id)))
        .with_json(&json!({"properties": properties}))
}

/// Asks for one record by id, or by the unique property `id_property`.
#[must_use]
pub fn get(api: &Api, kind: &str, id: &str, id_property: Option<&str>, properties: &[&str]) -> Request {
    let by = id_property.map(|property| format!("&idProperty={}", percent(property))).unwrap_or_default();
    let rest = format!("/{}?properties={}{by}", percent(id), percent(&properties.join(",")));
    api.objects("get", Method::Get, kind, &rest)
}

/// Asks for a page of deleted records; `after` is the cursor of the page before.
#[must_use]
pub fn list_archived(api: &Api, kind: &str, properties: &[&str], after: Option<&str>) -> Request {
    let after = after.map(|after| format!("&after={}", percent(after))).unwrap_or_default();
    let rest = format!("?archived=true&limit=100&properties={}{after}", percent(&properties.join(",")));
    api.objects("list_archived", Method::Get, kind, &rest)
}

/// Reads the answer to [`list_archived`]: the records and the cursor of the next page.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_list(response: &Response) -> Result<(Vec<RemoteRecord>, Option<String>), CrmError> {
    let body = read(response)?;
    if !body["results"].is_array() {
        return Err(odd(response, "no results"));
    }
    Ok((list(&body["results"]).iter().filter_map(record).collect(), next_after(&body)))
}

/// Reads the answer to [`get`], [`create`] or [`update`]. `asked_id` is the record id the call was made with, when it
/// was made by record id: an answer with another id means that the record was merged into that one.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_record(response: &Response, asked_id: Option<&str>) -> Result<RemoteRecord, CrmError> {
    let mut found = record(&read(response)?).ok_or_else(|| odd(response, "no record"))?;
    if let Some(asked) = asked_id.filter(|asked| *asked != found.id) {
        found.merged_into = Some(std::mem::replace(&mut found.id, asked.to_owned()));
    }
    Ok(found)
}

/// A record of any answer; `None` without id.
pub(super) fn record(row: &Value) -> Option<RemoteRecord> {
    let properties: BTreeMap<String, String> = row["properties"]
        .as_object()
        .map(|object| object.iter().map(|(name, value)| (name.clone(), text(value).unwrap_or_default())).collect())
        .unwrap_or_default();
    let stamp = ["lastmodifieddate", "hs_lastmodifieddate"].iter().find_map(|name| properties.get(*name));
    let updated_at =
        stamp.and_then(|stamp| moment(stamp)).or_else(|| text(&row["updatedAt"]).and_then(|at| moment(&at)));
    let id = text(&row["id"])?;
    let of = |name: &&str| properties.get(*name).filter(|text| !text.trim().is_empty()).cloned();
    let former = properties.get("hs_merged_object_ids").map_or("", String::as_str);
    let former = former.split(';').map(str::trim).filter(|old| !old.is_empty() && *old != id);
    Some(RemoteRecord {
        key: of(&KEY_PROPERTY),
        email: of(&"email"),
        phones: PHONES.iter().filter_map(of).collect(),
        former: former.map(str::to_owned).collect(),
        id,
        properties,
        updated_at,
        archived: row["archived"] == true,
        merged_into: None,
    })
}

/// ISO 8601 or epoch milliseconds.
pub(super) fn moment(text: &str) -> Option<Ms> {
    let millis = text.parse::<i64>().ok();
    millis.or_else(|| text.parse::<jiff::Timestamp>().ok().map(|at| at.as_millisecond())).map(Ms)
}

/// Reads the answer to [`batch_upsert`] or [`batch_read`] (200, 201 or 207).
///
/// # Errors
/// [`CrmError`] when the whole batch was refused. One bad row may refuse a batch: split it then.
pub fn read_batch(response: &Response) -> Result<BatchResult, CrmError> {
    let body = read(response)?;
    if !body["results"].is_array() && !body["errors"].is_array() {
        return Err(odd(response, "neither results nor errors"));
    }
    let ok = |row: &Value| Some(RowOk { record: record(row)?, created: row["new"] == true });
    Ok(BatchResult {
        ok: list(&body["results"]).iter().filter_map(ok).collect(),
        failed: list(&body["errors"]).iter().map(row_error).collect(),
    })
}

fn row_error(row: &Value) -> RowError {
    let context = &row["context"];
    let of = |key: &str| -> Vec<String> {
        let many: Vec<String> = list(&context[key]).iter().filter_map(text).collect();
        if many.is_empty() { text(&context[key]).into_iter().collect() } else { many }
    };
    let keys = ["objectWriteTraceId", "ids", "id"].iter().map(|key| of(key)).find(|keys| !keys.is_empty());
    // Rows carry no status of their own; the category decides, 400 is the neutral one.
    let status = match text(&row["category"]).as_deref() {
        Some("OBJECT_NOT_FOUND") => 404,
        Some("CONFLICT") => 409,
        _ => 400,
    };
    RowError { keys: keys.unwrap_or_default(), error: of_body(row, status) }
}
