//! `rapport user`

use super::WorkspaceArg;
use super::output::{Failure, Output};
use crate::boot;
use crate::config::Config;
use clap::{Args, Subcommand};
use rapport_app::App;
use rapport_app::account::users::{self, NewUser, UserPatch, UserView};
use rapport_app::auth::{Caller, Role, password};
use rapport_core::UserId;
use serde_json::json;

/// Flags of `user`.
#[derive(Debug, Args)]
pub struct UserArgs {
    #[command(flatten)]
    workspace: WorkspaceArg,
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add a user; prints a random password unless one is given
    Add {
        /// Sign-in address
        email: String,
        /// Name
        #[arg(long)]
        name: String,
        /// owner, admin, supervisor, agent or viewer
        #[arg(long, default_value = "agent", value_parser = role)]
        role: Role,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Show everybody
    List,
    /// Set a new password; ends the user's sessions
    Passwd {
        /// Sign-in address
        email: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Close sign-in; ends the user's sessions
    Disable {
        /// Sign-in address
        email: String,
    },
    /// Open sign-in again
    Enable {
        /// Sign-in address
        email: String,
    },
}

pub(super) fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "must be owner, admin, supervisor, agent or viewer".to_owned())
}

/// Runs a command about users.
pub async fn run(config: &Config, args: UserArgs) -> Result<Output, Failure> {
    let app = boot::app(config).await?;
    let caller = args.workspace.caller(&app).await?;
    let output = perform(&app, &caller, args.command).await?;
    app.store.clone().close().await?;
    Ok(output)
}

async fn perform(app: &App, caller: &Caller, command: UserCommand) -> Result<Output, Failure> {
    match command {
        UserCommand::Add { email, name, role, password_stdin } => {
            let (password, told) = choose(app, password_stdin)?;
            let user = users::create(app, caller, NewUser { name, email, role, password }).await?;
            Ok(shown(&user, told))
        }
        UserCommand::List => {
            let users = all(app, caller).await?;
            let line = |user: &UserView| {
                let state = if user.disabled { "disabled" } else { "" };
                format!("{}  {:10}  {}  {}  {state}", user.id, user.role.code(), user.email, user.name)
            };
            Ok(Output::new(users.iter().map(line).collect::<Vec<_>>().join("\n"), &json!({ "items": users })))
        }
        UserCommand::Passwd { email, password_stdin } => {
            let (password, told) = choose(app, password_stdin)?;
            let patch = UserPatch { password: Some(password), ..UserPatch::default() };
            Ok(shown(&change(app, caller, &email, patch).await?, told))
        }
        UserCommand::Disable { email } => {
            let patch = UserPatch { disabled: Some(true), ..UserPatch::default() };
            Ok(shown(&change(app, caller, &email, patch).await?, None))
        }
        UserCommand::Enable { email } => {
            let patch = UserPatch { disabled: Some(false), ..UserPatch::default() };
            Ok(shown(&change(app, caller, &email, patch).await?, None))
        }
    }
}

fn shown(user: &UserView, password: Option<String>) -> Output {
    let state = if user.disabled { ", disabled" } else { "" };
    let mut text = format!("{} ({}, {}{state})", user.email, user.name, user.role.code());
    if let Some(password) = &password {
        text.push_str(&format!("\nPassword  {password}  (shown this once)"));
    }
    Output::new(text, &json!({ "user": user, "password": password }))
}

/// The password to set, and what to print: one that was typed is not repeated.
fn choose(app: &App, from_stdin: bool) -> Result<(String, Option<String>), Failure> {
    if !from_stdin {
        let password = password::random(app.ids.as_ref());
        return Ok((password.clone(), Some(password)));
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|error| Failure::new("failed", error.to_string()))?;
    Ok((line.trim_end_matches(['\r', '\n']).to_owned(), None))
}

async fn change(app: &App, caller: &Caller, email: &str, patch: UserPatch) -> Result<UserView, Failure> {
    let email = rapport_app::auth::sign_in::normal_email(email);
    let users = all(app, caller).await?;
    let user = users.iter().find(|user| user.email == email);
    let user = user.ok_or_else(|| Failure::new("not_found", format!("nobody here has the address {email}")))?;
    Ok(users::update(app, caller, UserId(user.id), patch).await?)
}

async fn all(app: &App, caller: &Caller) -> Result<Vec<UserView>, Failure> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = users::list(app, caller, after, 200).await?;
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}
