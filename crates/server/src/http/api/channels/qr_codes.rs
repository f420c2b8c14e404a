//! GET /api/v1/channels/{id}/qr-codes

use crate::http::{Answer, Caller, Json, List, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::qr::{self, QrView};
use uuid::Uuid;

/// The number's short links, which QR codes lead to.
#[utoipa::path(
    get,
    path = "/channels/{id}/qr-codes",
    operation_id = "list_qr_codes",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 200, body = List<QrView>), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn qr_codes(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<List<QrView>>> {
    Ok(Json(List::all(qr::list(&app, &caller, id.into()).await?)))
}
