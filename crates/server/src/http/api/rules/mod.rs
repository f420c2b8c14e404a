//! Rules: what happens by itself.

mod backtest;
mod backtests;
mod create;
mod delete;
mod fields;
mod from_starter;
mod funnel;
mod list;
mod read;
mod starters;
mod update;
mod validate;
mod versions;
mod why;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(fields::fields))
        .routes(routes!(starters::starters))
        .routes(routes!(from_starter::from_starter))
        .routes(routes!(validate::validate))
        .routes(routes!(backtests::list, backtests::create))
        .routes(routes!(backtest::read))
        .routes(routes!(backtest::examples))
        .routes(routes!(backtest::cancel))
        .routes(routes!(funnel::wishes))
        .routes(routes!(read::read, update::update, delete::delete))
        .routes(routes!(versions::versions))
        .routes(routes!(why::why))
        .routes(routes!(funnel::funnel))
}
