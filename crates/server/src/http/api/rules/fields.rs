//! GET /api/v1/rules/fields

use crate::http::{Answer, Caller, Json, Problems};
use rapport_app::rule::offered::{self, OfferedView};

/// What rules are made of: fields with their comparisons, triggers, steps. A form can be drawn from it.
#[utoipa::path(
    get,
    path = "/rules/fields",
    operation_id = "list_rule_fields",
    tag = "rules",
    responses((status = 200, body = OfferedView), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn fields(caller: Caller) -> Answer<Json<OfferedView>> {
    Ok(Json(offered::get(&caller)?))
}
