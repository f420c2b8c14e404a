//! Making, changing and throwing away campaigns that have not begun.

use super::audience::{self, AudiencePut};
use super::message::Recipe;
use super::view::{CampaignView, view};
use super::{NOUN, files_in, one, told};
use crate::audit::{Change, record};
use crate::auth::{Actor, Caller, Permission};
use crate::channel::view::DISCONNECTED;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::campaign::{Audience, Status};
use rapport_core::{CampaignId, ChannelId, Ms};
use rapport_store::campaign::{self, CampaignRow};
use rapport_store::{Read, media};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest value of a blank, in characters.
const VALUE_MAX: usize = 2_000;
/// How often a change is tried on top of what others have changed meanwhile.
const TRIES: u32 = 5;

/// A campaign to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCampaign {
    /// What the team calls it: 1 to 100 characters. Customers do not see it.
    pub name: String,
    /// The channel it goes over.
    pub channel_id: Uuid,
    /// The template, of the channel's account.
    pub template_id: Uuid,
    /// What stands in blanks for everybody, by the key of the blank. The others are filled from each customer's data as
    /// the template says; whoever lacks it is left out and told as `missing_value`.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// Whom it is for.
    pub audience: AudiencePut,
}

/// What is changed of a campaign; left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignPatch {
    /// What the team calls it.
    pub name: Option<String>,
    /// The channel it goes over.
    pub channel_id: Option<Uuid>,
    /// The template.
    pub template_id: Option<Uuid>,
    /// What stands in blanks for everybody; takes the place of all earlier values.
    pub values: Option<BTreeMap<String, String>>,
    /// Whom it is for.
    pub audience: Option<AudiencePut>,
}

/// Makes a draft.
///
/// # Errors
/// `Forbidden`, `Invalid` naming the field, `Refused` when the template cannot be understood, `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewCampaign) -> Result<CampaignView> {
    caller.require(Permission::CampaignManage)?;
    let now = app.now();
    let scope = app.store.workspace(caller.workspace);
    let id = CampaignId(app.store.new_id(now));
    let created_by = match caller.actor {
        Actor::User { user, .. } => Some(user.0),
        Actor::Token { .. } | Actor::Rule { .. } | Actor::System => None,
    };
    let (channel_id, template_id) = (new.channel_id, new.template_id);
    let mut row = CampaignRow {
        workspace_id: caller.workspace.0,
        id: id.0,
        name: crate::account::name("name", &new.name)?,
        channel_id,
        template_id,
        template_name: String::new(),
        template_language: String::new(),
        category: String::new(),
        given: json!(values(new.values)?),
        audience: json!({}),
        status: Status::Draft.code().to_owned(),
        scheduled_at: None,
        cursor: None,
        planned: 0,
        started_at: None,
        finished_at: None,
        stopped_for: None,
        created_by,
        created_at: now.0,
        updated_at: now.0,
    };
    fits(&scope.read(), &mut row).await?;
    let country = &app.channels.policy(caller.workspace).await?.default_country;
    let (audience, entries) = audience::checked(new.audience, country)?;
    row.audience = json!(audience);
    let tx = scope.write().await?;
    campaign::insert(&tx, row.clone()).await?;
    campaign::put_list(&tx, id, &entries).await?;
    media::used(&tx, &files_in(&row.given), now).await?;
    let change = Change { before: None, after: Some(summary(&row)) };
    record(&tx, now, caller, "campaign.created", (NOUN, row.id), change).await?;
    told(&tx, id, &row.status, now).await?;
    tx.commit().await?;
    app.feeds.wake();
    view(row, None)
}

