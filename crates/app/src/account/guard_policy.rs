//! The guard's rules as settings of the workspace (`product.md` G1-G5).

use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::guard::Policy;
use rapport_core::guard::settings::{FIELDS, Field, Kind};
use rapport_core::route::Chats;
use rapport_core::{ChannelId, Ms, WorkspaceId};
use rapport_store::WriteTx;
use rapport_store::entity::workspace::Model;
use rapport_store::send::{self, Sleepers};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

/// Where the choices stand among the workspace's settings.
const KEY: &str = "guard";

/// What the guard goes by in a workspace.
pub(crate) struct Rules {
    /// Its rules.
    pub policy: Policy,
    /// IANA name of its time zone.
    pub timezone: String,
    /// Which of its channels are one chat to the customer.
    pub chats: Arc<Chats>,
}

/// The rules at this moment, as every node sees them: read anew for each batch, so a change counts at once.
///
/// # Errors
/// What the store said.
pub(crate) async fn rules(app: &App, workspace: WorkspaceId) -> Result<Rules> {
    let row = rapport_store::workspace::get(&app.store.workspace(workspace).read()).await?;
    let chats = app.channels.chats(workspace).await?;
    Ok(match row {
        None => Rules { policy: Policy::default(), timezone: "UTC".to_owned(), chats },
        Some(row) => Rules { policy: policy_of(&row), timezone: row.timezone, chats },
    })
}

/// The policy a workspace has chosen.
pub(crate) fn policy_of(row: &Model) -> Policy {
    Policy::of(chosen(row))
}

fn chosen(row: &Model) -> &Value {
    row.settings.get(KEY).unwrap_or(&Value::Null)
}

/// The guard's rules: times in milliseconds, times of day in minutes after midnight by the customer's clock. In a change
/// every field may be left out (it stays) or null (it becomes the default again).
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = GuardPolicy)]
pub struct PolicyDoc {
    /// Templates to a contact without opt-in within `opt_in_window_ms`.
    pub opt_in_templates: Option<u32>,
    /// That window, rolling.
    pub opt_in_window_ms: Option<i64>,
    /// Beyond it: `delay` or `refuse`.
    pub opt_in_on_cap: Option<String>,
    /// The same content to one customer within `same_content_period`.
    pub same_content_max: Option<u32>,
    /// `"calendar_month"` of the customer's clock, or `{"days": 30}`, rolling.
    #[schema(value_type = Option<Value>)]
    pub same_content_period: Option<Value>,
    /// Whether a person's own reply in an open window may repeat itself.
    pub same_content_spares_people: Option<bool>,
    /// Least time between two promotional messages to one customer.
    pub promotion_gap_ms: Option<i64>,
    /// Before that: `delay` or `refuse`.
    pub promotion_on_cap: Option<String>,
    /// Whose promotion waits for the preferred slot: `off`, `automatic` (campaigns and rules) or `everyone`.
    pub promotion_slot: Option<String>,
    /// The slot's day: `monday` to `sunday`, or `any`.
    pub promotion_slot_day: Option<String>,
    /// When the slot begins.
    pub promotion_slot_minute: Option<u16>,
    /// How long it is open, in minutes.
    pub promotion_slot_length: Option<u16>,
    /// Whether the hour in which a customer writes most takes the place of `promotion_slot_minute`.
    pub promotion_best_hour: Option<bool>,
    /// Quiet hours begin: no promotion from then.
    pub quiet_from_minute: Option<u16>,
    /// Quiet hours end; equal to the beginning: none.
    pub quiet_to_minute: Option<u16>,
    /// Least time between two notices about one event.
    pub event_gap_ms: Option<i64>,
    /// Before that: `delay` or `refuse`.
    pub event_on_cap: Option<String>,
    /// Customers written to first in 24 h while the account's limit is not known.
    pub unknown_tier: Option<u32>,
    /// After the provider held marketing to a customer back, none for this long.
    pub ecosystem_wait_ms: Option<i64>,
    /// Countries that marketing is not delivered to.
    pub closed_markets: Option<Vec<String>>,
    /// Greatest age of a message that can be reacted to or marked as read.
    pub target_age_ms: Option<i64>,
    /// How often a message that waits for a person is judged again.
    pub recheck_ms: Option<i64>,
    /// Messages a second of a number whose own figure is not known.
    pub throughput_per_second: Option<u32>,
    /// Time per message to one customer.
    pub pair_gap_ms: Option<i64>,
    /// Messages that may be borrowed within one such time.
    pub pair_burst: Option<u32>,
    /// Share of the throughput that promotion leaves free, in per cent.
    pub promotion_reserve_percent: Option<u8>,
    /// Calls to the provider's API in any hour, of each account; 0: no such limit.
    pub calls_per_hour: Option<u32>,
    /// The same in any 24 hours.
    pub calls_per_day: Option<u32>,
    /// The workspace's own words that withdraw consent to marketing, beside the built-in ones.
    pub stop_words: Option<Vec<String>>,
    /// Its own words that give it.
    pub start_words: Option<Vec<String>>,
}

