//! Practice: a workspace has a room to practise in, which is a workspace of its own.
//!
//! So nothing of practice can mix with business: whatever reads or writes carries its workspace, and a room has no CRM,
//! no campaigns, no bills and no devices to tell. Whoever practises is the same person with the same id in both; their
//! sign-in stays at home, and while they are inside they may do in the room what agents do, and nothing else.

mod debrief;
mod end;
mod furnish;
mod play;
mod start;

pub use end::{end, run as run_end};
pub use play::run;
pub use start::start;

use crate::auth::{Actor, Caller, Permission, Permissions};
use crate::error::{Error, Result};
use crate::state::App;
pub use debrief::{DebriefView, PointView};
use rapport_core::practice::{RUNNING_MOST, Scenario};
use rapport_core::{Ms, UserId, WorkspaceId};
use rapport_store::entity::workspace::Model as WorkspaceRow;
use rapport_store::practice::{self as stored, RUNNING, RoomRow, RunRow};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a room says, among its settings, whose it is.
const ROOM: &str = "practice_of";
/// Runs that are shown.
const SHOWN: u64 = 30;

/// How the caller's practice stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Practice)]
pub struct PracticeView {
    /// Whether the caller practises now: everything else they ask is then answered for the practice room.
    pub inside: bool,
    /// Whether the workspace has a practice room.
    pub open: bool,
    /// Whether the caller may practise.
    pub may_practise: bool,
    /// Whether the caller may end practice for everybody.
    pub may_end: bool,
    /// How many scenarios one person may have under way.
    pub running_most: u32,
    /// What can be practised, the easiest first.
    pub scenarios: Vec<ScenarioView>,
    /// The caller's own runs, the newest first, at most 30.
    pub runs: Vec<RunView>,
}

/// Something to practise.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PracticeScenario)]
pub struct ScenarioView {
    /// `order`, `size`, `photo`, `refund` or `window`.
    pub kind: &'static str,
    /// Whether the caller has it under way.
    pub running: bool,
    /// Whether the caller has finished it before, among the runs that are shown.
    pub done: bool,
}

/// A scenario that somebody practises or has practised.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PracticeRun)]
pub struct RunView {
    /// The run.
    pub id: Uuid,
    /// Which scenario.
    pub scenario: String,
    /// `running`, `done` or `given_up` (left alone for a day).
    pub state: String,
    /// Its conversation; null until the customer's first message is there.
    #[schema(required)]
    pub conversation_id: Option<Uuid>,
    /// What is said about it; null while it goes on.
    #[schema(required)]
    pub debrief: Option<DebriefView>,
    /// When it began, milliseconds UTC.
    #[schema(value_type = i64)]
    pub started_at: Ms,
    /// When it ended.
    #[schema(required, value_type = Option<i64>)]
    pub ended_at: Option<Ms>,
}

impl From<RunRow> for RunView {
    fn from(row: RunRow) -> Self {
        Self {
            id: row.id,
            scenario: row.scenario,
            state: row.state,
            conversation_id: row.conversation_id,
            debrief: row.debrief.as_ref().and_then(DebriefView::read),
            started_at: Ms(row.started_at),
            ended_at: row.ended_at.map(Ms),
        }
    }
}

/// Whether a workspace is a room to practise in, not a business.
#[must_use]
pub fn is_room(row: &WorkspaceRow) -> bool {
    row.settings.get(ROOM).is_some()
}

/// How the caller's practice stands.
///
/// # Errors
/// `Forbidden` for a token, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<PracticeView> {
    let user = caller.user()?;
    let room = stored::room(&app.store.workspace(caller.home()).read()).await?;
    let runs = match &room {
        Some(room) => stored::runs_of(&app.store.workspace(WorkspaceId(room.id)).read(), user, SHOWN).await?,
        None => Vec::new(),
    };
    let has = |scenario: Scenario, running: bool| {
        runs.iter().any(|run| run.scenario == scenario.code() && (run.state == RUNNING) == running)
    };
    let scenario =
        |kind: Scenario| ScenarioView { kind: kind.code(), running: has(kind, true), done: has(kind, false) };
    Ok(PracticeView {
        inside: caller.home.is_some(),
        open: room.is_some(),
        may_practise: caller.permissions.has(Permission::InboxWrite),
        may_end: caller.permissions.has(Permission::TeamManage),
        running_most: u32::try_from(RUNNING_MOST).unwrap_or(u32::MAX),
        scenarios: Scenario::ALL.into_iter().map(scenario).collect(),
        runs: runs.into_iter().map(RunView::from).collect(),
    })
}

/// Opens the workspace's room if there is none, and lets the caller in. Gives the room: what [`seat`] asks for.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`, `Vault`.
pub async fn enter(app: &App, caller: &Caller) -> Result<Uuid> {
    caller.require(Permission::InboxWrite)?;
    let user = caller.user()?;
    let home = caller.home();
    let room = furnish::room(app, caller, home, user).await?;
    furnish::admit(app, home, &room, user).await?;
    Ok(room.id)
}

/// Where a signed-in person acts who brings the word of a room: in it, when it is open and they were let in; else at
/// home, as without the word.
///
/// # Errors
/// `Store`.
pub async fn seat(app: &App, caller: Caller, room: Uuid) -> Result<Caller> {
    let Actor::User { user, .. } = caller.actor else { return Ok(caller) };
    if !is_open(app, caller.workspace, room).await? || !is_member(app, room, user).await? {
        return Ok(caller);
    }
    let permissions = caller.permissions.and(Permissions::in_practice());
    Ok(Caller { workspace: WorkspaceId(room), home: Some(caller.workspace), permissions, ..caller })
}

/// Whether a room of `home` can be practised in.
///
/// # Errors
/// `Store`.
pub(crate) async fn is_open(app: &App, home: WorkspaceId, room: Uuid) -> Result<bool> {
    let row = stored::room_by_id(&app.store.workspace(home).read(), room).await?;
    Ok(row.is_some_and(|row| row.ending_at.is_none()))
}

async fn is_member(app: &App, room: Uuid, user: UserId) -> Result<bool> {
    let read = app.store.workspace(WorkspaceId(room)).read();
    Ok(rapport_store::user::get(&read, user).await?.is_some())
}

/// The room the caller is in.
async fn own_room(app: &App, caller: &Caller) -> Result<RoomRow> {
    let outside = || Error::refused("not_practising", "Go to practice first: scenarios run in the practice room only.");
    let home = caller.home.ok_or_else(outside)?;
    let row = stored::room_by_id(&app.store.workspace(home).read(), caller.workspace.0).await?;
    row.filter(|row| row.ending_at.is_none()).ok_or_else(outside)
}
