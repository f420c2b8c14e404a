//! Reading everything that changed: the list of contacts, page by page.
//!
//! The list is not in the order of changes, and its end moves while it is read. So a look that took long ends at the
//! time when it began, not at the latest stamp it saw: what changed behind its back is read by the next one. Deleted
//! contacts stand in a list of their own, which is read every few looks.
//!
//! Where the vendor shows no page beyond a certain one, that is the end: what was not shown comes over when it changes
//! again, and [`Place::beyond`] tells of it until a look that began as early as this one was complete.

use super::api::{Api, next_page};
use super::contacts::read_contacts;
use super::error::is_beyond;
use crate::crm::{CrmError, RemoteRecord};
use crate::http::{Method, Request, Response, limits, percent};
use rapport_core::time::{MINUTE, Ms};
use serde::{Deserialize, Serialize};

/// Contacts a page.
pub const PAGE: usize = 100;
/// Deleted contacts are read in one of so many looks: they count as calls too.
const GONE_EVERY: u32 = 4;
/// How far before the last look at deleted contacts the next one begins. Milliseconds.
const OVERLAP: i64 = 2 * MINUTE;

/// A list that was longer than the vendor shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Cut {
    /// What changed since then was asked for.
    since: Ms,
    /// So many contacts were shown.
    shown: u64,
}

/// A place in a look, or between two; can be stored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The page to be read; 0 between two looks.
    page: u32,
    /// What changed since then is asked for.
    from: Ms,
    /// The vendor's time when the look began.
    began: Option<Ms>,
    /// Latest stamp seen.
    latest: Option<Ms>,
    /// The deleted ones are being read.
    gone: bool,
    /// Up to when deleted ones were read.
    gone_at: Option<Ms>,
    /// Looks since the first one.
    looks: u32,
    cut: Option<Cut>,
}

/// What comes after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask again from this place.
    More(Place),
    /// All is read.
    Done {
        /// The next look begins an overlap before this.
        up_to: Ms,
        /// The place between the two.
        resume: Place,
    },
}

impl Place {
    /// The place a look goes on from, or begins at with what changed since a moment.
    #[must_use]
    pub fn starting(self, since: Ms) -> Self {
        if self.page > 0 {
            return self;
        }
        Self { page: 1, from: since, began: None, latest: None, gone: false, ..self }
    }

    /// Asks for the page.
    #[must_use]
    pub fn request(&self, api: &Api) -> Request {
        let from = if self.gone { self.gone_at.unwrap_or(self.from).plus(-OVERLAP) } else { self.from };
        let since = if from.0 > 0 { format!("&_updated_since={}", percent(&iso(from))) } else { String::new() };
        let state = if self.gone { "&state=deleted" } else { "" };
        api.call("list", Method::Get, &format!("/contacts?per_page={PAGE}&page={}{since}{state}", self.page))
    }

    /// Reads the page and says what comes next.
    ///
    /// # Errors
    /// [`CrmError`] when refused.
    pub fn read(mut self, response: &Response) -> Result<(Vec<RemoteRecord>, Step), CrmError> {
        self.began = self.began.or_else(|| limits::date(response));
        let (mut records, next, is_cut) = match read_contacts(response) {
            Ok(records) => (records, next_page(response).filter(|next| *next > self.page), false),
            Err(error) if self.page > 1 && is_beyond(&error) => (Vec::new(), None, true),
            Err(error) => return Err(error),
        };
        if self.gone {
            for record in &mut records {
                record.archived = true;
            }
        } else {
            self.latest = self.latest.max(records.iter().filter_map(|record| record.updated_at).max());
        }
        Ok((records, self.turn(next, is_cut)))
    }

    fn turn(mut self, next: Option<u32>, is_cut: bool) -> Step {
        if let Some(page) = next {
            return Step::More(Self { page, ..self });
        }
        if self.gone {
            self.gone_at = Some(self.reached());
            return self.done();
        }
        if is_cut {
            let since = self.cut.map_or(self.from, |cut| cut.since.min(self.from));
            self.cut = Some(Cut { since, shown: u64::from(self.page - 1) * PAGE as u64 });
        } else if self.cut.is_some_and(|cut| self.from <= cut.since) {
            self.cut = None;
        }
        // Before the first look nobody is known over there who could be deleted.
        let is_first = self.from.0 <= 0;
        if is_first {
            self.gone_at = Some(self.reached());
        }
        let is_due = !is_first && self.looks.is_multiple_of(GONE_EVERY);
        self.looks = if is_first { 0 } else { self.looks.saturating_add(1) };
        if is_due {
            return Step::More(Self { page: 1, gone: true, ..self });
        }
        self.done()
    }

    fn done(self) -> Step {
        let up_to = self.reached();
        Step::Done { up_to, resume: Self { page: 0, began: None, latest: None, gone: false, ..self } }
    }

    /// What is read up to: the latest stamp seen, but not beyond the time when the look began.
    fn reached(&self) -> Ms {
        let seen = self.latest.unwrap_or(self.from);
        self.began.map_or(seen, |began| began.min(seen))
    }

    /// So many contacts were shown of a list that was longer.
    #[must_use]
    pub fn beyond(&self) -> Option<u64> {
        self.cut.map(|cut| cut.shown)
    }
}

/// ISO 8601 in UTC with whole seconds.
pub(super) fn iso(at: Ms) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
