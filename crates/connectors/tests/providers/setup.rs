//! Files, templates, numbers and subscriptions, by provider.

use super::{HOOK, NOW, SID, provider};
use rapport_connectors::http::Response;
use rapport_connectors::provider::{Feature, Kind, Source};
use serde_json::{Value, json};

fn answer(body: &Value) -> Response {
    Response::new(200, &[], body.to_string())
}

#[test]
fn files_come_from_where_they_may() {
    let url = |kind: Kind, url: &str| {
        let request = provider(kind).download(url, NOW).ok()?;
        let authorised = request.bearer.is_some() || request.headers.iter().any(|(name, _)| *name != "accept");
        Some((request.url, authorised))
    };
    let ok = |text: &str, authorised: bool| Some((text.to_owned(), authorised));
    let meta = "https://lookaside.fbsbx.com/whatsapp/?mid=1";
    assert_eq!(url(Kind::Dialog360, meta), ok("https://waba-v2.360dialog.io/whatsapp/?mid=1", true));
    assert_eq!(url(Kind::Dialog360, "https://evil.example/x"), None);
    assert_eq!(url(Kind::Twilio, "https://api.twilio.com/M1"), ok("https://api.twilio.com/M1", true));
    assert_eq!(url(Kind::Twilio, "https://eviltwilio.com/M1"), None);
    assert_eq!(url(Kind::Twilio, "http://api.twilio.com.evil.example/M1"), None);
    assert_eq!(url(Kind::Bird, "https://media.api.bird.com/1"), ok("https://media.api.bird.com/1", true));
    assert_eq!(url(Kind::Bird, "https://cdn.example/1"), ok("https://cdn.example/1", false));
    assert_eq!(url(Kind::Bird, "http://cdn.example/1"), None);
    assert_eq!(url(Kind::Gateway, "https://gate.example/f/1"), ok("https://gate.example/f/1", true));
    assert_eq!(url(Kind::Gateway, "https://other.example/f/1"), None);

    let moved = Response::new(307, &[("location", "https://media.twiliocdn.com/x?sig=1")], "");
    let next = provider(Kind::Twilio).redirected(&moved).unwrap();
    assert_eq!(
        (next.url.as_str(), next.headers.len(), next.bearer.is_none()),
        ("https://media.twiliocdn.com/x?sig=1", 0, true)
    );
    assert!(provider(Kind::Meta).redirected(&moved).is_none());
    assert!(provider(Kind::Twilio).redirected(&Response::new(200, &[], "")).is_none());
}

#[test]
fn files_go_as_uploads_or_links() {
    let upload = |kind: Kind| {
        let source = Source::Bytes("x".into());
        provider(kind).upload("image/png", "a.png", source, "0123456789abcdef").unwrap().map(|request| request.url)
    };
    assert_eq!(upload(Kind::Dialog360).unwrap(), "https://waba-v2.360dialog.io/media");
    assert_eq!(provider(Kind::Dialog360).media_info("777").unwrap().url, "https://waba-v2.360dialog.io/777");
    for kind in [Kind::Twilio, Kind::Bird, Kind::Gateway] {
        assert!(kind.takes_links() && upload(kind).is_none() && provider(kind).media_info("x").is_none());
    }
}

#[test]
fn dialog360_templates_page_by_offset() {
    let dialog = provider(Kind::Dialog360);
    let first = dialog.templates(None, NOW).unwrap();
    assert_eq!(first.url, "https://waba-v2.360dialog.io/v1/configs/templates?limit=100&offset=0");
    let row = json!({"name": "order", "language": "en", "status": "approved", "category": "UTILITY", "components": []});
    let page = dialog.read_templates(&answer(&json!({"waba_templates": [row], "offset": 0, "total": 2}))).unwrap();
    assert_eq!((page.items[0].id.as_str(), page.items[0].status.as_str()), ("order/en", "APPROVED"));
    assert_eq!(page.next.as_deref(), Some("1"));
    let last = dialog.read_templates(&answer(&json!({"waba_templates": [row], "offset": 1, "total": 2}))).unwrap();
    assert_eq!(last.next, None);
}

