//! The templates there are, for people who choose one.

use super::Channel;
use super::template_fill::stored;
use super::template_used::{TemplateUser, Users};
use super::templates::{self, Found};
use super::view::row;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_connectors::provider::Feature;
use rapport_core::template::bind::{filling_of, takes_words};
use rapport_core::time::DAY;
use rapport_core::{ChannelId, Ms};
use rapport_store::Read;
use rapport_store::template::{Filter, TemplateRow};
use rapport_store::template_use::{Named, Uses};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How far back uses are counted. Milliseconds.
const USED_MS: i64 = 30 * DAY;

/// A provider's template in one language.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Template)]
pub struct TemplateView {
    /// The template.
    pub id: Uuid,
    /// The channel it was read through.
    pub channel_id: Uuid,
    /// Its name.
    pub name: String,
    /// Language code with underscore: `en_US`.
    pub language: String,
    /// MARKETING, UTILITY or AUTHENTICATION.
    pub category: String,
    /// APPROVED, PENDING, REJECTED, PAUSED, ... Only approved ones can be sent.
    pub status: String,
    /// GREEN, YELLOW, RED or UNKNOWN.
    pub quality: String,
    /// Components as the provider defines them.
    #[schema(value_type = Vec<Object>)]
    pub components: Value,
    /// POSITIONAL or NAMED.
    pub parameter_format: String,
    /// Why the provider rejected, paused or disabled it, in its own word: `INVALID_FORMAT`.
    #[schema(required)]
    pub rejected_reason: Option<String>,
    /// What is filled in before sending, in the order it shows.
    pub variables: Vec<VariableView>,
    /// How long WhatsApp tries a message of it, in seconds; null = the category's usual time.
    #[schema(required)]
    pub message_send_ttl_seconds: Option<i64>,
    /// How much it is used.
    pub uses: TemplateUses,
    /// What sends it and would not work without it, as far as the caller may see that; in lists only of what is `degraded`.
    pub used_by: Vec<TemplateUser>,
    /// When it was last read or changed, milliseconds UTC.
    #[schema(value_type = i64)]
    pub updated_at: Ms,
}

/// How much a template is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct TemplateUses {
    /// Messages made from it in 30 days.
    pub last_30_days: i64,
    /// When the last of them was made, milliseconds UTC.
    #[schema(required)]
    pub last_at: Option<i64>,
    /// Messages that wait to be sent with it.
    pub waiting: i64,
}

impl From<Uses> for TemplateUses {
    fn from(uses: Uses) -> Self {
        Self { last_30_days: uses.made, last_at: uses.last_at.map(|at| at.0), waiting: uses.waiting }
    }
}

/// One thing a person fills in before sending.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TemplateVariable)]
pub struct VariableView {
    /// Its key: `body.1`, `header.image`, `buttons.0`.
    pub key: String,
    /// Where it shows: `header`, `body`, `button`, `offer`.
    pub component: String,
    /// What is wanted: `text`, `image`, `video`, `document`, `location`, `product`, `url`, `code`, ...
    pub kind: String,
    /// Sample; may be empty.
    pub example: String,
    /// Name, number or button text, for the label.
    pub label: String,
    /// The customer's data that fills it: `first_name`, `name`, `phone`, `email`, `country`, `field:<own field>`; null =
    /// none.
    #[schema(required)]
    pub source: Option<String>,
    /// What stands there when that is not known; null = it must be typed then.
    #[schema(required)]
    pub fallback: Option<String>,
}

impl From<TemplateRow> for TemplateView {
    fn from(row: TemplateRow) -> Self {
        let definition = rapport_core::template::parse(&row.components, Some(&row.parameter_format), &row.category);
        // One that cannot be understood has no fields to show; its state and text are shown all the same.
        let variables = definition.map(|definition| rapport_core::template::variables(&definition)).unwrap_or_default();
        let fillings = stored(&row);
        let variable = |one: rapport_core::template::Variable| {
            let filling =
                if takes_words(&one) { filling_of(&one, &row.language, &fillings) } else { Default::default() };
            VariableView {
                key: one.key,
                component: one.component,
                kind: one.kind,
                example: one.example,
                label: one.label,
                source: filling.source,
                fallback: filling.fallback,
            }
        };
        let variables = variables.into_iter().map(variable).collect();
        Self {
            id: row.id,
            channel_id: row.channel_id,
            name: row.name,
            language: row.language,
            category: row.category,
            status: row.status,
            quality: row.quality,
            components: row.components,
            parameter_format: row.parameter_format,
            rejected_reason: row.rejected_reason,
            variables,
            message_send_ttl_seconds: row.ttl_seconds,
            uses: TemplateUses::default(),
            used_by: Vec::new(),
            updated_at: Ms(row.updated_at),
        }
    }
}

