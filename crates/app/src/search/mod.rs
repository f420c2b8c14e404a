//! Search: terms are added behind the messages and contacts, in batches, and found in every language alike.

pub mod find;
pub mod lists;
mod people;
mod piece;

use crate::error::Result;
use crate::ingest::pace::Speed;
use crate::state::App;
use rapport_core::{ContactId, MessageId, WorkspaceId};
use rapport_store::search::{self, Dirty, Document, Group, Unindexed, Vocabulary};
use rapport_store::understanding::reading;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Messages indexed in one transaction, ...
const BATCH: usize = 300;
/// ... and how many at least while others wait for the writer.
const BATCH_MIN: usize = 50;
/// How often messages are looked for. What comes in between is one batch: many small ones would cost a commit each.
const POLL: Duration = Duration::from_millis(700);
/// Shortest pause between batches of a backlog. It is as long as the batch took, so that at least half of the writer is
/// left to others.
const BREATH: Duration = Duration::from_millis(2);

/// The time that one request has for looking through the index: its searches share it.
struct Budget {
    began: Instant,
    whole: Duration,
}

impl Budget {
    /// Begins now.
    fn new(whole: Duration) -> Self {
        Self { began: Instant::now(), whole }
    }

    /// What is left of it.
    fn left(&self) -> Duration {
        self.whole.saturating_sub(self.began.elapsed())
    }
}

/// Starts the indexer of this process.
#[must_use]
pub fn start(app: &App) -> JoinHandle<()> {
    tokio::spawn(follow(app.clone()))
}

async fn follow(app: App) {
    let mut vocabulary = Vocabulary::default();
    let mut speed = Speed::default();
    while !app.shutdown.is_cancelled() {
        app.pulse.beat("search", POLL * 40);
        let began = Instant::now();
        let more = match turn(&app, &mut vocabulary, &mut speed).await {
            Ok(more) => more,
            Err(error) => {
                tracing::warn!(%error, "messages cannot be indexed yet");
                vocabulary.forget();
                false
            }
        };
        let worked = began.elapsed();
        app.pace.rest(worked, Duration::ZERO).await;
        let pause = if more { worked.clamp(BREATH, POLL) } else { POLL };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.shutdown.cancelled() => {}
        }
    }
    app.pulse.end("search");
}

/// Indexes a batch of each kind; true when there is more to do. What is new comes before what is old.
async fn turn(app: &App, vocabulary: &mut Vocabulary, speed: &mut Speed) -> Result<bool> {
    let most = speed.batch(&app.pace, BATCH_MIN, BATCH);
    let began = Instant::now();
    let people = changed_people(app, vocabulary, most).await?;
    let messages = new_messages(app, vocabulary, most).await?;
    speed.learn(people + messages, began.elapsed());
    if people >= most || messages == most {
        return Ok(true);
    }
    old_messages(app, vocabulary, most).await
}

async fn new_messages(app: &App, vocabulary: &mut Vocabulary, most: usize) -> Result<usize> {
    let found = search::unindexed(&app.store, most).await?;
    let count = found.len();
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<Unindexed>> = BTreeMap::new();
    for message in found {
        by_workspace.entry(message.workspace).or_default().push(message);
    }
    for (workspace, messages) in by_workspace {
        let heard: Vec<MessageId> =
            messages.iter().filter(|one| one.direction == "in").map(|one| one.message).collect();
        let documents: Vec<Document> = messages.into_iter().map(document).collect();
        let tx = app.store.workspace(workspace).write().await?;
        search::index(&tx, &documents, vocabulary).await?;
        // What a customer wrote is also to be understood, and what has no words any more forgotten: by a reader that
        // takes its time.
        reading::wait_for(&tx, heard.into_iter()).await?;
        tx.commit().await?;
    }
    Ok(count)
}

/// Messages stored before the index had its present form.
async fn old_messages(app: &App, vocabulary: &mut Vocabulary, most: usize) -> Result<bool> {
    let Some((workspace, from)) = search::backlog(&app.store).await? else { return Ok(false) };
    let found = search::older(&app.store, workspace, from, most).await?;
    let last = found.last().map(|message| message.message);
    let documents: Vec<Document> = found.into_iter().map(document).collect();
    let tx = app.store.workspace(workspace).write().await?;
    search::index(&tx, &documents, vocabulary).await?;
    search::advance(&tx, last, documents.len()).await?;
    tx.commit().await?;
    Ok(true)
}

async fn changed_people(app: &App, vocabulary: &mut Vocabulary, most: usize) -> Result<usize> {
    let notes = search::changed(&app.store, most).await?;
    let count = notes.len();
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<Dirty>> = BTreeMap::new();
    for note in notes {
        by_workspace.entry(note.workspace).or_default().push(note);
    }
    for (workspace, notes) in by_workspace {
        let scope = app.store.workspace(workspace);
        let ids: BTreeSet<ContactId> = notes.iter().map(|note| note.contact).collect();
        let people = search::details(&scope.read(), &ids).await?;
        let documents = people.iter().map(people::document).collect();
        // Whoever changed is also looked at for the same person under another contact.
        let alike = crate::contact::likeness::look(app, &scope, &ids).await?;
        let tx = scope.write().await?;
        search::index_people(&tx, documents, &notes, vocabulary).await?;
        rapport_store::likeness::note(&tx, &ids, alike, app.now()).await?;
        tx.commit().await?;
    }
    Ok(count)
}

fn document(message: Unindexed) -> Document {
    // A content that cannot be read is indexed with no words; it must not stop the ones behind it.
    let text = message.content.as_ref().map(rapport_core::message::Content::text).unwrap_or_default();
    let indexed = rapport_text::indexed(&text);
    message.with(indexed.terms, indexed.words)
}

/// A query in the words of the store. The beginnings count for the last group.
fn asked(query: &rapport_text::Query) -> search::Query {
    let last = query.groups.len().saturating_sub(1);
    let group = |(place, terms): (usize, &Vec<String>)| Group {
        terms: terms.clone(),
        prefixes: if place == last { query.prefixes.clone() } else { Vec::new() },
    };
    search::Query { groups: query.groups.iter().enumerate().map(group).collect() }
}
