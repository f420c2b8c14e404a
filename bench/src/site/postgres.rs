//! A private PostgreSQL: made from nothing, durable settings, ended with its owner.

use super::Scratch;
use super::process::Process;
use crate::Result;
use rustix::process::Signal;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tokio_postgres::{Client, NoTls};

/// A running cluster.
pub struct Postgres {
    process: Process,
    port: u16,
    // Removed after the server has ended: fields are dropped in order.
    _directory: Directory,
}

/// Where a cluster lives.
enum Directory {
    Target(Scratch),
    Temporary(PathBuf),
}

impl Directory {
    fn path(&self) -> &Path {
        match self {
            Self::Target(scratch) => scratch.path(),
            Self::Temporary(path) => path,
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if let Self::Temporary(path) = self {
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

/// The directory of the newest PostgreSQL's programs.
pub fn programs() -> Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, path)| path.join("initdb").exists())
        .collect();
    found.sort();
    let on_path =
        || std::env::split_paths(&std::env::var_os("PATH")?).find(|directory| directory.join("initdb").exists());
    found.pop().map(|(_, path)| path).or_else(on_path).ok_or_else(|| "PostgreSQL's initdb was not found".into())
}

/// PostgreSQL refuses to run as root: then user and group of somebody without rights.
fn somebody() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    ids("postgres").or_else(|| ids("nobody"))
}

/// Whether everybody may pass through all directories above.
fn reachable(path: &Path) -> bool {
    path.ancestors().skip(1).all(|above| above.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0))
}

fn directory(scratch: Scratch, user: Option<(u32, u32)>) -> Result<Directory> {
    let place = if user.is_none() || reachable(scratch.path()) {
        Directory::Target(scratch)
    } else if scratch.stays() {
        return Err(format!("PostgreSQL's user cannot reach {}", scratch.path().display()).into());
    } else {
        let name = scratch.path().file_name().unwrap_or_default().to_owned();
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path)?;
        Directory::Temporary(path)
    };
    if let Some((user, group)) = user {
        chown(place.path(), Some(user), Some(group))?;
    }
    std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o700))?;
    Ok(place)
}

impl Postgres {
    /// Makes and starts a cluster with `buffers` megabytes of shared memory.
    pub async fn start(buffers: u32) -> Result<Self> {
        Self::start_in(Scratch::new("pg")?, buffers).await
    }

    /// Starts the cluster of a directory, and makes it when there is none.
    pub async fn start_in(scratch: Scratch, buffers: u32) -> Result<Self> {
        let programs = programs()?;
        let user = somebody();
        let directory = directory(scratch, user)?;
        let data = directory.path().join("data");
        let is_new = !data.join("PG_VERSION").exists();
        let as_user = |command: &mut Command| {
            command.current_dir(directory.path()).env("LC_ALL", "C.UTF-8");
            if let Some((user, group)) = user {
                command.uid(user).gid(group);
            }
        };
        if is_new {
            let mut init = Command::new(programs.join("initdb"));
            let plain = ["-U", "harness", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"];
            init.arg("-D").arg(&data).args(plain);
            as_user(&mut init);
            let done = init.output()?;
            if !done.status.success() {
                return Err(format!("initdb: {}", String::from_utf8_lossy(&done.stderr)).into());
            }
        }
        let port = super::free_port()?.port();
        let mut serve = Command::new(programs.join("postgres"));
        serve.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &port.to_string(), "-k"]).arg(directory.path());
        for setting in [
            &format!("shared_buffers={buffers}MB"),
            "max_connections=200",
            "fsync=on",
            "synchronous_commit=on",
            "max_wal_size=4GB",
            "logging_collector=off",
            "track_commit_timestamp=on",
        ] {
            serve.arg("-c").arg(setting);
        }
        as_user(&mut serve);
        let process = Process::start(&mut serve, &super::output()?.join("postgres.log"))?;
        let mut cluster = Self { process, port, _directory: directory };
        cluster.wait().await?;
        if is_new {
            let roles = "CREATE ROLE node1 LOGIN SUPERUSER; CREATE ROLE node2 LOGIN SUPERUSER; CREATE ROLE node3 LOGIN SUPERUSER";
            cluster.connect("postgres").await?.batch_execute(roles).await?;
        }
        Ok(cluster)
    }

    async fn wait(&mut self) -> Result<()> {
        for _ in 0..200 {
            if self.connect("postgres").await.is_ok() {
                return Ok(());
            }
            if !self.process.runs() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("PostgreSQL did not start: {}", self.process.tail()).into())
    }

    /// The URL of a database for one of the roles: `harness`, `node1` to `node3`. Each process has its own, so that the
    /// database itself can tell who wrote.
    pub fn url(&self, database: &str, role: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// A session; its connection runs on the current runtime.
    pub async fn connect(&self, database: &str) -> Result<Client> {
        connect(&self.url(database, "harness")).await
    }

    /// Makes an empty database, unless there is one.
    pub async fn create(&self, database: &str) -> Result<()> {
        let client = self.connect("postgres").await?;
        if client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&database]).await?.is_some() {
            return Ok(());
        }
        client.batch_execute(&format!("CREATE DATABASE {database}")).await?;
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT = fast shutdown: shared memory and children go in order.
        self.process.end(Signal::INT, Duration::from_secs(10));
    }
}

/// A session with a database.
pub async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
