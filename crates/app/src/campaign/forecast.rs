//! What a campaign will take, before it begins: asked of the same forecast as every plan.

use super::{audience, one};
use crate::auth::{Caller, Permission};
use crate::cost::forecast::{self, Customers, ForecastView, Request};
use crate::error::Result;
use crate::state::App;
use rapport_core::CampaignId;

/// How many customers the audience has now, how long writing to them takes, in which batches, and what it will cost.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn forecast(app: &App, caller: &Caller, id: CampaignId) -> Result<ForecastView> {
    caller.require(Permission::CampaignManage)?;
    let row = one(app, caller, id).await?;
    let read = app.store.workspace(caller.workspace).read();
    let counted = audience::countries(&read, &row).await?;
    let customers = counted
        .into_iter()
        .map(|(country, count)| Customers { country, count: u32::try_from(count).unwrap_or(u32::MAX) })
        .collect();
    let at = row.scheduled_at.filter(|at| *at > app.now().0);
    let request = Request { channel_id: row.channel_id, category: row.category, customers: Some(customers), at };
    forecast::forecast(app, caller, request).await
}
