//! A rule makes a deal or a case of what a customer wrote.

use super::act::{event_of, filled};
use crate::auth::Caller;
use crate::error::Result;
use crate::matter::make::{self, NewCase, NewDeal};
use crate::shop::catalogue::Shelves;
use crate::state::App;
use rapport_core::ContactId;
use rapport_core::matter::{DETAILS_MAX, SKUS_MAX, TITLE_MAX, products};
use rapport_core::rule::Step;
use rapport_store::Read;
use rapport_store::query::thread;
use rapport_store::rule::{self, RunRow};

/// Makes what the step says, once for the run and the step. What the customer wrote goes with it, and the products it
/// speaks of without doubt.
///
/// # Errors
/// As [`make::deal`].
pub(super) async fn make(
    app: &App,
    read: &Read,
    caller: &Caller,
    row: &RunRow,
    (client_id, step): (Option<String>, &Step),
) -> Result<()> {
    let (Step::CreateDeal { title, products: own } | Step::CreateCase { title, products: own, .. }) = step else {
        return Ok(());
    };
    let title: String = filled(app, read, row, title).await?.chars().take(TITLE_MAX).collect();
    let words = words(read, row).await?;
    let skus = if words.is_empty() { Vec::new() } else { found(read, own, &words).await? };
    let details = (!words.trim().is_empty()).then(|| words.chars().take(DETAILS_MAX).collect::<String>());
    let conversation_id = match row.conversation_id {
        Some(id) => Some(id),
        None => rule::newest(read, ContactId(row.contact_id)).await?.map(|newest| newest.id.0),
    };
    let contact_id = Some(row.contact_id).filter(|_| conversation_id.is_none());
    if let Step::CreateCase { category, .. } = step {
        let category = Some(category.code().to_owned());
        let new =
            NewCase { contact_id, conversation_id, title, details, category, skus, client_id, ..NewCase::default() };
        make::case(app, caller, new).await?;
    } else {
        let new = NewDeal { contact_id, conversation_id, title, details, skus, client_id, ..NewDeal::default() };
        make::deal(app, caller, new).await?;
    }
    Ok(())
}

/// What the customer wrote; nothing where no message woke the rule.
async fn words(read: &Read, row: &RunRow) -> Result<String> {
    let Some(id) = event_of(row).and_then(|event| event.message_id) else { return Ok(String::new()) };
    let line = thread::by_id(read, &[id]).await?.pop();
    Ok(line.map(|line| line.content.text()).unwrap_or_default())
}

/// Codes of the products that a text speaks of, where there is no doubt which.
async fn found(read: &Read, own: &[String], words: &str) -> Result<Vec<String>> {
    let mut shelves = Shelves::default();
    for (sku, names) in products(own) {
        shelves.add(sku, names);
    }
    shelves.sold(read).await?;
    let mut skus = shelves.compile().find(words);
    skus.truncate(SKUS_MAX);
    Ok(skus)
}
