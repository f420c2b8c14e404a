//! Reading everything that changed, page by page.
//!
//! Pages shift while records change: whoever changes leaves a gap, and the record that moves up into a page that was
//! read already is never shown. Where those that changed first come first, a full page is therefore followed by
//! what changed since its end, and only what shares a stamp is read by pages. A look ends at the latest stamp that
//! it saw, but not after the moment when it began, so that the next one sees what changed behind its back.

use super::api::{Api, read};
use super::description::{Description, Pages};
use super::error::mistaken;
use super::path::at;
use super::record::{is_true, record};
use super::template::{has, stands_alone};
use crate::crm::answer::{list, text};
use crate::crm::{CrmError, ErrorClass, RemoteRecord};
use crate::http::{Method, Request, Response, limits};
use rapport_core::time::Ms;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest cursor or address that is kept, bytes.
const LONGEST: usize = 4_000;

/// A place in a look; can be stored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Place {
    /// What changed since then is asked for.
    from: Ms,
    /// Pages read of that.
    page: u32,
    /// Records read of that.
    seen: u64,
    /// Where the CRM says that it goes on.
    on: Option<String>,
    /// Its time when the look began.
    began: Option<Ms>,
    /// Latest stamp seen.
    latest: Option<Ms>,
    /// First and last record of the page before.
    edges: Option<(String, String)>,
}

/// What comes after a page.
pub(super) enum Step {
    /// Ask again from this place.
    More(Place),
    /// All is read; the next look begins an overlap before this.
    Done(Ms),
}

impl Place {
    /// The beginning of a look.
    pub(super) fn starting(since: Ms) -> Self {
        Self { from: since, ..Self::default() }
    }

    /// A place that was stored; one that means nothing here is a beginning.
    pub(super) fn stored(place: Option<&Value>, since: Ms) -> Self {
        let stored = place.and_then(|place| serde_json::from_value(place.clone()).ok());
        stored.unwrap_or_else(|| Self::starting(since))
    }

    /// Asks for the page, of at most so many records.
    pub(super) fn request(&self, api: &Api, said: &Description, most: u32) -> Request {
        let listing = &said.list;
        if let Some(address) = self.on.as_deref().filter(|_| goes_by_address(said)) {
            return api.to(said, "list", Method::Get, address);
        }
        let value = |hole: &str| match hole {
            "since" if self.from.0 > 0 => listing.since_as.write(self.from),
            // A pair that says more cannot be left out, and half of it means nothing.
            "since" if !stands_alone(&listing.url, hole) => listing.since_as.write(Ms(0)),
            "page" => (u64::from(listing.first) + u64::from(self.page)).to_string(),
            "offset" => self.seen.to_string(),
            "limit" => most.to_string(),
            "cursor" => self.on.clone().unwrap_or_default(),
            _ => String::new(),
        };
        api.call(said, "list", Method::Get, &listing.url, &value)
    }

    /// Reads the page and says what comes next.
    pub(super) fn read(
        mut self,
        api: &Api,
        said: &Description,
        wanted: &[String],
        response: &Response,
    ) -> Result<(Vec<RemoteRecord>, Step), CrmError> {
        self.began = self.began.or_else(|| limits::date(response));
        let body = match read(said, response) {
            // Some say so of a page behind the last one.
            Err(error) if self.page > 0 && self.on.is_none() && error.class == ErrorClass::NotFound => {
                return Ok((Vec::new(), Step::Done(self.reached())));
            }
            other => other?,
        };
        let items = items(&said.list.items, response, &body)?;
        let inner = &said.list.record;
        let records: Vec<RemoteRecord> =
            items.iter().filter_map(|item| record(said, wanted, at(item, inner)?)).collect();
        if records.is_empty() && !items.is_empty() {
            let words = format!("None of the {} contacts of the list has an id at `{}`.", items.len(), said.record.id);
            return Err(mistaken(response.status, words));
        }
        let step = self.turn(api, said, response, &body, &records, items.len())?;
        Ok((records, step))
    }

