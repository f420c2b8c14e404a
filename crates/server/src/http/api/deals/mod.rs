//! Deals: what customers may buy, kept in a CRM where one takes them.

mod create;
mod list;
mod read;
mod retry;
mod targets;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(targets::targets))
        .routes(routes!(read::read, update::update))
        .routes(routes!(retry::retry))
}
