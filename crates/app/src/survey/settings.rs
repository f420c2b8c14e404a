//! Whether, when and how customers are asked.

use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::words::given;
use crate::state::App;
use rapport_core::routing::{SurveySettings, SurveyTemplate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Where the choices stand among the workspace's settings.
const KEY: &str = "survey";

/// The template that asks outside the service window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SurveyTemplate)]
pub struct TemplateDoc {
    /// Its name.
    pub name: String,
    /// Its language, with underscore: `en_US`.
    pub language: String,
}

/// What is chosen about surveys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SurveySettings)]
pub struct SettingsView {
    /// Whether customers are asked at all.
    pub enabled: bool,
    /// How long after the resolution, milliseconds.
    pub delay_ms: i64,
    /// A customer is asked again after this many days at the earliest.
    pub every_days: u32,
    /// How long the customer's next words count as the comment, milliseconds.
    pub comment_ms: i64,
    /// How long an answer counts, milliseconds.
    pub answer_ms: i64,
    /// The question in the shop's own words; null = ours, in the customer's language.
    pub question: Option<String>,
    /// The template outside the service window; null = nobody is asked then.
    pub template: Option<TemplateDoc>,
}

impl From<SurveySettings> for SettingsView {
    fn from(settings: SurveySettings) -> Self {
        Self {
            enabled: settings.enabled,
            delay_ms: settings.delay_ms,
            every_days: settings.every_days,
            comment_ms: settings.comment_ms,
            answer_ms: settings.answer_ms,
            question: settings.question,
            template: settings.template.map(|own| TemplateDoc { name: own.name, language: own.language }),
        }
    }
}

/// What may be changed; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SurveySettingsPatch)]
pub struct SettingsPatch {
    /// Whether customers are asked at all.
    pub enabled: Option<bool>,
    /// How long after the resolution: 0 to 7 days, in milliseconds.
    pub delay_ms: Option<i64>,
    /// A customer is asked again after this many days at the earliest, 0 to 3,650.
    pub every_days: Option<u32>,
    /// How long the customer's next words count as the comment: 0 to 7 days, in milliseconds.
    pub comment_ms: Option<i64>,
    /// How long an answer counts: 1 hour to 90 days, in milliseconds.
    pub answer_ms: Option<i64>,
    /// The question in the shop's own words, at most 1,000 characters; null = ours.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub question: Option<Option<String>>,
    /// The template outside the service window; null = none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<TemplateDoc>)]
    pub template: Option<Option<TemplateDoc>>,
}

/// What a workspace has chosen.
pub(crate) fn of(settings: &Value) -> SurveySettings {
    settings.get(KEY).map(SurveySettings::read).unwrap_or_default()
}

/// What is chosen about surveys.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<SettingsView> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::workspace::get(&read).await?.ok_or(Error::NotFound("workspace"))?;
    Ok(of(&row.settings).into())
}

/// Changes it.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the field), `NotFound`, `Store`.
pub async fn update(app: &App, caller: &Caller, patch: SettingsPatch) -> Result<SettingsView> {
    caller.require(Permission::WorkspaceManage)?;
    let scope = app.store.workspace(caller.workspace);
    if let Some(Some(template)) = &patch.template {
        exists(&scope.read(), template).await?;
    }
    let tx = scope.write().await?;
    let mut row = rapport_store::workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
    let before = of(&row.settings);
    let after = amended(before.clone(), patch);
    after.check().map_err(|unfit| Error::invalid(unfit.field, unfit.message))?;
    if !row.settings.is_object() {
        row.settings = json!({});
    }
    row.settings[KEY] = json!(after);
    let target = ("workspace", row.workspace_id);
    rapport_store::workspace::update(&tx, row).await?;
    let change = Change { before: Some(json!(before)), after: Some(json!(after)) };
    crate::audit::record(&tx, app.now(), caller, "workspace.survey", target, change).await?;
    tx.commit().await?;
    app.channels.forget();
    Ok(after.into())
}

fn amended(mut known: SurveySettings, patch: SettingsPatch) -> SurveySettings {
    known.enabled = patch.enabled.unwrap_or(known.enabled);
    known.delay_ms = patch.delay_ms.unwrap_or(known.delay_ms);
    known.every_days = patch.every_days.unwrap_or(known.every_days);
    known.comment_ms = patch.comment_ms.unwrap_or(known.comment_ms);
    known.answer_ms = patch.answer_ms.unwrap_or(known.answer_ms);
    if let Some(question) = patch.question {
        known.question = question.map(|text| text.trim().to_owned());
    }
    if let Some(template) = patch.template {
        known.template = template.map(|own| SurveyTemplate { name: own.name, language: own.language });
    }
    known
}

/// A template of that name and language must be approved at one of the workspace's accounts.
async fn exists(read: &rapport_store::Read, template: &TemplateDoc) -> Result<()> {
    let channels = rapport_store::channel::list(read).await?;
    for channel in &channels {
        let rows = rapport_store::template::by_name(read, &channel.waba_id, &template.name).await?;
        let Some(row) = rows.iter().find(|row| row.language == template.language) else { continue };
        if row.status.eq_ignore_ascii_case("approved") {
            return Ok(());
        }
        return Err(Error::invalid("template", "names a template that is not approved"));
    }
    Err(Error::invalid("template", "names no template of this workspace; synchronise templates"))
}
