//! Tickets as cases.
//!
//! Our key is a text field of the account's own, which is not unique, and search is minutes behind. So before a ticket is
//! made, it is looked for among the requester's own, which are listed as they are; and the call that makes one is not
//! repeated when its answer is lost. What a case is about and its products are tags.

use super::api::{Api, next_page, read};
use super::contacts::CUSTOM;
use super::crm::Freshdesk;
use super::list::iso;
use super::search;
use crate::crm::answer::{list, moment, odd, text};
use crate::crm::matter::{is_over, named, priority_here, priority_there};
use crate::crm::{
    Answer, Ask, CrmError, ErrorClass, KeyState, Matters, Pace, Properties, RemoteMatter, Wire, Writing, tags,
};
use crate::http::{Method, Request, Response, percent};
use rapport_core::matter::{Object, field};
use rapport_core::time::{DAY, Ms};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The field of our key. Freshdesk makes the name from the label.
pub const KEY: &str = "cf_rapport_case_id";
/// The label it is made with.
const LABEL: &str = "Rapport case ID";
/// Tickets of a page, and pages of a requester's tickets that are looked through.
const PAGE: usize = 100;
const PAGES: u32 = 3;
/// A ticket is looked for from so long before the case was made on: clocks differ. Milliseconds.
const EARLIER: i64 = DAY;
/// Longest tag.
const TAG: usize = 32;
const PRIORITIES: [(&str, &str); 4] = [("low", "1"), ("normal", "2"), ("high", "3"), ("urgent", "4")];
/// Statuses that every account has.
const STATUSES: [(i64, &str); 4] = [(2, "Open"), (3, "Pending"), (4, "Resolved"), (5, "Closed")];
const OPEN: i64 = 2;
const RESOLVED: i64 = 4;
const CLOSED: i64 = 5;
/// A ticket that came by chat.
const CHAT: i64 = 7;
const NAMES: [(&str, &str); 4] =
    [(field::TITLE, "subject"), (field::PRIORITY, "priority"), (field::STATUS, "status"), (field::CATEGORY, "tags")];

/// Asks for the fields of tickets.
#[must_use]
pub fn fields(api: &Api) -> Request {
    api.call("ticket_fields", Method::Get, "/ticket_fields")
}

/// Makes the field of our key, which customers do not see.
#[must_use]
pub fn create_field(api: &Api) -> Request {
    let field = json!({
        "type": "custom_text",
        "label": LABEL,
        "label_for_customers": LABEL,
        "displayed_to_customers": false,
        "customers_can_edit": false,
    });
    api.call("ticket_field_create", Method::Post, "/admin/ticket_fields").with_json(&field)
}

/// Asks for one ticket.
#[must_use]
pub fn get(api: &Api, id: &str) -> Request {
    api.call("ticket", Method::Get, &format!("/tickets/{}", percent(id)))
}

/// Asks for a page of a requester's tickets that changed since a moment, from 1.
#[must_use]
pub fn of_requester(api: &Api, requester: &str, since: Ms, page: u32) -> Request {
    let (requester, since) = (percent(requester), percent(&iso(since)));
    let path = format!("/tickets?requester_id={requester}&updated_since={since}&per_page={PAGE}&page={page}");
    api.call("tickets", Method::Get, &path)
}

/// Looks for the ticket with our key. The index is minutes behind.
#[must_use]
pub fn by_key(api: &Api, key: &str) -> Request {
    let query = percent(&format!("\"{}\"", search::term(KEY, key)));
    api.call("ticket_search", Method::Get, &format!("/search/tickets?query={query}"))
}

/// Makes a ticket.
#[must_use]
pub fn create(api: &Api, writing: &Writing) -> Request {
    let mut ticket = body(writing);
    let words = writing.get(field::DETAILS).filter(|text| !text.is_empty()).or(writing.get(field::TITLE));
    ticket.insert("description".to_owned(), html(words.unwrap_or("-")).into());
    ticket.insert("source".to_owned(), CHAT.into());
    ticket.insert("custom_fields".to_owned(), json!({ KEY: writing.key }));
    ticket.entry("status").or_insert_with(|| OPEN.into());
    ticket.entry("priority").or_insert_with(|| 1.into());
    if let Some(person) = writing.person.as_ref().and_then(|id| id.parse::<u64>().ok()) {
        ticket.insert("requester_id".to_owned(), person.into());
    }
    api.call("ticket_create", Method::Post, "/tickets").with_json(&ticket.into())
}

/// Changes a ticket.
#[must_use]
pub fn update(api: &Api, id: &str, writing: &Writing) -> Request {
    let path = format!("/tickets/{}", percent(id));
    api.call("ticket_update", Method::Put, &path).with_json(&body(writing).into())
}

