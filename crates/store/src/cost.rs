//! What messages cost: rates, and counts of what the provider charges.
//!
//! Counts, not amounts, are kept: they move in the transaction of the report that changes them, and what they are
//! worth is read from the rates when it is asked.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::entity::{contact, cost_rate};
use crate::error::Result;
use crate::query::Draft;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Backend;
use rapport_core::cost::{Month, Move, Price, Rate};
use rapport_core::{ChannelId, ContactId, ConversationId, Ms};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryResult,
    QuerySelect, Value,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering};
use uuid::Uuid;

/// How many transactions may count at the same time without waiting for each other's row.
const SLOTS: u8 = 8;
static NEXT_SLOT: AtomicU8 = AtomicU8::new(0);

const DAY: &[Col] = &[
    col("day", Kind::Big),
    col("channel_id", Kind::Uuid),
    col("contact_id", Kind::Uuid),
    col("category", Kind::Text),
    col("kind", Kind::Text),
    col("count", Kind::Big),
];

/// The customer's country is looked up where it is needed: reports do not load contacts. Rows are counted in the
/// order of the key, so that two transactions never wait for each other.
const ADD_DAY: &str = "INSERT INTO cost_day (workspace_id, day, channel_id, category, kind, country, slot, count) \
    SELECT $1, v.column1, v.column2, v.column4, v.column5, COALESCE(c.country, ''), $2, CAST(SUM(v.column6) AS bigint) \
    FROM {rows} LEFT JOIN contact AS c ON c.workspace_id = $1 AND c.id = v.column3 \
    WHERE true GROUP BY v.column1, v.column2, v.column4, v.column5, COALESCE(c.country, '') ORDER BY 2, 3, 4, 5, 6 \
    ON CONFLICT (workspace_id, day, channel_id, category, kind, country, slot) \
    DO UPDATE SET count = cost_day.count + excluded.count";

const THREAD: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("conversation_id", Kind::Uuid),
    col("month", Kind::Int),
    col("category", Kind::Text),
    col("kind", Kind::Text),
    col("count", Kind::Big),
];

const ADD_THREAD: &str = "ON CONFLICT (workspace_id, conversation_id, month, category, kind) \
    DO UPDATE SET count = cost_thread.count + excluded.count";

/// Adds what a batch changed to the counts; no statement when nothing did. Call it last: its rows are the ones
/// others may wait for.
pub(crate) async fn add(tx: &WriteTx, moves: &[Move]) -> Result<()> {
    if moves.is_empty() {
        return Ok(());
    }
    let mut days: BTreeMap<(i64, ChannelId, ContactId, &Price), i64> = BTreeMap::new();
    let mut threads: BTreeMap<(ConversationId, Month, &Price), i64> = BTreeMap::new();
    for one in moves {
        *days.entry((one.day, one.channel_id, one.contact_id, &one.price)).or_default() += one.count;
        *threads.entry((one.conversation_id, Month::of_day(one.day), &one.price)).or_default() += one.count;
    }
    let workspace = tx.workspace().0;
    let mut rows = Rows::new(THREAD);
    for ((conversation, month, price), count) in threads.into_iter().filter(|(_, count)| *count != 0) {
        let (category, kind) = (price.category.clone(), price.kind.clone());
        rows.push([
            workspace.into(),
            conversation.0.into(),
            month.0.into(),
            category.into(),
            kind.into(),
            count.into(),
        ]);
    }
    batch::insert(tx.conn(), tx.backend(), "cost_thread", ADD_THREAD, rows).await?;
    let mut rows = Rows::new(DAY);
    for ((day, channel, contact, price), count) in days.into_iter().filter(|(_, count)| *count != 0) {
        let (category, kind) = (price.category.clone(), price.kind.clone());
        rows.push([day.into(), channel.0.into(), contact.0.into(), category.into(), kind.into(), count.into()]);
    }
    let slot = match tx.backend() {
        // One writer: nobody to wait for.
        Backend::Sqlite => 0,
        Backend::Postgres => NEXT_SLOT.fetch_add(1, Ordering::Relaxed) % SLOTS,
    };
    let fixed = [Value::from(workspace), Value::from(i16::from(slot))];
    batch::execute(tx.conn(), tx.backend(), ADD_DAY, &fixed, rows).await?;
    Ok(())
}

