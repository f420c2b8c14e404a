//! What the event log tells, as webhooks are told it: entries become events, with what they are about beside them.

use super::payload::{WebhookCampaign, WebhookConversation, WebhookData, WebhookMessage};
use crate::error::Result;
use rapport_core::message::Direction;
use rapport_core::webhook::Kind;
use rapport_core::{CampaignId, ContactId, MessageId, Ms};
use rapport_store::contact::ContactRow;
use rapport_store::feed::Entry;
use rapport_store::query::thread::{self, Line};
use rapport_store::webhook::{ConversationRow, conversations};
use rapport_store::{Read, campaign, matter, shop, sync_contact};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// An event that somebody wants.
#[derive(Debug)]
pub(super) struct Heard {
    /// Names it: the same event always has the same.
    pub key: String,
    /// What.
    pub kind: Kind,
    /// When.
    pub at: Ms,
    /// On which channel, when on one.
    pub channel: Option<Uuid>,
    /// What it is about: a conversation, else a contact.
    pub subject: Option<Uuid>,
    /// What is sent.
    pub data: WebhookData,
}

/// Rows that entries are about, each read once.
struct Rows {
    lines: HashMap<Uuid, Line>,
    conversations: HashMap<Uuid, ConversationRow>,
    contacts: HashMap<Uuid, ContactRow>,
}

impl Rows {
    async fn load(read: &Read, entries: &[(&Entry, Vec<Kind>)]) -> Result<Self> {
        let messages: BTreeSet<MessageId> = entries.iter().filter_map(|(entry, _)| entry.message_id).collect();
        let lines = thread::by_id(read, &messages.into_iter().collect::<Vec<_>>()).await?;
        // A message knows where it stands now; what the log named may have been split or joined since.
        let named = entries.iter().filter_map(|(entry, _)| entry.conversation_id.map(|id| id.0));
        let ids: BTreeSet<Uuid> = named.chain(lines.iter().map(|line| line.row.conversation_id)).collect();
        let conversations = conversations(read, &ids).await?;
        let known = conversations.iter().map(|row| row.contact_id);
        let ids: BTreeSet<Uuid> =
            entries.iter().filter_map(|(entry, _)| entry.contact_id.map(|id| id.0)).chain(known).collect();
        let ids: Vec<ContactId> = ids.into_iter().map(ContactId).collect();
        let contacts = sync_contact::get(read, &ids).await?;
        Ok(Self {
            lines: lines.into_iter().map(|line| (line.row.id, line)).collect(),
            conversations: conversations.into_iter().map(|row| (row.id, row)).collect(),
            contacts: contacts.into_iter().map(|row| (row.id, row)).collect(),
        })
    }
}

/// What entries tell of the wanted kinds, in their order. What is not there any more is told of as far as it is known.
///
/// # Errors
/// `Store`.
pub(super) async fn heard(read: &Read, entries: &[Entry], wanted: &BTreeSet<Kind>) -> Result<Vec<Heard>> {
    let wants = |entry: &Entry| -> Vec<Kind> {
        Kind::of_event(&entry.kind, &entry.data).iter().copied().filter(|kind| wanted.contains(kind)).collect()
    };
    let candidates: Vec<(&Entry, Vec<Kind>)> =
        entries.iter().map(|entry| (entry, wants(entry))).filter(|(_, kinds)| !kinds.is_empty()).collect();
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Rows::load(read, &candidates).await?;
    let mut found = Vec::new();
    for (entry, kinds) in candidates {
        for kind in kinds {
            tell(read, &rows, entry, kind, &mut found).await?;
        }
    }
    Ok(found)
}

