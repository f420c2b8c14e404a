//! Which CRM a deal or case is kept in.

use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::crm::{VENDORS, Vendor, vendor};
use rapport_core::matter::Object;
use rapport_store::Read;
use rapport_store::connection::{self, ConnectionRow, PAUSED};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A connection, and what it takes beside contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MatterTarget)]
pub struct TargetView {
    /// The connection.
    pub connection_id: Uuid,
    /// Its name.
    pub connection_name: String,
    /// What it takes: `deal`, `case`. A connection of a vendor that takes neither has none.
    pub objects: Vec<String>,
}

fn takes(vendor: &Vendor, object: Object) -> bool {
    vendor.capabilities.objects.contains(&object)
}

fn takes_row(row: &ConnectionRow, object: Object) -> bool {
    vendor(&row.kind).is_some_and(|vendor| takes(vendor, object))
}

/// The workspace's connections and what each takes, oldest first; those that are paused are left out.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn targets(app: &App, caller: &Caller) -> Result<Vec<TargetView>> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let rows = connection::list(&read).await?.into_iter().filter(|row| row.status != PAUSED);
    Ok(rows
        .map(|row| TargetView {
            connection_id: row.id,
            objects: Object::ALL.iter().filter(|o| takes_row(&row, **o)).map(|o| o.code().to_owned()).collect(),
            connection_name: row.name,
        })
        .collect())
}

/// The connection that was asked for, else the oldest one that takes this kind of thing; `None` when none does.
///
/// # Errors
/// `Invalid` (`connection_id`) when there is no such connection, `Refused` (`not_offered`) when its vendor does not take
/// this.
pub(super) async fn choose(read: &Read, object: Object, asked: Option<Uuid>) -> Result<Option<Uuid>> {
    let rows = connection::list(read).await?;
    let Some(asked) = asked else {
        let first = rows.iter().find(|row| row.status != PAUSED && takes_row(row, object));
        return Ok(first.map(|row| row.id));
    };
    let row = rows.iter().find(|row| row.id == asked);
    let row = row.ok_or_else(|| Error::invalid("connection_id", "names a connection that does not exist"))?;
    if takes_row(row, object) {
        return Ok(Some(asked));
    }
    let able: Vec<&str> = VENDORS.iter().filter(|vendor| takes(vendor, object)).map(|vendor| vendor.name).collect();
    let detail = format!("{} takes no {}s from here; {} do.", row.name, object.code(), able.join(", "));
    Err(Error::refused("not_offered", detail))
}
