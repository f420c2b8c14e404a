//! How a connection fares: what got through and how fast, what waits, what went wrong and what to do, and which fields
//! make trouble (S8, and S10's weekly mapping report).

use super::view::Comparison;
use crate::auth::{Caller, Permission};
use crate::crm::CONTACT;
use crate::crm::compare::Compared;
use crate::crm::poll::Stats;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::time::DAY;
use rapport_core::{ConnectionId, Ms};
use rapport_store::mapping::MappingRow;
use rapport_store::sync_report::{self, FieldUse, Span};
use rapport_store::{connection, mapping, sync_job, sync_log};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How a span of time went.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = SyncSpan)]
pub struct SpanView {
    /// Changes that got through, those without some fields included.
    pub done: i64,
    /// Of these, the ones without some fields.
    pub partial: i64,
    /// Changes that did not get through.
    pub failed: i64,
    /// Share that got through, 0 to 1; null when there was nothing.
    pub success_rate: Option<f64>,
    /// Half of the changes took no longer from change to written, milliseconds.
    pub p50_ms: Option<i64>,
    /// 99 of 100 changes took no longer, milliseconds.
    pub p99_ms: Option<i64>,
}

impl From<Span> for SpanView {
    fn from(Span { done, partial, failed, p50_ms, p99_ms }: Span) -> Self {
        let all = done + partial + failed;
        let success_rate = (all > 0).then(|| (done + partial) as f64 / all as f64);
        Self { done: done + partial, partial, failed, success_rate, p50_ms, p99_ms }
    }
}

/// Failures of one kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SyncFailure {
    /// `field` (some fields were refused), `several` (more than one record may be the contact), `refused` (the CRM refuses
    /// the whole record), `circle` (a rule and a workflow undo each other), `unclear` (a record may be several contacts),
    /// or `other`.
    pub class: String,
    /// How many in the last seven days.
    pub count: i64,
    /// The last of them, milliseconds UTC.
    #[schema(value_type = i64)]
    pub last_at: Ms,
    /// What it said.
    pub last_error: Option<String>,
}

/// A field in the mapping report.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FieldReport {
    /// Our field; theirs where it is mapped no more.
    pub local_field: String,
    /// Their field; null where it is mapped no more.
    pub remote_field: Option<String>,
    /// How often it was written, on either side.
    pub written: i64,
    /// How often it was refused.
    pub refused: i64,
    /// Share that was refused, 0 to 1.
    pub error_rate: f64,
}

/// How a connection fares.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectionHealth {
    /// The last 24 hours.
    pub day: SpanView,
    /// The last seven days.
    pub week: SpanView,
    /// Changes that wait.
    pub backlog: i64,
    /// Age of the oldest of them, milliseconds.
    pub oldest_ms: Option<i64>,
    /// Changes that were given up until a person looks.
    pub failed: i64,
    /// What went wrong in the last seven days, the most frequent kind first.
    pub failures: Vec<SyncFailure>,
    /// What comparing contacts with their records found in the last day or two; null before anything was compared.
    pub compared: Option<Comparison>,
    /// Calls a day and what is left, as the CRM last said.
    #[schema(value_type = Option<Object>)]
    pub quota: Option<serde_json::Value>,
    /// Fields that were written or refused in the last seven days, those with most errors first.
    pub fields: Vec<FieldReport>,
    /// Share of written fields that were refused in the last seven days, 0 to 1; null when none was written.
    pub field_error_rate: Option<f64>,
}

