//! Calls to the provider, where the workspace limits them (`product.md` G4).
//!
//! Every call is counted before it is made, in one transaction that holds the account's send lane: the sender counts its
//! messages with their intents, everything else comes through [`run`]. What finds no call left is not made. Without limits
//! nothing is counted.

use super::Channel;
use super::view::row;
use crate::account::guard_policy::policy_of;
use crate::auth::{Caller, Permission};
use crate::error::Result;
use crate::state::App;
use rapport_connectors::http::{Failure, Request, Response};
use rapport_core::guard::rate::CallBudget;
use rapport_core::guard::{Policy, Priority};
use rapport_core::time::{DAY, MINUTE};
use rapport_core::{ChannelId, Ms, WorkspaceId};
use rapport_store::{Read, WriteTx, calls};
use serde::Serialize;
use utoipa::ToSchema;

/// How far back calls count: a day, and the minute that its first call may stand in. Milliseconds.
const SPAN_MS: i64 = DAY + MINUTE;

/// Makes a call, when one is left for what is so urgent.
pub(crate) async fn run(
    app: &App,
    channel: &Channel,
    priority: Priority,
    request: Request,
) -> std::result::Result<Response, Failure> {
    take(app, channel, priority).await?;
    app.http.run(request).await
}

/// Counts a call that is about to be made; `NotSent` when none is left for what is so urgent.
pub(crate) async fn take(app: &App, channel: &Channel, priority: Priority) -> std::result::Result<(), Failure> {
    match taken(app, channel, priority).await {
        Ok(None) => Ok(()),
        Ok(Some(at)) => Err(Failure::NotSent(used_up(at))),
        Err(error) => Err(Failure::NotSent(format!("the call could not be counted: {error}"))),
    }
}

/// Why a call is not made before `at`.
pub(crate) fn used_up(at: Ms) -> String {
    format!("the limit of calls that your sending rules set is used up until {at}")
}

/// Counts a call; else tells when there will be one.
pub(crate) async fn taken(app: &App, channel: &Channel, priority: Priority) -> Result<Option<Ms>> {
    let policy = policy(app, channel.workspace).await?;
    if policy.calls().is_none() {
        return Ok(None);
    }
    let now = app.now();
    let tx = app.store.workspace(channel.workspace).write().await?;
    let Some(budget) = held(&tx, &channel.portfolio_key, &policy, now).await? else { return Ok(None) };
    let at = budget.earliest_leaving(now, policy.calls_left(priority));
    if at > now {
        return Ok(Some(at));
    }
    calls::count(&tx, &channel.portfolio_key, 1, now).await?;
    tx.commit().await?;
    Ok(None)
}

async fn policy(app: &App, workspace: WorkspaceId) -> Result<Policy> {
    let found = rapport_store::workspace::get(&app.store.workspace(workspace).read()).await?;
    Ok(found.as_ref().map(policy_of).unwrap_or_default())
}

/// What is left of the account's calls, for who is about to count some; `None` without limits.
pub(crate) async fn held(tx: &WriteTx, account: &str, policy: &Policy, now: Ms) -> Result<Option<CallBudget>> {
    let Some(budget) = policy.calls() else { return Ok(None) };
    Ok(Some(budget.after(&calls::made_held(tx, account, now.plus(-SPAN_MS)).await?, now)))
}

/// The same for who only looks.
pub(crate) async fn left(read: &Read, account: &str, policy: &Policy, now: Ms) -> Result<Option<CallBudget>> {
    let Some(budget) = policy.calls() else { return Ok(None) };
    Ok(Some(budget.after(&calls::made(read, account, now.plus(-SPAN_MS)).await?, now)))
}

/// The account's calls to the provider's API, against the workspace's own limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Calls)]
pub struct CallsView {
    /// Calls in any hour; null = no such limit.
    #[schema(required)]
    pub per_hour: Option<u32>,
    /// Calls in any 24 hours; null = no such limit.
    #[schema(required)]
    pub per_day: Option<u32>,
    /// Those of the last hour; 0 without that limit.
    pub last_hour: u32,
    /// Those of the last 24 hours; 0 without that limit.
    pub last_day: u32,
    /// When an answer may go, milliseconds UTC; null = now.
    #[schema(required, value_type = Option<i64>)]
    pub replies_at: Option<Ms>,
    /// When a notice may; null = now.
    #[schema(required, value_type = Option<i64>)]
    pub notices_at: Option<Ms>,
    /// When promotion may; null = now.
    #[schema(required, value_type = Option<i64>)]
    pub promotion_at: Option<Ms>,
}

/// Tells how many calls were made, and what waits for want of them.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn read(app: &App, caller: &Caller, id: ChannelId) -> Result<CallsView> {
    caller.require(Permission::ChannelRead)?;
    let row = row(app, caller, id).await?;
    let (read, now) = (app.store.workspace(caller.workspace).read(), app.now());
    let policy = policy(app, caller.workspace).await?;
    let budget = left(&read, &row.portfolio_key, &policy, now).await?;
    let at = |priority| {
        let at = budget.as_ref().map(|budget| budget.earliest_leaving(now, policy.calls_left(priority)));
        at.filter(|at| *at > now)
    };
    let (last_hour, last_day) = budget.as_ref().map_or((0, 0), |budget| budget.used(now));
    let limit = |calls: u32| Some(calls).filter(|calls| *calls > 0);
    Ok(CallsView {
        per_hour: limit(policy.calls_per_hour),
        per_day: limit(policy.calls_per_day),
        last_hour,
        last_day,
        replies_at: at(Priority::Reply),
        notices_at: at(Priority::Service),
        promotion_at: at(Priority::Promotion),
    })
}
