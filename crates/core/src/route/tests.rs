use super::*;
use crate::contact::Window;
use crate::message::Content;
use crate::time::DAY;
use proptest::prelude::*;

const START: Ms = Ms(1_790_000_000_000);
const SETTINGS: Settings = Settings { slow_ms: 1_500, every_ms: HOUR, soon_ms: MINUTE };

/// A route and a clock.
struct World {
    route: Route,
    now: Ms,
    log: Vec<(i64, Side, Reason)>,
}

impl World {
    fn new() -> Self {
        Self { route: Route::default(), now: START, log: Vec::new() }
    }

    fn see(&mut self, side: Side, by: By, ms: Option<i64>) -> Option<Switch> {
        let why = ms.is_none().then(|| "refused".to_owned());
        let seen = Observation { at: self.now, side, by, ms, why };
        let switch = self.route.observe(seen, &SETTINGS, self.now);
        if let Some(switch) = switch {
            self.log.push((self.now.since(START) / MINUTE, switch.to, switch.reason));
        }
        switch
    }

    /// A minute passes, then both sides are probed.
    fn minute(&mut self, primary: Option<i64>, standby: Option<i64>) {
        self.now = self.now.plus(MINUTE);
        for (side, ms) in [(Side::Standby, standby), (Side::Primary, primary)] {
            self.route.probing(side, self.now);
            self.see(side, By::Probe, ms);
        }
    }

    fn minutes(&mut self, count: usize, primary: Option<i64>, standby: Option<i64>) {
        (0..count).for_each(|_| self.minute(primary, standby));
    }
}

#[test]
fn three_bad_ones_lead_over_and_five_good_probes_lead_back() {
    for (bad, reason) in [(Some(1_501), Reason::Slow), (None, Reason::Failing)] {
        let mut world = World::new();
        world.minutes(3, Some(300), Some(300));
        assert_eq!(world.route.state(), State::Healthy);
        world.minutes(2, bad, Some(300));
        assert_eq!((world.route.state(), world.log.len()), (State::Suspicious, 0));
        world.minutes(1, bad, Some(300));
        assert_eq!(world.route.state(), State::FailedOver);
        world.minutes(4, Some(300), Some(300));
        assert_eq!(world.route.state(), State::FailedOver, "four are not enough");
        world.minutes(1, Some(300), Some(300));
        assert_eq!(world.route.state(), State::Healthy);
        assert_eq!(world.log, [(6, Side::Standby, reason), (11, Side::Primary, Reason::Well)]);
    }
}

#[test]
fn sends_count_for_the_worse_at_once_and_never_lead_back() {
    let mut world = World::new();
    world.minute(Some(300), Some(300));
    for _ in 0..3 {
        world.see(Side::Primary, By::Send, Some(4_000));
    }
    assert_eq!(world.route.active, Side::Standby);
    for _ in 0..100 {
        world.see(Side::Primary, By::Send, Some(10));
    }
    assert_eq!(world.route.active, Side::Standby, "good sends of one second prove nothing");
    let mut world = World::new();
    world.minute(Some(300), Some(300));
    for ms in [Some(2_000), None, Some(10), Some(2_000), None, Some(10)] {
        world.see(Side::Primary, By::Send, ms);
    }
    assert!(world.log.is_empty(), "never three in a row");
}

#[test]
fn latency_that_swings_around_the_threshold_does_not_swing_the_route() {
    // Above and below by turns: never three in a row.
    let mut world = World::new();
    for turn in 0..1_000 {
        world.minute(Some(if turn % 2 == 0 { 1_600 } else { 1_400 }), Some(300));
    }
    assert!(world.log.is_empty());
    // Three slow, three just below: over once, and not back, for just below is not good.
    for turn in 0..1_000 {
        world.minute(Some(if turn % 6 < 3 { 1_600 } else { 1_400 }), Some(300));
    }
    assert_eq!(world.log.len(), 1, "{:?}", world.log);
}

