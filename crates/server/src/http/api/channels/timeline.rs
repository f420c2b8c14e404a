//! GET /api/v1/channels/{id}/timeline

use crate::http::{Answer, Caller, Json, List, Paging, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::timeline::{self, AccountEventView};
use uuid::Uuid;

/// What happened to the account, the number and its templates, newest first, with what to do about it.
#[utoipa::path(
    get,
    path = "/channels/{id}/timeline",
    operation_id = "list_channel_timeline",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel"), Paging),
    responses((status = 200, body = List<AccountEventView>), Problems),
    extensions(("x-permission" = json!("channel.read")))
)]
pub async fn timeline(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<AccountEventView>>> {
    let page = timeline::list(&app, &caller, id.into(), paging.after()?, paging.limit()?).await?;
    Ok(Json(page.into()))
}
