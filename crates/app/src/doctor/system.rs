//! The machine, the database and the workers.

use super::{Finding, limited, words};
use crate::error::Result;
use crate::state::App;
use rapport_connectors::provider::Kind;
use rapport_core::Ms;
use rapport_store::channel::ChannelRow;
use rapport_store::health::Node;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A question that costs nothing should not take longer.
const SLOW_DATABASE_MS: u128 = 500;
/// How long a database may be silent before it counts as away.
const DATABASE_PATIENCE: Duration = Duration::from_secs(5);
/// Clocks that differ by more are worth a word. Milliseconds.
const SKEW_MS: i64 = 2_000;
/// No clock that is right shows an earlier moment: 2026-01-01.
const EARLIEST: Ms = Ms(1_767_225_600_000);
/// A process that has not shown itself for so long is gone. Milliseconds.
const NODE_SILENCE_MS: i64 = 30_000;

pub(super) async fn all(app: &App, channels: &[ChannelRow]) -> Vec<Finding> {
    let (database, disk, folder, clock, workers) = futures::join!(
        limited("database", database(app)),
        limited("disk", disks(app)),
        limited("data_folder", folder(app)),
        limited("clock", clock(app)),
        limited("workers", workers(app)),
    );
    let mut findings: Vec<Finding> = [database, disk, folder, clock, workers].into_iter().flatten().collect();
    findings.push(address(&app.settings.public_url, channels));
    findings
}

async fn database(app: &App) -> Result<Vec<Finding>> {
    let began = Instant::now();
    match tokio::time::timeout(DATABASE_PATIENCE, app.store.ping()).await {
        Err(_) => {
            let error = format!("no answer within {} s", DATABASE_PATIENCE.as_secs());
            return Ok(vec![words::DATABASE_AWAY.finding().with("error", error)]);
        }
        Ok(Err(error)) => return Ok(vec![words::DATABASE_AWAY.finding().with("error", error)]),
        Ok(Ok(())) => {}
    }
    let ms = began.elapsed().as_millis();
    if !app.store.is_migrated().await? {
        return Ok(vec![words::DATABASE_OLD.finding()]);
    }
    let words = if ms > SLOW_DATABASE_MS { words::DATABASE_SLOW } else { words::DATABASE_OK };
    Ok(vec![words.finding().with("ms", ms)])
}

async fn disks(app: &App) -> Result<Vec<Finding>> {
    let mut places = vec![app.settings.data_dir.clone()];
    places.extend(app.store.sqlite_path().and_then(Path::parent).map(Path::to_owned));
    let look = move || {
        let mut findings: Vec<Finding> = places.iter().map(|path| disk(path)).collect();
        // Usually both are the same disk, which is told once.
        findings.dedup_by(|second, first| {
            second.code == first.code && second.values.get("free") == first.values.get("free")
        });
        findings
    };
    tokio::task::spawn_blocking(look).await.map_err(|error| crate::Error::Internal(error.to_string()))
}

fn disk(path: &Path) -> Finding {
    let place = path.display();
    match rustix::fs::statvfs(path) {
        Err(error) => words::DISK_UNKNOWN.finding().with("path", place).with("error", error),
        Ok(space) => {
            let block = u128::from(space.f_frsize);
            let (free, total) = (u128::from(space.f_bavail) * block, u128::from(space.f_blocks) * block);
            judge_disk(free, total).with("path", place)
        }
    }
}

fn judge_disk(free: u128, total: u128) -> Finding {
    let percent = (free * 100).checked_div(total).unwrap_or(0);
    let words = match percent {
        0..2 => words::DISK_FULL,
        2..10 => words::DISK_LOW,
        _ => words::DISK_OK,
    };
    words.finding().with("free", bytes(free)).with("total", bytes(total)).with("percent", percent)
}

fn bytes(count: u128) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut whole, mut unit) = (count, 0);
    while whole >= 10_000 && unit + 1 < UNITS.len() {
        whole /= 1_000;
        unit += 1;
    }
    format!("{whole} {}", UNITS[unit])
}

