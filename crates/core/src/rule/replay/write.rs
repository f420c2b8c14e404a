//! The steps of a run that would have been, and what the guard and the rate card would have said about its messages.

use super::talk::set_status;
use super::{Life, Tried};
use crate::contact::{Consent, Window, tag_key, tags};
use crate::cost::{Ask, Month, RateCard, Window as Priced};
use crate::guard::{
    Author, CustomerFacts, Effect, History, PortfolioFacts, Purpose, Request, Rule, Snapshot, TemplateFacts, Tier,
    content_hash, judge,
};
use crate::guard::{Outcome, Policy};
use crate::inbox::{ConversationState, ConversationStatus};
use crate::message::Content;
use crate::reply::blank::{Known, fill};
use crate::rule::{Person, Said, Step};
use crate::template::Category;
use crate::template::bind;
use crate::time::DAY;
use crate::{ChannelId, ConversationId, Ms};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far back what was sent counts. Milliseconds.
const KEPT: i64 = 31 * DAY;

/// What a rule's messages are judged and priced by: as it is today.
#[derive(Debug, Clone, Default)]
pub struct Sending {
    /// The guard's rules.
    pub policy: Policy,
    /// The templates it may send, and those of marketing, by name and language.
    pub templates: BTreeMap<(String, String), Arc<TemplateFacts>>,
    /// The rates.
    pub card: RateCard,
    /// Service messages that each number has delivered free of charge in a month.
    pub service_used: BTreeMap<(ChannelId, Month), u32>,
    /// Whether the rule writes to customers at all.
    pub writes: bool,
}

impl Sending {
    /// A template, in the language asked for, else in any.
    fn template(&self, name: &str, language: &str) -> Option<&Arc<TemplateFacts>> {
        let exact = self.templates.get(&(name.to_owned(), language.to_owned()));
        exact.or_else(|| self.templates.values().find(|facts| facts.name == name))
    }
}

/// What was sent to the customer lately.
#[derive(Debug, Default)]
pub(super) struct Mail(Vec<Sent>);

#[derive(Debug)]
struct Sent {
    at: Ms,
    hash: Option<[u8; 16]>,
    template: bool,
    promotion: bool,
}

impl Mail {
    /// Notes what went out.
    pub fn went(&mut self, sending: &Sending, content: &Content, at: Ms) {
        let facts = match content {
            Content::Template { name, language, .. } => sending.template(name, language),
            _ => None,
        };
        self.0.retain(|sent| sent.at > at.plus(-KEPT));
        self.0.push(Sent {
            at,
            hash: content_hash(content),
            template: matches!(content, Content::Template { .. }),
            promotion: facts.is_some_and(|facts| facts.definition.category == Category::Marketing),
        });
    }

    fn history(&self, content: &Content) -> History {
        let hash = content_hash(content);
        let moments = |of: &dyn Fn(&Sent) -> bool| self.0.iter().filter(|sent| of(sent)).map(|sent| sent.at).collect();
        History {
            templates: moments(&|sent| sent.template),
            same_content: moments(&|sent| hash.is_some() && sent.hash == hash),
            promotional_at: self.0.iter().filter(|sent| sent.promotion).map(|sent| sent.at).max(),
            same_event_at: None,
        }
    }
}

/// What the guard would have said.
enum Answer {
    Goes,
    Later(Rule),
    Refused(Rule),
}

