//! Search: filters, sorting, paging, the 10,000 cap, and an index that may lag behind.

use super::{
    Call,
    error::{HubError, Result},
    objects, schema,
    state::{Properties, Record, State, Store},
    write,
};
use crate::reply::Reply;
use serde_json::{Value, json};
use std::cmp::Ordering;

const OPERATORS: &str =
    "EQ NEQ LT LTE GT GTE BETWEEN IN NOT_IN HAS_PROPERTY NOT_HAS_PROPERTY CONTAINS_TOKEN NOT_CONTAINS_TOKEN";
/// No search reaches further.
const WINDOW: usize = 10_000;

/// `POST /crm/v3/objects/{type}/search`.
pub fn handle(state: &mut State, call: &Call, kind: &str, now: i64) -> Result<Reply> {
    let store = &*write::store(state, kind)?;
    let body = &call.body;
    let groups = groups(store, body)?;
    let number = |key: &str, default: usize| match body.get(key) {
        None | Some(Value::Null) => Ok(default),
        Some(Value::String(text)) if text.is_empty() => Ok(default),
        Some(value) => value
            .as_u64()
            .or_else(|| value.as_str()?.parse().ok())
            .map(|n| n as usize)
            .ok_or_else(|| HubError::invalid(format!("{key} is not a valid number"))),
    };
    let (limit, after) = (number("limit", 10)?, number("after", 0)?);
    if !(1..=200).contains(&limit) {
        return Err(HubError::invalid("limit must be between 1 and 200"));
    }
    if after + limit > WINDOW {
        return Err(HubError::invalid(format!(
            "The offset {after} and limit {limit} go beyond the {WINDOW} results a search can return"
        )));
    }
    let query = body.get("query").and_then(Value::as_str).unwrap_or("");
    if query.chars().count() > 3_000 {
        return Err(HubError::invalid("query may have at most 3000 characters"));
    }
    let searched = schema::kind(store.kind).map_or(&[][..], |kind| kind.searched);
    let mut found: Vec<(&Record, &Properties)> = store
        .records
        .values()
        .filter(|record| record.archived.is_none())
        .filter_map(|record| Some((record, record.indexed(now)?)))
        .filter(|(_, properties)| query.is_empty() || full_text(properties, searched, query))
        .filter(|(_, properties)| {
            groups.is_empty() || groups.iter().any(|group| group.iter().all(|f| f.holds(store, properties)))
        })
        .collect();
    sort(store, body, &mut found)?;
    let total = found.len();
    let asked = body
        .get("properties")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","));
    let names = objects::wanted(store, asked.as_deref());
    let results: Vec<Value> = found
        .iter()
        .skip(after)
        .take(limit)
        .map(|(record, properties)| {
            let seen = Record { properties: (*properties).clone(), ..(*record).clone() };
            seen.view(&names)
        })
        .collect();
    let mut answer = json!({"total": total, "results": results});
    if after + limit < total {
        answer["paging"] = json!({"next": {"after": (after + limit).to_string()}});
    }
    Ok(Reply::ok(&answer))
}

struct Filter {
    property: String,
    operator: String,
    value: String,
    high: String,
    values: Vec<String>,
}

