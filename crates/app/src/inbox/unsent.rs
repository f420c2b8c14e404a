//! Messages that have not gone out: planned, changed, taken back. What may be done is `core::inbox::unsent`'s; whether the
//! sender was quicker is known in the lane, where both meet.

use super::Rooms;
use super::content::ContentView;
use super::prepare::{Prepared, To, prepare};
use super::room::Room;
use super::thread::message;
use super::view::MessageView;
use super::words::given;
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::media::inside;
use crate::send::preview::{self, Said, Scene};
use crate::state::App;
use rapport_core::inbox::MessageState;
use rapport_core::inbox::unsent::{Around, Barred, FURTHEST, When, heeds, may_change, rewrite, same_thing};
use rapport_core::message::{Content, Status};
use rapport_core::{ConversationId, MediaId, MessageId, Ms};
use rapport_store::Read;
use rapport_store::query::person;
use rapport_store::query::thread::{self, Line};
use rapport_store::send::{self, NewSend, Plan, Priority};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// When a message that waits for a chosen moment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MessagePlan)]
pub struct PlanView {
    /// Not before, milliseconds UTC.
    pub send_at: i64,
    /// A message of the customer after this moment cancels it; null when none does.
    pub heed_since: Option<i64>,
}

impl From<Plan> for PlanView {
    fn from(plan: Plan) -> Self {
        Self { send_at: plan.at.0, heed_since: plan.heed_since.map(|at| at.0) }
    }
}

/// What may be changed about a message that has not gone out; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessagePatch {
    /// What it says. The kind, the file and the template stay the same.
    #[schema(value_type = Option<ContentView>)]
    pub content: Option<Content>,
    /// Not before, milliseconds UTC, at most a year ahead; null sends it now.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub send_at: Option<Option<i64>>,
    /// Whether it is taken back when the customer writes before its moment.
    pub cancel_on_reply: Option<bool>,
}

/// The moment somebody chose for a new message.
///
/// # Errors
/// `Invalid` naming the field.
pub(super) fn moment(app: &App, send_at: Option<i64>, cancel: bool, content: &Content) -> Result<Option<Plan>> {
    let Some(at) = send_at else {
        if cancel {
            return Err(Error::invalid("cancel_on_reply", "needs send_at"));
        }
        return Ok(None);
    };
    if matches!(content, Content::Reaction { .. }) {
        return Err(Error::invalid("send_at", "is not for reactions"));
    }
    let now = app.now();
    Ok(Some(Plan { at: ahead(at, now)?, heed_since: cancel.then_some(now) }))
}

fn ahead(at: i64, now: Ms) -> Result<Ms> {
    let wait = Ms(at).since(now);
    if wait <= 0 || wait > FURTHEST {
        return Err(Error::invalid("send_at", "must lie in the future, at most a year ahead"));
    }
    Ok(Ms(at))
}

fn barred(why: Barred) -> Error {
    Error::conflict(why.code(), why.to_string())
}

async fn outgoing(read: &Read, id: MessageId) -> Result<Line> {
    thread::by_id(read, &[id]).await?.pop().ok_or(Error::NotFound("message"))
}

/// A message as it stands in its locked lane.
struct Unsent {
    room: Room,
    known: MessageState,
    /// Its place in the queue; `None` when it is in none (it failed or was refused).
    queued: Option<Option<Plan>>,
    answered: bool,
}

