//! The clock of a place, in the nights when it changes too.

use super::{NOW, facts, id};
use crate::Ms;
use crate::rule::{Condition, Scene, Timing, Weekday, holds};
use crate::time::{DAY, HOUR, MINUTE};
use serde_json::json;

#[test]
fn times_are_those_of_the_clock_that_is_meant() {
    // 2026-09-22 09:13 UTC is a Tuesday, 13:13 in Dubai, 18:13 in Tokyo.
    let cases = [
        (json!({ "from": "13:00", "to": "14:00" }), true),
        (json!({ "from": "13:14", "to": "14:00" }), false),
        (json!({ "from": "18:00", "to": "19:00", "zone": "Asia/Tokyo" }), true),
        (json!({ "from": "13:00", "to": "14:00", "zone": "customer" }), true),
        (json!({ "from": "13:00", "to": "14:00", "days": ["tuesday"] }), true),
        (json!({ "from": "13:00", "to": "14:00", "days": ["monday"] }), false),
        (json!({ "from": "20:00", "to": "14:00", "days": ["monday"] }), true),
        (json!({ "from": "20:00", "to": "13:00", "days": ["monday"] }), false),
        (json!({ "from": "00:00", "to": "00:00" }), true),
    ];
    let facts = facts();
    let scene = Scene { facts: &facts, rule: id(9), language: "", now: NOW };
    for (mut case, expected) in cases {
        case["type"] = json!("time");
        let condition: Condition = serde_json::from_value(case).unwrap();
        assert_eq!(holds(&condition, &scene), expected, "{condition:?}");
    }
}

#[test]
fn a_daily_time_comes_once_a_day_whatever_the_clock_does() {
    let daily = Timing::new("02:30", &[], "Europe/Berlin", "UTC").unwrap();
    // From 2026-03-27 on, past the night of 29 March in which 02:30 does not exist, and that of 25 October in which it
    // comes twice.
    let mut at = Ms(1_774_569_600_000);
    let mut fired = Vec::new();
    while fired.len() < 230 {
        let (_, next) = daily.around(at);
        at = next.unwrap();
        fired.push(at);
        assert_eq!(daily.around(at).0, Some(at), "the moment itself has come");
    }
    for pair in fired.windows(2) {
        let apart = pair[1].since(pair[0]);
        assert!([DAY - HOUR, DAY, DAY + HOUR].contains(&apart), "{apart}");
    }
}

#[test]
fn chosen_days_are_kept() {
    let weekly = Timing::new("14:00", &[Weekday::Wednesday], "", "Asia/Dubai").unwrap();
    let (last, next) = weekly.around(NOW);
    assert_eq!(next.unwrap().since(last.unwrap()), 7 * DAY);
    let (_, after) = weekly.around(next.unwrap().plus(-MINUTE));
    assert_eq!(after, next);
    assert_eq!(Timing::new("24:00", &[], "", "UTC"), None);
}
