//! Lists and searches: filters, order, pages.

use super::attributes::{Kind, kind_of};
use super::error::{Result, TalkError};
use super::state::State;
use crate::reply::Reply;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// Most contacts of a page.
const PAGE: usize = 150;
/// Most filters of a group.
const FILTERS: usize = 15;
/// Groups within groups.
const DEPTH: usize = 2;
/// Seconds.
const DAY: i64 = 86_400;

/// A page of contacts, in an order that later changes do not upset.
struct Wanted {
    field: String,
    descending: bool,
    size: usize,
    /// Which page it is, and the place of the last contact before it.
    after: Option<(usize, String, String)>,
}

/// All contacts, newest first.
pub fn list(state: &State, size: Option<&str>, after: Option<&str>, now: i64) -> Result<Reply> {
    let wanted = Wanted {
        field: "created_at".to_owned(),
        descending: true,
        size: match size {
            Some(text) => sized(text.parse::<u64>().map_err(|_| TalkError::invalid("per_page must be a number"))?)?,
            None => 50,
        },
        after: after.map(place).transpose()?,
    };
    page(state, &wanted, |_| Ok(true), now)
}

/// What fits a query.
pub fn search(state: &State, body: &Value, now: i64) -> Result<Reply> {
    if !body["query"].is_object() {
        return Err(TalkError::new(400, "parameter_not_found", "query is required"));
    }
    check(state, &body["query"], 0)?;
    let paging = &body["pagination"];
    let order = body["sort"]["order"].as_str().unwrap_or("descending");
    if !matches!(order, "ascending" | "descending") {
        let message = format!("Invalid sort order '{order}'. Must be one of: ascending, descending");
        return Err(TalkError::new(400, "invalid_sort_order", message));
    }
    let field = body["sort"]["field"].as_str().unwrap_or("created_at");
    if kind_of(state, field).is_none() {
        return Err(TalkError::invalid(format!("cannot sort by {field}")));
    }
    let wanted = Wanted {
        field: field.to_owned(),
        descending: order == "descending",
        size: paging["per_page"].as_u64().map_or(Ok(50), sized)?,
        after: paging["starting_after"].as_str().map(place).transpose()?,
    };
    page(state, &wanted, |view| holds(state, &body["query"], view), now)
}

fn sized(size: u64) -> Result<usize> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if (1..=PAGE).contains(&size) { Ok(size) } else { Err(TalkError::invalid("Per Page is too big")) }
}

/// A cursor: number of the page, sorted value and id of the last contact before it.
fn place(cursor: &str) -> Result<(usize, String, String)> {
    let read = || {
        let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
        let mut parts = text.splitn(3, '\n');
        Some((parts.next()?.parse().ok()?, parts.next()?.to_owned(), parts.next()?.to_owned()))
    };
    read().ok_or_else(|| TalkError::invalid("starting_after is not a cursor"))
}

fn page(state: &State, wanted: &Wanted, fits: impl Fn(&Value) -> Result<bool>, now: i64) -> Result<Reply> {
    let workspace = &state.config.workspace_id;
    let mut all: Vec<(String, String, Value)> = Vec::new();
    for contact in state.contacts.values().filter(|contact| !contact.archived) {
        let Some(view) = contact.indexed(workspace, now) else { continue };
        if fits(&view)? {
            all.push((sorted_by(get(&view, &wanted.field)), contact.id.clone(), view));
        }
    }
    all.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    if wanted.descending {
        all.reverse();
    }
    let total = all.len();
    let number = wanted.after.as_ref().map_or(1, |(number, ..)| *number);
    let is_behind = |row: &&(String, String, Value)| match &wanted.after {
        None => true,
        Some((_, value, id)) if wanted.descending => (&row.0, &row.1) < (value, id),
        Some((_, value, id)) => (&row.0, &row.1) > (value, id),
    };
    let mut rest: Vec<&(String, String, Value)> = all.iter().filter(is_behind).take(wanted.size + 1).collect();
    let more = rest.len() > wanted.size;
    rest.truncate(wanted.size);
    let mut pages = json!({
        "type": "pages", "page": number, "per_page": wanted.size, "total_pages": total.div_ceil(wanted.size),
    });
    if let Some(last) = rest.last().filter(|_| more) {
        let cursor = STANDARD.encode(format!("{}\n{}\n{}", number + 1, last.0, last.1));
        pages["next"] = json!({ "page": number + 1, "starting_after": cursor });
    }
    let data: Vec<&Value> = rest.iter().map(|(_, _, view)| view).collect();
    Ok(Reply::ok(&json!({ "type": "list", "data": data, "total_count": total, "pages": pages })))
}

