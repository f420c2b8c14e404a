//! A template before it is submitted: what people and programs send, and what is wrong with it.

use super::provider::opened;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::provider::{Feature, Kind, NewTemplate as Wanted};
use rapport_core::ChannelId;
use rapport_core::template::draft::{Draft, Problem, lacking, problems};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A template to be created.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    /// The channel whose account gets it.
    pub channel_id: Uuid,
    /// Small Latin letters, digits and underscores; languages of one template share it.
    pub name: String,
    /// Language code: `en_US`.
    pub language: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    pub category: String,
    /// `POSITIONAL` ({{1}}, left out) or `NAMED` ({{first_name}}).
    pub parameter_format: Option<String>,
    /// Components as the provider defines them. A media header's sample is `example.header_handle`, or
    /// `example.media_id` with the id of a file uploaded here.
    #[schema(value_type = Vec<Object>)]
    pub components: Value,
    /// How long WhatsApp tries a message of it, in seconds: 30 to 900 for codes, 30 to 43200 for utility, 43200 to 2592000
    /// for marketing, -1 = 30 days. Left out = the category's usual time.
    pub message_send_ttl_seconds: Option<i64>,
}

/// A draft to be checked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateDraft {
    /// The channel it is for: what its provider has no words for is a problem too. Left out = WhatsApp's rules alone.
    pub channel_id: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// Language code: `en_US`.
    pub language: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    pub category: String,
    /// `POSITIONAL` (left out) or `NAMED`.
    pub parameter_format: Option<String>,
    /// Components as the provider defines them.
    #[schema(value_type = Vec<Object>)]
    pub components: Value,
    /// How long WhatsApp tries a message of it, in seconds.
    pub message_send_ttl_seconds: Option<i64>,
}

/// What may be changed about a template; what is left out stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplatePatch {
    /// Another category; not of an approved template.
    pub category: Option<String>,
    /// All components anew.
    #[schema(value_type = Option<Vec<Object>>)]
    pub components: Option<Value>,
    /// How long WhatsApp tries a message of it, in seconds; -1 = 30 days.
    pub message_send_ttl_seconds: Option<i64>,
}

/// One rule of the provider that a draft breaks.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TemplateProblem)]
pub struct ProblemView {
    /// Stable; programs and translations go by it: `too_long`, `variable_at_start`, ...
    pub code: &'static str,
    /// Where: `name`, `components.1.buttons.0.url`, `components.0.example.first_name`.
    pub path: String,
    /// The number that is allowed or asked for.
    #[schema(required)]
    pub limit: Option<i64>,
    /// The number that was found.
    #[schema(required)]
    pub actual: Option<i64>,
    /// The word it is about: a variable, a kind of button.
    #[schema(required)]
    pub value: Option<String>,
    /// One English sentence.
    pub detail: String,
}

impl From<Problem> for ProblemView {
    fn from(problem: Problem) -> Self {
        let detail = problem.text();
        Self {
            code: problem.code.code(),
            path: problem.path,
            limit: problem.limit,
            actual: problem.actual,
            value: problem.value,
            detail,
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TemplateCheck {
    /// Everything that the provider would refuse; empty when the template may be submitted.
    pub problems: Vec<ProblemView>,
}

/// A draft as the provider writes such things: underscores in languages, capitals in words.
#[derive(Debug, Clone)]
pub(super) struct Tidy {
    pub(super) name: String,
    pub(super) language: String,
    pub(super) category: String,
    pub(super) parameter_format: String,
    pub(super) ttl_seconds: Option<i64>,
}

impl Tidy {
    pub(super) fn new(name: &str, language: &str, category: &str, parameter_format: Option<&str>) -> Self {
        Self {
            ttl_seconds: None,
            name: name.trim().to_owned(),
            language: language.trim().replace('-', "_"),
            category: category.trim().to_ascii_uppercase(),
            parameter_format: parameter_format.unwrap_or("POSITIONAL").trim().to_ascii_uppercase(),
        }
    }

    /// The same with how long a message is tried.
    pub(super) fn tried(self, ttl_seconds: Option<i64>) -> Self {
        Self { ttl_seconds, ..self }
    }

    fn draft<'a>(&'a self, components: &'a Value) -> Draft<'a> {
        Draft {
            name: &self.name,
            language: &self.language,
            category: &self.category,
            parameter_format: &self.parameter_format,
            components,
            ttl_seconds: self.ttl_seconds,
        }
    }

    /// Everything that is wrong with it and its components.
    pub(super) fn problems(&self, components: &Value) -> Vec<Problem> {
        problems(&self.draft(components))
    }

    /// The same, with what this provider has no words for.
    pub(super) fn problems_at(&self, provider: Kind, components: &Value) -> Vec<Problem> {
        let mut found = self.problems(components);
        found.extend(lacking(provider.carrier(), &self.draft(components)));
        found
    }

    /// What is handed over.
    pub(super) fn whole<'a>(&'a self, components: &'a Value) -> Wanted<'a> {
        Wanted {
            name: &self.name,
            language: &self.language,
            category: &self.category,
            parameter_format: &self.parameter_format,
            components,
            ttl_seconds: self.ttl_seconds,
        }
    }
}

/// Refuses a draft with problems.
pub(super) fn sound(problems: Vec<Problem>) -> Result<()> {
    if problems.is_empty() { Ok(()) } else { Err(Error::Draft(problems.into_iter().map(ProblemView::from).collect())) }
}

/// Checks a draft without submitting it.
///
/// # Errors
/// `Forbidden`, `NotFound` when there is no such channel, `Refused` `not_offered_by_provider` when its provider takes no
/// templates, `Store`.
pub async fn check(app: &App, caller: &Caller, draft: &TemplateDraft) -> Result<TemplateCheck> {
    caller.require(Permission::ChannelManage)?;
    let format = draft.parameter_format.as_deref();
    let tidy = Tidy::new(&draft.name, &draft.language, &draft.category, format).tried(draft.message_send_ttl_seconds);
    let problems = match draft.channel_id {
        Some(id) => {
            let channel = opened(app, caller, ChannelId(id)).await?;
            channel.offers(Feature::TemplateWriting)?;
            tidy.problems_at(channel.provider, &draft.components)
        }
        None => tidy.problems(&draft.components),
    };
    Ok(TemplateCheck { problems: problems.into_iter().map(ProblemView::from).collect() })
}
