//! What the guard would say about a message now: for composers, and for an immediate answer to whoever sends.
//!
//! The limiters' readings are the send worker's alone; a preview leaves them out, so it never promises a time for them. What
//! is left of the account's calls is stored, so that it is told.

use super::facts::{self, Ask};
use super::words::VerdictView;
use crate::account::guard_policy::rules;
use crate::channel::{Channel, calls};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::guard::{self, Author, Outcome, Policy, Priority, Purpose, Rule, TemplateFacts, Verdict};
use rapport_core::inbox::{ContactState, ConversationState};
use rapport_core::message::Content;
use rapport_core::{ContactId, Ms};
use rapport_store::query::person;
use rapport_store::{Read, send};
use std::sync::Arc;

/// Whom a message would go to, and from where.
pub(crate) struct Scene {
    /// The channel.
    pub channel: Arc<Channel>,
    /// The customer.
    pub contact: ContactState,
    /// The conversation.
    pub conversation: ConversationState,
}

impl Scene {
    /// The scene of a conversation.
    pub async fn of(app: &App, read: &Read, conversation: ConversationState) -> Result<Self> {
        let channel = channel(app, read, conversation.channel_id).await?;
        let contact = contact(read, conversation.contact_id).await?;
        Ok(Self { channel, contact, conversation })
    }
}

/// The channel, when it is the workspace's own.
pub(crate) async fn channel(app: &App, read: &Read, id: rapport_core::ChannelId) -> Result<Arc<Channel>> {
    let found = app.channels.get(id).await?.filter(|channel| channel.workspace == read.workspace());
    found.ok_or_else(|| Error::refused("channel_gone", "The channel of this conversation was removed."))
}

/// The contact.
pub(crate) async fn contact(read: &Read, id: ContactId) -> Result<ContactState> {
    person::contact(read, id).await?.ok_or(Error::NotFound("contact"))
}

/// A judgement and where the message would stand in the queue.
pub(crate) struct Judged {
    /// The guard's answer.
    pub verdict: Verdict,
    /// Its place in the order of sending.
    pub priority: send::Priority,
}

impl Judged {
    /// Goes on unless the guard refuses.
    pub fn or_refuse(self) -> Result<Self> {
        if self.verdict.outcome != Outcome::Refuse {
            return Ok(self);
        }
        let view = VerdictView::from(&self.verdict);
        let closed = self.verdict.decided_by == Some(Rule::Window);
        let code = if closed { "window_closed" } else { "guard_refused" };
        Err(Error::Judged { code, detail: view.summary.clone(), verdict: Box::new(view) })
    }
}

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    /// What would be said.
    pub content: &'a Content,
    /// When the message was said that it reacts to.
    pub target_at: Option<Ms>,
    /// The event it is about.
    pub event: Option<&'a str>,
}

/// Asks the guard about a message that `author_kind` would send now.
pub(crate) async fn judge(app: &App, read: &Read, scene: &Scene, author_kind: &str, said: Said<'_>) -> Result<Judged> {
    let (now, content) = (app.now(), said.content);
    let rules = rules(app, read.workspace()).await?;
    let about = (content, said.event);
    let past = facts::past(read, &scene.channel, scene.contact.id, about, None, &rules, now).await?;
    let category = past.template.as_ref().map(|template| template.definition.category);
    let ask = Ask::of(author_kind, category, said.event);
    let mut request = ask.request(content, said.event);
    request.target_at = said.target_at;
    let timezone = &rules.timezone;
    let mut snapshot =
        facts::snapshot(&scene.channel, &scene.contact, &scene.conversation, content, &past, timezone, now);
    let urgency = guard::priority(ask.author, ask.purpose, category);
    snapshot.readings.calls_at = calls_at(read, &scene.channel, &rules.policy, urgency, now).await?;
    let verdict = guard::judge(&request, &snapshot, &rules.policy, now);
    let priority = match urgency {
        Priority::Reply => send::Priority::Reply,
        Priority::Service => send::Priority::Service,
        Priority::Promotion => send::Priority::Promotion,
    };
    Ok(Judged { verdict, priority })
}

/// When the account's calls leave one for what is so urgent.
async fn calls_at(read: &Read, channel: &Channel, policy: &Policy, urgency: Priority, now: Ms) -> Result<Option<Ms>> {
    let left = calls::left(read, &channel.portfolio_key, policy, now).await?;
    Ok(left.map(|left| left.earliest_leaving(now, policy.calls_left(urgency))))
}

/// Asks the guard about a sample: a message that `author` would send now, with a template that is taken as given.
pub(crate) async fn judge_sample(
    app: &App,
    read: &Read,
    scene: &Scene,
    (author, purpose): (Author, Purpose),
    content: &Content,
    template: Option<Arc<TemplateFacts>>,
) -> Result<Verdict> {
    let now = app.now();
    let rules = rules(app, read.workspace()).await?;
    let about = (content, None);
    let mut past = facts::past(read, &scene.channel, scene.contact.id, about, None, &rules, now).await?;
    past.template = template;
    let timezone = &rules.timezone;
    let mut snapshot =
        facts::snapshot(&scene.channel, &scene.contact, &scene.conversation, content, &past, timezone, now);
    let category = past.template.as_ref().map(|template| template.definition.category);
    let urgency = guard::priority(author, purpose, category);
    snapshot.readings.calls_at = calls_at(read, &scene.channel, &rules.policy, urgency, now).await?;
    let request = guard::Request::message(content, author, purpose);
    Ok(guard::judge(&request, &snapshot, &rules.policy, now))
}
