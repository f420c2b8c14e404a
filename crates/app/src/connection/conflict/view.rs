//! Differences as they are shown.

use super::NOUN;
use crate::account::Page;
use crate::audit;
use crate::auth::{Caller, Permission};
use crate::crm::{CONTACT, SyncSettings};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::sync::{LEARNT, Prefer, Side, learnt};
use rapport_core::time::DAY;
use rapport_core::{ConnectionId, ContactId, Ms};
use rapport_store::conflict::{self, ConflictRow, OURS, THEIRS};
use rapport_store::connection::{self, ConnectionRow};
use rapport_store::query::conflict_list::{self, Filter};
use rapport_store::{Read, mapping, sync_contact};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// One of the two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConflictSide {
    /// Rapport's.
    Ours,
    /// The CRM's.
    Theirs,
}

impl ConflictSide {
    /// As it is stored.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Ours => OURS,
            Self::Theirs => THEIRS,
        }
    }

    /// The preference for it.
    pub(super) fn prefer(self) -> Prefer {
        match self {
            Self::Ours => Prefer::Ours,
            Self::Theirs => Prefer::Theirs,
        }
    }

    fn of(side: Side) -> Self {
        match side {
            Side::Local => Self::Ours,
            Side::Remote => Self::Theirs,
        }
    }

    /// Whose value won by itself.
    pub(super) fn winner(row: &ConflictRow) -> Self {
        if row.winner == Side::Local.code() { Self::Ours } else { Self::Theirs }
    }
}

/// Whom a difference is about.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct ConflictContact {
    /// The contact.
    pub id: Uuid,
    /// Their name.
    pub name: Option<String>,
    /// Their number.
    pub phone: Option<String>,
}

/// Two values of one field, of which one was overwritten.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Conflict)]
pub struct ConflictView {
    /// The difference.
    pub id: Uuid,
    /// The connection.
    pub connection_id: Uuid,
    /// Whom it is about.
    pub contact: ConflictContact,
    /// The record's page over there.
    pub remote_url: Option<String>,
    /// Our field.
    pub field: String,
    /// Their field, by internal name.
    pub remote_field: String,
    /// Our value; null when it is empty.
    #[schema(value_type = Option<Object>)]
    pub ours: Option<Value>,
    /// Their value; null when it is empty.
    #[schema(value_type = Option<Object>)]
    pub theirs: Option<Value>,
    /// What both sides last agreed on; null when that was nothing, or when they never did.
    #[schema(value_type = Option<Object>)]
    pub base: Option<Value>,
    /// When ours was changed, milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub ours_at: Option<Ms>,
    /// When theirs was changed, milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub theirs_at: Option<Ms>,
    /// Who changed ours, where the audit log still knows.
    pub ours_by: Option<String>,
    /// Whose value stayed.
    pub winner: ConflictSide,
    /// Why: `later`, or `tie` when the clocks cannot tell.
    pub won_by: String,
    /// How often the two sides differed since somebody last looked.
    pub times: i32,
    /// `open` or `settled`.
    pub state: String,
    /// `ours`, `theirs`, or `newest` when nobody chose in time.
    pub choice: Option<String>,
    /// When it was settled, milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub settled_at: Option<Ms>,
    /// When it was found, milliseconds UTC.
    #[schema(value_type = i64)]
    pub created_at: Ms,
    /// When it last changed, milliseconds UTC: a choice that names it is about what is shown here.
    #[schema(value_type = i64)]
    pub updated_at: Ms,
}

/// Which differences are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams, ToSchema)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ConflictFilter {
    /// Only of this connection.
    pub connection_id: Option<Uuid>,
    /// Only of this field of ours.
    pub field: Option<String>,
    /// Only of contacts whose name, address or number contains this.
    pub q: Option<String>,
}

impl ConflictFilter {
    /// Differences that wait.
    pub(super) fn open(self) -> Filter {
        let Self { connection_id, field, q } = self;
        Filter { connection: connection_id.map(ConnectionId), field, q, ..Filter::default() }
    }
}

