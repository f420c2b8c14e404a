//! Deals and cases as the API shows them.

use super::row::skus;
use rapport_core::Ms;
use rapport_core::matter::field;
use rapport_core::money::decimal;
use rapport_store::connection::ConnectionRow;
use rapport_store::matter::{IN_STEP, MatterRow};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A deal or a case of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Matter)]
pub struct MatterView {
    /// The deal or case.
    pub id: Uuid,
    /// `deal` or `case`.
    pub object: String,
    /// The customer.
    pub contact_id: Uuid,
    /// The conversation it was made in.
    pub conversation_id: Option<Uuid>,
    /// What it is called.
    pub title: String,
    /// What is to be known about it.
    pub details: Option<String>,
    /// A deal's worth in minor units of its currency.
    pub amount_minor: Option<i64>,
    /// The same as a decimal.
    pub amount: Option<String>,
    /// Its currency, ISO 4217; null = whatever the CRM counts in.
    pub currency: Option<String>,
    /// What a case is about: `quote`, `complaint`, `question` or `other`.
    pub category: Option<String>,
    /// How urgent a case is: `low`, `normal`, `high` or `urgent`.
    pub priority: Option<String>,
    /// `open`, `won` or `lost` for a deal, `open` or `closed` for a case.
    pub status: String,
    /// The stage it has in the CRM, in the CRM's words.
    pub stage: Option<String>,
    /// Codes of the products.
    pub skus: Vec<String>,
    /// Who made it: `user`, `api` or `rule`.
    pub author_kind: String,
    /// Their name then.
    pub author_name: String,
    /// The CRM it is kept in; null = only here.
    pub connection_id: Option<Uuid>,
    /// Its name.
    pub connection_name: Option<String>,
    /// `local` (only here), `waiting`, `in_step`, `failed` (a person must look) or `gone` (deleted over there).
    pub sync: String,
    /// Why it failed and what to do, or what was refused.
    pub error: Option<String>,
    /// What of it the CRM has no place for, in words: it is kept here only.
    pub note: Option<String>,
    /// The record over there.
    pub remote_id: Option<String>,
    /// Its page.
    pub remote_url: Option<String>,
    /// When it was won, lost or closed, milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub closed_at: Option<Ms>,
    /// When it was made, milliseconds UTC.
    #[schema(value_type = i64)]
    pub created_at: Ms,
    /// When anything about it last changed, milliseconds UTC.
    #[schema(value_type = i64)]
    pub updated_at: Ms,
}

/// Where amounts are counted in the account's one currency, a deal's own is not kept.
fn note(row: &MatterRow, connection: Option<&ConnectionRow>) -> Option<String> {
    let is_kept = row.snapshot.get(field::CURRENCY).is_some_and(|value| !value.is_null());
    let code = row.currency.as_ref().filter(|_| !is_kept && row.sync == IN_STEP && row.error.is_none())?;
    Some(format!("{} counts amounts in the account's own currency; {code} is kept here only.", connection?.name))
}

/// The view of a row; its connection is among the workspace's.
pub(super) fn view(row: MatterRow, connections: &[ConnectionRow]) -> MatterView {
    let connection = connections.iter().find(|connection| Some(connection.id) == row.connection_id);
    MatterView {
        note: note(&row, connection),
        skus: skus(&row),
        id: row.id,
        object: row.object,
        contact_id: row.contact_id,
        conversation_id: row.conversation_id,
        title: row.title,
        details: row.details,
        amount: row.amount_minor.map(|minor| decimal(minor, row.currency.as_deref().unwrap_or_default())),
        amount_minor: row.amount_minor,
        currency: row.currency,
        category: row.category,
        priority: row.priority,
        status: row.status,
        stage: row.stage,
        author_kind: row.author_kind,
        author_name: row.author_name,
        connection_id: row.connection_id,
        connection_name: connection.map(|connection| connection.name.clone()),
        sync: row.sync,
        error: row.error,
        remote_id: row.remote_id,
        remote_url: row.remote_url,
        closed_at: row.closed_at.map(Ms),
        created_at: Ms(row.created_at),
        updated_at: Ms(row.updated_at),
    }
}
