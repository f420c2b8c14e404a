//! `rapport channel route`

use super::output::{Failure, Output};
use clap::{Subcommand, ValueEnum};
use rapport_app::App;
use rapport_app::auth::Caller;
use rapport_app::route::change::{self, RouteSettings, RouteSide, RouteSwitch};
use rapport_app::route::view::{self, RouteHealth, RouteState, RouteView};
use uuid::Uuid;

/// The standby route of a channel.
#[derive(Debug, Subcommand)]
pub(super) enum RouteCommand {
    /// Show the standby, over which of the two messages go, and how both are
    Show {
        /// The channel's id
        id: Uuid,
    },
    /// Choose the standby and when it is used; what is left out is as usual
    Set {
        /// The channel's id
        id: Uuid,
        /// The channel messages may go over instead
        #[arg(long, value_name = "ID")]
        standby: Uuid,
        /// An answer that takes longer is bad, 200 to 30000 ms; usually 1500
        #[arg(long, value_name = "MS")]
        slow_ms: Option<i64>,
        /// Seconds between two probes while all is well, 60 to 86400; usually 3600
        #[arg(long, value_name = "SECONDS")]
        probe_every: Option<i64>,
        /// Seconds between two probes while something is wrong, 2 to 600; usually 60
        #[arg(long, value_name = "SECONDS")]
        probe_suspicious: Option<i64>,
    },
    /// Have no standby any more
    Drop {
        /// The channel's id
        id: Uuid,
    },
    /// Switch by hand; running servers follow within seconds
    Switch {
        /// The channel's id
        id: Uuid,
        /// standby: until somebody switches back; primary: from then on it switches by itself again
        to: To,
    },
}

/// Over which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum To {
    /// The channel itself.
    Primary,
    /// The other channel.
    Standby,
}

/// Runs a command about a route.
pub(super) async fn run(app: &App, caller: &Caller, command: RouteCommand) -> Result<Output, Failure> {
    let route = match command {
        RouteCommand::Show { id } => view::get(app, caller, id.into()).await?,
        RouteCommand::Set { id, standby, slow_ms, probe_every, probe_suspicious } => {
            let wanted = RouteSettings {
                standby_channel_id: Some(standby),
                slow_ms,
                probe_every_seconds: probe_every,
                probe_suspicious_seconds: probe_suspicious,
            };
            change::set(app, caller, id.into(), wanted).await?
        }
        RouteCommand::Drop { id } => {
            let none = RouteSettings {
                standby_channel_id: None,
                slow_ms: None,
                probe_every_seconds: None,
                probe_suspicious_seconds: None,
            };
            change::set(app, caller, id.into(), none).await?
        }
        RouteCommand::Switch { id, to } => {
            let to = match to {
                To::Primary => RouteSide::Primary,
                To::Standby => RouteSide::Standby,
            };
            change::switch(app, caller, id.into(), RouteSwitch { to }).await?
        }
    };
    Ok(Output::new(told(&route), &route))
}

fn told(route: &RouteView) -> String {
    let Some(standby) = route.standby_channel_id else { return "There is no standby.".to_owned() };
    let state = match route.state {
        RouteState::None | RouteState::Healthy => "healthy",
        RouteState::Suspicious => "suspicious",
        RouteState::FailedOver => "failed over",
    };
    let by_hand = if route.pinned { ", until somebody switches back" } else { "" };
    let over = match route.active {
        RouteSide::Primary => "the channel itself",
        RouteSide::Standby => "the standby",
    };
    format!(
        "State    {state}: messages go over {over}{by_hand} ({})\nChannel  {}\nStandby  {}  {} ({standby})",
        route.reason,
        health(&route.primary),
        health(&route.standby),
        route.standby_name.as_deref().unwrap_or("removed"),
    )
}

fn health(health: &RouteHealth) -> String {
    match (health.at, health.ms, &health.error) {
        (None, ..) => "not looked at yet".to_owned(),
        (_, Some(ms), _) => format!("answered in {ms} ms"),
        (_, None, Some(why)) => format!("did not answer: {why}"),
        (_, None, None) => "did not answer".to_owned(),
    }
}
