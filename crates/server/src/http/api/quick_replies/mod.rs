//! Quick replies: answers kept ready.

mod create;
mod delete;
mod export;
mod import;
mod list;
mod note_use;
mod read;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(export::export))
        .routes(routes!(import::import))
        .routes(routes!(read::read, update::update, delete::delete))
        .routes(routes!(note_use::note_use))
}
