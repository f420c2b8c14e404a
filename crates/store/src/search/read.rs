//! Reading the index, newest first.

use super::pace::{self, Effort, Pace, Piece, Stretches};
use super::place::{self, Part};
use super::{After, Hit, words};
use crate::error::Result;
use crate::query::Draft;
use crate::query::conversation_list::Assignee;
use crate::scope::Read;
use crate::sql;
use crate::store::Backend;
use rapport_core::inbox::ConversationStatus;
use rapport_core::{ChannelId, ContactId, ConversationId, Ms, TeamId};
use sea_orm::{ConnectionTrait, QueryResult};
use std::time::Instant;
use uuid::Uuid;

/// Stretches of time that are told apart; older ones are one piece.
const MOST_STRETCHES: i64 = 20_000;
/// A customer with more conversations is told apart by their own id only.
const FEW: usize = 64;

/// What to look for: every group must be met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The groups; none = nothing is found.
    pub groups: Vec<Group>,
}

/// Alternatives: met by one of the terms, or by a word that begins like one of the prefixes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// Whole terms.
    pub terms: Vec<String>,
    /// Beginnings of words.
    pub prefixes: Vec<String>,
}

/// Which documents are searched. Empty fields do not restrict; those about conversations concern messages and notes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only this conversation.
    pub conversation: Option<ConversationId>,
    /// Only this customer.
    pub contact: Option<ContactId>,
    /// Only over this channel.
    pub channel: Option<ChannelId>,
    /// Only of this direction (`in`, `out`).
    pub direction: Option<String>,
    /// Only contents of one of these kinds.
    pub kinds: Vec<String>,
    /// Only in conversations of this person, or of nobody.
    pub assignee: Option<Assignee>,
    /// Only in conversations of this team.
    pub team: Option<TeamId>,
    /// Only in conversations with one of these statuses.
    pub statuses: Vec<ConversationStatus>,
    /// Only at or after this moment.
    pub since: Option<Ms>,
    /// Only before this moment.
    pub until: Option<Ms>,
}

impl Filter {
    /// Whether the conversation of what is found must be looked at.
    pub(super) fn asks_conversation(&self) -> bool {
        self.assignee.is_some() || self.team.is_some() || !self.statuses.is_empty()
    }
}

/// What was found, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The documents, at most as many as asked for; fewer than that, with a `next`, when the time was up.
    pub hits: Vec<Hit>,
    /// Where to go on; `None` = everything was looked through.
    pub next: Option<After>,
}

/// The newest documents that match, newest first. A query without groups matches nothing.
///
/// # Errors
/// What the database said.
pub async fn find(
    read: &Read,
    part: Part,
    query: &Query,
    filter: &Filter,
    after: Option<After>,
    limit: u64,
    effort: impl Into<Effort>,
) -> Result<Page> {
    let began = Instant::now();
    let Some(groups) = groups(read, query, filter).await? else { return Ok(Page::default()) };
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut page = Page::default();
    let open = (after.is_none() && filter.until.is_none(), filter.since.is_none());
    let mut left = Stretches::new(stretches(read, part, filter, after).await?, open);
    let mut pace = Pace::new(effort.into(), read.backend(), began, pace::full(groups.iter().map(Vec::len), filter));
    let mut reached = None;
    while let Some(piece) = pace.room().and_then(|room| left.piece(room)) {
        let lap = pace.lap();
        let missing = wanted + 1 - page.hits.len();
        let asked = Asked { read, part, groups: &groups, filter, after, piece: &piece, limit: missing };
        page.hits.extend(asked.hits().await?);
        if page.hits.len() > wanted {
            page.hits.truncate(wanted);
            page.next = page.hits.last().map(Hit::after);
            return Ok(page);
        }
        pace.read(piece.documents, lap);
        reached = piece.oldest;
    }
    if !left.is_empty() {
        page.next = reached.map(|oldest| beginning_of(read.backend(), oldest));
    }
    Ok(page)
}

/// The place from which everything older than the stretch follows.
fn beginning_of(backend: Backend, slice: i64) -> After {
    match backend {
        Backend::Sqlite => (place::number_of(slice), Uuid::nil()),
        Backend::Postgres => (place::start_of(slice).0, Uuid::nil()),
    }
}

