//! Contacts as the API shows them.

use crate::cost::CostSum;
use crate::inbox::view::{avatar_color, known_name};
use crate::tag::TagMark;
use rapport_core::contact::Window;
use rapport_core::{ContactId, Ms};
use rapport_store::Read;
use rapport_store::contact::{ConsentRow, ContactRow};
use rapport_store::query::contact_page::{self, Beside, Linked};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A person who writes to the business.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactView {
    /// The contact.
    pub id: Uuid,
    /// Name, when known.
    pub name: Option<String>,
    /// E.164 number, when known.
    pub phone: Option<String>,
    /// Lower-case e-mail address.
    pub email: Option<String>,
    /// Language tag.
    pub language: Option<String>,
    /// ISO 3166 country.
    pub country: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// Place in the palette of eight.
    pub avatar_color: u8,
    /// `lead`, `customer`, ...
    pub lifecycle: String,
    /// How they first came: `whatsapp`, `ad`, `post`, `product`, `manual`, `api`, or a CRM's name.
    pub source: Option<String>,
    /// The user who looks after them.
    pub owner_id: Option<Uuid>,
    /// Own fields; `tags` among them has the names of the tags.
    #[schema(value_type = Object)]
    pub fields: Value,
    /// The tags they carry, by name.
    pub tags: Vec<TagMark>,
    /// Every id that leads to them.
    pub identities: Vec<IdentityView>,
    /// What they agreed to.
    pub consent: ConsentState,
    /// Until when they may be answered freely, on any channel.
    pub window: WindowView,
    /// Channels on which the business blocked them.
    pub blocked_on: Vec<Uuid>,
    /// How they stand with each CRM.
    pub sync: Vec<SyncView>,
    /// When they became known, milliseconds UTC.
    pub created_at: i64,
    /// When anything about them last changed.
    pub updated_at: i64,
    /// Last message from them.
    pub last_inbound_at: Option<i64>,
    /// What the messages that reached them cost so far; null before the first.
    pub cost: Option<CostSum>,
}

/// One id of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Identity)]
pub struct IdentityView {
    /// `wa_id`, `bsuid`, `parent_bsuid`, `phone` or `email`.
    pub kind: String,
    /// The id.
    pub value: String,
}

/// What a person agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConsentState {
    /// `opted_in`, `opted_out` or `unknown`.
    pub marketing: String,
}

/// A service window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Window)]
pub struct WindowView {
    /// Whether free text may be sent now.
    pub open: bool,
    /// When it closes or closed; null when it never opened.
    pub expires_at: Option<i64>,
}

/// How a contact stands with a CRM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SyncState)]
pub struct SyncView {
    /// The connection.
    pub connection_id: Uuid,
    /// Its name.
    pub connection_name: String,
    /// `in_step`, `waiting` or `failed`.
    pub state: String,
    /// The record over there; null while it is being made.
    pub remote_id: Option<String>,
    /// Its page.
    pub remote_url: Option<String>,
    /// Last exchange.
    pub at: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
}

impl From<Linked> for SyncView {
    fn from(linked: Linked) -> Self {
        let Linked { connection_id, connection_name, connection_settings, link } = linked;
        let remote_id = (!link.remote_id.starts_with(rapport_store::link::IN_FLIGHT)).then_some(link.remote_id);
        let page = connection_settings["record_url"].as_str();
        let remote_url = page.zip(remote_id.as_deref()).map(|(page, id)| format!("{page}{id}"));
        let at = link.pushed_at.max(link.pulled_at);
        Self { connection_id, connection_name, state: link.state, remote_id, remote_url, at, error: link.error }
    }
}

/// A contact with what stands beside it.
pub(super) fn view(row: ContactRow, beside: Beside, now: Ms) -> ContactView {
    let source = source_of(&row);
    let identities = beside.identities.into_iter().map(|(kind, value)| IdentityView { kind, value }).collect();
    let window = Window::new(beside.window_expires_at.map(Ms));
    ContactView {
        id: row.id,
        name: known_name(row.name),
        phone: row.phone,
        email: row.email,
        language: row.language,
        country: row.country,
        timezone: row.timezone,
        avatar_color: avatar_color(row.id),
        lifecycle: row.lifecycle,
        source,
        owner_id: row.owner_id,
        fields: if row.fields.is_object() { row.fields } else { serde_json::json!({}) },
        tags: beside.tags.into_iter().map(TagMark::from).collect(),
        identities,
        consent: ConsentState { marketing: row.marketing_consent },
        window: WindowView { open: window.is_open(now), expires_at: beside.window_expires_at },
        blocked_on: beside.blocked_on,
        sync: beside.links.into_iter().map(SyncView::from).collect(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        last_inbound_at: row.last_inbound_at,
        cost: None,
    }
}

/// How a contact first came, in one word. A referral keeps its own (`ad`, `post`, `product`).
fn source_of(row: &ContactRow) -> Option<String> {
    match &row.source {
        Some(Value::String(word)) => Some(word.clone()),
        Some(Value::Object(referral)) => {
            Some(referral.get("source_type").and_then(Value::as_str).unwrap_or("referral").to_owned())
        }
        _ => row.first_inbound_at.map(|_| "whatsapp".to_owned()),
    }
}

/// Contacts with what stands beside them, in the same order.
pub(super) async fn views(read: &Read, rows: Vec<ContactRow>, now: Ms) -> crate::Result<Vec<ContactView>> {
    let ids: Vec<ContactId> = rows.iter().map(|row| ContactId(row.id)).collect();
    let mut beside = contact_page::beside(read, &ids).await?;
    let mut costs = crate::cost::of_contacts(read, &ids).await?;
    let whole = |row: ContactRow| {
        let own = beside.remove(&row.id).unwrap_or_default();
        let cost = costs.remove(&row.id);
        ContactView { cost, ..view(row, own, now) }
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// A line of the consent ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Consent)]
pub struct ConsentView {
    /// The line.
    pub id: Uuid,
    /// What for: `marketing`.
    pub purpose: String,
    /// `opted_in` or `opted_out`.
    pub state: String,
    /// Where it came from.
    pub source: Option<String>,
    /// What proves it.
    pub proof: Option<String>,
    /// When, milliseconds UTC.
    pub at: i64,
}

impl From<ConsentRow> for ConsentView {
    fn from(row: ConsentRow) -> Self {
        Self {
            id: row.id,
            purpose: row.purpose,
            state: row.state,
            source: known_name(row.source),
            proof: known_name(row.proof),
            at: row.at,
        }
    }
}
