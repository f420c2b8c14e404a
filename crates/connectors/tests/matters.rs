//! Deals and cases: every call against the vendor's own OpenAPI file, and how stages and fields are read.

mod published;

use rapport_connectors::Secret;
use rapport_connectors::crm::{
    Access, Ask, Channel, ErrorClass, KeyState, Pace, RemoteMatter, Trouble, UpsertRow, VENDORS, Wire, Writing,
};
use rapport_connectors::http::{Failure, Request, Response};
use rapport_connectors::hubspot::{self, Versions, properties, records};
use rapport_connectors::zendesk::{self, Login, tickets};
use rapport_connectors::zoho::{self, matters};
use rapport_connectors::{freshdesk, salesforce};
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
        let record = salesforce::matters::record(&writing, Some("Open".into()), false);
        let request = salesforce::matters::update(&api, object, &id, &record);
        judge(("salesforce/lightning-platform-rest_v59.0.trimmed.json", base, vec![(path, request)]));
    }
}

#[test]
fn every_call_to_zoho_is_in_the_published_files() {
    let base = "https://accounts.zoho.eu";
    let api = zoho::Api::new(base);
    let ids = ["5725767000000410001".to_owned()];
    for (object, fields) in [(Object::Deal, &DEAL[..]), (Object::Case, &CASE[..])] {
        let new = Writing { person: Some(ids[0].clone()), ..writing(object, fields) };
        let meta = matters::read_meta(&ok(&zoho_fields(object)), object).unwrap();
        let made = matters::record(&new, &meta, Some(("Qualification".into(), Some("Standard".into()))));
        let known = Some(RemoteMatter { id: ids[0].clone(), ..RemoteMatter::default() });
        let changed = matters::record(&Writing { known, ..new }, &meta, None);
        let rows = vec![
            ("/crm/v8/{module}/upsert", matters::upsert(&api, object, &made)),
            ("/crm/v8/{module}", matters::update(&api, object, &changed)),
            ("/crm/v8/{module}", matters::by_ids(&api, object, &ids, "Stage,Amount")),
        ];
        judge(("zoho/v8-oas31/record.json", base, rows));
        let key = matters::by_key(&api, object, "0198c0de-0000-7000-8000-000000000001").unwrap();
        judge(("zoho/v8-oas31/coql.json", base, vec![("/crm/v8/coql", key)]));
        let rows = vec![
            ("/crm/v8/settings/fields", matters::describe(&api, object)),
            ("/crm/v8/settings/fields", zoho::fields::create_text(&api, matters::module(object), "Rapport Products")),
            (
                "/crm/v8/settings/fields",
                zoho::fields::create_unique(&api, matters::module(object), "Rapport Deal ID", zoho::fields::UNIQUE[0]),
            ),
        ];
        judge(("zoho/v8-oas31/fields.json", base, rows));
    }
    judge(("zoho/v8-oas31/layouts.json", base, vec![("/crm/v8/settings/layouts", matters::layouts(&api))]));
    judge((
        "zoho/v8-oas31/pipeline.json",
        base,
        vec![("/crm/v8/settings/pipeline", matters::pipelines(&api, &ids[0]))],
    ));
    let secret = Secret::new("s");
    let channel = Channel { number: 7, url: "https://chat.shop.example/webhooks/zoho/1", secret: &secret };
    let watch = zoho::hook::watch(&api, &channel, &zoho::hook::MODULES, Ms(1_795_244_400_000));
    judge(("zoho/v8-oas31/notifications.json", base, vec![("/crm/v8/actions/watch", watch)]));
}

/// What an account with several currencies says of its deals, or of its cases.
fn zoho_fields(object: Object) -> Value {
    let stage = |name: &str, at: u64, forecast: &str| {
        json!({ "actual_value": name, "display_value": format!("{name} (de)"), "sequence_number": at, "type": "used",
                "forecast_type": forecast })
    };
    let plain = |name: &str| json!({ "api_name": name, "data_type": "text", "unique": {} });
    let mut all: Vec<Value> =
        ["Deal_Name", "Subject", "Description", "Amount", "Currency", "Type", "Priority"].map(plain).into();
    all.push(json!({ "api_name": "Stage", "data_type": "picklist", "pick_list_values": [
        stage("Won at last", 4, "Closed Won"), stage("Qualification", 2, "Open"), stage("Lost it", 5, "Closed Lost"),
        stage("-None-", 0, "Open"), { "actual_value": "Old", "type": "unused", "sequence_number": 1 },
    ] }));
    all.push(json!({ "api_name": "Status", "data_type": "picklist", "pick_list_values": [
        { "actual_value": "New", "display_value": "Neu", "sequence_number": 1 },
        { "actual_value": "Closed", "display_value": "Erledigt", "reference_value": "Closed", "sequence_number": 2 },
    ] }));
    all.push(json!({ "api_name": "Case_Origin", "data_type": "picklist", "pick_list_values": [
        { "actual_value": "-None-" }, { "actual_value": "Email" }, { "actual_value": "Phone" },
    ] }));
    if object == Object::Deal {
        all.retain(|field| field["api_name"] != "Status");
    }
    json!({ "fields": all })
}

