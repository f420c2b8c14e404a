//! POST /api/v1/conflicts/{id}/settle

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::conflict::{self, ConflictChoice, ConflictView};
use uuid::Uuid;

/// Chooses whose value stays. The contact gets it as if a person had typed it, and the CRM hears of it. `stale` means
/// that a value was changed meanwhile: the difference shows it now.
#[utoipa::path(
    post,
    path = "/conflicts/{id}/settle",
    operation_id = "settle_conflict",
    tag = "conflicts",
    params(("id" = Uuid, Path, description = "Difference")),
    request_body = ConflictChoice,
    responses((status = 200, body = ConflictView), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn settle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(choice): Json<ConflictChoice>,
) -> Answer<Json<ConflictView>> {
    Ok(Json(conflict::settle(&app, &caller, id, choice).await?))
}
