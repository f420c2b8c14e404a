//! What became of a rule's work: who it listened to, what it sent, and what customers wrote afterwards.

use super::run::floor;
use crate::codec::unpack_content;
use crate::entity::{message, rule_run};
use crate::error::Result;
use crate::scope::Read;
use crate::sql;
use rapport_core::message::Content;
use rapport_core::{ContactId, ConversationId, Ms};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value as Json;
use std::ops::Range;
use uuid::Uuid;

/// One time that a rule listened and was written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Listened {
    /// To whom.
    pub contact_id: ContactId,
    /// Whether it ran.
    pub ran: bool,
    /// Whether its conditions held.
    pub met: bool,
    /// Whether it only watched.
    pub shadow: bool,
}

/// How a rule listened since a moment, the newest `limit` times that are written down.
///
/// # Errors
/// What the database said.
pub async fn listened(read: &Read, rule: Uuid, since: Ms, limit: u64) -> Result<Vec<Listened>> {
    use rule_run::Column;
    let query = rule_run::Entity::find()
        .select_only()
        .columns([Column::ContactId, Column::State, Column::Shadow, Column::Conditions])
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::RuleId.eq(rule))
        .filter(Column::Id.gte(floor(since)))
        .order_by_desc(Column::Id)
        .limit(limit);
    let rows: Vec<(Uuid, String, i16, Json)> = query.into_tuple().all(&read.conn()).await?;
    let one = |(contact, state, shadow, conditions): (Uuid, String, i16, Json)| {
        let ran = state != "skipped";
        let met = ran || conditions["met"] == true;
        Listened { contact_id: ContactId(contact), ran, met, shadow: shadow != 0 }
    };
    Ok(rows.into_iter().map(one).collect())
}

/// A message that a rule sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentByRule {
    /// The id it was given: it names the run.
    pub client_id: Option<String>,
    /// To whom.
    pub contact_id: ContactId,
    /// Where.
    pub conversation_id: ConversationId,
    /// When it was written.
    pub at: Ms,
    /// Whether the provider took it.
    pub sent: bool,
    /// Whether it arrived.
    pub delivered: bool,
    /// Whether it was read.
    pub read: bool,
}

/// The messages of a rule since a moment, the newest `limit`.
///
/// # Errors
/// What the database said.
pub async fn sent_by(read: &Read, rule: Uuid, since: Ms, limit: u64) -> Result<Vec<SentByRule>> {
    // The author's kind stands in words, so that the databases see that `message_rule` has these rows.
    let text = "SELECT client_id, contact_id, conversation_id, at, sent_at, delivered_at, read_at, status FROM message \
                WHERE workspace_id = $1 AND author_kind = 'rule' AND author_id = $2 AND created_at >= $3 \
                AND direction = 'out' ORDER BY created_at DESC LIMIT $4";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [read.workspace().0.into(), rule.into(), since.0.into(), limit.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let one = |row: &sea_orm::QueryResult| {
        let there = |place: usize| row.try_get_by_index::<Option<i64>>(place).map(|at| at.is_some());
        let (seen, status): (bool, String) = (there(6)?, row.try_get_by_index(7)?);
        let delivered = seen || there(5)?;
        Ok(SentByRule {
            client_id: row.try_get_by_index(0)?,
            contact_id: ContactId(row.try_get_by_index(1)?),
            conversation_id: ConversationId(row.try_get_by_index(2)?),
            at: Ms(row.try_get_by_index(3)?),
            // Until the provider reports, the status alone says that it was taken.
            sent: delivered || there(4)? || status == "sent",
            delivered,
            read: seen,
        })
    };
    rows.iter().map(one).collect()
}

/// A customer's message: whose, where, when and what.
pub type Wrote = (ContactId, ConversationId, Ms, Content);

/// What customers wrote in some stretches of time, each that of one customer and apart from the others, at most `limit`
/// messages.
///
/// # Errors
/// What the database said; `Damaged`.
pub async fn wrote_within(read: &Read, stretches: &[(ContactId, Range<Ms>)], limit: u64) -> Result<Vec<Wrote>> {
    use message::Column;
    if stretches.is_empty() {
        return Ok(Vec::new());
    }
    let within = stretches.iter().fold(Condition::any(), |any, (contact, at)| {
        let one = Condition::all().add(Column::ContactId.eq(contact.0));
        any.add(one.add(Column::CreatedAt.gte(at.start.0)).add(Column::CreatedAt.lt(at.end.0)))
    });
    let query = message::Entity::find()
        .select_only()
        .columns([Column::ContactId, Column::ConversationId, Column::At, Column::Content])
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(within)
        .filter(Column::Direction.eq("in"))
        .order_by_asc(Column::ContactId)
        .order_by_asc(Column::CreatedAt)
        .limit(limit);
    let rows: Vec<(Uuid, Uuid, i64, Vec<u8>)> = query.into_tuple().all(&read.conn()).await?;
    let one = |(contact, conversation, at, content): (Uuid, Uuid, i64, Vec<u8>)| {
        Ok((ContactId(contact), ConversationId(conversation), Ms(at), unpack_content(&content)?))
    };
    rows.into_iter().map(one).collect()
}
