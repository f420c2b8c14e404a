//! What a campaign says to one customer: its template, filled.

use crate::channel::template_fill::{definition, person, stored};
use crate::error::{Error, Result};
use crate::media::inside;
use rapport_core::MediaId;
use rapport_core::campaign::Skip;
use rapport_core::message::{Content, check};
use rapport_core::shop::is_name;
use rapport_core::template::bind::{self, Fillings, Person};
use rapport_core::template::{self, Definition};
use rapport_store::Read;
use rapport_store::campaign::CampaignRow;
use rapport_store::contact::ContactRow;
use rapport_store::template::TemplateRow;
use std::collections::BTreeMap;

/// A template with what the campaign puts into it: read once, filled for each customer.
pub(super) struct Recipe {
    /// The template.
    pub template: TemplateRow,
    definition: Definition,
    fillings: Fillings,
    given: BTreeMap<String, String>,
}

impl Recipe {
    /// The recipe of a template and the values that are the same for everybody.
    pub fn new(template: TemplateRow, given: BTreeMap<String, String>) -> Result<Self> {
        Ok(Self { definition: definition(&template)?, fillings: stored(&template), template, given })
    }

    /// The recipe of a campaign; `None` when its template is gone.
    pub async fn of(read: &Read, row: &CampaignRow) -> Result<Option<Self>> {
        let given = serde_json::from_value(row.given.clone()).unwrap_or_default();
        let template = rapport_store::template::get(read, row.template_id).await?;
        template.map(|template| Self::new(template, given)).transpose()
    }

    /// Refuses values that do not fit, and blanks that nothing could ever fill: each recipient would be left out.
    pub fn check(&self) -> Result<()> {
        let blanks = template::variables(&self.definition);
        if let Some(key) = self.given.keys().find(|key| blanks.iter().all(|blank| blank.key != **key)) {
            return Err(Error::invalid(format!("values.{key}"), "the template has no such blank"));
        }
        for blank in &blanks {
            let filling = bind::filling_of(blank, &self.template.language, &self.fillings);
            let given = self.given.get(&blank.key).is_some_and(|value| !value.trim().is_empty());
            if !given && filling.source.as_deref().is_some_and(is_name) {
                let detail = "must be given: campaigns do not tell of orders, which is what fills it";
                return Err(Error::invalid(format!("values.{}", blank.key), detail));
            }
            if !given && filling.source.is_none() && filling.fallback.is_none() {
                let detail = "must be given: neither the customer's data nor a fall-back fills it";
                return Err(Error::invalid(format!("values.{}", blank.key), detail));
            }
        }
        let sample = |blank: &template::Variable| {
            let value = self.given.get(&blank.key).cloned().unwrap_or_else(|| "x".to_owned());
            (blank.key.clone(), value)
        };
        let values: BTreeMap<String, String> = blanks.iter().map(sample).collect();
        let components = template::fill(&self.definition, &values)
            .map_err(|error| Error::invalid(format!("values.{}", error.key), "is missing or not usable"))?;
        template::check(&self.definition, &components).map_err(|mismatch| {
            let detail = format!("needs {}, not {}", mismatch.expected, mismatch.got);
            Error::invalid(format!("values.{}", mismatch.component), detail)
        })
    }

    /// Our own files among the values, with the blanks they stand in.
    pub fn files(&self) -> Vec<(String, MediaId)> {
        let holds =
            |key: &str| key.contains("header.image") || key.contains("header.video") || key.contains("header.document");
        let file = |(key, value): (&String, &String)| Some((key.clone(), MediaId(value.trim().parse().ok()?)));
        self.given.iter().filter(|(key, _)| holds(key)).filter_map(file).collect()
    }

    /// What the customer is sent, or why they are sent nothing.
    pub fn content(&self, contact: &ContactRow) -> std::result::Result<Content, Skip> {
        self.filled(&person(contact))
    }

    fn filled(&self, known: &Person<'_>) -> std::result::Result<Content, Skip> {
        let bound = bind::bind(&self.definition, &self.template.language, &self.fillings, known, &self.given);
        if let Some(key) = bound.missing.first() {
            return Err(Skip::Missing(key.clone()));
        }
        let components =
            template::fill(&self.definition, &bound.values).map_err(|error| Skip::Missing(error.key.clone()))?;
        let preview = Some(template::render(&self.definition, &components));
        let (name, language) = (self.template.name.clone(), self.template.language.clone());
        let mut content = Content::Template { name, language, components, preview };
        inside::claim(&mut content);
        if check::content(&content).is_empty() { Ok(content) } else { Err(Skip::TooLong) }
    }
}
