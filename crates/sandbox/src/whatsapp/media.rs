//! Media files (whatsapp-cloud-api.md §7).

use super::{
    call::Call,
    error::{GraphError, Result},
    state::State,
};
use crate::{multipart, reply::Reply, world::World};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Ids of uploads live this long.
const UPLOAD_LIFE: i64 = 30 * 86_400_000;
/// Ids told by webhooks live this long.
const INBOUND_LIFE: i64 = 7 * 86_400_000;
/// Addresses live this long.
const URL_LIFE: i64 = 5 * 60_000;

/// `POST /{P}/media`: multipart with the parts in any order.
pub async fn upload(world: &Arc<World>, call: &Call, p: &str) -> Result<Reply> {
    call.number_token(&world.wa(), p)?;
    let parts = multipart::parts(&call.content_type, call.body.clone())
        .await
        .ok_or_else(|| GraphError::invalid("The request must be multipart/form-data."))?;
    let field = |name: &str| {
        parts
            .iter()
            .find(|part| part.name == name && part.filename.is_none())
            .map(|part| String::from_utf8_lossy(&part.data).into_owned())
            .or_else(|| call.query.get(name).cloned())
    };
    if field("messaging_product").as_deref() != Some("whatsapp") {
        return Err(GraphError::invalid("The parameter messaging_product is required."));
    }
    let file = parts
        .iter()
        .find(|part| part.name == "file")
        .ok_or_else(|| GraphError::invalid("The parameter file is required."))?;
    let mime = file
        .mime
        .clone()
        .filter(|mime| mime != "application/octet-stream")
        .or_else(|| field("type"))
        .unwrap_or_else(|| "application/octet-stream".into());
    acceptable(&mime, file.data.len())?;
    let until = world.clock.now() + UPLOAD_LIFE;
    let id = world.wa().store_media(p, &mime, file.data.clone(), until);
    Ok(Reply::ok(&json!({ "id": id })))
}

fn acceptable(mime: &str, size: usize) -> Result<()> {
    const KINDS: &str = "audio/aac, audio/mp4, audio/mpeg, audio/amr, audio/ogg, audio/opus, application/vnd.ms-powerpoint, application/msword, application/vnd.openxmlformats-officedocument.wordprocessingml.document, application/vnd.openxmlformats-officedocument.presentationml.presentation, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/pdf, text/plain, application/vnd.ms-excel, image/jpeg, image/png, image/webp, video/mp4, video/3gpp";
    let plain = mime.split(';').next().unwrap_or("").trim();
    if !KINDS.split(", ").any(|kind| kind == plain) {
        return Err(GraphError::invalid(format!(
            "Param file must be a file with one of the following types: {KINDS}. Received file of type '{plain}'."
        )));
    }
    let max = match plain.split('/').next().unwrap_or("") {
        "image" if plain == "image/webp" => 500 << 10,
        "image" => 5 << 20,
        "audio" | "video" => 16 << 20,
        _ => 100 << 20,
    };
    if size == 0 || size > max {
        return Err(GraphError::code(131_053).details(format!("File size {size} is not between 1 and {max} bytes.")));
    }
    Ok(())
}

/// `GET` and `DELETE /{media-id}`.
pub fn object(world: &Arc<World>, call: &Call, id: &str) -> Result<Reply> {
    let mut guard = world.wa();
    let state = &mut *guard;
    call.any_token(state)?;
    let now = world.clock.now();
    let url_token = state.token(24);
    let unknown = || GraphError::unknown_object(&call.method, id);
    let media = state.media.get_mut(id).filter(|media| media.expires_at > now).ok_or_else(unknown)?;
    let wanted = call.query.get("phone_number_id");
    if wanted.is_some_and(|p| *p != media.phone_number_id) {
        return Err(unknown());
    }
    match call.method.as_str() {
        "GET" => {
            media.urls.retain(|(_, until)| *until > now);
            if media.urls.len() > 100 {
                media.urls.remove(0);
            }
            media.urls.push((url_token.clone(), now + URL_LIFE));
            Ok(Reply::ok(&json!({
                "messaging_product": "whatsapp",
                "url": address(world, call.host.as_deref(), id, &url_token),
                "mime_type": media.mime,
                "sha256": hex::encode(media.sha),
                "file_size": media.data.len(),
                "id": id,
            })))
        }
        "DELETE" => {
            if let Some(media) = state.media.remove(id) {
                state.media_bytes -= media.data.len();
            }
            Ok(Reply::ok(&json!({"success": true})))
        }
        _ => Err(unknown()),
    }
}

