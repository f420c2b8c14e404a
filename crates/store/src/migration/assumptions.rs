//! What SQLite's planner is told about the data.
//!
//! Without statistics it takes any equality for very selective: to it `workspace_id = ?` finds ten rows, and it prefers
//! a primary key's first column over the index that was made for the question. So every index gets a row of
//! assumed statistics: a million rows, two workspaces, and each further column narrowing in proportion. Plans then
//! depend on the schema alone and never change with the data; `ANALYZE` is not run.

use crate::error::Result;
use crate::sql;
use crate::store::Backend;
use sea_orm::{ConnectionTrait, DatabaseConnection, TransactionTrait};

const ROWS: f64 = 1_000_000.0;
/// Rows of one workspace.
const OF_WORKSPACE: f64 = 500_000.0;
/// Rows that share all columns of an index that is not unique.
const ALIKE: f64 = 10.0;

/// Writes the row of every index that has none.
pub(super) async fn write(connection: &DatabaseConnection) -> Result<()> {
    // This makes the table of statistics when it is not there yet.
    connection.execute_unprepared("ANALYZE sqlite_schema").await?;
    let missing = "SELECT l.name, i.name, i.origin, i.[unique], l.wr FROM pragma_table_list AS l, pragma_index_list(l.name) AS i \
                   WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite_%' \
                   AND NOT EXISTS (SELECT 1 FROM sqlite_stat1 AS s WHERE s.tbl = l.name \
                   AND s.idx = CASE WHEN i.origin = 'pk' AND l.wr THEN l.name ELSE i.name END)";
    let rows = connection.query_all_raw(sql::plain(Backend::Sqlite, missing)).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let tx = connection.begin().await?;
    for row in rows {
        let (table, index): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let origin: String = row.try_get_by_index(2)?;
        let unique = row.try_get_by_index::<i32>(3)? == 1;
        // SQLite knows the primary key of such a table by the table's own name.
        let own_tree = row.try_get_by_index::<i32>(4)? == 1 && origin == "pk";
        let columns = "SELECT COALESCE(name, '') FROM pragma_index_info($1) ORDER BY seqno";
        let columns = tx.query_all_raw(sql::with(Backend::Sqlite, columns, [index.as_str().into()])).await?;
        let names = columns.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect::<Result<Vec<String>>>()?;
        let name = if own_tree { &table } else { &index };
        let insert = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)";
        let values = [table.as_str().into(), name.as_str().into(), assume(&names, unique).into()];
        tx.execute_raw(sql::with(Backend::Sqlite, insert, values)).await?;
    }
    tx.commit().await?;
    connection.execute_unprepared("ANALYZE sqlite_schema").await?;
    Ok(())
}

/// The statistics of an index: its rows, then how many rows share its first column, its first two, and so on.
fn assume(columns: &[String], unique: bool) -> String {
    let last = if unique { 1.0 } else { ALIKE };
    let scoped = columns.first().is_some_and(|name| name == "workspace_id");
    let (start, skip) = if scoped && columns.len() > 1 { (OF_WORKSPACE, 1) } else { (ROWS, 0) };
    let steps = (columns.len() - skip).max(1);
    let mut stat = format!("{ROWS}");
    for place in 1..=columns.len() {
        let value = if place <= skip {
            start
        } else {
            #[expect(clippy::cast_precision_loss, reason = "an index has a handful of columns")]
            let share = (place - skip) as f64 / steps as f64;
            start * (last / start).powf(share)
        };
        stat.push_str(&format!(" {:.0}", value.max(1.0)));
    }
    stat
}

#[cfg(test)]
mod tests {
    use super::assume;

    #[test]
    fn each_column_narrows() {
        let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(assume(&columns(&["workspace_id", "id"]), true), "1000000 500000 1");
        assert_eq!(assume(&columns(&["workspace_id", "contact_id"]), false), "1000000 500000 10");
        assert_eq!(assume(&columns(&["workspace_id", "kind", "value"]), true), "1000000 500000 707 1");
        assert_eq!(assume(&columns(&["id"]), true), "1000000 1");
        assert_eq!(assume(&columns(&["workspace_id"]), true), "1000000 1");
    }
}
