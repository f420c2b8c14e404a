//! Users.

mod create;
mod delete;
mod keys;
mod list;
mod me;
mod password;
mod read;
mod set_keys;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(me::update))
        .routes(routes!(keys::keys, set_keys::set_keys))
        .routes(routes!(password::change))
        .routes(routes!(read::read, update::update, delete::delete))
}
