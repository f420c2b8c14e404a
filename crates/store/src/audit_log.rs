//! Who changed what: one line a change, written in the transaction that makes it.

use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::entity::audit_log::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use rapport_core::Ms;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value as Json;
use uuid::Uuid;

/// A line to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// When.
    pub at: Ms,
    /// `user`, `api`, `rule`, `connection`, `system`, ...
    pub actor_kind: String,
    /// Who, when they have an id.
    pub actor_id: Option<Uuid>,
    /// What was done, for example `conversation.assign`.
    pub action: String,
    /// To what kind of thing.
    pub target_kind: String,
    /// To which.
    pub target_id: String,
    /// The values that changed, before.
    pub before: Option<Json>,
    /// The same values, after.
    pub after: Option<Json>,
    /// Where it came from: `ui`, `api`, `cli`, the name of a connection, ...
    pub source: String,
}

const COLS: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("id", Kind::Uuid),
    col("at", Kind::Big),
    col("actor_kind", Kind::Text),
    opt("actor_id", Kind::Uuid),
    col("action", Kind::Text),
    col("target_kind", Kind::Text),
    col("target_id", Kind::Text),
    opt("before", Kind::Json),
    opt("after", Kind::Json),
    col("source", Kind::Text),
];

/// Writes lines.
///
/// # Errors
/// What the database said.
pub async fn append(tx: &WriteTx, lines: Vec<Line>) -> Result<()> {
    let mut rows = Rows::new(COLS);
    for line in lines {
        rows.push([
            tx.workspace().0.into(),
            tx.new_id(line.at).into(),
            line.at.0.into(),
            line.actor_kind.into(),
            line.actor_id.into(),
            line.action.into(),
            line.target_kind.into(),
            line.target_id.into(),
            line.before.into(),
            line.after.into(),
            line.source.into(),
        ]);
    }
    batch::insert(tx.conn(), tx.backend(), "audit_log", "", rows).await?;
    Ok(())
}

/// Which lines are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only about this kind of thing.
    pub target_kind: Option<String>,
    /// Only about this thing.
    pub target_id: Option<String>,
    /// Only by this actor.
    pub actor_id: Option<Uuid>,
}

/// Lines, newest first; `before` is the last id of the page before.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, filter: &Filter, before: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if let Some(kind) = &filter.target_kind {
        query = query.filter(Column::TargetKind.eq(kind.as_str()));
    }
    if let Some(id) = &filter.target_id {
        query = query.filter(Column::TargetId.eq(id.as_str()));
    }
    if let Some(actor) = filter.actor_id {
        query = query.filter(Column::ActorId.eq(actor));
    }
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}
