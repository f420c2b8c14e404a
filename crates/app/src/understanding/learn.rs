//! The model learns from what people said: a job of some seconds, whose versions are kept, judged by labels that never
//! teach, and put in force when they do at least as well. How it does live is counted from what people say of what it
//! named.

use super::Reader;
use super::reader::by_seeds;
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::{Job, Outcome};
use crate::state::App;
use rapport_core::WorkspaceId;
use rapport_core::time::DAY;
use rapport_core::understanding::{Accuracy, GOAL, RETRAIN, WARN, is_held_out, replaces};
use rapport_store::understanding::label::{self, Agreement, Labelled};
use rapport_store::understanding::{model, reading};
use rapport_text::intents::{IntentModel, SEED_INTENTS, SEED_LANGUAGES, Sample, TrainOptions, seeds};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// Most intents of a workspace.
pub(super) const INTENTS: usize = 60;
/// Labels that teach and judge, the newest.
const LABELS: u64 = 10_000;
/// Labels before the model learns from them at all.
const ENOUGH: i64 = 10;
/// Versions that are kept.
const VERSIONS: i32 = 8;
/// Over how long the live accuracy is counted. Milliseconds.
const LIVE_MS: i64 = 30 * DAY;

/// A share of right answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IntentAccuracy {
    /// The language; null = all, or none shows.
    pub language: Option<String>,
    /// Messages in which an intent was named.
    pub named: u32,
    /// Of these, those in which people said the same.
    pub right: u32,
    /// Messages of an intent in which the model kept silent.
    pub silent: u32,
    /// The share that is right, percent.
    pub percent: Option<f64>,
    /// With 95 % confidence the true share is at least this, percent, ...
    pub low: f64,
    /// ... and at most this.
    pub high: f64,
    /// `unknown` (too few), `good`, `near`, `warning` or `retrain`.
    pub standing: String,
}

impl IntentAccuracy {
    fn of(language: Option<String>, accuracy: Accuracy, silent: u32) -> Self {
        let (low, high) = accuracy.between();
        Self {
            language,
            named: accuracy.named,
            right: accuracy.right,
            silent,
            percent: accuracy.percent(),
            low,
            high,
            standing: accuracy.standing().code().to_owned(),
        }
    }
}

/// A version of the model.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IntentVersion {
    /// Its number, from 1; 0 = the seed phrases alone.
    pub version: i32,
    /// Whether messages are read with it.
    pub in_force: bool,
    /// When it was made, milliseconds UTC.
    pub made_at: i64,
    /// Who asked for it; null = it learned by itself.
    pub made_by: Option<Uuid>,
    /// Labels it learned from.
    pub labels: u32,
    /// How it did on labels that never teach.
    pub held_out: Option<IntentAccuracy>,
    /// How large it is, bytes.
    pub bytes: u64,
    /// How long learning took, milliseconds.
    pub took_ms: u64,
}

/// How the model does.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IntentState {
    /// Every intent there is.
    pub intents: Vec<String>,
    /// What people have said so far.
    pub labels: i64,
    /// How it did in the last 30 days: first all together, then by language.
    pub live: Vec<IntentAccuracy>,
    /// The share it should reach, percent.
    pub goal: f64,
    /// Below this it does badly, percent.
    pub warning: f64,
    /// Below this it must learn again, percent.
    pub retrain: f64,
    /// The versions, newest first.
    pub versions: Vec<IntentVersion>,
    /// Messages that wait to be read.
    pub waiting: i64,
}

