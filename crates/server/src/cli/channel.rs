//! `rapport channel`

use super::WorkspaceArg;
use super::output::{Failure, Output};
use crate::boot;
use crate::config::Config;
use clap::{Args, Subcommand};
use rapport_app::App;
use rapport_app::auth::Caller;
use rapport_app::channel::add::{self, NewChannel};
use rapport_app::channel::change::{self, ChannelPatch, Switch};
use rapport_app::channel::view::{self, ChannelView};
use rapport_app::channel::{check, template_list};
use rapport_app::doctor::{self, Finding, State};
use serde_json::json;
use std::io::Read;
use uuid::Uuid;

/// Flags of `channel`.
#[derive(Debug, Args)]
pub struct ChannelArgs {
    #[command(flatten)]
    workspace: WorkspaceArg,
    #[command(subcommand)]
    command: ChannelCommand,
}

#[derive(Debug, Subcommand)]
enum ChannelCommand {
    /// Connect a number
    #[command(subcommand)]
    Add(AddCommand),
    /// Show the connected numbers
    List,
    /// Ask the provider about a channel: what is right and wrong
    Check {
        /// The channel's id
        id: Uuid,
    },
    /// Read the message templates from the provider now
    SyncTemplates {
        /// The channel's id
        id: Uuid,
    },
    /// Stop sending; messages wait, receiving goes on
    Pause {
        /// The channel's id
        id: Uuid,
    },
    /// Send again
    Resume {
        /// The channel's id
        id: Uuid,
    },
    /// Replace the access token without an interruption
    RotateToken {
        /// The channel's id
        id: Uuid,
        /// The new token; without it the token is read from standard input
        #[arg(long, value_name = "TOKEN")]
        access_token: Option<String>,
    },
    /// Replace the app secret; the one before stays valid too until it is retired
    RotateSecret {
        /// The channel's id
        id: Uuid,
        /// The new secret; without it the secret is read from standard input
        #[arg(long, value_name = "SECRET")]
        app_secret: Option<String>,
        /// Only retire the one before
        #[arg(long, conflicts_with = "app_secret")]
        retire_previous: bool,
    },
    /// Disconnect a number; its conversations stay
    Remove {
        /// The channel's id
        id: Uuid,
    },
}

#[derive(Debug, Subcommand)]
enum AddCommand {
    /// A number of the WhatsApp Business Platform
    Whatsapp(WhatsappArgs),
}

#[derive(Args)]
struct WhatsappArgs {
    /// Name shown to people; without it the number's verified name
    #[arg(long)]
    name: Option<String>,
    /// The provider's id of the number
    #[arg(long, value_name = "ID")]
    phone_number_id: String,
    /// The provider's id of the account
    #[arg(long, value_name = "ID")]
    waba_id: String,
    /// Permanent token of a system user
    #[arg(long, value_name = "TOKEN")]
    access_token: String,
    /// Secret of the app: proves that deliveries come from the provider
    #[arg(long, value_name = "SECRET")]
    app_secret: String,
    /// A text of your choice that the provider repeats when it verifies the address
    #[arg(long, value_name = "TOKEN")]
    verify_token: String,
    /// Where the provider's API is
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

/// Says which number; the rest are secrets.
impl std::fmt::Debug for WhatsappArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WhatsappArgs").field("phone_number_id", &self.phone_number_id).finish_non_exhaustive()
    }
}

/// Runs a command about channels.
pub async fn run(config: &Config, args: ChannelArgs) -> Result<Output, Failure> {
    let app = boot::app(config).await?;
    let caller = args.workspace.caller(&app).await?;
    let output = perform(&app, &caller, args.command).await?;
    app.store.clone().close().await?;
    Ok(output)
}

