//! Searching messages, with the hits marked.

use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::view::known_name;
use crate::inbox::words::DirectionWord;
use crate::state::App;
use rapport_core::{MessageId, Ms};
use rapport_store::query::search_hits::{self, Found};
use rapport_store::search::{self, Filter, Hit};
use rapport_text::Query;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Longest text that is searched for, in characters.
const LONGEST: usize = 500;
/// Length of a shown piece of a message, in characters.
const PIECE: usize = 240;
/// How much of the text before the first hit is shown, in characters.
const LEAD: usize = 60;

/// What to look for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words, in any language.
    pub q: String,
    /// Only in this conversation.
    pub conversation_id: Option<Uuid>,
    /// Only of this contact.
    pub contact_id: Option<Uuid>,
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
}

/// The contact of a hit.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HitContact {
    /// The contact.
    pub id: Uuid,
    /// Name, when known.
    pub name: Option<String>,
}

/// The newest messages that hold all the words, and where the next page begins (time and id).
///
/// # Errors
/// `Forbidden`, `Invalid`, `Store`.
pub async fn find(
    app: &App,
    caller: &Caller,
    wanted: SearchQuery,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<(Vec<SearchHit>, Option<(i64, Uuid)>)> {
    caller.require(Permission::InboxRead)?;
    if wanted.q.chars().count() > LONGEST {
        return Err(Error::invalid("q", format!("must have at most {LONGEST} characters")));
    }
    let query = rapport_text::query(&wanted.q);
    let stored = search::Query { groups: query.groups.clone(), prefixes: query.prefixes.clone() };
    let filter = Filter {
        conversation: wanted.conversation_id.map(Into::into),
        contact: wanted.contact_id.map(Into::into),
        ..Filter::default()
    };
    let read = app.store.workspace(caller.workspace).read();
    let after = after.map(|(at, id)| (Ms(at), MessageId(id)));
    let mut hits = search::find(&read, &stored, &filter, after, limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = hits.len() > most;
    hits.truncate(most);
    let next = hits.last().filter(|_| more).map(|hit| (hit.at.0, hit.message.0));
    let ids: Vec<MessageId> = hits.iter().map(|hit| hit.message).collect();
    let mut messages = search_hits::messages(&read, &ids).await?;
    let names = search_hits::names(&read, &hits.iter().map(|hit| hit.contact).collect::<Vec<_>>()).await?;
    let shown = |hit: Hit| Some(show(&hit, messages.remove(&hit.message.0)?, &names, &query));
    Ok((hits.into_iter().filter_map(shown).collect(), next))
}

fn show(hit: &Hit, found: Found, names: &HashMap<Uuid, String>, query: &Query) -> SearchHit {
    let text = found.content.map_or(found.preview, |content| content.text());
    let preview = piece(&text, query);
    let highlights = rapport_text::highlights(&preview, query).into_iter().map(|(from, to)| [from, to]).collect();
    SearchHit {
        message: HitMessage { id: hit.message.0, preview, at: hit.at.0, direction: found.direction },
        conversation_id: hit.conversation.0,
        contact: HitContact { id: hit.contact.0, name: names.get(&hit.contact.0).cloned().and_then(known_name) },
        highlights,
    }
}

/// The piece of a text round its first hit, in one line.
fn piece(text: &str, query: &Query) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = rapport_text::highlights(&line, query).first().map_or(0, |(start, _)| *start);
    let Some(begin) = begin_before(&line, first) else { return rapport_text::preview(&line, PIECE) };
    format!("…{}", rapport_text::preview(&line[begin..], PIECE))
}

/// The byte where to begin so that the hit (at `first`, in UTF-16 units) is seen; `None` = at the beginning.
fn begin_before(line: &str, first: usize) -> Option<usize> {
    let mut units = 0;
    let starts: Vec<usize> = line
        .char_indices()
        .take_while(|(_, c)| {
            let before = units;
            units += c.len_utf16();
            before < first
        })
        .map(|(at, _)| at)
        .collect();
    let cut = starts.len().checked_sub(LEAD)?;
    if cut < LEAD {
        return None;
    }
    // At the next word, so that the piece does not begin inside one; scripts without spaces begin anywhere.
    let from = starts[cut];
    let window = &line[from..*starts.last().unwrap_or(&from)];
    Some(window.find(' ').map_or(from, |space| from + space + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_piece_shows_the_hit() {
        let query = rapport_text::query("needle");
        assert_eq!(piece("a  short\nneedle", &query), "a short needle");
        let long = format!("{} needle {}", "word ".repeat(100), "tail ".repeat(100));
        let piece = piece(&long, &query);
        assert!(piece.starts_with("…word") && piece.contains("needle") && piece.ends_with('…'), "{piece}");
        let marks = rapport_text::highlights(&piece, &query);
        let units: Vec<u16> = piece.encode_utf16().collect();
        assert_eq!(String::from_utf16(&units[marks[0].0..marks[0].1]).unwrap(), "needle");
        let query = rapport_text::query("配送");
        let chinese = format!("{}配送{}", "你好世界".repeat(80), "谢谢".repeat(80));
        assert!(super::piece(&chinese, &query).contains("配送"));
    }
}
