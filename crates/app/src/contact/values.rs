//! A contact's values when two become one, and when they part again.

use crate::audit::Change;
use crate::error::{Error, Result};
use rapport_core::{ContactId, Ms};
use rapport_store::WriteTx;
use rapport_store::contact::{self, ContactRow};
use serde_json::{Map, Value, json};

/// The own field that is a list of its own elsewhere.
const TAGS: &str = "tags";
/// Begins the name of an own field.
const OWN: &str = "fields.";

/// Fills what the contact that stays has no value for with the other one's, and gives it as it is then.
pub(super) async fn fill(tx: &WriteTx, keep: ContactId, other: &ContactRow, now: Ms) -> Result<ContactRow> {
    let known = contact::get_for_write(tx, keep).await?.ok_or(Error::NotFound(super::NOUN))?;
    let mut row = known.clone();
    row.email = row.email.or_else(|| other.email.clone());
    row.language = row.language.or_else(|| other.language.clone());
    row.owner_id = row.owner_id.or(other.owner_id);
    let mut filled: Vec<String> = Vec::new();
    if let (Some(own), Some(theirs)) = (row.fields.as_object_mut(), other.fields.as_object()) {
        for (name, value) in theirs.iter().filter(|(name, _)| name.as_str() != TAGS) {
            let empty = own.get(name).is_none_or(|own| own.is_null() || own.as_str().is_some_and(str::is_empty));
            if empty {
                own.insert(name.clone(), value.clone());
                filled.push(format!("{OWN}{name}"));
            }
        }
    }
    for (name, new) in [("email", row.email != known.email), ("language", row.language != known.language)] {
        if new {
            filled.push(name.to_owned());
        }
    }
    if filled.is_empty() && row.owner_id == known.owner_id {
        return Ok(known);
    }
    if !row.field_stamps.is_object() {
        row.field_stamps = json!({});
    }
    for name in &filled {
        row.field_stamps[name.as_str()] = json!(now);
    }
    contact::update(tx, &row).await?;
    Ok(row)
}

/// The values that differ, `{field: [before, after]}`.
pub(super) fn changed(before: &ContactRow, after: &ContactRow) -> Map<String, Value> {
    let (old, new) = (values(before), values(after));
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let value = |of: &Map<String, Value>, name: &String| of.get(name).cloned().unwrap_or(Value::Null);
    let differs = |name: &&String| value(&old, name) != value(&new, name);
    names
        .into_iter()
        .filter(differs)
        .map(|name| (name.clone(), json!([value(&old, name), value(&new, name)])))
        .collect()
}

/// What the audit log says of a merge: the values it changed, and who became part of the contact.
pub(super) fn audited(changed: &Map<String, Value>, other: &ContactRow) -> Change {
    let side = |at: usize| changed.iter().map(|(name, pair)| (name.clone(), pair[at].clone())).collect::<Map<_, _>>();
    let (before, mut after) = (side(0), side(1));
    let name = if other.name.is_empty() { other.phone.clone().unwrap_or_default() } else { other.name.clone() };
    after.insert("merged".to_owned(), name.into());
    Change { before: Some(before.into()), after: Some(after.into()) }
}

/// Gives a contact back the values that a merge changed, as far as they are what it made of them.
pub(super) fn restore(row: &mut ContactRow, changed: &Value, agreed_since: bool) {
    let now = values(row);
    for (name, pair) in changed.as_object().into_iter().flatten() {
        let (before, after) = (&pair[0], &pair[1]);
        let stays = agreed_since && name == "marketing_consent";
        if !stays && now.get(name).unwrap_or(&Value::Null) == after {
            put(row, name, before);
        }
    }
}

fn values(row: &ContactRow) -> Map<String, Value> {
    let mut values = Map::new();
    let mut put = |name: &str, value: Value| {
        values.insert(name.to_owned(), value);
    };
    put("name", json!(row.name));
    put("phone", json!(row.phone));
    put("email", json!(row.email));
    put("username", json!(row.username));
    put("language", json!(row.language));
    put("country", json!(row.country));
    put("owner_id", json!(row.owner_id));
    put("source", json!(row.source));
    put("marketing_consent", json!(row.marketing_consent));
    put("first_inbound_at", json!(row.first_inbound_at));
    put("last_inbound_at", json!(row.last_inbound_at));
    for (name, value) in row.fields.as_object().into_iter().flatten().filter(|(name, _)| name.as_str() != TAGS) {
        put(&format!("{OWN}{name}"), value.clone());
    }
    values
}

fn put(row: &mut ContactRow, name: &str, value: &Value) {
    let text = || value.as_str().map(str::to_owned);
    match name {
        "name" => row.name = text().unwrap_or_default(),
        "phone" => row.phone = text(),
        "email" => row.email = text(),
        "username" => row.username = text(),
        "language" => row.language = text(),
        "country" => row.country = text(),
        "owner_id" => row.owner_id = value.as_str().and_then(|id| id.parse().ok()),
        "source" => row.source = Some(value.clone()).filter(|value| !value.is_null()),
        "marketing_consent" => row.marketing_consent = text().unwrap_or_else(|| "unknown".to_owned()),
        "first_inbound_at" => row.first_inbound_at = value.as_i64(),
        "last_inbound_at" => row.last_inbound_at = value.as_i64(),
        own => {
            let (Some(name), Some(fields)) = (own.strip_prefix(OWN), row.fields.as_object_mut()) else { return };
            if value.is_null() {
                fields.remove(name);
            } else {
                fields.insert(name.to_owned(), value.clone());
            }
        }
    }
}
