//! Salesforce: calls against the published file, questions with hostile text in them, answers and refusals.

mod published;

use futures::future::BoxFuture;
use rapport_connectors::crm::{Access, Ask, RemoteRecord, Wire};
use rapport_connectors::crm::{By, CrmError, ErrorClass, KeyState, Pace, Property, UpsertRow, vendor};
use rapport_connectors::http::{Request, Response};
use rapport_connectors::salesforce::soql::{self, Scope};
use rapport_connectors::salesforce::{Api, api, contacts, error, key, read_error, read_limits};
use rapport_core::time::Ms;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

const BASE: &str = "https://shop.my.salesforce.com";
const ANA: &str = "0035g00000anaxxAAA";
const BO: &str = "0035g00000boxxxAAA";

fn ok(body: &Value) -> Response {
    Response::new(200, &[], body.to_string())
}

fn row(key: &str, id: Option<&str>, pairs: &[(&str, &str)]) -> UpsertRow {
    let properties: BTreeMap<String, String> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    UpsertRow { key: key.to_owned(), id: id.map(str::to_owned), properties }
}

/// The text of a question.
fn asked(request: &Request) -> String {
    let (_, query) = request.url.split_once("?q=").unwrap();
    let mut bytes = Vec::new();
    let mut rest = query.bytes();
    while let Some(byte) = rest.next() {
        let mut hex = || char::from(rest.next().unwrap()).to_digit(16).unwrap();
        bytes.push(if byte == b'%' { u8::try_from(hex() * 16 + hex()).unwrap() } else { byte });
    }
    String::from_utf8(bytes).unwrap()
}

