//! The words a contact is marked with.

use serde_json::Value;

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
}
