//! Channels: connected numbers.

mod check;
mod create;
mod delete;
mod list;
mod read;
mod update;

use rapport_app::App;
use rapport_app::doctor::Finding;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Findings {
    /// Worst first.
    pub findings: Vec<Finding>,
}

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(read::read, update::update, delete::delete))
        .routes(routes!(check::check))
}
