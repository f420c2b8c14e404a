//! Trying a description before anything moves: a page of the CRM's contacts is read and shown as it would come over, with
//! everything that does not fit. Nothing is written on either side.

use super::add::{base_url, kinds};
use super::described::{stays, suffices};
use super::mapping::FieldView;
use super::secret::Secrets;
use crate::auth::{Caller, Permission};
use crate::crm::line::Line;
use crate::crm::open::kind_of;
use crate::crm::remote::Remote;
use crate::crm::{CONTACT, SyncSettings, credentials};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::crm::{Access, By, Property, RemoteRecord, Trouble, vendor};
use rapport_connectors::rest::{self, Description};
use rapport_core::contact::{email, phone};
use rapport_core::sync::{Kind, canonical};
use rapport_core::{ConnectionId, Ms};
use rapport_store::{connection, mapping};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Contacts that are shown.
const SHOWN: usize = 10;

/// What is to be tried.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewTrial {
    /// A connection whose address, credentials and mappings are used where others are not given.
    pub connection_id: Option<Uuid>,
    /// Where the API is.
    pub base_url: Option<String>,
    /// Credentials, by the names of the kind `rest`.
    pub credentials: BTreeMap<String, String>,
    /// The description.
    #[schema(value_type = Object)]
    pub description: Value,
}

/// What came of it.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = Trial)]
pub struct TrialView {
    /// Fields that can be mapped.
    pub fields: Vec<FieldView>,
    /// The first contacts, as they would come over.
    pub records: Vec<TrialRecord>,
    /// Contacts of the page that was read.
    pub read: usize,
    /// What is wrong; with nothing here, it can be used.
    pub problems: Vec<TrialProblem>,
}

/// A contact over there, as it would come over.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrialRecord {
    /// Its id.
    pub id: String,
    /// When it last changed, milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub modified_at: Option<Ms>,
    /// It is deleted.
    pub deleted: bool,
    /// Mapped values.
    pub values: Vec<TrialValue>,
}

/// A mapped value.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrialValue {
    /// Our field.
    pub local: String,
    /// Theirs.
    pub remote: String,
    /// What stands there; null where nothing does.
    pub value: Option<String>,
    /// What it becomes here, where that is written otherwise.
    pub becomes: Option<String>,
    /// What does not fit: `absent`, `not_phone`, `not_email`, `not_number`, `not_bool`, `not_date`.
    pub problem: Option<&'static str>,
}

/// Something that is wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrialProblem {
    /// Where in the description, as `list.url`; `credentials` and its name; or `call` for what the CRM answers.
    pub place: String,
    /// What, as a word that does not change.
    pub code: String,
    /// The same in a sentence.
    pub text: String,
}

impl TrialProblem {
    fn new(place: &str, code: &str, text: impl Into<String>) -> Self {
        Self { place: place.to_owned(), code: code.to_owned(), text: text.into() }
    }
}

/// What a trial works with.
struct Bench {
    access: Access,
    settings: SyncSettings,
    /// Pairs of fields; the usual ones where there is no connection.
    pairs: Option<Vec<(String, String)>>,
    country: String,
}

/// Tries a description.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` for address and credentials, `Store`, `Vault`. What is wrong with the description,
/// and what the CRM answers, is told in the view.
pub async fn trial(app: &App, caller: &Caller, new: NewTrial) -> Result<TrialView> {
    caller.require(Permission::ConnectionManage)?;
    let mut view = TrialView::default();
    let said = match Description::read(&new.description) {
        Ok(said) => Arc::new(said),
        Err(why) => {
            view.problems.push(TrialProblem::new("", "unreadable", why));
            return Ok(view);
        }
    };
    view.problems.extend(said.problems().iter().map(|one| TrialProblem::new(&one.place, one.code, one.text.as_str())));
    if !view.problems.is_empty() {
        return Ok(view);
    }
    let bench = bench(app, caller, new, &said).await?;
    if let Err(trouble) = look(app, bench, &said, &mut view).await {
        view.problems.push(TrialProblem::new("call", "refused", trouble.to_string()));
    }
    Ok(view)
}

async fn bench(app: &App, caller: &Caller, new: NewTrial, said: &Arc<Description>) -> Result<Bench> {
    let rest = vendor(rest::KIND).ok_or(Error::NotFound("kind"))?;
    let read = app.store.workspace(caller.workspace).read();
    let mut secrets = Secrets::default();
    let (mut url, mut pairs, mut before) = (None, None, None);
    if let Some(id) = new.connection_id.map(ConnectionId) {
        let row = connection::get(&read, id).await?.filter(|row| row.kind == rest.kind);
        let row = row.ok_or(Error::NotFound("connection"))?;
        secrets = credentials::opened(&app.key(caller.workspace).await?, &row)?;
        let rows = mapping::list(&read, id, CONTACT).await?.into_iter().filter(|row| row.enabled);
        pairs = Some(rows.map(|row| (row.local_field, row.remote_field)).collect());
        before = SyncSettings::read(&row.settings).said();
        url = Some(row.base_url);
    }
    // Whoever may change a connection is not shown its secrets, and cannot have them sent elsewhere.
    let url = match url {
        Some(url) => {
            stays(before.as_deref(), said, &new.credentials)?;
            url
        }
        None => base_url(app, rest, new.base_url.as_deref())?,
    };
    secrets.take(rest, &new.credentials)?;
    suffices(Some(said), &secrets)?;
    let country = rapport_store::workspace::get(&read).await?.map(|row| row.default_country).unwrap_or_default();
    let settings = SyncSettings::of(&rest.capabilities, &url).described(said, &url);
    let access = Access { base_url: url, credentials: secrets.0, description: Some(said.clone()) };
    Ok(Bench { access, settings, pairs, country })
}

