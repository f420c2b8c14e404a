//! A campaign's message to one contact, to be looked at on a real telephone before everybody gets it.

use super::message::Recipe;
use super::one;
use crate::auth::{Caller, Permission};
use crate::contact::conversations::{self, OpenConversation};
use crate::error::{Error, Result};
use crate::inbox::send::{self, SendRequest};
use crate::inbox::view::MessageView;
use crate::state::App;
use rapport_core::campaign::Skip;
use rapport_core::{CampaignId, ContactId, ConversationId};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Who gets the test.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignTest {
    /// The contact: somebody of the team, who knows what it is.
    pub contact_id: Uuid,
}

/// Sends the campaign's message to one contact now, as the caller's own message. The contact is no recipient for that.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`contact_id`), `Judged` with the guard's verdict, `Refused`, `Store`.
pub async fn run(app: &App, caller: &Caller, id: CampaignId, wanted: CampaignTest) -> Result<MessageView> {
    caller.require(Permission::CampaignManage)?;
    let row = one(app, caller, id).await?;
    let read = app.store.workspace(caller.workspace).read();
    let contact = ContactId(wanted.contact_id);
    let person = rapport_store::query::contact_page::get(&read, contact).await?;
    let person = person.ok_or_else(|| Error::invalid("contact_id", "names a contact that does not exist"))?;
    let recipe = Recipe::of(&read, &row).await?;
    let recipe = recipe.ok_or_else(|| Error::refused("template_gone", "The campaign's template was deleted."))?;
    let content = recipe.content(&person).map_err(|skip| {
        let detail = match skip {
            Skip::Missing(key) => format!("is a contact without what fills the blank {key} of the template"),
            _ => "is a contact with whose data the template is too long".to_owned(),
        };
        Error::invalid("contact_id", detail)
    })?;
    let channel = OpenConversation { channel_id: row.channel_id };
    let (conversation, _) = conversations::open(app, caller, contact, channel).await?;
    let request = SendRequest::plain(None, content);
    Ok(send::send(app, caller, ConversationId(conversation.id), request).await?.message)
}
