//! What rules did, and what they did not do and why.

use super::view::RunView;
use crate::account::Page;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::{ContactId, ConversationId};
use rapport_store::Read;
use rapport_store::rule::{self, RunFilter, RunRow};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which runs are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RunQuery {
    /// Of one rule.
    pub rule_id: Option<Uuid>,
    /// For one contact.
    pub contact_id: Option<Uuid>,
    /// In one conversation.
    pub conversation_id: Option<Uuid>,
    /// In one state: `acting`, `waiting`, `done`, `ended`, `skipped`.
    pub state: Option<String>,
}

/// Runs, newest first. Of those that did not begin the last one for each rule and contact is kept.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    query: RunQuery,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<RunView>> {
    caller.require(Permission::RuleRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let filter = RunFilter {
        contact: query.contact_id.map(ContactId),
        conversation: query.conversation_id.map(ConversationId),
        rule: query.rule_id,
        state: query.state,
    };
    let rows = rule::runs(&read, &filter, before, limit + 1).await?;
    let page = Page::cut(rows, limit, |row| row.id);
    Ok(Page { items: views(&read, page.items).await?, next: page.next })
}

/// One run.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<RunView> {
    caller.require(Permission::RuleRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rule::run(&read, id).await?.ok_or(Error::NotFound("run"))?;
    views(&read, vec![row]).await?.pop().ok_or(Error::NotFound("run"))
}

async fn views(read: &Read, rows: Vec<RunRow>) -> Result<Vec<RunView>> {
    let contacts: Vec<Uuid> = rows.iter().map(|row| row.contact_id).collect();
    let names = rule::names(read, &contacts).await?;
    let name = |row: &RunRow| names.get(&row.contact_id).cloned().unwrap_or_default();
    Ok(rows.into_iter().map(|row| (name(&row), row)).map(|(name, row)| RunView::of(row, name)).collect())
}