/// Lets the counts of a conversation that was joined into another one follow it.
pub(crate) async fn follow(tx: &WriteTx, keep: ConversationId, gone: ConversationId) -> Result<()> {
    let values = || -> [Value; 3] { [keep.0.into(), tx.workspace().0.into(), gone.0.into()] };
    let text = format!(
        "INSERT INTO cost_thread (workspace_id, conversation_id, month, category, kind, count) \
         SELECT workspace_id, $1, month, category, kind, count FROM cost_thread \
         WHERE workspace_id = $2 AND conversation_id = $3 {ADD_THREAD}"
    );
    tx.conn().execute_raw(sql::with(tx.backend(), text, values())).await?;
    let text = "DELETE FROM cost_thread WHERE workspace_id = $1 AND conversation_id = $2";
    tx.conn().execute_raw(sql::with(tx.backend(), text, [tx.workspace().0.into(), gone.0.into()])).await?;
    Ok(())
}

/// So many messages with one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The month they arrived in.
    pub month: Month,
    /// What the provider charges for each.
    pub price: Price,
    /// The customers' ISO country; `None` when not known.
    pub country: Option<String>,
    /// How many.
    pub count: i64,
}

/// Messages of a day and channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCell {
    /// UTC day number.
    pub day: i64,
    /// The channel.
    pub channel_id: ChannelId,
    /// How many with which price.
    pub cell: Cell,
}

