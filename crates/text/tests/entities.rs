//! What messages name: numbers of orders, sums, days, addresses.

use jiff::civil::{Date, date};
use jiff::{Timestamp, tz::TimeZone};
use rapport_text::entities::{EntitySettings, MAX_ENTITIES, OrderPattern, OrderPatternError, Value, entities, today};

/// A Sunday.
const TODAY: Date = date(2026, 11, 22);

fn read<'a>(text: &'a str, settings: &EntitySettings) -> Vec<(&'a str, Value)> {
    entities(text, TODAY, settings).into_iter().map(|entity| (entity.span.of(text), entity.value)).collect()
}

fn plain(text: &str) -> Vec<(&str, Value)> {
    read(text, &EntitySettings::default())
}

fn sum(text: &str, own: &str) -> Option<(i64, u8, &'static str)> {
    let settings = EntitySettings { currency: own.to_owned(), ..EntitySettings::default() };
    read(text, &settings).into_iter().find_map(|(_, value)| match value {
        Value::Amount { mantissa, scale, currency } => Some((mantissa, scale, currency)),
        _ => None,
    })
}

fn day(text: &str) -> Option<Date> {
    plain(text).into_iter().find_map(|(_, value)| if let Value::Date { date, .. } = value { Some(date) } else { None })
}

fn order(text: &str) -> Option<String> {
    plain(text).into_iter().find_map(|(_, value)| if let Value::Order { number } = value { Some(number) } else { None })
}

#[test]
fn sums_in_every_spelling() {
    for (text, mantissa, scale, currency) in [
        ("costs 1.234,56 €", 123_456, 2, "EUR"),
        ("$1,234.56 please", 123_456, 2, "USD"),
        ("RM 50", 50, 0, "MYR"),
        ("RM12.90", 1290, 2, "MYR"),
        ("S$ 1,000", 1000, 0, "SGD"),
        ("2 500 ₽", 2500, 0, "RUB"),
        ("за 2 500,50 руб.", 250_050, 2, "RUB"),
        ("بسعر ١٢٣٫٥٠ ر.س", 12_350, 2, "SAR"),
        ("١٬٢٥٠ ريال", 1250, 0, "SAR"),
        ("۲۵۰ درهم", 250, 0, "AED"),
        ("50 د.إ", 50, 0, "AED"),
        ("1.250 KWD", 1250, 3, "KWD"),
        ("Rp 50.000", 50_000, 0, "IDR"),
        ("Rp50rb aja", 50_000, 0, "IDR"),
        ("₹1,00,000", 100_000, 0, "INR"),
        ("R$ 99,90", 9990, 2, "BRL"),
        ("199元", 199, 0, "CNY"),
        ("NT$ 1,290", 1290, 0, "TWD"),
        ("HK$88", 88, 0, "HKD"),
        ("1.5万元", 15_000, 0, "CNY"),
        ("5 тыс. рублей", 5000, 0, "RUB"),
        ("USD 0.125", 125, 3, "USD"),
        ("１２３円", 123, 0, "JPY"),
    ] {
        assert_eq!(sum(text, ""), Some((mantissa, scale, currency)), "{text}");
    }
}

#[test]
fn a_shop_knows_its_own_dollar() {
    assert_eq!(sum("$20", "AUD"), Some((20, 0, "AUD")));
    assert_eq!(sum("20元", "TWD"), Some((20, 0, "TWD")));
    assert_eq!(sum("US$20", "AUD"), Some((20, 0, "USD")));
    assert_eq!(sum("20 euros", "AUD"), Some((20, 0, "EUR")));
}

#[test]
fn numbers_alone_are_no_sums() {
    for text in ["I need 50", "room 12", "1.2.3 $", "15 rmx", "99 percent", "12,34,5 €", "р 5", "3 x 5", "5 k"] {
        assert_eq!(sum(text, ""), None, "{text}");
    }
}

