//! The working set of a batch: rows as they are now, plus what the batch changed about them.

use super::needs::message_key;
use super::state::{
    Change, ConsentRecord, ContactState, ConversationState, ConversationStatus, FeedEvent, MessageState, NewMessage,
};
use crate::contact::identity::Identity;
use crate::route::Chats;
use crate::{ChannelId, ContactId, ConversationId, MessageId, Ms};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The rows a batch needs. The store fills it, decisions read it, [`Book::apply`] changes it.
#[derive(Debug, Clone, Default)]
pub struct Book {
    contacts: HashMap<ContactId, ContactState>,
    by_identity: HashMap<Identity, Vec<(ContactId, Ms)>>,
    conversations: HashMap<ConversationId, ConversationState>,
    by_place: HashMap<(ContactId, ChannelId), Vec<ConversationId>>,
    messages: HashMap<MessageId, MessageState>,
    by_provider: HashMap<(ChannelId, [u8; 16]), MessageId>,
    chats: Arc<Chats>,
    batch: Batch,
}

/// What a batch wrote, ready for set-based statements. Rows made in the batch are only in the `new_` lists, in
/// their final form; rows that existed before are in the `changed_` sets.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// New contacts.
    pub new_contacts: Vec<ContactState>,
    /// Existing contacts that changed.
    pub changed_contacts: Vec<ContactState>,
    /// New identities of new and existing contacts.
    pub new_identities: Vec<(ContactId, Identity, Ms)>,
    /// Identities to retire.
    pub retired_identities: Vec<(ContactId, Identity)>,
    /// New conversations.
    pub new_conversations: Vec<ConversationState>,
    /// Existing conversations that changed.
    pub changed_conversations: Vec<ConversationState>,
    /// New lines; state changes of the same batch are merged in through `changed_messages`.
    pub new_messages: Vec<NewMessage>,
    /// Messages (existing or of this batch) whose state changed; written after the inserts.
    pub changed_messages: Vec<MessageState>,
    /// How the counts of what is charged change; nothing unless a message arrived or its price became known.
    pub moves: Vec<crate::cost::Move>,
    /// Consent ledger lines.
    pub consents: Vec<ConsentRecord>,
    /// Events for the log.
    pub feed: Vec<FeedEvent>,
    new_contact_ids: HashSet<ContactId>,
    new_conversation_ids: HashSet<ConversationId>,
    dirty_contacts: BTreeMap<ContactId, ()>,
    dirty_conversations: BTreeMap<ConversationId, ()>,
    dirty_messages: BTreeMap<MessageId, ()>,
}

impl Batch {
    /// True when nothing is to be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.new_contacts.is_empty()
            && self.changed_contacts.is_empty()
            && self.new_identities.is_empty()
            && self.retired_identities.is_empty()
            && self.new_conversations.is_empty()
            && self.changed_conversations.is_empty()
            && self.new_messages.is_empty()
            && self.changed_messages.is_empty()
            && self.moves.is_empty()
            && self.consents.is_empty()
            && self.feed.is_empty()
    }
}

impl Book {
    /// Says which channels are one chat to the customer; without this each is one of its own.
    pub fn know_chats(&mut self, chats: Arc<Chats>) {
        self.chats = chats;
    }

    /// Which channels are one chat to the customer.
    #[must_use]
    pub fn chats(&self) -> &Chats {
        &self.chats
    }

    /// Puts a loaded contact in, found by the identities it carries.
    pub fn load_contact(&mut self, contact: ContactState) {
        for identity in &contact.identities {
            let owners = self.by_identity.entry(identity.clone()).or_default();
            if !owners.iter().any(|(id, _)| *id == contact.id) {
                owners.push((contact.id, contact.created_at));
            }
        }
        self.contacts.insert(contact.id, contact);
    }

    /// Puts a loaded conversation in.
    pub fn load_conversation(&mut self, conversation: ConversationState) {
        let place = self.by_place.entry((conversation.contact_id, conversation.channel_id)).or_default();
        if !place.contains(&conversation.id) {
            place.push(conversation.id);
        }
        self.conversations.insert(conversation.id, conversation);
    }

    /// Puts a loaded message in.
    pub fn load_message(&mut self, message: MessageState) {
        if let Some(provider_id) = &message.provider_id {
            self.by_provider.insert((message.channel_id, message_key(provider_id)), message.id);
        }
        self.messages.insert(message.id, message);
    }

    /// A contact by id.
    #[must_use]
    pub fn contact(&self, id: ContactId) -> Option<&ContactState> {
        self.contacts.get(&id)
    }

    /// The contacts that carry an identity, with the time each was made.
    #[must_use]
    pub fn owners(&self, identity: &Identity) -> &[(ContactId, Ms)] {
        self.by_identity.get(identity).map_or(&[], Vec::as_slice)
    }

    /// A conversation by id.
    #[must_use]
    pub fn conversation(&self, id: ConversationId) -> Option<&ConversationState> {
        self.conversations.get(&id)
    }

    /// The conversation a new message joins: the unresolved one, else the newest resolved one. Of channels that are one
    /// chat to the customer, the first that has an unresolved one counts.
    #[must_use]
    pub fn place(&self, contact: ContactId, channel: ChannelId) -> Option<&ConversationState> {
        let ids = || {
            let members = self.chats.members(&channel).iter();
            members.filter_map(|member| self.by_place.get(&(contact, *member))).flatten()
        };
        let rows = || ids().filter_map(|id| self.conversations.get(id));
        rows()
            .find(|row| row.status != ConversationStatus::Resolved)
            .or_else(|| rows().max_by_key(|row| (row.last_message_at, row.id)))
    }

