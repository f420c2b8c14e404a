//! Where a document stands: in time, and under which terms besides its words.
//!
//! - SQLite numbers documents by the second they were said in, so that "newest first" is the order of the index
//!   itself.
//! - PostgreSQL's index has no order; there a document also carries terms for its stretch of time (9 hours) and for
//!   the longer one round it (24 days), so that a piece of the index can be asked for.
//!
//! Terms of our own begin with a mark no word has, and a digit or capital letter no stem has behind it.

use crate::store::Backend;
use rapport_core::{ChannelId, ConversationId, Ms, WorkspaceId};
use uuid::Uuid;

/// What is found together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// What customers and the business said to each other.
    Messages,
    /// What people of the team wrote for themselves.
    Notes,
    /// Customers.
    Contacts,
}

impl Part {
    /// Its short code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Messages => "m",
            Self::Notes => "n",
            Self::Contacts => "c",
        }
    }

    /// The part a message of this direction belongs to.
    #[must_use]
    pub fn of_direction(direction: &str) -> Self {
        if direction == "note" { Self::Notes } else { Self::Messages }
    }
}

const MARK: char = '\u{1BB}';
/// Numbers a second has for its documents; more of them use the next seconds' numbers.
pub(super) const PER_SECOND: i64 = 1 << 12;
/// A stretch of time is 2^15 seconds.
const SLICE_BITS: u32 = 15;
/// A long stretch has 64 of them.
const LONG_BITS: u32 = 6;

/// The seconds of a moment, within what a number of a document can hold.
fn seconds(at: Ms) -> i64 {
    at.0.div_euclid(1_000).clamp(0, (1 << 40) - 1)
}

/// The first number of the second.
pub(super) fn first_number(at: Ms) -> i64 {
    seconds(at) * PER_SECOND
}

/// The stretch of time a moment belongs to.
pub(super) fn slice_of(at: Ms) -> i64 {
    seconds(at) >> SLICE_BITS
}

/// The stretch of time a document's number belongs to.
pub(super) fn slice_of_number(number: i64) -> i64 {
    (number / PER_SECOND) >> SLICE_BITS
}

/// The first moment of a stretch.
pub(super) fn start_of(slice: i64) -> Ms {
    Ms((slice << SLICE_BITS).saturating_mul(1_000))
}

/// The first number of a stretch.
pub(super) fn number_of(slice: i64) -> i64 {
    (slice << SLICE_BITS).saturating_mul(PER_SECOND)
}

/// The long stretch round a stretch.
pub(super) fn long_of(slice: i64) -> i64 {
    slice >> LONG_BITS
}

/// The stretches of a long one.
pub(super) fn of_long(long: i64) -> std::ops::RangeInclusive<i64> {
    (long << LONG_BITS)..=((long << LONG_BITS) | ((1 << LONG_BITS) - 1))
}

/// The last twelve hexadecimal digits of an id: the random ones.
fn tail(id: Uuid) -> String {
    id.simple().to_string()[20..].to_owned()
}

/// The term of everything of a part of a workspace.
pub(super) fn whole(workspace: WorkspaceId, part: Part) -> String {
    format!("{MARK}1{}{}", tail(workspace.0), part.code())
}

/// The term of a stretch of time.
pub(super) fn stretch(workspace: WorkspaceId, part: Part, slice: i64) -> String {
    format!("{MARK}2{}{}{slice}", tail(workspace.0), part.code())
}

/// The term of a long stretch of time.
pub(super) fn long_stretch(workspace: WorkspaceId, part: Part, long: i64) -> String {
    format!("{MARK}3{}{}{long}", tail(workspace.0), part.code())
}

/// The term of a conversation.
pub(super) fn conversation(id: ConversationId) -> String {
    format!("{MARK}4{}", tail(id.0))
}

/// The term of a channel.
pub(super) fn channel(id: ChannelId) -> String {
    format!("{MARK}5{}", tail(id.0))
}

/// The term of a direction.
pub(super) fn direction(code: &str) -> String {
    format!("{MARK}6{}", plain(code))
}

/// The term of a content's kind.
pub(super) fn kind(code: &str) -> String {
    format!("{MARK}7{}", plain(code))
}

fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The terms that a document of this part and time has on this database.
pub(super) fn own(backend: Backend, workspace: WorkspaceId, part: Part, at: Ms) -> Vec<String> {
    let mut terms = vec![whole(workspace, part)];
    if backend == Backend::Postgres {
        let slice = slice_of(at);
        terms.push(stretch(workspace, part, slice));
        terms.push(long_stretch(workspace, part, long_of(slice)));
    }
    terms
}

/// Terms consist of letters and digits; anything else would be read as an operator or a break, so it is dropped.
pub(super) fn safe(term: &str) -> String {
    term.chars()
        .filter(|c| !c.is_ascii() || c.is_ascii_alphanumeric())
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_stretches_agree() {
        for at in [Ms(0), Ms(1_790_000_000_123), Ms(-5), Ms(i64::MAX)] {
            let slice = slice_of(at);
            assert_eq!(slice, slice_of_number(first_number(at)));
            assert_eq!(slice, slice_of_number(first_number(at) + PER_SECOND - 1));
            assert!(number_of(slice) <= first_number(at) && first_number(at) < number_of(slice + 1));
            assert!(of_long(long_of(slice)).contains(&slice));
            assert_eq!(slice_of(start_of(slice)), slice);
        }
    }

    #[test]
    fn own_terms_are_no_words() {
        let workspace = WorkspaceId(Uuid::from_u128(0xabc));
        assert_eq!(whole(workspace, Part::Notes), "\u{1bb}1000000000abcn");
        for term in own(Backend::Postgres, workspace, Part::Messages, Ms(1_790_000_000_000)) {
            assert_eq!(safe(&term), term);
        }
        assert_eq!(kind("call_permission"), "\u{1bb}7callpermission");
        assert_eq!(safe("or\"d OR x"), "ordorx");
    }
}
