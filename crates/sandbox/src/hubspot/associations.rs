//! Associations between records.

use super::{
    Call,
    error::{HubError, Result},
    schema,
    state::{End, Link, State},
    write,
};
use crate::reply::Reply;
use serde_json::{Value, json};

/// The default association type from one object type to another.
fn default_type(from: &str, to: &str) -> u64 {
    match (from, to) {
        ("communications", "contacts") => 81,
        ("communications", "companies") => 87,
        ("communications", "deals") => 85,
        ("communications", "tickets") => 84,
        ("notes", "contacts") => 202,
        ("notes", "companies") => 190,
        ("notes", "deals") => 214,
        ("notes", "tickets") => 228,
        ("tasks", "contacts") => 204,
        ("deals", "contacts") => 3,
        ("contacts", "deals") => 4,
        ("tickets", "contacts") => 16,
        ("contacts", "tickets") => 15,
        ("contacts", "companies") => 279,
        ("companies", "contacts") => 280,
        ("contacts", "contacts") => 449,
        _ => 1_000,
    }
}

fn end(state: &State, kind: &str, id: &str) -> Result<End> {
    let kind =
        schema::kind(kind).ok_or_else(|| HubError::invalid(format!("Unable to infer object type from: {kind}")))?;
    let id = state.stores[kind.plural]
        .find(id, None)
        .ok_or_else(|| HubError::not_found(format!("{} with id {id} does not exist", kind.singular)))?;
    Ok((kind.plural, id))
}

fn link(state: &mut State, from: End, to: End, types: Vec<Link>) {
    let back = vec![("HUBSPOT_DEFINED".to_owned(), default_type(to.0, from.0), None)];
    for (a, b, types) in [(from, to, types), (to, from, back)] {
        let known = state.links.entry(a).or_default().entry(b).or_default();
        for one in types {
            if !known.contains(&one) {
                known.push(one);
            }
        }
    }
}

fn unlink(state: &mut State, from: End, to: End) {
    for (a, b) in [(from, to), (to, from)] {
        if let Some(ends) = state.links.get_mut(&a) {
            ends.remove(&b);
        }
    }
}

fn view(link: &Link) -> Value {
    json!({"category": link.0, "typeId": link.1, "label": link.2})
}

/// The short form of a record's own answer and of v3.
pub fn short(state: &State, from: &str, id: u64, to: &str) -> Vec<Value> {
    let Some(from) = schema::kind(from) else {
        return Vec::new();
    };
    let singular = |name: &str| schema::kind(name).map_or(name.to_owned(), |k| k.singular.to_owned());
    state
        .links
        .get(&(from.plural, id))
        .into_iter()
        .flatten()
        .filter(|((kind, _), _)| *kind == to)
        .map(|((kind, id), _)| json!({"id": id.to_string(), "type": format!("{}_to_{}", singular(from.plural), singular(kind))}))
        .collect()
}

fn long(state: &State, from: End, to: &str) -> Vec<Value> {
    state
        .links
        .get(&from)
        .into_iter()
        .flatten()
        .filter(|((kind, _), _)| *kind == to)
        .map(|((_, id), links)| json!({"toObjectId": id, "associationTypes": links.iter().map(view).collect::<Vec<_>>()}))
        .collect()
}

/// `/crm/v4/objects/{from}/{id}/associations/..`.
pub fn of_object(state: &mut State, call: &Call, kind: &str, id: &str, rest: &[&str], _now: i64) -> Result<Reply> {
    let from = end(state, kind, id)?;
    match (call.method.as_str(), rest) {
        ("GET", [to]) => {
            let to =
                schema::kind(to).ok_or_else(|| HubError::invalid(format!("Unable to infer object type from: {to}")))?;
            let results = if call.v3 { short(state, from.0, from.1, to.plural) } else { long(state, from, to.plural) };
            Ok(Reply::ok(&json!({ "results": results })))
        }
        ("PUT", ["default", to, to_id]) => {
            let to = end(state, to, to_id)?;
            Ok(Reply::ok(&json!({"status": "COMPLETE", "results": make_default(state, from, to)})))
        }
        ("PUT", [to, to_id, rest @ ..]) => {
            let to = end(state, to, to_id)?;
            let types = match rest.first() {
                // v3 names the type in the path.
                Some(_) => vec![("HUBSPOT_DEFINED".to_owned(), default_type(from.0, to.0), None)],
                None => types(&call.body, from, to)?,
            };
            link(state, from, to, types.clone());
            if call.v3 {
                return Ok(Reply::ok(&super::objects::full(state, from.0, from.1)));
            }
            Ok(Reply::json(
                201,
                &json!({
                    "fromObjectTypeId": number(from.0), "fromObjectId": from.1,
                    "toObjectTypeId": number(to.0), "toObjectId": to.1,
                    "labels": types.iter().filter_map(|t| t.2.clone()).collect::<Vec<_>>(),
                }),
            ))
        }
        ("DELETE", [to, to_id, ..]) => {
            let to = end(state, to, to_id)?;
            unlink(state, from, to);
            Ok(Reply::empty(204))
        }
        _ => Err(HubError::new(404, "OBJECT_NOT_FOUND", "resource not found")),
    }
}

fn number(kind: &str) -> &'static str {
    schema::kind(kind).map_or("", |kind| kind.number)
}

fn make_default(state: &mut State, from: End, to: End) -> Vec<Value> {
    let one = |a: End, b: End| {
        json!({
            "from": {"id": a.1.to_string()},
            "to": {"id": b.1.to_string()},
            "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": default_type(a.0, b.0)},
        })
    };
    let own = vec![("HUBSPOT_DEFINED".to_owned(), default_type(from.0, to.0), None)];
    link(state, from, to, own);
    vec![one(from, to), one(to, from)]
}

