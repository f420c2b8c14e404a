use super::*;
use crate::guard::quiet::{Hours, clocks, is_zone};

const NIGHT: Hours = Hours { from: 21 * 60, to: 9 * 60 };

fn moment(text: &str) -> Ms {
    Ms(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

#[test]
fn nights_by_the_customers_clock() {
    let table = [
        // Zone, now, first allowed moment.
        ("Asia/Taipei", "2026-11-04T12:59:59.999Z", "2026-11-04T12:59:59.999Z"),
        ("Asia/Taipei", "2026-11-04T13:00:00Z", "2026-11-05T01:00:00Z"),
        ("Asia/Taipei", "2026-11-05T00:59:59.999Z", "2026-11-05T01:00:00Z"),
        ("Asia/Taipei", "2026-11-05T01:00:00Z", "2026-11-05T01:00:00Z"),
        // Madrid sets its clock forward on 28 March 2027 and back on 25 October 2026: 09:00 is 09:00 all the same.
        ("Europe/Madrid", "2027-03-27T22:00:00Z", "2027-03-28T07:00:00Z"),
        ("Europe/Madrid", "2026-10-24T22:00:00Z", "2026-10-25T08:00:00Z"),
        // Half-hour zones.
        ("Asia/Kolkata", "2026-11-04T15:30:00Z", "2026-11-05T03:30:00Z"),
        ("Asia/Kathmandu", "2026-11-04T18:00:00Z", "2026-11-05T03:15:00Z"),
    ];
    for (zone, now, expected) in table {
        let clocks = clocks(Some(zone), None, "UTC");
        assert_eq!(clocks.awake(NIGHT, moment(now)), moment(expected), "{zone} {now}");
        assert_eq!(clocks.is_quiet(NIGHT, moment(now)), now != expected, "{zone} {now}");
    }
}

#[test]
fn ends_inside_a_clock_change() {
    // 02:30 does not exist in Madrid on 28 March 2027; the first moment after the gap is 03:30 by the new clock.
    let early = Hours { from: 21 * 60, to: 150 };
    let madrid = clocks(Some("Europe/Madrid"), None, "UTC");
    assert_eq!(
        madrid.awake(early, moment("2027-03-28T00:50:00Z")),
        moment("2027-03-28T01:00:00Z").max(moment("2027-03-28T01:30:00Z"))
    );
    // 02:30 comes twice on 25 October 2026. At 02:10 the second time round, the second 02:30 is meant.
    assert_eq!(madrid.awake(early, moment("2026-10-25T00:10:00Z")), moment("2026-10-25T00:30:00Z"));
    assert_eq!(madrid.awake(early, moment("2026-10-25T01:10:00Z")), moment("2026-10-25T01:30:00Z"));
}

#[test]
fn hours_of_every_shape() {
    let utc = clocks(None, None, "nowhere");
    assert_eq!((utc.source, utc.names.as_slice()), ("utc", &["UTC".to_owned()][..]));
    let lunch = Hours { from: 12 * 60, to: 14 * 60 };
    assert_eq!(utc.awake(lunch, NOON), NOON.plus(2 * HOUR));
    assert!(!utc.is_quiet(lunch, NOON.plus(2 * HOUR)) && !utc.is_quiet(lunch, NOON.plus(-1)));
    let none = Hours { from: 600, to: 600 };
    assert!(!utc.is_quiet(none, NOON.plus(10 * HOUR)));
    let nonsense = Hours { from: 0, to: 60_000 };
    assert_eq!(utc.awake(nonsense, NOON), NOON);
    assert_eq!(utc.awake(NIGHT, Ms(i64::MAX)), Ms(i64::MAX));
    assert_eq!(utc.awake(NIGHT, Ms(i64::MIN)), Ms(i64::MIN));
}

#[test]
fn whose_clock_counts() {
    let source = |zone: Option<&str>, country: Option<&str>| clocks(zone, country, "Europe/Madrid");
    assert_eq!(source(Some("Asia/Taipei"), Some("US")).source, "contact");
    assert_eq!(source(Some("Mars/Olympus"), Some("TW")).names, ["Asia/Taipei"]);
    assert_eq!(source(None, None).names, ["Europe/Madrid"]);
    assert!(is_zone("America/Sao_Paulo") && !is_zone("Mars/Olympus"));
    // A number of the United States may be anywhere from Hawaii to New York: awake only when all of it is.
    let wide = source(None, Some("US"));
    assert_eq!(wide.source, "country");
    assert_eq!(wide.awake(NIGHT, moment("2026-11-04T14:00:00Z")), moment("2026-11-04T19:00:00Z"));
    assert!(!wide.is_quiet(NIGHT, moment("2026-11-05T01:59:00Z")));
    assert_eq!(wide.awake(NIGHT, moment("2026-11-05T02:00:00Z")), moment("2026-11-05T19:00:00Z"));
    // Hours that leave no common gap fall back to one clock instead of holding for ever.
    let short = Hours { from: 10 * 60, to: 9 * 60 };
    let at = wide.awake(short, NOON);
    assert!(at >= NOON && !wide.is_quiet(short, at));
}

#[test]
fn every_country_has_clocks_that_exist() {
    let mut known = 0;
    for first in b'A'..=b'Z' {
        for second in b'A'..=b'Z' {
            let code = String::from_utf8(vec![first, second]).unwrap();
            let zones = crate::contact::zone::of_country(&code);
            known += usize::from(!zones.is_empty());
            for zone in zones {
                assert!(is_zone(zone), "{code}: {zone}");
            }
        }
    }
    assert!(known > 235, "{known}");
}
