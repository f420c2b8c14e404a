//! Which of the approved templates fit a conversation: what the customer wrote, their language and what they are marked
//! with, put before the decision.

use super::template_list::uses;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::contact::{Consent, Window};
use rapport_core::template::suggest::{Candidate, Reason, Situation, suggest};
use rapport_core::template::{self, Category};
use rapport_core::{ChannelId, ContactId, ConversationId, Ms};
use rapport_store::Read;
use rapport_store::contact::ContactRow;
use rapport_store::query::{contact_page, thread};
use rapport_store::template::{Filter, TemplateRow};
use rapport_store::template_use::Named;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// Templates that are looked at; an account has 6,000 at most, of which few are approved.
const LOOKED_AT: u64 = 1_000;
/// Lines of the thread that are looked at, and how many of the customer's count.
const LINES: u64 = 30;
const THEIRS: usize = 3;

/// A template that fits, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TemplateSuggestion {
    /// The template.
    pub template_id: Uuid,
    /// Its name.
    pub name: String,
    /// Its language, with underscore.
    pub language: String,
    /// The higher the better; only for comparing within this list.
    pub score: i64,
    /// What speaks for it, the strongest first.
    pub reasons: Vec<SuggestionReason>,
}

/// One thing that speaks for a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestionReason {
    /// `language`, `words`, `tag`, `reopens` or `often`.
    pub code: &'static str,
    /// The language, the words, the tag, or how often it was used in 30 days; empty where the code says it all.
    pub value: String,
}

impl From<Reason> for SuggestionReason {
    fn from(reason: Reason) -> Self {
        let code = reason.code();
        let value = match reason {
            Reason::Language(word) | Reason::Tag(word) => word,
            Reason::Words(words) => words.join(", "),
            Reason::Often(count) => count.to_string(),
            Reason::Reopens => String::new(),
        };
        Self { code, value }
    }
}

/// The templates that fit a conversation best, best first, at most five.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn list(app: &App, caller: &Caller, id: ConversationId) -> Result<Vec<TemplateSuggestion>> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let conversation = rapport_store::conversation::get(&read, id).await?.ok_or(Error::NotFound("conversation"))?;
    let id = ConversationId(conversation.id);
    let contact = contact_page::get(&read, ContactId(conversation.contact_id)).await?;
    let contact = contact.ok_or(Error::NotFound("contact"))?;
    let now = app.now();
    let Some(channel) = rapport_store::channel::get(&read, ChannelId(conversation.channel_id)).await? else {
        return Ok(Vec::new());
    };
    let filter = Filter { waba_id: Some(channel.waba_id), status: Some("APPROVED".to_owned()), ..Filter::default() };
    let rows = rapport_store::template::list(&read, &filter, LOOKED_AT).await?;
    let used = uses(&read, now).await?;
    let known: Vec<Candidate<'_>> = rows
        .iter()
        .map(|row| Candidate {
            name: &row.name,
            language: &row.language,
            category: Category::parse(&row.category),
            quality: &row.quality,
            terms: terms(&format!("{} {}", row.name.replace('_', " "), words(row))),
            sent: used.get(&named(row)).map_or(0, |uses| uses.made),
        })
        .collect();
    let situation = Situation {
        language: contact.language.as_deref(),
        window_open: Window::new(conversation.window_expires_at.map(Ms)).is_open(now),
        marketing: Consent::parse(&contact.marketing_consent),
        tags: tags(&contact),
        terms: wrote(&read, id).await?,
    };
    let found = suggest(&known, &situation).into_iter().map(|one| TemplateSuggestion {
        template_id: rows[one.at].id,
        name: rows[one.at].name.clone(),
        language: rows[one.at].language.clone(),
        score: one.score,
        reasons: one.reasons.into_iter().map(SuggestionReason::from).collect(),
    });
    Ok(found.collect())
}

fn named(row: &TemplateRow) -> Named {
    Named { waba_id: row.waba_id.clone(), name: row.name.clone(), language: row.language.clone() }
}

/// The words of a template, without its placeholders' values.
fn words(row: &TemplateRow) -> String {
    match template::parse(&row.components, Some(&row.parameter_format), &row.category) {
        Ok(definition) => template::render(&definition, &Value::Null),
        Err(_) => String::new(),
    }
}

/// Search terms that say something: four Latin letters, three of other alphabets, two Chinese characters or more.
fn terms(text: &str) -> BTreeSet<String> {
    let long = |term: &String| {
        let size = term.len();
        (size > 4 || (size == 4 && term.is_ascii())) && !term.starts_with(rapport_text::STEM_MARK)
    };
    rapport_text::terms(text).into_iter().filter(long).collect()
}

/// What the contact is marked with: the lifecycle and the tags.
fn tags(contact: &ContactRow) -> Vec<(String, BTreeSet<String>)> {
    let mut all = vec![contact.lifecycle.clone()];
    all.extend(rapport_core::contact::tags(&contact.fields));
    all.retain(|tag| !tag.is_empty());
    all.into_iter().map(|tag| (tag.clone(), terms(&tag.replace(['_', '-'], " ")))).collect()
}

/// Search terms of the customer's latest messages.
async fn wrote(read: &Read, id: ConversationId) -> Result<BTreeSet<String>> {
    let lines = thread::page(read, id, None, LINES).await?;
    let theirs = lines.iter().filter(|line| line.row.direction == "in").take(THEIRS);
    Ok(theirs.flat_map(|line| terms(&line.content.text())).collect())
}
