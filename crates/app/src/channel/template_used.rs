//! What stops working when a template does: campaigns that are not over, macros, rules that are
//! switched on, the question about satisfaction.

use super::template_list::TemplateView;
use crate::auth::{Caller, Permission};
use crate::campaign::view::StatusWord;
use crate::error::Result;
use crate::macros::{MacroAction, MacroView};
use crate::rule::set::known;
use crate::survey::settings;
use rapport_core::rule::Known;
use rapport_store::Read;
use rapport_store::campaign::CampaignRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Most campaigns and macros that are looked at.
const MOST: u64 = 500;

/// Something that sends a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TemplateUser {
    /// What it is.
    pub kind: TemplateUserKind,
    /// Which one; null for the survey, of which there is one.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// Its name; empty for the survey.
    pub name: String,
    /// How far a campaign has come; null for the others.
    #[schema(required)]
    pub status: Option<StatusWord>,
}

/// What sends a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TemplateUserKind {
    /// A campaign that is not over.
    Campaign,
    /// A macro.
    Macro,
    /// A rule that is switched on.
    Rule,
    /// The question about satisfaction.
    Survey,
}

/// Everything of a workspace that sends templates, as far as the caller may see it.
pub(super) struct Users {
    campaigns: Vec<CampaignRow>,
    macros: Vec<MacroView>,
    rules: Vec<Known>,
    survey: Option<(String, String)>,
}

impl Users {
    /// Reads them.
    pub async fn of(read: &Read, caller: &Caller) -> Result<Self> {
        let campaigns = if caller.permissions.has(Permission::CampaignManage) {
            rapport_store::campaign::open(read, MOST).await?
        } else {
            Vec::new()
        };
        let macros = rapport_store::macros::page(read, caller.user().ok(), None, MOST).await?;
        let rules = if caller.permissions.has(Permission::RuleRead) {
            rapport_store::rule::enabled(read).await?
        } else {
            Vec::new()
        };
        let chosen = rapport_store::workspace::get(read).await?.map(|row| settings::of(&row.settings));
        let asks = chosen.filter(|settings| settings.enabled).and_then(|settings| settings.template);
        Ok(Self {
            campaigns,
            macros: macros.into_iter().map(crate::macros::view).collect(),
            // One that cannot be read any more runs for nobody.
            rules: rules.into_iter().filter_map(|row| known(row).ok()).collect(),
            survey: asks.map(|template| (template.name, template.language)),
        })
    }

    /// Those that send this one.
    pub fn using(&self, template: &TemplateView) -> Vec<TemplateUser> {
        let (name, language) = (template.name.as_str(), template.language.as_str());
        let campaigns = self.campaigns.iter().filter(|row| row.template_id == template.id).map(|row| TemplateUser {
            kind: TemplateUserKind::Campaign,
            id: Some(row.id),
            name: row.name.clone(),
            status: Some(StatusWord::of(&row.status)),
        });
        let sends = |action: &MacroAction| match action {
            MacroAction::SendTemplate { name: one, language: other } => one == name && other == language,
            _ => false,
        };
        let macros = self.macros.iter().filter(|one| one.actions.iter().any(sends)).map(|one| TemplateUser {
            kind: TemplateUserKind::Macro,
            id: Some(one.id),
            name: one.name.clone(),
            status: None,
        });
        let rules = self.rules.iter().filter(|rule| rule.definition.sends(name, language)).map(|rule| TemplateUser {
            kind: TemplateUserKind::Rule,
            id: Some(rule.id),
            name: rule.definition.name.clone(),
            status: None,
        });
        let survey = self.survey.iter().filter(|(one, other)| one == name && other == language).map(|_| TemplateUser {
            kind: TemplateUserKind::Survey,
            id: None,
            name: String::new(),
            status: None,
        });
        campaigns.chain(macros).chain(rules).chain(survey).collect()
    }
}
