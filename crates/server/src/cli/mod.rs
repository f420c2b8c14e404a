//! The command line: one file a command. Every command has `--json`.

mod audit;
mod backup;
mod channel;
mod channel_route;
mod connection;
mod demo;
mod doctor;
mod init;
mod migrate;
mod openapi;
mod output;
mod sandbox;
mod serve;
mod token;
mod user;

pub use output::{Failure, Output};

use crate::config::Config;
use clap::{Args, Parser, Subcommand};
use rapport_app::App;
use rapport_app::auth::Caller;
use rapport_core::WorkspaceId;
use std::path::PathBuf;
use std::process::ExitCode;
use uuid::Uuid;

/// Self-hosted WhatsApp customer relations.
#[derive(Debug, Parser)]
#[command(name = "rapport", version, about, max_term_width = 100, after_long_help = settings())]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// Every setting, for `rapport --help`.
fn settings() -> String {
    let lines = crate::config::KEYS.iter().map(|key| format!("  {:16}  {}", key.name, key.about));
    let lines = lines.collect::<Vec<_>>().join("\n");
    format!("Settings, in rapport.toml or as RAPPORT_<NAME> in the environment:\n{lines}")
}

/// What every command takes.
#[derive(Debug, Args)]
pub struct Globals {
    /// Configuration file; without it ./rapport.toml if there is one
    #[arg(long, global = true, env = "RAPPORT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// sqlite:///path or postgres://user:password@host/database
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Folder for files
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// Log filter: info, debug, rapport_app=debug,warn
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::ServeArgs),
    /// Run a shop with customers, provider and CRM that exist only in this process
    Demo(demo::DemoArgs),
    /// Run stand-ins for WhatsApp and the CRMs
    Sandbox(sandbox::SandboxArgs),
    /// Make workspace, owner and API token in an empty database
    Init(init::InitArgs),
    /// Bring the database's schema up to date
    Migrate,
    /// Show that nothing was lost: received, processed, duplicates, quarantined, pending
    Audit(audit::AuditArgs),
    /// Copy the embedded database while it runs
    Backup(backup::BackupArgs),
    /// Put a copy where the database belongs
    Restore(backup::RestoreArgs),
    /// Add, list and change users
    User(user::UserArgs),
    /// Connect CRMs, check and repair them
    Connection(connection::ConnectionArgs),
    /// Make, list and revoke API tokens
    Token(token::TokenArgs),
    /// Connect, list, check and change numbers
    Channel(channel::ChannelArgs),
    /// Look at everything that can be wrong
    Doctor(doctor::DoctorArgs),
    /// Print the API's OpenAPI document
    Openapi,
}

/// Runs the command of this process; the exit code is 0, 1 (failed) or 2 (wrongly used).
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.globals.json;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output::show(Err(Failure::new("no_runtime", error.to_string())), json),
    };
    output::show(runtime.block_on(run(cli)), json)
}

async fn run(cli: Cli) -> Result<Output, Failure> {
    let globals = cli.globals;
    match cli.command {
        Command::Serve(args) => serve::run(globals.load(args.flags())?, &args).await,
        Command::Demo(args) => Box::pin(demo::run(&globals, args)).await,
        Command::Sandbox(args) => sandbox::run(&globals, args).await,
        Command::Init(args) => init::run(&globals.load([])?, args).await,
        Command::Migrate => migrate::run(&globals.load([])?).await,
        Command::Audit(args) => audit::run(&globals.load([])?, args).await,
        Command::Backup(args) => backup::backup(&globals.load([])?, args).await,
        Command::Restore(args) => backup::restore(&globals.load([])?, args).await,
        Command::User(args) => user::run(&globals.load([])?, args).await,
        Command::Connection(args) => connection::run(&globals.load([])?, args).await,
        Command::Token(args) => token::run(&globals.load([])?, args).await,
        Command::Channel(args) => channel::run(&globals.load([])?, args).await,
        Command::Doctor(args) => doctor::run(&globals.load([])?, args).await,
        Command::Openapi => openapi::run(),
    }
}

impl Globals {
    /// The configuration with the global flags and a command's own; starts logging.
    fn load(&self, flags: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Result<Config, Failure> {
        let global = [
            ("database_url", self.database_url.clone()),
            ("data_dir", self.data_dir.clone()),
            ("log", self.log.clone()),
        ];
        // A name or value that is no text belongs to somebody else.
        let env =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let config = Config::load(self.config.as_deref(), env, global.into_iter().chain(flags))
            .map_err(|error| Failure::new("bad_config", error.to_string()))?;
        crate::telemetry::logs(&config.log).map_err(|error| Failure::new("bad_config", error))?;
        Ok(config)
    }
}

/// Which workspace a command works in.
#[derive(Debug, Args)]
pub struct WorkspaceArg {
    /// Workspace; not needed when there is only one
    #[arg(long, global = true, value_name = "ID")]
    workspace: Option<Uuid>,
}

impl WorkspaceArg {
    /// The operator, acting in that workspace.
    ///
    /// # Errors
    /// When there is none, or several and none was named.
    pub async fn caller(&self, app: &App) -> Result<Caller, Failure> {
        let mut all = rapport_store::workspace::all(&app.store, 1_000).await.map_err(rapport_app::Error::from)?;
        // Where people practise is no business of anybody's.
        all.retain(|row| !rapport_app::practice::is_room(row));
        let row = match (self.workspace, all.as_slice()) {
            (Some(id), all) => all.iter().find(|row| row.workspace_id == id),
            (None, [only]) => Some(only),
            (None, []) => return Err(Failure::new("no_workspace", "there is no workspace yet: run rapport init")),
            (None, _) => {
                return Err(Failure::new("many_workspaces", "there are several workspaces: name one with --workspace"));
            }
        };
        let row = row.ok_or_else(|| Failure::new("not_found", "there is no such workspace"))?;
        Ok(Caller::system(WorkspaceId(row.workspace_id)))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
