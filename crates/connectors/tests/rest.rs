//! A company's own CRM as it is described: what is refused of a description, how lists go on, what is sent and read.

use futures::future::BoxFuture;
use rapport_connectors::crm::{
    Access, Ask, By, Changes, Crm, ErrorClass, HookCall, Next, Pace, SignatureError, Trouble, UpsertRow, Wire, vendor,
};
use rapport_connectors::http::{Failure, Request, Response};
use rapport_connectors::rest::Description;
use rapport_core::time::Ms;
use rapport_sandbox::Make;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const BASE: &str = "https://crm.shop.example/api";

/// Answers as the test says, in order, and keeps what was asked.
#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<Option<Response>>>,
    asked: Mutex<Vec<Request>>,
}

impl Script {
    fn of(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        let answer = |(status, body): (u16, Value)| Some(Response::new(status, &[], body.to_string()));
        Self { answers: Mutex::new(answers.into_iter().map(answer).collect()), asked: Mutex::default() }
    }

    fn urls(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|request| request.url.strip_prefix(BASE).unwrap_or(&request.url).to_owned()).collect()
    }
}

impl Wire for Script {
    fn call(&self, request: Request, _: Pace) -> Ask<'_, Response> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(request);
            let answer = self.answers.lock().unwrap().pop_front().expect("one call more than answers");
            answer.ok_or_else(|| Trouble::Silent(Failure::Ambiguous("cut".to_owned())))
        })
    }

    fn once(&self, request: Request, pace: Pace) -> Ask<'_, Response> {
        self.call(request, pace)
    }

    fn pause(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// The plain make's description without the sandbox's part of the paths, changed.
fn said(change: impl FnOnce(&mut Value)) -> Value {
    let text = Make::Flat.description().to_string().replace("/flat/api", "");
    let mut said: Value = serde_json::from_str(&text).unwrap();
    change(&mut said);
    said
}

fn open(said: &Value) -> Arc<dyn Crm> {
    let said = Description::read(said).unwrap();
    assert_eq!(said.problems(), []);
    let credentials = [("token", "a key"), ("username", "u"), ("password", "p")];
    let access = Access {
        base_url: BASE.to_owned(),
        credentials: credentials.map(|(name, value)| (name.to_owned(), value.into())).into(),
        description: Some(Arc::new(said)),
    };
    (vendor("rest").unwrap().open)(&access, &["name".to_owned(), "mobile".to_owned(), "email".to_owned()])
}

fn person(id: u32, second: u32) -> Value {
    json!({ "id": id, "name": format!("N{id}"), "updated_at": format!("2026-11-01T00:00:{second:02}Z") })
}

#[test]
fn every_mistake_is_told_with_its_place() {
    for good in [said(|_| {}), Make::Flat.description(), Make::Nested.description()] {
        assert_eq!(Description::read(&good).unwrap().problems(), []);
    }
    for (change, place, code) in [
        (json!({ "auth": { "by": "header", "name": "Host" } }), "auth.name", "header"),
        (json!({ "auth": { "by": "query", "name": "a&b" } }), "auth.name", "query_name"),
        (json!({ "auth": { "by": "oauth", "token_url": "https://u@evil.example" } }), "auth.token_url", "address"),
        (json!({ "record": { "id": "" } }), "record.id", "missing"),
        (json!({ "record": { "email": "a..b" } }), "record.email", "path"),
        (json!({ "record": { "phones": [] } }), "record.phones", "missing"),
        (json!({ "record": { "page": "javascript:x" } }), "record.page", "page"),
        (json!({ "list": { "url": "https://evil.example/{page}" } }), "list.url", "address"),
        (json!({ "list": { "url": "//evil.example/{page}" } }), "list.url", "address"),
        (json!({ "list": { "url": "/x?p={page}&q={cursor}" } }), "list.url", "hole"),
        (json!({ "list": { "url": "/x?since={since}" } }), "list.url", "no_hole"),
        (json!({ "list": { "url": "/x?p={page" } }), "list.url", "braces"),
        (json!({ "list": { "url": "/x?p={page}" } }), "list.ordered", "ordered"),
        (json!({ "list": { "limit": 0 } }), "list.limit", "range"),
        (json!({ "list": { "pages": "cursor", "url": "/x?c={cursor}" } }), "list.next", "missing"),
        (json!({ "read": { "url": "/x" } }), "read.url", "no_hole"),
        (json!({ "record": { "key": "" } }), "record.key", "key"),
        (json!({ "find": { "key": "", "phone": "" } }), "find.key", "no_way_back"),
        (json!({ "update": { "idempotency_header": "X-Once" } }), "update.idempotency_header", "unused"),
        (json!({ "limits": { "per_second": 0 } }), "limits.per_second", "range"),
        (json!({ "limits": { "later": [200] } }), "limits.later", "range"),
        (json!({ "hook": { "header": "" } }), "hook.header", "header"),
    ] {
        let odd = said(|said| {
            for (group, values) in change.as_object().unwrap() {
                for (name, value) in values.as_object().unwrap() {
                    said[group][name] = value.clone();
                }
            }
        });
        let problems = Description::read(&odd).unwrap().problems();
        assert!(problems.iter().any(|one| one.place == place && one.code == code), "{change}: {problems:?}");
    }
    assert!(Description::read(&json!({ "lists": {} })).is_err(), "a name that is not known");
    let large = json!({ "auth": { "scope": "x".repeat(40_000) } });
    assert!(Description::read(&large).unwrap_err().contains("32768"));
}

async fn swept(crm: &dyn Crm, wire: &Script, since: Ms) -> (Vec<String>, Ms) {
    let (mut ids, mut place) = (Vec::new(), None);
    loop {
        let Changes { records, next } = crm.changes(wire, place.as_ref(), since).await.unwrap();
        ids.extend(records.into_iter().map(|record| record.id));
        match next {
            Next::More(next) => place = Some(next),
            Next::Done { up_to, .. } => return (ids, up_to),
        }
    }
}

#[tokio::test]
async fn lists_go_on_as_described() {
    let page = |people: &[Value], more: Value| (200, json!({ "data": people, "paging": more }));
    let two = [person(1, 1), person(2, 2)];
    let since = Ms(1_793_491_200_000);
    // By number, until a page is empty.
    let plain = |pages: &'static str, url: &'static str, next: &'static str| {
        said(|said| {
            said["list"]["pages"] = pages.into();
            said["list"]["url"] = url.into();
            said["list"]["next"] = next.into();
            said["list"]["limit"] = 2.into();
            said["list"]["ordered"] = false.into();
        })
    };
    for (said, more, urls) in [
        (
            plain("page", "/l?s={since}&p={page}&n={limit}", ""),
            json!(null),
            ["/l?s=2026-11-01T00%3A00%3A00Z&p=1&n=2", "/l?s=2026-11-01T00%3A00%3A00Z&p=2&n=2"],
        ),
        (plain("offset", "/l?o={offset}", ""), json!(null), ["/l?o=0", "/l?o=2"]),
        (plain("cursor", "/l?c={cursor}", "paging"), json!("/x=="), ["/l", "/l?c=%2Fx%3D%3D"]),
        (plain("cursor", "/l?n={limit}", "paging"), json!("/api/more?t=1"), ["/l?n=2", "/more?t=1"]),
        (plain("cursor", "/l?n={limit}", "paging"), json!("https://crm.shop.example/api/l?t=2"), ["/l?n=2", "/l?t=2"]),
    ] {
        let wire = Script::of([page(&two, more), page(&[], json!(null))]);
        let (ids, up_to) = swept(&*open(&said), &wire, since).await;
        assert_eq!((ids, wire.urls()), (vec!["1".to_owned(), "2".to_owned()], urls.map(str::to_owned).to_vec()));
        assert_eq!(up_to, since.plus(2_000));
    }
    // A flag for more, and pages that are all the same.
    let flag = plain("page", "/l?p={page}", "paging");
    let wire = Script::of([page(&two, json!(true)), page(&[person(3, 3)], json!(false))]);
    assert_eq!(swept(&*open(&flag), &wire, since).await.0.len(), 3);
    let wire = Script::of([page(&two, json!(true)), page(&two, json!(true))]);
    let crm = open(&flag);
    let Next::More(place) = crm.changes(&wire, None, since).await.unwrap().next else { panic!("there is more") };
    let refused = crm.changes(&wire, Some(&place), since).await.unwrap_err();
    let Trouble::Refused(error) = refused else { panic!("a refusal") };
    assert!(crm.advice(&error).is_some_and(|advice| advice.contains("same contacts")));
    // Nobody is led elsewhere, and shown who calls.
    let away = plain("cursor", "/l?n={limit}", "paging");
    for next in [
        "https://evil.example/api/l",
        "https://crm.shop.example.evil.example/api",
        "/other",
        "/api/../x",
        "/api/.%2e/x",
        "/api/%2E./x",
        "/api/%2e%2E/x",
        "//x",
    ] {
        let wire = Script::of([page(&two, json!(next))]);
        let refused = open(&away).changes(&wire, None, since).await.unwrap_err();
        assert_eq!(refused.class(), Some(ErrorClass::Invalid), "{next}");
    }
    // What is too long to be kept is no end.
    for said in [away, plain("cursor", "/l?c={cursor}", "paging")] {
        let wire = Script::of([page(&two, json!(format!("/api/l?c={}", "x".repeat(4_000))))]);
        let Trouble::Refused(error) = open(&said).changes(&wire, None, since).await.unwrap_err() else {
            panic!("a refusal")
        };
        assert!(error.message.contains("4009 bytes"), "{}", error.message);
    }
}

