//! Tags: the workspace's catalogue, and which contacts carry what.
//!
//! A contact that is read whole has its tags as a list of names in its own field `tags` ([`dress`]), so that CRMs,
//! blanks and rules read them like any field; where it is written they leave the field again and become rows
//! ([`settle`]). The rows are what is true: a tag that is renamed is renamed everywhere.

use crate::entity::contact::Model as Contact;
use crate::entity::{contact_tag, tag};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::store::Backend;
use crate::{sql, whole};
use rapport_core::contact::{TAGS_OF_CONTACT, TAGS_OF_WORKSPACE, tag_color, tag_key, tag_name, tags};
use rapport_core::{ContactId, Ms};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use uuid::Uuid;

mod words;

pub use crate::entity::tag::Model as TagRow;
pub use words::{campaigns, lead_macros, macros, rename, views};

/// The own field that holds the names while a contact is in hand.
const FIELD: &str = "tags";
/// Most ids in one question.
const PIECE: usize = 500;

/// The catalogue by name; tags that are no longer offered only when asked for.
///
/// # Errors
/// What the database said.
pub async fn list(read: &Read, archived: bool) -> Result<Vec<TagRow>> {
    use tag::Column;
    let mut query =
        tag::Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::MergedInto.is_null());
    if !archived {
        query = query.filter(Column::ArchivedAt.is_null());
    }
    Ok(query.order_by_asc(Column::NameKey).order_by_asc(Column::Id).all(&read.conn()).await?)
}

/// One tag; one that was merged away is not found.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: Uuid) -> Result<Option<TagRow>> {
    let found = tag::Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?;
    Ok(found.filter(|row| row.merged_into.is_none()))
}

/// [`get`] inside a writing transaction; nobody else changes the row, or gives the tag to a contact, before its end.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<TagRow>> {
    let found = tag::Entity::find_by_id((tx.workspace().0, id)).lock_exclusive().one(tx.conn()).await?;
    Ok(found.filter(|row| row.merged_into.is_none()))
}

/// How many tags the catalogue has.
///
/// # Errors
/// What the database said.
pub async fn count(tx: &WriteTx) -> Result<u64> {
    use tag::Column;
    let query =
        tag::Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0)).filter(Column::MergedInto.is_null());
    Ok(query.count(tx.conn()).await?)
}

/// Adds a tag.
///
/// # Errors
/// `Conflict` when the name is taken.
pub async fn insert(tx: &WriteTx, row: TagRow) -> Result<()> {
    whole::insert::<tag::Entity>(tx, row.workspace_id, row).await
}

/// Writes every column.
///
/// # Errors
/// `NotFound`; `Conflict` when the name is taken.
pub async fn update(tx: &WriteTx, row: TagRow) -> Result<()> {
    whole::update::<tag::Entity>(tx, row.workspace_id, row, "tag").await
}