/// Which templates are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TemplateFilter {
    /// Of this channel's account.
    pub channel_id: Option<Uuid>,
    /// With this status: `APPROVED`.
    pub status: Option<String>,
    /// Whose name contains this.
    pub q: Option<String>,
    /// True: only those that cannot be sent as they should: paused, disabled, rejected, flagged, or of poor quality.
    pub degraded: Option<bool>,
}

/// Where a list of templates goes on: after this name and language.
pub type Cursor = (String, String);

/// Templates by name and language, with the cursor of the next page.
///
/// # Errors
/// `Forbidden`, `NotFound` when there is no such channel, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: TemplateFilter,
    after: Option<Cursor>,
    limit: u64,
) -> Result<(Vec<TemplateView>, Option<Cursor>)> {
    caller.require(Permission::ChannelRead)?;
    let waba_id = match filter.channel_id {
        Some(id) => Some(row(app, caller, ChannelId(id)).await?.waba_id),
        None => None,
    };
    let filter = Filter {
        waba_id,
        status: filter.status.map(|status| status.to_ascii_uppercase()),
        name_contains: filter.q.map(|q| q.trim().to_lowercase().replace(' ', "_")).filter(|q| !q.is_empty()),
        degraded: filter.degraded == Some(true),
        after,
    };
    let read = app.store.workspace(caller.workspace).read();
    let mut rows = rapport_store::template::list(&read, &filter, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| (row.name.clone(), row.language.clone()));
    let told = filter.degraded.then_some(caller);
    Ok((views(&read, rows, told, app.now()).await?, next))
}

/// One template.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<TemplateView> {
    caller.require(Permission::ChannelRead)?;
    let row = one(app, caller, id).await?;
    let read = app.store.workspace(caller.workspace).read();
    views(&read, vec![row], Some(caller), app.now()).await?.pop().ok_or(Error::NotFound("template"))
}

/// How much each template was used in 30 days.
pub(super) async fn uses(read: &Read, now: Ms) -> Result<HashMap<Named, Uses>> {
    Ok(rapport_store::template_use::since(read, now.plus(-USED_MS)).await?)
}

/// Templates with how much they are used; `told` is told by what, too.
pub(super) async fn views(
    read: &Read,
    rows: Vec<TemplateRow>,
    told: Option<&Caller>,
    now: Ms,
) -> Result<Vec<TemplateView>> {
    let uses = uses(read, now).await?;
    let users = match told {
        Some(caller) => Some(Users::of(read, caller).await?),
        None => None,
    };
    let whole = |row: TemplateRow| {
        let named = Named { waba_id: row.waba_id.clone(), name: row.name.clone(), language: row.language.clone() };
        let uses = uses.get(&named).copied().unwrap_or_default().into();
        let view = TemplateView { uses, ..row.into() };
        TemplateView { used_by: users.as_ref().map(|users| users.using(&view)).unwrap_or_default(), ..view }
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// The row behind [`get`].
pub(super) async fn one(app: &App, caller: &Caller, id: Uuid) -> Result<TemplateRow> {
    let row = rapport_store::template::get(&app.store.workspace(caller.workspace).read(), id).await?;
    row.ok_or(Error::NotFound("template"))
}

/// How a reading of all templates ended.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Synced {
    /// Templates the account has.
    pub synced: usize,
}

/// Where nobody tells how a review ends, the list is read again by itself.
async fn watch(app: &App, channel: &Channel, found: Found) -> Result<()> {
    if !found.in_review || channel.provider.tells_reviews() {
        return Ok(());
    }
    let now = app.now();
    let tx = app.store.workspace(channel.workspace).write().await?;
    let job = Job::SyncTemplates { channel_id: channel.id }.row_at(now.plus(templates::REVIEW_MS));
    rapport_store::job::enqueue(&tx, vec![job], now).await?;
    Ok(tx.commit().await?)
}

/// Reads all templates of a channel's account now.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` `provider_unavailable` with what the provider said or `not_offered_by_provider`
/// where it has no list, `Store`.
pub async fn sync(app: &App, caller: &Caller, id: ChannelId) -> Result<Synced> {
    caller.require(Permission::ChannelManage)?;
    row(app, caller, id).await?;
    let channel = app.channels.get(id).await?.ok_or(Error::NotFound("channel"))?;
    channel.offers(Feature::Templates)?;
    match templates::sync(app, &channel).await? {
        Ok(found) => {
            watch(app, &channel, found).await?;
            Ok(Synced { synced: found.count })
        }
        Err(why) => Err(Error::refused("provider_unavailable", format!("the templates cannot be read now: {why}"))),
    }
}
