//! GET /api/v1/closing-categories

use crate::http::{Answer, Caller, Json, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::closing::categories::{self, CategoryView};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which categories.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CategoriesQuery {
    /// Also those that are no longer offered.
    #[serde(default)]
    pub archived: bool,
}

/// What conversations can be said to have been about, in the workspace's order.
#[utoipa::path(
    get,
    path = "/closing-categories",
    operation_id = "list_closing_categories",
    tag = "closing",
    params(CategoriesQuery),
    responses((status = 200, body = Vec<CategoryView>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<CategoriesQuery>,
) -> Answer<Json<Vec<CategoryView>>> {
    Ok(Json(categories::list(&app, &caller, filter.archived).await?))
}
