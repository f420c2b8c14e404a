//! Pools of codes, and the codes that customers were given.

mod add;
mod codes;
mod create;
mod delete;
mod list;
mod pools;
mod read;
mod redeem;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(pools::pools, create::create))
        .routes(routes!(read::read, update::update, delete::delete))
        .routes(routes!(codes::codes, add::add))
        .routes(routes!(list::list))
        .routes(routes!(redeem::redeem))
}
