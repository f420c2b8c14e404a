//! Zendesk: calls against the published file, answers, refusals and webhooks.

mod published;

use rapport_connectors::Secret;
use rapport_connectors::crm::name::UNNAMED;
use rapport_connectors::crm::{ErrorClass, HookCall, HookOp, SignatureError, UpsertRow};
use rapport_connectors::http::{Request, Response};
use rapport_connectors::zendesk::{Api, Login, export, fields, hook, identities, jobs, read_error, read_limits, users};
use rapport_core::time::Ms;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

fn api() -> Api {
    let login = Login::Token { email: Secret::new("agent@shop.example"), token: Secret::new("canary") };
    Api::new("https://shop.zendesk.com/", login)
}

fn ok(body: &Value) -> Response {
    Response::new(200, &[], body.to_string())
}

fn row(key: &str, pairs: &[(&str, &str)]) -> UpsertRow {
    let properties: BTreeMap<String, String> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    UpsertRow { key: key.to_owned(), id: None, properties }
}

/// Every call the connector makes, with the path of the file it is one of.
fn calls(api: &Api) -> Vec<(&'static str, Request)> {
    let ana = row("k1", &[("name", "Ana"), ("phone", "+4915112345678"), ("user_fields.city", "Köln"), ("tags", "a;b")]);
    let place = serde_json::from_value(json!({ "cursor": "MTU3" })).unwrap();
    vec![
        ("/api/v2/users/me", api.me()),
        ("/api/v2/users/show_many", users::show_many(api, &["1".to_owned(), "2".to_owned()])),
        ("/api/v2/users/show_many", users::show_many_by_key(api, &["k1".to_owned()])),
        ("/api/v2/users/{user_id}", users::get(api, "1")),
        ("/api/v2/users/search", users::by_phone(api, "4915112345678")),
        ("/api/v2/users/search", users::by_email(api, "ana@shop.example")),
        ("/api/v2/users/create_or_update", users::create_or_update(api, &ana)),
        ("/api/v2/users/create_or_update_many", users::create_or_update_many(api, &[ana.clone(), row("k2", &[])])),
        ("/api/v2/users/{user_id}", users::update(api, "1", Some("k1"), &ana.properties)),
        ("/api/v2/users/{user_id}/identities", identities::list_all(api, "1")),
        ("/api/v2/users/{user_id}/identities", identities::add_email(api, "1", "ana@shop.example")),
        ("/api/v2/users/{user_id}/identities/{user_identity_id}/make_primary", identities::make_primary(api, "1", "2")),
        ("/api/v2/job_statuses/{job_status_id}", jobs::get(api, "82de0b")),
        ("/api/v2/user_fields", fields::page(api, Some("x"))),
        ("/api/v2/incremental/users/cursor", export::page(api, None, Ms(1_700_000_000_000))),
        ("/api/v2/incremental/users/cursor", export::page(api, Some(&place), Ms(0))),
    ]
}

