//! The account's templates: reading, creating, editing, deleting, samples of headers (§8).

use super::api::{Api, ApiError, integer, next_cursor, read, read_success, string};
use super::errors::RetryClass;
use crate::http::{Body, Method, Request, Response};
use bytes::Bytes;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// What is asked of each template.
const FIELDS: &str = "id,name,status,category,language,components,quality_score,rejected_reason,parameter_format,\
    message_send_ttl_seconds";

/// One template in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Provider's id.
    pub id: String,
    /// Name; several languages share it.
    pub name: String,
    /// Language with underscore.
    pub language: String,
    /// MARKETING, UTILITY or AUTHENTICATION.
    pub category: String,
    /// APPROVED, PENDING, REJECTED, PAUSED, ...
    pub status: String,
    /// GREEN, YELLOW, RED or UNKNOWN.
    pub quality: String,
    /// NAMED or POSITIONAL.
    pub parameter_format: String,
    /// Why it was rejected.
    pub rejected_reason: Option<String>,
    /// Meta's components, as they came.
    pub components: Value,
    /// How long a message of it is tried, in seconds; `None` = the category's usual time.
    pub ttl_seconds: Option<i64>,
}

/// A page of templates.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplatePage {
    /// The templates.
    pub items: Vec<Template>,
    /// Cursor for the next page; `None` on the last.
    pub next: Option<String>,
}

/// Asks for a page of an account's templates; `after` is the cursor of the page before.
#[must_use]
pub fn list(api: &Api, waba_id: &str, after: Option<&str>) -> Request {
    let mut query = vec![("fields", FIELDS), ("limit", "100")];
    query.extend(after.map(|after| ("after", after)));
    api.get("templates", &[waba_id, "message_templates"], &query)
}

/// Asks for the templates of an account whose name contains this; the first page is enough for one name.
#[must_use]
pub fn named(api: &Api, waba_id: &str, name: &str) -> Request {
    api.get("templates", &[waba_id, "message_templates"], &[("fields", FIELDS), ("limit", "100"), ("name", name)])
}

/// Reads the answer to [`list`] and [`named`]. A row without id, name or language is left out: it could not be sent anyway.
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_list(response: &Response) -> Result<TemplatePage, ApiError> {
    let body = read(response)?;
    let rows = body["data"].as_array().ok_or_else(|| ApiError::odd(response, "no data"))?;
    Ok(TemplatePage { items: rows.iter().filter_map(template).collect(), next: next_cursor(&body) })
}

pub(crate) fn template(row: &Value) -> Option<Template> {
    let word = |value: &Value, default: &str| string(value).unwrap_or_else(|| default.to_owned()).to_uppercase();
    let quality = match &row["quality_score"] {
        Value::Object(score) => score.get("score").unwrap_or(&Value::Null),
        plain => plain,
    };
    Some(Template {
        id: string(&row["id"])?,
        name: string(&row["name"])?,
        language: string(&row["language"])?.replace('-', "_"),
        category: word(&row["category"], "UNKNOWN"),
        status: word(&row["status"], "UNKNOWN"),
        quality: word(quality, "UNKNOWN"),
        parameter_format: word(&row["parameter_format"], "POSITIONAL"),
        rejected_reason: string(&row["rejected_reason"]).filter(|reason| reason != "NONE"),
        components: row.get("components").cloned().unwrap_or_else(|| Value::Array(Vec::new())),
        ttl_seconds: integer(&row["message_send_ttl_seconds"]),
    })
}

/// A template to be created.
#[derive(Debug, Clone, Copy)]
pub struct NewTemplate<'a> {
    /// Its name.
    pub name: &'a str,
    /// Language with underscore.
    pub language: &'a str,
    /// MARKETING, UTILITY or AUTHENTICATION.
    pub category: &'a str,
    /// POSITIONAL or NAMED.
    pub parameter_format: &'a str,
    /// Meta's components.
    pub components: &'a Value,
    /// How long a message of it is tried, in seconds; `None` = the category's usual time.
    pub ttl_seconds: Option<i64>,
}

