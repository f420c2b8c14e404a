//! How far campaigns have come, counted from their recipients and messages: nothing of it can go out of step.

use crate::cost::Cell;
use crate::error::Result;
use crate::query::Draft;
use crate::scope::Read;
use crate::sql;
use rapport_core::cost::{Month, Price};
use rapport_core::time::DAY;
use rapport_core::{CampaignId, Ms};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// How long after its message a customer's own message counts as a reply to it. Milliseconds.
const REPLY_MS: i64 = 7 * DAY;

/// Recipients of a campaign, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Those without a message yet.
    pub waiting: i64,
    /// Those who get none.
    pub skipped: i64,
    /// Those with a message, by its status.
    pub messages: BTreeMap<String, i64>,
    /// Those who wrote on the channel within 7 days after their message was sent.
    pub replied: i64,
}

/// Counts the recipients of campaigns; one without recipients is left out. Two statements.
///
/// # Errors
/// What the database said.
pub async fn progress(read: &Read, ids: &[CampaignId]) -> Result<HashMap<Uuid, Progress>> {
    let mut found: HashMap<Uuid, Progress> = HashMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let text = "SELECT r.campaign_id, r.state, m.status, count(*) FROM campaign_recipient AS r \
                LEFT JOIN message AS m ON m.workspace_id = r.workspace_id AND m.id = r.message_id \
                WHERE r.workspace_id = {workspace} AND r.campaign_id IN ({ids}) \
                GROUP BY r.campaign_id, r.state, m.status";
    for row in asked(read, ids, text).await? {
        let (id, state): (Uuid, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let (status, count): (Option<String>, i64) = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
        let progress = found.entry(id).or_default();
        match (state.as_str(), status) {
            (super::WAITING, _) => progress.waiting += count,
            (super::SKIPPED, _) | (_, None) => progress.skipped += count,
            (_, Some(status)) => *progress.messages.entry(status).or_default() += count,
        }
    }
    // A report of arrival may come without the one before it.
    let out = "COALESCE(m.sent_at, m.delivered_at, m.read_at, m.status_at)";
    let text = format!(
        "SELECT r.campaign_id, count(*) FROM campaign_recipient AS r \
         JOIN message AS m ON m.workspace_id = r.workspace_id AND m.id = r.message_id \
         JOIN contact AS c ON c.workspace_id = m.workspace_id AND c.id = m.contact_id \
         WHERE r.workspace_id = {{workspace}} AND r.campaign_id IN ({{ids}}) \
         AND m.status IN ('sent', 'delivered', 'read') AND c.last_inbound_at >= {out} \
         AND EXISTS (SELECT 1 FROM message AS i WHERE i.workspace_id = m.workspace_id AND i.contact_id = m.contact_id \
         AND i.created_at >= {out} AND i.created_at < {out} + {REPLY_MS} AND i.direction = 'in' \
         AND i.channel_id = m.channel_id) GROUP BY r.campaign_id"
    );
    for row in asked(read, ids, &text).await? {
        found.entry(row.try_get_by_index(0)?).or_default().replied = row.try_get_by_index(1)?;
    }
    Ok(found)
}

async fn asked(read: &Read, ids: &[CampaignId], text: &str) -> Result<Vec<QueryResult>> {
    let mut draft = Draft::default();
    let workspace = draft.arg(read.workspace().0);
    let places: Vec<String> = ids.iter().map(|id| draft.arg(id.0)).collect();
    let text = text.replace("{workspace}", &workspace).replace("{ids}", &places.join(","));
    Ok(read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?)
}

/// What of a campaign arrived, by month, price and country: what it cost.
///
/// # Errors
/// What the database said.
pub async fn arrived(read: &Read, id: CampaignId) -> Result<Vec<Cell>> {
    let text = format!(
        "SELECT day, category, kind, country, count(*) FROM (SELECT \
         (CASE WHEN m.delivered_at IS NULL OR m.read_at < m.delivered_at THEN m.read_at ELSE m.delivered_at END) / {DAY} \
         AS day, m.cost_category AS category, m.cost_kind AS kind, COALESCE(c.country, '') AS country \
         FROM campaign_recipient AS r \
         JOIN message AS m ON m.workspace_id = r.workspace_id AND m.id = r.message_id \
         JOIN contact AS c ON c.workspace_id = m.workspace_id AND c.id = m.contact_id \
         WHERE r.workspace_id = $1 AND r.campaign_id = $2 AND m.cost_category IS NOT NULL \
         AND m.cost_kind IS NOT NULL AND (m.delivered_at IS NOT NULL OR m.read_at IS NOT NULL)) AS arrived \
         GROUP BY day, category, kind, country"
    );
    let values: [Value; 2] = [read.workspace().0.into(), id.0.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let cell = |row: &QueryResult| {
        let (day, country): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(3)?);
        Ok(Cell {
            month: Month::of(Ms(day.saturating_mul(DAY))),
            price: Price { category: row.try_get_by_index(1)?, kind: row.try_get_by_index(2)? },
            country: (!country.is_empty()).then_some(country),
            count: row.try_get_by_index(4)?,
        })
    };
    rows.iter().map(cell).collect()
}
