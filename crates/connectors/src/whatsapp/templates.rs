//! Reading the account's templates (§8).

use super::api::{Api, ApiError, next_cursor, read, string};
use crate::http::{Request, Response};
use serde_json::Value;

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
    const FIELDS: &str = "id,name,status,category,language,components,quality_score,rejected_reason,parameter_format";
    let mut query = vec![("fields", FIELDS), ("limit", "100")];
    query.extend(after.map(|after| ("after", after)));
    api.get("templates", &[waba_id, "message_templates"], &query)
}

/// Reads the answer to [`list`]. A row without id, name or language is left out: it could not be sent anyway.
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_list(response: &Response) -> Result<TemplatePage, ApiError> {
    let body = read(response)?;
    let rows = body["data"].as_array().ok_or_else(|| ApiError::odd(response, "no data"))?;
    Ok(TemplatePage { items: rows.iter().filter_map(template).collect(), next: next_cursor(&body) })
}

fn template(row: &Value) -> Option<Template> {
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
    })
}
