//! A channel's route as people and programs see it.

use super::change::RouteSide;
use super::number;
use super::{settings, state};
use crate::auth::{Caller, Permission};
use crate::channel::view as channels;
use crate::error::Result;
use crate::state::App;
use rapport_core::route::{By, Health, Observation, Side, State, same_number};
use rapport_core::time::SECOND;
use rapport_core::{ChannelId, Ms};
use rapport_store::route as rows;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The standby route of a channel, and over which of the two messages go.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Route)]
pub struct RouteView {
    /// The channel messages may go over instead; null = none.
    #[schema(required)]
    pub standby_channel_id: Option<Uuid>,
    /// Its name.
    #[schema(required)]
    pub standby_name: Option<String>,
    /// To customers both are one number: one chat and one service window. Otherwise they see another number.
    pub same_number: bool,
    /// An answer that takes longer counts as bad, ms.
    pub slow_ms: i64,
    /// Seconds between two probes while all is well.
    pub probe_every_seconds: i64,
    /// Seconds between two probes while something is wrong.
    pub probe_suspicious_seconds: i64,
    /// `none` (no standby), `healthy`, `suspicious` or `failed_over`.
    #[schema(value_type = RouteState)]
    pub state: RouteState,
    /// Over which messages go.
    pub active: RouteSide,
    /// Somebody switched to the standby: it stays until somebody switches back.
    pub pinned: bool,
    /// Why it last changed: `none`, `slow`, `failing`, `by_hand`, `well` or `standby_lost`.
    pub reason: &'static str,
    /// When it last changed, milliseconds UTC.
    #[schema(required, value_type = Option<i64>)]
    pub since: Option<Ms>,
    /// How often it changed.
    pub switches: u32,
    /// Good probes in a row that lead back.
    pub good_needed: u32,
    /// When the channel is probed next, milliseconds UTC.
    #[schema(required, value_type = Option<i64>)]
    pub next_probe_at: Option<Ms>,
    /// What is known of the channel.
    pub primary: RouteHealth,
    /// What is known of the standby.
    pub standby: RouteHealth,
    /// The last observations of both, newest first.
    pub observations: Vec<RouteObservation>,
}

/// Where a route stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RouteState {
    /// There is no standby.
    None,
    /// Messages go over the channel, which is well.
    Healthy,
    /// Messages go over the channel, which was slow or failed lately.
    Suspicious,
    /// Messages go over the standby.
    FailedOver,
}

impl From<State> for RouteState {
    fn from(state: State) -> Self {
        match state {
            State::Healthy => Self::Healthy,
            State::Suspicious => Self::Suspicious,
            State::FailedOver => Self::FailedOver,
        }
    }
}

/// What is known of one of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RouteHealth {
    /// Time of the last answer, ms; null when there was none.
    #[schema(required)]
    pub ms: Option<i64>,
    /// Why there was none.
    #[schema(required)]
    pub error: Option<String>,
    /// When it was last observed, milliseconds UTC; null = never.
    #[schema(required, value_type = Option<i64>)]
    pub at: Option<Ms>,
    /// Bad observations in a row.
    pub bad: u32,
    /// Good probes in a row.
    pub good: u32,
}

impl From<&Health> for RouteHealth {
    fn from(health: &Health) -> Self {
        let last = health.last.as_ref();
        Self {
            ms: last.and_then(|last| last.ms),
            error: last.and_then(|last| last.why.clone()),
            at: last.map(|last| last.at),
            bad: health.bad,
            good: health.good,
        }
    }
}

/// One look at one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RouteObservation {
    /// When, milliseconds UTC.
    #[schema(value_type = i64)]
    pub at: Ms,
    /// Which of the two.
    pub side: RouteSide,
    /// `probe` or `send`.
    pub by: &'static str,
    /// How long the answer took, ms; null when there was none.
    #[schema(required)]
    pub ms: Option<i64>,
    /// Why there was none.
    #[schema(required)]
    pub error: Option<String>,
}

impl From<&Observation> for RouteObservation {
    fn from(seen: &Observation) -> Self {
        let by = match seen.by {
            By::Probe => "probe",
            By::Send => "send",
        };
        Self { at: seen.at, side: seen.side.into(), by, ms: seen.ms, error: seen.why.clone() }
    }
}

/// The route of a channel; the usual settings where there is none.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: ChannelId) -> Result<RouteView> {
    caller.require(Permission::ChannelRead)?;
    let primary = channels::row(app, caller, id).await?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rows::get(&read, id).await?;
    let standby = match row.as_ref().and_then(|row| row.standby_id) {
        Some(standby) => rapport_store::channel::get(&read, ChannelId(standby)).await?,
        None => None,
    };
    let route = row.as_ref().map(state).unwrap_or_default();
    let settings = row.as_ref().map(settings).unwrap_or_default();
    let has_standby = row.as_ref().is_some_and(|row| row.standby_id.is_some());
    Ok(RouteView {
        standby_channel_id: row.as_ref().and_then(|row| row.standby_id),
        same_number: standby.as_ref().is_some_and(|row| same_number(number(row), number(&primary))),
        standby_name: standby.map(|row| row.name),
        slow_ms: settings.slow_ms,
        probe_every_seconds: settings.every_ms / SECOND,
        probe_suspicious_seconds: settings.soon_ms / SECOND,
        state: if has_standby { route.state().into() } else { RouteState::None },
        active: route.active.into(),
        pinned: route.pinned,
        reason: route.reason.code(),
        since: route.since,
        switches: route.switches,
        good_needed: route.needed(),
        next_probe_at: if has_standby { route.next_probe(Side::Primary, &settings) } else { None },
        primary: (&route.primary).into(),
        standby: (&route.standby).into(),
        observations: if has_standby { route.recent.iter().map(RouteObservation::from).collect() } else { Vec::new() },
    })
}
