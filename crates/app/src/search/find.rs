//! Searching messages, notes and people, with the hits marked.

use super::Budget;
use super::people::{self, People};
use super::piece::piece;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::view::known_name;
use crate::inbox::words::{DirectionWord, StatusWord};
use crate::state::App;
use rapport_core::inbox::ConversationStatus;
use rapport_core::{ContactId, MessageId, Ms};
use rapport_store::Read;
use rapport_store::query::conversation_list::Assignee;
use rapport_store::query::search_hits::{self, Found};
use rapport_store::search::{self, After, Filter, Hit, Part, Person};
use rapport_text::{PeopleQuery, Query};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Longest text that is searched for, in characters.
const LONGEST: usize = 500;
/// How long one request looks back before it answers with what it has.
const PATIENCE: Duration = Duration::from_millis(60);
/// Notes and people beside messages, when everything is searched.
const BESIDE: u64 = 5;
/// Kinds that may be named at once.
const MOST_KINDS: usize = 20;

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SearchPart)]
pub enum In {
    /// Messages, and the first few notes and contacts.
    #[default]
    All,
    /// What customers and the team said to each other.
    Messages,
    /// What the team wrote for itself.
    Notes,
    /// Customers.
    Contacts,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SearchDirection)]
pub enum Way {
    /// From the customer.
    In,
    /// To the customer.
    Out,
}

/// What to look for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words in any language, a name, an order number, or at least four digits of a phone number.
    pub q: String,
    /// What is searched; left out = all. The pages after the first are of one of them.
    #[serde(default, rename = "in")]
    #[param(inline, rename = "in")]
    pub part: In,
    /// Only in this conversation.
    pub conversation_id: Option<Uuid>,
    /// Only of this contact.
    pub contact_id: Option<Uuid>,
    /// Only over this channel.
    pub channel_id: Option<Uuid>,
    /// Only in conversations of this user.
    pub assignee_id: Option<Uuid>,
    /// Only in conversations of nobody.
    #[serde(default)]
    pub unassigned: bool,
    /// Only in conversations of this team.
    pub team_id: Option<Uuid>,
    /// Only in conversations with this status.
    #[param(inline)]
    pub status: Option<StatusWord>,
    /// Only messages from customers (`in`) or to them (`out`).
    #[param(inline)]
    pub direction: Option<Way>,
    /// Only contents of these kinds, with commas between them: `text,image,document`.
    pub kind: Option<String>,
    /// Only at or after this moment, milliseconds UTC.
    pub from: Option<i64>,
    /// Only before this moment, milliseconds UTC.
    pub to: Option<i64>,
}

/// Where a page of results begins: what is searched, and how far that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onward {
    part: In,
    after: After,
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Results {
    /// Messages, newest first.
    pub messages: Group<SearchHit>,
    /// Notes, newest first.
    pub notes: Group<SearchHit>,
    /// Customers, the last heard first.
    pub contacts: Group<ContactHit>,
    /// While messages of old are indexed again.
    pub indexing: Option<Indexing>,
}

/// One kind of what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<T> {
    /// The hits.
    pub items: Vec<T>,
    /// Where to go on; none = that is all. A page may be short when the search took too long.
    pub next: Option<Onward>,
}

impl<T> Default for Group<T> {
    fn default() -> Self {
        Self { items: Vec::new(), next: None }
    }
}

/// How far messages of old are indexed again; until then they are not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SearchIndexing)]
pub struct Indexing {
    /// Messages that are done.
    pub done: i64,
    /// Messages in all.
    pub total: i64,
}

/// A message that was found, with what is needed to show it and to jump there.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SearchHit {
    /// The message.
    pub message: HitMessage,
    /// Its conversation.
    pub conversation_id: Uuid,
    /// Whose.
    pub contact: HitContact,
    /// Where the preview meets the query: start and end in UTF-16 units.
    pub highlights: Vec<[usize; 2]>,
}

