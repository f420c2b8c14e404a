//! Which field is which: shown, discovered, and checked before it is taken (S4).

use super::add::{kinds, refused};
use super::change::{afresh, opened, settled};
use crate::audit::{self, record};
use crate::auth::{Caller, Permission};
use crate::crm::{CONTACT, SyncSettings, fields as local};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::crm::Property;
use rapport_core::ConnectionId;
use rapport_core::sync::{Direction, Prefer};
use rapport_store::connection::{self, Change};
use rapport_store::mapping::{self, MappingRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashSet;
use utoipa::ToSchema;

/// Most mappings of a connection.
const MOST: usize = 200;

/// Whose fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldSide {
    /// The CRM's.
    #[default]
    Remote,
    /// Ours.
    Local,
}

/// A field that can be mapped.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RemoteField)]
pub struct FieldView {
    /// Internal name.
    pub name: String,
    /// Name for people.
    pub label: String,
    /// `string`, `number`, `date`, `datetime`, `enumeration`, `bool`, `phone_number`.
    #[serde(rename = "type")]
    pub kind: String,
    /// It can be read, not written.
    pub read_only: bool,
    /// Values it may hold, by internal name; empty = any.
    pub options: Vec<String>,
}

impl From<Property> for FieldView {
    fn from(property: Property) -> Self {
        let Property { name, label, kind, read_only, options, .. } = property;
        Self { name, label, kind, read_only, options }
    }
}

/// One field of ours and one of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Mapping)]
pub struct MappingView {
    /// Our field: `phone`, `first_name`, `fields.<own name>`, ...
    pub local_field: String,
    /// Their field, by internal name.
    pub remote_field: String,
    /// `both`, `push` (from here to there) or `pull`.
    pub direction: String,
    /// Written where the value would be empty.
    #[serde(default)]
    pub default_value: Option<String>,
    /// Switched off: neither read nor written.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whose value stays when both sides changed it: `newest`, `ours` or `theirs`. Answers always say it. Left out of a
    /// request, it stays as it is, `newest` for a field that was not mapped.
    #[serde(default)]
    pub prefer: Option<String>,
}

fn yes() -> bool {
    true
}

impl From<MappingRow> for MappingView {
    fn from(row: MappingRow) -> Self {
        let MappingRow { local_field, remote_field, direction, default_value, enabled, prefer, .. } = row;
        Self { local_field, remote_field, direction, default_value, enabled, prefer: Some(prefer) }
    }
}

/// The fields of one side, as its own description names them.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` `crm_unreachable`, `Store`.
pub async fn fields(app: &App, caller: &Caller, id: ConnectionId, side: FieldSide) -> Result<Vec<FieldView>> {
    caller.require(Permission::ConnectionRead)?;
    let open = opened(app, caller, id).await?;
    if side == FieldSide::Local {
        let field = |(name, label, writable): &(&str, &str, bool)| FieldView {
            name: (*name).to_owned(),
            label: (*label).to_owned(),
            kind: if *name == "phone" { "phone_number" } else { "string" }.to_owned(),
            read_only: !writable,
            options: Vec::new(),
        };
        return Ok(local::LOCAL.iter().map(field).collect());
    }
    let properties = open.remote.describe().await.map_err(|trouble| refused(&open.remote, &trouble))?;
    Ok(properties.into_iter().filter(|property| property.name != open.remote.key_name()).map(FieldView::from).collect())
}

/// The mappings of a connection, by our field.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn mappings(app: &App, caller: &Caller, id: ConnectionId) -> Result<Vec<MappingView>> {
    caller.require(Permission::ConnectionRead)?;
    let read = app.store.workspace(caller.workspace).read();
    connection::get(&read, id).await?.ok_or(Error::NotFound("connection"))?;
    Ok(mapping::list(&read, id, CONTACT).await?.into_iter().map(MappingView::from).collect())
}

