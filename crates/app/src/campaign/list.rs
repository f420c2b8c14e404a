//! Campaigns and their recipients, for whoever looks at them.

use super::one;
use super::view::{CampaignView, Place, RecipientView, recipient, view};
use crate::account::Page;
use crate::auth::{Caller, Permission};
use crate::cost::{CostSum, card};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::CampaignId;
use rapport_core::campaign::Status;
use rapport_store::campaign::{self, CampaignRow, RecipientFilter, SKIPPED, WAITING};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which campaigns are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CampaignFilter {
    /// Only those with this status: `draft`, `scheduled`, `running`, `paused`, `finished`, `cancelled`.
    pub status: Option<String>,
}

/// Campaigns with their counts, newest first.
///
/// # Errors
/// `Forbidden`, `Invalid` (`status`), `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: CampaignFilter,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<CampaignView>> {
    caller.require(Permission::CampaignManage)?;
    let parse = |word: String| {
        let known = Status::ALL.map(Status::code).join(", ");
        Status::parse(&word).ok_or_else(|| Error::invalid("status", format!("must be one of {known}")))
    };
    let status = filter.status.map(parse).transpose()?;
    let read = app.store.workspace(caller.workspace).read();
    let page = Page::cut(campaign::list(&read, status, before, limit + 1).await?, limit, |row: &CampaignRow| row.id);
    let counted = app.counts.of(&read, &page.items, app.now()).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let progress = counted.get(&row.id);
        items.push(view(row, progress)?);
    }
    Ok(Page { items, next: page.next })
}

/// One campaign with its counts and, for those who may see it, its cost.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: CampaignId) -> Result<CampaignView> {
    caller.require(Permission::CampaignManage)?;
    let row = one(app, caller, id).await?;
    let read = app.store.workspace(caller.workspace).read();
    let counted = app.counts.fresh(&read, &row, app.now()).await?;
    let mut found = view(row, Some(&counted))?;
    if caller.permissions.has(Permission::CostRead) {
        let cells = campaign::arrived(&read, id).await?;
        found.cost = Some(CostSum::of(&card(&read).await?, &cells));
    }
    Ok(found)
}

/// Which recipients are wanted.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecipientsWanted {
    /// Only those who have come this far.
    #[param(inline)]
    pub state: Option<Place>,
}

/// Recipients with how far each has come and, where it has not arrived, why.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn recipients(
    app: &App,
    caller: &Caller,
    id: CampaignId,
    wanted: RecipientsWanted,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Page<RecipientView>> {
    caller.require(Permission::CampaignManage)?;
    one(app, caller, id).await?;
    let filter = match wanted.state {
        None => RecipientFilter::Any,
        Some(Place::Waiting) => RecipientFilter::State(WAITING),
        Some(Place::Skipped) => RecipientFilter::State(SKIPPED),
        Some(place) => RecipientFilter::Message(place.statuses()),
    };
    let read = app.store.workspace(caller.workspace).read();
    let rows = campaign::page(&read, id, &filter, after, limit + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.contact).map(recipient))
}
