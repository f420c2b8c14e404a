//! Deals and cases (crm-apis.md §3): records in stages, deals in pipelines of them, each looking up a contact.

use super::Call;
use super::api::{Done, done_row, module_of, rows};
use super::coql::Query;
use super::error::{Result, ZohoError};
use super::fields::{self, Field};
use super::list;
use super::state::{Contact, State};
use super::write::fits;
use crate::reply::Reply;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// All records of a module.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// `Deals` or `Cases`.
    pub module: &'static str,
    /// The fields there are.
    pub fields: Vec<Field>,
    /// By id.
    pub records: BTreeMap<u64, Contact>,
    needed: &'static [&'static str],
    /// The look-up of a contact.
    person: &'static str,
}

/// Name, kind, length.
type Plan = (&'static str, &'static str, usize);

const DEALS: [Plan; 11] = [
    ("Owner", "ownerlookup", 120),
    ("Deal_Name", "text", 120),
    ("Description", "textarea", 32_000),
    ("Amount", "currency", 16),
    ("Stage", "picklist", 120),
    ("Pipeline", "picklist", 120),
    ("Closing_Date", "date", 20),
    ("Contact_Name", "lookup", 120),
    ("Account_Name", "lookup", 120),
    ("Created_Time", "datetime", 120),
    ("Modified_Time", "datetime", 120),
];
const CASES: [Plan; 10] = [
    ("Owner", "ownerlookup", 120),
    ("Subject", "text", 300),
    ("Description", "textarea", 32_000),
    ("Status", "picklist", 120),
    ("Priority", "picklist", 120),
    ("Type", "picklist", 120),
    ("Case_Origin", "picklist", 120),
    ("Related_To", "lookup", 120),
    ("Created_Time", "datetime", 120),
    ("Modified_Time", "datetime", 120),
];

/// Stages of deals, and what forecasts take each for.
const STAGES: [(&str, &str); 6] = [
    ("Qualification", "Open"),
    ("Proposal/Price Quote", "Open"),
    ("Sampling", "Open"),
    ("Closed Won", "Closed Won"),
    ("Closed Lost", "Closed Lost"),
    ("Closed Lost to Competition", "Closed Lost"),
];
/// Pipelines, the first one the account's own, and their stages.
const PIPELINES: [(&str, &[usize]); 2] = [("Standard (Standard)", &[0, 1, 3, 4, 5]), ("Wholesale", &[2, 0, 3, 4])];
/// The one layout of deals.
const LAYOUT: &str = "5725767000000091023";

fn options(name: &str) -> &'static [&'static str] {
    match name {
        "Stage" => &[
            "Qualification",
            "Proposal/Price Quote",
            "Sampling",
            "Closed Won",
            "Closed Lost",
            "Closed Lost to Competition",
        ],
        "Pipeline" => &["Standard (Standard)", "Wholesale"],
        "Status" => &["New", "On Hold", "Escalated", "Closed"],
        "Priority" => &["-None-", "High", "Medium", "Low"],
        "Type" => &["-None-", "Problem", "Feature Request", "Question"],
        "Case_Origin" => &["-None-", "Email", "Phone", "Web"],
        _ => &[],
    }
}