/// Replaces all mappings, after each was held against what the CRM says about its fields; then everything is compared
/// anew.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` naming field and row, `Refused` `crm_unreachable`, `Store`.
pub async fn set_mappings(
    app: &App,
    caller: &Caller,
    id: ConnectionId,
    mut given: Vec<MappingView>,
) -> Result<Vec<MappingView>> {
    caller.require(Permission::ConnectionManage)?;
    let open = opened(app, caller, id).await?;
    let properties = open.remote.describe().await.map_err(|trouble| refused(&open.remote, &trouble))?;
    check(&given, &properties, open.remote.key_name())?;
    let before: Vec<MappingView> = mappings(app, caller, id).await?;
    let row = |view: &MappingView| MappingRow {
        workspace_id: caller.workspace.0,
        connection_id: id.0,
        object: CONTACT.to_owned(),
        local_field: view.local_field.clone(),
        remote_field: view.remote_field.clone(),
        direction: view.direction.clone(),
        default_value: view.default_value.clone().filter(|text| !text.trim().is_empty()),
        enabled: view.enabled,
        prefer: view.prefer.clone().unwrap_or_else(|| Prefer::Newest.code().to_owned()),
    };
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let present = connection::get_for_write(&tx, id).await?.ok_or(Error::NotFound("connection"))?;
    let settings = SyncSettings { kinds: kinds(&properties), ..SyncSettings::read(&present.settings) };
    let mut prefers = mapping::prefers(&tx, id, CONTACT).await?;
    for view in given.iter_mut().filter(|view| view.prefer.is_none()) {
        view.prefer = prefers.remove(&view.local_field);
    }
    mapping::replace(&tx, id, CONTACT, given.iter().map(row).collect()).await?;
    connection::change(&tx, id, Change { settings: Some(settings.write()), ..Change::default() }, now).await?;
    afresh(&tx, &present, now).await?;
    let change = audit::Change { before: Some(json!(before)), after: Some(json!(given)) };
    record(&tx, now, caller, "connection.mapped", ("connection", id.0), change).await?;
    tx.commit().await?;
    settled(app, id);
    mappings(app, caller, id).await
}

fn check(given: &[MappingView], properties: &[Property], key: &str) -> Result<()> {
    if given.len() > MOST {
        return Err(Error::invalid("mappings", format!("at most {MOST}")));
    }
    let (mut locals, mut remotes) = (HashSet::new(), HashSet::new());
    for (index, view) in given.iter().enumerate() {
        let place = format!("row {} ({} - {})", index + 1, view.local_field, view.remote_field);
        let wrong = |field: &'static str, detail: &str| Err(Error::invalid(field, format!("{place}: {detail}")));
        let Some(writable) = local::local_field(&view.local_field) else {
            return wrong("local_field", "there is no such field here; own fields are named fields.<name>");
        };
        let Some(property) = properties.iter().find(|property| property.name == view.remote_field) else {
            return wrong("remote_field", "the CRM has no such field");
        };
        let Some(direction) = Direction::parse(&view.direction) else {
            return wrong("direction", "must be both, push or pull");
        };
        if view.prefer.as_deref().is_some_and(|prefer| Prefer::parse(prefer).is_none()) {
            return wrong("prefer", "must be newest, ours or theirs");
        }
        if property.name == key {
            return wrong("remote_field", "this one is Rapport's own and cannot be mapped");
        }
        if property.read_only && direction != Direction::Pull {
            return wrong("direction", "the CRM's field is read-only, so it can only be pulled");
        }
        if !writable && direction != Direction::Push {
            return wrong("direction", "this field here cannot be written by a CRM, so it can only be pushed");
        }
        let named = named(&view.local_field);
        if named && !matches!(property.kind.as_str(), "string" | "phone_number") {
            return wrong("remote_field", "text cannot be kept in a field of this type");
        }
        if let Some(default) = view.default_value.as_deref().filter(|text| !text.trim().is_empty()) {
            default_fits(default, property).or_else(|detail| wrong("default_value", &detail))?;
        }
        if !locals.insert(view.local_field.as_str()) {
            return wrong("local_field", "is mapped twice");
        }
        if view.enabled && !remotes.insert(view.remote_field.as_str()) {
            return wrong("remote_field", "is mapped twice");
        }
    }
    Ok(())
}

