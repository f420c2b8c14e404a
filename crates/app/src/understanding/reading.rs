//! What was understood of a message, shown with the words that decided; and of a customer over time.

use super::{Reader, words};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rapport_core::time::DAY;
use rapport_core::understanding::{mood, thousandths};
use rapport_core::{ContactId, ConversationId, MessageId, Ms};
use rapport_store::Read;
use rapport_store::query::{contact_page, thread};
use rapport_store::understanding::reading::{self, Due, Of, Reading};
use rapport_text::Span;
use rapport_text::entities::{EntitySettings, Value, entities, today};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Messages whose moods are looked at.
const MOODS: u64 = 200;
/// Longest text that is tried, characters.
const TEXT: usize = 4_096;

/// A text to be read.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextToRead {
    /// The text, at most 4096 characters.
    pub text: String,
}

/// A place in a text that says something.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TextMark {
    /// Where it begins, in UTF-16 code units.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What it is: `hot_word`, `mood`, `intent`, `product`, `order`, `amount`, `date`, `email`, `phone`, `url`, `postcode`.
    pub kind: String,
    /// The hot word's topic, the product's code (several with ` | ` between them where it is not plain which), the value in
    /// one spelling; nothing for what only weighs.
    pub label: String,
    /// How much it weighs for a mood or an intent; below 0 it speaks against it.
    pub weight: Option<f64>,
    /// Whether a negation stands before a hot word.
    pub negated: bool,
}

/// An intent and how likely it is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LikelyIntent {
    /// Its name.
    pub intent: String,
    /// 0 to 1.
    pub probability: f64,
    /// Whether that is enough to name it.
    pub sure: bool,
}

/// What is understood of a text.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TextReading)]
pub struct ReadingView {
    /// The text.
    pub text: String,
    /// The language it shows.
    pub language: Option<String>,
    /// How content it sounds, 0 to 1; null = it has no word that tells.
    pub mood: Option<f64>,
    /// What is wanted; null = not plain.
    pub intent: Option<String>,
    /// The likeliest intents, the first first.
    pub likely: Vec<LikelyIntent>,
    /// What a person said that it wants; empty = none of the intents, null = nobody said anything.
    pub said: Option<String>,
    /// Codes of the products it speaks of without doubt.
    pub products: Vec<String>,
    /// The words that decided, in order of the text.
    pub marks: Vec<TextMark>,
    /// The version of the model; 0 = seed phrases alone.
    pub model: i32,
}

/// Reads a text, and keeps nothing of it.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Store`.
pub async fn try_text(app: &App, caller: &Caller, given: TextToRead) -> Result<ReadingView> {
    caller.require(Permission::InboxRead)?;
    if given.text.chars().nth(TEXT).is_some() {
        return Err(Error::invalid("text", format!("must have at most {TEXT} characters")));
    }
    let reader = app.channels.reader(caller.workspace).await?;
    let zone = crate::account::workspace::timezone(app, caller.workspace).await?;
    Ok(view(&reader, given.text, (app.now(), &zone)))
}

/// What is understood of a customer's message, read again at this moment.
///
/// # Errors
/// `Forbidden`, `NotFound` (also for what no customer wrote), `Store`.
pub async fn of_message(app: &App, caller: &Caller, id: MessageId) -> Result<ReadingView> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let line = written(&read, id).await?;
    let reader = app.channels.reader(caller.workspace).await?;
    let zone = crate::account::workspace::timezone(app, caller.workspace).await?;
    let mut view = view(&reader, line.content.text(), (Ms(line.row.at), &zone));
    view.said = rapport_store::understanding::label::get(&read, id).await?;
    Ok(view)
}

/// A message that a customer wrote.
pub(super) async fn written(read: &Read, id: MessageId) -> Result<thread::Line> {
    let line = thread::by_id(read, &[id]).await?.pop();
    line.filter(|line| line.row.direction == "in").ok_or(Error::NotFound("message"))
}