/// Submits a template for review.
#[must_use]
pub fn create(api: &Api, waba_id: &str, new: &NewTemplate<'_>) -> Request {
    let mut body = json!({
        "name": new.name,
        "language": new.language,
        "category": new.category,
        "parameter_format": new.parameter_format,
        "components": new.components,
    });
    if let Some(seconds) = new.ttl_seconds {
        body["message_send_ttl_seconds"] = seconds.into();
    }
    api.call("template_create", Method::Post, &[waba_id, "message_templates"], &[]).with_json(&body)
}

/// What became of a new template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Provider's id.
    pub id: String,
    /// PENDING mostly; APPROVED or REJECTED at once is possible.
    pub status: String,
    /// The category it was given, which need not be the one asked for.
    pub category: Option<String>,
}

/// Reads the answer to [`create`].
///
/// # Errors
/// [`Refusal`] when refused.
pub fn read_create(response: &Response) -> Result<Created, Refusal> {
    let body = read(response).map_err(|error| Refusal::of(response, error))?;
    let odd = || Refusal::of(response, ApiError::odd(response, "no id"));
    let word = |key: &str| string(&body[key]).map(|word| word.to_uppercase());
    Ok(Created {
        id: string(&body["id"]).ok_or_else(odd)?,
        status: word("status").unwrap_or_else(|| "PENDING".to_owned()),
        category: word("category"),
    })
}

/// Lets a paused template be sent again.
#[must_use]
pub fn unpause(api: &Api, template_id: &str) -> Request {
    api.call("template_unpause", Method::Post, &[template_id, "unpause"], &[])
}

/// What is changed about a template; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Edit<'a> {
    /// Another category.
    pub category: Option<&'a str>,
    /// All components anew.
    pub components: Option<&'a Value>,
    /// How long a message of it is tried, in seconds.
    pub ttl_seconds: Option<i64>,
}

/// Changes a template, which is reviewed again.
#[must_use]
pub fn edit(api: &Api, template_id: &str, edit: &Edit<'_>) -> Request {
    let mut body = json!({});
    if let Some(category) = edit.category {
        body["category"] = category.into();
    }
    if let Some(components) = edit.components {
        body["components"] = components.clone();
    }
    if let Some(seconds) = edit.ttl_seconds {
        body["message_send_ttl_seconds"] = seconds.into();
    }
    api.call("template_edit", Method::Post, &[template_id], &[]).with_json(&body)
}

/// Deletes a template: one language when its id is given, all languages of the name when not.
#[must_use]
pub fn delete(api: &Api, waba_id: &str, name: &str, template_id: Option<&str>) -> Request {
    let mut query = vec![("name", name)];
    query.extend(template_id.map(|id| ("hsm_id", id)));
    api.call("template_delete", Method::Delete, &[waba_id, "message_templates"], &query)
}

/// Reads the answer to [`edit`], [`unpause`] and [`delete`].
///
/// # Errors
/// [`Refusal`] when refused.
pub fn read_done(response: &Response) -> Result<(), Refusal> {
    read_success(response).map_err(|error| Refusal::of(response, error))
}

/// Begins the upload of a header's sample. The app is the one the token belongs to.
#[must_use]
pub fn sample_begin(api: &Api, app_id: &str, filename: &str, mime: &str, size: u64) -> Request {
    let size = size.to_string();
    let query = [("file_name", filename), ("file_length", size.as_str()), ("file_type", mime)];
    api.call("sample_begin", Method::Post, &[app_id, "uploads"], &query)
}