impl Unsent {
    async fn enter(app: &App, caller: &Caller, line: &Line) -> Result<Self> {
        let (id, conversation) = (MessageId(line.row.id), ConversationId(line.row.conversation_id));
        let room = Rooms::enter_of(app, caller.workspace, conversation, id).await?;
        let known = room.book.message(id).cloned().ok_or(Error::NotFound("message"))?;
        let may_be_out = send::may_be_out(&room.tx, id).await?;
        may_change(&known, line.content.kind(), may_be_out).map_err(barred)?;
        let queued = send::plan_of(&room.tx, id).await?;
        let waits = matches!(known.status, Status::Scheduled | Status::Queued | Status::Held);
        if waits && queued.is_none() {
            // Its sender has just taken it, and the thread will say so in a moment.
            return Err(barred(Barred::OnItsWay));
        }
        let answered = match room.conversation.last_inbound_at {
            Some(heard) => send::answered_since(&room.tx, room.conversation.id, heard, id).await?,
            None => true,
        };
        Ok(Self { room, known, queued, answered })
    }

    fn plan(&self) -> Option<Plan> {
        self.queued.flatten()
    }

    fn around<'a>(&'a self, content: &'a Content) -> Around<'a> {
        let planned = self.plan().is_some() && self.known.status != Status::Queued;
        Around { conversation: &self.room.conversation, content, planned, answered: self.answered }
    }
}

/// Changes a message that has not gone out: its words, its moment, or both. It is judged again when its turn comes.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Limits`, `Conflict` (`on_its_way`, `gone_out`, `withdrawn`,
/// `not_changeable`), `Judged`, `Refused` (`channel_gone`), `Store`.
pub async fn edit(app: &App, caller: &Caller, id: MessageId, patch: MessagePatch) -> Result<MessageView> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let line = outgoing(&read, id).await?;
    let conversation = ConversationId(line.row.conversation_id);
    let row = rapport_store::conversation::get(&read, conversation).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    if line.row.direction != "out" {
        return Err(barred(Barred::NotThis));
    }
    let scene = Scene::of(app, &read, person::state(&row)?).await?;
    let fresh = match patch.content {
        Some(content) => Some(reworded(&read, &scene, &line, content, app.now()).await?),
        None => None,
    };
    let said = Said {
        content: fresh.as_ref().map_or(&line.content, |prepared| &prepared.content),
        target_at: None,
        event: line.row.event_key.as_deref(),
    };
    let judged = preview::judge(app, &read, &scene, &line.row.author_kind, said).await?.or_refuse()?;
    let unsent = Unsent::enter(app, caller, &line).await?;
    let moments = (heeds(unsent.room.last_said().await?), unsent.room.now);
    let choice = Choice::of(patch.send_at, patch.cancel_on_reply, unsent.plan(), moments)?;
    change(caller, &scene, unsent, &line, fresh, choice, judged.priority).await?;
    app.bells.send.ring();
    app.bells.search.ring();
    app.feeds.wake();
    message(&read, id).await
}

/// The new words, complete and within every limit.
async fn reworded(read: &Read, scene: &Scene, line: &Line, content: Content, now: Ms) -> Result<Prepared> {
    let place = To { conversation: scene.conversation.id, contact: scene.contact.id, now, about: None, run: None };
    same_thing(&line.content, &content).map_err(|field| {
        Error::invalid(field, "must stay what it is; take the message back and write another one instead")
    })?;
    prepare(read, &scene.channel, place, content, None).await
}

/// When the message goes, as somebody wants it now.
#[derive(Clone, Copy)]
struct Choice {
    when: When,
    run_at: Ms,
    plan: Option<Plan>,
}

impl Choice {
    fn of(
        send_at: Option<Option<i64>>,
        cancel: Option<bool>,
        known: Option<Plan>,
        (heard, now): (Ms, Ms),
    ) -> Result<Self> {
        // Whoever changes a message has seen what the customer wrote until now.
        let heed = cancel.unwrap_or(known.is_some_and(|plan| plan.heed_since.is_some())).then_some(heard);
        let (when, plan) = match (send_at, known) {
            (Some(Some(at)), _) => (When::At(ahead(at, now)?), Some(Plan { at: Ms(at), heed_since: heed })),
            (Some(None), _) => (When::Now, None),
            (None, Some(plan)) => (When::Kept, Some(Plan { heed_since: heed, ..plan })),
            (None, None) => (When::Kept, None),
        };
        if cancel == Some(true) && plan.is_none() {
            return Err(Error::invalid("cancel_on_reply", "needs send_at"));
        }
        Ok(Self { when, run_at: plan.map_or(now, |plan| plan.at.max(now)), plan })
    }
}

