//! GET /api/v1/media/{id}

use super::range::{Wanted, wanted};
use crate::http::{Answer, Caller, Path, Problem, Problems};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rapport_app::App;
use rapport_app::media::derived::Copy;
use rapport_app::media::upload;
use std::io::SeekFrom;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

/// Whatever is in the file, it can neither run nor reach anything.
const POLICY: &str = "default-src 'none'; sandbox";
/// Shown in the page; everything else is offered for saving.
const SHOWN: [&str; 5] = ["image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"];

/// A file of a message. Its type is what its bytes say; pieces may be asked for.
#[utoipa::path(
    get,
    path = "/media/{id}",
    operation_id = "download_media",
    tag = "media",
    params(("id" = Uuid, Path, description = "File")),
    responses(
        (status = 200, content_type = "*/*", body = Vec<u8>, description = "The file."),
        (status = 206, content_type = "*/*", body = Vec<u8>, description = "The piece that was asked for."),
        (status = 304, description = "The caller has it already."),
        Problems
    ),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn download(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Answer<Response> {
    let (row, path) = upload::get(&app, &caller, id.into()).await?;
    let file = Copy { path, mime: row.mime, filename: row.filename, tag: row.sha256.unwrap_or_default() };
    serve(id, &file, &headers).await
}

/// Hands out a file, whole or in pieces, so that nothing in it can run.
pub async fn serve(id: Uuid, copy: &Copy, headers: &HeaderMap) -> Answer<Response> {
    let file = File::open(&copy.path).await.map_err(|error| gone(id, &error))?;
    let size = file.metadata().await.map_err(|error| gone(id, &error))?.len();
    let tag = format!("\"{}\"", copy.tag);
    let asked = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let mut answer = if asked(header::IF_NONE_MATCH).is_some_and(|known| known == "*" || known.contains(&tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        // A piece of another version would be put together with what the caller has.
        let range = asked(header::RANGE).filter(|_| asked(header::IF_RANGE).is_none_or(|known| known == tag));
        match wanted(range, size) {
            Wanted::Whole => send(file, size, None).await,
            Wanted::Part(from, to) => send(file, size, Some((from, to))).await,
            Wanted::Beyond => return Ok(beyond(size)),
        }
        .map_err(|error| gone(id, &error))?
    };
    let (mime, disposition) = presentation(&copy.mime, copy.filename.as_deref());
    let ours = answer.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            ours.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, &mime);
    set(header::CONTENT_DISPOSITION, &disposition);
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::ETAG, &tag);
    set(header::ACCEPT_RANGES, "bytes");
    set(header::CACHE_CONTROL, "private, no-cache");
    Ok(answer)
}

fn beyond(size: u64) -> Response {
    let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_beyond", "The file is shorter.");
    ([(header::CONTENT_RANGE, format!("bytes */{size}"))], problem).into_response()
}

async fn send(mut file: File, size: u64, part: Option<(u64, u64)>) -> std::io::Result<Response> {
    let (status, from, length) = match part {
        None => (StatusCode::OK, 0, size),
        Some((from, to)) => (StatusCode::PARTIAL_CONTENT, from, to - from + 1),
    };
    file.seek(SeekFrom::Start(from)).await?;
    let body = Body::from_stream(ReaderStream::with_capacity(file.take(length), 64 << 10));
    let mut answer = (status, body).into_response();
    answer.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {from}-{}/{size}", from + length - 1);
        if let Ok(value) = HeaderValue::from_str(&range) {
            answer.headers_mut().insert(header::CONTENT_RANGE, value);
        }
    }
    Ok(answer)
}

/// The type a browser is told, and whether it may show the file.
fn presentation(mime: &str, filename: Option<&str>) -> (String, String) {
    let essence = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let active = ["html", "xml", "svg", "script"].iter().any(|word| essence.contains(word));
    let played = (essence.starts_with("audio/") || essence.starts_with("video/")) && !active;
    let shown = SHOWN.contains(&essence.as_str()) || played;
    let mime = if active || essence.is_empty() { "application/octet-stream".to_owned() } else { essence };
    let word = if shown { "inline" } else { "attachment" };
    let Some(name) = filename.filter(|name| !name.is_empty()) else { return (mime, word.to_owned()) };
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | ';') || c == ' ' { c } else { '_' })
        .collect();
    (mime, format!("{word}; filename=\"{plain}\"; filename*=UTF-8''{}", percent(name)))
}

/// RFC 8187: everything but letters, digits and a few marks.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn gone(id: Uuid, error: &std::io::Error) -> Problem {
    if error.kind() != std::io::ErrorKind::NotFound {
        tracing::error!(%id, %error, "a file cannot be read");
        return Problem::of_status(StatusCode::SERVICE_UNAVAILABLE);
    }
    tracing::error!(%id, "a file is missing on disk");
    Problem::new(StatusCode::NOT_FOUND, "not_found", "The file is missing on the server's disk.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_types_are_shown() {
        for (mime, told, word) in [
            ("image/png", "image/png", "inline"),
            ("audio/ogg; codecs=opus", "audio/ogg", "inline"),
            ("application/pdf", "application/pdf", "inline"),
            ("text/html", "application/octet-stream", "attachment"),
            ("image/svg+xml", "application/octet-stream", "attachment"),
            ("application/xhtml+xml", "application/octet-stream", "attachment"),
            ("text/plain", "text/plain", "attachment"),
            ("", "application/octet-stream", "attachment"),
        ] {
            assert_eq!(presentation(mime, None), (told.to_owned(), word.to_owned()), "{mime}");
        }
        let (_, disposition) = presentation("application/zip", Some("فاتورة \"1\".zip"));
        assert!(
            disposition.starts_with("attachment; filename=\"______ _1_.zip\"; filename*=UTF-8''%D9%81"),
            "{disposition}"
        );
        assert!(disposition.is_ascii());
    }
}
