//! What may be sent to a contact now, and why not: the guard asked about a sample of each kind.

use super::NOUN;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::send::blank;
use crate::send::preview::{self, Scene};
use crate::send::words::VerdictView;
use crate::state::App;
use rapport_core::guard::{Author, Purpose, TemplateFacts};
use rapport_core::message::Content;
use rapport_core::template::{self, Category};
use rapport_core::{ChannelId, ContactId};
use rapport_store::Read;
use rapport_store::query::{contact_page, person};
use rapport_store::template::Filter;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Approved templates that are looked through for one of each kind.
const TEMPLATES_MAX: u64 = 500;

/// What may be sent to a contact now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MaySend)]
pub struct MaySend {
    /// Each channel of the workspace.
    pub channels: Vec<ChannelMaySend>,
}

/// What may be sent to a contact over one channel now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ChannelMaySend)]
pub struct ChannelMaySend {
    /// The channel.
    pub channel_id: Uuid,
    /// Its name.
    pub channel_name: String,
    /// A text that a person writes.
    pub text: VerdictView,
    /// A utility template by an automatic rule: a notice about something of the customer's.
    pub utility: VerdictView,
    /// A marketing template that a person sends.
    pub marketing: VerdictView,
    /// The same by a campaign, which also waits for the preferred hours.
    pub campaign: VerdictView,
}

/// Asks the guard for each channel of the workspace.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn of(app: &App, caller: &Caller, id: ContactId) -> Result<MaySend> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    contact_page::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    let contact = person::contact(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    let mut channels = Vec::new();
    for row in rapport_store::channel::list(&read).await? {
        let channel_id = ChannelId(row.id);
        // One that was disconnected is no way to anybody.
        let found = app.channels.get(channel_id).await?.filter(|channel| !channel.disconnected);
        let Some(channel) = found else { continue };
        let known = person::conversation(&read, id, channel_id).await?;
        let conversation = known.unwrap_or_else(|| blank(id, channel_id, app.now()));
        let scene = Scene { channel, contact: contact.clone(), conversation };
        channels.push(over(app, &read, &scene).await?);
    }
    Ok(MaySend { channels })
}

async fn over(app: &App, read: &Read, scene: &Scene) -> Result<ChannelMaySend> {
    let text = Content::Text { body: "?".to_owned(), preview_url: None };
    let filter = Filter {
        waba_id: Some(scene.channel.waba_id.clone()),
        status: Some("APPROVED".to_owned()),
        ..Filter::default()
    };
    let templates = rapport_store::template::list(read, &filter, TEMPLATES_MAX).await?;
    let sample = |category: Category| {
        let row = templates.iter().find(|row| Category::parse(&row.category) == category);
        let name = row.map_or_else(|| category.code().to_lowercase(), |row| row.name.clone());
        let language = row.map_or_else(|| "en".to_owned(), |row| row.language.clone());
        let facts = row.and_then(|row| plain(&row.name, &row.language, category));
        let components = serde_json::Value::Array(Vec::new());
        (Content::Template { name, language, components, preview: None }, facts)
    };
    let (notice, notice_facts) = sample(Category::Utility);
    let (offer, offer_facts) = sample(Category::Marketing);
    let ask = async |content: &Content, author, purpose, template| -> Result<VerdictView> {
        let verdict = preview::judge_sample(app, read, scene, (author, purpose), content, template).await?;
        Ok(VerdictView::from(&verdict))
    };
    Ok(ChannelMaySend {
        channel_id: scene.channel.id.0,
        channel_name: scene.channel.name.clone(),
        text: ask(&text, Author::User, Purpose::Reply, None).await?,
        utility: ask(&notice, Author::Rule, Purpose::Service, notice_facts).await?,
        marketing: ask(&offer, Author::User, Purpose::Promotion, offer_facts.clone()).await?,
        campaign: ask(&offer, Author::Campaign, Purpose::Promotion, offer_facts).await?,
    })
}

/// A template of the account without its placeholders: the question is whether one may go, not how it is filled.
fn plain(name: &str, language: &str, category: Category) -> Option<Arc<TemplateFacts>> {
    let body = serde_json::json!([{ "type": "BODY", "text": name }]);
    let definition = template::parse(&body, None, category.code()).ok()?;
    Some(Arc::new(TemplateFacts {
        name: name.to_owned(),
        language: language.to_owned(),
        languages: vec![language.to_owned()],
        status: "APPROVED".to_owned(),
        paused_until: None,
        definition,
    }))
}
