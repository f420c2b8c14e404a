//! What rules are judged by, as it is now.

use super::set::RuleSet;
use crate::error::Result;
use crate::shop::about::{self, Hint};
use crate::state::App;
use rapport_core::rule::{
    BACK, Event, Facts, Heard, Known, Message, Past, Person, RULE_HOUR, Said, horizon, lately, own_back,
};
use rapport_core::time::HOUR;
use rapport_core::{ContactId, MessageId, Ms};
use rapport_store::Read;
use rapport_store::contact::ContactRow;
use rapport_store::query::{contact_page, person, thread};
use rapport_store::rule::Spoken;
use std::cmp::Reverse;
use uuid::Uuid;

/// Most lines and runs that are looked back at.
const LOOKED_BACK: u64 = BACK as u64;

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
    let Some(contact) = contact_page::kept(read, id).await? else { return Ok(None) };
    let id = ContactId(contact.id);
    let conversation = match named {
        Some(row) => Some(person::state(&row)?),
        None => rapport_store::rule::newest(read, id).await?,
    };
    let message = match event.message_id {
        Some(id) => thread::by_id(read, &[id]).await?.pop().map(|line| message(set, &line)),
        None => None,
    };
    let order = if set.asks().order || event.what.order().is_some() {
        let text = message.as_ref().map_or("", |message| message.text.as_str());
        about::order(read, id, Hint::of(&event.what, text)).await?
    } else {
        None
    };
    let lines = rapport_store::rule::spoken(read, id, now.plus(-horizon(set.looks_back())), LOOKED_BACK).await?;
    let concerned = concerned(set, event, message.as_ref());
    let since = now.plus(-horizon(set.looks_back()).max(set.longest_limit()));
    let runs = runs(read, id, &concerned, since).await?;
    let rules: Vec<(Uuid, bool)> = concerned.iter().map(|rule| (rule.id, rule.shadow)).collect();
    Ok(Some(Facts {
        contact: person_of(contact),
        conversation,
        message,
        order,
        said: lines.iter().map(|line| said(set, line, now)).collect(),
        runs,
        begun: rapport_store::rule::begun(read, &rules, now.plus(-HOUR), RULE_HOUR).await?,
        zone: crate::account::workspace::timezone(app, read.workspace()).await?,
    }))
}

/// The rules that are looked at: a rule asked about alone, else those that listen.
fn concerned<'a>(set: &'a RuleSet, event: &Event, message: Option<&Message>) -> Vec<&'a Known> {
    if let [only] = set.rules() {
        return vec![only];
    }
    let heard = message.map_or_else(Heard::default, |message| message.heard.clone());
    set.listening(event, &heard).into_values().flatten().collect()
}

/// The newest runs, and of each rule that is looked at as many of its own as its limit counts, however often others ran.
/// What a rule only watched counts for it as long as it only watches: once it is switched on, everybody is new to it.
async fn runs(read: &Read, contact: ContactId, concerned: &[&Known], since: Ms) -> Result<Vec<Past>> {
    let mut found = rapport_store::rule::past(read, contact, since, LOOKED_BACK).await?;
    let is_cut = found.len() as u64 == LOOKED_BACK;
    for rule in concerned.iter().filter(|rule| is_cut || rule.shadow) {
        let most = own_back(rule.definition.limit.times) as u64;
        let own = rapport_store::rule::own(read, contact, (rule.id, rule.shadow), since, most).await?;
        found.retain(|run| run.rule_id != rule.id);
        found.extend(own);
    }
    found.sort_by_key(|run| Reverse(run.at));
    Ok(found.into_iter().map(run).collect())
}

/// A contact as rules ask about it.
pub(super) fn person_of(row: ContactRow) -> Person {
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
    heard_in(set, (line.row.id.into(), Ms(line.row.at)), line.content.kind(), line.content.text())
}

/// A customer's message as rules ask about it.
pub(super) fn heard_in(set: &RuleSet, (id, at): (MessageId, Ms), kind: &str, text: String) -> Message {
    let asks = set.asks();
    let guess = asks.language.then(|| rapport_text::language::guess(&text)).flatten();
    let language = guess.map(|guess| guess.language.to_owned());
    let mood = asks.mood.then(|| rapport_text::sentiment::sentiment(&text, language.as_deref())).flatten();
    let mood = mood.map(|mood| mood.share());
    let (heard, products) = (set.heard(&text), set.products(&text));
    Message { id, at, kind: kind.to_owned(), heard, products, text, language, mood }
}

/// Whether a text asks for a person.
pub(super) fn wishes(text: &str) -> bool {
    rapport_text::intents::asks_for_human(text).is_some()
}

fn said(set: &RuleSet, line: &Spoken, now: Ms) -> Said {
    let inbound = line.direction == "in";
    let text = if inbound { line.content.text() } else { String::new() };
    // Only a fresh wish for a person counts.
    let human = inbound && lately(line.at, now) && wishes(&text);
    let heard = set.counted(&text);
    Said { conversation_id: line.conversation_id, at: line.at, inbound, by: line.author_kind.clone(), heard, human }
}

fn run(past: rapport_store::rule::Past) -> Past {
    let depth = u32::try_from(past.depth).unwrap_or(0);
    Past { rule_id: past.rule_id, at: past.at, depth, shadow: past.shadow }
}