impl Shelf {
    fn new(module: &'static str, plans: &[Plan], needed: &'static [&'static str], person: &'static str) -> Self {
        let field = |(name, kind, length): &Plan| Field {
            name: (*name).to_owned(),
            label: name.replace('_', " "),
            kind: (*kind).to_owned(),
            length: *length,
            unique: false,
            custom: false,
            options: options(name),
        };
        Self { module, fields: plans.iter().map(field).collect(), records: BTreeMap::new(), needed, person }
    }

    /// Both of them, empty.
    pub fn both() -> [Self; 2] {
        [
            Self::new("Deals", &DEALS, &["Deal_Name", "Stage", "Pipeline", "Closing_Date"], "Contact_Name"),
            Self::new("Cases", &CASES, &["Subject", "Status", "Case_Origin"], "Related_To"),
        ]
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields as their description shows them.
    fn describe(&self) -> Vec<Value> {
        let view = |(at, field): (usize, &Field)| {
            let mut view = fields::view(at, field);
            if field.name == self.person {
                view["lookup"]["module"]["api_name"] = "Contacts".into();
            }
            for option in view["pick_list_values"].as_array_mut().into_iter().flatten() {
                if let Some((_, forecast)) = STAGES.iter().find(|(stage, _)| option["actual_value"] == *stage) {
                    option["forecast_type"] = (*forecast).into();
                }
            }
            view
        };
        self.fields.iter().enumerate().map(view).collect()
    }

    fn judge(&self, given: &Map<String, Value>, own: Option<u64>) -> Result<Map<String, Value>> {
        let mut taken = Map::new();
        for field in &self.fields {
            let fixed = fields::FIXED.contains(&field.name.as_str());
            let Some(value) = given.get(&field.name).filter(|_| !fixed) else { continue };
            fits(field, value)?;
            let same = |one: &&Contact| Some(one.id) != own && one.fields.get(&field.name) == Some(value);
            if let Some(other) = self.records.values().find(same).filter(|_| field.unique && !value.is_null()) {
                let module = json!({ "api_name": self.module });
                let other = json!({ "duplicate_record": { "id": other.id.to_string(), "module": module } });
                return Err(ZohoError::field("DUPLICATE_DATA", "duplicate data", &field.name, other));
            }
            // A look-up is shown with its id as text, however it was written.
            let shown =
                if value.is_object() { json!({ "id": id_of(value.get("id")).to_string() }) } else { value.clone() };
            taken.insert(field.name.clone(), shown);
        }
        let lacks = |name: &&&str| taken.get(**name).map_or(own.is_none(), Value::is_null);
        if let Some(name) = self.needed.iter().find(lacks) {
            return Err(ZohoError::field("MANDATORY_NOT_FOUND", "required field not found", name, json!({})));
        }
        self.staged(&taken, own)?;
        Ok(taken)
    }

    /// A stage must be one of the deal's pipeline.
    fn staged(&self, taken: &Map<String, Value>, own: Option<u64>) -> Result<()> {
        let there = own.and_then(|id| self.records.get(&id)).map(|one| &one.fields);
        let value = |name: &str| taken.get(name).or_else(|| there?.get(name)).and_then(Value::as_str);
        let (Some(stage), Some(pipeline)) = (value("Stage"), value("Pipeline")) else { return Ok(()) };
        let of = PIPELINES.iter().find(|(name, _)| *name == pipeline).map(|(_, stages)| *stages).unwrap_or_default();
        if of.iter().any(|at| STAGES[*at].0 == stage) {
            return Ok(());
        }
        let details = json!({ "mapped_field": { "api_name": "Pipeline" } });
        Err(ZohoError::field("MAPPING_MISMATCH", "the given stage is not mapped with the pipeline", "Stage", details))
    }

    fn done(&self, id: u64, made: bool, found_by: Option<String>) -> Done {
        let times = self.records.get(&id).map_or((0, 0), |one| (one.created, one.modified));
        Done { id, made, found_by, times }
    }
}

/// The shelf of a module.
pub fn shelf<'a>(state: &'a mut State, module: &str) -> Option<&'a mut Shelf> {
    state.things.iter_mut().find(|shelf| shelf.module == module)
}

/// A record with these fields; with `None`, all of them.
pub fn view(state: &State, shelf: &Shelf, one: &Contact, names: Option<&[String]>) -> Value {
    let mut view = Map::new();
    view.insert("id".to_owned(), one.id.to_string().into());
    for field in shelf.fields.iter().filter(|field| names.is_none_or(|names| names.contains(&field.name))) {
        view.insert(field.name.clone(), state.value(one, &field.name));
    }
    view.into()
}

/// Answers a call about deals or cases, their fields, layouts or pipelines; `None` when it is about something else.
pub(super) fn dispatch(state: &mut State, call: &Call, now: i64) -> Option<Result<Reply>> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let asked = call.query.get("module").map(String::as_str).unwrap_or_default();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["settings", "fields"]) => {
            let shelf = shelf(state, asked)?;
            Some(Ok(Reply::ok(&json!({ "fields": shelf.describe() }))))
        }
        ("POST", ["settings", "fields"]) => {
            let made = fields::create(&mut shelf(state, asked)?.fields, &call.body);
            Some(made.map(|rows| Reply::json(201, &json!({ "fields": rows }))))
        }
        ("GET", ["settings", "layouts"]) => Some(module_of(call, "Deals").map(|()| {
            let layout = json!({ "id": LAYOUT, "name": "Standard", "api_name": "Standard", "status": "active",
                                 "visible": true, "sections": [] });
            Reply::ok(&json!({ "layouts": [layout] }))
        })),
        ("GET", ["settings", "pipeline"]) => Some(pipelines(call)),
        (method, [module, rest @ ..]) => {
            let module = shelf(state, module)?.module;
            Some(records(state, call, (method, module, rest), now))
        }
        _ => None,
    }
}

