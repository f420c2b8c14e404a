//! Templates and their life (whatsapp-cloud-api.md §8).

use super::{envelope, quality, state::State};
use crate::world::World;
use serde_json::{Value, json};
use std::sync::Arc;

/// One template in one language.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its id.
    pub id: String,
    /// Account it belongs to.
    pub waba: String,
    /// Name, shared by its languages.
    pub name: String,
    /// Language code.
    pub language: String,
    /// MARKETING, UTILITY, AUTHENTICATION.
    pub category: String,
    /// PENDING, APPROVED, REJECTED, PAUSED, DISABLED, PENDING_DELETION.
    pub status: String,
    /// NAMED or POSITIONAL.
    pub parameter_format: String,
    /// As created.
    pub components: Vec<Value>,
    /// GREEN, YELLOW, RED, UNKNOWN.
    pub quality: String,
    /// Why it was rejected; NONE otherwise.
    pub rejected_reason: String,
    /// Time to live of its messages, seconds.
    pub ttl: Option<i64>,
    /// When it was made, UTC milliseconds.
    pub created: i64,
    /// When it was last edited while approved.
    pub edits: Vec<i64>,
    /// How often it was paused.
    pub pauses: usize,
    /// What a person should change about a rejected one.
    pub recommendation: Option<String>,
    /// The category before the last change.
    pub previous_category: Option<String>,
    /// The category it will get.
    pub correct_category: Option<String>,
    /// The entry of the library it was made of.
    pub library_name: Option<String>,
}

impl Template {
    /// All fields as the API shows them.
    pub fn view(&self) -> Value {
        let mut view = json!({
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "category": self.category,
            "status": self.status,
            "parameter_format": self.parameter_format,
            "components": self.components,
            "quality_score": {"score": self.quality, "date": self.created / 1000},
            "rejected_reason": self.rejected_reason,
            "correct_category": self.correct_category,
            "previous_category": self.previous_category,
            "sub_category": "CUSTOM",
            "cta_url_link_tracking_opted_out": false,
        });
        if let Some(name) = &self.library_name {
            view["library_template_name"] = name.as_str().into();
        }
        if let Some(ttl) = self.ttl {
            view["message_send_ttl_seconds"] = ttl.into();
        }
        view["health_status"] = json!({
            "can_send_message": if self.status == "APPROVED" { "AVAILABLE" } else { "BLOCKED" },
            "entities": [{
                "entity_type": "MESSAGE_TEMPLATE",
                "id": self.id,
                "can_send_message": if self.status == "APPROVED" { "AVAILABLE" } else { "BLOCKED" },
            }],
        });
        view
    }
}

/// The component of that type in a list.
pub fn find<'a>(components: &'a [Value], kind: &str) -> Option<&'a Value> {
    components
        .iter()
        .find(|component| component.get("type").and_then(Value::as_str).is_some_and(|t| t.eq_ignore_ascii_case(kind)))
}

/// Variable names between `{{` and `}}`, in order of first appearance.
pub fn variables(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else {
            break;
        };
        let name = name.trim().to_owned();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
        rest = tail;
    }
    names
}

/// Ends a review: as chosen for it; else approved, unless the content asks for a refusal (name ending in
/// `_rejected`, or a link to `wa.me` in a button, which Meta does not allow).
pub fn review(world: &Arc<World>, id: &str) {
    let mut guard = world.wa();
    let state = &mut *guard;
    let Some(template) = state.templates.get_mut(id) else {
        return;
    };
    if template.status != "PENDING" {
        return;
    }
    let name = template.name.clone();
    if let Some(outcome) = quality::chosen(state, &name) {
        if let Err(why) = quality::reviewed(world, state, id, outcome) {
            tracing::warn!(%name, why, "the chosen outcome of a review is not possible");
        }
        return;
    }
    let Some(template) = state.templates.get_mut(id) else {
        return;
    };
    let refused = template.name.ends_with("_rejected")
        || Value::from(template.components.clone()).to_string().contains("://wa.me/");
    let (status, reason) = if refused { ("REJECTED", "INVALID_FORMAT") } else { ("APPROVED", "NONE") };
    template.status = status.into();
    template.rejected_reason = reason.into();
    tell(world, state, id, None);
}

/// Ends a template that waits for deletion.
pub fn forget(world: &Arc<World>, id: &str) {
    let mut state = world.wa();
    if state.templates.get(id).is_some_and(|t| t.status == "PENDING_DELETION") {
        state.templates.remove(id);
    }
}

/// Sends `message_template_status_update`; `event` defaults to the template's status.
pub fn tell(world: &World, state: &State, id: &str, event: Option<&str>) {
    let Some(template) = state.templates.get(id) else {
        return;
    };
    let mut value = json!({
        "event": event.unwrap_or(&template.status),
        "message_template_id": id.parse::<u64>().unwrap_or_default(),
        "message_template_name": template.name,
        // Here the language comes with a hyphen.
        "message_template_language": template.language.replace('_', "-"),
        "message_template_category": template.category,
        "reason": template.rejected_reason,
    });
    if template.status == "REJECTED" {
        value["rejection_info"] = json!({
            "reason": "The content does not follow the format that is asked for",
            "recommendation": template.recommendation.as_deref().unwrap_or("Correct the marked component and submit the template again"),
        });
    }
    envelope::send_account(world, state, &template.waba, "message_template_status_update", &value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_once_and_in_order() {
        assert_eq!(variables("Hi {{name}}, {{ 2 }} and {{name}} {{}}"), ["name", "2"]);
        assert!(variables("none {{open").is_empty());
    }
}
