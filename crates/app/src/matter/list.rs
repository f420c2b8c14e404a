//! Deals and cases, listed and read.

use super::noun;
use super::view::{MatterView, view};
use crate::account::Page;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::matter::{Object, Status};
use rapport_store::connection;
use rapport_store::matter::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which deals or cases are listed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MatterFilter {
    /// Of this customer.
    pub contact_id: Option<Uuid>,
    /// Made in this conversation.
    pub conversation_id: Option<Uuid>,
    /// `open`, `won` or `lost` for deals, `open` or `closed` for cases.
    pub status: Option<String>,
}

/// A page, newest first; `before` is the last id of the page before.
///
/// # Errors
/// `Forbidden`, `Invalid` (`status`), `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    object: Object,
    filter: MatterFilter,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<MatterView>> {
    caller.require(Permission::ContactRead)?;
    let status = match filter.status {
        Some(word) if Status::parse(object, &word).is_none() => {
            return Err(Error::invalid("status", format!("is no status of a {}", noun(object))));
        }
        other => other,
    };
    let read = app.store.workspace(caller.workspace).read();
    let filter = Filter {
        object: Some(object.code()),
        contact: filter.contact_id.map(Into::into),
        conversation: filter.conversation_id.map(Into::into),
        status,
    };
    let rows = matter::page(&read, &filter, before, limit + 1).await?;
    let connections = connection::list(&read).await?;
    Ok(Page::cut(rows, limit, |row| row.id).map(|row| view(row, &connections)))
}

/// One deal or case.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, object: Object, id: Uuid) -> Result<MatterView> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = matter::get(&read, id).await?.filter(|row| row.object == object.code());
    let row = row.ok_or(Error::NotFound(noun(object)))?;
    let connections = connection::list(&read).await?;
    Ok(view(row, &connections))
}
