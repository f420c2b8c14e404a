//! The workspace's words for what conversations were about.

use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_store::closing::{self, CategoryRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Most categories that are offered at a time.
const MOST: u64 = 100;

/// A word for what a conversation was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ClosingCategory)]
pub struct CategoryView {
    /// The category.
    pub id: Uuid,
    /// Its name, unique among those that are offered.
    pub name: String,
    /// Its place in the list, from 0.
    pub position: i32,
    /// Whether it is no longer offered; what it was chosen for keeps it.
    pub archived: bool,
}

impl From<CategoryRow> for CategoryView {
    fn from(row: CategoryRow) -> Self {
        Self { id: row.id, name: row.name, position: row.position, archived: row.archived_at.is_some() }
    }
}

/// A category to be added.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClosingCategory {
    /// Its name.
    pub name: String,
}

/// What may be changed about a category; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosingCategoryPatch {
    /// Its name.
    pub name: Option<String>,
    /// Its place in the list, 0 to 1,000.
    pub position: Option<i32>,
    /// Whether it is no longer offered.
    pub archived: Option<bool>,
}

/// The categories in their order.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller, archived: bool) -> Result<Vec<CategoryView>> {
    caller.require(Permission::InboxRead)?;
    let rows = closing::categories(&app.store.workspace(caller.workspace).read(), archived).await?;
    Ok(rows.into_iter().map(CategoryView::from).collect())
}

/// Adds a category at the end.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Conflict` (`name_taken`), `Refused` (`too_many`), `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewClosingCategory) -> Result<CategoryView> {
    caller.require(Permission::TeamManage)?;
    let name = crate::account::name("name", &new.name)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let count = closing::count_categories(&tx).await?;
    if count >= MOST {
        return Err(Error::refused("too_many", format!("There are {MOST} categories already; put one away first.")));
    }
    let row = CategoryRow {
        workspace_id: caller.workspace.0,
        id: tx.new_id(now),
        name,
        position: i32::try_from(count).unwrap_or(i32::MAX),
        archived_at: None,
        created_at: now.0,
    };
    let view = CategoryView::from(row.clone());
    closing::insert_category(&tx, row).await.map_err(taken)?;
    let change = Change { before: None, after: Some(json!(view)) };
    crate::audit::record(&tx, now, caller, "closing_category.created", ("closing_category", view.id), change).await?;
    tx.commit().await?;
    Ok(view)
}

/// Changes a category.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Conflict` (`name_taken`), `Store`.
pub async fn update(app: &App, caller: &Caller, id: Uuid, patch: ClosingCategoryPatch) -> Result<CategoryView> {
    caller.require(Permission::TeamManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = closing::category_for_write(&tx, id).await?.ok_or(Error::NotFound("closing category"))?;
    let before = CategoryView::from(row.clone());
    if let Some(name) = patch.name {
        row.name = crate::account::name("name", &name)?;
    }
    if let Some(position) = patch.position {
        if !(0..=1_000).contains(&position) {
            return Err(Error::invalid("position", "must be 0 to 1000"));
        }
        row.position = position;
    }
    if let Some(archived) = patch.archived {
        row.archived_at = archived.then_some(row.archived_at.unwrap_or(now.0));
    }
    let after = CategoryView::from(row.clone());
    closing::update_category(&tx, row).await.map_err(taken)?;
    let change = Change { before: Some(json!(before)), after: Some(json!(after)) };
    crate::audit::record(&tx, now, caller, "closing_category.updated", ("closing_category", id), change).await?;
    tx.commit().await?;
    Ok(after)
}

fn taken(error: rapport_store::Error) -> Error {
    if error.is_conflict() {
        return Error::conflict("name_taken", "another category has this name");
    }
    error.into()
}