/// What arrived on these UTC days, by day, channel, category, type and country.
///
/// # Errors
/// What the database said.
pub async fn days(read: &Read, days: Range<i64>) -> Result<Vec<DayCell>> {
    let text = "SELECT category, kind, country, CAST(SUM(count) AS bigint), day, channel_id FROM cost_day \
        WHERE workspace_id = $1 AND day >= $2 AND day < $3 GROUP BY day, channel_id, category, kind, country \
        HAVING SUM(count) <> 0 ORDER BY day, channel_id, category, kind, country";
    let values: [Value; 3] = [read.workspace().0.into(), days.start.into(), days.end.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let cell = |row: &QueryResult| {
        let day: i64 = row.try_get_by_index(4)?;
        let channel_id = ChannelId(row.try_get_by_index(5)?);
        Ok(DayCell { day, channel_id, cell: cell(row, Month::of_day(day))? })
    };
    rows.iter().map(cell).collect()
}

/// What arrived in a month, by category, type and country.
///
/// # Errors
/// What the database said.
pub async fn month(read: &Read, month: Month) -> Result<Vec<Cell>> {
    let text = "SELECT category, kind, country, CAST(SUM(count) AS bigint) FROM cost_day \
        WHERE workspace_id = $1 AND day >= $2 AND day < $3 GROUP BY category, kind, country HAVING SUM(count) <> 0";
    let (first, end) = (month.first_day(), month.next().first_day());
    let values: [Value; 3] = [read.workspace().0.into(), first.into(), end.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(|row| cell(row, month)).collect()
}

/// How many service messages a number delivered free of charge in a month.
///
/// # Errors
/// What the database said.
pub async fn free_service(read: &Read, channel: ChannelId, month: Month) -> Result<i64> {
    let text = "SELECT CAST(COALESCE(SUM(count), 0) AS bigint) FROM cost_day WHERE workspace_id = $1 AND day >= $2 \
        AND day < $3 AND channel_id = $4 AND category = 'service' AND kind = 'free_customer_service'";
    let (first, end) = (month.first_day(), month.next().first_day());
    let values: [Value; 4] = [read.workspace().0.into(), first.into(), end.into(), channel.0.into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// The ISO countries of these contacts, where known.
///
/// # Errors
/// What the database said.
pub async fn countries(read: &Read, ids: &BTreeSet<ContactId>) -> Result<BTreeMap<Uuid, String>> {
    let query = contact::Entity::find()
        .select_only()
        .column(contact::Column::Id)
        .column(contact::Column::Country)
        .filter(contact::Column::WorkspaceId.eq(read.workspace().0))
        .filter(contact::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .filter(contact::Column::Country.is_not_null());
    Ok(query.into_tuple::<(Uuid, String)>().all(&read.conn()).await?.into_iter().collect())
}

/// The category of the template of this name in a channel's account, in lower case.
///
/// # Errors
/// What the database said.
pub async fn template_category(read: &Read, channel: ChannelId, name: &str) -> Result<Option<String>> {
    let text = "SELECT t.category FROM channel AS c JOIN template AS t ON t.workspace_id = c.workspace_id \
        AND t.waba_id = c.waba_id WHERE c.workspace_id = $1 AND c.id = $2 AND t.name = $3 ORDER BY t.language LIMIT 1";
    let values: [Value; 3] = [read.workspace().0.into(), channel.0.into(), name.into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    let category: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(category.map(|word| word.to_ascii_lowercase()))
}

/// What arrived in each of these conversations.
///
/// # Errors
/// What the database said.
pub async fn of_conversations(read: &Read, ids: &[ConversationId]) -> Result<BTreeMap<Uuid, Vec<Cell>>> {
    threads(read, "t.conversation_id", "t.conversation_id", ids.iter().map(|id| id.0)).await
}

/// What arrived at each of these contacts, in all their conversations.
///
/// # Errors
/// What the database said.
pub async fn of_contacts(read: &Read, ids: &[ContactId]) -> Result<BTreeMap<Uuid, Vec<Cell>>> {
    threads(read, "v.contact_id", "v.contact_id", ids.iter().map(|id| id.0)).await
}

async fn threads(
    read: &Read,
    whose: &str,
    filter: &str,
    ids: impl ExactSizeIterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, Vec<Cell>>> {
    let mut found: BTreeMap<Uuid, Vec<Cell>> = BTreeMap::new();
    if ids.len() == 0 {
        return Ok(found);
    }
    let mut draft = Draft::default();
    let workspace = draft.arg(read.workspace().0);
    let places: Vec<String> = ids.map(|id| draft.arg(id)).collect();
    let text = format!(
        "SELECT t.category, t.kind, COALESCE(c.country, ''), CAST(SUM(t.count) AS bigint), {whose}, t.month \
         FROM conversation AS v JOIN cost_thread AS t ON t.workspace_id = v.workspace_id AND t.conversation_id = v.id \
         LEFT JOIN contact AS c ON c.workspace_id = v.workspace_id AND c.id = v.contact_id \
         WHERE v.workspace_id = {workspace} AND {filter} IN ({}) \
         GROUP BY {whose}, t.month, t.category, t.kind, COALESCE(c.country, '') HAVING SUM(t.count) <> 0",
        places.join(",")
    );
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    for row in &rows {
        let (id, month): (Uuid, i32) = (row.try_get_by_index(4)?, row.try_get_by_index(5)?);
        found.entry(id).or_default().push(cell(row, Month(month))?);
    }
    Ok(found)
}

fn cell(row: &QueryResult, month: Month) -> Result<Cell> {
    let country: String = row.try_get_by_index(2)?;
    Ok(Cell {
        month,
        price: Price { category: row.try_get_by_index(0)?, kind: row.try_get_by_index(1)? },
        country: (!country.is_empty()).then_some(country),
        count: row.try_get_by_index(3)?,
    })
}

/// The rates that people entered.
///
/// # Errors
/// What the database said.
pub async fn rates(read: &Read) -> Result<Vec<Rate>> {
    let query = cost_rate::Entity::find().filter(cost_rate::Column::WorkspaceId.eq(read.workspace().0));
    Ok(query.all(&read.conn()).await?.into_iter().map(rate).collect())
}

/// [`rates`] inside a writing transaction.
///
/// # Errors
/// What the database said.
pub async fn rates_for_write(tx: &WriteTx) -> Result<Vec<Rate>> {
    let query = cost_rate::Entity::find().filter(cost_rate::Column::WorkspaceId.eq(tx.workspace().0));
    Ok(query.all(tx.conn()).await?.into_iter().map(rate).collect())
}

fn rate(row: cost_rate::Model) -> Rate {
    Rate {
        category: row.category,
        market: row.market,
        from: Month(row.month),
        micros: row.micros,
        currency: row.currency,
        confirmed: row.confirmed != 0,
    }
}

/// Takes a rate out; false when there was none.
///
/// # Errors
/// What the database said.
pub async fn delete_rate(tx: &WriteTx, category: &str, market: &str, from: Month) -> Result<bool> {
    use cost_rate::Column;
    let row = cost_rate::Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Category.eq(category))
        .filter(Column::Market.eq(market))
        .filter(Column::Month.eq(from.0));
    Ok(row.exec(tx.conn()).await?.rows_affected > 0)
}

/// Writes a rate in place of the one with the same category, market and month.
///
/// # Errors
/// What the database said.
pub async fn put_rate(tx: &WriteTx, rate: &Rate, now: Ms) -> Result<()> {
    use cost_rate::Column;
    let row = cost_rate::Model {
        workspace_id: tx.workspace().0,
        category: rate.category.clone(),
        market: rate.market.clone(),
        month: rate.from.0,
        micros: rate.micros,
        currency: rate.currency.clone(),
        confirmed: i16::from(rate.confirmed),
        updated_at: now.0,
    };
    let key = [Column::WorkspaceId, Column::Category, Column::Market, Column::Month];
    let conflict = sea_orm::sea_query::OnConflict::columns(key)
        .update_columns([Column::Micros, Column::Currency, Column::Confirmed, Column::UpdatedAt])
        .to_owned();
    let insert = cost_rate::Entity::insert(row.into_active_model().reset_all()).on_conflict(conflict);
    insert.exec_without_returning(tx.conn()).await?;
    Ok(())
}
