//! A short notation for tables and columns, so that a migration reads like the schema.

use sea_orm::sea_query::{Alias, ColumnDef, Index, Table as Build, TableCreateStatement};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

/// A step that adds tables, columns of older tables, and indexes, in this order; what is there already stays.
pub(super) struct Step {
    pub name: &'static str,
    pub tables: &'static [Table],
    /// Older tables and their new columns, written as in [`Table`]; `int=0` is an `int` that is 0 where nothing was.
    pub columns: &'static [(&'static str, &'static str)],
    /// Statements in words that both databases understand.
    pub indexes: &'static [&'static str],
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in self.tables {
            create(manager, table).await?;
        }
        for (table, column) in self.columns {
            add(manager, table, column).await?;
        }
        for statement in self.indexes {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

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

async fn add(manager: &SchemaManager<'_>, table: &str, column: &str) -> Result<(), DbErr> {
    let name = column.split(' ').next().unwrap_or_default();
    if manager.has_column(table, name).await? {
        return Ok(());
    }
    let add = Build::alter().table(Alias::new(table)).add_column(column_of(column)?).to_owned();
    manager.alter_table(add).await
}

/// A column in the notation of [`Table`] and [`Step`].
fn column_of(text: &str) -> Result<ColumnDef, DbErr> {
    let unreadable = || DbErr::Migration(format!("unreadable column: {text}"));
    let (name, kind) = text.split_once(' ').ok_or_else(unreadable)?;
    let (kind, default) = kind.split_once('=').map_or((kind, None), |(kind, default)| (kind, Some(default)));
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
    match default.map(|word| (word, word.parse::<i64>())) {
        Some((_, Ok(number))) => column.default(number),
        Some((word, Err(_))) => column.default(word),
        None => &mut column,
    };
    Ok(column)
}
