//! Requests, responses, and what can go wrong between them.
//!
//! Vendors' modules build [`Request`]s and read [`Response`]s; an [`Executor`] carries them. The real one is
//! [`client::Client`]; tests inject their own.

pub mod client;
pub mod guard;
pub mod limits;

use crate::secret::Secret;
use bytes::Bytes;
use futures::future::BoxFuture;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::AsyncWrite;

pub use client::{Client, Config};
pub use guard::{AllowList, BadRule};

/// HTTP method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// Percent-encodes everything but unreserved characters and commas, for one path segment or query value.
pub(crate) fn percent(text: &str) -> String {
    // A segment of dots alone would climb up the path, also when encoded; no id looks like that.
    if !text.is_empty() && text.bytes().all(|byte| byte == b'.') {
        return "-".repeat(text.len());
    }
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The host of an address, with its port where it has one.
pub(crate) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// What is sent after the headers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// Bytes in memory.
    Bytes(Bytes),
    /// A file from disk between two pieces of a multipart frame: uploads never stand in memory as a whole.
    File {
        /// Bytes before the file.
        head: Bytes,
        /// The file.
        path: PathBuf,
        /// Bytes after the file.
        tail: Bytes,
    },
}

/// One call to a third party.
#[derive(Clone)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Absolute URL, query included. May hold ids and, in a few doctor calls, tokens: `Debug` omits the query.
    pub url: String,
    /// Headers without authorisation; names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Headers whose names somebody chose. Their values may be keys.
    pub named: Vec<(String, String)>,
    /// Sent as `authorization: Bearer ..` when present.
    pub bearer: Option<Secret>,
    /// Body.
    pub body: Body,
    /// Time from start to the last byte of the answer.
    pub timeout: Duration,
    /// So many bytes of the answer are read, or what comes of them: its status is what counts. `None`: all of it, and one that
    /// is longer than the client's cap or breaks off is none.
    pub reads: Option<usize>,
    /// Whom we call (`whatsapp`, `hubspot`): a metrics label.
    pub vendor: &'static str,
    /// What for (`send`, `media_info`): a metrics label, never an id.
    pub operation: &'static str,
}

/// How long a call may take when its builder says nothing else.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

impl Request {
    /// A call without body.
    #[must_use]
    pub fn new(vendor: &'static str, operation: &'static str, method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            named: Vec::new(),
            bearer: None,
            body: Body::Empty,
            timeout: DEFAULT_TIMEOUT,
            reads: None,
            vendor,
            operation,
        }
    }

    /// Adds the bearer token.
    #[must_use]
    pub fn with_bearer(mut self, token: &Secret) -> Self {
        self.bearer = Some(token.clone());
        self
    }

    /// Adds a JSON body with its content type.
    #[must_use]
    pub fn with_json(mut self, body: &serde_json::Value) -> Self {
        self.headers.push(("content-type", "application/json".to_owned()));
        self.body = Body::Bytes(Bytes::from(body.to_string()));
        self
    }

    /// Sets another time limit.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Reads only the beginning of the answer.
    #[must_use]
    pub fn reading(mut self, bytes: usize) -> Self {
        self.reads = Some(bytes);
        self
    }

    /// The body as JSON, for tests and stand-ins; `None` when there is none or it is not JSON.
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        match &self.body {
            Body::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
            Body::Empty | Body::File { .. } => None,
        }
    }
}

/// Shows method, URL without query, header names and body size: no token, no content.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = match &self.body {
            Body::Empty => "none".to_owned(),
            Body::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Body::File { .. } => "file".to_owned(),
        };
        f.debug_struct("Request")
            .field("vendor", &self.vendor)
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("url", &self.url.split('?').next().unwrap_or_default())
            .field("headers", &self.headers.iter().map(|(name, _)| *name).collect::<Vec<_>>())
            .field("named", &self.named.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("bearer", &self.bearer)
            .field("body", &body)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// An answer, read to its end.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body, never longer than the client's cap.
    pub body: Bytes,
}

impl Response {
    /// An answer with these parts, for tests.
    #[must_use]
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Self {
        let headers = headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned())).collect();
        Self { status, headers, body: body.into() }
    }

    /// The first header of this name (lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// True for 200 to 299.
    #[must_use]
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Shows status and sizes only.
impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response").field("status", &self.status).field("body", &self.body.len()).finish()
    }
}

/// The end of a streamed download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Streamed {
    /// The answer. Its body is empty when the status was 2xx (the bytes went to the sink) and the error text otherwise.
    pub response: Response,
    /// Bytes written to the sink.
    pub size: u64,
    /// SHA-256 of them, lower-case hexadecimal.
    pub sha256: String,
}

/// Why there is no answer. The texts name host and cause, never a token, query or body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The connection was never established: nothing was sent, a retry is safe.
    #[error("not sent: {0}")]
    NotSent(String),
    /// The request may have reached the server: a retry may do it twice.
    #[error("no answer: {0}")]
    Ambiguous(String),
    /// We refuse to make this call (address guard, malformed URL, local file or sink). Nothing was sent.
    #[error("blocked: {0}")]
    Blocked(String),
}

/// Carries requests. Object-safe, so that the shell can hold one `Arc<dyn Executor>`.
pub trait Executor: Send + Sync {
    /// Whether calls to this address would be made at all, as far as can be told before its name is resolved.
    ///
    /// # Errors
    /// The reason, for people.
    fn may_call(&self, url: &str) -> Result<(), String> {
        if url.starts_with("https://") || url.starts_with("http://") {
            Ok(())
        } else {
            Err("only https is used".to_owned())
        }
    }

    /// Makes the call and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`Failure`] when there is no complete answer.
    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>>;

    /// Makes the call and writes a 2xx body to `sink`, at most `cap` bytes, hashing on the way.
    ///
    /// # Errors
    /// [`Failure::Blocked`] when the file is larger than `cap` (told or found) or the sink fails; else as [`Self::run`].
    fn stream<'a>(
        &'a self,
        request: Request,
        sink: &'a mut (dyn AsyncWrite + Unpin + Send),
        cap: u64,
    ) -> BoxFuture<'a, Result<Streamed, Failure>>;
}
