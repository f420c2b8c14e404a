//! Making and changing rules. Every change of what a rule says is a version that stays.

use super::set::known;
use super::view::{RuleView, VersionView};
use super::{NOUN, timer};
use crate::account::Page;
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::Ms;
use rapport_core::rule::{Definition, Fault, Step, check};
use rapport_store::rule::{self, RuleRow, VersionRow};
use rapport_store::{Read, WriteTx};
use rapport_text::hotwords::{HotWord, HotWords};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// Most rules of a workspace.
const MOST: u64 = 500;

/// A rule to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    /// Whether it is switched on at once.
    #[serde(default)]
    pub enabled: bool,
    /// Whether it only watches: it is judged and written down, and does nothing.
    #[serde(default)]
    pub shadow: bool,
    /// What it says: `docs/rules.md` has the form.
    #[schema(value_type = Object)]
    pub definition: Value,
}

/// What may be changed about a rule; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulePatch {
    /// Switches it on or off. Runs that wait end when it is off at their time.
    pub enabled: Option<bool>,
    /// Whether it only watches. Runs that began while it did stay what they are.
    pub shadow: Option<bool>,
    /// What it says from now on: a new version. Runs that wait go on by the version they began with.
    #[schema(value_type = Option<Object>)]
    pub definition: Option<Value>,
    /// The version that the change was made from: when there is a newer one, nothing is changed.
    pub version: Option<i32>,
}

/// A draft to be looked at.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleDraft {
    /// What it would say.
    #[schema(value_type = Object)]
    pub definition: Value,
}

/// A fault of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RuleFault)]
pub struct FaultView {
    /// Where: `if.of.0.value`, `do.2.body`; empty when the draft as a whole cannot be read.
    pub path: String,
    /// What kind: `required`, `too_long`, `too_many`, `out_of_range`, `unknown_field`, `wrong_comparison`, `wrong_value`,
    /// `unknown_zone`, `wrong_time`, `too_deep`, `unreadable`.
    pub code: String,
    /// In words.
    pub detail: String,
}

impl From<Fault> for FaultView {
    fn from(fault: Fault) -> Self {
        Self { path: fault.path, code: fault.code.to_owned(), detail: fault.detail }
    }
}

/// What is wrong with a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleFaults {
    /// The faults; none when it can be kept.
    pub faults: Vec<FaultView>,
}

/// Reads a draft, with everything that is wrong with it.
pub(crate) fn read(given: &Value) -> std::result::Result<Definition, Vec<FaultView>> {
    let definition: Definition = serde_json::from_value(given.clone()).map_err(|error| {
        vec![FaultView { path: String::new(), code: "unreadable".to_owned(), detail: error.to_string() }]
    })?;
    let mut faults: Vec<FaultView> = check(&definition).into_iter().map(FaultView::from).collect();
    if faults.is_empty()
        && let Err(error) = HotWords::compile(&words(&definition))
    {
        faults.push(FaultView { path: "when".to_owned(), code: "wrong_value".to_owned(), detail: error.to_string() });
    }
    if faults.is_empty() { Ok(definition) } else { Err(faults) }
}

fn words(definition: &Definition) -> Vec<HotWord> {
    definition.phrases().iter().map(|phrase| HotWord::new(&phrase.text, &phrase.language)).collect()
}

/// Reads a draft that is to be kept.
pub(super) fn accept(given: &Value) -> Result<Definition> {
    read(given).map_err(|faults| {
        let first = faults.into_iter().next();
        let (path, detail) = first.map_or_else(Default::default, |fault| (fault.path, fault.detail));
        let field = if path.is_empty() { "definition".to_owned() } else { format!("definition.{path}") };
        Error::invalid(field, detail)
    })
}

/// Looks whether the channels and teams that a rule is for exist, and the webhooks that it calls.
async fn placed(read: &Read, definition: &Definition) -> Result<()> {
    if !definition.channels.is_empty() {
        let known: Vec<Uuid> = rapport_store::channel::list(read).await?.into_iter().map(|row| row.id).collect();
        exist("channels", &definition.channels, &known)?;
    }
    if !definition.teams.is_empty() {
        exist("teams", &definition.teams, &rapport_store::team::ids(read).await?)?;
    }
    let mut called = Vec::new();
    Step::each(&definition.steps, "do", &mut |path, step| {
        if let Step::CallWebhook { webhook_id: Some(id), .. } = step {
            called.push((path.to_owned(), *id));
        }
    });
    for (path, id) in called {
        if rapport_store::webhook::get(read, id).await?.is_none() {
            return Err(Error::invalid(format!("definition.{path}.webhook_id"), "names nothing that exists"));
        }
    }
    Ok(())
}

fn exist(field: &str, named: &[Uuid], known: &[Uuid]) -> Result<()> {
    match named.iter().position(|id| !known.contains(id)) {
        None => Ok(()),
        Some(at) => Err(Error::invalid(format!("definition.{field}.{at}"), "names nothing that exists")),
    }
}

/// What is wrong with a draft. Changes nothing.
///
/// # Errors
/// `Forbidden`.
pub fn validate(caller: &Caller, given: &RuleDraft) -> Result<RuleFaults> {
    caller.require(Permission::RuleRead)?;
    Ok(RuleFaults { faults: read(&given.definition).err().unwrap_or_default() })
}

