//! Many rows in one statement.
//!
//! PostgreSQL gets one array a column (`unnest`), so that a statement is prepared once whatever the number of rows;
//! SQLite gets `VALUES` lists of a few lengths, for the same reason, and
//! the last one is filled up with rows of NULL, which are left out: a statement more costs two changes of thread. A statement is written once:
//! `{rows}` stands for the rows, named `v` with the columns `column1`, `column2`, ..., and `{workspace}` for the first
//! fixed parameter, the workspace. To PostgreSQL that is a column of the rows like the others: compared with a constant,
//! a planner that does not know the table yet would take it for selective and read the whole workspace for each row.
//!
//! Arrays cannot carry NULL through the driver, so an absent value travels as a value that cannot occur
//! ([`Kind::absent`]) and is turned back by the server.

use crate::error::Result;
use crate::sql;
use crate::store::Backend;
use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use uuid::Uuid;

/// The type of a column of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Uuid,
    Big,
    Int,
    Small,
    Text,
    Bytes,
    Json,
}

impl Kind {
    fn array(self) -> (ArrayType, &'static str) {
        match self {
            Self::Uuid => (ArrayType::Uuid, "uuid"),
            Self::Big => (ArrayType::BigInt, "bigint"),
            Self::Int => (ArrayType::Int, "integer"),
            Self::Small => (ArrayType::SmallInt, "smallint"),
            Self::Text | Self::Json => (ArrayType::String, "text"),
            Self::Bytes => (ArrayType::Bytes, "bytea"),
        }
    }

    /// What travels in place of NULL, and how the server writes it.
    fn absent(self) -> (Value, &'static str) {
        match self {
            Self::Uuid => (Value::from(Uuid::max()), "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid"),
            Self::Big => (Value::from(i64::MIN), "'-9223372036854775808'::bigint"),
            Self::Int => (Value::from(i32::MIN), "'-2147483648'::integer"),
            Self::Small => (Value::from(i16::MIN), "'-32768'::smallint"),
            Self::Text | Self::Json => (Value::from("\u{1}"), "E'\\x01'"),
            Self::Bytes => (Value::from(Vec::<u8>::new()), "''::bytea"),
        }
    }
}

/// A column of rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Col {
    pub name: &'static str,
    pub kind: Kind,
    pub null: bool,
}

/// A column that is always there.
pub(crate) const fn col(name: &'static str, kind: Kind) -> Col {
    Col { name, kind, null: false }
}

/// A column that may be absent.
pub(crate) const fn opt(name: &'static str, kind: Kind) -> Col {
    Col { name, kind, null: true }
}

/// Where a template compares with the workspace.
const WORKSPACE: &str = "{workspace}";
/// How many rows a SQLite statement may have; more would save nothing and cost memory in the statement cache.
const SQLITE_LENGTHS: [usize; 9] = [1, 2, 4, 8, 16, 32, 64, 96, 128];
/// SQLite's limit of parameters in one statement.
const SQLITE_PARAMETERS: usize = 32_766;
/// Most rows in one PostgreSQL statement.
const POSTGRES_ROWS: usize = 2_000;

/// Rows on their way into a statement: the values row by row.
pub(crate) struct Rows {
    cols: &'static [Col],
    values: Vec<Value>,
}

impl Rows {
    pub(crate) fn new(cols: &'static [Col]) -> Self {
        Self { cols, values: Vec::new() }
    }

    /// Adds a row; the values stand in the order of the columns.
    pub(crate) fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.cols.len());
        self.values.extend(row);
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len() / self.cols.len().max(1)
    }

    /// The rows cut into pieces that each become one statement.
    fn pieces(self, backend: Backend, fixed: usize) -> Vec<Vec<Value>> {
        let width = self.cols.len();
        let mut left = self.len();
        let mut values = self.values.into_iter();
        let mut pieces = Vec::new();
        while left > 0 {
            let length = match backend {
                Backend::Postgres => left.min(POSTGRES_ROWS),
                Backend::Sqlite => sqlite_length(left, (SQLITE_PARAMETERS - fixed) / width),
            };
            let mut piece: Vec<Value> = values.by_ref().take(length * width).collect();
            piece.resize(length * width, Value::String(None));
            pieces.push(piece);
            left = left.saturating_sub(length);
        }
        pieces
    }
}

/// Runs a statement over the rows and returns what it returns. `fixed` are the parameters `$1`, `$2`, ... that stand
/// in the statement itself.
pub(crate) async fn query<C: ConnectionTrait>(
    connection: &C,
    backend: Backend,
    template: &str,
    fixed: &[Value],
    rows: Rows,
) -> Result<Vec<QueryResult>> {
    let mut found = Vec::new();
    for statement in statements(backend, template, fixed, rows) {
        found.extend(connection.query_all_raw(statement).await?);
    }
    Ok(found)
}

