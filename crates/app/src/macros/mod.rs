//! Macros: named lists of actions, done to a conversation with one key.

pub mod run;
mod tags;

use crate::account::Page;
use crate::audit::Change;
use crate::auth::{Actor, Caller, Permission};
use crate::closing::{ClosingNote, NOTE};
use crate::error::{Error, Result};
use crate::inbox::snooze::SnoozeWord;
use crate::inbox::words::{PriorityWord, StatusWord};
use crate::state::App;
use rapport_core::{Ms, UserId};
use rapport_store::WriteTx;
use rapport_store::macros::{self, MacroRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is not found.
const NOUN: &str = "macro";
/// Most actions of one.
const ACTIONS: usize = 20;
/// Most messages one sends.
const SENDS: usize = 5;
/// Most macros of a workspace.
const MOST: u64 = 1_000;
/// Longest text, as the provider counts it.
const TEXT: usize = 4_096;
/// Longest name of a template, as the provider counts it.
const TEMPLATE: usize = 512;
/// Longest name of a template's language.
const LANGUAGE: usize = 20;

/// One action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MacroAction {
    /// Give to a user, or to nobody.
    Assign {
        /// The user; null = nobody.
        user_id: Option<Uuid>,
    },
    /// Give to whoever runs it.
    AssignMe,
    /// Give to a team, or to none.
    Team {
        /// The team; null = none.
        team_id: Option<Uuid>,
    },
    /// Open, pending or resolved.
    Status {
        /// Which; snoozing is an action of its own.
        status: StatusWord,
        /// What is said about it when it is resolved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closing: Option<ClosingNote>,
    },
    /// Come back later.
    Snooze {
        /// When, on the workspace's clock.
        until: SnoozeWord,
    },
    /// How urgent it is.
    Priority {
        /// Which.
        priority: PriorityWord,
    },
    /// Give tags to the customer.
    AddTags {
        /// Which, 1 to 50; one that is no longer offered is refused.
        tag_ids: Vec<Uuid>,
    },
    /// Take tags from the customer.
    RemoveTags {
        /// Which, 1 to 50; one that is not there is no mistake.
        tag_ids: Vec<Uuid>,
    },
    /// Write to the customer, as whoever runs it.
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
    /// Write a private note.
    Note {
        /// The text, 1 to 4,096 characters.
        body: String,
    },
}

/// A named list of actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Macro)]
pub struct MacroView {
    /// The macro.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether everybody has it; else only its owner.
    pub shared: bool,
    /// The actions, in order.
    pub actions: Vec<MacroAction>,
    /// When it last changed, milliseconds UTC.
    #[schema(value_type = i64)]
    pub updated_at: Ms,
}

/// A macro to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMacro {
    /// Its name, 1 to 100 characters.
    pub name: String,
    /// Whether everybody has it; that takes the right to lead a team.
    #[serde(default)]
    pub shared: bool,
    /// The actions, 1 to 20, of which at most 5 send something.
    pub actions: Vec<MacroAction>,
}

/// What may be changed about a macro; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MacroPatch {
    /// Its name.
    pub name: Option<String>,
    /// Whether everybody has it.
    pub shared: Option<bool>,
    /// The actions.
    pub actions: Option<Vec<MacroAction>>,
}

/// A macro as people see it.
pub(crate) fn view(row: MacroRow) -> MacroView {
    MacroView {
        id: row.id,
        name: row.name,
        shared: row.owner_id.is_none(),
        actions: serde_json::from_value(row.actions).unwrap_or_default(),
        updated_at: Ms(row.updated_at),
    }
}

/// The person who asks, when it is one.
fn person(caller: &Caller) -> Option<UserId> {
    match caller.actor {
        Actor::User { user, .. } => Some(user),
        Actor::Token { .. } | Actor::Rule { .. } | Actor::System => None,
    }
}

/// Whether the caller has the macro at all.
fn has(caller: &Caller, row: &MacroRow) -> bool {
    row.owner_id.is_none() || row.owner_id == person(caller).map(|user| user.0)
}

