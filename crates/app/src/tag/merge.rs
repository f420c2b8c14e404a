//! Merging tags and removing them: contacts piece by piece, so that nobody else waits long, and the tag at the end.

use super::{NOUN, TagView, written};
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_store::WriteTx;
use rapport_store::tag::{self, TagRow};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Contacts in one transaction.
const PIECE: u64 = 500;

/// What a tag becomes part of.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagMerge {
    /// The tag that stays.
    pub into_id: Uuid,
}

/// Makes a tag part of another one: whoever carried it carries that one, whatever named it names that one, and so does its
/// name when a CRM uses it again. Interrupted, it is begun again.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`into_id`), `Store`.
pub async fn merge(app: &App, caller: &Caller, id: Uuid, TagMerge { into_id }: TagMerge) -> Result<TagView> {
    caller.require(Permission::TeamManage)?;
    let scope = app.store.workspace(caller.workspace);
    tag::get(&scope.read(), id).await?.ok_or(Error::NotFound(NOUN))?;
    if id == into_id {
        return Err(Error::invalid("into_id", "must be another tag"));
    }
    loop {
        let tx = scope.write().await?;
        let (mut gone, kept) = both(&tx, id, into_id).await?;
        if tag::hand_over(&tx, id, Some(into_id), PIECE).await? > 0 {
            tx.commit().await?;
            continue;
        }
        let now = app.now();
        let change = Change {
            before: Some(json!(TagView::from(gone.clone()))),
            after: Some(json!({ "merged_into": kept.id, "name": kept.name })),
        };
        tag::lead_on(&tx, id, into_id).await?;
        tag::lead_macros(&tx, id, into_id).await?;
        tag::rename(&tx, &gone.name_key, &kept.name).await?;
        gone.merged_into = Some(into_id);
        gone.updated_at = now.0;
        tag::update(&tx, gone).await?;
        written(app, tx, caller, ("tag.merged", id), change, now).await?;
        return Ok(kept.into());
    }
}

/// Removes a tag and takes it from everybody who carries it. Interrupted, it is begun again.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn delete(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::TeamManage)?;
    let scope = app.store.workspace(caller.workspace);
    loop {
        let tx = scope.write().await?;
        let gone = tag::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
        if tag::hand_over(&tx, id, None, PIECE).await? > 0 {
            tx.commit().await?;
            continue;
        }
        let change = Change { before: Some(json!(TagView::from(gone))), after: None };
        tag::delete(&tx, id).await?;
        return written(app, tx, caller, ("tag.deleted", id), change, app.now()).await;
    }
}

/// Both tags, locked in the order of their ids so that two merges cannot wait for each other.
async fn both(tx: &WriteTx, id: Uuid, into: Uuid) -> Result<(TagRow, TagRow)> {
    let mut found = Vec::with_capacity(2);
    for one in [id.min(into), id.max(into)] {
        found.push(tag::get_for_write(tx, one).await?);
    }
    let (mut first, mut second) = (None, None);
    for row in found.into_iter().flatten() {
        if row.id == id { first = Some(row) } else { second = Some(row) }
    }
    let gone = first.ok_or(Error::NotFound(NOUN))?;
    let kept = second.ok_or_else(|| Error::invalid("into_id", "names a tag that does not exist"))?;
    Ok((gone, kept))
}
