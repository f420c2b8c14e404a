//! Where a tag is named: campaigns that are not over and skills of agents and teams by its word, saved views and macros by
//! its id.

use crate::entity::{agent, campaign, macro_row, routing_place};
use crate::error::Result;
use crate::macros as macro_store;
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::contact::tag_key;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Campaigns that may still look for their recipients.
const ALIVE: [&str; 4] = ["draft", "scheduled", "running", "paused"];

/// How many campaigns that are not over are for a tag.
///
/// # Errors
/// What the database said.
pub async fn campaigns(read: &Read, key: &str) -> Result<u64> {
    let rows = alive(&read.conn(), read.workspace().0).await?;
    Ok(rows.iter().filter(|(_, audience)| names(audience, key)).count() as u64)
}

/// How many saved views show only conversations of a tag.
///
/// # Errors
/// What the database said.
pub async fn views(read: &Read, id: Uuid) -> Result<u64> {
    holding(read, "SELECT count(*) FROM saved_view WHERE workspace_id = $1 AND CAST(filter AS text) LIKE $2", id).await
}

/// How many macros give a tag or take it away.
///
/// # Errors
/// What the database said.
pub async fn macros(read: &Read, id: Uuid) -> Result<u64> {
    holding(read, "SELECT count(*) FROM macro WHERE workspace_id = $1 AND CAST(actions AS text) LIKE $2", id).await
}

/// How many rows have a text with an id in it.
async fn holding(read: &Read, text: &str, id: Uuid) -> Result<u64> {
    let values = [read.workspace().0.into(), format!("%{id}%").into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Whatever names a tag by its word names it by another one from now on.
///
/// # Errors
/// What the database said.
pub async fn rename(tx: &WriteTx, key: &str, name: &str) -> Result<()> {
    let workspace = tx.workspace().0;
    for (id, mut audience) in alive(tx.conn(), workspace).await? {
        if names(&audience, key) {
            audience["tag"] = json!(name);
            campaign::Entity::update_many()
                .col_expr(campaign::Column::Audience, Expr::value(audience))
                .filter(campaign::Column::WorkspaceId.eq(workspace))
                .filter(campaign::Column::Id.eq(id))
                .exec(tx.conn())
                .await?;
        }
    }
    let agents = agent::Entity::find().filter(agent::Column::WorkspaceId.eq(workspace)).all(tx.conn()).await?;
    for row in agents {
        if let Some(skills) = renamed(&row.skills, key, name) {
            agent::Entity::update_many()
                .col_expr(agent::Column::Skills, Expr::value(skills))
                .filter(agent::Column::WorkspaceId.eq(workspace))
                .filter(agent::Column::UserId.eq(row.user_id))
                .exec(tx.conn())
                .await?;
        }
    }
    let places = routing_place::Entity::find().filter(routing_place::Column::WorkspaceId.eq(workspace));
    for row in places.all(tx.conn()).await? {
        if let Some(skills) = renamed(&row.skills, key, name) {
            routing_place::Entity::update_many()
                .col_expr(routing_place::Column::Skills, Expr::value(skills))
                .filter(routing_place::Column::WorkspaceId.eq(workspace))
                .filter(routing_place::Column::PlaceId.eq(row.place_id))
                .exec(tx.conn())
                .await?;
        }
    }
    Ok(())
}

/// Macros that name a tag name another one from now on.
///
/// # Errors
/// What the database said.
pub async fn lead_macros(tx: &WriteTx, gone: Uuid, into: Uuid) -> Result<()> {
    let (gone, into) = (json!(gone), json!(into));
    let rows = macro_row::Entity::find().filter(macro_row::Column::WorkspaceId.eq(tx.workspace().0));
    for mut row in rows.order_by_asc(macro_row::Column::Id).lock_exclusive().all(tx.conn()).await? {
        let mut found = false;
        for action in row.actions.as_array_mut().into_iter().flatten() {
            let Some(ids) = action.get_mut("tag_ids").and_then(Json::as_array_mut) else { continue };
            let had = ids.contains(&into);
            let Some(at) = ids.iter().position(|id| *id == gone) else { continue };
            found = true;
            if had {
                ids.remove(at);
            } else {
                ids[at] = into.clone();
            }
        }
        if found {
            macro_store::update(tx, row).await?;
        }
    }
    Ok(())
}

async fn alive<C: ConnectionTrait>(conn: &C, workspace: Uuid) -> Result<Vec<(Uuid, Json)>> {
    let query = campaign::Entity::find()
        .select_only()
        .column(campaign::Column::Id)
        .column(campaign::Column::Audience)
        .filter(campaign::Column::WorkspaceId.eq(workspace))
        .filter(campaign::Column::Status.is_in(ALIVE));
    Ok(query.into_tuple().all(conn).await?)
}

fn names(audience: &Json, key: &str) -> bool {
    audience["kind"] == "tag" && audience["tag"].as_str().is_some_and(|word| tag_key(word) == key)
}

/// Skills with another word in place of a tag's, each once; `None` when it is not among them.
fn renamed(skills: &Json, key: &str, name: &str) -> Option<Json> {
    let words: Vec<&str> = skills.as_array()?.iter().filter_map(Json::as_str).collect();
    if !words.iter().any(|word| tag_key(word) == key) {
        return None;
    }
    let mut kept: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let word = if tag_key(word) == key { name.to_lowercase() } else { word.to_owned() };
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    Some(json!(kept))
}
