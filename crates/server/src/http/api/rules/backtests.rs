//! GET and POST /api/v1/rules/backtests

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::rule::backtest::ask::{self, BacktestQuery, NewBacktest};
use rapport_app::rule::backtest::view::BacktestView;

/// Rules that were tried on the past, newest first. The newest twenty are kept.
#[utoipa::path(
    get,
    path = "/rules/backtests",
    operation_id = "list_rule_backtests",
    tag = "rules",
    params(BacktestQuery, Paging),
    responses((status = 200, body = List<BacktestView>), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<BacktestQuery>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<BacktestView>>> {
    Ok(Json(ask::list(&app, &caller, query, paging.after()?, paging.limit()?).await?.into()))
}

/// Tries a rule, or a draft of one, on the past: who would have got what. Does nothing to anybody; one at a time.
#[utoipa::path(
    post,
    path = "/rules/backtests",
    operation_id = "create_rule_backtest",
    tag = "rules",
    request_body = NewBacktest,
    responses((status = 201, body = BacktestView), Problems),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<NewBacktest>,
) -> Answer<(StatusCode, Json<BacktestView>)> {
    Ok((StatusCode::CREATED, Json(ask::create(&app, &caller, given).await?)))
}
