//! Starting a scenario.

use super::{RunView, own_room};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_core::practice::{KEPT_MOST, RUNNING_MOST, Scenario, begin, number, words};
use rapport_store::practice::{self as stored, RUNNING, RunRow};
use rapport_store::{user, workspace};

/// Starts a scenario for the caller; its customer writes in a moment, and the conversation is theirs.
///
/// # Errors
/// `NotFound` for a scenario that does not exist, `Forbidden`, `Refused` (`not_practising`, `already_running`,
/// `too_many_running`, `practice_full`), `Store`.
pub async fn start(app: &App, caller: &Caller, code: &str) -> Result<RunView> {
    let scenario = Scenario::parse(code).ok_or(Error::NotFound("scenario"))?;
    caller.require(Permission::InboxWrite)?;
    let id = caller.user()?;
    own_room(app, caller).await?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    // Whoever holds this row is alone: limits are exact and numbers are given once.
    workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("practice"))?;
    let person = user::get_for_write(&tx, id).await?.ok_or(Error::NotFound("user"))?;
    let running = stored::running(&tx, id).await?;
    if running.iter().any(|code| code == scenario.code()) {
        return Err(Error::refused("already_running", "You are in the middle of this scenario: resolve it first."));
    }
    if running.len() >= RUNNING_MOST {
        let detail = format!("You have {RUNNING_MOST} scenarios under way: resolve one first.");
        return Err(Error::refused("too_many_running", detail));
    }
    let count = stored::count_runs(&tx).await?;
    if count >= KEPT_MOST {
        let detail =
            format!("{KEPT_MOST} scenarios were practised here: end practice, which clears it, and start again.");
        return Err(Error::refused("practice_full", detail));
    }
    let words = words(&person.locale);
    let (progress, ..) = begin(scenario, words, now);
    let run = RunRow {
        workspace_id: caller.workspace.0,
        id: tx.new_id(now),
        number: count + 1,
        user_id: id.0,
        scenario: scenario.code().to_owned(),
        language: words.language.to_owned(),
        wa_id: number(count + 1),
        state: RUNNING.to_owned(),
        progress: serde_json::to_value(&progress).map_err(|error| Error::Internal(error.to_string()))?,
        conversation_id: None,
        debrief: None,
        started_at: now.0,
        ended_at: None,
    };
    let view = RunView::from(run.clone());
    let job = Job::Practise { run_id: run.id };
    stored::insert_run(&tx, run).await?;
    rapport_store::job::enqueue(&tx, vec![job.row(now)], now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(view)
}
