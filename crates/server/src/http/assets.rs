//! The web app, embedded in the binary.

use super::problem::Problem;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Dist;

/// Files under it carry their hash in their name: they never change.
const HASHED: &str = "assets/";

/// A file of the web app; a path that is none is a page, which `index.html` shows.
pub fn serve(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return Problem::of_status(StatusCode::METHOD_NOT_ALLOWED).into_response();
    }
    let path = path.trim_start_matches('/');
    let found = if is_plain(path) { file(path, headers) } else { None };
    if let Some(response) = found {
        return response;
    }
    // A file that is missing must not be answered with a page: a browser would run it as a script.
    let is_file = path.starts_with(HASHED) || path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if is_file {
        return Problem::of_status(StatusCode::NOT_FOUND).into_response();
    }
    file("index.html", headers).unwrap_or_else(|| Problem::of_status(StatusCode::NOT_FOUND).into_response())
}

/// No empty path, no way out, and not the compressed twins themselves.
fn is_plain(path: &str) -> bool {
    let climbs = path.split('/').any(|part| part.is_empty() || part == "." || part == "..");
    !climbs && !path.contains('\\') && !path.ends_with(".br") && !path.ends_with(".gz")
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let (file, encoding) = smallest(path, headers)?;
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..12]));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data.into_owned()).into_response()
    };
    let out = response.headers_mut();
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let mime = if mime.type_() == "text" || mime.subtype() == "javascript" {
        format!("{mime}; charset=utf-8")
    } else {
        mime.to_string()
    };
    out.insert(header::CONTENT_TYPE, HeaderValue::from_str(&mime).ok()?);
    out.insert(header::ETAG, HeaderValue::from_str(&tag).ok()?);
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let cache = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// The file in the smallest form the browser takes; compressed twins are made by the web build.
fn smallest(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |encoding: &str| {
        accepted.split(',').any(|part| {
            let mut words = part.split(';').map(str::trim);
            words.next() == Some(encoding) && words.all(|word| !matches!(word, "q=0" | "q=0.0"))
        })
    };
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        if takes(encoding)
            && let Some(file) = Dist::get(&format!("{path}{suffix}"))
        {
            return Some((file, Some(encoding)));
        }
    }
    Dist::get(path).map(|file| (file, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_the_app_and_missing_files_are_missing() {
        for (path, status) in [
            ("/", 200),
            ("/inbox/123", 200),
            ("/assets/gone-123.js", 404),
            ("/gone.png", 404),
            ("/../../Cargo.toml", 404),
            ("/..%2fCargo.toml", 404),
            ("/index.html.br", 404),
        ] {
            let response = serve(&Method::GET, path, &HeaderMap::new());
            assert_eq!(response.status().as_u16(), status, "{path}");
        }
        assert_eq!(serve(&Method::POST, "/", &HeaderMap::new()).status(), 405);
    }
}
