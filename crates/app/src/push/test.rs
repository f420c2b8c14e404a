//! A notice to try a device with.

use super::devices::own;
use super::send::{Payload, bring, failed};
use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::push::Fate;
use rapport_core::time::{MINUTE, SECOND};
use uuid::Uuid;

/// Tries follow each other at least at this distance. Milliseconds.
const PAUSE_MS: i64 = 3 * SECOND;

/// Sends a notice to one of one's own devices at once.
///
/// # Errors
/// `Forbidden` for a token, `NotFound`, `Limited`, `Refused` (`device_gone`, `push_failed`), `Store`.
pub async fn run(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    let user = caller.user()?;
    let now = app.now();
    let device = own(app, caller, user, id, now).await?;
    let last = device.used_at.max(device.failed_at).map_or(PAUSE_MS, |at| now.0.saturating_sub(at));
    if (0..PAUSE_MS).contains(&last) {
        return Err(Error::Limited { retry_after_ms: PAUSE_MS - last });
    }
    let read = app.store.workspace(caller.workspace).read();
    let lang = rapport_store::user::get(&read, user).await?.map(|user| user.locale).unwrap_or_default();
    let payload = Payload {
        kind: "test",
        name: String::new(),
        by: None,
        text: None,
        path: "/account".to_owned(),
        tag: "test".to_owned(),
        lang,
        at: now,
    };
    let ttl = u32::try_from(5 * MINUTE / SECOND).unwrap_or(0);
    match bring(app, &read, &device, &payload, id, ttl).await? {
        Fate::Taken => Ok(()),
        Fate::Gone => Err(Error::refused("device_gone", "the browser has given up its subscription; turn it on again")),
        Fate::Later { why, .. } => {
            failed(app, caller.workspace, id, &why).await?;
            Err(Error::refused("push_failed", why))
        }
        Fate::Refused { why } => Err(Error::refused("push_failed", why)),
    }
}
