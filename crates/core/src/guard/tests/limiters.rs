use crate::Ms;
use crate::guard::rate::{Backoff, CallBudget, Growth, Pair, Sliding, Throughput};
use crate::time::{DAY, HOUR, MINUTE, SECOND};
use proptest::prelude::*;

/// The greatest number of sends in any half-open window of `span` ms: each window that matters begins at a send.
fn densest(sent: &[i64], span: i64) -> usize {
    sent.iter().map(|from| sent.iter().filter(|at| (*from..from + span).contains(*at)).count()).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn no_second_holds_more_than_the_limit(
        limit in 1u32..12,
        slack in 0i64..60,
        waits in prop::collection::vec(prop_oneof![Just(0i64), 0i64..30, 0i64..2_000], 1..200),
    ) {
        let mut limiter = Throughput::new(limit, slack);
        let (mut now, mut sent) = (1_000_000i64, Vec::new());
        for wait in waits {
            now += wait;
            let at = limiter.earliest(Ms(now)).0;
            prop_assert!(at >= now);
            // Exact: one ms earlier would break the limit, unless it is free at once.
            if at > now {
                let mut early = sent.clone();
                early.push(at - 1);
                prop_assert!(densest(&early, SECOND + slack) > limit as usize);
            }
            limiter.take(Ms(at));
            sent.push(at);
            now = at;
        }
        prop_assert!(densest(&sent, SECOND + slack) <= limit as usize);
    }

    #[test]
    fn a_coarse_grain_is_late_never_early(
        limit in 1u32..20,
        waits in prop::collection::vec(0i64..400, 1..150),
    ) {
        let mut limiter = Sliding::new(limit, 1_000, 64);
        let (mut now, mut sent) = (77i64, Vec::new());
        for wait in waits {
            now = limiter.earliest(Ms(now + wait)).0;
            limiter.take(Ms(now));
            prop_assert_eq!(limiter.earliest(Ms(now)) == Ms(now), limiter.used(Ms(now)) < limit);
            sent.push(now);
        }
        prop_assert!(densest(&sent, 1_000) <= limit as usize);
    }

    #[test]
    fn promotion_leaves_the_reserve_free(waits in prop::collection::vec(0i64..200, 1..100)) {
        let (limit, reserve) = (10, 3);
        let mut limiter = Throughput::new(limit, 0);
        let (mut now, mut promoted) = (0i64, Vec::new());
        for wait in waits {
            now = limiter.earliest_keeping(Ms(now + wait), reserve).0;
            limiter.take(Ms(now));
            promoted.push(now);
            // Whatever promotion does, a reply leaves at once.
            prop_assert_eq!(limiter.earliest(Ms(now)), Ms(now));
        }
        prop_assert!(densest(&promoted, SECOND) <= (limit - reserve) as usize);
    }

    #[test]
    fn a_pair_never_borrows_more_than_it_pays_back(
        burst in 1u32..8,
        waits in prop::collection::vec(prop_oneof![Just(0i64), 0i64..3_000, 0i64..40_000], 1..200),
    ) {
        let gap = 6 * SECOND;
        let mut pair = Pair::new(gap, burst);
        let (mut now, mut sent) = (0i64, Vec::new());
        for wait in waits {
            now = pair.earliest(Ms(now + wait)).0;
            pair.take(Ms(now));
            sent.push(now);
        }
        prop_assert!(densest(&sent, gap) <= burst as usize);
        // Witness: replay in bursts. A burst begins when all before it is paid back, lasts less than one gap, and
        // nothing leaves between its end and the moment its messages would have had their turn.
        let mut at = 0;
        while at < sent.len() {
            let start = sent[at];
            let count = sent[at..].iter().take_while(|moment| **moment < start + gap).count();
            at += count;
            if let Some(next) = sent.get(at) {
                prop_assert!(*next >= start + gap * count as i64);
            }
        }
        let moments: Vec<Ms> = sent.iter().rev().copied().map(Ms).collect();
        prop_assert_eq!(Pair::after(gap, burst, &moments), pair);
    }

    #[test]
    fn clocks_that_jump_free_nothing(moments in prop::collection::vec(0i64..5_000, 1..100)) {
        let mut limiter = Throughput::new(3, 0);
        let mut pair = Pair::new(100, 3);
        let (mut sent, mut pairs) = (Vec::new(), Vec::new());
        for now in moments {
            let at = limiter.earliest(Ms(now));
            limiter.take(at);
            sent.push(at.0);
            let at = pair.earliest(Ms(now));
            pair.take(at);
            pairs.push(at.0);
        }
        prop_assert!(densest(&sent, SECOND) <= 3);
        prop_assert!(densest(&pairs, 100) <= 3);
        prop_assert!(sent.is_sorted() && pairs.is_sorted());
    }

    #[test]
    fn budgets_hold_by_the_hour_and_day(waits in prop::collection::vec(0i64..HOUR, 1..120)) {
        let mut budget = CallBudget::new(Some(4), Some(20));
        let (mut now, mut made) = (5i64, Vec::new());
        for wait in waits {
            now = budget.earliest(Ms(now + wait)).0;
            budget.take(Ms(now));
            made.push(now);
        }
        prop_assert!(densest(&made, HOUR) <= 4);
        prop_assert!(densest(&made, DAY) <= 20);
    }

    #[test]
    fn budgets_hold_whoever_counts(
        waits in prop::collection::vec((0i64..HOUR / 2, 0u8..3, any::<bool>()), 1..150),
    ) {
        // Each call is made by a node that knows of the others only what is stored: how many in which minute.
        let limits = || CallBudget::new(Some(10), Some(60));
        let (mut now, mut made, mut budget) = (5i64, Vec::new(), limits());
        for (wait, class, passes) in waits {
            if passes {
                let stored: Vec<(Ms, u32)> = made.iter().map(|at: &i64| (Ms(at / MINUTE * MINUTE), 1)).collect();
                budget = limits().after(&stored, Ms(now));
            }
            now += wait;
            let leaves = [0, 10, 20][usize::from(class)];
            let at = budget.earliest_leaving(Ms(now), leaves).0;
            // What is more urgent never waits longer.
            prop_assert!(budget.earliest(Ms(now)).0 <= at);
            if at - now > HOUR {
                continue;
            }
            now = at;
            budget.take(Ms(now));
            made.push(now);
            prop_assert!(budget.used(Ms(now)).0 <= [10, 9, 8][usize::from(class)]);
        }
        prop_assert!(densest(&made, HOUR) <= 10);
        prop_assert!(densest(&made, DAY) <= 60);
    }
}

