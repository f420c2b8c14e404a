//! A conversation, locked for writing: everything that a person or program does to one happens in the contact's lane,
//! like everything that the provider says about it.

use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::rule::listen;
use crate::rule::set::RuleSet;
use crate::state::App;
use rapport_core::inbox::{self, Book, Change, Context, ConversationState, ConversationStatus, Policy};
use rapport_core::route::Chats;
use rapport_core::{ContactId, ConversationId, MessageId, Ms, WorkspaceId};
use rapport_store::{WriteTx, ingest};
use std::sync::Arc;

/// How often a conversation is looked for again when it moved to another lane meanwhile (its contact was merged).
const TRIES: usize = 4;

/// Opens conversations for writing.
pub(crate) struct Rooms;

impl Rooms {
    /// What is not found.
    pub const NOUN: &str = "conversation";

    /// A conversation in the lock of its lane, with its contact, and the message when one is asked for.
    pub async fn enter(
        app: &App,
        workspace: WorkspaceId,
        id: ConversationId,
        message: Option<MessageId>,
    ) -> Result<Room> {
        let scope = app.store.workspace(workspace);
        let policy = app.channels.policy(workspace).await?;
        let rules = app.channels.rules(workspace).await?;
        let chats = app.channels.chats(workspace).await?;
        for _ in 0..TRIES {
            let row = rapport_store::conversation::get(&scope.read(), id).await?.ok_or(Error::NotFound(Self::NOUN))?;
            // One that was merged is entered under the id it has now.
            let id = ConversationId(row.id);
            let lane = u16::try_from(row.lane).unwrap_or(0);
            let tx = scope.write().await?;
            tx.lock_lane(lane).await?;
            let own = ingest::load_conversations(&tx, &[id]).await?;
            let book = match message {
                Some(message) => {
                    let mut book = ingest::load_contacts(&tx, &[ContactId(row.contact_id)], &[message]).await?;
                    own.conversations().for_each(|known| book.load_conversation(known.clone()));
                    book
                }
                None => own,
            };
            if let Some(conversation) = book.conversation(id).filter(|known| known.lane == lane) {
                let conversation = conversation.clone();
                let now = app.now();
                return Ok(Room { tx, book, conversation, policy, rules, chats, now });
            }
            tx.rollback().await?;
        }
        Err(Error::Store(rapport_store::Error::Stale("the conversation moves".to_owned())))
    }

    /// The conversation of a message in the lock of its lane. `id` is where it was read: a split may have moved it since.
    pub async fn enter_of(
        app: &App,
        workspace: WorkspaceId,
        mut id: ConversationId,
        message: MessageId,
    ) -> Result<Room> {
        for _ in 0..TRIES {
            let room = Self::enter(app, workspace, id, Some(message)).await?;
            match room.book.message(message).map(|known| known.conversation_id) {
                Some(place) if place != room.conversation.id => id = place,
                _ => return Ok(room),
            }
            room.tx.rollback().await?;
        }
        Err(Error::Store(rapport_store::Error::Stale("the message moves".to_owned())))
    }
}

/// A conversation that nobody else writes now.
pub(crate) struct Room {
    /// The transaction; whoever entered commits it.
    pub tx: WriteTx,
    /// The rows.
    pub book: Book,
    /// The conversation as it is.
    pub conversation: ConversationState,
    /// The workspace's settings.
    pub policy: Policy,
    /// The rules that listen to what happens in it.
    pub rules: Arc<RuleSet>,
    /// Which channels are one chat to the customer.
    pub chats: Arc<Chats>,
    /// When it was entered: the moment of everything done in it.
    pub now: Ms,
}

impl Room {
    /// Decides something with the room's context and a source of ids.
    pub fn decide<T>(&self, decide: impl FnOnce(&Context<'_>, &mut dyn FnMut() -> uuid::Uuid) -> T) -> T {
        let mut fresh = || self.tx.new_id(self.now);
        let context = Context {
            channel_id: self.conversation.channel_id,
            workspace_id: self.tx.workspace(),
            lane: self.conversation.lane,
            locked: &|_| true,
            received_at: self.now,
            wait_until: None,
            now: self.now,
            policy: &self.policy,
        };
        decide(&context, &mut fresh)
    }

    /// Whether the customer has another conversation on the channel, or on another one with its number, that is not
    /// resolved.
    pub async fn another_open(&self) -> Result<bool> {
        let own = &self.conversation;
        let book = ingest::load_contacts(&self.tx, &[own.contact_id], &[]).await?;
        let other = |row: &ConversationState| {
            row.id != own.id
                && self.chats.share(own.channel_id, row.channel_id)
                && row.status != ConversationStatus::Resolved
        };
        Ok(book.conversations().any(other))
    }

    /// The last that the customer said in the chat, in whichever conversation.
    pub async fn last_said(&self) -> Result<Option<Ms>> {
        let id = self.conversation.id;
        Ok(rapport_store::send::last_said(&self.tx, &[id], &self.chats).await?.get(&id).copied())
    }

    /// Writes changes, without committing.
    pub async fn write(&mut self, changes: Vec<Change>) -> Result<()> {
        self.book.apply(changes);
        let batch = self.book.drain();
        ingest::save(&self.tx, &batch, self.now).await?;
        listen::hear(&self.tx, &self.rules, &batch, self.now).await?;
        Ok(())
    }
}

/// Who acts, as threads show it.
pub(crate) fn actor(caller: &Caller) -> inbox::Actor {
    inbox::Actor { kind: caller.actor_kind().to_owned(), id: caller.actor_id(), name: Some(caller.name.clone()) }
}
