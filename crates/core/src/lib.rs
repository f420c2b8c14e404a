//! The domain of Rapport: values and decisions.
//!
//! Everything here is pure and total. A decision takes a snapshot, an event and the present moment and
//! returns what should change, what should be done, and why. No I/O, clock, randomness or logging: the
//! callers in `app` bring those, so that each rule can be tested as a table.

pub mod account;
pub mod campaign;
pub mod channel;
pub mod contact;
pub mod cost;
mod fold;
pub mod guard;
pub mod guide;
pub mod id;
pub mod inbound;
pub mod inbox;
pub mod keys;
pub mod matter;
pub mod message;
pub mod money;
pub mod notice;
pub mod practice;
pub mod reply;
pub mod retention;
pub mod retry;
pub mod route;
pub mod routing;
pub mod rule;
pub mod shop;
pub mod steady;
pub mod sync;
pub mod template;
pub mod tier;
pub mod time;
pub mod understanding;
pub mod webhook;

pub use id::{
    CampaignId, ChannelId, ConnectionId, ContactId, ConversationId, JobId, MediaId, MessageId, RawEventId, TeamId,
    TemplateId, UserId, WorkspaceId,
};
pub use time::Ms;
