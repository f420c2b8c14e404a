//! Tickets as cases. Their outside id is not unique, so a ticket is looked for before it is made, and made under a key
//! that keeps a repeated call from making a second one. What a case is about and its products are tags, the one place
//! that every account has.

use super::api::{Api, read};
use super::crm::Zendesk;
use crate::crm::answer::{list, moment, odd, text};
use crate::crm::matter::{is_over, named, priority_here, priority_there};
use crate::crm::tags;
use crate::crm::{Answer, Ask, CrmError, ErrorClass, KeyState, Matters, Pace, Properties, RemoteMatter, Wire, Writing};
use crate::http::{Method, Request, Response, percent};
use rapport_core::matter::{Object, field};
use rapport_core::time::Ms;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Longest tag.
const TAG: usize = 255;
/// How often a ticket is made anew, at most, after one that was deleted while the answer about it is kept.
const MADE_ANEW: usize = 4;
const PRIORITIES: [(&str, &str); 4] = [("low", "low"), ("normal", "normal"), ("high", "high"), ("urgent", "urgent")];
const NAMES: [(&str, &str); 3] = [(field::TITLE, "subject"), (field::PRIORITY, "priority"), (field::STATUS, "status")];

/// Asks for tickets by id.
#[must_use]
pub fn show_many(api: &Api, ids: &[String]) -> Request {
    api.call("tickets", Method::Get, &format!("/tickets/show_many?ids={}", percent(&ids.join(","))))
}

/// Asks for the tickets that have our key.
#[must_use]
pub fn by_key(api: &Api, key: &str) -> Request {
    api.call("tickets_by_key", Method::Get, &format!("/tickets?external_id={}", percent(key)))
}

/// Makes a ticket. Repeated under the same key, it makes no second one; `after` names the one of before that was deleted.
#[must_use]
pub fn create(api: &Api, writing: &Writing, after: &str) -> Request {
    let mut ticket = body(writing);
    ticket.insert("external_id".to_owned(), writing.key.as_str().into());
    // A ticket begins with a comment; nobody but the team sees this one.
    let words = writing.get(field::DETAILS).filter(|text| !text.is_empty()).or(writing.get(field::TITLE));
    ticket.insert("comment".to_owned(), json!({ "body": words.unwrap_or("-"), "public": false }));
    if let Some(person) = writing.person.as_ref().and_then(|id| id.parse::<u64>().ok()) {
        ticket.insert("requester_id".to_owned(), person.into());
    }
    let kind = writing.get(field::CATEGORY).and_then(|word| match word {
        "complaint" => Some("problem"),
        "quote" | "question" => Some("question"),
        _ => None,
    });
    ticket.extend(kind.map(|kind| ("type".to_owned(), kind.into())));
    let body = json!({ "ticket": ticket });
    // Another wish under the same key would be refused for hours.
    let key = hex::encode(&Sha256::digest(format!("{after} {body}"))[..8]);
    let mut request = api.call("ticket_create", Method::Post, "/tickets").with_json(&body);
    request.headers.push(("idempotency-key", format!("{}-{key}", writing.key)));
    request
}

/// Changes a ticket.
#[must_use]
pub fn update(api: &Api, id: &str, writing: &Writing) -> Request {
    let mut ticket = body(writing);
    let read_at = writing.known.as_ref().and_then(|known| known.updated_at);
    // Tags are written all at once: somebody's new one must not be lost with a list that was read before it.
    if let Some(read_at) = read_at.filter(|_| ticket.contains_key("tags")) {
        ticket.insert("safe_update".to_owned(), true.into());
        ticket.insert("updated_stamp".to_owned(), stamp(read_at).into());
    }
    let ticket = json!({ "ticket": ticket });
    api.call("ticket_update", Method::Put, &format!("/tickets/{}", percent(id))).with_json(&ticket)
}

fn stamp(at: Ms) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn body(writing: &Writing) -> Map<String, Value> {
    let mut ticket = Map::new();
    if let Some(title) = writing.get(field::TITLE) {
        ticket.insert("subject".to_owned(), title.into());
    }
    if let Some(word) = writing.get(field::PRIORITY).and_then(|word| priority_there(word, &PRIORITIES)) {
        ticket.insert("priority".to_owned(), word.into());
    }
    let present = writing.known.as_ref().and_then(|known| known.fields.get(field::STATUS)).map(String::as_str);
    match writing.get(field::STATUS) {
        Some("closed") => drop(ticket.insert("status".to_owned(), "solved".into())),
        // One that waits for somebody stays so.
        Some("open") if writing.known.is_none() || is_over(present) => {
            ticket.insert("status".to_owned(), "open".into());
        }
        _ => {}
    }
    if tags::change(writing) {
        ticket.insert("tags".to_owned(), tags::wanted(writing, TAG).into());
    }
    ticket
}

