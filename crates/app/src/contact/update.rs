//! What people and programs change about a contact. Every changed field gets its moment, which decides against a CRM
//! that changed it too.

use super::list::get;
use super::view::ContactView;
use super::{NOUN, enter, fields, push, refuse_taken, taken, told};
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::words::given;
use crate::rule::listen::{self, Changed};
use crate::rule::set::RuleSet;
use crate::state::App;
use crate::tag::give::TagChange;
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::contact::tags;
use rapport_core::{ConnectionId, ContactId, Ms, UserId};
use rapport_store::contact::{self, ContactRow};
use rapport_store::{WriteTx, sync_contact};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// What may be changed about a contact; what is left out stays, null takes away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactPatch {
    /// Name.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Option<String>>,
    /// E-mail address.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// Language tag.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Option<String>>,
    /// Own fields: given ones are set, null removes one, others stay.
    #[schema(value_type = Option<Object>)]
    pub fields: Option<Map<String, Value>>,
    /// Tags to give and to take away. The own field `tags` can be set instead: then the contact has just those.
    pub tags: Option<TagChange>,
    /// The user who looks after them.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    pub owner_id: Option<Option<Uuid>>,
}

/// Changes a contact.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Exists` (`contact_exists`), `Refused` (`too_many` tags), `Store`.
pub async fn update(app: &App, caller: &Caller, id: ContactId, patch: ContactPatch) -> Result<ContactView> {
    caller.require(Permission::ContactWrite)?;
    let scope = app.store.workspace(caller.workspace);
    let connections = app.channels.connections(caller.workspace).await?;
    let rules = app.channels.rules(caller.workspace).await?;
    let owner = match patch.owner_id {
        Some(Some(owner)) => rapport_store::user::get(&scope.read(), UserId(owner)).await?,
        _ => None,
    };
    let (tx, before) = enter(&scope, id).await?;
    let now = app.now();
    let mut row = before.clone();
    let tags = patch.tags.clone().unwrap_or_default();
    apply(&mut row, patch)?;
    crate::tag::give::check(&tx, caller, &mut row, &before.fields, tags).await?;
    if row.owner_id.is_some() && row.owner_id != before.owner_id && owner.is_none() {
        return Err(Error::invalid("owner_id", "names a user who does not exist"));
    }
    let pen = Pen { tx: &tx, connections: &connections, rules: &rules, cause: caller.own_rule(), now };
    let Some(change) = write(&pen, &before, row).await? else { return get(app, caller, id).await };
    crate::audit::record(&tx, now, caller, "contact.updated", (NOUN, id.0), change).await?;
    tx.commit().await?;
    app.feeds.wake();
    app.bells.jobs.ring();
    get(app, caller, id).await
}

/// What changes of contacts are written with, in the transaction that holds their lanes.
pub(crate) struct Pen<'a> {
    /// The transaction; whoever began it commits it.
    pub tx: &'a WriteTx,
    /// The CRMs, asked for before the transaction.
    pub connections: &'a [ConnectionId],
    /// The rules that listen.
    pub rules: &'a RuleSet,
    /// The rule that does it, when one does.
    pub cause: Option<Uuid>,
    /// The moment of the change.
    pub now: Ms,
}

/// Writes a contact that was changed: its fields' moments, what browsers, CRMs and rules are to hear of it. Gives what
/// differs, for the audit log, or `None` when nothing does. Whoever calls commits.
///
/// # Errors
/// `Exists` (`contact_exists`) for an address that leads to somebody else, `Store`.
pub(crate) async fn write(pen: &Pen<'_>, before: &ContactRow, mut row: ContactRow) -> Result<Option<Audited>> {
    let (tx, now, id) = (pen.tx, pen.now, ContactId(row.id));
    let (was, is) = difference(before, &row);
    let changed: Vec<String> = is.keys().cloned().collect();
    if changed.is_empty() {
        return Ok(None);
    }
    if row.email != before.email {
        readdress(tx, id, before.email.as_deref(), row.email.as_deref(), now).await?;
    }
    if !row.field_stamps.is_object() {
        row.field_stamps = json!({});
    }
    for name in &changed {
        row.field_stamps[name.as_str()] = json!(now);
    }
    row.updated_at = now.0;
    contact::update(tx, &row).await?;
    rapport_store::feed::append(tx, &[told("contact.updated", id, now, &changed)]).await?;
    push(pen.connections, tx, id, now).await?;
    let heard = Changed { contact: id, fields: &changed, tags: given_tags(before, &row), cause: pen.cause };
    listen::changed(tx, pen.rules, heard, now).await?;
    Ok(Some(Audited { before: Some(Value::Object(was)), after: Some(Value::Object(is)) }))
}

