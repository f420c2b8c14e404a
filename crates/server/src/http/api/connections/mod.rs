//! Connections: CRMs and help desks kept in step.

mod check;
mod create;
mod delete;
mod description;
mod fields;
mod health;
mod kinds;
mod list;
mod mappings;
mod read;
mod set_mappings;
mod sync;
mod trial;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(kinds::kinds))
        .routes(routes!(trial::trial))
        .routes(routes!(read::read, update::update, delete::delete))
        .routes(routes!(check::check))
        .routes(routes!(description::description))
        .routes(routes!(fields::fields))
        .routes(routes!(health::health))
        .routes(routes!(mappings::mappings, set_mappings::set_mappings))
        .routes(routes!(sync::sync))
}