impl Life<'_> {
    /// What a step would have done: to what is known, and to the customer.
    pub(super) fn step(&mut self, path: String, step: Step, place: Option<ConversationId>, now: Ms) -> Tried {
        let content = match &step {
            Step::SendText { body } => Some(self.text(body)),
            Step::SendTemplate { name, language } => {
                let (name, language) = (name.clone(), language.clone());
                Some(Ok(Content::Template { name, language, components: Value::Null, preview: None }))
            }
            other => {
                self.change(other, place, now);
                None
            }
        };
        let tried = |state: &str, code: Option<&str>, message| {
            let (state, code) = (state.to_owned(), code.map(str::to_owned));
            Tried { path, step, state, code, message }
        };
        let said = match content {
            None => return tried("would", None, false),
            Some(Err(code)) => {
                *self.tally.refused.entry(code.to_owned()).or_default() += 1;
                return tried("refused", Some(code), true);
            }
            Some(Ok(content)) => self.send(&content, place, now),
        };
        match said {
            Answer::Goes => tried("would", None, true),
            Answer::Later(rule) => tried("later", Some(rule.code()), true),
            Answer::Refused(rule) => tried("refused", Some(rule.code()), true),
        }
    }

    fn text(&self, body: &str) -> Result<Content, &'static str> {
        let contact = &self.facts.contact;
        let person = bind::Person {
            name: &contact.name,
            phone: contact.phone.as_deref(),
            email: contact.email.as_deref(),
            country: contact.country.as_deref(),
            fields: Some(&contact.fields),
            shop: Some(&self.replay.shop),
        };
        let filled = fill(body, &Known { person, agent: "", channel: "" });
        if filled.missing.is_empty() {
            return Ok(Content::Text { body: filled.text, preview_url: None });
        }
        Err("missing_value")
    }

    fn send(&mut self, content: &Content, place: Option<ConversationId>, now: Ms) -> Answer {
        let Some(talk) = self.talks.iter().find(|talk| Some(talk.id) == place) else {
            return Answer::Refused(Rule::Recipient);
        };
        let sending = &self.replay.setting.sending;
        let said = guarded(sending, (&self.facts.contact, talk), &self.replay.setting.zone, (content, &self.mail), now);
        if let Answer::Refused(rule) = said {
            *self.tally.refused.entry(rule.code().to_owned()).or_default() += 1;
            return said;
        }
        let (priced, conversation_id) = (price(sending, &self.facts.contact, talk, content, now), talk.id);
        self.tally.written += 1;
        self.tally.delayed += u64::from(matches!(said, Answer::Later(_)));
        match priced {
            Some(micros) => self.tally.micros = self.tally.micros.saturating_add(micros),
            None => self.tally.unpriced += 1,
        }
        self.mail.went(sending, content, now);
        let line = Said {
            conversation_id,
            at: now,
            inbound: false,
            by: "rule".to_owned(),
            heard: super::Heard::default(),
            human: false,
        };
        self.facts.said.insert(0, line);
        said
    }

    /// What is done to the contact and the conversation; what happens in other systems changes nothing that is judged.
    fn change(&mut self, step: &Step, place: Option<ConversationId>, now: Ms) {
        let fields = &mut self.facts.contact.fields;
        match step {
            Step::AddTags { tags: given } => {
                let mut known = tags(fields);
                for tag in given {
                    if !known.iter().any(|have| tag_key(have) == tag_key(tag)) {
                        known.push(tag.clone());
                    }
                }
                return put(fields, "tags", &json!(known));
            }
            Step::RemoveTags { tags: taken } => {
                let taken: Vec<String> = taken.iter().map(|tag| tag_key(tag)).collect();
                let left: Vec<String> = tags(fields).into_iter().filter(|tag| !taken.contains(&tag_key(tag))).collect();
                return put(fields, "tags", &json!(left));
            }
            Step::SetField { field, value } => return put(fields, field, value),
            _ => {}
        }
        let Some(talk) = self.talks.iter_mut().find(|talk| Some(talk.id) == place) else { return };
        match step {
            Step::AssignTeam { team_id } => talk.team_id = team_id.map(crate::TeamId),
            Step::AssignUser { user_id } => talk.assignee_id = user_id.map(crate::UserId),
            Step::SetPriority { priority } => talk.priority = *priority,
            Step::Resolve => set_status(talk, ConversationStatus::Resolved, now),
            Step::Reopen => set_status(talk, ConversationStatus::Open, now),
            Step::Snooze { .. } => set_status(talk, ConversationStatus::Snoozed, now),
            _ => {}
        }
    }
}

fn put(fields: &mut Value, name: &str, value: &Value) {
    if !fields.is_object() {
        *fields = json!({});
    }
    fields[name] = value.clone();
}

/// Asks the guard, with what is known of that time. What everybody else was sent - the limits of the number - is left out,
/// and so are a template's blanks, which are filled when it is sent.
fn guarded(
    sending: &Sending,
    (person, talk): (&Person, &ConversationState),
    zone: &str,
    (content, mail): (&Content, &Mail),
    now: Ms,
) -> Answer {
    let template = match content {
        Content::Template { name, language, .. } => sending.template(name, language).cloned(),
        _ => None,
    };
    let category = template.as_ref().map(|facts| facts.definition.category);
    let snapshot = Snapshot {
        customer: CustomerFacts {
            has_phone: true,
            country: person.country.clone(),
            timezone: person.timezone.clone(),
            last_inbound_at: person.last_inbound_at,
            marketing: Consent::parse(&person.consent),
            ..CustomerFacts::default()
        },
        window: Window::new(talk.window_expires_at),
        template,
        history: mail.history(content),
        portfolio: PortfolioFacts { tier: Tier::Unlimited, ..PortfolioFacts::default() },
        workspace_timezone: zone.to_owned(),
        ..Snapshot::default()
    };
    let request = Request::message(content, Author::Rule, Purpose::of(category, false));
    let verdict = judge(&request, &snapshot, &sending.policy, now);
    let refused = verdict
        .checks
        .iter()
        .find(|check| check.effect == Some(Effect::Refuse) && check.rule != Rule::TemplateParameters);
    match (refused, verdict.outcome, verdict.decided_by) {
        (Some(check), ..) => Answer::Refused(check.rule),
        (None, Outcome::Delay, Some(rule)) => Answer::Later(rule),
        _ => Answer::Goes,
    }
}

/// What a message would have cost, millionths; `None` when its price is missing.
fn price(sending: &Sending, person: &Person, talk: &ConversationState, content: &Content, now: Ms) -> Option<i64> {
    let open = Window::new(talk.window_expires_at).is_open(now);
    let window = if open { Priced::CustomerService } else { Priced::Closed };
    let category = match content {
        Content::Template { name, language, .. } => sending.template(name, language)?.definition.category.code(),
        _ => "service",
    };
    let used = sending.service_used.get(&(talk.channel_id, Month::of(now))).copied();
    let category = category.to_ascii_lowercase();
    let ask = Ask {
        category: &category,
        country: person.country.as_deref(),
        window,
        at: now,
        service_used: used.unwrap_or(0),
    };
    sending.card.estimate(&ask).micros
}