#[test]
fn days_in_every_language() {
    let (monday, friday) = (date(2026, 11, 23), date(2026, 11, 27));
    for (text, expected) in [
        ("today", TODAY),
        ("tomorrow morning", monday),
        ("I ordered it yesterday", date(2026, 11, 21)),
        ("the day after tomorrow", date(2026, 11, 24)),
        ("on Friday", friday),
        ("last Friday", date(2026, 11, 20)),
        ("last Sunday", date(2026, 11, 15)),
        ("in 3 days", date(2026, 11, 25)),
        ("two weeks ago", date(2026, 11, 8)),
        ("avant-hier", date(2026, 11, 20)),
        ("il y a 3 jours", date(2026, 11, 19)),
        ("vendredi dernier", date(2026, 11, 20)),
        ("le 3 décembre", date(2026, 12, 3)),
        ("mañana", monday),
        ("hace una semana", date(2026, 11, 15)),
        ("el 22 de noviembre de 2025", date(2025, 11, 22)),
        ("há 2 dias", date(2026, 11, 20)),
        ("sexta-feira", friday),
        ("depois de amanhã", date(2026, 11, 24)),
        ("3 hari yang lalu", date(2026, 11, 19)),
        ("besok ya", monday),
        ("17 Agustus 2026", date(2026, 8, 17)),
        ("завтра", monday),
        ("через неделю", date(2026, 11, 29)),
        ("3 дня назад", date(2026, 11, 19)),
        ("5-го декабря", date(2026, 12, 5)),
        ("в пятницу", friday),
        ("بكرة", monday),
        ("بعد ٣ أيام", date(2026, 11, 25)),
        ("قبل يومين", date(2026, 11, 20)),
        ("٢٢ نوفمبر ٢٠٢٥", date(2025, 11, 22)),
        ("يوم الجمعة", friday),
        ("明天", monday),
        ("后天到吗", date(2026, 11, 24)),
        ("3天前買的", date(2026, 11, 19)),
        ("两周后", date(2026, 12, 6)),
        ("下周五", friday),
        ("下週三", date(2026, 11, 25)),
        ("这周五", date(2026, 11, 20)),
        ("2026年12月1日", date(2026, 12, 1)),
        ("12月1號", date(2026, 12, 1)),
        ("3 दिन पहले", date(2026, 11, 19)),
        ("शुक्रवार", friday),
        ("2026-12-01", date(2026, 12, 1)),
        ("01.12.2026", date(2026, 12, 1)),
        ("1/12/26", date(2026, 12, 1)),
        ("Dec 1st, 2026", date(2026, 12, 1)),
        ("1st of December", date(2026, 12, 1)),
        ("since 25/12", date(2026, 12, 25)),
        ("2 января", date(2027, 1, 2)),
        ("٠١/١٢/٢٠٢٦", date(2026, 12, 1)),
    ] {
        assert_eq!(day(text), Some(expected), "{text}");
    }
}

#[test]
fn what_only_looks_like_a_day() {
    for text in [
        "31.02.2026",
        "1.2.3.4",
        "12.50",
        "version 3-4",
        "por la mañana",
        "you may go",
        "3 days",
        "कल",
        "in 99999 days",
        "среди людей",
        "22-11",
        "1/2 kg",
        "open 24/7",
    ] {
        assert_eq!(day(text), None, "{text}");
    }
}

#[test]
fn day_and_month_may_be_either() {
    let ambiguous = |text: &str, month_first| {
        let settings = EntitySettings { month_first, ..EntitySettings::default() };
        match read(text, &settings).pop() {
            Some((_, Value::Date { date, ambiguous })) => Some((date, ambiguous)),
            _ => None,
        }
    };
    assert_eq!(ambiguous("03/04/2026", false), Some((date(2026, 4, 3), true)));
    assert_eq!(ambiguous("03/04/2026", true), Some((date(2026, 3, 4), true)));
    assert_eq!(ambiguous("25/04/2026", true), Some((date(2026, 4, 25), false)));
    assert_eq!(ambiguous("03.04.2026", true), Some((date(2026, 4, 3), false)));
    assert_eq!(ambiguous("04/04/2026", true), Some((date(2026, 4, 4), false)));
}

#[test]
fn today_is_the_writers() {
    let now: Timestamp = "2026-11-22T23:30:00Z".parse().expect("a moment");
    let ahead = TimeZone::fixed(jiff::tz::offset(3));
    assert_eq!(today(now, &ahead), date(2026, 11, 23));
    assert_eq!(today(now, &TimeZone::UTC), TODAY);
}

#[test]
fn orders_behind_their_word() {
    for (text, number) in [
        ("where is order #10234?", "10234"),
        ("Order no. AB-77812 please", "AB-77812"),
        ("my order number is 55501", "55501"),
        ("numéro de commande : 88123", "88123"),
        ("pedido nº 4567", "4567"),
        ("номер заказа 778812", "778812"),
        ("رقم الطلب: ٤٥٦٧٨", "45678"),
        ("订单号：202611220001", "202611220001"),
        ("訂單編號 A12345", "A12345"),
        ("pesanan #9981", "9981"),
        ("#12345", "12345"),
        ("ऑर्डर नंबर 998877", "998877"),
    ] {
        assert_eq!(order(text).as_deref(), Some(number), "{text}");
    }
    for text in
        ["order 2 pieces", "in order to pay 500", "order 12/11/2026", "orderly 12345", "#1 in town", "border 12345"]
    {
        assert_eq!(order(text), None, "{text}");
    }
}

