//! `rapport demo`: a shop with customers, a provider and a CRM that exist only in this process.

mod files;
mod goods;
mod life;
mod setup;
mod stage;
mod story;

use super::output::{Failure, Output};
use super::{Globals, serve};
use crate::boot;
use crate::config::Config;
use clap::Args;
use rapport_app::App;
use rapport_app::auth::password;
use rapport_app::clock::SystemIds;
use rapport_sandbox::{Config as SandboxConfig, Handle, Sandbox};
use serde_json::json;
use setup::{OWNER, Shop};
use stage::Stage;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Flags of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Address and port of the sandbox; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    sandbox_listen: SocketAddr,
    /// Seed of what is random in the story
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Password of everybody; without it a new one is made and printed
    #[arg(long)]
    password: Option<String>,
    /// Only the history: nobody writes by themselves
    #[arg(long)]
    quiet: bool,
}

/// Runs until Ctrl-C. Without `--data-dir` everything is forgotten at the end.
pub async fn run(globals: &Globals, args: DemoArgs) -> Result<Output, Failure> {
    // The key of a demo is nobody's to keep.
    let filter = globals.log.as_deref().unwrap_or("warn,rapport_server::boot=error");
    crate::telemetry::logs(filter).map_err(|error| Failure::new("bad_config", error))?;
    let story = story::read().map_err(|error| Failure::new("failed", error))?;
    let listener = serve::bind(args.listen).await?;
    let listen = listener.local_addr().unwrap_or(args.listen);
    let config = SandboxConfig { listen: args.sandbox_listen, seed: args.seed, ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await;
    let sandbox = sandbox
        .map_err(|error| Failure::new("cannot_listen", format!("cannot listen on {}: {error}", args.sandbox_listen)))?;
    let folder = Folder::open(globals.data_dir.as_deref())?;
    let config = settings(&folder.path, listen);
    let app = boot::app(&config).await?;
    let secret = args.password.clone().unwrap_or_else(|| password::random(&SystemIds));
    let local = format!("http://{}", on_this_machine(listen));
    let shop = setup::prepare(&app, &sandbox, &local, secret).await?;
    let stage = Stage::new(app.http.clone(), sandbox.base_url(), local, &shop.token, setup::NUMBER);
    let play = Play { app: app.clone(), shop, stage, story, seed: args.seed, quiet: args.quiet, json: globals.json };
    let stop = app.shutdown.clone();
    let (sandbox_url, public_url) = (sandbox.base_url(), config.public_url.clone());
    let life = async move {
        stop.run_until_cancelled(play.run(&sandbox, &public_url, &sandbox_url)).await;
        sandbox.shutdown().await;
    };
    let (served, ()) = tokio::join!(serve::serve(&config, listener, app), life);
    served?;
    Ok(Output::silent())
}

/// Nothing of the environment or of a configuration file counts here: a demo must never open a shop's real database.
fn settings(data_dir: &Path, listen: SocketAddr) -> Config {
    Config {
        database_url: format!("sqlite://{}", data_dir.join("rapport.db").display()),
        data_dir: data_dir.to_owned(),
        listen,
        public_url: format!("http://{}", on_this_machine(listen)),
        log: String::new(),
        allow_hosts: vec!["127.0.0.1".to_owned(), on_this_machine(listen).ip().to_string()],
        trusted_proxies: Vec::new(),
        metrics_token: None,
        master_key: None,
        master_key_file: None,
        node_name: "demo".to_owned(),
    }
}

/// Where this machine itself reaches what listens there.
fn on_this_machine(listen: SocketAddr) -> SocketAddr {
    let ip = if listen.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { listen.ip() };
    SocketAddr::new(ip, listen.port())
}

/// Where the demo keeps its files; a temporary place is removed at the end.
struct Folder {
    path: PathBuf,
    temporary: bool,
}

impl Folder {
    fn open(given: Option<&str>) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new("failed", format!("data folder: {error}"));
        if let Some(given) = given {
            return Ok(Self { path: std::path::absolute(given).map_err(failed)?, temporary: false });
        }
        let name = format!("rapport-demo-{}-{}", std::process::id(), password::random(&SystemIds));
        Ok(Self { path: std::env::temp_dir().join(name), temporary: true })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "the demo's files stay");
        }
    }
}

/// Everything that happens while the server runs.
struct Play {
    app: App,
    shop: Shop,
    stage: Stage,
    story: story::Story,
    seed: u64,
    quiet: bool,
    json: bool,
}

impl Play {
    async fn run(self, sandbox: &Handle, url: &str, sandbox_url: &str) {
        // The port is taken already; the handshake waits until it is answered.
        if let Err(error) = sandbox.handshake(&self.shop.callback, &self.shop.verify_token).await {
            tracing::warn!(error, "the provider's stand-in cannot verify the webhook");
        }
        if !self.shop.is_old {
            let now = self.app.now().0 / 1_000;
            if let Err(error) = life::history(&self.stage, &self.shop, &self.story, self.seed, now).await {
                tracing::warn!(error, "not all of the demo's history was delivered");
            }
        }
        self.announce(url, sandbox_url);
        if self.quiet {
            return std::future::pending().await;
        }
        // What the history led to is not answered: give its last messages time to go out.
        tokio::time::sleep(Duration::from_secs(2)).await;
        life::Life::new(self.stage, self.story, self.seed).run().await;
    }

    fn announce(&self, url: &str, sandbox_url: &str) {
        let agents: Vec<&str> = setup::AGENTS.iter().map(|(_, email)| *email).collect();
        let text = if self.json {
            let document = json!({
                "url": url, "email": OWNER, "password": self.shop.password, "token": self.shop.token,
                "agents": agents, "sandbox_url": sandbox_url,
            });
            format!("{document}\n")
        } else {
            format!(
                "\n  Dune & Thread is open.\n\n  URL        {url}\n  E-mail     {OWNER}\n  Password   {}\n  Agents     {} (same password)\n  \
                 API token  {}\n  Sandbox    {sandbox_url}/_sandbox/state\n\n  Ctrl-C stops everything.\n\n",
                self.shop.password,
                agents.join(", "),
                self.shop.token,
            )
        };
        // Nobody may be reading.
        let _ = std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush());
    }
}
