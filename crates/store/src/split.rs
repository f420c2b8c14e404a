//! One thread becomes two: what its parts come to, and moving the newer one.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::error::{Error, Result};
use crate::merge::moved;
use crate::scope::WriteTx;
use crate::sql;
use rapport_core::inbox::{MessageState, Needs, Part, Shown};
use rapport_core::message::{Direction, Status};
use rapport_core::{ConversationId, MessageId, Ms};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

/// Where a thread is cut: the first line that moves, by its time and id.
pub type Cut = (Ms, MessageId);

/// What waits for a moment of its own has not been said yet.
const PLANNED: &str = "EXISTS (SELECT 1 FROM send_queue AS q WHERE q.workspace_id = m.workspace_id \
    AND q.message_id = m.id AND q.planned_at IS NOT NULL AND q.state = 'queued')";

/// The lines `m` of the conversation `$2` from the cut (`$3`, `$4`) on. What is planned goes with the newer part, wherever
/// it stands: it will be said after it.
fn newer_lines() -> String {
    format!("(m.at > $3 OR (m.at = $3 AND m.id >= $4) OR {PLANNED})")
}

fn values(tx: &WriteTx, conversation: ConversationId, (at, message): Cut) -> [Value; 4] {
    [tx.workspace().0.into(), conversation.0.into(), at.0.into(), message.0.into()]
}

/// Where a line stands; `None` when it is not in this conversation.
///
/// # Errors
/// What the database said.
pub async fn cut(tx: &WriteTx, conversation: ConversationId, message: MessageId) -> Result<Option<Cut>> {
    let text = "SELECT at FROM message WHERE workspace_id = $1 AND conversation_id = $2 AND id = $3";
    let values = [tx.workspace().0.into(), conversation.0.into(), message.0.into()];
    let row = tx.conn().query_one_raw(sql::with(tx.backend(), text, values)).await?;
    row.map(|row| Ok((Ms(row.try_get_by_index(0)?), message))).transpose()
}

/// What the lines before a cut come to, and those from there on.
///
/// # Errors
/// What the database said; `Damaged` when a row holds a word this program does not know.
pub async fn parts(tx: &WriteTx, conversation: ConversationId, cut: Cut) -> Result<(Part, Part)> {
    let newer = newer_lines();
    let older = part(tx, conversation, cut, &format!("NOT {newer}")).await?;
    Ok((older, part(tx, conversation, cut, &newer).await?))
}

/// What all lines of a conversation come to.
pub(crate) async fn whole(tx: &WriteTx, conversation: ConversationId) -> Result<Part> {
    let start = (Ms(i64::MIN), MessageId(Uuid::nil()));
    part(tx, conversation, start, "(m.at >= $3 OR m.id = $4)").await
}

async fn part(tx: &WriteTx, conversation: ConversationId, cut: Cut, which: &str) -> Result<Part> {
    let answer = format!(
        "m.direction = 'out' AND m.kind <> 'reaction' AND m.author_kind <> 'campaign' \
         AND m.status NOT IN ('withdrawn', 'refused', 'failed', 'scheduled') AND NOT {PLANNED}"
    );
    let text = format!(
        "SELECT CAST(COUNT(CASE WHEN m.direction <> 'event' AND m.kind <> 'reaction' THEN 1 END) AS bigint), \
         CAST(COUNT(CASE WHEN m.direction = 'in' THEN 1 END) AS bigint), \
         MIN(CASE WHEN m.direction = 'in' THEN m.at END), MIN(CASE WHEN {answer} THEN m.at END), MIN(m.created_at) \
         FROM message AS m WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND {which}"
    );
    let row = tx.conn().query_one_raw(sql::with(tx.backend(), text, values(tx, conversation, cut))).await?;
    let Some(row) = row else { return Ok(Part::default()) };
    let ms = |index| Ok::<_, Error>(row.try_get_by_index::<Option<i64>>(index)?.map(Ms));
    Ok(Part {
        said: row.try_get_by_index(0)?,
        heard: row.try_get_by_index(1)?,
        heard_at: ms(2)?,
        answered_at: ms(3)?,
        began_at: ms(4)?,
        newest: newest(tx, conversation, cut, which).await?,
    })
}

