//! Which order a customer means, and which of its parcels.

use super::{Order, Parcel};
use crate::fold::same_words;

/// A number as it is compared: case, digits of any script and a sign before it make no difference.
fn plain(number: &str) -> String {
    same_words(number).trim_start_matches(['#', '№']).trim().to_owned()
}

/// The order that a message means, among the customer's own, newest first: the one whose number it names (`named`: what
/// was recognised as one; a number that stands in it as a word of its own counts too), else the newest.
#[must_use]
pub fn meant<'a>(orders: &'a [Order], text: &str, named: &[String]) -> Option<&'a Order> {
    let mut said: Vec<String> = named.iter().map(|number| plain(number)).collect();
    let words = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '?' | '!' | '؟' | '،' | '。' | '，' | '(' | ')'));
    said.extend(words.map(|word| plain(word.trim_end_matches(['.', ':']))).filter(|word| !word.is_empty()));
    let named = orders.iter().find(|order| said.contains(&plain(&order.number)));
    named.or(orders.first())
}

/// The parcel to be told about: the one that changed last of those still under way, else of all.
#[must_use]
pub fn current(parcels: &[Parcel]) -> Option<&Parcel> {
    parcels.iter().max_by_key(|parcel| (!parcel.status.is_over(), parcel.changed_at))
}
