//! Meta's library of ready templates: browsing it, and making one of the account's out of an entry (§8).

use super::api::{Api, ApiError, next_cursor, read, string};
use super::templates::Refusal;
use crate::http::{Method, Request, Response};
use serde_json::{Value, json};

/// What is looked for; empty = everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Words in name or text.
    pub search: Option<&'a str>,
    /// Topic: `ORDER_MANAGEMENT`.
    pub topic: Option<&'a str>,
    /// Use case: `DELIVERY_UPDATE`.
    pub use_case: Option<&'a str>,
    /// Industry: `E_COMMERCE`.
    pub industry: Option<&'a str>,
    /// Language with underscore.
    pub language: Option<&'a str>,
    /// Cursor of the page before.
    pub after: Option<&'a str>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name in the library.
    pub name: String,
    /// Language with underscore.
    pub language: String,
    /// Mostly UTILITY or AUTHENTICATION.
    pub category: String,
    /// Topic, use case and industries, in Meta's words.
    pub topic: Option<String>,
    /// What it is for.
    pub use_case: Option<String>,
    /// Whom it is for.
    pub industries: Vec<String>,
    /// Heading.
    pub header: Option<String>,
    /// Words, with numbered placeholders.
    pub body: String,
    /// Samples of the placeholders.
    pub body_params: Vec<String>,
    /// Buttons as they are: type, text, url, phone_number.
    pub buttons: Vec<Value>,
}

/// A page of entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The entries.
    pub items: Vec<Entry>,
    /// Cursor for the next page; `None` on the last.
    pub next: Option<String>,
}

/// Asks for a page.
#[must_use]
pub fn browse(api: &Api, wanted: &Wanted<'_>) -> Request {
    let mut query = vec![("limit", "50")];
    let given = [
        ("search", wanted.search),
        ("topic", wanted.topic),
        ("usecase", wanted.use_case),
        ("industry", wanted.industry),
        ("language", wanted.language),
        ("after", wanted.after),
    ];
    query.extend(given.into_iter().filter_map(|(name, value)| Some((name, value?))));
    api.get("template_library", &["message_template_library"], &query)
}

/// Reads the answer to [`browse`]. Entries without name, language or words are left out: nothing could be made of them.
///
/// # Errors
/// [`Refusal`] when refused.
pub fn read_page(response: &Response) -> Result<Page, Refusal> {
    let body = read(response).map_err(|error| Refusal::of(response, error))?;
    let odd = || Refusal::of(response, ApiError::odd(response, "no data"));
    let rows = body["data"].as_array().ok_or_else(odd)?;
    Ok(Page { items: rows.iter().filter_map(entry).collect(), next: next_cursor(&body) })
}

fn entry(row: &Value) -> Option<Entry> {
    let texts = |key: &str| row[key].as_array().into_iter().flatten().filter_map(string).collect();
    Some(Entry {
        name: string(&row["name"])?,
        language: string(&row["language"])?.replace('-', "_"),
        category: string(&row["category"]).unwrap_or_else(|| "UTILITY".to_owned()).to_uppercase(),
        topic: string(&row["topic"]),
        use_case: string(&row["usecase"]),
        industries: texts("industry"),
        header: string(&row["header"]),
        body: string(&row["body"])?,
        body_params: texts("body_params"),
        buttons: row["buttons"].as_array().cloned().unwrap_or_default(),
    })
}

/// What the account makes of an entry.
#[derive(Debug, Clone, Copy)]
pub struct FromLibrary<'a> {
    /// The name it gets.
    pub name: &'a str,
    /// Language with underscore.
    pub language: &'a str,
    /// The entry's category.
    pub category: &'a str,
    /// The entry's name.
    pub library_name: &'a str,
    /// What its buttons need, in Meta's shape: `{"type":"URL","url":{"base_url","url_suffix_example"}}`,
    /// `{"type":"PHONE_NUMBER","phone_number"}`.
    pub buttons: &'a [Value],
}

/// Makes a template of an entry; mostly approved at once. The answer is read by [`super::templates::read_create`].
#[must_use]
pub fn create(api: &Api, waba_id: &str, new: &FromLibrary<'_>) -> Request {
    let mut body = json!({
        "name": new.name,
        "language": new.language,
        "category": new.category,
        "library_template_name": new.library_name,
    });
    if !new.buttons.is_empty() {
        body["library_template_button_inputs"] = new.buttons.into();
    }
    api.call("template_create", Method::Post, &[waba_id, "message_templates"], &[]).with_json(&body)
}