/// Changes a campaign that has not begun.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` naming the field, `Conflict` (`campaign_state`) once it has begun, or while others
/// change it again and again, `Store`.
pub async fn update(app: &App, caller: &Caller, id: CampaignId, patch: CampaignPatch) -> Result<CampaignView> {
    caller.require(Permission::CampaignManage)?;
    let country = &app.channels.policy(caller.workspace).await?.default_country;
    let patch = Patch::of(patch, country)?;
    let scope = app.store.workspace(caller.workspace);
    for _ in 0..TRIES {
        let now = app.now();
        let known = one(app, caller, id).await?;
        let mut row = patch.applied(known.clone());
        row.updated_at = now.0;
        fits(&scope.read(), &mut row).await?;
        let tx = scope.write().await?;
        let locked = campaign::lock(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
        if locked != known {
            // Somebody changed it since it was read: theirs stays, and this comes on top of it.
            tx.rollback().await?;
            continue;
        }
        if !campaign::change(&tx, &row).await? {
            tx.rollback().await?;
            return Err(begun());
        }
        if let Some((_, entries)) = &patch.audience {
            campaign::put_list(&tx, id, entries).await?;
        }
        media::used(&tx, &files_in(&row.given), row.scheduled_at.map_or(now, |at| now.max(Ms(at)))).await?;
        let change = Change { before: Some(summary(&known)), after: Some(summary(&row)) };
        record(&tx, now, caller, "campaign.changed", (NOUN, row.id), change).await?;
        told(&tx, id, &row.status, now).await?;
        tx.commit().await?;
        app.feeds.wake();
        return view(row, None);
    }
    Err(Error::conflict("campaign_state", "Others are changing the campaign at this moment; try again."))
}

/// A patch whose fields can be stored, each by itself.
struct Patch {
    name: Option<String>,
    channel_id: Option<Uuid>,
    template_id: Option<Uuid>,
    values: Option<BTreeMap<String, String>>,
    audience: Option<(Audience, Vec<String>)>,
}

impl Patch {
    fn of(patch: CampaignPatch, country: &str) -> Result<Self> {
        Ok(Self {
            name: patch.name.map(|name| crate::account::name("name", &name)).transpose()?,
            channel_id: patch.channel_id,
            template_id: patch.template_id,
            values: patch.values.map(values).transpose()?,
            audience: patch.audience.map(|put| audience::checked(put, country)).transpose()?,
        })
    }

    /// The campaign with what is to change.
    fn applied(&self, mut row: CampaignRow) -> CampaignRow {
        if let Some(name) = &self.name {
            row.name.clone_from(name);
        }
        row.channel_id = self.channel_id.unwrap_or(row.channel_id);
        row.template_id = self.template_id.unwrap_or(row.template_id);
        if let Some(given) = &self.values {
            row.given = json!(given);
        }
        if let Some((audience, _)) = &self.audience {
            row.audience = json!(audience);
        }
        row
    }
}

/// Throws a draft away. One that has begun stays: it says who was written to, and why others were not.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` (`campaign_state`) when it is no draft, `Store`.
pub async fn delete(app: &App, caller: &Caller, id: CampaignId) -> Result<()> {
    caller.require(Permission::CampaignManage)?;
    let row = one(app, caller, id).await?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    if !campaign::delete(&tx, id).await? {
        tx.rollback().await?;
        let detail =
            "Only a draft can be deleted. Cancel the campaign; it is kept, because it says who was written to.";
        return Err(Error::conflict("campaign_state", detail));
    }
    let change = Change { before: Some(summary(&row)), after: None };
    record(&tx, now, caller, "campaign.deleted", (NOUN, row.id), change).await?;
    told(&tx, id, "deleted", now).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(())
}

fn begun() -> Error {
    Error::conflict("campaign_state", "The campaign has begun: only drafts and scheduled ones can be changed.")
}

fn summary(row: &CampaignRow) -> serde_json::Value {
    json!({
        "name": row.name,
        "channel_id": row.channel_id,
        "template": format!("{} ({})", row.template_name, row.template_language),
        "values": row.given,
        "audience": row.audience,
    })
}

fn values(given: BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let given: BTreeMap<String, String> = given.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
    match given.iter().find(|(_, value)| value.chars().count() > VALUE_MAX) {
        Some((key, _)) => {
            Err(Error::invalid(format!("values.{key}"), format!("must have at most {VALUE_MAX} characters")))
        }
        None => Ok(given),
    }
}

/// Channel, template and values go together; what is kept of the template is filled in.
async fn fits(read: &Read, row: &mut CampaignRow) -> Result<()> {
    let channel = rapport_store::channel::get(read, ChannelId(row.channel_id)).await?;
    let channel = channel.filter(|channel| channel.status != DISCONNECTED);
    let channel =
        channel.ok_or_else(|| Error::invalid("channel_id", "names a channel that does not exist (any more)"))?;
    let template = rapport_store::template::get(read, row.template_id).await?;
    let template = template.ok_or_else(|| Error::invalid("template_id", "names a template that does not exist"))?;
    if template.waba_id != channel.waba_id {
        return Err(Error::invalid("template_id", "names a template of another account than the channel's"));
    }
    row.template_name.clone_from(&template.name);
    row.template_language.clone_from(&template.language);
    row.category = template.category.to_ascii_lowercase();
    let given = serde_json::from_value(row.given.clone()).unwrap_or_default();
    let recipe = Recipe::new(template, given)?;
    let files = recipe.files();
    recipe.check()?;
    for (key, id) in files {
        let file = rapport_store::media::get(read, id).await?.filter(|file| file.state == "stored");
        if file.is_none() {
            return Err(Error::invalid(format!("values.{key}"), "names a file that is not stored"));
        }
    }
    Ok(())
}