    /// A contact's conversations that are one chat with this channel to them; none where the channel is alone.
    pub fn beside(&self, contact: ContactId, channel: ChannelId) -> impl Iterator<Item = &ConversationState> {
        let members = self.chats.several(channel).into_iter().flatten();
        let ids = members.filter_map(move |member| self.by_place.get(&(contact, *member))).flatten();
        ids.filter_map(|id| self.conversations.get(id))
    }

    /// Every loaded conversation, in no particular order.
    pub fn conversations(&self) -> impl Iterator<Item = &ConversationState> {
        self.conversations.values()
    }

    /// Any conversation on this channel; tests have one.
    #[cfg(test)]
    pub(super) fn place_of(&self, channel: ChannelId) -> Option<&ConversationState> {
        self.conversations.values().find(|row| row.channel_id == channel)
    }

    /// A message by our id.
    #[must_use]
    pub fn message(&self, id: MessageId) -> Option<&MessageState> {
        self.messages.get(&id)
    }

    /// A message by the provider's id, whichever channel of the chat it went over.
    #[must_use]
    pub fn message_of(&self, channel: ChannelId, provider_id: &str) -> Option<&MessageState> {
        let key = message_key(provider_id);
        let mut members = self.chats.members(&channel).iter();
        members.find_map(|member| self.by_provider.get(&(*member, key))).and_then(|id| self.messages.get(id))
    }

    /// Plays changes into the book and notes what is to be written.
    pub fn apply(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::CreateContact(contact) => self.create_contact(contact),
                Change::UpdateContact(contact) => {
                    self.batch.dirty_contacts.insert(contact.id, ());
                    self.contacts.insert(contact.id, contact);
                }
                Change::AddIdentity(contact, identity) => self.add_identity(contact, identity),
                Change::HeardFrom(contact, identity, at) => self.heard_from(contact, identity, at),
                Change::RetireIdentity(contact, identity) => self.retire_identity(contact, identity),
                Change::CreateConversation(conversation) => {
                    self.batch.new_conversation_ids.insert(conversation.id);
                    self.load_conversation(conversation);
                }
                Change::UpdateConversation(conversation) => {
                    self.batch.dirty_conversations.insert(conversation.id, ());
                    self.load_conversation(conversation);
                }
                Change::InsertMessage(message) => self.insert_message(message),
                Change::UpdateMessage(message) => {
                    self.batch.dirty_messages.insert(message.id, ());
                    if let Some(before) = self.messages.get(&message.id) {
                        self.batch.moves.extend(crate::cost::moves(before, &message));
                    }
                    self.load_message(message);
                }
                Change::Consent(record) => self.batch.consents.push(record),
                Change::Feed(event) => self.batch.feed.push(event),
            }
        }
    }

    fn create_contact(&mut self, contact: ContactState) {
        self.batch.new_contact_ids.insert(contact.id);
        for identity in &contact.identities {
            self.batch.new_identities.push((contact.id, identity.clone(), contact.created_at));
        }
        self.load_contact(contact);
    }

    fn add_identity(&mut self, id: ContactId, identity: Identity) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        if contact.identities.contains(&identity) {
            return;
        }
        contact.identities.push(identity.clone());
        self.batch.new_identities.push((id, identity.clone(), contact.updated_at));
        self.by_identity.entry(identity).or_default().push((id, contact.created_at));
    }

    fn heard_from(&mut self, id: ContactId, identity: Identity, at: Ms) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        let Some(place) = contact.identities.iter().position(|known| *known == identity) else { return };
        contact.identities[..=place].rotate_right(1);
        self.batch.new_identities.push((id, identity, at));
    }

    fn retire_identity(&mut self, id: ContactId, identity: Identity) {
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.identities.retain(|known| *known != identity);
        }
        if let Some(owners) = self.by_identity.get_mut(&identity) {
            owners.retain(|(owner, _)| *owner != id);
        }
        self.batch.retired_identities.push((id, identity));
    }

    fn insert_message(&mut self, message: NewMessage) {
        self.load_message(MessageState {
            id: message.id,
            conversation_id: message.conversation_id,
            contact_id: message.contact_id,
            channel_id: message.channel_id,
            direction: message.direction,
            provider_id: message.provider_id.clone(),
            status: message.status,
            status_at: Some(message.at),
            sent_at: None,
            delivered_at: None,
            read_at: None,
            failed_at: None,
            failure: None,
            reactions: Vec::new(),
            edited_at: None,
            revoked_at: None,
            price: None,
            content: None,
            preview: None,
        });
        self.batch.new_messages.push(message);
    }

    /// Hands out what the batch wrote and forgets it; the rows stay.
    #[must_use]
    pub fn drain(&mut self) -> Batch {
        let mut batch = std::mem::take(&mut self.batch);
        for id in &batch.new_contact_ids {
            batch.new_contacts.extend(self.contacts.get(id).cloned());
        }
        for id in batch.dirty_contacts.keys().filter(|id| !batch.new_contact_ids.contains(id)) {
            batch.changed_contacts.extend(self.contacts.get(id).cloned());
        }
        for id in &batch.new_conversation_ids {
            batch.new_conversations.extend(self.conversations.get(id).cloned());
        }
        for id in batch.dirty_conversations.keys().filter(|id| !batch.new_conversation_ids.contains(id)) {
            batch.changed_conversations.extend(self.conversations.get(id).cloned());
        }
        for id in batch.dirty_messages.keys() {
            batch.changed_messages.extend(self.messages.get(id).cloned());
        }
        // Hash sets iterate in random order; rows are written in id order so that the same batch always gives the
        // same statements.
        batch.new_contacts.sort_by_key(|row| row.id);
        batch.new_conversations.sort_by_key(|row| row.id);
        batch
    }
}
