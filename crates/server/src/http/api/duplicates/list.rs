//! GET /api/v1/duplicates

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::likeness::{self, Suggestion};

/// Pairs of contacts that may be the same person and wait for somebody to look at them, the likeliest first. They are
/// found as contacts change: by numbers in any spelling, e-mail addresses, addresses, names that are at least 80 % alike
/// in any language, and what both bought within 90 days.
#[utoipa::path(
    get,
    path = "/duplicates",
    operation_id = "list_duplicates",
    tag = "contacts",
    params(Paging),
    responses((status = 200, body = List<Suggestion>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<Suggestion>>> {
    let (items, next) = likeness::list(&app, &caller, paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
