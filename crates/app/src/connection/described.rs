//! Descriptions of companies' own CRMs: judged before they are taken, and shown again.

use super::secret::Secrets;
use crate::auth::{Caller, Permission};
use crate::crm::SyncSettings;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::crm::{Vendor, oauth};
use rapport_connectors::rest::Description;
use rapport_connectors::rest::description::AuthBy;
use rapport_core::ConnectionId;
use rapport_store::connection;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Mistakes that are told at once.
const TOLD: usize = 10;

/// The description of a connection, with everything that was left out; null where its kind has none.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn description(app: &App, caller: &Caller, id: ConnectionId) -> Result<Value> {
    caller.require(Permission::ConnectionRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = connection::get(&read, id).await?.ok_or(Error::NotFound("connection"))?;
    Ok(SyncSettings::read(&row.settings).description.unwrap_or_default())
}

/// A description that makes sense; `None` for a kind that needs none.
pub(super) fn judged(vendor: &Vendor, given: Option<&Value>) -> Result<Option<Arc<Description>>> {
    let wrong = |detail: String| Err(Error::invalid("description", detail));
    let given = match (given, vendor.is_described()) {
        (None, false) => return Ok(None),
        (Some(_), false) => return wrong(format!("{} needs none", vendor.name)),
        (None, true) => return wrong("is missing: it says how the CRM is called".to_owned()),
        (Some(given), true) => given,
    };
    let said = match Description::read(given) {
        Ok(said) => said,
        Err(why) => return wrong(why),
    };
    let problems = said.problems();
    if problems.is_empty() {
        return Ok(Some(Arc::new(said)));
    }
    let all: Vec<String> = problems.iter().take(TOLD).map(|one| format!("{}: {}", one.place, one.text)).collect();
    wrong(all.join("; "))
}

/// Whether there are the credentials that the description's way of signing in needs.
pub(super) fn suffices(said: Option<&Description>, secrets: &Secrets) -> Result<()> {
    let needed = said.map_or(&[][..], Description::needs);
    match needed.iter().find(|name| secrets.get(name).is_empty()) {
        Some(missing) => Err(Error::invalid(*missing, "is missing")),
        None => Ok(()),
    }
}

/// A secret that is stored is shown to nobody: where tokens are to be fetched elsewhere, it must be entered again. An
/// address that stood there while no tokens were fetched proves nothing. All other secrets go to the connection's own
/// address, which cannot be changed.
pub(super) fn stays(before: Option<&Description>, said: &Description, given: &BTreeMap<String, String>) -> Result<()> {
    let fetches =
        |before: &Description| before.auth.by == AuthBy::Oauth && before.auth.token_url == said.auth.token_url;
    let is_elsewhere = !before.is_some_and(fetches);
    let is_needed = said.needs().contains(&oauth::CLIENT_SECRET);
    let is_given = given.get(oauth::CLIENT_SECRET).is_some_and(|text| !text.trim().is_empty());
    if is_needed && is_elsewhere && !is_given {
        return Err(Error::invalid(
            oauth::CLIENT_SECRET,
            "must be entered again where tokens come from another address",
        ));
    }
    Ok(())
}
