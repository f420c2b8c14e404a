//! Doing the steps of a run, one after the other, each through the use case that people use for it.

use super::state;
use super::view::{DONE, PLANNED, Progress, REFUSED, WOULD, stored};
use crate::auth::Caller;
use crate::channel::template_fill::person;
use crate::contact::update::{ContactPatch, update as update_contact};
use crate::coupon::issue::{Giving, issue};
use crate::error::{Error, Result};
use crate::inbox::note::{NewNote, create as create_note};
use crate::inbox::send::{SendRequest, send};
use crate::inbox::update::{ConversationPatch, update};
use crate::inbox::words::{PriorityWord, StatusWord};
use crate::jobs::Job;
use crate::state::App;
use crate::tag::give::TagChange;
use crate::webhook::call::{self as webhook, To};
use rapport_core::message::Content;
use rapport_core::reply::blank::{Filled, Known, fill};
use rapport_core::rule::{Event, Next, Step, What};
use rapport_core::shop::COUPON;
use rapport_core::template::bind::Person;
use rapport_core::{ContactId, ConversationId, Ms, WorkspaceId};
use rapport_store::Read;
use rapport_store::query::contact_page;
use rapport_store::rule::{self, RunRow};
use serde_json::Value;
use uuid::Uuid;

/// How a step ended.
struct Ended {
    state: &'static str,
    code: Option<String>,
    detail: Option<String>,
    message_id: Option<Uuid>,
}

/// Does what is planned of a run and not done yet; then it waits or is through. Harmless to repeat at any place.
///
/// # Errors
/// What the store said: the same call again goes on from there.
pub(crate) async fn go_on(app: &App, workspace: WorkspaceId, id: Uuid) -> Result<()> {
    let read = app.store.workspace(workspace).read();
    loop {
        let Some(row) = rule::run(&read, id).await?.filter(|row| row.state == state::ACTING) else { return Ok(()) };
        let progress = Progress::read(&row)?;
        if row.shadow != 0 {
            watched(app, workspace, id).await?;
            return rest(app, workspace, id, &progress.next).await;
        }
        let Some(at) = progress.steps.iter().position(|step| step.state == PLANNED) else {
            return rest(app, workspace, id, &progress.next).await;
        };
        let planned = &progress.steps[at];
        let ended = match step(app, &read, &row, &planned.path, &planned.step).await {
            Ok(message_id) => Ended { state: DONE, code: None, detail: None, message_id },
            Err(error) => refused(error)?,
        };
        mark(app, workspace, id, at, ended).await?;
    }
}

/// What a person could mend is kept with the step; what the store said is tried again.
fn refused(error: Error) -> Result<Ended> {
    let code = match &error {
        Error::Judged { code, .. }
        | Error::Refused { code, .. }
        | Error::Conflict { code, .. }
        | Error::Exists { code, .. }
        | Error::Declined { code, .. } => (*code).to_owned(),
        Error::Invalid { .. } | Error::Limits(_) | Error::Draft(_) => "invalid".to_owned(),
        Error::NotFound(_) => "not_found".to_owned(),
        Error::Forbidden(_) => "forbidden".to_owned(),
        _ => return Err(error),
    };
    Ok(Ended { state: REFUSED, code: Some(code), detail: Some(error.to_string()), message_id: None })
}

/// Writes down what a rule that only watches would have done.
async fn watched(app: &App, workspace: WorkspaceId, id: Uuid) -> Result<()> {
    let tx = app.store.workspace(workspace).write().await?;
    let Some(mut row) = rule::run_for_write(&tx, id).await? else { return Ok(()) };
    let mut progress = Progress::read(&row)?;
    let now = app.now();
    for step in progress.steps.iter_mut().filter(|step| step.state == PLANNED) {
        step.state = WOULD.to_owned();
        step.at = Some(now);
    }
    row.steps = stored(&progress);
    row.updated_at = now.0;
    rule::update_run(&tx, row).await?;
    tx.commit().await?;
    Ok(())
}

