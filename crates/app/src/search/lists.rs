//! The search fields of the lists: what somebody typed there, found by the same index.

use super::{Budget, people};
use crate::error::Result;
use rapport_core::ContactId;
use rapport_store::Read;
use rapport_store::query::conversation_list::Filter;
use rapport_store::query::list_text::{self, Found};
use rapport_store::search::{self, Part};
use std::time::Duration;
use uuid::Uuid;

/// The most customers the index is asked for.
const CUSTOMERS: u64 = 500;
/// The most messages the index is asked for.
const LINES: u64 = 300;
/// How long the index is looked through for one request.
const PATIENCE: Duration = Duration::from_millis(60);

/// Makes the conversations it means of a filter's text, so that a list with ten thousand rows answers at once.
///
/// # Errors
/// `Store`.
pub async fn narrow(read: &Read, mut filter: Filter) -> Result<Filter> {
    let Some(text) = filter.text.clone().filter(|text| !text.trim().is_empty()) else { return Ok(filter) };
    let budget = Budget::new(PATIENCE);
    let contacts = found_people(read, &text, budget.left() / 2).await?;
    let asked = super::asked(&rapport_text::query(&text));
    let wanted = search::Filter::default();
    let notes = search::find(read, Part::Notes, &asked, &wanted, None, LINES, budget.left() / 2).await?.hits;
    let lines = search::find(read, Part::Messages, &asked, &wanted, None, LINES, budget.left()).await?.hits;
    let lines = lines.iter().chain(&notes).map(|hit| (hit.conversation, hit.message())).collect();
    filter.ids = Some(list_text::conversations(read, &filter, &Found { contacts, lines }).await?);
    Ok(filter)
}

/// The contacts a text means.
///
/// # Errors
/// `Store`.
pub async fn contacts(read: &Read, text: &str) -> Result<Vec<Uuid>> {
    let found = found_people(read, text, PATIENCE).await?;
    Ok(list_text::contacts(read, text, &found).await?)
}

async fn found_people(read: &Read, text: &str, patience: Duration) -> Result<Vec<ContactId>> {
    let asked = rapport_text::people_query(text);
    let found = people::found(read, &asked, None, CUSTOMERS, patience).await?;
    Ok(found.people.iter().map(|person| ContactId(person.row.id)).collect())
}
