//! What messages cost: the rate card, reports, the monthly budget, and the cost beside what is shown.

mod budget;
pub mod forecast;
mod message;
mod rates;
mod report;
pub mod view;

pub use budget::{BudgetPatch, BudgetView, OnReachedWord};
pub use rates::{RateKey, RatePut, RateView};
pub use report::{CostGroup, CostQuery, CostReport, GroupWord};
pub use view::{CostSum, CostView};

pub(crate) use budget::{Standing, facts, standing};
pub use budget::{get as budget, set as set_budget};
pub(crate) use message::price;
pub use rates::{list as rates, put as put_rate, remove as remove_rate};
pub use report::report;

use crate::error::Result;
use rapport_core::cost::RateCard;
use rapport_core::{ContactId, ConversationId};
use rapport_store::cost::Cell;
use rapport_store::{Read, cost};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The workspace's rate card.
pub(crate) async fn card(read: &Read) -> Result<RateCard> {
    Ok(RateCard::over_starter(cost::rates(read).await?))
}

/// What conversations cost so far. Those without an arrived message are left out.
pub(crate) async fn of_conversations(read: &Read, ids: &[ConversationId]) -> Result<BTreeMap<Uuid, CostSum>> {
    sums(read, cost::of_conversations(read, ids).await?).await
}

/// What contacts cost so far. Those without an arrived message are left out.
pub(crate) async fn of_contacts(read: &Read, ids: &[ContactId]) -> Result<BTreeMap<Uuid, CostSum>> {
    sums(read, cost::of_contacts(read, ids).await?).await
}

async fn sums(read: &Read, found: BTreeMap<Uuid, Vec<Cell>>) -> Result<BTreeMap<Uuid, CostSum>> {
    if found.is_empty() {
        return Ok(BTreeMap::new());
    }
    let card = card(read).await?;
    Ok(found.into_iter().map(|(id, cells)| (id, CostSum::of(&card, &cells))).collect())
}
