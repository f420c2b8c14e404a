//! Turning waiting recipients into messages, a portion at a time.

use super::message::Recipe;
use super::{CHANNEL_GONE, TEMPLATE_GONE, TEMPLATE_NOT_APPROVED};
use crate::channel::Channel;
use crate::error::Result;
use crate::media::inside;
use crate::state::App;
use rapport_core::campaign::{Skip, Status, client_id};
use rapport_core::inbox::{Actor, Book, Context, Draft, Outcome, Policy, announce};
use rapport_core::message::Content;
use rapport_core::time::MINUTE;
use rapport_core::{CampaignId, ChannelId, ContactId, MediaId, MessageId, Ms, WorkspaceId};
use rapport_store::campaign::{CampaignRow, NewRecipient, Settled};
use rapport_store::contact::ContactRow;
use rapport_store::send::{NewSend, Priority};
use rapport_store::template_use::{self, Named};
use rapport_store::{Read, WriteTx, campaign, ingest, media, send};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Recipients of one transaction.
const PORTION: u64 = 100;
/// Most messages of one campaign in the send queue.
const QUEUED_MAX: u64 = 5_000;
/// Of them due within a minute; the rest are those that the guard delays, which must not hold up those that it would not.
const DUE_MAX: u64 = 1_000;

/// What a portion came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fed {
    /// There may be more to do at once.
    Some,
    /// The send queue has enough of it.
    Full,
    /// Nobody waits any more; so many messages are still on their way.
    Nobody(u64),
    /// It cannot go on by itself.
    Stuck(&'static str),
}

/// Makes the next messages.
pub(super) async fn step(app: &App, workspace: WorkspaceId, row: &CampaignRow) -> Result<Fed> {
    let scope = app.store.workspace(workspace);
    let (read, id) = (scope.read(), CampaignId(row.id));
    // In this order: whoever stops waiting in between is in the queue when it is counted.
    let wanted = campaign::waiting(&read, id, PORTION).await?;
    let (queued, due) = campaign::in_queue(&read, id, app.now().plus(MINUTE)).await?;
    if wanted.is_empty() {
        return Ok(Fed::Nobody(queued));
    }
    if queued >= QUEUED_MAX || due >= DUE_MAX {
        return Ok(Fed::Full);
    }
    let channel = app.channels.get(ChannelId(row.channel_id)).await?.filter(|channel| !channel.disconnected);
    let Some(channel) = channel else { return Ok(Fed::Stuck(CHANNEL_GONE)) };
    let Some(recipe) = Recipe::of(&read, row).await? else { return Ok(Fed::Stuck(TEMPLATE_GONE)) };
    if recipe.template.status != "APPROVED" {
        return Ok(Fed::Stuck(TEMPLATE_NOT_APPROVED));
    }
    let portion = Portion::of(&read, &wanted, &recipe).await?;
    let policy = app.channels.policy(workspace).await?;
    let done = portion.store(app, row, &channel, &policy).await?;
    if done {
        app.bells.send.ring();
        app.bells.search.ring();
        app.feeds.wake();
    }
    Ok(Fed::Some)
}

/// Recipients with what each is sent.
struct Portion {
    /// Whom to write to, with their lanes.
    letters: BTreeMap<ContactId, (u16, Content)>,
    /// Who gets nothing.
    skipped: Vec<(ContactId, Settled)>,
    /// Who takes the place of somebody that became part of them.
    heirs: Vec<NewRecipient>,
}

impl Portion {
    async fn of(read: &Read, wanted: &[(ContactId, u16)], recipe: &Recipe) -> Result<Self> {
        let ids: Vec<ContactId> = wanted.iter().map(|(id, _)| *id).collect();
        let rows: HashMap<_, ContactRow> =
            campaign::with_ids(read, &ids).await?.into_iter().map(|row| (ContactId(row.id), row)).collect();
        let merged: Vec<ContactId> = rows.values().filter_map(|row| row.merged_into.map(ContactId)).collect();
        let heir = |row: ContactRow| NewRecipient {
            contact: ContactId(row.id),
            lane: u16::try_from(row.lane).unwrap_or(0),
            skip: None,
        };
        let heirs = campaign::with_ids(read, &merged).await?.into_iter().map(heir).collect();
        let mut portion = Self { letters: BTreeMap::new(), skipped: Vec::new(), heirs };
        for (id, lane) in wanted {
            let found = match rows.get(id) {
                None => Err(Skip::Gone),
                Some(row) => match row.merged_into {
                    Some(keep) => Err(Skip::Merged(ContactId(keep))),
                    None => recipe.content(row),
                },
            };
            match found {
                Ok(content) => {
                    portion.letters.insert(*id, (*lane, content));
                }
                Err(skip) => portion.skipped.push((*id, Settled::Skipped(skip))),
            }
        }
        Ok(portion)
    }

