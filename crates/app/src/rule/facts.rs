//! What rules are judged by, as it is now.

use super::set::RuleSet;
use crate::error::Result;
use crate::state::App;
use rapport_core::rule::{Event, Facts, Heard, Message, PAUSE_MS, Past, Person, RULE_HOUR, Said, horizon};
use rapport_core::time::HOUR;
use rapport_core::{ContactId, Ms};
use rapport_store::Read;
use rapport_store::contact::ContactRow;
use rapport_store::query::{contact_page, person, thread};
use rapport_store::rule::Spoken;
use uuid::Uuid;

/// Most lines and runs that are looked back at.
const BACK: u64 = 500;

/// What is known about the customer of an event; `None` when there is nobody any more.
///
/// # Errors
/// `Store`.
pub(crate) async fn load(app: &App, read: &Read, set: &RuleSet, event: &Event, now: Ms) -> Result<Option<Facts>> {
    let named = match event.conversation_id {
        Some(id) => rapport_store::conversation::get(read, id).await?,
        None => None,
    };
    // Who was merged meanwhile is found through the conversation.
    let id = named.as_ref().map_or(event.contact_id, |row| ContactId(row.contact_id));
    let Some(contact) = contact_page::get(read, id).await? else { return Ok(None) };
    let conversation = match named {
        Some(row) => Some(person::state(&row)?),
        None => rapport_store::rule::newest(read, id).await?,
    };
    let message = match event.message_id {
        Some(id) => thread::by_id(read, &[id]).await?.pop().map(|line| message(set, &line)),
        None => None,
    };
    let lines = rapport_store::rule::spoken(read, id, now.plus(-horizon(set.looks_back())), BACK).await?;
    let since = now.plus(-horizon(set.looks_back()).max(set.longest_limit()));
    let past = rapport_store::rule::past(read, id, since, BACK).await?;
    let rules = concerned(set, event, message.as_ref());
    Ok(Some(Facts {
        contact: person_of(contact),
        conversation,
        message,
        said: lines.iter().map(|line| said(set, line, now)).collect(),
        runs: past.into_iter().map(run).collect(),
        begun: rapport_store::rule::begun(read, &rules, now.plus(-HOUR), RULE_HOUR).await?,
        zone: crate::account::workspace::timezone(app, read.workspace()).await?,
    }))
}

/// The rules that are looked at: a rule asked about alone, else those that listen.
fn concerned(set: &RuleSet, event: &Event, message: Option<&Message>) -> Vec<Uuid> {
    if let [only] = set.rules() {
        return vec![only.id];
    }
    let heard = message.map_or_else(Heard::default, |message| message.heard.clone());
    set.listening(event, &heard).into_values().flatten().map(|rule| rule.id).collect()
}

fn person_of(row: ContactRow) -> Person {
    Person {
        id: ContactId(row.id),
        name: row.name,
        phone: row.phone,
        email: row.email,
        language: row.language,
        country: row.country,
        timezone: row.timezone,
        lifecycle: row.lifecycle,
        consent: row.marketing_consent,
        owner_id: row.owner_id,
        fields: row.fields,
        created_at: Some(Ms(row.created_at)),
        first_inbound_at: row.first_inbound_at.map(Ms),
        last_inbound_at: row.last_inbound_at.map(Ms),
    }
}

fn message(set: &RuleSet, line: &thread::Line) -> Message {
    let text = line.content.text();
    let asks = set.asks();
    let guess = asks.language.then(|| rapport_text::language::guess(&text)).flatten();
    let language = guess.map(|guess| guess.language.to_owned());
    let mood = asks.mood.then(|| rapport_text::sentiment::sentiment(&text, language.as_deref())).flatten();
    let mood = mood.map(|mood| mood.share());
    Message {
        id: line.row.id.into(),
        at: Ms(line.row.at),
        kind: line.content.kind().to_owned(),
        heard: set.heard(&text),
        text,
        language,
        mood,
    }
}

fn said(set: &RuleSet, line: &Spoken, now: Ms) -> Said {
    let inbound = line.direction == "in";
    let text = if inbound { line.content.text() } else { String::new() };
    // Only a fresh wish for a person counts.
    let human = inbound && line.at.plus(PAUSE_MS) > now && rapport_text::intents::asks_for_human(&text).is_some();
    let heard = if inbound && set.asks().words_before { set.heard(&text) } else { Heard::default() };
    Said { conversation_id: line.conversation_id, at: line.at, inbound, by: line.author_kind.clone(), heard, human }
}

fn run(past: rapport_store::rule::Past) -> Past {
    Past { rule_id: past.rule_id, at: past.at, depth: u32::try_from(past.depth).unwrap_or(0) }
}
