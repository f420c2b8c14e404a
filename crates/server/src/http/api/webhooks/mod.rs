//! Webhooks: programs that are told of what happens.

mod create;
mod delete;
mod deliveries;
mod delivery;
mod events;
mod list;
mod read;
mod replay;
mod samples;
mod secret;
mod test;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(events::events))
        .routes(routes!(samples::samples))
        .routes(routes!(read::read, update::update, delete::delete))
        .routes(routes!(secret::secret))
        .routes(routes!(test::test))
        .routes(routes!(replay::all))
        .routes(routes!(deliveries::deliveries))
        .routes(routes!(delivery::delivery))
        .routes(routes!(replay::one))
}
