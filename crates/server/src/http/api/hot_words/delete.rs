//! DELETE /api/v1/hot-words/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::understanding::words;
use uuid::Uuid;

/// Removes a hot word with what was counted of it.
#[utoipa::path(
    delete,
    path = "/hot-words/{id}",
    operation_id = "delete_hot_word",
    tag = "understanding",
    params(("id" = Uuid, Path, description = "Hot word")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    words::remove(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
