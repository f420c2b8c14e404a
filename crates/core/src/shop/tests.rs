//! The shop's decisions, by tables.

use super::*;
use jiff::tz::TimeZone;

/// Sunday, 22 November 2026, 12:00 in Dubai.
const NOW: Ms = Ms(1_795_334_400_000);
const HOUR: i64 = crate::time::HOUR;
const DAY: i64 = crate::time::DAY;

fn telling(language: &str, now: Option<Ms>) -> Telling<'_> {
    Telling { language, zone: TimeZone::get("Asia/Dubai").unwrap(), now }
}

fn parcel(status: ParcelStatus, changed: i64) -> Parcel {
    Parcel {
        key: "P".to_owned(),
        status,
        courier: Some("Falcon".to_owned()),
        tracking_number: Some(format!("FL{changed}")),
        tracking_url: Some("https://falcon.example/FL".to_owned()),
        expected: (Some(NOW.plus(DAY + 2 * HOUR)), Some(NOW.plus(DAY + 4 * HOUR))),
        last_event: None,
        changed_at: Ms(changed),
    }
}

fn order(number: &str, parcels: Vec<Parcel>) -> Order {
    Order {
        number: number.to_owned(),
        status: OrderStatus::Shipped,
        total: Some("129.90".to_owned()),
        currency: Some("AED".to_owned()),
        payment: None,
        placed_at: NOW.plus(-3 * DAY),
        product: Some("Linen shirt".to_owned()),
        parcels,
    }
}

#[test]
fn sums_have_one_spelling() {
    for (given, expected) in [
        ("129.90", Some("129.90")),
        ("129,90", Some("129.90")),
        (" 1 234,50 ", Some("1234.50")),
        ("1,234.50", Some("1234.50")),
        ("1.234,50", Some("1234.50")),
        ("1,234", Some("1234")),
        ("1.234.567", Some("1234567")),
        ("007", Some("7")),
        ("0", Some("0")),
        ("0.5", Some("0.5")),
        ("-5", None),
        ("=1+1", None),
        ("", None),
        (".", None),
        ("12,34,567", None),
        ("1.2.3", None),
        ("1,2.3.4", None),
        ("1e9", None),
        ("9999999999999", None),
        ("1.23456", None),
        ("ten", None),
        ("１２", None),
    ] {
        assert_eq!(amount(given).as_deref(), expected, "{given:?}");
    }
}

#[test]
fn statuses_are_read_as_people_write_them() {
    for status in OrderStatus::ALL {
        assert_eq!(OrderStatus::parse(status.code()), Some(*status));
    }
    for status in ParcelStatus::ALL {
        assert_eq!(ParcelStatus::parse(status.code()), Some(*status));
        assert_eq!(serde_json::to_value(status).unwrap(), status.code());
    }
    assert_eq!(ParcelStatus::parse(" Out-for delivery "), Some(ParcelStatus::OutForDelivery));
    assert_eq!(OrderStatus::parse("gone"), None);
}

#[test]
fn the_order_that_is_named_is_meant_else_the_newest() {
    let orders = [order("#1003", vec![]), order("#1002", vec![]), order("ORD-77", vec![])];
    for (text, named, expected) in [
        ("Where is my parcel?", vec![], "#1003"),
        ("Where is order 1002?", vec!["1002"], "#1002"),
        ("where is 1002", vec![], "#1002"),
        ("أين الطلب ١٠٠٢؟", vec![], "#1002"),
        ("ord-77, please", vec![], "ORD-77"),
        ("ord-77.", vec![], "ORD-77"),
        ("My number is 10020", vec![], "#1003"),
        ("Order 9999, not mine", vec!["9999"], "#1003"),
        ("", vec![], "#1003"),
    ] {
        let named: Vec<String> = named.into_iter().map(str::to_owned).collect();
        assert_eq!(meant(&orders, text, &named).unwrap().number, expected, "{text}");
    }
    assert!(meant(&[], "1002", &[]).is_none());
}

#[test]
fn the_parcel_under_way_is_told_about() {
    let old = parcel(ParcelStatus::InTransit, 1);
    let done = parcel(ParcelStatus::Delivered, 9);
    assert_eq!(current(&[done.clone(), old.clone()]), Some(&old));
    assert_eq!(current(&[parcel(ParcelStatus::Returned, 2), done.clone()]), Some(&done));
    assert_eq!(current(&[]), None);
}