/// The rules in the order they were made.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller, after: Option<Uuid>, limit: u64) -> Result<Page<RuleView>> {
    caller.require(Permission::RuleRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let rows = rule::page(&read, after, limit + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id).map(RuleView::from))
}

/// One rule.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<RuleView> {
    caller.require(Permission::RuleRead)?;
    let row = rule::get(&app.store.workspace(caller.workspace).read(), id).await?;
    Ok(row.ok_or(Error::NotFound(NOUN))?.into())
}

/// What a rule said, newest first.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn versions(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<VersionView>> {
    caller.require(Permission::RuleRead)?;
    let read = app.store.workspace(caller.workspace).read();
    rule::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    Ok(rule::versions(&read, id, None, 100).await?.into_iter().map(VersionView::from).collect())
}

/// Makes a rule.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the place: `definition.do.0.body`), `Refused` (`too_many`), `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewRule) -> Result<RuleView> {
    caller.require(Permission::RuleManage)?;
    let definition = accept(&new.definition)?;
    placed(&app.store.workspace(caller.workspace).read(), &definition).await?;
    let zone = crate::account::workspace::timezone(app, caller.workspace).await?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    if rule::count(&tx).await? >= MOST {
        return Err(Error::refused("too_many", format!("There are {MOST} rules already; remove one first.")));
    }
    let row = RuleRow {
        workspace_id: caller.workspace.0,
        id: tx.new_id(now),
        name: definition.name.trim().to_owned(),
        enabled: new.enabled,
        shadow: i16::from(new.shadow),
        version: 1,
        revision: 1,
        definition: json!(definition),
        created_at: now.0,
        updated_at: now.0,
    };
    let made = RuleView::from(row.clone());
    rule::insert(&tx, row.clone()).await?;
    rule::keep_version(&tx, version(caller, &row, now)).await?;
    timer::listen(&tx, &row, &definition, &zone, now).await?;
    note(&tx, now, caller, "rule.created", (None, Some(&made))).await?;
    finish(app, tx).await?;
    Ok(made)
}

/// Changes a rule, or switches it.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the place), `Conflict` (`rule_changed`), `Store`.
pub async fn update(app: &App, caller: &Caller, id: Uuid, patch: RulePatch) -> Result<RuleView> {
    caller.require(Permission::RuleManage)?;
    let given = patch.definition.as_ref().map(accept).transpose()?;
    if let Some(definition) = &given {
        placed(&app.store.workspace(caller.workspace).read(), definition).await?;
    }
    let zone = crate::account::workspace::timezone(app, caller.workspace).await?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = rule::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    if patch.version.is_some_and(|version| version != row.version) {
        return Err(Error::conflict("rule_changed", "Somebody else has changed this rule meanwhile."));
    }
    let before = RuleView::from(row.clone());
    if let Some(enabled) = patch.enabled {
        row.enabled = enabled;
    }
    if let Some(shadow) = patch.shadow {
        row.shadow = i16::from(shadow);
    }
    let says = given.as_ref().map(|definition| json!(definition)).filter(|says| *says != row.definition);
    if let Some(says) = says {
        row.version += 1;
        row.definition = says;
        row.name = given.as_ref().map(|definition| definition.name.trim().to_owned()).unwrap_or_default();
        rule::keep_version(&tx, version(caller, &row, now)).await?;
    }
    if row.enabled == before.enabled && (row.shadow != 0) == before.shadow && row.version == before.version {
        return Ok(before);
    }
    row.revision += 1;
    row.updated_at = now.0;
    let after = RuleView::from(row.clone());
    let definition = known(row.clone())?.definition;
    rule::update(&tx, row.clone()).await?;
    timer::listen(&tx, &row, &definition, &zone, now).await?;
    note(&tx, now, caller, "rule.updated", (Some(&before), Some(&after))).await?;
    finish(app, tx).await?;
    Ok(after)
}

/// Removes a rule with its versions. Its runs stay to be read; those that wait end at their time.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn delete(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::RuleManage)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let gone = RuleView::from(rule::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?);
    rule::delete(&tx, id).await?;
    note(&tx, app.now(), caller, "rule.deleted", (Some(&gone), None)).await?;
    finish(app, tx).await
}

async fn finish(app: &App, tx: WriteTx) -> Result<()> {
    tx.commit().await?;
    app.channels.forget();
    app.bells.jobs.ring();
    Ok(())
}

fn version(caller: &Caller, row: &RuleRow, now: Ms) -> VersionRow {
    VersionRow {
        workspace_id: row.workspace_id,
        rule_id: row.id,
        version: row.version,
        definition: row.definition.clone(),
        actor_kind: caller.actor_kind().to_owned(),
        actor_id: caller.actor_id(),
        actor_name: caller.name.clone(),
        at: now.0,
    }
}

async fn note(
    tx: &WriteTx,
    now: Ms,
    caller: &Caller,
    action: &str,
    (before, after): (Option<&RuleView>, Option<&RuleView>),
) -> Result<()> {
    let id = before.or(after).map_or_else(Uuid::nil, |view| view.id);
    let change = Change { before: before.map(|view| json!(view)), after: after.map(|view| json!(view)) };
    crate::audit::record(tx, now, caller, action, (NOUN, id), change).await
}
