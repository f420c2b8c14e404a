//! How conversations are given out, and when people work: for the workspace, for teams, for channels.

use super::desk::{AWAY_LEAST_MS, AWAY_MOST_MS, Desk, KEY, away_after};
use super::hours::{self, HoursDoc};
use super::{assign, cap, cap_of, skills, words};
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::routing::Mode;
use rapport_core::{ChannelId, Ms, TeamId};
use rapport_store::routing::PlaceRow;
use rapport_store::{Read, WriteTx, routing};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// How conversations are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RoutingMode)]
pub enum ModeWord {
    /// By hand.
    Manual,
    /// In turn.
    RoundRobin,
    /// Whoever has the fewest open.
    Load,
    /// Whoever has the skills the customer needs.
    Skill,
}

impl From<ModeWord> for Mode {
    fn from(word: ModeWord) -> Self {
        match word {
            ModeWord::Manual => Self::Manual,
            ModeWord::RoundRobin => Self::RoundRobin,
            ModeWord::Load => Self::Load,
            ModeWord::Skill => Self::Skill,
        }
    }
}

impl From<Mode> for ModeWord {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Manual => Self::Manual,
            Mode::RoundRobin => Self::RoundRobin,
            Mode::Load => Self::Load,
            Mode::Skill => Self::Skill,
        }
    }
}

/// Whose policy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RoutingPlaceKind)]
pub enum PlaceKind {
    /// The workspace's: for whatever nobody else decides.
    Workspace,
    /// A team's: for conversations that were given to it.
    Team,
    /// A channel's: for conversations without a team that has chosen.
    Channel,
}

impl PlaceKind {
    fn code(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Team => "team",
            Self::Channel => "channel",
        }
    }

    fn parse(code: &str) -> Self {
        match code {
            "team" => Self::Team,
            "channel" => Self::Channel,
            _ => Self::Workspace,
        }
    }
}

/// A policy with working hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RoutingPlace)]
pub struct PlaceView {
    /// The workspace, team or channel.
    pub id: Uuid,
    /// Which of them.
    pub kind: PlaceKind,
    /// How conversations are given out; null = as the workspace says.
    pub mode: Option<ModeWord>,
    /// Most open and pending conversations an agent has at a time; null = no limit.
    pub cap: Option<u32>,
    /// Whether the customer's owner comes first.
    pub crm_owner: bool,
    /// Whose members get them; null = everybody who may answer. A team's own policy is for its own members.
    pub team_id: Option<Uuid>,
    /// What every member of the team can do.
    pub skills: Vec<String>,
    /// Working hours; null = as the workspace says, and there: always.
    pub hours: Option<HoursDoc>,
}

/// A policy as it is to be; what is left out is null, false or empty.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoutingPlacePut)]
pub struct PlacePut {
    /// How conversations are given out; null = as the workspace says.
    pub mode: Option<ModeWord>,
    /// Most open and pending conversations an agent has at a time, 0 to 1,000; null = no limit.
    pub cap: Option<u32>,
    /// Whether the customer's owner comes first.
    #[serde(default)]
    pub crm_owner: bool,
    /// Whose members get them: for the workspace and channels.
    pub team_id: Option<Uuid>,
    /// What every member of the team can do: for teams.
    #[serde(default)]
    pub skills: Vec<String>,
    /// Working hours.
    pub hours: Option<HoursDoc>,
}

/// Everything about who gets conversations.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Routing)]
pub struct RoutingView {
    /// The workspace's policy.
    pub workspace: PlaceView,
    /// Those of teams and channels that have one.
    pub places: Vec<PlaceView>,
    /// After how long without a connected screen somebody who says "online" is away, milliseconds.
    pub away_after_ms: i64,
}

/// What may be changed about presence.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoutingPatch {
    /// After how long without a connected screen somebody is away: 1 to 60 minutes, in milliseconds.
    pub away_after_ms: Option<i64>,
}

/// A conversation that waits for an agent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WaitingConversation)]
pub struct WaitingView {
    /// The conversation.
    pub conversation_id: Uuid,
    /// The customer's name, or number.
    pub contact_name: String,
    /// Since when the customer waits, milliseconds UTC.
    #[schema(value_type = i64)]
    pub since: Ms,
    /// Why nobody has it: `no_agents`, `nobody_available`, `all_full`, `no_skill`; null when it is about to be given.
    pub reason: Option<&'static str>,
    /// When working hours begin again, where that is what it waits for. Milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub opens_at: Option<Ms>,
}

fn view(row: PlaceRow) -> PlaceView {
    PlaceView {
        id: row.place_id,
        kind: PlaceKind::parse(&row.kind),
        mode: row.mode.as_deref().map(|mode| Mode::parse(mode).into()),
        cap: cap_of(row.cap),
        crm_owner: row.crm_owner,
        team_id: row.team_id,
        skills: words(&row.skills),
        hours: hours::doc(row.hours.as_ref()),
    }
}

fn nothing(id: Uuid, kind: PlaceKind) -> PlaceView {
    let mode = (kind == PlaceKind::Workspace).then_some(ModeWord::Manual);
    PlaceView { id, kind, mode, cap: None, crm_owner: false, team_id: None, skills: Vec::new(), hours: None }
}

/// Every policy.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<RoutingView> {
    caller.require(Permission::UserRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::workspace::get(&read).await?.ok_or(Error::NotFound("workspace"))?;
    let places = routing::places(&read).await?;
    let (own, others): (Vec<_>, Vec<_>) =
        places.into_iter().map(view).partition(|place| place.kind == PlaceKind::Workspace);
    let own = own.into_iter().next().unwrap_or_else(|| nothing(row.workspace_id, PlaceKind::Workspace));
    Ok(RoutingView { workspace: own, places: others, away_after_ms: away_after(&row.settings) })
}

