//! GET /api/v1/deals/targets

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::matter::target::{self, TargetView};

/// The connected CRMs and help desks, and whether each takes deals and cases.
#[utoipa::path(
    get,
    path = "/deals/targets",
    operation_id = "list_deal_targets",
    tag = "deals",
    responses((status = 200, body = Vec<TargetView>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn targets(State(app): State<App>, caller: Caller) -> Answer<Json<Vec<TargetView>>> {
    Ok(Json(target::targets(&app, &caller).await?))
}
