//! Calls, and what came back.

use super::Document;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request};
use futures::StreamExt;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

/// Somebody who calls the API.
#[derive(Clone)]
pub struct Client {
    router: Router,
    document: Arc<Document>,
    headers: Vec<(&'static str, String)>,
    /// The database lives as long as somebody may ask it.
    folder: Arc<tempfile::TempDir>,
}

/// An answer.
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// The body as JSON; null when it is none.
    pub body: Value,
}

impl Client {
    pub fn new(router: Router, document: Arc<Document>, folder: Arc<tempfile::TempDir>) -> Self {
        Self { router, document, headers: Vec::new(), folder }
    }

    /// The same client with one more header on every call.
    pub fn with(&self, name: &'static str, value: impl Into<String>) -> Self {
        let mut client = self.clone();
        client.headers.push((name, value.into()));
        client
    }

    /// The same client without a header.
    pub fn without(&self, name: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(header, _)| *header != name);
        client
    }

    /// A header that goes with every call; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(header, _)| *header == name).map_or("", |(_, value)| value.as_str())
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        match body {
            Some(body) => self.raw(method, path, Some("application/json"), body.to_string().into_bytes()).await,
            None => self.raw(method, path, None, Vec::new()).await,
        }
    }

    /// The body of an answer as it comes, for live feeds.
    pub async fn open(&self, path: &str) -> Body {
        let mut request = Request::builder().uri(path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        response.into_body()
    }

    /// Any bytes; the answer is checked against the document all the same.
    pub async fn raw(&self, method: Method, path: &str, content_type: Option<&str>, body: Vec<u8>) -> Reply {
        let mut request = Request::builder().method(method.clone()).uri(path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let request = request.body(Body::from(body)).unwrap();
        assert!(self.folder.path().exists());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        // A live feed has no end: what it says at first is the answer.
        let endless = parts.headers.get("content-type").is_some_and(|value| value == "text/event-stream");
        let bytes = if endless { beginning(body).await } else { to_bytes(body, usize::MAX).await.unwrap().to_vec() };
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let reply = Reply { status: parts.status.as_u16(), headers: parts.headers, bytes, body };
        self.document.check(&method, path, &reply);
        reply
    }
}

/// What a live answer says before it falls silent; it has no end.
async fn beginning(body: Body) -> Vec<u8> {
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Ok(Some(Ok(part))) = tokio::time::timeout(Duration::from_millis(200), stream.next()).await {
        bytes.extend_from_slice(&part);
    }
    bytes
}

impl Reply {
    /// A header as text; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The text at a JSON pointer.
    pub fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at {pointer} in {}", self.body)).to_owned()
    }

    /// Status and problem code.
    pub fn problem(&self) -> (u16, String) {
        (self.status, self.text("/code"))
    }

    /// What a browser would send back.
    pub fn cookies(&self) -> String {
        let set = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        set.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
    }
}
