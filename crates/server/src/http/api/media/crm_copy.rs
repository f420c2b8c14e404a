//! GET /api/v1/media/{id}/crm-copy

use super::download::serve;
use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use rapport_app::App;
use rapport_app::media::derived;
use uuid::Uuid;

/// The file as a CRM takes it: pictures as JPEG, everything below 5 MB. Answers 422 `crm_too_large` for what cannot be
/// made smaller.
#[utoipa::path(
    get,
    path = "/media/{id}/crm-copy",
    operation_id = "media_crm_copy",
    tag = "media",
    params(("id" = Uuid, Path, description = "File")),
    responses(
        (status = 200, content_type = "*/*", body = Vec<u8>, description = "The copy."),
        (status = 304, description = "The caller has it already."),
        Problems
    ),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn crm_copy(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Answer<Response> {
    let copy = derived::for_crm(&app, &caller, id.into()).await?;
    serve(id, &copy, &headers).await
}
