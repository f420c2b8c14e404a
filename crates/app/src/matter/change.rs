//! Changing a deal or a case, and trying again what failed.

use super::make::bring;
use super::view::MatterView;
use super::{amount, category, currency, details, list, noun, priority, row, skus, target, title, told, trace};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::words::given;
use crate::jobs::Job;
use crate::state::App;
use rapport_core::Ms;
use rapport_core::matter::{Content, Object, Status};
use rapport_store::matter::{self, GONE, LOCAL, MatterRow, WAITING};
use rapport_store::{WriteTx, sync_job};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What may be changed about a deal; what is left out stays, null takes away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DealPatch {
    /// What it is called.
    pub title: Option<String>,
    /// What is to be known about it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub details: Option<Option<String>>,
    /// Its worth in minor units.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub amount_minor: Option<Option<i64>>,
    /// Its currency.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub currency: Option<Option<String>>,
    /// `open`, `won` or `lost`.
    pub status: Option<String>,
    /// Codes of the products.
    pub skus: Option<Vec<String>>,
}

/// What may be changed about a case; what is left out stays, null takes away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CasePatch {
    /// What it is called.
    pub title: Option<String>,
    /// What is to be known about it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub details: Option<Option<String>>,
    /// What it is about.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub category: Option<Option<String>>,
    /// How urgent it is.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub priority: Option<Option<String>>,
    /// `open` or `closed`.
    pub status: Option<String>,
    /// Codes of the products.
    pub skus: Option<Vec<String>>,
}

/// Changes a deal, here and in its CRM.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Store`.
pub async fn deal(app: &App, caller: &Caller, id: Uuid, patch: DealPatch) -> Result<MatterView> {
    change(app, caller, Object::Deal, id, |content| {
        if let Some(code) = patch.currency {
            content.recount(currency(code)?);
        }
        if let Some(amount_minor) = patch.amount_minor {
            content.amount_minor = amount(amount_minor)?;
        }
        common(content, Object::Deal, (patch.title, patch.details, patch.status, patch.skus))
    })
    .await
}

/// Changes a case, here and in its CRM.
///
/// # Errors
/// As [`deal`].
pub async fn case(app: &App, caller: &Caller, id: Uuid, patch: CasePatch) -> Result<MatterView> {
    change(app, caller, Object::Case, id, |content| {
        if let Some(word) = patch.category {
            content.category = category(word)?;
        }
        if let Some(word) = patch.priority {
            content.priority = priority(word)?;
        }
        common(content, Object::Case, (patch.title, patch.details, patch.status, patch.skus))
    })
    .await
}

/// Title, details, status and products, as far as they were given.
type Common = (Option<String>, Option<Option<String>>, Option<String>, Option<Vec<String>>);

fn common(content: &mut Content, object: Object, (name, about, status, codes): Common) -> Result<()> {
    if let Some(name) = name {
        content.title = title(&name)?;
    }
    if let Some(about) = about {
        content.details = details(about)?;
    }
    if let Some(word) = status {
        let status = Status::parse(object, &word);
        let status = status.ok_or_else(|| Error::invalid("status", format!("is no status of a {}", noun(object))))?;
        content.status = status.code().to_owned();
    }
    if let Some(codes) = codes {
        content.skus = skus(codes)?;
    }
    Ok(())
}

async fn change(
    app: &App,
    caller: &Caller,
    object: Object,
    id: Uuid,
    apply: impl FnOnce(&mut Content) -> Result<()>,
) -> Result<MatterView> {
    caller.require(Permission::ContactWrite)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut present = open(&tx, object, id).await?;
    let before = row::content(&present);
    let mut content = before.clone();
    apply(&mut content)?;
    let changed = content.changed(&before);
    if !changed.is_empty() {
        row::put(&mut present, content.clone(), now);
        row::stamp(&mut present, &changed, now);
        present.updated_at = now.0;
        if present.connection_id.is_some() && present.sync != GONE {
            present.sync = WAITING.to_owned();
            bring(&tx, &present, now).await?;
        }
        told(&tx, &present, now).await?;
        let (was, is) = (trace::values(&before, &changed), trace::values(&content, &changed));
        matter::update(&tx, present).await?;
        let audited = Change { before: Some(was), after: Some(is) };
        record(&tx, now, caller, &format!("{}.updated", object.code()), (noun(object), id), audited).await?;
        tx.commit().await?;
        app.bells.jobs.ring();
        app.feeds.wake();
    }
    list::get(app, caller, object, id).await
}

async fn open(tx: &WriteTx, object: Object, id: Uuid) -> Result<MatterRow> {
    let row = matter::get_for_write(tx, id).await?.filter(|row| row.object == object.code());
    row.ok_or(Error::NotFound(noun(object)))
}

/// Brings a deal or case over now, with all tries again. What was deleted over there is made anew; what is kept here only
/// goes to a CRM that takes it, where there is one by now.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` (`no_crm` when no connection takes this kind of thing), `Store`.
pub async fn retry(app: &App, caller: &Caller, object: Object, id: Uuid) -> Result<MatterView> {
    caller.require(Permission::ContactWrite)?;
    let target = target::choose(&app.store.workspace(caller.workspace).read(), object, None).await?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = open(&tx, object, id).await?;
    if row.sync == LOCAL {
        row.connection_id = target;
    }
    let Some(connection_id) = row.connection_id else {
        let detail = format!("No connected CRM takes {}s: it is kept here only.", noun(object));
        return Err(Error::refused("no_crm", detail));
    };
    if row.sync == GONE {
        (row.remote_id, row.remote_url, row.remote_at) = (None, None, None);
        row.snapshot = json!({});
    }
    (row.sync, row.error) = (WAITING.to_owned(), None);
    settle_jobs(&tx, connection_id, id).await?;
    bring(&tx, &row, now).await?;
    told(&tx, &row, now).await?;
    matter::update(&tx, row).await?;
    record(&tx, now, caller, &format!("{}.retried", object.code()), (noun(object), id), Change::default()).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    app.feeds.wake();
    list::get(app, caller, object, id).await
}

/// Clears what was given up about a deal or case.
pub(super) async fn settle_jobs(tx: &WriteTx, connection_id: Uuid, id: Uuid) -> Result<()> {
    let job = Job::PushMatter { connection_id: connection_id.into(), matter_id: id }.row(Ms(0));
    Ok(sync_job::forget_given_up(tx, &job.order_key.unwrap_or_default()).await?)
}
