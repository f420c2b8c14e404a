//! Reading everything that changed, in the order of change: ids first, then the contacts.
//!
//! A place is the last stamp and id seen, and a page is what comes after it. Many contacts may share a second, and those
//! that change while pages are turned move to the end: neither moves the others, as it would with page numbers or tokens.

use super::api::Api;
use super::coql::{self, PAGE};
use crate::crm::CrmError;
use crate::http::{Request, Response};
use rapport_core::time::Ms;
use serde::{Deserialize, Serialize};

/// A sweep's place; can be stored between pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    since: Ms,
    /// The last id seen of that second; absent at the start, when all of it is wanted.
    after: Option<String>,
}

/// A page of ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Ids, in the order of change.
    pub ids: Vec<String>,
    /// What comes after it.
    pub step: Step,
}

/// What comes after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask again with [`Sweep::request`].
    More(Sweep),
    /// All is read.
    Done {
        /// Latest stamp seen, or the start when nothing was.
        up_to: Ms,
    },
}

impl Sweep {
    /// From this stamp on.
    #[must_use]
    pub fn new(since: Ms) -> Self {
        Self { since, after: None }
    }

    /// The next page's call.
    #[must_use]
    pub fn request(&self, api: &Api) -> Request {
        coql::changed(api, self.since, self.after.as_deref())
    }

    /// Reads a page.
    ///
    /// # Errors
    /// [`CrmError`] when refused.
    pub fn read(&self, response: &Response) -> Result<Page, CrmError> {
        let (rows, more) = coql::read_changed(response)?;
        let step = match rows.last() {
            Some((id, at)) if more || rows.len() >= PAGE => Step::More(Self { since: *at, after: Some(id.clone()) }),
            last => Step::Done { up_to: last.map_or(self.since, |(_, at)| (*at).max(self.since)) },
        };
        Ok(Page { ids: rows.into_iter().map(|(id, _)| id).collect(), step })
    }
}
