//! Files of messages.

mod crm_copy;
mod download;
mod range;
mod retention;
mod set_retention;
mod thumbnail;
mod upload;

pub use download::serve as serve_file;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints with small bodies.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(download::download))
        .routes(routes!(thumbnail::thumbnail))
        .routes(routes!(crm_copy::crm_copy))
        .routes(routes!(retention::retention, set_retention::set_retention))
}

/// The noun's endpoints that take files.
#[must_use]
pub fn uploads() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(upload::upload))
}