/// Asks the CRM.
async fn look(app: &App, bench: Bench, said: &Description, view: &mut TrialView) -> std::result::Result<(), Trouble> {
    let Bench { access, mut settings, pairs, country } = bench;
    let line = Arc::new(Line::new(app.clock.clone()));
    let open = |settings: &SyncSettings, fields: &[String]| {
        Remote::new(&rest::VENDOR, &access, app.http.clone(), line.clone(), settings.clone(), fields)
    };
    let remote = open(&settings, &[]);
    let properties = remote.describe().await?;
    settings.kinds = kinds(&properties);
    let usual = || remote.seeds().iter().map(|seed| (seed.local.to_owned(), seed.remote.to_owned())).collect();
    let pairs: Vec<(String, String)> = pairs.unwrap_or_else(usual);
    let fields: Vec<String> = pairs.iter().map(|(_, theirs)| theirs.clone()).collect();
    unknown(&fields, &properties, view);
    let remote = open(&settings, &fields);
    let page = remote.changes(None, Ms(0)).await?.records;
    view.read = page.len();
    let shown = page.iter().take(SHOWN);
    view.records = shown.map(|record| show(record, &pairs, &settings, &country)).collect();
    if page.is_empty() {
        view.problems.push(TrialProblem::new("list.url", "nobody", "The list is empty: there is nothing to judge by."));
    }
    if page.iter().any(|record| record.updated_at.is_none()) {
        let text = format!("Some contacts have no moment at {}.", said.record.modified);
        view.problems.push(TrialProblem::new("record.modified", "no_moment", text));
    }
    found(&remote, said, &page, view).await?;
    let key = remote.key_name().to_owned();
    let named = properties.into_iter().filter(|property| property.name != key);
    view.fields = named.map(FieldView::from).collect();
    Ok(())
}

fn unknown(fields: &[String], properties: &[Property], view: &mut TrialView) {
    for path in fields.iter().filter(|path| properties.iter().all(|property| property.name != **path)) {
        let text = format!("No contact has a field {path}, which is mapped.");
        view.problems.push(TrialProblem::new("fields", "unmapped", text));
    }
}

/// Whether a contact that was listed is found again in each of the other ways.
async fn found(
    remote: &Remote,
    said: &Description,
    page: &[RemoteRecord],
    view: &mut TrialView,
) -> std::result::Result<(), Trouble> {
    let Some(first) = page.iter().find(|record| !record.archived) else { return Ok(()) };
    let mut missing = |place: &str| {
        let text = format!("Contact {} of the list is not found this way.", first.id);
        view.problems.push(TrialProblem::new(place, "not_found", text));
    };
    if remote.get(&first.id).await?.is_none_or(|record| record.id != first.id) {
        missing("read.url");
    }
    let is_first = |records: &[RemoteRecord]| records.iter().any(|record| record.id == first.id);
    for (place, by, value, url) in [
        ("find.key", By::Key, first.key.clone(), &said.find.key),
        ("find.email", By::Email, first.email.clone(), &said.find.email),
    ] {
        let Some(value) = value.filter(|_| !url.is_empty()) else { continue };
        if !is_first(&remote.read_by(by, std::slice::from_ref(&value)).await?) {
            missing(place);
        }
    }
    if let Some(number) = first.phones.first().filter(|_| !said.find.phone.is_empty())
        && !is_first(&remote.by_phone(std::slice::from_ref(number)).await?.0)
    {
        missing("find.phone");
    }
    Ok(())
}

fn show(record: &RemoteRecord, pairs: &[(String, String)], settings: &SyncSettings, country: &str) -> TrialRecord {
    let value = |(local, remote): &(String, String)| {
        let value = record.properties.get(remote).cloned();
        let kind = kind_of(local, remote, settings);
        let becomes = value.as_ref().map(|text| canonical(kind, &Value::from(text.as_str()), country));
        let text = |value: Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        };
        TrialValue {
            local: local.clone(),
            remote: remote.clone(),
            problem: problem(kind, value.as_deref(), becomes.as_ref(), country),
            becomes: becomes.and_then(text).filter(|becomes| Some(becomes) != value.as_ref()),
            value,
        }
    };
    TrialRecord {
        id: record.id.clone(),
        modified_at: record.updated_at,
        deleted: record.archived,
        values: pairs.iter().map(value).collect(),
    }
}

/// What does not fit the kind of a field.
fn problem(kind: Kind, text: Option<&str>, becomes: Option<&Value>, country: &str) -> Option<&'static str> {
    let Some(text) = text else { return Some("absent") };
    if text.trim().is_empty() {
        return None;
    }
    let becomes = becomes.unwrap_or(&Value::Null);
    match kind {
        Kind::Phone if phone::normalise(text, country).is_err() => Some("not_phone"),
        Kind::Email if email::normalise(text).is_err() => Some("not_email"),
        Kind::Number if !becomes.is_number() => Some("not_number"),
        Kind::Boolean if !becomes.is_boolean() => Some("not_bool"),
        Kind::DateTime if !becomes.is_number() => Some("not_date"),
        Kind::Date if becomes.as_str().is_none_or(|day| day.len() != 10) => Some("not_date"),
        _ => None,
    }
}