/// The terms to ask for, group by group; `None` when nothing can match.
async fn groups(read: &Read, query: &Query, filter: &Filter) -> Result<Option<Vec<Vec<String>>>> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    for group in &query.groups {
        let mut terms: Vec<String> = group.terms.iter().map(|term| place::safe(term)).collect();
        for prefix in group.prefixes.iter().map(|prefix| place::safe(prefix)).filter(|prefix| !prefix.is_empty()) {
            terms.extend(words::beginning(read, &prefix).await?.iter().map(|word| place::safe(word)));
        }
        terms.retain(|term| !term.is_empty());
        let mut seen = std::collections::HashSet::new();
        terms.retain(|term| seen.insert(term.clone()));
        // A group that nothing can meet: neither can the whole.
        if terms.is_empty() {
            return Ok(None);
        }
        groups.push(terms);
    }
    if groups.is_empty() {
        return Ok(None);
    }
    groups.extend(filter.channel.map(|id| vec![place::channel(id)]));
    groups.extend(filter.direction.as_deref().map(|code| vec![place::direction(code)]));
    if !filter.kinds.is_empty() {
        groups.push(filter.kinds.iter().map(|code| place::kind(code)).collect());
    }
    if let Some(id) = filter.conversation {
        groups.push(vec![place::conversation(id)]);
    } else if let Some(contact) = filter.contact {
        match conversations(read, contact).await?.as_slice() {
            [] => return Ok(None),
            few if few.len() <= FEW => groups.push(few.iter().map(|id| place::conversation(*id)).collect()),
            _ => {}
        }
    }
    Ok(Some(groups))
}

