//! The inbox: conversations with whom they are with and over which channel.
//!
//! A page is read along an index, status by status, and joined with contacts and channels only for the rows that are
//! shown. Orders that put the rows with a value first (windows that close, customers who wait) go on with the rest by
//! their newest line.

use super::{Draft, like::Needle};
use crate::entity::conversation::Model;
use crate::error::Result;
use crate::scope::Read;
use crate::sql;
use rapport_core::inbox::{ConversationStatus, Priority};
use rapport_core::{ChannelId, ContactId, ConversationId, Ms, TeamId, UserId};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A conversation as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The conversation.
    pub conversation: Model,
    /// The customer's name; empty when unknown.
    pub contact_name: String,
    /// The customer's number.
    pub contact_phone: Option<String>,
    /// The channel's kind.
    pub channel_kind: String,
    /// The channel's name; empty when it was removed.
    pub channel_name: String,
}

/// Whose conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    /// Nobody's.
    Nobody,
    /// This user's.
    One(UserId),
}

/// Which conversations. Empty fields do not restrict.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// With one of these statuses; none = any.
    pub statuses: Vec<ConversationStatus>,
    /// Whose.
    pub assignee: Option<Assignee>,
    /// Of this team.
    pub team: Option<TeamId>,
    /// Over this channel.
    pub channel: Option<ChannelId>,
    /// With messages nobody has looked at.
    pub unread: bool,
    /// Whose customer waits for an answer.
    pub waiting: bool,
    /// With this priority.
    pub priority: Option<Priority>,
    /// Whose customer carries this tag.
    pub tag: Option<Uuid>,
    /// That this user is mentioned in or a collaborator of.
    pub watcher: Option<UserId>,
    /// Whose customer's name, number or address, or newest line, contains this. Alone it reads every conversation:
    /// [`super::list_text`] makes `ids` of it with bounded work.
    pub text: Option<String>,
    /// Only these; then `text` is not looked at.
    pub ids: Option<Vec<Uuid>>,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The newest line first.
    #[default]
    Latest,
    /// Open windows first, the one that closes next on top.
    ClosesNext,
    /// Customers who wait first, the longest wait on top.
    Waiting,
}

/// The end of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    phase: u8,
    key: i64,
    id: Uuid,
    now: i64,
}

/// One stretch of an order.
struct Phase {
    holds: &'static str,
    key: &'static str,
    descending: bool,
}

const BY_LINE: Phase = Phase { holds: "", key: "last_message_at", descending: true };
const LATEST: &[Phase] = &[BY_LINE];
const CLOSES_NEXT: &[Phase] = &[
    Phase { holds: " AND c.window_expires_at > {now}", key: "window_expires_at", descending: false },
    Phase { holds: " AND (c.window_expires_at IS NULL OR c.window_expires_at <= {now})", ..BY_LINE },
];
const WAITING: &[Phase] = &[
    Phase { holds: " AND c.waiting_since IS NOT NULL", key: "waiting_since", descending: false },
    Phase { holds: " AND c.waiting_since IS NULL", ..BY_LINE },
];

impl Phase {
    fn order(&self) -> String {
        format!("c.{}{}, c.id", self.key, if self.descending { " DESC" } else { "" })
    }

    fn key_of(&self, row: &Model) -> i64 {
        match self.key {
            "window_expires_at" => row.window_expires_at.unwrap_or(0),
            "waiting_since" => row.waiting_since.unwrap_or(0),
            _ => row.last_message_at,
        }
    }
}

const COLUMNS: &str = "c.*, p.name AS contact_name, p.phone AS contact_phone, \
    COALESCE(h.kind, 'whatsapp') AS channel_kind, COALESCE(h.name, '') AS channel_name";
const JOINS: &str = "JOIN contact AS p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id \
    LEFT JOIN channel AS h ON h.workspace_id = c.workspace_id AND h.id = c.channel_id";

/// A page of the inbox and where the next one begins. At most two statements.
///
/// # Errors
/// What the database said.
pub async fn page(
    read: &Read,
    filter: &Filter,
    sort: Sort,
    after: Option<After>,
    now: Ms,
    limit: u64,
) -> Result<(Vec<Row>, Option<After>)> {
    let phases = match sort {
        Sort::Latest => LATEST,
        Sort::ClosesNext => CLOSES_NEXT,
        Sort::Waiting => WAITING,
    };
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    // Which windows are open is judged once, at the first page, so that rows do not change sides between pages.
    let now = after.map_or(now, |after| Ms(after.now));
    let first = after.map_or(0, |after| usize::from(after.phase));
    let mut rows: Vec<Row> = Vec::new();
    let mut last = None;
    for (index, phase) in phases.iter().enumerate().skip(first) {
        let from = after.filter(|after| usize::from(after.phase) == index);
        let missing = wanted + 1 - rows.len();
        let found = stretch(read, filter, phase, from, now, missing).await?;
        for row in found {
            if rows.len() == wanted {
                return Ok((rows, last));
            }
            let (key, id) = (phase.key_of(&row.conversation), row.conversation.id);
            last = Some(After { phase: u8::try_from(index).unwrap_or(0), key, id, now: now.0 });
            rows.push(row);
        }
    }
    Ok((rows, None))
}

