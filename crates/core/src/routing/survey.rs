//! The question after a conversation: how satisfied is the customer, 1 to 5, and why.

use super::survey_words::words;
use crate::Ms;
use crate::message::Content;
use crate::time::{DAY, HOUR, MINUTE, SECOND};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// The scores there are.
pub const SCORES: std::ops::RangeInclusive<u8> = 1..=5;
/// What the ids of our rows and buttons begin with.
const PREFIX: &str = "csat:";
/// Longest question, in characters.
const QUESTION: usize = 1_000;
/// Longest comment that is kept, in characters.
const COMMENT: usize = 2_000;

/// The template that asks when the service window is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
}

/// What a workspace has chosen about surveys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether customers are asked at all.
    pub enabled: bool,
    /// How long after the resolution. Milliseconds.
    pub delay_ms: i64,
    /// A customer is asked again after this many days at the earliest.
    pub every_days: u32,
    /// How long the customer's next words count as the comment. Milliseconds.
    pub comment_ms: i64,
    /// How long an answer counts. Milliseconds.
    pub answer_ms: i64,
    /// The question in the shop's own words; `None` = ours, in the customer's language.
    pub question: Option<String>,
    /// The template outside the service window; `None` = nobody is asked then.
    pub template: Option<Template>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: false,
            delay_ms: 5 * MINUTE,
            every_days: 30,
            comment_ms: HOUR,
            answer_ms: 7 * DAY,
            question: None,
            template: None,
        }
    }
}

impl Settings {
    /// Reads what is stored; what cannot be read is the default.
    #[must_use]
    pub fn read(value: &Value) -> Self {
        Self::deserialize(value).unwrap_or_default()
    }

    /// Checks what somebody wrote.
    ///
    /// # Errors
    /// The field and what it must be.
    pub fn check(&self) -> Result<(), super::Unfit> {
        let unfit = |field: &str, message: &str| super::Unfit { field: field.to_owned(), message: message.to_owned() };
        if !(0..=7 * DAY).contains(&self.delay_ms) {
            return Err(unfit("delay_ms", "must be 0 to 7 days"));
        }
        if self.every_days > 3_650 {
            return Err(unfit("every_days", "must be 0 to 3650"));
        }
        if !(0..=7 * DAY).contains(&self.comment_ms) {
            return Err(unfit("comment_ms", "must be 0 to 7 days"));
        }
        if !(HOUR..=90 * DAY).contains(&self.answer_ms) {
            return Err(unfit("answer_ms", "must be 1 hour to 90 days"));
        }
        match &self.question {
            Some(text) if text.trim().is_empty() || text.chars().count() > QUESTION => {
                Err(unfit("question", "must have 1 to 1000 characters, or be null"))
            }
            _ => Ok(()),
        }
    }
}

/// The id of a row or button that gives a score.
#[must_use]
pub fn reply_id(survey: Uuid, score: u8) -> String {
    format!("{PREFIX}{}:{score}", survey.simple())
}

/// The survey and score that a tapped row or button stands for.
#[must_use]
pub fn scored(content: &Content) -> Option<(Uuid, u8)> {
    let Content::Reply { id: Some(id), .. } = content else { return None };
    let (survey, score) = id.strip_prefix(PREFIX)?.split_once(':')?;
    let score = score.parse().ok().filter(|score| SCORES.contains(score))?;
    Some((survey.parse().ok()?, score))
}

/// Whether a message does nothing but answer a survey: it asks for no one's attention.
#[must_use]
pub fn is_answer(content: &Content) -> bool {
    scored(content).is_some()
}

/// A score that was written instead of tapped: one digit in any of the usual scripts, `5/5`, or stars.
#[must_use]
pub fn typed_score(text: &str) -> Option<u8> {
    let text = text.trim();
    let stars = text.chars().filter(|c| matches!(c, '⭐' | '★' | '🌟')).count();
    let rest = text.chars().filter(|c| !matches!(c, '⭐' | '★' | '🌟' | '\u{fe0f}')).collect::<String>();
    if stars > 0 {
        let count = u8::try_from(stars).ok().filter(|count| SCORES.contains(count))?;
        return rest.trim().is_empty().then_some(count);
    }
    let text = text.strip_suffix("/5").or_else(|| text.strip_suffix("/٥")).unwrap_or(text).trim();
    // A row's or button's title begins with the figure: "5 - Very satisfied".
    let mut characters = text.chars();
    let score = digit(characters.next()?)?;
    let after = characters.as_str().trim_start_matches(['\u{fe0f}', '\u{20e3}']).trim();
    let titled = after.starts_with(['-', '–', '—', '.', ':']) && !after.contains(char::is_numeric);
    (after.is_empty() || titled).then_some(score)
}

