//! POST /api/v1/cases

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::matter::make::{self, NewCase};
use rapport_app::matter::view::MatterView;

/// Makes a case, here and in the CRM that takes it. A repeated `client_id` answers with the one that was made. Answers 422
/// `not_offered` when the vendor of the named connection takes no cases.
#[utoipa::path(
    post,
    path = "/cases",
    operation_id = "create_case",
    tag = "cases",
    request_body = NewCase,
    responses((status = 201, body = MatterView), Problems),
    extensions(("x-permission" = json!("contact.write")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<NewCase>,
) -> Answer<(StatusCode, Json<MatterView>)> {
    Ok((StatusCode::CREATED, Json(make::case(&app, &caller, given).await?)))
}
