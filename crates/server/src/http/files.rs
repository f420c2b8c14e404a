//! `GET /files/{channel_id}/{media_id}/{expires}/{signature}`: files for providers that fetch what they send.

use crate::http::api::media::serve_file;
use crate::http::{Answer, Path};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use rapport_app::App;
use rapport_app::media::link;
use rapport_core::Ms;
use uuid::Uuid;

/// Hands a file to whoever has its link.
pub async fn fetch(
    State(app): State<App>,
    Path((channel, media, expires, signature)): Path<(Uuid, Uuid, i64, String)>,
    headers: HeaderMap,
) -> Answer<Response> {
    let file = link::open(&app, channel.into(), media.into(), Ms(expires), &signature).await?;
    let mut answer = serve_file(media, &file, &headers).await?;
    // The link is a secret: nothing on the way keeps it.
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(answer)
}