fn check(actions: &[MacroAction]) -> Result<()> {
    if actions.is_empty() || actions.len() > ACTIONS {
        return Err(Error::invalid("actions", format!("must be 1 to {ACTIONS}")));
    }
    let sends =
        |action: &&MacroAction| matches!(action, MacroAction::SendText { .. } | MacroAction::SendTemplate { .. });
    if actions.iter().filter(sends).count() > SENDS {
        return Err(Error::invalid("actions", format!("send more than {SENDS} messages")));
    }
    for (at, action) in actions.iter().enumerate() {
        match action {
            MacroAction::SendText { body } | MacroAction::Note { body }
                if body.trim().is_empty() || body.chars().count() > TEXT =>
            {
                let field = format!("actions.{at}.body");
                return Err(Error::invalid(field, format!("must have 1 to {TEXT} characters")));
            }
            MacroAction::AddTags { tag_ids } | MacroAction::RemoveTags { tag_ids } => tags::check(at, tag_ids)?,
            MacroAction::SendTemplate { name, language } if name.is_empty() || language.is_empty() => {
                return Err(Error::invalid(format!("actions.{at}.name"), "must name a template and its language"));
            }
            MacroAction::SendTemplate { name, .. } if name.chars().count() > TEMPLATE => {
                let detail = format!("must have at most {TEMPLATE} characters");
                return Err(Error::invalid(format!("actions.{at}.name"), detail));
            }
            MacroAction::SendTemplate { language, .. } if language.chars().count() > LANGUAGE => {
                let detail = format!("must have at most {LANGUAGE} characters");
                return Err(Error::invalid(format!("actions.{at}.language"), detail));
            }
            MacroAction::Status { closing: Some(closing), .. }
                if closing.note.as_ref().is_some_and(|note| note.chars().count() > NOTE) =>
            {
                let detail = format!("must have at most {NOTE} characters");
                return Err(Error::invalid(format!("actions.{at}.closing.note"), detail));
            }
            MacroAction::Status { status: StatusWord::Snoozed, .. } => {
                let detail = "cannot be snoozed: use the action snooze, which says until when";
                return Err(Error::invalid(format!("actions.{at}.status"), detail));
            }
            MacroAction::Status { status, closing: Some(_) } if *status != StatusWord::Resolved => {
                return Err(Error::invalid(format!("actions.{at}.closing"), "is only for the status resolved"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Everybody's macros and the caller's own, in the order they were made.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller, after: Option<Uuid>, limit: u64) -> Result<Page<MacroView>> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let rows = macros::page(&read, person(caller), after, limit + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id).map(view))
}

/// Makes a macro.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the action), `Refused` (`too_many`), `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewMacro) -> Result<MacroView> {
    caller.require(Permission::InboxWrite)?;
    let owner = owner(caller, new.shared)?;
    let name = crate::account::name("name", &new.name)?;
    check(&new.actions)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    tags::check_known(&tx, &new.actions).await?;
    if macros::count(&tx).await? >= MOST {
        return Err(Error::refused("too_many", format!("There are {MOST} macros already; remove one first.")));
    }
    let row = MacroRow {
        workspace_id: caller.workspace.0,
        id: tx.new_id(now),
        owner_id: owner,
        name,
        actions: json!(new.actions),
        created_at: now.0,
        updated_at: now.0,
    };
    let made = view(row.clone());
    macros::insert(&tx, row).await?;
    note(&tx, now, caller, "macro.created", (None, Some(&made))).await?;
    tx.commit().await?;
    Ok(made)
}

/// Changes a macro.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the action), `Store`.
pub async fn update(app: &App, caller: &Caller, id: Uuid, patch: MacroPatch) -> Result<MacroView> {
    caller.require(Permission::InboxWrite)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    // Tags before macros, as whoever merges tags locks them.
    if let Some(actions) = &patch.actions {
        check(actions)?;
        tags::check_known(&tx, actions).await?;
    }
    let mut row = own(&tx, caller, id).await?;
    let before = view(row.clone());
    if let Some(name) = patch.name {
        row.name = crate::account::name("name", &name)?;
    }
    if let Some(shared) = patch.shared.filter(|shared| *shared != before.shared) {
        row.owner_id = owner(caller, shared)?;
    }
    if let Some(actions) = patch.actions {
        row.actions = json!(actions);
    }
    row.updated_at = now.0;
    let after = view(row.clone());
    macros::update(&tx, row).await?;
    note(&tx, now, caller, "macro.updated", (Some(&before), Some(&after))).await?;
    tx.commit().await?;
    Ok(after)
}

/// Removes a macro.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn delete(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::InboxWrite)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let gone = view(own(&tx, caller, id).await?);
    macros::delete(&tx, id).await?;
    note(&tx, app.now(), caller, "macro.deleted", (Some(&gone), None)).await?;
    tx.commit().await?;
    Ok(())
}

/// Whose a new macro is.
fn owner(caller: &Caller, shared: bool) -> Result<Option<Uuid>> {
    if shared {
        caller.require(Permission::TeamManage)?;
        return Ok(None);
    }
    match person(caller) {
        Some(user) => Ok(Some(user.0)),
        None => Err(Error::invalid("shared", "must be true: a program has no macros of its own")),
    }
}

/// A macro that the caller may change.
async fn own(tx: &WriteTx, caller: &Caller, id: Uuid) -> Result<MacroRow> {
    let row = macros::get_for_write(tx, id).await?.filter(|row| has(caller, row)).ok_or(Error::NotFound(NOUN))?;
    if row.owner_id.is_none() {
        caller.require(Permission::TeamManage)?;
    }
    Ok(row)
}

async fn note(
    tx: &WriteTx,
    now: Ms,
    caller: &Caller,
    action: &str,
    (before, after): (Option<&MacroView>, Option<&MacroView>),
) -> Result<()> {
    let id = before.or(after).map_or_else(Uuid::nil, |view| view.id);
    let change = Change { before: before.map(|view| json!(view)), after: after.map(|view| json!(view)) };
    crate::audit::record(tx, now, caller, action, (NOUN, id), change).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_checked_and_named() {
        let cases = [
            (json!([]), "actions"),
            (json!([{ "type": "note", "body": " " }]), "actions.0.body"),
            (json!([{ "type": "assign_me" }, { "type": "status", "status": "snoozed" }]), "actions.1.status"),
            (
                json!([{ "type": "status", "status": "open", "closing": { "note": "x", "category_id": null } }]),
                "actions.0.closing",
            ),
            (json!([{ "type": "send_template", "name": "", "language": "en" }]), "actions.0.name"),
            (json!([{ "type": "send_template", "name": "x".repeat(513), "language": "en" }]), "actions.0.name"),
            (json!([{ "type": "send_template", "name": "x", "language": "x".repeat(21) }]), "actions.0.language"),
            (
                json!([{ "type": "status", "status": "resolved",
                         "closing": { "note": "x".repeat(1_001), "category_id": null } }]),
                "actions.0.closing.note",
            ),
            (json!(vec![json!({ "type": "send_text", "body": "x" }); 6]), "actions"),
            (json!([{ "type": "assign_me" }, { "type": "add_tags", "tag_ids": [] }]), "actions.1.tag_ids"),
            (json!([{ "type": "remove_tags", "tag_ids": vec![Uuid::nil(); 51] }]), "actions.0.tag_ids"),
        ];
        for (actions, expected) in cases {
            let actions: Vec<MacroAction> = serde_json::from_value(actions).unwrap();
            match check(&actions) {
                Err(Error::Invalid { field, .. }) => assert_eq!(field, expected),
                other => panic!("{expected}: {other:?}"),
            }
        }
        let fine = json!([{ "type": "send_text", "body": "hello" }, { "type": "assign", "user_id": null }]);
        let fine: Vec<MacroAction> = serde_json::from_value(fine).unwrap();
        assert!(check(&fine).is_ok());
    }
}
