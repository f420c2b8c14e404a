//! Deliveries of a provider: who sent them is proved, they are cut into events and stored; then they may be answered.
//!
//! This is the road that every acknowledgement waits for. It asks the database nothing but to store.

use super::Channel;
use crate::ingest::accept::{Accept, Refused};
use crate::state::App;
use rapport_connectors::provider::{Delivery, SignatureError};
use rapport_connectors::whatsapp::signature::{self, Handshake};
use rapport_connectors::whatsapp::{BadBody, RawItem, RawKind};
use rapport_core::id::lane_of;
use rapport_core::{ChannelId, Ms};
use rapport_store::codec::pack_event;
use rapport_store::raw::{Kind, NewRawEvent};
use std::sync::Arc;

/// Why a delivery was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// No such channel.
    #[error("no such channel")]
    Unknown,
    /// It is not proved that the provider sent it.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// It cannot be read.
    #[error(transparent)]
    Body(#[from] BadBody),
    /// Not now; the provider keeps it and delivers again.
    #[error("{0}")]
    NotNow(String),
}

impl Rejected {
    /// A short word for metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_channel",
            Self::Signature(_) => "signature",
            Self::Body(_) => "body",
            Self::NotNow(_) => "not_now",
        }
    }
}

impl From<Refused> for Rejected {
    fn from(refused: Refused) -> Self {
        Self::NotNow(refused.to_string())
    }
}

/// The channel a delivery is addressed to. One without secrets was disconnected and is as unknown as one that never
/// was.
///
/// # Errors
/// `Unknown`, `NotNow`.
pub async fn door(app: &App, id: ChannelId) -> Result<Arc<Channel>, Rejected> {
    let found = app.channels.at_the_door(id).await.map_err(|error| Rejected::NotNow(error.to_string()))?;
    found.filter(|channel| !channel.secrets.app_secrets.is_empty()).ok_or(Rejected::Unknown)
}

/// Takes a delivery: returns when its events are durable. Who sent it is proved in the way of the channel's provider.
///
/// # Errors
/// [`Rejected`]: nothing may be acknowledged.
pub async fn receive(app: &App, channel: &Channel, delivery: &Delivery<'_>) -> Result<Accept, Rejected> {
    let now = delivery.at;
    let provider = channel.access(&app.settings);
    if let Err(error) = provider.verify(delivery) {
        app.tally.refused(channel.workspace, channel.id, now);
        return Err(error.into());
    }
    if channel.secrets.app_secrets.len() > 1 {
        app.tally.signed(channel.workspace, channel.id, provider.is_signed_anew(delivery), now);
    }
    let accepted = store(app, channel, provider.split(delivery)?.items, now).await?;
    app.tally.event(channel.workspace, channel.id, now);
    Ok(accepted)
}

/// Stores events that are known to be the channel's; returns when they are durable.
///
/// # Errors
/// `NotNow`.
pub(crate) async fn store(app: &App, channel: &Channel, items: Vec<RawItem>, now: Ms) -> Result<Accept, Rejected> {
    let events: Vec<NewRawEvent> = items
        .into_iter()
        .map(|item| NewRawEvent {
            workspace: channel.workspace,
            channel: channel.id,
            key: item.key,
            lane: lane_of(channel.workspace, &item.lane_key),
            kind: kind(item.kind),
            received_at: now,
            body: pack_event(&item.body),
        })
        .collect();
    let acceptor = app.acceptor.get().ok_or_else(|| Rejected::NotNow("the workers have not started".to_owned()))?;
    Ok(acceptor.accept(events).await?)
}

/// Answers the provider's question whether this address is ours: the text to send back, or `None` to refuse.
#[must_use]
pub fn handshake<K: AsRef<str>, V: AsRef<str>>(app: &App, channel: &Channel, query: &[(K, V)]) -> Option<String> {
    match signature::handshake(query, channel.secrets.verify_token.expose()) {
        Handshake::Accept(challenge) => {
            app.tally.handshake(channel.workspace, channel.id, app.now());
            Some(challenge)
        }
        Handshake::Refuse => None,
    }
}

fn kind(kind: RawKind) -> Kind {
    match kind {
        RawKind::Message => Kind::Message,
        RawKind::Status => Kind::Status,
        RawKind::Echo => Kind::Echo,
        RawKind::Other => Kind::Other,
    }
}
