//! Hot words as a table: for spreadsheets, and to carry them between workspaces.

use super::words::{self, Desk, HotWordBody, HotWordReport, Put, body, problem};
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::quick_reply::table::{ExportFile, ExportQuery, TableFormat};
use crate::state::App;
use rapport_core::reply::csv;
use rapport_store::understanding::hot_word;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Rows of a table.
const LINES: usize = rapport_text::hotwords::MAX_WORDS;
const HEAD: [&str; 7] = ["topic", "language", "text", "also", "except", "exact", "skip_negated"];

/// A table of hot words to be taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HotWordTable {
    /// CSV with a first line of names (`topic,language,text,also,except,exact,skip_negated`; several spellings with `|`
    /// between them), or an array of objects of the same names.
    pub data: String,
    /// Looks only, and changes nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// Every hot word, as a file.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn export(app: &App, caller: &Caller, query: ExportQuery) -> Result<ExportFile> {
    caller.require(Permission::RuleRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let all: Vec<HotWordBody> = hot_word::all(&read).await?.iter().map(body).collect();
    let (ending, data) = match query.format {
        TableFormat::Json => ("json", serde_json::to_string_pretty(&all).unwrap_or_default()),
        TableFormat::Csv => ("csv", csv::write(&lines(&all))),
    };
    Ok(ExportFile { filename: format!("hot-words.{ending}"), data })
}

fn lines(all: &[HotWordBody]) -> Vec<Vec<String>> {
    let flag = |flag: bool| if flag { "yes" } else { "" }.to_owned();
    let line = |word: &HotWordBody| {
        vec![
            word.topic.clone(),
            word.language.clone(),
            word.text.clone(),
            word.also.join(" | "),
            word.except.join(" | "),
            flag(word.exact),
            flag(word.skip_negated),
        ]
    };
    std::iter::once(HEAD.map(str::to_owned).to_vec()).chain(all.iter().map(line)).collect()
}

/// Takes a table in: a word that a language has already is changed, others are added. A row that cannot be taken in is
/// told and left out.
///
/// # Errors
/// `Forbidden`, `Invalid` when the table cannot be read, `Store`.
pub async fn import(app: &App, caller: &Caller, table: HotWordTable) -> Result<HotWordReport> {
    caller.require(Permission::RuleManage)?;
    let given = read(&table.data)?;
    if given.len() > LINES {
        return Err(Error::invalid("data", format!("has more than {LINES} rows")));
    }
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut desk = Desk::open(&tx).await?;
    let mut report = HotWordReport::default();
    for (row, one) in (1..).zip(given) {
        let text = one.text.clone();
        match desk.put(&tx, one, now) {
            Ok(Put::Created) => report.created += 1,
            Ok(Put::Updated) => report.updated += 1,
            Ok(Put::Unchanged) => report.unchanged += 1,
            Err(error) => report.problems.push(problem(row, text, error)),
        }
    }
    if table.dry_run {
        tx.rollback().await?;
        return Ok(report);
    }
    desk.close(&tx, now).await?;
    let change = Change { before: None, after: Some(json!({ "created": report.created, "updated": report.updated })) };
    crate::audit::record(&tx, now, caller, "hot_word.imported", (words::NOUN, Uuid::nil()), change).await?;
    tx.commit().await?;
    app.channels.forget();
    Ok(report)
}

fn read(data: &str) -> Result<Vec<HotWordBody>> {
    if data.trim_start().starts_with('[') {
        return serde_json::from_str(data)
            .map_err(|error| Error::invalid("data", format!("is not such a table: {error}")));
    }
    if data.contains('\u{fffd}') {
        return Err(Error::invalid("data", "has letters that cannot be read: save the table as CSV UTF-8"));
    }
    let mut rows = csv::read(data).into_iter();
    let head = rows.next().unwrap_or_default();
    let places: HashMap<String, usize> =
        head.iter().enumerate().map(|(at, name)| (name.trim().to_lowercase(), at)).collect();
    if let Some(missing) = ["topic", "text"].iter().find(|name| !places.contains_key(**name)) {
        return Err(Error::invalid("data", format!("must begin with a line of names; {missing} is missing")));
    }
    let word = |row: Vec<String>| {
        let cell = |name: &str| places.get(name).and_then(|at| row.get(*at)).map_or("", |cell| cell.trim());
        let list = |name: &str| -> Vec<String> {
            cell(name).split('|').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
        };
        let flag = |name: &str| matches!(cell(name).to_lowercase().as_str(), "yes" | "true" | "1");
        HotWordBody {
            topic: cell("topic").to_owned(),
            language: cell("language").to_owned(),
            text: cell("text").to_owned(),
            also: list("also"),
            except: list("except"),
            exact: flag("exact"),
            skip_negated: flag("skip_negated"),
        }
    };
    Ok(rows.map(word).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_comes_back_as_it_went() {
        let all = vec![
            HotWordBody {
                topic: "discount".to_owned(),
                language: "ar".to_owned(),
                text: "خصم".to_owned(),
                also: vec!["تخفيض".to_owned(), "خصومات, كبيرة".to_owned()],
                except: vec!["بدون خصم".to_owned()],
                exact: true,
                skip_negated: true,
            },
            HotWordBody { topic: "late".to_owned(), text: "late".to_owned(), ..HotWordBody::default() },
        ];
        assert_eq!(read(&csv::write(&lines(&all))).unwrap(), all);
        assert_eq!(read(&serde_json::to_string(&all).unwrap()).unwrap(), all);
        for bad in ["", "text\nx", "[{\"colour\": 1}]", "topic,text\n\u{fffd},x"] {
            assert!(matches!(read(bad), Err(Error::Invalid { .. })), "{bad}");
        }
    }
}
