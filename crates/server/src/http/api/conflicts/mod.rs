//! Differences between contacts and their records in a CRM that wait for a person.

mod counts;
mod list;
mod prefer;
mod settle;
mod settle_many;
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
        .routes(routes!(settle_many::settle_many))
        .routes(routes!(undo::undo))
        .routes(routes!(prefer::prefer))
        .routes(routes!(settle::settle))
}
