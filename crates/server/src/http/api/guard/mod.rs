//! The guard: what it would say, and the rules it goes by.

mod policy;
mod preview;
mod set_policy;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preview::preview)).routes(routes!(policy::policy, set_policy::set_policy))
}