/// A contact before and after tags are given and taken away, for [`write`]; `None` when it has them like that already. The
/// transaction must hold the contact's lane.
///
/// # Errors
/// `NotFound`, and what [`crate::tag::give::check`] says.
pub(crate) async fn tagged(
    tx: &WriteTx,
    caller: &Caller,
    id: ContactId,
    tags: TagChange,
) -> Result<Option<(ContactRow, ContactRow)>> {
    let before = contact::get_for_write(tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    let mut after = before.clone();
    crate::tag::give::check(tx, caller, &mut after, &before.fields, tags).await?;
    Ok((before.fields != after.fields).then_some((before, after)))
}

/// The tags that a change gives.
fn given_tags(before: &ContactRow, after: &ContactRow) -> Vec<String> {
    let had: Vec<String> = tags(&before.fields);
    tags(&after.fields).into_iter().filter(|tag| !had.contains(tag)).collect()
}

fn apply(row: &mut ContactRow, patch: ContactPatch) -> Result<()> {
    if let Some(name) = patch.name {
        row.name = fields::name(name.as_deref().unwrap_or_default())?;
    }
    if let Some(email) = patch.email {
        row.email = email.filter(|email| !email.trim().is_empty()).as_deref().map(fields::email).transpose()?;
    }
    if let Some(language) = patch.language {
        row.language = language.filter(|tag| !tag.is_empty()).as_deref().map(fields::language).transpose()?;
    }
    if let Some(given) = patch.fields {
        fields::merge(&mut row.fields, given)?;
    }
    if let Some(owner) = patch.owner_id {
        row.owner_id = owner;
    }
    Ok(())
}

/// The old address no longer leads here, the new one does.
async fn readdress(tx: &WriteTx, id: ContactId, old: Option<&str>, new: Option<&str>, now: Ms) -> Result<()> {
    if let Some(old) = old {
        contact::retire_identity(tx, id, &Identity::new(IdentityKind::Email, old), now).await?;
        // Orders that came by it are whoever's it is.
        rapport_store::shop::release(tx, id, old).await?;
    }
    let Some(new) = new else { return Ok(()) };
    let identity = Identity::new(IdentityKind::Email, new);
    refuse_taken(tx, &identity, Some(id)).await?;
    if sync_contact::add_identity(tx, id, &identity, now).await? { Ok(()) } else { Err(taken(&identity, id)) }
}

/// The values that differ, before and after, by the names synchronisation has for them.
fn difference(before: &ContactRow, after: &ContactRow) -> (Map<String, Value>, Map<String, Value>) {
    let values = |row: &ContactRow| -> Map<String, Value> {
        let mut values = Map::new();
        values.insert("name".to_owned(), json!(row.name));
        values.insert("email".to_owned(), json!(row.email));
        values.insert("language".to_owned(), json!(row.language));
        values.insert("owner_id".to_owned(), json!(row.owner_id));
        for (name, value) in row.fields.as_object().into_iter().flatten() {
            values.insert(format!("fields.{name}"), value.clone());
        }
        values
    };
    let (old, new) = (values(before), values(after));
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let (mut was, mut is) = (Map::new(), Map::new());
    for name in names {
        let (one, other) = (old.get(name).unwrap_or(&Value::Null), new.get(name).unwrap_or(&Value::Null));
        if one != other {
            was.insert(name.clone(), one.clone());
            is.insert(name.clone(), other.clone());
        }
    }
    (was, is)
}
