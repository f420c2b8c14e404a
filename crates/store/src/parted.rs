//! Contacts that are parted again: what led to one of them since, where their lines are now, and what each was told.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::entity::{consent, conversation, conversation_trail};
use crate::error::Result;
use crate::scope::WriteTx;
use crate::sql;
use crate::unmerge::{Joined, Moved};
use rapport_core::contact::identity::{Identity, IdentityKind, lookup_keys};
use rapport_core::inbox::{ConsentRecord, Heard};
use rapport_core::{ContactId, ConversationId, Ms};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Value};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Most conversations of a contact whose window is looked at, the latest first.
const LOOKED: i64 = 200;

/// The conversation that another one is part of now.
pub(crate) async fn place(tx: &WriteTx, joined: &Joined) -> Result<Option<ConversationId>> {
    let workspace = tx.workspace().0;
    let find = |id| conversation::Entity::find_by_id((workspace, id)).one(tx.conn());
    let mut into = find(joined.into).await?;
    if into.is_none()
        && let Some(trail) = conversation_trail::Entity::find_by_id((workspace, joined.into)).one(tx.conn()).await?
    {
        into = find(trail.into_id).await?;
    }
    Ok(into.map(|row| ConversationId(row.id)))
}

/// Whether lines of a conversation that became part of another one are in a third one since.
///
/// # Errors
/// What the database said.
pub async fn scattered(tx: &WriteTx, keep: ContactId, moved: &Moved) -> Result<bool> {
    const ID: &[Col] = &[col("id", Kind::Uuid)];
    for joined in &moved.joined {
        let into = place(tx, joined).await?.map_or(Uuid::nil(), |id| id.0);
        let mut rows = Rows::new(ID);
        for line in &joined.messages {
            rows.push([(*line).into()]);
        }
        let text = "SELECT m.id FROM {rows} CROSS JOIN message AS m WHERE m.workspace_id = $1 AND m.id = v.column1 \
                    AND m.contact_id = $2 AND m.conversation_id <> $3 LIMIT 1";
        let fixed: [Value; 3] = [tx.workspace().0.into(), keep.0.into(), into.into()];
        if !batch::query(tx.conn(), tx.backend(), text, &fixed, rows).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Conversations that went whole, and those that were split off them since.
pub(crate) async fn threads(tx: &WriteTx, went: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut all: Vec<Uuid> = went.to_vec();
    let mut seen: HashSet<Uuid> = went.iter().copied().collect();
    let mut at = 0;
    while let Some(id) = all.get(at).copied() {
        at += 1;
        let led: Vec<Uuid> = conversation_trail::Entity::find()
            .select_only()
            .column(conversation_trail::Column::Id)
            .filter(conversation_trail::Column::WorkspaceId.eq(tx.workspace().0))
            .filter(conversation_trail::Column::IntoId.eq(id))
            .into_tuple()
            .all(tx.conn())
            .await?;
        all.extend(led.into_iter().filter(|id| seen.insert(*id)));
    }
    Ok(all)
}

/// The ids that led to the one that was gone lead there again, and so do other spellings of its numbers that were learned
/// since. Whose a user id is that was learned since cannot be told: it is forgotten until it is heard again, with the number
/// that leads to the right one. Only when both have a number.
pub(crate) async fn names(
    tx: &WriteTx,
    (keep, gone): (ContactId, ContactId),
    moved: &[(String, String)],
    (since, now): (Ms, Ms),
) -> Result<()> {
    let workspace = tx.workspace().0;
    let fixed: [Value; 3] = [gone.0.into(), workspace.into(), keep.0.into()];
    let text = "UPDATE identity SET contact_id = $1 FROM {rows} WHERE identity.workspace_id = $2 \
                AND identity.contact_id = $3 AND identity.kind = v.column1 AND identity.value = v.column2";
    let own = moved.iter().map(|(kind, value)| (kind.as_str(), value.as_str()));
    batch::execute(tx.conn(), tx.backend(), text, &fixed, pairs(own)).await?;
    let keys = spellings(moved);
    let learned = format!("{text} AND identity.created_at >= $4");
    let [a, b, c] = fixed;
    let others = keys.iter().map(|key| (key.kind.code(), key.value.as_str()));
    batch::execute(tx.conn(), tx.backend(), &learned, &[a, b, c, since.0.into()], pairs(others)).await?;
    let text = "UPDATE identity SET retired_at = $1 WHERE workspace_id = $2 AND contact_id = $3 AND created_at >= $5 \
        AND kind IN ('bsuid', 'parent_bsuid') AND retired_at IS NULL AND (SELECT count(DISTINCT n.contact_id) \
        FROM identity AS n WHERE n.workspace_id = $2 AND n.contact_id IN ($3, $4) AND n.kind = 'wa_id' \
        AND n.retired_at IS NULL) = 2";
    let values: [Value; 5] = [now.0.into(), workspace.into(), keep.0.into(), gone.0.into(), since.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

fn pairs<'a>(ids: impl Iterator<Item = (&'a str, &'a str)>) -> Rows {
    const NAME: &[Col] = &[col("kind", Kind::Text), col("value", Kind::Text)];
    let mut rows = Rows::new(NAME);
    for (kind, value) in ids {
        rows.push([kind.into(), value.into()]);
    }
    rows
}

/// Every spelling of the numbers among some ids, as a telephone number and as a WhatsApp id.
fn spellings(ids: &[(String, String)]) -> Vec<Identity> {
    let numbers = ids.iter().filter_map(|(kind, value)| match IdentityKind::parse(kind)? {
        IdentityKind::Phone | IdentityKind::WaId => Some(value.trim_start_matches('+')),
        _ => None,
    });
    let both = |digits: &str| {
        [Identity::new(IdentityKind::WaId, digits), Identity::new(IdentityKind::Phone, format!("+{digits}"))]
    };
    lookup_keys(&numbers.flat_map(both).collect::<Vec<_>>())
}

/// What was said of a contact's consent since it became one with another: what is in its ledger that was in neither's.
///
/// # Errors
/// What the database said.
pub async fn said_since(tx: &WriteTx, keep: ContactId, moved: &Moved) -> Result<Vec<ConsentRecord>> {
    let known: HashSet<&str> = moved.ledger.iter().map(String::as_str).collect();
    let rows = consent::Entity::find()
        .filter(consent::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(consent::Column::ContactId.eq(keep.0))
        .all(tx.conn())
        .await?;
    let new = rows.into_iter().filter(|row| !known.contains(row.id.to_string().as_str()));
    let line = |row: consent::Model| ConsentRecord {
        contact_id: keep,
        purpose: row.purpose,
        state: row.state,
        source: row.source,
        proof: row.proof,
        at: Ms(row.at),
    };
    Ok(new.map(line).collect())
}

/// The last that was heard in each conversation of some contacts whose window was ever open.
///
/// # Errors
/// What the database said.
pub async fn last_heard(tx: &WriteTx, people: &[ContactId]) -> Result<HashMap<ConversationId, Option<Heard>>> {
    let text = "SELECT c.id, m.at, m.provider_id FROM conversation AS c LEFT JOIN message AS m \
        ON m.workspace_id = c.workspace_id AND m.id = (SELECT h.id FROM message AS h WHERE h.workspace_id = c.workspace_id \
        AND h.conversation_id = c.id AND h.direction = 'in' ORDER BY h.at DESC, h.id DESC LIMIT 1) \
        WHERE c.workspace_id = $1 AND c.contact_id = $2 AND c.window_expires_at IS NOT NULL \
        ORDER BY c.last_message_at DESC LIMIT $3";
    let mut heard = HashMap::new();
    for person in people {
        let values: [Value; 3] = [tx.workspace().0.into(), person.0.into(), LOOKED.into()];
        for row in tx.conn().query_all_raw(sql::with(tx.backend(), text, values)).await? {
            let at = row.try_get_by_index::<Option<i64>>(1)?.map(Ms);
            let id: Option<String> = row.try_get_by_index(2)?;
            heard.insert(ConversationId(row.try_get_by_index(0)?), at.map(|at| (at, id)));
        }
    }
    Ok(heard)
}