#[test]
fn every_call_is_in_the_published_file() {
    let Some(spec) = published::read("zendesk/support-api_2.0.0.json") else { return };
    let all = calls(&api());
    let faults =
        |(template, request): &(&str, Request)| published::faults(&spec, template, request, "https://shop.zendesk.com");
    let wrong: Vec<String> = all.iter().flat_map(faults).collect();
    println!("{} calls compared", all.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn users_are_written_as_zendesk_wants_them() {
    assert!(!format!("{:?} {:?}", api(), api().me()).contains("canary"));
    let new =
        users::create_or_update(&api(), &row("k1", &[("phone", "+49151"), ("email", "a@b.example")])).json().unwrap();
    assert_eq!(new["user"]["name"], "+49151", "a user must have a name");
    assert_eq!(new["user"]["email"], Value::Null, "an address is written for itself");
    assert_eq!((&new["user"]["external_id"], &new["user"]["skip_verify_email"]), (&json!("k1"), &json!(true)));
    let known = UpsertRow { id: Some("7".to_owned()), ..row("k1", &[("phone", "")]) };
    let known = users::create_or_update(&api(), &known).json().unwrap();
    assert_eq!((known["user"].get("name"), &known["user"]["phone"]), (None, &Value::Null), "the name stays");
    let own =
        [("user_fields.a", ""), ("user_fields.b", "true"), ("user_fields.c", "x"), ("tags", "x; y"), ("locale", "")];
    let own = users::update(&api(), "7", None, &row("", &own).properties).json().unwrap();
    assert_eq!(own, json!({ "user": { "tags": ["x", "y"], "user_fields": { "a": null, "b": true, "c": "x" } } }));
}

#[test]
fn users_are_read() {
    let user = |more: Value| {
        let mut user = json!({ "id": 7, "name": "Ana", "phone": "+49 151 1234567", "email": "a@b.example", "role": "end-user",
            "active": true, "external_id": "k1", "tags": ["a", "b"], "updated_at": "2026-11-21T07:00:00Z",
            "user_fields": { "level": "gold", "n": 5, "gone": null } });
        user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        users::read_user(&ok(&json!({ "user": user }))).unwrap()
    };
    let ana = user(json!({}));
    assert_eq!((ana.id.as_str(), ana.key.as_deref(), ana.email.as_deref()), ("7", Some("k1"), Some("a@b.example")));
    assert_eq!((ana.updated_at, ana.archived), (Some(Ms(1_795_244_400_000)), false));
    for (name, value) in
        [("tags", "a;b"), ("user_fields.level", "gold"), ("user_fields.n", "5"), ("user_fields.gone", "")]
    {
        assert_eq!(ana.properties[name], value, "{name}");
    }
    assert_eq!(user(json!({ "name": "+491511234567" })).properties["name"], "", "a number is no name");
    assert_eq!(user(json!({ "name": UNNAMED })).properties["name"], "");
    assert!(user(json!({ "role": "agent" })).archived && user(json!({ "active": false })).archived);
    assert!(users::read_user(&ok(&json!({}))).is_err() && users::read_users(&ok(&json!({ "user": {} }))).is_err());
    let job = json!({ "job_status": { "id": "j", "status": "completed", "results": [{ "id": 1, "index": 0 },
        { "id": 2, "action": "update", "success": true, "status": "Updated" },
        { "id": 3, "action": "create", "success": false, "error": "x", "details": "y" }] } });
    let job = jobs::read_job(&ok(&job)).unwrap();
    assert_eq!((job.ended, job.written.into_iter().collect::<Vec<_>>()), (true, vec!["1".to_owned(), "2".to_owned()]));
}

#[test]
fn refusals_are_sorted() {
    let taken = json!({ "error": "RecordInvalid", "description": "Record validation errors",
        "details": { "email": [{ "description": "Email: a@b.example is already being used by another user", "error": "DuplicateValue" }] } });
    let bad = json!({ "error": "RecordInvalid", "details": { "level": [{ "description": "Level: is invalid", "error": "InvalidValue" }] } });
    for (status, body, class) in [
        (401, json!({ "error": "Couldn't authenticate you" }), ErrorClass::AuthExpired),
        (403, json!({ "error": { "title": "Forbidden", "message": "No." } }), ErrorClass::ForbiddenScope),
        (404, json!({ "error": "RecordNotFound" }), ErrorClass::NotFound),
        (409, json!({ "error": "UpdateConflict" }), ErrorClass::Locked),
        (422, taken, ErrorClass::Conflict),
        (422, bad.clone(), ErrorClass::Invalid),
        (400, json!({ "errors": [{ "code": "X", "title": "t", "detail": "d" }] }), ErrorClass::Invalid),
        (429, json!(null), ErrorClass::RateLimited),
        (503, json!("<html>"), ErrorClass::Transient),
    ] {
        assert_eq!(read_error(&Response::new(status, &[], body.to_string())).class, class, "HTTP {status} {body}");
    }
    let bad = read_error(&Response::new(422, &[], bad.to_string()));
    assert_eq!((bad.fields[0].field.as_str(), bad.message.as_str()), ("user_fields.level", "Level: is invalid"));
    let wait = |headers: &[(&str, &str)]| read_error(&Response::new(429, headers, "{}")).retry_after;
    assert_eq!(
        (wait(&[("Retry-After", "12")]), wait(&[])),
        (Some(Duration::from_secs(12)), Some(Duration::from_secs(60)))
    );
    let limits = read_limits(&Response::new(
        200,
        &[("X-Rate-Limit", "700"), ("X-Rate-Limit-Remaining", "0"), ("RateLimit-Reset", "17")],
        "",
    ));
    assert_eq!((limits.most, limits.spent), (Some((700, Duration::from_secs(60))), Some(Duration::from_secs(17))));
}

#[test]
fn webhooks_are_believed_when_signed_and_hint() {
    let body =
        json!({ "type": "zen:event-type:user.name_changed", "subject": "zen:user:7", "time": "2026-11-21T07:00:00Z",
        "event": { "current": "Ana" }, "detail": { "id": "7", "updated_at": "2026-11-21T07:00:00Z" } })
        .to_string();
    let (at, now) = ("2026-11-21T07:00:00Z", Ms(1_795_244_400_000));
    let good = hook::sign("secret", body.as_bytes(), at);
    let check = |secret: &str, signature: Option<&str>, at: Option<&str>, now: Ms| {
        let mut headers = Vec::new();
        headers.extend(signature.map(|value| ("x-zendesk-webhook-signature", value)));
        headers.extend(at.map(|value| ("x-zendesk-webhook-signature-timestamp", value)));
        let call = HookCall { method: "POST", uri: "https://x.example/", body: body.as_bytes(), headers: &headers };
        hook::verify(&[secret], &call, now)
    };
    assert_eq!(check("secret", Some(&good), Some(at), now.plus(299_000)), Ok(()));
    for (name, secret, signature, at, now, error) in [
        ("old", "secret", Some(good.as_str()), Some(at), now.plus(301_000), SignatureError::Stale),
        ("other secret", "Secret", Some(good.as_str()), Some(at), now, SignatureError::Mismatch),
        ("other stamp", "secret", Some(good.as_str()), Some("2026-11-21T07:00:01Z"), now, SignatureError::Mismatch),
        ("no secret", "", Some(good.as_str()), Some(at), now, SignatureError::NoSecret),
        ("no header", "secret", None, Some(at), now, SignatureError::Missing),
        ("garbage", "secret", Some("***"), Some(at), now, SignatureError::Malformed),
        ("garbage stamp", "secret", Some(good.as_str()), Some("now"), now, SignatureError::Malformed),
    ] {
        assert_eq!(check(secret, signature, at, now), Err(error), "{name}");
    }
    let hints = hook::hints(body.as_bytes()).unwrap();
    assert_eq!((hints.len(), hints[0].id.as_str(), hints[0].at), (1, "7", Some(now)));
    let merged =
        json!({ "type": "zen:event-type:user.merged", "detail": { "id": "7" }, "event": { "user": { "id": "9" } } });
    let merged = hook::hints(merged.to_string().as_bytes()).unwrap();
    assert_eq!(merged.iter().map(|hint| hint.id.as_str()).collect::<Vec<_>>(), ["9", "7"]);
    assert_eq!(merged[1].op, HookOp::Deleted);
    let other = json!({ "type": "zen:event-type:organization.created", "detail": { "id": "1" } });
    assert!(hook::hints(other.to_string().as_bytes()).unwrap().is_empty());
    assert!(hook::hints(b"[").is_err());
}