async fn mark(app: &App, workspace: WorkspaceId, id: Uuid, at: usize, ended: Ended) -> Result<()> {
    let tx = app.store.workspace(workspace).write().await?;
    let Some(mut row) = rule::run_for_write(&tx, id).await? else { return Ok(()) };
    let mut progress = Progress::read(&row)?;
    let now = app.now();
    if let Some(step) = progress.steps.get_mut(at).filter(|step| step.state == PLANNED) {
        step.state = ended.state.to_owned();
        (step.code, step.detail, step.message_id) = (ended.code, ended.detail, ended.message_id);
        step.at = Some(now);
        row.steps = stored(&progress);
        row.updated_at = now.0;
        rule::update_run(&tx, row).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Nothing is left to be done now.
async fn rest(app: &App, workspace: WorkspaceId, id: Uuid, next: &Next) -> Result<()> {
    let tx = app.store.workspace(workspace).write().await?;
    let Some(mut row) = rule::run_for_write(&tx, id).await?.filter(|row| row.state == state::ACTING) else {
        return Ok(());
    };
    let now = app.now();
    row.updated_at = now.0;
    if let Next::Wait { path, until } = next {
        row.state = state::WAITING.to_owned();
        row.wait_path = Some(path.clone());
        row.due_at = Some(until.0);
        rapport_store::job::enqueue(&tx, vec![Job::RuleRun { run_id: id }.row_at(*until)], now).await?;
    } else {
        row.state = state::DONE.to_owned();
        (row.wait_path, row.due_at, row.ended_at) = (None, None, Some(now.0));
    }
    rule::update_run(&tx, row).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(())
}

/// Does one step; gives the message or note it made.
async fn step(app: &App, read: &Read, row: &RunRow, path: &str, step: &Step) -> Result<Option<Uuid>> {
    let caller = Caller::rule(read.workspace(), row.rule_id, &row.rule_name);
    let contact = ContactId(row.contact_id);
    let key = || Some(format!("rule:{}:{path}", row.id));
    let patch = match step {
        Step::AddTags { tags } => {
            return tag(app, &caller, contact, TagChange { add: tags.clone(), remove: Vec::new() }).await;
        }
        Step::RemoveTags { tags } => {
            return tag(app, &caller, contact, TagChange { add: Vec::new(), remove: tags.clone() }).await;
        }
        Step::SetField { field, value } => {
            let fields = Some([(field.clone(), value.clone())].into_iter().collect());
            update_contact(app, &caller, contact, ContactPatch { fields, ..ContactPatch::default() }).await?;
            return Ok(None);
        }
        Step::SendText { body } => {
            let body = filled(app, read, row, body).await?;
            return write(app, &caller, row, key(), Content::Text { body, preview_url: None }).await;
        }
        Step::SendTemplate { name, language } => {
            let (name, language) = (name.clone(), language.clone());
            let content = Content::Template { name, language, components: Value::Null, preview: None };
            return write(app, &caller, row, key(), content).await;
        }
        Step::IssueCoupon { pool } => {
            let key = format!("rule:{}:{path}", row.id);
            issue(app, &caller, Giving { contact, run: row.id, key: &key, pool }).await?;
            return Ok(None);
        }
        Step::Note { body } => {
            let new = NewNote { body: noted(app, read, row, body).await?, client_id: key(), mentions: Vec::new() };
            let written = create_note(app, &caller, place(read, row).await?, new).await?;
            return Ok(Some(written.message.id));
        }
        Step::CreateDeal { .. } | Step::CreateCase { .. } => {
            super::matter::make(app, read, &caller, row, (key(), step)).await?;
            return Ok(None);
        }
        Step::CallWebhook { webhook_id, url } => {
            let to = webhook_id.map_or(To::Url(url), To::Webhook);
            webhook::send(app, read, row, path, event_of(row).as_ref(), to).await?;
            return Ok(None);
        }
        Step::AssignTeam { team_id } => ConversationPatch { team_id: Some(*team_id), ..ConversationPatch::default() },
        Step::AssignUser { user_id } => {
            ConversationPatch { assignee_id: Some(*user_id), ..ConversationPatch::default() }
        }
        Step::SetPriority { priority } => {
            ConversationPatch { priority: Some(PriorityWord::from(*priority)), ..ConversationPatch::default() }
        }
        Step::Resolve => ConversationPatch { status: Some(StatusWord::Resolved), ..ConversationPatch::default() },
        Step::Reopen => ConversationPatch { status: Some(StatusWord::Open), ..ConversationPatch::default() },
        Step::Snooze { minutes } => {
            let until = app.now().plus(i64::from(*minutes) * rapport_core::time::MINUTE);
            ConversationPatch { snoozed_until: Some(Some(until.0)), ..ConversationPatch::default() }
        }
        Step::Wait { .. } | Step::Branch { .. } | Step::Stop => return Ok(None),
    };
    update(app, &caller, place(read, row).await?, patch).await?;
    Ok(None)
}

async fn tag(app: &App, caller: &Caller, contact: ContactId, tags: TagChange) -> Result<Option<Uuid>> {
    update_contact(app, caller, contact, ContactPatch { tags: Some(tags), ..ContactPatch::default() }).await?;
    Ok(None)
}

/// The conversation of a run: where it happened, else the customer's newest.
async fn place(read: &Read, row: &RunRow) -> Result<ConversationId> {
    match row.conversation_id {
        Some(id) => Ok(ConversationId(id)),
        None => {
            let newest = rule::newest(read, ContactId(row.contact_id)).await?;
            newest.map(|newest| newest.id).ok_or(Error::NotFound("conversation"))
        }
    }
}

async fn write(
    app: &App,
    caller: &Caller,
    row: &RunRow,
    client_id: Option<String>,
    content: Content,
) -> Result<Option<Uuid>> {
    let read = app.store.workspace(caller.workspace).read();
    let id = place(&read, row).await?;
    // What an event tells is a notice: the guard keeps two about the same apart.
    let about = event_of(row).map(|event| event.what);
    let event = about.as_ref().and_then(What::notice);
    let run = giving(row);
    let request = SendRequest { event, about, run, ..SendRequest::plain(client_id, content) };
    let written = send(app, caller, id, request).await?;
    Ok(Some(written.message.id))
}

/// A text with its blanks filled from what is known of the customer.
pub(super) async fn filled(app: &App, read: &Read, run: &RunRow, body: &str) -> Result<String> {
    let filled = fill_in(app, read, run, body).await?;
    if filled.missing.is_empty() {
        return Ok(filled.text);
    }
    let detail = format!("The customer's data has nothing for {}.", filled.missing.join(", "));
    Err(Error::refused("missing_value", detail))
}

async fn fill_in(app: &App, read: &Read, run: &RunRow, body: &str) -> Result<Filled> {
    let row = contact_page::get(read, ContactId(run.contact_id)).await?.ok_or(Error::NotFound("contact"))?;
    let shop = crate::shop::about::of_event(app, read, &row, body, (event_of(run).as_ref(), giving(run))).await?;
    let person = Person { shop: Some(&shop), ..person(&row) };
    Ok(fill(body, &Known { person, agent: "", channel: "" }))
}

/// A note of a rule, in which a code that the customer was given may stand; anything else in braces stays as it is.
async fn noted(app: &App, read: &Read, run: &RunRow, body: &str) -> Result<String> {
    if COUPON.iter().any(|name| body.contains(name)) {
        return Ok(fill_in(app, read, run, body).await?.text);
    }
    Ok(body.to_owned())
}

/// The run whose code its messages tell: its own where it gives one, also when that failed - an older code would be
/// another offer. Without one, they tell the customer's newest.
fn giving(run: &RunRow) -> Option<Uuid> {
    let progress = Progress::read(run).ok()?;
    progress.steps.iter().any(|done| matches!(done.step, Step::IssueCoupon { .. })).then_some(run.id)
}

/// What a run is about.
pub(super) fn event_of(run: &RunRow) -> Option<Event> {
    serde_json::from_value(run.event.clone()).ok()
}

/// When a run that waits goes on, at the latest.
pub(crate) fn due(row: &RunRow) -> Ms {
    Ms(row.due_at.unwrap_or(row.updated_at))
}
