//! Dead letters: work that was given up until a person looks.

mod delete;
mod list;
mod replay;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(delete::delete)).routes(routes!(replay::replay))
}
