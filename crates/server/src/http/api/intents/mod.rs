//! What customers want: how well the model knows, what people say about it, and reading a text.

mod choose;
mod desk;
mod learn;
mod read;
mod try_text;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read::read))
        .routes(routes!(desk::desk))
        .routes(routes!(learn::learn))
        .routes(routes!(choose::choose))
        .routes(routes!(try_text::try_text))
}
