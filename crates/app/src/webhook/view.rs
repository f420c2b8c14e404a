//! Webhooks and their deliveries as the API shows them.

use rapport_core::Ms;
use rapport_store::webhook::{DeliveryRow, WebhookRow};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A program that is told of what happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub struct WebhookView {
    /// The webhook.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Where it is told.
    pub url: String,
    /// What it is told of; none = only what rules send to it.
    pub events: Vec<String>,
    /// The channels it is told about; none = all.
    pub channels: Vec<Uuid>,
    /// `active`, `paused` (what happens waits) or `ended` (it wants nothing any more).
    pub status: String,
    /// Why it is not active: `person`, `failing` (for three days without a break) or `gone` (it answered 410).
    pub reason: Option<String>,
    /// Who made it: `user`, `api` or `rule`.
    pub made_by: String,
    /// Tries that failed since one worked.
    pub failures: i32,
    /// Since when, milliseconds UTC.
    pub failing_since: Option<i64>,
    /// Why the last one failed.
    pub error: Option<String>,
    /// When something was last delivered, milliseconds UTC.
    pub delivered_at: Option<i64>,
    /// Deliveries that wait.
    pub waiting: i64,
    /// Deliveries that were given up.
    pub dead: i64,
    /// When events were last missed, because the webhook rested for longer than the two days that they are kept.
    pub missed_at: Option<i64>,
    /// Until when deliveries are also signed with the secret before, milliseconds UTC.
    pub previous_secret_until: Option<i64>,
    /// When it was made, milliseconds UTC.
    #[schema(value_type = i64)]
    pub created_at: Ms,
    /// When it was last changed, milliseconds UTC.
    #[schema(value_type = i64)]
    pub updated_at: Ms,
}

/// The view of a row, with how many of its deliveries wait and were given up.
pub(super) fn view(row: WebhookRow, (waiting, dead): (i64, i64)) -> WebhookView {
    WebhookView {
        events: texts(&row.events),
        channels: row.channels.as_array().into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()).collect(),
        id: row.id,
        name: row.name,
        url: row.url,
        status: row.status,
        reason: row.reason,
        made_by: row.made_by,
        failures: row.failures,
        failing_since: row.failing_since,
        error: row.error,
        delivered_at: row.delivered_at,
        waiting,
        dead,
        missed_at: row.missed_at,
        previous_secret_until: row.secret_until,
        created_at: Ms(row.created_at),
        updated_at: Ms(row.updated_at),
    }
}

fn texts(given: &Value) -> Vec<String> {
    given.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A webhook with its secret, which is shown this once.
#[derive(Clone, Serialize, ToSchema)]
pub struct CreatedWebhook {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// What deliveries are signed with (Standard Webhooks, `whsec_...`). Shown this once.
    pub secret: String,
}

/// Something on its way to a webhook, or what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct DeliveryView {
    /// The delivery: what its receiver sees as `webhook-id`.
    pub id: Uuid,
    /// What it tells of: `message.received`.
    pub event: String,
    /// `waiting`, `delivered` or `dead`.
    pub state: String,
    /// Tries since it was asked for, or last replayed.
    pub attempts: i32,
    /// When it is tried next, milliseconds UTC; null = it is not.
    pub due_at: Option<i64>,
    /// The last tries, the oldest first.
    pub tries: Vec<TryView>,
    /// When it was asked for, milliseconds UTC.
    #[schema(value_type = i64)]
    pub created_at: Ms,
    /// When it was delivered or given up, milliseconds UTC.
    pub settled_at: Option<i64>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookTry)]
pub struct TryView {
    /// When, milliseconds UTC.
    pub at: i64,
    /// How long it took, milliseconds.
    pub ms: i64,
    /// The status that was answered.
    pub status: Option<u16>,
    /// What went wrong: `refused` (4xx), `failed` (5xx), `busy` (429, 503), `redirect`, `gone` (410), `unreachable`,
    /// `no_answer`, `blocked` (not a public address); empty when nothing did.
    pub code: String,
    /// The same in words, when nothing was answered.
    pub detail: String,
    /// The beginning of the answer.
    pub answer: String,
}

impl From<DeliveryRow> for DeliveryView {
    fn from(row: DeliveryRow) -> Self {
        let waits = row.settled_at.is_none();
        Self {
            id: row.id,
            event: row.kind,
            state: row.state,
            attempts: row.attempts,
            due_at: waits.then_some(row.due_at),
            tries: serde_json::from_value(row.tries).unwrap_or_default(),
            created_at: Ms(row.created_at),
            settled_at: row.settled_at,
        }
    }
}

/// A delivery with what is sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WholeDelivery {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// What is sent.
    #[schema(value_type = super::payload::WebhookEvent)]
    pub body: Value,
}

impl From<DeliveryRow> for WholeDelivery {
    fn from(row: DeliveryRow) -> Self {
        let body = serde_json::from_str(&row.body).unwrap_or_default();
        Self { body, delivery: row.into() }
    }
}
