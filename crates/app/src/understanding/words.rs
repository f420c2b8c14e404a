//! The hot words of a workspace: kept by administrators, counted over time.

use super::WORDS_OF_LANGUAGE;
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::Ms;
use rapport_core::time::DAY;
use rapport_core::understanding::name;
use rapport_store::WriteTx;
use rapport_store::understanding::hot_word::{self, HotWordRow, Said};
use rapport_text::hotwords::{HotWord, HotWordError, HotWords, starter};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub(super) const NOUN: &str = "hot word";

/// What a hot word says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HotWordBody {
    /// What it is about, for rules: `discount`, `expensive`; small letters, at most 40 characters. Words of several
    /// languages share a topic.
    pub topic: String,
    /// Its language, which decides its forms: `en`, `ar`, `pt-BR`; empty = only as it is spelled.
    #[serde(default)]
    pub language: String,
    /// The word or phrase, at most 100 characters.
    pub text: String,
    /// Other spellings and forms that count for the same, at most 50.
    #[serde(default)]
    pub also: Vec<String>,
    /// Where it does not count, at most 50.
    #[serde(default)]
    pub except: Vec<String>,
    /// Found only as it is spelled.
    #[serde(default)]
    pub exact: bool,
    /// "Not expensive" does not count for "expensive".
    #[serde(default)]
    pub skip_negated: bool,
}

/// What may be changed about a hot word; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HotWordPatch {
    /// What it is about.
    pub topic: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// The word or phrase.
    pub text: Option<String>,
    /// Other spellings.
    pub also: Option<Vec<String>>,
    /// Where it does not count.
    pub except: Option<Vec<String>>,
    /// Found only as it is spelled.
    pub exact: Option<bool>,
    /// Whether denied ones do not count.
    pub skip_negated: Option<bool>,
}

/// A hot word and how often it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = HotWord)]
pub struct HotWordView {
    /// The hot word.
    pub id: Uuid,
    /// What it is about.
    pub topic: String,
    /// Its language; empty = only as it is spelled.
    pub language: String,
    /// The word or phrase.
    pub text: String,
    /// Other spellings and forms that count for the same.
    pub also: Vec<String>,
    /// Where it does not count.
    pub except: Vec<String>,
    /// Found only as it is spelled.
    pub exact: bool,
    /// Whether denied ones do not count.
    pub skip_negated: bool,
    /// How often it was said in the days asked about.
    pub times: i64,
    /// In how many messages.
    pub messages: i64,
    /// By how many customers.
    pub customers: i64,
    /// When it last changed, milliseconds UTC.
    pub updated_at: i64,
}

/// Which hot words are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HotWordQuery {
    /// Those of this language.
    pub language: Option<String>,
    /// Those that have these letters in them, or in their topic.
    pub q: Option<String>,
    /// Counted over so many days, 1 to 365; left out = 30.
    pub days: Option<u32>,
}

/// Starter lists to be taken over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StarterLists {
    /// The languages: `ar`, `en`, `es`, `fr`, `hi`, `id`, `pt`, `ru`, `zh` (both scripts).
    pub languages: Vec<String>,
    /// Only these topics; none = all.
    #[serde(default)]
    pub topics: Vec<String>,
}

/// What was done to the list, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HotWordReport {
    /// Words that are new.
    pub created: usize,
    /// Words that changed.
    pub updated: usize,
    /// Words that were so already.
    pub unchanged: usize,
    /// Rows that cannot be taken in.
    pub problems: Vec<HotWordProblem>,
}

/// A row that cannot be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HotWordProblem {
    /// Which, from 1 without the line of names.
    pub row: usize,
    /// Its word, as given.
    pub text: String,
    /// Which value is at fault.
    pub field: String,
    /// What is wrong with it, for a person.
    pub detail: String,
}

/// Days that were asked for.
pub(super) fn days(given: Option<u32>) -> Result<i64> {
    match given.unwrap_or(30) {
        days @ 1..=365 => Ok(i64::from(days)),
        _ => Err(Error::invalid("days", "must be 1 to 365")),
    }
}

