//! What decisions want done becomes jobs in the same transaction.

use crate::channel::Channel;
use crate::jobs::Job;
use rapport_core::inbound::AccountEvent;
use rapport_core::inbox::{Change, Effect};
use rapport_core::message::Direction;
use rapport_core::{ChannelId, ConnectionId, ConversationId, Ms};
use rapport_store::WriteTx;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The effects of a batch, sorted by how they are stored.
pub(super) struct Jobs {
    connections: Arc<Vec<ConnectionId>>,
    jobs: Vec<Job>,
    released: Vec<(ChannelId, [u8; 16])>,
    settled: Vec<(rapport_core::MessageId, String)>,
    account: Vec<(Channel, AccountEvent)>,
    media: Vec<rapport_store::media::NewMedia>,
    answers: Vec<rapport_core::inbox::NewMessage>,
    heard: BTreeSet<ConversationId>,
}

impl Jobs {
    /// Nothing yet; contact changes will be pushed to these connections.
    pub fn new(connections: Arc<Vec<ConnectionId>>) -> Self {
        Self {
            connections,
            jobs: vec![],
            released: vec![],
            settled: vec![],
            account: vec![],
            media: vec![],
            answers: vec![],
            heard: BTreeSet::new(),
        }
    }

    /// One more.
    pub fn push(&mut self, job: Job) {
        self.jobs.push(job);
    }

    /// Remembers the lines that may answer a survey, and where customers wrote.
    pub fn remember(&mut self, changes: &[Change]) {
        for change in changes {
            if let Change::InsertMessage(line) = change
                && line.direction == Direction::In
            {
                self.heard.insert(line.conversation_id);
            }
        }
        let lines = changes.iter().filter_map(|change| match change {
            Change::InsertMessage(line) if crate::survey::hear::may_answer(line) => Some(line.clone()),
            _ => None,
        });
        self.answers.extend(lines);
    }

    /// The lines that may answer a survey.
    pub fn answers(&self) -> &[rapport_core::inbox::NewMessage] {
        &self.answers
    }

    /// A notice for each conversation in which a customer wrote.
    pub fn notices(&mut self) {
        let heard = std::mem::take(&mut self.heard);
        self.jobs.extend(heard.into_iter().map(|id| Job::Notice { conversation_id: id, note_id: None }));
    }

    /// Takes the effects of one event that came over `channel`.
    pub fn add(&mut self, channel: &Channel, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::FetchMedia { media_id, message_id, channel_id, media } => {
                    self.jobs.push(Job::FetchMedia { media_id });
                    self.media.push(rapport_store::media::NewMedia {
                        id: media_id,
                        kind: media.kind.code().to_owned(),
                        mime: media.mime.unwrap_or_default(),
                        filename: media.filename,
                        sha256: media.sha256,
                        provider_media_id: media.provider_media_id,
                        channel_id: Some(channel_id),
                        message_id: Some(message_id),
                    });
                }
                Effect::PushContact(contact_id) => {
                    let jobs = self.connections.iter().map(|id| Job::PushContact { connection_id: *id, contact_id });
                    self.jobs.extend(jobs);
                }
                Effect::MergeContacts { keep, gone } => self.jobs.push(Job::MergeContacts { keep, gone }),
                Effect::Release { channel_id, key } => self.released.push((channel_id, key)),
                Effect::SettleSend { message_id, provider_id } => self.settled.push((message_id, provider_id)),
                Effect::Account { event, .. } => self.account.push((channel.clone(), *event)),
            }
        }
    }
}

/// Writes them; returns how many jobs there are.
pub(super) async fn store(tx: &WriteTx, mut jobs: Jobs, now: Ms) -> crate::Result<usize> {
    rapport_store::media::insert(tx, &jobs.media, now).await?;
    if !jobs.released.is_empty() {
        tx.release_raw(&jobs.released).await?;
    }
    for (message_id, provider_id) in &jobs.settled {
        rapport_store::send::settle(tx, *message_id, Some(provider_id), now).await?;
    }
    for (channel, event) in &jobs.account {
        jobs.jobs.extend(crate::channel::account::note(tx, channel, event, now).await?);
    }
    let rows: Vec<_> = jobs.jobs.iter().map(|job| job.row(now)).collect();
    let count = rows.len();
    rapport_store::job::enqueue(tx, rows, now).await?;
    Ok(count)
}
