//! Questions: queries with their batches, searches, and lists of what changed or was deleted.

use super::Call;
use super::error::{ForceError, Result};
use super::soql::{self, Query};
use super::state::{Contact, Cursor, State, stamp};
use super::things;
use crate::reply::Reply;
use serde_json::{Map, Value, json};

/// Answers kept for further batches.
const CURSORS: usize = 50;
/// How far back lists of changed and deleted records reach.
const REACH: i64 = 30 * 86_400_000;

/// Answers a query. With `all`, the recycle bin counts too.
pub fn query(state: &mut State, call: &Call, all: bool, now: i64) -> Result<Reply> {
    let text = call.query.get("q").ok_or_else(|| ForceError::malformed("A query string has to be specified"))?;
    let query = soql::parse(text)?;
    if let Some(answer) = things::query(state, &query, now) {
        return answer;
    }
    match query.object.as_str() {
        "Contact" => {}
        "PermissionSet" => {
            let records: Vec<Value> = state
                .set
                .iter()
                .map(|(id, ..)| json!({ "attributes": { "type": "PermissionSet" }, "Id": id }))
                .collect();
            return Ok(Reply::ok(&json!({ "totalSize": records.len(), "done": true, "records": records })));
        }
        other => {
            let words = format!("sObject type '{other}' is not supported.");
            return Err(ForceError::new(400, "INVALID_TYPE", words));
        }
    }
    if let Some(name) = soql::unknown(&query, &|name| state.field(name).is_some()) {
        let words = format!(
            "\n{text}\n^\nERROR at Row:1:Column:1\nNo such column '{name}' on entity 'Contact'. If you are attempting to use \
             a custom field, be sure to append the '__c' after the custom field name."
        );
        return Err(ForceError::new(400, "INVALID_FIELD", words));
    }
    let found = found(state, &query, all, now);
    let Some(fields) = &query.fields else {
        return Ok(Reply::ok(&json!({ "totalSize": found.len(), "done": true, "records": [] })));
    };
    let records: Vec<Value> = found.iter().map(|contact| shown(state, contact, fields)).collect();
    let asked = call.options.split(',').find_map(|part| part.trim().strip_prefix("batchSize=")?.parse::<usize>().ok());
    let size = asked.map_or(state.config.batch_size, |size| size.clamp(200, 2_000));
    if records.len() <= size {
        return Ok(Reply::ok(&json!({ "totalSize": records.len(), "done": true, "records": records })));
    }
    let id = state.id("01g");
    state.cursors.insert(id.clone(), Cursor { records, size });
    while state.cursors.len() > CURSORS {
        state.cursors.pop_first();
    }
    batch(state, &call.version, if all { "queryAll" } else { "query" }, &format!("{id}-0"))
}

fn found<'a>(state: &'a State, query: &Query, all: bool, now: i64) -> Vec<&'a Contact> {
    let value = |contact: &Contact, name: &str| state.field(name).map_or(Value::Null, |field| contact.value(field));
    let fits = |contact: &&Contact| {
        let is_there = if all { !contact.purged } else { !contact.deleted };
        is_there && query.filter.as_ref().is_none_or(|filter| soql::holds(filter, &|name| value(contact, name), now))
    };
    let mut found: Vec<&Contact> = state.contacts.values().filter(fits).collect();
    for (name, last_first) in query.order.iter().rev() {
        found.sort_by_cached_key(|contact| {
            let value = value(contact, name);
            value.as_str().map_or_else(|| value.to_string(), str::to_owned)
        });
        if *last_first {
            found.reverse();
        }
    }
    found.truncate(query.limit.unwrap_or(usize::MAX));
    found
}

/// A contact with the fields that were asked for.
pub fn shown(state: &State, contact: &Contact, fields: &[String]) -> Value {
    let mut view = Map::new();
    view.insert("attributes".into(), attributes(contact));
    for field in fields.iter().filter_map(|name| state.field(name)) {
        view.insert(field.name.clone(), contact.value(field));
    }
    view.into()
}

/// What begins every record.
pub fn attributes(contact: &Contact) -> Value {
    json!({ "type": "Contact", "url": format!("/services/data/v59.0/sobjects/Contact/{}", contact.id) })
}