#[tokio::test]
async fn a_first_look_asks_for_everything_since_1970_where_the_moment_is_a_part_of_a_value() {
    let page = json!({ "data": [person(1, 1)] });
    for (form, url, expected) in [
        ("iso", "/l?filter=updated>{since}&n={limit}", "/l?filter=updated>1970-01-01T00%3A00%3A00Z&n=1"),
        ("seconds", "/l/{since}", "/l/0"),
        ("milliseconds", "/l?since={since}&n={limit}", "/l?n=1"),
    ] {
        let said = said(|said| {
            said["list"] = json!({ "url": url, "since_as": form, "pages": "none", "limit": 1, "items": "data" });
        });
        let wire = Script::of([(200, page.clone())]);
        open(&said).changes(&wire, None, Ms(0)).await.unwrap();
        assert_eq!(wire.urls(), [expected]);
    }
}

#[tokio::test]
async fn a_key_in_the_query_is_sent_once_a_call_and_not_kept() {
    let said = said(|said| {
        said["auth"] = json!({ "by": "query", "name": "key" });
        said["list"] = json!({ "url": "/l", "pages": "cursor", "limit": 1, "items": "data", "next": "next" });
    });
    let crm = open(&said);
    let answer = |id: u32, next: Value| (200, json!({ "data": [person(id, 1)], "next": next }));
    let wire = Script::of([
        answer(1, json!("/api/l?key=a%20key&p=2")),
        answer(2, json!("https://crm.shop.example/api/l?p=3&key=a+key&again=a%20key")),
        answer(3, json!("?key=a%20key")),
        answer(4, json!(null)),
    ]);
    let mut place = None;
    while let Next::More(next) = crm.changes(&wire, place.as_ref(), Ms(0)).await.unwrap().next {
        let kept = next.to_string();
        assert!(!kept.contains("key"), "{kept}");
        place = Some(next);
    }
    let expected = ["/l?key=a%20key", "/l?p=2&key=a%20key", "/l?p=3&key=a%20key", "/l?key=a%20key"];
    assert_eq!(wire.urls(), expected);
}

