//! Freshdesk: calls, answers, refusals, the list of changes and webhooks.

use futures::future::BoxFuture;
use rapport_connectors::Secret;
use rapport_connectors::crm::name::UNNAMED;
use rapport_connectors::crm::{
    Access, Ask, By, CrmError, ErrorClass, HookCall, HookOp, Pace, SignatureError, Trouble, UpsertRow, Wire,
};
use rapport_connectors::freshdesk::fields::Kinds;
use rapport_connectors::freshdesk::list::{Place, Step};
use rapport_connectors::freshdesk::{Api, VENDOR, contacts, fields, hook, read_error, read_limits, search};
use rapport_connectors::http::{Failure, Method, Request, Response};
use rapport_core::time::{MINUTE, Ms};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

/// 2026-11-21T07:00:00Z.
const AT: Ms = Ms(1_795_244_400_000);

fn api() -> Api {
    Api::new("https://shop.freshdesk.com/", Secret::new("canary"))
}

fn ok(body: &Value) -> Response {
    Response::new(200, &[], body.to_string())
}

fn row(key: &str, pairs: &[(&str, &str)]) -> UpsertRow {
    let properties = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    UpsertRow { key: key.to_owned(), id: None, properties }
}

fn refused(status: u16, body: &Value) -> CrmError {
    read_error(&Response::new(status, &[], body.to_string()))
}

#[test]
fn calls_are_as_freshdesk_wants_them() {
    let me = api().me();
    assert!(!format!("{:?} {me:?}", api()).contains("canary"));
    // base64 of `canary:X`
    assert_eq!(me.headers, [("authorization", "Basic Y2FuYXJ5Olg=".to_owned())]);
    assert_eq!((me.method, me.url.as_str()), (Method::Get, "https://shop.freshdesk.com/api/v2/agents/me"));
    assert_eq!(
        (api().host(), api().contact_page().as_str()),
        ("shop.freshdesk.com", "https://shop.freshdesk.com/a/contacts/")
    );
    let new =
        contacts::create(&api(), &row("k1", &[("mobile", "+49151"), ("email", "a@b.example")]), &Kinds::default());
    assert_eq!((new.method, new.url.ends_with("/api/v2/contacts")), (Method::Post, true));
    assert_eq!(
        new.json().unwrap(),
        json!({ "name": "+49151", "mobile": "+49151", "email": "a@b.example", "unique_external_id": "k1" }),
        "a contact must have a name"
    );
    let nobody = contacts::create(&api(), &row("k1", &[("phone", " ")]), &Kinds::default()).json().unwrap();
    assert_eq!((&nobody["name"], &nobody["phone"]), (&json!(UNNAMED), &Value::Null));
    let change = row("", &[("email", ""), ("name", ""), ("language", ""), ("tags", "x; y"), ("time_zone", "")]);
    let change = contacts::update(&api(), "7", None, &change.properties, &Kinds::default());
    assert_eq!(change.method, Method::Put);
    assert_eq!(change.json().unwrap(), json!({ "email": null, "name": UNNAMED, "tags": ["x", "y"] }));
    assert!(contacts::by_key(&api(), "a b").url.ends_with("/contacts?unique_external_id=a%20b"));
}