fn types(list: &Value, from: End, to: End) -> Result<Vec<Link>> {
    let Some(list) = list.as_array().filter(|list| !list.is_empty()) else {
        return Ok(vec![("HUBSPOT_DEFINED".to_owned(), default_type(from.0, to.0), None)]);
    };
    list.iter()
        .map(|entry| {
            let category = entry.get("associationCategory").and_then(Value::as_str).unwrap_or("");
            let id = entry.get("associationTypeId").and_then(Value::as_u64);
            match (["HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED"].contains(&category), id) {
                (true, Some(id)) => Ok((category.to_owned(), id, None)),
                _ => Err(HubError::invalid("associationCategory and associationTypeId are required")),
            }
        })
        .collect()
}

/// `associations` of a create input must name existing records.
pub fn check_inline(state: &State, input: &Value) -> Result<()> {
    for entry in input.get("associations").and_then(Value::as_array).into_iter().flatten() {
        if inline_target(state, entry).is_none() {
            return Err(HubError::invalid(
                "One or more associations are not valid: the type or the record does not exist",
            ));
        }
    }
    Ok(())
}

fn inline_target(state: &State, entry: &Value) -> Option<(End, Value)> {
    let id = entry.pointer("/to/id")?;
    let id: u64 = id.as_u64().or_else(|| id.as_str()?.parse().ok())?;
    let types = entry.get("types")?;
    let type_id = types.pointer("/0/associationTypeId")?.as_u64()?;
    // The type tells the kind at the other end.
    let kind = match type_id {
        81 | 202 | 204 | 3 | 16 | 280 | 449 => "contacts",
        87 | 190 | 279 | 1 | 5 | 26 | 339 | 341 => "companies",
        85 | 214 | 4 => "deals",
        84 | 228 | 15 => "tickets",
        _ => schema::KINDS.iter().map(|k| k.plural).find(|kind| state.stores[kind].record(id).is_some())?,
    };
    let record = state.stores.get(kind)?.record(id)?;
    Some(((kind, record.id), types.clone()))
}

/// Links a new record as its input asks.
pub fn inline(state: &mut State, kind: &'static str, id: u64, input: &Value) {
    for entry in input.get("associations").and_then(Value::as_array).into_iter().flatten() {
        if let Some((to, list)) = inline_target(state, entry)
            && let Ok(types) = types(&list, (kind, id), to)
        {
            link(state, (kind, id), to, types);
        }
    }
}

/// `/crm/v4/associations/{from}/{to}/batch/..` and `/labels`.
pub fn batch(state: &mut State, call: &Call, from: &str, to: &str, rest: &[&str], _now: i64) -> Result<Reply> {
    let (from, to) = (write::store(state, from)?.kind, write::store(state, to)?.kind);
    if let ("GET", ["labels" | "types"]) = (call.method.as_str(), rest) {
        let results = json!([{"category": "HUBSPOT_DEFINED", "typeId": default_type(from, to), "label": null}]);
        return Ok(Reply::ok(&json!({ "results": results })));
    }
    let inputs = call
        .body
        .get("inputs")
        .and_then(Value::as_array)
        .ok_or_else(|| HubError::invalid("Invalid input JSON: inputs must be a list"))?;
    let id = |value: Option<&Value>| {
        value.map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).unwrap_or_default()
    };
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for input in inputs {
        match rest {
            ["batch", "read"] => {
                let from_id = id(input.get("id"));
                match end(state, from, &from_id) {
                    Ok(from) => results.push(json!({"from": {"id": from_id}, "to": long(state, from, to)})),
                    Err(error) => errors.push(error.row(None)),
                }
            }
            ["batch", op @ ..] => {
                let ends = end(state, from, &id(input.pointer("/from/id")))
                    .and_then(|a| Ok((a, end(state, to, &id(input.pointer("/to/id")))?)));
                match (ends, op) {
                    (Ok((a, b)), ["associate", "default"]) => results.extend(make_default(state, a, b)),
                    (Ok((a, b)), ["create"]) => {
                        let list = input.get("types").unwrap_or(&Value::Null);
                        link(state, a, b, types(list, a, b)?);
                        results.push(json!({"fromObjectId": a.1, "toObjectId": b.1, "fromObjectTypeId": number(a.0), "toObjectTypeId": number(b.0), "labels": []}));
                    }
                    (Ok((a, b)), ["archive"]) => unlink(state, a, b),
                    (Ok(_), _) => return Err(HubError::new(404, "OBJECT_NOT_FOUND", "resource not found")),
                    (Err(error), _) => errors.push(error.row(None)),
                }
            }
            _ => return Err(HubError::new(404, "OBJECT_NOT_FOUND", "resource not found")),
        }
    }
    let mut body = json!({"status": "COMPLETE", "results": results});
    if errors.is_empty() {
        return Ok(Reply::json(if rest.last() == Some(&"create") { 201 } else { 200 }, &body));
    }
    body["numErrors"] = errors.len().into();
    body["errors"] = errors.into();
    Ok(Reply::json(207, &body))
}

/// Moves the links of merged records to the survivor.
pub fn redirect(state: &mut State, kind: &'static str, old: &[u64], new: u64) {
    for id in old {
        let Some(ends) = state.links.remove(&(kind, *id)) else {
            continue;
        };
        for (other, links) in ends {
            if let Some(back) = state.links.get_mut(&other)
                && let Some(types) = back.remove(&(kind, *id))
            {
                back.insert((kind, new), types);
            }
            state.links.entry((kind, new)).or_default().insert(other, links);
        }
    }
}
