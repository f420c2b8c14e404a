//! Reading a multipart body that has already been received in full.

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart},
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
    let mut request = Request::builder().header(header::CONTENT_TYPE, content_type).body(Body::from(body)).ok()?;
    // The body is here already; left alone, the form would be cut off at 2 MB.
    DefaultBodyLimit::disable().apply(&mut request);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_of_any_size_are_read() {
        for size in [0, 1, 3 << 20, 20 << 20] {
            let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n";
            let body = [head.as_bytes(), &vec![b'x'; size], b"\r\n--b--\r\n"].concat();
            let parts = parts("multipart/form-data; boundary=b", body.into()).await.expect("well-formed");
            let found: Vec<_> = parts.iter().map(|part| (part.name.as_str(), part.data.len())).collect();
            assert_eq!(found, [("file", size)]);
            assert_eq!(parts[0].mime.as_deref(), Some("text/plain"));
        }
        assert!(parts("text/plain", Bytes::new()).await.is_none());
    }
}