#[test]
fn a_budget_leaves_calls_to_what_is_more_urgent() {
    let made = [(Ms(0), 80)];
    let budget = CallBudget::new(Some(100), None).after(&made, Ms(MINUTE));
    let free = |leaves| budget.earliest_leaving(Ms(MINUTE), leaves) == Ms(MINUTE);
    assert_eq!([20, 10, 0].map(free), [false, true, true]);
    assert_eq!(budget.earliest_leaving(Ms(MINUTE), 20), Ms(HOUR + MINUTE - 1), "when the minute has left the hour");
    // One call is left to everybody, or a small budget would never serve campaigns.
    assert_eq!(CallBudget::new(Some(1), Some(1)).earliest_leaving(Ms(7), 100), Ms(7));
    // A clock that was set back: what it counted before counts as now, and ends.
    let ahead = CallBudget::new(None, Some(1)).after(&[(Ms(9 * DAY), 1)], Ms(DAY));
    assert_eq!(ahead.earliest(Ms(DAY)), Ms(2 * DAY + MINUTE - 1));
    assert_eq!((ahead.used(Ms(DAY)), ahead.used(Ms(3 * DAY))), ((0, 1), (0, 0)));
}

/// "A burst of 20 messages within 6 seconds: no other message to that user for 2 minutes", so Meta's page on the limit.
/// What is borrowed is paid back whole before anything leaves, however little it was.
#[test]
fn fast_typing_borrows_and_pays_back() {
    let burst: Vec<i64> = (0..20).map(|n| n * 200).collect();
    for (name, sent, asked, leaves) in [
        ("the documented example", burst.as_slice(), 6_000, 120_000),
        ("one alone", &[0], 6_000, 6_000),
        ("a second in the same breath", &[0], 5_999, 5_999),
        ("a fourth in the same 6 s", &[0, 1_000, 2_000], 5_900, 5_900),
        ("a fourth after them", &[0, 1_000, 2_000], 7_000, 18_000),
        ("a fourth when they are paid for", &[0, 1_000, 2_000], 18_000, 18_000),
        ("one every 6 s owes nothing", &[0, 6_000, 12_000], 18_000, 18_000),
    ] {
        let sent: Vec<Ms> = sent.iter().copied().map(Ms).collect();
        assert_eq!(Pair::after(6_000, 45, &sent).earliest(Ms(asked)), Ms(leaves), "{name}");
    }
}

