//! Deals and cases: every call against the vendor's own OpenAPI file, and how stages and fields are read.

mod published;

use rapport_connectors::Secret;
use rapport_connectors::crm::{Access, ErrorClass, RemoteMatter, UpsertRow, VENDORS, Writing};
use rapport_connectors::http::{Request, Response};
use rapport_connectors::hubspot::{self, Versions, properties, records};
use rapport_connectors::salesforce;
use rapport_connectors::zendesk::{self, Login, tickets};
use rapport_core::matter::{Object, field};
use rapport_core::time::Ms;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn writing(object: Object, pairs: &[(&str, &str)]) -> Writing {
    let fields = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Writing { object, key: "key-1".into(), made_at: Ms(1_790_000_000_000), known: None, person: None, fields }
}

fn ok(body: &Value) -> Response {
    Response::new(200, &[], body.to_string())
}

const CASE: [(&str, &str); 6] = [
    (field::TITLE, "Broken"),
    (field::DETAILS, "It came broken"),
    (field::STATUS, "open"),
    (field::CATEGORY, "complaint"),
    (field::PRIORITY, "urgent"),
    (field::SKUS, "A 1;B"),
];

const DEAL: [(&str, &str); 5] = [
    (field::TITLE, "Phone"),
    (field::AMOUNT, "129.90"),
    (field::CURRENCY, "EUR"),
    (field::STATUS, "open"),
    (field::SKUS, "A;B"),
];

/// A vendor's file, what stands before its paths, and calls with the file's own path for each.
type Calls<'a> = (&'a str, &'a str, Vec<(&'a str, Request)>);

fn judge((file, base, calls): Calls<'_>) {
    let Some(spec) = published::read(file) else { return };
    let wrong: Vec<String> =
        calls.iter().flat_map(|(template, request)| published::faults(&spec, template, request, base)).collect();
    assert!(wrong.is_empty(), "{file}: {wrong:#?}");
}

#[test]
fn every_call_is_in_the_published_files() {
    let base = "https://api.hubapi.com";
    let api = hubspot::Api::new(base, Secret::new("t"), Versions::default());
    let row = UpsertRow { key: "k".into(), id: None, properties: BTreeMap::from([("dealname".into(), "x".into())]) };
    let own = properties::Own { name: "x", label: "X", description: "x", group: "dealinformation", unique: true };
    judge((
        "hubspot/pipelines.json",
        base,
        vec![("/crm/v3/pipelines/{objectType}", hubspot::matters::pipelines(&api, Object::Deal))],
    ));
    let path = "/crm/v4/objects/{fromObjectType}/{fromObjectId}/associations/default/{toObjectType}/{toObjectId}";
    let associate = hubspot::matters::associate(&api, Object::Case, "7", "8");
    judge(("hubspot/associations_v4.json", base, vec![(path, associate)]));
    let rows = vec![
        ("/crm/v3/objects/deals/batch/upsert", records::batch_upsert(&api, "deals", "rapport_deal_id", &[row])),
        ("/crm/v3/objects/deals/{dealId}", records::update(&api, "deals", "7", None, &BTreeMap::new())),
        (
            "/crm/v3/objects/deals/batch/read",
            records::batch_read(&api, "deals", Some("rapport_deal_id"), &["k".into()], &["amount"]),
        ),
    ];
    judge(("hubspot/deals.json", base, rows));
    let rows = vec![
        ("/crm/v3/properties/{objectType}", properties::create_own(&api, "deals", &own)),
        ("/crm/v3/properties/{objectType}/{propertyName}", properties::get_own(&api, "deals", "x")),
    ];
    judge(("hubspot/properties.json", base, rows));

    let base = "https://shop.zendesk.com";
    let api = zendesk::Api::new(base, Login::Bearer(Secret::new("t")));
    let new = Writing { person: Some("35436".into()), ..writing(Object::Case, &CASE) };
    let known = Some(RemoteMatter { id: "7".into(), beside: vec!["vip".into()], ..RemoteMatter::default() });
    let rows = vec![
        ("/api/v2/tickets", tickets::create(&api, &new, "")),
        ("/api/v2/tickets", tickets::by_key(&api, "key-1")),
        ("/api/v2/tickets/show_many", tickets::show_many(&api, &["7".into(), "8".into()])),
        ("/api/v2/tickets/{ticket_id}", tickets::update(&api, "7", &Writing { known, ..new.clone() })),
    ];
    judge(("zendesk/support-api_2.0.0.json", base, rows));

    let base = "https://shop.my.salesforce.com";
    let api = salesforce::Api::new(base);
    let id = "0035g00000abcdeAAA".to_owned();
    for (object, path, fields) in [
        (Object::Deal, "/services/data/v59.0/sobjects/Opportunity/{id}", &DEAL[..]),
        (Object::Case, "/services/data/v59.0/sobjects/Case/{id}", &CASE[..]),
    ] {
        let writing = Writing { person: Some(id.clone()), ..writing(object, fields) };
        let record = salesforce::matters::record(&writing, Some("Open".into()));
        let request = salesforce::matters::update(&api, object, &id, &record);
        judge(("salesforce/lightning-platform-rest_v59.0.trimmed.json", base, vec![(path, request)]));
    }
}

