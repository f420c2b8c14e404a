//! Making a deal or a case.

use super::view::MatterView;
use super::{amount, category, currency, details, list, noun, priority, row, skus, target, title, told};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_core::matter::{Content, Object, Status};
use rapport_core::{ConversationId, Ms};
use rapport_store::contact::{self, ContactRow};
use rapport_store::matter::{self, LOCAL, MatterRow, WAITING};
use rapport_store::query::contact_page;
use rapport_store::{Read, WriteTx, conversation, job};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// A deal to be made.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeal {
    /// The customer; may be left out where the conversation is named.
    pub contact_id: Option<Uuid>,
    /// The conversation it comes from.
    pub conversation_id: Option<Uuid>,
    /// What it is called, 1 to 120 characters.
    pub title: String,
    /// What is to be known about it, at most 4,000 characters.
    pub details: Option<String>,
    /// Its worth in minor units of the currency: 12990 is 129.90 EUR.
    pub amount_minor: Option<i64>,
    /// ISO 4217 code; left out = whatever the CRM counts in.
    pub currency: Option<String>,
    /// Codes of the products, at most 20.
    #[serde(default)]
    pub skus: Vec<String>,
    /// The CRM it is kept in; left out = the oldest connection that takes deals, or only here when none does.
    pub connection_id: Option<Uuid>,
    /// An id of your own, at most 200 characters: the same one makes nothing twice.
    pub client_id: Option<String>,
}

/// A case to be made.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// The customer; may be left out where the conversation is named.
    pub contact_id: Option<Uuid>,
    /// The conversation it comes from.
    pub conversation_id: Option<Uuid>,
    /// What it is called, 1 to 120 characters.
    pub title: String,
    /// What is to be known about it, at most 4,000 characters.
    pub details: Option<String>,
    /// What it is about: `quote`, `complaint`, `question` or `other`.
    pub category: Option<String>,
    /// How urgent it is: `low`, `normal`, `high` or `urgent`.
    pub priority: Option<String>,
    /// Codes of the products, at most 20.
    #[serde(default)]
    pub skus: Vec<String>,
    /// The CRM it is kept in; left out = the oldest connection that takes cases, or only here when none does.
    pub connection_id: Option<Uuid>,
    /// An id of your own, at most 200 characters: the same one makes nothing twice.
    pub client_id: Option<String>,
}

/// What both have in common.
struct New {
    object: Object,
    contact_id: Option<Uuid>,
    conversation_id: Option<Uuid>,
    connection_id: Option<Uuid>,
    client_id: Option<String>,
    content: Content,
}

/// Makes a deal.
///
/// # Errors
/// `Forbidden`, `NotFound` (contact, conversation), `Invalid` (naming the field), `Refused` (`not_offered`), `Store`.
pub async fn deal(app: &App, caller: &Caller, new: NewDeal) -> Result<MatterView> {
    caller.require(Permission::ContactWrite)?;
    let content = Content {
        title: title(&new.title)?,
        details: details(new.details)?,
        amount_minor: amount(new.amount_minor)?,
        currency: currency(new.currency)?,
        status: Status::Open.code().to_owned(),
        skus: skus(new.skus)?,
        ..Content::default()
    };
    let new = New {
        object: Object::Deal,
        contact_id: new.contact_id,
        conversation_id: new.conversation_id,
        connection_id: new.connection_id,
        client_id: new.client_id,
        content,
    };
    make(app, caller, new).await
}

/// Makes a case.
///
/// # Errors
/// As [`deal`].
pub async fn case(app: &App, caller: &Caller, new: NewCase) -> Result<MatterView> {
    caller.require(Permission::ContactWrite)?;
    let content = Content {
        title: title(&new.title)?,
        details: details(new.details)?,
        status: Status::Open.code().to_owned(),
        category: category(new.category)?,
        priority: priority(new.priority)?,
        skus: skus(new.skus)?,
        ..Content::default()
    };
    let new = New {
        object: Object::Case,
        contact_id: new.contact_id,
        conversation_id: new.conversation_id,
        connection_id: new.connection_id,
        client_id: new.client_id,
        content,
    };
    make(app, caller, new).await
}

