//! What is on its way to a webhook and what became of it; trials and replays.

use super::deliver::try_once;
use super::sample::sample;
use super::view::{DeliveryView, WholeDelivery};
use super::{NOUN, New, row};
use crate::account::Page;
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_core::time::MINUTE;
use rapport_core::webhook::TEST;
use rapport_store::webhook::{ENDED, delivery};
use rapport_store::{Read, job, webhook};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Deliveries that are replayed at once.
const REPLAYED: u64 = 1_000;

/// Which deliveries are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveryFilter {
    /// Those that are `waiting`, `delivered` or `dead`.
    pub state: Option<String>,
    /// Those of this event.
    pub event: Option<String>,
}

/// A trial.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookTest {
    /// The event whose example is sent; left out = `webhook.test`.
    pub event: Option<String>,
}

/// How many deliveries are made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct WebhookReplayed {
    /// So many; at most 1,000 at a time.
    pub replayed: u64,
}

async fn known(read: &Read, id: Uuid) -> Result<()> {
    webhook::get(read, id).await?.map(|_| ()).ok_or(Error::NotFound(NOUN))
}

/// A webhook's deliveries, newest first.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    id: Uuid,
    filter: DeliveryFilter,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<DeliveryView>> {
    caller.require(Permission::ConnectionManage)?;
    let read = app.store.workspace(caller.workspace).read();
    known(&read, id).await?;
    let wanted = (filter.state.as_deref(), filter.event.as_deref());
    let rows = delivery::page(&read, id, wanted, before, limit + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id).map(DeliveryView::from))
}

/// One delivery with what is sent.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: Uuid, delivery: Uuid) -> Result<WholeDelivery> {
    caller.require(Permission::ConnectionManage)?;
    let row = delivery::get(&app.store.workspace(caller.workspace).read(), id, delivery).await?;
    Ok(row.ok_or(Error::NotFound("delivery"))?.into())
}

/// Makes deliveries again under the ids they have: one, or all that were given up.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` (`webhook_ended`), `Store`.
pub async fn replay(app: &App, caller: &Caller, id: Uuid, one: Option<Uuid>) -> Result<WebhookReplayed> {
    caller.require(Permission::ConnectionManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let hook = webhook::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    if hook.status == ENDED {
        return Err(Error::refused("webhook_ended", "It answered that it wants nothing any more. Switch it on first."));
    }
    let replayed = delivery::replay(&tx, id, one, REPLAYED, now).await?;
    if one.is_some() && replayed == 0 {
        return Err(Error::NotFound("delivery"));
    }
    let after = json!({ "delivery_id": one, "replayed": replayed });
    record(&tx, now, caller, "webhook.replayed", (NOUN, id), Change { before: None, after: Some(after) }).await?;
    job::enqueue(&tx, vec![Job::Webhook { webhook_id: id }.row(now)], now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(WebhookReplayed { replayed })
}

/// Sends an example at once and says what was answered. It is made once, also to a webhook that is paused, and does not
/// count for its health unless it is taken.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`event`), `Store`.
pub async fn test(app: &App, caller: &Caller, id: Uuid, test: WebhookTest) -> Result<WholeDelivery> {
    caller.require(Permission::ConnectionManage)?;
    let kind = test.event.unwrap_or_else(|| TEST.to_owned());
    let sample = sample(&kind).ok_or_else(|| Error::invalid("event", "is no event"))?;
    let now = app.now();
    let scope = app.store.workspace(caller.workspace);
    let tx = scope.write().await?;
    let hook = webhook::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    let key = format!("test:{}", tx.new_id(now));
    let mut made =
        row(&tx, New { webhook: id, key, kind: &kind, subject: None, at: now, data: json!(sample.data) }, now);
    // Nobody else takes it meanwhile; whoever dies here leaves it to the next round.
    made.due_at = now.plus(MINUTE).0;
    delivery::insert(&tx, vec![made.clone()]).await?;
    tx.commit().await?;
    try_once(app, &hook, &made).await?;
    get(app, caller, id, made.id).await
}