async fn conversations(read: &Read, contact: ContactId) -> Result<Vec<ConversationId>> {
    let text = "SELECT id FROM conversation WHERE workspace_id = $1 AND contact_id = $2 LIMIT 65";
    let values = [read.workspace().0.into(), contact.0.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(|row| Ok(ConversationId(row.try_get_by_index(0)?))).collect()
}

/// The stretches of time to look through, newest first, with how many documents each holds.
async fn stretches(read: &Read, part: Part, filter: &Filter, after: Option<After>) -> Result<Vec<(i64, i64)>> {
    // What stands just before the place: a stretch that was read to its beginning is not read again.
    let reached = after.map(|(at, id)| match read.backend() {
        Backend::Sqlite => place::slice_of_number(at - 1),
        Backend::Postgres => place::slice_of(Ms(at - i64::from(id.is_nil()))),
    });
    // Numbers run over into later seconds when one has too many documents, so the filter's own end is a stretch later.
    let until = filter.until.map(|until| place::slice_of(until) + 1);
    let newest = reached.into_iter().chain(until).min().unwrap_or(i64::MAX);
    let oldest = filter.since.map_or(i64::MIN, place::slice_of);
    let text = "SELECT slice, docs FROM search_slice WHERE workspace_id = $1 AND part = $2 AND slice <= $3 \
                AND slice >= $4 ORDER BY slice DESC LIMIT $5";
    let values = [read.workspace().0.into(), part.code().into(), newest.into(), oldest.into(), MOST_STRETCHES.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// One question to the index.
struct Asked<'a> {
    read: &'a Read,
    part: Part,
    groups: &'a [Vec<String>],
    filter: &'a Filter,
    after: Option<After>,
    piece: &'a Piece,
    limit: usize,
}

impl Asked<'_> {
    async fn hits(&self) -> Result<Vec<Hit>> {
        let backend = self.read.backend();
        let mut draft = Draft::default();
        let wanted = draft.arg(self.expression());
        let workspace = draft.arg(self.read.workspace().0);
        let (join, mut conditions) = self.conversation(&mut draft);
        self.document(&mut draft, &mut conditions);
        let text = match backend {
            Backend::Sqlite => {
                self.numbers(&mut draft, &mut conditions);
                let limit = draft.arg(i64::try_from(self.limit).unwrap_or(i64::MAX));
                format!(
                    "SELECT d.document_id, d.conversation_id, d.contact_id, d.at, d.docid FROM search_term \
                     CROSS JOIN search_doc AS d{join} WHERE search_term MATCH {wanted} AND d.docid = search_term.rowid \
                     AND d.workspace_id = {workspace}{conditions} ORDER BY search_term.rowid DESC LIMIT {limit}"
                )
            }
            Backend::Postgres => {
                self.moments(&mut draft, &mut conditions);
                let limit = draft.arg(i64::try_from(self.limit).unwrap_or(i64::MAX));
                // Apart, so that the planner does not walk all documents by time in the hope of early hits.
                format!(
                    "WITH found AS MATERIALIZED (SELECT d.document_id, d.conversation_id, d.contact_id, d.at \
                     FROM search_doc AS d{join} WHERE d.terms @@ {wanted}::tsquery AND d.workspace_id = {workspace}\
                     {conditions}) SELECT document_id, conversation_id, contact_id, at, at FROM found \
                     ORDER BY at DESC, document_id DESC LIMIT {limit}"
                )
            }
        };
        let rows = self.read.conn().query_all_raw(sql::with(backend, text, draft.values)).await?;
        rows.iter().map(hit).collect()
    }

    /// What the conversation must be like.
    fn conversation(&self, draft: &mut Draft) -> (&'static str, String) {
        if !self.filter.asks_conversation() {
            return ("", String::new());
        }
        let mut conditions = " AND c.workspace_id = d.workspace_id AND c.id = d.conversation_id".to_owned();
        match self.filter.assignee {
            None => {}
            Some(Assignee::Nobody) => conditions.push_str(" AND c.assignee_id IS NULL"),
            Some(Assignee::One(user)) => {
                let user = draft.arg(user.0);
                conditions.push_str(&format!(" AND c.assignee_id = {user}"));
            }
        }
        if let Some(team) = self.filter.team {
            let team = draft.arg(team.0);
            conditions.push_str(&format!(" AND c.team_id = {team}"));
        }
        if !self.filter.statuses.is_empty() {
            let codes: Vec<String> = self.filter.statuses.iter().map(|status| format!("'{}'", status.code())).collect();
            conditions.push_str(&format!(" AND c.status IN ({})", codes.join(",")));
        }
        (" CROSS JOIN conversation AS c", conditions)
    }

    /// What the document itself must be like.
    fn document(&self, draft: &mut Draft, conditions: &mut String) {
        if let Some(id) = self.filter.conversation {
            let id = draft.arg(id.0);
            conditions.push_str(&format!(" AND d.conversation_id = {id}"));
        }
        if let Some(id) = self.filter.contact {
            let id = draft.arg(id.0);
            conditions.push_str(&format!(" AND d.contact_id = {id}"));
        }
        if let Some(since) = self.filter.since {
            let since = draft.arg(since.0);
            conditions.push_str(&format!(" AND d.at >= {since}"));
        }
        if let Some(until) = self.filter.until {
            let until = draft.arg(until.0);
            conditions.push_str(&format!(" AND d.at < {until}"));
        }
    }

    /// The piece as a range of documents' numbers, which is the index's own order.
    fn numbers(&self, draft: &mut Draft, conditions: &mut String) {
        let newest = self.piece.newest.map(|slice| place::number_of(slice + 1));
        let below = newest.into_iter().chain(self.after.map(|(number, _)| number)).min();
        if let Some(below) = below {
            let below = draft.arg(below);
            conditions.push_str(&format!(" AND search_term.rowid < {below}"));
        }
        if let Some(oldest) = self.piece.oldest {
            let from = draft.arg(place::number_of(oldest));
            conditions.push_str(&format!(" AND search_term.rowid >= {from}"));
        }
    }

    /// The piece as moments; that only it is read is the work of its terms.
    fn moments(&self, draft: &mut Draft, conditions: &mut String) {
        if let Some((at, id)) = self.after {
            let (at, id) = (draft.arg(at), draft.arg(id));
            conditions.push_str(&format!(" AND (d.at < {at} OR (d.at = {at} AND d.document_id < {id}))"));
        }
    }

    /// What is asked, in the database's own language.
    fn expression(&self) -> String {
        let workspace = self.read.workspace();
        let mut groups: Vec<Vec<String>> = Vec::with_capacity(self.groups.len() + 1);
        groups.push(match self.read.backend() {
            Backend::Sqlite => vec![place::whole(workspace, self.part)],
            Backend::Postgres => self.time_terms(),
        });
        groups.extend(self.groups.iter().cloned());
        expression(self.read.backend(), &groups)
    }

    /// The terms that together stand for the piece: long stretches where a whole one belongs to it.
    fn time_terms(&self) -> Vec<String> {
        let (workspace, piece) = (self.read.workspace(), self.piece);
        if piece.newest.is_none() && piece.oldest.is_none() {
            return vec![place::whole(workspace, self.part)];
        }
        let inside = |slice: i64| {
            piece.newest.is_none_or(|newest| slice <= newest) && piece.oldest.is_none_or(|oldest| slice >= oldest)
        };
        let mut terms: Vec<String> = Vec::new();
        let mut last_long = None;
        for slice in &piece.slices {
            let long = place::long_of(*slice);
            let all = place::of_long(long);
            if !(inside(*all.start()) && inside(*all.end())) {
                terms.push(place::stretch(workspace, self.part, *slice));
            } else if last_long != Some(long) {
                terms.push(place::long_stretch(workspace, self.part, long));
                last_long = Some(long);
            }
        }
        terms
    }
}

fn expression(backend: Backend, groups: &[Vec<String>]) -> String {
    let (and, or, quote) = match backend {
        Backend::Sqlite => (" AND ", " OR ", '"'),
        Backend::Postgres => (" & ", " | ", '\''),
    };
    let group = |terms: &Vec<String>| {
        let quoted: Vec<String> = terms.iter().map(|term| format!("{quote}{term}{quote}")).collect();
        format!("({})", quoted.join(or))
    };
    groups.iter().map(group).collect::<Vec<_>>().join(and)
}

fn hit(row: &QueryResult) -> Result<Hit> {
    Ok(Hit {
        document: row.try_get_by_index(0)?,
        conversation: ConversationId(row.try_get_by_index(1)?),
        contact: ContactId(row.try_get_by_index(2)?),
        at: Ms(row.try_get_by_index(3)?),
        place: row.try_get_by_index(4)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_quote_every_term() {
        let groups = [vec!["order".to_owned(), "ordorx".to_owned()], vec!["del".to_owned()]];
        assert_eq!(expression(Backend::Sqlite, &groups), "(\"order\" OR \"ordorx\") AND (\"del\")");
        assert_eq!(expression(Backend::Postgres, &groups), "('order' | 'ordorx') & ('del')");
    }
}
