//! Outgoing bodies per kind, local limits, answers, and the error table.

use rapport_connectors::Secret;
use rapport_connectors::http::{Failure as HttpFailure, Method, Response};
use rapport_connectors::whatsapp::error_table::TABLE;
use rapport_connectors::whatsapp::send::{Outbound, To, message, read_mark};
use rapport_connectors::whatsapp::{Api, RetryClass, SendOutcome, meaning, read_send_failure, read_send_response};
use rapport_core::message::Content;
use serde_json::{Value, json};
use std::time::Duration;

fn content(value: Value) -> Content {
    serde_json::from_value(value).unwrap()
}

fn outbound(content: &Content) -> Outbound<'_> {
    Outbound { to: To::Phone("16505551234"), content, reply_to: None, callback: None }
}

/// Canonical content and the object it must become.
fn kinds() -> Vec<(Value, &'static str, Value)> {
    let media = |kind: &str, more: Value| {
        let mut object = json!({"type": "media", "kind": kind, "provider_media_id": "9"});
        object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        object
    };
    vec![
        (json!({"type": "text", "body": "Hi"}), "text", json!({"body": "Hi"})),
        (
            json!({"type": "text", "body": "Hi", "preview_url": true}),
            "text",
            json!({"body": "Hi", "preview_url": true}),
        ),
        (media("image", json!({"caption": "c"})), "image", json!({"id": "9", "caption": "c"})),
        (media("video", json!({})), "video", json!({"id": "9"})),
        (media("audio", json!({})), "audio", json!({"id": "9"})),
        (media("voice", json!({})), "audio", json!({"id": "9", "voice": true})),
        (media("document", json!({"filename": "a.pdf"})), "document", json!({"id": "9", "filename": "a.pdf"})),
        (media("sticker", json!({})), "sticker", json!({"id": "9"})),
        (
            json!({"type": "location", "latitude": 37.44, "longitude": -122.16, "name": "N", "address": "A"}),
            "location",
            json!({"latitude": "37.44", "longitude": "-122.16", "name": "N", "address": "A"}),
        ),
        (
            json!({"type": "contacts", "cards": [{"name": "Ana", "phones": ["+1"], "emails": ["a@x"], "org": "O"}]}),
            "contacts",
            json!([{"name": {"formatted_name": "Ana", "first_name": "Ana"}, "phones": [{"phone": "+1"}],
                "emails": [{"email": "a@x"}], "org": {"company": "O"}}]),
        ),
        (
            json!({"type": "reaction", "target": "wamid.1", "emoji": "👍"}),
            "reaction",
            json!({"message_id": "wamid.1", "emoji": "👍"}),
        ),
        (
            json!({"type": "reaction", "target": "wamid.1", "emoji": null}),
            "reaction",
            json!({"message_id": "wamid.1", "emoji": ""}),
        ),
    ]
}