/// Changes when somebody counts as away.
///
/// # Errors
/// `Forbidden`, `Invalid`, `NotFound`, `Store`.
pub async fn update(app: &App, caller: &Caller, patch: RoutingPatch) -> Result<RoutingView> {
    caller.require(Permission::TeamManage)?;
    if let Some(after) = patch.away_after_ms {
        if !(AWAY_LEAST_MS..=AWAY_MOST_MS).contains(&after) {
            return Err(Error::invalid("away_after_ms", "must be 1 to 60 minutes"));
        }
        let tx = app.store.workspace(caller.workspace).write().await?;
        let mut row = rapport_store::workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
        let before = away_after(&row.settings);
        if !row.settings.is_object() {
            row.settings = json!({});
        }
        row.settings[KEY] = json!({ "away_after_ms": after });
        let target = ("workspace", row.workspace_id);
        rapport_store::workspace::update(&tx, row).await?;
        let change =
            Change { before: Some(json!({ "away_after_ms": before })), after: Some(json!({ "away_after_ms": after })) };
        crate::audit::record(&tx, app.now(), caller, "routing.updated", target, change).await?;
        tx.commit().await?;
        assign::call(app, caller.workspace).await?;
    }
    get(app, caller).await
}

/// Writes a policy.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Store`.
pub async fn put(app: &App, caller: &Caller, id: Uuid, given: PlacePut) -> Result<PlaceView> {
    caller.require(Permission::TeamManage)?;
    let read = app.store.workspace(caller.workspace).read();
    let kind = kind_of(&read, caller, id).await?;
    let row = PlaceRow {
        workspace_id: caller.workspace.0,
        place_id: id,
        kind: kind.code().to_owned(),
        mode: mode(kind, given.mode)?,
        cap: cap(given.cap)?,
        crm_owner: given.crm_owner,
        team_id: team(&read, kind, given.team_id).await?,
        skills: json!(if kind == PlaceKind::Team { skills(&given.skills)? } else { no_skills(&given.skills)? }),
        hours: hours::stored("hours", given.hours.as_ref())?,
        updated_at: app.now().0,
    };
    let before = routing::place(&read, id).await?.map_or_else(|| nothing(id, kind), view);
    let after = view(row.clone());
    let tx = app.store.workspace(caller.workspace).write().await?;
    write(&tx, app.now(), caller, row, (&before, &after)).await?;
    tx.commit().await?;
    app.channels.forget();
    assign::call_surely(app, caller.workspace).await?;
    Ok(after)
}

async fn write(
    tx: &WriteTx,
    now: Ms,
    caller: &Caller,
    row: PlaceRow,
    (before, after): (&PlaceView, &PlaceView),
) -> Result<()> {
    let change = Change { before: Some(json!(before)), after: Some(json!(after)) };
    let target = (after.kind.code(), row.place_id);
    routing::put_place(tx, row).await?;
    crate::audit::record(tx, now, caller, "routing.updated", target, change).await
}

async fn kind_of(read: &Read, caller: &Caller, id: Uuid) -> Result<PlaceKind> {
    if id == caller.workspace.0 {
        return Ok(PlaceKind::Workspace);
    }
    if rapport_store::team::get(read, TeamId(id)).await?.is_some() {
        return Ok(PlaceKind::Team);
    }
    if rapport_store::channel::get(read, ChannelId(id)).await?.is_some() {
        return Ok(PlaceKind::Channel);
    }
    Err(Error::NotFound("workspace, team or channel"))
}

fn mode(kind: PlaceKind, given: Option<ModeWord>) -> Result<Option<String>> {
    match given {
        None if kind == PlaceKind::Workspace => Err(Error::invalid("mode", "must be chosen for the workspace")),
        None => Ok(None),
        Some(word) => Ok(Some(Mode::from(word).code().to_owned())),
    }
}

async fn team(read: &Read, kind: PlaceKind, given: Option<Uuid>) -> Result<Option<Uuid>> {
    let Some(team) = given else { return Ok(None) };
    if kind == PlaceKind::Team {
        return Err(Error::invalid(
            "team_id",
            "is only for the workspace and channels: a team gives to its own members",
        ));
    }
    match rapport_store::team::get(read, TeamId(team)).await? {
        Some(_) => Ok(Some(team)),
        None => Err(Error::invalid("team_id", "names a team that does not exist")),
    }
}

fn no_skills(given: &[String]) -> Result<Vec<String>> {
    if given.is_empty() { Ok(Vec::new()) } else { Err(Error::invalid("skills", "are only for teams and agents")) }
}

/// What waits for an agent, the longest waiting first, with the reason.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn queue(app: &App, caller: &Caller, limit: u64) -> Result<Vec<WaitingView>> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let mut desk = Desk::load(&read).await?;
    let which = desk.automatic();
    if !which.any() {
        return Ok(Vec::new());
    }
    let now = app.now();
    let mut views = Vec::new();
    for one in routing::waiting(&read, &which, &[], None, limit).await? {
        let (ruling, choice) = desk.choose(&one, now);
        let opens_at = desk.hours(one.channel, ruling.team).and_then(|hours| hours.next_opening(now));
        views.push(WaitingView {
            conversation_id: one.id.0,
            contact_name: one.name,
            since: Ms(one.since),
            reason: choice.err().map(rapport_core::routing::Waits::code),
            opens_at,
        });
    }
    Ok(views)
}