#[test]
fn values_of_own_fields_are_of_the_kind_that_the_field_has() {
    let answer = json!([
        { "name": "name", "label": "Name", "type": "default_name", "default": true },
        { "name": "orders", "label": "Orders", "type": "custom_number", "default": false },
        { "name": "plz", "label": "Post code", "type": "custom_text", "default": false },
        { "name": "vip", "label": "VIP", "type": "custom_checkbox", "default": false },
        { "name": "secret", "label": "Secret", "type": "encrypted_text", "default": false },
        { "name": "level", "type": "custom_dropdown", "default": false, "choices": [{ "label": "G", "value": "gold" }] },
        { "name": "size", "type": "custom_dropdown", "default": false, "choices": ["S", "M"] },
        { "name": "mood", "type": "custom_dropdown", "default": false, "choices": { "good": ["good"] } },
    ]);
    let all = fields::read_fields(&ok(&answer)).unwrap();
    let of = |name: &str| all.iter().find(|field| field.name == format!("custom_fields.{name}")).unwrap();
    assert_eq!((of("orders").kind.as_str(), of("vip").kind.as_str()), ("number", "bool"));
    assert!(of("secret").read_only && all.iter().filter(|field| field.name == "name").count() == 1);
    assert_eq!(of("level").label, "level");
    for (name, options) in [("level", &["gold"][..]), ("size", &["S", "M"]), ("mood", &["good"])] {
        assert_eq!(of(name).options, options, "{name}");
    }
    let written = row(
        "",
        &[
            ("custom_fields.orders", "12"),
            ("custom_fields.plz", "01067"),
            ("custom_fields.vip", "true"),
            ("custom_fields.level", "gold"),
            ("custom_fields.size", ""),
        ],
    );
    assert!(Kinds::matter(&written.properties) && !Kinds::matter(&row("", &[("phone", "123")]).properties));
    let body = contacts::update(&api(), "7", None, &written.properties, &Kinds::of(all)).json().unwrap();
    let wanted = json!({ "orders": 12, "plz": "01067", "vip": true, "level": "gold", "size": null });
    assert_eq!(body, json!({ "custom_fields": wanted }));
    assert!(fields::read_fields(&ok(&json!({}))).is_err());
}

#[test]
fn contacts_are_read() {
    let contact = |more: Value| {
        let mut contact = json!({ "id": 7, "name": "Ana", "mobile": "+49 151 1234567", "phone": null, "email": "a@b.example",
            "unique_external_id": "k1", "updated_at": "2026-11-21T07:00:00Z", "tags": ["a", "b"],
            "custom_fields": { "level": "gold", "n": 5, "gone": null } });
        contact.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        contacts::read_contact(&ok(&contact)).unwrap()
    };
    let ana = contact(json!({}));
    assert_eq!((ana.id.as_str(), ana.key.as_deref(), ana.email.as_deref()), ("7", Some("k1"), Some("a@b.example")));
    assert_eq!(
        (ana.updated_at, ana.archived, ana.phones.as_slice()),
        (Some(AT), false, &["+49 151 1234567".to_owned()][..])
    );
    for (name, value) in [
        ("tags", "a;b"),
        ("custom_fields.level", "gold"),
        ("custom_fields.n", "5"),
        ("custom_fields.gone", ""),
        ("phone", ""),
    ] {
        assert_eq!(ana.properties[name], value, "{name}");
    }
    assert!(!ana.properties.contains_key("job_title"), "what an answer leaves out is unknown, not empty");
    assert_eq!(contact(json!({ "name": "+491511234567" })).properties["name"], "", "a number is no name");
    assert!(contact(json!({ "deleted": true })).archived);
    assert!(
        contacts::read_contact(&ok(&json!({}))).is_err() && contacts::read_contacts(&ok(&json!({ "id": 1 }))).is_err()
    );
}

