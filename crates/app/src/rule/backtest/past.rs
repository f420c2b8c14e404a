//! The past made ready for a rule: what is said in its lines, and what its messages are judged and priced by.

use super::super::facts::{heard_in, person_of, wishes};
use super::super::set::RuleSet;
use crate::account::guard_policy::rules;
use crate::error::Result;
use crate::send::template_facts;
use crate::state::App;
use rapport_core::cost::Month;
use rapport_core::message::{Direction, Status};
use rapport_core::rule::replay::{History, Line, Sending};
use rapport_core::rule::{Definition, Step};
use rapport_core::{ChannelId, ContactId, Ms};
use rapport_store::Read;
use rapport_store::rule::history::{Lived, People};
use rapport_store::template::Filter;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Templates that are looked through.
const TEMPLATES: u64 = 2_000;
/// Numbers whose free service messages are counted.
const NUMBERS: usize = 50;

/// A line as the rule hears it.
#[must_use]
pub fn line(set: &RuleSet, lived: Lived) -> Line {
    let inbound = lived.direction == Direction::In;
    let text = if inbound { lived.content.text() } else { String::new() };
    let human = wishes(&text);
    let message = inbound.then(|| heard_in(set, (lived.id, lived.at), lived.content.kind(), text));
    let gone = matches!(lived.status, Some(Status::Refused | Status::Withdrawn | Status::Failed));
    Line {
        id: lived.id,
        conversation_id: lived.conversation_id,
        at: lived.at,
        direction: lived.direction,
        author_kind: lived.author_kind,
        author_id: lived.author_id,
        content: lived.content,
        message,
        human,
        went: !gone,
    }
}

/// What is known of each customer's past, in the order of their ids.
pub(super) fn histories(set: &RuleSet, people: People, lived: Vec<Lived>) -> Vec<History> {
    let mut found: BTreeMap<ContactId, History> = BTreeMap::new();
    for row in people.contacts {
        let (consents, conversations, lines) = (Vec::new(), Vec::new(), Vec::new());
        let id = ContactId(row.id);
        found.insert(id, History { person: person_of(row), consents, conversations, lines });
    }
    for talk in people.conversations {
        if let Some(history) = found.get_mut(&talk.contact_id) {
            history.conversations.push(talk);
        }
    }
    for (id, at, state) in people.consents {
        if let Some(history) = found.get_mut(&id) {
            history.consents.push((at, state));
        }
    }
    for one in lived {
        if let Some(history) = found.get_mut(&one.contact_id) {
            history.lines.push(line(set, one));
        }
    }
    found.into_values().collect()
}

/// What the rule's messages are judged and priced by, as it is today.
pub(super) async fn sending(app: &App, read: &Read, definition: &Definition, (from, to): (Ms, Ms)) -> Result<Sending> {
    let mut sending = Sending::default();
    let mut texts = false;
    Step::each(&definition.steps, "do", &mut |_, step| {
        texts |= matches!(step, Step::SendText { .. });
        sending.writes |= matches!(step, Step::SendText { .. } | Step::SendTemplate { .. });
    });
    if !sending.writes {
        return Ok(sending);
    }
    sending.policy = rules(app, read.workspace()).await?.policy;
    sending.card = crate::cost::card(read).await?;
    let rows = rapport_store::template::list(read, &Filter::default(), TEMPLATES).await?;
    let mut languages: HashMap<String, Vec<String>> = HashMap::new();
    for row in &rows {
        languages.entry(row.name.clone()).or_default().push(row.language.clone());
    }
    for row in &rows {
        let known = languages.get(&row.name).cloned().unwrap_or_default();
        if let Some(facts) = template_facts(row, known) {
            sending.templates.entry((row.name.clone(), row.language.clone())).or_insert_with(|| Arc::new(facts));
        }
    }
    if texts {
        for channel in rapport_store::channel::list(read).await?.into_iter().take(NUMBERS) {
            let channel = ChannelId(channel.id);
            let mut month = Month::of(from);
            while month <= Month::of(to) {
                let used = rapport_store::cost::free_service(read, channel, month).await?;
                sending.service_used.insert((channel, month), u32::try_from(used.max(0)).unwrap_or(u32::MAX));
                month = month.next();
            }
        }
    }
    Ok(sending)
}
