//! A private PostgreSQL server for tests.
//!
//! The first test of a run starts it under a file lock and notes it in a state file in the temporary folder; the others
//! find it there. Durability is off: the data is worth nothing. PostgreSQL refuses to run as root, so the harness then
//! runs it as the user `postgres` or `nobody`.

use super::{options, run};
use crate::error::{Error, Result};
use crate::store::Store;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running server and the migrated database that tests copy.
pub(super) struct Server {
    /// URL of its maintenance database.
    pub admin: String,
    /// Name of the migrated database.
    pub template: String,
}

/// Names an existing server instead.
const URL: &str = "RAPPORT_TEST_POSTGRES_URL";
/// Minutes without a test after which the watchdog stops the server.
const IDLE_MINUTES: u32 = 15;

pub(super) async fn execute(admin: &str, sql: &str) -> Result<()> {
    run(admin, sql).await
}

/// The same server, another database. Test URLs are `postgres://user@host/database?options`.
pub(super) fn with_database(admin: &str, name: &str) -> String {
    let (base, query) = admin.split_once('?').map_or((admin, ""), |(base, query)| (base, query));
    let start = base.find("://").map_or(0, |at| at + 3);
    let end = base[start..].find('/').map_or(base.len(), |at| start + at);
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}/{name}{mark}{query}", &base[..end])
}

/// Finds or starts the server and makes the template. The file lock lets one process of the run do it.
pub(super) async fn server() -> Result<Server> {
    let place = std::env::temp_dir().join(format!("rapport-test-pg-{}", whoami()));
    let lock_path = place.with_extension("lock");
    let lock = tokio::task::spawn_blocking(move || {
        let file = File::options().create(true).truncate(false).write(true).open(&lock_path)?;
        file.lock()?;
        Ok::<File, std::io::Error>(file)
    })
    .await
    .map_err(|error| Error::Unavailable(error.to_string()))?
    .map_err(|error| Error::Unavailable(format!("lock for the test server: {error}")))?;
    let admin = match std::env::var(URL) {
        Ok(url) => url,
        Err(_) => own_server(&place).await?,
    };
    let template = template(&admin).await?;
    drop(lock);
    Ok(Server { admin, template })
}

fn whoami() -> String {
    std::fs::metadata("/proc/self").map_or_else(|_| "user".to_owned(), |meta| meta.uid().to_string())
}

