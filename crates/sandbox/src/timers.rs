//! Things that happen later, in sandbox time.

use crate::{deliver::Job, world::World};
use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Notify;

/// What is due at some moment.
pub enum Task {
    /// A message we accepted reaches its next status.
    Status {
        /// The message.
        wamid: String,
        /// `sent`, `delivered`, `read`, `played` or `failed`.
        status: &'static str,
    },
    /// A template's review ends.
    Review {
        /// The template.
        template: String,
    },
    /// A template waiting for deletion is gone.
    Forget {
        /// The template.
        template: String,
    },
    /// A template goes on without being asked: a pause ends, a category changes.
    Template {
        /// The template.
        template: String,
        /// What happens.
        step: crate::whatsapp::quality::Step,
    },
    /// A member of a crowd writes.
    Crowd {
        /// Which crowd.
        crowd: u64,
        /// Which member.
        member: u32,
    },
    /// A webhook is tried again.
    Deliver(Box<Job>),
    /// CRM changes collected so far are sent.
    FlushCrm,
}

struct Entry {
    at: i64,
    seq: u64,
    task: Task,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.seq) == (other.at, other.seq)
    }
}
impl Eq for Entry {}
impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.seq).cmp(&(other.at, other.seq))
    }
}

#[derive(Default)]
struct Heap {
    entries: BinaryHeap<Reverse<Entry>>,
    seq: u64,
}

/// The queue of what is due, ordered by time, then by insertion.
#[derive(Default)]
pub struct Timers {
    heap: Mutex<Heap>,
    wake: Notify,
}

impl Timers {
    /// Lets `task` happen at `at` (UTC milliseconds of sandbox time).
    pub fn at(&self, at: i64, task: Task) {
        let mut heap = self.heap.lock().unwrap_or_else(PoisonError::into_inner);
        heap.seq += 1;
        let seq = heap.seq;
        heap.entries.push(Reverse(Entry { at, seq, task }));
        drop(heap);
        self.wake.notify_one();
    }

    /// How many tasks wait.
    pub fn len(&self) -> usize {
        self.heap.lock().unwrap_or_else(PoisonError::into_inner).entries.len()
    }

    /// Forgets everything that waits.
    pub fn clear(&self) {
        self.heap.lock().unwrap_or_else(PoisonError::into_inner).entries.clear();
    }

    fn due(&self, now: i64) -> Result<Task, Option<i64>> {
        let mut heap = self.heap.lock().unwrap_or_else(PoisonError::into_inner);
        match heap.entries.peek() {
            Some(Reverse(entry)) if entry.at <= now => heap.entries.pop().map(|Reverse(entry)| entry.task).ok_or(None),
            Some(Reverse(entry)) => Err(Some(entry.at)),
            None => Err(None),
        }
    }
}

/// Runs tasks as they fall due, until the world is shut down.
pub async fn run(world: Arc<World>) {
    loop {
        // Registered before looking, so that a change in between is not missed.
        let changed = world.clock.changed();
        tokio::pin!(changed);
        match world.timers.due(world.clock.now()) {
            Ok(task) => perform(&world, task),
            Err(next) => {
                let sleep = tokio::time::sleep(
                    next.map_or_else(|| std::time::Duration::from_secs(3600), |at| world.clock.until(at)),
                );
                tokio::select! {
                    () = sleep => {}
                    () = world.timers.wake.notified() => {}
                    () = &mut changed => {}
                    () = world.stop.cancelled() => return,
                }
            }
        }
    }
}

fn perform(world: &Arc<World>, task: Task) {
    match task {
        Task::Status { wamid, status } => {
            crate::whatsapp::status::progress(world, &wamid, status, None);
        }
        Task::Review { template } => crate::whatsapp::template::review(world, &template),
        Task::Forget { template } => crate::whatsapp::template::forget(world, &template),
        Task::Template { template, step } => crate::whatsapp::quality::go_on(world, &template, &step),
        Task::Crowd { crowd, member } => crate::whatsapp::crowd::write(world, crowd, member),
        Task::Deliver(job) => world.deliverer.enqueue(*job),
        Task::FlushCrm => crate::hubspot::webhooks::flush(world),
    }
}
