//! Quick replies as a table, to carry them between workspaces and to write many at once in a spreadsheet.

use super::manage::{Checked, insert, shortcut, texts, title, write};
use super::{AudienceWord, MOST, Reach, bodies};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::reply::{self, Audience, csv};
use rapport_store::quick_reply::{self, QuickReplyRow};
use rapport_store::{Read, WriteTx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TableFormat {
    /// An array of objects: `shortcut`, `title`, `audience`, `team`, `bodies`.
    #[default]
    Json,
    /// A line a language: `shortcut,title,audience,team,language,body`.
    Csv,
}

/// How the export is wanted.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `json` or `csv`; left out = `json`.
    #[serde(default)]
    pub format: TableFormat,
}

/// A table as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportFile {
    /// What the file may be called.
    pub filename: String,
    /// What is in it.
    pub data: String,
}

/// A table to be taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportRequest {
    /// How it is written.
    pub format: TableFormat,
    /// The file's content.
    pub data: String,
    /// Looks only, and changes nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportReport {
    /// Replies that are new.
    pub created: usize,
    /// Replies that changed.
    pub updated: usize,
    /// Replies that were the same already.
    pub unchanged: usize,
    /// What could not be taken in; everything else was.
    pub problems: Vec<ImportProblem>,
}

/// A row that could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportProblem {
    /// Its short code, as given.
    pub shortcut: String,
    /// What is wrong, for programs and for other languages.
    pub code: ImportProblemCode,
    /// Which value.
    pub field: Option<String>,
    /// How many there may be, where the problem is one of size.
    pub limit: Option<usize>,
    /// What is wrong with it, for a person.
    pub detail: String,
}

/// Why a row could not be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportProblemCode {
    /// The short code is empty, too long, or has other signs than letters, digits, `-`, `_` and `.`.
    Shortcut,
    /// Another reply, not the caller's to change, has the short code.
    ShortcutTaken,
    /// The title is too long or has more than one line.
    Title,
    /// The language is none.
    Language,
    /// No text at all, or texts in too many languages.
    Languages,
    /// A text is too long.
    Body,
    /// No team has this name.
    TeamUnknown,
    /// A reply of a team names no team, or another one does.
    TeamAudience,
    /// A program cannot have private replies.
    Audience,
    /// The caller may not make such replies.
    Forbidden,
    /// The workspace has as many replies as it can have.
    TooMany,
    /// Anything else: the detail tells it.
    Other,
}

/// A reply as the table has it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    shortcut: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    audience: AudienceWord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    team: Option<String>,
    bodies: BTreeMap<String, String>,
}

const HEAD: [&str; 6] = ["shortcut", "title", "audience", "team", "language", "body"];

/// Every reply that the caller sees, as a file.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn export(app: &App, caller: &Caller, query: ExportQuery) -> Result<ExportFile> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let reach = Reach::of(&read, caller).await?;
    let teams: HashMap<Uuid, String> = teams(&read).await?.into_iter().map(|(name, id)| (id, name)).collect();
    let entry = |row: QuickReplyRow| {
        let audience = Audience::parse(&row.audience);
        let team = row.owner_id.filter(|_| audience == Audience::Team).and_then(|id| teams.get(&id).cloned());
        Entry { bodies: bodies(&row), audience: audience.into(), team, shortcut: row.shortcut, title: row.title }
    };
    let rows = quick_reply::all(&read).await?;
    let entries: Vec<Entry> = rows.into_iter().filter(|row| reach.sees(row)).map(entry).collect();
    let (ending, data) = match query.format {
        TableFormat::Json => ("json", serde_json::to_string_pretty(&entries).unwrap_or_default()),
        TableFormat::Csv => ("csv", csv::write(&lines(&entries))),
    };
    Ok(ExportFile { filename: format!("quick-replies.{ending}"), data })
}

fn lines(entries: &[Entry]) -> Vec<Vec<String>> {
    let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
    for entry in entries {
        for (language, body) in &entry.bodies {
            let audience = Audience::from(entry.audience).code().to_owned();
            let team = entry.team.clone().unwrap_or_default();
            rows.push(vec![
                entry.shortcut.clone(),
                entry.title.clone(),
                audience,
                team,
                language.clone(),
                body.clone(),
            ]);
        }
    }
    rows
}

/// Teams by name.
async fn teams(read: &Read) -> Result<HashMap<String, Uuid>> {
    let rows = rapport_store::team::page(read, None, 10_000).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.id)).collect())
}

