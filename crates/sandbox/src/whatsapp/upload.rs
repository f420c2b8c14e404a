//! Resumable uploads for header samples and profile pictures (whatsapp-cloud-api.md §7).

use super::{
    call::Call,
    error::{GraphError, Result},
};
use crate::{reply::Reply, world::World};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use std::sync::Arc;

/// `POST /{app-id}/uploads`.
pub fn begin(world: &Arc<World>, call: &Call, _app: &str) -> Result<Reply> {
    let mut state = world.wa();
    call.any_token(&state)?;
    let params = call.params()?;
    let mime = params
        .get("file_type")
        .and_then(|v| v.as_str())
        .ok_or_else(|| GraphError::invalid("The parameter file_type is required."))?
        .to_owned();
    let id = format!("upload:{}", STANDARD.encode(state.token(24)));
    state.uploads.insert(id.clone(), (mime, Vec::new()));
    Ok(Reply::ok(&json!({ "id": id })))
}

/// `POST /upload:..` adds bytes at `file_offset`; `GET` tells how far it got.
pub fn go_on(world: &Arc<World>, call: &Call, id: &str) -> Result<Reply> {
    let mut state = world.wa();
    call.any_token(&state)?;
    let (mime, bytes) = state.uploads.get_mut(id).ok_or_else(|| GraphError::unknown_object(&call.method, id))?;
    if call.method == "GET" {
        return Ok(Reply::ok(&json!({"id": id, "file_offset": bytes.len()})));
    }
    let offset = call.file_offset.unwrap_or(0);
    if offset > bytes.len() || offset + call.body.len() > crate::serve::MAX_BODY {
        return Err(GraphError::invalid(format!(
            "file_offset {offset} does not continue the upload at {}",
            bytes.len()
        )));
    }
    bytes.truncate(offset);
    bytes.extend_from_slice(&call.body);
    let handle = format!("4:{}:{}", STANDARD.encode(mime.as_bytes()), STANDARD.encode(id.as_bytes()));
    Ok(Reply::ok(&json!({ "h": handle })))
}
