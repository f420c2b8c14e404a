//! Identifiers: one newtype a noun, so that a contact's id can never be passed for a conversation's.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }
    )+};
}

ids! {
    /// A workspace: one business with its data. Nothing crosses its border.
    WorkspaceId,
    /// A member of the team who signs in.
    UserId,
    /// A team of users.
    TeamId,
    /// A connected number or other way to reach customers.
    ChannelId,
    /// A person who writes to the business.
    ContactId,
    /// One contact's thread on one channel.
    ConversationId,
    /// A message, private note or conversation event.
    MessageId,
    /// A stored file.
    MediaId,
    /// A CRM or help desk kept in step.
    ConnectionId,
    /// A provider template in one language.
    TemplateId,
    /// A received provider event as it was stored.
    RawEventId,
    /// Work to be done outside a transaction.
    JobId,
    /// One template to many customers, each once.
    CampaignId,
}

/// A version 7 UUID made from the moment and ten random bytes, both given by the caller.
///
/// Ids sort by the moment they were made, which keeps B-tree inserts local and lists in order.
#[must_use]
pub fn uuid_v7(now: crate::time::Ms, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// How many lanes the customers of an installation are spread over (`design.md` §1).
pub const LANES: u16 = 256;

/// The lane of an identity: the same workspace and identity always give the same lane.
#[must_use]
pub fn lane_of(workspace: WorkspaceId, identity: &str) -> u16 {
    use sha2::{Digest, Sha256};
    let digest = Sha256::new().chain_update(workspace.0.as_bytes()).chain_update(identity.as_bytes()).finalize();
    u16::from(digest[0])
}

/// A 16-byte key for a provider's id: what unique indexes hold instead of long text.
#[must_use]
pub fn key16(kind: &str, provider_id: &str) -> [u8; 16] {
    use sha2::{Digest, Sha256};
    let digest =
        Sha256::new().chain_update(kind.as_bytes()).chain_update([0]).chain_update(provider_id.as_bytes()).finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}
