//! Two-way synchronisation under a seed: the product's own engine, store and connectors in this process, the stand-ins
//! beside them, and time that passes only when somebody waits.
//!
//! People edit on both sides, the same fields within the clocks' resolution too; calls are refused, limited, answered
//! and lost, tokens are refused, webhooks come twice, late, in any order or never, the process dies in the middle of
//! calls. Afterwards both sides must say the same, nobody may be there twice, nothing may be left in between, and
//! nothing may be written again and again. A story is the same for the same seed.

mod act;
mod clock;
mod judge;
mod person;
pub mod scenes;
pub mod stand;
mod story;
#[cfg(test)]
mod tests;
mod wire;
mod world;

use crate::Result;
use rapport_connectors::crm::VENDORS;
use stand::{STANDS, Stand};
use std::future::Future;
use std::time::Duration;
use story::{Outcome, Script};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Only these kinds of CRM, separated by commas
    #[arg(long)]
    only: Option<String>,
    /// How many stories of each kind
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Contacts on both sides together
    #[arg(long, default_value_t = 30)]
    records: usize,
    /// Changes in each story's storm; six for each contact when left out
    #[arg(long)]
    changes: Option<usize>,
    /// Print what happens, for a look at one story
    #[arg(long)]
    tell: bool,
    /// Play the scenes of single fault classes instead
    #[arg(long)]
    scenes: bool,
}

/// The longest that a scene or a story may take, of the machine's own time.
const LIMIT: Duration = Duration::from_secs(1_800);

/// Runs something on a thread and a runtime of its own, where one thing happens after the other: only so a seed always
/// gives the same story.
pub fn alone<T: Send + 'static, F: Future<Output = Result<T>>>(play: impl FnOnce() -> F + Send + 'static) -> Result<T> {
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let play = async { tokio::time::timeout(LIMIT, play()).await.map_err(|_| "it stands still")? };
        runtime.block_on(play)
    };
    std::thread::spawn(run).join().map_err(|_| "the story ended in a panic")?
}

/// Plays so many stories from a seed on; what was wrong, each with how to play it again.
pub fn storms(stand: &'static Stand, seed: u64, count: u64) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for seed in seed..seed + count {
        let script = Script { seed, records: 12, changes: 60, is_told: false, mutant: None };
        let outcome = alone(move || story::play(stand, script))?;
        wrong.extend(outcome.wrong.iter().map(|one| format!("{}: {} ({})", one.judge, one.what, again(stand, script))));
    }
    Ok(wrong)
}

fn again(stand: &Stand, script: Script) -> String {
    let Script { seed, records, changes, .. } = script;
    let name = stand.name();
    format!("rapport-bench sync --only {name} --seeds 1 --seed {seed} --records {records} --changes {changes}")
}

/// Plays the stories; true when all went well.
pub fn run(options: &Options) -> Result<bool> {
    let wanted: Option<Vec<&str>> = options.only.as_ref().map(|names| names.split(',').collect());
    let (mut played, mut failed) = (0, 0);
    for vendor in VENDORS.iter().filter(|vendor| STANDS.iter().all(|stand| stand.kind != vendor.kind)) {
        println!("FAIL  {}: the simulation knows nothing of this kind", vendor.kind);
        failed += 1;
    }
    let is_wanted = |stand: &&Stand| {
        let name = stand.name();
        wanted.as_ref().is_none_or(|wanted| wanted.contains(&stand.kind) || wanted.contains(&name.as_str()))
    };
    for stand in STANDS.iter().filter(is_wanted) {
        if options.scenes {
            for (name, title, scene) in scenes::SCENES {
                played += 1;
                let wrong = alone(move || scene(stand, true));
                failed += u64::from(!show(&format!("{} {title} ({name})", stand.name()), wrong));
            }
            continue;
        }
        for seed in options.seed..options.seed + options.seeds {
            let changes = options.changes.unwrap_or(options.records * 6);
            let script = Script { seed, records: options.records, changes, is_told: options.tell, mutant: None };
            played += 1;
            failed += u64::from(!tell(stand, script, alone(move || story::play(stand, script))));
        }
    }
    println!("sync: {} passed, {failed} failed", played - failed.min(played));
    Ok(failed == 0 && played > 0)
}

/// Prints what came of a scene.
fn show(name: &str, wrong: Result<Vec<String>>) -> bool {
    match wrong {
        Ok(wrong) if wrong.is_empty() => println!("ok    {name}"),
        Ok(wrong) => {
            println!("FAIL  {name}");
            wrong.iter().for_each(|wrong| println!("      {wrong}"));
            return false;
        }
        Err(error) => {
            println!("FAIL  {name}: {error}");
            return false;
        }
    }
    true
}

/// Prints what came of a story.
fn tell(stand: &Stand, script: Script, outcome: Result<Outcome>) -> bool {
    let name = format!("{} seed {}", stand.name(), script.seed);
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            println!("FAIL  {name}: {error}");
            return false;
        }
    };
    let each = outcome.calls as f64 / outcome.changes.max(1) as f64;
    let line = format!(
        "{} contacts, {} records, {} changes, {} calls ({each:.1} a change), {} writes, {} faults, {} starts, {} told differences, {:.1} h",
        outcome.seen.here.len(),
        outcome.seen.there.iter().filter(|there| there.alive).count(),
        outcome.changes,
        outcome.calls,
        outcome.writes,
        outcome.faults,
        outcome.starts,
        outcome.seen.told,
        outcome.time as f64 / 3_600_000.0
    );
    if outcome.wrong.is_empty() {
        println!("ok    {name}: {line}");
        return true;
    }
    println!("FAIL  {name}: {line}");
    for wrong in outcome.wrong.iter().take(10) {
        println!("      {}: {}", wrong.judge, wrong.what);
    }
    println!("      again: {}", again(stand, script));
    false
}
