//! Message templates of the provider.

mod check;
mod create;
mod delete;
mod get;
mod list;
mod sync;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(check::check))
        .routes(routes!(get::get, update::update, delete::delete))
        .routes(routes!(sync::sync))
}
