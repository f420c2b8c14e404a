//! Whether a draft keeps Meta's rules (`whatsapp-cloud-api.md` §8), so that a person learns it while typing and not
//! from a refusal hours later.

mod buttons;
mod carrier;
mod language;
mod problem;
mod special;
#[cfg(test)]
mod tests;
mod words;

pub use carrier::{Carrier, lacking};
pub use language::LANGUAGES;
pub use problem::{Code, Problem};

use super::definition::Format;
use problem::Report;
use serde_json::Value;
use std::ops::RangeInclusive;

/// Longest name.
const NAME_MAX: usize = 512;
/// Longest body.
const BODY_MAX: usize = 1024;
/// Longest body beside a limited-time offer.
const OFFER_BODY_MAX: usize = 600;
/// Components that are looked at. There are fewer kinds, so a longer list has told its problem by then.
const COMPONENTS_MAX: usize = 30;
/// Longest text header and footer.
const SHORT_MAX: usize = 60;

/// A template before it is submitted; `components` are Meta's.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// Its name.
    pub name: &'a str,
    /// Language code with underscore.
    pub language: &'a str,
    /// MARKETING, UTILITY or AUTHENTICATION.
    pub category: &'a str,
    /// POSITIONAL or NAMED.
    pub parameter_format: &'a str,
    /// Header, body, footer, buttons and so on.
    pub components: &'a Value,
    /// How long a message is tried, in seconds; -1 = 30 days, `None` = the category's usual time.
    pub ttl_seconds: Option<i64>,
}

/// Everything that is wrong with a draft, in reading order; nothing when it may be submitted.
#[must_use]
pub fn problems(draft: &Draft<'_>) -> Vec<Problem> {
    let mut report = Report::default();
    name(draft.name, &mut report);
    if !LANGUAGES.split(' ').any(|code| code == draft.language) {
        report.word("language", Code::LanguageUnknown, draft.language);
    }
    let category = draft.category.to_ascii_uppercase();
    if !["MARKETING", "UTILITY", "AUTHENTICATION"].contains(&category.as_str()) {
        report.word("category", Code::CategoryUnknown, draft.category);
    }
    let format = match draft.parameter_format.to_ascii_uppercase().as_str() {
        "NAMED" => Format::Named,
        "POSITIONAL" => Format::Positional,
        _ => {
            report.word("parameter_format", Code::FormatUnknown, draft.parameter_format);
            Format::Positional
        }
    };
    if let Some(seconds) = draft.ttl_seconds {
        ttl(seconds, &category, &mut report);
    }
    match draft.components.as_array() {
        Some(list) => components(&list[..list.len().min(COMPONENTS_MAX)], &category, format, &mut report),
        None => report.plain("components", Code::NotAList),
    }
    report.into_problems()
}

/// Whether the provider lets a template of this status be edited.
#[must_use]
pub fn may_edit(status: &str) -> bool {
    matches!(status, "APPROVED" | "REJECTED" | "PAUSED")
}

/// What is wrong with giving an existing template another category.
#[must_use]
pub fn category_change(status: &str, from: &str, to: &str) -> Option<Problem> {
    let fixed = status == "APPROVED" && !from.eq_ignore_ascii_case(to);
    fixed.then(|| Problem {
        code: Code::CategoryFixed,
        path: "category".to_owned(),
        limit: None,
        actual: None,
        value: Some(from.to_owned()),
    })
}

/// The seconds a message of a category may be tried; `None` for a category we do not know.
#[must_use]
pub fn ttl_range(category: &str) -> Option<RangeInclusive<i64>> {
    match category {
        "AUTHENTICATION" => Some(30..=900),
        "UTILITY" => Some(30..=43_200),
        "MARKETING" => Some(43_200..=2_592_000),
        _ => None,
    }
}

fn ttl(seconds: i64, category: &str, report: &mut Report) {
    let Some(range) = ttl_range(category) else { return };
    if seconds != -1 && !range.contains(&seconds) {
        let allowed = format!("{}-{}", range.start(), range.end());
        report.seconds("message_send_ttl_seconds", *range.end(), seconds, &allowed);
    }
}

fn name(name: &str, report: &mut Report) {
    if name.is_empty() {
        return report.plain("name", Code::Required);
    }
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if let Some(wrong) = name.chars().find(|c| !fits(*c)) {
        report.word("name", Code::NameCharacters, &wrong.to_string());
    }
    report.length("name", name, NAME_MAX);
}

/// The type of a component in capitals, as Meta writes it.
fn kind(component: &Value) -> String {
    component["type"].as_str().unwrap_or_default().to_ascii_uppercase()
}

fn components(list: &[Value], category: &str, format: Format, report: &mut Report) {
    let kinds: Vec<String> = list.iter().map(kind).collect();
    let has = |wanted: &str| kinds.iter().any(|kind| kind == wanted);
    if !has("BODY") {
        report.plain("components", Code::BodyMissing);
    }
    let offer = has("LIMITED_TIME_OFFER");
    for (at, (component, kind)) in list.iter().zip(&kinds).enumerate() {
        let path = format!("components.{at}");
        if kinds[..at].contains(kind) {
            report.word(&path, Code::ComponentTwice, kind);
            continue;
        }
        let foreign = match kind.as_str() {
            "HEADER" | "CAROUSEL" | "LIMITED_TIME_OFFER" => category == "AUTHENTICATION",
            _ => false,
        };
        if foreign || (has("CAROUSEL") && matches!(kind.as_str(), "HEADER" | "FOOTER" | "BUTTONS")) {
            report.word(&path, Code::ComponentNotAllowed, kind);
            continue;
        }
        match kind.as_str() {
            "HEADER" => words::header(&path, component, format, report),
            "BODY" if category == "AUTHENTICATION" => special::code_body(&path, component, report),
            "BODY" => {
                let most = if offer { OFFER_BODY_MAX } else { BODY_MAX };
                words::body(&path, component, format, most, report);
            }
            "FOOTER" if offer => report.word(&path, Code::ComponentNotAllowed, kind),
            "FOOTER" if category == "AUTHENTICATION" => special::code_footer(&path, component, report),
            "FOOTER" => words::footer(&path, component, report),
            "BUTTONS" if category == "AUTHENTICATION" => special::code_buttons(&path, component, report),
            "BUTTONS" => buttons::all(&path, component, format, buttons::Place::Template, report),
            "CAROUSEL" => special::carousel(&path, component, format, report),
            "LIMITED_TIME_OFFER" => special::offer(&path, component, list, category, report),
            "CALL_PERMISSION_REQUEST" => {}
            _ => report.word(&path, Code::ComponentUnknown, kind),
        }
    }
    if category == "AUTHENTICATION" && !has("BUTTONS") {
        report.plain("components", Code::CodeButtonMissing);
    }
}