fn body(writing: &Writing) -> Map<String, Value> {
    let mut ticket = Map::new();
    if let Some(title) = writing.get(field::TITLE) {
        ticket.insert("subject".to_owned(), title.into());
    }
    let code = writing.get(field::PRIORITY).and_then(|word| priority_there(word, &PRIORITIES)?.parse::<i64>().ok());
    ticket.extend(code.map(|code| ("priority".to_owned(), code.into())));
    let present = writing.known.as_ref().and_then(|known| known.fields.get(field::STATUS)).map(String::as_str);
    let status = match writing.get(field::STATUS) {
        Some("closed") if !is_over(present) => Some(RESOLVED),
        // One that waits for somebody stays so.
        Some("open") if writing.known.is_none() || is_over(present) => Some(OPEN),
        _ => None,
    };
    ticket.extend(status.map(|status| ("status".to_owned(), status.into())));
    if tags::change(writing) {
        ticket.insert("tags".to_owned(), tags::wanted(writing, TAG).into());
    }
    ticket
}

/// Text as HTML: what a customer wrote becomes no markup.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('\n', "<br>")
}

/// Reads the answer to [`fields`]: whether the field of our key is there, and what statuses are called.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_fields(response: &Response) -> Result<(KeyState, BTreeMap<i64, String>), CrmError> {
    let body = read(response)?;
    if !body.is_array() {
        return Err(odd(response, "no fields"));
    }
    let all = list(&body);
    let state = if all.iter().any(|field| field["name"] == KEY) { KeyState::Ready } else { KeyState::Missing };
    let choices = all.iter().find(|field| field["name"] == "status").map(|field| &field["choices"]);
    let named = choices.and_then(Value::as_object).into_iter().flatten();
    // What agents see comes first.
    let label = |words: &Value| text(words).or_else(|| text(&words[0]));
    let labels = named.filter_map(|(code, words)| Some((code.parse().ok()?, label(words)?))).collect();
    Ok((state, labels))
}

/// Reads a ticket; `None` when it was deleted.
///
/// # Errors
/// [`CrmError`] when refused, in our words.
pub fn read_ticket(response: &Response) -> Result<Option<RemoteMatter>, CrmError> {
    let body = read(response).map_err(said)?;
    if text(&body["id"]).is_none() {
        return Err(odd(response, "no ticket"));
    }
    Ok(matter(&body))
}

/// Reads a list of tickets, or what a search found: those that carry a key.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_keyed(response: &Response, key: &str) -> Result<Option<RemoteMatter>, CrmError> {
    let body = read(response)?;
    let rows = if body.is_array() { &body } else { &body["results"] };
    if !rows.is_array() {
        return Err(odd(response, "no tickets"));
    }
    let carries = |row: &&Value| row["custom_fields"][KEY].as_str().is_some_and(|held| held.eq_ignore_ascii_case(key));
    Ok(list(rows).iter().filter(carries).find_map(matter))
}

/// A refusal in our words. Fields that are no contact's are taken for the account's own.
fn said(mut error: CrmError) -> CrmError {
    for told in &mut error.fields {
        if let Some(plain) = told.field.strip_prefix(CUSTOM) {
            told.field = plain.to_owned();
        }
    }
    named(error, &NAMES)
}

/// A ticket of any answer; `None` without id, or when it was deleted.
fn matter(ticket: &Value) -> Option<RemoteMatter> {
    let id = text(&ticket["id"])?;
    if ticket["deleted"] == true || ticket["spam"] == true {
        return None;
    }
    let given = |name: &str| text(&ticket[name]).unwrap_or_default();
    let beside: Vec<String> = list(&ticket["tags"]).iter().filter_map(text).collect();
    let status = ticket["status"].as_i64().unwrap_or(OPEN);
    let mut fields = Properties::new();
    fields.insert(field::TITLE.to_owned(), given("subject"));
    let ours = if matches!(status, RESOLVED | CLOSED) { "closed" } else { "open" };
    fields.insert(field::STATUS.to_owned(), ours.to_owned());
    priority_here(&mut fields, &given("priority"), &PRIORITIES);
    fields.insert(field::CATEGORY.to_owned(), tags::category(&beside));
    let name = STATUSES.iter().find(|(code, _)| *code == status).map(|(_, name)| (*name).to_owned());
    Some(RemoteMatter {
        // The account's own ones are named by whoever reads.
        stage: Some(name.unwrap_or_else(|| status.to_string())),
        updated_at: moment(&given("updated_at")),
        id,
        fields,
        beside,
    })
}

impl Freshdesk {
    async fn ticket(&self, wire: &dyn Wire, id: &str) -> Answer<Option<RemoteMatter>> {
        match read_ticket(&wire.call(get(&self.api, id), Pace::Call).await?) {
            Err(error) if error.class == ErrorClass::NotFound => Ok(None),
            other => Ok(other?),
        }
    }

