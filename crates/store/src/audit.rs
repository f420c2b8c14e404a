//! The books: received = processed + duplicates + quarantined + pending, and what was processed is there to be seen.

use crate::counter;
use crate::error::Result;
use crate::raw::{DUPLICATE, PENDING, PROCESSED, QUARANTINED, WAITING};
use crate::scope::{Read, Scope};
use crate::sql;
use sea_orm::ConnectionTrait;
use serde::Serialize;

/// The counts of a workspace, each found by its own query in one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct Counts {
    /// Events received with a valid signature: counted on arrival.
    pub received: i64,
    /// Events whose effect is stored.
    pub processed: i64,
    /// Events that said what was known: refused on arrival, or found out later.
    pub duplicates: i64,
    /// Events that could not be processed; each has its reason.
    pub quarantined: i64,
    /// Events that wait for their turn, or for the message they are about.
    pub pending: i64,
    /// Messages stored from events.
    pub stored: i64,
    /// Messages stored from events that an inbox screen reaches: through their conversation, contact and channel.
    pub shown: i64,
    /// Whether all of them agree.
    pub balanced: bool,
    /// What does not agree, in sentences; empty when balanced.
    pub findings: Vec<String>,
}

/// Counts and compares. Reads whole tables: for people and nightly checks, not for every request.
///
/// # Errors
/// What the database said.
pub async fn counts(scope: &Scope) -> Result<Counts> {
    let read = scope.snapshot().await?;
    let arrived = counter::sums(&read, None, 0).await?;
    let counted = |name: &str| arrived.get(name).copied().unwrap_or(0);
    let state = |state: i16| format!("SELECT count(*) FROM raw_event WHERE workspace_id = $1 AND state = {state}");
    let mut counts = Counts {
        received: counted(counter::RECEIVED),
        processed: one(&read, &state(PROCESSED)).await? + counted(counter::PURGED_PROCESSED),
        duplicates: one(&read, &state(DUPLICATE)).await?
            + counted(counter::PURGED_DUPLICATES)
            + counted(counter::DUPLICATES),
        quarantined: one(&read, &state(QUARANTINED)).await?,
        pending: one(&read, &state(PENDING)).await? + one(&read, &state(WAITING)).await?,
        stored: one(&read, STORED).await?,
        shown: one(&read, SHOWN).await?,
        ..Counts::default()
    };
    let became_messages = one(&read, BECAME_MESSAGES).await? + counted(counter::PURGED_MESSAGES);
    judge(&mut counts, became_messages);
    Ok(counts)
}

const BECAME_MESSAGES: &str =
    "SELECT count(*) FROM raw_event WHERE workspace_id = $1 AND state = 1 AND outcome = 'message'";

/// Messages that came from an event: those of customers, of the phone app and system notices, not our own.
const STORED: &str = "SELECT count(*) FROM message WHERE workspace_id = $1 AND provider_key IS NOT NULL \
    AND author_kind IN ('contact', 'phone_app', 'system')";

const SHOWN: &str = "SELECT count(*) FROM message AS m \
    JOIN conversation AS c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id \
    JOIN contact AS p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id \
    JOIN channel AS h ON h.workspace_id = c.workspace_id AND h.id = c.channel_id \
    WHERE m.workspace_id = $1 AND m.provider_key IS NOT NULL \
    AND m.author_kind IN ('contact', 'phone_app', 'system')";

async fn one(read: &Read, text: &str) -> Result<i64> {
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, [read.workspace().0.into()])).await?;
    row.map_or(Ok(0), |row| Ok(row.try_get_by_index(0)?))
}

fn judge(counts: &mut Counts, became_messages: i64) {
    let ended = counts.processed + counts.duplicates + counts.quarantined + counts.pending;
    let mut compare = |left: i64, right: i64, what: &str| {
        if left != right {
            counts.findings.push(format!("{what}: {left} against {right}"));
        }
    };
    compare(counts.received, ended, "events received, and processed + duplicates + quarantined + pending");
    compare(became_messages, counts.stored, "events processed as messages, and messages stored from events");
    compare(counts.stored, counts.shown, "messages stored from events, and messages an inbox reaches");
    counts.balanced = counts.findings.is_empty();
}
