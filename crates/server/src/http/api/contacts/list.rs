//! GET /api/v1/contacts

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::contact::list::{self, ContactFilter};
use rapport_app::contact::view::ContactView;

/// Contacts, found by name, number or e-mail address.
#[utoipa::path(
    get,
    path = "/contacts",
    operation_id = "list_contacts",
    tag = "contacts",
    params(ContactFilter, Paging),
    responses((status = 200, body = List<ContactView>), Problems),
    extensions(("x-permission" = json!("contact.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<ContactFilter>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<ContactView>>> {
    let (items, next) = list::list(&app, &caller, filter, paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