async fn stretch(
    read: &Read,
    filter: &Filter,
    phase: &Phase,
    after: Option<After>,
    now: Ms,
    limit: usize,
) -> Result<Vec<Row>> {
    let mut draft = Draft::default();
    let workspace = draft.arg(read.workspace().0);
    let limit = draft.arg(i64::try_from(limit).unwrap_or(i64::MAX));
    let mut conditions = String::new();
    if phase.holds.contains("{now}") {
        let now = draft.arg(now.0);
        conditions.push_str(&phase.holds.replace("{now}", &now));
    } else {
        conditions.push_str(phase.holds);
    }
    if let Some(after) = after {
        let (key, id, column) = (draft.arg(after.key), draft.arg(after.id), phase.key);
        let beyond = if phase.descending { "<" } else { ">" };
        // The first half leads the index to the place, the second is exact.
        conditions.push_str(&format!(" AND c.{column} {beyond}= {key} AND (c.{column} {beyond} {key} OR c.id > {id})"));
    }
    let source = Source::of(filter, &mut draft, &mut conditions);
    let order = phase.order();
    let one = |status: &ConversationStatus| {
        format!(
            "SELECT * FROM (SELECT c.* FROM {source} WHERE c.workspace_id = {workspace} \
             AND c.status = '{}'{conditions} ORDER BY {order} LIMIT {limit}) AS {}",
            status.code(),
            status.code()
        )
    };
    let parts: Vec<String> = statuses(filter).iter().map(one).collect();
    let text =
        format!("SELECT {COLUMNS} FROM ({}) AS c {JOINS} ORDER BY {order} LIMIT {limit}", parts.join(" UNION ALL "));
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    rows.iter().map(row_of).collect()
}

/// The statuses a filter asks for.
pub(super) fn statuses(filter: &Filter) -> &[ConversationStatus] {
    const ANY: &[ConversationStatus] = &[
        ConversationStatus::Open,
        ConversationStatus::Pending,
        ConversationStatus::Snoozed,
        ConversationStatus::Resolved,
    ];
    if filter.statuses.is_empty() { ANY } else { &filter.statuses }
}

/// What a filtered statement reads from.
pub(super) struct Source {
    joined: bool,
    watched: bool,
}

impl Source {
    /// Adds the filter's conditions, and says what they need. The draft's first value is the workspace.
    pub fn of(filter: &Filter, draft: &mut Draft, conditions: &mut String) -> Self {
        if let Some(user) = filter.watcher {
            let user = draft.arg(user.0);
            conditions
                .push_str(&format!(" AND w.workspace_id = $1 AND w.user_id = {user} AND w.conversation_id = c.id"));
        }
        Self { joined: restrict(filter, draft, conditions), watched: filter.watcher.is_some() }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A user watches few of many: from theirs to the conversations, never the other way round.
        f.write_str(if self.watched { "watch AS w CROSS JOIN conversation AS c " } else { "conversation AS c " })?;
        f.write_str(if self.joined { JOINS } else { "" })
    }
}

/// Adds the filter's conditions; true when they speak of the contact.
fn restrict(filter: &Filter, draft: &mut Draft, conditions: &mut String) -> bool {
    let mut equal = |column: &str, value: Uuid| {
        let place = draft.arg(value);
        conditions.push_str(&format!(" AND c.{column} = {place}"));
    };
    if let Some(team) = filter.team {
        equal("team_id", team.0);
    }
    if let Some(channel) = filter.channel {
        equal("channel_id", channel.0);
    }
    match filter.assignee {
        None => {}
        Some(Assignee::Nobody) => conditions.push_str(" AND c.assignee_id IS NULL"),
        Some(Assignee::One(user)) => equal("assignee_id", user.0),
    }
    if filter.unread {
        conditions.push_str(" AND c.unread > 0");
    }
    if filter.waiting {
        conditions.push_str(" AND c.waiting_since IS NOT NULL");
    }
    if let Some(priority) = filter.priority {
        conditions.push_str(&format!(" AND c.priority = '{}'", priority.code()));
    }
    if let Some(tag) = filter.tag {
        let tag = draft.arg(tag);
        conditions.push_str(&format!(" AND c.contact_id IN ({})", super::carriers(&tag)));
    }
    if let Some(ids) = &filter.ids {
        let places = super::list_text::places(draft, ids.iter().copied());
        conditions.push_str(&format!(" AND c.id IN ({places})"));
        return false;
    }
    let Some(needle) = filter.text.as_deref().and_then(Needle::new) else { return false };
    let holds = needle.condition(draft, &["p.name", "c.last_preview"], &["p.email"], &["p.phone"]);
    conditions.push_str(&format!(" AND {holds}"));
    true
}

