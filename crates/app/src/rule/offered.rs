//! What rules are made of, for whoever draws a form.

use crate::auth::{Caller, Permission};
use crate::error::Result;
use rapport_core::rule::{Offered, catalogue};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A field that conditions may ask about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RuleField {
    /// Its name. Contacts' own fields are `contact.fields.<name>`, of the kind `own`.
    pub name: String,
    /// What it holds: `text`, `message`, `number`, `flag`, `choice`, `team`, `user`, `channel`, `tags`, `moment`, `own`.
    pub kind: String,
    /// The words it may be, for a choice.
    pub options: Vec<String>,
}

/// How fields of a kind are compared.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RuleComparison {
    /// The kind of field.
    pub kind: String,
    /// The comparison: `is`, `has_any`, `within`, ...
    pub is: String,
    /// What it compares with: `nothing`, `one`, `several`, `number`, `minutes`.
    pub wants: String,
}

/// What is to be said about a trigger or a step.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RuleParameter {
    /// Its name.
    pub name: String,
    /// What it is: `text`, `word`, `words`, `tags`, `fields`, `field`, `value`, `minutes`, `number`, `time`, `days`, `zone`,
    /// `team`, `user`, `priority`, `category`, `template`, `pool`, `condition`, `steps`.
    pub kind: String,
    /// Whether it must be given.
    pub required: bool,
}

/// A trigger or a step.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RulePart {
    /// Its word: `keyword`, `send_text`.
    pub name: String,
    /// What is to be said about it.
    pub parameters: Vec<RuleParameter>,
}

/// Something that can be counted.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RuleCount {
    /// What: `said`, `messages_in`, ...
    pub name: String,
    /// Whether it counts words.
    pub of_words: bool,
}

/// Everything that a rule may be made of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RuleParts)]
pub struct OfferedView {
    /// The fields.
    pub fields: Vec<RuleField>,
    /// How they are compared.
    pub comparisons: Vec<RuleComparison>,
    /// What can be counted.
    pub counts: Vec<RuleCount>,
    /// How counts are compared.
    pub count_comparisons: Vec<String>,
    /// What makes a rule look.
    pub triggers: Vec<RulePart>,
    /// What a rule can do.
    pub steps: Vec<RulePart>,
    /// The days of the week.
    pub days: Vec<String>,
    /// The word for the customer's own clock in a condition on the time.
    pub customer_clock: String,
}

/// A value's word as it is written.
fn word(value: &impl Serialize) -> String {
    match json!(value) {
        Value::String(word) => word,
        other => other.to_string(),
    }
}

fn part(offered: &Offered) -> RulePart {
    let parameters = offered.parameters.iter().map(|parameter| RuleParameter {
        name: parameter.name.to_owned(),
        kind: word(&parameter.kind),
        required: parameter.required,
    });
    RulePart { name: offered.name.to_owned(), parameters: parameters.collect() }
}

/// What rules are made of.
///
/// # Errors
/// `Forbidden`.
pub fn get(caller: &Caller) -> Result<OfferedView> {
    caller.require(Permission::RuleRead)?;
    let parts = catalogue();
    let comparisons = parts.comparisons.iter().flat_map(|(kind, all)| {
        all.iter().map(|(is, wants)| RuleComparison { kind: word(kind), is: word(is), wants: word(wants) })
    });
    let field = |field: &rapport_core::rule::Field| RuleField {
        name: field.name.to_owned(),
        kind: word(&field.kind),
        options: field.options.iter().map(|option| (*option).to_owned()).collect(),
    };
    Ok(OfferedView {
        fields: parts.fields.iter().map(field).collect(),
        comparisons: comparisons.collect(),
        counts: parts
            .counts
            .iter()
            .map(|(name, of_words)| RuleCount { name: word(name), of_words: *of_words })
            .collect(),
        count_comparisons: parts.count_comparisons.iter().map(word).collect(),
        triggers: parts.triggers.iter().map(part).collect(),
        steps: parts.steps.iter().map(part).collect(),
        days: parts.days.iter().map(word).collect(),
        customer_clock: parts.customer_clock.to_owned(),
    })
}