/// A stored word as it says.
pub(super) fn body(row: &HotWordRow) -> HotWordBody {
    let list = |name: &str| {
        let items = row.body[name].as_array().into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    HotWordBody {
        topic: row.topic.clone(),
        language: row.language.clone(),
        text: row.text.clone(),
        also: list("also"),
        except: list("except"),
        exact: row.body["exact"] == true,
        skip_negated: row.body["skip_negated"] == true,
    }
}

/// A stored word as it is compiled.
pub(super) fn word(row: &HotWordRow) -> HotWord {
    compiled(body(row))
}

fn compiled(body: HotWordBody) -> HotWord {
    let HotWordBody { language, text, also, except, exact, skip_negated, .. } = body;
    HotWord { text, language, also, except, exact, skip_negated }
}

fn row(id: Uuid, body: HotWordBody, now: Ms) -> HotWordRow {
    let HotWordBody { topic, language, text, also, except, exact, skip_negated } = body;
    let body = json!({ "also": also, "except": except, "exact": exact, "skip_negated": skip_negated });
    HotWordRow { id, topic, language, text, body, updated_at: now }
}

fn view(row: &HotWordRow, said: &HashMap<Uuid, Said>) -> HotWordView {
    let Said { times, messages, customers } = said.get(&row.id).copied().unwrap_or_default();
    let HotWordBody { topic, language, text, also, except, exact, skip_negated } = body(row);
    HotWordView {
        id: row.id,
        topic,
        language,
        text,
        also,
        except,
        exact,
        skip_negated,
        times,
        messages,
        customers,
        updated_at: row.updated_at.0,
    }
}

/// A word that was given, in the form in which it is kept.
pub(super) fn checked(mut given: HotWordBody) -> Result<HotWordBody> {
    given.topic =
        name(&given.topic).ok_or_else(|| Error::invalid("topic", "must have 1 to 40 letters, digits, - or _"))?;
    given.language = given.language.trim().to_owned();
    let tag = &given.language;
    if tag.len() > 20 || !tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(Error::invalid("language", "is not a language such as en or pt-BR"));
    }
    given.text = given.text.trim().to_owned();
    for list in [&mut given.also, &mut given.except] {
        list.iter_mut().for_each(|text| *text = text.trim().to_owned());
        list.retain(|text| !text.is_empty());
    }
    match HotWords::compile(&[compiled(given.clone())]) {
        Ok(_) => Ok(given),
        Err(HotWordError::TooManySpellings(_)) => {
            Err(Error::invalid("also", "and the exceptions must have at most 50 entries each"))
        }
        Err(HotWordError::TooLong(_)) => {
            Err(Error::invalid("text", "and its spellings must have at most 100 characters and 24 words"))
        }
        Err(_) => Err(Error::invalid("text", "and its spellings must have a letter or a digit")),
    }
}

/// The hot words of the workspace with what was counted, those from `after` on.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    query: HotWordQuery,
    after: Option<usize>,
    limit: u64,
) -> Result<(Vec<HotWordView>, Option<usize>)> {
    caller.require(Permission::RuleRead)?;
    let days = days(query.days)?;
    let read = app.store.workspace(caller.workspace).read();
    let now = app.now();
    let said = hot_word::said(&read, None, (now.plus(-days * DAY), now.plus(1))).await?;
    let letters = query.q.unwrap_or_default().trim().to_lowercase();
    let wanted = |row: &HotWordRow| {
        query.language.as_ref().is_none_or(|language| *language == row.language)
            && (letters.is_empty() || row.topic.contains(&letters) || row.text.to_lowercase().contains(&letters))
    };
    let rows: Vec<HotWordRow> = hot_word::all(&read).await?.into_iter().filter(wanted).collect();
    let from = after.unwrap_or(0).min(rows.len());
    let to = from.saturating_add(usize::try_from(limit).unwrap_or(usize::MAX)).min(rows.len());
    let next = (to < rows.len()).then_some(to);
    Ok((rows[from..to].iter().map(|row| view(row, &said)).collect(), next))
}

/// Words that are being written: what there is, and what changes.
pub(super) struct Desk {
    rows: Vec<HotWordRow>,
    changed: Vec<HotWordRow>,
}

/// What became of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    Created,
    Updated,
    Unchanged,
}

impl Desk {
    pub(super) async fn open(tx: &WriteTx) -> Result<Self> {
        Ok(Self { rows: hot_word::all_for_write(tx).await?, changed: Vec::new() })
    }