fn address(world: &World, host: Option<&str>, id: &str, token: &str) -> String {
    let base = host.map_or_else(|| world.base_url.clone(), |host| format!("http://{host}"));
    format!("{base}/_lookaside/{id}?ext={token}&mid={id}")
}

/// `GET` of an address handed out before: bytes with the token, 404 once it expired.
pub fn download(world: &Arc<World>, call: &Call, id: &str) -> Result<Reply> {
    let state = world.wa();
    if call.any_token(&state).is_err() {
        let page = Bytes::from_static(b"<!DOCTYPE html><html><body>Log in to continue</body></html>");
        let mut reply = Reply::empty(401);
        reply.body = ("text/html".into(), page);
        return Ok(reply);
    }
    let now = world.clock.now();
    let ext = call.query.get("ext").map_or("", String::as_str);
    let found = state
        .media
        .get(id)
        .filter(|media| media.expires_at > now && media.urls.iter().any(|(token, until)| token == ext && *until > now));
    let Some(media) = found else {
        return Ok(Reply::empty(404));
    };
    let mut reply = Reply::empty(200);
    reply.body = (media.mime.clone(), media.data.clone());
    Ok(reply)
}

/// Gives a media message of a customer its file: from `data` (base64), or a small sample.
pub fn attach(
    world: &World,
    state: &mut State,
    p: &str,
    kind: &str,
    message: &mut Map<String, Value>,
    now: i64,
) -> std::result::Result<(), String> {
    let Some((usual, sample)) = sample(kind) else {
        return Ok(());
    };
    let Some(object) = message.entry(kind).or_insert_with(|| json!({})).as_object_mut() else {
        return Err(format!("`message.{kind}` must be an object"));
    };
    if object.contains_key("id") {
        return Ok(());
    }
    let data = match object.remove("data") {
        Some(Value::String(text)) => {
            STANDARD.decode(text).map(Bytes::from).map_err(|_| format!("`message.{kind}.data` is not base64"))?
        }
        _ => Bytes::from_static(sample),
    };
    let mime = object.get("mime_type").and_then(Value::as_str).unwrap_or(usual).to_owned();
    let id = state.store_media(p, &mime, data, now + INBOUND_LIFE);
    let token = state.token(24);
    if let Some(media) = state.media.get_mut(&id) {
        media.urls.push((token.clone(), now + URL_LIFE));
        object.insert("sha256".into(), STANDARD.encode(media.sha).into());
    }
    object.insert("url".into(), address(world, None, &id, &token).into());
    object.insert("mime_type".into(), mime.into());
    object.insert("id".into(), id.into());
    match kind {
        "audio" => drop(object.entry("voice").or_insert_with(|| true.into())),
        "sticker" => drop(object.entry("animated").or_insert_with(|| false.into())),
        "document" => drop(object.entry("filename").or_insert_with(|| "file.pdf".into())),
        _ => {}
    }
    Ok(())
}

fn sample(kind: &str) -> Option<(&'static str, &'static [u8])> {
    // A 1x1 PNG; the other kinds only need bytes that begin like their format.
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";
    match kind {
        "image" => Some(("image/png", PNG)),
        "video" => Some(("video/mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")),
        "audio" => Some(("audio/ogg; codecs=opus", b"OggS\0\x02\0\0\0\0\0\0\0\0")),
        "document" => Some(("application/pdf", b"%PDF-1.4\n%%EOF\n")),
        "sticker" => {
            Some(("image/webp", b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"))
        }
        _ => None,
    }
}
