//! What was asked of a CRM's stand-in: kept for tests and for whoever looks what happened.

use crate::bounded::Ring;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Bodies up to this many bytes are kept.
const SENSIBLE: usize = 64 << 10;

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
