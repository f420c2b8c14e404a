//! Rows in the merge's terms.

use rapport_core::Ms;
use rapport_core::matter::{Content, Status};
use rapport_core::sync::{Field, Record};
use rapport_store::matter::MatterRow;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is kept in step of a row.
pub(super) fn content(row: &MatterRow) -> Content {
    Content {
        title: row.title.clone(),
        details: row.details.clone(),
        amount_minor: row.amount_minor,
        currency: row.currency.clone(),
        status: row.status.clone(),
        category: row.category.clone(),
        priority: row.priority.clone(),
        skus: skus(row),
    }
}

/// The products' codes.
pub(super) fn skus(row: &MatterRow) -> Vec<String> {
    serde_json::from_value(row.skus.clone()).unwrap_or_default()
}

/// Writes content into a row, with the moment it was closed.
pub(super) fn put(row: &mut MatterRow, content: Content, now: Ms) {
    if content.status != row.status {
        row.closed_at = (content.status != Status::Open.code()).then_some(now.0);
    }
    row.title = content.title;
    row.details = content.details;
    row.amount_minor = content.amount_minor;
    row.currency = content.currency;
    row.status = content.status;
    row.category = content.category;
    row.priority = content.priority;
    row.skus = json!(content.skus);
}

/// Notes when fields were changed here.
pub(super) fn stamp(row: &mut MatterRow, fields: &[String], now: Ms) {
    if !row.field_stamps.is_object() {
        row.field_stamps = json!({});
    }
    for name in fields {
        row.field_stamps[name.as_str()] = json!(now);
    }
}

/// A row as the record of a merge.
pub(super) fn record(row: &MatterRow) -> Record {
    let stamps: BTreeMap<String, Ms> = serde_json::from_value(row.field_stamps.clone()).unwrap_or_default();
    content(row).record(&stamps, Ms(row.updated_at))
}

/// What both sides last agreed on.
pub(super) fn base(row: &MatterRow) -> Record {
    let values: BTreeMap<String, Value> = serde_json::from_value(row.snapshot.clone()).unwrap_or_default();
    let fields = values.into_iter().map(|(name, value)| (name, Field { value, modified_at: None }));
    Record { fields: fields.collect(), ..Record::default() }
}
