//! Splitting: limits, bombs, keys, and that a batch is nothing but its singles.

use proptest::prelude::*;
use rapport_connectors::whatsapp::{BadBody, RawKind, decode, split};
use serde_json::{Value, json};
use std::time::Instant;

fn body(entries: &[Value]) -> Vec<u8> {
    json!({"object": "whatsapp_business_account", "entry": entries}).to_string().into_bytes()
}

fn one(id: &str, text: &str, from: &str) -> Value {
    json!({"from": from, "id": id, "timestamp": "1739321024", "type": "text", "text": {"body": text}})
}

fn entry(messages: &[Value], statuses: &[Value]) -> Value {
    let contacts: Vec<Value> =
        messages.iter().map(|message| json!({"profile": {"name": "N"}, "wa_id": message["from"]})).collect();
    json!({"id": "W", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp", "metadata": {"display_phone_number": "1", "phone_number_id": "P"},
        "contacts": contacts, "messages": messages, "statuses": statuses,
    }}]})
}

/// Everything hostile runs on a small stack, as a worker's might be.
fn on_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(512 * 1024).spawn(work).unwrap().join().unwrap()
}

#[test]
fn bombs_are_refused_quickly_without_deep_recursion() {
    let deep_lists = "[".repeat(1_000_000);
    let deep_objects = "{\"a\":".repeat(100_000);
    let in_value =
        format!("{{\"entry\":[{{\"changes\":[{{\"value\":{}1{}}}]}}]}}", "[".repeat(100_000), "]".repeat(100_000));
    let keys = format!("{{{}\"z\":1}}", (0..200_000).map(|at| format!("\"{at}\":1,")).collect::<String>());
    let huge = format!("{{\"entry\":[{{\"id\":{}}}]}}", "9".repeat(400));
    type Expected = fn(&BadBody) -> bool;
    let cases: Vec<(String, Expected)> = vec![
        (deep_lists, |error| *error == BadBody::TooDeep),
        (deep_objects, |error| *error == BadBody::TooDeep),
        (in_value, |error| *error == BadBody::TooDeep),
        (keys, |error| *error == BadBody::TooManyKeys),
        (" ".repeat(3 * 1024 * 1024 + 1), |error| matches!(error, BadBody::TooLarge { .. })),
        (r#"{"entry":[{"id":1e400}]}"#.to_owned(), |error| *error == BadBody::NumberRange),
        (huge, |error| *error == BadBody::NumberRange),
        ("\u{feff}{}".to_owned(), |error| matches!(error, BadBody::NotJson(_))),
        ("{\"a\":\"\0\"}".to_owned(), |error| matches!(error, BadBody::NotJson(_))),
        ("[]".to_owned(), |error| matches!(error, BadBody::NotJson(_))),
        ("\"x\"".to_owned(), |error| matches!(error, BadBody::NotJson(_))),
        (String::new(), |error| matches!(error, BadBody::NotJson(_))),
        ("{\"entry\":[".to_owned(), |error| matches!(error, BadBody::NotJson(_))),
        ("{} x".to_owned(), |error| matches!(error, BadBody::NotJson(_))),
    ];
    on_small_stack(move || {
        for (text, expected) in cases {
            let start = Instant::now();
            let error = split(text.as_bytes()).expect_err(&text.chars().take(40).collect::<String>());
            assert!(expected(&error), "{error:?}");
            // 50 ms is the promise; a debug build on a busy machine may be slower.
            assert!(start.elapsed().as_millis() < 500, "{error:?} took {:?}", start.elapsed());
        }
        assert!(matches!(split(b"{\"a\":\"\xff\"}"), Err(BadBody::NotJson(_))));
    });
}

#[test]
fn depth_64_is_read_and_65_is_not() {
    let nested = |levels: usize| format!("{}{{}}{}", "{\"a\":".repeat(levels - 1), "}".repeat(levels - 1));
    assert!(split(nested(64).as_bytes()).is_ok());
    assert_eq!(split(nested(65).as_bytes()), Err(BadBody::TooDeep));
}

#[test]
fn repeated_metadata_cannot_blow_up_memory() {
    let message = json!({"id": "1"});
    let value =
        json!({"metadata": {"phone_number_id": "P", "x": "y".repeat(1_000_000)}, "messages": vec![message; 20_000]});
    let raw = json!({"entry": [{"id": "W", "changes": [{"field": "messages", "value": value}]}]}).to_string();
    assert!(matches!(split(raw.as_bytes()), Err(BadBody::TooLarge { .. })));
}

#[test]
fn a_thousand_statuses_in_one_call_are_a_thousand_items() {
    let statuses: Vec<Value> = (0..1000)
        .map(|at| json!({"id": format!("wamid.{at}"), "status": "sent", "timestamp": "1", "recipient_id": "2"}))
        .collect();
    let items = split(&body(&[entry(&[], &statuses)])).unwrap().items;
    assert_eq!(items.len(), 1000);
    assert!(
        items.iter().all(|item| item.kind == RawKind::Status && item.lane_key == "2" && item.phone_number_id == "P")
    );
    let keys: std::collections::HashSet<_> = items.iter().map(|item| item.key).collect();
    assert_eq!(keys.len(), 1000);
}

#[test]
fn keys_tell_events_apart_and_deliveries_not() {
    let key = |entry: Value| split(&body(&[entry])).unwrap().items[0].key;
    let status = |status: &str, at: Value| json!({"id": "w", "status": status, "timestamp": at, "recipient_id": "2"});
    let sent = key(entry(&[], &[status("sent", json!("1"))]));
    assert_eq!(sent, key(entry(&[], &[status("sent", json!(1))])), "a number for a string is the same event");
    assert_ne!(sent, key(entry(&[], &[status("read", json!("1"))])));
    assert_ne!(sent, key(entry(&[], &[status("sent", json!("2"))])));
    assert_ne!(sent, key(entry(&[one("w", "a", "2")], &[])), "a message is no status");
    assert_eq!(
        key(entry(&[one("w", "a", "2")], &[])),
        key(entry(&[one("w", "b", "2")], &[])),
        "the wamid alone counts"
    );
    let member = |who: &str| json!({"id": "w", "status": "read", "timestamp": "1", "recipient_id": "g", "recipient_participant_id": who});
    assert_ne!(key(entry(&[], &[member("1")])), key(entry(&[], &[member("2")])));
    let other =
        |at: i64| json!({"id": "W", "time": at, "changes": [{"field": "security", "value": {"event": "PIN_CHANGED"}}]});
    assert_eq!(key(other(1)), key(other(1)));
    assert_ne!(key(other(1)), key(other(2)), "the same thing can happen twice");
}

#[test]
fn output_does_not_depend_on_spelling_of_strings() {
    let escaped = r#"{"entry":[{"id":"W","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"P"},"messages":[{"id":"w\/1","from":"2"}]}}]}]}"#;
    let plain = escaped.replace(r"\/", "/");
    assert_eq!(split(escaped.as_bytes()).unwrap().items[0].key, split(plain.as_bytes()).unwrap().items[0].key);
}

fn any_json() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        Just("messages".to_owned()),
        Just("statuses".to_owned()),
        Just("value".to_owned()),
        Just("metadata".to_owned()),
        Just("contacts".to_owned()),
        Just("type".to_owned()),
        Just("text".to_owned()),
        Just("interactive".to_owned()),
        Just("id".to_owned()),
        Just("system".to_owned()),
        Just("context".to_owned()),
        Just("errors".to_owned()),
        ".{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        words.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((words.clone(), inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn any_message() -> impl Strategy<Value = Value> {
    ("[a-z0-9]{1,12}", ".{0,20}", "1[0-9]{5,9}").prop_map(|(id, text, from)| one(&format!("wamid.{id}"), &text, &from))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_bytes_never_panic(raw in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = split(&raw);
        let _ = decode(RawKind::Message, &raw);
    }

    #[test]
    fn arbitrary_json_never_panics_and_every_item_decodes_or_explains(value in any_json(), field in "messages|calls|smb_message_echoes|user_preferences|x") {
        let _ = split(value.to_string().as_bytes());
        let raw = json!({"entry": [{"id": "W", "changes": [{"field": field, "value": value}]}]}).to_string();
        let items = split(raw.as_bytes()).unwrap().items;
        prop_assert!(!items.is_empty());
        for item in items {
            let _ = decode(item.kind, &item.body);
            for kind in [RawKind::Message, RawKind::Status, RawKind::Echo, RawKind::Other] {
                let _ = decode(kind, &item.body);
            }
        }
    }

    #[test]
    fn odd_values_inside_a_message_never_make_it_an_error(value in any_json(), kind in "text|image|audio|location|contacts|interactive|button|order|unsupported|x") {
        let mut message = one("wamid.1", "x", "16505551234");
        message["type"] = kind.as_str().into();
        message[kind.as_str()] = value;
        let items = split(&body(&[entry(&[message], &[])])).unwrap().items;
        prop_assert!(decode(items[0].kind, &items[0].body).is_ok());
    }

    #[test]
    fn a_batch_splits_into_its_singles(messages in prop::collection::vec(any_message(), 1..8)) {
        let batch = split(&body(&[entry(&messages, &[])])).unwrap().items;
        let singles: Vec<_> = messages
            .iter()
            .flat_map(|message| split(&body(&[entry(std::slice::from_ref(message), &[])])).unwrap().items)
            .collect();
        prop_assert_eq!(batch, singles);
    }

    #[test]
    fn lone_surrogates_are_replaced(units in prop::collection::vec(any::<u16>(), 0..12)) {
        let text: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        let raw = format!(r#"{{"entry":[{{"id":"W","changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":"P"}},"messages":[{{"id":"w","from":"2","type":"text","text":{{"body":"x{text}"}}}}]}}}}]}}]}}"#);
        let items = split(raw.as_bytes()).unwrap().items;
        let event = decode(items[0].kind, &items[0].body).unwrap();
        let rapport_core::inbound::EventKind::Message(message) = event.kind else { panic!("no message") };
        let expected = format!("x{}", String::from_utf16_lossy(&units));
        prop_assert_eq!(message.content.text(), expected);
    }
}
