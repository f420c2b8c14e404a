//! Calls about templates (whatsapp-cloud-api.md §8).

use super::{
    call::Call,
    error::{GraphError, Result},
    state::State,
    template::{self, Template},
    template_check, template_library,
};
use crate::{reply::Reply, timers::Task, world::World};
use serde_json::{Map, Value, json};
use std::sync::Arc;

const DEFAULT: &[&str] = &[
    "name",
    "language",
    "category",
    "status",
    "parameter_format",
    "components",
    "sub_category",
    "message_send_ttl_seconds",
    "library_template_name",
];
/// Templates of one account.
const MOST: usize = 6_000;

/// `/{W}/message_templates`: list, create, delete.
pub fn handle(world: &Arc<World>, call: &Call, waba: &str) -> Result<Reply> {
    let mut state = world.wa();
    call.account_token(&state, waba)?;
    match call.method.as_str() {
        "GET" => list(world, &state, call, waba),
        "POST" => Ok(Reply::ok(&create(world, &mut state, &call.params()?, waba)?)),
        "DELETE" => delete(world, &mut state, &call.params()?, waba),
        _ => Err(GraphError::unknown_object(&call.method, waba)),
    }
}

fn list(world: &World, state: &State, call: &Call, waba: &str) -> Result<Reply> {
    let is = |key: &str, value: &str| {
        call.query.get(key).is_none_or(|wanted| {
            // A list arrives as JSON, a single value as it is.
            serde_json::from_str::<Vec<String>>(wanted).map_or_else(
                |_| wanted.eq_ignore_ascii_case(value),
                |all| all.iter().any(|w| w.eq_ignore_ascii_case(value)),
            )
        })
    };
    let contains = |key: &str, value: &str| call.query.get(key).is_none_or(|wanted| value.contains(wanted.as_str()));
    let items: Vec<Value> = state
        .templates
        .values()
        .filter(|t| t.waba == waba)
        .filter(|t| is("status", &t.status) && is("language", &t.language) && is("category", &t.category))
        .filter(|t| is("quality_score", &t.quality) && contains("name", &t.name))
        .filter(|t| contains("content", &Value::from(t.components.clone()).to_string()))
        .filter(|t| contains("name_or_content", &format!("{} {}", t.name, Value::from(t.components.clone()))))
        .map(|t| call.pick(&t.view(), DEFAULT))
        .collect();
    let mut page = call.page(&world.base_url, &items)?;
    if call.query.contains_key("summary") {
        page["summary"] = json!({
            "total_count": items.len(),
            "message_template_count": items.len(),
            "message_template_limit": MOST,
            "are_translations_complete": true,
        });
    }
    Ok(Reply::ok(&page))
}

/// Makes a template and returns Meta's answer.
pub fn create(world: &World, state: &mut State, params: &Map<String, Value>, waba: &str) -> Result<Value> {
    let name = string(params, "name").ok_or_else(|| GraphError::invalid("The parameter name is required."))?;
    let language =
        string(params, "language").ok_or_else(|| GraphError::invalid("The parameter language is required."))?;
    let category =
        string(params, "category").ok_or_else(|| GraphError::invalid("The parameter category is required."))?;
    let category = category.to_uppercase();
    template_check::identity(&name, &language)?;
    template_check::category(&category)?;
    let library_name = string(params, "library_template_name");
    let components = match &library_name {
        Some(entry) => template_library::components(entry, &language, &category, params)?,
        None => template_check::list(params)?,
    };
    let format = string(params, "parameter_format").map_or("POSITIONAL".to_owned(), |f| f.to_uppercase());
    template_check::components(&components, &category, format == "NAMED")?;
    if state.templates.values().filter(|t| t.waba == waba).count() >= MOST {
        return Err(GraphError::code(100).user(
            2_388_019,
            "Template limit exceeded",
            "The account has too many templates.",
        ));
    }
    if let Some(old) = state.template(waba, &name, &language) {
        return Err(if old.status == "PENDING_DELETION" {
            GraphError::code(100).user(
                2_388_023,
                "Message template language is being deleted",
                "New content can't be added while the existing one is being deleted. Try again in 4 weeks.",
            )
        } else {
            GraphError::code(100).user(2_388_024, "Content in this language already exists", format!("There is already {language} content for this template. You can create a new template and try again."))
        });
    }
    let id = state.id(16);
    // The library's words were reviewed when they came into it.
    let status = if library_name.is_some() { "APPROVED" } else { "PENDING" };
    let made = Template {
        id: id.clone(),
        waba: waba.to_owned(),
        name,
        language,
        category: category.clone(),
        status: status.into(),
        parameter_format: format,
        components,
        quality: "UNKNOWN".into(),
        rejected_reason: "NONE".into(),
        ttl: params.get("message_send_ttl_seconds").and_then(Value::as_i64),
        created: world.clock.now(),
        edits: Vec::new(),
        pauses: 0,
        recommendation: None,
        previous_category: None,
        correct_category: None,
        library_name,
    };
    state.templates.insert(id.clone(), made);
    if status == "APPROVED" {
        template::tell(world, state, &id, None);
    } else {
        world.timers.at(world.clock.now() + state.review_ms, Task::Review { template: id.clone() });
    }
    Ok(json!({"id": id, "status": status, "category": category}))
}