/// The guard's rules with what they may be.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = GuardSettings)]
pub struct PolicyView {
    /// The rules in force.
    #[schema(value_type = PolicyDoc)]
    pub policy: Value,
    /// What they are when nobody has chosen anything.
    #[schema(value_type = PolicyDoc)]
    pub defaults: Value,
    /// Names of the fields that somebody has changed from the default.
    pub chosen: Vec<String>,
    /// What each field may be, in the order to show them.
    pub fields: Vec<FieldView>,
}

/// What a field of the policy may be.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = GuardField)]
pub struct FieldView {
    /// Its name.
    pub name: &'static str,
    /// `number`, `switch`, `choice`, `period`, `countries` or `words`.
    pub kind: &'static str,
    /// What a number counts: `count`, `ms`, `minutes`, `minute_of_day` or `percent`.
    pub unit: Option<&'static str>,
    /// The least a number may be.
    pub min: Option<i64>,
    /// The most it may be.
    pub max: Option<i64>,
    /// The words of a choice.
    pub options: Vec<&'static str>,
}

impl From<&Field> for FieldView {
    fn from(field: &Field) -> Self {
        let mut view = Self { name: field.name, kind: "number", unit: None, min: None, max: None, options: Vec::new() };
        match field.kind {
            Kind::Number(counts, least, most) => {
                (view.unit, view.min, view.max) = (Some(counts.code()), Some(least), Some(most));
            }
            Kind::Switch => view.kind = "switch",
            Kind::Choice(words) => (view.kind, view.options) = ("choice", words.to_vec()),
            Kind::Period => view.kind = "period",
            Kind::Countries => view.kind = "countries",
            Kind::Words => view.kind = "words",
        }
        view
    }
}

fn json_of(policy: &Policy) -> Result<Value> {
    serde_json::to_value(policy).map_err(|error| Error::Internal(error.to_string()))
}

fn view(row: &Model) -> Result<PolicyView> {
    let names = chosen(row).as_object().into_iter().flat_map(Map::keys);
    Ok(PolicyView {
        policy: json_of(&policy_of(row))?,
        defaults: json_of(&Policy::default())?,
        chosen: names.filter(|name| FIELDS.iter().any(|field| field.name == *name)).cloned().collect(),
        fields: FIELDS.iter().map(FieldView::from).collect(),
    })
}

/// The guard's rules.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<PolicyView> {
    caller.require(Permission::ChannelRead)?;
    let read = app.store.workspace(caller.workspace).read();
    view(&rapport_store::workspace::get(&read).await?.ok_or(Error::NotFound("workspace"))?)
}

/// Changes some of them; a field that is null becomes the default again.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the field and what it must be), `NotFound`, `Store`.
pub async fn update(app: &App, caller: &Caller, change: &Map<String, Value>) -> Result<PolicyView> {
    caller.require(Permission::WorkspaceManage)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = rapport_store::workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
    let before = json_of(&policy_of(&row))?;
    let kept = Policy::amended(chosen(&row), change).map_err(|unfit| Error::invalid(unfit.field, unfit.message))?;
    if !row.settings.is_object() {
        row.settings = json!({});
    }
    row.settings[KEY] = Value::Object(kept);
    let after = view(&row)?;
    rapport_store::workspace::update(&tx, row.clone()).await?;
    let only = |policy: &Value| -> Value {
        let changed = FIELDS.iter().filter(|field| before[field.name] != after.policy[field.name]);
        Value::Object(changed.map(|field| (field.name.to_owned(), policy[field.name].clone())).collect())
    };
    let changed = crate::audit::Change { before: Some(only(&before)), after: Some(only(&after.policy)) };
    let target = ("workspace", row.workspace_id);
    crate::audit::record(&tx, app.now(), caller, "workspace.guard_policy", target, changed).await?;
    if ["calls_per_hour", "calls_per_day"].iter().any(|name| before[name] != after.policy[name]) {
        rouse(app, &tx).await?;
    }
    tx.commit().await?;
    app.channels.forget();
    // What waits under the old rules is judged again when it is due; the senders look now for what may go at once.
    app.bells.send.ring();
    Ok(after)
}

/// What waits for calls may wait for a day: answers and notices are judged again at once.
async fn rouse(app: &App, tx: &WriteTx) -> Result<()> {
    for channel in rapport_store::channel::list(&app.store.workspace(tx.workspace()).read()).await? {
        let sleepers = Sleepers {
            portfolio_key: &channel.portfolio_key,
            channel: ChannelId(channel.id),
            contact: None,
            by: Ms(i64::MAX),
        };
        send::rouse(tx, &sleepers, app.now()).await?;
    }
    Ok(())
}