async fn make(app: &App, caller: &Caller, new: New) -> Result<MatterView> {
    let read = app.store.workspace(caller.workspace).read();
    if new.client_id.as_ref().is_some_and(|id| id.is_empty() || id.chars().count() > 200) {
        return Err(Error::invalid("client_id", "must have 1 to 200 characters"));
    }
    let (contact, conversation_id) = whose(&read, new.contact_id, new.conversation_id).await?;
    let connection_id = target::choose(&read, new.object, new.connection_id).await?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    // In the contact's lane: nobody merges the contact, and nobody makes the same thing, in this moment.
    tx.lock_lane(u16::try_from(contact.lane).unwrap_or(0)).await?;
    let contact_id = contact.id;
    contact::get_for_write(&tx, contact_id.into()).await?.ok_or(Error::NotFound("contact"))?;
    if let Some(client_id) = &new.client_id
        && let Some(made) = matter::by_client(&tx, new.object.code(), client_id).await?
    {
        drop(tx);
        return list::get(app, caller, new.object, made.id).await;
    }
    let mut row = blank(caller, &new, tx.new_id(now), now);
    (row.contact_id, row.conversation_id, row.connection_id) = (contact_id, conversation_id, connection_id);
    row.sync = if connection_id.is_some() { WAITING } else { LOCAL }.to_owned();
    row::put(&mut row, new.content, now);
    let (id, audited) = (row.id, json!({ "title": row.title, "contact_id": contact_id }));
    matter::insert(&tx, row.clone()).await?;
    bring(&tx, &row, now).await?;
    told(&tx, &row, now).await?;
    let action = format!("{}.created", new.object.code());
    record(&tx, now, caller, &action, (noun(new.object), id), Change { before: None, after: Some(audited) }).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    app.feeds.wake();
    list::get(app, caller, new.object, id).await
}

/// Notes that a row is to be brought over, in the transaction that changed it.
pub(super) async fn bring(tx: &WriteTx, row: &MatterRow, now: Ms) -> Result<()> {
    let Some(connection_id) = row.connection_id else { return Ok(()) };
    let job = Job::PushMatter { connection_id: connection_id.into(), matter_id: row.id };
    Ok(job::enqueue(tx, vec![job.row(now)], now).await?)
}

/// The customer and the conversation: a conversation knows its customer, whatever is said beside.
async fn whose(read: &Read, contact: Option<Uuid>, conversation: Option<Uuid>) -> Result<(ContactRow, Option<Uuid>)> {
    let place = match conversation {
        Some(id) => Some(conversation::get(read, ConversationId(id)).await?.ok_or(Error::NotFound("conversation"))?),
        None => None,
    };
    if place.as_ref().zip(contact).is_some_and(|(place, contact)| contact != place.contact_id) {
        return Err(Error::invalid("conversation_id", "is another customer's"));
    }
    let contact = place.as_ref().map(|place| place.contact_id).or(contact);
    let contact = contact.ok_or_else(|| Error::invalid("contact_id", "must be given, or the conversation"))?;
    let found = contact_page::get(read, contact.into()).await?.ok_or(Error::NotFound("contact"))?;
    Ok((found, place.map(|place| place.id)))
}

fn blank(caller: &Caller, new: &New, id: Uuid, now: Ms) -> MatterRow {
    MatterRow {
        workspace_id: caller.workspace.0,
        id,
        object: new.object.code().to_owned(),
        contact_id: Uuid::nil(),
        conversation_id: None,
        connection_id: None,
        title: String::new(),
        details: None,
        amount_minor: None,
        currency: None,
        category: None,
        priority: None,
        status: Status::Open.code().to_owned(),
        stage: None,
        skus: json!([]),
        author_kind: caller.actor_kind().to_owned(),
        author_id: caller.actor_id(),
        author_name: caller.name.clone(),
        client_id: new.client_id.clone(),
        field_stamps: json!({}),
        snapshot: json!({}),
        remote_id: None,
        remote_url: None,
        remote_at: None,
        sync: LOCAL.to_owned(),
        error: None,
        checked_at: now.0,
        pushed_at: None,
        closed_at: None,
        created_at: now.0,
        updated_at: now.0,
    }
}
