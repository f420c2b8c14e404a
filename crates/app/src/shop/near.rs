//! The store that a customer is sent to: near, and with what they asked for.

use super::catalogue::Shelves;
use crate::error::Result;
use rapport_core::shop::{Place, nearest};
use rapport_core::time::DAY;
use rapport_core::{ContactId, Ms};
use rapport_store::Read;
use rapport_store::shop::{self, Item, Shelf};

/// Most stores that are looked at.
const STORES: u64 = 1_000;
/// How long a place that a customer shared is theirs.
const PLACE: i64 = 30 * DAY;
/// How long a product is what they ask for, and in how many lines it is looked for.
const ASKED: (i64, u64) = (DAY, 20);

/// The store that is nearest to the place that the customer shared last, with its address: of those that have the
/// product they asked for, if any has it.
pub(super) async fn near(read: &Read, contact: ContactId, now: Ms) -> Result<Option<String>> {
    let shared = shop::shared_place(read, contact, now.plus(-PLACE));
    let Some((latitude, longitude)) = shared.await? else { return Ok(None) };
    let Some(here) = Place::new(latitude, longitude) else { return Ok(None) };
    let stores = shop::page(read, Shelf::Stores, None, STORES).await?;
    let asked = if stores.iter().any(keeps_stock) { asked(read, contact, now).await? } else { Vec::new() };
    let Some(at) = choose(here, &stores, &asked) else { return Ok(None) };
    let text = |name: &str| stores[at].body[name].as_str();
    let name = text("name").unwrap_or_default();
    Ok(Some(match text("address") {
        Some(address) => format!("{name}, {}", address.replace('\n', ", ")),
        None => name.to_owned(),
    }))
}

/// Whether a store says what it has at all.
fn keeps_stock(store: &Item) -> bool {
    store.body["stock"].as_object().is_some_and(|stock| !stock.is_empty())
}

fn choose(here: Place, stores: &[Item], asked: &[String]) -> Option<usize> {
    let degrees = |store: &Item, name: &str| store.body[name].as_f64();
    let place = |store: &Item| Place::new(degrees(store, "latitude")?, degrees(store, "longitude")?);
    let has = |store: &&Item| asked.iter().any(|sku| store.body["stock"][sku].as_u64().is_some_and(|left| left > 0));
    let stocked = nearest(here, stores.iter().map(|store| Some(store).filter(has).and_then(place)));
    stocked.or_else(|| nearest(here, stores.iter().map(place))).map(|(at, _)| at)
}

/// The products that the customer's newest message about any speaks of.
async fn asked(read: &Read, contact: ContactId, now: Ms) -> Result<Vec<String>> {
    let (since, lines) = ASKED;
    let said = rapport_store::rule::spoken(read, contact, now.plus(-since), lines).await?;
    let texts: Vec<String> = said
        .into_iter()
        .filter(|line| line.direction == "in")
        .map(|line| line.content.text())
        .filter(|text| !text.trim().is_empty())
        .collect();
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let mut shelves = Shelves::default();
    shelves.sold(read).await?;
    let sold = shelves.compile();
    Ok(texts.iter().map(|text| sold.find(text)).find(|found| !found.is_empty()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn store(latitude: f64, stock: Value) -> Item {
        let body = json!({ "name": "x", "latitude": latitude, "longitude": 55.0, "stock": stock });
        Item { key: latitude.to_string(), body, stamp: Ms(0) }
    }

    #[test]
    fn who_asks_for_a_product_is_sent_where_it_is() {
        let here = Place::new(25.0, 55.0).unwrap();
        let stores = [
            store(27.0, json!({ "A": 1 })),
            store(25.1, json!({ "A": 0, "B": 3 })),
            store(26.0, json!({ "A": 4 })),
            Item { body: json!({ "name": "nowhere", "stock": { "A": 9 } }), ..store(1.0, json!({})) },
        ];
        for (asked, expected) in [(vec![], 1), (vec!["A"], 2), (vec!["B"], 1), (vec!["C"], 1), (vec!["C", "A"], 2)] {
            let asked: Vec<String> = asked.into_iter().map(str::to_owned).collect();
            assert_eq!(choose(here, &stores, &asked), Some(expected), "{asked:?}");
        }
        assert_eq!(choose(here, &[], &[]), None);
    }
}