/// Reads a list of tickets.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_tickets(response: &Response) -> Result<Vec<RemoteMatter>, CrmError> {
    let body = read(response)?;
    if !body["tickets"].is_array() {
        return Err(odd(response, "no tickets"));
    }
    Ok(list(&body["tickets"]).iter().filter_map(matter).collect())
}

/// Reads one ticket.
///
/// # Errors
/// [`CrmError`] when refused, in our words.
pub fn read_ticket(response: &Response) -> Result<RemoteMatter, CrmError> {
    let body = read(response).map_err(|error| named(error, &NAMES))?;
    matter(&body["ticket"]).ok_or_else(|| odd(response, "no ticket"))
}

/// A ticket of any answer; `None` without id, or when it was deleted.
fn matter(ticket: &Value) -> Option<RemoteMatter> {
    let id = text(&ticket["id"])?;
    let given = |name: &str| text(&ticket[name]).unwrap_or_default();
    let status = given("status");
    if status == "deleted" {
        return None;
    }
    let beside: Vec<String> = list(&ticket["tags"]).iter().filter_map(text).collect();
    let mut fields = Properties::new();
    fields.insert(field::TITLE.to_owned(), given("subject"));
    let ours = if matches!(status.as_str(), "solved" | "closed") { "closed" } else { "open" };
    fields.insert(field::STATUS.to_owned(), ours.to_owned());
    priority_here(&mut fields, &given("priority"), &PRIORITIES);
    fields.insert(field::CATEGORY.to_owned(), tags::category(&beside));
    Some(RemoteMatter {
        stage: Some(status).filter(|status| !status.is_empty()),
        updated_at: moment(&given("updated_at")),
        id,
        fields,
        beside,
    })
}

impl Zendesk {
    async fn put(&self, wire: &dyn Wire, writing: &Writing) -> Answer<RemoteMatter> {
        match &writing.known {
            Some(known) if writing.fields.is_empty() => Ok(known.clone()),
            Some(known) => {
                let request = update(&self.api, &known.id, writing);
                Ok(read_ticket(&wire.call(request, Pace::Call).await?)?)
            }
            None => {
                let mut before = String::new();
                for _ in 0..MADE_ANEW {
                    let request = create(&self.api, writing, &before);
                    let made = read_ticket(&wire.call(request, Pace::Call).await?)?;
                    // The stored answer to an earlier call tells how the ticket was then. One that was deleted since is
                    // made anew, after it.
                    if let Some(now) = self.tickets(wire, std::slice::from_ref(&made.id)).await?.pop() {
                        return Ok(now);
                    }
                    before = made.id;
                }
                Err(CrmError::new(404, ErrorClass::NotFound, "the ticket was deleted").into())
            }
        }
    }

    async fn tickets(&self, wire: &dyn Wire, ids: &[String]) -> Answer<Vec<RemoteMatter>> {
        Ok(read_tickets(&wire.call(show_many(&self.api, ids), Pace::Call).await?)?)
    }
}

impl Matters for Zendesk {
    /// Every ticket has the field.
    fn key<'a>(&'a self, _: &'a dyn Wire, _: Object, _: bool) -> Ask<'a, KeyState> {
        Box::pin(async { Ok(KeyState::Ready) })
    }

    fn read<'a>(&'a self, wire: &'a dyn Wire, _: Object, ids: &'a [String]) -> Ask<'a, Vec<RemoteMatter>> {
        Box::pin(self.tickets(wire, ids))
    }

    fn find<'a>(&'a self, wire: &'a dyn Wire, _: Object, key: &'a str) -> Ask<'a, Option<RemoteMatter>> {
        Box::pin(async move {
            let found = read_tickets(&wire.call(by_key(&self.api, key), Pace::Call).await?)?;
            Ok(found.into_iter().next())
        })
    }

    fn write<'a>(&'a self, wire: &'a dyn Wire, writing: &'a Writing) -> Ask<'a, RemoteMatter> {
        Box::pin(self.put(wire, writing))
    }

    fn rights(&self, _: Object) -> &'static str {
        "an agent who may edit tickets; with an OAuth token, the scopes tickets:read and tickets:write"
    }

    fn page(&self, _: Object, _: &str) -> Option<String> {
        Some(self.api.user_page().replace("/agent/users/", "/agent/tickets/"))
    }
}