#[test]
fn what_a_vendor_cannot_do_is_not_offered() {
    for vendor in VENDORS {
        let opened = (vendor.open)(&Access::default(), &[]);
        assert_eq!(opened.matters().is_some(), !vendor.capabilities.objects.is_empty(), "{}", vendor.kind);
        for object in vendor.capabilities.objects {
            assert!(!opened.matters().unwrap().rights(*object).is_empty());
        }
    }
}

#[test]
fn stages_mean_what_pipelines_say() {
    let stage = |id: &str, order: i64, metadata: Value| json!({ "id": id, "label": id, "displayOrder": order, "metadata": metadata });
    let body = json!({ "results": [
        { "id": "late", "displayOrder": 2, "stages": [stage("l1", 0, json!({}))] },
        { "id": "gone", "displayOrder": 0, "archived": true, "stages": [stage("g1", 0, json!({}))] },
        { "id": "first", "displayOrder": 1, "stages": [
            stage("won", 3, json!({ "isClosed": "true", "probability": "1.0" })),
            stage("lost", 4, json!({ "isClosed": "true", "probability": "0.0" })),
            stage("new", 1, json!({ "isClosed": "false", "probability": "0.2" })),
        ] },
    ] });
    let read = |object| hubspot::matters::read_stages(&ok(&body), object).unwrap();
    let told: Vec<(String, &str)> = read(Object::Deal).into_iter().map(|stage| (stage.id, stage.status)).collect();
    let expected = [("new", "open"), ("won", "won"), ("lost", "lost"), ("l1", "open")];
    assert_eq!(told, expected.map(|(id, status)| (id.to_owned(), status)));
    assert_eq!(read(Object::Case)[1].status, "closed");
    assert!(hubspot::matters::read_stages(&ok(&json!({})), Object::Deal).is_err());

    let rows = json!({ "records": [
        { "ApiName": "New", "IsClosed": false, "IsWon": false, "IsDefault": false },
        { "ApiName": "Working", "IsClosed": false, "IsWon": false, "IsDefault": true },
        { "ApiName": "Won", "IsClosed": true, "IsWon": true },
    ] });
    let stage = |object, status| salesforce::matters::read_stage(&ok(&rows), object, status);
    assert_eq!(stage(Object::Deal, "open").unwrap(), "Working");
    assert_eq!(stage(Object::Deal, "won").unwrap(), "Won");
    let refused = stage(Object::Deal, "lost").unwrap_err();
    assert_eq!((refused.class, refused.fields[0].field.as_str()), (ErrorClass::Invalid, field::STATUS));
}

#[test]
fn tickets_keep_tags_that_are_not_ours() {
    let body = json!({ "tickets": [
        { "id": 7, "subject": "Broken", "status": "pending", "priority": null, "updated_at": "2026-11-21T07:00:00Z",
          "tags": ["vip", "case_study", "case_quote", "sku_a"] },
        { "id": 8, "status": "deleted" },
        { "id": 9, "status": "closed", "priority": "low", "tags": [] },
    ] });
    let read = tickets::read_tickets(&ok(&body)).unwrap();
    assert_eq!(read.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["7", "9"]);
    let told = |at: usize, name: &str| read[at].fields.get(name).map(String::as_str);
    assert_eq!(
        (told(0, field::STATUS), told(0, field::CATEGORY), told(0, field::PRIORITY)),
        (Some("open"), Some("quote"), Some(""))
    );
    assert_eq!(
        (told(1, field::STATUS), told(1, field::PRIORITY), read[0].stage.as_deref()),
        (Some("closed"), Some("low"), Some("pending"))
    );
    let api = zendesk::Api::new("https://shop.zendesk.com", Login::Bearer(Secret::new("t")));
    let change = Writing {
        known: Some(read[0].clone()),
        ..writing(Object::Case, &[(field::CATEGORY, "complaint"), (field::STATUS, "open")])
    };
    let ticket = tickets::update(&api, "7", &change).json().unwrap()["ticket"].clone();
    assert_eq!(
        ticket,
        json!({
            "tags": ["vip", "case_study", "sku_a", "case_complaint"],
            "safe_update": true, "updated_stamp": "2026-11-21T07:00:00Z",
        }),
        "one that waits for the customer stays so, and so do tags that only look like ours"
    );
    let change = Writing { known: Some(read[0].clone()), ..writing(Object::Case, &[(field::TITLE, "Other")]) };
    let ticket = tickets::update(&api, "7", &change).json().unwrap()["ticket"].clone();
    assert_eq!(ticket, json!({ "subject": "Other" }), "no tags, no need to be safe");
    let key = |fields: &[(&str, &str)], after: &str| {
        let request = tickets::create(&api, &writing(Object::Case, fields), after);
        let found = request.headers.into_iter().find(|(name, _)| *name == "idempotency-key");
        found.map(|(_, key)| key).filter(|key| key.starts_with("key-1-")).unwrap()
    };
    assert_eq!(key(&CASE, ""), key(&CASE, ""), "a repeated call makes no second one");
    let other = [(field::TITLE, "Changed meanwhile")];
    assert!(key(&CASE, "") != key(&other, "") && key(&CASE, "") != key(&CASE, "7"));
    let request = tickets::create(&api, &writing(Object::Case, &CASE), "");
    let made = request.json().unwrap()["ticket"].clone();
    assert_eq!(made["tags"], json!(["whatsapp", "case_complaint", "sku_a_1", "sku_b"]));
    assert_eq!((&made["type"], &made["comment"]["public"]), (&json!("problem"), &json!(false)));
}
