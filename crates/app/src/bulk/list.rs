//! Looking how far changes are.

use super::{BulkView, NOUN};
use crate::account::Page;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_store::bulk;
use uuid::Uuid;

/// Changes to many conversations, the newest first.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller, before: Option<Uuid>, limit: u64) -> Result<Page<BulkView>> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let now = app.now();
    let page = Page::cut(bulk::page(&read, before, limit + 1).await?, limit, |row| row.id);
    Ok(page.map(|row| BulkView::of(row, now)))
}

/// One change.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<BulkView> {
    caller.require(Permission::InboxRead)?;
    let row = bulk::get(&app.store.workspace(caller.workspace).read(), id).await?.ok_or(Error::NotFound(NOUN))?;
    Ok(BulkView::of(row, app.now()))
}
