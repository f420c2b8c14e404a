//! GET /api/v1/campaigns/{id}/recipients

use crate::http::{Answer, Caller, Json, List, Paging, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::campaign::list::{self, RecipientsWanted};
use rapport_app::campaign::view::RecipientView;
use uuid::Uuid;

/// The recipients of a campaign, each with how far the message has come and why it has not arrived.
#[utoipa::path(
    get,
    path = "/campaigns/{id}/recipients",
    operation_id = "list_campaign_recipients",
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "Campaign"), RecipientsWanted, Paging),
    responses((status = 200, body = List<RecipientView>), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn recipients(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(wanted): Query<RecipientsWanted>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<RecipientView>>> {
    let page = list::recipients(&app, &caller, id.into(), wanted, paging.after()?, paging.limit()?).await?;
    Ok(Json(page.into()))
}
