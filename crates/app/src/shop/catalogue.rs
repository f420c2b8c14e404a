//! The shop's products as texts are searched for them.

use crate::error::Result;
use rapport_core::matter::SKU_MAX;
use rapport_store::Read;
use rapport_store::shop::{self, Shelf};
use rapport_text::products::{Catalogue, MAX_NAME_CHARS, MAX_NAMES, Mention, Product};
use std::collections::HashMap;

/// Products that are looked for.
const MOST: usize = 5_000;
/// Of these, so many are read at once.
const PAGE: u64 = 1_000;

/// Products by their codes: who names one twice means the same.
#[derive(Default)]
pub(crate) struct Shelves {
    products: Vec<Product>,
    places: HashMap<String, usize>,
}

impl Shelves {
    /// Adds a product, or more names for one that is known.
    pub(crate) fn add(&mut self, sku: String, names: Vec<String>) {
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

    /// Adds what the shop sells.
    ///
    /// # Errors
    /// `Store`.
    pub(crate) async fn sold(&mut self, read: &Read) -> Result<()> {
        let mut after: Option<String> = None;
        while self.products.len() < MOST {
            let page = shop::page(read, Shelf::Products, after.as_deref(), PAGE).await?;
            after = page.last().map(|item| item.key.clone());
            let is_last = (page.len() as u64) < PAGE;
            let sold = |item: &shop::Item| item.body["active"] != false && item.key.chars().count() <= SKU_MAX;
            for item in page.into_iter().filter(sold) {
                let aliases = item.body["aliases"].as_array().into_iter().flatten();
                let names = std::iter::once(&item.body["name"]).chain(aliases).filter_map(|name| name.as_str());
                self.add(item.key, names.map(str::to_owned).collect());
            }
            if is_last {
                break;
            }
        }
        Ok(())
    }

    /// Makes them ready. Names that cannot be found in any text are left out.
    pub(crate) fn compile(self) -> Sold {
        let mut products = self.products;
        for product in &mut products {
            let good =
                |name: &String| name.chars().any(char::is_alphanumeric) && name.chars().count() <= MAX_NAME_CHARS;
            product.names.retain(good);
            product.names.truncate(MAX_NAMES);
        }
        products.retain(|product| !product.names.is_empty());
        // What was checked above is all that can be wrong with it.
        let catalogue = Catalogue::compile(&products).unwrap_or_default();
        Sold { catalogue, skus: products.into_iter().map(|product| product.sku).collect() }
    }
}

/// Products that can be found in texts.
#[derive(Debug, Default)]
pub(crate) struct Sold {
    catalogue: Catalogue,
    skus: Vec<String>,
}

impl Sold {
    /// Every place that speaks of a product, with the codes of those it may mean.
    pub(crate) fn mentions(&self, text: &str) -> Vec<(Mention, Vec<&str>)> {
        let found = self.catalogue.find(text).into_iter();
        let codes = |mention: &Mention| {
            mention.candidates.iter().filter_map(|one| self.skus.get(one.product).map(String::as_str)).collect()
        };
        found.map(|mention| (codes(&mention), mention)).map(|(codes, mention)| (mention, codes)).collect()
    }

    /// Codes of the products that a text speaks of, where there is no doubt which; each once.
    pub(crate) fn find(&self, text: &str) -> Vec<String> {
        let mut skus: Vec<String> = Vec::new();
        for mention in self.catalogue.find(text) {
            let Some(sku) = mention.only().and_then(|place| self.skus.get(place)) else { continue };
            if !skus.contains(sku) {
                skus.push(sku.clone());
            }
        }
        skus
    }
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
        shelf.add("P3".to_owned(), vec!["?!".to_owned()]);
        let sold = shelf.compile();
        assert_eq!(sold.find("I want the red shoes, only the red shoes"), ["P1"], "no doubt which");
        assert_eq!(sold.mentions("a hat")[0].1, ["P2"]);
    }
}