async fn change(
    caller: &Caller,
    scene: &Scene,
    mut unsent: Unsent,
    line: &Line,
    fresh: Option<Prepared>,
    choice: Choice,
    priority: Priority,
) -> Result<()> {
    let id = unsent.known.id;
    let says = fresh.as_ref().map_or(&line.content, |one| &one.content);
    let files: Vec<MediaId> = inside::files(says).into_iter().map(|(id, _)| MediaId(id)).collect();
    let before = unsent.known.status;
    let now = unsent.room.now;
    let done = rewrite(&unsent.known, &unsent.around(&line.content), fresh.map(|one| one.content), choice.when, now);
    let queued = unsent.queued.is_some();
    let room = &mut unsent.room;
    room.write(done.changes).await?;
    if queued {
        send::requeue(&room.tx, id, choice.run_at, choice.plan)
            .await?
            .then_some(())
            .ok_or_else(|| barred(Barred::OnItsWay))?;
    } else {
        let again = NewSend {
            message: id,
            channel: scene.channel.id,
            contact: room.conversation.contact_id,
            portfolio_key: scene.channel.portfolio_key.clone(),
            priority,
            run_at: choice.run_at,
        };
        send::enqueue_again(&room.tx, again, now).await?;
        if let Some(plan) = choice.plan {
            send::plan(&room.tx, id, plan).await?;
        }
    }
    if let Some(at) = done.at {
        send::moved(&room.tx, &[id], at).await?;
    }
    rapport_store::media::used(&room.tx, &files, choice.run_at).await?;
    let change = Audited {
        before: Some(json!({ "status": before })),
        after: Some(json!({ "send_at": choice.plan.map(|plan| plan.at) })),
    };
    crate::audit::record(&room.tx, now, caller, "message.changed", ("message", id.0), change).await?;
    unsent.room.tx.commit().await?;
    Ok(())
}

/// Takes a message back that has not gone out. It stays in the thread as a trace; taking it back again changes nothing.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` (`on_its_way`, `gone_out`, `not_changeable`), `Store`.
pub async fn withdraw(app: &App, caller: &Caller, id: MessageId) -> Result<MessageView> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let line = outgoing(&read, id).await?;
    let mut unsent = match Unsent::enter(app, caller, &line).await {
        Err(Error::Conflict { code: "withdrawn", .. }) => return message(&read, id).await,
        entered => entered?,
    };
    let now = unsent.room.now;
    let before = unsent.known.status;
    let changes = rapport_core::inbox::unsent::withdraw(&unsent.known, &unsent.around(&line.content), None, now);
    let queued = unsent.queued.is_some();
    let room = &mut unsent.room;
    if queued && !send::remove(&room.tx, id).await? {
        return Err(barred(Barred::OnItsWay));
    }
    room.write(changes).await?;
    let change = Audited { before: Some(json!({ "status": before })), after: None };
    crate::audit::record(&room.tx, now, caller, "message.withdrawn", ("message", id.0), change).await?;
    unsent.room.tx.commit().await?;
    app.feeds.wake();
    message(&read, id).await
}

/// Adds to lines that wait for a moment when that is.
pub(super) async fn show_plans(read: &Read, views: &mut [MessageView]) -> Result<()> {
    let waiting: Vec<MessageId> =
        views.iter().filter(|view| view.status == Status::Scheduled.code()).map(|view| MessageId(view.id)).collect();
    let plans = send::plans(read, &waiting).await?;
    for view in views {
        view.plan = plans.get(&MessageId(view.id)).copied().map(PlanView::from);
    }
    Ok(())
}
