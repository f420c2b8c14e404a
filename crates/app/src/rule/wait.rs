//! A wait is over: the run is judged again, by the version it began with and by what is known now.

use super::set::{RuleSet, known_version};
use super::view::{Progress, stored};
use super::{act, facts, state};
use crate::error::Result;
use crate::jobs::Outcome;
use crate::state::App;
use rapport_core::rule::{Check, Event, Resumed, resume};
use rapport_core::{ContactId, ConversationId, Ms, WorkspaceId};
use rapport_store::Read;
use rapport_store::rule::{self, RunRow};
use serde_json::json;
use uuid::Uuid;

/// Goes on with a run whose time has come.
///
/// # Errors
/// What the store said.
pub(crate) async fn run(app: &App, workspace: WorkspaceId, id: Uuid) -> Result<Outcome> {
    let scope = app.store.workspace(workspace);
    let read = scope.read();
    let Some(row) = rule::run(&read, id).await? else { return Ok(Outcome::Done) };
    if row.state == state::WAITING {
        if act::due(&row) > app.now() {
            return Ok(Outcome::Again { at: act::due(&row) });
        }
        if let Some(until) = judge(app, &read, row).await? {
            return Ok(Outcome::Again { at: until });
        }
    }
    act::go_on(app, workspace, id).await?;
    // A further wait has its own job: this one was the last of its kind to run.
    Ok(Outcome::Done)
}

/// What was found when a run was judged again.
struct Judged {
    resumed: Resumed,
    checks: Option<serde_json::Value>,
    conditions: Option<serde_json::Value>,
}

/// Judges a run again and stores what was decided; gives the moment until which it waits on.
async fn judge(app: &App, read: &Read, row: RunRow) -> Result<Option<Ms>> {
    let lane = rapport_store::query::person::contact(read, ContactId(row.contact_id)).await?.map(|known| known.lane);
    let tx = app.store.workspace(read.workspace()).write().await?;
    tx.lock_lane(lane.unwrap_or(0)).await?;
    let Some(mut row) = rule::run_for_write(&tx, row.id).await?.filter(|row| row.state == state::WAITING) else {
        return Ok(None);
    };
    let now = app.now();
    let judged = look(app, read, &row, now).await?;
    if let Some(checks) = judged.checks {
        row.checks = checks;
    }
    if let Some(conditions) = judged.conditions {
        row.conditions = conditions;
    }
    row.updated_at = now.0;
    let mut later = None;
    match judged.resumed {
        Resumed::On(plan) => {
            let mut progress = Progress::read(&row)?;
            progress.add(plan);
            row.steps = stored(&progress);
            row.state = state::ACTING.to_owned();
            row.due_at = None;
        }
        Resumed::Later(until) => {
            row.due_at = Some(until.0);
            later = Some(until);
        }
        Resumed::Over(check) => {
            row.state = state::ENDED.to_owned();
            row.reason = Some(check.code().to_owned());
            (row.due_at, row.ended_at) = (None, Some(now.0));
        }
    }
    rule::update_run(&tx, row).await?;
    tx.commit().await?;
    Ok(later)
}

async fn look(app: &App, read: &Read, row: &RunRow, now: Ms) -> Result<Judged> {
    let over = |check| Judged { resumed: Resumed::Over(check), checks: None, conditions: None };
    let rule = rule::get(read, row.rule_id).await?;
    let version = rule::version(read, row.rule_id, row.rule_version).await?;
    let (Some(rule), Some(version)) = (rule, version) else { return Ok(over(Check::SwitchedOn)) };
    // A rule that only watches from now on does nothing more, whatever it had begun.
    let goes_on = rule.enabled && (rule.shadow == 0 || row.shadow != 0);
    let known = known_version(version, (goes_on, row.shadow != 0))?;
    let mut event: Event = serde_json::from_value(row.event.clone())
        .map_err(|error| crate::Error::Internal(format!("a stored run cannot be read: {error}")))?;
    // The row follows a merge, what was told then does not; and it keeps the conversation that the rule was judged in.
    event.contact_id = ContactId(row.contact_id);
    event.conversation_id = row.conversation_id.map(ConversationId).or(event.conversation_id);
    let set = RuleSet::only(app, read.workspace(), known.clone()).await?;
    let Some(facts) = facts::load(app, read, &set, &event, now).await? else { return Ok(over(Check::Trigger)) };
    let path = row.wait_path.as_deref().unwrap_or_default();
    let (resumed, checks, conditions) = resume(&known, &facts, &event, (path, Ms(row.began_at)), now);
    Ok(Judged { resumed, checks: Some(json!(checks)), conditions: Some(json!(conditions)) })
}
