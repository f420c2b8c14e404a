//! Changes to many conversations at once.

mod cancel;
mod create;
mod list;
mod read;
mod undo;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(read::read))
        .routes(routes!(cancel::cancel))
        .routes(routes!(undo::undo))
}
