//! GET /api/v1/contacts/{id}/consents

use crate::http::{Answer, Caller, Json, List, Paging, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::consent;
use rapport_app::contact::view::ConsentView;
use uuid::Uuid;

/// What a contact agreed to over time, newest first.
#[utoipa::path(
    get,
    path = "/contacts/{id}/consents",
    operation_id = "list_consents",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact"), Paging),
    responses((status = 200, body = List<ConsentView>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn consents(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<ConsentView>>> {
    let page = consent::list(&app, &caller, id.into(), paging.after()?, paging.limit()?).await?;
    Ok(Json(page.into()))
}
