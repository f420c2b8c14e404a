//! The Graph API stand-in (whatsapp-cloud-api.md).

mod account;
mod admin;
mod block;
pub mod call;
mod contacts;
pub mod content;
pub mod crowd;
pub mod envelope;
pub mod error;
pub mod events;
pub mod inbound;
mod interactive;
pub mod limits;
mod links;
pub mod media;
pub mod messages;
pub mod number;
mod profile;
pub mod quality;
pub mod simulate;
pub mod state;
pub mod status;
pub mod template;
pub mod template_api;
mod template_bulk;
pub mod template_check;
mod template_library;
mod template_params;
pub mod template_seed;
pub mod trouble;
mod upload;

use crate::{
    fault::{Target, Traffic},
    reply::{Reply, cut},
    world::World,
};
use axum::{
    extract::{Request, State as Extract},
    response::{IntoResponse, Response},
};
use call::Call;
use error::{GraphError, Result};
use std::sync::Arc;
use trouble::{Ending, Verdict};

/// Answers every call that is neither control, CRM nor another provider's.
pub async fn handle(Extract(world): Extract<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, crate::serve::MAX_BODY).await else {
        return GraphError::invalid("The request body could not be read or is too large").reply("").into_response();
    };
    answer(&world, &Call::new(&parts, body)).await
}

/// Answers one call, unless a fault does.
pub async fn answer(world: &Arc<World>, call: &Call) -> Response {
    let (to, kind) = (call.recipient(), call.message_kind());
    let traffic = Traffic { target: Target::Whatsapp, path: &call.path, method: &call.method, to: &to, kind: &kind };
    let (forced, ending) = match trouble::judge(world, &traffic).await {
        Verdict::Cut => return cut(),
        Verdict::Go { forced, ending } => (forced, ending),
        Verdict::Refuse { code, status, retry_after, logged } => {
            let error = GraphError::code(code);
            if logged {
                messages::record_refusal(world, call, &error);
            }
            let reply = error.reply(&world.wa().token(23));
            let reply = Reply { status: status.unwrap_or(reply.status), ..reply };
            return match retry_after {
                Some(text) => reply.with("retry-after", text),
                None => reply,
            }
            .into_response();
        }
    };
    let reply = match dispatch(world, call, forced).await {
        Ok(reply) => reply,
        Err(error) => {
            messages::record_refusal(world, call, &error);
            error.reply(&world.wa().token(23))
        }
    };
    if ending.closes().await {
        return cut();
    }
    if let Ending::Status(status) = ending {
        let error = GraphError::code(trouble::code_of(status));
        return Reply { status, ..error.reply(&world.wa().token(23)) }.into_response();
    }
    reply.with("facebook-api-version", call.version.as_deref().unwrap_or("v26.0")).into_response()
}

async fn dispatch(world: &Arc<World>, call: &Call, forced: Option<i64>) -> Result<Reply> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["_lookaside", id]) => media::download(world, call, id),
        ("POST", [p, "messages" | "marketing_messages"]) => messages::send(world, call, p, forced),
        ("POST", [p, "media"]) => media::upload(world, call, p).await,
        ("GET" | "POST", [p, "whatsapp_business_profile"]) => profile::handle(world, call, p),
        (_, [p, "block_users"]) => block::handle(world, call, p),
        (_, [p, "message_qrdls", rest @ ..]) => links::handle(world, call, p, rest.first().copied()),
        (_, [p, "register" | "deregister" | "request_code" | "verify_code"]) => number::registration(world, call, p),
        (_, [p, "settings" | "conversational_automation" | "whatsapp_commerce_settings" | "username"]) => {
            number::settings(world, call, p)
        }
        (_, [w, "phone_numbers"]) => number::of_account(world, call, w),
        ("POST", [w, "message_templates", "archive"]) => template_bulk::archive(world, call, w, false),
        ("POST", [w, "message_templates", "unarchive"]) => template_bulk::archive(world, call, w, true),
        ("POST", [w, "upsert_message_templates"]) => template_bulk::upsert(world, call, w),
        ("GET", [id, "compare"]) => template_bulk::compare(world, call, id),
        (_, [w, "message_templates"]) => template_api::handle(world, call, w),
        ("GET", ["message_template_library"]) => template_library::browse(world, call),
        (_, [w, "subscribed_apps"]) => account::subscribed_apps(world, call, w).await,
        ("POST", [app, "subscriptions"]) => account::subscriptions(world, call, app).await,
        ("POST", [app, "uploads"]) => upload::begin(world, call, app),
        ("POST" | "GET", [id]) if id.starts_with("upload:") => upload::go_on(world, call, id),
        ("GET", ["debug_token"]) => admin::debug_token(world, call),
        ("GET", ["oauth", "access_token"]) => admin::access_token(world, call),
        ("POST", [id, "unpause"]) => template_api::unpause(world, call, id),
        (_, [id]) => object(world, call, id).await,
        _ => Err(GraphError::unknown_object(&call.method, segments.first().unwrap_or(&""))),
    }
}

/// `/{id}`: the kind of the object decides.
async fn object(world: &Arc<World>, call: &Call, id: &str) -> Result<Reply> {
    enum Is {
        Number,
        Account,
        Template,
        Media,
    }
    let kind = {
        let state = world.wa();
        if state.numbers.contains_key(id) {
            Some(Is::Number)
        } else if state.wabas.contains_key(id) {
            Some(Is::Account)
        } else if state.templates.contains_key(id) {
            Some(Is::Template)
        } else if state.media.get(id).is_some() {
            Some(Is::Media)
        } else {
            None
        }
    };
    match kind {
        Some(Is::Number) => number::object(world, call, id).await,
        Some(Is::Account) => account::object(world, call, id),
        Some(Is::Template) => template_api::object(world, call, id),
        Some(Is::Media) => media::object(world, call, id),
        None if call.method == "GET" && id == "me" => admin::me(world, call),
        None => {
            // A wrong token is told before an unknown object.
            call.any_token(&world.wa())?;
            Err(GraphError::unknown_object(&call.method, id))
        }
    }
}
