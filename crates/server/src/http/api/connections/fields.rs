//! GET /api/v1/connections/{id}/fields

use crate::http::{Answer, Caller, Json, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::{self, FieldSide, FieldView};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Whose fields are wanted.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Side {
    /// `remote` (the CRM's, the default) or `local` (ours).
    #[serde(default)]
    #[param(inline)]
    pub side: FieldSide,
}

/// The fields that can be mapped: the CRM's as it describes them now, or ours.
#[utoipa::path(
    get,
    path = "/connections/{id}/fields",
    operation_id = "list_connection_fields",
    tag = "connections",
    params(("id" = Uuid, Path, description = "Connection"), Side),
    responses((status = 200, body = Vec<FieldView>), Problems),
    extensions(("x-permission" = json!("connection.read")))
)]
pub async fn fields(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(side): Query<Side>,
) -> Answer<Json<Vec<FieldView>>> {
    Ok(Json(connection::fields(&app, &caller, id.into(), side.side).await?))
}
