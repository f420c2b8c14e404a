//! Brings a notice to a device.

use super::signer::signer;
use super::tell::{Happened, Rota, told};
use super::{target, wants};
use crate::error::{Error, Result};
use crate::jobs::Outcome;
use crate::state::App;
use rapport_connectors::push::{Fate, LONGEST, Notice, fate, request};
use rapport_core::notice::{STALE_MS, Wants, Why, shown};
use rapport_core::retry::{Class, retry_at};
use rapport_core::time::SECOND;
use rapport_core::{ContactId, ConversationId, MessageId, Ms, UserId, WorkspaceId};
use rapport_store::Read;
use rapport_store::push::{self, DeviceRow};
use rapport_store::query::contact_page;
use serde::Serialize;
use uuid::Uuid;

/// Longest name in a notice, in characters.
const NAME: usize = 100;

/// What the browser's worker reads. Words are the worker's own, in the person's language.
#[derive(Debug, Serialize)]
pub(super) struct Payload {
    /// `mine`, `mention`, `team`, `test`.
    pub kind: &'static str,
    /// The customer's name.
    pub name: String,
    /// Who wrote, when it is a note.
    pub by: Option<String>,
    /// The beginning of what was written, where it may be shown.
    pub text: Option<String>,
    /// Where a click leads.
    pub path: String,
    /// A later notice with the same word takes its place on the screen.
    pub tag: String,
    /// The person's language.
    pub lang: String,
    /// When it happened, milliseconds UTC.
    pub at: Ms,
}

/// Tells a device, if it still is to be told.
///
/// # Errors
/// What the store said.
pub(crate) async fn run(
    app: &App,
    workspace: WorkspaceId,
    device: Uuid,
    id: ConversationId,
    note: Option<MessageId>,
    attempt: i32,
) -> Result<Outcome> {
    let read = app.store.workspace(workspace).read();
    let now = app.now();
    let Some(device) = push::get(&read, device, now).await? else { return Ok(Outcome::Done) };
    let Some(happened) = Happened::load(&read, id, note).await? else { return Ok(Outcome::Done) };
    let (user, wanted) = (UserId(device.user_id), wants(&device));
    // Much may have changed since it was decided: somebody reads it, or has taken it over.
    let rota = Rota::load(&read).await?;
    let Some(why) = told(app, &read, &rota, &happened, user, &wanted).await? else { return Ok(Outcome::Done) };
    let topic = note.map_or(id.0, |note| note.0);
    let payload = payload(&read, &happened, why, &wanted, (user, topic)).await?;
    let left = happened.at().plus(STALE_MS).since(now).max(SECOND) / SECOND;
    match bring(app, &read, &device, &payload, topic, u32::try_from(left).unwrap_or(0)).await? {
        Fate::Later { wait, why } => {
            let attempt = u32::try_from(attempt).unwrap_or(1).max(1);
            match retry_at(attempt, now, now, Class::Notice) {
                Some(at) => {
                    let told = wait.map(|wait| now.plus(i64::try_from(wait.as_millis()).unwrap_or(0)));
                    Ok(Outcome::Retry { at: told.map_or(at, |told| told.max(at)), error: why })
                }
                // A notice that could not be brought in time is no work for a person: the device's list tells of it.
                None => {
                    failed(app, workspace, device.id, &why).await?;
                    Ok(Outcome::Done)
                }
            }
        }
        _ => Ok(Outcome::Done),
    }
}

async fn payload(
    read: &Read,
    happened: &Happened,
    why: Why,
    wanted: &Wants,
    (user, topic): (UserId, Uuid),
) -> Result<Payload> {
    let row = &happened.row;
    let contact = contact_page::get(read, ContactId(row.contact_id)).await?;
    let name = contact.and_then(|contact| {
        let names = [Some(contact.name), contact.phone, contact.username];
        names.into_iter().flatten().find(|name| !name.is_empty())
    });
    let text = match &happened.note {
        Some(note) => Some(note.body.as_str()),
        None => row.last_preview.as_deref().filter(|_| row.last_direction.as_deref() == Some("in")),
    };
    let lang = rapport_store::user::get(read, user).await?.map(|user| user.locale).unwrap_or_default();
    Ok(Payload {
        kind: why.code(),
        name: name.unwrap_or_default().chars().take(NAME).collect(),
        by: happened.note.as_ref().map(|note| note.by.chars().take(NAME).collect()),
        text: text.and_then(|text| shown(text, wanted)),
        path: format!("/inbox/{}", row.id),
        tag: topic.to_string(),
        lang,
        at: happened.at(),
    })
}

/// Makes the call, and notes what became of it: a device that is gone is removed.
pub(super) async fn bring(
    app: &App,
    read: &Read,
    device: &DeviceRow,
    payload: &Payload,
    topic: Uuid,
    ttl: u32,
) -> Result<Fate> {
    let workspace = read.workspace();
    let text = serde_json::to_vec(payload).map_err(|error| Error::Internal(error.to_string()))?;
    if text.len() > LONGEST {
        return Err(Error::Internal("a notice is too long".to_owned()));
    }
    let target = target(app, read, device).await?;
    let mut salt = [0; 16];
    app.ids.fill(&mut salt);
    let topic = topic.simple().to_string();
    let notice = Notice { text: &text, topic: &topic, ttl, urgent: true };
    let contact = &app.settings.public_url;
    let call = request(&signer(app, workspace).await?, &target, &notice, contact, salt, app.now());
    let call = call.map_err(|error| Error::Internal(error.to_string()))?;
    let fate = fate(&app.http.run(call).await);
    match &fate {
        Fate::Taken => {
            let tx = app.store.workspace(workspace).write().await?;
            push::used(&tx, device.id, app.now()).await?;
            tx.commit().await?;
        }
        Fate::Gone => {
            let tx = app.store.workspace(workspace).write().await?;
            push::delete(&tx, device.id).await?;
            tx.commit().await?;
            app.channels.forget();
        }
        Fate::Refused { why } => failed(app, workspace, device.id, why).await?,
        Fate::Later { .. } => {}
    }
    Ok(fate)
}

pub(super) async fn failed(app: &App, workspace: WorkspaceId, device: Uuid, why: &str) -> Result<()> {
    let tx = app.store.workspace(workspace).write().await?;
    push::failed(&tx, device, app.now(), why).await?;
    Ok(tx.commit().await?)
}
