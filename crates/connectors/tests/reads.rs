//! WhatsApp's set-up calls: numbers, accounts, templates, files, health, token.

use rapport_connectors::Secret;
use rapport_connectors::http::{Body, Response};
use rapport_connectors::whatsapp::api::read_success;
use rapport_connectors::whatsapp::media::{self, Source};
use rapport_connectors::whatsapp::{Api, RetryClass, numbers, template_library, templates};
use rapport_core::money;
use serde_json::json;

fn api() -> Api {
    Api::new("http://127.0.0.1:9", "v26.0", Secret::new("tok"))
}

fn ok(body: serde_json::Value) -> Response {
    Response::new(200, &[], body.to_string())
}

#[test]
fn templates_are_paged() {
    let request = templates::list(&api(), "W", Some("c=1"));
    assert!(request.url.starts_with("http://127.0.0.1:9/v26.0/W/message_templates?fields=id,name,"), "{}", request.url);
    assert!(request.url.ends_with("&limit=100&after=c%3D1"), "{}", request.url);
    let row = json!({"id": 1, "name": "n", "language": "en-US", "status": "approved", "category": "UTILITY",
        "quality_score": {"score": "GREEN"}, "parameter_format": "NAMED", "rejected_reason": "NONE", "components": [{"type": "BODY"}]});
    let paging = json!({"cursors": {"after": "x"}, "next": "https://x"});
    let page = templates::read_list(&ok(json!({"data": [row, {"id": "2"}], "paging": paging}))).unwrap();
    assert_eq!((page.items.len(), page.next.as_deref()), (1, Some("x")));
    let one = &page.items[0];
    assert_eq!(
        (one.id.as_str(), one.language.as_str(), one.status.as_str(), one.quality.as_str()),
        ("1", "en_US", "APPROVED", "GREEN")
    );
    let last = templates::read_list(&ok(json!({"data": [], "paging": {"cursors": {"after": "x"}}}))).unwrap();
    assert_eq!(last.next, None);
    assert!(templates::read_list(&ok(json!({}))).is_err());
}

#[test]
fn templates_are_created_edited_and_deleted() {
    let components = json!([{"type": "BODY", "text": "Hello"}]);
    let new = templates::NewTemplate {
        name: "hello",
        language: "en_US",
        category: "UTILITY",
        parameter_format: "POSITIONAL",
        components: &components,
        ttl_seconds: None,
    };
    let create = templates::create(&api(), "W", &new);
    assert_eq!((create.method.as_str(), create.url.as_str()), ("POST", "http://127.0.0.1:9/v26.0/W/message_templates"));
    let wanted = json!({"name": "hello", "language": "en_US", "category": "UTILITY", "parameter_format": "POSITIONAL", "components": components});
    assert_eq!(create.json().unwrap(), wanted);
    let created = templates::read_create(&ok(json!({"id": 7, "status": "pending"}))).unwrap();
    assert_eq!((created.id.as_str(), created.status.as_str(), created.category), ("7", "PENDING", None));

    let timed = templates::create(&api(), "W", &templates::NewTemplate { ttl_seconds: Some(3_600), ..new });
    assert_eq!(timed.json().unwrap()["message_send_ttl_seconds"], 3_600);
    let change = templates::Edit { components: Some(&components), ..templates::Edit::default() };
    let edit = templates::edit(&api(), "7", &change);
    assert_eq!(
        (edit.url.as_str(), edit.json().unwrap()),
        ("http://127.0.0.1:9/v26.0/7", json!({"components": components}))
    );
    let unpause = templates::unpause(&api(), "7");
    assert_eq!((unpause.method.as_str(), unpause.url.as_str()), ("POST", "http://127.0.0.1:9/v26.0/7/unpause"));
    let one = templates::delete(&api(), "W", "hello", Some("7"));
    assert_eq!(
        (one.method.as_str(), one.url.as_str()),
        ("DELETE", "http://127.0.0.1:9/v26.0/W/message_templates?name=hello&hsm_id=7")
    );
    assert!(templates::delete(&api(), "W", "hello", None).url.ends_with("/message_templates?name=hello"));
    assert!(templates::read_done(&ok(json!({"success": true}))).is_ok());
    assert!(templates::read_done(&ok(json!({"success": false}))).is_err());
}

