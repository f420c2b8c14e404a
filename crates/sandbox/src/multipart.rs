//! Reading a multipart body that has already been received in full.

use axum::{
    body::Body,
    extract::{FromRequest, Multipart},
    http::{Request, header},
};
use bytes::Bytes;

/// One part of a multipart body.
pub struct Part {
    /// Field name.
    pub name: String,
    /// File name, for files.
    pub filename: Option<String>,
    /// The part's media type.
    pub mime: Option<String>,
    /// Its bytes.
    pub data: Bytes,
}

/// All parts in their order, or `None` when the body is not well-formed multipart.
pub async fn parts(content_type: &str, body: Bytes) -> Option<Vec<Part>> {
    let request = Request::builder()
        .header(header::CONTENT_TYPE, content_type)
        .extension(axum::extract::DefaultBodyLimit::disable())
        .body(Body::from(body))
        .ok()?;
    let mut multipart = Multipart::from_request(request, &()).await.ok()?;
    let mut parts = Vec::new();
    while let Some(field) = multipart.next_field().await.ok()? {
        parts.push(Part {
            name: field.name().unwrap_or_default().to_owned(),
            filename: field.file_name().map(str::to_owned),
            mime: field.content_type().map(str::to_owned),
            data: field.bytes().await.ok()?,
        });
    }
    Some(parts)
}
