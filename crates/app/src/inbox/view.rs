//! Conversations and messages as the API shows them.

use super::content::{self, ContentView};
use super::failure::{self, FailureView};
use super::words::{AuthorWord, DirectionWord, MessageStatusWord, PriorityWord, StatusWord};
use crate::cost::{CostSum, CostView};
use crate::send::words::{VerdictView, stored};
use crate::tag::TagMark;
use rapport_core::ConversationId;
use rapport_core::cost::Price;
use rapport_core::inbox::Reaction;
use rapport_store::Read;
use rapport_store::media::MediaRow;
use rapport_store::query::conversation_list::Row;
use rapport_store::query::thread::Line;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// Colours the avatars of people without a picture are told apart by.
const COLOURS: u8 = 8;

/// A steady colour for a person: a place in the palette of eight.
#[must_use]
pub fn avatar_color(contact: Uuid) -> u8 {
    contact.as_bytes()[15] % COLOURS
}

/// A name, or nothing when it is not known.
pub(crate) fn known_name(name: String) -> Option<String> {
    (!name.is_empty()).then_some(name)
}

/// One contact's thread on one channel.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub struct ConversationView {
    /// The conversation.
    pub id: Uuid,
    /// Whom it is with.
    pub contact: ConversationContact,
    /// Over which channel.
    pub channel: ConversationChannel,
    /// Where it stands.
    #[schema(value_type = StatusWord)]
    pub status: String,
    /// How urgent it is.
    #[schema(value_type = PriorityWord)]
    pub priority: String,
    /// Who answers.
    pub assignee_id: Option<Uuid>,
    /// Which team answers.
    pub team_id: Option<Uuid>,
    /// When it comes back, milliseconds UTC.
    pub snoozed_until: Option<i64>,
    /// Customer messages nobody has looked at.
    pub unread_count: i32,
    /// The newest line; null in a conversation without one.
    pub last_message: Option<LastMessage>,
    /// Moment of the newest line; orders the inbox.
    pub last_message_at: i64,
    /// Last message from the customer.
    pub last_inbound_at: Option<i64>,
    /// When the service window closes or closed; null when it never opened.
    pub window_expires_at: Option<i64>,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<i64>,
    /// What its arrived messages cost so far; null before the first.
    pub cost: Option<CostSum>,
    /// When it began.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

/// The customer of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConversationContact {
    /// The contact.
    pub id: Uuid,
    /// Name, when known.
    pub name: Option<String>,
    /// E.164 number, when known.
    pub phone: Option<String>,
    /// Place in the palette of eight.
    pub avatar_color: u8,
    /// The tags they carry, by name.
    pub tags: Vec<TagMark>,
}

/// The channel of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConversationChannel {
    /// The channel.
    pub id: Uuid,
    /// `whatsapp`.
    pub kind: String,
    /// Its name; empty when it was removed.
    pub name: String,
}

/// The newest line of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LastMessage {
    /// Who said it.
    #[schema(value_type = DirectionWord)]
    pub direction: String,
    /// Its kind: `text`, `image`, `template`, ...
    pub kind: String,
    /// Its words, shortened to one line.
    pub preview: String,
    /// When.
    pub at: i64,
    /// Where it stands.
    #[schema(value_type = MessageStatusWord)]
    pub status: String,
}

impl From<Row> for ConversationView {
    fn from(row: Row) -> Self {
        let known = row.conversation;
        let last_message = known.last_message_id.map(|_| LastMessage {
            direction: known.last_direction.unwrap_or_default(),
            kind: known.last_kind.unwrap_or_default(),
            preview: known.last_preview.unwrap_or_default(),
            at: known.last_message_at,
            status: known.last_status.unwrap_or_default(),
        });
        Self {
            id: known.id,
            contact: ConversationContact {
                id: known.contact_id,
                name: known_name(row.contact_name),
                phone: row.contact_phone,
                avatar_color: avatar_color(known.contact_id),
                tags: Vec::new(),
            },
            channel: ConversationChannel { id: known.channel_id, kind: row.channel_kind, name: row.channel_name },
            status: known.status,
            priority: known.priority,
            assignee_id: known.assignee_id,
            team_id: known.team_id,
            snoozed_until: known.snoozed_until,
            unread_count: known.unread,
            last_message,
            last_message_at: known.last_message_at,
            last_inbound_at: known.last_inbound_at,
            window_expires_at: known.window_expires_at,
            waiting_since: known.waiting_since,
            cost: None,
            created_at: known.created_at,
            updated_at: known.updated_at,
        }
    }
}

