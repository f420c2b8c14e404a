use super::slot::{BEST_HOUR_LEAST, Slot, SlotDay, SlotFor};
use super::*;
use crate::guard::quiet::{Hours, clocks};
use crate::time::{DAY, MINUTE};

const NIGHT: Hours = Hours { from: 21 * 60, to: 9 * 60 };
const WEDNESDAY: Slot = Slot { day: SlotDay::Wednesday, minute: 14 * 60, length: 120 };

fn moment(text: &str) -> Ms {
    Ms(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

#[test]
fn wednesday_afternoon_by_the_customers_clock() {
    let table = [
        // Zone, now, opening.
        ("Asia/Taipei", "2026-11-04T05:59:59.999Z", "2026-11-04T06:00:00Z"),
        ("Asia/Taipei", "2026-11-04T07:59:59.999Z", "2026-11-04T06:00:00Z"),
        ("Asia/Taipei", "2026-11-04T08:00:00Z", "2026-11-11T06:00:00Z"),
        ("Asia/Taipei", "2026-11-05T00:00:00Z", "2026-11-11T06:00:00Z"),
        // It is Wednesday in Auckland while it is still Tuesday in UTC, and Wednesday in Honolulu until Thursday in UTC.
        ("Pacific/Auckland", "2026-11-03T23:00:00Z", "2026-11-04T01:00:00Z"),
        ("Pacific/Honolulu", "2026-11-05T00:30:00Z", "2026-11-05T00:00:00Z"),
        ("Asia/Kolkata", "2026-11-04T00:00:00Z", "2026-11-04T08:30:00Z"),
        ("Asia/Kathmandu", "2026-11-04T00:00:00Z", "2026-11-04T08:15:00Z"),
        // 14:00 is 14:00 before and after a clock change: Madrid's on 25 October 2026 and 28 March 2027.
        ("Europe/Madrid", "2026-10-22T00:00:00Z", "2026-10-28T13:00:00Z"),
        ("Europe/Madrid", "2026-10-20T00:00:00Z", "2026-10-21T12:00:00Z"),
        ("Europe/Madrid", "2027-03-25T00:00:00Z", "2027-03-31T12:00:00Z"),
        ("America/New_York", "2026-11-01T00:00:00Z", "2026-11-04T19:00:00Z"),
        ("America/New_York", "2026-10-28T12:00:00Z", "2026-10-28T18:00:00Z"),
    ];
    for (zone, now, expected) in table {
        let opening = clocks(Some(zone), None, "UTC").opening(WEDNESDAY, NIGHT, moment(now)).unwrap();
        assert_eq!(opening.from, moment(expected), "{zone} {now}");
        assert_eq!(opening.to, opening.from.plus(2 * HOUR));
        assert!(opening.to > moment(now), "{zone} {now}");
    }
}

#[test]
fn slots_in_a_clock_change_and_at_night() {
    let madrid = clocks(Some("Europe/Madrid"), None, "UTC");
    let never_quiet = Hours { from: 0, to: 0 };
    let sunday = |minute| Slot { day: SlotDay::Sunday, minute, length: 60 };
    // 02:30 does not exist on 28 March 2027: the slot opens at 03:30 by the new clock.
    let opening = madrid.opening(sunday(150), never_quiet, moment("2027-03-27T12:00:00Z")).unwrap();
    assert_eq!(opening.from, moment("2027-03-28T01:30:00Z"));
    // 02:30 comes twice on 25 October 2026: the first one counts.
    let opening = madrid.opening(sunday(150), never_quiet, moment("2026-10-24T12:00:00Z")).unwrap();
    assert_eq!(opening.from, moment("2026-10-25T00:30:00Z"));
    // A slot at 23:00 opens when the night is over, so that it opens at all.
    let late = Slot { day: SlotDay::Any, minute: 23 * 60, length: 60 };
    let opening = madrid.opening(late, NIGHT, moment("2026-11-04T12:00:00Z")).unwrap();
    assert_eq!(opening.from, moment("2026-11-05T08:00:00Z"));
    assert_eq!(madrid.opening(late, NIGHT, moment("2026-11-05T08:30:00Z")), Some(opening));
    // Nonsense is answered all the same.
    let nonsense = Slot { day: SlotDay::Any, minute: u16::MAX, length: 0 };
    assert!(madrid.opening(nonsense, NIGHT, NOON).is_some());
    assert_eq!(madrid.opening(WEDNESDAY, NIGHT, Ms(i64::MAX)), None);
}

#[test]
fn the_hour_in_which_a_customer_writes() {
    let taipei = clocks(Some("Asia/Taipei"), None, "UTC");
    let at = |hours: &[i64]| -> Vec<Ms> { hours.iter().map(|hour| NOON.plus((hour - 20) * HOUR)).collect() };
    assert_eq!(taipei.best_hour(&at(&[10; BEST_HOUR_LEAST - 1])), None);
    assert_eq!(taipei.best_hour(&at(&[10; BEST_HOUR_LEAST])), Some(10));
    assert_eq!(taipei.best_hour(&at(&[18, 19, 19, 20, 9, 9])), Some(19), "neighbours count half");
    assert_eq!(taipei.best_hour(&at(&[23, 23, 0, 0, 23])), Some(23), "round midnight");
    assert_eq!(taipei.best_hour(&at(&[10, 10, 10, 16, 16, 16])), Some(16), "of equals the nearest to 14:00");
    assert_eq!(taipei.best_hour(&[Ms(i64::MAX); 9]), Some(14), "nonsense is no hour");
}

#[test]
fn who_waits_for_the_slot() {
    let content = offer();
    // Wednesday 20:00 in Taipei: the slot is over for this week.
    let next = NOON.plus(7 * DAY - 6 * HOUR);
    let waiting = delayed(Rule::PromotionSlot, "guard.promotion_slot.waiting", next);
    let on: Change = |_, p| p.promotion_slot = SlotFor::Automatic;
    let everyone: Change = |_, p| p.promotion_slot = SlotFor::Everyone;
    run("a campaign", &promotion(&content), on, waiting);
    run("a rule", &Request::message(&content, Author::Rule, Purpose::Promotion), on, waiting);
    run("a person", &reply(&content), on, ALLOWED);
    run("a program", &Request::message(&content, Author::Api, Purpose::Promotion), on, ALLOWED);
    run("a person, when all wait", &reply(&content), everyone, waiting);
    run("off", &promotion(&content), |_, p| p.promotion_slot = SlotFor::Off, ALLOWED);
    let notice_of: Change = |s, p| {
        of_category(s, "UTILITY");
        p.promotion_slot = SlotFor::Everyone;
    };
    run("a notice", &notice(&content), notice_of, ALLOWED);
    let open: Change = |_, p| {
        p.promotion_slot = SlotFor::Automatic;
        p.promotion_slot_minute = 19 * 60;
    };
    run("in the slot", &promotion(&content), open, ALLOWED);
    let own: Change = |s, p| {
        p.promotion_slot = SlotFor::Automatic;
        p.promotion_best_hour = true;
        s.customer.wrote_at = vec![NOON.plus(-10 * HOUR); 6];
    };
    let ten = delayed(Rule::PromotionSlot, "guard.promotion_slot.best_hour", NOON.plus(7 * DAY - 10 * HOUR));
    run("their own hour", &promotion(&content), own, ten);
    let any_day: Change = |s, p| {
        p.promotion_slot = SlotFor::Automatic;
        p.promotion_best_hour = true;
        p.promotion_slot_day = SlotDay::Any;
        s.customer.wrote_at = vec![NOON.plus(-10 * HOUR); 6];
    };
    let tomorrow = delayed(Rule::PromotionSlot, "guard.promotion_slot.best_hour", NOON.plus(14 * HOUR));
    run("their own hour on any day", &promotion(&content), any_day, tomorrow);
    let stranger: Change = |s, p| {
        p.promotion_slot = SlotFor::Automatic;
        p.promotion_best_hour = true;
        s.customer.wrote_at = vec![NOON; 2];
    };
    run("too little is known of them", &promotion(&content), stranger, waiting);
}

#[test]
fn the_weekly_cap_and_the_weekly_slot_agree() {
    let content = offer();
    // Sent at 14:03 last Wednesday, asked again at 14:00: it waits three minutes instead of being refused.
    let slot: Change = |s, p| {
        p.promotion_slot = SlotFor::Automatic;
        p.promotion_slot_minute = 20 * 60;
        s.history.promotional_at = Some(NOON.plus(3 * MINUTE - 7 * DAY));
    };
    let soon = delayed(Rule::PromotionGap, "guard.promotion_gap.capped", NOON.plus(3 * MINUTE));
    let verdict = run("three minutes early", &promotion(&content), slot, soon);
    assert!(verdict.check(Rule::PromotionSlot).unwrap().held);
    run("by hand it is refused", &reply(&content), slot, refused(Rule::PromotionGap, "guard.promotion_gap.capped"));
    // Asked on the day before: the gap and the slot both end tomorrow.
    let before: Change = |s, p| {
        p.promotion_slot = SlotFor::Automatic;
        p.promotion_slot_day = SlotDay::Thursday;
        s.history.promotional_at = Some(NOON.plus(DAY - 6 * HOUR + MINUTE - 7 * DAY));
    };
    let tomorrow = NOON.plus(DAY - 6 * HOUR + MINUTE);
    run(
        "a day early",
        &promotion(&content),
        before,
        delayed(Rule::PromotionGap, "guard.promotion_gap.capped", tomorrow),
    );
    // Sent three days ago: next week's slot is long after, this week's message is refused.
    let often: Change = |s, p| {
        p.promotion_slot = SlotFor::Automatic;
        p.promotion_slot_day = SlotDay::Thursday;
        s.history.promotional_at = Some(NOON.plus(-3 * DAY));
    };
    run("too often", &promotion(&content), often, refused(Rule::PromotionGap, "guard.promotion_gap.capped"));
}