/// The line that the list shows: the newest that was said, by either side.
async fn newest(tx: &WriteTx, conversation: ConversationId, cut: Cut, which: &str) -> Result<Option<Shown>> {
    let text = format!(
        "SELECT m.id, m.at, m.direction, m.kind, m.preview, m.status FROM message AS m \
         WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND {which} AND m.direction IN ('in', 'out') \
         AND m.kind <> 'reaction' AND m.status <> 'scheduled' AND NOT {PLANNED} ORDER BY m.at DESC, m.id DESC LIMIT 1"
    );
    let row = tx.conn().query_one_raw(sql::with(tx.backend(), text, values(tx, conversation, cut))).await?;
    row.map(|row| shown(&row)).transpose()
}

fn shown(row: &QueryResult) -> Result<Shown> {
    let (direction, status): (String, String) = (row.try_get_by_index(2)?, row.try_get_by_index(5)?);
    Ok(Shown {
        id: MessageId(row.try_get_by_index(0)?),
        at: Ms(row.try_get_by_index(1)?),
        direction: if direction == Direction::In.code() { Direction::In } else { Direction::Out },
        kind: row.try_get_by_index(3)?,
        preview: row.try_get_by_index(4)?,
        status: Status::parse(&status).ok_or_else(|| Error::Damaged(format!("unknown message status: {status}")))?,
    })
}

/// Moves everything from the cut on to `made`: lines with their search documents, resolutions and surveys of that time,
/// deals and cases that were made since, what was charged, and who is told. `made`'s own row is written afterwards, and so are the lines about the split. The
/// lane must be locked.
///
/// # Errors
/// What the database said.
pub async fn lines(tx: &WriteTx, from: ConversationId, made: ConversationId, cut: Cut) -> Result<()> {
    let workspace = tx.workspace().0;
    let text = format!(
        "UPDATE message AS m SET conversation_id = $5 WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND {} RETURNING id",
        newer_lines()
    );
    let [a, b, c, d] = values(tx, from, cut);
    let mut ids = Vec::new();
    for row in tx.conn().query_all_raw(sql::with(tx.backend(), text, [a, b, c, d, made.0.into()])).await? {
        ids.push(MessageId(row.try_get_by_index::<Uuid>(0)?));
    }
    moved(tx, "conversation_id", made.0, &ids).await?;
    for (table, moment) in crate::merge::RESOLUTIONS {
        let text = format!(
            "UPDATE {table} SET conversation_id = $3 WHERE workspace_id = $1 AND conversation_id = $2 AND {moment} >= $4"
        );
        let values = [workspace.into(), from.0.into(), made.0.into(), cut.0.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    let text =
        "UPDATE matter SET conversation_id = $3 WHERE workspace_id = $1 AND conversation_id = $2 AND created_at >= $4";
    let values = [workspace.into(), from.0.into(), made.0.into(), cut.0.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    crate::watch::divide(tx, from, made).await?;
    let text = "INSERT INTO conversation_trail (workspace_id, id, into_id) VALUES ($1, $2, $3)";
    let values = [workspace.into(), made.0.into(), from.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    charges(tx, from, &ids).await
}

/// What messages that moved cost is counted where they are now.
pub(crate) async fn charges(tx: &WriteTx, from: ConversationId, ids: &[MessageId]) -> Result<()> {
    const ID: &[Col] = &[col("id", Kind::Uuid)];
    let mut rows = Rows::new(ID);
    for id in ids {
        rows.push([id.0.into()]);
    }
    let text = "SELECT m.id FROM {rows} CROSS JOIN message AS m WHERE m.workspace_id = {workspace} AND m.id = v.column1 \
        AND m.cost_category IS NOT NULL";
    let mut needs = Needs::default();
    for row in batch::query(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], rows).await? {
        needs.message_ids.insert(MessageId(row.try_get_by_index(0)?));
    }
    let mut moves = Vec::new();
    for after in crate::ingest::messages_of(tx, &needs).await? {
        let before = MessageState { conversation_id: from, ..after.clone() };
        moves.extend(rapport_core::cost::moves(&before, &after));
    }
    crate::cost::add(tx, &moves).await
}
