//! The account's own fields of a user.

use serde_json::{Value, json};

/// A field.
pub struct Field {
    /// Its word in `user_fields`.
    pub key: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// text, integer, checkbox, date, dropdown, multiselect.
    pub kind: &'static str,
    /// Values of a list.
    pub options: &'static [&'static str],
}

/// Those that exist.
pub const FIELDS: &[Field] = &[
    Field { key: "city", title: "City", kind: "text", options: &[] },
    Field { key: "level", title: "Level", kind: "dropdown", options: &["level_bronze", "level_gold"] },
    Field { key: "orders", title: "Orders", kind: "integer", options: &[] },
    Field { key: "newsletter", title: "Newsletter", kind: "checkbox", options: &[] },
    Field { key: "since", title: "Customer since", kind: "date", options: &[] },
    Field { key: "interests", title: "Interests", kind: "multiselect", options: &["interest_tea", "interest_coffee"] },
];

/// The answer about all of them, one page after another.
pub fn page(size: usize, after: usize) -> Value {
    let view = |(at, field): (usize, &Field)| {
        let options: Vec<Value> = field
            .options
            .iter()
            .enumerate()
            .map(|(n, value)| json!({ "id": 900 + n, "name": value, "raw_name": value, "value": value }))
            .collect();
        let mut view =
            json!({ "id": at + 1, "key": field.key, "title": field.title, "type": field.kind, "active": true });
        if !options.is_empty() {
            view["custom_field_options"] = options.into();
        }
        view
    };
    let all: Vec<Value> = FIELDS.iter().enumerate().skip(after).take(size).map(view).collect();
    let end = after + all.len();
    json!({
        "user_fields": all,
        "meta": { "has_more": end < FIELDS.len(), "after_cursor": end.to_string(), "before_cursor": after.to_string() },
    })
}
