//! Satisfaction surveys.

mod figures;
mod list;
mod set_settings;
mod settings;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(figures::figures))
        .routes(routes!(settings::settings, set_settings::set_settings))
}
