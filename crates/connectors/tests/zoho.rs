//! Zoho CRM: calls against the published files, answers, refusals, paging and notifications.

mod published;

use rapport_connectors::Secret;
use rapport_connectors::crm::name::UNNAMED;
use rapport_connectors::crm::{Channel, ErrorClass, HookCall, HookOp, KeyState, SignatureError};
use rapport_connectors::http::{Request, Response};
use rapport_connectors::zoho::rows::{Draft, Outcome, Shape};
use rapport_connectors::zoho::sweep::{Step, Sweep};
use rapport_connectors::zoho::{Api, api, contacts, coql, fields, hook, read_error, rows};
use rapport_core::time::Ms;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const BASE: &str = "https://accounts.zoho.eu";
/// 2026-11-21T07:00:00Z.
const AT: Ms = Ms(1_795_244_400_000);

fn api() -> Api {
    Api::new("https://accounts.zoho.eu/")
}

fn answer(status: u16, body: &Value) -> Response {
    Response::new(status, &[], body.to_string())
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_call_is_in_the_published_files() {
    let api = api();
    let (ana, secret) =
        (values(&[("Last_Name", "López"), ("Mobile", "+4915112345678"), ("Email", "")]), Secret::new("s"));
    let wanted = contacts::wanted(&["Mailing_City".to_owned()]);
    let known = [Draft::new(Some("5725767000000410001"), Some("k1"), &ana)];
    let channel = Channel { number: 7, url: "https://chat.shop.example/webhooks/zoho/1", secret: &secret };
    let ids = ["5725767000000410001".to_owned(), "5725767000000410002".to_owned()];
    let phones = ["+4915112345678".to_owned()];
    let mut compared = 0;
    let mut wrong = Vec::new();
    for (file, calls) in [
        ("org", vec![("/crm/v8/org", api.org())]),
        (
            "fields",
            vec![
                ("/crm/v8/settings/fields", fields::list_all(&api)),
                ("/crm/v8/settings/fields", fields::create_key(&api, fields::UNIQUE[0])),
            ],
        ),
        (
            "record",
            vec![
                ("/crm/v8/{module}", contacts::by_ids(&api, &ids, &wanted)),
                ("/crm/v8/{module}", rows::update(&api, &known)),
                ("/crm/v8/{module}/{recordID}", contacts::get(&api, &ids[0])),
                ("/crm/v8/{module}/upsert", rows::upsert(&api, &[Draft::new(None, Some("k1"), &ana)])),
                ("/crm/v8/{module}/deleted", contacts::deleted(&api, 2)),
            ],
        ),
        ("module-search", vec![("/crm/v8/{module}/search", contacts::by_phone(&api, "+4915112345678", &wanted))]),
        (
            "coql",
            vec![
                ("/crm/v8/coql", coql::ids_where(&api, &["Mobile"], &phones, 200).unwrap()),
                ("/crm/v8/coql", Sweep::new(AT).request(&api)),
            ],
        ),
        (
            "notifications",
            vec![
                ("/crm/v8/actions/watch", hook::watch(&api, &channel, &hook::MODULES, AT)),
                ("/crm/v8/actions/watch", hook::renew(&api, &channel, &hook::MODULES, AT)),
            ],
        ),
    ] {
        let Some(spec) = published::read(&format!("zoho/v8-oas31/{file}.json")) else { return };
        for (template, request) in calls {
            compared += 1;
            assert!(request.bearer.is_none() && request.headers.iter().all(|(name, _)| *name != "authorization"));
            wrong.extend(published::faults(&spec, template, &request, BASE));
        }
    }
    println!("{compared} calls compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_account_is_known_and_its_pages_are_found() {
    let org = answer(200, &json!({ "org": [{ "id": "57257670", "zgid": "60012345678" }] }));
    let org = api::read_org(&org).unwrap();
    for (accounts, page) in [
        ("https://accounts.zoho.eu", "https://crm.zoho.eu/crm/org60012345678/tab/Contacts/"),
        ("https://accounts.zoho.com.cn", "https://crm.zoho.com.cn/crm/org60012345678/tab/Contacts/"),
        ("https://accounts.zohocloud.ca/", "https://crm.zohocloud.ca/crm/org60012345678/tab/Contacts/"),
    ] {
        assert_eq!(Api::new(accounts).contact_page(&org), page);
    }
    assert!(api::read_org(&answer(200, &json!({ "org": [] }))).is_err());
}

#[test]
fn contacts_are_written_as_zoho_wants_them() {
    let sent = |request: &Request| request.json().unwrap();
    let row = |draft: Draft<'_>| sent(&rows::upsert(&api(), &[draft]))["data"][0].clone();
    for (name, id, pairs, body) in [
        ("nameless", None, &[("Mobile", "+49151")][..], json!({ "Mobile": "+49151", "Last_Name": "+49151" })),
        ("nobody", None, &[("Email", "a@b.example")], json!({ "Email": "a@b.example", "Last_Name": UNNAMED })),
        (
            "emptied",
            Some("7"),
            &[("Last_Name", ""), ("Email", "")],
            json!({ "Email": null, "Last_Name": UNNAMED, "id": "7" }),
        ),
        ("untouched", Some("7"), &[("First_Name", "Ana")], json!({ "First_Name": "Ana", "id": "7" })),
        ("unicode", None, &[("Last_Name", "李 💬 \"'\\")], json!({ "Last_Name": "李 💬 \"'\\" })),
    ] {
        let values = values(pairs);
        let mut body = body;
        body["Rapport_Contact_ID"] = "k1".into();
        assert_eq!(row(Draft::new(id, Some("k1"), &values)), body, "{name}");
    }
    let values =
        values(&[("Orders", "12"), ("VIP", "true"), ("Interests", "Tea; Cups"), ("Share", "0.5"), ("Bad", "x")]);
    let mut draft = Draft::new(Some("7"), None, &values);
    for (field, shape, learnt) in [
        ("Orders", Shape::Number, true),
        ("Orders", Shape::Number, false),
        ("VIP", Shape::Truth, true),
        ("Interests", Shape::List, true),
        ("Share", Shape::Number, true),
        ("Bad", Shape::Number, false),
        ("Bad", Shape::Truth, false),
        ("Elsewhere", Shape::List, false),
    ] {
        assert_eq!(draft.learn(Some((field.to_owned(), shape))), learnt, "{field}");
    }
    let shaped =
        json!({ "Orders": 12, "VIP": true, "Interests": ["Tea", "Cups"], "Share": 0.5, "Bad": "x", "id": "7" });
    assert_eq!(sent(&rows::update(&api(), &[draft]))["data"][0], shaped);
    let upsert = sent(&rows::upsert(&api(), &[Draft::new(None, Some("k"), &values)]));
    assert_eq!(
        (&upsert["duplicate_check_fields"], &upsert["trigger"]),
        (&json!(["Rapport_Contact_ID"]), &json!(["workflow"]))
    );
}

#[test]
fn contacts_are_read() {
    let row = |more: Value| {
        let mut row = json!({ "id": "5725767000000410001", "Last_Name": "López", "First_Name": null, "Mobile": "+49 151 1234567",
            "Phone": "030 123", "Email": "a@b.example", "Rapport_Contact_ID": "k1", "Orders": 5, "VIP": true,
            "Interests": ["Tea", "Cups"], "Owner": { "name": "Kim", "id": "1" }, "$approval": {},
            "Modified_Time": "2026-11-21T12:30:00+05:30" });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        contacts::read_one(&answer(200, &json!({ "data": [row] }))).unwrap().unwrap()
    };
    let ana = row(json!({}));
    assert_eq!((ana.key.as_deref(), ana.email.as_deref()), (Some("k1"), Some("a@b.example")));
    assert_eq!((ana.updated_at, ana.phones.len(), ana.phones[0].as_str()), (Some(AT), 2, "+49 151 1234567"));
    for (name, value) in
        [("First_Name", ""), ("Orders", "5"), ("VIP", "true"), ("Interests", "Tea;Cups"), ("Owner", "Kim")]
    {
        assert_eq!(ana.properties[name], value, "{name}");
    }
    assert!(!ana.properties.contains_key("$approval") && !ana.properties.contains_key("id"));
    for (name, read) in [(UNNAMED, ""), ("+491511234567", ""), ("030 123", ""), ("030 124", "030 124")] {
        assert_eq!(row(json!({ "Last_Name": name })).properties["Last_Name"], read, "a number is no name");
    }
    for status in [204, 304] {
        let empty = Response::new(status, &[], "");
        assert_eq!(contacts::read_page(&empty).unwrap(), contacts::Page::default(), "{status}");
        assert_eq!(coql::read_ids(&empty).unwrap(), (Vec::new(), false));
    }
    assert!(
        contacts::read_page(&answer(200, &json!({}))).is_err()
            && contacts::read_page(&answer(200, &json!("<html>"))).is_err()
    );
    let gone = json!({ "data": [{ "id": "9", "display_name": "X", "type": "recycle", "deleted_time": "2026-11-21T12:30:00+05:30" }],
        "info": { "more_records": true } });
    let (gone, more) = contacts::read_deleted(&answer(200, &gone)).unwrap();
    assert_eq!((gone[0].id.as_str(), gone[0].archived, more), ("9", true, true));
    let many: Vec<String> = (0..80).map(|n| format!("Field_{n}")).collect();
    assert_eq!(contacts::wanted(&many).split(',').count(), 50, "no call may name more");
}

#[test]
fn fields_are_read_and_ours_is_judged() {
    let field = |name: &str, kind: &str, unique: Value| {
        json!({ "api_name": name, "field_label": "L", "display_label": "Label", "data_type": kind, "unique": unique,
            "pick_list_values": [{ "display_value": "Oro", "actual_value": "Gold" }] })
    };
    let mut all: Vec<Value> = [
        ("integer", "number"),
        ("boolean", "bool"),
        ("picklist", "enumeration"),
        ("phone", "phone_number"),
        ("textarea", "string"),
        ("date", "date"),
        ("datetime", "datetime"),
    ]
    .into_iter()
    .map(|(kind, _)| field(kind, kind, json!({})))
    .collect();
    all.push(field("Owner", "ownerlookup", json!({})));
    let read = |all: &[Value]| fields::read_all(&answer(200, &json!({ "fields": all }))).unwrap();
    let kinds: Vec<String> = read(&all).into_iter().map(|property| property.kind).collect();
    assert_eq!(kinds, ["number", "bool", "enumeration", "phone_number", "string", "date", "datetime", "string"]);
    let owner = read(&all).pop().unwrap();
    assert_eq!((owner.read_only, owner.label.as_str(), owner.options), (true, "Label", vec!["Gold".to_owned()]));
    for (unique, state) in [
        (json!({ "case_sensitive": false }), KeyState::Ready),
        (json!(true), KeyState::Ready),
        (json!({}), KeyState::NotUnique),
    ] {
        all.push(field(fields::KEY_FIELD, "text", unique));
        assert_eq!(fields::key_state(&read(&all)), state);
        all.pop();
    }
    assert_eq!(fields::key_state(&read(&all)), KeyState::Missing);
}

#[test]
fn rows_are_judged_each_for_itself_under_any_status() {
    let none = BTreeMap::new();
    let drafts = [Draft::new(None, Some("k1"), &none), Draft::new(None, Some("k2"), &none)];
    let good = json!({ "code": "SUCCESS", "status": "success", "action": "insert", "message": "record added",
        "details": { "id": "7", "Modified_Time": "2026-11-21T12:30:00+05:30" } });
    let bad = json!({ "code": "INVALID_DATA", "status": "error", "message": "invalid data",
        "details": { "api_name": "Orders", "expected_data_type": "integer" } });
    for status in [200, 201, 202, 207, 400] {
        let body = json!({ "data": [good, bad] });
        let outcomes = rows::read_rows(&answer(status, &body), &drafts).unwrap();
        let Outcome::Done(done) = &outcomes[0] else { panic!("{status}: {outcomes:?}") };
        assert_eq!((done.created, done.record.key.as_deref(), done.record.updated_at), (true, Some("k1"), Some(AT)));
        let Outcome::Refused { error, lesson } = &outcomes[1] else { panic!("{status}: {outcomes:?}") };
        assert_eq!((error.class, error.message.as_str()), (ErrorClass::Invalid, "invalid data (Orders)"));
        assert_eq!(*lesson, Some(("Orders".to_owned(), Shape::Number)));
    }
    let whole = |status: u16, body: Value| rows::read_rows(&answer(status, &body), &drafts).unwrap_err().class;
    assert_eq!(whole(200, json!({ "data": [good] })), ErrorClass::Transient, "a row is missing");
    assert_eq!(whole(401, json!({ "code": "INVALID_TOKEN", "status": "error" })), ErrorClass::AuthExpired);
    let internal = json!({ "code": "INTERNAL_ERROR", "status": "error", "message": "x" });
    assert_eq!(whole(500, json!({ "data": [internal, internal] })), ErrorClass::Transient);
    assert_eq!(whole(400, json!({ "data": [bad] })), ErrorClass::Invalid, "one row speaks for all");
}

#[test]
fn refusals_are_sorted() {
    let told =
        |code: &str, details: Value| json!({ "code": code, "details": details, "message": "m", "status": "error" });
    let taken = json!({ "api_name": "Email", "duplicate_record": { "id": "9" } });
    for (status, body, class) in [
        (401, told("INVALID_TOKEN", json!({})), ErrorClass::AuthExpired),
        (401, told("AUTHENTICATION_FAILURE", json!({})), ErrorClass::AuthExpired),
        (401, told("OAUTH_SCOPE_MISMATCH", json!({})), ErrorClass::ForbiddenScope),
        (403, told("NO_PERMISSION", json!({})), ErrorClass::ForbiddenScope),
        (429, told("TOO_MANY_REQUESTS", json!({})), ErrorClass::RateLimited),
        (429, told("LIMIT_EXCEEDED", json!({})), ErrorClass::QuotaExhausted),
        (400, told("LIMIT_EXCEEDED", json!({})), ErrorClass::Invalid),
        (400, told("MANDATORY_NOT_FOUND", json!({ "api_name": "Company" })), ErrorClass::Invalid),
        (400, told("INVALID_DATA", json!({ "api_name": "id" })), ErrorClass::NotFound),
        (400, told("INVALID_DATA", json!({ "resource_path_index": 1 })), ErrorClass::NotFound),
        (400, told("INVALID_DATA", json!({ "resource_path_index": 0 })), ErrorClass::Invalid),
        (400, json!({ "data": [told("DUPLICATE_DATA", taken.clone())] }), ErrorClass::Conflict),
        (412, json!({ "data": [told("ALREADY_MODIFIED", json!({}))] }), ErrorClass::Locked),
        (202, json!({ "data": [told("RECORD_LOCKED", json!({}))] }), ErrorClass::Locked),
        (404, told("INVALID_URL_PATTERN", json!({})), ErrorClass::NotFound),
        (500, told("INTERNAL_ERROR", json!({})), ErrorClass::Transient),
        (502, json!("<html>"), ErrorClass::Transient),
    ] {
        let error = read_error(&answer(status, &body));
        assert_eq!(error.class, class, "HTTP {status} {body}");
        let waits = matches!(class, ErrorClass::RateLimited | ErrorClass::QuotaExhausted | ErrorClass::Locked);
        assert_eq!(error.retry_after.is_some(), waits, "HTTP {status} {body}");
    }
    let taken = read_error(&answer(400, &json!({ "data": [told("DUPLICATE_DATA", taken)] })));
    assert_eq!((taken.existing_id.as_deref(), taken.fields[0].field.as_str()), (Some("9"), "Email"));
    let several = json!({ "errors": [told("INVALID_DATA", json!({ "api_name": "A" })), told("INVALID_DATA", json!({ "api_name": "B" }))] });
    let several = read_error(&answer(400, &told("MULTIPLE_OR_MULTI_ERRORS", several)));
    assert_eq!(several.fields.iter().map(|field| field.field.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    let key = read_error(&answer(400, &told("INVALID_DATA", json!({ "api_name": "duplicate_check_fields" }))));
    assert_eq!(key.fields[0].field, fields::KEY_FIELD, "what an upsert looks for is our key");
    let limits = |headers: &[(&str, &str)]| {
        let error = read_error(&Response::new(429, headers, told("TOO_MANY_REQUESTS", json!({})).to_string()));
        (error.class, error.retry_after.map(|wait| wait.as_secs()))
    };
    assert_eq!(limits(&[]), (ErrorClass::RateLimited, Some(10)));
    assert_eq!(limits(&[("Retry-After", "7")]), (ErrorClass::RateLimited, Some(7)));
    assert_eq!(limits(&[("X-API-CREDITS-REMAINING", "0")]), (ErrorClass::QuotaExhausted, Some(3_600)));
    assert_eq!(limits(&[("X-API-CREDITS-REMAINING", "12")]), (ErrorClass::RateLimited, Some(10)));
}

#[test]
fn a_sweep_goes_on_behind_the_last_stamp_and_id() {
    let page = |rows: &[(u64, &str)], more: bool| {
        let row = |(id, at): &(u64, &str)| json!({ "id": id.to_string(), "Modified_Time": at });
        let rows: Vec<Value> = rows.iter().map(row).collect();
        answer(200, &json!({ "data": rows, "info": { "count": rows.len(), "more_records": more } }))
    };
    let query = |sweep: &Sweep| sweep.request(&api()).json().unwrap()["select_query"].as_str().unwrap().to_owned();
    let order = "order by Modified_Time asc, id asc limit 200";
    let first = Sweep::new(Ms(0));
    let start = "select id, Modified_Time from Contacts where Modified_Time >= '1970-01-01T00:00:00+00:00'";
    assert_eq!(query(&first), format!("{start} {order}"));
    let read = first.read(&page(&[(7, "2026-11-21T12:29:59+05:30"), (5, "2026-11-21T12:30:00+05:30")], true)).unwrap();
    assert_eq!(read.ids, ["7", "5"]);
    let Step::More(second) = read.step else { panic!("more") };
    let at = "2026-11-21T07:00:00+00:00";
    let behind = format!("(Modified_Time > '{at}' or (Modified_Time = '{at}' and id > '5'))");
    assert_eq!(query(&second), format!("select id, Modified_Time from Contacts where {behind} {order}"));
    let stored: Sweep = serde_json::from_value(serde_json::to_value(&second).unwrap()).unwrap();
    assert_eq!(stored, second);
    let end = |response: &Response| second.read(response).unwrap().step;
    assert_eq!(end(&page(&[(6, "2026-11-21T12:30:00+05:30")], false)), Step::Done { up_to: AT });
    assert_eq!(end(&Response::new(204, &[], "")), Step::Done { up_to: AT }, "nothing more");
    let full: Vec<(u64, &str)> = (0..200).map(|id| (id, "2026-11-21T12:30:00+05:30")).collect();
    assert!(matches!(end(&page(&full, false)), Step::More(_)), "a full page is not the end, whatever it says");
    assert!(second.read(&page(&[(6, "soon")], false)).is_err(), "nothing is passed over");
}

#[test]
fn notifications_are_believed_by_their_token_and_hint() {
    let body = json!({ "server_time": AT.0, "module": "Contacts", "ids": ["7", "8"], "operation": "update",
        "channel_id": "7", "token": "s3cret", "affected_fields": [] });
    let check = |secrets: &[&str], body: &str| {
        let call = HookCall { method: "POST", uri: "https://x.example/", body: body.as_bytes(), headers: &[] };
        hook::verify(secrets, &call, AT)
    };
    let without = json!({ "module": "Contacts", "ids": ["7"] }).to_string();
    for (name, secrets, body, outcome) in [
        ("good", &["s3cret"][..], body.to_string(), Ok(())),
        ("one of two", &["new", "s3cret"], body.to_string(), Ok(())),
        ("other", &["S3cret"], body.to_string(), Err(SignatureError::Mismatch)),
        ("longer", &["s3cret2"], body.to_string(), Err(SignatureError::Mismatch)),
        ("none of ours", &[""], body.to_string(), Err(SignatureError::NoSecret)),
        ("empty is no secret", &[""], json!({ "token": "" }).to_string(), Err(SignatureError::NoSecret)),
        ("none given", &["s3cret"], without, Err(SignatureError::Missing)),
        ("no JSON", &["s3cret"], "[".to_owned(), Err(SignatureError::Malformed)),
    ] {
        assert_eq!(check(secrets, &body), outcome, "{name}");
    }
    let hints = |body: &Value| hook::hints(body.to_string().as_bytes()).unwrap();
    assert_eq!(
        hints(&body).iter().map(|hint| (hint.id.as_str(), hint.at)).collect::<Vec<_>>(),
        [("7", Some(AT)), ("8", Some(AT))]
    );
    for (operation, op) in
        [("insert", HookOp::Created), ("delete", HookOp::Deleted), ("x", HookOp::Other("x".to_owned()))]
    {
        assert_eq!(hints(&json!({ "module": "Contacts", "ids": ["7"], "operation": operation }))[0].op, op);
    }
    assert!(hints(&json!({ "module": "Leads", "ids": ["7"], "operation": "insert" })).is_empty());
    assert!(hook::hints(b"[").is_err());
    let secret = Secret::new("canary");
    let channel = Channel { number: 7, url: "https://x.example/h", secret: &secret };
    assert!(!format!("{channel:?} {:?}", hook::watch(&api(), &channel, &hook::MODULES, AT)).contains("canary"));
    let told = json!({ "watch": [{ "status": "success", "details": { "events": [{ "channel_expiry": "2026-11-21T12:30:00+05:30" }] } }] });
    assert_eq!(hook::read_channel(&answer(201, &told)).unwrap(), AT);
    let refused = json!({ "watch": [{ "status": "error", "code": "INVALID_DATA", "details": {}, "message": "m" }] });
    assert_eq!(hook::read_channel(&answer(200, &refused)).unwrap_err().class, ErrorClass::Invalid);
}