#[test]
fn zoho_s_stages_mean_what_forecasts_say_and_stand_in_their_pipeline() {
    let deals = matters::read_meta(&ok(&zoho_fields(Object::Deal)), Object::Deal).unwrap();
    let told: Vec<(&str, &str)> = deals.stages.iter().map(|stage| (stage.value.as_str(), stage.status)).collect();
    assert_eq!(told, [("Qualification", "open"), ("Won at last", "won"), ("Lost it", "lost")]);
    let cases = matters::read_meta(&ok(&zoho_fields(Object::Case)), Object::Case).unwrap();
    assert_eq!(cases.stages.iter().map(|stage| stage.status).collect::<Vec<_>>(), ["open", "closed"]);
    let map = |name: &str, forecast: &str| json!({ "actual_value": name, "display_value": name, "sequence_number": 1, "forecast_type": forecast });
    let body = json!({ "pipeline": [
        { "actual_value": "Shops", "display_value": "Läden", "default": false, "maps": [map("Talk", "Open")] },
        { "actual_value": "Standard", "display_value": "Standard", "default": true,
          "maps": [map("First", "Open"), map("Won", "Closed Won")] },
    ] });
    let all = matters::read_pipelines(&ok(&body)).unwrap();
    for (own, status, expected) in [
        (None, "open", Some(("First", Some("Standard")))),
        (Some("Läden"), "open", Some(("Talk", Some("Shops")))),
        (Some("Shops"), "won", None),
        (Some("gone meanwhile"), "won", Some(("Won", Some("Standard")))),
    ] {
        let place = matters::place(&deals, &all, own, status);
        let read = place.as_ref().ok().map(|(stage, pipeline)| (stage.as_str(), pipeline.as_deref()));
        assert_eq!(read, expected, "{own:?} {status}");
        if let Err(error) = place {
            assert_eq!((error.class, error.fields[0].field.as_str()), (ErrorClass::Invalid, field::STATUS));
        }
    }
    assert_eq!(matters::place(&deals, &[], None, "won").unwrap(), ("Won at last".to_owned(), None));
    let case = matters::record(&writing(Object::Case, &CASE), &cases, Some(("New".into(), None)));
    assert_eq!(
        (&case["Case_Origin"], &case["Type"], &case["Priority"]),
        (&json!("Phone"), &json!("Complaint"), &json!("High"))
    );
    assert_eq!(case["Rapport_Case_ID"], json!("key-1"));
    // Without a field of its own for the products, none are written; a currency is, where deals have one.
    let deal = matters::record(&writing(Object::Deal, &DEAL), &deals, None);
    assert!(!deal.contains_key("Rapport_Products"));
    assert_eq!(
        (&deal["Currency"], &deal["Amount"], &deal["Closing_Date"]),
        (&json!("EUR"), &json!(129.9), &json!("2026-10-21"))
    );
}

#[test]
fn zoho_refuses_rows_under_any_status() {
    let row = |code: &str, details: Value| json!({ "data": [{ "code": code, "status": "error", "message": "no", "details": details }] });
    for (status, body, class) in [
        (200, row("INVALID_DATA", json!({ "api_name": "Amount" })), ErrorClass::Invalid),
        (207, row("MAPPING_MISMATCH", json!({ "api_name": "Stage" })), ErrorClass::Invalid),
        (202, row("INVALID_DATA", json!({ "api_name": "id" })), ErrorClass::NotFound),
        (400, row("MANDATORY_NOT_FOUND", json!({ "api_name": "Closing_Date" })), ErrorClass::Invalid),
        (
            401,
            json!({ "code": "OAUTH_SCOPE_MISMATCH", "status": "error", "message": "no", "details": {} }),
            ErrorClass::ForbiddenScope,
        ),
        (200, json!({}), ErrorClass::Transient),
    ] {
        let error = matters::read_written(&Response::new(status, &[], body.to_string())).unwrap_err();
        assert_eq!(error.class, class, "{status} {body}");
    }
    let meta = matters::read_meta(&ok(&zoho_fields(Object::Deal)), Object::Deal).unwrap();
    let nothing = Response::new(204, &[], "");
    assert_eq!(matters::read_records(&nothing, Object::Deal, &meta).unwrap(), []);
    let body = json!({ "data": [{ "id": "7", "Stage": "Won at last (de)", "Amount": 5, "Modified_Time": "2026-11-21T12:30:00+05:30" },
        { "id": "8", "Stage": "Of another layout", "Amount": null }] });
    let read = matters::read_records(&ok(&body), Object::Deal, &meta).unwrap();
    assert_eq!(read[0].fields.get(field::STATUS).map(String::as_str), Some("won"));
    assert_eq!(read[0].fields.get(field::AMOUNT).map(String::as_str), Some("5"));
    assert!(!read[0].fields.contains_key(field::CURRENCY), "an account of one currency tells none");
    assert_eq!(read[0].updated_at, Some(Ms(1_795_244_400_000)));
    assert_eq!((read[1].stage.as_deref(), read[1].fields.get(field::STATUS)), (Some("Of another layout"), None));
}

