use super::*;
use crate::time::{DAY, MINUTE};

#[test]
fn consent() {
    let stop: Change = |s, _| s.customer.marketing = Consent::OptedOut;
    let expected = refused(Rule::Consent, "guard.consent.opted_out");
    run("marketing after STOP", &reply(&offer()), stop, expected);
    run("promotion in the window after STOP", &promotion(&text()), stop, expected);
    run("answer after STOP", &reply(&text()), stop, ALLOWED);
    let notice_after_stop: Change = |s, _| {
        s.customer.marketing = Consent::OptedOut;
        of_category(s, "UTILITY");
    };
    run("notice after STOP", &notice(&offer()), notice_after_stop, ALLOWED);
    let us: Change = |s, _| s.customer.country = Some("US".to_owned());
    run("marketing to the US", &reply(&offer()), us, refused(Rule::Market, "guard.market.closed_country"));
    run("answer to the US", &reply(&text()), us, ALLOWED);
    let held = refused(Rule::Ecosystem, "guard.ecosystem.held_back");
    let table: &[(&str, Change, Expected)] = &[
        ("held back", |s, _| s.customer.ecosystem_refused_at = Some(NOON.plus(1 - DAY)), held),
        ("a day ago", |s, _| s.customer.ecosystem_refused_at = Some(NOON.plus(-DAY)), ALLOWED),
    ];
    for (name, change, expected) in table {
        run(name, &reply(&offer()), *change, *expected);
    }
}

#[test]
fn caps_without_opt_in() {
    let capped = refused(Rule::OptInCap, "guard.opt_in_cap.capped");
    let unknown: Change = |s, _| s.customer.marketing = Consent::Unknown;
    run(
        "first",
        &notice(&offer()),
        |s, _| {
            s.customer.marketing = Consent::Unknown;
            of_category(s, "UTILITY")
        },
        ALLOWED,
    );
    run("first marketing", &reply(&offer()), unknown, ALLOWED);
    let table: &[(&str, Change, Expected)] = &[
        (
            "second within 24 h",
            |s, _| {
                s.customer.marketing = Consent::Unknown;
                s.history.templates = vec![NOON.plus(1 - DAY), NOON.plus(-3 * DAY)];
            },
            capped,
        ),
        (
            "second after exactly 24 h",
            |s, _| {
                s.customer.marketing = Consent::Unknown;
                s.history.templates = vec![NOON.plus(-DAY)];
            },
            ALLOWED,
        ),
        ("opted in", |s, _| s.history.templates = vec![NOON.plus(-HOUR), NOON.plus(-2 * HOUR)], ALLOWED),
    ];
    for (name, change, expected) in table {
        let verdict = run(name, &reply(&offer()), *change, *expected);
        if *expected == capped {
            assert_eq!(verdict.check(Rule::OptInCap).unwrap().until, Some(NOON.plus(1)), "{name}");
        }
    }
    run("free text is not capped", &reply(&text()), table[0].1, ALLOWED);
}

#[test]
fn repetition() {
    fn times(s: &mut Snapshot, count: i64) {
        s.history.same_content = (0..count).map(|n| NOON.plus(-n * DAY)).collect();
    }
    let capped = refused(Rule::SameContent, "guard.same_content.capped");
    fn api(content: &Content) -> Request<'_> {
        Request::message(content, Author::Api, Purpose::Reply)
    }
    run("fifth", &api(&text()), |s, _| times(s, 4), ALLOWED);
    let verdict = run("sixth", &api(&text()), |s, _| times(s, 5), capped);
    assert_eq!(verdict.check(Rule::SameContent).unwrap().until, Some(NOON.plus(26 * DAY)));
    run("sixth, a person's words", &reply(&text()), |s, _| times(s, 5), ALLOWED);
    run("sixth, a person's template", &reply(&offer()), |s, _| times(s, 5), capped);
    run(
        "people not spared",
        &reply(&text()),
        |s, p| {
            times(s, 5);
            p.same_content_spares_people = false
        },
        capped,
    );
    run("reactions", &api(&reaction()), |s, _| times(s, 9), ALLOWED);
    // The month of the customer's clock began 3.8 days ago: 4 of 9 are in it.
    let monthly: Change = |s, p| {
        times(s, 9);
        p.same_content_period = Period::CalendarMonth;
    };
    run("fifth of the month", &api(&text()), monthly, ALLOWED);
    let verdict = run(
        "sixth of the month",
        &api(&text()),
        |s, p| {
            s.history.same_content = vec![NOON.plus(-DAY); 5];
            p.same_content_period = Period::CalendarMonth;
        },
        capped,
    );
    let december = Ms(1_796_083_200_000).plus(-8 * HOUR); // 1 December 2026, 00:00 in Taipei
    assert_eq!(verdict.check(Rule::SameContent).unwrap().until, Some(december));
}

