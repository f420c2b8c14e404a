//! What a case is about and its products as tags, where a help desk has no better place that every account has.

use super::matter::Writing;
use rapport_core::matter::{Category, field};

/// Begins the tag that tells what a case is about.
const CASE: &str = "case_";
/// Begins the tag of a product.
const SKU: &str = "sku_";

/// Whether tags are to be written: those of a new case, or where one of ours is to be another.
pub(crate) fn change(writing: &Writing) -> bool {
    writing.known.is_none() || [field::CATEGORY, field::SKUS].iter().any(|name| writing.fields.contains_key(*name))
}

/// The tags that are there, with ours as they are to be; `most` characters each. A tag that only begins like ours is
/// somebody else's.
pub(crate) fn wanted(writing: &Writing, most: usize) -> Vec<String> {
    let given = |name: &str| writing.get(name);
    let mut all: Vec<String> = writing.known.as_ref().map(|known| known.beside.clone()).unwrap_or_default();
    if writing.known.is_none() {
        all.push("whatsapp".to_owned());
    }
    if let Some(category) = given(field::CATEGORY) {
        all.retain(|tag| category_of(tag).is_none());
        all.extend(Category::parse(category).map(|category| format!("{CASE}{}", category.code())));
    }
    if let Some(skus) = given(field::SKUS) {
        let codes = skus.split(';').map(str::trim).filter(|code| !code.is_empty());
        for tag in codes.map(|code| format!("{SKU}{}", tag_of(code)).chars().take(most).collect::<String>()) {
            if !all.contains(&tag) {
                all.push(tag);
            }
        }
    }
    all
}

/// What the tags say the case is about; the empty text when they do not.
pub(crate) fn category(tags: &[String]) -> String {
    tags.iter().find_map(|tag| category_of(tag)).map(|one| one.code().to_owned()).unwrap_or_default()
}

fn category_of(tag: &str) -> Option<Category> {
    Category::parse(tag.strip_prefix(CASE)?)
}

/// A code as tags are written: small letters, no space.
fn tag_of(code: &str) -> String {
    code.chars().map(|c| if c.is_whitespace() || c == ',' { '_' } else { c }).collect::<String>().to_lowercase()
}
