//! What webhooks are told: one envelope for everything, with what the event is about in `data`. Members are only ever
//! added; what an event is not about is left out.

use crate::shop::Order;
use rapport_store::campaign::CampaignRow;
use rapport_store::contact::ContactRow;
use rapport_store::matter::MatterRow;
use rapport_store::query::thread::Line;
use rapport_store::webhook::ConversationRow;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// What is sent to a webhook, as the body of a POST.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookEvent {
    /// Names the message, also in the header `webhook-id`; the same however often it is sent.
    pub id: Uuid,
    /// What happened: `message.received`, ..., `rule.called`, `webhook.test`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When, RFC 3339.
    pub timestamp: String,
    /// In which workspace.
    pub workspace_id: Uuid,
    /// What it is about.
    pub data: WebhookData,
}

/// What an event is about.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct WebhookData {
    /// The message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<WebhookMessage>,
    /// The conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<WebhookConversation>,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<WebhookContact>,
    /// Names of the contact's fields that changed: `name`, `fields.city`; left out where that is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// The tags that were given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The contact that was joined into `contact` and does not exist any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_id: Option<Uuid>,
    /// The deal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deal: Option<WebhookMatter>,
    /// The case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<WebhookMatter>,
    /// The order, with its parcels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// The campaign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<WebhookCampaign>,
    /// The rule that called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<WebhookRule>,
}

/// A message.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookMessage {
    /// The message.
    pub id: Uuid,
    /// Its conversation.
    pub conversation_id: Uuid,
    /// The channel.
    pub channel_id: Uuid,
    /// `in` or `out`.
    pub direction: String,
    /// `text`, `image`, `template`, ...
    pub kind: String,
    /// Its words; of a file its caption.
    pub text: String,
    /// All of it, in the form of the API.
    #[schema(value_type = Object)]
    pub content: Value,
    /// `received`, `queued`, `sent`, `delivered`, `read`, `failed`, ...: at the moment of the event.
    pub status: String,
    /// Why it failed.
    #[schema(value_type = Option<Object>)]
    pub error: Option<Value>,
    /// Who wrote it: `contact`, `user`, `rule`, `api`, `campaign`, ...
    pub author_kind: String,
    /// Their name.
    pub author_name: Option<String>,
    /// The file it carries (`GET /api/v1/media/{id}`).
    pub media_id: Option<Uuid>,
    /// When it was said, milliseconds UTC.
    pub at: i64,
}

/// A conversation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookConversation {
    /// The conversation.
    pub id: Uuid,
    /// The customer.
    pub contact_id: Uuid,
    /// The channel.
    pub channel_id: Uuid,
    /// `open`, `pending`, `snoozed`, `resolved`.
    pub status: String,
    /// `urgent`, `high`, `medium`, `low`, `none`.
    pub priority: String,
    /// The agent.
    pub assignee_id: Option<Uuid>,
    /// The team.
    pub team_id: Option<Uuid>,
    /// When it began, milliseconds UTC.
    pub created_at: i64,
    /// When it was resolved, milliseconds UTC.
    pub resolved_at: Option<i64>,
}

/// A customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookContact {
    /// The contact.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Number, E.164.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Language tag.
    pub language: Option<String>,
    /// ISO 3166-1 code.
    pub country: Option<String>,
    /// `opted_in`, `opted_out`, `unknown`.
    pub marketing_consent: String,
    /// The user who looks after them.
    pub owner_id: Option<Uuid>,
    /// The tags they carry.
    pub tags: Vec<String>,
    /// Own fields.
    #[schema(value_type = Object)]
    pub fields: Value,
    /// When they became known, milliseconds UTC.
    pub created_at: i64,
    /// When anything about them last changed, milliseconds UTC.
    pub updated_at: i64,
}

/// A deal or a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookMatter {
    /// The deal or case.
    pub id: Uuid,
    /// The customer.
    pub contact_id: Uuid,
    /// The conversation it was made in.
    pub conversation_id: Option<Uuid>,
    /// What it is called.
    pub title: String,
    /// What is to be known about it.
    pub details: Option<String>,
    /// A deal's worth in minor units of its currency.
    pub amount_minor: Option<i64>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// What a case is about.
    pub category: Option<String>,
    /// How urgent a case is.
    pub priority: Option<String>,
    /// `open`, `won`, `lost`, `closed`.
    pub status: String,
    /// Codes of the products.
    #[schema(value_type = Vec<String>)]
    pub skus: Value,
    /// Its page in the CRM.
    pub remote_url: Option<String>,
    /// When it was made, milliseconds UTC.
    pub created_at: i64,
}

/// A campaign.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookCampaign {
    /// The campaign.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// `finished`.
    pub status: String,
    /// The template it sent.
    pub template_name: String,
}

/// The rule that called a webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookRule {
    /// The rule.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The run.
    pub run_id: Uuid,
    /// What woke it: `message`, `tagged`, `order`, `timer`, ...
    pub event: String,
}

impl From<&Line> for WebhookMessage {
    fn from(line: &Line) -> Self {
        let row = &line.row;
        Self {
            id: row.id,
            conversation_id: row.conversation_id,
            channel_id: row.channel_id,
            direction: row.direction.clone(),
            kind: row.kind.clone(),
            text: line.content.text(),
            content: json!(line.content),
            status: row.status.clone(),
            error: row.error.clone(),
            author_kind: row.author_kind.clone(),
            author_name: row.author_name.clone(),
            media_id: row.media_id,
            at: row.at,
        }
    }
}

impl From<&ConversationRow> for WebhookConversation {
    fn from(row: &ConversationRow) -> Self {
        Self {
            id: row.id,
            contact_id: row.contact_id,
            channel_id: row.channel_id,
            status: row.status.clone(),
            priority: row.priority.clone(),
            assignee_id: row.assignee_id,
            team_id: row.team_id,
            created_at: row.created_at,
            resolved_at: row.resolved_at,
        }
    }
}

impl From<&ContactRow> for WebhookContact {
    fn from(row: &ContactRow) -> Self {
        let mut fields = row.fields.clone();
        if let Some(fields) = fields.as_object_mut() {
            fields.remove("tags");
        }
        Self {
            id: row.id,
            name: row.name.clone(),
            phone: row.phone.clone(),
            email: row.email.clone(),
            language: row.language.clone(),
            country: row.country.clone(),
            marketing_consent: row.marketing_consent.clone(),
            owner_id: row.owner_id,
            tags: rapport_core::contact::tags(&row.fields),
            fields,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<MatterRow> for WebhookMatter {
    fn from(row: MatterRow) -> Self {
        Self {
            id: row.id,
            contact_id: row.contact_id,
            conversation_id: row.conversation_id,
            title: row.title,
            details: row.details,
            amount_minor: row.amount_minor,
            currency: row.currency,
            category: row.category,
            priority: row.priority,
            status: row.status,
            skus: row.skus,
            remote_url: row.remote_url,
            created_at: row.created_at,
        }
    }
}

impl From<CampaignRow> for WebhookCampaign {
    fn from(row: CampaignRow) -> Self {
        Self { id: row.id, name: row.name, status: row.status, template_name: row.template_name }
    }
}