/// A batch of an answer; the place is the answer's id and how many records were read.
pub fn batch(state: &State, version: &str, word: &str, place: &str) -> Result<Reply> {
    let lost = || ForceError::new(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
    let (id, at) = place.rsplit_once('-').ok_or_else(lost)?;
    let at: usize = at.parse().map_err(|_| lost())?;
    let cursor = state.cursors.get(id).ok_or_else(lost)?;
    let end = (at + cursor.size).min(cursor.records.len());
    let records = cursor.records.get(at..end).ok_or_else(lost)?;
    let mut answer =
        json!({ "totalSize": cursor.records.len(), "done": end == cursor.records.len(), "records": records });
    if end < cursor.records.len() {
        answer["nextRecordsUrl"] = format!("/services/data/{version}/{word}/{id}-{end}").into();
    }
    Ok(Reply::ok(&answer))
}

/// Answers `FIND {digits OR digits} IN PHONE FIELDS RETURNING Contact(fields LIMIT n)`.
pub fn search(state: &State, call: &Call, now: i64) -> Result<Reply> {
    let malformed = || ForceError::new(400, "MALFORMED_SEARCH", "the search cannot be read");
    let text = call.query.get("q").ok_or_else(malformed)?;
    let rest = text.strip_prefix("FIND {").ok_or_else(malformed)?;
    let (terms, rest) = rest.split_once('}').ok_or_else(malformed)?;
    let rest = rest.trim().strip_prefix("IN PHONE FIELDS RETURNING Contact(").ok_or_else(malformed)?;
    let inner = rest.strip_suffix(')').ok_or_else(malformed)?;
    let (fields, limit) = inner.split_once(" LIMIT ").unwrap_or((inner, "2000"));
    let fields: Vec<String> = fields.split(',').map(|name| name.trim().to_owned()).collect();
    let limit: usize = limit.trim().parse().map_err(|_| malformed())?;
    if let Some(name) = fields.iter().find(|name| state.field(name).is_none()) {
        return Err(ForceError::new(400, "INVALID_FIELD", format!("No such column '{name}' on entity 'Contact'.")));
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let terms: Vec<String> = terms.split(" OR ").map(digits).filter(|digits| digits.len() > 1).collect();
    let fits = |contact: &&Contact| {
        !contact.deleted && contact.indexed(now).iter().any(|number| terms.contains(&digits(number)))
    };
    let records: Vec<Value> =
        state.contacts.values().filter(fits).take(limit).map(|contact| shown(state, contact, &fields)).collect();
    Ok(Reply::ok(&json!({ "searchRecords": records })))
}

/// The span of a list of changes.
fn span(call: &Call, now: i64) -> Result<(i64, i64)> {
    let get = |name: &str| {
        let text = call.query.get(name).map(|text| text.replace(' ', "+"));
        let at = text.and_then(|text| text.replace("+0000", "Z").parse::<jiff::Timestamp>().ok());
        at.map(|at| at.as_millisecond())
            .ok_or_else(|| ForceError::new(400, "INVALID_REPLICATION_DATE", format!("{name} is not a valid date")))
    };
    let (start, end) = (get("start")?, get("end")?);
    if end <= start || start < now - REACH {
        return Err(ForceError::new(400, "INVALID_REPLICATION_DATE", "startDate before org replication enabled date"));
    }
    Ok((start, end))
}

/// What was deleted within a span.
pub fn deleted(state: &State, call: &Call, now: i64) -> Result<Reply> {
    let (start, end) = span(call, now)?;
    // The end belongs to it as a whole second.
    let within = |contact: &&Contact| contact.deleted && (start..end + 1_000).contains(&contact.modified);
    let gone: Vec<Value> = state
        .contacts
        .values()
        .filter(within)
        .map(|contact| json!({ "id": contact.id, "deletedDate": stamp(contact.modified) }))
        .collect();
    Ok(Reply::ok(&json!({
        "deletedRecords": gone, "earliestDateAvailable": stamp(now - REACH), "latestDateCovered": stamp(end) })))
}

/// What was created or changed within a span.
pub fn updated(state: &State, call: &Call, now: i64) -> Result<Reply> {
    let (start, end) = span(call, now)?;
    let within = |contact: &&Contact| !contact.deleted && (start..end + 1_000).contains(&contact.modified);
    let ids: Vec<&String> = state.contacts.values().filter(within).map(|contact| &contact.id).collect();
    Ok(Reply::ok(&json!({ "ids": ids, "latestDateCovered": stamp(end) })))
}
