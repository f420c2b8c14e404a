//! The words a contact is marked with.

use crate::fold::{read_the_same, same_words};
use serde_json::Value;

/// Longest name of a tag, in characters.
pub const TAG_NAME: usize = 100;
/// Most tags of a contact.
pub const TAGS_OF_CONTACT: usize = 50;
/// Most tags of a workspace, those that are no longer offered included.
pub const TAGS_OF_WORKSPACE: usize = 500;
/// Colours a tag may have: places in the palette that avatars use too.
pub const TAG_COLORS: i16 = 8;

/// The tags of a contact: its own field `tags`, a list or words between commas.
#[must_use]
pub fn tags(fields: &Value) -> Vec<String> {
    let words: Vec<&str> = match &fields["tags"] {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        Value::String(list) => list.split([',', ';', '،']).collect(),
        _ => Vec::new(),
    };
    words.into_iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

/// A tag's name as it is compared: capitals, spacing and forms of digits make no difference.
#[must_use]
pub fn tag_key(name: &str) -> String {
    same_words(name)
}

/// Whether two names are one tag: those whose [`tag_key`] is the same.
#[must_use]
pub fn same_tag(one: &str, other: &str) -> bool {
    read_the_same(one, other)
}

/// A name that came from elsewhere (a CRM, an older version), made one that a tag may have; `None` when nothing is left.
#[must_use]
pub fn tag_name(given: &str) -> Option<String> {
    let plain: String = given.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name: String = plain.trim().chars().take(TAG_NAME).collect();
    let name = name.trim_end().to_owned();
    (!tag_key(&name).is_empty()).then_some(name)
}

/// The colour a tag has until somebody chooses another one: always the same for the same name.
#[must_use]
pub fn tag_color(key: &str) -> i16 {
    let sum = key.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    i16::try_from(sum % 8).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tags_are_lists_or_words() {
        assert_eq!(tags(&json!({ "tags": ["VIP", " summer ", ""] })), ["VIP", "summer"]);
        assert_eq!(tags(&json!({ "tags": "vip, Eid؛x، عيد" })), ["vip", "Eid؛x", "عيد"]);
        assert!(tags(&json!({ "tags": 3 })).is_empty() && tags(&json!({})).is_empty());
    }

    #[test]
    fn names_that_read_alike_are_one() {
        assert_eq!(tag_key(" VIP  gold\u{200f}"), tag_key("vip GOLD"));
        assert_eq!(tag_key("Top ١٠"), tag_key("top 10"));
        assert_ne!(tag_key("VIP"), tag_key("VIPs"));
        assert_eq!(tag_color("vip"), tag_color("vip"));
        assert!((0..TAG_COLORS).contains(&tag_color("عيد")));
    }

    #[test]
    fn names_from_elsewhere_are_made_to_fit() {
        assert_eq!(tag_name(" a\nb "), Some("a b".to_owned()));
        assert_eq!(tag_name("\u{200b} "), None);
        assert_eq!(tag_name(&"x".repeat(300)).map(|name| name.len()), Some(TAG_NAME));
    }
}
