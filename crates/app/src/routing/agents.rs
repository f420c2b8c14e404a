//! Agents: what they can do, how much they take, when they work, and whether they are there.

use super::desk::Desk;
use super::hours::{self, HoursDoc};
use super::{assign, cap, cap_of, skills, words};
use crate::account::users::Presence as PresenceWord;
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::routing::{Absence, absence, presence_now};
use rapport_core::{Ms, UserId};
use rapport_store::routing::{self, AgentRow, Person};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Somebody who answers customers.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentView {
    /// The user.
    pub user_id: Uuid,
    /// Their name.
    pub name: String,
    /// What they say.
    pub presence: PresenceWord,
    /// What is true: who says "online" and has no screen connected is away.
    pub presence_now: PresenceWord,
    /// Why they get nothing now: `offline`, `away`, `not_connected`, `off_shift`, `off_hours`; null = available.
    pub absence: Option<&'static str>,
    /// When one of their screens was last connected, milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub seen_at: Option<Ms>,
    /// Open and pending conversations they have.
    pub open: i64,
    /// Most they take at a time; null = as the policy says, 0 = none by itself.
    pub cap: Option<u32>,
    /// What they can do, without what their teams can.
    pub skills: Vec<String>,
    /// Their own working hours; null = their team's or the workspace's.
    pub shift: Option<HoursDoc>,
    /// Their teams.
    pub team_ids: Vec<Uuid>,
}

/// An agent as it is to be; what is left out is null or empty.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentPut {
    /// What they can do: words such as `ar` or `returns`.
    #[serde(default)]
    pub skills: Vec<String>,
    /// Most conversations at a time, 0 to 1,000; null = as the policy says.
    pub cap: Option<u32>,
    /// Their own working hours.
    pub shift: Option<HoursDoc>,
}

fn word(absence: Absence) -> &'static str {
    match absence {
        Absence::Offline => "offline",
        Absence::Away => "away",
        Absence::NotConnected => "not_connected",
        Absence::OffShift => "off_shift",
        Absence::OffHours => "off_hours",
    }
}

fn view(desk: &Desk, person: &Person, now: Ms) -> AgentView {
    let agent = desk.agent(person, Uuid::nil());
    let row = person.agent.as_ref();
    let present = presence_now(agent.presence, agent.seen_at, desk.away_after_ms, now);
    AgentView {
        user_id: person.user.id,
        name: person.user.name.clone(),
        presence: PresenceWord::parse(&person.user.presence),
        presence_now: PresenceWord::parse(present.code()),
        absence: absence(&agent, desk.hours_of(person), desk.away_after_ms, now).map(word),
        seen_at: agent.seen_at,
        open: person.open,
        cap: row.and_then(|row| cap_of(row.cap)),
        skills: row.map(|row| words(&row.skills)).unwrap_or_default(),
        shift: row.and_then(|row| hours::doc(row.shift.as_ref())),
        team_ids: person.teams.clone(),
    }
}

/// Everybody who may answer, in the order they were added.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<AgentView>> {
    caller.require(Permission::UserRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let desk = Desk::load(&read).await?;
    let now = app.now();
    Ok(desk.people().iter().map(|person| view(&desk, person, now)).collect())
}

/// Writes what an agent can do, how much they take and when they work.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Store`.
pub async fn put(app: &App, caller: &Caller, id: UserId, given: AgentPut) -> Result<AgentView> {
    caller.require(Permission::TeamManage)?;
    let scope = app.store.workspace(caller.workspace);
    let before = find(&Desk::load(&scope.read()).await?, id, app.now())?;
    let now = app.now();
    let row = AgentRow {
        workspace_id: caller.workspace.0,
        user_id: id.0,
        skills: json!(skills(&given.skills)?),
        cap: cap(given.cap)?,
        shift: hours::stored("shift", given.shift.as_ref())?,
        seen_at: None,
        updated_at: now.0,
    };
    let tx = scope.write().await?;
    let kept = |skills: &[String], cap: Option<u32>, shift: &Option<HoursDoc>| json!({ "skills": skills, "cap": cap, "shift": shift });
    let change = Change {
        before: Some(kept(&before.skills, before.cap, &before.shift)),
        after: Some(kept(&words(&row.skills), given.cap, &given.shift)),
    };
    routing::put_agent(&tx, row).await?;
    crate::audit::record(&tx, now, caller, "agent.updated", ("user", id.0), change).await?;
    tx.commit().await?;
    assign::call(app, caller.workspace).await?;
    find(&Desk::load(&scope.read()).await?, id, now)
}

fn find(desk: &Desk, id: UserId, now: Ms) -> Result<AgentView> {
    let person = desk.people().iter().find(|person| person.user.id == id.0).ok_or(Error::NotFound("agent"))?;
    Ok(view(desk, person, now))
}
