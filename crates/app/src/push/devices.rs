//! One's own devices: turned on, listed, removed.

use super::signer::signer;
use super::{Kept, WantsDoc, place, wants};
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::push::{LONGEST_ENDPOINT, Target};
use rapport_core::notice::{DEVICES, Wants};
use rapport_core::{Ms, UserId};
use rapport_store::WriteTx;
use rapport_store::push::{self, DeviceRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a browser needs to subscribe, and the devices that did.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Push)]
pub struct PushView {
    /// What browsers subscribe to (`applicationServerKey`), base64 for URLs.
    pub public_key: String,
    /// One's own devices, the newest first.
    pub devices: Vec<DeviceView>,
}

/// A browser that is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Device)]
pub struct DeviceView {
    /// The device.
    pub id: Uuid,
    /// The browser's own words.
    pub user_agent: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// What it is told.
    pub wants: WantsDoc,
    /// When it was turned on, milliseconds UTC.
    pub created_at: i64,
    /// When a notice was last taken for it.
    pub used_at: Option<i64>,
    /// When one last failed, if none was taken since.
    pub failed_at: Option<i64>,
    /// Why.
    pub failure: Option<String>,
}

/// A browser that subscribed.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewDevice)]
#[serde(deny_unknown_fields)]
pub struct NewDevice {
    /// Its address at its push service.
    pub endpoint: String,
    /// Its public key, base64 for URLs.
    pub p256dh: String,
    /// Its secret, base64 for URLs.
    pub auth: String,
    /// What it is to be told; left out, what it was told before, else the usual.
    #[serde(default)]
    pub wants: Option<WantsDoc>,
}

fn view(row: DeviceRow, caller: &Caller) -> DeviceView {
    DeviceView {
        wants: wants(&row).into(),
        id: row.id,
        current: caller.session() == Some(row.session_id),
        user_agent: row.user_agent,
        created_at: row.created_at,
        used_at: row.used_at,
        failed_at: row.failed_at,
        failure: row.failure,
    }
}

/// The public key and one's own devices.
///
/// # Errors
/// `Forbidden` for a token, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<PushView> {
    let user = caller.user()?;
    let public_key = signer(app, caller.workspace).await?.public();
    let rows = push::of_user(&app.store.workspace(caller.workspace).read(), user, app.now()).await?;
    Ok(PushView { public_key, devices: rows.into_iter().map(|row| view(row, caller)).collect() })
}

/// Turns notices on for the browser that asks, or changes what it is told. A browser has one address: a new one takes
/// the place of the old.
///
/// # Errors
/// `Forbidden` for a token, `Invalid`, `Refused` (`too_many_devices`), `Store`.
pub async fn put(app: &App, caller: &Caller, new: NewDevice) -> Result<DeviceView> {
    caller.require(Permission::InboxRead)?;
    let user = caller.user()?;
    let session = caller.session().ok_or_else(|| Error::Forbidden("only for signed-in people".to_owned()))?;
    if new.endpoint.len() > LONGEST_ENDPOINT {
        return Err(Error::invalid("endpoint", "is too long"));
    }
    app.http.may_call(&new.endpoint).map_err(|why| Error::invalid("endpoint", format!("cannot be used: {why}")))?;
    let target = Target::read(&new.endpoint, &new.p256dh, &new.auth).map_err(|error| {
        let (field, why) = error.0.split_once(' ').unwrap_or(("endpoint", error.0));
        Error::invalid(field, why)
    })?;
    let now = app.now();
    let hash = Sha256::digest(target.endpoint().as_bytes()).to_vec();
    let key = app.key(caller.workspace).await?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let known = known(&tx, user, session, &hash).await?;
    let id = known.as_ref().map_or_else(|| tx.new_id(now), |row| row.id);
    let kept = Kept { endpoint: target.endpoint().to_owned(), p256dh: new.p256dh, auth: new.auth };
    let plain = serde_json::to_vec(&kept).map_err(|error| Error::Internal(error.to_string()))?;
    let before = known.as_ref().filter(|row| row.user_id == user.0).map(wants);
    let wanted = new.wants.map(Wants::from).or(before).unwrap_or_default();
    let agent = rapport_store::session::get_for_write(&tx, session).await?.map(|row| row.user_agent);
    let row = DeviceRow {
        workspace_id: caller.workspace.0,
        id,
        user_id: user.0,
        session_id: session,
        endpoint_hash: hash,
        secret: key.seal(place(id), &plain)?,
        user_agent: agent.unwrap_or_default(),
        wants: json!(wanted),
        created_at: known.as_ref().map_or(now.0, |row| row.created_at),
        used_at: known.as_ref().and_then(|row| row.used_at),
        failed_at: None,
        failure: None,
    };
    if known.is_some() {
        push::update(&tx, row.clone()).await?;
    } else {
        push::insert(&tx, row.clone()).await?;
        let change = Change { before: None, after: Some(json!({ "user_agent": row.user_agent })) };
        crate::audit::record(&tx, now, caller, "device.added", ("device", id), change).await?;
    }
    tx.commit().await?;
    app.channels.forget();
    Ok(view(row, caller))
}

/// The row that a browser has already: by its address, whoever used it before, else by its sign-in. One that is in the
/// way of the other goes.
async fn known(tx: &WriteTx, user: UserId, session: Uuid, hash: &[u8]) -> Result<Option<DeviceRow>> {
    let at = push::at_for_write(tx, hash).await?;
    let own = push::of_user_for_write(tx, user).await?;
    let of_session = own.iter().find(|row| row.session_id == session && at.as_ref().is_none_or(|at| at.id != row.id));
    if let (Some(_), Some(old)) = (&at, of_session) {
        push::delete(tx, old.id).await?;
    }
    let found = at.or_else(|| of_session.cloned());
    let adds = found.as_ref().is_none_or(|row| row.user_id != user.0);
    if adds && own.len() >= DEVICES {
        let detail = format!("notices go to at most {DEVICES} devices; remove one of the others first");
        return Err(Error::refused("too_many_devices", detail));
    }
    Ok(found)
}

/// Tells one of one's own devices nothing any more.
///
/// # Errors
/// `Forbidden` for a token, `NotFound`, `Store`.
pub async fn remove(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    let user = caller.user()?;
    let now = app.now();
    let scope = app.store.workspace(caller.workspace);
    own(app, caller, user, id, now).await?;
    let tx = scope.write().await?;
    if !push::delete(&tx, id).await? {
        return Err(Error::NotFound("device"));
    }
    crate::audit::record(&tx, now, caller, "device.removed", ("device", id), Change::default()).await?;
    tx.commit().await?;
    app.channels.forget();
    Ok(())
}

/// One of one's own devices.
pub(super) async fn own(app: &App, caller: &Caller, user: UserId, id: Uuid, now: Ms) -> Result<DeviceRow> {
    let row = push::get(&app.store.workspace(caller.workspace).read(), id, now).await?;
    row.filter(|row| row.user_id == user.0).ok_or(Error::NotFound("device"))
}
