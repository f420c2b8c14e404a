//! What is understood of messages: [`reader`] reads a text with the workspace's hot words, model and products, [`worker`]
//! keeps a short reading beside each message, [`reading`] shows it, [`words`] and [`table`] keep the hot words, [`label`]
//! and [`learn`] let the model learn from what people say.

pub mod label;
pub mod learn;
pub mod reader;
pub mod reading;
pub mod table;
pub mod words;
pub mod worker;

pub use reader::Reader;

use crate::error::Result;
use crate::jobs::{Job, Outcome};
use crate::state::App;
use rapport_core::{Ms, WorkspaceId};
use rapport_store::WriteTx;
use rapport_store::understanding::reading as kept;

/// Most hot words of a language.
pub const WORDS_OF_LANGUAGE: usize = 500;
/// For how long after a change of the hot words or the model what was said is read again. Milliseconds.
const AGAIN_MS: i64 = 90 * rapport_core::time::DAY;
/// Messages that are read again then, the newest.
const AGAIN_MOST: usize = 20_000;
/// Messages that are put on the list in one transaction.
const AGAIN_PORTION: u64 = 500;

/// Has what was said of late read again, by a job that begins once the transaction is committed; changes that follow before
/// it begins are part of it.
pub(super) async fn read_again(tx: &WriteTx, now: Ms) -> Result<()> {
    rapport_store::job::enqueue(tx, vec![Job::ReadAgain.row_at(now)], now).await?;
    Ok(())
}

/// Puts what was said of late on the list of what is to be read. A repeat of an interrupted try adds only what is not on it.
///
/// # Errors
/// What the store said.
pub(crate) async fn run_again(app: &App, workspace: WorkspaceId) -> Result<Outcome> {
    let scope = app.store.workspace(workspace);
    let since = app.now().plus(-AGAIN_MS);
    let (mut before, mut count) = (None, 0);
    while count < AGAIN_MOST {
        let found = kept::heard(&scope.read(), since, before, AGAIN_PORTION).await?;
        let Some(last) = found.last() else { break };
        before = Some(*last);
        count += found.len();
        let tx = scope.write().await?;
        kept::again(&tx, &found).await?;
        tx.commit().await?;
    }
    Ok(Outcome::Done)
}
