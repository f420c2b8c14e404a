//! The list of contacts.

use super::{Draft, list_text};
use crate::entity::contact::Model;
use crate::error::Result;
use crate::scope::Read;
use crate::sql;
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use crate::entity::contact::Model as ContactRow;

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Changed last first.
    #[default]
    Updated,
    /// By name.
    Name,
    /// Made last first.
    Created,
}

/// The end of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum After {
    /// By the time of the last change.
    Updated(i64, Uuid),
    /// By the folded name.
    Name(String, Uuid),
    /// By id, which is the order of making.
    Created(Uuid),
}

/// A contact of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The contact.
    pub contact: ContactRow,
    /// Its name as the database folds it, which orders the list by name.
    folded: String,
}

/// Contacts among `ids` (all when none; [`list_text::contacts`] finds them by a text) that carry `tag` (any when none), those after `after`.
///
/// # Errors
/// What the database said.
pub async fn page(
    read: &Read,
    ids: Option<&[Uuid]>,
    tag: Option<Uuid>,
    sort: Sort,
    after: Option<&After>,
    limit: u64,
) -> Result<Vec<Row>> {
    let mut draft = Draft::default();
    let workspace = draft.arg(read.workspace().0);
    let mut conditions = String::new();
    match after {
        None => {}
        Some(After::Updated(at, id)) => {
            let (at, id) = (draft.arg(*at), draft.arg(*id));
            conditions = format!(" AND c.updated_at <= {at} AND (c.updated_at < {at} OR c.id > {id})");
        }
        Some(After::Name(name, id)) => {
            let (name, id) = (draft.arg(name.as_str()), draft.arg(*id));
            conditions = format!(" AND lower(c.name) >= {name} AND (lower(c.name) > {name} OR c.id > {id})");
        }
        Some(After::Created(id)) => {
            let id = draft.arg(*id);
            conditions = format!(" AND c.id < {id}");
        }
    }
    if let Some(ids) = ids {
        let places = list_text::places(&mut draft, ids.iter().copied());
        conditions.push_str(&format!(" AND c.id IN ({places})"));
    }
    if let Some(tag) = tag {
        let tag = draft.arg(tag);
        conditions.push_str(&format!(" AND c.id IN ({})", super::carriers(&tag)));
    }
    let order = match sort {
        Sort::Updated => "c.updated_at DESC, c.id",
        Sort::Name => "lower(c.name), c.id",
        Sort::Created => "c.id DESC",
    };
    let limit = draft.arg(i64::try_from(limit).unwrap_or(i64::MAX));
    let text = format!(
        "SELECT c.*, lower(c.name) AS folded FROM contact AS c WHERE c.workspace_id = {workspace} \
         AND c.merged_into IS NULL{conditions} ORDER BY {order} LIMIT {limit}"
    );
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    let row =
        |row: &QueryResult| Ok(Row { contact: Model::from_query_result(row, "")?, folded: row.try_get("", "folded")? });
    let mut rows = rows.iter().map(row).collect::<Result<Vec<Row>>>()?;
    crate::tag::dress(&read.conn(), read.workspace().0, rows.iter_mut().map(|row| &mut row.contact)).await?;
    Ok(rows)
}

/// Where the page after this row begins.
#[must_use]
pub fn after(row: &Row, sort: Sort) -> After {
    match sort {
        Sort::Updated => After::Updated(row.contact.updated_at, row.contact.id),
        Sort::Name => After::Name(row.folded.clone(), row.contact.id),
        Sort::Created => After::Created(row.contact.id),
    }
}
