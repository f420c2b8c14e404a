//! PATCH /api/v1/hot-words/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::understanding::words::{self, HotWordPatch, HotWordView};
use uuid::Uuid;

/// Changes a hot word. What customers wrote in the last 90 days is counted again.
#[utoipa::path(
    patch,
    path = "/hot-words/{id}",
    operation_id = "update_hot_word",
    tag = "understanding",
    params(("id" = Uuid, Path, description = "Hot word")),
    request_body = HotWordPatch,
    responses((status = 200, body = HotWordView), Problems),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<HotWordPatch>,
) -> Answer<Json<HotWordView>> {
    Ok(Json(words::update(&app, &caller, id, patch).await?))
}