/// Takes a table in: what has a known short code is changed, what has a new one is made. A row that cannot be taken in is
/// told and left out.
///
/// # Errors
/// `Forbidden`, `Invalid` when the table cannot be read, `Store`.
pub async fn import(app: &App, caller: &Caller, request: ImportRequest) -> Result<ImportReport> {
    caller.require(Permission::InboxWrite)?;
    let entries = match request.format {
        TableFormat::Json => serde_json::from_str(&request.data)
            .map_err(|error| Error::invalid("data", format!("is not such a table: {error}")))?,
        TableFormat::Csv => entries(&request.data)?,
    };
    if entries.len() > MOST {
        return Err(Error::invalid("data", format!("holds more than {MOST} replies")));
    }
    let scope = app.store.workspace(caller.workspace);
    let read = scope.read();
    let reach = Reach::of(&read, caller).await?;
    let teams = teams(&read).await?;
    let tx = scope.write().await?;
    let rows = quick_reply::all_for_write(&tx).await?;
    let known: HashMap<String, QuickReplyRow> = rows.into_iter().map(|row| (row.shortcut.clone(), row)).collect();
    let mut desk = Desk { app, caller, reach, teams, known, report: ImportReport::default() };
    for entry in entries {
        let shortcut = entry.shortcut.clone();
        match desk.take(&tx, entry).await {
            Ok(()) => {}
            Err(Error::Store(error)) => return Err(error.into()),
            Err(error) => desk.report.problems.push(problem(shortcut, error)),
        }
    }
    let report = desk.report;
    if request.dry_run {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    Ok(report)
}

fn problem(shortcut: String, error: Error) -> ImportProblem {
    use ImportProblemCode as Code;
    let (code, limit) = match &error {
        Error::Invalid { field, .. } => invalid(field),
        Error::Conflict { code: "shortcut_taken", .. } => (Code::ShortcutTaken, None),
        Error::Refused { code: "too_many", .. } => (Code::TooMany, Some(MOST)),
        Error::Forbidden(_) => (Code::Forbidden, None),
        _ => (Code::Other, None),
    };
    let (field, detail) = match error {
        Error::Invalid { field, detail } => (Some(field.into_owned()), detail),
        other => (None, other.to_string()),
    };
    ImportProblem { shortcut, code, field, limit, detail }
}

/// What is wrong with a value of a row: each has one rule, but a text, whose language may be at fault.
fn invalid(field: &str) -> (ImportProblemCode, Option<usize>) {
    use ImportProblemCode as Code;
    if let Some(tag) = field.strip_prefix("bodies.") {
        let unknown = reply::language(tag).is_none();
        return if unknown { (Code::Language, None) } else { (Code::Body, Some(reply::BODY)) };
    }
    match field {
        "shortcut" => (Code::Shortcut, Some(reply::SHORTCUT)),
        "title" => (Code::Title, Some(reply::TITLE)),
        "bodies" => (Code::Languages, Some(reply::LANGUAGES)),
        "team" => (Code::TeamUnknown, None),
        "team_id" => (Code::TeamAudience, None),
        "audience" => (Code::Audience, None),
        _ => (Code::Other, None),
    }
}

/// What an import works with.
struct Desk<'a> {
    app: &'a App,
    caller: &'a Caller,
    reach: Reach,
    teams: HashMap<String, Uuid>,
    known: HashMap<String, QuickReplyRow>,
    report: ImportReport,
}

impl Desk<'_> {
    async fn take(&mut self, tx: &WriteTx, entry: Entry) -> Result<()> {
        let code = shortcut(&entry.shortcut)?;
        let name = if entry.title.trim().is_empty() { code.clone() } else { title(&entry.title)? };
        let checked = Checked { shortcut: code.clone(), title: name, bodies: texts(entry.bodies)? };
        let team = match entry.team.filter(|name| !name.trim().is_empty()) {
            Some(name) => {
                let found = self.teams.get(name.trim()).copied();
                Some(found.ok_or_else(|| Error::invalid("team", format!("{name} does not exist")))?)
            }
            None => None,
        };
        let audience = Audience::from(entry.audience);
        let owner = self.reach.owner(audience, team)?;
        let now = self.app.now();
        let Some(before) = self.known.get(&code).cloned() else {
            let row = insert(tx, self.caller, checked, (audience, owner), now).await?;
            self.known.insert(code, row);
            self.report.created += 1;
            return Ok(());
        };
        if !self.reach.sees(&before) || !self.reach.may_change(Audience::parse(&before.audience), before.owner_id) {
            return Err(Error::conflict(
                "shortcut_taken",
                "another quick reply, not yours to change, has this short code",
            ));
        }
        let row = QuickReplyRow {
            title: checked.title,
            bodies: json!(checked.bodies),
            audience: audience.code().to_owned(),
            owner_id: owner,
            ..before.clone()
        };
        if row == before {
            self.report.unchanged += 1;
            return Ok(());
        }
        write(tx, self.caller, &before, row.clone(), now).await?;
        self.known.insert(code, row);
        self.report.updated += 1;
        Ok(())
    }
}

/// The lines of a CSV table, those of one short code together.
fn entries(text: &str) -> Result<Vec<Entry>> {
    let mut rows = csv::read(text).into_iter();
    let head: Vec<String> = rows.next().unwrap_or_default().iter().map(|cell| cell.trim().to_lowercase()).collect();
    let place = |name: &str| head.iter().position(|cell| cell == name);
    let (Some(code), Some(body)) = (place("shortcut"), place("body")) else {
        return Err(Error::invalid("data", format!("must begin with a line of names: {}", HEAD.join(","))));
    };
    let mut found: Vec<Entry> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let cell =
            |at: Option<usize>| at.and_then(|at| row.get(at)).map(|cell| cell.trim().to_owned()).unwrap_or_default();
        let shortcut = cell(Some(code));
        let language = Some(cell(place("language"))).filter(|tag| !tag.is_empty()).unwrap_or_else(|| "en".to_owned());
        let at = *places.entry(shortcut.clone()).or_insert_with(|| {
            let audience = Audience::parse(&cell(place("audience"))).into();
            let team = Some(cell(place("team"))).filter(|name| !name.is_empty());
            found.push(Entry { shortcut, title: cell(place("title")), audience, team, bodies: BTreeMap::new() });
            found.len() - 1
        });
        found[at].bodies.insert(language, cell(Some(body)));
    }
    Ok(found)
}
