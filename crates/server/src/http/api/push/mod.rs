//! Notices on one's own devices.

mod put;
mod read;
mod remove;
mod test;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read::read))
        .routes(routes!(put::put))
        .routes(routes!(remove::remove))
        .routes(routes!(test::test))
}
