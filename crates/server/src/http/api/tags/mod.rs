//! Tags: the workspace's words for contacts.

mod create;
mod delete;
mod list;
mod merge;
mod update;
mod uses;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(update::update, delete::delete))
        .routes(routes!(uses::uses))
        .routes(routes!(merge::merge))
}
