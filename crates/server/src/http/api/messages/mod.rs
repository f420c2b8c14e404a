//! Messages by id: what they are, why they went or did not, and what to do about those that did not.

mod forget_intent;
mod read;
mod reading;
mod retry;
mod say_intent;
mod settle;
mod update;
mod why;
mod withdraw;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read::read, update::update, withdraw::withdraw))
        .routes(routes!(retry::retry))
        .routes(routes!(settle::settle))
        .routes(routes!(why::why))
        .routes(routes!(reading::reading))
        .routes(routes!(say_intent::say_intent, forget_intent::forget_intent))
}