#[tokio::test]
async fn only_an_answer_that_says_so_means_that_somebody_is_gone() {
    let said = said(|said| said["read"]["record"] = "data[0].person".into());
    let crm = open(&said);
    for gone in [json!({ "data": [{ "person": null }] }), json!({ "data": [] }), json!({ "data": null }), json!(null)] {
        let wire = Script::of([(200, gone.clone())]);
        assert!(crm.get(&wire, "7").await.unwrap().is_none(), "{gone}");
    }
    for odd in [json!({ "error": "maintenance" }), json!([]), json!({ "data": [{}] })] {
        let wire = Script::of([(200, odd.clone())]);
        let Err(Trouble::Refused(error)) = crm.get(&wire, "7").await else { panic!("{odd} is a mistake") };
        assert!(error.message.contains("`data[0].person`"), "{}", error.message);
        assert!(crm.advice(&error).is_some_and(|advice| advice.contains("as it was described")));
    }
}

#[tokio::test]
async fn a_full_page_in_order_is_followed_by_what_changed_since_its_end() {
    let said = said(|said| said["list"]["limit"] = 2.into());
    let page = |people: &[Value]| (200, json!({ "data": people }));
    let wire = Script::of([
        page(&[person(1, 5), person(2, 9)]),
        page(&[person(2, 9), person(3, 9)]),
        page(&[person(4, 9)]),
        page(&[]),
    ]);
    let (ids, _) = swept(&*open(&said), &wire, Ms(0)).await;
    assert_eq!(ids, ["1", "2", "2", "3", "4"]);
    let since = "/changed?changed_after=2026-11-01T00%3A00%3A08Z";
    let expected = [
        "/changed?page=1&per_page=2".to_owned(),
        format!("{since}&page=1&per_page=2"),
        format!("{since}&page=2&per_page=2"),
        format!("{since}&page=3&per_page=2"),
    ];
    assert_eq!(wire.urls(), expected);
}

