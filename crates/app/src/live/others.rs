//! Passing things - who types, who looks, who is there - between nodes: each node tells the others what its own people do,
//! and passes on what it hears. What is lost is said again within seconds.

use super::Feeds;
use crate::state::App;
use rapport_core::{ConversationId, WorkspaceId};
use rapport_store::signal::{self, Ear};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Words that may wait; more are dropped.
const WAITING: usize = 256;
/// How long a node waits before it listens again.
const AGAIN: Duration = Duration::from_secs(5);
/// The kinds there are: browsers hear no other.
const KINDS: [&str; 2] = ["typing", "presence"];

/// One passing thing on its way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Word {
    node: Uuid,
    workspace: Uuid,
    kind: String,
    data: Value,
}

/// The way out of this node, once somebody listens at its end.
#[derive(Clone, Default)]
pub(super) struct Out(Arc<Mutex<Option<mpsc::Sender<Word>>>>);

impl Out {
    /// Says it to the others, unless too much waits already.
    pub fn send(&self, node: Uuid, workspace: WorkspaceId, kind: &str, data: &Value) {
        if let Some(sender) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            let word = Word { node, workspace: workspace.0, kind: kind.to_owned(), data: data.clone() };
            let _ = sender.try_send(word);
        }
    }
}

/// Starts to tell and to hear; ends with the app. Where there is one process, it ends at once.
pub fn start(app: &App) -> JoinHandle<()> {
    let app = app.clone();
    tokio::spawn(async move {
        if app.store.backend() == rapport_store::Backend::Sqlite {
            return;
        }
        let (sender, receiver) = mpsc::channel(WAITING);
        *app.feeds.out.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        let both = async { tokio::join!(tell(&app, receiver), hear(&app)) };
        app.shutdown.run_until_cancelled(both).await;
    })
}

async fn tell(app: &App, mut words: mpsc::Receiver<Word>) {
    while let Some(word) = words.recv().await {
        let Ok(text) = serde_json::to_string(&word) else { continue };
        if let Err(error) = signal::say(&app.store, &text).await {
            tracing::debug!(%error, "the other nodes were not told who types");
        }
    }
}

async fn hear(app: &App) {
    loop {
        match listen(app).await {
            Ok(()) => return,
            Err(error) => tracing::debug!(%error, "the other nodes are not heard now"),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn listen(app: &App) -> rapport_store::Result<()> {
    let Some(mut ear) = Ear::open(&app.store).await? else { return Ok(()) };
    loop {
        let text = ear.hear().await?;
        if let Ok(word) = serde_json::from_str::<Word>(&text) {
            receive(app, &app.feeds, word);
        }
    }
}

fn receive(app: &App, feeds: &Feeds, word: Word) {
    let Some(kind) = KINDS.into_iter().find(|kind| *kind == word.kind) else { return };
    if word.node == app.store.node_id() {
        return;
    }
    // Nobody is told on their devices of what they have open on another node.
    if let (Some(user), Some(conversation)) = (id(&word.data["user_id"]), id(&word.data["conversation_id"])) {
        app.looking.note(user, ConversationId(conversation), word.data["state"] == "left", app.now());
    }
    feeds.pass_here(WorkspaceId(word.workspace), kind, word.data);
}

fn id(value: &Value) -> Option<Uuid> {
    value.as_str().and_then(|text| text.parse().ok())
}
