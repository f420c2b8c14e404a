//! Connecting a CRM.

use super::described::{judged, suffices};
use super::secret::Secrets;
use super::view::{ConnectionView, get};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::crm::remote::Remote;
use crate::crm::{CONTACT, SyncSettings, line::Line, open::told};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use crate::vault::Place;
use rapport_connectors::crm::{
    Access, Account, Address, ErrorClass, KeyState, Property, Seed, Trouble, VENDORS, Vendor, oauth, vendor,
};
use rapport_core::ConnectionId;
use rapport_core::sync::{Kind, Prefer};
use rapport_store::connection::{self, ACTIVE, ConnectionRow};
use rapport_store::job;
use rapport_store::mapping::{self, MappingRow};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// A CRM to be connected.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewConnection {
    /// One of the kinds of `GET /api/v1/connections/kinds`.
    pub kind: String,
    /// Name shown to people; left out = that of the CRM.
    pub name: Option<String>,
    /// What the CRM must be told, by the names its kind lists.
    pub credentials: BTreeMap<String, String>,
    /// Short for `credentials.access_token`.
    pub access_token: Option<String>,
    /// Where its API is; left out = the vendor's own address, where all accounts share one.
    pub base_url: Option<String>,
    /// Short for `credentials.client_secret`.
    pub client_secret: Option<String>,
    /// Whether records that are unknown here become contacts; left out = yes.
    pub import_new: Option<bool>,
    /// What the owner of a CRM says of it, for kinds that are `described`.
    #[schema(value_type = Option<Object>)]
    pub description: Option<serde_json::Value>,
}

/// Lays the short forms beside the credentials they are short for.
pub(super) fn given(
    credentials: &BTreeMap<String, String>,
    access_token: Option<&String>,
    client_secret: Option<&String>,
) -> BTreeMap<String, String> {
    let mut all = credentials.clone();
    let short = [("access_token", access_token), ("client_secret", client_secret)];
    all.extend(short.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.clone()))));
    all
}

/// Connects a CRM: asks it whether the credentials are good, sees to the field of our key, notes the usual mappings,
/// and starts the first synchronisation.
///
/// # Errors
/// `Forbidden`, `Invalid` (also when the token is refused), `Refused` `crm_unreachable` or `key_property`, `Store`.
pub async fn add(app: &App, caller: &Caller, new: NewConnection) -> Result<ConnectionView> {
    caller.require(Permission::ConnectionManage)?;
    let Some(vendor) = vendor(&new.kind) else {
        let kinds: Vec<&str> = VENDORS.iter().map(|vendor| vendor.kind).collect();
        return Err(Error::invalid("kind", format!("must be one of {}", kinds.join(", "))));
    };
    let mut secrets = Secrets::default();
    secrets.take(vendor, &given(&new.credentials, new.access_token.as_ref(), new.client_secret.as_ref()))?;
    secrets.complete(vendor)?;
    let said = judged(vendor, new.description.as_ref())?;
    suffices(said.as_deref(), &secrets)?;
    let base_url = base_url(app, vendor, new.base_url.as_deref())?;
    let name = new.name.as_deref().map(|name| crate::account::name("name", name)).transpose()?;
    let mut settings = SyncSettings::of(&vendor.capabilities, &base_url);
    if let Some(said) = &said {
        settings = settings.described(said, &base_url);
    }
    settings.import_new = new.import_new.unwrap_or(true);
    let access = Access { base_url: base_url.clone(), credentials: secrets.0.clone(), description: said };
    let line = Arc::new(Line::new(app.clock.clone()));
    let remote = Remote::new(vendor, &access, app.http.clone(), line, settings.clone(), &[]);
    let (account, properties) = meet(&remote).await?;
    let secrets = Secrets(remote.credentials(secrets.0).await?);
    settings.kinds = kinds(&properties);
    settings.record_url = account.record_url;

    let now = app.now();
    let key = app.key(caller.workspace).await?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let id = ConnectionId(tx.new_id(now));
    let row = ConnectionRow {
        workspace_id: caller.workspace.0,
        id: id.0,
        kind: vendor.kind.to_owned(),
        name: name.unwrap_or_else(|| vendor.name.to_owned()),
        base_url,
        secret: key.seal(Place::new("connection", "secret", id.0), &secrets.write()?)?,
        status: ACTIVE.to_owned(),
        status_reason: None,
        settings: settings.write(),
        cursor: json!({}),
        stats: json!({}),
        created_at: now.0,
        updated_at: now.0,
    };
    let shown = json!({ "kind": row.kind, "name": row.name, "base_url": row.base_url, "account": account.id });
    connection::insert(&tx, row).await?;
    mapping::replace(&tx, id, CONTACT, seeds(&remote, caller.workspace.0, id.0, &properties)).await?;
    record(&tx, now, caller, "connection.added", ("connection", id.0), Change { before: None, after: Some(shown) })
        .await?;
    told(&tx, id, now).await?;
    job::enqueue(&tx, vec![Job::PollConnection { connection_id: id }.row(now)], now).await?;
    tx.commit().await?;
    app.channels.forget();
    app.bells.jobs.ring();
    app.feeds.wake();
    get(app, caller, id).await
}