/// Runs a statement over the rows and returns how many rows it changed.
pub(crate) async fn execute<C: ConnectionTrait>(
    connection: &C,
    backend: Backend,
    template: &str,
    fixed: &[Value],
    rows: Rows,
) -> Result<u64> {
    let mut changed = 0;
    for statement in statements(backend, template, fixed, rows) {
        changed += connection.execute_raw(statement).await?.rows_affected();
    }
    Ok(changed)
}

/// Inserts the rows into the columns they are named after; `tail` is what follows (`ON CONFLICT ..`).
pub(crate) async fn insert<C: ConnectionTrait>(
    connection: &C,
    backend: Backend,
    table: &str,
    tail: &str,
    rows: Rows,
) -> Result<u64> {
    let template = insert_template(table, rows.cols, tail);
    execute(connection, backend, &template, &[], rows).await
}

/// The `INSERT` of all columns, for [`query`] with `RETURNING`.
pub(crate) fn insert_template(table: &str, cols: &[Col], tail: &str) -> String {
    let names: Vec<&str> = cols.iter().map(|col| col.name).collect();
    let values: Vec<String> = (1..=cols.len()).map(|place| format!("v.column{place}")).collect();
    // `WHERE true` keeps SQLite from reading ON CONFLICT as part of a join.
    format!("INSERT INTO {table} ({}) SELECT {} FROM {{rows}} WHERE true {tail}", names.join(", "), values.join(", "))
}

fn statements(backend: Backend, template: &str, fixed: &[Value], rows: Rows) -> Vec<Statement> {
    let cols = rows.cols;
    let statement = |piece: Vec<Value>| {
        let count = piece.len() / cols.len();
        match backend {
            Backend::Sqlite => {
                let text = renumber(&template.replace(WORKSPACE, "$1"), piece.len());
                let text = text.replacen("{rows}", &sqlite_source(cols.len(), count), 1);
                sql::with(backend, text, tidy(cols, piece).into_iter().chain(fixed.iter().cloned()))
            }
            Backend::Postgres => {
                let source = postgres_source(cols, fixed.len(), template.contains(WORKSPACE));
                let text = template.replacen("{rows}", &source, 1).replace(WORKSPACE, "v.workspace");
                sql::with(backend, text, fixed.iter().cloned().chain(transpose(cols, piece)))
            }
        }
    };
    rows.pieces(backend, fixed.len()).into_iter().map(statement).collect()
}

/// The shortest statement that takes all rows that are left, else the longest.
fn sqlite_length(left: usize, most: usize) -> usize {
    let mut fitting = SQLITE_LENGTHS.into_iter().filter(|length| *length <= most);
    let longest = fitting.clone().next_back().unwrap_or(1);
    fitting.find(|length| *length >= left).unwrap_or(longest)
}

/// Rows of NULL only fill up. The first column of every statement is one that is always there.
///
/// Parameters without a name: SQLite looks names up one by one, so that thousands of them take it milliseconds.
fn sqlite_source(width: usize, count: usize) -> String {
    let row = format!("({})", vec!["?"; width].join(","));
    format!("(SELECT * FROM (VALUES {}) WHERE column1 IS NOT NULL) AS v", vec![row; count].join(","))
}

/// The fixed parameters stand after those of the rows.
fn renumber(template: &str, rows: usize) -> String {
    let mut parts = template.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        match part[..digits].parse::<usize>() {
            Ok(place) => text.push_str(&format!("${}", place + rows)),
            Err(_) => text.push('$'),
        }
        text.push_str(&part[digits..]);
    }
    text
}

fn postgres_source(cols: &[Col], fixed: usize, with_workspace: bool) -> String {
    let mut picked = Vec::with_capacity(cols.len());
    let mut arrays = Vec::with_capacity(cols.len());
    let mut names = Vec::with_capacity(cols.len());
    for (index, col) in cols.iter().enumerate() {
        let place = index + 1;
        let mut value = format!("r.c{place}");
        if col.null {
            value = format!("NULLIF({value}, {})", col.kind.absent().1);
        }
        if col.kind == Kind::Json {
            value = format!("({value})::jsonb");
        }
        picked.push(format!("{value} AS column{place}"));
        arrays.push(format!("${}::{}[]", fixed + place, col.kind.array().1));
        names.push(format!("c{place}"));
    }
    let mut fence = "";
    if with_workspace {
        picked.push("$1::uuid AS workspace".to_owned());
        // Keeps the planner from putting the constant in the column's place.
        fence = " OFFSET 0";
    }
    format!("(SELECT {} FROM unnest({}) AS r({}){fence}) AS v", picked.join(", "), arrays.join(", "), names.join(", "))
}

