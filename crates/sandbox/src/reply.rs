//! The answer of a stand-in before it becomes HTTP.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::Value;

/// Marks a response that must not be written: the connection is closed instead.
#[derive(Clone, Copy, Debug)]
pub struct Cut;

/// Status, headers and body.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Extra headers; content type is set from the body.
    pub headers: Vec<(String, String)>,
    /// Media type and bytes.
    pub body: (String, Bytes),
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, value: &Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: ("application/json; charset=UTF-8".into(), Bytes::from(value.to_string())),
        }
    }

    /// A JSON answer with status 200.
    pub fn ok(value: &Value) -> Self {
        Self::json(200, value)
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: (String::new(), Bytes::new()) }
    }

    /// Adds a header.
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }
}

/// A response that closes the connection without an answer.
pub fn cut() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Cut);
    response
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body.1));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if !self.body.0.is_empty()
            && let Ok(value) = HeaderValue::from_str(&self.body.0)
        {
            headers.insert(header::CONTENT_TYPE, value);
        }
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::from_str(&value)) {
                headers.insert(name, value);
            }
        }
        response
    }
}