#[test]
fn blanks_are_told_in_the_customers_words() {
    let order = order("#1003", vec![parcel(ParcelStatus::OutForDelivery, 1)]);
    let told = values(&order, &telling("en", Some(NOW)));
    for (name, expected) in [
        ("order.number", "#1003"),
        ("order.status", "shipped"),
        ("order.total", "129.90 AED"),
        ("order.placed", "3 days ago"),
        ("product.last", "Linen shirt"),
        ("shipment.tracking_number", "FL1"),
        ("shipment.status", "out for delivery"),
        ("shipment.expected", "tomorrow, 14:00–16:00"),
    ] {
        assert_eq!(told.get(name).map(String::as_str), Some(expected), "{name}");
    }
    assert!(!told.contains_key("order.payment") && !told.contains_key("store.nearest"));
    let arabic = values(&order, &telling("ar-AE", Some(NOW)));
    assert_eq!(
        (arabic["order.placed"].as_str(), arabic["shipment.expected"].as_str()),
        ("قبل 3 أيام", "غدًا، 14:00–16:00")
    );
    // What may be read much later is told by dates.
    let later = values(&order, &telling("fr", None));
    assert_eq!(
        (later["order.placed"].as_str(), later["shipment.expected"].as_str()),
        ("19 novembre", "23 novembre, 14:00–16:00")
    );
}

#[test]
fn times_of_delivery_are_as_exact_as_they_are_known() {
    let midnight = NOW.plus(-12 * HOUR);
    for (expected, said) in [
        ((None, None), None),
        ((Some(midnight), None), Some("today")),
        ((None, Some(midnight.plus(2 * DAY))), Some("24 November")),
        ((Some(midnight.plus(DAY)), Some(midnight.plus(3 * DAY))), Some("tomorrow – 25 November")),
        ((Some(NOW), None), Some("today, 10:00–14:00")),
        ((Some(NOW), Some(NOW)), Some("today, 12:00")),
        ((Some(NOW.plus(-DAY)), Some(NOW)), Some("yesterday, 12:00 – today, 12:00")),
        ((Some(Ms(i64::MAX)), None), None),
    ] {
        let order = order("1", vec![Parcel { expected, ..parcel(ParcelStatus::InTransit, 1) }]);
        let told = values(&order, &telling("en", Some(NOW)));
        assert_eq!(told.get("shipment.expected").map(String::as_str), said, "{expected:?}");
    }
}

#[test]
fn the_nearest_store_is_found() {
    let place = |latitude, longitude| Place::new(latitude, longitude);
    let marina = place(25.0805, 55.1403).unwrap();
    let stores = [place(24.4539, 54.3773), None, place(25.1972, 55.2744), place(25.2048, 55.2708)];
    let (at, metres) = nearest(marina, stores.into_iter()).unwrap();
    assert_eq!(at, 2);
    // 18.7 km by the ellipsoid.
    assert!((metres - 18_700.0).abs() < 500.0, "{metres}");
    assert!(nearest(marina, std::iter::once(None)).is_none());
    assert_eq!(Place::new(91.0, 0.0), None);
    assert_eq!(Place::new(f64::NAN, 0.0), None);
    // Over the date line, and to the other side of the Earth.
    assert!((place(0.0, 179.9).unwrap().metres_to(place(0.0, -179.9).unwrap()) - 22_239.0).abs() < 10.0);
    assert!((place(90.0, 0.0).unwrap().metres_to(place(-90.0, 0.0).unwrap()) - 20_015_115.0).abs() < 10.0);
}

#[test]
fn what_is_older_never_stands_in_place_of_what_is_newer() {
    assert!(supersedes(Ms(2), Ms(1)) && supersedes(Ms(1), Ms(1)) && !supersedes(Ms(1), Ms(2)));
}

#[test]
fn a_code_is_told_with_its_last_day() {
    let midnight = NOW.plus(-12 * HOUR);
    let told = |language: &str, until: Option<Ms>, now: Option<Ms>| {
        let coupon = Coupon { code: "SPRING-1".to_owned(), worth: "10 %".to_owned(), until };
        coupon_values(&coupon, &telling(language, now)).get("coupon.until").cloned()
    };
    assert_eq!(told("en", None, Some(NOW)), None, "good for ever");
    assert_eq!(told("en", Some(midnight.plus(2 * DAY)), Some(NOW)).as_deref(), Some("tomorrow"), "the day before");
    assert_eq!(told("fr", Some(NOW.plus(2 * DAY)), None).as_deref(), Some("24 novembre"));
    let known = coupon_values(
        &Coupon { code: "SPRING-1".to_owned(), worth: "15.00 USD".to_owned(), until: None },
        &telling("ar", Some(NOW)),
    );
    assert_eq!((known["coupon.code"].as_str(), known["coupon.value"].as_str()), ("SPRING-1", "15.00 USD"));
    assert!(COUPON.iter().all(|name| is_name(name)) && asks("Use {coupon.code|none}"));
}
