//! Calls about several templates at once: archive, compare, authentication templates in many languages
//! (whatsapp-cloud-api.md §8).

use super::{
    call::Call,
    error::{GraphError, Result},
    state::State,
    template, template_api,
};
use crate::{reply::Reply, timers::Task, world::World};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// `POST /{W}/message_templates/archive` and `.../unarchive` with `hsm_ids`, comma separated or a list.
pub fn archive(world: &Arc<World>, call: &Call, waba: &str, back: bool) -> Result<Reply> {
    let mut guard = world.wa();
    let state = &mut *guard;
    call.account_token(state, waba)?;
    let params = call.params()?;
    let ids: Vec<String> = match params.get("hsm_ids") {
        Some(Value::String(text)) => text.split(',').map(|id| id.trim().to_owned()).collect(),
        Some(Value::Array(list)) => list.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect(),
        _ => return Err(GraphError::invalid("The parameter hsm_ids is required.")),
    };
    if ids.len() > 100 {
        return Err(GraphError::invalid("Param hsm_ids must have at most 100 elements."));
    }
    let (mut done, mut failed) = (Vec::new(), Map::new());
    for id in ids {
        match state.templates.get_mut(&id).filter(|template| template.waba == waba) {
            Some(template) if (template.status == "ARCHIVED") == back => {
                template.status = if back { "APPROVED" } else { "ARCHIVED" }.into();
                template::tell(world, state, &id, None);
                done.push(id);
            }
            Some(template) => drop(failed.insert(id, format!("The template is {}", template.status).into())),
            None => drop(failed.insert(id, "The template does not exist".into())),
        }
    }
    let key = if back { "unarchived_templates" } else { "archived_templates" };
    Ok(Reply::ok(&json!({key: done, "failed_templates": failed})))
}

/// `GET /{template-id}/compare?template_ids=`: what was sent; nobody blocks anybody here.
pub fn compare(world: &Arc<World>, call: &Call, id: &str) -> Result<Reply> {
    let state = world.wa();
    let unknown = || GraphError::unknown_object("GET", id);
    let waba = state.templates.get(id).map(|template| template.waba.clone()).ok_or_else(unknown)?;
    call.account_token(&state, &waba)?;
    let others = call.query.get("template_ids").map_or("", String::as_str);
    let others = others.trim_matches(['[', ']']).split(',').map(|id| id.trim().trim_matches('"'));
    let mut sent: BTreeMap<&str, u64> = [id].into_iter().chain(others).map(|id| (id, 0)).collect();
    if let Some(missing) = sent.keys().find(|id| !state.templates.contains_key(**id)) {
        return Err(GraphError::unknown_object("GET", missing));
    }
    for message in state.received.iter().filter(|message| message.kind == "template" && message.wamid.is_some()) {
        let wanted = |key: &str| message.body.pointer(key).and_then(Value::as_str).unwrap_or("");
        let (name, language) = (wanted("/template/name"), wanted("/template/language/code"));
        let of = state.template(&waba, name, language).map(|template| template.id.as_str());
        if let Some(count) = of.and_then(|id| sent.get_mut(id)) {
            *count += 1;
        }
    }
    let ids: Vec<&&str> = sent.keys().collect();
    let numbers: Vec<Value> = sent.iter().map(|(id, count)| json!({"key": id, "value": count})).collect();
    let reasons: Vec<Value> = sent.keys().map(|id| json!({"key": id, "value": "UNKNOWN_BLOCK_REASON"})).collect();
    Ok(Reply::ok(&json!({"data": [
        {"metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": ids},
        {"metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES", "number_values": numbers},
        {"metric": "TOP_BLOCK_REASON", "type": "STRING_VALUES", "string_values": reasons},
    ]})))
}

/// `POST /{W}/upsert_message_templates`: one authentication template in several languages.
pub fn upsert(world: &Arc<World>, call: &Call, waba: &str) -> Result<Reply> {
    let mut guard = world.wa();
    let state = &mut *guard;
    call.account_token(state, waba)?;
    let params = call.params()?;
    let languages = params
        .get("languages")
        .and_then(Value::as_array)
        .ok_or_else(|| GraphError::invalid("The parameter languages is required."))?;
    if params.get("category").and_then(Value::as_str) != Some("AUTHENTICATION") {
        return Err(GraphError::invalid("Param category must be one of {AUTHENTICATION}."));
    }
    let name = params.get("name").and_then(Value::as_str).unwrap_or("");
    let mut data = Vec::new();
    for language in languages.iter().filter_map(Value::as_str) {
        let mut one = params.clone();
        one.remove("languages");
        one.insert("language".into(), language.into());
        let known = state.template(waba, name, language).map(|template| template.id.clone());
        let made = match known {
            Some(id) => renewed(world, state, &id, &one)?,
            None => template_api::create(world, state, &one, waba)?,
        };
        data.push(json!({"id": made["id"], "status": made["status"], "language": language}));
    }
    Ok(Reply::ok(&json!({ "data": data })))
}

fn renewed(world: &World, state: &mut State, id: &str, params: &Map<String, Value>) -> Result<Value> {
    let components = super::template_check::list(params)?;
    super::template_check::components(&components, "AUTHENTICATION", false)?;
    if let Some(template) = state.templates.get_mut(id) {
        template.components = components;
        template.status = "PENDING".into();
    }
    world.timers.at(world.clock.now() + state.review_ms, Task::Review { template: id.to_owned() });
    Ok(json!({"id": id, "status": "PENDING"}))
}
