//! Over which channel a message goes: the one place where that is decided.
//!
//! Only what is queued can change its way, in the transaction of the lane's owner. What is in flight or has an unknown
//! end stays: the provider may have it, and nobody gets a message twice.

use super::crossing::{Crossing, objection};
use crate::account::guard_policy::Rules;
use crate::channel::Channel;
use crate::error::Result;
use crate::route::Keeper;
use crate::state::App;
use rapport_core::Ms;
use rapport_core::channel::ChannelStatus;
use rapport_core::guard::RouteWait;
use rapport_core::route::Step;
use rapport_store::Read;
use rapport_store::outgoing::Outgoing;
use rapport_store::send::{Berth, Due};
use std::sync::Arc;

/// Time before what came back from the standby is judged again. Milliseconds.
const BACK_MS: i64 = 5_000;

/// What is to be done with a message that is due.
pub(super) enum Way {
    /// It is judged and goes over the channel it waits at; with what is different there, when that is not its own.
    Here(Option<Crossing>),
    /// It waits at another channel from now on.
    Over(Berth),
    /// Its channel does not answer and the standby would not take it.
    Wait(RouteWait),
}

/// Decides about one message.
pub(super) async fn choose(
    app: &App,
    keeper: &mut Keeper,
    read: &Read,
    rules: &Rules,
    due: &Due,
    (channel, out): (&Arc<Channel>, &Outgoing),
) -> Result<Way> {
    match due.home {
        Some(home) => stay_or_return(app, keeper, read, rules, due, (home, channel)).await,
        None => go_or_stay(app, keeper, read, rules, due, (channel, out)).await,
    }
}

/// A message at its own channel.
async fn go_or_stay(
    app: &App,
    keeper: &Keeper,
    read: &Read,
    rules: &Rules,
    due: &Due,
    (channel, out): (&Arc<Channel>, &Outgoing),
) -> Result<Way> {
    let standing = keeper.standing(channel.id);
    let away = standing.and_then(|standing| Some((standing, standing.leads_to()?)));
    // A person who pauses a channel wants nothing to be sent from it, whichever way.
    let Some((standing, to)) = away.filter(|_| channel.status != ChannelStatus::Paused) else {
        return Ok(Way::Here(None));
    };
    let standby = app.channels.get(to).await?.filter(|standby| standby.workspace == channel.workspace);
    let why = match &standby {
        None => Some("channel_active"),
        Some(standby) => objection(read, rules, channel.clone(), standby, (due.message, out), app.now()).await?,
    };
    Ok(match (standing.step(why.is_none()), standby) {
        (Step::Over(_), Some(standby)) => Way::Over(Berth {
            channel: standby.id,
            portfolio_key: standby.portfolio_key.clone(),
            home: Some(channel.id),
            run_at: app.now(),
        }),
        (Step::Wait(until), _) => Way::Wait(RouteWait { why: why.unwrap_or("guard").to_owned(), until }),
        (Step::Here | Step::Over(_), _) => Way::Here(None),
    })
}

/// A message at the standby.
async fn stay_or_return(
    app: &App,
    keeper: &mut Keeper,
    read: &Read,
    rules: &Rules,
    due: &Due,
    (home, channel): (rapport_core::ChannelId, &Arc<Channel>),
) -> Result<Way> {
    let standing = keeper.standing_of(read, home, channel.id).await?;
    // A channel that was removed has no way of its own any more: it is judged where it is.
    let Some(own) = app.channels.get(home).await?.filter(|own| own.workspace == due.workspace) else {
        return Ok(Way::Here(None));
    };
    // Nothing is sent from a channel that a person pauses, also not what has left it already.
    if own.status != ChannelStatus::Paused && standing.is_some_and(|now| now.keeps(channel.id)) {
        return Ok(Way::Here(Some(Crossing::of(read, rules, own, channel, due.contact).await?)));
    }
    Ok(Way::Over(back(&own, app.now())))
}

/// The way home.
pub(super) fn back(home: &Channel, now: Ms) -> Berth {
    Berth { channel: home.id, portfolio_key: home.portfolio_key.clone(), home: None, run_at: now }
}

/// The way home of a message that the standby did not take after all; it is judged again a little later.
pub(super) fn refused(home: &Channel, now: Ms) -> Berth {
    Berth { run_at: now.plus(BACK_MS), ..back(home, now) }
}
