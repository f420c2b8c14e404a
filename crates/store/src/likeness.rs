//! Contacts that may be the same person: under which keys each is filed, who shares one, and the pairs that were found.
//!
//! Nothing here compares everybody with everybody: whoever is looked at is looked up by its own keys, and each key gives a
//! bounded number of others.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::entity::contact_pair::{Column, Entity, Model};
use crate::entity::identity;
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::{ContactId, Ms};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Value,
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

pub use crate::entity::contact::Model as ContactRow;
pub use crate::entity::contact_pair::Model as PairRow;

/// They may be one; nobody has said.
pub const OPEN: &str = "open";
/// Somebody said that they are two.
pub const APART: &str = "apart";
/// Most ids in one question.
const PIECE: usize = 200;

/// A contact with the ids that lead to it now.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The contact.
    pub row: ContactRow,
    /// The ids.
    pub identities: Vec<Identity>,
}

/// These contacts; those that are gone or became part of another are left out.
///
/// # Errors
/// What the database said.
pub async fn sheets(read: &Read, ids: &BTreeSet<ContactId>) -> Result<Vec<Sheet>> {
    let ids: Vec<ContactId> = ids.iter().copied().collect();
    let rows = crate::sync_contact::get(read, &ids).await?;
    let mut identities: HashMap<Uuid, Vec<Identity>> = HashMap::new();
    for piece in ids.chunks(PIECE) {
        let known = identity::Entity::find()
            .filter(identity::Column::WorkspaceId.eq(read.workspace().0))
            .filter(identity::Column::ContactId.is_in(piece.iter().map(|id| id.0)))
            .filter(identity::Column::RetiredAt.is_null())
            .all(&read.conn())
            .await?;
        for row in known {
            if let Some(kind) = IdentityKind::parse(&row.kind) {
                identities.entry(row.contact_id).or_default().push(Identity::new(kind, row.value));
            }
        }
    }
    let sheet = |row: ContactRow| Sheet { identities: identities.remove(&row.id).unwrap_or_default(), row };
    Ok(rows.into_iter().filter(|row| row.merged_into.is_none()).map(sheet).collect())
}

/// What these contacts ordered since a moment: whose, and the order's body.
///
/// # Errors
/// What the database said.
pub async fn bought(read: &Read, ids: &BTreeSet<ContactId>, since: Ms) -> Result<Vec<(Uuid, serde_json::Value)>> {
    let mut rows = Rows::new(ID);
    for id in ids {
        rows.push([id.0.into()]);
    }
    let text = "SELECT o.contact_id, o.body FROM {rows} CROSS JOIN shop_order AS o WHERE o.workspace_id = {workspace} \
                AND o.contact_id = v.column1 AND o.placed_at >= $2";
    let fixed = [read.workspace().0.into(), since.0.into()];
    let found = batch::query(&read.conn(), read.backend(), text, &fixed, rows).await?;
    found.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// The keys these contacts are filed under.
///
/// # Errors
/// What the database said.
pub async fn filed(read: &Read, ids: &BTreeSet<ContactId>) -> Result<HashMap<Uuid, BTreeSet<i64>>> {
    let mut rows = Rows::new(ID);
    for id in ids {
        rows.push([id.0.into()]);
    }
    let text = "SELECT k.contact_id, k.place FROM {rows} CROSS JOIN contact_key AS k \
                WHERE k.workspace_id = {workspace} AND k.contact_id = v.column1";
    let mut found: HashMap<Uuid, BTreeSet<i64>> = HashMap::new();
    for row in batch::query(&read.conn(), read.backend(), text, &[read.workspace().0.into()], rows).await? {
        found.entry(row.try_get_by_index(0)?).or_default().insert(row.try_get_by_index(1)?);
    }
    Ok(found)
}

const ID: &[Col] = &[col("id", Kind::Uuid)];
const KEY: &[Col] = &[col("workspace_id", Kind::Uuid), col("place", Kind::Big), col("contact_id", Kind::Uuid)];

/// Files contacts under these keys and no others; without keys one leaves the file.
///
/// # Errors
/// What the database said.
pub async fn file(tx: &WriteTx, contacts: &[(ContactId, BTreeSet<i64>)]) -> Result<()> {
    let (mut ids, mut keys) = (Rows::new(ID), Rows::new(KEY));
    for (contact, places) in contacts {
        ids.push([contact.0.into()]);
        for place in places {
            keys.push([tx.workspace().0.into(), (*place).into(), contact.0.into()]);
        }
    }
    let text = "DELETE FROM contact_key WHERE workspace_id = $1 AND contact_id IN (SELECT column1 FROM {rows})";
    batch::execute(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], ids).await?;
    batch::insert(tx.conn(), tx.backend(), "contact_key", "ON CONFLICT DO NOTHING", keys).await?;
    Ok(())
}