/// The message of a hit.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HitMessage {
    /// The message.
    pub id: Uuid,
    /// The piece of it round the first hit, in one line.
    pub preview: String,
    /// When it was said.
    pub at: i64,
    /// Who said it.
    #[schema(value_type = DirectionWord)]
    pub direction: String,
    /// Its content's kind.
    pub kind: String,
}

/// The contact of a hit.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HitContact {
    /// The contact.
    pub id: Uuid,
    /// Name, when known.
    pub name: Option<String>,
}

/// A contact that was found.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ContactHit {
    /// The contact.
    pub contact: HitContact,
    /// Where the name meets the query: start and end in UTF-16 units.
    pub highlights: Vec<[usize; 2]>,
    /// What else met it, else the number.
    pub detail: Option<HitDetail>,
    /// When they last wrote.
    pub last_inbound_at: Option<i64>,
}

/// A value of a contact.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HitDetail {
    /// `phone`, `email`, `username`, the kind of an identity, or the name of a field.
    pub kind: String,
    /// The value.
    pub value: String,
    /// Where it meets the query: start and end in UTF-16 units.
    pub highlights: Vec<[usize; 2]>,
}

impl SearchQuery {
    /// Whether it asks something of messages or conversations, which people do not have.
    fn is_narrow(&self) -> bool {
        let ids = [self.conversation_id, self.contact_id, self.channel_id, self.assignee_id, self.team_id];
        let words = self.unassigned || self.status.is_some() || self.direction.is_some() || self.kind.is_some();
        words || ids.iter().any(Option::is_some) || self.from.is_some() || self.to.is_some()
    }

    fn filter(&self) -> Result<Filter> {
        let kinds: Vec<String> = self.kind.iter().flat_map(|kinds| kinds.split(',')).map(str::to_owned).collect();
        if kinds.len() > MOST_KINDS || kinds.iter().any(|kind| kind.is_empty() || kind.len() > 40) {
            return Err(Error::invalid("kind", "names kinds of content with commas between them: text,image"));
        }
        if self.unassigned && self.assignee_id.is_some() {
            return Err(Error::invalid("unassigned", "and assignee_id exclude each other"));
        }
        let direction = self.direction.map(|way| match way {
            Way::In => "in".to_owned(),
            Way::Out => "out".to_owned(),
        });
        let nobody = self.unassigned.then_some(Assignee::Nobody);
        Ok(Filter {
            conversation: self.conversation_id.map(Into::into),
            contact: self.contact_id.map(Into::into),
            channel: self.channel_id.map(Into::into),
            direction,
            kinds,
            assignee: nobody.or(self.assignee_id.map(|id| Assignee::One(id.into()))),
            team: self.team_id.map(Into::into),
            statuses: self.status.map(ConversationStatus::from).into_iter().collect(),
            since: self.from.map(Ms),
            until: self.to.map(Ms),
        })
    }
}

/// The newest messages, notes and people that meet the words, and where each goes on.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Store`.
pub async fn find(
    app: &App,
    caller: &Caller,
    wanted: SearchQuery,
    from: Option<Onward>,
    limit: u64,
) -> Result<Results> {
    caller.require(Permission::InboxRead)?;
    if wanted.q.chars().count() > LONGEST {
        return Err(Error::invalid("q", format!("must have at most {LONGEST} characters")));
    }
    let part = match &from {
        Some(from) if wanted.part != In::All && wanted.part != from.part => {
            return Err(Error::invalid("cursor", "is of another kind of results"));
        }
        Some(from) => from.part,
        None => wanted.part,
    };
    let filter = wanted.filter()?;
    let read = app.store.workspace(caller.workspace).read();
    let after = from.map(|from| from.after);
    let beside = if part == In::All { limit.min(BESIDE) } else { limit };
    let mut results = Results::default();
    let query = rapport_text::query(&wanted.q);
    // What is asked beside others leaves them half of the time; the messages, which are the most, come last.
    let budget = Budget::new(PATIENCE);
    let time = || if part == In::All { budget.left() / 2 } else { budget.left() };
    let people_too = part == In::Contacts || part == In::All && !wanted.is_narrow();
    if people_too && caller.require(Permission::ContactRead).is_ok() {
        results.contacts = contacts(&read, &rapport_text::people_query(&wanted.q), after, beside, time()).await?;
    }
    // A note has no direction: who asks for one does not ask for notes.
    if matches!(part, In::All | In::Notes) && (part == In::Notes || filter.direction.is_none()) {
        results.notes = said(&read, Part::Notes, &query, &filter, (after, beside, time())).await?;
    }
    if matches!(part, In::All | In::Messages) {
        results.messages = said(&read, Part::Messages, &query, &filter, (after, limit, budget.left())).await?;
    }
    let progress = search::progress(&read).await?;
    results.indexing = (progress.total > 0).then_some(Indexing { done: progress.done, total: progress.total });
    Ok(results)
}

