//! How far a number's messaging limit is used, how near the next one is, and what holds it back (`product.md` C4).

use super::view::row;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::provider::Feature;
use rapport_core::tier::{Hold, days, next};
use rapport_core::time::DAY;
use rapport_core::{ChannelId, ContactId};
use rapport_store::reach;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The messaging limit of a number's account, which all of its numbers share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Tier)]
pub struct TierView {
    /// Whether the provider has told the limit; until then the guard keeps to its `unknown_tier`.
    pub known: bool,
    /// Customers the business may write to first in 24 hours; null = unlimited or not told.
    #[schema(required)]
    pub limit: Option<i64>,
    /// Those it wrote to first in the last 24 hours.
    pub used: i64,
    /// The next level; null where nothing limits it, and where the limit is not known.
    #[schema(required)]
    pub next: Option<NextTier>,
}

/// The next messaging limit, and the way there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NextTier {
    /// Customers in 24 hours; null = no limit any more.
    #[schema(required)]
    pub limit: Option<i64>,
    /// Over how many days WhatsApp looks.
    pub days: i64,
    /// Customers the business wrote to first in these days.
    pub reached: i64,
    /// Customers it takes.
    pub needed: i64,
    /// What holds it back: `quality`, `volume`, `verification`; empty: it comes by itself within hours.
    pub holds: Vec<&'static str>,
}

/// Tells how far the limit is used and what comes next.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` `not_offered_by_provider` where the provider tells no limits, `Store`.
pub async fn read(app: &App, caller: &Caller, id: ChannelId) -> Result<TierView> {
    caller.require(Permission::ChannelRead)?;
    let row = row(app, caller, id).await?;
    let channel = app.channels.get(id).await?.ok_or(Error::NotFound("channel"))?;
    channel.offers(Feature::Quality)?;
    let (read, now) = (app.store.workspace(caller.workspace).read(), app.now());
    // Nobody in particular is looked for among them.
    let nobody = ContactId(Uuid::nil());
    let used = reach::first_messages(&read, &row.portfolio_key, nobody, now.plus(-DAY)).await?.customers;
    let next = match row.tier_limit.map(|limit| (limit, days(limit))) {
        None => None,
        Some((limit, days)) => {
            let after = now.plus(-days * DAY);
            let reached = reach::first_messages(&read, &row.portfolio_key, nobody, after).await?.customers;
            next(limit, reached, &row.quality).map(|next| NextTier {
                limit: next.limit,
                days,
                reached,
                needed: next.needed,
                holds: next.holds.into_iter().map(Hold::code).collect(),
            })
        }
    };
    let limit = row.tier_limit.filter(|limit| *limit < i64::MAX);
    Ok(TierView { known: row.tier_limit.is_some(), limit, used, next })
}
