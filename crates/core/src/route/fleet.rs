//! Channels that stand by for each other in any way, also in chains and circles, and messages on their way: each goes by one
//! route, is handed over once at most, and moves only when its own channel's route changes.

use super::*;
use crate::ChannelId;
use proptest::prelude::*;
use uuid::Uuid;

const START: Ms = Ms(1_790_000_000_000);
const SETTINGS: Settings = Settings { slow_ms: 1_500, every_ms: HOUR, soon_ms: MINUTE };
const CHANNELS: usize = 4;

/// How a provider does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    Slow,
    Down,
    /// Takes messages, and the answers are lost.
    Cut,
}

impl Mood {
    fn ms(self) -> Option<i64> {
        match self {
            Self::Well => Some(200),
            Self::Slow => Some(3_000),
            Self::Down | Self::Cut => None,
        }
    }
}

#[derive(Debug, Clone)]
enum Event {
    Becomes(usize, Mood),
    Chooses(usize, Option<usize>),
    Switches(usize, Side),
    /// A message from a channel; the guard would not let it go over the others marked.
    Writes(usize, [bool; CHANNELS]),
    Minutes(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let moods = prop_oneof![3 => Just(Mood::Well), 2 => Just(Mood::Slow), 3 => Just(Mood::Down), 1 => Just(Mood::Cut)];
    let side = prop_oneof![Just(Side::Primary), Just(Side::Standby)];
    let channel = 0..CHANNELS;
    prop::collection::vec(
        prop_oneof![
            4 => (channel.clone(), moods).prop_map(|(at, mood)| Event::Becomes(at, mood)),
            1 => (channel.clone(), prop::option::of(channel.clone())).prop_map(|(at, to)| Event::Chooses(at, to)),
            1 => (channel.clone(), side).prop_map(|(at, to)| Event::Switches(at, to)),
            5 => (channel, any::<[bool; CHANNELS]>()).prop_map(|(at, barred)| Event::Writes(at, barred)),
            5 => (1_usize..8).prop_map(Event::Minutes),
        ],
        1..60,
    )
}

struct Letter {
    home: usize,
    at: usize,
    barred: [bool; CHANNELS],
    handed: Vec<usize>,
    moves: u32,
    /// Changes of its route when it was written.
    since: u32,
}

/// A channel's route, if it has a standby.
#[derive(Default)]
struct Line {
    route: Route,
    standby: Option<usize>,
    changes: u32,
}

struct Fleet {
    now: Ms,
    moods: [Mood; CHANNELS],
    lines: Vec<Line>,
    letters: Vec<Letter>,
}

fn id(channel: usize) -> ChannelId {
    ChannelId(Uuid::from_u128(channel as u128))
}

impl Fleet {
    fn new(standbys: [Option<usize>; CHANNELS]) -> Self {
        let line = |(at, standby): (usize, Option<usize>)| Line {
            standby: standby.filter(|standby| *standby != at),
            ..Line::default()
        };
        let lines = standbys.into_iter().enumerate().map(line).collect();
        Self { now: START, moods: [Mood::Well; CHANNELS], lines, letters: Vec::new() }
    }

    fn standing(&self, channel: usize) -> Option<Standing> {
        let line = &self.lines[channel];
        Some(Standing {
            active: line.route.active,
            standby: id(line.standby?),
            still_takes: line.route.primary_still_takes(),
            recheck_at: self.now.plus(MINUTE),
        })
    }

    /// Every route that has the channel as a side hears of it.
    fn see(&mut self, channel: usize, by: By) {
        for (own, line) in self.lines.iter_mut().enumerate().filter(|(_, line)| line.standby.is_some()) {
            let side = match channel {
                channel if channel == own => Side::Primary,
                channel if line.standby == Some(channel) => Side::Standby,
                _ => continue,
            };
            let seen = Observation { at: self.now, side, by, ms: self.moods[channel].ms(), why: None };
            line.changes += u32::from(line.route.observe(seen, &SETTINGS, self.now).is_some());
        }
    }

    fn minute(&mut self) {
        self.now = self.now.plus(MINUTE);
        (0..CHANNELS).for_each(|channel| self.see(channel, By::Probe));
        // Lanes look many times a minute; in which order is anybody's guess.
        for _ in 0..3 {
            (0..self.letters.len()).for_each(|letter| self.turn(letter));
        }
    }

