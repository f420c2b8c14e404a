//! The 360dialog stand-in (whatsapp-cloud-api.md §16): the same numbers under `/dialog360`, told apart by their key.

use crate::{
    reply::Reply,
    whatsapp::{
        self,
        call::Call,
        error::GraphError,
        state::{Number, Via},
        template_api,
    },
    world::World,
};
use axum::{
    extract::{Request, State as Extract},
    http::HeaderName,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// Where Meta keeps files; 360dialog's clients put its own host in its place.
const LOOKASIDE: &str = "https://lookaside.fbsbx.com/whatsapp_business/attachments/";

/// Number and token behind a key.
struct Access {
    phone_number_id: String,
    waba_id: String,
    token: String,
}

/// Answers every call under `/dialog360`.
pub async fn handle(Extract(world): Extract<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, crate::serve::MAX_BODY).await else {
        return failure(413, "The request is too large").into_response();
    };
    let key = parts.headers.get("d360-api-key").and_then(|value| value.to_str().ok()).unwrap_or("");
    let access = {
        let state = world.wa();
        let number = state.numbers.values().find(|number| !key.is_empty() && number.config.d360_key() == key);
        number.map(|number| Access {
            phone_number_id: number.config.phone_number_id.clone(),
            waba_id: number.config.waba_id.clone(),
            token: number.config.access_token.clone(),
        })
    };
    let Some(access) = access else {
        return failure(401, "Invalid api key").into_response();
    };
    let mut call = Call::new(&parts, body);
    let segments: Vec<String> = call.segments.iter().skip(1).cloned().collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let method = call.method.clone();
    match (method.as_str(), segments.as_slice()) {
        ("GET", ["health_status"]) => {
            // Always told; what else of the number is asked for comes along.
            let asked = call.query.remove("fields").unwrap_or_default();
            call.query.insert("fields".to_owned(), format!("health_status,{asked}"));
            pass(&world, call, &access, &[access.phone_number_id.as_str()]).await
        }
        (_, ["v1", "configs", "webhook"]) => webhook(&world, &call, &access).into_response(),
        (_, ["v1", "configs", "templates", rest @ ..]) => {
            templates(&world, &call, &access, rest.first().copied()).into_response()
        }
        // Samples of headers, as at Meta, but the key stands for the app.
        ("POST", ["uploads"]) => pass(&world, call, &access, &["app", "uploads"]).await,
        ("GET" | "POST", [session]) if session.starts_with("upload:") => pass(&world, call, &access, &[session]).await,
        ("GET", ["whatsapp_business", "attachments"]) => {
            let id = call.query.get("mid").cloned().unwrap_or_default();
            pass(&world, call, &access, &["_lookaside", &id]).await
        }
        ("POST", ["messages" | "marketing_messages" | "media"])
        | (_, ["whatsapp_business_profile" | "block_users" | "settings" | "whatsapp_commerce_settings"])
        | (_, ["message_qrdls", ..]) => {
            let mut path = vec![access.phone_number_id.as_str()];
            path.extend(&segments);
            pass(&world, call, &access, &path).await
        }
        ("GET" | "DELETE", [id]) => file(&world, call, &access, id).await,
        _ => failure(404, "There is no such endpoint").into_response(),
    }
}

/// 360dialog's own errors; Meta's come through as they are.
fn failure(status: u16, text: &str) -> Reply {
    Reply::json(
        status,
        &json!({"meta": {
            "api_status": "stable",
            "version": "2.0",
            "developer_message": text,
            "http_code": status,
            "success": false,
        }}),
    )
}

/// Lets the Graph API answer, as the number that the key belongs to.
async fn pass(world: &Arc<World>, call: Call, access: &Access, path: &[&str]) -> Response {
    whatsapp::answer(world, &call.rewritten(path, &access.token, Via::Dialog360)).await
}

/// A file's description carries Meta's own address.
async fn file(world: &Arc<World>, call: Call, access: &Access, id: &str) -> Response {
    let described = call.method == "GET";
    let response = pass(world, call, access, &[id]).await;
    if !described || !response.status().is_success() {
        return response;
    }
    let Ok(bytes) = axum::body::to_bytes(response.into_body(), 1 << 20).await else {
        return failure(500, "The answer could not be read").into_response();
    };
    let mut value: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let url = value["url"].as_str().map(lookaside);
    value["url"] = json!(url);
    Reply::ok(&value).into_response()
}

fn lookaside(url: &str) -> String {
    format!("{LOOKASIDE}?{}", url.split_once('?').map_or("", |(_, query)| query))
}

/// Where a number's deliveries go, and their headers; `None` when 360dialog does not deliver.
pub fn receiver(number: &Number) -> Option<(String, Vec<(String, String)>)> {
    let url = number.config.dialog360_url.clone()?;
    let headers = number.config.dialog360_headers.iter();
    Some((url, headers.map(|(name, value)| (name.clone(), value.clone())).collect()))
}