/// Who is filed under these keys, at most `most` under each. One statement.
///
/// # Errors
/// What the database said.
pub async fn beside(read: &Read, places: &BTreeSet<i64>, most: usize) -> Result<Vec<(i64, ContactId)>> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let arm = |at: usize| {
        format!(
            "SELECT * FROM (SELECT place, contact_id FROM contact_key WHERE workspace_id = $1 AND place = ${at} \
             ORDER BY contact_id DESC LIMIT $2) AS k{at}"
        )
    };
    let arms: Vec<String> = (0..places.len()).map(|place| arm(place + 3)).collect();
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![read.workspace().0.into(), most.into()];
    values.extend(places.iter().map(|place| Value::from(*place)));
    let rows = read.conn().query_all_raw(sql::with(read.backend(), arms.join(" UNION ALL "), values)).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, ContactId(row.try_get_by_index(1)?)))).collect()
}

/// Two contacts in the order in which a pair has them.
#[must_use]
pub fn pair(a: ContactId, b: ContactId) -> (ContactId, ContactId) {
    if a < b { (a, b) } else { (b, a) }
}

/// Two contacts that may be one.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Both, as [`pair`] has them.
    pub pair: (ContactId, ContactId),
    /// How likely, in percent.
    pub score: u8,
    /// Why.
    pub reasons: serde_json::Value,
}

fn of(workspace: Uuid, contacts: &[Uuid]) -> sea_orm::Select<Entity> {
    let either = Condition::any()
        .add(Column::One.is_in(contacts.iter().copied()))
        .add(Column::Other.is_in(contacts.iter().copied()));
    Entity::find().filter(Column::WorkspaceId.eq(workspace)).filter(either)
}

/// Notes what was found about contacts that were looked at: what is not among it any more and waits is forgotten; what
/// somebody said stays.
///
/// # Errors
/// What the database said.
pub async fn note(tx: &WriteTx, looked: &BTreeSet<ContactId>, mut found: Vec<Found>, now: Ms) -> Result<()> {
    const PAIR: &[Col] = &[col("one", Kind::Uuid), col("other", Kind::Uuid)];
    const NEW: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("one", Kind::Uuid),
        col("other", Kind::Uuid),
        col("score", Kind::Small),
        col("reasons", Kind::Json),
        col("state", Kind::Text),
        col("created_at", Kind::Big),
        col("updated_at", Kind::Big),
    ];
    let ids: Vec<Uuid> = looked.iter().map(|id| id.0).collect();
    found.sort_by_key(|one| one.pair);
    found.dedup_by_key(|one| one.pair);
    let still: BTreeSet<(Uuid, Uuid)> = found.iter().map(|one| (one.pair.0.0, one.pair.1.0)).collect();
    let mut over = Rows::new(PAIR);
    for piece in ids.chunks(PIECE) {
        let known = of(tx.workspace().0, piece).filter(Column::State.eq(OPEN)).all(tx.conn()).await?;
        for row in known.iter().filter(|row| !still.contains(&(row.one, row.other))) {
            over.push([row.one.into(), row.other.into()]);
        }
    }
    let text = "DELETE FROM contact_pair WHERE workspace_id = $1 AND state = 'open' \
                AND (one, other) IN (SELECT column1, column2 FROM {rows})";
    batch::execute(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], over).await?;
    let mut rows = Rows::new(NEW);
    for one in found {
        rows.push([
            tx.workspace().0.into(),
            one.pair.0.0.into(),
            one.pair.1.0.into(),
            i16::from(one.score).into(),
            one.reasons.into(),
            OPEN.into(),
            now.0.into(),
            now.0.into(),
        ]);
    }
    let tail = "ON CONFLICT (workspace_id, one, other) DO UPDATE SET score = excluded.score, reasons = excluded.reasons, \
                updated_at = excluded.updated_at WHERE contact_pair.state = 'open'";
    batch::insert(tx.conn(), tx.backend(), "contact_pair", tail, rows).await?;
    Ok(())
}

