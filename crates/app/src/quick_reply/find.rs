//! Finding the reply that is wanted, and counting that it was.

use super::files::FileView;
use super::{HereView, QuickReplyView, Reach, view};
use crate::auth::{Caller, Permission};
use crate::channel::template_fill::person;
use crate::error::{Error, Result};
use crate::shop::about::{Hint, of_text};
use crate::state::App;
use rapport_core::reply::blank::{Known, fill};
use rapport_core::reply::{Candidate, choose, rank};
use rapport_core::shop::asks;
use rapport_core::template::bind::Person;
use rapport_core::{ContactId, ConversationId};
use rapport_store::Read;
use rapport_store::contact::ContactRow;
use rapport_store::query::contact_page;
use rapport_store::quick_reply::{self, QuickReplyRow};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which replies are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QuickReplyQuery {
    /// What was typed after the slash: the beginning of a short code, or letters of title or text. The best comes first.
    pub q: Option<String>,
    /// The conversation they are wanted in: each then says what it would say there.
    pub conversation_id: Option<Uuid>,
}

/// What is known in a conversation.
struct Scene {
    contact: ContactRow,
    channel: String,
    agent: String,
    locale: String,
    /// What is known of their order, when any reply asks.
    shop: BTreeMap<String, String>,
}

impl Scene {
    async fn of(app: &App, caller: &Caller, read: &Read, id: ConversationId) -> Result<Self> {
        let row = rapport_store::conversation::get(read, id).await?.ok_or(Error::NotFound("conversation"))?;
        let contact = contact_page::get(read, ContactId(row.contact_id)).await?.ok_or(Error::NotFound("contact"))?;
        let channel = app.channels.get(row.channel_id.into()).await?;
        let locale = rapport_store::workspace::get(read).await?.map(|row| row.locale).unwrap_or_default();
        let channel = channel.map(|channel| channel.name.clone()).unwrap_or_default();
        // A program has no name that a customer should read.
        let agent = caller.user().map(|_| caller.name.clone()).unwrap_or_default();
        Ok(Self { contact, channel, agent, locale, shop: BTreeMap::new() })
    }

    fn say(&self, bodies: &BTreeMap<String, String>) -> Option<HereView> {
        let wanted = [self.contact.language.as_deref().unwrap_or_default(), self.locale.as_str(), "en"];
        let (language, body) = choose(bodies, &wanted)?;
        let person = Person { shop: Some(&self.shop), ..person(&self.contact) };
        let known = Known { person, agent: &self.agent, channel: &self.channel };
        let filled = fill(body, &known);
        Some(HereView { language: language.to_owned(), text: filled.text, missing: filled.missing })
    }
}

/// The replies that the caller may use, best first, and where the next page begins.
///
/// # Errors
/// `Forbidden`, `NotFound` for the conversation, `Store`.
pub async fn find(
    app: &App,
    caller: &Caller,
    query: QuickReplyQuery,
    from: Option<usize>,
    limit: u64,
) -> Result<(Vec<QuickReplyView>, Option<usize>)> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let mut scene = match query.conversation_id {
        Some(id) => Some(Scene::of(app, caller, &read, ConversationId(id)).await?),
        None => None,
    };
    let reach = Reach::of(&read, caller).await?;
    let uses = quick_reply::uses(&read, reach.user_id()).await?;
    let mut files = quick_reply::files(&read, None).await?;
    let mut rows = quick_reply::all(&read).await?;
    rows.retain(|row| reach.sees(row));
    if let Some(scene) = &mut scene {
        let asking: String = rows.iter().map(|row| row.bodies.to_string()).filter(|text| asks(text)).collect();
        scene.shop = of_text(app, &read, &scene.contact, &asking, Hint::default()).await?;
    }
    let found: Vec<(QuickReplyView, _)> = rows
        .into_iter()
        .map(|row| {
            let used = uses.get(&row.id).copied().unwrap_or_default();
            let carried = files.remove(&row.id).unwrap_or_default().into_iter().map(FileView::from).collect();
            let mut view = view(row, carried, &reach, used);
            view.here = scene.as_ref().and_then(|scene| scene.say(&view.bodies));
            (view, used.own_last)
        })
        .collect();
    let candidates: Vec<Candidate<'_>> = found
        .iter()
        .map(|(view, last_used)| Candidate {
            shortcut: &view.shortcut,
            title: &view.title,
            body: view
                .here
                .as_ref()
                .map_or_else(|| view.bodies.values().next().map_or("", String::as_str), |here| here.text.as_str()),
            own_uses: view.own_uses,
            uses: view.uses,
            last_used: *last_used,
        })
        .collect();
    let order = rank(&candidates, query.q.as_deref().unwrap_or_default(), app.now());
    let (from, limit) = (from.unwrap_or(0), usize::try_from(limit).unwrap_or(usize::MAX));
    let next = (order.len() > from.saturating_add(limit)).then(|| from + limit);
    let items = order.into_iter().skip(from).take(limit).map(|at| found[at].0.clone()).collect();
    Ok((items, next))
}

/// One reply.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<QuickReplyView> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let reach = Reach::of(&read, caller).await?;
    let row = seen(&read, &reach, id).await?;
    let uses = quick_reply::uses_of(&read, reach.user_id(), row.id).await?;
    let files = of_reply(&read, id).await?;
    Ok(view(row, files, &reach, uses))
}

/// The files of one reply.
pub(super) async fn of_reply(read: &Read, id: Uuid) -> Result<Vec<FileView>> {
    let found = quick_reply::files(read, Some(&[id])).await?.remove(&id);
    Ok(found.unwrap_or_default().into_iter().map(FileView::from).collect())
}

async fn seen(read: &Read, reach: &Reach, id: Uuid) -> Result<QuickReplyRow> {
    let row = quick_reply::get(read, id).await?.filter(|row| reach.sees(row));
    row.ok_or(Error::NotFound("quick reply"))
}

/// The caller has used a reply: it stands further up the next time.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn used(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::InboxWrite)?;
    let scope = app.store.workspace(caller.workspace);
    let read = scope.read();
    let reach = Reach::of(&read, caller).await?;
    let row = seen(&read, &reach, id).await?;
    let Some(actor) = caller.actor_id() else { return Ok(()) };
    let tx = scope.write().await?;
    quick_reply::used(&tx, row.id, actor, app.now()).await?;
    tx.commit().await?;
    Ok(())
}
