//! One turn of a lane worker: pending events in, one commit out.

use super::effects::{self, Jobs};
use crate::channel::{Channel, Channels};
use crate::inbox::release::Shelved;
use crate::jobs::Job;
use rapport_connectors::whatsapp::{RawKind, decode};
use rapport_core::inbound::Event;
use rapport_core::inbox::{Context, Needs, Outcome, Policy, decide, needs};
use rapport_core::{Ms, RawEventId, WorkspaceId};
use rapport_store::lane::Held;
use rapport_store::raw::{Finish, Finished, Kind, Pending};
use rapport_store::{Scope, Store};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use uuid::Uuid;

/// Failed tries after which an event is set aside and its lane goes on.
pub(super) const TRIES_MAX: u16 = 3;

/// What every turn needs.
pub(super) struct Turn {
    pub store: Store,
    pub channels: Channels,
}

/// What a turn did.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Done {
    /// Events that ended.
    pub events: usize,
    /// Jobs that were made.
    pub jobs: usize,
}

/// A pending event with what it means and whose it is.
struct Ready {
    pending: Pending,
    channel: Arc<Channel>,
    event: Event,
}

impl Turn {
    /// Decides a batch of one workspace. On an error nothing is written; [`Turn::run`] then tries smaller batches.
    async fn batch(&self, workspace: WorkspaceId, events: &[Pending], held: &[Held], now: Ms) -> crate::Result<Done> {
        let scope = self.store.workspace(workspace);
        let policy = self.channels.policy(workspace).await?;
        let care = self.channels.care(workspace).await?;
        let rules = self.channels.rules(workspace).await?;
        let chats = self.channels.chats(workspace).await?;
        let (ready, mut finished) = self.understand(workspace, events).await?;
        let mut wanted = Needs::default();
        for one in &ready {
            for member in chats.members(&one.channel.id) {
                needs(&one.event, *member, &mut wanted);
            }
        }
        let tx = scope.write().await?;
        tx.fence_lanes(self.store.node_id(), held).await?;
        let mut book = rapport_store::ingest::load(&tx, &wanted).await?;
        book.know_chats(chats);
        let shelved = Shelved::of(&book);
        let lanes: HashSet<u16> = held.iter().map(|held| held.lane).collect();
        let mut jobs = Jobs::new(self.channels.connections(workspace).await?);
        for one in &ready {
            let (finish, outcome) = self.decide(&mut book, one, &policy, &lanes, now, &mut jobs);
            finished.push(Finished { id: one.pending.id, finish, outcome });
        }
        if care.listening {
            let heard = crate::survey::hear(&tx, &care.survey, jobs.answers(), book.chats(), now).await?;
            book.apply(heard);
        }
        shelved.reopened(&tx, &mut book, &policy, now).await?;
        let batch = book.drain();
        if care.routed && crate::routing::assign::waits_in(&batch) {
            jobs.push(Job::Assign);
        }
        if care.notices {
            jobs.notices();
        }
        rapport_store::ingest::save(&tx, &batch, now).await?;
        // First what waits is written, then what is here wakes it: an event and its target may share this batch.
        tx.finish_raw(&finished).await?;
        let made = effects::store(&tx, jobs, now).await? + crate::rule::listen::hear(&tx, &rules, &batch, now).await?;
        tx.commit().await?;
        count(&finished);
        Ok(Done { events: finished.len(), jobs: made })
    }

    /// Decodes, and finds the channel each event is for; what cannot be placed is finished here.
    async fn understand(
        &self,
        workspace: WorkspaceId,
        events: &[Pending],
    ) -> crate::Result<(Vec<Ready>, Vec<Finished>)> {
        let mut ready = Vec::with_capacity(events.len());
        let mut finished = Vec::new();
        for pending in events {
            match self.place(workspace, pending).await? {
                Ok(one) => ready.push(one),
                Err(reason) => finished.push(quarantined(pending.id, reason)),
            }
        }
        Ok((ready, finished))
    }

    async fn place(&self, workspace: WorkspaceId, pending: &Pending) -> crate::Result<Result<Ready, String>> {
        let body = match &pending.body {
            Ok(body) => body,
            Err(damage) => return Ok(Err(format!("the stored event is damaged: {damage}"))),
        };
        let kind = raw_kind(pending.kind);
        let event = match catch_unwind(AssertUnwindSafe(|| decode(kind, body))) {
            Ok(Ok(event)) => event,
            Ok(Err(error)) => return Ok(Err(error.to_string())),
            Err(_) => return Ok(Err("decoding it panics".to_owned())),
        };
        let Some(hooked) = self.channels.get(pending.channel).await? else {
            return Ok(Err("its channel was removed".to_owned()));
        };
        if event.phone_number_id.is_empty() || event.phone_number_id == hooked.phone_number_id {
            return Ok(Ok(Ready { pending: pending.clone(), channel: hooked, event }));
        }
        // One webhook may serve several numbers of the business.
        match self.channels.by_number(workspace, hooked.provider, &event.phone_number_id).await? {
            Some(channel) => Ok(Ok(Ready { pending: pending.clone(), channel, event })),
            None => Ok(Err(format!("no channel has the phone number id {}", event.phone_number_id))),
        }
    }

