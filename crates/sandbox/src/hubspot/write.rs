//! Changing records: validation, uniqueness, stamps, events.

use super::{
    error::{HubError, Result},
    schema,
    state::{Properties, Record, Source, Stale, State, Store},
    webhooks,
};
use crate::clock::iso;
use serde_json::{Map, Value, json};

/// The store of an object type by name or number.
pub fn store<'a>(state: &'a mut State, name: &str) -> Result<&'a mut Store> {
    let kind =
        schema::kind(name).ok_or_else(|| HubError::invalid(format!("Unable to infer object type from: {name}")))?;
    state
        .stores
        .get_mut(kind.plural)
        .ok_or_else(|| HubError::invalid(format!("Unable to infer object type from: {name}")))
}

/// Reads and checks `properties` of an input. `free` lets read-only properties pass (never for API calls).
pub fn properties(store: &Store, input: Option<&Value>) -> Result<Properties> {
    let empty = Map::new();
    let given = match input {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(map)) => map,
        Some(_) => return Err(HubError::invalid("Invalid input JSON: properties must be an object")),
    };
    let mut wrong = Vec::new();
    let mut good = Properties::new();
    for (name, value) in given {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        match judge(store, name, &text) {
            Ok(text) => drop(good.insert(name.clone(), text)),
            Err((error, message)) => wrong.push(json!({
                "isValid": false,
                "message": message,
                "error": error,
                "name": name,
                "localizedErrorMessage": message,
                "propertyValue": text,
            })),
        }
    }
    if wrong.is_empty() {
        return Ok(good);
    }
    let mut error = HubError::invalid(format!("Property values were not valid: {}", Value::from(wrong.clone())));
    error.errors = wrong
        .iter()
        .map(|w| json!({"message": w["message"], "code": w["error"], "context": {"propertyName": [w["name"]]}}))
        .collect();
    Err(error)
}

fn judge(store: &Store, name: &str, text: &str) -> std::result::Result<String, (&'static str, String)> {
    let property = store
        .properties
        .get(name)
        .ok_or_else(|| ("PROPERTY_DOESNT_EXIST", format!("Property \"{name}\" does not exist")))?;
    if property.read_only {
        return Err(("READ_ONLY_VALUE", format!("\"{name}\" is a read only property; its value cannot be set")));
    }
    if text.is_empty() {
        return Ok(String::new());
    }
    if text.len() > 65_536 {
        return Err(("PROPERTY_TOO_LONG", format!("Property \"{name}\" is longer than 65536 characters")));
    }
    match property.form.as_str() {
        _ if name == "email" => {
            let mail = text.trim().to_lowercase();
            let fits = mail.split_once('@').is_some_and(|(user, host)| {
                !user.is_empty()
                    && host.contains('.')
                    && !host.starts_with('.')
                    && !host.ends_with('.')
                    && !mail.contains(char::is_whitespace)
            });
            if fits { Ok(mail) } else { Err(("INVALID_EMAIL", format!("Email address {text} is invalid"))) }
        }
        "number" if text.parse::<f64>().is_err() => Err(("INVALID_NUMBER", format!("{text} was not a valid number."))),
        "bool" if !matches!(text, "true" | "false") => {
            Err(("INVALID_BOOLEAN", format!("{text} was not a valid boolean.")))
        }
        "datetime" | "date" => match moment(text) {
            Some(ms) => Ok(iso(ms)),
            None => Err(("INVALID_DATE", format!("{text} was not a valid date."))),
        },
        "enumeration" if !property.options.is_empty() => {
            let unknown = text.split(';').find(|value| !property.options.iter().any(|o| o == value));
            match unknown {
                Some(value) => Err((
                    "INVALID_OPTION",
                    format!("{value} was not one of the allowed options: [{}]", property.options.join(", ")),
                )),
                None => Ok(text.to_owned()),
            }
        }
        _ => Ok(text.to_owned()),
    }
}

/// Milliseconds from an epoch number or ISO text.
pub fn moment(text: &str) -> Option<i64> {
    if let Ok(ms) = text.parse::<i64>() {
        return Some(ms);
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.as_millisecond());
    }
    let date = text.parse::<jiff::civil::Date>().ok()?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// Refuses values of unique properties that another record has.
