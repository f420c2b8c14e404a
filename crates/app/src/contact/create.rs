//! A contact made by a person or program, before the customer has written.

use super::list::get;
use super::view::ContactView;
use super::{NOUN, fields, push, refuse_taken, taken, told};
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::Result;
use crate::state::App;
use crate::tag::give::TagChange;
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::id::lane_of;
use rapport_core::{ContactId, Ms};
use rapport_store::contact::ContactRow;
use rapport_store::{WriteTx, sync_contact};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// A contact to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// Phone number in any usual spelling; a local one is read in the workspace's country.
    pub phone: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Own fields.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
}

/// Makes a contact.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the field), `Exists` (`contact_exists`, with the one that has the number or address),
/// `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewContact) -> Result<ContactView> {
    caller.require(Permission::ContactWrite)?;
    let policy = app.channels.policy(caller.workspace).await?;
    let connections = app.channels.connections(caller.workspace).await?;
    let number = fields::phone(&new.phone, &policy.default_country)?;
    let email = new.email.as_deref().filter(|email| !email.trim().is_empty()).map(fields::email).transpose()?;
    let mut row = blank(caller, app.now());
    row.name = fields::name(&new.name)?;
    fields::merge(&mut row.fields, new.fields)?;
    let lane = lane_of(caller.workspace, number.digits());
    row.lane = i16::try_from(lane).unwrap_or(0);
    let mut identities = vec![Identity::new(IdentityKind::Phone, number.e164.clone())];
    identities.extend(email.clone().map(|email| Identity::new(IdentityKind::Email, email)));
    row.phone = Some(number.e164);
    row.country = number.country;
    row.email = email;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    tx.lock_lane(lane).await?;
    row.id = tx.new_id(now);
    crate::tag::give::check(&tx, caller, &mut row, &Value::Null, TagChange::default()).await?;
    let id = ContactId(row.id);
    let given: Map<String, Value> = stamped(&row);
    row.field_stamps = given.keys().map(|name| (name.clone(), json!(now))).collect::<Map<_, _>>().into();
    for identity in &identities {
        refuse_taken(&tx, identity, None).await?;
    }
    sync_contact::insert(&tx, row).await?;
    identify(&tx, id, &identities, now).await?;
    rapport_store::feed::append(&tx, &[told("contact.created", id, now, &[])]).await?;
    push(&connections, &tx, id, now).await?;
    let change = Audited { before: None, after: Some(Value::Object(given)) };
    crate::audit::record(&tx, now, caller, "contact.created", (NOUN, id.0), change).await?;
    tx.commit().await?;
    app.feeds.wake();
    app.bells.jobs.ring();
    get(app, caller, id).await
}

async fn identify(tx: &WriteTx, id: ContactId, identities: &[Identity], now: Ms) -> Result<()> {
    for identity in identities {
        if !sync_contact::add_identity(tx, id, identity, now).await? {
            let owners = sync_contact::owners(tx, std::slice::from_ref(identity)).await?;
            let other = owners.into_iter().map(|(_, owner)| owner).find(|owner| *owner != id);
            return Err(taken(identity, other.unwrap_or(id)));
        }
    }
    Ok(())
}

fn blank(caller: &Caller, now: Ms) -> ContactRow {
    let source = if caller.actor_kind() == "api" { "api" } else { "manual" };
    ContactRow {
        workspace_id: caller.workspace.0,
        id: uuid::Uuid::nil(),
        lane: 0,
        name: String::new(),
        phone: None,
        email: None,
        username: None,
        language: None,
        country: None,
        timezone: None,
        lifecycle: "lead".to_owned(),
        source: Some(json!(source)),
        owner_id: None,
        fields: json!({}),
        field_stamps: json!({}),
        marketing_consent: "unknown".to_owned(),
        first_inbound_at: None,
        last_inbound_at: None,
        merged_into: None,
        version: 1,
        created_at: now.0,
        updated_at: now.0,
    }
}

/// The fields that were given, by the names synchronisation has for them.
fn stamped(row: &ContactRow) -> Map<String, Value> {
    let mut given = Map::new();
    if !row.name.is_empty() {
        given.insert("name".to_owned(), row.name.clone().into());
    }
    for (name, value) in [("phone", &row.phone), ("email", &row.email), ("country", &row.country)] {
        if let Some(value) = value {
            given.insert(name.to_owned(), value.clone().into());
        }
    }
    for (name, value) in row.fields.as_object().into_iter().flatten() {
        given.insert(format!("fields.{name}"), value.clone());
    }
    given
}
