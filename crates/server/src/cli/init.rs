//! `rapport init`

use super::output::{Failure, Output};
use crate::boot;
use crate::config::Config;
use clap::Args;
use rapport_app::account::setup::{self, NewWorkspace};
use rapport_app::account::workspace::WorkspacePatch;
use rapport_app::auth::password;
use serde_json::json;

/// Flags of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Name of the workspace
    #[arg(long, default_value = "My shop")]
    name: String,
    /// Sign-in address of the owner
    #[arg(long, default_value = "owner@rapport.local")]
    email: String,
    /// Name of the owner
    #[arg(long, default_value = "Owner")]
    owner: String,
    /// Country that national phone numbers are read in
    #[arg(long, default_value = "US")]
    country: String,
    /// Time zone of the shop
    #[arg(long, default_value = "UTC")]
    timezone: String,
    /// Language of texts written for the shop
    #[arg(long, default_value = "en")]
    locale: String,
}

/// Makes the first workspace and prints its secrets, once.
pub async fn run(config: &Config, args: InitArgs) -> Result<Output, Failure> {
    let app = boot::app(config).await?;
    let secret = password::random(app.ids.as_ref());
    let settings = WorkspacePatch {
        name: Some(args.name),
        default_country: Some(args.country),
        timezone: Some(args.timezone),
        locale: Some(args.locale),
        ..WorkspacePatch::default()
    };
    let new =
        NewWorkspace { settings, owner_name: args.owner, owner_email: args.email, owner_password: secret.clone() };
    let made = setup::init(&app, new).await?;
    let url = &app.settings.public_url;
    let text = format!(
        "Workspace  {} ({})\nSign in    {url}\nE-mail     {}\nPassword   {secret}\nAPI token  {}\n\nPassword and token are shown this once.",
        made.workspace.name, made.workspace.id, made.owner.email, made.token.secret
    );
    let document = json!({
        "workspace": made.workspace,
        "owner": made.owner,
        "password": secret,
        "token": made.token.secret,
        "public_url": url,
    });
    app.store.clone().close().await?;
    Ok(Output::new(text, &document))
}