#[test]
fn twilio_contents_become_templates() {
    let twilio = provider(Kind::Twilio);
    assert_eq!(
        twilio.templates(None, NOW).unwrap().url,
        "https://content.twilio.com/v1/ContentAndApprovals?PageSize=100"
    );
    let next = "https://content.twilio.com/v1/ContentAndApprovals?PageSize=100&Page=1";
    assert_eq!(twilio.templates(Some(next), NOW).unwrap().url, next);
    assert!(twilio.templates(Some("https://evil.example/"), NOW).is_none());
    let content = |sid: &str, status: &str, types: Value| {
        json!({"sid": sid, "friendly_name": "order", "language": "en", "types": types,
            "approval_requests": {"name": "order_update", "category": "UTILITY", "status": status, "rejection_reason": ""}})
    };
    let action = json!({"type": "URL", "title": "Track", "url": "https://x.example/{{3}}"});
    let rich = json!({"twilio/call-to-action": {"body": "Hi {{1}}, {{2}}", "actions": [action]}, "twilio/text": {"body": "x"}});
    let body = json!({"contents": [
        content("HX0", "unsubmitted", json!({"twilio/text": {"body": "x"}})),
        content("HX1", "rejected", json!({"twilio/text": {"body": "old"}})),
        content("HX2", "approved", rich),
    ], "meta": {"next_page_url": null}});
    let page = twilio.read_templates(&answer(&body)).unwrap();
    let [one] = &page.items[..] else { panic!("{page:?}") };
    assert_eq!((one.id.as_str(), one.name.as_str(), one.status.as_str()), ("HX2", "order_update", "APPROVED"));
    assert_eq!(
        one.components,
        json!([
            {"type": "BODY", "text": "Hi {{1}}, {{2}}", "provider_variables": ["1", "2"]},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track", "url": "https://x.example/{{1}}", "provider_variables": ["3"]}]},
        ])
    );
}

#[test]
fn numbers_tell_what_they_know() {
    let read = |kind: Kind, body: Value| {
        let number = provider(kind).read_number(&answer(&body)).unwrap();
        (number.status, number.display_phone, number.quality)
    };
    let words = |status: &str, phone: &str, quality: &str| (status.to_owned(), phone.to_owned(), quality.to_owned());
    assert_eq!(provider(Kind::Dialog360).number(NOW).url, "https://waba-v2.360dialog.io/health_status");
    let health = json!({"health_status": {"can_send_message": "AVAILABLE", "entities": [
        {"entity_type": "PHONE_NUMBER", "id": "106", "can_send_message": "LIMITED"}]}});
    assert_eq!(read(Kind::Dialog360, health), words("LIMITED", "", "UNKNOWN"));
    assert_eq!(
        provider(Kind::Twilio).number(NOW).url,
        format!("https://api.twilio.com/2010-04-01/Accounts/{SID}.json")
    );
    assert_eq!(read(Kind::Twilio, json!({"status": "active"})), words("CONNECTED", "+14155238886", "UNKNOWN"));
    assert_eq!(read(Kind::Twilio, json!({"status": "suspended"})).0, "SUSPENDED");
    assert_eq!(provider(Kind::Bird).number(NOW).url, "https://api.bird.com/workspaces/space-1/channels/chan-1");
    assert_eq!(read(Kind::Bird, json!({"status": "active", "name": "Shop"})).0, "CONNECTED");
    assert_eq!(
        read(Kind::Gateway, json!({"display_phone": "+1", "status": "connected", "quality": "green"})),
        words("CONNECTED", "+1", "GREEN")
    );
    let absent = Response::new(404, &[], "");
    assert_eq!(provider(Kind::Gateway).read_number(&absent).unwrap().status, "");
    assert!(provider(Kind::Gateway).read_templates(&absent).unwrap().items.is_empty());
    assert!(provider(Kind::Twilio).read_number(&absent).is_err());
}

#[test]
fn dialog360_is_told_where_to_deliver() {
    let dialog = provider(Kind::Dialog360);
    let request = dialog.point().unwrap();
    assert_eq!(request.url, "https://waba-v2.360dialog.io/v1/configs/webhook");
    assert_eq!(request.json().unwrap(), json!({"url": HOOK, "headers": {"x-rapport-secret": "the-webhook-secret"}}));
    assert!(dialog.read_point(&Response::new(200, &[], "{}")).is_ok());
    assert!(dialog.read_point(&Response::new(401, &[], "{}")).is_err());
    for kind in [Kind::Meta, Kind::Twilio, Kind::Bird, Kind::Gateway] {
        assert!(provider(kind).point().is_none());
    }
}

#[test]
fn words_are_stable() {
    for kind in Kind::ALL {
        assert_eq!(Kind::parse(kind.code()), Some(kind));
        assert_eq!(provider(kind).graph().is_some(), kind == Kind::Meta);
    }
    assert_eq!(Kind::parse("telegram"), None);
    assert!(Feature::ALL.into_iter().all(|feature| Kind::Meta.offers(feature)));
    assert!(!Kind::Twilio.offers(Feature::Profile) && !Kind::Bird.offers(Feature::Templates));
}