    /// Messages, their places in the send queue and the recipients' state in one commit; or nothing of it. False when
    /// the campaign is not under way any more.
    async fn store(mut self, app: &App, row: &CampaignRow, channel: &Arc<Channel>, policy: &Policy) -> Result<bool> {
        let scope = app.store.workspace(channel.workspace);
        let (id, chats) = (CampaignId(row.id), app.channels.chats(channel.workspace).await?);
        let tx = scope.write().await?;
        let lanes: BTreeSet<u16> = self.letters.values().map(|(lane, _)| *lane).collect();
        tx.lock_lanes(&lanes.into_iter().collect::<Vec<_>>()).await?;
        let locked = campaign::lock(&tx, id).await?;
        if locked.is_none_or(|known| known.status != Status::Running.code()) {
            tx.rollback().await?;
            return Ok(false);
        }
        let now = app.now();
        campaign::add(&tx, id, &self.heirs, now).await?;
        let people: Vec<ContactId> = self.letters.keys().copied().collect();
        let mut book = ingest::load_contacts(&tx, &people, &[]).await?;
        book.know_chats(chats);
        let files = self.files();
        let letters = std::mem::take(&mut self.letters);
        let made = Announcer { row, channel, policy, tx: &tx, now }.announce(&mut book, letters);
        ingest::save(&tx, &book.drain(), now).await?;
        queue(&tx, row, channel, &made, now).await?;
        media::used(&tx, &files, now).await?;
        let settled: Vec<(ContactId, Settled)> = made
            .into_iter()
            .map(|(contact, message)| (contact, Settled::Message(message)))
            .chain(self.skipped)
            .collect();
        campaign::settle(&tx, id, &settled, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Files in headers: the same for everybody.
    fn files(&self) -> Vec<MediaId> {
        let first = self.letters.values().next();
        first.map_or_else(Vec::new, |(_, content)| {
            inside::files(content).into_iter().map(|(id, _)| MediaId(id)).collect()
        })
    }
}

/// Puts messages into threads; nothing in here waits.
struct Announcer<'a> {
    row: &'a CampaignRow,
    channel: &'a Channel,
    policy: &'a Policy,
    tx: &'a WriteTx,
    now: Ms,
}

impl Announcer<'_> {
    /// Whoever became part of somebody else, or is in a lane that is not held, since they were looked up waits for the
    /// next portion.
    fn announce(&self, book: &mut Book, letters: BTreeMap<ContactId, (u16, Content)>) -> Vec<(ContactId, MessageId)> {
        let actor = Actor { kind: "campaign".to_owned(), id: Some(self.row.id), name: Some(self.row.name.clone()) };
        let mut made = Vec::with_capacity(letters.len());
        for (id, (lane, content)) in letters {
            let Some(contact) = book.contact(id).filter(|known| known.lane == lane).cloned() else { continue };
            let known = book.place(id, self.channel.id).cloned();
            let context = Context {
                channel_id: book.chats().home(self.channel.id),
                workspace_id: self.channel.workspace,
                lane,
                locked: &|_| true,
                received_at: self.now,
                wait_until: None,
                now: self.now,
                policy: self.policy,
            };
            let name = client_id(CampaignId(self.row.id), id);
            let draft = Draft { client_id: Some(name), content, reply_to: None, media_id: None };
            let mut fresh = || self.tx.new_id(self.now);
            let decision = announce(&contact, known.as_ref(), draft, &actor, &context, &mut fresh);
            if let Outcome::Message(message) = decision.outcome {
                book.apply(decision.changes);
                made.push((id, message));
            }
        }
        made
    }
}

/// Gives messages their places in the send queue: behind everything that somebody waits for.
async fn queue(
    tx: &WriteTx,
    row: &CampaignRow,
    channel: &Channel,
    made: &[(ContactId, MessageId)],
    now: Ms,
) -> Result<()> {
    let send = |(contact, message): &(ContactId, MessageId)| NewSend {
        message: *message,
        channel: channel.id,
        contact: *contact,
        portfolio_key: channel.portfolio_key.clone(),
        priority: Priority::Promotion,
        run_at: now,
    };
    let sends: Vec<NewSend> = made.iter().map(send).collect();
    send::enqueue_of(tx, CampaignId(row.id), &sends, now).await?;
    let messages: Vec<MessageId> = made.iter().map(|(_, message)| *message).collect();
    let named = Named {
        waba_id: channel.waba_id.clone(),
        name: row.template_name.clone(),
        language: row.template_language.clone(),
    };
    Ok(template_use::note_all(tx, &messages, &named, now).await?)
}