async fn folder(app: &App) -> Result<Vec<Finding>> {
    let path = app.settings.data_dir.clone();
    let probe: PathBuf = path.join(format!(".doctor-{}", app.store.new_id(app.now())));
    let written = async {
        tokio::fs::write(&probe, b"doctor").await?;
        tokio::fs::remove_file(&probe).await
    };
    let finding = match written.await {
        Ok(()) => words::FOLDER_OK.finding(),
        Err(error) => words::FOLDER_CLOSED.finding().with("error", error),
    };
    Ok(vec![finding.with("path", path.display())])
}

async fn clock(app: &App) -> Result<Vec<Finding>> {
    let now = app.now();
    let (_, theirs) = rapport_store::health::nodes(&app.store, now).await?;
    Ok(vec![judge_clock(now, app.now().since(theirs))])
}

fn judge_clock(now: Ms, skew: i64) -> Finding {
    if now < EARLIEST {
        let text = jiff::Timestamp::from_millisecond(now.0).map_or_else(|_| now.0.to_string(), |at| at.to_string());
        return words::CLOCK_WRONG.finding().with("now", text);
    }
    let words = if skew.abs() > SKEW_MS { words::CLOCK_OFF } else { words::CLOCK_OK };
    words.finding().with("ms", skew)
}

async fn workers(app: &App) -> Result<Vec<Finding>> {
    let (nodes, now) = rapport_store::health::nodes(&app.store, app.now()).await?;
    Ok(vec![judge_workers(&app.pulse.silent(), &nodes, now)])
}

fn judge_workers(silent: &[&str], nodes: &[Node], now: Ms) -> Finding {
    if !silent.is_empty() {
        return words::WORKERS_SILENT.finding().with("names", silent.join(", "));
    }
    let alive: Vec<&Node> = nodes.iter().filter(|node| now.since(node.seen_at) < NODE_SILENCE_MS).collect();
    let Some(first) = alive.first() else {
        return words::WORKERS_NONE.finding().with("seconds", NODE_SILENCE_MS / 1_000);
    };
    if alive.iter().any(|node| node.version != first.version) {
        let names: Vec<String> = alive.iter().map(|node| format!("{} {}", node.name, node.version)).collect();
        return words::WORKERS_MIXED.finding().with("names", names.join(", "));
    }
    let names: Vec<&str> = alive.iter().map(|node| node.name.as_str()).collect();
    words::WORKERS_OK.finding().with("nodes", alive.len()).with("names", names.join(", "))
}

fn address(url: &str, channels: &[ChannelRow]) -> Finding {
    let meta = channels
        .iter()
        .any(|channel| Kind::parse(&channel.provider).and_then(Kind::default_base) == Some(channel.base_url.as_str()));
    let words = if meta && !url.starts_with("https://") { words::ADDRESS_PLAIN } else { words::ADDRESS_OK };
    words.finding().with("url", url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_space_is_judged_by_its_share() {
        for (free, code) in [(0, "full"), (19, "full"), (20, "low"), (99, "low"), (100, "ok"), (1_000, "ok")] {
            assert_eq!(judge_disk(free, 1_000).code, code, "{free}");
        }
        assert_eq!(judge_disk(0, 0).code, "full");
        assert_eq!(judge_disk(9 << 30, 100 << 30).values["free"], "9663 MB");
    }

    #[test]
    fn clocks_and_workers_are_judged() {
        let now = Ms(EARLIEST.0 + 1);
        assert_eq!(judge_clock(now, 10).code, "ok");
        assert_eq!(judge_clock(now, -5_000).code, "differs");
        assert_eq!(judge_clock(Ms(0), 0).code, "wrong");
        let node = |name: &str, seen_at: i64, version: &str| Node {
            name: name.to_owned(),
            seen_at: Ms(seen_at),
            version: version.to_owned(),
        };
        let late = Ms(100_000);
        for (silent, nodes, code) in [
            (vec![], vec![], "none"),
            (vec![], vec![node("a", 1, "1")], "none"),
            (vec![], vec![node("a", 99_000, "1"), node("gone", 1, "0")], "ok"),
            (vec![], vec![node("a", 99_000, "1"), node("b", 98_000, "2")], "versions"),
            (vec!["senders"], vec![node("a", 99_000, "1")], "silent"),
        ] {
            assert_eq!(judge_workers(&silent, &nodes, late).code, code);
        }
    }
}
