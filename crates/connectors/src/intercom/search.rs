//! Searching, and reading what changed by it.
//!
//! A search knows dates by the day, in the workspace's own time zone, and sorts them by the second. So changes are read
//! from the newest backwards, until the moment they were asked from: what changes meanwhile moves to the front, where
//! the next look begins, and nothing is passed by. The index is minutes behind for contacts that were just made.

use super::api::{Api, read};
use super::contacts::record;
use crate::crm::answer::{list, odd, text};
use crate::crm::{CrmError, Next, RemoteRecord};
use crate::http::{Method, Request, Response};
use rapport_core::time::{DAY, Ms};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Contacts a page.
pub const PAGE: usize = 150;
/// Values that one filter takes.
pub const MAX_VALUES: usize = 15;

/// A place among what changed, newest first; can be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Cursor of the next page; absent at the front.
    after: Option<String>,
    /// The newest stamp that was seen.
    top: Ms,
}

/// A page of found contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The contacts.
    pub records: Vec<RemoteRecord>,
    /// Cursor of the next page.
    pub after: Option<String>,
}

/// Looks for contacts by a number in any of these spellings, at most [`MAX_VALUES`].
#[must_use]
pub fn by_phone(api: &Api, spellings: &[String]) -> Request {
    any_of(api, "phone", spellings)
}

/// Looks for contacts by any of these addresses, at most [`MAX_VALUES`]. Several leads may share one.
#[must_use]
pub fn by_email(api: &Api, addresses: &[String]) -> Request {
    any_of(api, "email", addresses)
}

fn any_of(api: &Api, field: &str, values: &[String]) -> Request {
    let query = json!({ "field": field, "operator": "IN", "value": values });
    post(api, &json!({ "query": query, "pagination": { "per_page": PAGE } }))
}

/// Asks for a page of what changed since a moment: from a place on, else from the newest on.
#[must_use]
pub fn changes(api: &Api, place: Option<&Place>, since: Ms) -> Request {
    // `>` begins with the day after. Two days back is before this one in every time zone, even on a day of 25 hours.
    let day = (since.plus(-2 * DAY).0 / 1_000).max(0);
    let query = json!({ "field": "updated_at", "operator": ">", "value": day });
    let mut body = json!({
        "query": { "operator": "AND", "value": [query] },
        "sort": { "field": "updated_at", "order": "descending" },
        "pagination": { "per_page": PAGE },
    });
    if let Some(after) = place.and_then(|place| place.after.as_ref()) {
        body["pagination"]["starting_after"] = after.as_str().into();
    }
    post(api, &body)
}

fn post(api: &Api, body: &Value) -> Request {
    api.call("search", Method::Post, "/contacts/search").with_json(body)
}

/// Reads the answer to any search.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_page(response: &Response) -> Result<Page, CrmError> {
    let body = read(response)?;
    if !body["data"].is_array() {
        return Err(odd(response, "no contacts"));
    }
    Ok(Page {
        records: list(&body["data"]).iter().filter_map(record).collect(),
        after: text(&body["pages"]["next"]["starting_after"]).filter(|after| !after.is_empty()),
    })
}

impl Place {
    /// The front, where the place before is no longer known over there: read again from the newest on.
    #[must_use]
    pub fn again(&self) -> Option<Self> {
        self.after.as_ref().map(|_| Self { after: None, top: self.top })
    }
}

/// What comes after a page of changes, of which those before `since` are dropped.
#[must_use]
pub fn advance(page: &mut Page, place: Option<&Place>, since: Ms) -> Next {
    let newest = page.records.iter().filter_map(|record| record.updated_at).max();
    // What stands in front now may have changed since the first page was read: that page's newest one counts.
    let top = match place {
        Some(place) if place.after.is_some() => place.top,
        _ => newest.unwrap_or(since).max(since),
    };
    let all = page.records.len();
    page.records.retain(|record| record.updated_at.is_none_or(|at| at >= since));
    let past = page.records.len() < all;
    match page.after.clone().filter(|_| !past) {
        Some(after) => Next::More(json!(Place { after: Some(after), top })),
        None => Next::Done { up_to: top, resume: None },
    }
}
