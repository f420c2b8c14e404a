//! Questions in Zoho's query language. What is asked for may be anything a customer wrote: it is quoted, and what
//! cannot be quoted for sure is not asked for.
//!
//! Only ids are selected: a field that was removed over there would refuse the whole question.

use super::api::{Api, MODULE, read};
use super::contacts::{STAMP, iso};
use crate::crm::CrmError;
use crate::crm::answer::{list, moment, odd, text};
use crate::http::{Method, Request, Response};
use rapport_core::time::Ms;
use serde_json::{Value, json};

/// Values that one list may hold.
pub const MAX_VALUES: usize = 50;
/// Rows of one answer.
pub const PAGE: usize = 200;

/// Asks for the ids of contacts of whom one of these fields has one of these values, behind the first `skip` of them;
/// `None` when nothing is left to ask for. At most [`MAX_VALUES`] values.
#[must_use]
pub fn ids_where(api: &Api, fields: &[&str], values: &[String], skip: usize) -> Option<Request> {
    ids_in(api, MODULE, fields, values, skip)
}

/// [`ids_where`] for the records of any module.
#[must_use]
pub fn ids_in(api: &Api, module: &str, fields: &[&str], values: &[String], skip: usize) -> Option<Request> {
    let mut quoted: Vec<String> = values.iter().filter_map(|value| quote(value)).collect();
    quoted.sort();
    quoted.dedup();
    quoted.truncate(MAX_VALUES);
    if quoted.is_empty() {
        return None;
    }
    let values = quoted.join(",");
    // More than two conditions must be bracketed two by two.
    let mut conditions = fields.iter().map(|field| format!("{field} in ({values})"));
    let first = conditions.next()?;
    let all = conditions.fold(first, |all, one| format!("({all} or {one})"));
    let offset = if skip == 0 { String::new() } else { format!(" offset {skip}") };
    Some(ask(api, "coql", &format!("select id from {module} where {all} order by id asc limit {PAGE}{offset}")))
}

/// Asks for the ids and stamps of contacts in the order of their last change: those from a second on, or those behind
/// an id of that second.
#[must_use]
pub fn changed(api: &Api, since: Ms, after: Option<&str>) -> Request {
    let at = iso(since);
    let condition = match after.and_then(quote) {
        Some(id) => format!("({STAMP} > '{at}' or ({STAMP} = '{at}' and id > {id}))"),
        None => format!("{STAMP} >= '{at}'"),
    };
    let order = format!("order by {STAMP} asc, id asc limit {PAGE}");
    ask(api, "changes", &format!("select id, {STAMP} from {MODULE} where {condition} {order}"))
}

fn ask(api: &Api, operation: &'static str, query: &str) -> Request {
    api.call(operation, Method::Post, "/coql").with_json(&json!({ "select_query": query }))
}

/// A value as a literal: quotes are doubled. A backslash or a control character has no sure way in, and stands in
/// nothing that is ever looked for.
fn quote(value: &str) -> Option<String> {
    let value = value.trim();
    let unsure = |c: char| c == '\\' || c.is_control();
    if value.is_empty() || value.chars().any(unsure) {
        return None;
    }
    Some(format!("'{}'", value.replace('\'', "''")))
}

/// Reads the answer to [`ids_where`]: ids, and whether there are more.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_ids(response: &Response) -> Result<(Vec<String>, bool), CrmError> {
    read_rows(response, |row| text(&row["id"]))
}

/// Reads the answer to [`changed`]: ids with their stamps, and whether there are more.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_changed(response: &Response) -> Result<(Vec<(String, Ms)>, bool), CrmError> {
    read_rows(response, |row| Some((text(&row["id"])?, moment(row[STAMP].as_str()?)?)))
}

/// Rows, each of which must be read: none is passed over.
fn read_rows<T>(response: &Response, one: impl Fn(&Value) -> Option<T>) -> Result<(Vec<T>, bool), CrmError> {
    let body = read(response)?;
    if body.is_null() {
        return Ok((Vec::new(), false));
    }
    if !body["data"].is_array() {
        return Err(odd(response, "no data"));
    }
    let rows: Option<Vec<T>> = list(&body["data"]).iter().map(one).collect();
    Ok((rows.ok_or_else(|| odd(response, "a row without id"))?, body["info"]["more_records"] == true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_inside_its_quotes() {
        let query = |fields: &[&str], values: &[&str]| {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            let request = ids_where(&Api::new("https://x.example"), fields, &values, 0)?;
            Some(request.json().unwrap()["select_query"].as_str().unwrap().to_owned())
        };
        let all =
            |condition: &str| Some(format!("select id from Contacts where {condition} order by id asc limit 200"));
        for (fields, values, condition) in [
            (&["Email"][..], &["a@b.example"][..], Some("Email in ('a@b.example')")),
            (&["Email"], &["x') or (id is not null"], Some("Email in ('x'') or (id is not null')")),
            (&["Email"], &["'", "''"], Some("Email in ('''','''''')")),
            (
                &["Email"],
                &["o'neil@b.example", "\\", "a\\' or 1=1", "x\ny", " "],
                Some("Email in ('o''neil@b.example')"),
            ),
            (&["Email"], &["\\"], None),
            (&["A", "B", "C"], &["1"], Some("((A in ('1') or B in ('1')) or C in ('1'))")),
            (&["Email"], &["x", "x", "%_"], Some("Email in ('%_','x')")),
        ] {
            assert_eq!(query(fields, values), condition.and_then(all), "{values:?}");
        }
        let many: Vec<String> = (0..80).map(|n| format!("v{n:02}")).collect();
        let request = ids_where(&Api::new("https://x.example"), &["Email"], &many, 400).unwrap().json().unwrap();
        let text = request["select_query"].as_str().unwrap();
        assert_eq!(text.matches("'v").count(), MAX_VALUES);
        assert!(text.ends_with("limit 200 offset 400"));
    }
}
