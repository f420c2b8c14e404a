//! Opportunities and cases (crm-apis.md §2): records with stages, and the lists of those.

use super::Call;
use super::error::{ForceError, Result};
use super::fields::Field;
use super::soql::{self, Query};
use super::state::{State, stamp};
use crate::reply::Reply;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An opportunity or a case.
#[derive(Clone, Debug)]
pub struct Thing {
    /// 18 characters.
    pub id: String,
    /// Values; what is missing is null.
    pub values: Map<String, Value>,
    /// UTC milliseconds.
    pub modified: i64,
    /// In the recycle bin.
    pub deleted: bool,
}

/// All records of an object.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// `Opportunity` or `Case`.
    pub object: &'static str,
    prefix: &'static str,
    /// The fields the user sees.
    pub fields: Vec<Field>,
    /// Fields that are there, but shown to nobody yet.
    pub hidden: Vec<Field>,
    /// By id.
    pub records: BTreeMap<String, Thing>,
}

/// Name, type, length, writable.
type Plan = (&'static str, &'static str, usize, bool);

const OPPORTUNITY: [Plan; 12] = [
    ("Id", "id", 18, false),
    ("Name", "string", 120, true),
    ("Description", "textarea", 32_000, true),
    ("Amount", "currency", 0, true),
    ("StageName", "picklist", 255, true),
    ("CloseDate", "date", 0, true),
    ("ContactId", "reference", 18, true),
    ("IsClosed", "boolean", 0, false),
    ("IsWon", "boolean", 0, false),
    ("IsDeleted", "boolean", 0, false),
    ("SystemModstamp", "datetime", 0, false),
    ("OwnerId", "reference", 18, true),
];

const CASE: [Plan; 11] = [
    ("Id", "id", 18, false),
    ("Subject", "string", 255, true),
    ("Description", "textarea", 32_000, true),
    ("Type", "picklist", 255, true),
    ("Priority", "picklist", 255, true),
    ("Status", "picklist", 255, true),
    ("ContactId", "reference", 18, true),
    ("IsClosed", "boolean", 0, false),
    ("IsDeleted", "boolean", 0, false),
    ("SystemModstamp", "datetime", 0, false),
    ("OwnerId", "reference", 18, true),
];

/// Stages of opportunities: name, closed, won.
const STAGES: [(&str, bool, bool); 5] = [
    ("Prospecting", false, false),
    ("Qualification", false, false),
    ("Negotiation/Review", false, false),
    ("Closed Won", true, true),
    ("Closed Lost", true, false),
];
/// Statuses of cases: name, closed, the one of new cases.
const STATUSES: [(&str, bool, bool); 4] =
    [("New", false, true), ("Working", false, false), ("Escalated", false, false), ("Closed", true, false)];

/// The field that opportunities of an org with several currencies have.
const CURRENCY: &str = "CurrencyIsoCode";

impl Shelf {
    fn new(object: &'static str, prefix: &'static str, plans: &[Plan]) -> Self {
        let field = |(name, kind, length, writable): &Plan| Field {
            name: (*name).to_owned(),
            label: (*name).to_owned(),
            kind: (*kind).to_owned(),
            length: *length,
            writable: *writable,
            unique: false,
            external: false,
            options: Vec::new(),
            restricted: false,
        };
        let fields = plans.iter().map(field).collect();
        Self { object, prefix, fields, hidden: Vec::new(), records: BTreeMap::new() }
    }

    /// Both of them, empty.
    pub fn both() -> [Self; 2] {
        [Self::new("Opportunity", "006", &OPPORTUNITY), Self::new("Case", "500", &CASE)]
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// A record as the API shows it.
    pub fn view(&self, thing: &Thing) -> Value {
        let shown = self.fields.iter().map(|field| (field.name.clone(), self.value(thing, &field.name)));
        Value::Object(shown.collect())
    }

    fn value(&self, thing: &Thing, name: &str) -> Value {
        let stage = |name: &str| thing.values.get(name).and_then(Value::as_str).unwrap_or_default();
        let won = STAGES.iter().find(|(own, ..)| *own == stage("StageName"));
        match name {
            "Id" => thing.id.clone().into(),
            "IsDeleted" => thing.deleted.into(),
            "SystemModstamp" => stamp(thing.modified).into(),
            "IsWon" => won.is_some_and(|(_, _, won)| *won).into(),
            "IsClosed" if self.object == "Case" => {
                STATUSES.iter().any(|(own, closed, _)| *closed && *own == stage("Status")).into()
            }
            "IsClosed" => won.is_some_and(|(_, closed, _)| *closed).into(),
            name => thing.values.get(name).cloned().unwrap_or(Value::Null),
        }
    }
}

/// Each opportunity has a currency of its own from now on; until it is told, the org's.
pub fn several_currencies(state: &mut State) {
    let Some(shelf) = shelf(state, "Opportunity").filter(|shelf| shelf.field(CURRENCY).is_none()) else { return };
    let plan = json!({ "label": "Opportunity Currency", "length": 3 });
    shelf.fields.push(Field::made(CURRENCY, &plan));
    for thing in shelf.records.values_mut() {
        thing.values.insert(CURRENCY.to_owned(), "EUR".into());
    }
}

/// The shelf of an object.
pub fn shelf<'a>(state: &'a mut State, object: &str) -> Option<&'a mut Shelf> {
    state.things.iter_mut().find(|shelf| shelf.object == object)
}

