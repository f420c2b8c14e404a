//! PATCH /api/v1/macros/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::macros::{self, MacroPatch, MacroView};
use uuid::Uuid;

/// Changes a macro.
#[utoipa::path(
    patch,
    path = "/macros/{id}",
    operation_id = "update_macro",
    tag = "macros",
    params(("id" = Uuid, Path, description = "Macro")),
    request_body = MacroPatch,
    responses((status = 200, body = MacroView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<MacroPatch>,
) -> Answer<Json<MacroView>> {
    Ok(Json(macros::update(&app, &caller, id, given).await?))
}
