//! Who is told on their own devices, of what, and how much of it a locked screen may show.

use crate::time::{HOUR, SECOND};
use crate::{Ms, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A notice waits this long, so that several messages become one and whoever looks already is left alone. Milliseconds.
pub const REST_MS: i64 = 4 * SECOND;
/// What is older than this is no news. Milliseconds.
pub const STALE_MS: i64 = 4 * HOUR;
/// How long a sign of looking counts; screens give one every twenty seconds. Milliseconds.
pub const LOOK_MS: i64 = 45 * SECOND;
/// Devices of one user.
pub const DEVICES: usize = 10;
/// How much of a text is shown, in characters.
const SHOWN: usize = 180;

/// What somebody wants to be told on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wants {
    /// Messages in conversations that are assigned to them.
    pub mine: bool,
    /// Notes that mention them.
    pub mentions: bool,
    /// Messages in conversations of their teams that nobody has, while they are on duty.
    pub team: bool,
    /// Whether texts stay out of the notice.
    pub hide_text: bool,
}

impl Default for Wants {
    fn default() -> Self {
        Self { mine: true, mentions: true, team: false, hide_text: false }
    }
}

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A message in their conversation.
    Mine,
    /// A note mentions them.
    Mention,
    /// A message in a conversation of their team that nobody has.
    Team,
}

impl Why {
    /// The short code that is stored and sent.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Mention => "mention",
            Self::Team => "team",
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News<'a> {
    /// The customer wrote.
    Message {
        /// Who has the conversation.
        assignee: Option<Uuid>,
        /// Whose it is.
        team: Option<Uuid>,
        /// Whether nobody has read it yet.
        unread: bool,
    },
    /// Somebody wrote a note.
    Note {
        /// Who.
        author: Option<Uuid>,
        /// Whom it mentions.
        mentions: &'a [Uuid],
    },
}

/// Somebody who may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person<'a> {
    /// Who.
    pub id: UserId,
    /// Their teams.
    pub teams: &'a [Uuid],
    /// Whether they say that they take conversations.
    pub online: bool,
    /// Whether it is their working time, or none is known.
    pub working: bool,
    /// Whether they have the conversation open now.
    pub looking: bool,
}

/// Why somebody is told of news that happened at `at`; `None` when they are not.
///
/// Nobody is told outside their working time, of what they did themselves, of what they look at, or of what somebody has
/// read meanwhile. A conversation without an agent and without a team is everybody's.
#[must_use]
pub fn why(news: &News<'_>, person: &Person<'_>, wants: &Wants, at: Ms, now: Ms) -> Option<Why> {
    if !person.working || person.looking || now.since(at) > STALE_MS {
        return None;
    }
    match news {
        News::Note { author, mentions } => {
            let named = mentions.contains(&person.id.0) && *author != Some(person.id.0);
            (wants.mentions && named).then_some(Why::Mention)
        }
        News::Message { unread: false, .. } => None,
        News::Message { assignee: Some(own), .. } => (wants.mine && *own == person.id.0).then_some(Why::Mine),
        News::Message { assignee: None, team, .. } => {
            let theirs = team.is_none_or(|team| person.teams.contains(&team));
            (wants.team && person.online && theirs).then_some(Why::Team)
        }
    }
}

/// What of a text is shown: nothing where it is to be hidden, its beginning otherwise.
#[must_use]
pub fn shown(text: &str, wants: &Wants) -> Option<String> {
    let text = text.trim();
    if wants.hide_text || text.is_empty() {
        return None;
    }
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    Some(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Ms = Ms(1_790_000_000_000);

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn person(teams: &[Uuid]) -> Person<'_> {
        Person { id: UserId(id(1)), teams, online: true, working: true, looking: false }
    }

    fn message(assignee: Option<u128>, team: Option<u128>) -> News<'static> {
        News::Message { assignee: assignee.map(id), team: team.map(id), unread: true }
    }

    #[test]
    fn people_are_told_of_what_is_theirs() {
        let (teams, named, others) = ([id(7)], [id(1), id(2)], [id(2)]);
        let all = Wants { mine: true, mentions: true, team: true, hide_text: false };
        let none = Wants { mine: false, mentions: false, team: false, hide_text: false };
        let note = |author, mentions| News::Note { author: Some(id(author)), mentions };
        for (news, expected) in [
            (message(Some(1), None), Some(Why::Mine)),
            (message(Some(2), Some(7)), None),
            (message(None, Some(7)), Some(Why::Team)),
            (message(None, None), Some(Why::Team)),
            (message(None, Some(8)), None),
            (News::Message { assignee: Some(id(1)), team: None, unread: false }, None),
            (note(2, &named[..]), Some(Why::Mention)),
            (note(1, &named[..]), None),
            (note(3, &others[..]), None),
        ] {
            assert_eq!(why(&news, &person(&teams), &all, NOW, NOW), expected, "{news:?}");
            assert_eq!(why(&news, &person(&teams), &none, NOW, NOW), None, "{news:?}");
        }
    }

    #[test]
    fn nobody_is_told_who_looks_or_does_not_work() {
        let all = Wants { team: true, ..Wants::default() };
        let mine = message(Some(1), None);
        let told = |person: &Person<'_>, news: &News<'_>, at: Ms| why(news, person, &all, at, NOW).is_some();
        assert!(told(&person(&[]), &mine, NOW));
        assert!(!told(&Person { working: false, ..person(&[]) }, &mine, NOW));
        assert!(!told(&Person { looking: true, ..person(&[]) }, &mine, NOW));
        assert!(!told(&person(&[]), &mine, NOW.plus(-STALE_MS - 1)), "too old");
        let away = Person { online: false, ..person(&[]) };
        assert!(told(&away, &mine, NOW), "their own still comes while they are away");
        assert!(!told(&away, &message(None, None), NOW), "what nobody has does not");
    }

    #[test]
    fn a_text_is_shortened_or_hidden() {
        let open = Wants::default();
        assert_eq!(shown(" hello ", &open).as_deref(), Some("hello"));
        assert_eq!(shown("  ", &open), None);
        assert_eq!(shown("hello", &Wants { hide_text: true, ..open }), None);
        let long = "ж".repeat(SHOWN + 1);
        let short = shown(&long, &open).unwrap();
        assert_eq!((short.chars().count(), short.ends_with('…')), (SHOWN + 1, true));
        assert_eq!(shown(&"ж".repeat(SHOWN), &open).unwrap().chars().count(), SHOWN);
    }
}