async fn said(
    read: &Read,
    part: Part,
    query: &Query,
    filter: &Filter,
    (after, limit, patience): (Option<After>, u64, Duration),
) -> Result<Group<SearchHit>> {
    let page = search::find(read, part, &super::asked(query), filter, after, limit, patience).await?;
    let ids: Vec<MessageId> = page.hits.iter().map(Hit::message).collect();
    if ids.is_empty() {
        return Ok(Group { items: Vec::new(), next: next(part, page.next) });
    }
    let mut messages = search_hits::messages(read, &ids).await?;
    let names = search_hits::names(read, &page.hits.iter().map(|hit| hit.contact).collect::<Vec<ContactId>>()).await?;
    let shown = |hit: &Hit| Some(show(hit, messages.remove(&hit.document)?, &names, query));
    Ok(Group { items: page.hits.iter().filter_map(shown).collect(), next: next(part, page.next) })
}

fn next(part: Part, after: Option<After>) -> Option<Onward> {
    let part = match part {
        Part::Messages => In::Messages,
        Part::Notes => In::Notes,
        Part::Contacts => In::Contacts,
    };
    after.map(|after| Onward { part, after })
}

fn show(hit: &Hit, found: Found, names: &HashMap<Uuid, String>, query: &Query) -> SearchHit {
    let text = found.content.map_or(found.preview, |content| content.text());
    let preview = piece(&text, query);
    let highlights = rapport_text::highlights(&preview, query).into_iter().map(|(from, to)| [from, to]).collect();
    SearchHit {
        message: HitMessage { id: hit.document, preview, at: hit.at.0, direction: found.direction, kind: found.kind },
        conversation_id: hit.conversation.0,
        contact: HitContact { id: hit.contact.0, name: names.get(&hit.contact.0).cloned().and_then(known_name) },
        highlights,
    }
}

async fn contacts(
    read: &Read,
    asked: &PeopleQuery,
    after: Option<After>,
    limit: u64,
    patience: Duration,
) -> Result<Group<ContactHit>> {
    let People { people, next: on } = people::found(read, asked, after, limit, patience).await?;
    let items = people.iter().map(|person| show_person(person, asked)).collect();
    Ok(Group { items, next: next(Part::Contacts, on) })
}

fn show_person(person: &Person, asked: &PeopleQuery) -> ContactHit {
    let marked = people::details(person).into_iter().map(|detail| {
        let highlights = people::marks(&detail.value, asked);
        HitDetail { kind: detail.kind, value: detail.value, highlights }
    });
    // What met the query, else the first there is: the number.
    let mut marked: Vec<HitDetail> = marked.collect();
    let place = marked.iter().position(|detail| !detail.highlights.is_empty()).unwrap_or(0);
    let detail = (place < marked.len()).then(|| marked.swap_remove(place));
    ContactHit {
        contact: HitContact { id: person.row.id, name: known_name(person.row.name.clone()) },
        highlights: people::marks(&person.row.name, asked),
        detail,
        last_inbound_at: person.row.last_inbound_at,
    }
}
