//! POST /api/v1/deals

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::matter::make::{self, NewDeal};
use rapport_app::matter::view::MatterView;

/// Makes a deal, here and in the CRM that takes it. A repeated `client_id` answers with the one that was made. Answers 422
/// `not_offered` when the vendor of the named connection takes no deals.
#[utoipa::path(
    post,
    path = "/deals",
    operation_id = "create_deal",
    tag = "deals",
    request_body = NewDeal,
    responses((status = 201, body = MatterView), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<NewDeal>,
) -> Answer<(StatusCode, Json<MatterView>)> {
    Ok((StatusCode::CREATED, Json(make::deal(&app, &caller, given).await?)))
}
