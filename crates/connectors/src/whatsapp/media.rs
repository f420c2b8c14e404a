//! Files: upload, look up, download, delete (§7).

use super::api::{Api, ApiError, Invalid, integer, read, string};
use crate::http::{Body, Method, Request, Response};
use bytes::Bytes;
use std::path::PathBuf;
use std::time::Duration;

/// Where the bytes to upload are.
#[derive(Debug, Clone)]
pub enum Source {
    /// In memory.
    Bytes(Bytes),
    /// On disk; sent as a stream.
    File(PathBuf),
}

/// Uploads a file. `boundary` must not occur in it: pass something random, 16 to 60 letters or digits.
///
/// # Errors
/// [`Invalid`] when the boundary or MIME type cannot stand in a multipart frame.
pub fn upload(
    api: &Api,
    phone_number_id: &str,
    mime: &str,
    filename: &str,
    source: Source,
    boundary: &str,
) -> Result<Request, Invalid> {
    let usable = (16..=60).contains(&boundary.len()) && boundary.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !usable {
        return Err(Invalid::new("boundary", "16 to 60 letters or digits", format!("{} characters", boundary.len())));
    }
    if mime.is_empty() || mime.bytes().any(|byte| !(0x20..0x7f).contains(&byte)) {
        return Err(Invalid::new("media.mime", "a MIME type", "control characters or nothing"));
    }
    let name: String = filename
        .chars()
        .map(|c| if c.is_control() || matches!(c, '"' | '\\' | '/') { '_' } else { c })
        .take(240)
        .collect();
    let name = if name.is_empty() { "file" } else { &name };
    let part = |name: &str, value: &str| {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let head = [
        part("messaging_product", "whatsapp"),
        part("type", mime),
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n"),
        format!("Content-Type: {mime}\r\n\r\n"),
    ]
    .concat();
    let tail = format!("\r\n--{boundary}--\r\n");
    let mut request = api.call("media_upload", Method::Post, &[phone_number_id, "media"], &[]);
    request.headers.push(("content-type", format!("multipart/form-data; boundary={boundary}")));
    request.timeout = Duration::from_secs(180);
    request.body = match source {
        Source::Bytes(bytes) => Body::Bytes([Bytes::from(head), bytes, Bytes::from(tail)].concat().into()),
        Source::File(path) => Body::File { head: head.into(), path, tail: tail.into() },
    };
    Ok(request)
}

/// The media id in the answer to [`upload`].
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_upload(response: &Response) -> Result<String, ApiError> {
    string(&read(response)?["id"]).ok_or_else(|| ApiError::odd(response, "no media id"))
}

/// Asks where a file can be fetched. Naming the number makes the provider check that it is ours.
#[must_use]
pub fn info(api: &Api, media_id: &str, phone_number_id: Option<&str>) -> Request {
    let query: Vec<(&str, &str)> = phone_number_id.iter().map(|id| ("phone_number_id", *id)).collect();
    api.get("media_info", &[media_id], &query)
}

/// Where a file is, for five minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaInfo {
    /// Provider's id.
    pub id: String,
    /// Address; needs the token.
    pub url: String,
    /// MIME type.
    pub mime: Option<String>,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: Option<String>,
    /// Size in bytes, as told.
    pub size: Option<u64>,
}

/// Reads the answer to [`info`].
///
/// # Errors
/// [`ApiError`] when refused; code 100 when the id has expired.
pub fn read_info(response: &Response) -> Result<MediaInfo, ApiError> {
    let body = read(response)?;
    Ok(MediaInfo {
        id: string(&body["id"]).unwrap_or_default(),
        url: string(&body["url"]).ok_or_else(|| ApiError::odd(response, "no url"))?,
        mime: string(&body["mime_type"]),
        sha256: string(&body["sha256"]).and_then(|text| super::decode::sha256(&text)),
        size: integer(&body["file_size"]).and_then(|size| u64::try_from(size).ok()),
    })
}

/// Fetches a file by the address of [`read_info`]; to be run with `Executor::stream`.
///
/// The token goes along, so only to Meta's own hosts or to the host of the API itself (a stand-in or gateway).
///
/// # Errors
/// [`Invalid`] for any other host.
pub fn download(api: &Api, url: &str) -> Result<Request, Invalid> {
    const META: [&str; 5] = ["fbsbx.com", "facebook.com", "fbcdn.net", "whatsapp.net", "whatsapp.com"];
    let origin = |text: &str| reqwest::Url::parse(text).ok().map(|url| url.origin());
    let parsed = reqwest::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(|url| url.host_str()).unwrap_or_default().to_owned();
    let secure = parsed.as_ref().is_some_and(|url| url.scheme() == "https");
    let of_meta = secure && META.iter().any(|domain| host == *domain || host.ends_with(&format!(".{domain}")));
    let of_api = origin(url).is_some() && origin(url) == origin(api.base_url());
    if !of_meta && !of_api {
        return Err(Invalid::new("media.url", "a host of Meta or of the API itself", host));
    }
    let request = api.authorised(Request::new("whatsapp", "media_download", Method::Get, url));
    Ok(request.with_timeout(Duration::from_secs(300)))
}

/// Deletes an uploaded file; answered with [`super::api::read_success`].
#[must_use]
pub fn delete(api: &Api, media_id: &str) -> Request {
    api.call("media_delete", Method::Delete, &[media_id], &[])
}
