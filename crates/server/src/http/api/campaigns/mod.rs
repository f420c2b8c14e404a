//! Campaigns: one template to many customers, each once.

mod cancel;
mod create;
mod delete;
mod forecast;
mod list;
mod pause;
mod read;
mod recipients;
mod resume;
mod start;
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
        .routes(routes!(read::read, update::update, delete::delete))
        .routes(routes!(start::start))
        .routes(routes!(pause::pause))
        .routes(routes!(resume::resume))
        .routes(routes!(cancel::cancel))
        .routes(routes!(recipients::recipients))
        .routes(routes!(forecast::forecast))
        .routes(routes!(test::test))
}
