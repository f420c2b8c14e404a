//! Practice: scripted customers to learn with.

pub mod cookie;
mod end;
mod enter;
mod leave;
mod read;
mod start;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(enter::enter, read::read, end::end))
        .routes(routes!(leave::leave))
        .routes(routes!(start::start))
}
