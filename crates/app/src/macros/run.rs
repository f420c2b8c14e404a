//! Does what a macro says to one conversation.
//!
//! Everything is looked at before anything is done. Then the messages take the usual way, one by one; then all that
//! changes about the conversation and the notes are one commit. What goes wrong names the action that it was.

use super::tags::{self, Tagging};
use super::{MacroAction, NOUN, has};
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::list::get;
use crate::inbox::prepare::{To, prepare};
use crate::inbox::send::{SendRequest, said, send};
use crate::inbox::update::{ConversationPatch, Wanted, apply};
use crate::inbox::view::ConversationView;
use crate::inbox::words::StatusWord;
use crate::inbox::{Room, Rooms, actor};
use crate::routing::assign;
use crate::send::preview::{self, Scene};
use crate::state::App;
use rapport_core::ConversationId;
use rapport_core::inbox::{self, ConversationStatus, Draft};
use rapport_core::message::Content;
use rapport_core::message::check::Problem;
use rapport_store::Read;
use rapport_store::conversation::ConversationRow;
use rapport_store::query::person;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// Which conversation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MacroRunRequest {
    /// The conversation.
    pub conversation_id: Uuid,
    /// The client's own id of this run, 1 to 80 characters: the same one again sends nothing twice.
    pub client_id: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MacroRun {
    /// The conversation as it is now.
    pub conversation: ConversationView,
    /// The messages that were queued.
    pub message_ids: Vec<Uuid>,
}

/// A macro cut into what it does.
#[derive(Default)]
struct Plan {
    sends: Vec<(usize, Content)>,
    notes: Vec<(usize, String)>,
    tags: Vec<Tagging>,
    patch: ConversationPatch,
    /// The last action that changes the conversation: what is wrong with the change is told there.
    changes: Option<usize>,
}

impl Plan {
    fn of(caller: &Caller, actions: &[MacroAction]) -> Result<Self> {
        let mut plan = Self::default();
        for (at, action) in actions.iter().enumerate() {
            plan.add(caller, at, action)?;
        }
        Ok(plan)
    }

    fn add(&mut self, caller: &Caller, at: usize, action: &MacroAction) -> Result<()> {
        match action {
            MacroAction::SendText { body } => {
                self.sends.push((at, Content::Text { body: body.clone(), preview_url: None }));
                return Ok(());
            }
            MacroAction::SendTemplate { name, language } => {
                let (name, language) = (name.clone(), language.clone());
                let content = Content::Template { name, language, components: Value::Null, preview: None };
                self.sends.push((at, content));
                return Ok(());
            }
            MacroAction::Note { body } => {
                self.notes.push((at, body.clone()));
                return Ok(());
            }
            MacroAction::AddTags { .. } | MacroAction::RemoveTags { .. } => {
                self.tags.extend(Tagging::of(at, action));
                return Ok(());
            }
            MacroAction::Assign { user_id } => self.patch.assignee_id = Some(*user_id),
            MacroAction::AssignMe => {
                let me = caller.user().map_err(|error| step(at, error))?;
                self.patch.assignee_id = Some(Some(me.0));
            }
            MacroAction::Team { team_id } => self.patch.team_id = Some(*team_id),
            MacroAction::Status { status, closing } => {
                (self.patch.status, self.patch.closing) = (Some(*status), closing.clone());
                (self.patch.snooze, self.patch.snoozed_until) = (None, None);
            }
            MacroAction::Snooze { until } => {
                (self.patch.status, self.patch.closing) = (None, None);
                self.patch.snooze = Some(*until);
            }
            MacroAction::Priority { priority } => self.patch.priority = Some(*priority),
        }
        self.changes = Some(at);
        Ok(())
    }
}

/// Runs a macro on a conversation.
///
/// # Errors
/// `Forbidden`, `NotFound`, and what the actions say: `Invalid` with the field `actions.<n>. ...`, `Judged`, `Refused`,
/// `Conflict`, `Store`. Nothing has changed then, except that messages of earlier actions may be queued when the database
/// failed between them; the same `client_id` again goes on from there.
pub async fn run(app: &App, caller: &Caller, id: Uuid, request: MacroRunRequest) -> Result<MacroRun> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::macros::get(&read, id).await?.filter(|row| has(caller, row));
    let row = row.ok_or(Error::NotFound(NOUN))?;
    let place = ConversationId(request.conversation_id);
    let known = rapport_store::conversation::get(&read, place).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    let place = ConversationId(known.id);
    let actions: Vec<MacroAction> = serde_json::from_value(row.actions)
        .map_err(|error| Error::refused("macro_unreadable", format!("This version cannot read the macro: {error}.")))?;
    let run = run_id(app, request.client_id)?;
    let plan = Plan::of(caller, &actions)?;
    let resolved = known.status == ConversationStatus::Resolved.code();
    let already = resolved && plan.patch.status == Some(StatusWord::Resolved);
    let patch = ConversationPatch { closing: plan.patch.closing.clone().filter(|_| !already), ..plan.patch.clone() };
    let at = plan.changes.unwrap_or(0);
    let wanted = Wanted::check(app, caller, &read, patch, resolved).await.map_err(|error| step(at, error))?;
    look(app, caller, &read, &known, &plan.sends).await?;
    // A message cannot be called back: what its conversation's lock would refuse is refused before it.
    if !plan.sends.is_empty() && plan.changes.is_some() {
        wanted.rehearse(app, caller, place).await.map_err(|error| step(at, error))?;
    }
    if !plan.sends.is_empty() && !plan.tags.is_empty() {
        tags::rehearse(app, caller, place, &plan.tags).await?;
    }
    let mut message_ids = Vec::new();
    for (at, content) in plan.sends {
        let request = SendRequest::plain(Some(format!("macro:{run}:{at}")), content);
        let written = send(app, caller, place, request).await.map_err(|error| step(at, error))?;
        message_ids.push(written.message.id);
    }
    change(app, caller, place, (wanted, at), (id, &run, &plan.notes, &plan.tags)).await?;
    Ok(MacroRun { conversation: get(app, caller, place).await?, message_ids })
}

