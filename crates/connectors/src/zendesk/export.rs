//! Reading everything that changed: Zendesk's own cursor, which misses nothing however many users share a stamp, tells
//! of deleted ones, and holds back the last minute because its own clocks need that long to agree.

use super::api::{Api, read};
use super::users::record;
use crate::crm::answer::{list, odd, text};
use crate::crm::{CrmError, RemoteRecord};
use crate::http::{Method, Request, Response, percent};
use rapport_core::time::Ms;
use serde::{Deserialize, Serialize};

/// Users a page.
pub const PAGE: usize = 1_000;

/// A place in the export; can be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    cursor: String,
}

/// A page of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Users as they now are, deleted ones too.
    pub records: Vec<RemoteRecord>,
    /// Where to go on, now or later.
    pub place: Option<Place>,
    /// Nothing more at present.
    pub ended: bool,
}

/// Asks for a page from a place on, else for what changed since a moment.
#[must_use]
pub fn page(api: &Api, place: Option<&Place>, since: Ms) -> Request {
    let from = match place {
        Some(place) => format!("cursor={}", percent(&place.cursor)),
        None => format!("start_time={}", (since.0 / 1_000).max(1)),
    };
    api.call("export", Method::Get, &format!("/incremental/users/cursor?{from}&per_page={PAGE}"))
}

/// Reads the answer to [`page`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_page(response: &Response) -> Result<Page, CrmError> {
    let body = read(response)?;
    if !body["users"].is_array() {
        return Err(odd(response, "no users"));
    }
    let place = text(&body["after_cursor"]).map(|cursor| Place { cursor });
    Ok(Page {
        records: list(&body["users"]).iter().filter_map(record).collect(),
        // Without a cursor there is no way on.
        ended: body["end_of_stream"] != false || place.is_none(),
        place,
    })
}