#[test]
fn the_documented_burst() {
    let mut pair = Pair::default();
    for n in 0..45 {
        assert_eq!(pair.earliest(Ms(n * 100)), Ms(n * 100), "message {n}");
        pair.take(Ms(n * 100));
    }
    assert_eq!(pair.earliest(Ms(4_500)), Ms(270_000));
    assert!(!pair.is_idle(Ms(269_999)) && pair.is_idle(Ms(270_000)));
    pair.prune(Ms(270_000));
    assert_eq!(pair, Pair::default());
    // One every 6 s borrows nothing.
    for n in 0..100 {
        assert_eq!(pair.earliest(Ms(n * 6_000)), Ms(n * 6_000));
        pair.take(Ms(n * 6_000));
    }
    // Two at once: the next one 12 s later.
    let mut pair = Pair::default();
    pair.take(Ms(0));
    pair.take(Ms(10));
    assert_eq!((pair.earliest(Ms(20)), pair.earliest(Ms(6_000))), (Ms(20), Ms(12_000)));
}

#[test]
fn what_was_refused_owes_nothing() {
    let mut pair = Pair::default();
    for n in 0..30 {
        pair.take(Ms(n * 100));
        pair.give_back(Ms(n * 100));
    }
    pair.take(Ms(3_000));
    pair.take(Ms(9_000));
    // Of an earlier burst: nothing to give back here.
    pair.give_back(Ms(3_000));
    assert!(!pair.is_idle(Ms(14_999)) && pair.is_idle(Ms(15_000)));
}

#[test]
fn taking_over_waits_one_window() {
    let limiter = Throughput::taken_over(80, 50, Ms(500));
    assert_eq!(limiter.earliest(Ms(500)), Ms(1_550));
    assert_eq!(limiter.earliest(Ms(9_000)), Ms(9_000));
    let mut raised = Throughput::new(2, 0);
    raised.take(Ms(0));
    raised.take(Ms(0));
    assert_eq!(raised.earliest(Ms(1)), Ms(1_000));
    raised.set_per_second(3);
    assert_eq!(raised.earliest(Ms(1)), Ms(1));
    assert_eq!(Throughput::new(0, 0).earliest(Ms(1)), Ms(i64::MAX));
}

#[test]
fn several_that_wait_begin_a_burst_of_their_own() {
    let mut pair = Pair::default();
    assert_eq!(pair.earliest_of_several(Ms(5)), Ms(5), "nothing is owed");
    pair.take(Ms(0));
    let table = [(1_000, 1_000), (1_999, 1_999), (2_000, 6_000), (5_999, 6_000), (6_000, 6_000), (9_000, 9_000)];
    for (now, expected) in table {
        assert_eq!(pair.earliest_of_several(Ms(now)), Ms(expected), "{now}");
        assert_eq!((pair.earliest(Ms(now)), pair.owes(Ms(now))), (Ms(now), now < 6_000), "alone it borrows");
    }
    pair.take(Ms(100));
    assert_eq!(
        pair.earliest_of_several(Ms(3_000)),
        Ms(3_000),
        "what has been borrowed already costs more than going on"
    );
    pair.give_back(Ms(100));
    pair.give_back(Ms(0));
    assert!(!pair.owes(Ms(200)), "what was refused owes nothing");
}