    /// Tickets, each with its stage as people call it.
    async fn tickets(&self, wire: &dyn Wire, ids: &[String]) -> Answer<Vec<RemoteMatter>> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(self.ticket(wire, id).await?);
        }
        let code = |one: &RemoteMatter| one.stage.as_ref().and_then(|stage| stage.parse::<i64>().ok());
        if found.iter().any(|one| code(one).is_some()) {
            let (_, labels) = read_fields(&wire.call(fields(&self.api), Pace::Call).await?)?;
            for one in &mut found {
                if let Some(label) = code(one).and_then(|code| labels.get(&code)) {
                    one.stage = Some(label.clone());
                }
            }
        }
        Ok(found)
    }

    /// The ticket that was made before, by a call whose answer was lost or by another node.
    async fn made_before(&self, wire: &dyn Wire, writing: &Writing) -> Answer<Option<RemoteMatter>> {
        let Some(requester) = &writing.person else { return Ok(None) };
        let (since, mut page) = (writing.made_at.plus(-EARLIER), 1);
        loop {
            let response = wire.call(of_requester(&self.api, requester, since, page), Pace::Export).await?;
            let found = read_keyed(&response, &writing.key)?;
            match next_page(&response).filter(|next| *next > page && *next <= PAGES) {
                Some(next) if found.is_none() => page = next,
                _ => return Ok(found),
            }
        }
    }

    async fn change_ticket(&self, wire: &dyn Wire, id: &str, writing: &Writing) -> Answer<RemoteMatter> {
        let gone = || CrmError::new(404, ErrorClass::NotFound, "the ticket was deleted");
        let request = update(&self.api, id, writing);
        if request.json().is_some_and(|body| body != json!({})) {
            read_ticket(&wire.call(request, Pace::Call).await?)?;
        }
        Ok(self.tickets(wire, &[id.to_owned()]).await?.pop().ok_or_else(gone)?)
    }

    async fn put_ticket(&self, wire: &dyn Wire, writing: &Writing) -> Answer<RemoteMatter> {
        if let Some(known) = &writing.known {
            return self.change_ticket(wire, &known.id, writing).await;
        }
        if let Some(made) = self.made_before(wire, writing).await? {
            let id = made.id.clone();
            let writing = Writing { known: Some(made), ..writing.clone() };
            return self.change_ticket(wire, &id, &writing).await;
        }
        let response = wire.once(create(&self.api, writing), Pace::Call).await?;
        Ok(read_ticket(&response)?.ok_or_else(|| odd(&response, "a ticket that was deleted"))?)
    }

    async fn own_field(&self, wire: &dyn Wire, create: bool) -> Answer<KeyState> {
        let (state, _) = read_fields(&wire.call(fields(&self.api), Pace::Call).await?)?;
        if state != KeyState::Missing || !create {
            return Ok(state);
        }
        match read(&wire.call(create_field(&self.api), Pace::Call).await?) {
            // Made by somebody else in this moment, or nobody may make one with this key: what is there counts.
            Ok(_) => {}
            Err(error) if matches!(error.class, ErrorClass::Conflict | ErrorClass::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(read_fields(&wire.call(fields(&self.api), Pace::Call).await?)?.0)
    }
}

impl Matters for Freshdesk {
    fn key<'a>(&'a self, wire: &'a dyn Wire, _: Object, create: bool) -> Ask<'a, KeyState> {
        Box::pin(self.own_field(wire, create))
    }

    fn read<'a>(&'a self, wire: &'a dyn Wire, _: Object, ids: &'a [String]) -> Ask<'a, Vec<RemoteMatter>> {
        Box::pin(self.tickets(wire, ids))
    }

    /// Search is late: what it does not know yet is found when the ticket is to be made.
    fn find<'a>(&'a self, wire: &'a dyn Wire, _: Object, key: &'a str) -> Ask<'a, Option<RemoteMatter>> {
        Box::pin(async move {
            match read_keyed(&wire.call(by_key(&self.api, key), Pace::Search).await?, key) {
                // The field is not among those that can be searched.
                Err(error) if error.class == ErrorClass::Invalid => Ok(None),
                other => Ok(other?),
            }
        })
    }

    fn write<'a>(&'a self, wire: &'a dyn Wire, writing: &'a Writing) -> Ask<'a, RemoteMatter> {
        Box::pin(self.put_ticket(wire, writing))
    }

    fn rights(&self, _: Object) -> &'static str {
        "an agent who may see, create and edit all tickets, and a single-line text field of tickets named \"Rapport case \
         ID\", which an administrator can make under Admin > Ticket Fields"
    }

    fn page(&self, _: Object, contact_page: &str) -> Option<String> {
        Some(contact_page.replace("/a/contacts/", "/a/tickets/"))
    }
}
