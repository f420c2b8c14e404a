//! Contents and their approval: templates in Twilio's words.

use super::{
    Call, compose,
    error::{Result, TwilioError},
    iso,
    state::sid,
};
use crate::{
    reply::Reply,
    whatsapp::{
        state::State,
        template::{Template, find, variables},
        template_api,
    },
    world::World,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

const KINDS: &[&str] = &[
    "twilio/text",
    "twilio/media",
    "twilio/location",
    "twilio/list-picker",
    "twilio/call-to-action",
    "twilio/quick-reply",
    "twilio/card",
    "twilio/catalog",
    "twilio/carousel",
    "twilio/flows",
    "twilio/schedule",
    "whatsapp/card",
    "whatsapp/authentication",
    "whatsapp/flows",
];

/// A content.
#[derive(Clone, Debug)]
pub struct Content {
    /// `HX` and 32 hexadecimal digits.
    pub sid: String,
    /// Its name.
    pub friendly_name: String,
    /// Language code.
    pub language: String,
    /// Samples of the variables.
    pub variables: Map<String, Value>,
    /// The content by kind.
    pub types: Map<String, Value>,
    /// UTC milliseconds.
    pub created: i64,
    /// UTC milliseconds.
    pub updated: i64,
    /// The template it was submitted as: its id.
    pub template: Option<String>,
}

impl Content {
    fn view(&self, account: &str, base: &str) -> Value {
        let url = format!("{base}/twilio/v1/Content/{}", self.sid);
        json!({
            "sid": self.sid,
            "account_sid": account,
            "friendly_name": self.friendly_name,
            "language": self.language,
            "variables": self.variables,
            "types": self.types,
            "url": url,
            "date_created": iso(self.created),
            "date_updated": iso(self.updated),
            "links": {
                "approval_create": format!("{url}/ApprovalRequests/whatsapp"),
                "approval_fetch": format!("{url}/ApprovalRequests"),
            },
        })
    }

    /// How the approval stands.
    fn approval(&self, state: &State) -> Value {
        let kind = self.types.keys().next().map_or("", String::as_str);
        let Some(template) = self.template.as_ref().and_then(|id| state.templates.get(id)) else {
            return json!({
                "type": "whatsapp",
                "name": "",
                "category": "",
                "content_type": kind,
                "status": "unsubmitted",
                "rejection_reason": "",
                "allow_category_change": true,
            });
        };
        let reason = if template.status == "REJECTED" { template.rejected_reason.as_str() } else { "" };
        json!({
            "type": "whatsapp",
            "name": template.name,
            "category": template.category,
            "content_type": kind,
            "status": template.status.to_lowercase(),
            "rejection_reason": reason,
            "allow_category_change": true,
        })
    }
}

/// `/v1/Content` and what lies below it.
pub fn handle(world: &Arc<World>, call: &Call, rest: &[&str]) -> Result<Reply> {
    let mut guard = world.wa();
    let state = &mut *guard;
    let account = state.twilio.config.account_sid.clone();
    let unknown = || TwilioError::not_found(&call.path);
    let base = &world.base_url;
    match (call.method.as_str(), rest) {
        ("GET", []) => {
            let all: Vec<Value> = state.twilio.contents.values().map(|content| content.view(&account, base)).collect();
            let (page, size, items) = call.page(&all);
            let meta = call.meta(base, "contents", page, size, all.len());
            Ok(Reply::ok(&json!({"contents": items, "meta": meta})))
        }
        ("POST", []) => {
            let now = world.clock.now();
            let sid = sid("HX", &state.token(24));
            let content = read(&call.json, sid, now)?;
            let view = content.view(&account, base);
            // So many contents mean a script forgot to clean up.
            if state.twilio.contents.len() >= 10_000 {
                return Err(TwilioError::bad(20_001, "There are too many contents"));
            }
            state.twilio.contents.insert(content.sid.clone(), content);
            Ok(Reply::json(201, &view))
        }
        ("GET", [sid]) => {
            let content = state.twilio.contents.get(*sid).ok_or_else(unknown)?;
            Ok(Reply::ok(&content.view(&account, base)))
        }
        ("PUT", [sid]) => {
            let content = state.twilio.contents.get_mut(*sid).ok_or_else(unknown)?;
            if content.template.is_some() {
                return Err(TwilioError::bad(20_001, "A content that was submitted for approval cannot be changed"));
            }
            let created = content.created;
            *content = read(&call.json, content.sid.clone(), world.clock.now())?;
            content.created = created;
            Ok(Reply::ok(&content.view(&account, base)))
        }
        ("DELETE", [sid]) => {
            let content = state.twilio.contents.remove(*sid).ok_or_else(unknown)?;
            if let Some(template) = content.template.and_then(|id| state.templates.get(&id).cloned()) {
                let wanted = Map::from_iter([
                    ("name".to_owned(), Value::from(template.name)),
                    ("hsm_id".to_owned(), Value::from(template.id)),
                ]);
                // One that is being deleted already stays so.
                let _ = template_api::delete(world, state, &wanted, &template.waba);
            }
            Ok(Reply::empty(204))
        }
        ("GET", [sid, "ApprovalRequests"]) => {
            let content = state.twilio.contents.get(*sid).ok_or_else(unknown)?;
            let url = format!("{base}/twilio/v1/Content/{sid}/ApprovalRequests");
            let whatsapp = content.approval(state);
            Ok(Reply::ok(&json!({"sid": sid, "account_sid": account, "whatsapp": whatsapp, "url": url})))
        }
        ("POST", [sid, "ApprovalRequests", "whatsapp"]) => submit(world, state, call, sid),
        _ => Err(unknown()),
    }
}

/// `/v1/ContentAndApprovals`.
pub fn with_approvals(world: &Arc<World>, call: &Call) -> Result<Reply> {
    let state = world.wa();
    let account = &state.twilio.config.account_sid;
    let all: Vec<Value> = state
        .twilio
        .contents
        .values()
        .map(|content| {
            let mut view = content.view(account, &world.base_url);
            view["approval_requests"] = content.approval(&state);
            view
        })
        .collect();
    let (page, size, items) = call.page(&all);
    let meta = call.meta(&world.base_url, "contents", page, size, all.len());
    Ok(Reply::ok(&json!({"contents": items, "meta": meta})))
}

fn read(body: &Value, sid: String, now: i64) -> Result<Content> {
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    // Clients write the types they do not use as null.
    let types: Map<String, Value> = body
        .get("types")
        .and_then(Value::as_object)
        .map(|types| types.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect())
        .filter(|types: &Map<String, Value>| !types.is_empty())
        .ok_or_else(|| TwilioError::bad(20_001, "types is required"))?;
    if let Some(kind) = types.keys().find(|kind| !KINDS.contains(&kind.as_str())) {
        return Err(TwilioError::bad(20_001, format!("{kind} is not a type of content")));
    }
    if text("language").is_empty() {
        return Err(TwilioError::bad(20_001, "language is required"));
    }
    Ok(Content {
        sid,
        friendly_name: text("friendly_name"),
        language: text("language"),
        variables: body.get("variables").and_then(Value::as_object).cloned().unwrap_or_default(),
        types,
        created: now,
        updated: now,
        template: None,
    })
}

/// Asks WhatsApp for approval: the content becomes a template of the account.
fn submit(world: &Arc<World>, state: &mut State, call: &Call, sid: &str) -> Result<Reply> {
    let content = state.twilio.contents.get(sid).cloned().ok_or_else(|| TwilioError::not_found(&call.path))?;
    let waba = state.numbers.values().next().map(|number| number.config.waba_id.clone()).unwrap_or_default();
    let refuse = |text: String| TwilioError::bad(20_001, text);
    if content.template.is_some() {
        return Err(refuse("The content has been submitted already".into()));
    }
    let components =
        compose::components(&content).ok_or_else(|| refuse("This type of content cannot be a template".into()))?;
    let mut params = call.json.as_object().cloned().unwrap_or_default();
    params.insert("language".into(), content.language.clone().into());
    params.insert("components".into(), components.into());
    let made = template_api::create(world, state, &params, &waba)
        .map_err(|error| refuse(error.user.map_or(error.title, |user| user.1.clone())))?;
    if let Some(content) = state.twilio.contents.get_mut(sid) {
        content.template = made["id"].as_str().map(str::to_owned);
    }
    let approval = state.twilio.contents.get(sid).map_or(Value::Null, |content| content.approval(state));
    let mut answer = approval;
    answer["status"] = "received".into();
    if let Some(map) = answer.as_object_mut() {
        map.remove("type");
    }
    Ok(Reply::json(201, &answer))
}

/// Gives every template of an account a content.
pub fn adopt(state: &mut State, waba: &str, now: i64) {
    let made: Vec<Content> =
        state.templates.values().filter(|t| t.waba == waba).filter_map(|t| from_template(t, now)).collect();
    for content in made {
        state.twilio.contents.insert(content.sid.clone(), content);
    }
}

fn from_template(template: &Template, now: i64) -> Option<Content> {
    let body = find(&template.components, "BODY")?;
    let text = body.get("text").and_then(Value::as_str)?;
    let footer = find(&template.components, "FOOTER");
    let buttons = find(&template.components, "BUTTONS").and_then(|c| c.get("buttons")?.as_array());
    let buttons = buttons.map_or(&[][..], Vec::as_slice);
    let header = find(&template.components, "HEADER");
    let kind = |button: &Value| button.get("type").and_then(Value::as_str).unwrap_or("").to_owned();
    let (name, mut value) = if template.category == "AUTHENTICATION" {
        let minutes = footer.and_then(|footer| footer.get("code_expiration_minutes"));
        let action = json!({"type": "COPY_CODE", "copy_code_text": buttons.first().and_then(|b| b.get("text"))});
        let value =
            json!({"add_security_recommendation": true, "code_expiration_minutes": minutes, "actions": [action]});
        ("whatsapp/authentication", value)
    } else if header.is_some() || footer.is_some() || buttons.iter().any(|b| kind(b) != "QUICK_REPLY") {
        ("whatsapp/card", json!({"body": text, "footer": footer.and_then(|f| f.get("text"))}))
    } else if buttons.is_empty() {
        ("twilio/text", json!({"body": text}))
    } else {
        ("twilio/quick-reply", json!({"body": text}))
    };
    if name != "whatsapp/authentication" && !buttons.is_empty() {
        value["actions"] = buttons.iter().filter_map(action).collect::<Vec<Value>>().into();
    }
    if let Some(header) = header {
        if header.get("format").and_then(Value::as_str) == Some("TEXT") {
            value["header_text"] = header["text"].clone();
        } else {
            value["media"] = json!(["https://shop.example/picture.jpg"]);
        }
    }
    Some(Content {
        sid: sid("HX", &format!("{}/{}/{}", template.waba, template.name, template.language)),
        friendly_name: format!("{}_{}", template.name, template.language),
        language: template.language.clone(),
        variables: samples(template, text, body),
        types: Map::from_iter([(name.to_owned(), value)]),
        created: now,
        updated: now,
        template: Some(template.id.clone()),
    })
}

fn action(button: &Value) -> Option<Value> {
    let title = button.get("text")?;
    Some(match button.get("type")?.as_str()? {
        "QUICK_REPLY" => json!({"type": "QUICK_REPLY", "title": title, "id": title}),
        "URL" => json!({"type": "URL", "title": title, "url": button.get("url")?}),
        "PHONE_NUMBER" => json!({"type": "PHONE_NUMBER", "title": title, "phone": button.get("phone_number")?}),
        _ => return None,
    })
}

fn samples(template: &Template, text: &str, body: &Value) -> Map<String, Value> {
    if template.category == "AUTHENTICATION" {
        return Map::from_iter([("1".to_owned(), Value::from("123456"))]);
    }
    let named = body.pointer("/example/body_text_named_params").and_then(Value::as_array);
    if let Some(named) = named {
        return named
            .iter()
            .filter_map(|sample| Some((sample.get("param_name")?.as_str()?.to_owned(), sample.get("example")?.clone())))
            .chain([("1".to_owned(), Value::from("77"))])
            .collect();
    }
    let row = body.pointer("/example/body_text/0").and_then(Value::as_array).cloned().unwrap_or_default();
    variables(text).into_iter().zip(row).collect()
}
