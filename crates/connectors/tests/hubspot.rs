//! HubSpot: calls, answers, refusals, the sweep and webhooks.

use rapport_connectors::Secret;
use rapport_connectors::crm::{ErrorClass, HookOp, KeyState, Properties, RemoteRecord, SignatureError, UpsertRow};
use rapport_connectors::http::{Method, Response};
use rapport_connectors::hubspot::api::read_account;
use rapport_connectors::hubspot::hook::{self, HookRequest};
use rapport_connectors::hubspot::{
    Api, SearchPage, Step, Sweep, Version, Versions, properties, read_error, records, search,
};
use rapport_core::time::Ms;
use serde_json::{Value, json};
use std::time::Duration;

fn api() -> Api {
    Api::new("https://api.hubapi.com/", Secret::new("pat-canary"), Versions::default())
}

fn ok(body: Value) -> Response {
    Response::new(200, &[], body.to_string())
}

fn props(pairs: &[(&str, &str)]) -> Properties {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn paths_follow_the_version() {
    let dated = Versions {
        objects: Version::parse("2026-03"),
        properties: Version::parse("2026-03"),
        account: "2026-03".into(),
    };
    let dated = Api::new("http://127.0.0.1:1", Secret::new("t"), dated);
    let created = |api: &Api| records::create(api, "contacts", &props(&[])).url;
    assert_eq!(created(&api()), "https://api.hubapi.com/crm/v3/objects/contacts");
    assert_eq!(created(&dated), "http://127.0.0.1:1/crm/objects/2026-03/contacts");
    assert_eq!(properties::list_all(&api(), "contacts").url, "https://api.hubapi.com/crm/v3/properties/contacts");
    assert_eq!(
        properties::get_key(&dated, "contacts").url,
        "http://127.0.0.1:1/crm/properties/2026-03/contacts/rapport_contact_id"
    );
    assert_eq!(api().account().url, "https://api.hubapi.com/account-info/v3/details");
    assert!(!format!("{:?} {:?}", api(), api().account()).contains("canary"));
}

#[test]
fn calls_have_their_bodies() {
    let row = UpsertRow { key: "k1".into(), id: None, properties: props(&[("phone", "+1"), ("age", "")]) };
    let upsert = records::batch_upsert(&api(), "contacts", "rapport_contact_id", &[row]);
    assert!(upsert.url.ends_with("/contacts/batch/upsert"));
    assert_eq!(
        upsert.json().unwrap(),
        json!({"inputs": [{"idProperty": "rapport_contact_id", "id": "k1", "objectWriteTraceId": "k1",
            "properties": {"phone": "+1", "age": "", "rapport_contact_id": "k1"}}]})
    );
    let read = records::batch_read(&api(), "contacts", Some("email"), &["a@x".into()], &["phone"]).json().unwrap();
    assert_eq!((&read["idProperty"], &read["inputs"][0]["id"]), (&json!("email"), &json!("a@x")));
    let update = records::update(&api(), "contacts", "a/b", Some("wa_id"), &props(&[("x", "y")]));
    assert_eq!(
        (update.method, update.url.as_str()),
        (Method::Patch, "https://api.hubapi.com/crm/v3/objects/contacts/a%2Fb?idProperty=wa_id")
    );
    let get = records::get(&api(), "contacts", "5", None, &["phone", "email"]);
    assert_eq!(get.url, "https://api.hubapi.com/crm/v3/objects/contacts/5?properties=phone,email");
    let archived = records::list_archived(&api(), "contacts", &["phone"], Some("7"));
    assert!(archived.url.ends_with("?archived=true&limit=100&properties=phone&after=7"));
    let phone = search::by_phone(&api(), &["+55 11 99".into(), "551199".into()], &["phone"]).json().unwrap();
    assert_eq!(phone["filterGroups"].as_array().unwrap().len(), 5);
    assert_eq!(
        phone["filterGroups"][0]["filters"][0],
        json!({"propertyName": "phone", "operator": "IN", "values": ["+55 11 99", "551199"]})
    );
    assert_eq!(phone["filterGroups"][3]["filters"][0]["values"], json!(["551199", "551199"]));
    let email = search::by_email(&api(), " Ana@X.example ", &["email"]).json().unwrap();
    assert_eq!(email["filterGroups"][0]["filters"][0]["value"], "ana@x.example");
    let key = properties::create_key(&api(), "contacts", "contactinformation").json().unwrap();
    assert_eq!((&key["hasUniqueValue"], &key["name"]), (&json!(true), &json!("rapport_contact_id")));
}

#[test]
fn records_are_read() {
    let body = json!({"id": 12, "properties": {"phone": "+1", "n": 5, "b": true, "gone": null, "lastmodifieddate": "2026-11-21T07:00:00.123Z"},
        "updatedAt": "2020-01-01T00:00:00Z", "archived": false});
    let record = records::read_record(&ok(body.clone()), Some("12")).unwrap();
    assert_eq!(
        record.properties,
        props(&[
            ("phone", "+1"),
            ("n", "5"),
            ("b", "true"),
            ("gone", ""),
            ("lastmodifieddate", "2026-11-21T07:00:00.123Z")
        ])
    );
    assert_eq!((record.updated_at, record.merged_into), (Some(Ms(1_795_244_400_123)), None));
    let merged = records::read_record(&ok(body), Some("11")).unwrap();
    assert_eq!((merged.id.as_str(), merged.merged_into.as_deref()), ("11", Some("12")));
    let (list, next) = records::read_list(&ok(
        json!({"results": [{"id": "1", "archived": true, "updatedAt": "2026-01-01T00:00:00Z"}],
        "paging": {"next": {"after": "1"}}}),
    ))
    .unwrap();
    assert_eq!((list[0].archived, next.as_deref()), (true, Some("1")));
    assert!(records::read_record(&ok(json!({})), None).is_err() && records::read_list(&ok(json!([]))).is_err());
    let account = read_account(&ok(json!({"portalId": 42, "uiDomain": "app-eu1.hubspot.com"}))).unwrap();
    assert_eq!(account.contact_url("7"), "https://app-eu1.hubspot.com/contacts/42/record/0-1/7");
}

#[test]
fn batches_are_lists_of_answers() {
    let body = json!({"status": "COMPLETE", "numErrors": 2,
        "results": [{"id": "1", "new": true, "properties": {"rapport_contact_id": "k1"}}, {"id": "2", "new": false}],
        "errors": [
            {"status": "error", "category": "VALIDATION_ERROR", "message": "Property values were not valid",
             "context": {"objectWriteTraceId": ["k3"]}, "errors": [{"message": "bad", "code": "INVALID_EMAIL", "context": {"propertyName": ["email"]}}]},
            {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some contacts", "context": {"ids": ["8", "9"]}}]});
    let batch = records::read_batch(&Response::new(207, &[], body.to_string())).unwrap();
    assert_eq!((batch.ok.len(), batch.ok[0].created, batch.ok[1].created), (2, true, false));
    let (first, second) = (&batch.failed[0], &batch.failed[1]);
    assert_eq!(
        (first.keys.as_slice(), first.error.class, first.error.fields[0].field.as_str()),
        (&["k3".to_owned()][..], ErrorClass::Invalid, "email")
    );
    assert_eq!((second.keys.len(), second.error.class), (2, ErrorClass::NotFound));
}

#[test]
fn refusals_are_sorted() {
    let class = |status, body: Value| read_error(&Response::new(status, &[], body.to_string())).class;
    for (status, body, expected) in [
        (401, json!({"category": "INVALID_AUTHENTICATION"}), ErrorClass::AuthExpired),
        (403, json!({"category": "MISSING_SCOPES"}), ErrorClass::ForbiddenScope),
        (404, json!({"category": "OBJECT_NOT_FOUND"}), ErrorClass::NotFound),
        (400, json!({"category": "VALIDATION_ERROR"}), ErrorClass::Invalid),
        (409, json!({"category": "CONFLICT"}), ErrorClass::Conflict),
        (423, json!({}), ErrorClass::Locked),
        (429, json!({"errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}), ErrorClass::RateLimited),
        (429, json!({"errorType": "RATE_LIMIT", "policyName": "DAILY"}), ErrorClass::QuotaExhausted),
        (429, json!(null), ErrorClass::RateLimited),
        (502, json!("<html>"), ErrorClass::Transient),
        (500, json!({}), ErrorClass::Transient),
    ] {
        assert_eq!(class(status, body.clone()), expected, "HTTP {status} {body}");
    }
    let conflict =
        json!({"category": "CONFLICT", "message": "Contact already exists. Existing ID: 4711", "correlationId": "c"});
    let conflict = read_error(&Response::new(409, &[], conflict.to_string()));
    assert_eq!((conflict.existing_id.as_deref(), conflict.correlation_id.as_deref()), (Some("4711"), Some("c")));
    let wait = |headers: &[(&str, &str)]| read_error(&Response::new(429, headers, "{}")).retry_after;
    assert_eq!(wait(&[]), Some(Duration::from_secs(10)));
    assert_eq!(wait(&[("Retry-After", "0")]), Some(Duration::from_secs(10)));
    assert_eq!(wait(&[("Retry-After", "30")]), Some(Duration::from_secs(30)));
    assert_eq!(wait(&[("X-HubSpot-RateLimit-Interval-Milliseconds", "1000")]), Some(Duration::from_secs(1)));
    assert_eq!(wait(&[("Retry-After", "7200")]), Some(Duration::from_secs(3600)));
    assert_eq!(wait(&[("Retry-After", "1000000000")]), Some(Duration::from_secs(10)));
    let old = json!({"message": "Property values were not valid: [{\"isValid\":false,\"message\":\"x was read only\",\"error\":\"READ_ONLY_VALUE\",\"name\":\"x\"}]", "category": "VALIDATION_ERROR"});
    let old = read_error(&Response::new(400, &[], old.to_string()));
    assert_eq!((old.fields[0].field.as_str(), old.fields[0].code.as_str()), ("x", "READ_ONLY_VALUE"));
}

#[test]
fn the_key_property_is_looked_at() {
    let state = |status, body: Value| properties::read_key(&Response::new(status, &[], body.to_string()));
    assert_eq!(state(200, json!({"hasUniqueValue": true})), Ok(KeyState::Ready));
    assert_eq!(state(200, json!({"hasUniqueValue": false})), Ok(KeyState::NotUnique));
    assert_eq!(state(404, json!({})), Ok(KeyState::Missing));
    assert_eq!(state(403, json!({})).unwrap_err().class, ErrorClass::ForbiddenScope);
    let all = properties::read_all(&ok(
        json!({"results": [{"name": "a", "type": "enumeration", "options": [{"value": "x", "label": "X"}],
        "modificationMetadata": {"readOnlyValue": true}}]}),
    ))
    .unwrap();
    assert!(all[0].read_only && all[0].options == ["x"] && all[0].label == "a");
}

/// A search over rows (stamp, id) as HubSpot answers it, with its end at 10,000.
fn answer(rows: &[(i64, u64)], request: &Value) -> SearchPage {
    let filters = request["filterGroups"][0]["filters"].as_array().unwrap();
    let value = |at: usize| filters[at]["value"].as_str().unwrap().parse::<u64>().unwrap();
    let from = i64::try_from(value(0)).unwrap();
    let tie = filters.len() == 2;
    let mut found: Vec<_> =
        rows.iter().filter(|(at, id)| if tie { *at == from && *id > value(1) } else { *at >= from }).copied().collect();
    if tie {
        found.sort_by_key(|(_, id)| *id)
    } else {
        found.sort_by_key(|(at, _)| *at)
    }
    let skip: usize = request["after"].as_str().map_or(0, |after| after.parse().unwrap());
    assert!(skip + 200 <= 10_000, "asked beyond the end of the search");
    let records: Vec<_> = found
        .iter()
        .skip(skip)
        .take(200)
        .map(|(at, id)| RemoteRecord { id: id.to_string(), updated_at: Some(Ms(*at)), ..RemoteRecord::default() })
        .collect();
    let after = (skip + 200 < found.len()).then(|| (skip + 200).to_string());
    SearchPage { records, total: found.len() as u64, after }
}

#[test]
fn a_sweep_sees_every_row_and_ends() {
    let crowded: Vec<(i64, u64)> =
        (0..25_000).map(|id| (5_000, id + 1)).chain((0..50).map(|id| (6_000, 30_000 + id))).collect();
    let spread: Vec<(i64, u64)> = (0..24_321_u64).map(|id| (1_000 + i64::try_from(id / 7).unwrap(), id + 1)).collect();
    let exact: Vec<(i64, u64)> = (0..10_000).map(|id| (5_000, id + 1)).collect();
    for (name, rows) in [("crowded", crowded), ("spread", spread), ("exact", exact), ("empty", Vec::new())] {
        let mut sweep = Sweep::new("contacts", Ms(1_000));
        let mut seen = std::collections::HashSet::new();
        let mut calls = 0;
        let up_to = loop {
            let request = sweep.request(&api(), &["phone"]).json().unwrap();
            let page = answer(&rows, &request);
            seen.extend(page.records.iter().map(|record| record.id.clone()));
            calls += 1;
            assert!(calls < 600, "{name} does not end");
            // Stored and taken up again after each page.
            sweep = serde_json::from_value(serde_json::to_value(&sweep).unwrap()).unwrap();
            if let Step::Done { up_to } = sweep.advance(&page) {
                break up_to;
            }
        };
        assert_eq!(seen.len(), rows.len(), "{name}");
        assert_eq!(up_to, Ms(rows.iter().map(|(at, _)| *at).max().unwrap_or(1_000)), "{name}");
    }
}

#[test]
fn webhook_signatures() {
    let (uri, body, at) = ("https://crm.example/webhooks/hubspot/1?a=%40b", b"[{}]".as_slice(), "1700000000000");
    let now = Ms(1_700_000_000_000);
    let good = hook::sign("secret", "POST", uri, body, at);
    let request = HookRequest { method: "POST", uri, body, signature: Some(&good), timestamp: Some(at) };
    assert_eq!(hook::verify(&["secret"], &request, now), Ok(()));
    assert_eq!(hook::verify(&["new", "secret"], &request, now.plus(299_000)), Ok(()));
    let unescaped = hook::sign("secret", "POST", "https://crm.example/webhooks/hubspot/1?a=@b", body, at);
    assert_eq!(hook::verify(&["secret"], &HookRequest { signature: Some(&unescaped), ..request }, now), Ok(()));
    use SignatureError::{Malformed, Mismatch, Missing, NoSecret, Stale};
    for (name, request, secrets, now, error) in [
        ("old", request, &["secret"][..], now.plus(301_000), Stale),
        ("future", request, &["secret"], now.plus(-301_000), Stale),
        ("other secret", request, &["Secret"], now, Mismatch),
        ("no secret", request, &[""], now, NoSecret),
        ("other method", HookRequest { method: "GET", ..request }, &["secret"], now, Mismatch),
        ("other address", HookRequest { uri: "https://crm.example/", ..request }, &["secret"], now, Mismatch),
        ("other body", HookRequest { body: b"[{} ]", ..request }, &["secret"], now, Mismatch),
        ("other stamp", HookRequest { timestamp: Some("1700000000001"), ..request }, &["secret"], now, Mismatch),
        ("no header", HookRequest { signature: None, ..request }, &["secret"], now, Missing),
        ("no stamp", HookRequest { timestamp: None, ..request }, &["secret"], now, Missing),
        ("garbage", HookRequest { signature: Some("***"), ..request }, &["secret"], now, Malformed),
        ("garbage stamp", HookRequest { timestamp: Some("x"), ..request }, &["secret"], now, Malformed),
        ("overflow", HookRequest { timestamp: Some("-9223372036854775808"), ..request }, &["secret"], now, Stale),
    ] {
        assert_eq!(hook::verify(secrets, &request, now), Err(error), "{name}");
    }
}

#[test]
fn webhook_events_are_hints() {
    let base = json!({"eventId": 1, "subscriptionId": 2, "portalId": 3, "appId": 4, "occurredAt": 1_700_000_000_000_i64, "attemptNumber": 0, "objectId": 7});
    let with = |more: Value| {
        let mut event = base.clone();
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let body = json!([
        with(json!({"subscriptionType": "contact.propertyChange", "propertyName": "phone", "propertyValue": "+1", "changeSource": "INTEGRATION", "sourceId": "4"})),
        with(json!({"subscriptionType": "contact.creation"})),
        with(json!({"subscriptionType": "contact.privacyDeletion"})),
        with(json!({"subscriptionType": "contact.merge", "primaryObjectId": 7, "mergedObjectIds": [8], "newObjectId": 9})),
        with(json!({"subscriptionType": "object.restore", "objectTypeId": "0-1"})),
        with(json!({"subscriptionType": "contact.associationChange", "fromObjectId": 7, "toObjectId": 8})),
        {"no": "topic"}, 5,
    ]);
    let events = hook::parse(body.to_string().as_bytes()).unwrap();
    assert_eq!(events.len(), 6);
    assert_eq!(events[0].op, HookOp::Changed { property: "phone".into(), value: "+1".into() });
    assert_eq!(
        (events[0].source.as_deref(), events[0].source_id.as_deref(), events[0].portal_id.as_str()),
        (Some("INTEGRATION"), Some("4"), "3")
    );
    assert_eq!(events[3].op, HookOp::Merged { into: "9".into(), from: vec!["8".into(), "7".into()] });
    assert_eq!((events[4].kind.as_str(), &events[4].op), ("0-1", &HookOp::Restored));
    assert!(matches!(&events[5].op, HookOp::Other(topic) if topic == "contact.associationChange"));
    let again = hook::parse(
        json!([with(json!({"subscriptionType": "contact.creation", "attemptNumber": 3}))]).to_string().as_bytes(),
    )
    .unwrap();
    assert_eq!(again[0].key, events[1].key, "a second delivery is the same event");
    let keys: std::collections::HashSet<_> = events.iter().map(|event| event.key).collect();
    assert_eq!(keys.len(), 6);
    assert!(hook::parse("[".repeat(100_000).as_bytes()).is_err());
}
