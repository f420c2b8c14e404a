//! GET /api/v1/media/{id}/thumbnail

use super::download::serve;
use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use rapport_app::App;
use rapport_app::media::derived;
use uuid::Uuid;

/// A small copy of a picture, at most 640 pixels wide and high: JPEG, or PNG where something shines through.
#[utoipa::path(
    get,
    path = "/media/{id}/thumbnail",
    operation_id = "media_thumbnail",
    tag = "media",
    params(("id" = Uuid, Path, description = "File")),
    responses(
        (status = 200, content_type = "*/*", body = Vec<u8>, description = "The small copy."),
        (status = 304, description = "The caller has it already."),
        Problems
    ),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn thumbnail(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Answer<Response> {
    let copy = derived::thumbnail(&app, &caller, id.into()).await?;
    serve(id, &copy, &headers).await
}
