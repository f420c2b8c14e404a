//! Child processes: started with a log, ended with their owner, and what the kernel says about them.

use crate::Result;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A child that is killed when it is dropped.
pub struct Process {
    child: Child,
    /// Where its output goes.
    pub log: PathBuf,
}

impl Process {
    /// Starts it with its output appended to `log`.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let out = File::options().create(true).append(true).open(log)?;
        let error = out.try_clone()?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(error)
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", command.get_program().to_string_lossy()))?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, signal);
        }
    }

    /// `kill -9`, and waits for the end.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end and kills it when it does not; true when it ended by itself.
    pub fn end(&mut self, signal: Signal, patience: Duration) -> bool {
        self.signal(signal);
        let until = Instant::now() + patience;
        while Instant::now() < until {
            if !self.runs() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.kill();
        false
    }

    /// Resident memory, bytes.
    pub fn resident(&self) -> u64 {
        status_kilobytes(self.id(), "VmRSS:") * 1024
    }

    /// The largest resident memory so far, bytes.
    pub fn peak(&self) -> u64 {
        status_kilobytes(self.id(), "VmHWM:") * 1024
    }

    /// The last lines it wrote, for a report of what went wrong.
    pub fn tail(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(8)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::CONT);
        self.kill();
    }
}

fn status_kilobytes(pid: u32, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// CPU time of the machine and of this process with all its descendants, in clock ticks.
#[derive(Clone, Copy, Debug, Default)]
struct Ticks {
    all: u64,
    busy: u64,
    own: u64,
}

fn ticks() -> Ticks {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields: Vec<u64> = stat
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(1)
        .filter_map(|digits| digits.parse().ok())
        .collect();
    let field = |place: usize| fields.get(place).copied().unwrap_or(0);
    // user nice system idle iowait irq softirq steal: interrupts are nobody's, stolen time is others'.
    let busy = field(0) + field(1) + field(2) + field(7);
    Ticks { all: fields.iter().take(8).sum(), busy, own: own_ticks() }
}

fn own_ticks() -> u64 {
    let mut parents: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut used: HashMap<u32, u64> = HashMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let text = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name in parentheses may hold spaces.
        let Some((_, rest)) = text.rsplit_once(") ") else { continue };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let number = |place: usize| fields.get(place).and_then(|digits| digits.parse::<u64>().ok()).unwrap_or(0);
        // After the name: state ppid ...; utime stime cutime cstime are the 12th to 15th.
        parents.entry(u32::try_from(number(1)).unwrap_or(0)).or_default().push(pid);
        used.insert(pid, (11..15).map(number).sum());
    }
    let mut todo = vec![std::process::id()];
    let mut seen = HashSet::new();
    let mut sum = 0;
    while let Some(pid) = todo.pop() {
        if seen.insert(pid) {
            sum += used.get(&pid).copied().unwrap_or(0);
            todo.extend(parents.get(&pid).into_iter().flatten().copied());
        }
    }
    sum
}

/// Measures how much of the machine others used.
pub struct Quiet {
    from: Ticks,
}

impl Quiet {
    /// From now.
    pub fn watch() -> Self {
        Self { from: ticks() }
    }

    /// Share of the whole machine (0 to 1) that processes other than ours used since.
    pub fn foreign(&self) -> f64 {
        let now = ticks();
        let busy = now.busy.saturating_sub(self.from.busy);
        let own = now.own.saturating_sub(self.from.own);
        busy.saturating_sub(own) as f64 / now.all.saturating_sub(self.from.all).max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_work_is_not_foreign() {
        let watch = Quiet::watch();
        let before = own_ticks();
        let until = Instant::now() + Duration::from_millis(300);
        let mut sum = 0_u64;
        while Instant::now() < until {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(7));
        }
        assert!(own_ticks() > before, "work is counted as ours");
        assert!((0.0..=1.0).contains(&watch.foreign()));
    }

    #[test]
    fn a_child_ends_with_its_owner() {
        let log = std::env::temp_dir().join(format!("rapport-bench-sleep-{}", std::process::id()));
        let mut process = Process::start(Command::new("sleep").arg("60"), &log).expect("sleep starts");
        assert!(process.runs());
        assert!(process.resident() > 0);
        assert!(process.end(Signal::TERM, Duration::from_secs(5)));
        assert!(!process.runs());
        std::fs::remove_file(log).expect("the log was made");
    }
}