#[test]
fn room_is_what_may_leave_now() {
    let mut number = Throughput::new(5, 0);
    let (mut now, mut taken) = (Ms(0), Vec::new());
    for step in [0, 0, 1, 300, 0, 0, 699, 1, 5, 400, 0, 0, 0, -50, 0, 2_000, 0] {
        now = now.plus(step);
        for reserve in 0..=6 {
            let (room, free) = (number.room_keeping(now, reserve), number.earliest_keeping(now, reserve) <= now);
            // A clock that was set back shows a moment before the last message: nothing leaves before that.
            let back = taken.last().is_some_and(|last| now < *last);
            assert!(back || (room > 0) == free, "{now:?} {reserve}: room {room}, free {free}");
        }
        if number.room_keeping(now, 0) > 0 {
            number.take(now);
            taken.push(now);
        }
    }
    assert!(taken.len() > 8);
}

#[test]
fn a_burst_that_runs_into_a_wall_is_one_refusal() {
    let mut number = Backoff::new(Growth::Exponential);
    for answer in 0..100 {
        number.fail(Ms(1_000), Ms(1_100 + answer), 1.0, None);
    }
    assert_eq!((number.failures(), number.earliest(Ms(1_200))), (1, Ms(2_100)));
    number.succeed(Ms(1_050));
    assert_eq!(number.failures(), 1, "sent before the refusal: says nothing");
    number.fail(Ms(1_000), Ms(1_300), 1.0, Some(5_000));
    assert_eq!(number.earliest(Ms(1_300)), Ms(6_300), "the provider's own word counts");
    number.fail(Ms(6_300), Ms(6_400), 1.0, None);
    assert_eq!((number.failures(), number.earliest(Ms(6_400))), (2, Ms(8_400)));
    number.succeed(Ms(8_400));
    assert_eq!(number.failures(), 0);
}

#[test]
fn backing_off() {
    let mut pair = Backoff::new(Growth::Pair);
    let mut now = Ms(0);
    for seconds in [1, 4, 16, 64, 256, 1_024, 3_600, 3_600] {
        pair.fail(now, now, 0.5, None);
        assert_eq!(pair.earliest(now), now.plus(seconds * SECOND));
        now = pair.earliest(now);
    }
    assert_eq!(pair.failures(), 8);
    pair.succeed(now);
    assert_eq!((pair.failures(), pair.earliest(now)), (0, now));
    let wait = |failures: u32, jitter: f64, asked: Option<i64>| {
        let mut other = Backoff::new(Growth::Exponential);
        for _ in 0..failures {
            other.fail(Ms(0), Ms(0), jitter, None);
        }
        other.fail(Ms(0), Ms(0), jitter, asked);
        other.earliest(Ms(0)).0
    };
    let table = [
        (0, 0.0, None, 500),
        (0, 1.0, None, 1_000),
        (3, 0.0, None, 4_000),
        (3, 1.0, None, 8_000),
        (40, 1.0, None, 30_000),
        (40, 0.0, None, 15_000),
        (0, f64::NAN, None, 1_000),
        (0, 7.0, None, 1_000),
        (0, 1.0, Some(30_000), 30_000),
        (0, 1.0, Some(0), 1_000),
        (0, 1.0, Some(-5), 1_000),
        (0, 1.0, Some(1_000_000_000_000), 3_600_000),
    ];
    for (failures, jitter, asked, expected) in table {
        assert_eq!(wait(failures, jitter, asked), expected, "{failures} {jitter} {asked:?}");
    }
}
