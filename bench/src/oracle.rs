//! The judges: pure functions from what was observed to what is wrong (perf-reliability.md §1.3).
//!
//! Observations come from outside the product: answers to the load, the database's own client, the provider's
//! stand-in, the live stream, and a journal that PostgreSQL's triggers keep. `mutants` falsifies good histories and
//! expects each judge to notice.

#[cfg(test)]
mod mutants;

use crate::generate::Step;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A stored line of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Our id, 32 hexadecimal digits.
    pub id: String,
    /// The provider's id.
    pub provider_id: Option<String>,
    /// `in`, `out`, `note`, `event`.
    pub direction: String,
    /// Status word.
    pub status: String,
    /// Whose thread.
    pub contact: String,
    /// Which thread.
    pub conversation: String,
}

/// A stored event as received: 0 pending, 1 processed, 2 duplicate, 3 quarantined, 4 waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawRow {
    /// Its key.
    pub key: [u8; 16],
    /// What became of it.
    pub state: i64,
}

/// The product's own books (`GET /api/v1/audit/counts`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// Events that were accepted, repeats included.
    pub received: i64,
    /// Events that led to something or to nothing, as decided.
    pub processed: i64,
    /// Repeats.
    pub duplicates: i64,
    /// Set aside with a reason.
    pub quarantined: i64,
    /// Still to be done.
    pub pending: i64,
    /// Lines stored from events.
    pub stored: i64,
    /// Of those, lines that the API shows.
    pub shown: i64,
    /// The product's own verdict.
    pub balanced: bool,
}

impl std::fmt::Display for Books {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "received {} = processed {} + duplicates {} + quarantined {} + pending {}; stored {}, shown {}",
            self.received, self.processed, self.duplicates, self.quarantined, self.pending, self.stored, self.shown
        )
    }
}

/// A request to send, as the provider's stand-in saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// `rpt:<message>:<attempt>`.
    pub callback: String,
    /// Whether it was accepted (and so went out).
    pub accepted: bool,
    /// Whether the customer's window was open then, or the message was a template.
    pub allowed: bool,
    /// To whom.
    pub to: String,
    /// When, milliseconds.
    pub at: i64,
}

/// A change of an event's state, as PostgreSQL's trigger saw it inside the writing transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Which event.
    pub key: String,
    /// State before; -1 for the insert.
    pub from: i64,
    /// State after.
    pub to: i64,
    /// Lane it belongs to.
    pub lane: i64,
    /// The node whose session wrote.
    pub node: String,
    /// The node that owned the lane in that transaction.
    pub owner: String,
    /// When the transaction committed, UTC microseconds.
    pub committed: i64,
}

/// A change of a lane's lease, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Which lane.
    pub lane: i64,
    /// Epoch after.
    pub epoch: i64,
    /// Owner after.
    pub owner: String,
}

/// A line in the live stream, in order of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// `message.created` or `message.updated`.
    pub kind: String,
    /// Which line.
    pub line: String,
    /// The status it tells.
    pub status: Option<String>,
}

/// Everything observed of one run. What was not observed stays empty and is not judged.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Provider ids of messages and echoes that were answered 200.
    pub acked_lines: Vec<String>,
    /// Statuses that were answered 200.
    pub acked_steps: Vec<(String, Step)>,
    /// Statuses that were posted at all.
    pub told_steps: Vec<(String, Step)>,
    /// Keys of events that were answered 200, with the moment (UTC microseconds).
    pub acked_keys: Vec<([u8; 16], i64)>,
    /// Stored events.
    pub raw: Vec<RawRow>,
    /// Stored lines.
    pub lines: Vec<Line>,
    /// The product's books after everything came to rest.
    pub books: Option<Books>,
    /// Ids of messages the API took for sending (202).
    pub asked: Vec<String>,
    /// What the provider got.
    pub sent: Vec<Sent>,
    /// The live stream, when one was followed from the beginning.
    pub shown: Option<Vec<Shown>>,
    /// Journal of event writes.
    pub writes: Vec<Write>,
    /// Journal of leases.
    pub leases: Vec<Lease>,
    /// Contacts or conversations that exist twice.
    pub doubles: Vec<String>,
    /// Messages a second the provider allows on the number; 0 = not judged.
    pub per_second: usize,
}

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which judge.
    pub judge: &'static str,
    /// What.
    pub what: String,
}

