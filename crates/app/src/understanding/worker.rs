//! Keeps a short reading beside each message of a customer, some moments later. What waits is in a list that the search
//! indexer fills in its own transaction, so that nothing is lost; who reads has time, and rests while there is a rush.

use super::Reader;
use crate::error::Result;
use crate::state::App;
use rapport_core::{MessageId, WorkspaceId};
use rapport_store::understanding::reading::{self, Due};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Messages read in one transaction.
const BATCH: usize = 200;
/// How often the list is looked at.
const POLL: Duration = Duration::from_secs(1);
/// Rest after a batch, as a multiple of the time it took: a backlog takes a fifth of a processor at most.
const REST: u32 = 4;

/// Starts the reader of this process.
#[must_use]
pub fn start(app: &App) -> JoinHandle<()> {
    tokio::spawn(follow(app.clone()))
}

async fn follow(app: App) {
    while !app.shutdown.is_cancelled() {
        app.pulse.beat("understanding", POLL * 60);
        let began = Instant::now();
        let more = match turn(&app).await {
            Ok(count) => count == BATCH,
            Err(error) => {
                tracing::warn!(%error, "messages cannot be read yet");
                false
            }
        };
        let worked = began.elapsed();
        app.pace.rest(worked, Duration::ZERO).await;
        let pause = if more { worked * REST } else { POLL };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.shutdown.cancelled() => {}
        }
    }
    app.pulse.end("understanding");
}

/// Reads a batch; says how many messages it was. A workspace whose messages cannot be read now does not hold up the others.
///
/// # Errors
/// What the store said.
pub async fn turn(app: &App) -> Result<usize> {
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<Due>> = BTreeMap::new();
    for due in reading::due(&app.store, BATCH).await? {
        by_workspace.entry(due.workspace).or_default().push(due);
    }
    let mut count = 0;
    for (workspace, messages) in by_workspace {
        let some = messages.len();
        match of_workspace(app, workspace, messages).await {
            Ok(true) => count += some,
            Ok(false) => tracing::debug!(%workspace, "what messages are read with changed; they are read again"),
            Err(error) => tracing::warn!(%error, %workspace, "messages cannot be read yet"),
        }
    }
    Ok(count)
}

/// Reads messages of a workspace; false when what they were read with changed meanwhile: they wait on.
async fn of_workspace(app: &App, workspace: WorkspaceId, messages: Vec<Due>) -> Result<bool> {
    let reader = app.channels.reader(workspace).await?;
    let stamp = reader.stamp();
    let done: Vec<MessageId> = messages.iter().map(|due| due.message).collect();
    // The first message of a language also learns its seed phrases.
    let readings = tokio::task::spawn_blocking(move || read(&reader, &messages))
        .await
        .map_err(|error| crate::Error::Internal(error.to_string()))?;
    let tx = app.store.workspace(workspace).write().await?;
    let kept = reading::keep(&tx, stamp, &done, &readings).await?;
    tx.commit().await?;
    Ok(kept)
}

fn read(reader: &Arc<Reader>, messages: &[Due]) -> Vec<reading::Reading> {
    messages.iter().filter_map(|due| super::reading::short(reader, due)).collect()
}
