//! Which rows an event must see before it can be decided.

use crate::contact::identity::{Identity, IdentityKind, lookup_keys};
use crate::id::key16;
use crate::inbound::{Customer, Event, EventKind};
use crate::inbox::parse_callback;
use crate::{ChannelId, MessageId};
use std::collections::HashSet;

/// The key under which a provider's message id is stored and looked up, unique per channel.
#[must_use]
pub fn message_key(provider_id: &str) -> [u8; 16] {
    key16("m", provider_id)
}

/// What a batch of events needs to see. Sets, so that a batch asks for each row once.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Contacts by (not retired) identity, with all their identities, and for each of `channels` their unresolved
    /// conversation, else their newest one. A contact that was merged away is replaced by the one it points to.
    pub identities: HashSet<Identity>,
    /// Messages by channel and provider key, with their conversations (not their contacts: statuses are most of all
    /// events and rarely need them).
    pub messages: HashSet<(ChannelId, [u8; 16])>,
    /// Messages by our own id (echoed callbacks), with their conversations.
    pub message_ids: HashSet<MessageId>,
    /// Channels whose conversations matter.
    pub channels: HashSet<ChannelId>,
}

/// Countries whose numbers have two spellings: Mexico, Argentina, Brazil, Benin (`crm-apis.md` §0).
const TWO_SPELLINGS: [&str; 4] = ["52", "54", "55", "229"];

/// The identities to look a customer up by, without parsing the number: this runs for every event, and only a new
/// contact is worth the price of a full parse.
pub(super) fn keys_of(customer: &Customer) -> Vec<Identity> {
    let mut keys = Vec::with_capacity(4);
    if let Some(id) = customer.user_id.as_deref().filter(|id| !id.is_empty()) {
        keys.push(Identity::new(IdentityKind::Bsuid, id));
    }
    if let Some(id) = customer.parent_user_id.as_deref().filter(|id| !id.is_empty()) {
        keys.push(Identity::new(IdentityKind::ParentBsuid, id));
    }
    let digits = customer.wa_id.as_deref().map_or("", |id| id.trim().trim_start_matches('+'));
    if !digits.is_empty() {
        keys.push(Identity::new(IdentityKind::WaId, digits));
        keys.push(Identity::new(IdentityKind::Phone, format!("+{digits}")));
    }
    if TWO_SPELLINGS.iter().any(|country| digits.starts_with(country)) { lookup_keys(&keys) } else { keys }
}

/// Adds what `event`, received over `channel`, needs to `into`.
pub fn needs(event: &Event, channel: ChannelId, into: &mut Needs) {
    into.channels.insert(channel);
    let mut people = |customer| into.identities.extend(keys_of(customer));
    match &event.kind {
        EventKind::Message(message) | EventKind::Echo(message) => {
            people(&message.customer);
            into.messages.insert((channel, message_key(&message.id)));
            if let Some(target) = &message.reply_to {
                into.messages.insert((channel, message_key(target)));
            }
        }
        EventKind::Status(status) => {
            into.messages.insert((channel, message_key(&status.id)));
            // A failure may say something about the customer (opted out), so the contact must be seen.
            if status.failure.is_some() {
                people(&status.customer);
            }
            if let Some((id, _)) = status.callback.as_deref().and_then(parse_callback) {
                into.message_ids.insert(id);
            }
        }
        EventKind::Amend(amendment) => {
            people(&amendment.customer);
            into.messages.insert((channel, message_key(&amendment.target)));
        }
        EventKind::Renamed(renamed) => {
            people(&renamed.old);
            people(&renamed.new);
            into.messages.insert((channel, message_key(&renamed.id)));
        }
        EventKind::Preference(preference) => people(&preference.customer),
        EventKind::Account(_) | EventKind::Other { .. } => {}
    }
}
