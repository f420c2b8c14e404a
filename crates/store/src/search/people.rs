//! Contacts in the index: found by names, addresses, every identity and their own fields.
//!
//! The database itself notes whose row changed (`search_dirty`), so that no way of changing a contact is forgotten.

use super::place::Part;
use super::write::{Entry, lock, replace};
use super::{Vocabulary, words};
use crate::batch::{self, Col, Kind, Rows, col};
use crate::entity::{contact, identity};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Store;
use rapport_core::{ContactId, Ms, WorkspaceId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A contact that changed since it was indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dirty {
    /// The number of the note, to be struck off.
    pub number: i64,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// The contact.
    pub contact: ContactId,
}

/// What a contact may be found by.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The contact.
    pub row: contact::Model,
    /// Kind and value of every identity, the ones of old too.
    pub identities: Vec<(String, String)>,
}

/// A contact with its terms; one without terms only leaves the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The contact.
    pub contact: ContactId,
    /// When they were last heard.
    pub at: Ms,
    /// What they are found by.
    pub terms: Vec<String>,
    /// What of it goes into the dictionary.
    pub words: Vec<String>,
}

/// Contacts that changed since they were indexed, those first that changed last: whoever was added just now is found at
/// once, although a whole address book may wait to be indexed anew.
///
/// # Errors
/// What the database said.
pub async fn changed(store: &Store, limit: usize) -> Result<Vec<Dirty>> {
    // With every older note of theirs: one that stayed would let another node index them as they were before.
    let text = "SELECT d.seq, d.workspace_id, d.contact_id FROM (SELECT DISTINCT workspace_id, contact_id FROM (SELECT \
                workspace_id, contact_id FROM search_dirty ORDER BY seq DESC LIMIT $1) AS newest) AS who \
                JOIN search_dirty AS d ON d.workspace_id = who.workspace_id AND d.contact_id = who.contact_id \
                ORDER BY d.seq DESC";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = store.readers().query_all_raw(sql::with(store.backend(), text, [limit.into()])).await?;
    rows.iter()
        .map(|row| {
            Ok(Dirty {
                number: row.try_get_by_index(0)?,
                workspace: WorkspaceId(row.try_get_by_index(1)?),
                contact: ContactId(row.try_get_by_index(2)?),
            })
        })
        .collect()
}

/// What these contacts may be found by; those that are gone or became part of another are left out.
///
/// # Errors
/// What the database said.
pub async fn details(read: &Read, ids: &BTreeSet<ContactId>) -> Result<Vec<Person>> {
    let wanted = || ids.iter().map(|id| id.0);
    let mut rows = contact::Entity::find()
        .filter(contact::Column::WorkspaceId.eq(read.workspace().0))
        .filter(contact::Column::Id.is_in(wanted()))
        .filter(contact::Column::MergedInto.is_null())
        .all(&read.conn())
        .await?;
    crate::tag::dress(&read.conn(), read.workspace().0, &mut rows).await?;
    let known = identity::Entity::find()
        .filter(identity::Column::WorkspaceId.eq(read.workspace().0))
        .filter(identity::Column::ContactId.is_in(wanted()))
        .all(&read.conn())
        .await?;
    let mut identities: BTreeMap<Uuid, Vec<(String, String)>> = BTreeMap::new();
    for one in known {
        identities.entry(one.contact_id).or_default().push((one.kind, one.value));
    }
    let person = |row: contact::Model| Person { identities: identities.remove(&row.id).unwrap_or_default(), row };
    Ok(rows.into_iter().map(person).collect())
}

/// Puts contacts of the transaction's workspace into the index, replacing what was there, and strikes off the notes.
/// A contact of which no note is left was indexed by another node, maybe as it became since: it stays as it is.
///
/// # Errors
/// What the database said; then the vocabulary must be forgotten.
pub async fn index_people(
    tx: &WriteTx,
    people: Vec<Found>,
    notes: &[Dirty],
    vocabulary: &mut Vocabulary,
) -> Result<()> {
    lock(tx).await?;
    let due = strike(tx, notes).await?;
    let people: Vec<Found> = people.into_iter().filter(|person| due.contains(&person.contact.0)).collect();
    words::learn(tx, vocabulary, people.iter().flat_map(|person| &person.words)).await?;
    let entry = |person: Found| Entry {
        document: person.contact.0,
        conversation: Uuid::nil(),
        contact: person.contact.0,
        at: person.at,
        part: Part::Contacts,
        terms: person.terms,
    };
    let entries = people.into_iter().filter(|person| !person.terms.is_empty()).map(entry).collect();
    replace(tx, &due.into_iter().collect::<Vec<_>>(), entries).await
}

/// Strikes off the notes that are still there, and says whose they are.
async fn strike(tx: &WriteTx, notes: &[Dirty]) -> Result<BTreeSet<Uuid>> {
    const NUMBER: &[Col] = &[col("seq", Kind::Big)];
    let mut numbers = Rows::new(NUMBER);
    for note in notes {
        numbers.push([note.number.into()]);
    }
    let text = "DELETE FROM search_dirty WHERE seq IN (SELECT column1 FROM {rows}) RETURNING contact_id";
    let struck = batch::query(tx.conn(), tx.backend(), text, &[], numbers).await?;
    struck.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
