//! The usual small backend, started from `bench/python` with pinned packages.

use crate::Result;
use crate::generate::Channel;
use crate::http;
use crate::site::process::Process;
use crate::site::{self, Scratch};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A running FastAPI + pywa server with one worker.
pub struct Python {
    /// Where it listens.
    pub address: SocketAddr,
    process: Process,
    directory: Scratch,
}

/// The interpreter with the pinned packages; made when missing or when the pins changed.
fn interpreter() -> Result<PathBuf> {
    let sources = site::root().join("bench/python");
    let place = site::output()?.join("venv");
    let python = place.join("bin/python");
    let pins = std::fs::read_to_string(sources.join("requirements.txt"))?;
    let stamp = place.join("requirements.stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|known| known == pins) {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&place))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(sources.join("requirements.txt")))?;
    std::fs::write(stamp, pins)?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<()> {
    let done = command.output()?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("{:?}: {}", command.get_program(), String::from_utf8_lossy(&done.stderr)).into())
}

impl Python {
    /// Starts it on an empty database.
    pub async fn start(channel: &Channel) -> Result<Self> {
        let python = interpreter()?;
        let directory = Scratch::new("python")?;
        let address = site::free_port()?;
        let mut command = Command::new(python);
        command
            .args(["-m", "uvicorn", "server:app", "--workers", "1", "--no-access-log", "--log-level", "critical"])
            .args(["--host", "127.0.0.1", "--port", &address.port().to_string()])
            .current_dir(site::root().join("bench/python"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("BASELINE_DB", directory.path().join("baseline.db"))
            .env("BASELINE_SECRET", &channel.secret)
            .env("BASELINE_PHONE_ID", &channel.phone_number_id);
        let process = Process::start(&mut command, &site::output()?.join("python.log"))?;
        let mut server = Self { address, process, directory };
        for _ in 0..300 {
            let ready = b"GET /ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
            if http::once(address, ready, Duration::from_secs(1)).await.is_ok_and(|answer| answer.status == 200) {
                return Ok(server);
            }
            if !server.process.runs() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(format!("the Python baseline did not start: {}", server.process.tail()).into())
    }

    /// Rows it stored.
    pub fn stored(&self) -> Result<u64> {
        let connection = rusqlite::Connection::open(self.directory.path().join("baseline.db"))?;
        Ok(connection.query_row("SELECT COUNT(*) FROM event", [], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }
}
