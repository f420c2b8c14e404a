//! Tags: the workspace's words for contacts.

pub mod give;
pub mod merge;

use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::words::given;
use crate::state::App;
use rapport_core::Ms;
use rapport_core::contact::{TAG_COLORS, TAGS_OF_WORKSPACE, tag_color, tag_key};
use rapport_core::inbox::FeedEvent;
use rapport_store::WriteTx;
use rapport_store::tag::{self, TagRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is not found.
const NOUN: &str = "tag";
/// Longest description, in characters.
const DESCRIPTION: usize = 500;

/// A word that contacts are marked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Tag)]
pub struct TagView {
    /// The tag.
    pub id: Uuid,
    /// Its name, unique in the workspace whatever its capitals.
    pub name: String,
    /// Its place in the palette of eight.
    pub color: u8,
    /// What it means.
    pub description: Option<String>,
    /// Whether it is no longer offered; who carries it keeps it.
    pub archived: bool,
    /// When it was made, milliseconds UTC.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

/// A tag beside what carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TagMark)]
pub struct TagMark {
    /// The tag.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its place in the palette of eight.
    pub color: u8,
}

/// Where a tag is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct TagUses {
    /// Contacts that carry it.
    pub contacts: u64,
    /// Campaigns for it that are not over.
    pub campaigns: u64,
    /// Saved views that show only its conversations, other people's too.
    pub views: u64,
    /// Macros that give it or take it away, other people's too.
    pub macros: u64,
}

/// A tag to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTag {
    /// Its name, 1 to 100 characters.
    pub name: String,
    /// Its place in the palette of eight; left out = one that goes by the name.
    pub color: Option<u8>,
    /// What it means, at most 500 characters.
    pub description: Option<String>,
}

/// What may be changed about a tag; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagPatch {
    /// Its name. Whatever names the tag names it so from then on.
    pub name: Option<String>,
    /// Its place in the palette of eight.
    pub color: Option<u8>,
    /// What it means; null = nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    /// Whether it is no longer offered.
    pub archived: Option<bool>,
}

impl From<TagRow> for TagView {
    fn from(row: TagRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            color: place(row.color),
            description: row.description,
            archived: row.archived_at.is_some(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<TagRow> for TagMark {
    fn from(row: TagRow) -> Self {
        Self { id: row.id, name: row.name, color: place(row.color) }
    }
}

fn place(color: i16) -> u8 {
    u8::try_from(color).unwrap_or(0)
}

/// The catalogue by name.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller, archived: bool) -> Result<Vec<TagView>> {
    caller.require(Permission::ContactRead)?;
    let rows = tag::list(&app.store.workspace(caller.workspace).read(), archived).await?;
    Ok(rows.into_iter().map(TagView::from).collect())
}

/// Where a tag is used, to be told before it is removed.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn uses(app: &App, caller: &Caller, id: Uuid) -> Result<TagUses> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = tag::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    Ok(TagUses {
        contacts: tag::carriers(&read, id).await?,
        campaigns: tag::campaigns(&read, &row.name_key).await?,
        views: tag::views(&read, id).await?,
        macros: tag::macros(&read, id).await?,
    })
}

/// Makes a tag.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Conflict` (`name_taken`), `Refused` (`too_many`), `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewTag) -> Result<TagView> {
    caller.require(Permission::TeamManage)?;
    let (name, key) = named(&new.name)?;
    let color = new.color.map_or_else(|| Ok(tag_color(&key)), color)?;
    let description = described(new.description)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    room(&tx, 1).await?;
    let row = TagRow {
        workspace_id: caller.workspace.0,
        id: tx.new_id(now),
        name,
        name_key: key,
        color,
        description,
        archived_at: None,
        merged_into: None,
        created_at: now.0,
        updated_at: now.0,
    };
    let made = TagView::from(row.clone());
    tag::insert(&tx, row).await.map_err(taken)?;
    let change = Change { before: None, after: Some(json!(made)) };
    written(app, tx, caller, ("tag.created", made.id), change, now).await?;
    Ok(made)
}

/// Changes a tag; a new name is its name everywhere at once.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Conflict` (`name_taken`), `Store`.
pub async fn update(app: &App, caller: &Caller, id: Uuid, patch: TagPatch) -> Result<TagView> {
    caller.require(Permission::TeamManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = tag::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    let (before, key) = (TagView::from(row.clone()), row.name_key.clone());
    if let Some(name) = patch.name {
        (row.name, row.name_key) = named(&name)?;
    }
    if let Some(place) = patch.color {
        row.color = color(place)?;
    }
    if let Some(description) = patch.description {
        row.description = described(description)?;
    }
    if let Some(archived) = patch.archived {
        row.archived_at = archived.then_some(row.archived_at.unwrap_or(now.0));
    }
    row.updated_at = now.0;
    let after = TagView::from(row.clone());
    if after.name != before.name {
        tag::rename(&tx, &key, &after.name).await?;
    }
    tag::update(&tx, row).await.map_err(taken)?;
    let change = Change { before: Some(json!(before)), after: Some(json!(after)) };
    written(app, tx, caller, ("tag.updated", id), change, now).await?;
    Ok(after)
}

/// A name that was given, and how it is compared.
fn named(given: &str) -> Result<(String, String)> {
    let name = crate::account::name("name", given)?;
    let key = tag_key(&name);
    if key.is_empty() || name.contains([',', ';', '،']) {
        return Err(Error::invalid("name", "must have something to read, and no comma or semicolon"));
    }
    Ok((name, key))
}

fn color(place: u8) -> Result<i16> {
    let place = i16::from(place);
    if place < TAG_COLORS { Ok(place) } else { Err(Error::invalid("color", "must be 0 to 7")) }
}

fn described(given: Option<String>) -> Result<Option<String>> {
    let text = given.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION) {
        return Err(Error::invalid("description", format!("must have at most {DESCRIPTION} characters")));
    }
    Ok(text)
}

/// Refuses what the catalogue has no room for.
async fn room(tx: &WriteTx, more: usize) -> Result<()> {
    let known = usize::try_from(tag::count(tx).await?).unwrap_or(usize::MAX);
    if known.saturating_add(more) > TAGS_OF_WORKSPACE {
        let detail =
            format!("There are {known} tags already, of {TAGS_OF_WORKSPACE} at most; merge or remove some first.");
        return Err(Error::refused("too_many", detail));
    }
    Ok(())
}

fn taken(error: rapport_store::Error) -> Error {
    if error.is_conflict() {
        return Error::conflict("name_taken", "another tag has this name");
    }
    error.into()
}

/// Notes a change of the catalogue, tells the screens, and commits.
async fn written(
    app: &App,
    tx: WriteTx,
    caller: &Caller,
    (action, id): (&str, Uuid),
    change: Change,
    now: Ms,
) -> Result<()> {
    crate::audit::record(&tx, now, caller, action, (NOUN, id), change).await?;
    let told = FeedEvent {
        kind: "tags.updated",
        at: now,
        conversation_id: None,
        contact_id: None,
        message_id: None,
        data: json!({}),
    };
    rapport_store::feed::append(&tx, &[told]).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(())
}