/// A value by whose text contacts are put in order.
fn sorted_by(value: &Value) -> String {
    match value {
        Value::Number(number) => format!("{:020}", number.as_i64().unwrap_or(0)),
        Value::String(text) => text.to_lowercase(),
        other => other.to_string(),
    }
}

fn get<'a>(view: &'a Value, field: &str) -> &'a Value {
    match field.split_once('.') {
        Some((outer, inner)) => &view[outer][inner],
        None => &view[field],
    }
}

/// Refuses a query that cannot be asked, whatever contacts there are.
fn check(state: &State, query: &Value, depth: usize) -> Result<()> {
    let operator = query["operator"].as_str().unwrap_or_default();
    if matches!(operator, "AND" | "OR") && query["field"].is_null() {
        let filters = query["value"].as_array().ok_or_else(|| TalkError::invalid("value must be a list of filters"))?;
        if filters.len() > FILTERS {
            return Err(TalkError::invalid(format!("at most {FILTERS} filters are allowed in a group")));
        }
        if depth > DEPTH {
            return Err(TalkError::invalid(format!("at most {DEPTH} nested groups are allowed")));
        }
        return filters.iter().try_for_each(|filter| check(state, filter, depth + 1));
    }
    let field = query["field"].as_str().unwrap_or_default();
    let kind = kind_of(state, field).ok_or_else(|| TalkError::invalid(format!("{field} cannot be searched for")))?;
    let allowed: &[&str] = match kind {
        Kind::Date => &["=", "<", ">"],
        Kind::Integer | Kind::Float => &["=", "!=", "IN", "NIN", "<", ">", "<=", ">="],
        Kind::Boolean => &["=", "!=", "IN", "NIN"],
        Kind::Text => &["=", "!=", "IN", "NIN", "~", "!~", "^", "$"],
    };
    if !allowed.contains(&operator) {
        return Err(TalkError::invalid(format!("{operator} is not an operator for {field}")));
    }
    if matches!(operator, "IN" | "NIN") {
        let values = query["value"].as_array().ok_or_else(|| TalkError::invalid("value must be a list"))?;
        if values.len() > FILTERS {
            return Err(TalkError::invalid(format!("at most {FILTERS} values are allowed")));
        }
    } else if kind == Kind::Date && seconds(&query["value"]).is_none() {
        return Err(TalkError::invalid(format!("{field} is compared with seconds since 1970")));
    }
    Ok(())
}

fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Whether a contact fits a query.
fn holds(state: &State, query: &Value, view: &Value) -> Result<bool> {
    if let Some(filters) = query["value"].as_array().filter(|_| query["field"].is_null()) {
        let all = query["operator"] == "AND";
        for filter in filters {
            if holds(state, filter, view)? != all {
                return Ok(!all);
            }
        }
        return Ok(all);
    }
    let field = query["field"].as_str().unwrap_or_default();
    let operator = query["operator"].as_str().unwrap_or_default();
    let (held, asked) = (get(view, field), &query["value"]);
    Ok(match kind_of(state, field) {
        Some(Kind::Date) => {
            // A day begins at the workspace's own midnight, and is all that is compared.
            let day = |at: i64| (at + i64::from(state.config.offset_minutes) * 60).div_euclid(DAY);
            match (seconds(held).map(day), seconds(asked).map(day)) {
                (Some(held), Some(asked)) => compare(operator, held.cmp(&asked)),
                _ => false,
            }
        }
        Some(Kind::Integer | Kind::Float) if matches!(operator, "<" | ">" | "<=" | ">=") => {
            let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
            number(held)
                .zip(number(asked))
                .and_then(|(held, asked)| held.partial_cmp(&asked))
                .is_some_and(|order| compare(operator, order))
        }
        _ => says(operator, held, asked),
    })
}

fn compare(operator: &str, order: std::cmp::Ordering) -> bool {
    match operator {
        "=" => order.is_eq(),
        "<" => order.is_lt(),
        ">" => order.is_gt(),
        "<=" => order.is_le(),
        _ => order.is_ge(),
    }
}

fn says(operator: &str, held: &Value, asked: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.to_lowercase(),
        other => other.to_string(),
    };
    let held = text(held);
    let any = |values: &Value| values.as_array().into_iter().flatten().any(|value| text(value) == held);
    match operator {
        "=" => held == text(asked),
        "!=" => held != text(asked),
        "IN" => any(asked),
        "NIN" => !any(asked),
        "~" => held.contains(&text(asked)),
        "!~" => !held.contains(&text(asked)),
        "^" => held.starts_with(&text(asked)),
        _ => held.ends_with(&text(asked)),
    }
}