async fn perform(app: &App, caller: &Caller, command: ChannelCommand) -> Result<Output, Failure> {
    match command {
        ChannelCommand::Add(AddCommand::Whatsapp(args)) => add_whatsapp(app, caller, args).await,
        ChannelCommand::List => {
            let found = view::list(app, caller).await?;
            let lines: Vec<String> = found.iter().map(line).collect();
            Ok(Output::new(lines.join("\n"), &json!({ "items": found })))
        }
        ChannelCommand::Check { id } => Ok(findings(&check::check(app, caller, id.into()).await?)),
        ChannelCommand::SyncTemplates { id } => {
            let done = template_list::sync(app, caller, id.into()).await?;
            Ok(Output::new(format!("{} templates.", done.synced), &done))
        }
        ChannelCommand::Pause { id } => patch(app, caller, id, status(Switch::Paused)).await,
        ChannelCommand::Resume { id } => patch(app, caller, id, status(Switch::Active)).await,
        ChannelCommand::RotateToken { id, access_token } => {
            let token = given(access_token)?;
            patch(app, caller, id, ChannelPatch { access_token: Some(token), ..ChannelPatch::default() }).await
        }
        ChannelCommand::RotateSecret { id, retire_previous: true, .. } => {
            let retire = ChannelPatch { retire_previous_app_secret: Some(true), ..ChannelPatch::default() };
            patch(app, caller, id, retire).await
        }
        ChannelCommand::RotateSecret { id, app_secret, .. } => {
            let secret = given(app_secret)?;
            patch(app, caller, id, ChannelPatch { app_secret: Some(secret), ..ChannelPatch::default() }).await
        }
        ChannelCommand::Remove { id } => {
            change::disconnect(app, caller, id.into()).await?;
            Ok(Output::new("Disconnected.", &json!({ "removed": id })))
        }
    }
}

async fn add_whatsapp(app: &App, caller: &Caller, args: WhatsappArgs) -> Result<Output, Failure> {
    let new = NewChannel {
        kind: add::WHATSAPP.to_owned(),
        name: args.name,
        phone_number_id: args.phone_number_id,
        waba_id: args.waba_id,
        access_token: args.access_token,
        app_secret: args.app_secret,
        verify_token: args.verify_token,
        base_url: args.base_url,
    };
    let added = add::add(app, caller, new).await?;
    let mut text = format!(
        "Channel      {} ({})\nWebhook URL  {}",
        added.channel.name, added.channel.id, added.channel.webhook_url
    );
    for finding in added.findings.iter().filter(|finding| finding.state != State::Ok) {
        text.push_str(&format!("\n\n{}", paragraph(finding)));
    }
    Ok(Output::new(text, &added))
}

async fn patch(app: &App, caller: &Caller, id: Uuid, patch: ChannelPatch) -> Result<Output, Failure> {
    let channel = change::update(app, caller, id.into(), patch).await?;
    Ok(Output::new(line(&channel), &channel))
}

fn status(status: Switch) -> ChannelPatch {
    ChannelPatch { status: Some(status), ..ChannelPatch::default() }
}

/// A secret from its flag, or the first line of standard input: flags show in the list of processes.
pub(super) fn given(flag: Option<String>) -> Result<String, Failure> {
    if let Some(secret) = flag {
        return Ok(secret);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::new("failed", error.to_string()))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn line(channel: &ChannelView) -> String {
    let number = if channel.display_phone.is_empty() { &channel.phone_number_id } else { &channel.display_phone };
    format!("{}  {:12}  {:18}  {:8}  {}", channel.id, channel.status, number, channel.quality, channel.name)
}

/// Findings as a command's answer: exit code 1 when something is blocked.
pub(super) fn findings(found: &[Finding]) -> Output {
    let text: Vec<String> = found.iter().map(paragraph).collect();
    Output::new(text.join("\n"), &json!({ "findings": found })).failed_unless(!doctor::is_blocking(found))
}

fn paragraph(finding: &Finding) -> String {
    let subject = finding.subject.as_ref().map(|subject| format!("{}: ", subject.name)).unwrap_or_default();
    let title = format!("{subject}{}", finding.title);
    match finding.state {
        State::Ok => format!("ok        {title}"),
        State::Warning => format!("warning   {title}\n          {}\n          {}", finding.cause, finding.fix),
        State::Blocking => format!("BLOCKING  {title}\n          {}\n          {}", finding.cause, finding.fix),
    }
}