    fn turn(&mut self, letter: usize) {
        let Letter { home, at, barred, ref handed, .. } = self.letters[letter];
        if !handed.is_empty() {
            return;
        }
        let standing = self.standing(home);
        let to = if at == home {
            let may_go = |to: usize| !barred[to];
            let standby = self.lines[home].standby.unwrap_or(home);
            match standing.map_or(Step::Here, |standing| standing.step(may_go(standby))) {
                Step::Here => home,
                Step::Over(to) => return self.goes(letter, usize::try_from(to.0.as_u128()).unwrap()),
                Step::Wait(_) => return,
            }
        } else if standing.is_some_and(|standing| standing.keeps(id(at))) {
            at
        } else {
            return self.goes(letter, home);
        };
        self.hand_over(letter, to);
    }

    fn goes(&mut self, letter: usize, to: usize) {
        let letter = &mut self.letters[letter];
        letter.at = to;
        letter.moves += 1;
    }

    fn hand_over(&mut self, letter: usize, over: usize) {
        if self.moods[over] != Mood::Down {
            self.letters[letter].handed.push(over);
        }
        self.see(over, By::Send);
    }

    fn play(&mut self, event: Event) {
        match event {
            Event::Becomes(channel, mood) => self.moods[channel] = mood,
            Event::Chooses(channel, standby) => {
                let line = &mut self.lines[channel];
                line.standby = standby.filter(|standby| *standby != channel);
                line.route.forget_standby(self.now);
                line.changes += 1;
            }
            Event::Switches(channel, to) => {
                let now = self.now;
                let line = &mut self.lines[channel];
                if line.standby.is_some() {
                    line.changes += u32::from(line.route.by_hand(to, now).is_some());
                }
            }
            Event::Writes(home, barred) => {
                let since = self.lines[home].changes;
                self.letters.push(Letter { home, at: home, barred, handed: Vec::new(), moves: 0, since });
            }
            Event::Minutes(count) => (0..count).for_each(|_| self.minute()),
        }
    }
}

proptest! {
    #[test]
    fn a_message_goes_by_one_route_and_never_round(
        standbys in any::<[bool; CHANNELS]>().prop_flat_map(|has| has.map(|has| {
            if has { (0..CHANNELS).prop_map(Some).boxed() } else { Just(None).boxed() }
        })),
        events in events(),
    ) {
        let mut fleet = Fleet::new(standbys);
        for event in events {
            fleet.play(event);
            for letter in &fleet.letters {
                let Letter { home, at, moves, since, .. } = *letter;
                prop_assert!(letter.handed.len() <= 1, "handed over twice");
                let line = &fleet.lines[home];
                let changes = line.changes - since;
                // The first step needs no change when the route led away already.
                prop_assert!(moves <= changes + 1, "{moves} moves for {changes} changes of its route");
                let lately = at == home || changes > 0 || line.standby == Some(at);
                prop_assert!(lately, "a channel that was never its own channel's standby");
            }
        }
        // In the end everybody is well and nothing waits, wherever people have put the routes.
        fleet.moods = [Mood::Well; CHANNELS];
        fleet.play(Event::Minutes(60));
        for letter in &fleet.letters {
            prop_assert_eq!(letter.handed.len(), 1, "it waits for ever");
            prop_assert!(letter.handed[0] == letter.home || letter.moves > 0);
        }
    }
}

/// A's standby is B, B's is A, and C's is A: three of which any two may fail.
#[test]
fn two_that_stand_by_for_each_other_and_a_third() {
    let standbys = [Some(1), Some(0), Some(0), None];
    for (down, expected) in [
        (vec![], [Some(0), Some(1), Some(2)]),
        (vec![0], [Some(1), Some(1), Some(2)]),
        (vec![1], [Some(0), Some(0), Some(2)]),
        (vec![2], [Some(0), Some(1), Some(0)]),
        // C's own standby is down as well: its messages do not go on to the standby of that, they wait.
        (vec![0, 2], [Some(1), Some(1), None]),
        (vec![0, 1], [None, None, Some(2)]),
        (vec![0, 1, 2], [None, None, None]),
    ] {
        let mut fleet = Fleet::new(standbys);
        fleet.play(Event::Minutes(1));
        down.iter().for_each(|channel| fleet.play(Event::Becomes(*channel, Mood::Down)));
        fleet.play(Event::Minutes(5));
        (0..3).for_each(|home| fleet.play(Event::Writes(home, [false; CHANNELS])));
        fleet.play(Event::Minutes(5));
        let went: Vec<Option<usize>> = fleet.letters.iter().map(|letter| letter.handed.first().copied()).collect();
        assert_eq!(went, expected, "{down:?} down");
        down.iter().for_each(|channel| fleet.play(Event::Becomes(*channel, Mood::Well)));
        fleet.play(Event::Minutes(20));
        assert!(fleet.letters.iter().all(|letter| letter.handed.len() == 1), "{down:?} back");
    }
}
