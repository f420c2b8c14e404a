//! GET /api/v1/hot-words

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::understanding::words::{self, HotWordQuery, HotWordView};

/// The hot words by language, topic and text, with how often customers said them.
#[utoipa::path(
    get,
    path = "/hot-words",
    operation_id = "list_hot_words",
    tag = "understanding",
    params(HotWordQuery, Paging),
    responses((status = 200, body = List<HotWordView>), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(wanted): Query<HotWordQuery>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<HotWordView>>> {
    let (items, next) = words::list(&app, &caller, wanted, paging.after()?, paging.limit()?).await?;
    Ok(Json(List::page(items, next.as_ref())))
}