/// Answers a call about an opportunity or a case; `None` when it is about something else.
pub fn dispatch(state: &mut State, call: &Call, now: i64) -> Option<Result<Reply>> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let ["sobjects", object, rest @ ..] = segments.as_slice() else { return None };
    let shelf = shelf(state, object)?;
    Some(match (call.method.as_str(), rest) {
        ("GET", ["describe"]) => Ok(Reply::ok(&json!({
            "name": shelf.object, "keyPrefix": shelf.prefix, "queryable": true,
            "fields": shelf.fields.iter().map(Field::view).collect::<Vec<_>>() }))),
        ("PATCH", [id]) => {
            given(&call.body).and_then(|given| update(state, object, id, &given, now)).map(|()| Reply::empty(204))
        }
        ("PATCH", [field, value]) => upsert(state, object, (field, value), &call.body, now),
        ("DELETE", [id]) => delete(state, object, id, now).map(|()| Reply::empty(204)),
        _ => Err(ForceError::not_found()),
    })
}

fn given(body: &Value) -> Result<Map<String, Value>> {
    body.as_object().cloned().ok_or_else(|| ForceError::new(400, "JSON_PARSER_ERROR", "Unexpected character"))
}

fn upsert(state: &mut State, object: &str, (field, value): (&str, &str), body: &Value, now: i64) -> Result<Reply> {
    let mut given = given(body)?;
    let open = shelf(state, object).ok_or_else(ForceError::not_found)?;
    if open.field(field).is_none_or(|field| !field.external) {
        let words = format!("Provided external ID field does not exist or is not accessible: {field}");
        return Err(ForceError::new(404, "NOT_FOUND", words));
    }
    let known =
        open.records.values().find(|thing| !thing.deleted && thing.values.get(field).is_some_and(|v| v == value));
    if let Some(id) = known.map(|thing| thing.id.clone()) {
        update(state, object, &id, &given, now)?;
        return Ok(Reply::ok(&json!({ "id": id, "success": true, "errors": [], "created": false })));
    }
    given.insert(field.to_owned(), value.into());
    let id = create(state, object, &given, now)?;
    Ok(Reply::json(201, &json!({ "id": id, "success": true, "errors": [], "created": true })))
}

fn judge(shelf: &Shelf, given: &Map<String, Value>) -> Result<()> {
    for (name, value) in given {
        let Some(field) = shelf.field(name) else {
            let words = format!("No such column '{name}' on sobject of type {}", shelf.object);
            return Err(ForceError::new(400, "INVALID_FIELD", words));
        };
        if !field.writable {
            let words = format!("Unable to create/update fields: {name}.");
            return Err(ForceError::field("INVALID_FIELD_FOR_INSERT_UPDATE", name, words));
        }
        let is_number =
            value.is_null() || value.is_number() || value.as_str().is_some_and(|t| t.parse::<f64>().is_ok());
        if field.kind == "currency" && !is_number {
            return Err(ForceError::new(400, "JSON_PARSER_ERROR", "Cannot deserialize instance of currency"));
        }
        let long = value.as_str().is_some_and(|text| field.length > 0 && text.chars().count() > field.length);
        if long {
            let words = format!("{name}: data value too large (max length={})", field.length);
            return Err(ForceError::field("STRING_TOO_LONG", name, words));
        }
    }
    Ok(())
}

