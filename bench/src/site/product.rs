//! An installation of the product under test: set up by its command line, run as real processes.

use super::database::Database;
use super::postgres::Postgres;
use super::process::Process;
use super::sandbox::Sandbox;
use super::{Scratch, free_port, output};
use crate::Result;
use crate::generate::Channel;
use crate::http::{self, Api};
use crate::oracle::Books;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Where an installation keeps its data.
#[derive(Clone, Copy)]
pub enum Kind<'a> {
    /// A file in a directory of its own.
    Sqlite,
    /// A file in this directory.
    SqliteIn(&'a Path),
    /// A new database of this name.
    Postgres(&'a Postgres, &'a str),
}

/// An installation that is set up; its nodes may run or not.
pub struct Installation {
    binary: PathBuf,
    /// Its files.
    pub folder: PathBuf,
    urls: Vec<String>,
    /// Read beside the product.
    pub database: Database,
    /// Where each node listens, also after a restart.
    pub addresses: Vec<SocketAddr>,
    /// Full rights.
    pub token: String,
    /// The connected number.
    pub channel: Channel,
    _scratch: Scratch,
}

/// A running node.
pub struct Node {
    /// The process.
    pub process: Process,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Looks for a text under one of the names, anywhere in a document.
fn text_of<'v>(value: &'v Value, names: &[&str]) -> Option<&'v str> {
    let object = value.as_object()?;
    let here = names.iter().find_map(|name| object.get(*name)?.as_str());
    here.or_else(|| object.values().find_map(|inner| text_of(inner, names)))
}

impl Installation {
    /// Sets up workspace, token and channel; `base_url` is where the provider is believed to be.
    pub async fn new(binary: &Path, kind: Kind<'_>, nodes: usize, base_url: &str) -> Result<Self> {
        let scratch = Scratch::new("site")?;
        let folder = if let Kind::SqliteIn(folder) = kind { folder.to_owned() } else { scratch.path().to_owned() };
        let (urls, database) = match kind {
            Kind::Sqlite | Kind::SqliteIn(_) => {
                let file = folder.join("rapport.db");
                (vec![format!("sqlite://{}", file.display())], Database::Sqlite(file))
            }
            Kind::Postgres(cluster, name) => {
                cluster.create(name).await?;
                let urls = (0..nodes).map(|node| cluster.url(name, &node_name(node))).collect();
                (urls, Database::Postgres(cluster.url(name, "harness")))
            }
        };
        let addresses = (0..nodes).map(|_| free_port()).collect::<Result<_>>()?;
        let mut made = Self {
            binary: binary.to_owned(),
            folder,
            urls,
            database,
            addresses,
            token: String::new(),
            channel: Channel::default(),
            _scratch: scratch,
        };
        made.set_up(base_url)?;
        Ok(made)
    }

    fn set_up(&mut self, base_url: &str) -> Result<()> {
        let owner = self.run(&["init", "--json"])?;
        let token = text_of(&owner, &["token", "api_token", "secret"]).ok_or("`rapport init --json` gave no token")?;
        self.token = token.to_owned();
        let channel = self.channel.clone();
        let added = self.run(&[
            "channel",
            "add",
            "whatsapp",
            "--phone-number-id",
            &channel.phone_number_id,
            "--waba-id",
            &channel.waba_id,
            "--access-token",
            "sandbox-token",
            "--app-secret",
            &channel.secret,
            "--verify-token",
            "bench-verify",
            "--base-url",
            base_url,
            "--json",
        ])?;
        let url = text_of(&added, &["webhook_url"]).ok_or("`rapport channel add --json` gave no webhook_url")?;
        let path = url.find("/webhooks/").map(|at| url[at..].to_owned()).ok_or("the webhook URL has another path")?;
        self.channel.path = path;
        Ok(())
    }