    fn turn(
        mut self,
        api: &Api,
        said: &Description,
        response: &Response,
        body: &Value,
        records: &[RemoteRecord],
        count: usize,
    ) -> Result<Step, CrmError> {
        let listing = &said.list;
        self.latest = self.latest.max(records.iter().filter_map(|record| record.updated_at).max());
        let edges = records.first().zip(records.last()).map(|(first, last)| (first.id.clone(), last.id.clone()));
        let Some(edges) = edges else { return Ok(Step::Done(self.reached())) };
        let is_repeated = self.edges.replace(edges.clone()) == Some(edges);
        let is_full = count >= listing.limit as usize;
        let on = self.on(api, said, response, body)?;
        let is_more = match listing.pages {
            Pages::None => false,
            Pages::Cursor | Pages::Link => on.is_some() && on != self.on,
            Pages::Page | Pages::Offset if !listing.next.is_empty() => at(body, &listing.next).is_some_and(is_true),
            // Whoever takes fewer a page than were asked for has more all the same: an empty page is the end.
            Pages::Page | Pages::Offset => is_full || !is_repeated,
        };
        if !is_more {
            return Ok(Step::Done(self.reached()));
        }
        if is_repeated && is_full && matches!(listing.pages, Pages::Page | Pages::Offset) {
            let words = "The CRM answers every page with the same contacts: check how its list goes on.";
            return Err(mistaken(response.status, words));
        }
        let (page, seen) = (self.page.saturating_add(1), self.seen + count as u64);
        if let Some(from) = self.onwards(said).filter(|_| is_full) {
            return Ok(Step::More(Self { from, page: 0, seen: 0, on: None, edges: None, ..self }));
        }
        Ok(Step::More(Self { page, seen, on, ..self }))
    }

    /// The stamp to go on from, where those that changed first come first and the page came further than the list's own
    /// resolution: a step before its end, for whoever shares its stamp.
    fn onwards(&self, said: &Description) -> Option<Ms> {
        let listing = &said.list;
        if !listing.ordered || !matches!(listing.pages, Pages::Page | Pages::Offset) {
            return None;
        }
        let step = listing.since_as.step().max(i64::from(said.limits.clock_ms));
        self.latest.map(|latest| latest.plus(-step)).filter(|from| from.since(self.from) >= step)
    }

    /// Where the CRM says that the list goes on.
    fn on(&self, api: &Api, said: &Description, response: &Response, body: &Value) -> Result<Option<String>, CrmError> {
        let listing = &said.list;
        let told = match listing.pages {
            Pages::Cursor => at(body, &listing.next).and_then(text).filter(|cursor| !cursor.is_empty()),
            Pages::Link => link(response),
            Pages::None | Pages::Page | Pages::Offset => None,
        };
        let Some(told) = told else { return Ok(None) };
        if told.len() > LONGEST {
            let words = format!("The list goes on at a cursor of {} bytes; at most {LONGEST} are taken.", told.len());
            return Err(mistaken(response.status, words));
        }
        if !goes_by_address(said) {
            return Ok(Some(told));
        }
        let current = self.on.as_deref().unwrap_or(&listing.url);
        let words = "The list goes on at an address that is not below the connection's own.";
        api.below(said, &told, current).map(Some).ok_or_else(|| mistaken(response.status, words))
    }

    /// What is read up to: the latest stamp seen, but not beyond the time when the look began.
    fn reached(&self) -> Ms {
        let seen = self.latest.unwrap_or(self.from);
        self.began.map_or(seen, |began| began.min(seen))
    }
}

/// Whether what tells where a list goes on is an address, not a word for one.
fn goes_by_address(said: &Description) -> bool {
    said.list.pages == Pages::Link || (said.list.pages == Pages::Cursor && !has(&said.list.url, "cursor"))
}

/// The list in an answer.
pub(super) fn items<'b>(path: &str, response: &Response, body: &'b Value) -> Result<&'b [Value], CrmError> {
    match at(body, path) {
        Some(found) if found.is_array() => Ok(list(found)),
        // A search that finds nobody may say so in its own way.
        Some(Value::Null) => Ok(&[]),
        _ => {
            let words = format!("There is no list at `{path}` in the CRM's answer.");
            Err(mistaken(response.status, words))
        }
    }
}

/// The address of the `Link` header's next page.
fn link(response: &Response) -> Option<String> {
    let links = response.header("link")?;
    let next = links.split(',').find(|link| link.contains("rel=\"next\"") || link.contains("rel=next"))?;
    Some(next.split_once('<')?.1.split_once('>')?.0.to_owned())
}
