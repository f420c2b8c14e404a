//! Connecting a CRM.

use super::secret::{Secrets, given};
use super::view::{ConnectionView, get};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::crm::remote::{Remote, Trouble};
use crate::crm::{CONTACT, SyncSettings, line::Line, open::told};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use crate::vault::Place;
use rapport_connectors::crm::ErrorClass;
use rapport_connectors::hubspot::api::{Account, DEFAULT_BASE};
use rapport_connectors::hubspot::{Api, KEY_PROPERTY, Property, PropertyState, Versions};
use rapport_core::ConnectionId;
use rapport_core::sync::Kind;
use rapport_store::connection::{self, ACTIVE, ConnectionRow};
use rapport_store::job;
use rapport_store::mapping::{self, MappingRow};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// The kind of connection there is.
pub const HUBSPOT: &str = "hubspot";

/// Mappings of a new connection: ours, theirs, direction, whether used.
const DEFAULT_MAPPINGS: &[(&str, &str, &str, bool)] = &[
    ("first_name", "firstname", "both", true),
    ("last_name", "lastname", "both", true),
    ("phone", "phone", "both", true),
    ("email", "email", "both", true),
    // A sales team's own process; writing into it is their decision.
    ("lifecycle", "lifecyclestage", "both", false),
    ("language", "hs_language", "both", false),
];

/// A CRM to be connected.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConnection {
    /// `hubspot`.
    pub kind: String,
    /// Name shown to people; left out = that of the CRM.
    pub name: Option<String>,
    /// Token of a private app.
    pub access_token: String,
    /// Where its API is; left out = the vendor's own address.
    pub base_url: Option<String>,
    /// The app's client secret, which signs webhooks; left out = changes are found by asking.
    pub client_secret: Option<String>,
    /// Whether records that are unknown here become contacts; left out = yes.
    pub import_new: Option<bool>,
}

/// Connects a CRM: asks it whether the token is good, sees to our unique property, notes the usual mappings, and
/// starts the first synchronisation.
///
/// # Errors
/// `Forbidden`, `Invalid` (also when the token is refused), `Refused` `crm_unreachable` or `key_property`, `Store`.
pub async fn add(app: &App, caller: &Caller, new: NewConnection) -> Result<ConnectionView> {
    caller.require(Permission::ConnectionManage)?;
    if new.kind != HUBSPOT {
        return Err(Error::invalid("kind", "must be hubspot"));
    }
    let base_url = base_url(app, new.base_url.as_deref())?;
    let secrets = Secrets {
        access_token: given("access_token", &new.access_token)?,
        client_secret: new
            .client_secret
            .as_deref()
            .map(|text| given("client_secret", text))
            .transpose()?
            .unwrap_or_else(|| "".into()),
    };
    let name = new.name.as_deref().map(|name| crate::account::name("name", name)).transpose()?;
    let mut settings = SyncSettings::for_base(&base_url);
    settings.import_new = new.import_new.unwrap_or(true);
    let api = Api::new(&base_url, secrets.access_token.clone(), Versions::default());
    let remote = Remote::new(api, app.http.clone(), Arc::new(Line::default()), settings.clone(), &[]);
    let (account, properties) = meet(&remote).await?;
    settings.kinds = kinds(&properties);
    settings.record_url = Some(account.contact_url(""));

    let now = app.now();
    let key = app.key(caller.workspace).await?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let id = ConnectionId(tx.new_id(now));
    let row = ConnectionRow {
        workspace_id: caller.workspace.0,
        id: id.0,
        kind: HUBSPOT.to_owned(),
        name: name.unwrap_or_else(|| "HubSpot".to_owned()),
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
    let shown = json!({ "kind": row.kind, "name": row.name, "base_url": row.base_url, "portal_id": account.portal_id });
    connection::insert(&tx, row).await?;
    mapping::replace(&tx, id, CONTACT, seeds(caller.workspace.0, id.0, &properties)).await?;
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

/// Asks the CRM who it is and what its fields are, and sees to our unique property.
async fn meet(remote: &Remote) -> Result<(Account, Vec<Property>)> {
    let (account, _) = remote.account().await.map_err(|trouble| refused(&trouble))?;
    match remote.key(true).await.map_err(|trouble| refused(&trouble))? {
        PropertyState::Ready => {}
        PropertyState::NotUnique => return Err(Error::refused("key_property", not_unique())),
        PropertyState::Missing => {
            let detail = format!("The property {KEY_PROPERTY} could not be made in HubSpot.");
            return Err(Error::refused("key_property", detail));
        }
    }
    let properties = remote.describe().await.map_err(|trouble| refused(&trouble))?;
    Ok((account, properties))
}

pub(super) fn not_unique() -> String {
    format!(
        "HubSpot has a contact property {KEY_PROPERTY} that does not hold unique values, and that cannot be changed. Delete it \
         in HubSpot (Settings > Properties); Rapport then makes it anew."
    )
}

/// Trouble while a person waits for the answer.
pub(super) fn refused(trouble: &Trouble) -> Error {
    match (trouble.repair(), trouble.class()) {
        (Some(reason), Some(ErrorClass::AuthExpired | ErrorClass::ForbiddenScope)) => {
            Error::invalid("access_token", reason)
        }
        (Some(reason), _) => Error::invalid("base_url", reason),
        (None, _) => Error::refused("crm_unreachable", format!("The CRM cannot be asked now: {trouble}")),
    }
}

/// An address that calls would be made to.
fn base_url(app: &App, given: Option<&str>) -> Result<String> {
    let url = given.map(str::trim).filter(|url| !url.is_empty()).unwrap_or(DEFAULT_BASE).trim_end_matches('/');
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
fn seeds(workspace: Uuid, connection: Uuid, properties: &[Property]) -> Vec<MappingRow> {
    let known = |name: &str| properties.iter().any(|property| property.name == name && !property.read_only);
    let row = |(local, remote, direction, enabled): &(&str, &str, &str, bool)| MappingRow {
        workspace_id: workspace,
        connection_id: connection,
        object: CONTACT.to_owned(),
        local_field: (*local).to_owned(),
        remote_field: (*remote).to_owned(),
        direction: (*direction).to_owned(),
        default_value: None,
        enabled: *enabled,
    };
    DEFAULT_MAPPINGS.iter().filter(|seed| known(seed.1)).map(row).collect()
}