/// Asks the CRM who it is and what its fields are, and sees to the field of our key.
async fn meet(remote: &Remote) -> Result<(Account, Vec<Property>)> {
    let account = remote.account().await.map_err(|trouble| refused(remote, &trouble))?;
    let (key, name) = (remote.key_name(), remote.vendor().name);
    match remote.key(true).await.map_err(|trouble| refused(remote, &trouble))? {
        KeyState::Ready => {}
        KeyState::NotUnique => {
            let detail = format!(
                "{name} has a contact field {key} that does not hold unique values, and that cannot be changed. Delete it \
                 in {name}; Rapport then makes it anew."
            );
            return Err(Error::refused("key_property", detail));
        }
        KeyState::Missing => {
            return Err(Error::refused("key_property", format!("The field {key} could not be made in {name}.")));
        }
    }
    let properties = remote.describe().await.map_err(|trouble| refused(remote, &trouble))?;
    Ok((account, properties))
}

/// Trouble while a person waits for the answer.
pub(super) fn refused(remote: &Remote, trouble: &Trouble) -> Error {
    match (remote.repair(trouble), trouble.class()) {
        (Some(reason), Some(ErrorClass::AuthExpired | ErrorClass::ForbiddenScope)) => {
            Error::invalid(culprit(remote.vendor(), trouble), reason)
        }
        (Some(reason), Some(_)) if remote.vendor().is_described() => Error::invalid("description", reason),
        (Some(reason), _) => Error::invalid("base_url", reason),
        (None, _) => Error::refused("crm_unreachable", format!("The CRM cannot be asked now: {trouble}")),
    }
}

/// The credential that a refused call is about.
fn culprit(vendor: &Vendor, trouble: &Trouble) -> &'static str {
    if let Trouble::Refused(error) = trouble
        && let Some(name) = oauth::about(error)
    {
        return name;
    }
    let secrets = || vendor.credentials.iter().filter(|field| field.secret);
    let first = secrets().find(|field| field.required).or_else(|| secrets().next());
    first.map_or("credentials", |field| field.name)
}

/// An address that calls would be made to.
pub(super) fn base_url(app: &App, vendor: &Vendor, given: Option<&str>) -> Result<String> {
    let given = given.map(str::trim).filter(|url| !url.is_empty());
    let url = match (given, vendor.address) {
        (Some(url), _) | (None, Address::Fixed(url)) => url.trim_end_matches('/'),
        (None, Address::Own(example)) => {
            return Err(Error::invalid("base_url", format!("is missing: the account's own address, as {example}")));
        }
    };
    if url.len() > 500 || url.contains(['?', '#']) {
        return Err(Error::invalid("base_url", "must be an address without query, at most 500 characters"));
    }
    app.http.may_call(url).map_err(|why| Error::invalid("base_url", format!("cannot be used: {why}")))?;
    Ok(url.to_owned())
}

/// What the other side's fields hold, in the merge's terms.
pub(super) fn kinds(properties: &[Property]) -> std::collections::BTreeMap<String, Kind> {
    let kind = |property: &Property| match property.kind.as_str() {
        "number" => Some(Kind::Number),
        "bool" => Some(Kind::Boolean),
        "date" => Some(Kind::Date),
        "datetime" => Some(Kind::DateTime),
        "enumeration" => Some(Kind::Choices),
        "phone_number" => Some(Kind::Phone),
        _ => None,
    };
    properties.iter().filter_map(|property| Some((property.name.clone(), kind(property)?))).collect()
}

/// The usual mappings, those whose field is missing over there left out.
fn seeds(remote: &Remote, workspace: Uuid, connection: Uuid, properties: &[Property]) -> Vec<MappingRow> {
    let known = |name: &str| properties.iter().any(|property| property.name == name && !property.read_only);
    let row = |seed: &Seed<'_>| MappingRow {
        workspace_id: workspace,
        connection_id: connection,
        object: CONTACT.to_owned(),
        local_field: seed.local.to_owned(),
        remote_field: seed.remote.to_owned(),
        direction: seed.direction.to_owned(),
        default_value: None,
        enabled: seed.enabled,
        prefer: Prefer::Newest.code().to_owned(),
    };
    remote.seeds().iter().filter(|seed| known(seed.remote)).map(row).collect()
}
