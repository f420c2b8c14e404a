//! A rule calls a webhook: what its run is about goes the way of all deliveries.

use super::manage::{address, bare, host, room};
use super::payload::{WebhookConversation, WebhookData, WebhookMessage, WebhookRule};
use super::{Keys, NOUN, New, WAITING_MOST, fresh, row, seal};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_core::rule::Event;
use rapport_core::webhook::RULE;
use rapport_core::{ContactId, ConversationId, Ms};
use rapport_store::query::{contact_page, thread};
use rapport_store::rule::{self, RunRow};
use rapport_store::webhook::{ENDED, WebhookRow, delivery};
use rapport_store::{Read, WriteTx, conversation, job, webhook};
use serde_json::json;
use uuid::Uuid;

/// Where a rule sends.
pub(crate) enum To<'a> {
    /// A webhook of the workspace.
    Webhook(Uuid),
    /// An address; a webhook is made for it, which hears of nothing else.
    Url(&'a str),
}

/// Stores the delivery of a rule's step; a repeat of the same step of the same run stores nothing.
///
/// # Errors
/// `NotFound`, `Invalid` (`url`), `Refused` (`too_many`, `webhook_ended`, `webhook_full`), `Store`.
pub(crate) async fn send(
    app: &App,
    read: &Read,
    run: &RunRow,
    path: &str,
    event: Option<&Event>,
    to: To<'_>,
) -> Result<()> {
    let now = app.now();
    let made = match to {
        To::Webhook(_) => None,
        To::Url(url) => Some(made(app, read, url, now).await?),
    };
    let data = data(read, run, event).await?;
    let tx = app.store.workspace(read.workspace()).write().await?;
    let hook = match (to, made) {
        (To::Url(_), Some(made)) => kept(&tx, made).await?,
        (To::Webhook(id), _) => webhook::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?,
        (To::Url(_), None) => return Err(Error::NotFound(NOUN)),
    };
    if hook.status == ENDED {
        return Err(Error::refused("webhook_ended", "The webhook answered that it wants nothing any more."));
    }
    if delivery::waiting(&tx, hook.id).await? >= WAITING_MOST {
        return Err(Error::refused("webhook_full", format!("{WAITING_MOST} deliveries wait for the webhook already.")));
    }
    let new = New {
        webhook: hook.id,
        key: format!("rule:{}:{path}", run.id),
        kind: RULE,
        subject: Some(run.conversation_id.unwrap_or(run.contact_id)),
        at: now,
        data: json!(data),
    };
    delivery::insert(&tx, vec![row(&tx, new, now)]).await?;
    job::enqueue(&tx, vec![Job::Webhook { webhook_id: hook.id }.row(now)], now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(())
}

/// The webhook that an address would get.
async fn made(app: &App, read: &Read, url: &str, now: Ms) -> Result<WebhookRow> {
    let url = address(&app.http, url)?;
    let id = app.store.new_id(now);
    let sealed = seal(app, read.workspace(), id, &Keys { now: fresh(app), before: None }).await?;
    let cursor = rapport_store::feed::head(read).await?.to_string();
    Ok(bare((read.workspace().0, id), (host(&url), url), "rule", (sealed, cursor), now))
}

/// The webhook that rules made for an address before, else this one.
async fn kept(tx: &WriteTx, made: WebhookRow) -> Result<WebhookRow> {
    let known = webhook::list_for_write(tx).await?;
    if let Some(known) = known.into_iter().find(|row| row.made_by == made.made_by && row.url == made.url) {
        return Ok(known);
    }
    room(tx).await?;
    webhook::insert(tx, made.clone()).await?;
    Ok(made)
}

/// What a run is about, as it is now.
async fn data(read: &Read, run: &RunRow, event: Option<&Event>) -> Result<WebhookData> {
    let contact = contact_page::kept(read, ContactId(run.contact_id)).await?;
    let id = match run.conversation_id {
        Some(id) => Some(ConversationId(id)),
        None => rule::newest(read, ContactId(run.contact_id)).await?.map(|newest| newest.id),
    };
    let conversation = match id {
        Some(id) => conversation::get(read, id).await?,
        None => None,
    };
    let message = match event.and_then(|event| event.message_id) {
        Some(id) => thread::by_id(read, &[id]).await?.pop(),
        None => None,
    };
    let order = match event.and_then(|event| event.what.order()) {
        Some(number) => {
            let row = rapport_store::shop::order(read, number).await?;
            crate::shop::whole(read, row.into_iter().collect()).await?.pop()
        }
        None => None,
    };
    let what = event.map(|event| json!(event.what)["kind"].as_str().unwrap_or_default().to_owned());
    Ok(WebhookData {
        message: message.as_ref().map(WebhookMessage::from),
        conversation: conversation.as_ref().map(WebhookConversation::from),
        contact: contact.as_ref().map(Into::into),
        order,
        rule: Some(WebhookRule {
            id: run.rule_id,
            name: run.rule_name.clone(),
            run_id: run.id,
            event: what.unwrap_or_default(),
        }),
        ..WebhookData::default()
    })
}