/// Every intent that messages may be said to be of.
pub(super) async fn intents(app: &App, workspace: WorkspaceId) -> Result<BTreeSet<String>> {
    let read = app.store.workspace(workspace).read();
    let mut intents: BTreeSet<String> = SEED_INTENTS.iter().map(|one| (*one).to_owned()).collect();
    intents.extend(label::intents(&read).await?);
    Ok(intents)
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// How the model does live.
fn live(rows: Vec<Agreement>) -> Vec<IntentAccuracy> {
    let accuracy = |row: &Agreement| Accuracy { named: count(row.named), right: count(row.right) };
    let all = rows.iter().fold(Accuracy::default(), |sum, row| {
        let one = accuracy(row);
        Accuracy { named: sum.named + one.named, right: sum.right + one.right }
    });
    let silent = rows.iter().map(|row| count(row.silent)).sum();
    let each = rows.iter().map(|row| IntentAccuracy::of(row.language.clone(), accuracy(row), count(row.silent)));
    std::iter::once(IntentAccuracy::of(None, all, silent)).chain(each).collect()
}

fn version(row: model::Version) -> IntentVersion {
    let number = |name: &str| row.report[name].as_u64().unwrap_or(0);
    IntentVersion {
        version: row.version,
        in_force: row.in_force,
        made_at: row.made_at.0,
        made_by: row.made_by,
        labels: u32::try_from(number("labels")).unwrap_or(u32::MAX),
        held_out: serde_json::from_value(row.report["held_out"].clone()).ok(),
        bytes: number("bytes"),
        took_ms: number("took_ms"),
    }
}

/// How the model does, and which versions there are.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn state(app: &App, caller: &Caller) -> Result<IntentState> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    Ok(IntentState {
        intents: intents(app, caller.workspace).await?.into_iter().collect(),
        labels: label::count(&read).await?,
        live: live(label::agreement(&read, app.now().plus(-LIVE_MS)).await?),
        goal: GOAL,
        warning: WARN,
        retrain: RETRAIN,
        versions: model::all(&read).await?.into_iter().map(version).collect(),
        waiting: reading::waiting(&read).await?,
    })
}

