//! `rapport channel`

use super::WorkspaceArg;
use super::channel_route;
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
    /// Replace the app secret, webhook secret, signing key or shared secret; the one before stays valid for seven days
    RotateSecret {
        /// The channel's id
        id: Uuid,
        /// The new secret; without it the secret is read from standard input
        #[arg(long, value_name = "SECRET")]
        app_secret: Option<String>,
        /// Only end the time of the one before
        #[arg(long, conflicts_with = "app_secret")]
        retire_previous: bool,
    },
    /// Another channel that messages go over while this one is slow or does not answer
    #[command(subcommand)]
    Route(channel_route::RouteCommand),
    /// Disconnect a number; its conversations stay
    Remove {
        /// The channel's id
        id: Uuid,
    },
}

#[derive(Debug, Subcommand)]
enum AddCommand {
    /// A WhatsApp number, through Meta or another provider
    Whatsapp(Box<WhatsappArgs>),
}

#[derive(Args)]
struct WhatsappArgs {
    /// Who carries the number: meta, dialog360, twilio, bird or gateway
    #[arg(long, default_value = "meta")]
    provider: String,
    /// Name shown to people; without it the number's verified name
    #[arg(long)]
    name: Option<String>,
    /// meta, dialog360: Meta's id of the number
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    phone_number_id: String,
    /// meta, dialog360: Meta's id of the account
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    waba_id: String,
    /// meta: permanent token of a system user; gateway: bearer token, if it wants one
    #[arg(long, value_name = "TOKEN", default_value = "", hide_default_value = true)]
    access_token: String,
    /// meta: secret of the app, which proves that deliveries come from the provider
    #[arg(long, value_name = "SECRET", default_value = "", hide_default_value = true)]
    app_secret: String,
    /// meta: a text of your choice that the provider repeats when it verifies the address
    #[arg(long, value_name = "TOKEN", default_value = "", hide_default_value = true)]
    verify_token: String,
    /// dialog360: the number's API key
    #[arg(long, value_name = "KEY", default_value = "", hide_default_value = true)]
    api_key: String,
    /// dialog360: a text of your choice that comes with every delivery
    #[arg(long, value_name = "SECRET", default_value = "", hide_default_value = true)]
    webhook_secret: String,
    /// twilio: the account, AC..
    #[arg(long, value_name = "SID", default_value = "", hide_default_value = true)]
    account_sid: String,
    /// twilio: the account's auth token
    #[arg(long, value_name = "TOKEN", default_value = "", hide_default_value = true)]
    auth_token: String,
    /// twilio, gateway: the number, internationally written
    #[arg(long, value_name = "NUMBER", default_value = "", hide_default_value = true)]
    phone_number: String,
    /// bird: the workspace's id
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    workspace_id: String,
    /// bird: the channel's id there
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    bird_channel_id: String,
    /// bird: the access key
    #[arg(long, value_name = "KEY", default_value = "", hide_default_value = true)]
    access_key: String,
    /// bird: the signing key of the webhook subscription
    #[arg(long, value_name = "KEY", default_value = "", hide_default_value = true)]
    signing_key: String,
    /// gateway: signs calls and deliveries both ways
    #[arg(long, value_name = "SECRET", default_value = "", hide_default_value = true)]
    shared_secret: String,
    /// Where the provider's API is; a gateway needs it
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

/// Says which number; the rest are secrets.
impl std::fmt::Debug for WhatsappArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WhatsappArgs")
            .field("provider", &self.provider)
            .field("phone_number_id", &self.phone_number_id)
            .finish_non_exhaustive()
    }
}

impl WhatsappArgs {
    fn into_channel(self) -> NewChannel {
        NewChannel {
            kind: add::WHATSAPP.to_owned(),
            provider: Some(self.provider),
            name: self.name,
            phone_number_id: self.phone_number_id,
            waba_id: self.waba_id,
            access_token: self.access_token,
            app_secret: self.app_secret,
            verify_token: self.verify_token,
            api_key: self.api_key,
            webhook_secret: self.webhook_secret,
            account_sid: self.account_sid,
            auth_token: self.auth_token,
            phone_number: self.phone_number,
            workspace_id: self.workspace_id,
            bird_channel_id: self.bird_channel_id,
            access_key: self.access_key,
            signing_key: self.signing_key,
            shared_secret: self.shared_secret,
            base_url: self.base_url,
        }
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
        ChannelCommand::Route(command) => channel_route::run(app, caller, command).await,
        ChannelCommand::Remove { id } => {
            change::disconnect(app, caller, id.into()).await?;
            Ok(Output::new("Disconnected.", &json!({ "removed": id })))
        }
    }
}

async fn add_whatsapp(app: &App, caller: &Caller, args: Box<WhatsappArgs>) -> Result<Output, Failure> {
    let added = add::add(app, caller, args.into_channel()).await?;
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
