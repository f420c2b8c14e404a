//! Differences that wait for a person, or were settled.

use super::Draft;
use super::like::Needle;
use crate::conflict::{OPEN, SETTLED};
use crate::entity::sync_conflict::Model;
use crate::error::Result;
use crate::scope::Read;
use crate::sql;
use rapport_core::ConnectionId;
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

/// Which differences are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only these; empty = whichever.
    pub ids: Vec<Uuid>,
    /// Those that were settled, instead of those that wait.
    pub settled: bool,
    /// Only of this connection.
    pub connection: Option<ConnectionId>,
    /// Only of this field of ours.
    pub field: Option<String>,
    /// Only of contacts whose name, address or number contains this.
    pub q: Option<String>,
}

/// Differences, those that have waited longest first, those after `after`.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, filter: &Filter, after: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut draft = Draft::default();
    let workspace = draft.arg(read.workspace().0);
    let state = draft.arg(if filter.settled { SETTLED } else { OPEN });
    let mut conditions = format!("x.workspace_id = {workspace} AND x.state = {state}");
    if !filter.ids.is_empty() {
        let places: Vec<String> = filter.ids.iter().map(|id| draft.arg(*id)).collect();
        conditions.push_str(&format!(" AND x.id IN ({})", places.join(",")));
    }
    if let Some(connection) = filter.connection {
        conditions.push_str(&format!(" AND x.connection_id = {}", draft.arg(connection.0)));
    }
    if let Some(field) = &filter.field {
        conditions.push_str(&format!(" AND x.field = {}", draft.arg(field.as_str())));
    }
    if let Some(after) = after {
        conditions.push_str(&format!(" AND x.id > {}", draft.arg(after)));
    }
    if let Some(needle) = filter.q.as_deref().and_then(Needle::new) {
        let found = needle.condition(&mut draft, &["c.name"], &["c.email"], &["c.phone"]);
        conditions.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM contact AS c WHERE c.workspace_id = {workspace} AND c.id = x.contact_id AND {found})"
        ));
    }
    let limit = draft.arg(i64::try_from(limit).unwrap_or(i64::MAX));
    let text = format!("SELECT x.* FROM sync_conflict AS x WHERE {conditions} ORDER BY x.id LIMIT {limit}");
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    rows.iter().map(|row| Ok(Model::from_query_result(row, "")?)).collect()
}
