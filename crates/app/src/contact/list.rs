//! The list of contacts, and one of them.

use super::NOUN;
use super::view::{ContactView, views};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::ContactId;
use rapport_store::query::contact_list::{self, After, Sort};
use rapport_store::query::contact_page;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactOrder {
    /// Changed last first.
    #[default]
    Updated,
    /// By name.
    Name,
    /// Known last first.
    Created,
}

/// Which contacts, in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContactFilter {
    /// Only those whose name, number or e-mail address contains this.
    pub q: Option<String>,
    /// Only those that carry this tag.
    pub tag_id: Option<Uuid>,
    /// In which order; left out = updated.
    #[serde(default)]
    #[param(inline)]
    pub sort: ContactOrder,
}

/// A page of contacts and where the next one begins.
///
/// # Errors
/// `Forbidden`, `Invalid` when the cursor is of another order, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: ContactFilter,
    after: Option<After>,
    limit: u64,
) -> Result<(Vec<ContactView>, Option<After>)> {
    caller.require(Permission::ContactRead)?;
    let sort = match filter.sort {
        ContactOrder::Updated => Sort::Updated,
        ContactOrder::Name => Sort::Name,
        ContactOrder::Created => Sort::Created,
    };
    let fits = match &after {
        None => true,
        Some(After::Updated(..)) => sort == Sort::Updated,
        Some(After::Name(..)) => sort == Sort::Name,
        Some(After::Created(..)) => sort == Sort::Created,
    };
    if !fits {
        return Err(Error::invalid("cursor", "is not one of this order"));
    }
    let read = app.store.workspace(caller.workspace).read();
    let among = match filter.q.as_deref().filter(|q| !q.trim().is_empty()) {
        Some(q) => Some(crate::search::lists::contacts(&read, q).await?),
        None => None,
    };
    let mut rows = contact_list::page(&read, among.as_deref(), filter.tag_id, sort, after.as_ref(), limit + 1).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().filter(|_| more).map(|row| contact_list::after(row, sort));
    let rows = rows.into_iter().map(|row| row.contact).collect();
    Ok((views(&read, rows, app.now()).await?, next))
}

/// One contact. One that became part of another is not found.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: ContactId) -> Result<ContactView> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = contact_page::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    views(&read, vec![row], app.now()).await?.pop().ok_or(Error::NotFound(NOUN))
}