#[test]
fn promotion_rules() {
    let capped = refused(Rule::PromotionGap, "guard.promotion_gap.capped");
    let table: &[(&str, Change, Expected)] = &[
        ("3 days ago", |s, _| s.history.promotional_at = Some(NOON.plus(-3 * DAY)), capped),
        ("one ms short of a week", |s, _| s.history.promotional_at = Some(NOON.plus(1 - 7 * DAY)), capped),
        ("a week ago", |s, _| s.history.promotional_at = Some(NOON.plus(-7 * DAY)), ALLOWED),
        (
            "delayed by choice, past the night",
            |s, p| {
                s.history.promotional_at = Some(NOON.plus(2 * HOUR - 7 * DAY));
                p.promotion_on_cap = OnCap::Delay;
            },
            // Free at 22:00 in Taipei, so 09:00 the next day.
            delayed(Rule::PromotionGap, "guard.promotion_gap.capped", NOON.plus(13 * HOUR)),
        ),
        (
            "at night in Tokyo",
            |s, _| s.customer.timezone = Some("Asia/Tokyo".to_owned()),
            delayed(Rule::QuietHours, "guard.quiet_hours.quiet", NOON.plus(12 * HOUR)),
        ),
        (
            "slowed down for spam",
            |s, _| s.channel.promotion_hold_until = Some(NOON.plus(HOUR / 2)),
            delayed(Rule::PromotionHold, "guard.promotion_hold.held", NOON.plus(HOUR / 2)),
        ),
    ];
    for (name, change, expected) in table {
        run(name, &promotion(&offer()), *change, *expected);
        run(name, &reply(&offer()), *change, *expected);
        run(name, &reply(&text()), *change, ALLOWED);
        run(name, &Request { author: Author::Api, ..reply(&text()) }, *change, ALLOWED);
    }
}

#[test]
fn notices_about_one_event() {
    let capped = delayed(Rule::EventGap, "guard.event_gap.capped", NOON.plus(HOUR));
    let table: &[(&str, Change, Expected)] = &[
        ("5 h ago", |s, _| s.history.same_event_at = Some(NOON.plus(-5 * HOUR)), capped),
        ("6 h ago", |s, _| s.history.same_event_at = Some(NOON.plus(-6 * HOUR)), ALLOWED),
    ];
    for (name, change, expected) in table {
        run(name, &notice(&text()), *change, *expected);
        run(name, &Request { event_key: None, ..notice(&text()) }, *change, ALLOWED);
        run(name, &reply(&text()), *change, ALLOWED);
    }
    let at_night: Change = |s, _| {
        s.customer.timezone = Some("Asia/Tokyo".to_owned());
        of_category(s, "UTILITY");
    };
    run("notices go at night", &notice(&offer()), at_night, ALLOWED);
}

#[test]
fn customers_written_to_first() {
    fn outside(s: &mut Snapshot, tier: Tier, used: u32) {
        s.window = Window::default();
        s.portfolio = PortfolioFacts { tier, used, counts_customer: false, frees_at: Some(NOON.plus(MINUTE)) };
    }
    let full = delayed(Rule::Tier, "guard.tier.full", NOON.plus(MINUTE));
    let table: &[(&str, Change, Expected)] = &[
        ("last free place", |s, _| outside(s, Tier::Limited(250), 249), ALLOWED),
        ("full", |s, _| outside(s, Tier::Limited(250), 250), full),
        ("unknown counts as the lowest", |s, _| outside(s, Tier::Unknown, 250), full),
        ("unlimited", |s, _| outside(s, Tier::Unlimited, 9_999_999), ALLOWED),
        (
            "full, customer counted already",
            |s, _| {
                outside(s, Tier::Limited(250), 250);
                s.portfolio.counts_customer = true;
            },
            ALLOWED,
        ),
        (
            "full, but the customer wrote",
            |s, _| {
                outside(s, Tier::Limited(250), 250);
                s.window = Window::new(Some(NOON.plus(1)));
            },
            ALLOWED,
        ),
    ];
    for (name, change, expected) in table {
        run(name, &reply(&offer()), *change, *expected);
    }
}

#[test]
fn days_seconds_and_pairs() {
    let table: &[(&str, Change, Expected)] = &[
        (
            "daily limit",
            |s, _| {
                s.channel.daily_limit = Some(1_000);
                s.channel.daily_used = 1_000;
                s.channel.daily_resets_at = Some(NOON.plus(11 * HOUR));
            },
            delayed(Rule::DailyLimit, "guard.daily_limit.full", NOON.plus(11 * HOUR)),
        ),
        (
            "one left today",
            |s, _| {
                s.channel.daily_limit = Some(1_000);
                s.channel.daily_used = 999;
            },
            ALLOWED,
        ),
        (
            "second is full",
            |s, _| s.readings.throughput_at = Some(NOON.plus(40)),
            delayed(Rule::Throughput, "guard.throughput.waiting", NOON.plus(40)),
        ),
        ("second is free", |s, _| s.readings.throughput_at = Some(NOON), ALLOWED),
        (
            "pair, the later of two",
            |s, _| {
                s.readings.throughput_at = Some(NOON.plus(40));
                s.readings.pair_at = Some(NOON.plus(5_000));
            },
            delayed(Rule::PairRate, "guard.pair_rate.waiting", NOON.plus(5_000)),
        ),
        (
            "calls",
            |s, _| s.readings.calls_at = Some(NOON.plus(HOUR)),
            delayed(Rule::CallBudget, "guard.call_budget.waiting", NOON.plus(HOUR)),
        ),
        (
            "no route",
            |s, _| s.route = Some(RouteWait { why: "window".to_owned(), until: NOON.plus(60_000) }),
            delayed(Rule::Route, "guard.route.waiting", NOON.plus(60_000)),
        ),
        (
            "backing off",
            |s, _| s.readings.backoff_at = Some(NOON.plus(4_000)),
            delayed(Rule::Backoff, "guard.backoff.waiting", NOON.plus(4_000)),
        ),
    ];
    for (name, change, expected) in table {
        let verdict = run(name, &reply(&text()), *change, *expected);
        assert_eq!(verdict.recheck_at, verdict.until, "{name}");
    }
}
