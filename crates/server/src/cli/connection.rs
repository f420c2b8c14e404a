//! `rapport connection`

use super::WorkspaceArg;
use super::channel::findings;
use super::output::{Failure, Output};
use crate::boot;
use crate::config::Config;
use clap::{Args, Subcommand};
use rapport_app::App;
use rapport_app::auth::Caller;
use rapport_app::connection::{self, ConnectionPatch, ConnectionView, CredentialView, KindView, NewConnection};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
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
    Add(AddArgs),
    /// Show which CRMs can be connected, and what each must be told
    Kinds,
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

#[derive(Args)]
struct AddArgs {
    /// Which CRM: one of `rapport connection kinds`
    kind: String,
    /// Name shown to people
    #[arg(long)]
    name: Option<String>,
    /// A credential, by its name; may be repeated. Without any secret among them it is read from standard input
    #[arg(long = "credential", value_name = "NAME=VALUE", value_parser = pair)]
    credentials: Vec<(String, String)>,
    /// Short for --credential access_token=TOKEN
    #[arg(long, value_name = "TOKEN")]
    access_token: Option<String>,
    /// Short for --credential client_secret=SECRET
    #[arg(long, value_name = "SECRET")]
    client_secret: Option<String>,
    /// Where the API is; needed where each account has its own address
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Do not make contacts of records that are unknown here
    #[arg(long)]
    no_import: bool,
    /// A file with the description of your own CRM, for the kind rest
    #[arg(long, value_name = "FILE")]
    description: Option<PathBuf>,
}

/// Says where; the rest are secrets.
impl std::fmt::Debug for AddArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kind, base_url, .. } = self;
        f.debug_struct("AddArgs").field("kind", kind).field("base_url", base_url).finish_non_exhaustive()
    }
}

/// `name=value`; what is wrong with it is said without the value, which may be a secret.
fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
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
        ConnectionCommand::Add(args) => add(app, caller, args).await,
        ConnectionCommand::Kinds => {
            let found = connection::kinds(caller)?;
            let lines: Vec<String> = found.iter().map(kind).collect();
            Ok(Output::new(lines.join("\n"), &json!({ "items": found })))
        }
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

async fn add(app: &App, caller: &Caller, args: AddArgs) -> Result<Output, Failure> {
    let mut credentials: BTreeMap<String, String> = args.credentials.into_iter().collect();
    let short = [("access_token", args.access_token), ("client_secret", args.client_secret)];
    credentials.extend(short.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))));
    if let Some(name) = asked_for(caller, &args.kind, &credentials)? {
        credentials.insert(name, super::channel::given(None)?);
    }
    let new = NewConnection {
        description: args.description.map(described).transpose()?,
        kind: args.kind,
        name: args.name,
        credentials,
        base_url: args.base_url,
        import_new: Some(!args.no_import),
        ..NewConnection::default()
    };
    let added = connection::add(app, caller, new).await?;
    let text = format!("Connection   {} ({})\nWebhook URL  {}", added.name, added.id, added.webhook_url);
    Ok(Output::new(text, &added))
}

/// The description in a file.
fn described(file: PathBuf) -> Result<serde_json::Value, Failure> {
    let text = std::fs::read_to_string(&file)
        .map_err(|error| rapport_app::Error::invalid("description", format!("{}: {error}", file.display())))?;
    let read = serde_json::from_str(&text);
    Ok(read.map_err(|error| rapport_app::Error::invalid("description", format!("{}: {error}", file.display())))?)
}

/// The secret to read from standard input: the one that calls are made with, when it was not given.
fn asked_for(caller: &Caller, kind: &str, given: &BTreeMap<String, String>) -> Result<Option<String>, Failure> {
    let Some(found) = connection::kinds(caller)?.into_iter().find(|one| one.kind == kind) else { return Ok(None) };
    let is_secret = |name: &str| found.credentials.iter().any(|field| field.name == name && field.secret);
    if let Some(field) = found.credentials.iter().find(|field| field.required && field.secret) {
        return Ok((!given.contains_key(&field.name)).then(|| field.name.clone()));
    }
    let secrets = || found.either.iter().flatten().filter(|name| is_secret(name));
    if secrets().any(|name| given.contains_key(name)) {
        return Ok(None);
    }
    Ok(secrets().next().cloned())
}

/// What a kind must be told, a line each.
fn kind(kind: &KindView) -> String {
    let address = match (&kind.base_url, &kind.base_url_example) {
        (Some(url), _) => format!("at {url}"),
        (None, Some(example)) => format!("at the account's own address, as {example} (--base-url)"),
        (None, None) => String::new(),
    };
    let field = |field: &CredentialView| {
        let needed = if field.required { "required" } else { "" };
        format!("  {:16} {needed:8}  {}", field.name, field.help)
    };
    let mut lines = vec![format!("{}  {} {address}", kind.kind, kind.name)];
    lines.extend(kind.credentials.iter().map(field));
    if !kind.either.is_empty() {
        let sets: Vec<String> = kind.either.iter().map(|set| set.join(" and ")).collect();
        lines.push(format!("  needed: {}", sets.join(", or ")));
    }
    lines.join("\n")
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
