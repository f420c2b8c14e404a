//! Reading everything changed since a moment, past the search's end at 10,000 rows.
//!
//! Rows are sorted by the modified stamp. Before the end of the search a new one starts from the last stamp seen,
//! *including* it, because more rows may share it; rows seen twice are recognised by id and stamp. When so many rows
//! share one stamp that a search holds nothing else, they are read by ascending id instead (fault class F21).

use super::api::Api;
use super::search::{PAGE, SearchPage, WINDOW, post, stamp_property};
use crate::http::Request;
use rapport_core::time::Ms;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A sweep's place; can be stored between pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    kind: String,
    from: Ms,
    /// Reading rows of exactly this stamp by id, from this id on.
    tie: Option<String>,
    after: Option<String>,
    seen: usize,
    last: Option<(Ms, String)>,
}

/// What comes after a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask again with [`Sweep::request`].
    More,
    /// All is read. The next sweep starts from this stamp minus the index's lag.
    Done {
        /// Latest stamp seen, or the start when nothing was.
        up_to: Ms,
    },
}

impl Sweep {
    /// A sweep over an object kind (`contacts`) from this stamp on. Start a lag (5 minutes) before the last end.
    #[must_use]
    pub fn new(kind: &str, from: Ms) -> Self {
        Self { kind: kind.to_owned(), from, tie: None, after: None, seen: 0, last: None }
    }

    /// The next page's call. `properties` should be the mapped ones; stamp and id are added.
    #[must_use]
    pub fn request(&self, api: &Api, properties: &[&str]) -> Request {
        let stamp = stamp_property(&self.kind);
        let mut wanted: Vec<&str> = properties.to_vec();
        wanted.extend([stamp, "hs_object_id", "hs_merged_object_ids"]);
        let filter = |name: &str, operator: &str, value: &str| json!({"propertyName": name, "operator": operator, "value": value});
        let from = self.from.0.to_string();
        let (filters, sort) = match &self.tie {
            None => (json!([filter(stamp, "GTE", &from)]), stamp),
            Some(id) => (json!([filter(stamp, "EQ", &from), filter("hs_object_id", "GT", id)]), "hs_object_id"),
        };
        let mut body = json!({
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
            "properties": wanted,
            "limit": PAGE,
        });
        if let Some(after) = &self.after {
            body["after"] = Value::from(after.as_str());
        }
        post(api, &self.kind, &body)
    }

    /// Takes note of a page and says what comes next.
    pub fn advance(&mut self, page: &SearchPage) -> Step {
        self.seen += page.records.len();
        if let Some(last) = page.records.last() {
            self.last = Some((last.updated_at.unwrap_or(self.from).max(self.from), last.id.clone()));
        }
        let near_end = self.seen + PAGE > WINDOW;
        match (&page.after, near_end) {
            (Some(after), false) => {
                self.after = Some(after.clone());
                Step::More
            }
            (Some(_), true) => self.restart(),
            // Some answers end without a cursor at the window's end.
            (None, _) if self.seen >= WINDOW => self.restart(),
            (None, _) if self.tie.is_some() => {
                // All rows of the crowded stamp are read: go on after it.
                self.from = self.from.plus(1);
                self.tie = None;
                self.rewind();
                Step::More
            }
            (None, _) => Step::Done { up_to: self.last.as_ref().map_or(self.from, |(at, _)| *at) },
        }
    }

    fn restart(&mut self) -> Step {
        let Some((at, id)) = self.last.clone() else {
            return Step::Done { up_to: self.from };
        };
        if self.tie.is_some() {
            self.tie = Some(id);
        } else if at > self.from {
            self.from = at;
        } else {
            self.tie = Some("0".to_owned());
        }
        self.rewind();
        Step::More
    }

    fn rewind(&mut self) {
        self.after = None;
        self.seen = 0;
    }
}