type Judge = fn(&History, &mut Vec<String>);

/// All judges with their names.
const JUDGES: [(&str, Judge); 12] = [
    ("I1 nothing acked is lost", nothing_lost),
    ("I1 the answer comes after the commit", answered_after_commit),
    ("I2 one row per event and provider message", stored_once),
    ("I2 one send per message", sent_once),
    ("one person, one open thread", no_doubles),
    ("the books balance", balanced),
    ("statuses go forward only", forward),
    ("sends are kept", sends_kept),
    ("the live stream has no gap", no_gap),
    ("lanes are fenced", fenced),
    ("I4 limits hold in every window", within_limits),
    ("nothing is sent outside the window", in_window),
];

/// Everything that is wrong with a history.
pub fn judge(history: &History) -> Vec<Violation> {
    let mut found = Vec::new();
    for (name, judge) in &JUDGES {
        let mut what = Vec::new();
        judge(history, &mut what);
        found.extend(what.into_iter().map(|what| Violation { judge: name, what }));
    }
    found
}

/// The judges that had something to judge, with how much they saw.
pub fn judged(history: &History) -> Vec<(&'static str, String)> {
    let settled = history.writes.iter().filter(|write| write.from != -1).count();
    let stream = history.shown.as_ref().map_or(0, Vec::len);
    let seen: [(bool, String); 12] = [
        (
            !history.acked_keys.is_empty(),
            format!("{} acked events, {} acked messages", history.acked_keys.len(), history.acked_lines.len()),
        ),
        (!history.writes.is_empty(), format!("{} inserts with commit times", history.writes.len() - settled)),
        (!history.raw.is_empty(), format!("{} events, {} lines", history.raw.len(), history.lines.len())),
        (!history.sent.is_empty(), format!("{} sends at the provider", history.sent.len())),
        (!history.lines.is_empty(), format!("{} lines", history.lines.len())),
        (history.books.is_some(), history.books.map(|books| books.to_string()).unwrap_or_default()),
        (!history.acked_steps.is_empty(), format!("{} acked statuses", history.acked_steps.len())),
        (!history.asked.is_empty(), format!("{} messages taken for sending", history.asked.len())),
        (history.shown.is_some(), format!("{stream} events for {} lines", history.lines.len())),
        (settled > 0, format!("{settled} settled events, {} lease changes", history.leases.len())),
        (history.per_second > 0 && !history.sent.is_empty(), format!("{} a second allowed", history.per_second)),
        (!history.sent.is_empty(), format!("{} sends", history.sent.len())),
    ];
    JUDGES.iter().zip(seen).filter(|(_, (saw, _))| *saw).map(|((name, _), (_, what))| (*name, what)).collect()
}

fn provider_ids(history: &History) -> HashMap<&str, &Line> {
    history.lines.iter().filter_map(|line| Some((line.provider_id.as_deref()?, line))).collect()
}

fn nothing_lost(history: &History, wrong: &mut Vec<String>) {
    let stored: HashSet<[u8; 16]> = history.raw.iter().map(|row| row.key).collect();
    let lost = history.acked_keys.iter().filter(|(key, _)| !stored.contains(key)).count();
    if lost > 0 {
        wrong.push(format!("{lost} of {} acked events are not stored", history.acked_keys.len()));
    }
    let lines = provider_ids(history);
    let lost: Vec<&String> = history.acked_lines.iter().filter(|id| !lines.contains_key(id.as_str())).collect();
    if let Some(example) = lost.first() {
        wrong.push(format!(
            "{} of {} acked messages have no line, e.g. {example}",
            lost.len(),
            history.acked_lines.len()
        ));
    }
}