async fn tell(read: &Read, rows: &Rows, entry: &Entry, kind: Kind, found: &mut Vec<Heard>) -> Result<()> {
    let line = entry.message_id.and_then(|id| rows.lines.get(&id.0));
    // A line about a conversation tells one thing of the three that it may; one that is gone does not say which.
    let is_turn = matches!(kind, Kind::ConversationOpened | Kind::ConversationAssigned | Kind::ConversationResolved);
    if is_turn
        && entry.message_id.is_some()
        && line.and_then(|line| Kind::of_line(Direction::Event, &line.content)) != Some(kind)
    {
        return Ok(());
    }
    let place = line.map(|line| line.row.conversation_id).or(entry.conversation_id.map(|id| id.0));
    let conversation = place.and_then(|id| rows.conversations.get(&id));
    let contact = conversation.map(|row| row.contact_id).or(entry.contact_id.map(|id| id.0));
    let mut data = WebhookData {
        contact: contact.and_then(|id| rows.contacts.get(&id)).map(Into::into),
        conversation: conversation.map(WebhookConversation::from),
        ..WebhookData::default()
    };
    let mut heard = Heard {
        key: format!("{}:{}", entry.cursor, kind.code()),
        kind,
        at: entry.at,
        channel: conversation.map(|row| row.channel_id),
        subject: conversation.map(|row| row.id).or(contact),
        data: WebhookData::default(),
    };
    match kind {
        Kind::MessageReceived | Kind::MessageSent | Kind::MessageStatus => {
            let Some(line) = line else { return Ok(()) };
            data.message = Some(said(line, entry, kind));
            heard.channel = Some(line.row.channel_id);
        }
        Kind::ConversationOpened | Kind::ConversationAssigned | Kind::ConversationResolved => {
            if data.conversation.is_none() {
                return Ok(());
            }
        }
        Kind::ContactCreated | Kind::ContactUpdated => data.changed = words(&entry.data["changed"]),
        Kind::ContactMerged => data.merged_id = id(&entry.data["merged"]),
        Kind::TagAdded => data.tags = words(&entry.data["tags"]),
        Kind::DealChanged | Kind::CaseChanged => {
            let Some(id) = id(&entry.data["id"]) else { return Ok(()) };
            let row = matter::get(read, id).await?.map(Into::into);
            if kind == Kind::DealChanged { data.deal = row } else { data.case = row }
        }
        Kind::OrderChanged => return orders(read, heard, data, &words(&entry.data["orders"]), found).await,
        Kind::CampaignFinished => {
            let Some(id) = id(&entry.data["campaign_id"]) else { return Ok(()) };
            let Some(row) = campaign::get(read, CampaignId(id)).await? else { return Ok(()) };
            (heard.channel, heard.subject) = (Some(row.channel_id), Some(row.id));
            data.campaign = Some(WebhookCampaign::from(row));
        }
    }
    found.push(Heard { data, ..heard });
    Ok(())
}

/// A message as it was at the moment of the event: by now it may have come further.
fn said(line: &Line, entry: &Entry, kind: Kind) -> WebhookMessage {
    let mut message = WebhookMessage::from(line);
    if let (Kind::MessageStatus, Some(status)) = (kind, entry.data["status"].as_str()) {
        status.clone_into(&mut message.status);
    }
    if message.status != "failed" {
        message.error = None;
    }
    message
}

/// An event for each order.
async fn orders(
    read: &Read,
    heard: Heard,
    data: WebhookData,
    numbers: &[String],
    found: &mut Vec<Heard>,
) -> Result<()> {
    for number in numbers {
        let Some(row) = shop::order(read, number).await? else { continue };
        let order = crate::shop::whole(read, vec![row]).await?.pop();
        found.push(Heard {
            key: format!("{}:{number}", heard.key),
            data: WebhookData { order, ..data.clone() },
            kind: heard.kind,
            at: heard.at,
            channel: heard.channel,
            subject: heard.subject,
        });
    }
    Ok(())
}

fn words(given: &Value) -> Vec<String> {
    given.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn id(given: &Value) -> Option<Uuid> {
    given.as_str()?.parse().ok()
}
