//! Dead letters: work that was given up until a person looks.

use crate::account::Page;
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::{ContactId, JobId, Ms};
use rapport_store::job::{self, Dead};
use rapport_store::{Read, connection, sync_contact};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A job that was given up.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub struct DeadView {
    /// The job.
    pub id: Uuid,
    /// Its queue.
    pub queue: String,
    /// What was to be done, in a word.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was asked for, milliseconds UTC.
    #[schema(value_type = i64)]
    pub created_at: Ms,
    /// What was to be done, in a sentence.
    pub summary: String,
}

/// The workspace's dead letters, newest first; `before` is the last id of the page before.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller, before: Option<Uuid>, limit: u64) -> Result<Page<DeadView>> {
    caller.require(Permission::OperationManage)?;
    let read = app.store.workspace(caller.workspace).read();
    let rows = job::dead(&read, before.map(JobId), limit + 1).await?;
    let page = Page::cut(rows, limit, |row| row.id.0);
    let names = names(&read, &page.items).await?;
    Ok(page.map(|row| DeadView {
        summary: summary(&row, &names),
        id: row.id.0,
        queue: row.queue,
        kind: row.kind,
        attempts: row.attempts,
        last_error: row.last_error,
        created_at: row.created_at,
    }))
}

/// Gives a dead letter all its tries again, from now on.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn replay(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::OperationManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    job::replay(&tx, JobId(id), now).await.map_err(gone)?;
    record(&tx, now, caller, "dead_letter.replayed", ("dead_letter", id), Change::default()).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(())
}

/// Gives a dead letter up for good.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn discard(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::OperationManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    job::discard(&tx, JobId(id)).await.map_err(gone)?;
    record(&tx, now, caller, "dead_letter.discarded", ("dead_letter", id), Change::default()).await?;
    tx.commit().await?;
    Ok(())
}

fn gone(error: rapport_store::Error) -> Error {
    match error {
        rapport_store::Error::NotFound(_) => Error::NotFound("dead letter"),
        other => other.into(),
    }
}

/// Names of the contacts and connections that the jobs are about.
async fn names(read: &Read, rows: &[Dead]) -> Result<HashMap<Uuid, String>> {
    let mut names: HashMap<Uuid, String> =
        connection::list(read).await?.into_iter().map(|row| (row.id, row.name)).collect();
    let contacts: Vec<ContactId> = rows
        .iter()
        .flat_map(|row| ["contact_id", "keep"].iter().filter_map(|key| id(&row.payload, key)))
        .map(ContactId)
        .collect();
    for row in sync_contact::get(read, &contacts).await? {
        let name = if row.name.is_empty() { row.phone.unwrap_or_default() } else { row.name };
        names.insert(row.id, name);
    }
    Ok(names)
}

fn id(payload: &Value, key: &str) -> Option<Uuid> {
    payload[key].as_str()?.parse().ok()
}

fn summary(row: &Dead, names: &HashMap<Uuid, String>) -> String {
    let name = |key: &str, otherwise: &str| {
        id(&row.payload, key)
            .and_then(|id| names.get(&id).cloned())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| otherwise.to_owned())
    };
    match row.kind.as_str() {
        "push_contact" => {
            format!(
                "Bring the contact {} over to {}",
                name("contact_id", "(removed)"),
                name("connection_id", "a removed connection")
            )
        }
        "push_matter" => format!("Bring a deal or case over to {}", name("connection_id", "a removed connection")),
        "pull_record" => {
            let record = row.payload["remote_id"].as_str().unwrap_or("?").to_owned();
            format!("Fetch record {record} from {}", name("connection_id", "a removed connection"))
        }
        "poll_connection" => format!("Look for changes in {}", name("connection_id", "a removed connection")),
        "fetch_media" => "Fetch a file that a customer sent".to_owned(),
        "merge_contacts" => format!("Join two contacts that are one person into {}", name("keep", "one of them")),
        "mark_read" => "Tell a customer that their messages were read".to_owned(),
        "sync_templates" => "Read the templates of a WhatsApp account".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_sentence_says_what_was_to_be_done() {
        let (contact, crm) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let names = HashMap::from([(contact, "Ana".to_owned()), (crm, "HubSpot".to_owned())]);
        let dead = |kind: &str, payload: Value| Dead {
            id: JobId(Uuid::nil()),
            queue: "crm".to_owned(),
            kind: kind.to_owned(),
            payload,
            attempts: 1,
            last_error: None,
            created_at: Ms(0),
        };
        let push = dead("push_contact", json!({ "contact_id": contact, "connection_id": crm }));
        assert_eq!(summary(&push, &names), "Bring the contact Ana over to HubSpot");
        let pull = dead("pull_record", json!({ "remote_id": "17", "connection_id": Uuid::from_u128(9) }));
        assert_eq!(summary(&pull, &names), "Fetch record 17 from a removed connection");
        assert_eq!(summary(&dead("new_kind", json!({})), &names), "new kind");
    }
}
