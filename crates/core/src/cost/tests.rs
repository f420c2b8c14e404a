use super::*;
use crate::Ms;

const OCTOBER: Month = Month::new(2026, 10);

fn rate(category: &str, market: &str, from: Month, micros: impl Into<Option<i64>>) -> Rate {
    let micros = micros.into();
    let currency = micros.map(|_| "USD".to_owned());
    Rate { category: category.to_owned(), market: market.to_owned(), from, micros, currency, confirmed: true }
}

fn card() -> RateCard {
    RateCard::over_starter(vec![
        rate("marketing", ANYWHERE, Month::new(2025, 7), 60_000),
        rate("marketing", "AE", Month::new(2025, 7), 30_000),
        rate("marketing", "AE", OCTOBER, 35_000),
        rate("utility", ANYWHERE, Month::new(2025, 7), 8_000),
        rate("utility", "AE", Month::new(2025, 7), 15_000),
        rate("marketing", "DE", Month::new(2025, 7), None),
    ])
}

fn at(text: &str) -> Ms {
    Month::parse(text).unwrap().begins()
}

#[test]
fn months_are_utc_and_read_back() {
    for (text, begins) in [("1970-01", 0), ("2025-07", 1_751_328_000_000), ("2026-10", 1_790_812_800_000)] {
        let month = Month::parse(text).unwrap();
        assert_eq!((month.begins(), month.to_string()), (Ms(begins), text.to_owned()));
        assert_eq!(Month::of(Ms(begins)), month);
        assert_eq!(Month::of(Ms(begins - 1)).next(), month);
    }
    assert_eq!(Month::parse("2026-12").unwrap().next().to_string(), "2027-01");
    for wrong in ["", "2026", "2026-13", "2026-00", "2026-1", "26-10", "2026-10-01", "+026-10"] {
        assert_eq!(Month::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn estimates_follow_the_dated_rules() {
    use Window::{Closed, CustomerService, FreeEntryPoint};
    // category, country, window, month, free service messages used, amount, why
    let table = [
        ("marketing", "AE", Closed, "2025-06", 0, None, Why::BeforeRates),
        ("marketing", "AE", Closed, "2025-07", 0, Some(30_000), Why::Rate),
        ("marketing", "AE", CustomerService, "2025-10", 0, Some(30_000), Why::Rate),
        ("marketing", "AE", Closed, "2026-10", 0, Some(35_000), Why::Rate),
        ("marketing", "FR", Closed, "2026-10", 0, Some(60_000), Why::Rate),
        ("marketing", "DE", Closed, "2026-10", 0, None, Why::PriceMissing),
        ("marketing", "AE", FreeEntryPoint, "2026-10", 0, Some(0), Why::FreeEntryPoint),
        ("marketing_lite", "AE", Closed, "2026-10", 0, Some(35_000), Why::Rate),
        ("group_marketing", "AE", Closed, "2026-10", 0, Some(35_000), Why::Rate),
        ("utility", "AE", CustomerService, "2025-07", 0, Some(0), Why::CustomerService),
        ("utility", "AE", CustomerService, "2026-09", 0, Some(0), Why::CustomerService),
        ("utility", "AE", CustomerService, "2026-10", 0, Some(15_000), Why::Rate),
        ("utility", "AE", Closed, "2025-10", 0, Some(15_000), Why::Rate),
        ("service", "AE", CustomerService, "2025-10", 5_000, Some(0), Why::CustomerService),
        ("service", "AE", CustomerService, "2026-09", 5_000, Some(0), Why::CustomerService),
        ("service", "AE", CustomerService, "2026-10", 999, Some(0), Why::FreeAllowance),
        ("service", "AE", CustomerService, "2026-10", 1_000, Some(15_000), Why::Rate),
        ("service", "FR", CustomerService, "2026-10", 1_000, Some(8_000), Why::Rate),
        ("service", "AE", FreeEntryPoint, "2026-10", 1_000, Some(0), Why::FreeEntryPoint),
        ("authentication", "AE", Closed, "2026-10", 0, None, Why::PriceMissing),
    ];
    for (category, country, window, month, service_used, micros, why) in table {
        let ask = Ask { category, country: Some(country), window, at: at(month), service_used };
        let found = card().estimate(&ask);
        assert_eq!((found.micros, found.why), (micros, why), "{category} {country} {window:?} {month}");
    }
    let unknown = Ask { category: "marketing", country: None, window: Closed, at: at("2026-10"), service_used: 0 };
    assert_eq!(card().estimate(&unknown).micros, Some(60_000));
}

#[test]
fn the_providers_word_decides_what_was_free() {
    let table = [
        ("service", REGULAR, OCTOBER, Some(15_000), Why::Rate),
        ("service", FREE_CUSTOMER_SERVICE, OCTOBER, Some(0), Why::FreeAllowance),
        ("utility", FREE_CUSTOMER_SERVICE, OCTOBER, Some(0), Why::CustomerService),
        ("service", FREE_CUSTOMER_SERVICE, Month::new(2026, 9), Some(0), Why::CustomerService),
        ("utility", REGULAR, Month::new(2025, 7), Some(15_000), Why::Rate),
        ("referral_conversion", FREE_ENTRY_POINT, OCTOBER, Some(0), Why::FreeEntryPoint),
        ("newsletter", REGULAR, OCTOBER, None, Why::PriceMissing),
        ("marketing", REGULAR, Month::new(2025, 6), None, Why::BeforeRates),
    ];
    for (category, kind, month, micros, why) in table {
        let price = Price { category: category.to_owned(), kind: kind.to_owned() };
        let found = card().actual(&price, Some("AE"), month);
        assert_eq!((found.micros, found.why), (micros, why), "{category} {kind} {month}");
    }
}

#[test]
fn a_new_workspace_has_rows_but_no_invented_prices() {
    let card = RateCard::over_starter(Vec::new());
    assert!(!card.rates.is_empty() && card.currency().is_none());
    assert!(card.rates.iter().all(|rate| rate.micros.is_none() && !rate.confirmed));
    assert!(card.rates.iter().all(|rate| CATEGORIES.contains(&rate.category.as_str())));
}

#[test]
fn budgets_have_levels() {
    let budget = Budget {
        amount_micros: 100_000_000,
        currency: "USD".to_owned(),
        at_percent: vec![50, 80, 100],
        on_reached: OnReached::Warn,
    };
    let table = [
        (0, 0, None, false),
        (49_999_999, 49, None, false),
        (50_000_000, 50, Some(50), false),
        (99_999_999, 99, Some(80), false),
        (100_000_000, 100, Some(100), true),
        (i64::MAX, u16::MAX, Some(100), true),
    ];
    for (spent, percent, passed, reached) in table {
        assert_eq!(budget.level(spent), Level { percent, passed, reached }, "{spent}");
    }
}

#[test]
fn a_forecast_counts_calls_cost_and_batches() {
    let card = card();
    let say = |customers: u32, room: Room| {
        let plan = Plan { category: "marketing", customers: &[(Some("AE"), customers)], at: at("2026-10") };
        forecast(&card, &plan, &room)
    };
    let free = say(1_000, Room::default());
    assert_eq!((free.calls, free.micros, free.over), (3_000, 35_000_000, false));
    assert_eq!(free.batches, Some(Batches { first: 1_000, each: 1_000, count: 1 }));
    let tier = |tier, used| Room { tier: Some(tier), tier_used: used, ..Room::default() };
    let edge = say(800, tier(1_000, 0));
    assert_eq!((edge.tier_percent, edge.over), (Some(80), false));
    let above = say(801, tier(1_000, 0));
    assert_eq!((above.tier_percent, above.over), (Some(81), true));
    assert_eq!(above.batches, Some(Batches { first: 800, each: 800, count: 2 }));
    assert_eq!(say(2_000, tier(1_000, 300)).batches, Some(Batches { first: 500, each: 800, count: 3 }));
    assert_eq!(say(1_600, tier(1_000, 900)).batches, Some(Batches { first: 0, each: 800, count: 2 }));
    let calls = Room { calls_per_day: Some(3_000), ..Room::default() };
    let quota = say(1_000, calls);
    assert_eq!((quota.calls_percent, quota.over), (Some(100), true));
    assert_eq!(quota.batches, Some(Batches { first: 800, each: 800, count: 2 }));
    assert_eq!(say(10, tier(1, 0)).batches, None, "80 % of one customer is nobody");
    assert!(!say(0, tier(250, 0)).over);
    let mixed = [(Some("AE"), 10), (Some("DE"), 5), (None, 1)];
    let plan = Plan { category: "marketing", customers: &mixed, at: at("2026-10") };
    let mixed = forecast(&card, &plan, &Room::default());
    assert_eq!((mixed.micros, mixed.unpriced), (410_000, 5));
}
