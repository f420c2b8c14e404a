//! Intercom: calls against the published files, answers, refusals and webhooks.

mod published;

use rapport_connectors::Secret;
use rapport_connectors::crm::{ErrorClass, HookCall, HookOp, Next, SignatureError};
use rapport_connectors::http::{Request, Response};
use rapport_connectors::intercom::api::{TELLS_MERGES, VERSION, read_me};
use rapport_connectors::intercom::search::{self, MAX_VALUES, Page, Place};
use rapport_connectors::intercom::{Api, attributes, contacts, error, hook, read_error, read_limits};
use rapport_core::time::Ms;
use rapport_sandbox::{Config, Sandbox};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const BASE: &str = "https://api.eu.intercom.io";
/// 2026-11-21T07:00:00Z.
const NOW: Ms = Ms(1_795_244_400_000);

fn api() -> Api {
    Api::new("https://api.eu.intercom.io/", Secret::new("canary"))
}

fn ok(body: &Value) -> Response {
    Response::new(200, &[], body.to_string())
}

fn refused(status: u16, errors: &Value) -> Response {
    let body = json!({ "type": "error.list", "request_id": "req-1", "errors": errors });
    Response::new(status, &[], body.to_string())
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn types() -> attributes::Types {
    values(&[
        ("custom_attributes.orders", "integer"),
        ("custom_attributes.spent", "float"),
        ("custom_attributes.vip", "boolean"),
        ("custom_attributes.city", "string"),
    ])
}

fn version(request: &Request) -> &str {
    &request.headers.iter().find(|(name, _)| *name == "intercom-version").unwrap().1
}

/// Every call the connector makes, with the path of the file it is one of.
fn calls(api: &Api) -> Vec<(&'static str, Request)> {
    let ana = values(&[
        ("name", "Ana"),
        ("phone", "+4915112345678"),
        ("email", "ana@shop.example"),
        ("owner_id", "25"),
        ("unsubscribed_from_emails", "true"),
        ("custom_attributes.orders", "5"),
    ]);
    let place: Place = serde_json::from_value(json!({ "after": "WzE3", "top": NOW })).unwrap();
    let two = ["+4915112345678".to_owned(), "4915112345678".to_owned()];
    vec![
        ("/me", api.me()),
        ("/data_attributes", attributes::list_all(api)),
        ("/contacts/{contact_id}", contacts::get(api, "6762f0")),
        ("/contacts/find_by_external_id/{external_id}", contacts::by_key(api, "k/1")),
        ("/contacts", contacts::create(api, "k1", &ana, &types())),
        ("/contacts/{contact_id}", contacts::update(api, "6762f0", Some("k1"), &ana, &types())),
        ("/contacts/{contact_id}/unarchive", contacts::unarchive(api, "6762f0")),
        ("/contacts/search", search::by_phone(api, &two)),
        ("/contacts/search", search::by_email(api, &["ana@shop.example".to_owned()])),
        ("/contacts/search", search::changes(api, None, NOW)),
        ("/contacts/search", search::changes(api, Some(&place), NOW)),
    ]
}

#[test]
fn every_call_is_in_the_published_files() {
    let mut wrong = Vec::new();
    let all = calls(&api());
    for file in [VERSION, TELLS_MERGES] {
        let Some(spec) = published::read(&format!("intercom/intercom-{file}.yaml")) else { continue };
        // How results are sorted stands in the later file only.
        let is_of = |request: &Request| version(request) == file || request.operation == "search";
        let asked: Vec<_> = all.iter().filter(|(_, request)| is_of(request)).collect();
        assert!(asked.iter().any(|(_, request)| version(request) == file), "{file}");
        for (template, request) in asked {
            wrong
                .extend(published::faults(&spec, template, request, BASE).iter().map(|what| format!("{file}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn contacts_are_written_as_intercom_wants_them() {
    let shown = format!("{:?} {:?}", api(), api().me());
    assert!(!shown.contains("canary"), "{shown}");
    let one = contacts::get(&api(), "6762/f0");
    assert_eq!((one.url.as_str(), version(&one)), ("https://api.eu.intercom.io/contacts/6762%2Ff0", TELLS_MERGES));
    assert_eq!(version(&api().me()), VERSION);
    let some = values(&[
        ("phone", ""),
        ("name", "Ana 🌸"),
        ("owner_id", "25"),
        ("custom_attributes.orders", "5"),
        ("custom_attributes.spent", "1.5"),
        ("custom_attributes.vip", "true"),
        ("custom_attributes.city", "7"),
        ("custom_attributes.gone", "x"),
        ("custom_attributes.level", ""),
    ]);
    let own = json!({ "orders": 5, "spent": 1.5, "vip": true, "city": "7", "gone": "x", "level": null });
    let new = contacts::create(&api(), "k1", &some, &types()).json().unwrap();
    assert_eq!(
        new,
        json!({ "role": "user", "external_id": "k1", "name": "Ana 🌸", "owner_id": 25, "custom_attributes": own }),
        "nothing is cleared in a new one"
    );
    let known = contacts::update(&api(), "7", None, &some, &types()).json().unwrap();
    assert_eq!(known, json!({ "phone": null, "name": "Ana 🌸", "owner_id": 25, "custom_attributes": own }));
    let odd = contacts::update(&api(), "7", None, &values(&[("custom_attributes.orders", "many")]), &types());
    assert_eq!(odd.json().unwrap()["custom_attributes"]["orders"], "many", "refused over there, not lost here");
    assert_eq!(
        contacts::update(&api(), "7", Some("k2"), &values(&[]), &types()).json().unwrap(),
        json!({ "external_id": "k2" })
    );
}

#[test]
fn contacts_and_their_attributes_are_read() {
    let body = json!({ "type": "contact", "id": "6762f0", "role": "lead", "external_id": "c3ca7689-a3c1-4a05-b81d-6cdf995cea85",
        "name": null, "phone": "+4915112345678", "email": "ana@shop.example", "owner_id": 25, "unsubscribed_from_emails": false,
        "updated_at": 1_795_244_400, "last_seen_at": 1_795_244_400, "signed_up_at": null,
        "location": { "type": "location", "country": "Peru", "city": null },
        "custom_attributes": { "orders": 5, "gone": null, "vip": true } });
    let ana = contacts::read_contact(&ok(&body)).unwrap();
    assert_eq!(
        (ana.updated_at, ana.archived, ana.phones.as_slice()),
        (Some(NOW), false, &["+4915112345678".to_owned()][..])
    );
    assert!(ana.key.as_deref().is_some_and(|key| key.starts_with("c3ca")), "taken: by Intercom's own id");
    for (name, value) in [
        ("role", "lead"),
        ("name", ""),
        ("owner_id", "25"),
        ("unsubscribed_from_emails", "false"),
        ("last_seen_at", "2026-11-21T07:00:00Z"),
        ("signed_up_at", ""),
        ("location.country", "Peru"),
        ("location.city", ""),
        ("custom_attributes.orders", "5"),
        ("custom_attributes.gone", ""),
        ("custom_attributes.vip", "true"),
    ] {
        assert_eq!(ana.properties[name], value, "{name}");
    }
    assert!(
        contacts::read_contact(&ok(&json!({}))).is_err() && search::read_page(&ok(&json!({ "data": {} }))).is_err()
    );
    let own =
        |name: &str, kind: &str| json!({ "full_name": name, "label": "L", "data_type": kind, "api_writable": true });
    let mut list =
        vec![own("name", "string"), own("custom_attributes.a", "integer"), own("custom_attributes.b", "date")];
    list.push(json!({ "full_name": "custom_attributes.c", "data_type": "string", "options": ["x", { "value": "y" }] }));
    list.push(json!({ "full_name": "custom_attributes.d", "data_type": "string", "archived": true }));
    let answer = ok(&json!({ "type": "list", "data": list }));
    let all = attributes::read_all(&answer).unwrap();
    let of = |name: &str| all.iter().find(|one| one.name == format!("custom_attributes.{name}"));
    let shape = |name: &str| of(name).map(|one| (one.kind.as_str(), one.read_only, one.options.len()));
    assert_eq!(shape("a"), Some(("number", false, 0)));
    assert_eq!(shape("b"), Some(("number", true, 0)), "a date is read as seconds");
    assert_eq!((shape("c"), shape("d")), (Some(("enumeration", false, 2)), None));
    assert_eq!(all.iter().filter(|one| one.name == "name").count(), 1);
    assert_eq!(attributes::read_types(&answer).unwrap()["custom_attributes.a"], "integer");
    let page =
        |region: &str| read_me(&ok(&json!({ "app": { "id_code": "x1", "region": region } }))).unwrap().contact_page();
    assert_eq!(page("US"), "https://app.intercom.com/a/apps/x1/users/");
    assert_eq!(page("EU"), "https://app.eu.intercom.com/a/apps/x1/users/");
}

#[test]
fn a_merged_contact_says_where_it_lives_on() {
    let gone = |status: u16, link: &str| Response::new(status, &[("Link", link)], "{}");
    for (status, link, id) in [
        (410, "</contacts/6762f0d0>; rel=\"canonical\"", Some("6762f0d0")),
        (410, "</other>; rel=\"next\", </contacts/ab>; rel=\"canonical\"", Some("ab")),
        (410, "</contacts/../me>; rel=\"canonical\"", None),
        (410, "</contacts/>; rel=\"canonical\"", None),
        (410, "nonsense", None),
        (404, "</contacts/ab>; rel=\"canonical\"", None),
    ] {
        assert_eq!(contacts::merged_into(&gone(status, link)).as_deref(), id, "{status} {link}");
    }
    assert_eq!(read_error(&gone(410, "")).class, ErrorClass::NotFound);
}

#[test]
fn changes_are_read_from_the_newest_back_to_where_the_last_look_began() {
    let record = |id: &str, seconds: i64| json!({ "id": id, "updated_at": seconds });
    let page = |rows: &[(&str, i64)], after: Option<&str>| -> Page {
        let data: Vec<Value> = rows.iter().map(|(id, at)| record(id, *at)).collect();
        let next = after.map(|after| json!({ "page": 2, "starting_after": after }));
        search::read_page(&ok(&json!({ "type": "list", "data": data, "pages": { "next": next } }))).unwrap()
    };
    let since = Ms(1_000_000);
    let first = search::changes(&api(), None, NOW).json().unwrap();
    assert_eq!(first["sort"], json!({ "field": "updated_at", "order": "descending" }));
    // Two days back: the day before in every time zone.
    assert_eq!(first["query"]["value"][0]["value"], NOW.0 / 1_000 - 2 * 86_400);
    assert_eq!(search::changes(&api(), None, Ms(0)).json().unwrap()["query"]["value"][0]["value"], 0);
    let mut one = page(&[("a", 1_500), ("b", 1_200)], Some("c1"));
    let Next::More(place) = search::advance(&mut one, None, since) else { panic!("there is more") };
    let place: Place = serde_json::from_value(place).unwrap();
    let second = search::changes(&api(), Some(&place), since).json().unwrap();
    assert_eq!(second["pagination"]["starting_after"], "c1");
    // The same second belongs to it; the one before does not, and ends it though there are more pages.
    let mut two = page(&[("c", 1_000), ("d", 999)], Some("c2"));
    assert_eq!(search::advance(&mut two, Some(&place), since), Next::Done { up_to: Ms(1_500_000), resume: None });
    assert_eq!(two.records.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["c"]);
    let mut none = page(&[], None);
    assert_eq!(search::advance(&mut none, None, since), Next::Done { up_to: since, resume: None });
    let front = place.again().unwrap();
    assert_eq!(
        (
            search::changes(&api(), Some(&front), since).json().unwrap()["pagination"].get("starting_after"),
            front.again()
        ),
        (None, None)
    );
    let phones: Vec<String> = (0..MAX_VALUES).map(|n| format!("+49{n}")).collect();
    let query = search::by_phone(&api(), &phones).json().unwrap();
    assert_eq!(
        (&query["query"]["operator"], query["query"]["value"].as_array().unwrap().len()),
        (&json!("IN"), MAX_VALUES)
    );
}

#[test]
fn refusals_are_sorted() {
    let error = |code: &str, message: &str| json!([{ "code": code, "message": message }]);
    for (status, errors, class) in [
        (401, error("unauthorized", "Access Token Invalid"), ErrorClass::AuthExpired),
        (403, error("api_plan_restricted", "Active subscription needed."), ErrorClass::ForbiddenScope),
        (404, error("not_found", "User Not Found"), ErrorClass::NotFound),
        (409, error("conflict", "A contact matching those details already exists with id=5ba6"), ErrorClass::Conflict),
        (400, error("parameter_invalid", "email is invalid"), ErrorClass::Invalid),
        (422, json!(null), ErrorClass::Invalid),
        (423, json!([]), ErrorClass::Locked),
        (429, error("rate_limit_exceeded", "slow down"), ErrorClass::RateLimited),
        (503, json!(null), ErrorClass::Transient),
    ] {
        assert_eq!(read_error(&refused(status, &errors)).class, class, "HTTP {status} {errors}");
    }
    assert_eq!(read_error(&Response::new(502, &[], "<html>")).class, ErrorClass::Transient);
    for (message, id, archived) in [
        (
            "A contact matching those details already exists with id=5ba682d23d7cf92bef87bfd4",
            Some("5ba682d23d7cf92bef87bfd4"),
            false,
        ),
        ("An archived contact matching those details already exists with id=5ba6.", Some("5ba6"), true),
        ("something else", None, false),
    ] {
        let conflict = read_error(&refused(409, &error("conflict", message)));
        assert_eq!((conflict.existing_id.as_deref(), error::is_archived(&conflict)), (id, archived), "{message}");
        assert!(conflict.fields.is_empty());
    }
    for (error, field) in [
        (json!({ "code": "parameter_invalid", "message": "wrong", "field": "phone" }), Some("phone")),
        (json!({ "code": "parameter_invalid", "message": "Email is invalid" }), Some("email")),
        (
            json!({ "code": "parameter_invalid", "message": "Custom attribute 'level' does not exist" }),
            Some("custom_attributes.level"),
        ),
        (json!({ "code": "parameter_invalid", "message": "the emails are odd" }), None),
    ] {
        let refused = read_error(&refused(400, &json!([error])));
        assert_eq!(refused.fields.first().map(|one| one.field.as_str()), field, "{error}");
        assert_eq!(refused.correlation_id.as_deref(), Some("req-1"));
    }
}

#[test]
fn limits_are_those_of_ten_seconds() {
    let at = |remaining: &str, reset: &str| {
        let headers = [
            ("X-RateLimit-Limit", "1666"),
            ("X-RateLimit-Remaining", remaining),
            ("X-RateLimit-Reset", reset),
            ("Date", "Sat, 21 Nov 2026 07:00:00 GMT"),
        ];
        read_limits(&Response::new(200, &headers, ""))
    };
    let ten = Duration::from_secs(10);
    assert_eq!((at("5", "1795244407").most, at("5", "1795244407").spent), (Some((1_666, ten)), None));
    for (reset, wait) in [("1795244407", 7), ("1795244300", 1), ("1999999999", 60), ("soon", 10)] {
        assert_eq!(at("0", reset).spent, Some(Duration::from_secs(wait)), "{reset}");
    }
    let wait = |headers: &[(&str, &str)]| read_error(&Response::new(429, headers, "{}")).retry_after;
    assert_eq!((wait(&[("Retry-After", "12")]), wait(&[])), (Some(Duration::from_secs(12)), Some(ten)));
    let spent = [("X-RateLimit-Reset", "1795244404"), ("Date", "Sat, 21 Nov 2026 07:00:00 GMT")];
    assert_eq!(wait(&spent), Some(Duration::from_secs(4)));
}

#[test]
fn webhooks_are_believed_when_signed_and_hint() {
    let event = |topic: &str, item: Value| {
        json!({ "type": "notification_event", "app_id": "x1", "topic": topic, "id": "notif_1", "created_at": 1_795_244_400,
                "data": { "type": "notification_event_data", "item": item } })
        .to_string()
    };
    let body = event(
        "contact.user.updated",
        json!({ "type": "contact", "id": "7", "updated_at": "2026-11-21T07:00:00.118+00:00" }),
    );
    let good = hook::sign("secret", body.as_bytes());
    assert_eq!(hook::sign("secret", b"{}"), "sha1=5d61605c3feea9799210ddcb71307d4ba264225f");
    let check = |secrets: &[&str], signature: Option<&str>, body: &[u8]| {
        let headers: Vec<_> = signature.map(|value| ("x-hub-signature", value)).into_iter().collect();
        hook::verify(secrets, &HookCall { method: "POST", uri: "https://x.example/", body, headers: &headers }, NOW)
    };
    assert_eq!(check(&["secret"], Some(&good), body.as_bytes()), Ok(()));
    assert_eq!(check(&["new", "secret"], Some(&good), body.as_bytes()), Ok(()), "while it is being changed");
    let short = &good[..good.len() - 2];
    for (name, secret, signature, body, error) in [
        ("other secret", "Secret", Some(good.as_str()), body.as_bytes(), SignatureError::Mismatch),
        ("other body", "secret", Some(good.as_str()), &b"{}"[..], SignatureError::Mismatch),
        ("cut short", "secret", Some(short), body.as_bytes(), SignatureError::Mismatch),
        ("no secret", "", Some(good.as_str()), body.as_bytes(), SignatureError::NoSecret),
        ("no header", "secret", None, body.as_bytes(), SignatureError::Missing),
        ("no prefix", "secret", Some(&good[5..]), body.as_bytes(), SignatureError::Malformed),
        ("another hash", "secret", Some("sha256=00"), body.as_bytes(), SignatureError::Malformed),
        ("garbage", "secret", Some("sha1=xyz"), body.as_bytes(), SignatureError::Malformed),
    ] {
        assert_eq!(check(&[secret], signature, body), Err(error), "{name}");
    }
    let hints = hook::hints(body.as_bytes()).unwrap();
    assert_eq!((hints.len(), hints[0].id.as_str(), hints[0].at), (1, "7", Some(NOW.plus(118))));
    let merged = json!({ "id": "9", "merged_from": { "type": "contact", "id": "7" } });
    let into = HookOp::Merged { into: "9".to_owned(), from: vec!["7".to_owned()] };
    let changed = HookOp::Changed { property: String::new(), value: String::new() };
    for (topic, item, hint) in [
        ("contact.user.created", json!({ "id": "7" }), Some(("7", HookOp::Created))),
        ("contact.lead.signed_up", json!({ "id": "7" }), Some(("7", changed.clone()))),
        ("contact.deleted", json!({ "id": "7", "deleted": true }), Some(("7", HookOp::Deleted))),
        ("contact.archived", json!({ "id": "7" }), Some(("7", HookOp::Deleted))),
        ("contact.unarchived", json!({ "id": "7" }), Some(("7", HookOp::Restored))),
        ("contact.merged", merged, Some(("7", into))),
        ("contact.merged", json!({ "id": "9" }), Some(("9", changed))),
        ("contact.user.tag.created", json!({ "type": "contact_tag" }), None),
        ("conversation.user.created", json!({ "id": "1" }), None),
        ("ping", json!({ "type": "ping" }), None),
        ("contact.deleted", json!({ "id": "" }), None),
    ] {
        let read = hook::hints(event(topic, item).as_bytes()).unwrap();
        let read: Vec<_> = read.iter().map(|hint| (hint.id.as_str(), hint.op.clone())).collect();
        assert_eq!(read, hint.into_iter().collect::<Vec<_>>(), "{topic}");
    }
    assert!(hook::hints(b"[").is_err());
}

/// The stand-in reads the contract for itself: what it sends is believed and understood here.
#[tokio::test]
async fn what_the_stand_in_tells_is_understood() {
    let sandbox = Sandbox::start(Config::default()).await.unwrap();
    let mut hooks = sandbox.take_hooks();
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    let act = async |method: &str, path: &str, body: Value| -> Value {
        let path = format!("/_sandbox/intercom/{path}");
        let answer = sandbox.ask(method, &path, &headers, body.to_string().into()).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap()
    };
    act("POST", "webhooks", json!({ "target_url": "https://chat.shop.example/hook", "client_secret": "s1" })).await;
    let lead = act("POST", "contacts", json!({ "role": "lead", "name": "Ana", "phone": "+4915112345678" })).await;
    let user = act("POST", "contacts", json!({ "email": "ana@shop.example" })).await;
    let (lead, user) = (lead["id"].as_str().unwrap(), user["id"].as_str().unwrap());
    act("POST", &format!("contacts/{lead}"), json!({ "name": "Ana 🌸" })).await;
    act("POST", &format!("contacts/{lead}/merge_into/{user}"), json!({})).await;
    act("POST", &format!("contacts/{user}/archive"), json!({})).await;
    act("POST", &format!("contacts/{user}/unarchive"), json!({})).await;
    act("DELETE", &format!("contacts/{user}"), json!({})).await;
    let merged = HookOp::Merged { into: user.to_owned(), from: vec![lead.to_owned()] };
    let changed = HookOp::Changed { property: String::new(), value: String::new() };
    for (id, op) in [
        (lead, HookOp::Created),
        (user, HookOp::Created),
        (lead, changed),
        (lead, merged),
        (user, HookOp::Deleted),
        (user, HookOp::Restored),
        (user, HookOp::Deleted),
    ] {
        let came = tokio::time::timeout(Duration::from_secs(10), hooks.recv()).await.unwrap().unwrap();
        let headers: Vec<(&str, &str)> = came.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let call = HookCall { method: "POST", uri: &came.url, body: &came.body, headers: &headers };
        assert_eq!(hook::verify(&["s1"], &call, NOW), Ok(()));
        let hints = hook::hints(&came.body).unwrap();
        assert_eq!((hints[0].id.as_str(), &hints[0].op), (id, &op));
        assert_eq!(hints[0].at.is_some(), op != HookOp::Deleted);
    }
    sandbox.shutdown().await;
}
