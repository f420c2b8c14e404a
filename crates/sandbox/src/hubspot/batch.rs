//! Batches of up to 100: read, create, update, upsert, archive.
//!
//! As with the vendor, one bad row fails a whole write, unless its inputs carry `objectWriteTraceId`: then the
//! answer is 207 with `results` and `errors`. Rows that do not exist always give 207.

use super::{
    Call, associations,
    error::{HubError, Result},
    objects,
    state::{Source, State},
    write,
};
use crate::{clock::iso, reply::Reply};
use serde_json::{Value, json};

/// `POST /crm/v3/objects/{type}/batch/{op}`.
pub fn handle(state: &mut State, call: &Call, kind: &str, op: &str, now: i64) -> Result<Reply> {
    let kind = write::store(state, kind)?.kind;
    let inputs = call
        .body
        .get("inputs")
        .and_then(Value::as_array)
        .ok_or_else(|| HubError::invalid("Invalid input JSON: inputs must be a list"))?;
    if inputs.len() > 100 {
        return Err(HubError::invalid(format!(
            "The maximum batch size is 100, but {} inputs were given",
            inputs.len()
        )));
    }
    if inputs.is_empty() {
        return Err(HubError::invalid("inputs must not be empty"));
    }
    match op {
        "read" => Ok(read(state, call, kind, inputs, now)),
        "archive" => {
            for input in inputs {
                if let Some(id) = state.stores[kind].find(&id_of(input), None) {
                    write::archive(state, kind, id, Source::Api, now)?;
                }
            }
            Ok(Reply::empty(204))
        }
        "create" | "update" | "upsert" => change(state, kind, op, inputs, now),
        _ => Err(HubError::new(404, "OBJECT_NOT_FOUND", "resource not found")),
    }
}

fn id_of(input: &Value) -> String {
    match input.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => String::new(),
    }
}

fn finish(results: Vec<Value>, errors: Vec<Value>, good: u16, now: i64) -> Reply {
    let mut body = json!({
        "status": "COMPLETE",
        "results": results,
        "startedAt": iso(now),
        "completedAt": iso(now),
    });
    if errors.is_empty() {
        return Reply::json(good, &body);
    }
    body["numErrors"] = errors.len().into();
    body["errors"] = errors.into();
    Reply::json(207, &body)
}

/// The error row for inputs that do not exist.
fn absent(kind: &str, ids: &[String]) -> Value {
    let kind = super::schema::kind(kind).map_or("OBJECT".to_owned(), |kind| kind.singular.to_uppercase());
    json!({
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": format!("Could not get some {kind} objects, they may be deleted or not exist. Check that ids are valid."),
        "context": {"ids": ids},
    })
}

fn read(state: &State, call: &Call, kind: &str, inputs: &[Value], now: i64) -> Reply {
    let store = &state.stores[kind];
    let asked = call
        .body
        .get("properties")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","));
    let names = objects::wanted(store, asked.as_deref());
    let property = call.body.get("idProperty").and_then(Value::as_str);
    let archived = call.query.get("archived").is_some_and(|v| v == "true");
    let (mut results, mut gone) = (Vec::new(), Vec::new());
    for input in inputs {
        let id = id_of(input);
        let record = store
            .find(&id, property)
            .and_then(|id| store.record(id))
            .filter(|record| record.archived.is_some() == archived);
        match record {
            Some(record) => results.push(record.view(&names)),
            None => gone.push(id),
        }
    }
    let errors = if gone.is_empty() { Vec::new() } else { vec![absent(kind, &gone)] };
    finish(results, errors, 200, now)
}

fn change(state: &mut State, kind: &'static str, op: &str, inputs: &[Value], now: i64) -> Result<Reply> {
    let traced = inputs.iter().any(|input| input.get("objectWriteTraceId").is_some());
    // Validation comes before any change, so that a whole refusal leaves nothing behind.
    if !traced {
        for input in inputs {
            write::properties(&state.stores[kind], input.get("properties"))?;
        }
        refuse_twins(op, inputs)?;
    }
    let backup = (!traced).then(|| (state.stores[kind].clone(), state.last_id, state.pending.len()));
    let (mut results, mut errors, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for input in inputs {
        let outcome = match op {
            "create" => create(state, kind, input, now),
            "update" => update(state, kind, input, now),
            _ => upsert(state, kind, input, now),
        };
        let trace = input.get("objectWriteTraceId");
        match outcome {
            Ok(mut row) => {
                if let Some(trace) = trace {
                    row["objectWriteTraceId"] = trace.clone();
                }
                results.push(row);
            }
            Err(error) if error.http == 404 => gone.push(id_of(input)),
            Err(error) if traced => errors.push(error.row(trace)),
            Err(error) => {
                if let Some((store, last_id, pending)) = backup {
                    state.stores.insert(kind, store);
                    state.last_id = last_id;
                    state.pending.truncate(pending);
                }
                return Err(error);
            }
        }
    }
    if !gone.is_empty() {
        errors.push(absent(kind, &gone));
    }
    Ok(finish(results, errors, if op == "create" { 201 } else { 200 }, now))
}

/// The same record twice in one batch is refused.
fn refuse_twins(op: &str, inputs: &[Value]) -> Result<()> {
    if op == "create" {
        return Ok(());
    }
    let mut seen = std::collections::HashSet::new();
    match inputs.iter().map(id_of).find(|id| !seen.insert(id.to_lowercase())) {
        Some(id) => Err(HubError::invalid(format!("Duplicate IDs found in batch input: [{id}]. IDs must be unique"))),
        None => Ok(()),
    }
}

fn create(state: &mut State, kind: &'static str, input: &Value, now: i64) -> Result<Value> {
    let properties = write::properties(&state.stores[kind], input.get("properties"))?;
    let id = write::create(state, kind, properties, Source::Api, now)?;
    associations::inline(state, kind, id, input);
    Ok(objects::full(state, kind, id))
}

fn update(state: &mut State, kind: &'static str, input: &Value, now: i64) -> Result<Value> {
    let store = &state.stores[kind];
    let found = store.find(&id_of(input), input.get("idProperty").and_then(Value::as_str));
    let id = found
        .filter(|id| store.record(*id).is_some_and(|record| record.archived.is_none()))
        .ok_or_else(|| HubError::not_found("resource not found"))?;
    let properties = write::properties(store, input.get("properties"))?;
    write::update(state, kind, id, properties, Source::Api, now)?;
    Ok(objects::full(state, kind, id))
}

fn upsert(state: &mut State, kind: &'static str, input: &Value, now: i64) -> Result<Value> {
    let store = &state.stores[kind];
    let property = input.get("idProperty").and_then(Value::as_str).unwrap_or("");
    let unique = store.properties.get(property).is_some_and(|p| p.unique);
    if !unique && property != "hs_object_id" {
        return Err(HubError::invalid(format!("Property {property} is not a unique identifier property")));
    }
    let value = id_of(input);
    if value.is_empty() {
        return Err(HubError::invalid("id must not be empty"));
    }
    let mut properties = write::properties(store, input.get("properties"))?;
    let (id, new) = match store.find(&value, Some(property)) {
        Some(id) => {
            write::update(state, kind, id, properties, Source::Api, now)?;
            (id, false)
        }
        None if property == "hs_object_id" => return Err(HubError::not_found("resource not found")),
        None => {
            let key = write::properties(store, Some(&json!({ property: value })))?;
            properties.extend(key);
            (write::create(state, kind, properties, Source::Api, now)?, true)
        }
    };
    let mut row = objects::full(state, kind, id);
    row["new"] = new.into();
    Ok(row)
}
