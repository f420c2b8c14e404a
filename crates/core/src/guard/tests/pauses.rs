//! Who waits after a refusal, and for how long.

use crate::Ms;
use crate::guard::Priority::{self, Promotion, Reply, Service};
use crate::guard::pauses::{Doubts, Pauses};
use crate::guard::rate::{Backoff, Growth};
use crate::time::SECOND;
use proptest::prelude::*;

#[test]
fn a_campaign_that_is_refused_holds_an_answer_up_for_a_second_at_most() {
    let mut number = Pauses::of_number();
    let mut now = Ms(0);
    for step in 0..40 {
        // A hundred of its messages run into the same wall; the provider even says when to come again.
        for late in 0..100 {
            number.fail(Promotion, now, now.plus(100 + late), 1.0, Some(60_000));
        }
        let heard = now.plus(200);
        assert_eq!(number.earliest(Reply, heard), now.plus(100 + SECOND), "step {step}");
        assert_eq!(number.earliest(Service, heard), now.plus(100 + SECOND), "step {step}");
        now = number.earliest(Promotion, heard);
        assert!(now.since(heard) >= 30 * SECOND);
    }
}

#[test]
fn who_is_refused_waits_and_so_does_what_is_less_urgent() {
    let mut number = Pauses::of_number();
    number.fail(Reply, Ms(0), Ms(100), 1.0, None);
    for priority in [Reply, Service, Promotion] {
        assert_eq!(number.earliest(priority, Ms(100)), Ms(1_100), "{priority:?}");
    }
    // An answer that got through says nothing of promotion.
    number.fail(Promotion, Ms(1_100), Ms(1_200), 1.0, None);
    number.succeed(Reply, Ms(1_150));
    assert_eq!((number.earliest(Reply, Ms(1_250)), number.earliest(Promotion, Ms(1_250))), (Ms(1_250), Ms(3_200)));
    // Promotion that got through says that everything does.
    number.fail(Reply, Ms(1_300), Ms(1_400), 1.0, None);
    number.succeed(Promotion, Ms(3_600));
    assert!(number.is_over(Ms(3_600)));
}

#[test]
fn an_answer_is_tried_often_while_somebody_may_wait_for_it() {
    let mut number = Backoff::new(Growth::Prompt);
    let (mut now, mut longest) = (Ms(0), 0);
    let mut tries = 0;
    while now < Ms(10 * 60 * SECOND) {
        number.fail(now, now, 1.0, None);
        longest = longest.max(number.earliest(now).since(now));
        now = number.earliest(now);
        tries += 1;
    }
    assert_eq!((longest, tries), (3 * SECOND, 201));
    for _ in 0..50 {
        number.fail(now, now, 1.0, None);
        now = number.earliest(now);
    }
    number.fail(now, now, 1.0, None);
    assert_eq!(number.earliest(now).since(now), 30 * SECOND, "after that as patiently as the rest");
}

#[test]
fn the_rule_of_one_customer_holds_for_whoever_is_refused() {
    let mut pair = Pauses::of_pair();
    let mut now = Ms(0);
    for seconds in [1, 4, 16] {
        pair.fail(Promotion, now, now, 0.5, None);
        assert_eq!(pair.earliest(Reply, now), now.plus(SECOND));
        assert_eq!(pair.earliest(Promotion, now), now.plus(seconds * SECOND));
        now = pair.earliest(Promotion, now);
    }
    for seconds in [1, 4, 16] {
        pair.fail(Reply, now, now, 0.5, None);
        assert_eq!(pair.earliest(Reply, now), now.plus(seconds * SECOND));
        now = pair.earliest(Reply, now);
    }
}

#[test]
fn a_rate_that_is_refused_to_everybody_is_no_customers_own() {
    let mut doubts = Doubts::default();
    let hears: Vec<bool> = [1, 1, 2, 3, 3, 4, 1].map(|customer| doubts.hear(customer, Ms(0))).to_vec();
    assert_eq!(hears, [false, false, false, false, false, true, true]);
    assert!(doubts.hear(9, Ms(59_999)), "for a minute");
    assert!(!doubts.hear(9, Ms(60_000)), "and then it is a customer's own again");
    assert!(!doubts.hear(8, Ms(-1)), "a clock that was set back knows nothing");
}

fn priority() -> impl Strategy<Value = Priority> {
    prop_oneof![Just(Reply), Just(Service), Just(Promotion)]
}

proptest! {
    #[test]
    fn what_is_more_urgent_never_waits_longer(
        steps in prop::collection::vec((priority(), 0_i64..5_000, 0_i64..3_000, any::<bool>()), 1..60),
        personal: bool,
    ) {
        let mut pauses = if personal { Pauses::of_pair() } else { Pauses::of_number() };
        let mut now = Ms(0);
        for (priority, gap, flight, refused) in steps {
            now = now.plus(gap);
            let sent = now.plus(-flight);
            if refused {
                pauses.fail(priority, sent, now, 0.5, None);
                prop_assert!(pauses.earliest(priority, now) > now || flight > 0);
            } else {
                pauses.succeed(priority, sent);
            }
            let waits = [Reply, Service, Promotion].map(|one| pauses.earliest(one, now));
            prop_assert!(waits.is_sorted());
            prop_assert_eq!(pauses.is_over(now), waits[2] == now);
        }
    }
}
