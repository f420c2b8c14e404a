//! GET /api/v1/templates

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::template_list::{self, TemplateFilter, TemplateView};

/// Templates by name and language, with what is filled in before sending.
#[utoipa::path(
    get,
    path = "/templates",
    operation_id = "list_templates",
    tag = "templates",
    params(TemplateFilter, Paging),
    responses((status = 200, body = List<TemplateView>), Problems),
    extensions(("x-permission" = json!("channel.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<TemplateFilter>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<TemplateView>>> {
    let (items, next) = template_list::list(&app, &caller, filter, paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
