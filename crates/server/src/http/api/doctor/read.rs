//! GET /api/v1/doctor

use crate::http::api::channels::Findings;
use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::{App, doctor};

/// Looks at everything that can be wrong and says what to do about it, worst first.
#[utoipa::path(
    get,
    path = "/doctor",
    operation_id = "read_doctor",
    tag = "doctor",
    responses((status = 200, body = Findings), Problems),
    extensions(("x-permission" = json!("operation.manage")))
)]
pub async fn read(State(app): State<App>, caller: Caller) -> Answer<Json<Findings>> {
    Ok(Json(Findings { findings: doctor::run(&app, &caller).await? }))
}
