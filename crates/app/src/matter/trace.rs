//! What is written down about an exchange: a line of the log, a line of the audit.

use crate::crm::open::Open;
use crate::error::Result;
use rapport_core::Ms;
use rapport_core::matter::Content;
use rapport_store::WriteTx;
use rapport_store::audit_log::{self, Line};
use rapport_store::matter::MatterRow;
use rapport_store::sync_log::{self, SyncLogRow};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A line of the connection's log about a row as it now stands; it tells of success until it is changed.
pub(super) fn line(tx: &WriteTx, open: &Open, row: &MatterRow, direction: &str, now: Ms) -> SyncLogRow {
    SyncLogRow {
        workspace_id: open.workspace.0,
        id: tx.new_id(now),
        connection_id: open.id.0,
        object: row.object.clone(),
        local_id: Some(row.id),
        remote_id: row.remote_id.clone(),
        direction: direction.to_owned(),
        outcome: sync_log::DONE.to_owned(),
        fields: json!([]),
        error: None,
        at: now.0,
        latency_ms: None,
    }
}

/// A line of the audit log: the connection did it.
pub(super) async fn audit(
    tx: &WriteTx,
    open: &Open,
    row: &MatterRow,
    what: &str,
    (before, after): (Option<Value>, Value),
    now: Ms,
) -> Result<()> {
    let line = Line {
        at: now,
        actor_kind: "connection".to_owned(),
        actor_id: Some(open.id.0),
        action: format!("{}.{what}", row.object),
        target_kind: row.object.clone(),
        target_id: row.id.to_string(),
        before,
        after: Some(after),
        source: open.source(),
    };
    Ok(audit_log::append(tx, vec![line]).await?)
}

/// The values of some fields, by name.
pub(super) fn values(content: &Content, names: &[String]) -> Value {
    let fields = content.record(&BTreeMap::new(), Ms(0)).fields.into_iter();
    let named = fields.filter(|(name, _)| names.contains(name));
    Value::Object(named.map(|(name, field)| (name, field.value)).collect::<Map<_, _>>())
}
