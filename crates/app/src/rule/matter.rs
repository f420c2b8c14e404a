//! A rule makes a deal or a case of what a customer wrote.

use super::act::{event_of, filled};
use crate::auth::Caller;
use crate::error::Result;
use crate::matter::make::{self, NewCase, NewDeal};
use crate::state::App;
use rapport_core::ContactId;
use rapport_core::matter::{DETAILS_MAX, SKU_MAX, SKUS_MAX, TITLE_MAX, products};
use rapport_core::rule::Step;
use rapport_store::Read;
use rapport_store::query::thread;
use rapport_store::rule::{self, RunRow};
use rapport_store::shop::{self, Shelf};
use rapport_text::products::{Catalogue, MAX_NAME_CHARS, MAX_NAMES, Product};
use std::collections::HashMap;

/// Products of the shop that are looked for.
const SHOP_MAX: usize = 5_000;
/// Of these, so many are read at once.
const PAGE: u64 = 1_000;

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
    let mut shelf = Shelves::default();
    for (sku, names) in products(own) {
        shelf.add(sku, names);
    }
    sold(read, &mut shelf).await?;
    let mut known = shelf.products;
    for product in &mut known {
        product.names.retain(|name| name.chars().any(char::is_alphanumeric) && name.chars().count() <= MAX_NAME_CHARS);
        product.names.truncate(MAX_NAMES);
    }
    known.retain(|product| !product.names.is_empty());
    // What was checked above is all that can be wrong with it.
    let catalogue = Catalogue::compile(&known).unwrap_or_default();
    let mut skus: Vec<String> = Vec::new();
    for product in catalogue.find(words).iter().filter_map(|mention| known.get(mention.only()?)) {
        if !skus.contains(&product.sku) {
            skus.push(product.sku.clone());
        }
    }
    skus.truncate(SKUS_MAX);
    Ok(skus)
}

/// Products by their codes: who names one twice means the same.
#[derive(Default)]
struct Shelves {
    products: Vec<Product>,
    places: HashMap<String, usize>,
}

impl Shelves {
    /// Adds a product, or more names for one that is known.
    fn add(&mut self, sku: String, names: Vec<String>) {
        let place = *self.places.entry(sku.clone()).or_insert(self.products.len());
        match self.products.get_mut(place) {
            Some(known) => {
                for name in names {
                    if !known.names.contains(&name) {
                        known.names.push(name);
                    }
                }
            }
            None => self.products.push(Product { sku, names }),
        }
    }
}

/// Adds what the shop sells.
async fn sold(read: &Read, known: &mut Shelves) -> Result<()> {
    let mut after: Option<String> = None;
    while known.products.len() < SHOP_MAX {
        let page = shop::page(read, Shelf::Products, after.as_deref(), PAGE).await?;
        after = page.last().map(|item| item.key.clone());
        let is_last = (page.len() as u64) < PAGE;
        for item in page.into_iter().filter(|item| item.body["active"] != false && item.key.chars().count() <= SKU_MAX)
        {
            let aliases = item.body["aliases"].as_array().into_iter().flatten();
            let names = std::iter::once(&item.body["name"]).chain(aliases).filter_map(|name| name.as_str());
            known.add(item.key, names.map(str::to_owned).collect());
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_that_rule_and_shop_both_know_is_one() {
        let mut shelf = Shelves::default();
        for (sku, names) in [("P1", ["red shoes", "Zapatos"]), ("P2", ["hat", "cap"]), ("P1", ["red shoes", "Schuhe"])]
        {
            shelf.add(sku.to_owned(), names.map(str::to_owned).to_vec());
        }
        let names: Vec<_> = shelf.products.iter().map(|one| (one.sku.as_str(), one.names.len())).collect();
        assert_eq!(names, [("P1", 3), ("P2", 2)]);
        let catalogue = Catalogue::compile(&shelf.products).unwrap();
        let found: Vec<_> = catalogue.find("I want the red shoes").iter().map(|mention| mention.only()).collect();
        assert_eq!(found, [Some(0)], "no doubt which");
    }
}
