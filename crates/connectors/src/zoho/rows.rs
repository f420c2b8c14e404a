//! Contacts written, up to a hundred in one call, each judged for itself.
//!
//! All values travel here as text. Where Zoho wants a number, a truth value or a list, it says so when it refuses the
//! row: the row is then written again with that.

use super::api::Api;
use super::contacts::{EMAIL, LAST_NAME, PHONES};
use super::error::{read_error, read_row};
use super::fields::KEY_FIELD;
use crate::crm::answer::{list, moment, odd, text};
use crate::crm::name::stand_in;
use crate::crm::{CrmError, Properties, RemoteRecord, RowOk};
use crate::http::{Method, Request, Response};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Most rows of one call.
pub const MAX_BATCH: usize = 100;
/// What is done over there besides: the account's own rules, as after an edit by hand. Approvals, which would lock the
/// record, are not begun.
pub(super) const TRIGGER: [&str; 1] = ["workflow"];

/// What a field must be written as, beside text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A number.
    Number,
    /// True or false.
    Truth,
    /// A list of texts.
    List,
}

/// A contact to be written.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// Its id, when it is there.
    pub id: Option<&'a str>,
    /// Our key, when it is to carry it. One of the two is there.
    pub key: Option<&'a str>,
    /// Changed values.
    pub values: &'a Properties,
    /// What refusals taught of its fields.
    pub shapes: BTreeMap<String, Shape>,
}

impl<'a> Draft<'a> {
    /// A draft of which nothing is known yet.
    #[must_use]
    pub fn new(id: Option<&'a str>, key: Option<&'a str>, values: &'a Properties) -> Self {
        Self { id, key, values, shapes: BTreeMap::new() }
    }

    /// Takes note of what a refusal teaches; false when it teaches nothing new, or the value is not of that shape.
    pub fn learn(&mut self, lesson: Option<(String, Shape)>) -> bool {
        let Some((field, shape)) = lesson else { return false };
        let fits = self.values.get(&field).is_some_and(|value| shaped(value, shape).is_some());
        fits && self.shapes.insert(field, shape).is_none()
    }

    fn data(&self) -> Map<String, Value> {
        let mut data = Map::new();
        for (name, value) in self.values {
            let shaped = self.shapes.get(name).and_then(|shape| shaped(value, *shape));
            let plain = || if value.is_empty() { Value::Null } else { value.as_str().into() };
            data.insert(name.clone(), shaped.unwrap_or_else(plain));
        }
        // A contact must have a last name, and keeps one.
        let is_nameless = data.get(LAST_NAME).map_or(self.id.is_none(), Value::is_null);
        if is_nameless {
            let number = PHONES.iter().find_map(|name| self.values.get(*name).filter(|number| !number.is_empty()));
            data.insert(LAST_NAME.to_owned(), stand_in(number.map(String::as_str)).into());
        }
        if let Some(key) = self.key {
            data.insert(KEY_FIELD.to_owned(), key.into());
        }
        if let Some(id) = self.id {
            data.insert("id".to_owned(), id.into());
        }
        data
    }

    /// The contact as it stands after the write, as far as it was written.
    fn written(&self, details: &Value) -> Option<RemoteRecord> {
        let some = |name: &str| self.values.get(name).filter(|value| !value.trim().is_empty()).cloned();
        Some(RemoteRecord {
            id: text(&details["id"])?,
            properties: self.values.clone(),
            updated_at: text(&details["Modified_Time"]).and_then(|at| moment(&at)),
            key: self.key.map(str::to_owned),
            email: some(EMAIL),
            phones: PHONES.iter().filter_map(|name| some(name)).collect(),
            ..RemoteRecord::default()
        })
    }
}

/// A text in this shape; `None` when it is not of it.
fn shaped(value: &str, shape: Shape) -> Option<Value> {
    let value = value.trim();
    match (shape, value) {
        (_, "") => Some(Value::Null),
        (Shape::Truth, "true") => Some(true.into()),
        (Shape::Truth, "false") => Some(false.into()),
        (Shape::Truth, _) => None,
        (Shape::Number, text) => {
            let whole = text.parse::<i64>().ok().map(Value::from);
            whole.or_else(|| text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::from))
        }
        (Shape::List, text) => Some(text.split(';').map(str::trim).filter(|one| !one.is_empty()).collect()),
    }
}

/// Creates or updates contacts by our key.
#[must_use]
pub fn upsert(api: &Api, drafts: &[Draft<'_>]) -> Request {
    let mut body = body(drafts);
    body["duplicate_check_fields"] = json!([KEY_FIELD]);
    api.contacts("upsert", Method::Post, "/upsert").with_json(&body)
}

/// Updates contacts by their ids.
#[must_use]
pub fn update(api: &Api, drafts: &[Draft<'_>]) -> Request {
    api.contacts("update", Method::Put, "").with_json(&body(drafts))
}

fn body(drafts: &[Draft<'_>]) -> Value {
    json!({ "data": drafts.iter().map(Draft::data).collect::<Vec<_>>(), "trigger": TRIGGER })
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was written.
    Done(Box<RowOk>),
    /// It was refused.
    Refused {
        /// Why.
        error: Box<CrmError>,
        /// The field that is wanted in another shape.
        lesson: Option<(String, Shape)>,
    },
}

/// Reads the answer to [`upsert`] or [`update`]: a row for each draft, in their order, under whatever HTTP status.
///
/// # Errors
/// [`CrmError`] when the call was refused as a whole, or does not answer for each row.
pub fn read_rows(response: &Response, drafts: &[Draft<'_>]) -> Result<Vec<Outcome>, CrmError> {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let rows = list(&body["data"]);
    if rows.len() != drafts.len() {
        return Err(if response.ok() { odd(response, "not a row for each contact") } else { read_error(response) });
    }
    if !response.ok() {
        let whole = read_error(response);
        let is_whole = |class| {
            use crate::crm::ErrorClass::{AuthExpired, QuotaExhausted, RateLimited, Transient};
            matches!(class, AuthExpired | RateLimited | QuotaExhausted | Transient)
        };
        if is_whole(whole.class) {
            return Err(whole);
        }
    }
    rows.iter().zip(drafts).map(|(row, draft)| outcome(response, row, draft)).collect()
}

fn outcome(response: &Response, row: &Value, draft: &Draft<'_>) -> Result<Outcome, CrmError> {
    if row["status"] == "success" {
        let record = draft.written(&row["details"]).ok_or_else(|| odd(response, "a row without id"))?;
        return Ok(Outcome::Done(Box::new(RowOk { record, created: row["action"] == "insert" })));
    }
    let error = Box::new(read_row(row, response.status));
    Ok(Outcome::Refused { error, lesson: lesson(row) })
}

fn lesson(row: &Value) -> Option<(String, Shape)> {
    let one = list(&row["details"]["errors"]).first().unwrap_or(row);
    let shape = match one["details"]["expected_data_type"].as_str()? {
        "integer" | "long" | "bigint" | "double" | "decimal" | "currency" | "percent" => Shape::Number,
        "boolean" => Shape::Truth,
        "jsonarray" | "array" => Shape::List,
        _ => return None,
    };
    Some((text(&one["details"]["api_name"])?, shape))
}
