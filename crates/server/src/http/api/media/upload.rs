//! POST /api/v1/media

use crate::http::{Answer, Caller, Json, MAX_UPLOAD, Problem, Problems, Query};
use axum::extract::State;
use axum::extract::multipart::{Field, Multipart, MultipartError, MultipartRejection};
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::media::upload::{Upload, UploadQuery, UploadView};
use utoipa::ToSchema;

/// A form with one file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct UploadForm {
    /// The file, with its name and type.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// Takes a file to be sent. Answers 422 with what is allowed when the provider would not take it.
#[utoipa::path(
    post,
    path = "/media",
    operation_id = "upload_media",
    tag = "media",
    params(UploadQuery),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = UploadView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<UploadQuery>,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<(StatusCode, Json<UploadView>)> {
    let mut form = form.map_err(|_| {
        let detail = "Send the file as multipart/form-data, in the field file.";
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    })?;
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        if field.name() == Some("file") {
            return Ok((StatusCode::CREATED, Json(take(&app, &caller, query, field).await?)));
        }
    }
    let detail = "file is missing";
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail).with_field("file"))
}

async fn take(app: &App, caller: &Caller, query: UploadQuery, mut field: Field<'_>) -> Answer<UploadView> {
    let filename = field.file_name().unwrap_or_default().to_owned();
    let told = field.content_type().unwrap_or_default().to_owned();
    let mut upload = Upload::begin(app, caller, query).await?;
    while let Some(piece) = field.chunk().await.map_err(unreadable)? {
        upload.write(&piece).await?;
    }
    Ok(upload.finish(app, caller, query, &filename, &told).await?)
}

/// A form that cannot be read to its end: too large, cut off, or not a form.
fn unreadable(error: MultipartError) -> Problem {
    if error.status() != StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::of_status(error.status());
    }
    let detail = format!("The form is larger than a file may be: file has at most {MAX_UPLOAD} bytes.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail).with_field("file").with("limit", &MAX_UPLOAD)
}