fn run_id(app: &App, given: Option<String>) -> Result<String> {
    match given {
        None => Ok(app.store.new_id(app.now()).simple().to_string()),
        Some(id) if id.trim().is_empty() || id.chars().count() > 80 || id.chars().any(char::is_control) => {
            Err(Error::invalid("client_id", "must have 1 to 80 characters"))
        }
        Some(id) => Ok(id),
    }
}

/// Whether every message could go, before the first does.
async fn look(
    app: &App,
    caller: &Caller,
    read: &Read,
    known: &ConversationRow,
    sends: &[(usize, Content)],
) -> Result<()> {
    if sends.is_empty() {
        return Ok(());
    }
    let scene = Scene::of(app, read, person::state(known)?).await?;
    let place =
        To { conversation: scene.conversation.id, contact: scene.contact.id, now: app.now(), about: None, run: None };
    for (at, content) in sends {
        let prepared = prepare(read, &scene.channel, place, content.clone(), None).await;
        let prepared = prepared.map_err(|error| step(*at, error))?;
        let judged = preview::judge(app, read, &scene, caller.actor_kind(), said(&prepared)).await?;
        judged.or_refuse().map_err(|error| step(*at, error))?;
    }
    Ok(())
}

/// Everything but the messages, in one commit.
async fn change(
    app: &App,
    caller: &Caller,
    place: ConversationId,
    (wanted, at): (Wanted, usize),
    (id, run, notes, tagging): (Uuid, &str, &[(usize, String)], &[Tagging]),
) -> Result<()> {
    let connections = app.channels.connections(caller.workspace).await?;
    let mut room = Rooms::enter(app, caller.workspace, place, None).await?;
    let before = room.conversation.clone();
    for (at, body) in notes {
        write_note(&mut room, caller, format!("macro:{run}:{at}"), body).await.map_err(|error| step(*at, error))?;
    }
    let after = apply(app, caller, &mut room, wanted).await.map_err(|error| step(at, error))?;
    let tagged = tags::apply(caller, &room, &connections, tagging).await?;
    let audited = Audited { before: None, after: Some(json!({ "conversation_id": place })) };
    crate::audit::record(&room.tx, room.now, caller, "macro.run", (NOUN, id), audited).await?;
    match room.tx.commit().await {
        // The same run came twice at once: the other one did everything.
        Err(error) if error.is_conflict() => return Ok(()),
        done => done?,
    }
    app.bells.search.ring();
    app.feeds.wake();
    if tagged {
        app.bells.jobs.ring();
    }
    if after.is_some_and(|after| assign::concerns(&before, &after)) {
        assign::call(app, caller.workspace).await?;
    }
    Ok(())
}

async fn write_note(room: &mut Room, caller: &Caller, client_id: String, body: &str) -> Result<()> {
    let read = room.tx.store().workspace(room.tx.workspace()).read();
    let known = room.conversation.clone();
    if rapport_store::query::thread::by_client_id(&read, known.id, &client_id).await?.is_some() {
        return Ok(());
    }
    let content = Content::Note { body: body.to_owned(), mentions: Vec::new() };
    let draft = Draft { client_id: Some(client_id), content, reply_to: None, media_id: None };
    let who = actor(caller);
    let decision = room.decide(|context, fresh| inbox::note(&known, draft, &who, context, fresh));
    room.write(decision.changes).await
}

/// Names the action an error is about; people count from one.
pub(super) fn step(at: usize, error: Error) -> Error {
    let told = |detail: String| format!("Step {}: {detail}", at + 1);
    match error {
        // The field comes before the detail wherever it is shown.
        Error::Invalid { field, detail } => {
            Error::invalid(format!("actions.{at}.{field}"), format!("{detail} (step {})", at + 1))
        }
        Error::Limits(problems) => Error::Limits(
            problems
                .into_iter()
                .map(|problem| Problem { field: format!("actions.{at}.{}", problem.field), ..problem })
                .collect(),
        ),
        Error::Judged { code, detail, verdict } => Error::Judged { code, detail: told(detail), verdict },
        Error::Refused { code, detail } => Error::Refused { code, detail: told(detail) },
        Error::Conflict { code, detail } => Error::Conflict { code, detail: told(detail) },
        Error::Forbidden(detail) => Error::Forbidden(told(detail)),
        other => other,
    }
}
