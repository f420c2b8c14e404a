//! Header, body and footer: their texts and variables.

use super::super::definition::{self, Format, Text, next_placeholder};
use super::problem::{Code, Report};
use super::{SHORT_MAX, buttons};
use serde_json::Value;

/// The header above a template or a card.
pub(super) fn header(path: &str, component: &Value, format: Format, report: &mut Report) {
    let word = component["format"].as_str().unwrap_or("TEXT").to_ascii_uppercase();
    match word.as_str() {
        "TEXT" => {
            let words = component["text"].as_str().unwrap_or_default();
            report.short(&format!("{path}.text"), words, SHORT_MAX);
            if words.len() > 16 * SHORT_MAX {
                return;
            }
            let text = definition::header_text(component, format);
            if let Some(found) = dressing(&text.text) {
                report.word(&format!("{path}.text"), Code::HeaderPlain, &found);
            }
            if text.variables.len() > 1 {
                report.count(&format!("{path}.text"), Code::VariablesMany, 1, text.variables.len(), None);
            }
            // A header may be little more than its variable.
            variables(path, &text, format, false, report);
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" => sample(path, component, report),
        "LOCATION" | "PRODUCT" => {}
        _ => report.word(&format!("{path}.format"), Code::HeaderUnknown, &word),
    }
}

/// The first thing in a header's own words that Meta refuses there (2388047): an asterisk, a pair of formatting marks,
/// an emoji. A single underscore or tilde formats nothing.
fn dressing(text: &str) -> Option<String> {
    let (mut rest, mut own) = (text, String::new());
    while let Some((before, _, after)) = next_placeholder(rest) {
        own.push_str(before);
        rest = after;
    }
    own.push_str(rest);
    let paired = |c: char| matches!(c, '_' | '~' | '`') && own.matches(c).count() > 1;
    own.chars().find(|c| *c == '*' || paired(*c) || is_emoji(*c)).map(|c| match c {
        // Without the sign before it, what makes an emoji of it is nothing to see.
        EMOJI_STYLE | KEYCAP => {
            let before = own.find(c).and_then(|at| own[..at].chars().next_back());
            before.into_iter().chain([c]).collect()
        }
        c => c.to_string(),
    })
}

/// Makes an emoji of the sign before it.
const EMOJI_STYLE: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';

/// Signs that are shown as emoji by themselves, as Unicode's `Emoji_Presentation` has them, and what makes others so.
/// Plain signs such as © or ✓ stay.
fn is_emoji(c: char) -> bool {
    matches!(c, EMOJI_STYLE | KEYCAP
        | '⌚'..='⌛' | '⏩'..='⏬' | '⏰' | '⏳' | '◽'..='◾' | '☔'..='☕' | '♈'..='♓' | '♿' | '⚓' | '⚡'
        | '⚪'..='⚫' | '⚽'..='⚾' | '⛄'..='⛅' | '⛎' | '⛔' | '⛪' | '⛲'..='⛳' | '⛵' | '⛺' | '⛽' | '✅'
        | '✊'..='✋' | '✨' | '❌' | '❎' | '❓'..='❕' | '❗' | '➕'..='➗' | '➰' | '➿' | '⬛'..='⬜' | '⭐' | '⭕'
        | '❤' | '\u{1F000}'..='\u{1FAFF}')
}

/// A media header shows the reviewers a file: uploaded to Meta (`header_handle`), or ours that will be.
fn sample(path: &str, component: &Value, report: &mut Report) {
    let place = format!("{path}.example");
    let example = &component["example"];
    if example["media_id"].as_str().is_some_and(|id| !id.is_empty()) {
        return;
    }
    match example["header_handle"][0].as_str().filter(|handle| !handle.is_empty()) {
        // What a list of templates shows is the address of the old sample, which is not taken back.
        Some(handle) if handle.starts_with("http") => report.plain(&place, Code::SampleLink),
        Some(_) => {}
        None => report.plain(&place, Code::SampleMissing),
    }
}

/// The words of a template or card.
pub(super) fn body(path: &str, component: &Value, format: Format, most: usize, report: &mut Report) {
    let place = format!("{path}.text");
    let words = component["text"].as_str().unwrap_or_default();
    if words.trim().is_empty() {
        return report.plain(&place, Code::Required);
    }
    if report.absurd(&place, words, most) {
        return;
    }
    let text = definition::body(component, format);
    links(&place, &text.text, report);
    variables(path, &text, format, true, report);
}

/// The small print.
pub(super) fn footer(path: &str, component: &Value, report: &mut Report) {
    let place = format!("{path}.text");
    let text = component["text"].as_str().unwrap_or_default();
    report.short(&place, text, SHORT_MAX);
    none(&place, text, report);
}

/// No variables allowed.
pub(super) fn none(place: &str, text: &str, report: &mut Report) {
    if text.contains("{{") {
        report.plain(place, Code::VariableNotAllowed);
    }
}

/// Links in a text whose host Meta refuses.
fn links(place: &str, text: &str, report: &mut Report) {
    for word in text.split_whitespace().filter(|word| word.contains('.')) {
        buttons::host_allowed(place, word, report);
    }
}

fn variables(path: &str, text: &Text, format: Format, dense: bool, report: &mut Report) {
    let place = format!("{path}.text");
    if malformed(&text.text) {
        report.plain(&place, Code::VariableMalformed);
    }
    if text.variables.is_empty() {
        return;
    }
    edges(&place, &text.text, dense, report);
    let count = text.variables.len();
    let words = text.text.split_whitespace().count();
    if dense && words < 2 * count + 1 {
        report.count(&place, Code::VariablesDense, 2 * count + 1, words, None);
    }
    names(&place, &text.variables, format, report);
    for (name, example) in text.variables.iter().zip(&text.examples) {
        if example.trim().is_empty() {
            report.word(&format!("{path}.example.{name}"), Code::ExampleMissing, name);
        }
    }
}

/// Braces that are left when every well-formed variable is taken out.
pub(super) fn malformed(text: &str) -> bool {
    let mut rest = text;
    while let Some((before, _, after)) = next_placeholder(rest) {
        if before.contains("{{") || before.contains("}}") {
            return true;
        }
        rest = after;
    }
    rest.contains("{{") || rest.contains("}}")
}

/// Variables at the start or end of a body, and side by side anywhere.
fn edges(place: &str, text: &str, outer: bool, report: &mut Report) {
    let trimmed = text.trim();
    if outer && next_placeholder(trimmed).is_some_and(|(before, _, _)| before.is_empty()) {
        report.plain(place, Code::VariableAtStart);
    }
    let (mut rest, mut first, mut adjacent) = (trimmed, true, false);
    while let Some((before, _, after)) = next_placeholder(rest) {
        adjacent |= !first && before.trim().is_empty();
        (rest, first) = (after, false);
    }
    if outer && rest.is_empty() {
        report.plain(place, Code::VariableAtEnd);
    }
    if adjacent {
        report.plain(place, Code::VariablesAdjacent);
    }
}

fn names(place: &str, names: &[String], format: Format, report: &mut Report) {
    if format == Format::Named {
        let fits = |name: &str| {
            name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
                && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        };
        for name in names.iter().filter(|name| !fits(name)) {
            report.word(place, Code::VariableName, name);
        }
        return;
    }
    let mut numbers = Vec::with_capacity(names.len());
    for name in names {
        // 01 and 1 would be two names of one value.
        match name.parse::<usize>().ok().filter(|number| number.to_string() == *name) {
            Some(number) => numbers.push(number),
            None => report.word(place, Code::VariableNumber, name),
        }
    }
    if numbers.len() == names.len()
        && let Some(missing) = (1..=names.len()).find(|number| !numbers.contains(number))
    {
        report.count(place, Code::VariableGap, missing, names.len(), None);
    }
}
