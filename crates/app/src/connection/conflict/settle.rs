//! Choosing whose value stays.

use super::view::{ConflictFilter, ConflictSide, ConflictView, one};
use super::write::{Bench, Held, noted};
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::connection::conflict::prefer;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::{ConnectionId, Ms};
use rapport_store::conflict::{NEWEST, OPEN, SETTLED, kept};
use rapport_store::query::conflict_list::{self, Filter};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// Most that are settled in one go.
const MOST: usize = 200;

/// Whose value stays.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConflictChoice)]
pub struct ConflictChoice {
    /// Whose value stays.
    pub choice: ConflictSide,
    /// From now on too, whenever both sides change this field of this connection.
    #[serde(default)]
    pub always: bool,
    /// `updated_at` of the difference that was looked at; when it changed since, nothing is settled (`stale`). Left out =
    /// whatever it shows by now.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub updated_at: Option<Ms>,
}

/// Many differences with one choice: those named by `ids`, or those that wait and match `filter`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleMany {
    /// Whose value stays.
    pub choice: ConflictSide,
    /// From now on too, for the fields of these differences.
    #[serde(default)]
    pub always: bool,
    /// Which, at most 200; left out = those that match `filter`.
    #[serde(default)]
    pub ids: Vec<Uuid>,
    /// Which of those that wait.
    #[serde(default)]
    pub filter: Option<ConflictFilter>,
    /// `next` of the answer before, to go on with.
    #[serde(default)]
    pub after: Option<Uuid>,
    /// `batch` of the answer before, so that all of it can be taken back together; left out = a new one.
    #[serde(default)]
    pub batch: Option<Uuid>,
}

/// One that could not be settled; it waits on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefusedConflict {
    /// The difference.
    pub id: Uuid,
    /// Why, for a person.
    pub reason: String,
}

/// What was settled in one go.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SettledConflicts)]
pub struct Settled {
    /// Names what was settled, for taking it back.
    pub batch: Uuid,
    /// How many were settled.
    pub settled: usize,
    /// Those that could not be.
    pub refused: Vec<RefusedConflict>,
    /// There may be more: go on with it as `after`; null at the end.
    pub next: Option<Uuid>,
}

/// Settles one difference. Settling it in the same way again changes nothing.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` `stale` when a value changed meanwhile (the difference then shows it) or somebody
/// chose otherwise, `Invalid` when the contact cannot have the value, `Store`, `Vault`.
pub async fn settle(app: &App, caller: &Caller, id: Uuid, given: ConflictChoice) -> Result<ConflictView> {
    caller.require(Permission::ConnectionManage)?;
    let ConflictChoice { choice, always, updated_at: seen } = given;
    let order = Order { choice, always, seen, batch: app.ids.uuid(app.now()) };
    choose(&mut Bench::new(app, caller).await?, id, order).await?;
    one(&app.store.workspace(caller.workspace).read(), id).await
}

