//! How a conversation ends.

mod create;
mod list;
mod set_settings;
mod settings;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(update::update))
        .routes(routes!(settings::settings, set_settings::set_settings))
}