/// Creates a record; its id.
pub fn create(state: &mut State, object: &str, given: &Map<String, Value>, now: i64) -> Result<String> {
    let prefix = shelf(state, object).ok_or_else(ForceError::not_found)?.prefix;
    let id = state.id(prefix);
    let shelf = shelf(state, object).ok_or_else(ForceError::not_found)?;
    judge(shelf, given)?;
    let needed: &[&str] = if shelf.object == "Case" { &[] } else { &["Name", "StageName", "CloseDate"] };
    if let Some(name) = needed.iter().find(|name| given.get(**name).is_none_or(Value::is_null)) {
        let words = format!("Required fields are missing: [{name}]");
        return Err(ForceError::field("REQUIRED_FIELD_MISSING", name, words));
    }
    let mut values = given.clone();
    if shelf.object == "Case" {
        values.entry("Status").or_insert_with(|| "New".into());
        values.entry("Priority").or_insert_with(|| "Medium".into());
    }
    if shelf.field(CURRENCY).is_some() {
        values.entry(CURRENCY).or_insert_with(|| "EUR".into());
    }
    shelf.records.insert(id.clone(), Thing { id: id.clone(), values, modified: now, deleted: false });
    Ok(id)
}

/// Changes a record. Whose opportunity it is was said when it was made.
pub fn update(state: &mut State, object: &str, id: &str, given: &Map<String, Value>, now: i64) -> Result<()> {
    let shelf = shelf(state, object).ok_or_else(ForceError::not_found)?;
    if shelf.records.get(id).is_none_or(|thing| thing.deleted) {
        return Err(ForceError::new(404, "ENTITY_IS_DELETED", "entity is deleted"));
    }
    if shelf.object == "Opportunity" && given.contains_key("ContactId") {
        let words = "Unable to create/update fields: ContactId. It can be set at creation only.";
        return Err(ForceError::field("INVALID_FIELD_FOR_INSERT_UPDATE", "ContactId", words));
    }
    judge(shelf, given)?;
    if let Some(thing) = shelf.records.get_mut(id) {
        thing.values.extend(given.clone());
        thing.modified = now;
    }
    Ok(())
}

/// Puts a record into the recycle bin.
pub fn delete(state: &mut State, object: &str, id: &str, now: i64) -> Result<()> {
    let shelf = shelf(state, object).ok_or_else(ForceError::not_found)?;
    let thing = shelf.records.get_mut(id).filter(|thing| !thing.deleted).ok_or_else(ForceError::not_found)?;
    (thing.deleted, thing.modified) = (true, now);
    Ok(())
}

/// Answers a query about these objects or their stages; `None` when it is about something else.
pub fn query(state: &mut State, query: &Query, now: i64) -> Option<Result<Reply>> {
    let rows: Vec<Value> = match query.object.as_str() {
        "OpportunityStage" => STAGES
            .iter()
            .map(|(name, closed, won)| {
                json!({ "ApiName": name, "MasterLabel": name, "IsActive": true, "IsClosed": closed, "IsWon": won })
            })
            .collect(),
        "CaseStatus" => STATUSES
            .iter()
            .map(|(name, closed, first)| {
                json!({ "ApiName": name, "MasterLabel": name, "IsClosed": closed, "IsDefault": first })
            })
            .collect(),
        object => {
            let shelf = shelf(state, object)?;
            if let Some(name) = soql::unknown(query, &|name| shelf.field(name).is_some()) {
                let words = format!("No such column '{name}' on entity '{object}'.");
                return Some(Err(ForceError::new(400, "INVALID_FIELD", words)));
            }
            let fits = |thing: &&Thing| {
                let value = |name: &str| shelf.value(thing, name);
                !thing.deleted && query.filter.as_ref().is_none_or(|filter| soql::holds(filter, &value, now))
            };
            shelf.records.values().filter(fits).map(|thing| shelf.view(thing)).collect()
        }
    };
    Some(Ok(Reply::ok(&json!({ "totalSize": rows.len(), "done": true, "records": rows }))))
}

/// Makes a custom field that nobody sees yet; `None` when it is another object's.
pub fn custom_field(state: &mut State, full: &str, plan: &Value) -> Option<Result<()>> {
    let (object, name) = full.split_once('.')?;
    let shelf = shelf(state, object)?;
    if shelf.fields.iter().chain(&shelf.hidden).any(|field| field.name == name) {
        let words = format!("There is already a field named {name} on {object}.");
        return Some(Err(ForceError::new(400, "DUPLICATE_DEVELOPER_NAME", words)));
    }
    shelf.hidden.push(Field::made(name, plan));
    Some(Ok(()))
}

/// Whether there is such a field, shown or not, by its full name.
pub fn has_field(state: &State, full: &str) -> bool {
    let Some((object, name)) = full.split_once('.') else { return false };
    let shelves = state.things.iter().filter(|shelf| shelf.object == object);
    shelves.flat_map(|shelf| shelf.fields.iter().chain(&shelf.hidden)).any(|field| field.name == name)
}