fn check_unique(store: &Store, properties: &Properties, own: Option<u64>) -> Result<()> {
    for (name, value) in properties {
        let unique = store.properties.get(name).is_some_and(|property| property.unique);
        if !unique || value.is_empty() {
            continue;
        }
        match store.unique.get(&(name.clone(), value.to_lowercase())) {
            Some(id) if Some(*id) != own => {
                let kind = schema::kind(store.kind).map_or("object", |kind| kind.singular);
                let mut name_of = kind.to_owned();
                name_of[..1].make_ascii_uppercase();
                return Err(HubError::conflict(&name_of, *id));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Creates a record and returns its id.
pub fn create(state: &mut State, name: &str, properties: Properties, source: Source, now: i64) -> Result<u64> {
    let most = state.most;
    let id = state.last_id + 1;
    let lag = state.config.index_lag_ms;
    let store = store(state, name)?;
    if store.records.len() >= most {
        return Err(HubError::invalid(format!("This sandbox keeps at most {most} records of one type")));
    }
    let needed = schema::kind(store.kind).map_or(&[][..], |kind| kind.needed);
    let missing: Vec<&str> =
        needed.iter().copied().filter(|n| properties.get(*n).is_none_or(String::is_empty)).collect();
    if !missing.is_empty() {
        let mut error =
            HubError::invalid(format!("Error creating {}. Some required properties were not set.", store.kind));
        error.context = json!({ "properties": missing });
        return Err(error);
    }
    check_unique(store, &properties, None)?;
    let kind = store.kind;
    let mut record = Record {
        id,
        properties: Properties::from([
            ("hs_object_id".into(), id.to_string()),
            (schema::created(kind).into(), iso(now)),
            ("hs_object_source".into(), if source == Source::Api { "INTEGRATION" } else { "CRM_UI" }.into()),
        ]),
        created: now,
        updated: now,
        archived: None,
        stale: (lag > 0).then_some(Stale { until: now + lag, properties: None }),
    };
    if kind == "contacts" {
        record.properties.insert("lifecyclestage".into(), "lead".into());
    }
    store.records.insert(id, record);
    state.last_id = id;
    webhooks::creation(state, kind, id, source, now);
    apply(state, kind, id, properties, source, now);
    Ok(id)
}

/// Changes a record.
pub fn update(state: &mut State, name: &str, id: u64, properties: Properties, source: Source, now: i64) -> Result<()> {
    let lag = state.config.index_lag_ms;
    let store = store(state, name)?;
    check_unique(store, &properties, Some(id))?;
    let kind = store.kind;
    if let Some(record) = store.records.get_mut(&id) {
        remember(record, lag, now);
    }
    apply(state, kind, id, properties, source, now);
    Ok(())
}

/// Keeps what the index still shows.
fn remember(record: &mut Record, lag: i64, now: i64) {
    if lag <= 0 {
        return;
    }
    let properties = match record.stale.take() {
        Some(stale) if now < stale.until => stale.properties,
        _ => Some(record.properties.clone()),
    };
    record.stale = Some(Stale { until: now + lag, properties });
}

fn apply(state: &mut State, kind: &'static str, id: u64, properties: Properties, source: Source, now: i64) {
    let Some(store) = state.stores.get_mut(kind) else {
        return;
    };
    let Some(record) = store.records.get_mut(&id) else {
        return;
    };
    let mut changed = Vec::new();
    for (name, value) in properties {
        let old = record.properties.get(&name).cloned().unwrap_or_default();
        if old == value {
            continue;
        }
        if store.properties.get(&name).is_some_and(|property| property.unique) {
            store.unique.remove(&(name.clone(), old.to_lowercase()));
            if !value.is_empty() {
                store.unique.insert((name.clone(), value.to_lowercase()), id);
            }
        }
        for (from, to) in [
            ("phone", "hs_searchable_calculated_phone_number"),
            ("mobilephone", "hs_searchable_calculated_mobile_number"),
        ] {
            if name == from {
                let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                record.properties.insert(to.into(), digits);
            }
        }
        record.properties.insert(name.clone(), value.clone());
        changed.push((name, value));
    }
    // The stamp moves even when nothing differs, and never stands still between two writes.
    record.updated = now.max(record.updated + 1);
    record.properties.insert(schema::modified(kind).into(), iso(record.updated));
    for (name, value) in changed {
        webhooks::property(state, kind, id, &name, &value, source, now);
    }
}

/// Archives a record; its unique values are free again.
pub fn archive(state: &mut State, name: &str, id: u64, source: Source, now: i64) -> Result<()> {
    let lag = state.config.index_lag_ms;
    let store = store(state, name)?;
    let kind = store.kind;
    if let Some(record) = store.records.get_mut(&id).filter(|record| record.archived.is_none()) {
        remember(record, lag, now);
        record.archived = Some(now);
        record.updated = now.max(record.updated + 1);
        store.unique.retain(|_, owner| *owner != id);
        webhooks::deletion(state, kind, id, source, now);
    }
    Ok(())
}

/// Merges two records into a new one; both old ids lead to it.
pub fn merge(state: &mut State, name: &str, primary: u64, other: u64, now: i64) -> Result<u64> {
    let store = store(state, name)?;
    let kind = store.kind;
    let (Some(a), Some(b)) = (store.records.get(&primary), store.records.get(&other)) else {
        return Err(HubError::not_found("One of the records to merge does not exist"));
    };
    if primary == other {
        return Err(HubError::invalid("Cannot merge a record with itself"));
    }
    let mut properties = b.properties.clone();
    properties.extend(a.properties.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k.clone(), v.clone())));
    let moved = properties.len();
    let mut old: Vec<String> = [a, b]
        .iter()
        .flat_map(|r| r.properties.get("hs_merged_object_ids").map_or("", String::as_str).split(';'))
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
        .collect();
    old.extend([primary.to_string(), other.to_string()]);
    let created = a.created.min(b.created);
    let id = state.last_id + 1;
    state.last_id = id;
    properties.insert("hs_object_id".into(), id.to_string());
    properties.insert("hs_merged_object_ids".into(), old.join(";"));
    properties.insert(schema::modified(kind).into(), iso(now));
    let store = self::store(state, name)?;
    store.records.remove(&primary);
    store.records.remove(&other);
    store.unique.retain(|_, owner| *owner != primary && *owner != other);
    for (name, value) in &properties {
        if !value.is_empty() && store.properties.get(name).is_some_and(|p| p.unique) {
            store.unique.insert((name.clone(), value.to_lowercase()), id);
        }
    }
    for target in store.aliases.values_mut().filter(|t| **t == primary || **t == other) {
        *target = id;
    }
    store.aliases.insert(primary, id);
    store.aliases.insert(other, id);
    store.records.insert(id, Record { id, properties, created, updated: now, archived: None, stale: None });
    super::associations::redirect(state, kind, &[primary, other], id);
    webhooks::merge(state, kind, primary, other, id, moved, now);
    Ok(id)
}