fn pipelines(call: &Call) -> Result<Reply> {
    if call.query.get("layout_id").is_none_or(|id| id != LAYOUT) {
        return Err(ZohoError::new(400, "INVALID_DATA", "invalid data", json!({ "param_name": "layout_id" })));
    }
    let stage = |(n, at): (usize, &usize)| {
        let (name, forecast) = STAGES[*at];
        json!({ "id": (5_725_767_000_000_006_800_u64 + *at as u64).to_string(), "display_value": name,
                "actual_value": name, "sequence_number": n + 1, "forecast_type": forecast,
                "forecast_category": { "name": "Pipeline", "id": "5725767000000006799" } })
    };
    let view = |(n, (name, stages)): (usize, &(&str, &[usize]))| {
        json!({ "id": (5_725_767_000_000_009_800_u64 + n as u64).to_string(), "display_value": name,
                "actual_value": name, "default": n == 0,
                "maps": stages.iter().enumerate().map(stage).collect::<Vec<_>>() })
    };
    Ok(Reply::ok(&json!({ "pipeline": PIPELINES.iter().enumerate().map(view).collect::<Vec<_>>() })))
}

fn records(state: &mut State, call: &Call, what: (&str, &'static str, &[&str]), now: i64) -> Result<Reply> {
    let (method, module, rest) = what;
    match (method, rest) {
        ("GET", []) => {
            let names = list::wanted(call)?;
            let ids = call.query.get("ids").map(String::as_str).unwrap_or_default();
            let ids: Vec<u64> = ids.split(',').filter_map(|id| id.parse().ok()).take(100).collect();
            let shelf = state.things.iter().find(|shelf| shelf.module == module).ok_or_else(ZohoError::no_path)?;
            let found = ids.iter().filter_map(|id| shelf.records.get(id));
            let found: Vec<Value> = found.map(|one| view(state, shelf, one, Some(&names))).collect();
            if found.is_empty() {
                return Ok(Reply::empty(204));
            }
            let info = json!({ "per_page": 200, "count": found.len(), "page": 1, "more_records": false });
            Ok(Reply::ok(&json!({ "data": found, "info": info })))
        }
        ("POST", ["upsert"]) => {
            let check = call.body["duplicate_check_fields"].as_array().cloned().unwrap_or_default();
            let check: Vec<String> = check.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            rows(state, call, now, |state, row, now| upsert(state, module, row, &check, now))
        }
        ("POST", []) => rows(state, call, now, |state, row, now| {
            let id = create(state, module, row, now)?;
            Ok(done_row(state, &shelf_of(state, module)?.done(id, true, None)))
        }),
        ("PUT", []) => rows(state, call, now, |state, row, now| changed(state, module, id_of(row.get("id")), row, now)),
        ("PUT", [id]) => {
            let id = id.parse().unwrap_or_default();
            rows(state, call, now, |state, row, now| changed(state, module, id, row, now))
        }
        ("DELETE", [id]) => {
            delete(state, module, id.parse().unwrap_or_default(), now)?;
            let row = json!({ "code": "SUCCESS", "details": { "id": id }, "message": "record deleted",
                              "status": "success" });
            Ok(Reply::ok(&json!({ "data": [row] })))
        }
        _ => Err(ZohoError::no_path()),
    }
}

fn shelf_of<'a>(state: &'a State, module: &str) -> Result<&'a Shelf> {
    state.things.iter().find(|shelf| shelf.module == module).ok_or_else(ZohoError::no_path)
}