#[test]
fn refusals_are_sorted() {
    let wrong = |field: &str, code: &str, more: Value| {
        let mut error = json!({ "field": field, "message": "It should be so", "code": code });
        error.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        error
    };
    let list = |errors: &[Value]| json!({ "description": "Validation failed", "errors": errors });
    let owner = |id: u64| json!({ "additional_info": { "user_id": id } });
    let taken =
        list(&[wrong("email", "duplicate_value", owner(8)), wrong("unique_external_id", "duplicate_value", owner(9))]);
    for (status, body, class) in [
        (400, list(&[wrong("language", "invalid_value", json!({}))]), ErrorClass::Invalid),
        (400, list(&[wrong("email", "duplicate_value", json!({}))]), ErrorClass::Conflict),
        (401, json!({ "code": "invalid_credentials", "message": "no" }), ErrorClass::AuthExpired),
        (403, json!({ "code": "access_denied", "message": "no" }), ErrorClass::ForbiddenScope),
        (404, json!(""), ErrorClass::NotFound),
        (405, json!({ "message": "PUT method is not allowed." }), ErrorClass::NotFound),
        (409, taken.clone(), ErrorClass::Conflict),
        (409, json!({}), ErrorClass::Locked),
        (415, json!({}), ErrorClass::Invalid),
        (429, json!({}), ErrorClass::RateLimited),
        (503, json!("<html>"), ErrorClass::Transient),
    ] {
        assert_eq!(refused(status, &body).class, class, "HTTP {status} {body}");
    }
    assert_eq!(refused(409, &taken).existing_id.as_deref(), Some("9"), "the key says whose it is");
    let both = list(&[
        wrong("level", "invalid_value", json!({})),
        wrong("custom_fields.city", "datatype_mismatch", json!({})),
    ]);
    let fields: Vec<String> = refused(400, &both).fields.into_iter().map(|field| field.field).collect();
    assert_eq!(fields, ["custom_fields.level", "custom_fields.city"]);
    assert_eq!(refused(400, &both).message, "custom_fields.level: It should be so");
    let wait = |headers: &[(&str, &str)]| read_error(&Response::new(429, headers, "{}")).retry_after;
    assert_eq!(
        (wait(&[("Retry-After", "12")]), wait(&[])),
        (Some(Duration::from_secs(12)), Some(Duration::from_secs(60)))
    );
    let limits = read_limits(&Response::new(200, &[("X-RateLimit-Total", "200"), ("X-RateLimit-Remaining", "0")], ""));
    assert_eq!((limits.most, limits.spent), (Some((200, Duration::from_secs(60))), None));
}