    fn decide(
        &self,
        book: &mut rapport_core::inbox::Book,
        one: &Ready,
        policy: &Policy,
        lanes: &HashSet<u16>,
        now: Ms,
        jobs: &mut Jobs,
    ) -> (Finish, String) {
        let locked = |lane: u16| lanes.contains(&lane);
        let context = Context {
            channel_id: one.channel.id,
            workspace_id: one.pending.workspace,
            lane: one.pending.lane,
            locked: &locked,
            received_at: one.pending.received_at,
            wait_until: one.pending.wait_until,
            now,
            policy,
        };
        let mut fresh = || -> Uuid { self.store.new_id(now) };
        let decision = match catch_unwind(AssertUnwindSafe(|| decide(book, &context, &one.event, &mut fresh))) {
            Ok(decision) => decision,
            Err(_) => return (Finish::Quarantined("deciding it panics".to_owned()), "panic".to_owned()),
        };
        jobs.remember(&decision.changes);
        book.apply(decision.changes);
        jobs.add(&one.channel, decision.effects);
        let word = decision.outcome.code().to_owned();
        (finish(decision.outcome), word)
    }

    /// Decides pending events of one workspace; a batch that fails is halved until the event that makes it fail stands
    /// alone and is counted, and after [`TRIES_MAX`] tries set aside.
    ///
    /// # Errors
    /// When the database is away or a lane was lost: nothing is known about the events then.
    pub async fn run(&self, workspace: WorkspaceId, events: &[Pending], held: &[Held], now: Ms) -> crate::Result<Done> {
        let mut done = Done::default();
        let mut stack: Vec<&[Pending]> = vec![events];
        let mut conflicts = 0;
        while let Some(part) = stack.pop() {
            match self.batch(workspace, part, held, now).await {
                Ok(some) => {
                    done.events += some.events;
                    done.jobs += some.jobs;
                }
                Err(error) if gone(&error) => return Err(error),
                // Another node made the same contact at the same moment: what it made is seen on the next try.
                Err(crate::Error::Store(error)) if error.is_conflict() && conflicts < 3 => {
                    conflicts += 1;
                    stack.push(part);
                }
                Err(error) if part.len() == 1 => done.events += self.blame(workspace, &part[0], &error).await?,
                Err(_) => {
                    let (first, second) = part.split_at(part.len() / 2);
                    stack.push(second);
                    stack.push(first);
                }
            }
        }
        Ok(done)
    }

    async fn blame(&self, workspace: WorkspaceId, pending: &Pending, error: &crate::Error) -> crate::Result<usize> {
        tracing::warn!(event = %pending.id, attempt = pending.attempts + 1, %error, "an event cannot be processed");
        let spent = pending.attempts + 1 >= TRIES_MAX;
        let finish = if spent { Finish::Quarantined(error.to_string()) } else { Finish::Failed(error.to_string()) };
        let finished = Finished { id: pending.id, finish, outcome: "error".to_owned() };
        let tx = Scope::write(&self.store.workspace(workspace)).await?;
        tx.finish_raw(&[finished]).await?;
        tx.commit().await?;
        Ok(usize::from(spent))
    }
}

/// The database is away, or the lane has passed to another node: the events are not to blame.
fn gone(error: &crate::Error) -> bool {
    matches!(error, crate::Error::Store(store) if store.is_transient() || matches!(store, rapport_store::Error::Stale(_)))
}

fn raw_kind(kind: Kind) -> RawKind {
    match kind {
        Kind::Message => RawKind::Message,
        Kind::Status => RawKind::Status,
        Kind::Echo => RawKind::Echo,
        Kind::Other => RawKind::Other,
    }
}

fn finish(outcome: Outcome) -> Finish {
    match outcome {
        Outcome::Duplicate => Finish::Duplicate,
        Outcome::Waiting { key, until } => Finish::Waiting { key, until },
        Outcome::Relane(lane) => Finish::Relaned(lane),
        Outcome::Quarantine(reason) => Finish::Quarantined(reason),
        Outcome::Message(_)
        | Outcome::Updated(_)
        | Outcome::Contact(_)
        | Outcome::Stale
        | Outcome::Unmatched
        | Outcome::Account
        | Outcome::Ignored(_) => Finish::Processed,
    }
}

fn quarantined(id: RawEventId, reason: String) -> Finished {
    Finished { id, finish: Finish::Quarantined(reason), outcome: "quarantine".to_owned() }
}

fn count(finished: &[Finished]) {
    for one in finished {
        metrics::counter!("rapport_events_total", "outcome" => one.outcome.clone()).increment(1);
    }
}
