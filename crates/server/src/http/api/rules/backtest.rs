//! GET /api/v1/rules/backtests/{id}, its examples, and stopping it

use crate::http::{Answer, Caller, Json, List, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::Page;
use rapport_app::rule::backtest::ask::{self, ExampleQuery};
use rapport_app::rule::backtest::view::{BacktestView, ExampleView};
use uuid::Uuid;

/// A rule tried on the past, and how far that is.
#[utoipa::path(
    get,
    path = "/rules/backtests/{id}",
    operation_id = "get_rule_backtest",
    tag = "rules",
    params(("id" = Uuid, Path, description = "Trial")),
    responses((status = 200, body = BacktestView), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<BacktestView>> {
    Ok(Json(ask::get(&app, &caller, id).await?))
}

/// Examples of what the rule would have done, or of where it would not have run, with their explanation. At most 50.
#[utoipa::path(
    get,
    path = "/rules/backtests/{id}/examples",
    operation_id = "list_rule_backtest_examples",
    tag = "rules",
    params(("id" = Uuid, Path, description = "Trial"), ExampleQuery),
    responses((status = 200, body = List<ExampleView>), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn examples(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<ExampleQuery>,
) -> Answer<Json<List<ExampleView>>> {
    let items = ask::examples(&app, &caller, id, query).await?;
    Ok(Json(Page { items, next: None }.into()))
}

/// Stops it; what was counted stays.
#[utoipa::path(
    post,
    path = "/rules/backtests/{id}/cancel",
    operation_id = "cancel_rule_backtest",
    tag = "rules",
    params(("id" = Uuid, Path, description = "Trial")),
    responses((status = 200, body = BacktestView), Problems),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn cancel(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<BacktestView>> {
    Ok(Json(ask::cancel(&app, &caller, id).await?))
}
