//! How much of the index a search reads at a time, so that it keeps to its time.
//!
//! What a piece costs is known only when it was read, and no statement can be stopped half-way without losing what it
//! found. So the next piece holds as many documents as may be read in half of the time that is left, at what one cost
//! in the last piece, and never at less than what one costs where all lists that are asked for are full. A word nobody
//! used of late but everybody used before can therefore not make a piece last longer than there is time.

use super::read::Filter;
use crate::store::Backend;
use std::time::{Duration, Instant};

/// A group of alternatives, per document, where it is full.
const GROUP: Duration = Duration::from_nanos(10);
/// An alternative of a group, per document.
const TERM: Duration = Duration::from_nanos(3);
/// Looking at the conversation of what is found, spread over all documents.
const CONVERSATION: Duration = Duration::from_nanos(300);
/// A piece is meant to take this part of the time that is left: what it costs may double from one piece to the next.
const SHARE: u32 = 2;
/// With less than this part of the time left nothing more is begun.
const LEAST: u32 = 8;

/// Documents in the first piece, and how much larger each next one may be.
///
/// PostgreSQL reads a piece whole, so that a frequent word must be met by a small one. SQLite stops within a piece; each
/// further one only costs it the looking up of every term again.
const fn growth(backend: Backend) -> (i64, i64) {
    match backend {
        Backend::Sqlite => (200_000, 15),
        Backend::Postgres => (25_000, 6),
    }
}

/// How hard a search tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// How long it looks further back. The first piece is read in any case, so that whoever asks again gets on.
    pub patience: Duration,
    /// Documents in the first piece, and how much larger each next one may be; `None` = what suits the database.
    pub pieces: Option<(i64, i64)>,
    /// What reading a document lasts, instead of the time that passes: for tests that must not depend on a machine.
    pub toll: Option<Duration>,
}

impl From<Duration> for Effort {
    fn from(patience: Duration) -> Self {
        Self { patience, pieces: None, toll: None }
    }
}

/// What a document of a search costs where everything it asks for is in every document: one entry for each group, with
/// its number of alternatives.
pub(super) fn full(alternatives: impl Iterator<Item = usize>, filter: &Filter) -> Duration {
    let groups = alternatives.map(|terms| GROUP + TERM * u32::try_from(terms).unwrap_or(u32::MAX));
    // The workspace's own term is one more group.
    let index: Duration = groups.sum::<Duration>() + GROUP + TERM;
    if filter.asks_conversation() { index + CONVERSATION } else { index }
}

/// How many documents a piece may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// So many are wanted.
    wanted: i64,
    /// More than these cannot be read in time, not even where one stretch has them all.
    most: i64,
}

/// The time of one search.
pub(super) struct Pace {
    patience: Duration,
    growth: i64,
    toll: Option<Duration>,
    began: Instant,
    spent: Duration,
    /// What a document costs at least.
    full: Duration,
    room: Room,
}

impl Pace {
    /// Begins to count.
    pub fn new(effort: Effort, backend: Backend, began: Instant, full: Duration) -> Self {
        let Effort { patience, pieces, toll } = effort;
        let (first, growth) = pieces.unwrap_or_else(|| {
            let (first, growth) = growth(backend);
            (first.min(documents(patience / SHARE, full)).max(1), growth)
        });
        let room = Room { wanted: first, most: i64::MAX };
        Self { patience, growth, toll, began, spent: Duration::ZERO, full, room }
    }

    /// What the next piece may hold; `None` = the time is up.
    pub fn room(&self) -> Option<Room> {
        let left = self.patience.saturating_sub(self.spent);
        let is_first = self.room.most == i64::MAX;
        (is_first || left * LEAST > self.patience).then_some(self.room)
    }

    /// Where the clock stands.
    pub fn lap(&self) -> Duration {
        if self.toll.is_some() { self.spent } else { self.began.elapsed() }
    }

    /// A piece with so many documents was read since `lap`.
    pub fn read(&mut self, documents: i64, lap: Duration) {
        let now = match self.toll {
            Some(toll) => lap + toll.saturating_mul(u32::try_from(documents).unwrap_or(u32::MAX)),
            None => self.began.elapsed(),
        };
        self.took(documents, lap, now);
    }