async fn own_server(place: &Path) -> Result<String> {
    let admin = format!("postgres://rapport@localhost/postgres?host={}", place.display());
    let used = place.join("used");
    if place.join("data/postmaster.pid").exists() && run(&admin, "SELECT 1").await.is_ok() {
        std::fs::write(&used, "").map_err(|error| failed("state file", &error))?;
        return Ok(admin);
    }
    let place = place.to_owned();
    tokio::task::spawn_blocking(move || start(&place))
        .await
        .map_err(|error| Error::Unavailable(error.to_string()))??;
    run(&admin, "SELECT 1").await?;
    Ok(admin)
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> Error {
    Error::Unavailable(format!("PostgreSQL for tests: {what}: {error}"))
}

fn start(place: &Path) -> Result<()> {
    let bin = binaries()?;
    if place.exists() {
        std::fs::remove_dir_all(place).map_err(|error| failed("old data", &error))?;
    }
    std::fs::create_dir_all(place).map_err(|error| failed("folder", &error))?;
    std::fs::write(place.join("used"), "").map_err(|error| failed("state file", &error))?;
    let user = unprivileged()?;
    if let Some((uid, gid)) = user {
        std::os::unix::fs::chown(place, Some(uid), Some(gid)).map_err(|error| failed("owner", &error))?;
    }
    let data = place.join("data");
    let mut initdb = as_user(&bin.join("initdb"), user, place);
    initdb.args(["--no-sync", "--auth=trust", "--username=rapport", "--encoding=UTF8", "--locale=C", "-D"]).arg(&data);
    finish("initdb", initdb)?;
    let settings = format!(
        "-k {} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
         -c max_connections=300 -c shared_buffers=256MB -c max_wal_size=2GB",
        place.display()
    );
    let mut control = as_user(&bin.join("pg_ctl"), user, place);
    control
        .args(["start", "--wait", "--silent", "-D"])
        .arg(&data)
        .arg("-l")
        .arg(place.join("log"))
        .arg("-o")
        .arg(settings);
    finish("pg_ctl start", control)?;
    watchdog(&bin, user, place)
}

/// Stops the server when the state file has not been touched for a while. It outlives the test on purpose.
fn watchdog(bin: &Path, user: Option<(u32, u32)>, place: &Path) -> Result<()> {
    let script = format!(
        "while [ -e '{place}/data/postmaster.pid' ]; do sleep 20; \
         [ -n \"$(find '{place}/used' -mmin -{IDLE_MINUTES} 2>/dev/null)\" ] || '{bin}/pg_ctl' stop -m immediate -D '{place}/data'; done",
        place = place.display(),
        bin = bin.display()
    );
    let mut shell = as_user(Path::new("/bin/sh"), user, place);
    shell.arg("-c").arg(script).process_group(0);
    shell.spawn().map(drop).map_err(|error| failed("watchdog", &error))
}

fn as_user(program: &Path, user: Option<(u32, u32)>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env_remove("PGDATA").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

fn finish(what: &str, mut command: Command) -> Result<()> {
    let status = command.status().map_err(|error| failed(what, &error))?;
    if status.success() { Ok(()) } else { Err(failed(what, &status)) }
}

/// The user to run as when we are root.
fn unprivileged() -> Result<Option<(u32, u32)>> {
    if whoami() != "0" {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").map_err(|error| failed("/etc/passwd", &error))?;
    let find = |name: &str| {
        let fields: Vec<&str> = users.lines().find(|line| line.starts_with(&format!("{name}:")))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    find("postgres").or_else(|| find("nobody")).map(Some).ok_or_else(|| failed("user", &"no user postgres or nobody"))
}

/// Where initdb and pg_ctl are: `PG_BIN`, what `pg_config --bindir` says, or Debian's place, newest first.
fn binaries() -> Result<PathBuf> {
    let mut places: Vec<PathBuf> = std::env::var_os("PG_BIN").map(PathBuf::from).into_iter().collect();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        places.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    let mut versions: Vec<(u32, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten() {
        let number = entry.file_name().to_string_lossy().parse().unwrap_or(0);
        versions.push((number, entry.path().join("bin")));
    }
    versions.sort();
    places.extend(versions.into_iter().rev().map(|(_, path)| path));
    places.into_iter().find(|place| place.join("initdb").exists() && place.join("pg_ctl").exists()).ok_or_else(|| {
        Error::Unavailable(format!(
            "PostgreSQL's server programs (initdb, pg_ctl) are not here. Install them (Debian, Ubuntu: apt-get install \
             postgresql), set PG_BIN to their folder, or set {URL} to a server whose user may create databases"
        ))
    })
}

/// A migrated database, one for each build of the test program: a changed migration gives another name.
async fn template(admin: &str) -> Result<String> {
    let program = std::env::current_exe().map_err(|error| failed("this program", &error))?;
    let meta = std::fs::metadata(&program).map_err(|error| failed("this program", &error))?;
    let modified =
        meta.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
    let identity = format!("{} {} {}", program.display(), meta.len(), modified.as_nanos());
    let name = format!("template_{}", hex::encode(&Sha256::digest(identity)[..8]));
    let url = with_database(admin, &name);
    let marker = format!("{name}_ready");
    // The marker is made last: a template that was interrupted half-way is made again.
    if run(&with_database(admin, &marker), "SELECT 1").await.is_ok() {
        return Ok(name);
    }
    run(admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    run(admin, &format!("CREATE DATABASE {name}")).await?;
    let store = Store::open(&options(&url)).await?;
    store.migrate().await?;
    store.close().await?;
    run(admin, &format!("CREATE DATABASE {marker}")).await?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn database_names_are_replaced() {
        assert_eq!(with_database("postgres://u@h/postgres?host=/tmp/x", "a"), "postgres://u@h/a?host=/tmp/x");
        assert_eq!(with_database("postgres://u:p@h:5432/postgres", "a"), "postgres://u:p@h:5432/a");
        assert_eq!(with_database("postgres://h", "a"), "postgres://h/a");
    }
}
