//! Deliveries into canonical events, whoever wrote them.

use super::{provider, with};
use rapport_connectors::provider::{Kind, Split};
use rapport_connectors::whatsapp::decode;
use rapport_core::inbound::{Amend, Customer, EventKind};
use serde_json::{Value, json};

fn split(kind: Kind, query: &str, raw: &str) -> Split {
    with(&[], query, raw.as_bytes(), |delivery| provider(kind).split(delivery)).unwrap()
}

fn who(customer: &Customer) -> String {
    let parts = [&customer.wa_id, &customer.user_id, &customer.name];
    parts.into_iter().flatten().cloned().collect::<Vec<_>>().join("|")
}

/// What a delivery means, short enough for a table.
fn events(kind: Kind, query: &str, raw: &str) -> Vec<Value> {
    let meaning = |item: &rapport_connectors::whatsapp::RawItem| {
        let event = decode(item.kind, &item.body).unwrap();
        let mut told = match event.kind {
            EventKind::Message(message) => json!({
                "message": message.id, "who": who(&message.customer), "says": message.content,
                "reply_to": message.reply_to, "forwarded": message.forwarded, "referral": message.referral,
            }),
            EventKind::Status(status) => json!({
                "status": status.status.code(), "id": status.id, "who": who(&status.customer),
                "callback": status.callback, "failure": status.failure.map(|failure| failure.code),
            }),
            EventKind::Amend(amend) => match amend.change {
                Amend::React(emoji) => json!({"reaction": emoji, "target": amend.target}),
                other => json!(format!("{other:?}")),
            },
            EventKind::Other { field, .. } => json!({"other": field}),
            other => json!(format!("{other:?}")),
        };
        if let Some(told) = told.as_object_mut() {
            told.retain(|_, value| !value.is_null() && value != false);
            if let Some(at) = event.at {
                told.insert("at".to_owned(), at.0.into());
            }
        }
        told
    };
    split(kind, query, raw).items.iter().map(meaning).collect()
}

/// A Twilio form about a message from Ana.
fn twilio(rest: &str) -> String {
    format!(
        "MessageSid=SM1&AccountSid=AC1&From=whatsapp%3A%2B16505551234&To=whatsapp%3A%2B14155238886&WaId=16505551234&ProfileName=Ana+M&NumMedia=0&{rest}"
    )
}

#[test]
fn twilio_messages() {
    let media = |id: &str, kind: &str, mime: &str, caption: Option<&str>| {
        let mut file = json!({"type": "media", "kind": kind, "provider_media_id": id, "mime": mime});
        if let Some(caption) = caption {
            file["caption"] = caption.into();
        }
        file
    };
    let reply = |kind: &str, id: &str, title: &str| json!({"type": "reply", "kind": kind, "id": id, "title": title});
    for (rest, says) in [
        ("Body=Hello+%F0%9F%98%80", json!({"type": "text", "body": "Hello 😀"})),
        (
            "Body=Look&NumMedia=1&MediaUrl0=https://api.twilio.com/M1&MediaContentType0=image/jpeg",
            media("https://api.twilio.com/M1", "image", "image/jpeg", Some("Look")),
        ),
        (
            "NumMedia=1&MediaUrl0=https://api.twilio.com/M2&MediaContentType0=audio/ogg",
            media("https://api.twilio.com/M2", "voice", "audio/ogg", None),
        ),
        (
            "NumMedia=1&MediaUrl0=https://api.twilio.com/M3&MediaContentType0=image/webp",
            media("https://api.twilio.com/M3", "sticker", "image/webp", None),
        ),
        (
            "Latitude=25.2&Longitude=55.3&Label=Shop&Address=Main+St",
            json!({"type": "location", "latitude": 25.2, "longitude": 55.3, "name": "Shop", "address": "Main St"}),
        ),
        ("Body=Yes&ButtonText=Yes&ButtonPayload=y1", reply("template_button", "y1", "Yes")),
        ("Body=Express&ListId=row1&ListTitle=Express", reply("list", "row1", "Express")),
        (
            "MessageType=poll",
            json!({"type": "unsupported", "kind": "poll", "reason": "This kind of message cannot be shown here"}),
        ),
    ] {
        let found = events(Kind::Twilio, "", &twilio(rest));
        assert_eq!(found, [json!({"message": "SM1", "who": "16505551234|Ana M", "says": says})], "{rest}");
    }
}

