//! G1: only templates that exist, are approved, in the language asked for, filled as defined.

use super::{Case, refuse};
use crate::guard::request::Purpose;
use crate::guard::verdict::{Check, Effect, Rule, Unit};
use crate::message::Content;
use crate::template::{Category, check};
use serde_json::{Value, json};

impl Case<'_> {
    /// Name, language and send components of the template asked for.
    fn asked(&self) -> Option<(&str, &str, &Value)> {
        match self.message() {
            Some(Content::Template { name, language, components, .. }) => Some((name, language, components)),
            _ => None,
        }
    }

    pub(super) fn template_exists(&self) -> Check {
        let Some((name, ..)) = self.asked() else { return Check::not_needed(Rule::TemplateExists) };
        if self.template_facts().is_some_and(|facts| facts.name == name) {
            return Check::held(Rule::TemplateExists, "ok", Unit::Text, name, Value::Null);
        }
        refuse(Rule::TemplateExists, "missing", name, Value::Null)
    }

    pub(super) fn template_approved(&self) -> Check {
        let rule = Rule::TemplateApproved;
        let Some(facts) = self.template_facts() else { return Check::not_needed(rule) };
        let status = facts.status.as_str();
        match status.to_ascii_uppercase().as_str() {
            "APPROVED" => Check::held(rule, "ok", Unit::Text, status, "APPROVED"),
            // A pause whose end is known is waited for; one that may end in DISABLED is not.
            "PAUSED" => match facts.paused_until.filter(|until| *until > self.now) {
                Some(until) => {
                    Check::failed(rule, "paused", Effect::Delay, Unit::Text, status, "APPROVED").until(Some(until))
                }
                None => refuse(rule, "paused", status, "APPROVED"),
            },
            _ => refuse(rule, "not_approved", status, "APPROVED"),
        }
    }

    pub(super) fn template_language(&self) -> Check {
        let rule = Rule::TemplateLanguage;
        let (Some((_, language, _)), Some(facts)) = (self.asked(), self.template_facts()) else {
            return Check::not_needed(rule);
        };
        let mut languages = facts.languages.clone();
        if !languages.contains(&facts.language) {
            languages.push(facts.language.clone());
        }
        languages.sort_unstable();
        if facts.language == language {
            return Check::held(rule, "ok", Unit::Text, language, languages);
        }
        refuse(rule, "other_language", language, languages)
    }

    /// With this check no send can come back as 132000.
    pub(super) fn template_parameters(&self) -> Check {
        let rule = Rule::TemplateParameters;
        let (Some((_, _, components)), Some(facts)) = (self.asked(), self.template_facts()) else {
            return Check::not_needed(rule);
        };
        match check(&facts.definition, components) {
            Ok(()) => Check::held(rule, "ok", Unit::Text, Value::Null, Value::Null),
            Err(mismatch) => {
                let params = json!({ "component": mismatch.component, "kind": mismatch.kind });
                refuse(rule, "mismatch", mismatch.got, mismatch.expected).params(params)
            }
        }
    }

    /// Promotion in a utility template gets the whole account limited (131064).
    pub(super) fn template_category(&self) -> Check {
        let rule = Rule::TemplateCategory;
        let Some(category) = self.category() else { return Check::not_needed(rule) };
        let purpose = match self.request.purpose {
            Purpose::Reply => "reply",
            Purpose::Service => "service",
            Purpose::Promotion => "promotion",
        };
        if self.request.purpose == Purpose::Promotion && category != Category::Marketing {
            return refuse(rule, "promotion_needs_marketing", category.code(), purpose);
        }
        Check::held(rule, "ok", Unit::Text, category.code(), purpose)
    }
}