/// Has the model learn now.
///
/// # Errors
/// `Forbidden`, `Refused` (`too_few_labels`), `Store`.
pub async fn ask(app: &App, caller: &Caller) -> Result<()> {
    caller.require(Permission::RuleManage)?;
    let scope = app.store.workspace(caller.workspace);
    if label::count(&scope.read()).await? < ENOUGH {
        let detail = format!("The model learns from {ENOUGH} labelled messages on.");
        return Err(Error::refused("too_few_labels", detail));
    }
    let now = app.now();
    let tx = scope.write().await?;
    let job = Job::LearnIntents { by: Some(caller.actor_id().unwrap_or_default()) };
    rapport_store::job::enqueue(&tx, vec![job.row_at(now)], now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(())
}

/// Puts a version in force; 0 = the seed phrases alone. Messages of late are read again with it.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn choose(app: &App, caller: &Caller, version: i32) -> Result<IntentState> {
    caller.require(Permission::RuleManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    model::put_in_force(&tx, version).await?;
    super::read_again(&tx, now).await?;
    let change = Change { before: None, after: Some(json!({ "version": version })) };
    crate::audit::record(&tx, now, caller, "intent_model.chosen", ("intent_model", Uuid::nil()), change).await?;
    tx.commit().await?;
    app.channels.forget();
    state(app, caller).await
}

/// What learning came to.
struct Lesson {
    bytes: Vec<u8>,
    held_out: IntentAccuracy,
    replaces: bool,
    labels: usize,
}

/// Learns. A repeat of an interrupted try learns the same again.
///
/// # Errors
/// What the store said.
pub(crate) async fn run(app: &App, workspace: WorkspaceId, by: Option<Uuid>) -> Result<Outcome> {
    let scope = app.store.workspace(workspace);
    let labelled = label::newest(&scope.read(), LABELS).await?;
    if i64::try_from(labelled.len()).is_ok_and(|count| count < ENOUGH) {
        return Ok(Outcome::Done);
    }
    let reader = app.channels.reader(workspace).await?;
    let began = app.now();
    let lesson = tokio::task::spawn_blocking(move || lesson(&reader, &labelled))
        .await
        .map_err(|error| Error::Internal(error.to_string()))?;
    let Some(lesson) = lesson else { return Ok(Outcome::Done) };
    let now = app.now();
    let report = json!({
        "labels": lesson.labels,
        "held_out": lesson.held_out,
        "bytes": lesson.bytes.len(),
        "took_ms": now.since(began),
    });
    let tx = scope.write().await?;
    let made_by = by.filter(|by| !by.is_nil());
    let version = model::add(&tx, (lesson.bytes, report), (now, made_by), VERSIONS).await?;
    if lesson.replaces {
        model::put_in_force(&tx, version).await?;
        super::read_again(&tx, now).await?;
    }
    tx.commit().await?;
    app.channels.forget();
    Ok(Outcome::Done)
}

/// Own labels and seed phrases teach; labels that are held out judge the new model and the one in force. `None` when there
/// is too little to learn.
fn lesson(reader: &Reader, labelled: &[Labelled]) -> Option<Lesson> {
    let (judging, teaching): (Vec<&Labelled>, Vec<&Labelled>) =
        labelled.iter().partition(|one| is_held_out(one.message));
    let sample = |one: &&Labelled| Sample { text: one.content.text(), intent: one.intent.clone() };
    let mut samples: Vec<Sample> = teaching.iter().map(sample).collect();
    samples.extend(SEED_LANGUAGES.iter().flat_map(|language| seeds(language)));
    let model = IntentModel::train(&samples, &TrainOptions::default()).ok()?;
    let judged = judge(&judging, |text| model.classify(text).intent);
    let before = match reader.model() {
        Some(known) => judge(&judging, |text| known.classify(text).intent),
        None => judge(&judging, |text| by_seeds(text).intent),
    };
    Some(Lesson {
        bytes: model.to_bytes(),
        held_out: IntentAccuracy::of(None, judged.0, judged.1),
        replaces: replaces(judged.0, before.0),
        labels: teaching.len(),
    })
}

/// How often an intent is named, how often rightly, and how often one is passed over.
fn judge(labelled: &[&Labelled], named: impl Fn(&str) -> Option<String>) -> (Accuracy, u32) {
    let (mut accuracy, mut silent) = (Accuracy::default(), 0);
    for one in labelled {
        match named(&one.content.text()) {
            Some(intent) => {
                accuracy.named += 1;
                accuracy.right += u32::from(intent == one.intent);
            }
            None => silent += u32::from(!one.intent.is_empty()),
        }
    }
    (accuracy, silent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_core::MessageId;
    use rapport_core::message::Content;

    fn labelled(number: u128, text: &str, intent: &str) -> Labelled {
        let content: Content = serde_json::from_value(json!({ "type": "text", "body": text })).unwrap();
        Labelled { message: MessageId(Uuid::from_u128(number)), intent: intent.to_owned(), language: None, content }
    }

    #[test]
    fn an_intent_of_ones_own_is_learned_and_judged_by_what_never_taught() {
        let texts = [
            ("do you engrave names on rings", "engraving"),
            ("can you engrave a name on the bracelet", "engraving"),
            ("how much is engraving a date on the ring", "engraving"),
            ("is it possible to engrave my initials", "engraving"),
            ("where is my parcel please", "order_status"),
            ("my package did not arrive yet", "order_status"),
        ];
        let all: Vec<Labelled> = (1..61_u128)
            .zip(texts.iter().cycle())
            .map(|(number, (text, intent))| labelled(number, text, intent))
            .collect();
        let lesson = lesson(&Reader::default(), &all).expect("enough");
        assert_eq!(lesson.labels, 48);
        assert_eq!(lesson.held_out.named + lesson.held_out.silent, 12);
        assert!(lesson.replaces && lesson.held_out.right >= 10, "{:?}", lesson.held_out);
        let model = IntentModel::from_bytes(&lesson.bytes).unwrap();
        assert_eq!(model.classify("please engrave a name on my ring").ranked[0].intent, "engraving");
    }

    #[test]
    fn what_is_counted_live_is_all_first_and_then_each_language() {
        let row = |language: &str, named, right, silent| Agreement {
            language: Some(language.to_owned()),
            named,
            right,
            silent,
        };
        let found = live(vec![row("ar", 40, 38, 2), row("en", 60, 45, 1)]);
        let told: Vec<_> =
            found.iter().map(|one| (one.language.as_deref(), one.named, one.right, one.standing.as_str())).collect();
        assert_eq!(told, [(None, 100, 83, "warning"), (Some("ar"), 40, 38, "good"), (Some("en"), 60, 45, "retrain")]);
        assert_eq!((found[0].silent, live(Vec::new())[0].percent), (3, None));
    }
}