    fn took(&mut self, read: i64, from: Duration, to: Duration) {
        self.spent = to;
        let read = u32::try_from(read.max(1)).unwrap_or(u32::MAX);
        let cost = self.full.max(to.saturating_sub(from) / read);
        let most = documents(self.patience.saturating_sub(to) / SHARE, cost);
        self.room = Room { wanted: self.room.wanted.saturating_mul(self.growth).min(most), most };
    }
}

/// How many documents can be read in this time.
fn documents(time: Duration, each: Duration) -> i64 {
    i64::try_from(time.as_nanos() / each.as_nanos().max(1)).unwrap_or(i64::MAX - 1)
}

/// A piece of the index: stretches of time next to each other.
pub(super) struct Piece {
    /// The newest stretch; `None` = up to the newest document.
    pub newest: Option<i64>,
    /// The oldest stretch; `None` = down to the oldest document.
    pub oldest: Option<i64>,
    /// Those with documents in them, newest first.
    pub slices: Vec<i64>,
    /// How many documents they hold.
    pub documents: i64,
}

/// The stretches that a search still has before it, newest first.
pub(super) struct Stretches {
    left: std::iter::Peekable<std::vec::IntoIter<(i64, i64)>>,
    is_begun: bool,
    /// Whether the newest and the oldest stretch hold everything beyond them too.
    open: (bool, bool),
}

impl Stretches {
    /// Stretches with how many documents each holds.
    pub fn new(found: Vec<(i64, i64)>, open: (bool, bool)) -> Self {
        Self { left: found.into_iter().peekable(), is_begun: false, open }
    }

    /// Whether everything was given out.
    pub fn is_empty(&mut self) -> bool {
        self.left.peek().is_none()
    }

    /// The next piece: one stretch, and as many more as are wanted. `None` when nothing is left or has room.
    pub fn piece(&mut self, room: Room) -> Option<Piece> {
        let fits = |held: i64, docs: i64| if held == 0 { docs <= room.most } else { held + docs <= room.wanted };
        let mut piece = Piece { newest: None, oldest: None, slices: Vec::new(), documents: 0 };
        while let Some((slice, docs)) = self.left.next_if(|(_, docs)| fits(piece.documents, (*docs).max(0))) {
            piece.slices.push(slice);
            piece.documents += docs.max(0);
        }
        let (newest, oldest) = (piece.slices.first().copied()?, piece.slices.last().copied());
        piece.newest = (self.is_begun || !self.open.0).then_some(newest);
        piece.oldest = if self.open.1 && self.is_empty() { None } else { oldest };
        self.is_begun = true;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};
    use std::collections::BTreeMap;

    const PATIENCE: Duration = Duration::from_millis(60);

    fn pace(full: Duration) -> Pace {
        Pace::new(PATIENCE.into(), Backend::Sqlite, Instant::now(), full)
    }

    /// Reads stretches until the time is up or all are read; `cost` knows what a document of each stretch costs. Answers
    /// with what each piece held, and with the time it took.
    fn through(full: Duration, stretches: &[(i64, i64)], cost: impl Fn(i64) -> Duration) -> (Vec<i64>, Duration) {
        let (mut pace, mut left) = (pace(full), Stretches::new(stretches.to_vec(), (true, true)));
        let docs: BTreeMap<i64, i64> = stretches.iter().copied().collect();
        let (mut held, mut now) = (Vec::new(), Duration::ZERO);
        while let Some(piece) = pace.room().and_then(|room| left.piece(room)) {
            let from = now;
            for slice in &piece.slices {
                now += cost(*slice) * u32::try_from(docs[slice]).unwrap();
            }
            pace.took(piece.documents, from, now);
            held.push(piece.documents);
        }
        (held, now)
    }

