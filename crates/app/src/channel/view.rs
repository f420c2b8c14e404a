//! Channels as people and programs see them.

use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::{App, Settings};
use rapport_connectors::provider::{Feature, Kind};
use rapport_core::time::DAY;
use rapport_core::{ChannelId, Ms};
use rapport_store::channel::ChannelRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The status of a channel that was disconnected: its conversations stay, it neither receives nor sends.
pub(crate) const DISCONNECTED: &str = "disconnected";

/// A connected number, without its secrets.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Channel)]
pub struct ChannelView {
    /// The channel.
    pub id: Uuid,
    /// `whatsapp`.
    pub kind: String,
    /// Who carries it: `meta`, `dialog360`, `twilio`, `bird` or `gateway`.
    pub provider: String,
    /// What it does not offer: `profile`, `qr_codes`, `registration`, `subscription`, `templates`, `template_writing`,
    /// `template_editing`, `template_languages`, `template_library`, `blocking`, `read_marks`, `quality`, `quotes`,
    /// `user_ids`.
    pub not_offered: Vec<&'static str>,
    /// Kinds of message it does not carry: `reaction`, `contacts`, `template`, `interactive/list`, `interactive/flow`, ...
    pub not_carried: Vec<&'static str>,
    /// Longest text of a message, in UTF-16 units.
    pub text_max: usize,
    /// Name shown to people.
    pub name: String,
    /// The number as people write it; empty until the provider has told it.
    pub display_phone: String,
    /// The name that customers see, as the provider told it last; null = it told none.
    pub verified_name: Option<String>,
    /// The provider's word on that name: `APPROVED`, `AVAILABLE_WITHOUT_REVIEW`, `PENDING_REVIEW`, `DECLINED`, `EXPIRED`,
    /// `NONE`; null = it told none.
    pub name_status: Option<String>,
    /// The provider's id of the number.
    pub phone_number_id: String,
    /// The provider's id of the account.
    pub waba_id: String,
    /// Where the provider's API is.
    pub base_url: String,
    /// `active`, `paused` (a person switched sending off), `error` (the provider refuses us) or `disconnected`.
    pub status: String,
    /// Why, in a sentence.
    #[schema(required)]
    pub status_reason: Option<String>,
    /// What keeps it from working although it is switched on, as the last look at it found (at least hourly): checks of
    /// `GET /api/v1/doctor` with their codes, `channel.token/refused`; empty when nothing does.
    pub blocked_by: Vec<String>,
    /// The provider's quality word: GREEN, YELLOW, RED or UNKNOWN.
    pub quality: String,
    /// Distinct customers a day that the business may write to first; null = unlimited or not told.
    #[schema(required)]
    pub tier_limit: Option<i64>,
    /// Messages a second the provider allows.
    pub throughput_per_second: i32,
    /// The shop's own limit of messages a day; null = none.
    #[schema(required)]
    pub daily_limit: Option<i64>,
    /// Where the provider must deliver to.
    pub webhook_url: String,
    /// Last delivery, milliseconds UTC, to some seconds.
    #[schema(required, value_type = Option<i64>)]
    pub last_event_at: Option<Ms>,
    /// Last failure, in a sentence.
    #[schema(required)]
    pub last_error: Option<String>,
    /// Days since the access token was set.
    pub token_age_days: i64,
    /// Until when deliveries may still be signed with the secret before the newest, milliseconds UTC; null = they may not.
    #[schema(required, value_type = Option<i64>)]
    pub previous_secret_until: Option<Ms>,
    /// Time the provider took to answer the last probe, milliseconds.
    #[schema(required)]
    pub latency_ms: Option<i64>,
    /// When it was added.
    #[schema(value_type = i64)]
    pub created_at: Ms,
}

impl ChannelView {
    /// The row as it is shown.
    #[must_use]
    pub fn of(row: &ChannelRow, settings: &Settings, now: Ms) -> Self {
        Self {
            id: row.id,
            kind: row.kind.clone(),
            provider: row.provider.clone(),
            not_offered: not_offered(&row.provider),
            not_carried: carrier(&row.provider).not_carried(),
            text_max: carrier(&row.provider).text_max(),
            name: row.name.clone(),
            display_phone: row.display_phone.clone(),
            verified_name: row.settings["verified_name"].as_str().map(str::to_owned),
            name_status: row.settings["name_status"].as_str().map(str::to_owned),
            phone_number_id: row.phone_number_id.clone(),
            waba_id: row.waba_id.clone(),
            base_url: row.base_url.clone(),
            status: row.status.clone(),
            status_reason: row.status_reason.clone(),
            blocked_by: super::blocked::of(row),
            quality: row.quality.clone(),
            // Unlimited is stored as the largest number, which no program in a browser can hold.
            tier_limit: row.tier_limit.filter(|limit| *limit < i64::MAX),
            throughput_per_second: row.throughput,
            daily_limit: row.daily_limit,
            webhook_url: settings.webhook_url(&row.kind, row.id),
            last_event_at: row.last_event_at.map(Ms),
            last_error: row.last_error.clone(),
            token_age_days: now.since(Ms(row.token_set_at)).max(0) / DAY,
            previous_secret_until: super::secret::previous_until(&row.settings, now),
            latency_ms: row.settings["latency_ms"].as_i64(),
            created_at: Ms(row.created_at),
        }
    }
}

/// The workspace's channels, oldest first.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<ChannelView>> {
    caller.require(Permission::ChannelRead)?;
    let now = app.now();
    Ok(rows(app, caller).await?.iter().map(|row| ChannelView::of(row, &app.settings, now)).collect())
}

/// One channel.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: ChannelId) -> Result<ChannelView> {
    caller.require(Permission::ChannelRead)?;
    Ok(ChannelView::of(&row(app, caller, id).await?, &app.settings, app.now()))
}

/// The rows behind [`list`].
pub(crate) async fn rows(app: &App, caller: &Caller) -> Result<Vec<ChannelRow>> {
    let mut rows = rapport_store::channel::list(&app.store.workspace(caller.workspace).read()).await?;
    rows.retain(|row| row.status != DISCONNECTED);
    Ok(rows)
}

/// The row behind [`get`].
pub(crate) async fn row(app: &App, caller: &Caller, id: ChannelId) -> Result<ChannelRow> {
    let row = rapport_store::channel::get(&app.store.workspace(caller.workspace).read(), id).await?;
    row.filter(|row| row.status != DISCONNECTED).ok_or(Error::NotFound("channel"))
}

/// The features that the provider of this word lacks.
fn not_offered(provider: &str) -> Vec<&'static str> {
    let kind = carrier(provider);
    Feature::ALL.into_iter().filter(|feature| !kind.offers(*feature)).map(Feature::code).collect()
}

/// The provider of this word.
fn carrier(provider: &str) -> Kind {
    Kind::parse(provider).unwrap_or_default()
}