#[test]
fn each_relapse_makes_the_return_harder() {
    let mut world = World::new();
    // Bad for three minutes, then perfect for as long as it takes to be believed, over and over.
    for _ in 0..24 * 60 {
        let relapse = world.route.active == Side::Primary;
        world.minute(if relapse { Some(3_000) } else { Some(200) }, Some(300));
    }
    let waits: Vec<i64> =
        world.log.chunks(2).filter(|pair| pair.len() == 2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert_eq!(&waits[..5], &[5, 10, 20, 40, 40], "{waits:?}");
    assert!(world.log.len() < 75, "{} changes in a day", world.log.len());
    // A quiet hour at home is forgotten.
    while world.route.active == Side::Standby {
        world.minute(Some(200), Some(300));
    }
    world.minutes(61, Some(200), Some(300));
    world.minutes(3, None, Some(300));
    assert_eq!((world.route.active, world.route.needed()), (Side::Standby, GOOD));
}

#[test]
fn a_standby_that_is_no_better_is_not_taken() {
    let table: [(&str, Option<i64>, Option<i64>, Side); 8] = [
        ("both slow", Some(2_000), Some(1_900), Side::Primary),
        ("standby slower", Some(1_600), Some(3_000), Side::Primary),
        ("standby only a little faster", Some(1_600), Some(1_400), Side::Primary),
        ("both down", None, None, Side::Primary),
        ("standby down", Some(2_000), None, Side::Primary),
        ("primary down, standby slow", None, Some(1_501), Side::Primary),
        ("primary down, standby not fast", None, Some(1_500), Side::Standby),
        ("primary slow, standby well", Some(1_501), Some(1_200), Side::Standby),
    ];
    for (what, primary, standby, expected) in table {
        let mut world = World::new();
        world.minutes(10, primary, standby);
        assert_eq!(world.route.active, expected, "{what}");
    }
    // A standby that nobody has looked at is not taken; it is looked at at once.
    let mut world = World::new();
    for _ in 0..3 {
        world.see(Side::Primary, By::Send, None);
    }
    assert_eq!(world.route.active, Side::Primary);
    assert_eq!(world.route.due(&SETTINGS, world.now), [Side::Primary, Side::Standby]);
    world.see(Side::Standby, By::Probe, Some(300));
    assert_eq!(world.route.active, Side::Standby, "the first good look at it decides");
    // What was known two hours ago is not known.
    let mut world = World::new();
    world.minute(Some(300), Some(300));
    world.now = world.now.plus(2 * HOUR);
    for _ in 0..5 {
        world.see(Side::Primary, By::Send, None);
    }
    assert_eq!(world.route.active, Side::Primary);
}

#[test]
fn a_standby_that_dies_is_left_for_a_primary_that_answers() {
    let mut world = World::new();
    world.minute(Some(300), Some(300));
    world.minutes(3, Some(2_000), Some(300));
    assert_eq!(world.route.active, Side::Standby);
    world.minutes(3, Some(2_000), None);
    assert_eq!((world.route.active, world.route.reason), (Side::Primary, Reason::StandbyLost));
    // Both down: stays where it is.
    let mut world = World::new();
    world.minute(Some(300), Some(300));
    world.minutes(3, None, Some(300));
    world.minutes(100, None, None);
    assert_eq!((world.route.active, world.log.len()), (Side::Standby, 1));
}

#[test]
fn a_person_decides() {
    let mut world = World::new();
    world.minute(Some(300), Some(300));
    assert!(world.route.by_hand(Side::Standby, world.now).is_some());
    world.minutes(60, Some(100), Some(300));
    assert_eq!(world.route.active, Side::Standby, "what a person chose stays");
    assert!(world.route.by_hand(Side::Standby, world.now).is_none());
    world.route.by_hand(Side::Primary, world.now).unwrap();
    assert_eq!((world.route.active, world.route.pinned), (Side::Primary, false));
    world.minutes(3, None, Some(300));
    assert_eq!(world.route.active, Side::Standby, "then it decides by itself again");
    world.route.forget_standby(world.now);
    assert_eq!((world.route.active, &world.route.standby), (Side::Primary, &Health::default()));
}

#[test]
fn probes_are_due_hourly_and_every_minute_when_something_is_wrong() {
    let mut world = World::new();
    assert_eq!(world.route.due(&SETTINGS, START).len(), 2, "at once when nothing is known");
    world.minute(Some(300), Some(300));
    let at = |world: &World, ms| world.route.due(&SETTINGS, world.now.plus(ms)).len();
    assert_eq!((at(&world, HOUR - 1), at(&world, HOUR)), (0, 2));
    world.minute(None, Some(300));
    assert_eq!((at(&world, MINUTE - 1), at(&world, MINUTE)), (0, 2));
    assert_eq!(world.route.next_probe(Side::Primary, &SETTINGS), Some(world.now.plus(MINUTE)));
    let mut world = World::new();
    world.minute(Some(300), None);
    assert_eq!(at(&world, MINUTE), 2, "a standby that is not there is worth a look too");
}

#[test]
fn clocks_that_jump_stop_nothing() {
    // Back by a day: probes go on, changes go on.
    let mut world = World::new();
    world.minute(Some(300), Some(300));
    world.minutes(3, None, Some(300));
    assert_eq!(world.route.active, Side::Standby);
    world.now = world.now.plus(-DAY);
    assert_eq!(world.route.due(&SETTINGS, world.now).len(), 2);
    world.minutes(5, Some(300), Some(300));
    assert_eq!(world.route.active, Side::Primary);
    // Forward by a day: what was fresh is not.
    world.now = world.now.plus(DAY);
    for _ in 0..3 {
        world.see(Side::Primary, By::Send, None);
    }
    assert_eq!(world.route.active, Side::Primary);
}

#[test]
fn it_survives_being_stored() {
    let mut world = World::new();
    world.minute(Some(300), Some(300));
    world.minutes(4, None, Some(300));
    let json = serde_json::to_value(&world.route).unwrap();
    assert_eq!(serde_json::from_value::<Route>(json).unwrap(), world.route);
    assert_eq!(serde_json::from_value::<Route>(serde_json::json!({})).unwrap(), Route::default());
}

#[test]
fn some_messages_cannot_travel() {
    let text = Content::Text { body: "x".to_owned(), preview_url: None };
    let reaction = Content::Reaction { target: "wamid.1".to_owned(), emoji: None };
    let interactive = |kind: &str| -> Content {
        let json = serde_json::json!({ "type": "interactive", "kind": kind, "action": {}, "summary": "" });
        serde_json::from_value(json).unwrap()
    };
    for (content, same_number, same_account, expected) in [
        (&text, false, false, None),
        (&reaction, false, true, Some(Bar::Reaction)),
        (&reaction, true, false, None),
        (&interactive("button"), false, false, None),
        (&interactive("flow"), false, true, None),
        (&interactive("flow"), true, false, Some(Bar::Account)),
        (&interactive("product_list"), false, false, Some(Bar::Account)),
    ] {
        assert_eq!(bar(content, same_number, same_account), expected, "{content:?}");
    }
}

#[test]
fn one_number_is_one_chat() {
    for (one, other, expected) in [
        (("1", "+1 555-078-3881"), ("2", "15550783881"), true),
        (("1", "+1 555-078-3881"), ("2", "+1 555-078-3882"), false),
        (("1", "+1 555-078-3881"), ("1", ""), true),
        (("1", "+1 555-078-3881"), ("15550783881", ""), true),
        (("1", ""), ("2", ""), false),
        (("", ""), ("", ""), false),
        (("1", "n/a"), ("2", "n/a"), false),
    ] {
        let number = |(id, phone)| Number { id, phone };
        assert_eq!(same_number(number(one), number(other)), expected, "{one:?} {other:?}");
        assert_eq!(same_number(number(other), number(one)), expected, "{other:?} {one:?}");
    }
    let open = Window::new(Some(START.plus(HOUR)));
    let closed = Window::new(Some(START.plus(-HOUR)));
    for (same, here, there, expected) in [
        (true, open, Window::default(), open),
        (true, closed, open, open),
        (false, open, Window::default(), Window::default()),
        (false, closed, open, open),
    ] {
        assert_eq!(window(same, here, there), expected);
    }
}

#[derive(Debug, Clone)]
enum Event {
    See(Side, By, Option<i64>),
    Wait(i64),
    Hand(Side),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let side = prop_oneof![Just(Side::Primary), Just(Side::Standby)];
    let by = prop_oneof![Just(By::Probe), Just(By::Send)];
    let ms = prop_oneof![
        2 => Just(None),
        3 => (0i64..1_200).prop_map(Some),
        3 => (1_200i64..1_800).prop_map(Some),
        1 => (1_800i64..20_000).prop_map(Some),
    ];
    let event = prop_oneof![
        20 => (side.clone(), by, ms).prop_map(|(side, by, ms)| Event::See(side, by, ms)),
        8 => (1i64..3 * MINUTE).prop_map(Event::Wait),
        1 => side.prop_map(Event::Hand),
    ];
    prop::collection::vec(event, 0..150)
}

proptest! {
    /// Whatever is observed: over only after three bad ones in a row with a standby that is fresh and not slow; back by
    /// itself only after five good probes in a row or a dead standby; never twice within a minute; never against a person.
    #[test]
    fn changes_have_their_reasons(events in events()) {
        let mut world = World::new();
        let mut last: Option<Ms> = None;
        let mut bad = 0_u32;
        let mut good = 0_u32;
        let mut standby: Option<(Ms, Option<i64>)> = None;
        for event in events {
            match event {
                Event::Wait(ms) => world.now = world.now.plus(ms),
                Event::Hand(to) => {
                    if world.route.by_hand(to, world.now).is_some() {
                        last = Some(world.now);
                        (bad, good) = (0, 0);
                    }
                }
                Event::See(side, by, ms) => {
                    let pinned = world.route.pinned;
                    if side == Side::Primary {
                        let is_bad = ms.is_none_or(|ms| ms > 1_500);
                        let is_good = ms.is_some_and(|ms| ms <= 1_200);
                        bad = if is_bad { bad + 1 } else { 0 };
                        good = if !is_good { 0 } else { good + u32::from(by == By::Probe) };
                    } else {
                        standby = Some((world.now, ms));
                    }
                    let Some(switch) = world.see(side, by, ms) else { continue };
                    prop_assert!(!pinned);
                    prop_assert!(last.is_none_or(|last| world.now.since(last) >= MINUTE));
                    match switch.to {
                        Side::Standby => {
                            prop_assert!(bad >= TRIP);
                            let (at, ms) = standby.unwrap();
                            prop_assert!(ms.is_some_and(|ms| ms <= 1_500) && world.now.since(at) <= 3 * MINUTE);
                            good = 0;
                        }
                        Side::Primary => {
                            prop_assert!(good >= GOOD || switch.reason == Reason::StandbyLost);
                            bad = 0;
                        }
                    }
                    last = Some(world.now);
                }
            }
        }
    }

    /// Any latencies within a fifth below and anything above the threshold: at most one change, ever.
    #[test]
    fn near_the_threshold_it_changes_at_most_once(latencies in prop::collection::vec(1_201i64..1_900, 1..600)) {
        let mut world = World::new();
        for ms in latencies {
            world.minute(Some(ms), Some(300));
        }
        prop_assert!(world.log.len() <= 1);
    }

    /// Clocks may jump anywhere: nothing panics, and a primary that is well for an hour is used again.
    #[test]
    fn no_clock_keeps_it_away_for_ever(jumps in prop::collection::vec((any::<i64>(), prop::option::of(0i64..3_000)), 0..60)) {
        let mut world = World::new();
        for (jump, ms) in jumps {
            world.now = Ms(jump);
            world.minute(ms, Some(300));
        }
        world.now = START;
        world.minutes(60, Some(200), Some(300));
        prop_assert_eq!(world.route.active, Side::Primary);
    }
}
