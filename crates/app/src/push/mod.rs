//! Notices on people's own devices: which devices there are, what each is told, and the way there.

pub mod devices;
pub(crate) mod looking;
pub(crate) mod send;
mod signer;
pub(crate) mod tell;
pub mod test;

pub use looking::Looking;

use crate::error::{Error, Result};
use crate::state::App;
use crate::vault::Place;
use rapport_connectors::push::Target;
use rapport_core::notice::Wants;
use rapport_store::Read;
use rapport_store::push::DeviceRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a device's secret stands.
fn place(id: Uuid) -> Place {
    Place::new("push_subscription", "secret", id)
}

/// What is sealed of a device.
#[derive(Serialize, Deserialize)]
struct Kept {
    endpoint: String,
    p256dh: String,
    auth: String,
}

/// What a device wants.
fn wants(row: &DeviceRow) -> Wants {
    serde_json::from_value(row.wants.clone()).unwrap_or_default()
}

/// Where a device is.
async fn target(app: &App, read: &Read, row: &DeviceRow) -> Result<Target> {
    let plain = app.key(read.workspace()).await?.open(place(row.id), &row.secret)?;
    let damaged = || Error::Internal("a device's address cannot be read".to_owned());
    let kept: Kept = serde_json::from_slice(&plain).map_err(|_| damaged())?;
    Target::read(&kept.endpoint, &kept.p256dh, &kept.auth).map_err(|_| damaged())
}

/// What a person wants to be told on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DeviceWants)]
#[serde(deny_unknown_fields)]
pub struct WantsDoc {
    /// Messages in conversations that are assigned to them.
    pub mine: bool,
    /// Notes that mention them.
    pub mentions: bool,
    /// Messages in conversations of their teams that nobody has, while they are online. What has no team is everybody's.
    pub team: bool,
    /// Whether what was written stays out of notices; who wrote is always said.
    pub hide_text: bool,
}

impl From<Wants> for WantsDoc {
    fn from(wants: Wants) -> Self {
        let Wants { mine, mentions, team, hide_text } = wants;
        Self { mine, mentions, team, hide_text }
    }
}

impl From<WantsDoc> for Wants {
    fn from(doc: WantsDoc) -> Self {
        let WantsDoc { mine, mentions, team, hide_text } = doc;
        Self { mine, mentions, team, hide_text }
    }
}
