//! DELETE /api/v1/templates/{id}

use crate::http::{Answer, Caller, Path, Problems, Query};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::channel::template_write;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// How much is deleted.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Extent {
    /// True: every language of the name; left out: this language only.
    pub all_languages: Option<bool>,
}

/// Deletes a template at the provider. An approved one is `PENDING_DELETION` for 30 days, and its name is blocked as
/// long.
#[utoipa::path(
    delete,
    path = "/templates/{id}",
    operation_id = "delete_template",
    tag = "templates",
    params(("id" = Uuid, Path, description = "Template"), Extent),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(extent): Query<Extent>,
) -> Answer<StatusCode> {
    template_write::delete(&app, &caller, id, extent.all_languages.unwrap_or(false)).await?;
    Ok(StatusCode::NO_CONTENT)
}
