//! What messages cost, the rate card, the monthly budget.

mod budget;
mod forecast;
mod rates;
mod remove_rate;
mod report;
mod set_budget;
mod set_rate;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(report::report))
        .routes(routes!(forecast::forecast))
        .routes(routes!(rates::rates, set_rate::set_rate, remove_rate::remove_rate))
        .routes(routes!(budget::budget, set_budget::set_budget))
}