#[tokio::test]
async fn calls_are_signed_and_secrets_not_shown() {
    for (auth, url, header) in [
        (json!({ "by": "none" }), "/customers/7", None),
        (json!({ "by": "header", "name": "X-Key" }), "/customers/7", Some(("X-Key", "a key"))),
        (json!({ "by": "query", "name": "key" }), "/customers/7?key=a%20key", None),
        (json!({ "by": "basic" }), "/customers/7", Some(("authorization", "Basic dTpw"))),
    ] {
        let crm = open(&said(|said| said["auth"] = auth.clone()));
        let wire = Script::of([(200, person(7, 1))]);
        assert!(crm.get(&wire, "7").await.unwrap().is_some());
        let urls = wire.urls();
        let asked = wire.asked.lock().unwrap();
        let named = asked[0].named.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let plain = asked[0].headers.iter().map(|(name, value)| (*name, value.as_str()));
        let found = named.chain(plain).find(|(name, _)| *name != "accept");
        assert_eq!((urls[0].as_str(), found), (url, header), "{auth}");
        assert!(!format!("{:?}", asked[0]).contains("a key") && !format!("{:?}", asked[0]).contains("a%20key"));
    }
}

#[tokio::test]
async fn refusals_are_read_where_they_are_said_to_stand() {
    let said = said(|said| {
        said["limits"]["later"] = json!([429, 420]);
        said["limits"]["wait_path"] = "retry".into();
        said["errors"]["failed"] = "failed".into();
    });
    let crm = open(&said);
    let after = |seconds: u64| Some(Duration::from_secs(seconds));
    for (status, headers, body, class, wait) in [
        (420, &[][..], json!({ "retry": 7 }), ErrorClass::RateLimited, after(7)),
        (429, &[("Retry-After", "30")][..], json!({}), ErrorClass::RateLimited, after(30)),
        (429, &[("Retry-After", "0")][..], json!({}), ErrorClass::RateLimited, None),
        (
            429,
            &[("Retry-After", "1793491260"), ("Date", "Sun, 01 Nov 2026 00:00:00 GMT")][..],
            json!({}),
            ErrorClass::RateLimited,
            after(60),
        ),
        (409, &[][..], json!({ "existing_id": 9 }), ErrorClass::Conflict, None),
        (412, &[][..], json!({}), ErrorClass::Locked, None),
        (422, &[][..], json!({ "error": "no", "errors": { "email": ["is odd"] } }), ErrorClass::Invalid, None),
        (302, &[][..], json!({}), ErrorClass::Transient, None),
    ] {
        let error = crm.refusal(&Response::new(status, headers, body.to_string()), Pace::Call);
        assert_eq!((error.class, error.retry_after), (class, wait), "{status} {body}");
        assert_eq!(error.existing_id.is_some(), status == 409);
        assert_eq!(error.fields.first().map(|field| field.field.as_str()), (status == 422).then_some("email"));
    }
    let plain = crm.refusal(&Response::new(500, &[], "<html>long</html>"), Pace::Call);
    assert_eq!(plain.message, "HTTP 500 without explanation");
    // A refusal that comes with 200 is one all the same.
    let wire = Script::of([(200, json!({ "failed": true, "error": "no such right" }))]);
    let Err(Trouble::Refused(error)) = crm.get(&wire, "7").await else { panic!("a refusal") };
    assert_eq!((error.class, error.message.as_str()), (ErrorClass::Invalid, "no such right"));
}

#[tokio::test]
async fn what_is_made_is_found_wherever_the_answer_says_it_is() {
    let crm = open(&said(|_| {}));
    let properties = BTreeMap::from([("name".to_owned(), "Ana".to_owned()), ("email".to_owned(), String::new())]);
    let row = UpsertRow { key: "key-1".to_owned(), id: None, properties };
    let nobody = || (200, json!({ "data": [] }));
    // In the answer; at the address it gives; by the key.
    let wire = Script::of([nobody(), (201, person(7, 1))]);
    assert_eq!(crm.upsert(&wire, std::slice::from_ref(&row)).await.unwrap().ok[0].record.id, "7");
    let sent = wire.asked.lock().unwrap()[1].json().unwrap();
    assert_eq!(sent, json!({ "name": "Ana", "external_ref": "key-1" }));
    let wire = Script::of([nobody(), (201, json!(null)), (200, person(8, 1))]);
    let place = Response::new(201, &[("Location", "https://crm.shop.example/api/customers/8/")], "");
    wire.answers.lock().unwrap()[1] = Some(place);
    assert_eq!(crm.upsert(&wire, std::slice::from_ref(&row)).await.unwrap().ok[0].record.id, "8");
    let mut known = person(9, 1);
    known["external_ref"] = "key-1".into();
    let wire =
        Script::of([nobody(), (204, json!(null)), (200, json!({ "data": [known.clone()] })), (200, known.clone())]);
    wire.answers.lock().unwrap()[1] = Some(Response::new(204, &[], ""));
    assert_eq!(crm.upsert(&wire, std::slice::from_ref(&row)).await.unwrap().ok[0].record.id, "9");
    // A search that finds too much.
    let wire = Script::of([(200, json!({ "data": [person(1, 1), known] }))]);
    let found = crm.read_by(&wire, By::Key, &["key-1".to_owned()]).await.unwrap();
    assert_eq!((found.len(), found[0].id.as_str()), (1, "9"));
}

