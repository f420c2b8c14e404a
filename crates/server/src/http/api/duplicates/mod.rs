//! Contacts that may be the same person, and merges that can be taken back.

mod counts;
mod decide;
mod list;
mod undo;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(counts::counts))
        .routes(routes!(decide::decide))
        .routes(routes!(undo::undo))
}