#[test]
fn tickets_of_freshdesk_are_codes_and_tags() {
    let api = freshdesk::Api::new("https://shop.freshdesk.com", Secret::new("k"));
    let new = Writing { person: Some("43000000001".into()), ..writing(Object::Case, &CASE) };
    let made = freshdesk::tickets::create(
        &api,
        &Writing {
            fields: BTreeMap::from([("details".to_owned(), "<b>1 & 2</b>\nbroken".to_owned())])
                .into_iter()
                .chain(new.fields.clone().into_iter().filter(|(name, _)| name != field::DETAILS))
                .collect(),
            ..new.clone()
        },
    )
    .json()
    .unwrap();
    assert_eq!(
        (&made["status"], &made["priority"], &made["requester_id"]),
        (&json!(2), &json!(4), &json!(43_000_000_001_u64))
    );
    assert_eq!(made["description"], "&lt;b&gt;1 &amp; 2&lt;/b&gt;<br>broken");
    assert_eq!(made["tags"], json!(["whatsapp", "case_complaint", "sku_a_1", "sku_b"]));
    assert_eq!(made["custom_fields"], json!({ "cf_rapport_case_id": "key-1" }));
    let ticket = |status: i64| {
        json!({ "id": 7, "subject": "Broken", "status": status, "priority": 3, "tags": ["vip", "case_study", "case_quote"],
        "updated_at": "2026-11-21T07:00:00Z", "custom_fields": { "cf_rapport_case_id": "Key-1" } })
    };
    for (status, ours, stage) in [
        (2, "open", "Open"),
        (3, "open", "Pending"),
        (4, "closed", "Resolved"),
        (5, "closed", "Closed"),
        (9, "open", "9"),
    ] {
        let read = freshdesk::tickets::read_ticket(&ok(&ticket(status))).unwrap().unwrap();
        assert_eq!((read.fields[field::STATUS].as_str(), read.stage.as_deref()), (ours, Some(stage)));
        assert_eq!((read.fields[field::PRIORITY].as_str(), read.fields[field::CATEGORY].as_str()), ("high", "quote"));
        // One that waits or is closed already stays as it is.
        let same = Writing { known: Some(read), ..writing(Object::Case, &[(field::STATUS, ours)]) };
        assert_eq!(freshdesk::tickets::update(&api, "7", &same).json().unwrap(), json!({}), "{status}");
    }
    let mut gone = ticket(2);
    gone["deleted"] = true.into();
    assert_eq!(freshdesk::tickets::read_ticket(&ok(&gone)).unwrap(), None);
    let found = freshdesk::tickets::read_keyed(&ok(&json!([gone, ticket(2)])), "key-1").unwrap();
    assert_eq!(found.map(|one| one.id).as_deref(), Some("7"));
    assert_eq!(freshdesk::tickets::read_keyed(&ok(&json!({ "results": [ticket(2)] })), "key-2").unwrap(), None);
    let refused = json!({ "description": "Validation failed", "errors": [{ "field": "priority", "message": "no", "code": "invalid_value" }] });
    let error = freshdesk::tickets::read_ticket(&Response::new(400, &[], refused.to_string())).unwrap_err();
    assert_eq!(error.fields[0].field, field::PRIORITY);
    let (state, labels) = freshdesk::tickets::read_fields(&ok(&json!([
        { "name": "cf_rapport_case_id", "type": "custom_text" },
        { "name": "status", "choices": { "2": ["Open", "Being Processed"], "7": "Workshop" } },
    ])))
    .unwrap();
    assert_eq!((state, labels[&2].as_str(), labels[&7].as_str()), (KeyState::Ready, "Open", "Workshop"));
}

/// One call whose answer is lost: it is not made a second time by the connector.
#[tokio::test]
async fn a_ticket_is_not_made_by_a_call_that_may_be_repeated() {
    #[derive(Default)]
    struct Counted(std::sync::Mutex<Vec<(&'static str, bool)>>);
    impl Wire for Counted {
        fn call(&self, request: Request, _: Pace) -> Ask<'_, Response> {
            self.0.lock().unwrap().push((request.operation, true));
            Box::pin(async { Ok(ok(&json!([]))) })
        }

        fn once(&self, request: Request, _: Pace) -> Ask<'_, Response> {
            self.0.lock().unwrap().push((request.operation, false));
            Box::pin(async { Err(Trouble::Silent(Failure::Ambiguous("cut".to_owned()))) })
        }

        fn pause(&self, _: std::time::Duration) -> futures::future::BoxFuture<'_, ()> {
            Box::pin(async {})
        }
    }
    let opened = (freshdesk::VENDOR.open)(&Access::default(), &[]);
    let (wire, new) = (Counted::default(), Writing { person: Some("7".into()), ..writing(Object::Case, &CASE) });
    let outcome = opened.matters().unwrap().write(&wire, &new).await;
    assert!(matches!(outcome, Err(Trouble::Silent(Failure::Ambiguous(_)))));
    assert_eq!(*wire.0.lock().unwrap(), [("tickets", true), ("ticket_create", false)], "looked for first, made once");
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
