//! Giving tags to a contact and taking them away.

use super::{named, room};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use rapport_core::contact::{TAGS_OF_CONTACT, tag_key, tags};
use rapport_store::WriteTx;
use rapport_store::contact::ContactRow;
use rapport_store::tag;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// Tags to give and to take away, by name. A new name becomes a tag, by who leads a team.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagChange {
    /// To give.
    #[serde(default)]
    pub add: Vec<String>,
    /// To take away; one that is not there is no mistake.
    #[serde(default)]
    pub remove: Vec<String>,
}

/// Makes what a change leaves in the contact's field `tags` a list of the catalogue's own names, each once and in their
/// order. `before`: the fields before the change.
///
/// # Errors
/// `Forbidden` when a name is new and the caller may not make tags, `Invalid` (`tags`), `Refused` (`too_many`), `Store`.
pub(crate) async fn check(
    tx: &WriteTx,
    caller: &Caller,
    row: &mut ContactRow,
    before: &Value,
    change: TagChange,
) -> Result<()> {
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for name in tags(&row.fields).into_iter().chain(change.add) {
        wanted.entry(tag_key(&name)).or_insert(name);
    }
    for name in &change.remove {
        wanted.remove(&tag_key(name));
    }
    let had: BTreeMap<String, String> = tags(before).into_iter().map(|name| (tag_key(&name), name)).collect();
    let fresh: Vec<String> =
        wanted.iter().filter(|(key, _)| !had.contains_key(*key)).map(|(_, name)| name.clone()).collect();
    // A contact that came with more may lose some and keep the rest.
    if !fresh.is_empty() && wanted.len() > TAGS_OF_CONTACT {
        return Err(Error::invalid("tags", format!("must be at most {TAGS_OF_CONTACT}")));
    }
    let mut names: BTreeMap<String, String> = had.into_iter().filter(|(key, _)| wanted.contains_key(key)).collect();
    for (key, name) in offered(tx, caller, &fresh).await? {
        names.insert(key, name);
    }
    set(&mut row.fields, names.into_values().collect());
    Ok(())
}

/// The names of tags that an action gives (`gives`) or takes away, as the catalogue has them now. Nobody renames, merges or
/// removes them before the transaction ends, so that [`check`] takes them as they are.
///
/// # Errors
/// `Invalid` (`field`) when an id means no tag, or one that is to be given is no longer offered; `Store`.
pub(crate) async fn named_by(tx: &WriteTx, ids: &[Uuid], gives: bool, field: &'static str) -> Result<Vec<String>> {
    let known = tag::some(tx, &ids.iter().copied().collect()).await?;
    let one = |id: &Uuid| match known.get(id) {
        None => Err(Error::invalid(field, "names a tag that does not exist")),
        Some(row) if gives && row.archived_at.is_some() => {
            Err(Error::invalid(field, format!("names a tag that is no longer offered: {}", row.name)))
        }
        Some(row) => Ok(row.name.clone()),
    };
    ids.iter().map(one).collect()
}

/// The names of tags that are given anew, as the catalogue has them or will have them, by how they are compared.
async fn offered(tx: &WriteTx, caller: &Caller, fresh: &[String]) -> Result<BTreeSet<(String, String)>> {
    if fresh.is_empty() {
        return Ok(BTreeSet::new());
    }
    let known = tag::named(tx, fresh).await?;
    let (mut names, mut new) = (BTreeSet::new(), 0);
    for given in fresh {
        match known.get(&tag_key(given)) {
            Some(row) if row.archived_at.is_some() => {
                return Err(Error::invalid("tags", format!("name one that is no longer offered: {}", row.name)));
            }
            Some(row) => {
                names.insert((row.name_key.clone(), row.name.clone()));
            }
            None => {
                let (name, key) = named(given).map_err(|error| match error {
                    Error::Invalid { detail, .. } => Error::invalid("tags", detail),
                    other => other,
                })?;
                new += 1;
                names.insert((key, name));
            }
        }
    }
    if new > 0 {
        caller.require(Permission::TeamManage)?;
        room(tx, new).await?;
    }
    Ok(names)
}

fn set(fields: &mut Value, names: Vec<String>) {
    if !fields.is_object() {
        *fields = json!({});
    }
    let Some(fields) = fields.as_object_mut() else { return };
    if names.is_empty() {
        fields.remove("tags");
    } else {
        fields.insert("tags".to_owned(), json!(names));
    }
}
