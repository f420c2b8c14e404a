//! Search: terms are added behind the messages, in batches, and found in every language alike.

pub mod find;

use crate::error::Result;
use crate::state::App;
use rapport_core::WorkspaceId;
use rapport_store::search::{self, Document, Unindexed};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Messages indexed in one transaction.
const BATCH: usize = 300;
/// How often messages are looked for when nobody rings.
const POLL: Duration = Duration::from_millis(700);
/// Pause between batches, so that indexing a backlog leaves the writer to others.
const BREATH: Duration = Duration::from_millis(2);

/// Starts the indexer of this process.
#[must_use]
pub fn start(app: &App) -> JoinHandle<()> {
    tokio::spawn(follow(app.clone()))
}

async fn follow(app: App) {
    while !app.shutdown.is_cancelled() {
        app.pulse.beat("search", POLL * 40);
        let began = Instant::now();
        let found = match batch(&app).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "messages cannot be indexed yet");
                0
            }
        };
        app.pace.rest(began.elapsed(), Duration::ZERO).await;
        let pause = if found == BATCH { BREATH } else { POLL };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.shutdown.cancelled() => {}
        }
    }
    app.pulse.end("search");
}

async fn batch(app: &App) -> Result<usize> {
    let found = search::unindexed(&app.store, BATCH).await?;
    let count = found.len();
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<Unindexed>> = BTreeMap::new();
    for message in found {
        by_workspace.entry(message.workspace).or_default().push(message);
    }
    for (workspace, messages) in by_workspace {
        let documents: Vec<Document> = messages.into_iter().map(document).collect();
        let tx = app.store.workspace(workspace).write().await?;
        search::index(&tx, &documents).await?;
        tx.commit().await?;
    }
    Ok(count)
}

fn document(message: Unindexed) -> Document {
    // A content that cannot be read is indexed with no words; it must not stop the ones behind it.
    let text = message.content.as_ref().map(rapport_core::message::Content::text).unwrap_or_default();
    Document {
        message: message.message,
        conversation: message.conversation,
        contact: message.contact,
        at: message.at,
        terms: rapport_text::terms(&text),
    }
}
