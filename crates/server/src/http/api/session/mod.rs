//! The session of the browser that asks: signing in and out.

pub mod cookies;
mod create;
mod delete;
mod read;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create::create, read::read, delete::delete))
}