#[test]
fn the_library_is_browsed_and_used() {
    let wanted = template_library::Wanted { search: Some("order"), language: Some("en_US"), ..Default::default() };
    let browse = template_library::browse(&api(), &wanted);
    assert_eq!(browse.url, "http://127.0.0.1:9/v26.0/message_template_library?limit=50&search=order&language=en_US");
    let answer = json!({"data": [
        {"id": "1", "name": "delivery_1", "language": "en-US", "category": "UTILITY", "topic": "ORDER_MANAGEMENT",
         "usecase": "DELIVERY_UPDATE", "industry": ["E_COMMERCE"], "header": "On its way", "body": "Hi {{1}}.",
         "body_params": ["Jim"], "buttons": [{"type": "URL", "text": "Track", "url": "https://www.example.com"}]},
        {"name": "broken"}
    ]});
    let page = template_library::read_page(&ok(answer)).unwrap();
    let [one] = page.items.as_slice() else { panic!("one entry: {page:?}") };
    assert_eq!((one.language.as_str(), one.use_case.as_deref(), page.next), ("en_US", Some("DELIVERY_UPDATE"), None));
    assert_eq!((one.body_params.as_slice(), one.buttons.len()), (["Jim".to_owned()].as_slice(), 1));
    let buttons = [
        json!({"type": "URL", "url": {"base_url": "https://x.example/t/{{1}}", "url_suffix_example": "https://x.example/t/7"}}),
    ];
    let new = template_library::FromLibrary {
        name: "delivery",
        language: "en_US",
        category: "UTILITY",
        library_name: "delivery_1",
        buttons: &buttons,
    };
    let body = template_library::create(&api(), "W", &new).json().unwrap();
    assert_eq!(
        (&body["library_template_name"], &body["library_template_button_inputs"]),
        (&json!("delivery_1"), &json!(buttons))
    );
}

#[test]
fn a_refused_template_says_why_and_what_to_do() {
    let refused = |status: u16, error: serde_json::Value| {
        templates::read_create(&Response::new(status, &[], json!({ "error": error }).to_string())).unwrap_err()
    };
    let exists = refused(
        400,
        json!({"code": 100, "error_subcode": 2388024, "message": "Invalid parameter", "error_user_title": "Content exists",
            "error_user_msg": "There is already English content."}),
    );
    assert_eq!((exists.code, exists.doubtful), ("template_exists", false));
    assert_eq!(exists.reason, "Content exists: There is already English content.");
    assert_eq!(refused(400, json!({"code": 80007, "message": "(#80007) Rate limit"})).code, "template_hurry");
    assert_eq!(refused(401, json!({"code": 190, "message": "Expired"})).code, "template_access");
    assert_eq!(refused(400, json!({"code": 100, "message": "Other"})).code, "template_refused");
    let broken = refused(500, json!({"code": 2, "message": "Service"}));
    assert_eq!((broken.code, broken.doubtful), ("provider_unavailable", true));
}

#[test]
fn samples_of_headers_are_uploaded_in_two_steps() {
    let begin = templates::sample_begin(&api(), "A", "a b.png", "image/png", 12);
    assert_eq!(
        begin.url,
        "http://127.0.0.1:9/v26.0/A/uploads?file_name=a%20b.png&file_length=12&file_type=image%2Fpng"
    );
    let session = templates::read_session(&ok(json!({"id": "upload:MTph?sig=ARZ_q-K"}))).unwrap();
    let upload = templates::sample_upload(&api(), &session, "/tmp/a.png".into());
    assert_eq!(upload.url, "http://127.0.0.1:9/v26.0/upload%3AMTph?sig=ARZ_q-K");
    assert!(upload.headers.contains(&("file_offset", "0".to_owned())) && upload.bearer.is_some());
    assert_eq!(templates::read_handle(&ok(json!({"h": "4::x"}))).unwrap(), "4::x");
    assert!(templates::read_handle(&ok(json!({}))).is_err());
}

