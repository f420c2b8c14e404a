//! Teams: groups of users that conversations can be given to.

use super::Page;
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_core::TeamId;
use rapport_store::entity::team::Model;
use rapport_store::team;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use utoipa::ToSchema;
use uuid::Uuid;

/// A group of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Team)]
pub struct TeamView {
    /// The team.
    pub id: Uuid,
    /// Its name, unique in the workspace.
    pub name: String,
    /// Who belongs to it.
    pub member_ids: Vec<Uuid>,
}

/// A team to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// Its name, unique in the workspace.
    pub name: String,
    /// Who belongs to it.
    #[serde(default)]
    pub member_ids: BTreeSet<Uuid>,
}

/// What may be changed about a team; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamPatch {
    /// Its name.
    pub name: Option<String>,
    /// Exactly who belongs to it from now on.
    pub member_ids: Option<BTreeSet<Uuid>>,
}

/// Most members a team may have.
const MAX_MEMBERS: usize = 1_000;

/// Teams in the order they were made.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller, after: Option<Uuid>, limit: u64) -> Result<Page<TeamView>> {
    caller.require(Permission::UserRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let page = Page::cut(team::page(&read, after, limit + 1).await?, limit, |row| row.id);
    let ids: Vec<Uuid> = page.items.iter().map(|row| row.id).collect();
    let mut members: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (team, user) in team::members(&read, &ids).await? {
        members.entry(team).or_default().push(user);
    }
    Ok(page.map(|row| TeamView { id: row.id, name: row.name, member_ids: members.remove(&row.id).unwrap_or_default() }))
}

/// Makes a team.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Conflict` (`name_taken`), `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewTeam) -> Result<TeamView> {
    caller.require(Permission::TeamManage)?;
    let now = app.now();
    let name = super::name("name", &new.name)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = Model { workspace_id: caller.workspace.0, id: tx.new_id(now), name, created_at: now.0 };
    let id = TeamId(row.id);
    let view = TeamView { id: row.id, name: row.name.clone(), member_ids: members(new.member_ids)? };
    team::insert(&tx, row).await.map_err(taken)?;
    team::set_members(&tx, id, &view.member_ids).await.map_err(unknown_member)?;
    let change = Change { before: None, after: Some(serde_json::json!(view)) };
    crate::audit::record(&tx, now, caller, "team.created", ("team", id.0), change).await?;
    tx.commit().await?;
    Ok(view)
}

/// Changes a team.
///
/// # Errors
/// `Forbidden`, `Invalid`, `NotFound`, `Conflict` (`name_taken`), `Store`.
pub async fn update(app: &App, caller: &Caller, id: TeamId, patch: TeamPatch) -> Result<TeamView> {
    caller.require(Permission::TeamManage)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let (row, member_ids) = team::get_for_write(&tx, id).await?.ok_or(Error::NotFound("team"))?;
    let before = TeamView { id: row.id, name: row.name, member_ids };
    let mut view = before.clone();
    if let Some(name) = patch.name {
        view.name = super::name("name", &name)?;
        team::rename(&tx, id, &view.name).await.map_err(taken)?;
    }
    if let Some(given) = patch.member_ids {
        view.member_ids = members(given)?;
        team::set_members(&tx, id, &view.member_ids).await.map_err(unknown_member)?;
    }
    let change = Change { before: Some(serde_json::json!(before)), after: Some(serde_json::json!(view)) };
    crate::audit::record(&tx, app.now(), caller, "team.updated", ("team", id.0), change).await?;
    tx.commit().await?;
    Ok(view)
}

/// Removes a team; its members stay users. A job takes the conversations it has from it.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn delete(app: &App, caller: &Caller, id: TeamId) -> Result<()> {
    caller.require(Permission::TeamManage)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let now = app.now();
    team::delete(&tx, id).await?;
    let release = Job::Release { user_id: None, team_id: Some(id) };
    rapport_store::job::enqueue(&tx, vec![release.row(now)], now).await?;
    crate::audit::record(&tx, now, caller, "team.deleted", ("team", id.0), Change::default()).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(())
}

fn members(given: BTreeSet<Uuid>) -> Result<Vec<Uuid>> {
    if given.len() > MAX_MEMBERS {
        return Err(Error::invalid("member_ids", format!("a team has at most {MAX_MEMBERS} members")));
    }
    Ok(given.into_iter().collect())
}

fn taken(error: rapport_store::Error) -> Error {
    if error.is_conflict() {
        return Error::conflict("name_taken", "another team has this name");
    }
    error.into()
}

fn unknown_member(error: rapport_store::Error) -> Error {
    match error {
        rapport_store::Error::NotFound(_) => Error::invalid("member_ids", "names a user who does not exist"),
        other => other.into(),
    }
}
