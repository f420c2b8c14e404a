//! WhatsApp's calls about a number: profile, registration, links, blocks, callbacks.

use rapport_connectors::Secret;
use rapport_connectors::http::{Method, Response};
use rapport_connectors::whatsapp::profile::{self, Changes};
use rapport_connectors::whatsapp::registration::{self, CodeMethod};
use rapport_connectors::whatsapp::{Api, blocks, numbers, qr};
use serde_json::{Value, json};

fn api() -> Api {
    Api::new("http://127.0.0.1:9", "v26.0", Secret::new("tok"))
}

fn ok(body: Value) -> Response {
    Response::new(200, &[], body.to_string())
}

#[test]
fn a_profile_keeps_to_the_limits() {
    assert!(profile::get(&api(), "P").url.contains("/P/whatsapp_business_profile?fields=about,address,"));
    let read =
        profile::read_profile(&ok(json!({ "data": [{ "about": "Hi", "websites": ["https://a.example"] }] }))).unwrap();
    assert_eq!((read.about.as_str(), read.email.as_str(), read.websites.len()), ("Hi", "", 1));
    assert!(profile::read_profile(&ok(json!({ "data": [] }))).is_err());
    let text = |text: &str, times: usize| Some(text.repeat(times));
    for (changes, field) in [
        (Changes { about: text("", 1), ..Changes::default() }, "about"),
        (Changes { about: text("م", 140), ..Changes::default() }, "about"),
        (Changes { address: text("x", 257), ..Changes::default() }, "address"),
        (Changes { description: text("x", 513), ..Changes::default() }, "description"),
        (Changes { email: text("a@b", 1), ..Changes::default() }, "email"),
        (Changes { email: text("x", 129), ..Changes::default() }, "email"),
        (Changes { vertical: text("SHOP", 1), ..Changes::default() }, "vertical"),
        (Changes { websites: Some(vec!["ftp://a.example".into()]), ..Changes::default() }, "websites"),
    ] {
        assert_eq!(profile::update(&api(), "P", &changes).unwrap_err().field, field);
    }
    let changes =
        Changes { about: text("م", 139), email: text("", 1), vertical: text("RETAIL", 1), ..Changes::default() };
    let body = profile::update(&api(), "P", &changes).unwrap().json().unwrap();
    assert_eq!((&body["email"], &body["vertical"], body.get("address")), (&json!(""), &json!("RETAIL"), None));
}

#[test]
fn registration_takes_six_digits() {
    let request = registration::register(&api(), "P", "123456").unwrap();
    assert_eq!(request.json().unwrap(), json!({ "messaging_product": "whatsapp", "pin": "123456" }));
    for bad in ["12345", "1234567", "12345a", "１２３４５６"] {
        let error = registration::register(&api(), "P", bad).unwrap_err();
        assert!(error.field == "pin" && !error.to_string().contains(bad), "a PIN is not repeated");
        assert!(registration::verify_code(&api(), "P", bad).is_err());
    }
    let asked = registration::request_code(&api(), "P", CodeMethod::Sms, "en_US").unwrap();
    assert_eq!(asked.json().unwrap(), json!({ "code_method": "SMS", "language": "en_US" }));
    assert!(registration::request_code(&api(), "P", CodeMethod::Voice, "english please").is_err());
    assert!(registration::deregister(&api(), "P").url.ends_with("/v26.0/P/deregister"));
}

#[test]
fn links_are_listed_saved_and_removed() {
    let row = json!({ "code": "C", "prefilled_message": "Hi" });
    let paging = json!({ "cursors": { "after": "x" }, "next": "https://x" });
    let (list, next) = qr::read_list(&ok(json!({ "data": [row, {}], "paging": paging }))).unwrap();
    assert_eq!((list.len(), list[0].link.as_str(), next.as_deref()), (1, "https://wa.me/message/C", Some("x")));
    assert_eq!(
        qr::save(&api(), "P", Some("C"), "Hi").unwrap().json().unwrap(),
        json!({ "prefilled_message": "Hi", "code": "C" })
    );
    assert!(
        qr::save(&api(), "P", None, &"م".repeat(140)).is_ok() && qr::save(&api(), "P", None, &"x".repeat(141)).is_err()
    );
    assert!(qr::save(&api(), "P", None, "").is_err());
    let gone = qr::delete(&api(), "P", "../x");
    assert_eq!((gone.method, gone.url.as_str()), (Method::Delete, "http://127.0.0.1:9/v26.0/P/message_qrdls/..%2Fx"));
}

#[test]
fn blocks_tell_why_they_failed() {
    let body = |user: &str| blocks::set(&api(), "P", user, true).json().unwrap()["block_users"].clone();
    assert_eq!(body("16505551234"), json!([{ "user": "16505551234" }]));
    assert_eq!(body("US.13491208655302741918"), json!([{ "user_id": "US.13491208655302741918" }]));
    assert_eq!(blocks::set(&api(), "P", "1", false).method, Method::Delete);
    let why = json!({ "code": 139_100, "title": "Failed", "error_data": { "details": "Not within 24 hours" } });
    let failed =
        json!({ "block_users": { "failed_users": [{ "input": "1", "errors": [why] }] }, "error": { "code": 139_100 } });
    let error = blocks::read_set(&Response::new(400, &[], failed.to_string())).unwrap_err();
    assert_eq!((error.code, error.detail.as_str()), (139_100, "Failed: Not within 24 hours"));
    assert!(blocks::read_set(&ok(json!({ "block_users": { "added_users": [{}] } }))).is_ok());
}

#[test]
fn the_most_specific_callback_counts() {
    let levels = json!({ "whatsapp_business_account": "https://w", "application": "https://a" });
    let hooks = numbers::read_hooks(&ok(json!({ "id": "P", "webhook_configuration": levels }))).unwrap();
    assert_eq!((hooks.effective(), hooks.app.as_deref()), (Some("https://w"), Some("https://a")));
    assert_eq!(numbers::read_hooks(&ok(json!({ "id": "P" }))).unwrap().effective(), None);
    let point = numbers::point(&api(), "P", "https://h", &Secret::new("v"));
    let hook = json!({ "override_callback_uri": "https://h", "verify_token": "v" });
    assert_eq!(point.json().unwrap(), json!({ "webhook_configuration": hook }));
}