    /// Changes the word with this text and language, or adds one.
    pub(super) fn put(&mut self, tx: &WriteTx, given: HotWordBody, now: Ms) -> Result<Put> {
        let given = checked(given)?;
        let same = |row: &&mut HotWordRow| is_same(row, &given);
        if let Some(known) = self.rows.iter_mut().find(same) {
            if body(known) == given {
                return Ok(Put::Unchanged);
            }
            *known = row(known.id, given, now);
            let known = known.clone();
            self.changed.retain(|row| row.id != known.id);
            self.changed.push(known);
            return Ok(Put::Updated);
        }
        self.add(tx, given, now)?;
        Ok(Put::Created)
    }

    fn add(&mut self, tx: &WriteTx, given: HotWordBody, now: Ms) -> Result<HotWordRow> {
        let base = |language: &str| language.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let own = base(&given.language);
        if self.rows.iter().filter(|row| base(&row.language) == own).count() >= WORDS_OF_LANGUAGE {
            let detail = format!("A language has at most {WORDS_OF_LANGUAGE} hot words.");
            return Err(Error::refused("too_many", detail));
        }
        if self.rows.len() >= rapport_text::hotwords::MAX_WORDS {
            let most = rapport_text::hotwords::MAX_WORDS;
            return Err(Error::refused("too_many", format!("A workspace has at most {most} hot words.")));
        }
        let made = row(tx.new_id(now), given, now);
        self.rows.push(made.clone());
        self.changed.push(made.clone());
        Ok(made)
    }

    /// Writes what changed, and has what was said read again.
    pub(super) async fn close(self, tx: &WriteTx, now: Ms) -> Result<()> {
        if self.changed.is_empty() {
            return Ok(());
        }
        hot_word::put(tx, &self.changed, now).await?;
        super::read_again(tx, now).await
    }
}

/// Whether a word is the one that is given: the same letters in the same language.
fn is_same(row: &HotWordRow, given: &HotWordBody) -> bool {
    row.language == given.language && row.text.to_lowercase() == given.text.to_lowercase()
}

fn taken() -> Error {
    Error::conflict("word_taken", "this language has this hot word already")
}

/// Adds a hot word.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Conflict` (`word_taken`), `Refused` (`too_many`), `Store`.
pub async fn create(app: &App, caller: &Caller, new: HotWordBody) -> Result<HotWordView> {
    caller.require(Permission::RuleManage)?;
    let new = checked(new)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut desk = Desk::open(&tx).await?;
    if desk.rows.iter().any(|row| is_same(row, &new)) {
        return Err(taken());
    }
    let made = desk.add(&tx, new, now)?;
    desk.close(&tx, now).await?;
    let change = Change { before: None, after: Some(json!(body(&made))) };
    crate::audit::record(&tx, now, caller, "hot_word.created", ("hot_word", made.id), change).await?;
    tx.commit().await?;
    app.channels.forget();
    Ok(view(&made, &HashMap::new()))
}

/// Changes a hot word.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Conflict` (`word_taken`), `Store`.
pub async fn update(app: &App, caller: &Caller, id: Uuid, patch: HotWordPatch) -> Result<HotWordView> {
    caller.require(Permission::RuleManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut desk = Desk::open(&tx).await?;
    let before = desk.rows.iter().find(|row| row.id == id).map(body).ok_or(Error::NotFound(NOUN))?;
    let mut after = before.clone();
    let HotWordPatch { topic, language, text, also, except, exact, skip_negated } = patch;
    after.topic = topic.unwrap_or(after.topic);
    after.language = language.unwrap_or(after.language);
    after.text = text.unwrap_or(after.text);
    after.also = also.unwrap_or(after.also);
    after.except = except.unwrap_or(after.except);
    after.exact = exact.unwrap_or(after.exact);
    after.skip_negated = skip_negated.unwrap_or(after.skip_negated);
    let after = checked(after)?;
    if desk.rows.iter().any(|row| row.id != id && is_same(row, &after)) {
        return Err(taken());
    }
    let made = row(id, after.clone(), now);
    if before != after {
        desk.changed.push(made.clone());
    }
    desk.close(&tx, now).await?;
    let change = Change { before: Some(json!(before)), after: Some(json!(after)) };
    crate::audit::record(&tx, now, caller, "hot_word.changed", ("hot_word", id), change).await?;
    tx.commit().await?;
    app.channels.forget();
    let read = app.store.workspace(caller.workspace).read();
    let said = hot_word::said(&read, None, (now.plus(-30 * DAY), now.plus(1))).await?;
    Ok(view(&made, &said))
}

/// Removes a hot word and what was counted of it.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn remove(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::RuleManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let rows = hot_word::all_for_write(&tx).await?;
    let before = rows.iter().find(|row| row.id == id).map(body).ok_or(Error::NotFound(NOUN))?;
    hot_word::remove(&tx, &[id]).await?;
    let change = Change { before: Some(json!(before)), after: None };
    crate::audit::record(&tx, now, caller, "hot_word.deleted", ("hot_word", id), change).await?;
    tx.commit().await?;
    app.channels.forget();
    Ok(())
}