/// Settles many differences; each for itself, so that one that cannot be settled stands in no other's way.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Store`, `Vault`.
pub async fn settle_many(app: &App, caller: &Caller, given: SettleMany) -> Result<Settled> {
    caller.require(Permission::ConnectionManage)?;
    if given.ids.is_empty() == given.filter.is_none() {
        return Err(Error::invalid("ids", "give either ids or a filter"));
    }
    if given.ids.len() > MOST {
        return Err(Error::invalid("ids", format!("at most {MOST}")));
    }
    let read = app.store.workspace(caller.workspace).read();
    let filter = Filter { ids: given.ids, ..given.filter.unwrap_or_default().open() };
    let ids: Vec<Uuid> =
        conflict_list::page(&read, &filter, given.after, MOST as u64).await?.into_iter().map(|row| row.id).collect();
    let next = (ids.len() == MOST && filter.ids.is_empty()).then(|| ids.last().copied()).flatten();
    let batch = given.batch.unwrap_or_else(|| app.ids.uuid(app.now()));
    let order = Order { choice: given.choice, always: given.always, seen: None, batch };
    let mut bench = Bench::new(app, caller).await?;
    let (mut settled, mut refused) = (0, Vec::new());
    for id in ids {
        match choose(&mut bench, id, order).await {
            Ok(()) => settled += 1,
            Err(error @ (Error::Conflict { .. } | Error::Invalid { .. } | Error::NotFound(_))) => {
                refused.push(RefusedConflict { id, reason: error.to_string() });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Settled { batch, settled, refused, next })
}

#[derive(Clone, Copy)]
struct Order {
    choice: ConflictSide,
    always: bool,
    /// The difference as it was looked at.
    seen: Option<Ms>,
    batch: Uuid,
}

fn stale(detail: &str) -> Error {
    Error::conflict("stale", detail)
}

async fn choose(bench: &mut Bench<'_>, id: Uuid, order: Order) -> Result<()> {
    let (app, caller) = (bench.app, bench.caller);
    let mut held = bench.hold(id).await?;
    if held.row.state != OPEN {
        let same = held.row.choice.as_deref() == Some(order.choice.code());
        return if same { Ok(()) } else { Err(stale("Somebody settled this difference already.")) };
    }
    if order.seen.is_some_and(|seen| seen.0 != held.row.updated_at) {
        return Err(stale("Both sides changed it again meanwhile; look at it anew."));
    }
    let Some(mapping) = held.mapping.clone() else {
        return pass(held, caller, app, "This field goes both ways no more.").await;
    };
    let side = |side: ConflictSide| match side {
        ConflictSide::Ours => held.row.ours.clone().unwrap_or_default(),
        ConflictSide::Theirs => held.row.theirs.clone().unwrap_or_default(),
    };
    let (wanted, winner) = (side(order.choice), ConflictSide::winner(&held.row));
    let present = held.present(&mapping);
    let is_there = held.same(&mapping, &present, &wanted);
    if !is_there && !held.same(&mapping, &present, &side(winner)) {
        if held.same(&mapping, &side(ConflictSide::Ours), &present)
            || held.same(&mapping, &side(ConflictSide::Theirs), &present)
        {
            return pass(held, caller, app, "Both sides have the same value by now.").await;
        }
        return renew(held, caller, app, winner, present).await;
    }
    let (mut undo, now) = (json!({}), held.now);
    if !is_there {
        bench.write(&mut held, wanted).await?;
        undo["value"] = present;
    }
    if order.always {
        let connection = ConnectionId(held.row.connection_id);
        let before = prefer::note(&held.tx, caller, connection, &held.row.field, order.choice.prefer(), now).await?;
        undo["prefer"] = json!(before);
    }
    held.row.state = SETTLED.to_owned();
    held.row.choice = Some(order.choice.code().to_owned());
    held.row.actor_kind = Some(caller.actor_kind().to_owned());
    held.row.actor_id = caller.actor_id();
    held.row.batch = Some(order.batch);
    held.row.undo = Some(undo);
    held.row.settled_at = Some(now.0);
    held.row.updated_at = now.0;
    let change = Change { before: None, after: Some(noted(&held.row)) };
    held.commit(caller, app, "conflict.settled", change).await
}

/// Nothing can be chosen any more: the value stays that won.
async fn pass(mut held: Held, caller: &Caller, app: &App, why: &str) -> Result<()> {
    let now = held.now.0;
    held.row.state = SETTLED.to_owned();
    held.row.choice = Some(NEWEST.to_owned());
    held.row.actor_kind = Some("system".to_owned());
    (held.row.settled_at, held.row.updated_at) = (Some(now), now);
    let change = Change { before: None, after: Some(noted(&held.row)) };
    held.commit(caller, app, "conflict.passed", change).await?;
    Err(stale(why))
}

/// The value that won is another one by now: the difference shows it, and is chosen about anew.
async fn renew(mut held: Held, caller: &Caller, app: &App, winner: ConflictSide, present: Value) -> Result<()> {
    let (value, at) = match winner {
        ConflictSide::Ours => (&mut held.row.ours, &mut held.row.ours_at),
        ConflictSide::Theirs => (&mut held.row.theirs, &mut held.row.theirs_at),
    };
    *value = kept(&present);
    *at = Some(held.contact.updated_at);
    held.row.updated_at = held.now.0;
    let change = Change { before: None, after: Some(noted(&held.row)) };
    held.commit(caller, app, "conflict.renewed", change).await?;
    Err(stale("The value was changed meanwhile; it is shown anew."))
}
