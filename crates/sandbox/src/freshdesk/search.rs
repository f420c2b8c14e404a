//! The query language of `/search/contacts` and `/search/tickets`: `field:value` with `AND`, `OR` and parentheses.

use super::error::{DeskError, Result};
use serde_json::Value;

/// Longest query, quotes included.
const LONGEST: usize = 512;
/// Fields that can be asked for, beside the account's own (`cf_...`).
const FIELDS: [&str; 14] = [
    "active",
    "company_id",
    "created_at",
    "email",
    "id",
    "language",
    "mobile",
    "name",
    "phone",
    "tag",
    "time_zone",
    "twitter_id",
    "unique_external_id",
    "updated_at",
];

/// What must hold of a contact.
pub enum Query {
    /// A field has a value; with `<` or `>` at most, or at least.
    Term(String, Option<char>, String),
    /// All hold.
    All(Vec<Query>),
    /// One holds.
    Any(Vec<Query>),
}

fn invalid(message: &str) -> DeskError {
    DeskError::field("query", "invalid_value", message)
}

/// Reads a query, which stands between double quotes.
pub fn read(query: &str) -> Result<Query> {
    if query.chars().count() > LONGEST {
        return Err(invalid("It should have a maximum of 512 characters"));
    }
    let inner = query.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let inner =
        inner.ok_or_else(|| invalid("Query should be of valid format (surround the query with double quotes)"))?;
    let mut rest = inner.trim();
    let query = any(&mut rest)?;
    if rest.is_empty() { Ok(query) } else { Err(invalid("Given query is invalid")) }
}

fn any(rest: &mut &str) -> Result<Query> {
    let mut all = vec![every(rest)?];
    while word(rest, "OR") {
        all.push(every(rest)?);
    }
    Ok(Query::Any(all))
}

fn every(rest: &mut &str) -> Result<Query> {
    let mut all = vec![atom(rest)?];
    while word(rest, "AND") {
        all.push(atom(rest)?);
    }
    Ok(Query::All(all))
}

fn word(rest: &mut &str, word: &str) -> bool {
    let Some(after) = rest.trim_start().strip_prefix(word).filter(|after| after.starts_with([' ', '('])) else {
        return false;
    };
    *rest = after.trim_start();
    true
}

fn atom(rest: &mut &str) -> Result<Query> {
    if let Some(inner) = rest.strip_prefix('(') {
        *rest = inner.trim_start();
        let query = any(rest)?;
        let after = rest.trim_start().strip_prefix(')').ok_or_else(|| invalid("Given query is invalid"))?;
        *rest = after.trim_start();
        return Ok(query);
    }
    let (name, after) = rest.split_once(':').ok_or_else(|| invalid("Given query is invalid"))?;
    let name = name.trim();
    if !FIELDS.contains(&name) && !name.starts_with("cf_") {
        return Err(DeskError::field(name, "invalid_field", "Unexpected/invalid field in request"));
    }
    let sign = after.chars().next().filter(|sign| matches!(sign, '<' | '>'));
    let after = after.strip_prefix(['<', '>']).unwrap_or(after);
    let (value, after) = match after.strip_prefix('\'') {
        Some(quoted) => quoted.split_once('\'').ok_or_else(|| invalid("Given query is invalid"))?,
        None => after.split_at(after.find([' ', ')']).unwrap_or(after.len())),
    };
    *rest = after.trim_start();
    Ok(Query::Term(name.to_owned(), sign, value.to_owned()))
}

impl Query {
    /// Whether it holds of a contact as search shows it.
    pub fn holds(&self, contact: &Value) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(contact)),
            Self::Any(all) => all.iter().any(|one| one.holds(contact)),
            Self::Term(name, sign, value) => term(contact, name, *sign, value),
        }
    }
}

fn term(contact: &Value, name: &str, sign: Option<char>, value: &str) -> bool {
    let held = match name.strip_prefix("cf_") {
        // A contact's own fields are called so in searches only, a ticket's everywhere.
        Some(own) if contact["custom_fields"].get(name).is_none() => &contact["custom_fields"][own],
        Some(_) => &contact["custom_fields"][name],
        None if name == "tag" => &contact["tags"],
        None => &contact[name],
    };
    let text = |held: &Value| held.as_str().map_or_else(|| held.to_string(), str::to_owned);
    match (held, sign) {
        (Value::Null, _) => value == "null",
        (Value::Array(words), _) => words.iter().any(|word| text(word).eq_ignore_ascii_case(value)),
        // Moments are compared by day.
        (held, Some('>')) => text(held).get(..10).is_some_and(|day| day >= value),
        (held, Some(_)) => text(held).get(..10).is_some_and(|day| day <= value),
        (held, None) => text(held).eq_ignore_ascii_case(value),
    }
}
