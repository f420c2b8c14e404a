//! What somebody typed into a list's search field, made into the rows it means, with bounded work.
//!
//! Two sources together: the newest rows are read and compared letter by letter, so that any piece of a word is found
//! where people look first, and what arrived a moment ago; everything older is found by the search index.

use super::conversation_list::{Filter, Source, statuses};
use super::{Draft, like::Needle};
use crate::error::Result;
use crate::scope::Read;
use crate::sql;
use rapport_core::{ContactId, ConversationId, MessageId};
use sea_orm::{ConnectionTrait, QueryResult};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The newest rows that are compared, of each status.
const COMPARED: usize = 3_000;
/// The most rows that a text means.
const MEANT: usize = 1_000;

/// What the search index found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Customers.
    pub contacts: Vec<ContactId>,
    /// Messages; their conversations are meant when they are the newest line.
    pub lines: Vec<(ConversationId, MessageId)>,
}

/// The conversations whose customer or newest line holds the filter's text; none when there is no text.
///
/// # Errors
/// What the database said.
pub async fn conversations(read: &Read, filter: &Filter, found: &Found) -> Result<Vec<Uuid>> {
    let Some(needle) = filter.text.as_deref().and_then(Needle::new) else { return Ok(Vec::new()) };
    let mut ids: BTreeSet<Uuid> = newest(read, filter, &needle).await?.into_iter().collect();
    let mut draft = Draft::default();
    let workspace = draft.arg(read.workspace().0);
    if !found.contacts.is_empty() {
        let contacts = places(&mut draft, found.contacts.iter().map(|id| id.0));
        let text = format!(
            "SELECT id FROM conversation WHERE workspace_id = {workspace} AND contact_id IN ({contacts}) \
             ORDER BY last_message_at DESC LIMIT {MEANT}"
        );
        ids.extend(read_ids(read, text, std::mem::take(&mut draft)).await?);
    }
    if !found.lines.is_empty() {
        let mut draft = Draft::default();
        let workspace = draft.arg(read.workspace().0);
        let threads = places(&mut draft, found.lines.iter().map(|line| line.0.0));
        let lines = places(&mut draft, found.lines.iter().map(|line| line.1.0));
        let text = format!(
            "SELECT id FROM conversation WHERE workspace_id = {workspace} AND id IN ({threads}) \
             AND last_message_id IN ({lines})"
        );
        ids.extend(read_ids(read, text, draft).await?);
    }
    Ok(ids.into_iter().collect())
}

/// The conversations among the newest of each status that hold the text.
async fn newest(read: &Read, filter: &Filter, needle: &Needle) -> Result<Vec<Uuid>> {
    let mut draft = Draft::default();
    let workspace = draft.arg(read.workspace().0);
    let mut conditions = String::new();
    let all = Filter { text: None, ids: None, ..filter.clone() };
    let source = Source::of(&all, &mut draft, &mut conditions);
    let holds = needle.condition(&mut draft, &["p.name", "r.last_preview"], &["p.email"], &["p.phone"]);
    let one = |code: &str| {
        format!(
            "SELECT * FROM (SELECT c.id, c.contact_id, c.last_preview, c.last_message_at FROM {source} \
             WHERE c.workspace_id = {workspace} AND c.status = '{code}'{conditions} \
             ORDER BY c.last_message_at DESC, c.id LIMIT {COMPARED}) AS {code}"
        )
    };
    let parts: Vec<String> = statuses(filter).iter().map(|status| one(status.code())).collect();
    let text = format!(
        "SELECT r.id FROM ({}) AS r JOIN contact AS p ON p.workspace_id = {workspace} AND p.id = r.contact_id \
         WHERE {holds} ORDER BY r.last_message_at DESC LIMIT {MEANT}",
        parts.join(" UNION ALL ")
    );
    read_ids(read, text, draft).await
}

/// The contacts whose name, number or address holds the text, and those that the index found.
///
/// # Errors
/// What the database said.
pub async fn contacts(read: &Read, text: &str, found: &[ContactId]) -> Result<Vec<Uuid>> {
    let mut ids: BTreeSet<Uuid> = found.iter().map(|id| id.0).collect();
    let Some(needle) = Needle::new(text) else { return Ok(Vec::new()) };
    let mut draft = Draft::default();
    let workspace = draft.arg(read.workspace().0);
    let holds = needle.condition(&mut draft, &["r.name"], &["r.email"], &["r.phone"]);
    let text = format!(
        "SELECT r.id FROM (SELECT c.id, c.name, c.email, c.phone, c.updated_at FROM contact AS c \
         WHERE c.workspace_id = {workspace} ORDER BY c.updated_at DESC, c.id LIMIT {COMPARED}) AS r \
         WHERE {holds} ORDER BY r.updated_at DESC LIMIT {MEANT}"
    );
    ids.extend(read_ids(read, text, draft).await?);
    Ok(ids.into_iter().collect())
}

async fn read_ids(read: &Read, text: String, draft: Draft) -> Result<Vec<Uuid>> {
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    rows.iter().map(|row: &QueryResult| Ok(row.try_get_by_index(0)?)).collect()
}

/// Placeholders for an `IN (...)` of any length. The last id is repeated up to one of a few lengths, so that few
/// different statements are prepared. No ids: one that nothing has.
pub(super) fn places(draft: &mut Draft, ids: impl Iterator<Item = Uuid>) -> String {
    const LENGTHS: [usize; 5] = [1, 16, 128, 1_024, 4_096];
    let mut ids: Vec<Uuid> = ids.collect();
    let last = ids.last().copied().unwrap_or(Uuid::nil());
    let length = LENGTHS.into_iter().find(|length| *length >= ids.len()).unwrap_or(ids.len());
    ids.resize(length, last);
    ids.into_iter().map(|id| draft.arg(id)).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_ids_have_few_lengths() {
        for (count, expected) in [(0, 1), (1, 1), (2, 16), (17, 128), (200, 1_024)] {
            let mut draft = Draft::default();
            let text = places(&mut draft, (0..count).map(|n| Uuid::from_u128(n + 1)));
            assert_eq!((text.split(',').count(), draft.values.len()), (expected, expected));
        }
    }
}
