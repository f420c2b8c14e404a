//! What contacts hold: the attributes of every workspace, and this one's own.

use super::error::{Result, TalkError};
use super::state::State;
use serde_json::{Value, json};

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// True or false.
    Boolean,
    /// Seconds since 1970.
    Date,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Date => "date",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Text, Self::Integer, Self::Float, Self::Boolean, Self::Date].into_iter().find(|kind| kind.word() == word)
    }

    /// Whether a value is of this kind.
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Integer | Self::Date => value.is_i64() || value.is_u64(),
            Self::Float => value.is_number(),
            Self::Boolean => value.is_boolean(),
        }
    }
}

/// An attribute of the workspace's own.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// The only values it takes; empty = any.
    pub options: Vec<String>,
}

/// Those that every contact has: name, label, kind, whether calls may write it.
const STANDARD: [(&str, &str, Kind, bool); 21] = [
    ("id", "ID", Kind::Text, false),
    ("external_id", "User ID", Kind::Text, true),
    ("role", "Type", Kind::Text, true),
    ("name", "Name", Kind::Text, true),
    ("email", "Email", Kind::Text, true),
    ("phone", "Phone", Kind::Text, true),
    ("owner_id", "Owner", Kind::Integer, true),
    ("unsubscribed_from_emails", "Unsubscribed from Emails", Kind::Boolean, true),
    ("has_hard_bounced", "Has Hard Bounced", Kind::Boolean, false),
    ("marked_email_as_spam", "Marked email as spam", Kind::Boolean, false),
    ("language_override", "Language Override", Kind::Text, false),
    ("browser_language", "Browser Language", Kind::Text, false),
    ("location.country", "Country", Kind::Text, false),
    ("location.region", "Region", Kind::Text, false),
    ("location.city", "City", Kind::Text, false),
    ("created_at", "Created", Kind::Date, false),
    ("updated_at", "Updated", Kind::Date, false),
    ("signed_up_at", "Signed up", Kind::Date, true),
    ("last_seen_at", "Last seen", Kind::Date, true),
    ("last_replied_at", "Last heard from", Kind::Date, false),
    ("last_contacted_at", "Last contacted", Kind::Date, false),
];

/// The workspace's own at start.
pub fn seed() -> Vec<Attribute> {
    let attribute = |(n, (name, kind, options)): (usize, (&str, Kind, &[&str]))| Attribute {
        id: 34 + n as u64,
        name: name.to_owned(),
        kind,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
    };
    let all: [(&str, Kind, &[&str]); 6] = [
        ("city", Kind::Text, &[]),
        ("level", Kind::Text, &["bronze", "gold"]),
        ("orders", Kind::Integer, &[]),
        ("spent", Kind::Float, &[]),
        ("newsletter", Kind::Boolean, &[]),
        ("last_order_at", Kind::Date, &[]),
    ];
    all.into_iter().enumerate().map(attribute).collect()
}

/// The kind of what a search may name; `None` when there is nothing of that name.
pub fn kind_of(state: &State, field: &str) -> Option<Kind> {
    if let Some(name) = field.strip_prefix("custom_attributes.") {
        return state.attributes.iter().find(|attribute| attribute.name == name).map(|attribute| attribute.kind);
    }
    STANDARD.iter().find(|(name, ..)| *name == field).map(|(_, _, kind, _)| *kind)
}

/// Checks the workspace's own attributes of a contact that is written.
pub fn judge(state: &State, given: &Value) -> Result<()> {
    for (name, value) in given.as_object().into_iter().flatten() {
        let known = state.attributes.iter().find(|attribute| attribute.name == *name);
        let attribute = known.ok_or_else(|| TalkError::invalid(format!("Custom attribute '{name}' does not exist")))?;
        let listed = attribute.options.is_empty()
            || value.as_str().is_some_and(|text| attribute.options.iter().any(|option| option == text));
        let good = value.is_null() || (attribute.kind.fits(value) && listed);
        if !good {
            return Err(TalkError::invalid(format!("Custom attribute '{name}' had an error - not valid value")));
        }
    }
    Ok(())
}

/// The answer about all of them.
pub fn list(state: &State, model: Option<&str>) -> Result<Value> {
    if model.is_some_and(|model| model != "contact") {
        return Err(TalkError::invalid("only the attributes of contacts are kept here"));
    }
    let standard = STANDARD.iter().map(|(name, label, kind, writable)| {
        json!({
            "type": "data_attribute", "name": name.rsplit('.').next(), "full_name": name, "label": label, "description": label,
            "data_type": kind.word(), "api_writable": writable, "ui_writable": false, "messenger_writable": false,
            "custom": false, "archived": false, "model": "contact",
        })
    });
    let all: Vec<Value> = standard.chain(state.attributes.iter().map(view)).collect();
    Ok(json!({ "type": "list", "data": all }))
}

fn view(attribute: &Attribute) -> Value {
    let mut view = json!({
        "type": "data_attribute", "id": attribute.id, "name": attribute.name,
        "full_name": format!("custom_attributes.{}", attribute.name), "label": attribute.name, "description": "",
        "data_type": attribute.kind.word(), "api_writable": true, "ui_writable": true, "messenger_writable": false,
        "custom": true, "archived": false, "model": "contact",
    });
    if !attribute.options.is_empty() {
        view["options"] = attribute.options.clone().into();
    }
    view
}

/// Makes one.
pub fn create(state: &mut State, given: &Value) -> Result<Value> {
    let name = given["name"].as_str().unwrap_or_default();
    if given["model"] != "contact" {
        return Err(TalkError::invalid("The Data Attribute model field must be either contact or company"));
    }
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "-_ ".contains(c)) {
        return Err(TalkError::invalid(
            "Your name for this attribute must only contain alphanumeric characters, currency symbols, and hyphens",
        ));
    }
    if state.attributes.iter().any(|attribute| attribute.name == name) {
        return Err(TalkError::invalid(format!(
            "You already have '{name}' in your people data. To save this as new people data, use a different name."
        )));
    }
    let word = given["data_type"].as_str().unwrap_or_default();
    let options: Vec<String> = given["options"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|option| option["value"].as_str().map(str::to_owned))
        .collect();
    let kind = if word == "options" { Some(Kind::Text).filter(|_| options.len() > 1) } else { Kind::parse(word) };
    let kind = kind.ok_or_else(|| TalkError::invalid("Data Type isn't an option"))?;
    let attribute = Attribute { id: 34 + state.attributes.len() as u64, name: name.to_owned(), kind, options };
    let shown = view(&attribute);
    state.attributes.push(attribute);
    Ok(shown)
}
