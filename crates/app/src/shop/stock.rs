//! How many of each product stores have, from a table: what it names is set, everything else stays.

use super::Outcome;
use super::kept::outcome;
use super::write::{Pen, Written};
use crate::error::Result;
use rapport_core::shop::STOCK;
use rapport_store::shop::{self, Item, Shelf};
use serde_json::json;
use std::collections::BTreeMap;

/// A store's key, and how many it has of some products.
pub(super) type Stock = (String, BTreeMap<String, u32>);

impl Pen<'_> {
    /// Writes what stores have, at most 500 of them.
    ///
    /// # Errors
    /// `Store`.
    pub(super) async fn stock(&self, given: Vec<Stock>) -> Result<Vec<Written>> {
        let now = self.app.now();
        let tx = self.app.store.workspace(self.caller.workspace).write().await?;
        let keys: Vec<String> = given.iter().map(|(key, _)| key.clone()).collect();
        let known = shop::known(&tx, Shelf::Stores, &keys).await?;
        let mut known: BTreeMap<String, Item> = known.into_iter().map(|item| (item.key.clone(), item)).collect();
        let (mut written, mut done) = (Vec::with_capacity(given.len()), Vec::new());
        for (key, counts) in given {
            let Some(before) = known.get(&key) else {
                written.push(Err(("store", "names no store".to_owned())));
                continue;
            };
            let mut after = Item { stamp: now, ..before.clone() };
            for (sku, count) in counts {
                after.body["stock"][sku] = json!(count);
            }
            if after.body["stock"].as_object().is_some_and(|stock| stock.len() > STOCK) {
                written.push(Err(("stock", format!("has more than {STOCK} entries"))));
                continue;
            }
            let what = outcome(Some((&before.body, before.stamp)), &after);
            if what == Outcome::Updated {
                shop::put(&tx, Shelf::Stores, &after, now).await?;
                known.insert(key.clone(), after);
            }
            done.push((key, what));
            written.push(Ok(what));
        }
        self.note(&tx, "stock", &done, now).await?;
        self.end(tx).await?;
        Ok(written)
    }
}