/// Differences that wait, or with `settled` those that were settled; those found first come first.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: ConflictFilter,
    settled: bool,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Page<ConflictView>> {
    caller.require(Permission::ConnectionRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let filter = Filter { settled, ..filter.open() };
    let rows = conflict_list::page(&read, &filter, after, limit + 1).await?;
    let page = Page::cut(rows, limit, |row| row.id);
    Ok(Page { items: views(&read, page.items).await?, next: page.next })
}

/// One difference.
pub(super) async fn one(read: &Read, id: Uuid) -> Result<ConflictView> {
    let row = conflict::get(read, id).await?.ok_or(Error::NotFound(NOUN))?;
    views(read, vec![row]).await?.pop().ok_or(Error::NotFound(NOUN))
}

async fn views(read: &Read, rows: Vec<ConflictRow>) -> Result<Vec<ConflictView>> {
    let ids: Vec<ContactId> = rows.iter().map(|row| ContactId(row.contact_id)).collect();
    let contacts = sync_contact::get(read, &ids).await?;
    let people: HashMap<Uuid, ConflictContact> = contacts
        .into_iter()
        .map(|row| {
            let name = (!row.name.is_empty()).then_some(row.name);
            (row.id, ConflictContact { id: row.id, name, phone: row.phone })
        })
        .collect();
    let connections: HashMap<Uuid, ConnectionRow> =
        connection::list(read).await?.into_iter().map(|row| (row.id, row)).collect();
    let moments: Vec<(ContactId, Ms)> =
        rows.iter().filter_map(|row| Some((ContactId(row.contact_id), Ms(row.ours_at?)))).collect();
    let lines = conflict::authors(read, &moments).await?;
    let names = audit::names(read, lines.iter().filter_map(|(_, _, kind, id)| Some((kind.as_str(), (*id)?)))).await?;
    let by = |row: &ConflictRow| {
        let target = row.contact_id.to_string();
        let mut mine = lines.iter().filter(|(id, at, ..)| *id == target && Some(*at) == row.ours_at);
        mine.find_map(|(_, _, _, actor)| names.get(&(*actor)?).cloned())
    };
    let view = |row: ConflictRow| ConflictView {
        ours_by: by(&row),
        winner: ConflictSide::winner(&row),
        contact: people.get(&row.contact_id).cloned().unwrap_or_default(),
        remote_url: connections
            .get(&row.connection_id)
            .and_then(|connection| SyncSettings::read(&connection.settings).record_url)
            .map(|url| format!("{url}{}", row.remote_id)),
        id: row.id,
        connection_id: row.connection_id,
        field: row.field,
        remote_field: row.remote_field,
        ours: row.ours,
        theirs: row.theirs,
        base: row.base,
        ours_at: row.ours_at.map(Ms),
        theirs_at: row.theirs_at.map(Ms),
        won_by: row.won_by,
        times: row.times,
        state: row.state,
        choice: row.choice,
        settled_at: row.settled_at.map(Ms),
        created_at: Ms(row.created_at),
        updated_at: Ms(row.updated_at),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A field of a connection: how many differences wait, and whose value stays when both sides change it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConflictField {
    /// The connection.
    pub connection_id: Uuid,
    /// Our field.
    pub field: String,
    /// How many wait.
    pub open: i64,
    /// Whose value stays: `newest`, `ours` or `theirs`.
    pub prefer: String,
    /// What people's last choices suggest to make a rule, where there is none yet.
    pub learnt: Option<ConflictSide>,
}

/// What waits, and what was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConflictCounts {
    /// How many wait.
    pub open: i64,
    /// How many people settled in the last 24 hours.
    pub settled_day: u64,
    /// Fields with something waiting, and fields with a rule.
    pub fields: Vec<ConflictField>,
    /// What the caller settled last, for taking it back; null when there is nothing.
    pub undo: Option<Uuid>,
}

/// Counts what waits.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn counts(app: &App, caller: &Caller) -> Result<ConflictCounts> {
    caller.require(Permission::ConnectionRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let mut fields: BTreeMap<(Uuid, String), ConflictField> = BTreeMap::new();
    let empty = |connection_id, field: &str| ConflictField {
        connection_id,
        field: field.to_owned(),
        open: 0,
        prefer: Prefer::Newest.code().to_owned(),
        learnt: None,
    };
    let counts = conflict::counts(&read).await?;
    let open = counts.iter().map(|count| count.open).sum();
    for count in counts {
        let mut field = empty(count.connection.0, &count.field);
        field.open = count.open;
        let choices = conflict::choices(&read, count.connection, &count.field, LEARNT as u64).await?;
        let sides: Vec<Side> =
            choices.iter().map(|choice| if choice == OURS { Side::Local } else { Side::Remote }).collect();
        field.learnt = learnt(&sides).map(ConflictSide::of);
        fields.insert((count.connection.0, count.field), field);
    }
    for row in connection::list(&read).await? {
        for mapped in mapping::list(&read, ConnectionId(row.id), CONTACT).await? {
            let key = (row.id, mapped.local_field);
            if mapped.prefer != Prefer::Newest.code() {
                let field = fields.entry(key.clone()).or_insert_with(|| empty(key.0, &key.1));
                field.prefer = mapped.prefer;
                field.learnt = None;
            }
        }
    }
    let undo = match caller.actor_id() {
        Some(actor) => conflict::last_batch(&read, actor).await?,
        None => None,
    };
    let settled_day = conflict::settled_since(&read, app.now().plus(-DAY)).await?;
    Ok(ConflictCounts { open, settled_day, fields: fields.into_values().collect(), undo })
}
