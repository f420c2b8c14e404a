//! A contact's history, field by field: who changed what when, from what to what, and from which system it came (S7).

use super::NOUN;
use crate::account::Page;
use crate::audit;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::{ContactId, Ms};
use rapport_store::audit_log::{self, Filter};
use rapport_store::query::contact_page;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// One field that changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FieldChange {
    /// The field, as synchronisation names it: `name`, `fields.city`, ...
    pub field: String,
    /// Before; null when it was empty.
    #[schema(value_type = Option<Object>)]
    pub old: Option<Value>,
    /// After; null when it is empty.
    #[schema(value_type = Option<Object>)]
    pub new: Option<Value>,
}

/// One moment of a contact's history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// The line of the audit log.
    pub id: Uuid,
    /// When, milliseconds UTC.
    #[schema(value_type = i64)]
    pub at: Ms,
    /// What happened: `contact.updated`, `contact.conflict` (a value of one side lost), `contact.linked`, ...
    pub action: String,
    /// `user`, `api`, `rule`, `connection`, `system`.
    pub actor_kind: String,
    /// What they are called, where that is still known.
    pub actor: Option<String>,
    /// The system it came from: `ui`, `api`, `rule`, or the kind of CRM.
    pub source: String,
    /// The fields that changed. Of a conflict: the value that lost as old, the one that stayed as new.
    pub changes: Vec<FieldChange>,
}

/// What happened to a contact, newest first.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    id: ContactId,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<HistoryEntry>> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    contact_page::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    let filter = Filter { target_kind: Some("contact".to_owned()), target_id: Some(id.to_string()), actor_id: None };
    let rows = audit_log::page(&read, &filter, before, limit + 1).await?;
    let page = Page::cut(rows, limit, |row| row.id);
    let actors = page.items.iter().filter_map(|row| Some((row.actor_kind.as_str(), row.actor_id?)));
    let names = audit::names(&read, actors).await?;
    Ok(page.map(|row| HistoryEntry {
        id: row.id,
        at: Ms(row.at),
        actor: row.actor_id.and_then(|id| names.get(&id).cloned()),
        changes: changes(&row.action, row.before, row.after),
        action: row.action,
        actor_kind: row.actor_kind,
        source: row.source,
    }))
}

/// The fields of a line. A conflict's line tells more beside its field, and of a link there are no fields.
fn changes(action: &str, before: Option<Value>, after: Option<Value>) -> Vec<FieldChange> {
    let object = |value: Option<Value>| match value {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    };
    let (mut before, mut after) = (object(before), object(after));
    let fields: BTreeSet<String> = match action {
        "contact.updated" => before.keys().chain(after.keys()).cloned().collect(),
        "contact.conflict" => before.keys().cloned().collect(),
        _ => BTreeSet::new(),
    };
    let some = |value: Option<Value>| value.filter(|value| !value.is_null());
    let change =
        |field: String| FieldChange { old: some(before.remove(&field)), new: some(after.remove(&field)), field };
    fields.into_iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_become_changes() {
        let change = |field: &str, old: Value, new: Value| FieldChange {
            field: field.to_owned(),
            old: Some(old).filter(|value| !value.is_null()),
            new: Some(new).filter(|value| !value.is_null()),
        };
        let none = json!(null);
        for (action, before, after, expected) in [
            (
                "contact.updated",
                json!({ "name": "A", "email": null }),
                json!({ "name": "B", "email": "b@x.io" }),
                vec![change("email", none.clone(), json!("b@x.io")), change("name", json!("A"), json!("B"))],
            ),
            (
                "contact.conflict",
                json!({ "name": "A" }),
                json!({ "name": "B", "winner": "hubspot", "local_at": 5 }),
                vec![change("name", json!("A"), json!("B"))],
            ),
            ("contact.linked", none.clone(), json!({ "remote_id": "7" }), vec![]),
            ("contact.updated", none.clone(), json!("odd"), vec![]),
        ] {
            assert_eq!(changes(action, Some(before), Some(after)), expected, "{action}");
        }
    }
}