/// The file tells of records, their fields and what was deleted; of questions and collections it does not.
#[test]
fn calls_and_fields_are_in_the_published_file() {
    let Some(spec) = published::read("salesforce/lightning-platform-rest_v59.0.trimmed.json") else { return };
    let api = Api::new(BASE);
    let ana = row("k1", None, &[("LastName", "López"), ("MobilePhone", "+4915112345678"), ("Title", "Dr.")]);
    let mut wrong = Vec::new();
    for (template, request) in [
        ("/services/data/v59.0/sobjects/{sObject}/describe", api.describe()),
        ("/services/data/v59.0/sobjects/{sObject}/deleted", soql::deleted(&api, Ms(0), Ms(1_000))),
        ("/services/data/v59.0/sobjects/Contact/{id}", contacts::update(&api, ANA, None, &ana.properties)),
    ] {
        wrong.extend(published::faults(&spec, template, &request, BASE));
    }
    let fields = &spec["components"]["schemas"]["ContactSObject"]["properties"];
    let own = soql::wanted(&[]).into_iter().filter(|name| name != contacts::KEY);
    let seeds = vendor("salesforce").unwrap().seeds.iter().map(|seed| seed.remote.to_owned());
    wrong.extend(own.chain(seeds).filter(|name| !fields[name].is_object()).map(|name| format!("no field {name}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hostile_text_stays_text() {
    for (text, quoted) in [
        ("Ana", "'Ana'"),
        ("O'Brien", r"'O\'Brien'"),
        (r"\' OR Name != '", r"'\\\' OR Name != \''"),
        ("a\"b", "'a\\\"b'"),
        ("a\nb\tc\rd\u{0}e\u{8}", r"'a\nb\tc\rde'"),
        ("李小龙 💬 ' مرحبا", r"'李小龙 💬 \' مرحبا'"),
    ] {
        assert_eq!(soql::quote(text), quoted, "{text:?}");
    }
    let api = Api::new(BASE);
    let fields = soql::wanted(&["Level__c".to_owned(), "Id FROM User--".to_owned(), "a b".to_owned(), "1a".to_owned()]);
    assert!(fields.contains(&"Level__c".to_owned()) && fields.iter().all(|name| soql::is_name(name)), "{fields:?}");
    let evil = vec!["x') OR (Name LIKE '%".to_owned(), "a&b=c#d+e%2B".to_owned()];
    let request = soql::query(&api, Scope::Live, &["Id".to_owned()], &soql::among("Email", &evil));
    assert!(!request.url[BASE.len()..].contains(['\'', ' ', '+', '#', '&']), "{}", request.url);
    assert_eq!(asked(&request), r"SELECT Id FROM Contact WHERE Email IN ('x\') OR (Name LIKE \'%','a&b=c#d+e%2B')");
    let numbers = vec!["+49 151 12345678".to_owned(), "} RETURNING User(Id)".to_owned(), "12".to_owned()];
    assert_eq!(soql::digits(&numbers), ["4915112345678"]);
    let search = asked(&soql::search_digits(&api, &["Id".to_owned()], &soql::digits(&numbers)));
    assert_eq!(search, "FIND {4915112345678} IN PHONE FIELDS RETURNING Contact(Id LIMIT 200)");
}

#[test]
fn pages_of_changes_leave_out_nothing_of_one_second() {
    let since = Ms(1_795_244_400_123);
    assert_eq!(
        soql::changed(None, since),
        "WHERE SystemModstamp >= 2026-11-21T07:00:00Z ORDER BY SystemModstamp, Id LIMIT 2000"
    );
    let record = |n: usize| RemoteRecord {
        id: format!("0035g000{n:07}AAA"),
        updated_at: Some(Ms(1_795_244_400_000)),
        ..RemoteRecord::default()
    };
    let mut page: Vec<RemoteRecord> = (0..soql::PAGE).map(record).collect();
    let place = soql::after(&page).unwrap();
    assert_eq!(
        soql::changed(Some(&place), Ms(0)),
        "WHERE SystemModstamp > 2026-11-21T07:00:00Z OR (SystemModstamp = 2026-11-21T07:00:00Z AND Id > \
         '0035g0000001999AAA') ORDER BY SystemModstamp, Id LIMIT 2000"
    );
    page.pop();
    assert_eq!(soql::after(&page), None);
    let batch = |body: Value| soql::read_batch(&ok(&body));
    let next = "/services/data/v59.0/query/01g-2000";
    assert_eq!(
        batch(json!({ "done": false, "nextRecordsUrl": next, "records": [] })).unwrap().next.as_deref(),
        Some(next)
    );
    assert_eq!(batch(json!({ "done": true, "nextRecordsUrl": next, "records": [] })).unwrap().next, None);
    for strange in [
        json!({ "done": false, "records": [] }),
        json!([]),
        json!({ "done": false, "records": [], "nextRecordsUrl": "//evil.example" }),
    ] {
        assert!(batch(strange).is_err());
    }
}

#[test]
fn contacts_are_written_as_salesforce_wants_them() {
    let api = Api::new(BASE);
    let body = |pairs: &[(&str, &str)], id: Option<&str>| {
        let row = row("k1", id, pairs);
        let request = if id.is_some() { contacts::update_many(&api, &[&row]) } else { contacts::upsert(&api, &[&row]) };
        let json = request.json().unwrap();
        assert_eq!((&json["allOrNone"], &json["records"][0]["attributes"]["type"]), (&json!(false), &json!("Contact")));
        assert_eq!(json["records"][0]["Rapport_Id__c"], "k1");
        json["records"][0].clone()
    };
    for (pairs, last) in [
        (&[("LastName", "López")][..], json!("López")),
        (&[("FirstName", "Ana")], json!("-")),
        (&[("MobilePhone", "+49151"), ("FirstName", " ")], json!("+49151")),
        (&[("Email", "a@b.example")], json!("WhatsApp customer")),
    ] {
        assert_eq!(body(pairs, None)["LastName"], last, "a contact must have a last name: {pairs:?}");
    }
    let known = body(&[("FirstName", "Ana"), ("Title", "")], Some(ANA));
    assert_eq!(
        (known.get("LastName"), &known["Title"], &known["id"]),
        (None, &Value::Null, &json!(ANA)),
        "it keeps its own"
    );
    assert_eq!(body(&[("LastName", "")], Some(ANA))["LastName"], "WhatsApp customer", "it cannot be taken away");
}

#[test]
fn contacts_are_read() {
    let read = |more: Value| {
        let mut contact = json!({ "attributes": {}, "Id": ANA, "IsDeleted": false, "MasterRecordId": null, "FirstName": "Ana",
            "LastName": "López", "Email": "a@b.example", "MobilePhone": "+49 151 1234567", "Phone": null, "DoNotCall": true,
            "Orders__c": 5.5, "Languages__c": "English;German", "LastSeen__c": "2026-11-21T07:00:00.000+0000",
            "SystemModstamp": "2026-11-21T07:00:00.000+0000", "Rapport_Id__c": "k1" });
        contact.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let body = json!({ "totalSize": 1, "done": true, "records": [contact] });
        soql::read_batch(&ok(&body)).unwrap().records.remove(0)
    };
    let ana = read(json!({}));
    assert_eq!((ana.id.as_str(), ana.key.as_deref(), ana.email.as_deref()), (ANA, Some("k1"), Some("a@b.example")));
    assert_eq!((ana.updated_at, ana.archived, ana.phones.len()), (Some(Ms(1_795_244_400_000)), false, 1));
    for (name, value) in [
        ("Phone", ""),
        ("DoNotCall", "true"),
        ("Orders__c", "5.5"),
        ("Languages__c", "English;German"),
        ("LastSeen__c", "2026-11-21T07:00:00Z"),
    ] {
        assert_eq!(ana.properties[name], value, "{name}");
    }
    assert_eq!(read(json!({ "SystemModstamp": "2026-11-21T08:00:00+01:00" })).updated_at, ana.updated_at);
    for stand_in in ["-", "WhatsApp customer", "+491511234567"] {
        assert_eq!(read(json!({ "LastName": stand_in })).properties["LastName"], "", "{stand_in}");
    }
    assert_eq!(read(json!({ "LastName": "1234567" })).properties["LastName"], "1234567", "somebody else's number");
    let merged = read(json!({ "IsDeleted": true, "MasterRecordId": BO }));
    assert_eq!((merged.archived, merged.merged_into.as_deref()), (true, Some(BO)));
}

#[test]
fn rows_are_judged_each_for_itself() {
    let answer = json!([
        { "id": ANA, "success": true, "errors": [], "created": true },
        { "success": false, "errors": [{ "statusCode": "INVALID_EMAIL_ADDRESS", "message": "Email: invalid email address: x", "fields": ["Email"] }] },
        { "success": false, "errors": [{ "statusCode": "INSUFFICIENT_ACCESS_OR_READONLY", "message": "no", "fields": [] }] },
        { "success": false, "errors": [{ "statusCode": "UNABLE_TO_LOCK_ROW", "message": "busy", "fields": [] }] },
        { "success": false, "errors": [] },
    ]);
    let rows = contacts::read_rows(&ok(&answer), 5).unwrap();
    assert_eq!(rows[0].as_ref().unwrap(), &(ANA.to_owned(), true));
    let refused: Vec<&CrmError> = rows[1..].iter().map(|row| row.as_ref().unwrap_err()).collect();
    assert_eq!((refused[0].class, refused[0].fields[0].field.as_str()), (ErrorClass::Invalid, "Email"));
    assert_eq!(refused[1].class, ErrorClass::Invalid, "one record's sharing is not the connection's trouble");
    assert_eq!((refused[2].class, refused[2].retry_after.is_some()), (ErrorClass::Locked, true));
    assert_eq!(refused[3].class, ErrorClass::Invalid);
    assert!(contacts::read_rows(&ok(&answer), 4).is_err(), "whose rows are these?");
}

#[test]
fn refusals_are_sorted() {
    let one = |code: &str, message: &str| json!([{ "errorCode": code, "message": message }]);
    for (status, body, class) in [
        (401, one("INVALID_SESSION_ID", "Session expired or invalid"), ErrorClass::AuthExpired),
        (403, one("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), ErrorClass::QuotaExhausted),
        (403, one("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded."), ErrorClass::RateLimited),
        (400, one("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access"), ErrorClass::Locked),
        (
            400,
            one("DUPLICATE_VALUE", &format!("duplicate value found: X__c duplicates value on record with id: {ANA}")),
            ErrorClass::Conflict,
        ),
        (400, one("DUPLICATES_DETECTED", "Use one of these records?"), ErrorClass::Conflict),
        (404, one("NOT_FOUND", "The requested resource does not exist"), ErrorClass::NotFound),
        (404, one("ENTITY_IS_DELETED", "entity is deleted"), ErrorClass::NotFound),
        (
            404,
            one("NOT_FOUND", "Provided external ID field does not exist or is not accessible: Rapport_Id__c"),
            ErrorClass::Invalid,
        ),
        (403, one("API_DISABLED_FOR_ORG", "API is not enabled"), ErrorClass::ForbiddenScope),
        (400, one("INVALID_QUERY_LOCATOR", "invalid query locator"), ErrorClass::Invalid),
        (503, one("SERVER_UNAVAILABLE", "down"), ErrorClass::Transient),
        (420, json!("<html>"), ErrorClass::Transient),
        (401, json!(null), ErrorClass::AuthExpired),
        (500, json!(null), ErrorClass::Transient),
    ] {
        assert_eq!(read_error(&Response::new(status, &[], body.to_string())).class, class, "HTTP {status} {body}");
    }
    let existing = |body: Value| read_error(&Response::new(400, &[], body.to_string())).existing_id;
    assert_eq!(
        existing(one("DUPLICATE_VALUE", &format!("duplicates value on record with id: {ANA}"))).as_deref(),
        Some(ANA)
    );
    assert_eq!(existing(one("DUPLICATE_VALUE", "duplicates value on record with id: <unknown>")), None);
    let found = json!([{ "errorCode": "DUPLICATES_DETECTED", "message": "m", "duplicateResut": { "matchResults": [
        { "matchRecords": [{ "record": { "Id": BO } }] }] } }]);
    assert_eq!(existing(found).as_deref(), Some(BO));
    let column = read_error(&Response::new(
        400,
        &[],
        one("INVALID_FIELD", "\nERROR at Row:1\nNo such column 'Level__c' on entity 'Contact'.").to_string(),
    ));
    assert_eq!(
        (column.fields[0].field.as_str(), error::missing_column(&column.message)),
        ("Level__c", Some("Level__c"))
    );
    let day = |header: &str| read_limits(&Response::new(200, &[("Sforce-Limit-Info", header)], "")).day;
    assert_eq!(day("api-usage=18/15000"), Some((15_000, 14_982)));
    assert_eq!(day("per-app-api-usage=1/2(appName=x); api-usage=9/5"), Some((5, 0)));
    assert_eq!((day(""), day("api-usage=many")), (None, None));
}

#[test]
fn the_field_of_our_key_must_be_both_unique_and_a_key() {
    let field = |more: Value| {
        let mut field = json!({ "name": "Rapport_Id__c", "label": "Rapport ID", "type": "string", "unique": true, "externalId": true,
            "updateable": true, "createable": true });
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let rest = json!([field, { "name": "MailingAddress", "type": "address" }, { "name": "AccountId", "type": "reference",
            "updateable": true, "createable": true }, { "name": "Level__c", "type": "picklist", "updateable": true,
            "createable": true, "picklistValues": [{ "value": "Gold", "active": true }, { "value": "Old", "active": false }] }]);
        api::read_fields(&ok(&json!({ "fields": rest }))).unwrap()
    };
    let fields = field(json!({}));
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["Rapport_Id__c", "AccountId", "Level__c"], "a whole address is no field");
    assert!(fields[1].read_only && !fields[2].read_only && fields[2].options == ["Gold"]);
    assert_eq!(key::state(&fields), KeyState::Ready);
    assert_eq!(key::state(&field(json!({ "externalId": false }))), KeyState::NotUnique);
    assert_eq!(key::state(&Vec::<Property>::new()), KeyState::Missing);
    let refused = Response::new(403, &[], json!([{ "errorCode": "INSUFFICIENT_ACCESS", "message": "no" }]).to_string());
    let refused = key::read_made(&refused).unwrap_err();
    let access = Access { base_url: BASE.to_owned(), ..Access::default() };
    let advice = (vendor("salesforce").unwrap().open)(&access, &[]).advice(&refused).unwrap();
    assert!(advice.contains("Object Manager") && advice.contains("Rapport_Id"), "{advice}");
    let twice =
        Response::new(400, &[], json!([{ "errorCode": "DUPLICATE_DEVELOPER_NAME", "message": "m" }]).to_string());
    assert_eq!(key::read_made(&twice).unwrap(), None);
}

/// Answers what a test says, in order.
struct Script(Mutex<Vec<Response>>, Mutex<Vec<String>>);

impl Wire for Script {
    fn call(&self, request: Request, _: Pace) -> Ask<'_, Response> {
        self.1.lock().unwrap().push(if request.url.contains("?q=") { asked(&request) } else { request.url });
        let next = self.0.lock().unwrap().remove(0);
        Box::pin(async { Ok(next) })
    }

    fn once(&self, request: Request, pace: Pace) -> Ask<'_, Response> {
        self.call(request, pace)
    }

    fn pause(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

#[tokio::test]
async fn a_field_that_is_gone_stops_no_other() {
    let gone = json!([{ "errorCode": "INVALID_FIELD", "message": "\nNo such column 'Level__c' on entity 'Contact'." }]);
    let found =
        json!({ "done": false, "nextRecordsUrl": "/services/data/v59.0/query/01g-1", "records": [{ "Id": ANA }] });
    let rest = json!({ "done": true, "records": [{ "Id": BO }] });
    let no_key =
        json!([{ "errorCode": "INVALID_FIELD", "message": "No such column 'Rapport_Id__c' on entity 'Contact'." }]);
    let refused = |body: &Value| Response::new(400, &[], body.to_string());
    let script = vec![refused(&gone), ok(&found), ok(&rest), refused(&no_key), refused(&no_key)];
    let wire = Script(Mutex::new(script), Mutex::default());
    let access = Access { base_url: BASE.to_owned(), ..Access::default() };
    let crm = (vendor("salesforce").unwrap().open)(&access, &["Level__c".to_owned(), "Title".to_owned()]);
    let found = crm.read_by(&wire, By::Email, &["a@b.example".to_owned()]).await.unwrap();
    assert_eq!(found.iter().map(|record| record.id.as_str()).collect::<Vec<_>>(), [ANA, BO], "batch by batch");
    let calls = std::mem::take(&mut *wire.1.lock().unwrap());
    assert!(
        calls[0].contains("Level__c") && !calls[1].contains("Level__c") && calls[1].contains("Title"),
        "{calls:#?}"
    );
    assert!(calls[2].ends_with("/query/01g-1"));
    let none = crm.read_by(&wire, By::Key, &["k1".to_owned()]).await.unwrap();
    assert!(none.is_empty(), "without the field nobody has a key");
}
