//! A request per kind per provider, to the byte, and what answers to it mean.

use super::{HOOK, NOW, SID, provider};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_connectors::http::{Body, Request, Response};
use rapport_connectors::provider::Registered;
use rapport_connectors::provider::{Kind, Outbound, RetryClass, SendOutcome, Sending, To};
use rapport_core::message::Content;
use serde_json::{Value, json};

fn content(value: Value) -> Content {
    serde_json::from_value(value).unwrap()
}

fn request(kind: Kind, said: &Content, reply_to: Option<&str>) -> Result<Request, String> {
    let outbound = Outbound { to: To::Phone("16505551234"), content: said, reply_to, callback: Some("rpt:0190:1") };
    let components = json!([
        {"type": "BODY", "text": "Hi {{1}}, {{2}}", "provider_variables": ["1", "eta"]},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY"}, {"type": "URL", "provider_variables": ["3"]}]},
    ]);
    let template = Some(Registered { id: "HX1", components: &components });
    provider(kind).message(&outbound, &Sending { at: NOW, template }).map_err(|refused| refused.to_string())
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

fn form(request: &Request) -> Vec<(String, String)> {
    let Body::Bytes(bytes) = &request.body else { panic!("a form") };
    let url = format!("http://x/?{}", String::from_utf8(bytes.to_vec()).unwrap());
    let parsed: http::Uri = url.parse().unwrap();
    let decode = |text: &str| {
        let mut out = Vec::new();
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            if byte == b'%' {
                let pair = [bytes.next().unwrap(), bytes.next().unwrap()];
                out.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
            } else {
                out.push(byte);
            }
        }
        String::from_utf8(out).unwrap()
    };
    let pairs = parsed.query().unwrap().split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}

fn text() -> Content {
    content(json!({"type": "text", "body": "Hello & مرحبا"}))
}

fn picture(id: &str) -> Content {
    content(json!({"type": "media", "kind": "image", "provider_media_id": id, "mime": "image/jpeg", "caption": "Look"}))
}

fn place() -> Content {
    content(json!({"type": "location", "latitude": 25.2, "longitude": 55.3, "name": "Shop", "address": "Main St"}))
}

fn template() -> Content {
    content(json!({"type": "template", "name": "order", "language": "en", "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "Tuesday"}]},
        {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "t/1"}]},
    ]}))
}