#[test]
fn twilio_context_files_and_ids() {
    let quoted = twilio("Body=Hi&OriginalRepliedMessageSid=SM0&Forwarded=true&ReferralSourceId=77&ReferralCtwaClid=c");
    assert_eq!(
        events(Kind::Twilio, "", &quoted),
        [
            json!({"message": "SM1", "who": "16505551234|Ana M", "says": {"type": "text", "body": "Hi"}, "reply_to": "SM0",
                "forwarded": true, "referral": {"source_id": "77", "ctwa_clid": "c"}})
        ]
    );
    let two = twilio(
        "NumMedia=2&MediaUrl0=https://api.twilio.com/A&MediaContentType0=image/png&MediaUrl1=https://api.twilio.com/B&MediaContentType1=application/pdf",
    );
    let ids: Vec<Value> = events(Kind::Twilio, "", &two).into_iter().map(|event| event["message"].clone()).collect();
    assert_eq!(ids, ["SM1", "SM1/1"]);
    let hidden = "MessageSid=SM2&From=whatsapp%3AUS.1349&To=whatsapp%3A%2B14155238886&ExternalUserId=US.1349&Body=Hi";
    assert_eq!(events(Kind::Twilio, "", hidden)[0]["who"], "US.1349");
    let found = split(Kind::Twilio, "", &twilio("Body=Hi"));
    let one = &found.items[0];
    assert_eq!((one.phone_number_id.as_str(), one.lane_key.as_str()), ("14155238886", "16505551234"));
    let again = split(Kind::Twilio, "", &twilio("Body=Hi"));
    assert_eq!(one.key, again.items[0].key, "repeated deliveries are one event");
}

#[test]
fn twilio_statuses() {
    let form = |rest: &str| {
        format!("MessageSid=SM9&AccountSid=AC1&From=whatsapp%3A%2B14155238886&To=whatsapp%3A%2B16505551234&{rest}")
    };
    let callback = "rapport=rpt%3A0190%3A2";
    for (rest, word, failure) in [
        ("MessageStatus=sent", "sent", None),
        ("MessageStatus=delivered&SmsStatus=delivered", "delivered", None),
        ("MessageStatus=read", "read", None),
        ("MessageStatus=delivered&EventType=READ", "read", None),
        ("SmsStatus=delivered", "delivered", None),
        ("MessageStatus=failed&ErrorCode=63016&ErrorMessage=x", "failed", Some(63_016)),
        ("MessageStatus=undelivered&ErrorCode=63049&ChannelStatusMessage=x", "failed", Some(63_049)),
        ("MessageStatus=failed", "failed", Some(30_008)),
    ] {
        let mut expected = json!({"status": word, "id": "SM9", "who": "16505551234", "callback": "rpt:0190:2"});
        if let Some(code) = failure {
            expected["failure"] = code.into();
        }
        assert_eq!(events(Kind::Twilio, callback, &form(rest)), [expected], "{rest}");
    }
    assert_eq!(events(Kind::Twilio, "", &form("MessageStatus=queued")), [json!({"other": "messages"})]);
    assert_eq!(events(Kind::Twilio, "", "Something=else"), [json!({"other": "twilio"})], "kept as it is");
}

#[test]
fn dialog360_speaks_as_meta_does() {
    let value = json!({
        "messaging_product": "whatsapp", "metadata": {"display_phone_number": "1", "phone_number_id": "106"},
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": "16505551234"}],
        "messages": [{"from": "16505551234", "id": "wamid.1", "timestamp": "1790000000", "type": "text", "text": {"body": "Hi"}}],
    });
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "102", "changes": [{"field": "messages", "value": value}]}]});
    let expected = json!({"message": "wamid.1", "who": "16505551234|Ana", "says": {"type": "text", "body": "Hi"}, "at": 1_790_000_000_000_i64});
    for kind in [Kind::Meta, Kind::Dialog360] {
        assert_eq!(events(kind, "", &body.to_string()), std::slice::from_ref(&expected));
    }
}

