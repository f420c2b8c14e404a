//! Documents that people keep in files: taken and given as JSON or as YAML, whichever the request names.

use super::extract::{Json, parse, unreadable};
use super::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::convert::Infallible;

/// The media type of YAML (RFC 9512).
pub const YAML: &str = "application/yaml";

/// Whether a header names YAML, by its present or an older name.
fn names_yaml(headers: &HeaderMap, name: &HeaderName) -> bool {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(',').any(|one| {
        let essence = one.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        matches!(essence.as_str(), YAML | "application/x-yaml" | "text/yaml" | "text/x-yaml")
    })
}

/// A body in JSON or YAML.
#[derive(Debug, Clone, Copy)]
pub struct Document<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Document<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !names_yaml(request.headers(), &header::CONTENT_TYPE) {
            return Json::from_request(request, state).await.map(|Json(given)| Self(given));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| unreadable(&rejection))?;
        read(&bytes).map(Self)
    }
}

/// Reads YAML as the JSON it stands for, so that both say the same about a fault. References and nesting are bounded by
/// the reader: a bomb costs no more than its bytes.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let unreadable = |detail: String| {
        Problem::new(StatusCode::BAD_REQUEST, "invalid_yaml", format!("The body cannot be read: {detail}."))
    };
    let text = std::str::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))?;
    let value: serde_json::Value = serde_saphyr::from_str(text).map_err(|error| {
        let told = error.to_string();
        unreadable(told.lines().next().unwrap_or_default().to_owned())
    })?;
    let json = serde_json::to_vec(&value).map_err(|error| unreadable(error.to_string()))?;
    parse(&json)
}

/// In which form the caller wants the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    yaml: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self { yaml: names_yaml(&parts.headers, &header::ACCEPT) })
    }
}

impl Wanted {
    /// The answer in that form.
    #[must_use]
    pub fn show(self, view: &impl Serialize) -> Response {
        if !self.yaml {
            return axum::Json(view).into_response();
        }
        // Through JSON, whose form is the documented one.
        let value = serde_json::to_value(view).unwrap_or_default();
        match serde_saphyr::to_string(&value) {
            Ok(text) => ([(header::CONTENT_TYPE, YAML)], text).into_response(),
            Err(error) => {
                tracing::error!(%error, "an answer cannot be written as YAML");
                Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn yaml_loses_nothing() {
        let texts = [
            "yes",
            "null",
            "~",
            "09:00",
            "1e3",
            "0x10",
            "- a",
            "a: b",
            "#x",
            " x ",
            "",
            "غالي\nجدا",
            "'\"",
            "👍",
            "1.0",
            "*a",
            "&a",
            "!x",
            "%",
        ];
        let whole = json!({
            "texts": texts,
            "numbers": [0, -3, 9_007_199_254_740_993_i64, 0.5, 1e-7],
            "flags": [true, false, null],
            "deep": { "a": [{ "b": { "c": [] } }, {}] },
            "long": "word ".repeat(100),
            "lines": "one\n\n  two\nthree\n",
        });
        let text = serde_saphyr::to_string(&whole).unwrap();
        let back: Value = read(text.as_bytes()).unwrap();
        assert_eq!(back, whole, "{text}");
    }

    #[test]
    fn bombs_and_nonsense_are_refused() {
        let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for (name, before) in
            ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip(["a", "b", "c", "d", "e", "f", "g", "h"])
        {
            bomb.push_str(&format!(
                "{name}: &{name} [*{before},*{before},*{before},*{before},*{before},*{before},*{before},*{before}]\n"
            ));
        }
        let deep = "[".repeat(5_000);
        for text in [bomb.as_str(), deep.as_str(), "a: [", "\t- x: y: z", "a: 1\na: 2"] {
            assert!(read::<Value>(text.as_bytes()).is_err(), "{:.40}", text);
        }
        assert!(read::<Value>(&[0xff, 0xfe, 0x00]).is_err());
    }
}