fn answered_after_commit(history: &History, wrong: &mut Vec<String>) {
    let committed: HashMap<&str, i64> = history
        .writes
        .iter()
        .filter(|write| write.from == -1)
        .map(|write| (write.key.as_str(), write.committed))
        .collect();
    if committed.is_empty() {
        return;
    }
    for (key, at) in &history.acked_keys {
        let key = hex::encode(key);
        if committed.get(key.as_str()).is_some_and(|committed| committed > at) {
            wrong.push(format!("event {key} was answered before its commit"));
        }
    }
}

fn repeated<T: std::hash::Hash + Eq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    let mut again = Vec::new();
    for item in items {
        if seen.contains(&item) {
            again.push(item);
        } else {
            seen.insert(item);
        }
    }
    again
}

fn stored_once(history: &History, wrong: &mut Vec<String>) {
    let twice = repeated(history.lines.iter().filter_map(|line| line.provider_id.as_deref()));
    wrong.extend(twice.iter().map(|id| format!("provider message {id} has several lines")));
    let twice = repeated(history.raw.iter().map(|row| row.key));
    wrong.extend(twice.iter().map(|key| format!("event {} is stored several times", hex::encode(key))));
}

/// The message an attempt belongs to.
fn message_of(callback: &str) -> String {
    callback.strip_prefix("rpt:").and_then(|rest| rest.split(':').next()).unwrap_or(callback).replace('-', "")
}

fn sent_once(history: &History, wrong: &mut Vec<String>) {
    let twice = repeated(history.sent.iter().map(|sent| sent.callback.as_str()));
    wrong.extend(twice.iter().map(|callback| format!("attempt {callback} reached the provider several times")));
    let accepted = history.sent.iter().filter(|sent| sent.accepted);
    let twice = repeated(accepted.map(|sent| message_of(&sent.callback)));
    wrong.extend(twice.iter().map(|message| format!("message {message} was sent several times")));
}

fn no_doubles(history: &History, wrong: &mut Vec<String>) {
    wrong.extend(history.doubles.iter().cloned());
}

fn balanced(history: &History, wrong: &mut Vec<String>) {
    let Some(books) = &history.books else { return };
    let settled = books.processed + books.duplicates + books.quarantined + books.pending;
    if books.received != settled {
        wrong.push(format!(
            "received {} but processed + duplicates + quarantined + pending = {settled}",
            books.received
        ));
    }
    if books.stored != books.shown {
        wrong.push(format!("stored {} but shown {}", books.stored, books.shown));
    }
    if books.pending != 0 {
        wrong.push(format!("{} events never came to rest", books.pending));
    }
    if !books.balanced {
        wrong.push("the product says that its books do not balance".into());
    }
    let stored = i64::try_from(history.raw.len()).unwrap_or(i64::MAX);
    if !history.raw.is_empty() && books.received < stored {
        wrong.push(format!("{stored} events are stored but only {} were received", books.received));
    }
}

/// How far a status is: a failure may follow `sent`, but not proof of delivery.
fn rank(status: &str) -> u8 {
    match status {
        "sent" => 1,
        "failed" => 2,
        "delivered" => 3,
        "read" => 4,
        _ => 0,
    }
}

fn forward(history: &History, wrong: &mut Vec<String>) {
    let lines = provider_ids(history);
    let mut told: HashMap<&str, HashSet<Step>> = HashMap::new();
    for (id, step) in &history.told_steps {
        told.entry(id).or_default().insert(*step);
    }
    for (id, step) in &history.acked_steps {
        let Some(line) = lines.get(id.as_str()) else { continue };
        if rank(&line.status) < rank(step.word()) {
            wrong.push(format!("{id} was told to be {} and is {}", step.word(), line.status));
        }
    }
    for (id, steps) in &told {
        let Some(line) = lines.get(id) else { continue };
        // An echo is sent when it is made.
        if rank(&line.status) > 1 && !steps.iter().any(|step| step.word() == line.status) {
            wrong.push(format!("{id} is {} though nobody said so", line.status));
        }
    }
    let mut last: HashMap<&str, u8> = HashMap::new();
    for shown in history.shown.iter().flatten() {
        let Some(now) = shown.status.as_deref().map(rank).filter(|rank| *rank > 0) else { continue };
        let before = last.insert(&shown.line, now).unwrap_or(0);
        if now < before {
            wrong.push(format!("the stream showed line {} going back", shown.line));
        }
    }
}