/// 1 to 5 in Latin, Arabic-Indic, Persian, Devanagari or full-width figures.
fn digit(character: char) -> Option<u8> {
    let code = u32::from(character);
    let zero = [0x30, 0x660, 0x6f0, 0x966, 0xff10].into_iter().find(|zero| (*zero..*zero + 10).contains(&code))?;
    u8::try_from(code - zero).ok().filter(|score| SCORES.contains(score))
}

/// The question as a list of five rows; inside the service window.
#[must_use]
pub fn question(settings: &Settings, survey: Uuid, language: Option<&str>) -> Content {
    let words = words(language);
    let rows: Vec<Value> = SCORES
        .rev()
        .zip(words.scores)
        .map(|(score, title)| json!({ "id": reply_id(survey, score), "title": title }))
        .collect();
    Content::Interactive {
        kind: "list".to_owned(),
        header: None,
        body: Some(settings.question.clone().unwrap_or_else(|| words.question.to_owned())),
        footer: None,
        action: json!({ "button": words.button, "sections": [{ "rows": rows }] }),
    }
}

/// Why a customer is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// Surveys are off.
    Off,
    /// They were asked not long ago.
    Recent,
    /// The conversation went on.
    Reopened,
    /// The window is closed and no template was chosen.
    NoTemplate,
    /// The guard refused the message.
    Refused,
}

impl Skip {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Recent => "recent",
            Self::Reopened => "reopened",
            Self::NoTemplate => "no_template",
            Self::Refused => "refused",
        }
    }
}

/// Whether a customer may be asked who was asked last at `last`.
///
/// # Errors
/// Why not.
pub fn may_ask(settings: &Settings, last: Option<Ms>, now: Ms) -> Result<(), Skip> {
    if !settings.enabled {
        return Err(Skip::Off);
    }
    let gap = i64::from(settings.every_days).saturating_mul(DAY);
    if last.is_some_and(|last| now.since(last) < gap) { Err(Skip::Recent) } else { Ok(()) }
}

/// A survey that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub id: Uuid,
    /// When.
    pub at: Ms,
    /// The score, when it was given, and when.
    pub score: Option<(u8, Ms)>,
    /// Whether there is a comment.
    pub commented: bool,
}

/// What a customer's message says to a survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The score, or another one than before.
    Score(u8),
    /// Why.
    Comment(String),
}

/// What a message of the customer, said at `at`, says to the survey that they were asked last.
///
/// A tapped score counts for the survey it was made for, which proves that it came after it; a typed one only as the first answer. The first words after a
/// score are the comment.
#[must_use]
pub fn hear(asked: &Asked, content: &Content, at: Ms, settings: &Settings) -> Option<Heard> {
    if at.since(asked.at) > settings.answer_ms {
        return None;
    }
    if let Some((survey, score)) = scored(content) {
        let news = asked.score.is_none_or(|(known, since)| known != score && at >= since);
        return (survey == asked.id && news).then_some(Heard::Score(score));
    }
    // The provider tells whole seconds: what was written in the second of the question may be the answer.
    if at.0 < asked.at.0 - asked.at.0.rem_euclid(SECOND) {
        return None;
    }
    let text = match content {
        Content::Text { body, .. } => body.as_str(),
        // A template's button without our payload: the figure stands in what the customer saw.
        Content::Reply { kind, title, .. } if kind == "template_button" => title.as_str(),
        _ => return None,
    };
    match asked.score {
        None => typed_score(text).map(Heard::Score),
        Some((_, since)) if !asked.commented && at >= since && at.since(since) <= settings.comment_ms => {
            let comment: String = text.trim().chars().take(COMMENT).collect();
            (!comment.is_empty()).then_some(Heard::Comment(comment))
        }
        Some(_) => None,
    }
}
