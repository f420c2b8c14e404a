//! GET /api/v1/tokens

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::tokens::{self, TokenView};

/// Every API token, without its secret.
#[utoipa::path(
    get,
    path = "/tokens",
    operation_id = "list_tokens",
    tag = "tokens",
    params(Paging),
    responses((status = 200, body = List<TokenView>), Problems),
    extensions(("x-permission" = json!("token.manage")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<TokenView>>> {
    let page = tokens::list(&app, &caller, paging.after()?, paging.limit()?).await?;
    Ok(Json(page.into()))
}