#[test]
fn numbers_accounts_and_tokens() {
    let number =
        numbers::read_number(&ok(json!({"id": "P", "display_phone_number": "+1 555", "quality_rating": "GREEN",
        "throughput": {"level": "STANDARD"}, "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "webhook_configuration": {"application": "https://app"}})))
        .unwrap();
    assert_eq!(
        (number.daily_limit, number.unlimited, number.throughput.as_deref()),
        (Some(2000), false, Some("STANDARD"))
    );
    assert_eq!(number.webhook.as_deref(), Some("https://app"));
    let (list, next) =
        numbers::read_numbers(&ok(json!({"data": [{"id": "P", "messaging_limit_tier": "TIER_UNLIMITED"}]}))).unwrap();
    assert_eq!((list[0].unlimited, next), (true, None));
    assert_eq!(numbers::read_waba(&ok(json!({"id": 5, "name": "Shop"}))).unwrap().id, "5");
    let apps = json!({"data": [{"whatsapp_business_api_data": {"id": "1", "name": "A"}, "override_callback_uri": "https://o"}]});
    assert_eq!(numbers::read_subscribed_apps(&ok(apps)).unwrap()[0].override_callback.as_deref(), Some("https://o"));
    let subscribe = numbers::subscribe(&api(), "W", Some(("https://o", &Secret::new("v"))));
    assert_eq!(subscribe.json().unwrap(), json!({"override_callback_uri": "https://o", "verify_token": "v"}));
    assert_eq!(numbers::subscribe(&api(), "W", None).body, Body::Empty);
    let token =
        numbers::read_token(&ok(json!({"data": {"is_valid": true, "app_id": "1", "scopes": ["a"], "expires_at": 0}})))
            .unwrap();
    assert!(token.valid && token.expires_at.is_none());
    let health = numbers::read_health(&ok(json!({"health_status": {"can_send_message": "BLOCKED", "entities": [
        {"entity_type": "WABA", "id": "1", "can_send_message": "BLOCKED",
         "errors": [{"error_code": 141006, "error_description": "No payment", "possible_solution": "Add one"}], "additional_info": ["x"]}]}})))
    .unwrap();
    assert_eq!(
        (health.problems.len(), health.problems[0].code, health.problems[1].description.as_str()),
        (2, 141_006, "x")
    );
    let error = json!({"error": {"message": "Session has expired", "type": "OAuthException", "code": 190}});
    let error = numbers::read_waba(&Response::new(401, &[], error.to_string())).unwrap_err();
    assert_eq!((error.code, error.class, error.info().title_key), (190, RetryClass::PauseChannel, "auth"));
    assert!(
        read_success(&ok(json!({"success": true}))).is_ok() && read_success(&ok(json!({"success": false}))).is_err()
    );
}

#[test]
fn ids_cannot_leave_their_place_in_the_path() {
    let request = numbers::get(&api(), "../me?x=1#");
    assert!(request.url.starts_with("http://127.0.0.1:9/v26.0/..%2Fme%3Fx%3D1%23?fields="), "{}", request.url);
    assert!(numbers::health(&api(), "..").url.starts_with("http://127.0.0.1:9/v26.0/--?"));
}

#[test]
fn files_go_up_and_down() {
    let request =
        media::upload(&api(), "P", "image/png", "a\"b\r\n.png", Source::Bytes("DATA".into()), "abcdefghijklmnop")
            .unwrap();
    let Body::Bytes(bytes) = &request.body else { panic!("no bytes") };
    let frame = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(
        frame.contains("filename=\"a_b__.png\"\r\nContent-Type: image/png\r\n\r\nDATA\r\n--abcdefghijklmnop--\r\n"),
        "{frame}"
    );
    assert!(
        frame.contains("name=\"messaging_product\"\r\n\r\nwhatsapp\r\n")
            && frame.contains("name=\"type\"\r\n\r\nimage/png\r\n")
    );
    for (mime, boundary) in [
        ("image/png\r\nx: y", "abcdefghijklmnop"),
        ("", "abcdefghijklmnop"),
        ("image/png", "short"),
        ("image/png", "abcdefghijklmno\r"),
    ] {
        assert!(media::upload(&api(), "P", mime, "a", Source::Bytes("".into()), boundary).is_err());
    }
    assert_eq!(media::read_upload(&ok(json!({"id": "9"}))).unwrap(), "9");
    let info =
        media::read_info(&ok(json!({"id": "9", "url": "https://lookaside.fbsbx.com/x", "mime_type": "image/png",
        "sha256": "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", "file_size": "5"})))
        .unwrap();
    assert_eq!(
        (info.size, info.sha256.as_deref()),
        (Some(5), Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
    );
    assert!(media::info(&api(), "9", Some("P")).url.ends_with("/v26.0/9?phone_number_id=P"));
    for (url, allowed) in [
        ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", true),
        ("https://scontent.xx.fbcdn.net/x", true),
        ("http://127.0.0.1:9/media/1", true),
        ("http://127.0.0.1:8/media/1", false),
        ("http://lookaside.fbsbx.com/x", false),
        ("https://evilfbsbx.com/x", false),
        ("https://fbsbx.com.evil.example/x", false),
        ("https://evil.example/?fbsbx.com", false),
        ("https://fbsbx.com@evil.example/", false),
        ("garbage", false),
    ] {
        assert_eq!(media::download(&api(), url).is_ok(), allowed, "{url}");
    }
}

#[test]
fn prices() {
    for (decimal, currency, minor) in [
        ("20.5", "USD", Some(2050)),
        ("20.35", "EUR", Some(2035)),
        ("0.005", "USD", Some(1)),
        ("0.004", "USD", Some(0)),
        ("1500", "JPY", Some(1500)),
        ("1500.5", "jpy", Some(1501)),
        ("1.2345", "KWD", Some(1235)),
        ("-3", "USD", Some(-300)),
        ("-0.005", "USD", Some(-1)),
        (".5", "USD", Some(50)),
        ("5.", "USD", Some(500)),
        ("1e3", "USD", Some(100_000)),
        ("", "USD", None),
        (".", "USD", None),
        ("abc", "USD", None),
        ("1,5", "USD", None),
        ("1.2.3", "USD", None),
        ("99999999999999999999", "USD", None),
        ("1e400", "USD", None),
        ("NaN", "USD", None),
        ("--1", "USD", None),
    ] {
        assert_eq!(money::minor_units(decimal, currency), minor, "{decimal} {currency}");
    }
}
