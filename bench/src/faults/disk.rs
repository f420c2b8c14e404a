//! F3: the disk is full. A small tmpfs where we may mount one, otherwise a limit on file size: writes fail either way.

use super::Context;
use super::scene::Scene;
use crate::Result;
use crate::site::Scratch;
use crate::site::product::Kind;
use rustix::process::geteuid;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SIZE: u64 = 48 << 20;

/// A small file system that goes away with its owner.
struct Mount(PathBuf);

impl Mount {
    fn new(at: &Path) -> Option<Self> {
        if !geteuid().is_root() {
            return None;
        }
        let size = format!("size={SIZE}");
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).output().ok()?;
        done.status.success().then(|| Self(at.to_owned()))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// What makes the disk full, and empty again.
enum Filler {
    File(PathBuf),
    Limit(u32),
}

impl Filler {
    fn fill(&self) -> Result<()> {
        match self {
            Self::File(path) => {
                // Until nothing more fits: the error is what we want.
                let _ = std::io::copy(
                    &mut std::io::Read::take(std::io::repeat(7), SIZE),
                    &mut std::fs::File::create(path)?,
                );
                Ok(())
            }
            Self::Limit(pid) => limit(*pid, "0"),
        }
    }

    fn free(&self) -> Result<()> {
        match self {
            Self::File(path) => Ok(std::fs::remove_file(path)?),
            Self::Limit(pid) => limit(*pid, "unlimited"),
        }
    }
}

/// Sets the soft limit of file sizes of a running process.
fn limit(pid: u32, size: &str) -> Result<()> {
    let done = Command::new("prlimit").args(["--pid", &pid.to_string(), &format!("--fsize={size}:")]).output()?;
    if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned().into()) }
}

/// Full, still readable, and well again without a restart.
pub async fn run(context: &Context) -> Result<()> {
    let scratch = Scratch::new("disk")?;
    let mount = Mount::new(scratch.path());
    let mut scene = Scene::new(context, Kind::SqliteIn(scratch.path()), 1, 20_000).await?;
    let filler = match &mount {
        Some(_) => Filler::File(scratch.path().join("filler")),
        None => {
            // A write beyond the limit must be an error, not a signal that ends the process.
            scene.kill(0);
            let (node, _) = scene.site.start_as(0, deaf_to_size_signal).await?;
            let pid = node.process.id();
            scene.nodes[0] = Some(node);
            Filler::Limit(pid)
        }
    };
    let how = if mount.is_some() { "full tmpfs" } else { "file size limit" };
    let first = post(&mut scene, 500).await;
    filler.fill()?;
    // The log's file has room of its own: it takes some deliveries until nothing more fits.
    let mut full = (0, std::collections::BTreeMap::new());
    for _ in 0..15 {
        let (taken, refused) = post(&mut scene, 1_000).await;
        full.0 += taken;
        full.1.extend(refused);
        if taken < 500 {
            break;
        }
    }
    context.report.check(
        &format!("F3 {how}: 503 when nothing can be stored"),
        full.1.get(&503).copied().unwrap_or(0) > 0 && full.1.keys().all(|status| *status == 503),
        &format!("{} x 200 before, then {} x 200 and {:?}", first.0, full.0, full.1),
    );
    let read = scene.site.api(0).call("GET", "/api/v1/conversations?view=all&status=any", None).await;
    let status = read.map_or(0, |(status, _)| status);
    context.report.check(&format!("F3 {how}: reading goes on"), status == 200, &format!("{status}"));
    filler.free()?;
    let began = Instant::now();
    let mut healthy = false;
    while !healthy && began.elapsed() < Duration::from_secs(20) {
        healthy = post(&mut scene, 10).await.0 == 10;
    }
    context.report.check(
        &format!("F3 {how}: well again without a restart"),
        healthy,
        &format!("{:.1} s", began.elapsed().as_secs_f64()),
    );
    scene.redeliver().await?;
    context.report.settled(&format!("F3 {how}"), scene.site.drain(Duration::from_secs(60)).await);
    context.report.check(&format!("F3 {how}: the file is sound"), scene.site.database.sound().await?, "");
    context.report.judge(&format!("F3 {how}"), &scene.history(0).await?);
    scene.kill(0);
    drop(scene);
    drop(mount);
    Ok(())
}

/// Deliveries answered 200, and the other answers.
async fn post(scene: &mut Scene, deliveries: usize) -> (usize, std::collections::BTreeMap<u16, u64>) {
    let load = scene.load(deliveries, 16).within(Duration::from_secs(20));
    let order = Arc::clone(&load.order);
    let outcome = load.closed().await;
    scene.note(&order, &outcome);
    (outcome.acked.len(), outcome.refused)
}

/// Runs the command below a shell that ignores the signal: children inherit that.
fn deaf_to_size_signal(command: Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}
