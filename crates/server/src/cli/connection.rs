//! `rapport connection`

use super::WorkspaceArg;
use super::channel::findings;
use super::output::{Failure, Output};
use crate::boot;
use crate::config::Config;
use clap::{Args, Subcommand};
use rapport_app::App;
use rapport_app::auth::Caller;
use rapport_app::connection::{self, ConnectionPatch, ConnectionView, NewConnection};
use serde_json::json;
use uuid::Uuid;

/// Flags of `connection`.
#[derive(Debug, Args)]
pub struct ConnectionArgs {
    #[command(flatten)]
    workspace: WorkspaceArg,
    #[command(subcommand)]
    command: ConnectionCommand,
}

#[derive(Debug, Subcommand)]
enum ConnectionCommand {
    /// Connect a CRM
    #[command(subcommand)]
    Add(AddCommand),
    /// Show the connections and how they fare
    List,
    /// Ask the CRM about a connection: what is right and wrong
    Check {
        /// The connection's id
        id: Uuid,
    },
    /// Read and compare everything again
    Sync {
        /// The connection's id
        id: Uuid,
    },
    /// Stop synchronising; what changes meanwhile is caught up with
    Pause {
        /// The connection's id
        id: Uuid,
    },
    /// Synchronise again
    Resume {
        /// The connection's id
        id: Uuid,
    },
    /// Replace the access token; what waited goes on
    RotateToken {
        /// The connection's id
        id: Uuid,
        /// The new token; without it the token is read from standard input
        #[arg(long, value_name = "TOKEN")]
        access_token: Option<String>,
    },
    /// Remove a connection; contacts and records stay
    Remove {
        /// The connection's id
        id: Uuid,
    },
}

#[derive(Debug, Subcommand)]
enum AddCommand {
    /// HubSpot, with the token of a private app
    Hubspot(HubspotArgs),
}

#[derive(Args)]
struct HubspotArgs {
    /// Name shown to people
    #[arg(long)]
    name: Option<String>,
    /// Token of the private app; without it the token is read from standard input
    #[arg(long, value_name = "TOKEN")]
    access_token: Option<String>,
    /// The app's client secret, which signs webhooks
    #[arg(long, value_name = "SECRET")]
    client_secret: Option<String>,
    /// Where the API is
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Do not make contacts of records that are unknown here
    #[arg(long)]
    no_import: bool,
}

/// Says where; the rest are secrets.
impl std::fmt::Debug for HubspotArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HubspotArgs").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Runs a command about connections.
pub async fn run(config: &Config, args: ConnectionArgs) -> Result<Output, Failure> {
    let app = boot::app(config).await?;
    let caller = args.workspace.caller(&app).await?;
    let output = perform(&app, &caller, args.command).await?;
    app.store.clone().close().await?;
    Ok(output)
}

async fn perform(app: &App, caller: &Caller, command: ConnectionCommand) -> Result<Output, Failure> {
    match command {
        ConnectionCommand::Add(AddCommand::Hubspot(args)) => add_hubspot(app, caller, args).await,
        ConnectionCommand::List => {
            let found = connection::list(app, caller).await?;
            let lines: Vec<String> = found.iter().map(line).collect();
            Ok(Output::new(lines.join("\n"), &json!({ "items": found })))
        }
        ConnectionCommand::Check { id } => Ok(findings(&connection::check(app, caller, id.into()).await?)),
        ConnectionCommand::Sync { id } => {
            connection::sync(app, caller, id.into()).await?;
            Ok(Output::new("Everything is read and compared again.", &json!({ "syncing": id })))
        }
        ConnectionCommand::Pause { id } => patch(app, caller, id, status("paused")).await,
        ConnectionCommand::Resume { id } => patch(app, caller, id, status("active")).await,
        ConnectionCommand::RotateToken { id, access_token } => {
            let token = super::channel::given(access_token)?;
            patch(app, caller, id, ConnectionPatch { access_token: Some(token), ..ConnectionPatch::default() }).await
        }
        ConnectionCommand::Remove { id } => {
            connection::remove(app, caller, id.into()).await?;
            Ok(Output::new("Removed. Contacts and records stay as they are.", &json!({ "removed": id })))
        }
    }
}

async fn add_hubspot(app: &App, caller: &Caller, args: HubspotArgs) -> Result<Output, Failure> {
    let new = NewConnection {
        kind: connection::add::HUBSPOT.to_owned(),
        name: args.name,
        access_token: super::channel::given(args.access_token)?,
        base_url: args.base_url,
        client_secret: args.client_secret,
        import_new: Some(!args.no_import),
    };
    let added = connection::add(app, caller, new).await?;
    let text = format!("Connection   {} ({})\nWebhook URL  {}", added.name, added.id, added.webhook_url);
    Ok(Output::new(text, &added))
}

async fn patch(app: &App, caller: &Caller, id: Uuid, patch: ConnectionPatch) -> Result<Output, Failure> {
    let changed = connection::change(app, caller, id.into(), patch).await?;
    Ok(Output::new(line(&changed), &changed))
}

fn status(status: &str) -> ConnectionPatch {
    ConnectionPatch { status: Some(status.to_owned()), ..ConnectionPatch::default() }
}

fn line(connection: &ConnectionView) -> String {
    let figures = format!("{} waiting, {} failed", connection.backlog, connection.failed);
    let reason = connection.status_reason.as_deref().unwrap_or_default();
    format!(
        "{}  {:7}  {:8}  {}  {figures}  {reason}",
        connection.id, connection.status, connection.kind, connection.name
    )
}