/// Where a page ends: score and both contacts.
pub type After = (i16, Uuid, Uuid);

/// The pairs that wait, the likeliest first, those behind `after`.
///
/// # Errors
/// What the database said.
pub async fn open(read: &Read, after: Option<After>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::State.eq(OPEN));
    if let Some((score, one, other)) = after {
        let behind = Condition::any().add(Column::Score.lt(score)).add(
            Condition::all().add(Column::Score.eq(score)).add(
                Condition::any()
                    .add(Column::One.lt(one))
                    .add(Condition::all().add(Column::One.eq(one)).add(Column::Other.lt(other))),
            ),
        );
        query = query.filter(behind);
    }
    let query = query.order_by_desc(Column::Score).order_by_desc(Column::One).order_by_desc(Column::Other);
    Ok(query.limit(limit).all(&read.conn()).await?)
}

/// How many pairs wait.
///
/// # Errors
/// What the database said.
pub async fn count(read: &Read) -> Result<u64> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::State.eq(OPEN));
    Ok(query.count(&read.conn()).await?)
}

/// The pairs of a contact that wait, the likeliest first.
///
/// # Errors
/// What the database said.
pub async fn of_contact(read: &Read, contact: ContactId, limit: u64) -> Result<Vec<Model>> {
    let query = of(read.workspace().0, &[contact.0]).filter(Column::State.eq(OPEN)).order_by_desc(Column::Score);
    Ok(query.limit(limit).all(&read.conn()).await?)
}

/// One pair, whatever was said of it.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, (one, other): (ContactId, ContactId)) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, one.0, other.0)).one(&read.conn()).await?)
}

/// Remembers that two contacts are two, whether they were taken for one or not; says whether that was news.
///
/// # Errors
/// What the database said.
pub async fn part(
    tx: &WriteTx,
    (one, other): (ContactId, ContactId),
    (actor_kind, actor_id): (&str, Option<Uuid>),
    now: Ms,
) -> Result<bool> {
    let text = "INSERT INTO contact_pair (workspace_id, one, other, score, reasons, state, actor_kind, actor_id, created_at, \
                updated_at) VALUES ($1, $2, $3, 0, $4, 'apart', $5, $6, $7, $7) ON CONFLICT (workspace_id, one, other) \
                DO UPDATE SET state = 'apart', actor_kind = excluded.actor_kind, actor_id = excluded.actor_id, \
                updated_at = excluded.updated_at WHERE contact_pair.state = 'open'";
    let values: [Value; 7] = [
        tx.workspace().0.into(),
        one.0.into(),
        other.0.into(),
        serde_json::json!([]).into(),
        actor_kind.into(),
        actor_id.into(),
        now.0.into(),
    ];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected() > 0)
}

/// Takes it back that two contacts are two: they wait again, and are looked at again, because what was found before is not
/// known of two that were one. Says whether somebody had said so.
///
/// # Errors
/// What the database said.
pub async fn again(tx: &WriteTx, (one, other): (ContactId, ContactId), now: Ms) -> Result<bool> {
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(OPEN))
        .col_expr(Column::UpdatedAt, Expr::value(now.0))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::One.eq(one.0))
        .filter(Column::Other.eq(other.0))
        .filter(Column::State.eq(APART))
        .exec(tx.conn())
        .await?;
    if done.rows_affected > 0 {
        let text = "INSERT INTO search_dirty (workspace_id, contact_id) VALUES ($1, $2), ($1, $3)";
        let values = [tx.workspace().0.into(), one.0.into(), other.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    Ok(done.rows_affected > 0)
}

/// Nothing about a contact waits any more: it became part of another one.
pub(crate) async fn forget(tx: &WriteTx, contact: ContactId) -> Result<()> {
    for column in [Column::One, Column::Other] {
        Entity::delete_many()
            .filter(Column::WorkspaceId.eq(tx.workspace().0))
            .filter(column.eq(contact.0))
            .filter(Column::State.eq(OPEN))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}