    /// The program with this node's settings and no others of ours.
    fn command(&self, node: usize) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RAPPORT_")) {
            command.env_remove(name);
        }
        command
            .env("RAPPORT_DATABASE_URL", &self.urls[node % self.urls.len()])
            .env("RAPPORT_DATA_DIR", &self.folder)
            .env("RAPPORT_LISTEN", self.addresses[node].to_string())
            .env("RAPPORT_ALLOW_HOSTS", "127.0.0.1")
            .env("RAPPORT_NODE_NAME", node_name(node));
        command
    }

    /// Runs a command of the product and reads its JSON.
    pub fn run(&self, arguments: &[&str]) -> Result<Value> {
        let done =
            self.command(0).args(arguments).output().map_err(|error| format!("{}: {error}", self.binary.display()))?;
        if !done.status.success() {
            let (out, error) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
            return Err(format!("rapport {}: {out} {error}", arguments[0]).into());
        }
        Ok(serde_json::from_slice(&done.stdout)?)
    }

    /// Starts a node and waits until it is ready; tells how long that took.
    pub async fn start(&self, node: usize) -> Result<(Node, Duration)> {
        self.start_as(node, |command| command).await
    }

    /// The same with a say in the command.
    pub async fn start_as(&self, node: usize, change: impl FnOnce(Command) -> Command) -> Result<(Node, Duration)> {
        let mut command = self.command(node);
        command.arg("serve");
        let log = output()?.join(format!("{}.log", node_name(node)));
        let began = Instant::now();
        let process = Process::start(&mut change(command), &log)?;
        let mut started = Node { process, address: self.addresses[node] };
        let ready = b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
        while began.elapsed() < Duration::from_secs(30) {
            if http::once(started.address, ready, Duration::from_secs(2)).await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok((started, began.elapsed()));
            }
            if !started.process.runs() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err(format!("rapport serve was not ready: {}", started.process.tail()).into())
    }

    /// The API of a node.
    pub fn api(&self, node: usize) -> Api {
        Api { address: self.addresses[node], token: self.token.clone() }
    }

    /// The product's books.
    pub async fn books(&self, node: usize) -> Result<Books> {
        let counts = self.api(node).get("/api/v1/audit/counts").await?;
        let number = |name: &str| counts[name].as_i64().unwrap_or(-1);
        Ok(Books {
            received: number("received"),
            processed: number("processed"),
            duplicates: number("duplicates"),
            quarantined: number("quarantined"),
            pending: number("pending"),
            stored: number("stored"),
            shown: number("shown"),
            balanced: counts["balanced"].as_bool().unwrap_or(false),
        })
    }

    /// Waits until no event is pending; tells how long that took.
    pub async fn drain(&self, limit: Duration) -> Result<Duration> {
        let began = Instant::now();
        loop {
            let pending = self.pending().await?;
            if pending == 0 {
                return Ok(began.elapsed());
            }
            if began.elapsed() > limit {
                return Err(format!("{pending} events or more still pending after {} s", limit.as_secs()).into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Events not yet settled, of which at most a hundred are counted: waiting must cost the product nothing.
    pub async fn pending(&self) -> Result<i64> {
        self.database.number("SELECT COUNT(*) FROM (SELECT 1 FROM raw_event WHERE state = 0 LIMIT 100) AS p").await
    }

    /// Tells the sandbox which number it is and where the webhooks go.
    pub async fn connect(&self, sandbox: &Sandbox) -> Result<()> {
        let url = format!("http://{}{}", self.addresses[0], self.channel.path);
        sandbox.number(&self.channel, &url, "bench-verify").await
    }
}

/// What a node is called, also in its database sessions.
pub fn node_name(node: usize) -> String {
    format!("node{}", node + 1)
}

/// The product's binary of a profile.
pub fn binary(release: bool) -> Result<PathBuf> {
    let target = super::root().join("target");
    let path = target.join(if release { "release" } else { "debug" }).join("rapport");
    path.canonicalize().map_err(|_| format!("{} does not exist: build it first", path.display()).into())
}