fn mark(text: &str, span: Span, kind: &str, label: String, weight: Option<f64>) -> TextMark {
    let (from, to) = span.utf16(text);
    TextMark { from, to, kind: kind.to_owned(), label, weight, negated: false }
}

fn view(reader: &Reader, text: String, (at, zone): (Ms, &str)) -> ReadingView {
    let sounds = Reader::mood(&text);
    let wanted = reader.wanted(&text);
    let mut marks = Vec::new();
    for hit in reader.hits(&text) {
        let topic = reader.known(&hit).map(|known| known.topic.to_string()).unwrap_or_default();
        marks.push(TextMark { negated: hit.negated, ..mark(&text, hit.span, "hot_word", topic, None) });
    }
    for one in sounds.iter().flat_map(|sounds| &sounds.evidence) {
        marks.push(mark(&text, one.span, "mood", String::new(), Some(one.weight)));
    }
    for one in &wanted.reasons {
        marks.push(mark(&text, one.span, "intent", String::new(), Some(f64::from(one.weight))));
    }
    for (mention, codes) in reader.sold().mentions(&text) {
        marks.push(mark(&text, mention.span, "product", codes.join(" | "), None));
    }
    let day = Timestamp::from_millisecond(at.0).unwrap_or_default();
    let day = today(day, &TimeZone::get(zone).unwrap_or(TimeZone::UTC));
    for one in entities(&text, day, &EntitySettings::default()) {
        let (kind, label) = named(one.value);
        marks.push(mark(&text, one.span, kind, label, None));
    }
    marks.sort_by_key(|mark| (mark.from, mark.to));
    let likely = wanted.ranked.into_iter().map(|one| LikelyIntent {
        intent: one.intent,
        probability: f64::from(one.probability),
        sure: one.sure,
    });
    ReadingView {
        language: Reader::language(&text).map(str::to_owned),
        mood: sounds.map(|sounds| sounds.share()),
        intent: wanted.intent,
        likely: likely.collect(),
        said: None,
        products: reader.sold().find(&text),
        marks,
        model: reader.version(),
        text,
    }
}

/// What an entity is and says.
fn named(value: Value) -> (&'static str, String) {
    match value {
        Value::Order { number } => ("order", number),
        Value::Amount { mantissa, scale, currency } => {
            let digits = format!("{mantissa:0>width$}", width = usize::from(scale) + 1);
            let (whole, part) = digits.split_at(digits.len() - usize::from(scale));
            let point = if part.is_empty() { "" } else { "." };
            ("amount", format!("{whole}{point}{part} {currency}"))
        }
        Value::Date { date, .. } => ("date", date.to_string()),
        Value::Email { address } => ("email", address),
        Value::Phone { number } => ("phone", number),
        Value::Url { url } => ("url", url),
        Value::Postcode { code } => ("postcode", code),
    }
}

/// The short form that is kept beside a message; `None` when it has no words.
pub(super) fn short(reader: &Reader, due: &Due) -> Option<Reading> {
    let text = due.content.as_ref()?.text();
    if text.trim().is_empty() {
        return None;
    }
    let wanted = reader.wanted(&text);
    let first = wanted.ranked.first();
    let probability = first.map_or(0.0, |first| first.probability);
    let threshold = first.map_or(0.5, |first| reader.threshold(&text, &first.intent));
    let mut words: BTreeMap<Uuid, i16> = BTreeMap::new();
    for hit in reader.hits(&text) {
        let Some(known) = reader.known(&hit) else { continue };
        let times = words.entry(known.id).or_default();
        *times = times.saturating_add(1);
    }
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1")]
    let content = Reader::mood(&text).map(|sounds| thousandths(sounds.share() as f32));
    Some(Reading {
        message: due.message,
        at: due.at,
        language: Reader::language(&text).map(str::to_owned),
        mood: content,
        intent: first.map(|first| first.intent.clone()),
        sure: wanted.intent.is_some(),
        probability: thousandths(probability),
        doubt: rapport_core::understanding::doubt(probability, threshold),
        products: reader.sold().find(&text),
        words: words.into_iter().collect(),
    })
}