fn buttons() -> Content {
    content(json!({"type": "interactive", "kind": "button", "body": "Keep it?", "footer": "Thanks",
        "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}}))
}

fn link() -> Content {
    content(json!({"type": "interactive", "kind": "cta_url", "body": "See", "action": {"name": "cta_url",
        "parameters": {"display_text": "Open", "url": "https://shop.example/"}}}))
}

fn reaction() -> Content {
    content(json!({"type": "reaction", "target": "wamid.1", "emoji": "👍"}))
}

fn cards() -> Content {
    content(json!({"type": "contacts", "cards": [{"name": "Bo", "phones": ["+15550001111"], "emails": []}]}))
}

const LINK: &str = "https://chat.shop.example/files/1/2/3/4";

#[test]
fn dialog360_is_meta_without_version_and_number() {
    for said in [text(), picture("777"), place(), template(), buttons(), link(), reaction(), cards()] {
        let ours = request(Kind::Dialog360, &said, Some("wamid.0")).unwrap();
        let meta = request(Kind::Meta, &said, Some("wamid.0")).unwrap();
        assert_eq!(ours.json(), meta.json(), "{}", said.kind());
        assert_eq!(ours.url, "https://waba-v2.360dialog.io/messages");
        assert_eq!(meta.url, "https://graph.facebook.com/v26.0/106/messages");
        assert_eq!((header(&ours, "d360-api-key"), ours.bearer.is_none()), ("d360-key", true));
        assert_eq!(meta.bearer.map(|token| token.expose().to_owned()), Some("token".to_owned()));
    }
}

#[test]
fn twilio_forms() {
    let callback = format!("{HOOK}?rapport=rpt%3A0190%3A1");
    for (said, rest) in [
        (text(), vec![("Body", "Hello & مرحبا")]),
        (picture(LINK), vec![("MediaUrl", LINK), ("Body", "Look")]),
        (place(), vec![("Body", "Shop"), ("PersistentAction", "geo:25.2,55.3|Main St")]),
        (template(), vec![("ContentSid", "HX1"), ("ContentVariables", r#"{"1":"Ana","3":"t/1","eta":"Tuesday"}"#)]),
    ] {
        let request = request(Kind::Twilio, &said, None).unwrap();
        assert_eq!(request.url, format!("https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages.json"));
        assert_eq!(header(&request, "content-type"), "application/x-www-form-urlencoded");
        let pair = STANDARD.encode(format!("{SID}:auth-token"));
        assert_eq!(header(&request, "authorization"), format!("Basic {pair}"));
        let mut expected = vec![("From", "whatsapp:+14155238886"), ("To", "whatsapp:+16505551234")];
        expected.extend(rest);
        expected.push(("StatusCallback", &callback));
        let expected: Vec<_> = expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(form(&request), expected);
        assert!(!format!("{request:?}").contains("auth-token"), "secrets are not shown");
    }
}

#[test]
fn bird_bodies() {
    let body = |said: Value| {
        json!({"receiver": {"contacts": [{"identifierKey": "phonenumber", "identifierValue": "+16505551234"}]},
            "body": said, "reference": "rpt:0190:1"})
    };
    for (said, expected) in [
        (text(), json!({"type": "text", "text": {"text": "Hello & مرحبا"}})),
        (picture(LINK), json!({"type": "image", "image": {"images": [{"mediaUrl": LINK}], "text": "Look"}})),
        (
            content(
                json!({"type": "media", "kind": "document", "provider_media_id": LINK, "mime": "application/pdf", "filename": "a.pdf"}),
            ),
            json!({"type": "file", "file": {"files": [{"mediaUrl": LINK, "contentType": "application/pdf", "filename": "a.pdf"}]}}),
        ),
        (
            place(),
            json!({"type": "location", "location": {"coordinates": {"latitude": 25.2, "longitude": 55.3}, "location": {"label": "Shop", "address": "Main St"}}}),
        ),
        (
            buttons(),
            json!({"type": "text", "text": {"text": "Keep it?\n\nThanks", "actions": [{"type": "postback", "postback": {"text": "Yes", "payload": "y"}}]}}),
        ),
        (
            link(),
            json!({"type": "text", "text": {"text": "See", "actions": [{"type": "link", "link": {"text": "Open", "url": "https://shop.example/"}}]}}),
        ),
    ] {
        let request = request(Kind::Bird, &said, None).unwrap();
        assert_eq!(request.url, "https://api.bird.com/workspaces/space-1/channels/chan-1/messages");
        assert_eq!(header(&request, "authorization"), "AccessKey access-key");
        assert_eq!(request.json().unwrap(), body(expected));
    }
    let quoted = request(Kind::Bird, &text(), Some("b1")).unwrap();
    assert_eq!(quoted.json().unwrap()["replyTo"], json!({"id": "b1", "type": "message"}));
}

/// What is made at Twilio for a content, and its key.
fn made(said: &Content) -> (Value, String) {
    let wanted = provider(Kind::Twilio).prepare(said).unwrap().unwrap();
    assert_eq!(wanted.request.url, "https://content.twilio.com/v1/Content");
    assert!(header(&wanted.request, "authorization").starts_with("Basic "));
    (wanted.request.json().unwrap(), wanted.key)
}

#[test]
fn twilio_gets_buttons_lists_and_links_as_contents() {
    let button = |body: &str| {
        content(json!({"type": "interactive", "kind": "button", "body": body,
            "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}}))
    };
    let (body, key) = made(&button("Keep it?"));
    let looks = json!({"body": "{{1}}", "actions": [{"type": "QUICK_REPLY", "title": "Yes", "id": "y"}]});
    assert_eq!(body["types"], json!({"twilio/quick-reply": looks}));
    assert_eq!(made(&button("Another question?")).1, key, "the same look, other words");
    let (fixed, other) = made(&button("two\nlines"));
    assert_eq!(fixed["types"]["twilio/quick-reply"]["body"], "two\nlines", "no line break in a variable");
    assert_ne!(other, key);
    let rows = json!([{"id": "r1", "title": "One", "description": "first"}]);
    let list = content(json!({"type": "interactive", "kind": "list", "body": "Which?",
        "action": {"button": "Choose", "sections": [{"rows": rows}]}}));
    let items = json!([{"item": "One", "id": "r1", "description": "first"}]);
    assert_eq!(
        made(&list).0["types"],
        json!({"twilio/list-picker": {"body": "{{1}}", "button": "Choose", "items": items}})
    );
    let action = json!({"type": "URL", "title": "Open", "url": "https://shop.example/"});
    assert_eq!(made(&link()).0["types"], json!({"twilio/call-to-action": {"body": "{{1}}", "actions": [action]}}));
    assert_eq!(
        form(&request(Kind::Twilio, &button("Keep it?"), None).unwrap())[2..4],
        [
            ("ContentSid".to_owned(), "HX1".to_owned()),
            ("ContentVariables".to_owned(), r#"{"1":"Keep it?"}"#.to_owned())
        ]
    );
    assert!(provider(Kind::Twilio).prepare(&text()).unwrap().is_none());
    assert!(provider(Kind::Meta).prepare(&link()).unwrap().is_none());
}

#[test]
fn gateway_bodies_are_canonical_and_signed() {
    for said in [text(), place(), template(), buttons(), reaction(), cards(), picture(LINK)] {
        let request = request(Kind::Gateway, &said, Some("g0")).unwrap();
        let mut canonical = serde_json::to_value(&said).unwrap();
        if let Some(id) = canonical.as_object_mut().unwrap().remove("provider_media_id") {
            canonical["url"] = id;
        }
        let expected = json!({"version": 1, "id": "rpt:0190:1", "from": "14155238886", "to": {"phone": "+16505551234"},
            "content": canonical, "reply_to": "g0", "template_id": "HX1"});
        assert_eq!((request.url.as_str(), request.json().unwrap()), ("https://gate.example/wa/messages", expected));
        assert_eq!(
            (header(&request, "webhook-id"), header(&request, "webhook-timestamp")),
            ("rpt:0190:1", "1790000000")
        );
        assert!(header(&request, "webhook-signature").starts_with("v1,"));
    }
}

#[test]
fn what_a_provider_does_not_carry_is_named() {
    let list = content(json!({"type": "interactive", "kind": "list", "body": "b", "action": {}}));
    let product = content(json!({"type": "interactive", "kind": "product", "body": "b", "action": {}}));
    for (kind, said, words) in [
        (Kind::Twilio, buttons(), "Twilio does not carry messages of the kind interactive/footer"),
        (Kind::Twilio, product, "Twilio does not carry messages of the kind interactive/product"),
        (Kind::Twilio, reaction(), "Twilio does not carry messages of the kind reaction"),
        (Kind::Twilio, cards(), "Twilio does not carry messages of the kind contacts"),
        (Kind::Bird, list, "Bird does not carry messages of the kind interactive/list"),
        (Kind::Bird, template(), "Bird does not carry messages of the kind template"),
        (Kind::Bird, reaction(), "Bird does not carry messages of the kind reaction"),
    ] {
        assert_eq!(request(kind, &said, None).err().unwrap(), words);
    }
    let long = content(json!({"type": "text", "body": "x".repeat(1_601)}));
    let refused = request(Kind::Twilio, &long, None).err().unwrap();
    assert_eq!(refused, "text.body: at most 1600 characters at Twilio, but it is 1601 characters");
    for kind in [Kind::Twilio, Kind::Bird, Kind::Gateway] {
        assert!(request(kind, &picture("777"), None).err().unwrap().contains("public link"), "{kind:?}");
    }
    let said = text();
    let to_id = Outbound { to: To::UserId("US.1349"), content: &said, reply_to: None, callback: None };
    assert!(provider(Kind::Twilio).message(&to_id, &Sending { at: NOW, template: None }).is_err());
    assert!(provider(Kind::Gateway).message(&to_id, &Sending { at: NOW, template: None }).is_ok());
}

/// Accepted with this id, or the class and code; `?` = it may have been sent.
fn outcome(kind: Kind, status: u16, body: &str) -> String {
    match provider(kind).read_send(&Response::new(status, &[], body.to_owned())) {
        SendOutcome::Accepted { wamid, .. } => wamid,
        SendOutcome::Rejected { failure, class, .. } => format!("{class:?} {}", failure.code),
        SendOutcome::Ambiguous { failure } => format!("? {}", failure.code),
    }
}

#[test]
fn answers() {
    let twilio = |code: i64| format!(r#"{{"code":{code},"message":"m","status":400}}"#);
    let gateway = |word: &str| format!(r#"{{"error":{{"code":"{word}","message":"m"}}}}"#);
    let wamid = r#"{"messages":[{"id":"wamid.1"}],"contacts":[{"wa_id":"1"}]}"#;
    for (kind, status, body, expected) in [
        (Kind::Dialog360, 200, wamid.to_owned(), "wamid.1"),
        (Kind::Dialog360, 400, r#"{"error":{"code":131047,"message":"m"}}"#.to_owned(), "NeedsTemplate 131047"),
        (Kind::Dialog360, 401, r#"{"meta":{"developer_message":"Invalid api key"}}"#.to_owned(), "PauseChannel 0"),
        (Kind::Dialog360, 502, "<html>".to_owned(), "? 0"),
        (Kind::Twilio, 201, r#"{"sid":"SM1","status":"queued","error_code":null}"#.to_owned(), "SM1"),
        (Kind::Twilio, 201, r#"{"sid":"SM1","status":"failed","error_code":63016}"#.to_owned(), "NeedsTemplate 63016"),
        (Kind::Twilio, 400, twilio(63_016), "NeedsTemplate 63016"),
        (Kind::Twilio, 400, twilio(63_018), "SafeRetry 63018"),
        (Kind::Twilio, 400, twilio(63_024), "MarkNumber 63024"),
        (Kind::Twilio, 400, twilio(63_032), "Never 63032"),
        (Kind::Twilio, 400, twilio(63_049), "LaterDay 63049"),
        (Kind::Twilio, 400, twilio(21_211), "Never 21211"),
        (Kind::Twilio, 429, twilio(20_429), "SafeRetry 20429"),
        (Kind::Twilio, 401, twilio(20_003), "PauseChannel 20003"),
        (Kind::Twilio, 400, twilio(99_999), "Never 99999"),
        (Kind::Twilio, 500, twilio(20_500), "? 20500"),
        (Kind::Twilio, 503, "busy".to_owned(), "? 0"),
        (Kind::Twilio, 200, "{}".to_owned(), "? 0"),
        (Kind::Bird, 202, r#"{"id":"b1","status":"accepted"}"#.to_owned(), "b1"),
        (Kind::Bird, 422, r#"{"code":"InvalidPayload","message":"m"}"#.to_owned(), "Never 100"),
        (Kind::Bird, 401, "{}".to_owned(), "PauseChannel 190"),
        (Kind::Bird, 429, "{}".to_owned(), "SafeRetry 130429"),
        (Kind::Bird, 500, "{}".to_owned(), "? 0"),
        (Kind::Gateway, 200, r#"{"id":"g1"}"#.to_owned(), "g1"),
        (Kind::Gateway, 400, gateway("window_closed"), "NeedsTemplate 131047"),
        (Kind::Gateway, 422, gateway("unreachable"), "MarkNumber 131026"),
        (Kind::Gateway, 429, gateway("rate_limited"), "SafeRetry 130429"),
        (Kind::Gateway, 500, gateway("internal"), "? 131000"),
        (Kind::Gateway, 400, gateway("strange"), "Never 0"),
        (Kind::Gateway, 200, "{}".to_owned(), "? 0"),
    ] {
        assert_eq!(outcome(kind, status, &body), expected, "{kind:?} {status} {body}");
    }
    let told = Response::new(429, &[("retry-after", "7")], twilio(20_429));
    let SendOutcome::Rejected { class, retry_after, .. } = provider(Kind::Twilio).read_send(&told) else { panic!() };
    assert_eq!((class, retry_after.map(|wait| wait.as_secs())), (RetryClass::SafeRetry, Some(7)));
}

#[test]
fn read_marks() {
    let of = |kind: Kind, typing: bool| provider(kind).read_mark("in1", typing, NOW);
    assert_eq!(of(Kind::Dialog360, true).unwrap().url, "https://waba-v2.360dialog.io/messages");
    let shown = of(Kind::Twilio, true).unwrap();
    assert_eq!(shown.url, "https://messaging.twilio.com/v2/Indicators/Typing.json");
    assert_eq!(form(&shown)[0], ("messageId".to_owned(), "in1".to_owned()));
    assert!(of(Kind::Twilio, false).is_none() && of(Kind::Bird, true).is_none());
    let told = of(Kind::Gateway, false).unwrap();
    assert_eq!(
        (told.url.as_str(), told.json().unwrap()["message_id"].clone()),
        ("https://gate.example/wa/read", json!("in1"))
    );
}