/// What customers' files look like in deliveries: at Meta's own address.
pub fn told(value: &Value, base_url: &str) -> Value {
    let mut value = value.clone();
    let ours = format!("{base_url}/_lookaside/");
    for message in value.get_mut("messages").and_then(Value::as_array_mut).into_iter().flatten() {
        for part in message.as_object_mut().into_iter().flat_map(|message| message.values_mut()) {
            let url = part.get("url").and_then(Value::as_str).filter(|url| url.starts_with(&ours)).map(lookaside);
            if let Some(url) = url {
                part["url"] = url.into();
            }
        }
    }
    value
}

/// `/v1/configs/webhook`: look, set, take away. Nothing is asked of the address.
fn webhook(world: &World, call: &Call, access: &Access) -> Reply {
    let mut state = world.wa();
    let Some(number) = state.numbers.get_mut(&access.phone_number_id) else {
        return failure(404, "The number is gone");
    };
    match call.method.as_str() {
        "GET" => {}
        "POST" => {
            let Ok(params) = call.params() else {
                return failure(400, "The request body must be a JSON object");
            };
            let url = params.get("url").and_then(Value::as_str).unwrap_or("");
            if !reqwest::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
                return failure(400, "`url` must be an http or https address");
            }
            let Some(headers) = headers(params.get("headers")) else {
                return failure(400, "`headers` must be an object of names and texts");
            };
            number.config.dialog360_url = Some(url.to_owned());
            number.config.dialog360_headers = headers;
        }
        "DELETE" => {
            number.config.dialog360_url = None;
            number.config.dialog360_headers.clear();
        }
        _ => return failure(405, "Method not allowed"),
    }
    let (url, headers) = (&number.config.dialog360_url, &number.config.dialog360_headers);
    Reply::ok(&json!({"url": url.as_deref().unwrap_or(""), "headers": headers}))
}

fn headers(given: Option<&Value>) -> Option<BTreeMap<String, String>> {
    match given {
        None | Some(Value::Null) => Some(BTreeMap::new()),
        Some(Value::Object(map)) => map
            .iter()
            .map(|(name, value)| {
                HeaderName::try_from(name.as_str()).ok()?;
                Some((name.clone(), value.as_str()?.to_owned()))
            })
            .collect(),
        Some(_) => None,
    }
}

/// `/v1/configs/templates`: list, create; `DELETE /v1/configs/templates/{name}`.
fn templates(world: &World, call: &Call, access: &Access, name: Option<&str>) -> Reply {
    let mut guard = world.wa();
    let state = &mut *guard;
    let done = match (call.method.as_str(), name) {
        ("GET", None) => {
            let number = |key: &str, usual: usize| call.query.get(key).and_then(|v| v.parse().ok()).unwrap_or(usual);
            let (limit, offset) = (number("limit", 1_000), number("offset", 0));
            let all: Vec<Value> = state
                .templates
                .values()
                .filter(|template| template.waba == access.waba_id)
                .map(|template| {
                    let mut view = template.view();
                    // Here statuses are written small.
                    view["status"] = template.status.to_lowercase().into();
                    view["namespace"] = format!("ns_{}", access.waba_id).into();
                    view["waba_account_id"] = access.waba_id.as_str().into();
                    view
                })
                .collect();
            let page: Vec<&Value> = all.iter().skip(offset).take(limit).collect();
            Ok(Reply::ok(&json!({
                "count": page.len(),
                "total": all.len(),
                "limit": limit,
                "offset": offset,
                "filters": {},
                "sort": ["id"],
                "waba_templates": page,
            })))
        }
        ("POST", None) => call.params().and_then(|params| made(world, state, &params, access)),
        ("DELETE", Some(name)) => {
            let params = Map::from_iter([("name".to_owned(), Value::from(name))]);
            template_api::delete(world, state, &params, &access.waba_id)
                .map(|_| Reply::ok(&json!({"meta": {"success": true, "http_code": 200, "developer_message": "ok"}})))
        }
        _ => return failure(404, "There is no such endpoint"),
    };
    done.unwrap_or_else(|error| error.reply(&state.token(23)))
}

fn made(
    world: &World,
    state: &mut whatsapp::state::State,
    params: &Map<String, Value>,
    access: &Access,
) -> Result<Reply, GraphError> {
    let answer = template_api::create(world, state, params, &access.waba_id)?;
    let mut view = answer["id"].as_str().and_then(|id| state.templates.get(id)).map_or(Value::Null, |t| t.view());
    view["status"] = "submitted".into();
    Ok(Reply::json(201, &view))
}
