//! Making, changing and removing quick replies.

use super::files::FileView;
use super::{AudienceWord, MOST, QuickReplyView, Reach, bodies, files, find, view};
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::Ms;
use rapport_core::reply::{self, Audience};
use rapport_store::WriteTx;
use rapport_store::quick_reply::{self, QuickReplyRow, Uses};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A reply to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuickReply {
    /// What is typed after the slash: 1 to 40 letters, digits, `-`, `_` or `.`; unique in the workspace.
    pub shortcut: String,
    /// What it is called in lists, 1 to 120 characters.
    pub title: String,
    /// What it says, by language tag; at least one, each at most 4096 characters.
    pub bodies: BTreeMap<String, String>,
    /// Uploaded files that go with it, at most 5.
    #[serde(default)]
    pub files: Vec<Uuid>,
    /// Who may use it; left out = its author alone.
    #[serde(default)]
    pub audience: AudienceWord,
    /// The team, for a team's reply.
    pub team_id: Option<Uuid>,
}

/// What may be changed about a reply; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuickReplyPatch {
    /// What is typed after the slash.
    pub shortcut: Option<String>,
    /// What it is called in lists.
    pub title: Option<String>,
    /// Everything it says from now on.
    pub bodies: Option<BTreeMap<String, String>>,
    /// Every file that goes with it from now on.
    pub files: Option<Vec<Uuid>>,
    /// Who may use it.
    pub audience: Option<AudienceWord>,
    /// The team, together with `audience`.
    pub team_id: Option<Uuid>,
}

/// A reply whose values were checked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Checked {
    pub shortcut: String,
    pub title: String,
    pub bodies: BTreeMap<String, String>,
}

/// A short code that was given.
pub(super) fn shortcut(given: &str) -> Result<String> {
    reply::shortcut(given).ok_or_else(|| {
        Error::invalid("shortcut", format!("must have 1 to {} letters, digits, - _ or .", reply::SHORTCUT))
    })
}

/// A title that was given.
pub(super) fn title(given: &str) -> Result<String> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > reply::TITLE || given.chars().any(char::is_control) {
        return Err(Error::invalid("title", format!("must have 1 to {} characters on one line", reply::TITLE)));
    }
    Ok(given.to_owned())
}

/// Texts by language that were given; languages left empty are left out.
pub(super) fn texts(given: BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let mut kept = BTreeMap::new();
    for (tag, body) in given {
        let body = body.trim();
        if body.is_empty() {
            continue;
        }
        let language = reply::language(&tag)
            .ok_or_else(|| Error::invalid(format!("bodies.{tag}"), "is not a language such as en or pt-BR"))?;
        if body.encode_utf16().count() > reply::BODY {
            return Err(Error::invalid(
                format!("bodies.{tag}"),
                format!("must have at most {} characters", reply::BODY),
            ));
        }
        kept.insert(language, body.to_owned());
    }
    if kept.is_empty() || kept.len() > reply::LANGUAGES {
        return Err(Error::invalid("bodies", format!("must hold 1 to {} languages", reply::LANGUAGES)));
    }
    Ok(kept)
}

pub(super) fn taken(error: rapport_store::Error) -> Error {
    if error.is_conflict() {
        return Error::conflict("shortcut_taken", "another quick reply of this workspace has this short code");
    }
    error.into()
}

async fn team_exists(tx: &WriteTx, audience: Audience, owner: Option<Uuid>) -> Result<()> {
    let (Audience::Team, Some(team)) = (audience, owner) else { return Ok(()) };
    let found = rapport_store::team::get_for_write(tx, team.into()).await?;
    found.map(|_| ()).ok_or_else(|| Error::invalid("team_id", "names a team that does not exist"))
}

/// Makes a reply.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Conflict` (`shortcut_taken`), `Refused` (`too_many`), `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewQuickReply) -> Result<QuickReplyView> {
    caller.require(Permission::InboxWrite)?;
    let scope = app.store.workspace(caller.workspace);
    let reach = Reach::of(&scope.read(), caller).await?;
    let checked = Checked { shortcut: shortcut(&new.shortcut)?, title: title(&new.title)?, bodies: texts(new.bodies)? };
    let audience = Audience::from(new.audience);
    let owner = reach.owner(audience, new.team_id)?;
    let now = app.now();
    let tx = scope.write().await?;
    team_exists(&tx, audience, owner).await?;
    let row = insert(&tx, caller, checked, (audience, owner), now).await?;
    let files = files::put(&tx, row.id, &new.files, now).await?;
    tx.commit().await?;
    Ok(view(row, files, &reach, Uses::default()))
}