#[test]
fn orders_by_pattern() {
    let own = |pattern: &str, text: &str| {
        let settings =
            EntitySettings { orders: vec![pattern.parse().expect("a pattern")], ..EntitySettings::default() };
        read(text, &settings).into_iter().find_map(|(at, value)| match value {
            Value::Order { number } => Some((at.to_owned(), number)),
            _ => None,
        })
    };
    let some = |at: &str, number: &str| Some((at.to_owned(), number.to_owned()));
    assert_eq!(own("ORD-#{5,8}", "hi ord-123456, ok"), some("ord-123456", "ORD-123456"));
    assert_eq!(own("ORD-?#{5}", "ORD12345"), some("ORD12345", "ORD12345"));
    assert_eq!(own("@@#{4}", "XX١٢٣٤"), some("XX١٢٣٤", "XX1234"));
    assert_eq!(own(r"\##{3}", "see #777"), some("#777", "#777"));
    assert_eq!(own("AAA-###", "aaa-000"), some("aaa-000", "AAA-000"));
    assert_eq!(own("#{5,8}", "123456789"), None);
    assert_eq!(own("#{5}", "x12345"), None);
    assert_eq!(own("#{5}", "order 999"), None);
}

#[test]
fn patterns_are_checked() {
    for (pattern, error) in [
        ("ORDER", OrderPatternError::NoVariable),
        ("#?", OrderPatternError::NoVariable),
        ("#{8,4}", OrderPatternError::Malformed),
        ("{4}", OrderPatternError::Malformed),
        ("#\\", OrderPatternError::Malformed),
        ("#{x}", OrderPatternError::Malformed),
        ("#{64}", OrderPatternError::TooLong),
        ("#{60}#{60}", OrderPatternError::TooLong),
    ] {
        assert_eq!(pattern.parse::<OrderPattern>(), Err(error), "{pattern}");
    }
    let pattern: OrderPattern = " AB-#{4} ".parse().expect("a pattern");
    assert_eq!(pattern.to_string(), "AB-#{4}");
}

#[test]
fn addresses_links_and_telephones() {
    let text = "Mail Anna.K+shop@Example.co.uk, see https://shop.example.com/a?b=1&c=2). or wa.me/123 and call +971 50-123 4567!";
    let values: Vec<Value> = plain(text).into_iter().map(|(_, value)| value).collect();
    assert_eq!(
        values,
        [
            Value::Email { address: "anna.k+shop@example.co.uk".into() },
            Value::Url { url: "https://shop.example.com/a?b=1&c=2".into() },
            Value::Url { url: "wa.me/123".into() },
            Value::Phone { number: "+971501234567".into() },
        ]
    );
    assert_eq!(plain("看https://a.example/商品谢谢")[0].0, "https://a.example/");
    assert_eq!(plain("اتصل ٠٥٠١٢٣٤٥٦٧")[0].1, Value::Phone { number: "0501234567".into() });
    for text in [
        "me@here",
        "@anna",
        "e.g. this",
        "ok.in the box",
        "well.me too",
        "1234567",
        "12345678901234567890",
        "a@b.",
        "192.168.0.1",
        "10.120.130.140 is down",
    ] {
        assert_eq!(plain(text), [], "{text}");
    }
}

#[test]
fn post_codes() {
    let code = |text: &str, country: &str| {
        let settings = EntitySettings { country: country.to_owned(), ..EntitySettings::default() };
        read(text, &settings)
            .into_iter()
            .find_map(|(_, value)| if let Value::Postcode { code } = value { Some(code) } else { None })
    };
    for (text, country, expected) in [
        ("London SW1A 1AA", "", Some("SW1A 1AA")),
        ("k1a 0b1 Ottawa", "", Some("K1A 0B1")),
        ("CEP 01310-100", "", Some("01310-100")),
        ("zip 10001", "", Some("10001")),
        ("my cep is 01310100", "", Some("01310100")),
        ("SW1A1AA", "GB", Some("SW1A1AA")),
        ("SW1A1AA", "", None),
        ("10001 New York", "US", Some("10001")),
        ("индекс 101000", "", Some("101000")),
        ("邮编：200000", "", Some("200000")),
        ("الرمز البريدي ١٢٢١٤", "", Some("12214")),
        ("size 10001 pieces", "", None),
        ("Riyadh 12214", "SA", Some("12214")),
        ("only 100 left", "TW", None),
        ("pay 12345.50", "US", None),
    ] {
        assert_eq!(code(text, country).as_deref(), expected, "{text}");
    }
}

#[test]
fn readings_do_not_overlap() {
    let text = "order #10234 of 22/11/2026 for $99.90, call +44 20 7946 0958, x@example.com";
    let found = entities(text, TODAY, &EntitySettings::default());
    assert_eq!(found.len(), 5, "{found:?}");
    assert!(found.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
    assert_eq!(entities(&"$5 ".repeat(1_000), TODAY, &EntitySettings::default()).len(), MAX_ENTITIES);
}
