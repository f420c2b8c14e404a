//! What was asked of a CRM's stand-in: read, counted, and kept for tests and for whoever looks what happened.

use crate::bounded::Ring;
use axum::{extract::Request, http::header};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};

/// Bodies up to this many bytes are kept.
const SENSIBLE: usize = 64 << 10;

/// A call as it came.
pub struct Came {
    /// Method, upper case.
    pub method: String,
    /// Path below the stand-in's own, with the query.
    pub path: String,
    /// The `Authorization` header.
    pub login: Option<String>,
    /// Raw body.
    pub body: Bytes,
}

impl Came {
    /// Reads a call to a stand-in that is served under `prefix`; `None` when its body is too large.
    pub async fn read(request: Request, prefix: &str) -> Option<Self> {
        let (parts, body) = request.into_parts();
        let full = parts.uri.path_and_query().map_or("", |path| path.as_str());
        let login = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Some(Self {
            path: full.strip_prefix(prefix).unwrap_or(full).to_owned(),
            method: parts.method.as_str().to_owned(),
            login,
            body: axum::body::to_bytes(body, 10 << 20).await.ok()?,
        })
    }
}

/// One call, taken apart.
pub struct Call {
    /// Method, upper case.
    pub method: String,
    /// Path below the API's own.
    pub segments: Vec<String>,
    /// Values of the query by name.
    pub query: BTreeMap<String, String>,
    /// JSON body; null for none.
    pub body: Value,
}

/// A path without its query, and the query's values by name; of equal names the last one.
#[must_use]
pub fn split(path: &str) -> (&str, BTreeMap<String, String>) {
    let (plain, query) = path.split_once('?').unwrap_or((path, ""));
    let mut url = reqwest::Url::parse("http://localhost/").expect("a constant address");
    url.set_query(Some(query));
    (plain, url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
}

/// Counts a call among those of the last minute; the error is how many seconds to wait.
pub fn count(minute: &mut VecDeque<i64>, most: u32, now: i64) -> Result<(), i64> {
    while minute.front().is_some_and(|at| now - at >= 60_000 || *at > now) {
        minute.pop_front();
    }
    match minute.front() {
        Some(first) if minute.len() >= most as usize => Err((60_000 - (now - first)) / 1_000 + 1),
        _ => {
            minute.push_back(now);
            Ok(())
        }
    }
}

/// One line of the request log.
#[derive(Clone, Debug, Serialize)]
pub struct Logged {
    /// Sandbox time.
    pub at: i64,
    /// Method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Answer.
    pub status: u16,
    /// JSON body, when there was one of sensible size.
    pub body: Value,
}

impl Logged {
    /// The line of a request that was answered.
    #[must_use]
    pub fn new(at: i64, method: &str, path: &str, body: &[u8], status: u16) -> Self {
        let body =
            if body.len() <= SENSIBLE { serde_json::from_slice(body).unwrap_or(Value::Null) } else { Value::Null };
        Self { at, method: method.to_owned(), path: path.to_owned(), status, body }
    }
}

/// Which lines are shown.
#[derive(Debug, Default, Deserialize)]
pub struct Filter {
    /// Only requests whose path contains this.
    path: Option<String>,
    /// Only requests of this method.
    method: Option<String>,
    /// The newest so many; 1,000 unless said.
    limit: Option<usize>,
}

impl Filter {
    fn fits(&self, line: &Logged) -> bool {
        self.path.as_ref().is_none_or(|path| line.path.contains(path.as_str()))
            && self.method.as_ref().is_none_or(|method| line.method.eq_ignore_ascii_case(method))
    }

    /// The newest lines that fit, oldest first.
    #[must_use]
    pub fn of<'a>(&self, log: &'a Ring<Logged>) -> Vec<&'a Logged> {
        let newest = log.iter().rev().filter(|line| self.fits(line)).take(self.limit.unwrap_or(1_000));
        let mut lines: Vec<&Logged> = newest.collect();
        lines.reverse();
        lines
    }
}
