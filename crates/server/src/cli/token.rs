//! `rapport token`

use super::WorkspaceArg;
use super::output::{Failure, Output};
use super::user::role;
use crate::boot;
use crate::config::Config;
use clap::{Args, Subcommand};
use rapport_app::App;
use rapport_app::account::tokens::{self, NewToken, TokenView};
use rapport_app::auth::{Caller, Role};
use rapport_core::time::DAY;
use serde_json::json;
use uuid::Uuid;

/// Flags of `token`.
#[derive(Debug, Args)]
pub struct TokenArgs {
    #[command(flatten)]
    workspace: WorkspaceArg,
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token and print it, once
    Create {
        /// What it is for
        name: String,
        /// owner, admin, supervisor, agent or viewer
        #[arg(long, default_value = "agent", value_parser = role)]
        role: Role,
        /// Permission it is limited to, such as inbox.read; may be repeated
        #[arg(long = "scope", value_name = "PERMISSION")]
        scopes: Vec<String>,
        /// Days until it ends; without it never
        #[arg(long, value_name = "DAYS")]
        expires_in: Option<u32>,
    },
    /// Show every token, without its secret
    List,
    /// Revoke a token; it stops working at once
    Revoke {
        /// The token's id
        id: Uuid,
    },
}

/// Runs a command about tokens.
pub async fn run(config: &Config, args: TokenArgs) -> Result<Output, Failure> {
    let app = boot::app(config).await?;
    let caller = args.workspace.caller(&app).await?;
    let output = perform(&app, &caller, args.command).await?;
    app.store.clone().close().await?;
    Ok(output)
}

async fn perform(app: &App, caller: &Caller, command: TokenCommand) -> Result<Output, Failure> {
    match command {
        TokenCommand::Create { name, role, scopes, expires_in } => {
            let expires_at = expires_in.map(|days| app.now().plus(i64::from(days) * DAY));
            let made = tokens::create(app, caller, NewToken { name, role, scopes, expires_at }).await?;
            Ok(Output::new(format!("{}\n(shown this once)", made.secret), &made))
        }
        TokenCommand::List => {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = tokens::list(app, caller, after, 200).await?;
                found.extend(page.items);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let line = |token: &TokenView| {
                let ends = token.expires_at.map_or_else(|| "never ends".to_owned(), |at| format!("ends {at}"));
                format!("{}  {:10}  {}  {ends}  {}", token.id, token.role.code(), token.name, token.scopes.join(","))
            };
            Ok(Output::new(found.iter().map(line).collect::<Vec<_>>().join("\n"), &json!({ "items": found })))
        }
        TokenCommand::Revoke { id } => {
            tokens::revoke(app, caller, id).await?;
            Ok(Output::new("Revoked.", &json!({ "revoked": id })))
        }
    }
}