/// Uploads the whole sample in one piece; `session` is what [`read_session`] found.
#[must_use]
pub fn sample_upload(api: &Api, session: &str, file: PathBuf) -> Request {
    // The id of a session carries its own signature as a query.
    let (id, query) = session.split_once('?').map_or((session, None), |(id, query)| (id, Some(query)));
    let mut url = api.url(&[id], &[]);
    if let Some(query) = query {
        url = format!("{url}?{query}");
    }
    let mut request = api.authorised(Request::new("whatsapp", "sample_upload", Method::Post, url));
    request.headers.push(("file_offset", "0".to_owned()));
    request.headers.push(("content-type", "application/octet-stream".to_owned()));
    request.timeout = Duration::from_secs(180);
    request.body = Body::File { head: Bytes::new(), path: file, tail: Bytes::new() };
    request
}

/// The session in the answer to [`sample_begin`].
///
/// # Errors
/// [`Refusal`] when refused.
pub fn read_session(response: &Response) -> Result<String, Refusal> {
    text_of(response, "id")
}

/// The handle in the answer to [`sample_upload`]; it stands in `example.header_handle`.
///
/// # Errors
/// [`Refusal`] when refused.
pub fn read_handle(response: &Response) -> Result<String, Refusal> {
    text_of(response, "h")
}

fn text_of(response: &Response, key: &str) -> Result<String, Refusal> {
    let body = read(response).map_err(|error| Refusal::of(response, error))?;
    string(&body[key]).ok_or_else(|| Refusal::of(response, ApiError::odd(response, "nothing uploaded")))
}

/// Why the provider did not do what was asked about a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable word: `template_exists`, `template_limit`, ...; `template_refused` when the reason has no word.
    pub code: &'static str,
    /// The provider's own words.
    pub reason: String,
    /// What to do, one English sentence.
    pub advice: &'static str,
    /// Whether it may have been done all the same.
    pub doubtful: bool,
}

/// Meta's subcode, our word, advice.
const REFUSALS: &[(i64, &str, &str)] = &[
    (2_388_019, "template_limit", "Delete templates that are not needed, or verify the business."),
    (2_388_023, "template_name_blocked", "A deleted name is blocked for 30 days: choose another name."),
    (2_388_024, "template_exists", "Edit the one that exists, or choose another name or language."),
    (2_388_025, "template_not_editable", "An approved template can be edited once a day and 10 times in 30 days."),
    (2_388_040, "template_too_long", "Shorten the text or correct the part that is named."),
    (2_388_047, "template_header", "Correct the header."),
    (2_388_072, "template_body", "Correct the body."),
    (2_388_073, "template_footer", "Correct the footer."),
    (2_388_293, "template_dense", "Use fewer variables or more words."),
    (2_388_299, "template_edge", "Put words before the first and after the last variable."),
    (2_593_002, "template_gone", "It is not in the account any more: read the templates again."),
];

impl Refusal {
    pub(crate) fn of(response: &Response, error: ApiError) -> Self {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let told = &body["error"];
        let subcode = integer(&told["error_subcode"]).unwrap_or(0);
        let known = REFUSALS.iter().find(|row| row.0 == subcode);
        // Here the title for people says more than the message of the code.
        let reason = match (string(&told["error_user_title"]), string(&told["error_user_msg"])) {
            (Some(title), Some(words)) => format!("{title}: {words}"),
            _ => error.detail.clone(),
        };
        let (code, advice) = match known {
            Some((_, code, advice)) => (*code, *advice),
            None if error.class == RetryClass::PauseChannel => ("template_access", error.info().advice),
            None if matches!(error.code, 4 | 80_007 | 20_429) => ("template_hurry", "Wait an hour and try again."),
            None if error.class == RetryClass::WaitStatus => ("provider_unavailable", "Try again in some minutes."),
            None => ("template_refused", "Correct what the reason names and submit again."),
        };
        Self {
            code,
            reason: reason.chars().take(500).collect(),
            advice,
            doubtful: error.class == RetryClass::WaitStatus,
        }
    }
}