/// What is asked about a customer.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MoodQuery {
    /// Also how content they sound in this conversation.
    pub conversation_id: Option<Uuid>,
    /// Over so many days, 1 to 365; left out = 30.
    pub days: Option<u32>,
}

/// What is understood of a customer over time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ContactUnderstanding {
    /// How content they sound, 0 to 1, newer messages weigh more; null = nothing tells.
    pub mood: Option<f64>,
    /// In how many messages something tells.
    pub messages: usize,
    /// The same in the conversation that was asked about.
    pub conversation_mood: Option<f64>,
    /// Their hot words, the most frequent first, at most 50.
    pub hot_words: Vec<SaidWord>,
}

/// A hot word and how often it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SaidWord {
    /// The hot word.
    pub id: Uuid,
    /// What it is about.
    pub topic: String,
    /// The word.
    pub text: String,
    /// How often.
    pub times: i64,
    /// In how many messages.
    pub messages: i64,
}

/// How content a customer sounds, and which hot words they say.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Store`.
pub async fn of_contact(app: &App, caller: &Caller, id: Uuid, query: MoodQuery) -> Result<ContactUnderstanding> {
    caller.require(Permission::ContactRead)?;
    let days = words::days(query.days)?;
    let read = app.store.workspace(caller.workspace).read();
    let id = ContactId(id);
    contact_page::get(&read, id).await?.ok_or(Error::NotFound("contact"))?;
    let now = app.now();
    let since = now.plus(-days * DAY);
    let all = reading::moods(&read, Of::Contact(id), since, MOODS).await?;
    let here = match query.conversation_id {
        Some(one) => reading::moods(&read, Of::Conversation(id, ConversationId(one)), since, MOODS).await?,
        None => Vec::new(),
    };
    let said = rapport_store::understanding::hot_word::said(&read, Some(id), (since, now.plus(1))).await?;
    let reader = app.channels.reader(caller.workspace).await?;
    let word = |known: &super::reader::Known| {
        let said = said.get(&known.id)?;
        let (topic, text) = (known.topic.to_string(), known.text.clone());
        Some(SaidWord { id: known.id, topic, text, times: said.times, messages: said.messages })
    };
    let mut hot_words: Vec<SaidWord> = reader.all().iter().filter_map(word).collect();
    hot_words.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.text.cmp(&b.text)));
    hot_words.truncate(50);
    Ok(ContactUnderstanding {
        mood: mood(all.iter().map(|(_, mood)| *mood)),
        messages: all.len(),
        conversation_mood: mood(here.iter().map(|(_, mood)| *mood)),
        hot_words,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_decided_are_marked_as_browsers_count() {
        let reader = Reader::default();
        let text = "😀 Order A-10234 cost 1.234,50 €, terrible!".to_owned();
        let view = view(&reader, text, (Ms(1_790_000_000_000), "Asia/Dubai"));
        let units: Vec<u16> = view.text.encode_utf16().collect();
        let part = |mark: &TextMark| String::from_utf16(&units[mark.from..mark.to]).unwrap();
        let of = |kind: &str| view.marks.iter().filter(|mark| mark.kind == kind).map(part).collect::<Vec<_>>();
        assert!(of("mood").contains(&"terrible".to_owned()), "{:?}", view.marks);
        let amount = view.marks.iter().find(|mark| mark.kind == "amount").expect("an amount");
        assert_eq!(amount.label, "1234.50 EUR");
        assert!(view.mood.is_some_and(|mood| (0.0..=1.0).contains(&mood)));
        assert!(view.marks.is_sorted_by_key(|mark| (mark.from, mark.to)));
        assert_eq!(view.model, 0);
    }
}