/// Stores a new reply, without committing.
pub(super) async fn insert(
    tx: &WriteTx,
    caller: &Caller,
    checked: Checked,
    (audience, owner): (Audience, Option<Uuid>),
    now: Ms,
) -> Result<QuickReplyRow> {
    if quick_reply::count(tx).await? >= MOST as u64 {
        return Err(Error::refused("too_many", format!("A workspace has at most {MOST} quick replies.")));
    }
    let row = QuickReplyRow {
        workspace_id: caller.workspace.0,
        id: tx.new_id(now),
        shortcut: checked.shortcut,
        title: checked.title,
        bodies: json!(checked.bodies),
        audience: audience.code().to_owned(),
        owner_id: owner,
        created_by: caller.actor_id(),
        created_at: now.0,
        updated_at: now.0,
    };
    quick_reply::insert(tx, row.clone()).await.map_err(taken)?;
    let change = Change { before: None, after: Some(told(&row)) };
    crate::audit::record(tx, now, caller, "quick_reply.created", ("quick_reply", row.id), change).await?;
    Ok(row)
}

/// Changes a reply.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Conflict` (`shortcut_taken`), `Store`.
pub async fn update(app: &App, caller: &Caller, id: Uuid, patch: QuickReplyPatch) -> Result<QuickReplyView> {
    caller.require(Permission::InboxWrite)?;
    let scope = app.store.workspace(caller.workspace);
    let reach = Reach::of(&scope.read(), caller).await?;
    let held = find::of_reply(&scope.read(), id).await?;
    let now = app.now();
    let tx = scope.write().await?;
    let before = changeable(&tx, &reach, id).await?;
    let mut row = before.clone();
    if let Some(given) = &patch.shortcut {
        row.shortcut = shortcut(given)?;
    }
    if let Some(given) = &patch.title {
        row.title = title(given)?;
    }
    if let Some(given) = patch.bodies {
        row.bodies = json!(texts(given)?);
    }
    match (patch.audience, patch.team_id) {
        (Some(word), team) => {
            let audience = Audience::from(word);
            row.owner_id = reach.owner(audience, team)?;
            team_exists(&tx, audience, row.owner_id).await?;
            audience.code().clone_into(&mut row.audience);
        }
        (None, Some(_)) => return Err(Error::invalid("team_id", "is given together with audience")),
        (None, None) => {}
    }
    write(&tx, caller, &before, row.clone(), now).await?;
    if let Some(given) = &patch.files {
        let ids = |files: &[FileView]| json!({ "files": files.iter().map(|file| file.media_id).collect::<Vec<_>>() });
        let put = files::put(&tx, id, given, now).await?;
        let change = Change { before: Some(ids(&held)), after: Some(ids(&put)) };
        crate::audit::record(&tx, now, caller, "quick_reply.files", ("quick_reply", id), change).await?;
    }
    tx.commit().await?;
    let files = find::of_reply(&scope.read(), id).await?;
    let uses = quick_reply::uses_of(&scope.read(), reach.user_id(), id).await?;
    Ok(view(QuickReplyRow { updated_at: now.0, ..row }, files, &reach, uses))
}

/// Stores a changed reply, without committing.
pub(super) async fn write(
    tx: &WriteTx,
    caller: &Caller,
    before: &QuickReplyRow,
    mut row: QuickReplyRow,
    now: Ms,
) -> Result<()> {
    row.updated_at = now.0;
    let (id, after) = (row.id, told(&row));
    quick_reply::update(tx, row).await.map_err(taken)?;
    let change = Change { before: Some(told(before)), after: Some(after) };
    crate::audit::record(tx, now, caller, "quick_reply.updated", ("quick_reply", id), change).await
}

/// A reply that the caller may change: one that they do not even see is not there for them.
async fn changeable(tx: &WriteTx, reach: &Reach, id: Uuid) -> Result<QuickReplyRow> {
    let row = quick_reply::get_for_write(tx, id).await?.filter(|row| reach.sees(row));
    let row = row.ok_or(Error::NotFound("quick reply"))?;
    if reach.may_change(Audience::parse(&row.audience), row.owner_id) {
        return Ok(row);
    }
    Err(Error::Forbidden("this quick reply is changed by whoever leads agents".to_owned()))
}

/// Removes a reply.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn delete(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::InboxWrite)?;
    let scope = app.store.workspace(caller.workspace);
    let reach = Reach::of(&scope.read(), caller).await?;
    let tx = scope.write().await?;
    let row = changeable(&tx, &reach, id).await?;
    quick_reply::delete(&tx, id).await?;
    let change = Change { before: Some(told(&row)), after: None };
    crate::audit::record(&tx, app.now(), caller, "quick_reply.deleted", ("quick_reply", id), change).await?;
    tx.commit().await?;
    Ok(())
}

/// What the audit log keeps of a reply.
fn told(row: &QuickReplyRow) -> serde_json::Value {
    json!({ "shortcut": row.shortcut, "title": row.title, "bodies": bodies(row), "audience": row.audience, "owner_id": row.owner_id })
}