#[tokio::test]
async fn whole_records_are_written_under_their_tag_and_again_when_somebody_was_faster() {
    let said = said(|said| {
        said["update"] =
            json!({ "method": "PUT", "url": "/customers/{id}", "whole": true, "body": { "v": 2 }, "at": "who" });
        said["fields"] = json!([{ "path": "tags", "kind": "choices" }]);
    });
    let crm = open(&said);
    let raw = json!({ "id": 7, "name": "Old", "vip": true, "orders": 3, "tags": ["a"], "updated_at": 1_793_491_200 });
    let held = |tag: &str| Some(Response::new(200, &[("ETag", tag)], raw.to_string()));
    let wire = Script::default();
    let answer = Some(Response::new(200, &[], raw.to_string()));
    let stale = Some(Response::new(412, &[], "{}"));
    *wire.answers.lock().unwrap() = [held("\"1\""), stale, held("\"2\""), answer].into();
    let changes = [("name", "New"), ("vip", "false"), ("orders", "4"), ("tags", "a;b"), ("who.at", "x")];
    let properties = changes.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let record = crm.update(&wire, "7", Some("key-1"), &properties).await.unwrap();
    assert_eq!(record.updated_at, Some(Ms(1_793_491_200_000)));
    let asked = wire.asked.lock().unwrap();
    assert!(asked[3].headers.contains(&("if-match", "\"2\"".to_owned())));
    let expected = json!({ "v": 2, "who": { "id": 7, "name": "New", "vip": false, "orders": 4, "tags": ["a", "b"],
        "updated_at": 1_793_491_200, "who": { "at": "x" }, "external_ref": "key-1" } });
    assert_eq!(asked[3].json().unwrap(), expected);
}

#[test]
fn deliveries_are_believed_by_their_proof_alone() {
    let body = br#"{"customer":{"id":17}}"#;
    let signature = "sha256=cbbf2cd8ccf2d0b0a4b52f9d4f17d2b3e8d4a9e6";
    let crm = open(&said(|_| {}));
    let verify = |crm: &Arc<dyn Crm>, secrets: &[&str], headers: &[(&str, &str)]| {
        crm.verify(secrets, &HookCall { method: "POST", uri: "https://x.example/", body, headers }, Ms(0))
    };
    for (secrets, headers, expected) in [
        (&["s"][..], &[][..], Err(SignatureError::Missing)),
        (&[""][..], &[("x-crm-signature", signature)][..], Err(SignatureError::NoSecret)),
        (&["s"][..], &[("x-crm-signature", "md5=00")][..], Err(SignatureError::Malformed)),
        (&["s"][..], &[("x-crm-signature", "sha256=xx")][..], Err(SignatureError::Malformed)),
        (&["s"][..], &[("x-crm-signature", signature)][..], Err(SignatureError::Mismatch)),
    ] {
        assert_eq!(verify(&crm, secrets, headers), expected, "{headers:?}");
    }
    let plain = open(&said(|said| {
        said["hook"] = json!({ "proof": "secret", "header": "X-Own", "ids": "all", "each": "id" });
    }));
    assert_eq!(verify(&plain, &["old", "new"], &[("x-own", "new")]), Ok(()));
    assert_eq!(verify(&plain, &["old"], &[("x-own", "new")]), Err(SignatureError::Mismatch));
    let none = open(&said(|said| said["hook"] = json!({})));
    assert_eq!(verify(&none, &["s"], &[("x-own", "s")]), Err(SignatureError::NoSecret));
    let ids = |crm: &Arc<dyn Crm>, body: &[u8]| {
        let hints = crm.hints(body).unwrap();
        hints.into_iter().map(|hint| hint.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&crm, body), ["17"]);
    assert_eq!(ids(&plain, br#"{"all":[{"id":2},{"id":"a"},{"id":2},{"x":1},{"id":""}]}"#), ["2", "a"]);
    assert!(ids(&crm, b"{}").is_empty() && crm.hints(b"{").is_err());
}
