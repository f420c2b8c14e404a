//! Who is really there: people say it, and their screens prove it.

use super::assign;
use super::desk::away_after;
use crate::auth::{Actor, Caller};
use crate::error::Result;
use crate::state::App;
use rapport_core::routing::Presence;
use rapport_core::time::SECOND;
use serde_json::json;

/// A screen that is connected is written down at most this often. Milliseconds.
const WRITE_MS: i64 = 30 * SECOND;

/// A screen of the caller is connected. Programs have none.
///
/// # Errors
/// What the store said.
pub(crate) async fn seen(app: &App, caller: &Caller) -> Result<()> {
    let Actor::User { user, .. } = caller.actor else { return Ok(()) };
    let scope = app.store.workspace(caller.workspace);
    let read = scope.read();
    let now = app.now();
    let last = rapport_store::routing::agent(&read, user).await?.and_then(|row| row.seen_at);
    if last.is_some_and(|last| now.0.saturating_sub(last).abs() < WRITE_MS) {
        return Ok(());
    }
    let tx = scope.write().await?;
    rapport_store::routing::seen(&tx, user, now).await?;
    tx.commit().await?;
    let settings = rapport_store::workspace::get(&read).await?.map(|row| row.settings).unwrap_or_default();
    let was_away = last.is_none_or(|last| now.0.saturating_sub(last) > away_after(&settings));
    if !was_away {
        return Ok(());
    }
    let said = rapport_store::user::get(&read, user).await?.map(|row| Presence::parse(&row.presence));
    if said == Some(Presence::Online) {
        app.feeds.pass(caller.workspace, "presence", json!({ "user_id": user, "presence": "online" }));
        assign::call(app, caller.workspace).await?;
    }
    Ok(())
}
