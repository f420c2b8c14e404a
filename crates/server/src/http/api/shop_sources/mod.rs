//! Shops that deliver by webhook.

mod create;
mod delete;
mod deliveries;
mod list;
mod retry;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(update::update, delete::delete))
        .routes(routes!(deliveries::deliveries))
        .routes(routes!(retry::retry))
}