/// Fields of ours that hold names, numbers and addresses: nothing but text can keep them.
fn named(local: &str) -> bool {
    matches!(local, "name" | "first_name" | "last_name" | "phone" | "email" | "username")
}

fn default_fits(default: &str, property: &Property) -> std::result::Result<(), String> {
    if default.chars().count() > 500 {
        return Err("has more than 500 characters".to_owned());
    }
    match property.kind.as_str() {
        "number" if default.trim().parse::<f64>().is_err() => Err("must be a number".to_owned()),
        "bool" if !matches!(default.trim(), "true" | "false") => Err("must be true or false".to_owned()),
        "enumeration" if !property.options.is_empty() => {
            let unknown =
                default.split(';').map(str::trim).find(|value| !property.options.iter().any(|option| option == value));
            match unknown {
                Some(value) => Err(format!("{value:?} is none of the CRM's values ({})", property.options.join(", "))),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "rapport_contact_id";

    fn property(name: &str, kind: &str, read_only: bool, options: &[&str]) -> Property {
        Property {
            name: name.to_owned(),
            label: name.to_owned(),
            kind: kind.to_owned(),
            read_only,
            unique: false,
            options: options.iter().map(|option| (*option).to_owned()).collect(),
        }
    }

    fn row(local: &str, remote: &str, direction: &str, default: Option<&str>) -> MappingView {
        MappingView {
            local_field: local.to_owned(),
            remote_field: remote.to_owned(),
            direction: direction.to_owned(),
            default_value: default.map(str::to_owned),
            enabled: true,
            prefer: None,
        }
    }

    #[test]
    fn every_mistake_names_its_field() {
        let properties = [
            property("phone", "string", false, &[]),
            property("city", "string", false, &[]),
            property("lifecyclestage", "enumeration", false, &["lead", "customer"]),
            property("num_notes", "number", true, &[]),
            property("score", "number", false, &[]),
            property(KEY, "string", false, &[]),
        ];
        let good = [
            row("phone", "phone", "both", None),
            row("lifecycle", "lifecyclestage", "both", Some("lead")),
            row("fields.notes", "num_notes", "pull", None),
            row("marketing_consent", "city", "push", None),
        ];
        assert!(check(&good, &properties, KEY).is_ok());
        for (rows, field) in [
            (vec![row("nope", "phone", "both", None)], "local_field"),
            (vec![row("phone", "nope", "both", None)], "remote_field"),
            (vec![row("phone", "phone", "sideways", None)], "direction"),
            (vec![MappingView { prefer: Some("mine".to_owned()), ..row("phone", "phone", "both", None) }], "prefer"),
            (vec![row("fields.n", "num_notes", "both", None)], "direction"),
            (vec![row("username", "city", "both", None)], "direction"),
            (vec![row("phone", "score", "both", None)], "remote_field"),
            (vec![row("lifecycle", "lifecyclestage", "both", Some("vip"))], "default_value"),
            (vec![row("fields.s", "score", "both", Some("many"))], "default_value"),
            (vec![row("email", KEY, "both", None)], "remote_field"),
            (vec![row("phone", "phone", "both", None), row("phone", "city", "both", None)], "local_field"),
            (vec![row("name", "city", "both", None), row("email", "city", "both", None)], "remote_field"),
        ] {
            match check(&rows, &properties, KEY) {
                Err(Error::Invalid { field: named, .. }) => assert_eq!(named, field, "{rows:?}"),
                other => panic!("{rows:?}: {other:?}"),
            }
        }
    }
}