/// Takes starter lists over: words that are there already stay as they are.
///
/// # Errors
/// `Forbidden`, `Invalid` for a language without a list, `Store`.
pub async fn take_over(app: &App, caller: &Caller, lists: StarterLists) -> Result<HotWordReport> {
    caller.require(Permission::RuleManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let report = starters(&tx, &lists, now).await?;
    let change = Change { before: None, after: Some(json!({ "languages": lists.languages, "words": report.created })) };
    crate::audit::record(&tx, now, caller, "hot_word.imported", ("hot_word", Uuid::nil()), change).await?;
    tx.commit().await?;
    app.channels.forget();
    Ok(report)
}

/// [`take_over`] within a transaction, for whoever may do so.
pub(crate) async fn starters(tx: &WriteTx, lists: &StarterLists, now: Ms) -> Result<HotWordReport> {
    let mut desk = Desk::open(tx).await?;
    let mut report = HotWordReport::default();
    for language in &lists.languages {
        let list = starter(language);
        if list.is_empty() {
            return Err(Error::invalid("languages", format!("there is no starter list of {language:.20}")));
        }
        for one in list.into_iter().filter(|one| lists.topics.is_empty() || lists.topics.iter().any(|t| t == one.topic))
        {
            let HotWord { text, language, also, except, exact, skip_negated } = one.word;
            let topic = one.topic.to_owned();
            let given = HotWordBody { topic, language, text, also, except, exact, skip_negated };
            if desk.rows.iter().any(|row| is_same(row, &given)) {
                report.unchanged += 1;
                continue;
            }
            match desk.add(tx, given.clone(), now) {
                Ok(_) => report.created += 1,
                Err(error) => report.problems.push(problem(report.created + 1, given.text, error)),
            }
        }
    }
    desk.close(tx, now).await?;
    Ok(report)
}

/// A row that cannot be taken in.
pub(super) fn problem(row: usize, text: String, error: Error) -> HotWordProblem {
    let (field, detail) = match error {
        Error::Invalid { field, detail } => (field.into_owned(), detail),
        other => ("text".to_owned(), other.to_string()),
    };
    HotWordProblem { row, text, field, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(topic: &str, language: &str, text: &str) -> HotWordBody {
        let [topic, language, text] = [topic, language, text].map(str::to_owned);
        HotWordBody { topic, language, text, ..HotWordBody::default() }
    }

    #[test]
    fn words_are_checked_and_kept_in_one_form() {
        let kept = checked(HotWordBody {
            also: vec![" rebates ".to_owned(), String::new()],
            ..given(" Price  Cut ", " en ", " discount ")
        });
        let kept = kept.unwrap();
        assert_eq!((kept.topic.as_str(), kept.language.as_str(), kept.text.as_str()), ("price_cut", "en", "discount"));
        assert_eq!(kept.also, ["rebates"]);
        let row = row(Uuid::nil(), kept.clone(), Ms(1));
        assert_eq!(body(&row), kept);
        let long = "x".repeat(101);
        for (given, field) in [
            (given("", "en", "x"), "topic"),
            (given("x", "e n", "x"), "language"),
            (given("x", "en", "?!"), "text"),
            (given("x", "en", &long), "text"),
            (HotWordBody { also: vec!["x".to_owned(); 51], ..given("x", "en", "x") }, "also"),
        ] {
            let Err(Error::Invalid { field: found, .. }) = checked(given.clone()) else { panic!("{given:?}") };
            assert_eq!(found, field, "{given:?}");
        }
        assert_eq!((days(None).unwrap(), days(Some(365)).unwrap(), days(Some(0)).is_err()), (30, 365, true));
    }
}