fn transpose(cols: &[Col], piece: Vec<Value>) -> Vec<Value> {
    let count = piece.len() / cols.len();
    let mut columns: Vec<Vec<Value>> = cols.iter().map(|_| Vec::with_capacity(count)).collect();
    for (index, value) in piece.into_iter().enumerate() {
        let column = index % cols.len();
        columns[column].push(for_array(cols[column], value));
    }
    let array = |(col, values): (&Col, Vec<Value>)| Value::Array(col.kind.array().0, Some(Box::new(values)));
    cols.iter().zip(columns).map(array).collect()
}

fn for_array(col: Col, value: Value) -> Value {
    let value = match value {
        Value::Json(Some(json)) => Value::from(json_text(*json)),
        Value::Json(None) => Value::String(None),
        Value::String(Some(text)) => Value::from(without_nul(text)),
        other => other,
    };
    if is_absent(&value) { col.kind.absent().0 } else { value }
}

fn tidy(cols: &[Col], piece: Vec<Value>) -> Vec<Value> {
    let tidy = |(index, value): (usize, Value)| match value {
        Value::String(Some(text)) => Value::from(without_nul(text)),
        Value::Json(Some(json)) if cols[index % cols.len()].kind == Kind::Json => Value::from(json_text(*json)),
        Value::Json(None) => Value::String(None),
        other => other,
    };
    piece.into_iter().enumerate().map(tidy).collect()
}

fn is_absent(value: &Value) -> bool {
    matches!(
        value,
        Value::Uuid(None)
            | Value::BigInt(None)
            | Value::Int(None)
            | Value::SmallInt(None)
            | Value::String(None)
            | Value::Bytes(None)
    )
}

/// PostgreSQL can hold no NUL in a text; nobody can read one either.
pub(crate) fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

fn json_text(json: serde_json::Value) -> String {
    let text = json.to_string();
    if text.contains("\\u0000") { json_without_nul(json).to_string() } else { text }
}

/// The same JSON without NUL characters, which `jsonb` refuses.
pub(crate) fn json_without_nul(json: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match json {
        Json::String(text) => Json::String(without_nul(text)),
        Json::Array(items) => Json::Array(items.into_iter().map(json_without_nul).collect()),
        Json::Object(fields) => {
            Json::Object(fields.into_iter().map(|(key, value)| (without_nul(key), json_without_nul(value))).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLS: &[Col] = &[col("id", Kind::Uuid), opt("name", Kind::Text)];

    fn rows(count: usize) -> Rows {
        let mut rows = Rows::new(COLS);
        for _ in 0..count {
            rows.push([Value::from(Uuid::nil()), Value::String(None)]);
        }
        rows
    }

    #[test]
    fn sqlite_pieces_have_few_lengths() {
        let sizes = |count| -> Vec<usize> {
            rows(count).pieces(Backend::Sqlite, 1).iter().map(|piece| piece.len() / 2).collect()
        };
        assert_eq!(sizes(300), [128, 128, 64]);
        assert_eq!(sizes(128), [128]);
        assert_eq!(sizes(97), [128]);
        assert_eq!(sizes(3), [4]);
        assert!(sizes(0).is_empty());
        assert_eq!(sqlite_length(500, 100), 96, "SQLite's limit of parameters");
        let piece = rows(3).pieces(Backend::Sqlite, 1).remove(0);
        assert_eq!(
            piece[4..],
            [Value::from(Uuid::nil()), Value::String(None), Value::String(None), Value::String(None)]
        );
    }

    #[test]
    fn sources_number_their_parameters() {
        assert_eq!(sqlite_source(2, 2), "(SELECT * FROM (VALUES (?,?),(?,?)) WHERE column1 IS NOT NULL) AS v");
        assert_eq!(renumber("a = $1 AND b = $2 AND c = $12", 14), "a = $15 AND b = $16 AND c = $26");
        assert_eq!(
            postgres_source(COLS, 1, false),
            "(SELECT r.c1 AS column1, NULLIF(r.c2, E'\\x01') AS column2 \
             FROM unnest($2::uuid[], $3::text[]) AS r(c1, c2)) AS v"
        );
        assert_eq!(
            postgres_source(&COLS[..1], 1, true),
            "(SELECT r.c1 AS column1, $1::uuid AS workspace FROM unnest($2::uuid[]) AS r(c1) OFFSET 0) AS v"
        );
    }

    #[test]
    fn nul_characters_are_dropped() {
        let json = serde_json::json!({"a\u{0}": ["b\u{0}c", 1]});
        assert_eq!(json_text(json), r#"{"a":["bc",1]}"#);
        assert_eq!(without_nul("a\u{0}b".to_owned()), "ab");
    }
}