    #[test]
    fn pieces_hold_everything_once_and_in_order() {
        let found: Vec<(i64, i64)> = (0..1_000).rev().map(|slice| (slice, 1_000)).collect();
        let mut left = Stretches::new(found.clone(), (true, true));
        let rooms = [25_000, 150_000, 900_000].map(|wanted| Room { wanted, most: i64::MAX });
        let cut: Vec<Piece> = rooms.into_iter().filter_map(|room| left.piece(room)).collect();
        assert_eq!(cut.iter().map(|piece| piece.documents).collect::<Vec<_>>(), [25_000, 150_000, 825_000]);
        assert!(left.is_empty() && left.piece(rooms[0]).is_none());
        assert_eq!(
            cut.iter().flat_map(|piece| piece.slices.clone()).collect::<Vec<_>>(),
            (0..1_000).rev().collect::<Vec<_>>()
        );
        assert!(cut[0].newest.is_none() && cut[2].oldest.is_none());
        let edges = (cut[0].oldest, cut[1].newest, cut[1].oldest, cut[2].newest);
        assert_eq!(edges, (Some(975), Some(974), Some(825), Some(824)));
        let closed = Stretches::new(vec![(7, 1)], (false, false)).piece(rooms[0]).unwrap();
        assert_eq!((closed.newest, closed.oldest), (Some(7), Some(7)));
        // One stretch with more than is wanted is a piece of its own, unless it cannot be read in time.
        let mut long = Stretches::new(vec![(9, 5_000), (8, 1)], (true, true));
        assert!(long.piece(Room { wanted: 10, most: 4_999 }).is_none());
        assert_eq!(long.piece(Room { wanted: 10, most: 5_000 }).unwrap().slices, [9]);
    }

    #[test]
    fn what_costs_next_to_nothing_is_read_to_its_end() {
        let stretches: Vec<(i64, i64)> = (0..2_000).rev().map(|slice| (slice, 5_000)).collect();
        let full = full([2].into_iter(), &Filter::default());
        let (held, took) = through(full, &stretches, |_| Duration::ZERO);
        assert_eq!((held.iter().sum::<i64>(), held[0], took), (10_000_000, 200_000, Duration::ZERO));
        assert!(held.len() <= 12, "{held:?}");
    }

    #[test]
    fn no_search_takes_longer_than_its_time() {
        let full = full([2, 2].into_iter(), &Filter::default());
        let mut random = StdRng::seed_from_u64(11);
        for _ in 0..300 {
            let docs = random.random_range(1..40_000);
            let stretches: Vec<(i64, i64)> =
                (0..1_000).rev().map(|slice| (slice, random.random_range(0..=docs))).collect();
            // Nothing for a while, then the dearest there is, and back, as often as may be.
            let often = random.random_range(1..200);
            let dear = full * SHARE;
            let cost = |slice: i64| if slice / often % 2 == 0 { dear } else { Duration::ZERO };
            let (held, took) = through(full, &stretches, cost);
            assert!(took <= PATIENCE, "{took:?} in {held:?}");
            // A machine that is six times as slow as that: what was measured counts.
            let (held, took) = through(full, &stretches, |_| full * 6);
            assert!(took <= PATIENCE, "{took:?} in {held:?}");
        }
    }

    #[test]
    fn slow_pieces_are_followed_by_small_ones_and_time_is_used() {
        let stretches: Vec<(i64, i64)> = (0..2_000).rev().map(|slice| (slice, 500)).collect();
        let full = full([1, 1].into_iter(), &Filter::default());
        let (held, took) = through(full, &stretches, |_| Duration::from_nanos(100));
        assert!(held.windows(2).all(|pair| pair[1] <= pair[0]) && held.len() > 2, "{held:?}");
        assert!(took > PATIENCE * 3 / 4 && took <= PATIENCE, "{took:?} in {held:?}");
        // Conversations are looked up for every hit: such searches begin with less.
        let open = Filter { assignee: Some(crate::query::conversation_list::Assignee::Nobody), ..Filter::default() };
        let dear = super::full([1, 1].into_iter(), &open);
        assert!(pace(dear).room().unwrap().wanted < pace(full).room().unwrap().wanted);
    }
}
