//! Hot words: what a workspace counts in what customers write.

mod create;
mod delete;
mod export;
mod import;
mod list;
mod starters;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(export::export))
        .routes(routes!(import::import))
        .routes(routes!(starters::starters))
        .routes(routes!(update::update, delete::delete))
}
