//! The door for shops: proves who delivers, stores the delivery, and only then answers.

use super::NOUN;
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::{App, workspace_key};
use crate::vault::Place;
use rapport_connectors::shop::{Kind, Unproved, prove};
use rapport_core::time::MINUTE;
use rapport_core::{Ms, WorkspaceId};
use rapport_store::shop_source::{self, DeliveryRow, SourceRow, WAITING};
use uuid::Uuid;

pub use rapport_connectors::shop::HEADERS;

/// Most deliveries of a shop that may wait.
const BACKLOG: u64 = 5_000;
/// How often a wrong signature is written down at most, milliseconds.
const REFUSED_EVERY: i64 = MINUTE;

/// A delivery as it came in.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// Raw body.
    pub body: &'a [u8],
    /// The headers of [`HEADERS`] that came exactly once; names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
}

/// Stores a delivery. A repeat, and a call that only asks whether somebody is there, are answered like the first.
///
/// # Errors
/// `NotFound` for an unknown shop or one that is switched off, `Unauthenticated` when the signature does not fit,
/// `Overloaded` when too many wait, `Store`.
pub async fn receive(app: &App, id: Uuid, delivery: &Delivery<'_>) -> Result<()> {
    let row = shop_source::find(&app.store, id).await?.filter(|row| row.active).ok_or(Error::NotFound(NOUN))?;
    let kind = Kind::parse(&row.kind).ok_or(Error::NotFound(NOUN))?;
    let workspace = WorkspaceId(row.workspace_id);
    let key = workspace_key(&app.store, &app.vault, workspace).await?;
    let secret = key.open(Place::new("shop_source", "secret", row.id), &row.secret)?;
    let secret = std::str::from_utf8(&secret).map_err(|_| Error::Internal("a shop's secret is no text".to_owned()))?;
    let header = |name: &str| delivery.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let head = match prove(kind, secret, header, delivery.body) {
        Ok(head) => head,
        Err(Unproved::Ping) => return Ok(()),
        Err(error) => {
            tracing::debug!(shop = %id, %error, "a shop's delivery was refused");
            refused(app, row).await?;
            return Err(Error::Unauthenticated);
        }
    };
    let now = app.now();
    let tx = app.store.workspace(workspace).write().await?;
    let known = shop_source::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    if shop_source::count(&tx, id, WAITING).await? >= BACKLOG {
        return Err(Error::Overloaded("too many deliveries of this shop wait"));
    }
    let stored = DeliveryRow {
        workspace_id: workspace.0,
        id: tx.new_id(now),
        source_id: id,
        delivery_key: head.key,
        topic: head.topic.clone(),
        domain: head.domain,
        body: Some(delivery.body.to_vec()),
        state: WAITING.to_owned(),
        detail: None,
        attempts: 0,
        received_at: now.0,
        updated_at: now.0,
    };
    let job = Job::ShopDelivery { delivery_id: stored.id };
    if shop_source::accept(&tx, stored).await? {
        rapport_store::job::enqueue(&tx, vec![job.row(now)], now).await?;
    }
    shop_source::update(&tx, SourceRow { last_at: Some(now.0), last_topic: Some(head.topic), ..known }).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(())
}

/// Writes down that a signature did not fit, so that people see it; not every time, or whoever forges could make us
/// write.
async fn refused(app: &App, row: SourceRow) -> Result<()> {
    let now = app.now();
    if row.refused_at.is_some_and(|at| now.since(Ms(at)) < REFUSED_EVERY) {
        return Ok(());
    }
    let tx = app.store.workspace(WorkspaceId(row.workspace_id)).write().await?;
    if let Some(known) = shop_source::get_for_write(&tx, row.id).await? {
        shop_source::update(&tx, SourceRow { refused_at: Some(now.0), ..known }).await?;
        tx.commit().await?;
    }
    Ok(())
}