#[test]
fn bird_messages_and_statuses() {
    let inbound = |body: Value| {
        json!({"service": "channels", "event": "whatsapp.inbound", "payload": {
            "id": "b1", "channelId": "chan-1", "body": body, "createdAt": "2026-09-21T14:13:20.858Z",
            "sender": {"contact": {"identifierKey": "phonenumber", "identifierValue": "+16505551234", "annotations": {"name": "Ana"}}},
            "receiver": {"connector": {"identifierValue": "+14155238886"}},
        }})
        .to_string()
    };
    for (body, says) in [
        (json!({"type": "text", "text": {"text": "Hi"}}), json!({"type": "text", "body": "Hi"})),
        (
            json!({"type": "text", "text": {"text": "Yes", "actions": [{"type": "postback", "postback": {"text": "Yes", "payload": "y1"}}]}}),
            json!({"type": "reply", "kind": "template_button", "id": "y1", "title": "Yes"}),
        ),
        (
            json!({"type": "image", "image": {"text": "Look", "images": [{"mediaUrl": "https://media.bird.com/1"}]}}),
            json!({"type": "media", "kind": "image", "provider_media_id": "https://media.bird.com/1", "mime": "image/jpeg", "caption": "Look"}),
        ),
        (
            json!({"type": "file", "file": {"files": [{"mediaUrl": "https://media.bird.com/2", "contentType": "application/pdf", "filename": "a.pdf"}]}}),
            json!({"type": "media", "kind": "document", "provider_media_id": "https://media.bird.com/2", "mime": "application/pdf", "filename": "a.pdf"}),
        ),
        (
            json!({"type": "location", "location": {"coordinates": {"latitude": 25.2, "longitude": 55.3}}}),
            json!({"type": "location", "latitude": 25.2, "longitude": 55.3}),
        ),
        (
            json!({"type": "list", "list": {}}),
            json!({"type": "unsupported", "kind": "list", "reason": "This kind of message cannot be shown here"}),
        ),
    ] {
        let expected = json!({"message": "b1", "who": "16505551234|Ana", "says": says, "at": 1_790_000_000_000_i64});
        assert_eq!(events(Kind::Bird, "", &inbound(body.clone())), [expected], "{body}");
    }
    let status = |word: &str, more: Value| {
        let mut payload = json!({
            "id": "b2", "channelId": "chan-1", "status": word, "reference": "rpt:0190:1", "lastStatusAt": "2026-09-21T14:13:20Z",
            "receiver": {"contacts": [{"identifierKey": "phonenumber", "identifierValue": "+16505551234"}]},
        });
        payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"service": "channels", "event": "whatsapp.outbound", "payload": payload}).to_string()
    };
    for (word, more, expected, failure) in [
        ("sent", json!({}), "sent", None),
        ("delivered", json!({}), "delivered", None),
        ("read", json!({}), "read", None),
        ("delivery_failed", json!({"reason": "Message undeliverable"}), "failed", Some(131_026)),
        ("sending_failed", json!({"failure": {"source": {"code": "131047"}}}), "failed", Some(131_047)),
        ("rejected", json!({"reason": "Strange"}), "failed", Some(999_999)),
    ] {
        let mut told = json!({"status": expected, "id": "b2", "who": "16505551234", "callback": "rpt:0190:1", "at": 1_790_000_000_000_i64});
        if let Some(code) = failure {
            told["failure"] = code.into();
        }
        assert_eq!(events(Kind::Bird, "", &status(word, more)), [told], "{word}");
    }
    assert_eq!(events(Kind::Bird, "", r#"{"event":"channel.created"}"#), [json!({"other": "bird"})]);
}

#[test]
fn gateway_events() {
    let body = json!({"version": 1, "events": [
        {"type": "message", "id": "g1", "at": 1_790_000_000_000_i64, "from": {"phone": "+16505551234", "name": "Ana"}, "content": {"type": "text", "body": "Hi"}, "reply_to": "g0"},
        {"type": "message", "id": "g2", "from": {"user_id": "US.1"}, "content": {"type": "media", "kind": "voice", "url": "https://gate.example/f/1", "mime": "audio/ogg"}},
        {"type": "message", "id": "g3", "from": {"phone": "16505551234"}, "content": {"type": "contacts", "cards": [{"name": "Bo", "phones": ["+1555"], "emails": ["b@x.example"], "org": "Shop"}]}},
        {"type": "message", "id": "g4", "from": {"phone": "16505551234"}, "content": {"type": "reply", "kind": "button", "id": "b", "title": "Yes"}},
        {"type": "message", "id": "g5", "from": {"phone": "16505551234"}, "content": {"type": "reply", "kind": "flow", "title": "Sent", "data": {"city": "Dubai"}}},
        {"type": "reaction", "id": "g6", "target": "out1", "emoji": "👍", "from": {"phone": "16505551234"}},
        {"type": "status", "id": "out1", "status": "failed", "callback": "rpt:1:1", "to": {"phone": "16505551234"}, "error": {"code": "window_closed", "message": "late"}},
        {"type": "weather", "sun": true},
    ]});
    let says = |id: &str, who: &str, says: Value| json!({"message": id, "who": who, "says": says});
    let mut first = says("g1", "16505551234|Ana", json!({"type": "text", "body": "Hi"}));
    first["reply_to"] = "g0".into();
    first["at"] = 1_790_000_000_000_i64.into();
    let card = json!({"name": "Bo", "phones": ["+1555"], "emails": ["b@x.example"], "org": "Shop"});
    assert_eq!(
        events(Kind::Gateway, "", &body.to_string()),
        [
            first,
            says(
                "g2",
                "US.1",
                json!({"type": "media", "kind": "voice", "provider_media_id": "https://gate.example/f/1", "mime": "audio/ogg"})
            ),
            says("g3", "16505551234", json!({"type": "contacts", "cards": [card]})),
            says("g4", "16505551234", json!({"type": "reply", "kind": "button", "id": "b", "title": "Yes"})),
            says(
                "g5",
                "16505551234",
                json!({"type": "reply", "kind": "flow", "title": "Sent", "data": {"city": "Dubai"}, "order": ["city"]})
            ),
            json!({"reaction": "👍", "target": "out1"}),
            json!({"status": "failed", "id": "out1", "who": "16505551234", "callback": "rpt:1:1", "failure": 131_047}),
            json!({"other": "gateway"}),
        ]
    );
}

#[test]
fn bodies_that_cannot_be_read() {
    let bad = |kind, raw: &[u8]| with(&[], "", raw, |delivery| provider(kind).split(delivery)).is_err();
    assert!(bad(Kind::Bird, b"[]") && bad(Kind::Bird, b"no json"));
    assert!(bad(Kind::Gateway, b"{}") && bad(Kind::Gateway, b"\xff"));
    assert!(bad(Kind::Twilio, "a&".repeat(2_000).as_bytes()) && bad(Kind::Twilio, b"{broken"));
    assert!(bad(Kind::Dialog360, b"no json"));
}
