//! A short notation for tables, so that a migration reads like the schema.

use sea_orm::DbErr;
use sea_orm::sea_query::{Alias, ColumnDef, Index, Table as Build, TableCreateStatement};
use sea_orm_migration::SchemaManager;

/// A table in words: `columns` is `name type` pairs with commas between them, `?` marks what may be absent.
///
/// Types: `uuid`, `text`, `big` (64 bits), `int` (32), `small` (16), `bytes`, `json`, `bool`.
pub(super) struct Table {
    pub name: &'static str,
    pub columns: &'static str,
    pub key: &'static [&'static str],
    /// Small rows that are found by their key only: SQLite then keeps them in the key's tree.
    pub narrow: bool,
}

/// Creates the table unless it exists.
pub(super) async fn create(manager: &SchemaManager<'_>, table: &Table) -> Result<(), DbErr> {
    let mut build: TableCreateStatement = Build::create().table(Alias::new(table.name)).if_not_exists().take();
    for column in table.columns.split(',') {
        build.col(column_of(column.trim())?);
    }
    let mut key = Index::create().primary().take();
    for column in table.key {
        key.col(Alias::new(*column));
    }
    build.primary_key(&mut key);
    let sqlite = manager.get_database_backend() == sea_orm::DbBackend::Sqlite;
    if table.narrow && sqlite {
        build.extra("WITHOUT ROWID");
    }
    manager.create_table(build).await
}

/// A column in the notation of [`Table`].
pub(super) fn column_of(text: &str) -> Result<ColumnDef, DbErr> {
    let unreadable = || DbErr::Migration(format!("unreadable column: {text}"));
    let (name, kind) = text.split_once(' ').ok_or_else(unreadable)?;
    let mut column = ColumnDef::new(Alias::new(name));
    match kind.trim_end_matches('?') {
        "uuid" => column.uuid(),
        "text" => column.text(),
        "big" => column.big_integer(),
        "int" => column.integer(),
        "small" => column.small_integer(),
        "bytes" => column.blob(),
        "json" => column.json_binary(),
        "bool" => column.boolean(),
        _ => return Err(unreadable()),
    };
    if kind.ends_with('?') {
        column.null();
    } else {
        column.not_null();
    }
    Ok(column)
}
