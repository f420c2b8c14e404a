//! Every conversation that a filter matches: how many, and which.

use super::Draft;
use super::conversation_list::{Filter, Source, statuses};
use crate::error::Result;
use crate::scope::Read;
use crate::sql;
use rapport_core::ConversationId;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

fn matching(read: &Read, filter: &Filter, limit: u64) -> (String, Draft) {
    let mut draft = Draft::default();
    let workspace = draft.arg(read.workspace().0);
    let limit = draft.arg(i64::try_from(limit).unwrap_or(i64::MAX));
    let mut conditions = String::new();
    let source = Source::of(filter, &mut draft, &mut conditions);
    let codes: Vec<String> = statuses(filter).iter().map(|status| format!("'{}'", status.code())).collect();
    let text = format!(
        "SELECT c.id FROM {source} WHERE c.workspace_id = {workspace} AND c.status IN ({}){conditions} LIMIT {limit}",
        codes.join(",")
    );
    (text, draft)
}

/// How many conversations match; counting ends at `limit`.
///
/// # Errors
/// What the database said.
pub async fn count(read: &Read, filter: &Filter, limit: u64) -> Result<u64> {
    let (text, draft) = matching(read, filter, limit);
    let text = format!("SELECT count(*) FROM ({text}) AS found");
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, draft.values)).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The conversations that match, in no order, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn ids(read: &Read, filter: &Filter, limit: u64) -> Result<Vec<Uuid>> {
    let (text, draft) = matching(read, filter, limit);
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Those of some conversations that exist.
///
/// # Errors
/// What the database said.
pub async fn existing(read: &Read, ids: &[ConversationId]) -> Result<Vec<Uuid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut draft = Draft::default();
    let workspace = draft.arg(read.workspace().0);
    let places: Vec<String> = ids.iter().map(|id| draft.arg(id.0)).collect();
    let text = format!("SELECT id FROM conversation WHERE workspace_id = {workspace} AND id IN ({})", places.join(","));
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
