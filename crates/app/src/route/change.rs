//! Choosing a standby, and switching by hand.

use super::view::{self, RouteView};
use super::{alert, state};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::channel::view as channels;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::route::{Settings, Side};
use rapport_core::time::SECOND;
use rapport_core::{ChannelId, Ms};
use rapport_store::WriteTx;
use rapport_store::route::{self as rows, RouteRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What may be asked of "too slow", ms.
const SLOW_MS: std::ops::RangeInclusive<i64> = 200..=30_000;
/// Seconds between two probes while all is well.
const EVERY_S: std::ops::RangeInclusive<i64> = 60..=86_400;
/// Seconds between two probes while something is wrong.
const SOON_S: std::ops::RangeInclusive<i64> = 2..=600;

/// The standby of a channel, and when it is used. What is left out is the usual.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteSettings {
    /// The channel messages may go over instead; null = none.
    #[schema(required)]
    pub standby_channel_id: Option<Uuid>,
    /// An answer that takes longer counts as bad, 200 to 30000 ms. Usually 1500.
    pub slow_ms: Option<i64>,
    /// Seconds between two probes while all is well, 60 to 86400. Usually 3600.
    pub probe_every_seconds: Option<i64>,
    /// Seconds between two probes while something is wrong, 2 to 600. Usually 60.
    pub probe_suspicious_seconds: Option<i64>,
}

/// Switches by hand.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteSwitch {
    /// Over which messages go from now on. `standby` stays until somebody switches back; after `primary` it switches
    /// by itself again.
    pub to: RouteSide,
}

/// The two routes of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RouteSide {
    /// The channel itself.
    Primary,
    /// The other channel.
    Standby,
}

impl From<RouteSide> for Side {
    fn from(side: RouteSide) -> Self {
        match side {
            RouteSide::Primary => Self::Primary,
            RouteSide::Standby => Self::Standby,
        }
    }
}

impl From<Side> for RouteSide {
    fn from(side: Side) -> Self {
        match side {
            Side::Primary => Self::Primary,
            Side::Standby => Self::Standby,
        }
    }
}

fn within(field: &'static str, given: Option<i64>, usual: i64, limits: &std::ops::RangeInclusive<i64>) -> Result<i64> {
    let value = given.unwrap_or(usual);
    if limits.contains(&value) {
        return Ok(value);
    }
    Err(Error::invalid(field, format!("must be {} to {}", limits.start(), limits.end())))
}

/// A row for a channel that never had a route.
fn blank(caller: &Caller, id: ChannelId, now: Ms) -> RouteRow {
    let usual = Settings::default();
    RouteRow {
        workspace_id: caller.workspace.0,
        channel_id: id.0,
        standby_id: None,
        slow_ms: usual.slow_ms,
        every_ms: usual.every_ms,
        soon_ms: usual.soon_ms,
        active: Side::Primary.code().to_owned(),
        state: json!({}),
        revision: 0,
        updated_at: now.0,
    }
}

/// Chooses the standby of a channel and when it is used.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` naming the field, `Store`.
pub async fn set(app: &App, caller: &Caller, id: ChannelId, wanted: RouteSettings) -> Result<RouteView> {
    caller.require(Permission::ChannelManage)?;
    let primary = channels::row(app, caller, id).await?;
    let usual = Settings::default();
    let slow_ms = within("slow_ms", wanted.slow_ms, usual.slow_ms, &SLOW_MS)?;
    let every = within("probe_every_seconds", wanted.probe_every_seconds, usual.every_ms / SECOND, &EVERY_S)?;
    let soon = within("probe_suspicious_seconds", wanted.probe_suspicious_seconds, usual.soon_ms / SECOND, &SOON_S)?;
    if let Some(standby) = wanted.standby_channel_id {
        let found = channels::rows(app, caller).await?.into_iter().find(|row| row.id == standby);
        let found = found.ok_or_else(|| Error::invalid("standby_channel_id", "names no channel of this workspace"))?;
        if found.id == primary.id {
            return Err(Error::invalid("standby_channel_id", "must be another channel"));
        }
        if found.kind != primary.kind {
            return Err(Error::invalid("standby_channel_id", "must be a channel of the same kind"));
        }
    }
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = rows::get_for_write(&tx, id).await?.unwrap_or_else(|| blank(caller, id, now));
    let before = json!({ "standby_channel_id": row.standby_id, "slow_ms": row.slow_ms, "every_ms": row.every_ms });
    if row.standby_id != wanted.standby_channel_id {
        let mut route = state(&row);
        route.forget_standby(now);
        put_state(&mut row, &route)?;
    }
    row.standby_id = wanted.standby_channel_id;
    (row.slow_ms, row.every_ms, row.soon_ms) = (slow_ms, every * SECOND, soon * SECOND);
    row.updated_at = now.0;
    rows::put(&tx, row).await?;
    let change = Change { before: Some(before), after: Some(json!(wanted)) };
    record(&tx, now, caller, "channel.route_changed", ("channel", id.0), change).await?;
    crate::channel::account::told(&tx, id, json!({ "route": "changed" }), now).await?;
    finish(app, tx).await?;
    view::get(app, caller, id).await
}

/// Switches to the standby or back.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` (`no_standby`), `Store`.
pub async fn switch(app: &App, caller: &Caller, id: ChannelId, wanted: RouteSwitch) -> Result<RouteView> {
    caller.require(Permission::ChannelManage)?;
    channels::row(app, caller, id).await?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = rows::get_for_write(&tx, id).await?;
    let no_standby = || Error::refused("no_standby", "This channel has no standby. Choose one first.");
    let mut row = row.filter(|row| row.standby_id.is_some()).ok_or_else(no_standby)?;
    let standby = ChannelId(row.standby_id.unwrap_or_default());
    let mut route = state(&row);
    let switch = route.by_hand(wanted.to.into(), now);
    put_state(&mut row, &route)?;
    row.updated_at = now.0;
    rows::put(&tx, row).await?;
    if let Some(switch) = switch {
        alert::raise(&tx, id, standby, switch, &route, now).await?;
    }
    let change = Change { before: None, after: Some(json!({ "to": wanted.to })) };
    record(&tx, now, caller, "channel.route_switched", ("channel", id.0), change).await?;
    finish(app, tx).await?;
    view::get(app, caller, id).await
}

fn put_state(row: &mut RouteRow, route: &rapport_core::route::Route) -> Result<()> {
    row.active = route.active.code().to_owned();
    row.state = serde_json::to_value(route).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(())
}

async fn finish(app: &App, tx: WriteTx) -> Result<()> {
    tx.commit().await?;
    app.channels.forget();
    app.routes.changed();
    app.bells.send.ring();
    app.feeds.wake();
    Ok(())
}