/// Templates and interactive messages.
fn structured_kinds() -> Vec<(Value, &'static str, Value)> {
    let buttons = json!({"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]});
    let sections = json!({"button": "Pick", "sections": [{"rows": [{"id": "1", "title": "One", "description": "d"}]}]});
    let parts = json!([{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]);
    vec![
        (
            json!({"type": "template", "name": "order_update", "language": "en_US", "components": parts}),
            "template",
            json!({"name": "order_update", "language": {"code": "en_US", "policy": "deterministic"}, "components": parts}),
        ),
        (
            json!({"type": "template", "name": "hello", "language": "en"}),
            "template",
            json!({"name": "hello", "language": {"code": "en", "policy": "deterministic"}}),
        ),
        (
            json!({"type": "interactive", "kind": "button", "body": "Keep it?", "footer": "f", "action": buttons}),
            "interactive",
            json!({"type": "button", "body": {"text": "Keep it?"}, "footer": {"text": "f"}, "action": buttons}),
        ),
        (
            json!({"type": "interactive", "kind": "list", "header": {"type": "text", "text": "H"}, "body": "B", "action": sections}),
            "interactive",
            json!({"type": "list", "header": {"type": "text", "text": "H"}, "body": {"text": "B"}, "action": sections}),
        ),
        (
            json!({"type": "interactive", "kind": "location_request_message", "body": "Where?"}),
            "interactive",
            json!({"type": "location_request_message", "body": {"text": "Where?"}, "action": {"name": "send_location"}}),
        ),
        (
            json!({"type": "interactive", "kind": "product", "action": {"catalog_id": "1", "product_retailer_id": "2"}}),
            "interactive",
            json!({"type": "product", "action": {"catalog_id": "1", "product_retailer_id": "2"}}),
        ),
    ]
}

#[test]
fn every_kind_has_its_body() {
    let api = Api::new("https://graph.facebook.com/", "v26.0", Secret::new("canary-token"));
    for (canonical, kind, object) in kinds().into_iter().chain(structured_kinds()) {
        let content = content(canonical);
        let request = message(&api, "P1", &outbound(&content)).unwrap();
        assert_eq!(request.url, "https://graph.facebook.com/v26.0/P1/messages");
        assert_eq!(request.method, Method::Post);
        let mut expected = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505551234", "type": kind});
        expected[kind] = object;
        assert_eq!(request.json().unwrap(), expected);
        assert!(!format!("{request:?}").contains("canary"), "a token is in the debug text");
    }
}

#[test]
fn recipients_context_and_callback() {
    let api = Api::meta(Secret::new("t"));
    let text = content(json!({"type": "text", "body": "x"}));
    let body = |to, reply_to, callback| {
        message(&api, "P", &Outbound { to, content: &text, reply_to, callback }).unwrap().json().unwrap()
    };
    let phone = body(To::Phone("+1 (650) 555-1234"), Some("wamid.IN"), Some("rpt:1:1"));
    assert_eq!(phone["to"], "+16505551234");
    assert_eq!(phone["context"], json!({"message_id": "wamid.IN"}));
    assert_eq!(phone["biz_opaque_callback_data"], "rpt:1:1");
    let user = body(To::UserId("US.134"), None, None);
    assert_eq!((user.get("to"), &user["recipient"]), (None, &json!("US.134")));
    let group = body(To::Group("G"), None, None);
    assert_eq!((&group["to"], &group["recipient_type"]), (&json!("G"), &json!("group")));
    let reaction = content(json!({"type": "reaction", "target": "w", "emoji": "👍"}));
    let request = message(&api, "P", &Outbound { reply_to: Some("w"), ..outbound(&reaction) }).unwrap();
    assert!(request.json().unwrap().get("context").is_none());
    let mark = read_mark(&api, "P", "wamid.IN", true).json().unwrap();
    assert_eq!(
        mark,
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN", "typing_indicator": {"type": "text"}})
    );
    assert!(read_mark(&api, "P", "wamid.IN", false).json().unwrap().get("typing_indicator").is_none());
}

/// Content that is refused, the field named, and what was found there. All limits are tested with `core::message::check`.
fn refused_content() -> Vec<(Value, &'static str, &'static str)> {
    let buttons: Vec<Value> =
        (0..4).map(|at| json!({"reply": {"id": at.to_string(), "title": at.to_string()}})).collect();
    vec![
        (json!({"type": "text", "body": ""}), "body", "missing"),
        (json!({"type": "text", "body": "x".repeat(4097)}), "body", "4097 characters"),
        (json!({"type": "media", "kind": "image"}), "id", "missing"),
        (json!({"type": "location", "latitude": 91.0, "longitude": 0.0}), "latitude", "91"),
        (
            json!({"type": "interactive", "kind": "button", "body": "b", "action": {"buttons": buttons}}),
            "action.buttons",
            "4 entries",
        ),
        (json!({"type": "note", "body": "x"}), "type", "note"),
    ]
}

#[test]
fn limits_are_named() {
    let api = Api::meta(Secret::new("t"));
    let check = |outbound: &Outbound<'_>| message(&api, "P", outbound).map(drop);
    for (canonical, field, actual) in refused_content() {
        let content = content(canonical.clone());
        let error = check(&outbound(&content)).expect_err(&canonical.to_string());
        assert_eq!((error.field.as_str(), error.actual.as_str()), (field, actual), "{canonical}");
        assert!(!error.limit.is_empty());
    }
    let text = content(json!({"type": "text", "body": "x".repeat(4096)}));
    assert!(check(&outbound(&text)).is_ok());
    for number in ["", "12", "1234567890123456", "abc", "+1650;drop"] {
        let to = To::Phone(number);
        assert_eq!(check(&Outbound { to, ..outbound(&text) }).unwrap_err().field, "to", "{number}");
    }
    let long = "x".repeat(513);
    let callback = Outbound { callback: Some(&long), ..outbound(&text) };
    assert_eq!(check(&callback).unwrap_err().field, "biz_opaque_callback_data");
}

fn error(status: u16, code: i64) -> Response {
    let body = json!({"error": {"message": format!("(#{code}) x"), "type": "OAuthException", "code": code, "error_data": {"details": "d"}}});
    Response::new(status, &[], body.to_string())
}

#[test]
fn answers_are_sorted() {
    let accepted = json!({"messaging_product": "whatsapp", "contacts": [{"input": "+1650", "wa_id": "1650", "user_id": "US.1"}],
        "messages": [{"id": "wamid.1", "message_status": "held_for_quality_assessment"}]});
    assert_eq!(
        read_send_response(&Response::new(200, &[], accepted.to_string())),
        SendOutcome::Accepted {
            wamid: "wamid.1".into(),
            wa_id: Some("1650".into()),
            user_id: Some("US.1".into()),
            held: true
        }
    );
    let class = |response: &Response| match read_send_response(response) {
        SendOutcome::Rejected { class, .. } => Some(class),
        SendOutcome::Ambiguous { .. } => None,
        SendOutcome::Accepted { .. } => panic!("accepted"),
    };
    for (status, code, expected) in [
        (400, 131_047, Some(RetryClass::NeedsTemplate)),
        (429, 130_429, Some(RetryClass::SafeRetry)),
        (400, 131_056, Some(RetryClass::RetryCustomer)),
        (500, 131_057, Some(RetryClass::SafeRetry)),
        (401, 190, Some(RetryClass::PauseChannel)),
        (403, 131_031, Some(RetryClass::PauseChannel)),
        (403, 250, Some(RetryClass::PauseChannel)),
        (400, 131_050, Some(RetryClass::OptOut)),
        (400, 131_026, Some(RetryClass::MarkNumber)),
        (400, 131_048, Some(RetryClass::LaterHours)),
        (404, 132_001, Some(RetryClass::Never)),
        (400, 999_999, Some(RetryClass::Never)),
        // It broke down: it may have been sent.
        (500, 131_000, None),
        (503, 2, None),
        (500, 131_016, None),
        (400, 1, None),
        (500, 999_999, None),
        (200, 999_999, None),
    ] {
        assert_eq!(class(&error(status, code)), expected, "HTTP {status}, code {code}");
    }
    for (status, body, expected) in [
        (200, "", None),
        (200, "{}", None),
        (200, "<html>", None),
        // A redirect is not understood, so nothing is repeated.
        (302, "", None),
        (400, "<html>", Some(RetryClass::Never)),
        (401, "", Some(RetryClass::PauseChannel)),
        (408, "", None),
        (429, "", Some(RetryClass::SafeRetry)),
        (500, "", None),
        (502, "<html>", None),
        (503, "", None),
        (504, "", None),
    ] {
        assert_eq!(class(&Response::new(status, &[], body)), expected, "HTTP {status} {body}");
    }
    assert!(matches!(
        read_send_failure(&HttpFailure::NotSent("x".into())),
        SendOutcome::Rejected { class: RetryClass::SafeRetry, .. }
    ));
    assert!(matches!(read_send_failure(&HttpFailure::Ambiguous("x".into())), SendOutcome::Ambiguous { .. }));
}

#[test]
fn waiting_times_are_sane() {
    let wait = |headers: &[(&str, &str)]| match read_send_response(&Response {
        headers: Response::new(0, headers, "").headers,
        ..error(429, 130_429)
    }) {
        SendOutcome::Rejected { retry_after, .. } => retry_after,
        other => panic!("{other:?}"),
    };
    assert_eq!(wait(&[("Retry-After", "7")]), Some(Duration::from_secs(7)));
    assert_eq!(wait(&[("Retry-After", "7200")]), Some(Duration::from_secs(3600)));
    for garbage in
        ["1000000000", "0", "-1", "soon", "", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999999999999999"]
    {
        assert_eq!(wait(&[("Retry-After", garbage)]), None, "{garbage}");
    }
    let usage = r#"{"1022":[{"type":"whatsapp","call_count":100,"estimated_time_to_regain_access":4}]}"#;
    assert_eq!(wait(&[("X-Business-Use-Case-Usage", usage)]), Some(Duration::from_secs(240)));
}

#[test]
fn the_error_table_is_whole() {
    assert_eq!((meaning(7).code, meaning(-5).title_key), (-1, "unknown"));
    assert_eq!(meaning(138_012).class, RetryClass::LaterDay, "exact rows win over ranges");
    assert_eq!(meaning(139_103).class, RetryClass::SafeRetry);
    for row in TABLE {
        assert!(row.code <= row.last && row.meaning.ends_with('.') && row.advice.ends_with('.'), "{row:?}");
        assert_eq!(meaning(row.code), row, "{} is hidden by an earlier row", row.code);
    }
}
