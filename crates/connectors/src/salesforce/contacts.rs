//! Contacts: read and written.

use super::api::{Api, OBJECT, read};
use super::error::{read_error, row_error};
use crate::crm::answer::{self, list, odd, text};
use crate::crm::{CrmError, Properties, RemoteRecord, UpsertRow, name};
use crate::http::{Method, Request, Response, percent};
use rapport_core::time::Ms;
use serde_json::{Map, Value, json};

/// The field that keeps our key: an external id, unique.
pub const KEY: &str = "Rapport_Id__c";
/// Most contacts in one call.
pub const MAX_BATCH: usize = 200;
/// Fields that hold numbers; the first one is where ours goes.
pub const PHONES: [&str; 4] = ["MobilePhone", "Phone", "HomePhone", "OtherPhone"];
/// The last name of one who has only a first name: a contact must have one.
const NO_LAST_NAME: &str = "-";

/// Creates or updates up to [`MAX_BATCH`] contacts by our key, each for itself.
#[must_use]
pub fn upsert(api: &Api, rows: &[&UpsertRow]) -> Request {
    let record = |row: &&UpsertRow| {
        let mut record = body(&row.properties, true);
        record.insert(KEY.to_owned(), row.key.as_str().into());
        record
    };
    collection(api, "upsert", &format!("/{OBJECT}/{KEY}"), rows.iter().map(record))
}

/// Updates up to [`MAX_BATCH`] contacts by their ids and gives them our keys, each for itself.
#[must_use]
pub fn update_many(api: &Api, rows: &[&UpsertRow]) -> Request {
    let record = |row: &&UpsertRow| {
        let mut record = body(&row.properties, false);
        record.insert(KEY.to_owned(), row.key.as_str().into());
        record.insert("id".to_owned(), row.id.as_deref().unwrap_or_default().into());
        record
    };
    collection(api, "update_many", "", rows.iter().map(record))
}

fn collection(
    api: &Api,
    operation: &'static str,
    path: &str,
    records: impl Iterator<Item = Map<String, Value>>,
) -> Request {
    let typed = |mut record: Map<String, Value>| {
        record.insert("attributes".to_owned(), json!({ "type": OBJECT }));
        Value::Object(record)
    };
    let records: Vec<Value> = records.map(typed).collect();
    api.call(operation, Method::Patch, &format!("/composite/sobjects{path}"))
        .with_json(&json!({ "allOrNone": false, "records": records }))
}

/// Updates one contact; with `key`, it is given our key too.
#[must_use]
pub fn update(api: &Api, id: &str, key: Option<&str>, properties: &Properties) -> Request {
    let mut record = body(properties, false);
    record.extend(key.map(|key| (KEY.to_owned(), Value::from(key))));
    api.call("update", Method::Patch, &format!("/sobjects/{OBJECT}/{}", percent(id))).with_json(&record.into())
}

/// The fields to write: nothing clears one. Texts are taken for every kind of field.
fn body(properties: &Properties, may_be_new: bool) -> Map<String, Value> {
    let mut record = Map::new();
    for (name, value) in properties {
        let value = if value.trim().is_empty() { Value::Null } else { value.as_str().into() };
        record.insert(name.clone(), value);
    }
    let has_last = record.get("LastName");
    if has_last.is_some_and(Value::is_null) || (has_last.is_none() && may_be_new) {
        record.insert("LastName".to_owned(), stand_in(properties).into());
    }
    record
}

/// The last name of one who has none.
fn stand_in(properties: &Properties) -> &str {
    let given = |name: &str| properties.get(name).map(String::as_str).filter(|text| !text.trim().is_empty());
    if given("FirstName").is_some() {
        return NO_LAST_NAME;
    }
    name::stand_in(PHONES.iter().find_map(|name| given(name)))
}

/// What became of one row of a batch: the record's id and whether it was made, or why it was refused.
pub type Row = Result<(String, bool), CrmError>;

/// Reads the answer to [`upsert`] or [`update_many`]: a result for each row, in their order.
///
/// # Errors
/// [`CrmError`] when the batch was refused as a whole.
pub fn read_rows(response: &Response, count: usize) -> Result<Vec<Row>, CrmError> {
    let body = read(response)?;
    let rows = list(&body);
    if rows.len() != count {
        return Err(odd(response, "another number of rows"));
    }
    Ok(rows.iter().map(|row| read_row(row, response.status)).collect())
}

fn read_row(row: &Value, status: u16) -> Row {
    match text(&row["id"]) {
        Some(id) if row["success"] == true => Ok((id, row["created"] == true)),
        _ => Err(row_error(&row["errors"], status)),
    }
}

/// Reads the answer to [`update`], which is empty.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_updated(response: &Response) -> Result<(), CrmError> {
    if response.ok() { Ok(()) } else { Err(read_error(response)) }
}

/// A contact of any answer; `None` without id.
pub(super) fn record(contact: &Value) -> Option<RemoteRecord> {
    let id = text(&contact["Id"])?;
    let is_field =
        |name: &str| !matches!(name, "attributes" | "Id" | "IsDeleted" | "MasterRecordId" | "SystemModstamp");
    let fields = contact.as_object()?.iter().filter(|(name, _)| is_field(name));
    let mut properties: Properties = fields.map(|(name, value)| (name.clone(), value_text(value))).collect();
    let some = |name: &str| text(&contact[name]).filter(|text| !text.trim().is_empty());
    let phones: Vec<String> = PHONES.iter().filter_map(|name| some(name)).collect();
    let numbers: Vec<&str> = phones.iter().map(String::as_str).collect();
    let stands_in = |last: &String| last == NO_LAST_NAME || name::is_stand_in(last, &numbers);
    if properties.get("LastName").is_some_and(stands_in) {
        properties.insert("LastName".to_owned(), String::new());
    }
    let archived = contact["IsDeleted"] == true;
    Some(RemoteRecord {
        id,
        key: some(KEY),
        email: some("Email"),
        updated_at: some("SystemModstamp").and_then(|at| moment(&at)),
        merged_into: some("MasterRecordId").filter(|_| archived),
        archived,
        phones,
        former: Vec::new(),
        properties,
    })
}

/// A value as text; moments in the form that is written everywhere else.
fn value_text(value: &Value) -> String {
    let text = text(value).unwrap_or_default();
    match text.strip_suffix("+0000") {
        Some(rest) if moment(&text).is_some() => format!("{}Z", rest.trim_end_matches(".000")),
        _ => text,
    }
}

/// `2026-11-21T07:00:00.000+0000`, also with `Z` or a colon in the offset.
pub(super) fn moment(text: &str) -> Option<Ms> {
    let colon = match text.len().checked_sub(5).map(|at| text.split_at_checked(at)) {
        Some(Some((rest, offset))) if offset.starts_with(['+', '-']) && !offset.contains(':') && rest.contains('T') => {
            format!("{rest}{}:{}", &offset[..3], &offset[3..])
        }
        _ => text.to_owned(),
    };
    answer::moment(&colon)
}