fn groups(store: &Store, body: &Value) -> Result<Vec<Vec<Filter>>> {
    let empty = Vec::new();
    let mut groups: Vec<&Vec<Value>> = body
        .get("filterGroups")
        .and_then(Value::as_array)
        .unwrap_or(&empty)
        .iter()
        .filter_map(|group| group.get("filters")?.as_array())
        .collect();
    // `filters` without groups is the short form of one group.
    if groups.is_empty() {
        groups.extend(body.get("filters").and_then(Value::as_array));
    }
    let count: usize = groups.iter().map(|group| group.len()).sum();
    if groups.len() > 5 || groups.iter().any(|group| group.len() > 6) || count > 18 {
        return Err(HubError::invalid("A search may have 5 filter groups with 6 filters each, 18 filters in all"));
    }
    groups.into_iter().map(|group| group.iter().map(|filter| Filter::read(store, filter)).collect()).collect()
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

impl Filter {
    fn read(store: &Store, filter: &Value) -> Result<Self> {
        let property = text(filter.get("propertyName"));
        if !store.properties.contains_key(&property) {
            return Err(HubError::invalid(format!(
                "There was a problem with the request: property {property} does not exist"
            )));
        }
        let operator = text(filter.get("operator"));
        if !OPERATORS.split(' ').any(|known| known == operator) {
            return Err(HubError::invalid(format!(
                "Invalid input JSON: operator must be one of [{}]",
                OPERATORS.replace(' ', ", ")
            )));
        }
        let values: Vec<String> = filter
            .get("values")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|value| text(Some(value)))
            .collect();
        let filter =
            Self { property, operator, value: text(filter.get("value")), high: text(filter.get("highValue")), values };
        let needs = match filter.operator.as_str() {
            "IN" | "NOT_IN" => filter.values.is_empty(),
            "BETWEEN" => filter.value.is_empty() || filter.high.is_empty(),
            "HAS_PROPERTY" | "NOT_HAS_PROPERTY" => false,
            _ => filter.value.is_empty(),
        };
        if needs {
            return Err(HubError::invalid(format!("operator {} needs a value", filter.operator)));
        }
        Ok(filter)
    }

    fn holds(&self, store: &Store, properties: &Properties) -> bool {
        let have = properties.get(&self.property).filter(|value| !value.is_empty());
        let form = store.properties.get(&self.property).map_or("string", |p| p.form.as_str());
        let order = |other: &str| have.map(|have| compare(form, have, other));
        match self.operator.as_str() {
            "EQ" => order(&self.value) == Some(Ordering::Equal),
            "NEQ" => order(&self.value) != Some(Ordering::Equal),
            "LT" => order(&self.value) == Some(Ordering::Less),
            "LTE" => order(&self.value).is_some_and(Ordering::is_le),
            "GT" => order(&self.value) == Some(Ordering::Greater),
            "GTE" => order(&self.value).is_some_and(Ordering::is_ge),
            "BETWEEN" => {
                order(&self.value).is_some_and(Ordering::is_ge) && order(&self.high).is_some_and(Ordering::is_le)
            }
            "IN" => self.values.iter().any(|value| order(value) == Some(Ordering::Equal)),
            "NOT_IN" => have.is_some() && !self.values.iter().any(|value| order(value) == Some(Ordering::Equal)),
            "HAS_PROPERTY" => have.is_some(),
            "NOT_HAS_PROPERTY" => have.is_none(),
            "CONTAINS_TOKEN" => have.is_some_and(|have| contains_token(have, &self.value)),
            _ => !have.is_some_and(|have| contains_token(have, &self.value)),
        }
    }
}

fn compare(form: &str, a: &str, b: &str) -> Ordering {
    match form {
        "number" => {
            let number = |s: &str| s.trim().parse::<f64>().unwrap_or(f64::NAN);
            number(a).total_cmp(&number(b))
        }
        "datetime" | "date" => write::moment(a).cmp(&write::moment(b)),
        _ => a.to_lowercase().cmp(&b.to_lowercase()),
    }
}

fn tokens(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|token| !token.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Every word of the pattern must be a token; `*` stands for any characters of a token or of the whole value.
fn contains_token(have: &str, pattern: &str) -> bool {
    let have_tokens = tokens(have);
    let whole = have.to_lowercase();
    pattern.to_lowercase().split_whitespace().all(|word| {
        if word.contains('*') {
            return wildcard(&whole, word) || have_tokens.iter().any(|token| wildcard(token, word));
        }
        let wanted = tokens(word);
        !wanted.is_empty() && have_tokens.windows(wanted.len()).any(|window| window == wanted.as_slice())
    })
}

fn wildcard(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Each word of the query must begin a token of a searched property, or be part of a phone number.
fn full_text(properties: &Properties, searched: &[&str], query: &str) -> bool {
    let values: Vec<&String> = searched.iter().filter_map(|name| properties.get(*name)).collect();
    let all: Vec<String> = values.iter().flat_map(|value| tokens(value)).collect();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let number = digits(query);
    if number.len() >= 5 && values.iter().any(|value| digits(value).contains(&number)) {
        return true;
    }
    tokens(query).iter().all(|word| all.iter().any(|token| token.starts_with(word.as_str())))
}

fn sort(store: &Store, body: &Value, found: &mut [(&Record, &Properties)]) -> Result<()> {
    let Some(sort) = body.get("sorts").and_then(Value::as_array).and_then(|sorts| sorts.first()) else {
        return Ok(());
    };
    let (name, descending) = match sort {
        Value::String(text) => (text.trim_start_matches('-').to_owned(), text.starts_with('-')),
        other => (text(other.get("propertyName")), text(other.get("direction")) == "DESCENDING"),
    };
    let form = &store
        .properties
        .get(&name)
        .ok_or_else(|| {
            HubError::invalid(format!("There was a problem with the request: property {name} does not exist"))
        })?
        .form;
    let empty = String::new();
    found.sort_by(|(a, left), (b, right)| {
        let (x, y) = (left.get(&name).unwrap_or(&empty), right.get(&name).unwrap_or(&empty));
        let order = compare(form, x, y).then(a.id.cmp(&b.id));
        if descending { order.reverse() } else { order }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_wildcards() {
        assert!(contains_token("ana@shop.example", "shop"));
        assert!(contains_token("ana@shop.example", "*@shop.example"));
        assert!(contains_token("+49 151 234", "*151*"));
        assert!(!contains_token("Anabel", "ana"));
        assert!(contains_token("Anabel Lee", "ana* lee"));
        assert_eq!(compare("number", "10", "9"), Ordering::Greater);
        assert_eq!(compare("datetime", "1970-01-01T00:00:01.000Z", "1000"), Ordering::Equal);
    }
}
