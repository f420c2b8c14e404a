//! Read models: one file a screen. Each answers with a fixed number of statements, however long the page is.

pub mod conflict_list;
pub mod contact_list;
pub mod contact_page;
pub mod conversation_list;
pub mod conversation_match;
mod like;
pub mod list_text;
pub mod person;
pub mod search_hits;
pub mod thread;

use sea_orm::Value;

/// A statement under construction: conditions with their values.
#[derive(Default)]
pub(crate) struct Draft {
    /// The values of `$1`, `$2`, ...
    pub values: Vec<Value>,
}

impl Draft {
    /// Adds a value; answers with its placeholder.
    pub fn arg(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

/// The contacts that carry a tag, for an `IN`; the draft's first value is the workspace. The id of one that was merged away
/// means the tag it became part of.
fn carriers(tag: &str) -> String {
    format!(
        "SELECT g.contact_id FROM contact_tag AS g WHERE g.workspace_id = $1 AND g.tag_id = \
         (SELECT COALESCE(t.merged_into, t.id) FROM tag AS t WHERE t.workspace_id = $1 AND t.id = {tag})"
    )
}