/// How a connection fares.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn health(app: &App, caller: &Caller, id: ConnectionId) -> Result<ConnectionHealth> {
    caller.require(Permission::ConnectionRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = connection::get(&read, id).await?.ok_or(Error::NotFound("connection"))?;
    let now = app.now();
    let (day, week) = (now.plus(-DAY), now.plus(-7 * DAY));
    let backlog = sync_job::backlog(&read, id).await?;
    let stats = Stats::read(&row.stats);
    let mut failures = Vec::new();
    for found in sync_report::failures(&read, id, week).await? {
        let last_error = sync_report::last_error(&read, id, week, &found.class).await?;
        let class = if found.class.is_empty() { "other".to_owned() } else { found.class };
        failures.push(SyncFailure { class, count: found.count, last_at: found.last_at, last_error });
    }
    let fields = report(
        &mapping::list(&read, id, CONTACT).await?,
        &sync_report::written(&read, id, week).await?,
        &sync_report::refused(&read, id, week).await?,
    );
    let (written, refused): (i64, i64) =
        fields.iter().fold((0, 0), |(w, r), field| (w + field.written, r + field.refused));
    Ok(ConnectionHealth {
        day: sync_report::span(&read, id, day).await?.into(),
        week: sync_report::span(&read, id, week).await?.into(),
        backlog: backlog.waiting,
        oldest_ms: backlog.oldest.map(|at| now.since(at).max(0)),
        failed: backlog.dead,
        failures,
        compared: Compared::sum(&stats.compared).map(Comparison::from),
        quota: stats.quota,
        field_error_rate: share(refused, written),
        fields,
    })
}

fn share(refused: i64, written: i64) -> Option<f64> {
    (refused + written > 0).then(|| refused as f64 / (refused + written) as f64)
}

/// The uses of fields by mapping; the log names a field as the side does that was written to.
fn report(mappings: &[MappingRow], written: &[FieldUse], refused: &[FieldUse]) -> Vec<FieldReport> {
    let mut sums: BTreeMap<(String, Option<String>), (i64, i64)> = BTreeMap::new();
    let key = |used: &FieldUse| {
        let is_this = |row: &&MappingRow| {
            used.field == if used.direction == sync_log::PUSH { row.remote_field.as_str() } else { &row.local_field }
        };
        // Of two mappings with one field over there, the one in use is meant.
        let found = mappings.iter().filter(is_this).max_by_key(|row| row.enabled);
        found.map_or((used.field.clone(), None), |row| (row.local_field.clone(), Some(row.remote_field.clone())))
    };
    written.iter().for_each(|used| sums.entry(key(used)).or_default().0 += used.count);
    refused.iter().for_each(|used| sums.entry(key(used)).or_default().1 += used.count);
    let line = |((local_field, remote_field), (written, refused)): ((String, Option<String>), (i64, i64))| {
        let error_rate = share(refused, written).unwrap_or_default();
        FieldReport { local_field, remote_field, written, refused, error_rate }
    };
    let mut fields: Vec<FieldReport> = sums.into_iter().map(line).collect();
    fields.sort_by(|one, other| other.error_rate.total_cmp(&one.error_rate));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn fields_are_counted_by_their_mapping() {
        let row = |local: &str, remote: &str, enabled: bool| MappingRow {
            workspace_id: Uuid::nil(),
            connection_id: Uuid::nil(),
            object: CONTACT.to_owned(),
            local_field: local.to_owned(),
            remote_field: remote.to_owned(),
            direction: "both".to_owned(),
            default_value: None,
            enabled,
            prefer: "newest".to_owned(),
        };
        let used = |direction: &str, field: &str, count| FieldUse {
            direction: direction.to_owned(),
            field: field.to_owned(),
            count,
        };
        let mappings = [row("first_name", "firstname", true), row("fields.old", "firstname", false)];
        let written = [used("push", "firstname", 3), used("pull", "first_name", 5), used("push", "gone", 1)];
        let refused = [used("push", "firstname", 2), used("pull", "phone", 4)];
        let found = report(&mappings, &written, &refused);
        let line = |local: &str, remote: Option<&str>, written, refused, error_rate| FieldReport {
            local_field: local.to_owned(),
            remote_field: remote.map(str::to_owned),
            written,
            refused,
            error_rate,
        };
        assert_eq!(
            found,
            [
                line("phone", None, 0, 4, 1.0),
                line("first_name", Some("firstname"), 8, 2, 0.2),
                line("gone", None, 1, 0, 0.0),
            ]
        );
        assert_eq!(share(0, 0), None);
    }
}