fn sends_kept(history: &History, wrong: &mut Vec<String>) {
    let lines: HashMap<&str, &Line> = history.lines.iter().map(|line| (line.id.as_str(), line)).collect();
    let accepted: HashSet<String> =
        history.sent.iter().filter(|sent| sent.accepted).map(|sent| message_of(&sent.callback)).collect();
    for id in &history.asked {
        match lines.get(id.as_str()) {
            None => wrong.push(format!("message {id} was taken for sending and is not stored")),
            Some(line) if matches!(line.status.as_str(), "sent" | "delivered" | "read") && !accepted.contains(id) => {
                wrong.push(format!("message {id} is {} but the provider never got it", line.status));
            }
            Some(line) if matches!(line.status.as_str(), "queued" | "sending") => {
                wrong.push(format!("message {id} is still {}", line.status));
            }
            Some(_) => {}
        }
    }
}

fn no_gap(history: &History, wrong: &mut Vec<String>) {
    let Some(shown) = &history.shown else { return };
    let created: Vec<&str> =
        shown.iter().filter(|shown| shown.kind == "message.created").map(|shown| shown.line.as_str()).collect();
    let known: HashSet<&str> = created.iter().copied().collect();
    let missing: Vec<&Line> = history.lines.iter().filter(|line| !known.contains(line.id.as_str())).collect();
    if let Some(example) = missing.first() {
        wrong.push(format!("{} of {} lines never came by, e.g. {}", missing.len(), history.lines.len(), example.id));
    }
    let twice = repeated(created.into_iter());
    if let Some(example) = twice.first() {
        wrong.push(format!("{} lines came by as new several times, e.g. {example}", twice.len()));
    }
}

fn fenced(history: &History, wrong: &mut Vec<String>) {
    let mut settled: HashSet<&str> = HashSet::new();
    for write in &history.writes {
        // Inserts and wake-ups of waiting events need no lane.
        if write.from == -1 || write.to == 0 {
            continue;
        }
        if write.owner != write.node {
            wrong.push(format!("{} settled event {} in lane {} of {}", write.node, write.key, write.lane, write.owner));
        }
        if (1..=3).contains(&write.to) && !settled.insert(&write.key) {
            wrong.push(format!("event {} was settled twice", write.key));
        }
    }
    let mut last: BTreeMap<i64, (i64, &str)> = BTreeMap::new();
    for lease in &history.leases {
        if let Some((epoch, owner)) = last.get(&lease.lane)
            && (lease.epoch < *epoch || (lease.epoch == *epoch && lease.owner != *owner && !lease.owner.is_empty()))
        {
            wrong.push(format!(
                "lane {} went from epoch {epoch} of {owner} to {} of {}",
                lease.lane, lease.epoch, lease.owner
            ));
        }
        last.insert(lease.lane, (lease.epoch, &lease.owner));
    }
}

/// On a machine that is out of processor, what left evenly arrives in bunches: the witness stands behind the same queue.
/// Two senders, or one without a limit, are far beyond this.
const BUNCHED_MS: i64 = 250;

fn within_limits(history: &History, wrong: &mut Vec<String>) {
    if history.per_second == 0 {
        return;
    }
    let mut times: Vec<i64> = history.sent.iter().map(|sent| sent.at).collect();
    times.sort_unstable();
    for (place, at) in times.iter().enumerate() {
        if times.get(place + history.per_second).is_some_and(|later| later - at < 1_000 - BUNCHED_MS) {
            let within = times[place..].iter().take_while(|later| *later - at < 1_000).count();
            wrong.push(format!("{within} sends within a second from {at}, {} allowed", history.per_second));
            return;
        }
    }
}

fn in_window(history: &History, wrong: &mut Vec<String>) {
    let outside = history.sent.iter().filter(|sent| !sent.allowed);
    wrong.extend(outside.map(|sent| format!("{} went to {} outside the window", sent.callback, sent.to)));
}