#[test]
fn search_takes_several_values_in_queries_of_bounded_length() {
    let keys = (0..30).map(|n| format!("0190a1b2-c3d4-7e5f-8a9b-{n:012}"));
    let queries = search::queries(keys.map(|key| search::term("unique_external_id", &key)));
    assert!(queries.iter().all(|query| query.chars().count() + 2 <= 512), "{queries:?}");
    assert_eq!(queries.iter().map(|query| query.matches("unique_external_id:'").count()).sum::<usize>(), 30);
    assert_eq!(queries.len(), 4);
    assert_eq!(search::term("email", r#" o'neil"\@b.example "#), "email:'oneil@b.example'", "nothing ends the value");
    let asked = search::page(&api(), "phone:'+49151' OR mobile:'+49151'", 2).url;
    let wanted = "/api/v2/search/contacts?query=%22phone%3A%27%2B49151%27%20OR%20mobile%3A%27%2B49151%27%22&page=2";
    assert!(asked.ends_with(wanted), "{asked}");
    let (found, total) = search::read_page(&ok(&json!({ "total": 31, "results": [{ "id": 1 }, {}] }))).unwrap();
    assert_eq!((found.len(), total), (1, 31));
    assert!(search::read_page(&ok(&json!([]))).is_err() && search::queries([]).is_empty());
}

/// A page of the list with these stamps, after AT; `next` is what its `Link` names.
fn page(stamps: &[i64], next: Option<u32>) -> Response {
    let stamp = |after: &i64| {
        let at = jiff::Timestamp::from_millisecond(AT.plus(*after).0).unwrap();
        json!({ "id": after.abs() + 1, "updated_at": at.to_string() })
    };
    let body = Value::Array(stamps.iter().map(stamp).collect());
    let link =
        next.map(|page| format!("<https://x.example/api/v2/contacts?per_page=100&page={page}&a=b>; rel=\"next\""));
    let mut headers = vec![("date", "Sat, 21 Nov 2026 07:00:30 GMT")];
    headers.extend(link.as_deref().map(|link| ("link", link)));
    Response::new(200, &headers, body.to_string())
}

fn more(step: Step) -> Place {
    match step {
        Step::More(place) => place,
        Step::Done { .. } => panic!("at its end"),
    }
}

fn done(step: Step) -> (Ms, Place) {
    match step {
        Step::Done { up_to, resume } => (up_to, resume),
        Step::More(place) => panic!("more: {place:?}"),
    }
}

#[test]
fn a_look_ends_no_later_than_it_began() {
    let first = Place::default().starting(Ms(0));
    assert!(first.request(&api()).url.ends_with("/contacts?per_page=100&page=1"), "everything");
    let (_, step) = first.read(&page(&[0, 5_000], Some(2))).unwrap();
    let second = more(step);
    let stored: Place = serde_json::from_value(serde_json::to_value(&second).unwrap()).unwrap();
    assert_eq!(stored.clone().starting(Ms(9)), second, "a look under way goes on from its place");
    assert!(stored.request(&api()).url.ends_with("&page=2"));
    // A contact that changed while the list was read: what changed before it may have moved behind us.
    let (records, step) = stored.read(&page(&[90_000], None)).unwrap();
    let (up_to, resume) = done(step);
    assert_eq!((records.len(), up_to), (1, AT.plus(30_000)));
    // The next look also reads the deleted ones, since then.
    let next = resume.starting(up_to.plus(-2 * MINUTE));
    assert!(next.request(&api()).url.contains("_updated_since=2026-11-21T06%3A58%3A30Z"), "{:?}", next.request(&api()));
    let gone = more(next.read(&page(&[20_000], None)).unwrap().1);
    let asked = gone.request(&api()).url;
    assert!(asked.contains("state=deleted") && asked.contains("T06%3A58%3A30Z"), "{asked}");
    let (records, step) = gone.read(&page(&[20_000], None)).unwrap();
    assert!(records[0].archived, "whoever stands in that list is deleted");
    let (up_to, mut place) = done(step);
    assert_eq!(up_to, AT.plus(20_000));
    // Then not in each.
    let mut lists = Vec::new();
    for _ in 0..8 {
        let step = place.starting(up_to).read(&page(&[], None)).unwrap().1;
        (lists, place) = match step {
            Step::Done { resume, .. } => ([lists, vec!['-']].concat(), resume),
            Step::More(gone) => ([lists, vec!['d']].concat(), done(gone.read(&page(&[], None)).unwrap().1).1),
        };
    }
    assert_eq!(lists.iter().collect::<String>(), "---d---d");
}

#[test]
fn a_list_longer_than_the_vendor_shows_is_told() {
    let beyond = json!({ "description": "Validation failed", "errors": [{ "field": "page", "code": "invalid_value",
        "message": "You cannot access contacts beyond the 300th page. Please provide a smaller page number." }] });
    let beyond = Response::new(400, &[("date", "Sat, 21 Nov 2026 07:00:40 GMT")], beyond.to_string());
    assert!(Place::default().starting(Ms(0)).read(&beyond).is_err(), "the first page is no page beyond the last");
    let second = more(Place::default().starting(Ms(0)).read(&page(&[0], Some(300))).unwrap().1);
    let last = more(second.read(&page(&[1_000], Some(301))).unwrap().1);
    let (records, step) = last.read(&beyond).unwrap();
    let (up_to, resume) = done(step);
    assert_eq!((records.len(), up_to, resume.beyond()), (0, AT.plus(1_000), Some(30_000)));
    // A later look that asks for less does not settle it; one that asks for as much does.
    let later = more(resume.clone().starting(up_to).read(&page(&[2_000], None)).unwrap().1);
    let later = done(later.read(&page(&[], None)).unwrap().1).1;
    assert_eq!(later.beyond(), Some(30_000));
    let whole = done(later.starting(Ms(0)).read(&page(&[2_000], None)).unwrap().1).1;
    assert_eq!(whole.beyond(), None);
}

#[test]
fn webhooks_are_believed_when_they_know_the_secret() {
    let now = Ms(0);
    let check = |secrets: &[&str], given: Option<&str>| {
        let headers: Vec<(&str, &str)> = given.map(|given| ("x-rapport-secret", given)).into_iter().collect();
        let call = HookCall { method: "POST", uri: "https://x.example/", body: b"{}", headers: &headers };
        hook::verify(secrets, &call, now)
    };
    assert_eq!(check(&["old", "new"], Some("new")), Ok(()));
    for (name, secrets, given, error) in [
        ("other secret", &["secret"][..], Some("Secret"), SignatureError::Mismatch),
        ("part of it", &["secret"], Some("secre"), SignatureError::Mismatch),
        ("none configured", &[""], Some("secret"), SignatureError::NoSecret),
        ("an empty one", &["", "secret"], Some(""), SignatureError::Missing),
        ("no header", &["secret"], None, SignatureError::Missing),
    ] {
        assert_eq!(check(secrets, given), Err(error), "{name}");
    }
    for (body, id) in [
        (json!({ "contact_id": "7" }), Some("7")),
        (json!({ "ticket": 1, "requester_id": 43 }), Some("43")),
        (json!({ "freshdesk_webhook": { "ticket_requester_id": 43_000_000_001_u64 } }), Some("43000000001")),
        (json!({ "contact_id": "" }), None),
        (json!({ "contact_id": "{{ticket.requester.id}}" }), None),
        (json!([1]), None),
    ] {
        let hints = hook::hints(body.to_string().as_bytes()).unwrap();
        assert_eq!(hints.first().map(|hint| hint.id.as_str()), id, "{body}");
        assert!(hints.iter().all(|hint| matches!(hint.op, HookOp::Changed { .. })));
    }
    assert!(hook::hints(b"[").is_err());
}

/// Gives these answers one after another, and notes what was asked.
#[derive(Default)]
struct Scripted {
    answers: Mutex<VecDeque<Result<Response, Trouble>>>,
    asked: Mutex<Vec<&'static str>>,
}

impl Scripted {
    fn new(answers: impl IntoIterator<Item = Result<Response, Trouble>>) -> Self {
        Self { answers: Mutex::new(answers.into_iter().collect()), ..Self::default() }
    }

    fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl Wire for Scripted {
    fn call(&self, request: Request, _: Pace) -> Ask<'_, Response> {
        self.asked.lock().unwrap().push(request.operation);
        let answer = self.answers.lock().unwrap().pop_front().expect("no more is asked");
        Box::pin(async { answer })
    }

    fn once(&self, request: Request, pace: Pace) -> Ask<'_, Response> {
        self.call(request, pace)
    }

    fn pause(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

fn made(id: u64, key: &str) -> Result<Response, Trouble> {
    Ok(Response::new(201, &[], json!({ "id": id, "unique_external_id": key }).to_string()))
}

fn taken(more: &Value) -> Result<Response, Trouble> {
    let mut error = json!({ "field": "unique_external_id", "code": "duplicate_value", "message": "unique" });
    error.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Ok(Response::new(409, &[], json!({ "errors": [error] }).to_string()))
}

#[tokio::test]
async fn what_was_written_before_trouble_is_not_written_again() {
    let crm = (VENDOR.open)(&Access::default(), &[]);
    let rows = ["k1", "k2", "k3"].map(|key| row(key, &[("name", "Ana")]));
    let silent = || Err(Trouble::Silent(Failure::Ambiguous("cut".to_owned())));
    let limited = || Err(Trouble::from(refused(429, &json!({}))));
    for (trouble, class) in [(silent(), ErrorClass::Transient), (limited(), ErrorClass::RateLimited)] {
        let wire = Scripted::new([made(1, "k1"), trouble]);
        let result = crm.upsert(&wire, &rows).await.unwrap();
        assert_eq!((result.ok.len(), result.ok[0].created), (1, true));
        assert_eq!(
            (result.failed[0].keys.as_slice(), result.failed[0].error.class),
            (&["k2", "k3"].map(str::to_owned)[..], class)
        );
        assert_eq!(wire.asked(), ["create", "create"]);
    }
    assert!(matches!(crm.upsert(&Scripted::new([silent()]), &rows).await, Err(Trouble::Silent(_))), "nothing is done");
    // A refusal concerns its row alone.
    let bad = Response::new(400, &[], json!({ "errors": [{ "field": "name", "code": "invalid_value" }] }).to_string());
    let result = crm.upsert(&Scripted::new([made(1, "k1"), Ok(bad), made(3, "k3")]), &rows).await.unwrap();
    assert_eq!((result.ok.len(), result.failed[0].keys.as_slice()), (2, &["k2".to_owned()][..]));
}

#[tokio::test]
async fn a_key_that_is_taken_leads_to_its_contact() {
    let crm = (VENDOR.open)(&Access::default(), &[]);
    let rows = [row("k1", &[("name", "Ana")])];
    let owner = json!({ "additional_info": { "user_id": 7 } });
    let found =
        || Ok(ok(&json!([{ "id": 6, "unique_external_id": "other" }, { "id": 7, "unique_external_id": "k1" }])));
    for (answers, asked) in [
        (vec![taken(&owner), made(7, "k1")], &["create", "update"][..]),
        (vec![taken(&json!({})), found(), made(7, "k1")], &["create", "by_key", "update"]),
    ] {
        let wire = Scripted::new(answers);
        let result = crm.upsert(&wire, &rows).await.unwrap();
        assert_eq!((result.ok[0].record.id.as_str(), result.ok[0].created), ("7", false));
        assert_eq!(wire.asked(), asked);
    }
    // Nobody holds it who can be read or written: somebody in the trash.
    let gone = || Ok(Response::new(405, &[], ""));
    for answers in [vec![taken(&owner), gone()], vec![taken(&json!({})), Ok(ok(&json!([])))]] {
        let result = crm.upsert(&Scripted::new(answers), &rows).await.unwrap();
        assert_eq!(result.failed[0].error.class, ErrorClass::Invalid);
        assert!(result.failed[0].error.message.contains("deleted"), "{}", result.failed[0].error.message);
    }
    let known = |properties| [UpsertRow { id: Some("5".to_owned()), ..row("k1", properties) }];
    // Two contacts there are one here.
    for answers in [vec![taken(&owner), made(7, "k1")], vec![taken(&json!({})), found()]] {
        let error = crm.upsert(&Scripted::new(answers), &known(&[])).await.unwrap().failed.remove(0).error;
        assert!(error.message.contains("are the same person") && error.class == ErrorClass::Invalid, "{error}");
    }
    // The other one is in the trash: this one goes on without the key.
    let nobody = || Ok(ok(&json!([])));
    for (properties, answers, asked) in [
        (&[("name", "Ana")][..], vec![taken(&owner), gone(), made(5, "")], &["update", "get", "update"][..]),
        (&[], vec![taken(&json!({})), nobody(), made(5, "")], &["update", "by_key", "get"]),
    ] {
        let wire = Scripted::new(answers);
        let result = crm.upsert(&wire, &known(properties)).await.unwrap();
        assert_eq!((result.ok[0].record.id.as_str(), result.ok[0].record.key.as_deref()), ("5", None));
        assert_eq!(wire.asked(), asked);
    }
    // A search that does not take keys finds nobody; other refusals are told.
    let invalid = || Ok(Response::new(400, &[], json!({ "errors": [{ "field": "unique_external_id" }] }).to_string()));
    assert!(crm.read_by(&Scripted::new([invalid()]), By::Key, &["k1".to_owned()]).await.unwrap().is_empty());
    assert!(crm.read_by(&Scripted::new([invalid()]), By::Email, &["a@b.example".to_owned()]).await.is_err());
}
