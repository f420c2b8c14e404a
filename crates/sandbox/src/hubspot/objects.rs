//! Single records: read, list, create, change, archive, merge, erase.

use super::{
    Call, associations,
    error::{HubError, Result},
    schema,
    state::{Record, Source, State, Store},
    write,
};
use crate::reply::Reply;
use serde_json::{Value, json};

/// Properties to show: those asked for plus the type's own defaults.
pub fn wanted(store: &Store, asked: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = match asked.filter(|asked| !asked.is_empty()) {
        Some(asked) => {
            let modified = schema::modified(store.kind);
            let created = schema::created(store.kind);
            asked
                .split(',')
                .map(str::trim)
                .chain([modified, created, "hs_object_id"])
                // Unknown names are ignored, as the vendor does.
                .filter(|name| store.properties.contains_key(*name))
                .map(str::to_owned)
                .collect()
        }
        None => schema::kind(store.kind)
            .map_or(&[][..], |kind| kind.default)
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
    };
    names.sort();
    names.dedup();
    names
}

/// One record as an answer shows it, with associations when asked for.
pub fn shown(state: &State, kind: &str, record: &Record, names: &[String], associated: Option<&str>) -> Value {
    let mut view = record.view(names);
    for to in associated.unwrap_or("").split(',').filter(|s| !s.is_empty()) {
        if let Some(to) = schema::kind(to) {
            let results = associations::short(state, kind, record.id, to.plural);
            if !results.is_empty() {
                view["associations"][to.plural] = json!({ "results": results });
            }
        }
    }
    view
}

fn missing(id: &str) -> HubError {
    HubError::not_found(format!("Object not found.  objectId are usually numeric. ({id})"))
}

/// `GET /crm/v3/objects/{type}`.
pub fn list(state: &mut State, call: &Call, kind: &str) -> Result<Reply> {
    let kind = write::store(state, kind)?.kind;
    let store = &state.stores[kind];
    let limit = call.query.get("limit").map_or(Ok(10), |v| v.parse::<usize>());
    let limit = limit
        .ok()
        .filter(|l| (1..=100).contains(l))
        .ok_or_else(|| HubError::invalid("limit must be between 1 and 100"))?;
    let after: u64 = match call.query.get("after").filter(|s| !s.is_empty()) {
        Some(after) => after.parse().map_err(|_| HubError::invalid("after is not a valid cursor"))?,
        None => 0,
    };
    let archived = call.query.get("archived").is_some_and(|v| v == "true");
    let names = wanted(store, call.query.get("properties").map(String::as_str));
    let mut found: Vec<&Record> = store
        .records
        .range(after..)
        .map(|(_, record)| record)
        .filter(|record| record.archived.is_some() == archived)
        .take(limit + 1)
        .collect();
    let next = (found.len() > limit).then(|| found[limit].id);
    found.truncate(limit);
    let associated = call.query.get("associations").map(String::as_str);
    let results: Vec<Value> = found.iter().map(|r| shown(state, kind, r, &names, associated)).collect();
    let mut body = json!({ "results": results });
    if let Some(next) = next {
        let link = format!("https://api.hubapi.com/crm/v3/objects/{kind}?limit={limit}&after={next}");
        body["paging"] = json!({"next": {"after": next.to_string(), "link": link}});
    }
    Ok(Reply::ok(&body))
}

/// `POST /crm/v3/objects/{type}`.
pub fn create(state: &mut State, call: &Call, kind: &str, now: i64) -> Result<Reply> {
    let store = write::store(state, kind)?;
    let kind = store.kind;
    let properties = write::properties(store, call.body.get("properties"))?;
    associations::check_inline(state, &call.body)?;
    let id = write::create(state, kind, properties, Source::Api, now)?;
    associations::inline(state, kind, id, &call.body);
    Ok(Reply::json(201, &full(state, kind, id)))
}

/// A record with everything it holds.
pub fn full(state: &State, kind: &str, id: u64) -> Value {
    let Some(record) = state.stores.get(kind).and_then(|store| store.record(id)) else {
        return Value::Null;
    };
    let names: Vec<String> = record.properties.iter().filter(|(_, v)| !v.is_empty()).map(|(k, _)| k.clone()).collect();
    record.view(&names)
}

/// `/crm/v3/objects/{type}/{id}`: read, change, archive.
pub fn one(state: &mut State, call: &Call, kind: &str, id: &str, now: i64) -> Result<Reply> {
    let store = write::store(state, kind)?;
    let kind = store.kind;
    let property = call.query.get("idProperty").map(String::as_str);
    if let Some(name) = property.filter(|name| *name != "hs_object_id" && !name.is_empty()) {
        match store.properties.get(name) {
            Some(property) if property.unique => {}
            _ => return Err(HubError::invalid(format!("Property {name} is not a unique identifier property"))),
        }
    }
    let found = store.find(id, property).ok_or_else(|| missing(id));
    match call.method.as_str() {
        "GET" => {
            let id = found?;
            let archived = call.query.get("archived").is_some_and(|v| v == "true");
            let store = &state.stores[kind];
            let record = store
                .record(id)
                .filter(|r| r.archived.is_some() == archived)
                .ok_or_else(|| missing(&id.to_string()))?;
            let names = wanted(store, call.query.get("properties").map(String::as_str));
            let associated = call.query.get("associations").map(String::as_str);
            Ok(Reply::ok(&shown(state, kind, record, &names, associated)))
        }
        "PATCH" => {
            let id = found?;
            let store = &state.stores[kind];
            if store.record(id).is_none_or(|record| record.archived.is_some()) {
                return Err(missing(&id.to_string()));
            }
            let properties = write::properties(store, call.body.get("properties"))?;
            write::update(state, kind, id, properties, Source::Api, now)?;
            Ok(Reply::ok(&full(state, kind, id)))
        }
        "DELETE" => {
            // Archiving what is gone already also answers 204.
            if let Ok(id) = found {
                write::archive(state, kind, id, Source::Api, now)?;
            }
            Ok(Reply::empty(204))
        }
        _ => Err(HubError::new(405, "INVALID_METHOD", "method not allowed")),
    }
}

/// `POST /crm/v3/objects/{type}/merge`.
pub fn merge(state: &mut State, call: &Call, kind: &str, now: i64) -> Result<Reply> {
    let store = write::store(state, kind)?;
    let kind = store.kind;
    let id = |key: &str| {
        let text = call.body.get(key).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
        text.as_deref()
            .and_then(|text| store.find(text, None))
            .ok_or_else(|| HubError::not_found(format!("{key} does not exist")))
    };
    let (primary, other) = (id("primaryObjectId")?, id("objectIdToMerge")?);
    let id = write::merge(state, kind, primary, other, now)?;
    Ok(Reply::ok(&full(state, kind, id)))
}

/// `POST /crm/v3/objects/{type}/gdpr-delete`: gone for good.
pub fn erase(state: &mut State, call: &Call, kind: &str, now: i64) -> Result<Reply> {
    let store = write::store(state, kind)?;
    let kind = store.kind;
    let id =
        call.body.get("objectId").map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).unwrap_or_default();
    let property = call.body.get("idProperty").and_then(Value::as_str);
    if let Some(id) = store.find(&id, property) {
        write::archive(state, kind, id, Source::Api, now)?;
        write::store(state, kind)?.records.remove(&id);
    }
    Ok(Reply::empty(204))
}
