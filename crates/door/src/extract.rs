//! Reading requests: JSON, query strings and paths, with problems that name what is wrong.

use super::problem::Problem;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Deepest nesting of JSON that is read.
pub const MAX_DEPTH: usize = 64;

/// A JSON body: of a request, checked, or of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let detail = "Send JSON with Content-Type: application/json.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| unreadable(&rejection))?;
        parse(&bytes).map(Json)
    }
}

/// Whether the body is said to be JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// A body that cannot be read to its end: too large, cut off, or not what its encoding says.
pub fn unreadable(rejection: &BytesRejection) -> Problem {
    Problem::of_status(rejection.status())
}

/// Reads JSON. Depth is looked at before anything is parsed, so that a bomb costs one pass over its bytes.
///
/// # Errors
/// 400 with the field at fault where there is one.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if depth(bytes) > MAX_DEPTH {
        let detail = format!("The JSON is nested deeper than {MAX_DEPTH} levels.");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "json_too_deep", detail));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        bad_json(&path, error.inner())
    })?;
    reader.end().map_err(|error| bad_json(".", &error))?;
    Ok(value)
}

fn bad_json(path: &str, error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    // A missing or unknown member is told about its parent; its own name stands in the text.
    let named =
        (text.starts_with("missing field") || text.starts_with("unknown field") || text.starts_with("duplicate field"))
            .then(|| text.split('`').nth(1))
            .flatten();
    // Broken syntax has no member at fault: how far the reader came says nothing.
    let field = match (path, named) {
        _ if !error.is_data() => None,
        (".", None) => None,
        (".", Some(name)) => Some(name.to_owned()),
        // The reader was inside the unknown member when it gave up.
        (path, Some(name)) if path == name || path.ends_with(&format!(".{name}")) => Some(path.to_owned()),
        (path, Some(name)) => Some(format!("{path}.{name}")),
        (path, None) => Some(path.to_owned()),
    };
    let code = if error.is_data() { "invalid_body" } else { "invalid_json" };
    let problem = Problem::new(StatusCode::BAD_REQUEST, code, format!("The body cannot be read: {text}."));
    match field {
        Some(field) => problem.with_field(field),
        None => problem,
    }
}

/// How deep arrays and objects nest; text does not count.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A query string; repeated keys are lists.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum_extra::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(query) => Ok(Self(query.0)),
            Err(rejection) => {
                let text = rejection.body_text();
                let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
                let field = text.split_once(": ").map(|(field, _)| field).filter(|field| !field.contains(' '));
                let problem = Problem::new(StatusCode::BAD_REQUEST, "invalid_query", format!("Query string: {text}."));
                Err(match field {
                    Some(field) => problem.with_field(field),
                    None => problem,
                })
            }
        }
    }
}

/// The values in a path. What cannot be an id names nothing: 404, like an id that does not exist.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(path) => Ok(Self(path.0)),
            Err(_) => Err(Problem::of_status(StatusCode::NOT_FOUND)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only read by serde")]
        count: u8,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only read by serde")]
        list: Vec<Inner>,
    }

    #[test]
    fn the_field_at_fault_is_named() {
        for (body, code, field) in [
            ("{}", "invalid_body", Some("list")),
            (r#"{"list":[{}]}"#, "invalid_body", Some("list[0].count")),
            (r#"{"list":[{"count":300}]}"#, "invalid_body", Some("list[0].count")),
            (r#"{"list":[],"more":1}"#, "invalid_body", Some("more")),
            (r#"{"list":[],"list":[]}"#, "invalid_body", Some("list")),
            (r#"{"list":[]"#, "invalid_json", None),
            (r#"{"list":[]} x"#, "invalid_json", None),
            ("", "invalid_json", None),
            ("\u{feff}{}", "invalid_json", None),
        ] {
            let problem = parse::<Body>(body.as_bytes()).unwrap_err();
            assert_eq!((problem.code.as_ref(), problem.field.as_deref()), (code, field), "{body}: {}", problem.detail);
            assert_eq!(problem.status, 400);
        }
    }

    #[test]
    fn depth_counts_structure_only() {
        for (text, deep) in
            [("1", 0), ("[]", 1), (r#"{"a":[1,{"b":2}]}"#, 3), (r#""[[[""#, 0), (r#"["\"[[", []]"#, 2), ("]]][", 1)]
        {
            assert_eq!(depth(text.as_bytes()), deep, "{text}");
        }
        let bomb = "[".repeat(100_000);
        let problem = parse::<serde_json::Value>(bomb.as_bytes()).unwrap_err();
        assert_eq!(problem.code, "json_too_deep");
    }
}