/// A message, private note or conversation event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct MessageView {
    /// The message.
    pub id: Uuid,
    /// Its conversation.
    pub conversation_id: Uuid,
    /// Its customer.
    pub contact_id: Uuid,
    /// The channel it came or went over; another one than the conversation's when it went over the standby route.
    pub channel_id: Uuid,
    /// Who said it.
    #[schema(value_type = DirectionWord)]
    pub direction: String,
    /// The content's kind.
    pub kind: String,
    /// What was said.
    #[schema(value_type = ContentView)]
    pub content: Value,
    /// Its words, shortened to one line.
    pub preview: String,
    /// Who wrote it.
    pub author: Author,
    /// Where it stands.
    #[schema(value_type = MessageStatusWord)]
    pub status: String,
    /// When it got there, milliseconds UTC.
    pub status_at: Option<i64>,
    /// When the provider took it.
    pub sent_at: Option<i64>,
    /// When it arrived.
    pub delivered_at: Option<i64>,
    /// When it was read.
    pub read_at: Option<i64>,
    /// When it was said, by the provider's clock; orders the thread.
    pub at: i64,
    /// When it was stored.
    pub created_at: i64,
    /// The sender's own id.
    pub client_id: Option<String>,
    /// The event it tells of, in its sender's words.
    pub event: Option<String>,
    /// When it goes, while it waits for a chosen moment.
    pub plan: Option<super::unsent::PlanView>,
    /// The message it answers.
    pub reply_to: Option<Quote>,
    /// Emoji on it.
    pub reactions: Vec<ReactionView>,
    /// When its author changed it.
    pub edited_at: Option<i64>,
    /// When its author took it back.
    pub revoked_at: Option<i64>,
    /// Why it did not arrive.
    pub error: Option<FailureView>,
    /// What the guard last said about it.
    pub verdict: Option<VerdictView>,
    /// The file it carries.
    pub media: Option<MessageMedia>,
    /// What it costs; null where nothing is charged for it by its nature (inbound, notes, failed).
    pub cost: Option<CostView>,
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Author {
    /// What kind of author.
    #[schema(value_type = AuthorWord)]
    pub kind: String,
    /// The user, token or rule.
    pub id: Option<Uuid>,
    /// Their name at that moment.
    pub name: Option<String>,
}

/// A message that another one answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quote {
    /// The message.
    pub id: Uuid,
    /// Its words, shortened.
    pub preview: String,
    /// Who said it.
    #[schema(value_type = DirectionWord)]
    pub direction: String,
}

/// An emoji on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Reaction)]
pub struct ReactionView {
    /// The emoji.
    pub emoji: String,
    /// `contact` or `business`.
    pub by: String,
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageMedia {
    /// The file.
    pub id: Uuid,
    /// MIME type; null while unknown.
    pub mime: Option<String>,
    /// Bytes; null while unknown.
    pub size: Option<i64>,
    /// Name.
    pub filename: Option<String>,
    /// `pending`, `stored`, `failed` or `deleted`.
    pub state: String,
    /// After how many days it was deleted.
    pub kept_days: Option<i32>,
    /// Where to fetch it, once stored.
    pub url: Option<String>,
    /// SHA-256, lower-case hexadecimal, once known.
    pub sha256: Option<String>,
}

impl From<MediaRow> for MessageMedia {
    fn from(row: MediaRow) -> Self {
        let stored = row.state == "stored";
        Self {
            id: row.id,
            mime: known_name(row.mime),
            size: (stored || row.size > 0).then_some(row.size),
            filename: row.filename,
            kept_days: row.kept_days,
            url: stored.then(|| format!("/api/v1/media/{}", row.id)),
            state: row.state,
            sha256: row.sha256,
        }
    }
}

/// Lines as the API shows them, with what they cost.
pub(crate) async fn messages(read: &Read, lines: Vec<Line>) -> crate::Result<Vec<MessageView>> {
    let told = |line: &Line| {
        let (category, kind) = (line.row.cost_category.clone()?, line.row.cost_kind.clone()?);
        Some((line.row.id, Price { category, kind }))
    };
    let prices = lines.iter().filter_map(told).collect();
    let mut views: Vec<MessageView> = lines.into_iter().map(MessageView::from).collect();
    crate::cost::price(read, &prices, &mut views).await?;
    super::unsent::show_plans(read, &mut views).await?;
    Ok(views)
}

/// Conversations as the API shows them, with what they cost.
pub(crate) async fn conversations(read: &Read, rows: Vec<Row>) -> crate::Result<Vec<ConversationView>> {
    let ids: Vec<ConversationId> = rows.iter().map(|row| ConversationId(row.conversation.id)).collect();
    let mut costs = crate::cost::of_conversations(read, &ids).await?;
    let people: Vec<Uuid> = rows.iter().map(|row| row.conversation.contact_id).collect();
    let tags = rapport_store::tag::of_contacts(read, &people).await?;
    let mut views: Vec<ConversationView> = rows.into_iter().map(ConversationView::from).collect();
    for view in &mut views {
        view.cost = costs.remove(&view.id);
        let carried = tags.get(&view.contact.id).cloned().unwrap_or_default();
        view.contact.tags = carried.into_iter().map(TagMark::from).collect();
    }
    Ok(views)
}

impl From<Line> for MessageView {
    fn from(line: Line) -> Self {
        let Line { row, content, quoted, media } = line;
        let reactions: Vec<Reaction> =
            row.reactions.and_then(|stored| serde_json::from_value(stored).ok()).unwrap_or_default();
        let shown = |one: Reaction| Some(ReactionView { emoji: one.emoji?, by: one.by });
        Self {
            id: row.id,
            conversation_id: row.conversation_id,
            contact_id: row.contact_id,
            channel_id: row.channel_id,
            direction: row.direction,
            kind: row.kind,
            content: content::json(&content, row.reply_to_id),
            preview: row.preview,
            author: Author { kind: row.author_kind, id: row.author_id, name: row.author_name },
            error: failure::view(row.error.as_ref(), &row.status),
            verdict: row.verdict.as_ref().and_then(stored),
            status: row.status,
            status_at: row.status_at,
            sent_at: row.sent_at,
            delivered_at: row.delivered_at,
            read_at: row.read_at,
            at: row.at,
            created_at: row.created_at,
            client_id: row.client_id,
            event: row.event_key,
            plan: None,
            reply_to: quoted.map(|of| Quote { id: of.id.0, preview: of.preview, direction: of.direction }),
            reactions: reactions.into_iter().filter_map(shown).collect(),
            edited_at: row.edited_at,
            revoked_at: row.revoked_at,
            media: media.map(MessageMedia::from),
            cost: None,
        }
    }
}
