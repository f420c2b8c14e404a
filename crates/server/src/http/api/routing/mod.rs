//! Who gets a conversation.

mod agents;
mod put_agent;
mod put_place;
mod queue;
mod read;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read::read, update::update))
        .routes(routes!(put_place::put_place))
        .routes(routes!(agents::agents))
        .routes(routes!(put_agent::put_agent))
        .routes(routes!(queue::queue))
}