/// Removes a tag that nobody carries, and what was merged into it.
///
/// # Errors
/// `NotFound`.
pub async fn delete(tx: &WriteTx, id: Uuid) -> Result<()> {
    whole::delete::<tag::Entity>(tx, id, "tag").await?;
    tag::Entity::delete_many()
        .filter(tag::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(tag::Column::MergedInto.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// How many contacts carry a tag.
///
/// # Errors
/// What the database said.
pub async fn carriers(read: &Read, id: Uuid) -> Result<u64> {
    use contact_tag::Column;
    let query =
        contact_tag::Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::TagId.eq(id));
    Ok(query.count(&read.conn()).await?)
}

/// The tags that these names mean, by the name as it is compared. A name that only a merged tag had leads to the one it
/// became part of. None of them is merged or removed before the transaction ends.
///
/// # Errors
/// What the database said.
pub async fn named(tx: &WriteTx, names: &[String]) -> Result<HashMap<String, TagRow>> {
    let keys: BTreeSet<String> = names.iter().map(|name| tag_key(name)).collect();
    let mut found = by_keys(tx, &keys, false).await?;
    let missing: BTreeSet<String> = keys.into_iter().filter(|key| !found.contains_key(key)).collect();
    if missing.is_empty() {
        return Ok(found);
    }
    let former = by_keys(tx, &missing, true).await?;
    found.extend(heirs(tx, former).await?);
    Ok(found)
}

/// The tags that these ids mean, by the id that was asked with; that of a merged tag leads to the one it became part of.
/// None of them is merged or removed before the transaction ends.
///
/// # Errors
/// What the database said.
pub async fn some(tx: &WriteTx, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, TagRow>> {
    let found = by_ids(tx, ids).await?;
    let (mut found, former): (HashMap<_, _>, HashMap<_, _>) =
        found.into_iter().partition(|(_, row)| row.merged_into.is_none());
    found.extend(heirs(tx, former).await?);
    Ok(found)
}

/// What merged tags became part of, under the same keys.
async fn heirs<K: Eq + Hash>(tx: &WriteTx, former: HashMap<K, TagRow>) -> Result<HashMap<K, TagRow>> {
    let heirs = by_ids(tx, &former.values().filter_map(|row| row.merged_into).collect()).await?;
    let heir = |row: &TagRow| row.merged_into.and_then(|id| heirs.get(&id)).cloned();
    Ok(former.into_iter().filter_map(|(key, row)| Some((key, heir(&row)?))).collect())
}

async fn by_ids(tx: &WriteTx, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, TagRow>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = tag::Entity::find()
        .filter(tag::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(tag::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(tag::Column::Id)
        .lock_shared();
    Ok(query.all(tx.conn()).await?.into_iter().map(|row| (row.id, row)).collect())
}

async fn by_keys(tx: &WriteTx, keys: &BTreeSet<String>, merged: bool) -> Result<HashMap<String, TagRow>> {
    use tag::Column;
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let merged = if merged { Column::MergedInto.is_not_null() } else { Column::MergedInto.is_null() };
    let query = tag::Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::NameKey.is_in(keys.iter().cloned()))
        .filter(merged)
        .order_by_asc(Column::Id)
        .lock_shared();
    Ok(query.all(tx.conn()).await?.into_iter().map(|row| (row.name_key.clone(), row)).collect())
}

/// The tags of these contacts, by name.
///
/// # Errors
/// What the database said.
pub async fn of_contacts(read: &Read, contacts: &[Uuid]) -> Result<HashMap<Uuid, Vec<TagRow>>> {
    of(&read.conn(), read.workspace().0, contacts).await
}

async fn of<C: ConnectionTrait>(conn: &C, workspace: Uuid, contacts: &[Uuid]) -> Result<HashMap<Uuid, Vec<TagRow>>> {
    let mut carried = Vec::new();
    for piece in contacts.chunks(PIECE) {
        let query = contact_tag::Entity::find()
            .filter(contact_tag::Column::WorkspaceId.eq(workspace))
            .filter(contact_tag::Column::ContactId.is_in(piece.iter().copied()));
        carried.extend(query.all(conn).await?);
    }
    if carried.is_empty() {
        return Ok(HashMap::new());
    }
    // A workspace has some hundred tags at most.
    let ids: BTreeSet<Uuid> = carried.iter().map(|row| row.tag_id).collect();
    let rows = tag::Entity::find()
        .filter(tag::Column::WorkspaceId.eq(workspace))
        .filter(tag::Column::Id.is_in(ids))
        .all(conn)
        .await?;
    let rows: HashMap<Uuid, TagRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut found: HashMap<Uuid, Vec<TagRow>> = HashMap::new();
    for one in carried {
        if let Some(row) = rows.get(&one.tag_id) {
            found.entry(one.contact_id).or_default().push(row.clone());
        }
    }
    for tags in found.values_mut() {
        tags.sort_by(|one, other| (&one.name_key, one.id).cmp(&(&other.name_key, other.id)));
    }
    Ok(found)
}

/// Gives contacts that were read the names of their tags.
pub(crate) async fn dress<'a, C: ConnectionTrait>(
    conn: &C,
    workspace: Uuid,
    rows: impl IntoIterator<Item = &'a mut Contact>,
) -> Result<()> {
    let mut rows: Vec<&mut Contact> = rows.into_iter().collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut found = of(conn, workspace, &ids).await?;
    for row in &mut rows {
        let Some(tags) = found.remove(&row.id) else { continue };
        if !row.fields.is_object() {
            row.fields = json!({});
        }
        row.fields[FIELD] = tags.into_iter().map(|tag| Json::from(tag.name)).collect();
    }
    Ok(())
}

/// Makes the tags of a contact those that its field names, and answers with the fields as they are stored. Names that are
/// new join the catalogue while it has room.
pub(crate) async fn settle(tx: &WriteTx, contact: Uuid, fields: &Json, now: Ms) -> Result<Json> {
    let mut stored = fields.clone();
    let given = stored.as_object_mut().and_then(|fields| fields.remove(FIELD));
    let names = given.map_or_else(Vec::new, |given| tags(&json!({ FIELD: given })));
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for name in names.iter().filter_map(|name| tag_name(name)) {
        wanted.entry(tag_key(&name)).or_insert(name);
    }
    let carried = of(tx.conn(), tx.workspace().0, &[contact]).await?.remove(&contact).unwrap_or_default();
    if carried.len() == wanted.len() && carried.iter().all(|row| wanted.contains_key(&row.name_key)) {
        return Ok(stored);
    }
    let names: Vec<String> = wanted.into_values().collect();
    let ids: BTreeSet<Uuid> = with_new(tx, &names, now).await?.into_iter().collect();
    let (kept, gone): (Vec<Uuid>, Vec<Uuid>) = carried.iter().map(|row| row.id).partition(|id| ids.contains(id));
    let fresh = ids.into_iter().filter(|id| !kept.contains(id)).take(TAGS_OF_CONTACT.saturating_sub(kept.len()));
    for id in fresh {
        let text = "INSERT INTO contact_tag (workspace_id, contact_id, tag_id, at) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT DO NOTHING";
        let values = [tx.workspace().0.into(), contact.into(), id.into(), now.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    if !gone.is_empty() {
        contact_tag::Entity::delete_many()
            .filter(contact_tag::Column::WorkspaceId.eq(tx.workspace().0))
            .filter(contact_tag::Column::ContactId.eq(contact))
            .filter(contact_tag::Column::TagId.is_in(gone))
            .exec(tx.conn())
            .await?;
    }
    Ok(stored)
}

/// The tags of these names, made where there are none yet.
async fn with_new(tx: &WriteTx, names: &[String], now: Ms) -> Result<Vec<Uuid>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = named(tx, names).await?;
    let missing: Vec<&String> = names.iter().filter(|name| !known.contains_key(&tag_key(name))).collect();
    if !missing.is_empty() {
        let room = TAGS_OF_WORKSPACE.saturating_sub(usize::try_from(count(tx).await?).unwrap_or(usize::MAX));
        for name in missing.into_iter().take(room) {
            let key = tag_key(name);
            let text = "INSERT INTO tag (workspace_id, id, name, name_key, color, created_at, updated_at) \
                        VALUES ($1, $2, $3, $4, $5, $6, $6) \
                        ON CONFLICT (workspace_id, name_key) WHERE merged_into IS NULL DO NOTHING";
            let values = [
                tx.workspace().0.into(),
                tx.new_id(now).into(),
                name.as_str().into(),
                key.as_str().into(),
                tag_color(&key).into(),
                now.0.into(),
            ];
            tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
        }
        // Somebody else may have been quicker.
        known = named(tx, names).await?;
    }
    Ok(names.iter().filter_map(|name| known.get(&tag_key(name))).map(|row| row.id).collect())
}

/// Gives at most `limit` contacts of a tag another one instead (`into`) or none, and answers how many there were. The
/// transaction must have locked the tag ([`get_for_write`]), so that nobody is given it meanwhile.
///
/// # Errors
/// What the database said.
pub async fn hand_over(tx: &WriteTx, from: Uuid, into: Option<Uuid>, limit: u64) -> Result<u64> {
    let workspace = tx.workspace().0;
    let contacts: Vec<Uuid> = contact_tag::Entity::find()
        .select_only()
        .column(contact_tag::Column::ContactId)
        .filter(contact_tag::Column::WorkspaceId.eq(workspace))
        .filter(contact_tag::Column::TagId.eq(from))
        .order_by_asc(contact_tag::Column::ContactId)
        .limit(limit)
        .into_tuple()
        .all(tx.conn())
        .await?;
    let Some(last) = contacts.last().copied() else { return Ok(0) };
    let piece = "workspace_id = $1 AND tag_id = $2 AND contact_id <= $3";
    if let Some(into) = into {
        // The parameter's type is not plain to PostgreSQL where it is only selected.
        let into_id = if tx.backend() == Backend::Postgres { "CAST($4 AS uuid)" } else { "$4" };
        let text = format!(
            "INSERT INTO contact_tag (workspace_id, contact_id, tag_id, at) SELECT workspace_id, contact_id, {into_id}, at \
             FROM contact_tag WHERE {piece} ON CONFLICT DO NOTHING"
        );
        let values = [workspace.into(), from.into(), last.into(), into.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    let text = format!("DELETE FROM contact_tag WHERE {piece}");
    let values = [workspace.into(), from.into(), last.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(contacts.len() as u64)
}

/// What was merged into a tag follows it into the next one.
///
/// # Errors
/// What the database said.
pub async fn lead_on(tx: &WriteTx, gone: Uuid, into: Uuid) -> Result<()> {
    tag::Entity::update_many()
        .col_expr(tag::Column::MergedInto, Expr::value(into))
        .filter(tag::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(tag::Column::MergedInto.eq(gone))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The tags of a contact that is merged away go to the other one.
pub(crate) async fn follow(tx: &WriteTx, keep: ContactId, gone: ContactId) -> Result<()> {
    let keep_id = if tx.backend() == Backend::Postgres { "CAST($1 AS uuid)" } else { "$1" };
    let text = format!(
        "INSERT INTO contact_tag (workspace_id, contact_id, tag_id, at) SELECT workspace_id, {keep_id}, tag_id, at \
         FROM contact_tag WHERE workspace_id = $2 AND contact_id = $3 ON CONFLICT DO NOTHING"
    );
    let values = [keep.0.into(), tx.workspace().0.into(), gone.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    let text = "DELETE FROM contact_tag WHERE workspace_id = $1 AND contact_id = $2";
    let values = [tx.workspace().0.into(), gone.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}