fn upsert(
    state: &mut State,
    module: &str,
    row: &Map<String, Value>,
    check: &[String],
    now: i64,
) -> Result<(bool, Value)> {
    let shelf = shelf_of(state, module)?;
    if check.iter().any(|name| shelf.field(name).is_none()) {
        let details = json!({ "api_name": "duplicate_check_fields", "json_path": "$.duplicate_check_fields[0]" });
        return Err(ZohoError::new(400, "INVALID_DATA", "invalid data", details));
    }
    let fits = |one: &&Contact, name: &String| row.get(name).is_some_and(|value| one.fields.get(name) == Some(value));
    let known = check.iter().find_map(|name| {
        let found = shelf.records.values().find(|one| fits(one, name));
        found.map(|one| (one.id, name.clone()))
    });
    let done = match known {
        Some((id, name)) => {
            update(state, module, id, row, now)?;
            shelf_of(state, module)?.done(id, false, Some(name))
        }
        None => {
            let id = create(state, module, row, now)?;
            shelf_of(state, module)?.done(id, true, None)
        }
    };
    Ok(done_row(state, &done))
}

/// An id, which Zoho's own clients write as a number.
fn id_of(value: Option<&Value>) -> u64 {
    value.and_then(|id| id.as_u64().or_else(|| id.as_str()?.parse().ok())).unwrap_or_default()
}

fn changed(state: &mut State, module: &str, id: u64, row: &Map<String, Value>, now: i64) -> Result<(bool, Value)> {
    update(state, module, id, row, now)?;
    Ok(done_row(state, &shelf_of(state, module)?.done(id, false, None)))
}

/// A looked-up contact must be there.
fn looked_up(state: &State, shelf: &Shelf, given: &Map<String, Value>) -> Result<()> {
    let Some(person) = given.get(shelf.person).filter(|person| !person.is_null()) else { return Ok(()) };
    let id = id_of(person.get("id"));
    if state.contacts.contains_key(&id) {
        return Ok(());
    }
    let details = json!({ "expected_data_type": "bigint" });
    Err(ZohoError::field("INVALID_DATA", "the related id given seems to be invalid", shelf.person, details))
}

/// Makes a record.
pub fn create(state: &mut State, module: &str, given: &Map<String, Value>, now: i64) -> Result<u64> {
    looked_up(state, shelf_of(state, module)?, given)?;
    let taken = shelf_of(state, module)?.judge(given, None)?;
    let id = state.id();
    let shelf = shelf(state, module).ok_or_else(ZohoError::no_path)?;
    shelf.records.insert(id, Contact { id, fields: taken, created: now, modified: now, stale: None });
    let module = shelf.module;
    state.tell(module, "insert", id, now);
    Ok(id)
}

/// Changes a record.
pub fn update(state: &mut State, module: &str, id: u64, given: &Map<String, Value>, now: i64) -> Result<()> {
    if !shelf_of(state, module)?.records.contains_key(&id) {
        let details = json!({ "expected_data_type": "bigint" });
        return Err(ZohoError::field("INVALID_DATA", "the id given seems to be invalid", "id", details));
    }
    looked_up(state, shelf_of(state, module)?, given)?;
    let taken = shelf_of(state, module)?.judge(given, Some(id))?;
    let shelf = shelf(state, module).ok_or_else(ZohoError::no_path)?;
    if let Some(one) = shelf.records.get_mut(&id) {
        one.fields.extend(taken);
        one.modified = now;
    }
    let module = shelf.module;
    state.tell(module, "update", id, now);
    Ok(())
}

/// Deletes a record.
pub fn delete(state: &mut State, module: &str, id: u64, now: i64) -> Result<()> {
    let shelf = shelf(state, module).ok_or_else(ZohoError::no_path)?;
    shelf.records.remove(&id).ok_or_else(ZohoError::no_record)?;
    let module = shelf.module;
    state.tell(module, "delete", id, now);
    Ok(())
}

/// Answers a query about deals or cases; `None` when it is about something else.
pub fn query(state: &State, query: &Query) -> Option<Result<(Vec<Value>, bool)>> {
    let shelf = state.things.iter().find(|shelf| shelf.module == query.module)?;
    Some(query.known(&|name| shelf.field(name).is_some()).map(|()| {
        let value = |one: &Contact, name: &str| state.value(one, name);
        query.run(shelf.records.values(), &value, &|one, names| view(state, shelf, one, Some(names)))
    }))
}