/// Conversations by id, in no order; those that do not exist are left out.
///
/// # Errors
/// What the database said.
pub async fn by_id(read: &Read, ids: &[ConversationId]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut draft = Draft::default();
    let workspace = draft.arg(read.workspace().0);
    let places: Vec<String> = ids.iter().map(|id| draft.arg(id.0)).collect();
    let text = format!(
        "SELECT {COLUMNS} FROM conversation AS c {JOINS} WHERE c.workspace_id = {workspace} AND c.id IN ({})",
        places.join(",")
    );
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    rows.iter().map(row_of).collect()
}

/// A contact's conversations, the newest line first; those after `after` (its time and id).
///
/// # Errors
/// What the database said.
pub async fn of_contact(read: &Read, contact: ContactId, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Row>> {
    let mut draft = Draft::default();
    let (workspace, contact) = (draft.arg(read.workspace().0), draft.arg(contact.0));
    let mut beyond = String::new();
    if let Some((at, id)) = after {
        let (at, id) = (draft.arg(at), draft.arg(id));
        beyond = format!(" AND (c.last_message_at < {at} OR (c.last_message_at = {at} AND c.id > {id}))");
    }
    let limit = draft.arg(i64::try_from(limit).unwrap_or(i64::MAX));
    let text = format!(
        "SELECT {COLUMNS} FROM conversation AS c {JOINS} WHERE c.workspace_id = {workspace} \
         AND c.contact_id = {contact}{beyond} ORDER BY c.last_message_at DESC, c.id LIMIT {limit}"
    );
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    rows.iter().map(row_of).collect()
}

fn row_of(row: &QueryResult) -> Result<Row> {
    Ok(Row {
        conversation: Model::from_query_result(row, "")?,
        contact_name: row.try_get("", "contact_name")?,
        contact_phone: row.try_get("", "contact_phone")?,
        channel_kind: row.try_get("", "channel_kind")?,
        channel_name: row.try_get("", "channel_name")?,
    })
}

/// How many open conversations there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// The user's.
    pub mine: i64,
    /// Nobody's.
    pub unassigned: i64,
    /// All.
    pub all: i64,
    /// With messages nobody has looked at.
    pub unread: i64,
    /// Whose customer waits for an answer.
    pub unattended: i64,
    /// Whose window closes soon.
    pub closing: i64,
}

/// Counts the open conversations, for the view switch. `user`: whose are "mine"; none for a program. `closing`: between
/// which moments a window closes soon. Every count reads an index of just those rows.
///
/// # Errors
/// What the database said.
pub async fn counts(read: &Read, user: Option<UserId>, closing: (Ms, Ms)) -> Result<Counts> {
    let one = |condition: &str| {
        format!("(SELECT count(*) FROM conversation WHERE workspace_id = $1 AND status = 'open'{condition})")
    };
    let text = format!(
        "SELECT {}, {}, {}, {}, {}, {}",
        one(" AND assignee_id = $2"),
        one(" AND assignee_id IS NULL"),
        one(""),
        one(" AND unread > 0"),
        one(" AND waiting_since IS NOT NULL"),
        one(" AND window_expires_at > $3 AND window_expires_at <= $4")
    );
    let user = user.map_or(Uuid::nil(), |user| user.0);
    let values = [read.workspace().0.into(), user.into(), closing.0.0.into(), closing.1.0.into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    let Some(row) = row else { return Ok(Counts::default()) };
    Ok(Counts {
        mine: row.try_get_by_index(0)?,
        unassigned: row.try_get_by_index(1)?,
        all: row.try_get_by_index(2)?,
        unread: row.try_get_by_index(3)?,
        unattended: row.try_get_by_index(4)?,
        closing: row.try_get_by_index(5)?,
    })
}
