//! What a rule does, step by step.

use super::condition::Condition;
use crate::inbox::Priority;
use crate::matter::Category;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Write to the customer; blanks such as `{first_name|there}` are filled.
    SendText {
        /// The text, 1 to 4,096 characters.
        body: String,
    },
    /// Send an approved template; its blanks are filled from the customer's data.
    SendTemplate {
        /// Its name.
        name: String,
        /// Its language, with underscore.
        language: String,
    },
    /// Give tags.
    AddTags {
        /// Their names; a new name becomes a tag.
        tags: Vec<String>,
    },
    /// Take tags away.
    RemoveTags {
        /// Their names.
        tags: Vec<String>,
    },
    /// Give to a team, or to none.
    AssignTeam {
        /// The team; null = none.
        team_id: Option<Uuid>,
    },
    /// Give to an agent, or to nobody.
    AssignUser {
        /// The user; null = nobody.
        user_id: Option<Uuid>,
    },
    /// Set an own field of the contact; null empties it.
    SetField {
        /// Its name.
        field: String,
        /// Its value.
        value: Json,
    },
    /// How urgent the conversation is.
    SetPriority {
        /// Which.
        priority: Priority,
    },
    /// The conversation is done.
    Resolve,
    /// The conversation needs the team.
    Reopen,
    /// The conversation comes back later.
    Snooze {
        /// After so many minutes.
        minutes: u32,
    },
    /// A private note for the team.
    Note {
        /// The text, 1 to 4,096 characters.
        body: String,
    },
    /// Make a deal, kept in a CRM where one takes it.
    CreateDeal {
        /// What it is called, 1 to 120 characters; blanks are filled.
        title: String,
        /// Products that the rule knows itself, beside those of the shop: each `code: name | other name`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        products: Vec<String>,
    },
    /// Make a case, kept in a CRM or help desk where one takes it.
    CreateCase {
        /// What it is called, 1 to 120 characters; blanks are filled.
        title: String,
        /// What it is about.
        category: Category,
        /// As for a deal.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        products: Vec<String>,
    },
    /// Give the customer a code, for the blanks `{coupon.code}`, `{coupon.value}` and `{coupon.until}` of later steps.
    IssueCoupon {
        /// The pool's name.
        pool: String,
    },
    /// Tell a program what the run is about: a webhook of the workspace, or an address.
    CallWebhook {
        /// The webhook.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        webhook_id: Option<Uuid>,
        /// An https address instead; a webhook is made for it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        url: String,
    },
    /// Go on later; the conditions are judged again then.
    Wait {
        /// After so many minutes.
        minutes: u32,
    },
    /// One way or the other.
    Branch {
        /// The condition.
        #[serde(rename = "if")]
        when: Condition,
        /// What is done when it holds.
        then: Vec<Step>,
        /// What is done otherwise.
        #[serde(rename = "else", default, skip_serializing_if = "Vec::is_empty")]
        otherwise: Vec<Step>,
    },
    /// Nothing more of this run.
    Stop,
}

impl Step {
    /// The word that names the kind of step.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SendText { .. } => "send_text",
            Self::SendTemplate { .. } => "send_template",
            Self::AddTags { .. } => "add_tags",
            Self::RemoveTags { .. } => "remove_tags",
            Self::AssignTeam { .. } => "assign_team",
            Self::AssignUser { .. } => "assign_user",
            Self::SetField { .. } => "set_field",
            Self::SetPriority { .. } => "set_priority",
            Self::Resolve => "resolve",
            Self::Reopen => "reopen",
            Self::Snooze { .. } => "snooze",
            Self::Note { .. } => "note",
            Self::CreateDeal { .. } => "create_deal",
            Self::CreateCase { .. } => "create_case",
            Self::IssueCoupon { .. } => "issue_coupon",
            Self::CallWebhook { .. } => "call_webhook",
            Self::Wait { .. } => "wait",
            Self::Branch { .. } => "branch",
            Self::Stop => "stop",
        }
    }

    /// Every step of a list and of its branches, with its path.
    pub fn each<'a>(steps: &'a [Self], path: &str, see: &mut dyn FnMut(&str, &'a Self)) {
        for (at, step) in steps.iter().enumerate() {
            let path = format!("{path}.{at}");
            see(&path, step);
            if let Self::Branch { then, otherwise, .. } = step {
                Self::each(then, &format!("{path}.then"), see);
                Self::each(otherwise, &format!("{path}.else"), see);
            }
        }
    }
}