/// Deletes templates: all languages of a name, one of them, or several by id.
pub fn delete(world: &World, state: &mut State, params: &Map<String, Value>, waba: &str) -> Result<Reply> {
    let name = string(params, "name");
    let id = string(params, "hsm_id");
    let ids: Vec<String> = match params.get("hsm_ids") {
        Some(Value::Array(ids)) => ids.iter().map(text_of).collect(),
        Some(Value::String(text)) => {
            serde_json::from_str::<Vec<Value>>(text).map(|ids| ids.iter().map(text_of).collect()).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    if name.is_none() && ids.is_empty() {
        return Err(GraphError::invalid("The parameter name is required."));
    }
    let chosen: Vec<String> = state
        .templates
        .values()
        .filter(|t| t.waba == waba && t.status != "PENDING_DELETION")
        .filter(|t| match &name {
            Some(name) => t.name == *name && id.as_ref().is_none_or(|id| t.id == *id),
            None => ids.contains(&t.id),
        })
        .map(|t| t.id.clone())
        .collect();
    if chosen.is_empty() {
        return Err(GraphError::code(100).user(
            2_593_002,
            "Message template could not be found",
            "The template to delete does not exist.",
        ));
    }
    for id in chosen {
        let Some(template) = state.templates.get_mut(&id) else {
            continue;
        };
        // Messages under way still try for 30 days, and the name is blocked as long.
        let approved = template.status == "APPROVED";
        template.status = if approved { "PENDING_DELETION" } else { "DELETED" }.into();
        template::tell(world, state, &id, None);
        if approved {
            world.timers.at(world.clock.now() + 30 * 86_400_000, Task::Forget { template: id });
        } else {
            state.templates.remove(&id);
        }
    }
    Ok(Reply::ok(&json!({"success": true})))
}

/// `GET` and `POST /{template-id}`.
pub fn object(world: &Arc<World>, call: &Call, id: &str) -> Result<Reply> {
    let mut guard = world.wa();
    let state = &mut *guard;
    let unknown = || GraphError::unknown_object(&call.method, id);
    let waba = state.templates.get(id).map(|t| t.waba.clone()).ok_or_else(unknown)?;
    call.account_token(state, &waba)?;
    let template = state.templates.get_mut(id).ok_or_else(unknown)?;
    match call.method.as_str() {
        "GET" => Ok(Reply::ok(&call.pick(&template.view(), DEFAULT))),
        "POST" => {
            edit(template, &call.params()?, world.clock.now())?;
            let answer = json!({"success": true, "id": id, "name": template.name, "category": template.category});
            world.timers.at(world.clock.now() + state.review_ms, Task::Review { template: id.to_owned() });
            Ok(Reply::ok(&answer))
        }
        _ => Err(unknown()),
    }
}

fn edit(template: &mut Template, params: &Map<String, Value>, now: i64) -> Result<()> {
    if !matches!(template.status.as_str(), "APPROVED" | "REJECTED" | "PAUSED") {
        return Err(GraphError::code(100).user(
            2_388_025,
            "Template can't be edited",
            "Only approved, rejected and paused templates can be edited.",
        ));
    }
    let category = string(params, "category").map(|c| c.to_uppercase());
    if let Some(category) = &category {
        template_check::category(category)?;
        if template.status == "APPROVED" && *category != template.category {
            return Err(GraphError::code(100).user(
                2_388_025,
                "Category can't be changed",
                "The category of an approved template can't be edited.",
            ));
        }
    }
    template.edits.retain(|at| now - at < 30 * 86_400_000);
    let today = template.edits.iter().any(|at| now - at < 86_400_000);
    if template.status == "APPROVED" && (today || template.edits.len() >= 10) {
        return Err(GraphError::code(100).user(
            2_388_025,
            "Too many edits",
            "An approved template can be edited once in 24 hours and 10 times in 30 days.",
        ));
    }
    if params.contains_key("components") {
        let components = template_check::list(params)?;
        let category = category.as_deref().unwrap_or(&template.category);
        template_check::components(&components, category, template.parameter_format == "NAMED")?;
        template.components = components;
    }
    if let Some(ttl) = params.get("message_send_ttl_seconds").and_then(Value::as_i64) {
        template.ttl = Some(ttl);
    }
    if template.status == "APPROVED" {
        template.edits.push(now);
    }
    if let Some(category) = category {
        template.category = category;
    }
    template.status = "PENDING".into();
    Ok(())
}

/// `POST /{template-id}/unpause`.
pub fn unpause(world: &Arc<World>, call: &Call, id: &str) -> Result<Reply> {
    let mut state = world.wa();
    let unknown = || GraphError::unknown_object("POST", id);
    let waba = state.templates.get(id).map(|t| t.waba.clone()).ok_or_else(unknown)?;
    call.account_token(&state, &waba)?;
    let template = state.templates.get_mut(id).ok_or_else(unknown)?;
    if template.status != "PAUSED" {
        return Ok(Reply::ok(&json!({"success": false, "reason": "The template is not paused"})));
    }
    template.status = "APPROVED".into();
    template::tell(world, &state, id, None);
    Ok(Reply::ok(&json!({"success": true})))
}

fn string(params: &Map<String, Value>, key: &str) -> Option<String> {
    params.get(key).map(text_of).filter(|s| !s.is_empty())
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
