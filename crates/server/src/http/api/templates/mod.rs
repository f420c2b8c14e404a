//! Message templates of the provider.

mod check;
mod create;
mod delete;
mod fill;
mod from_library;
mod get;
mod library;
mod list;
mod set_fillings;
mod sync;
mod unpause;
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
        .routes(routes!(fill::fill))
        .routes(routes!(set_fillings::set_fillings))
        .routes(routes!(unpause::unpause))
        .routes(routes!(library::library, from_library::from_library))
        .routes(routes!(sync::sync))
}
