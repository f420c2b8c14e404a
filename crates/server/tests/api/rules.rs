//! Rules and their runs, through the API.

use crate::harness::{Client, Shop, TestApp};
use axum::http::Method;
use rapport_app::jobs::Outcome;
use rapport_app::rule::backtest;
use serde_json::{Value, json};

const YAML: &str = "application/yaml";

fn price() -> Value {
    json!({
        "name": "Price",
        "when": [{ "on": "keyword", "words": ["price"] }],
        "if": { "type": "field", "field": "contact.tags", "is": "has_not", "value": "wholesale" },
        "do": [
            { "do": "add_tags", "tags": ["asked"] },
            { "do": "branch", "if": { "type": "time", "from": "09:00", "to": "18:00", "zone": "Asia/Dubai" },
              "then": [{ "do": "send_text", "body": "It is 10: \"yes\", #1\nno: off" }], "else": [{ "do": "stop" }] },
        ],
        "limit": { "times": 1, "minutes": 1440 },
    })
}

#[tokio::test]
async fn a_rule_is_made_changed_switched_and_removed() {
    let (_test, owner) = TestApp::with_owner().await;
    let made = owner.post("/api/v1/rules", json!({ "definition": price() })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(
        (&made.body["enabled"], &made.body["version"], &made.body["definition"]),
        (&json!(false), &json!(1), &price())
    );
    let path = format!("/api/v1/rules/{}", made.text("/id"));
    let on = owner.patch(&path, json!({ "enabled": true })).await;
    assert_eq!((&on.body["enabled"], &on.body["version"]), (&json!(true), &json!(1)));
    let mut other = price();
    other["name"] = json!("Prices");
    let changed = owner.patch(&path, json!({ "definition": other, "version": 1 })).await;
    assert_eq!((&changed.body["version"], &changed.body["definition"]["name"]), (&json!(2), &json!("Prices")));
    let stale = owner.patch(&path, json!({ "definition": price(), "version": 1 })).await;
    assert_eq!(stale.problem(), (409, "rule_changed".to_owned()));
    let versions = owner.get(&format!("{path}/versions")).await;
    let told: Vec<_> = versions.body["items"].as_array().unwrap().iter().map(|one| one["version"].clone()).collect();
    assert_eq!(told, [2, 1]);
    assert_eq!(owner.get("/api/v1/rules").await.body["items"][0]["id"], made.body["id"]);
    let actions = owner.get(&format!("/api/v1/audit?target_id={}", made.text("/id"))).await;
    let actions: Vec<_> = actions.body["items"].as_array().unwrap().iter().map(|one| one["action"].clone()).collect();
    assert_eq!(actions, ["rule.updated", "rule.updated", "rule.created"]);
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!(owner.get(&path).await.status, 404);
}

#[tokio::test]
async fn faults_are_told_with_their_place() {
    let (_test, owner) = TestApp::with_owner().await;
    let mut bad = price();
    bad["do"][1]["then"][0]["body"] = json!("");
    bad["if"]["field"] = json!("contact.shoe");
    let told = owner.post("/api/v1/rules/validate", json!({ "definition": bad })).await;
    let paths: Vec<_> = told.body["faults"].as_array().unwrap().iter().map(|fault| fault["path"].clone()).collect();
    assert_eq!(paths, ["if.field", "do.1.then.0.body"], "{}", told.body);
    let refused = owner.post("/api/v1/rules", json!({ "definition": bad })).await;
    assert_eq!((refused.status, refused.text("/field")), (422, "definition.if.field".to_owned()));
    let unread = owner.post("/api/v1/rules/validate", json!({ "definition": { "name": "x", "colour": 1 } })).await;
    assert_eq!(unread.body["faults"][0]["code"], "unreadable");
    let fine = owner.post("/api/v1/rules/validate", json!({ "definition": price() })).await;
    assert_eq!(fine.body, json!({ "faults": [] }));
    let parts = owner.get("/api/v1/rules/fields").await;
    let names =
        |list: &str| parts.body[list].as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
    assert!(names("triggers").contains(&json!("unanswered")) && names("steps").contains(&json!("branch")));
    assert!(names("fields").contains(&json!("contact.tags")));
}

#[tokio::test]
async fn yaml_goes_in_and_out_without_loss() {
    let (_test, owner) = TestApp::with_owner().await;
    let text = "enabled: true\ndefinition:\n  name: Price\n  when:\n  - 'on': keyword\n    words: [price, '10']\n  do:\n  - do: note\n    body: |\n      first: line\n      - second\n";
    let yaml = |body: &str| body.as_bytes().to_vec();
    let made = owner.raw(Method::POST, "/api/v1/rules", Some(YAML), yaml(text)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["definition"]["do"][0]["body"], "first: line\n- second\n");
    let path = format!("/api/v1/rules/{}", made.text("/id"));
    let changed = owner.patch(&path, json!({ "definition": price() })).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let shown = owner.with("accept", YAML).get(&path).await;
    assert_eq!(shown.header("content-type"), YAML);
    let text = String::from_utf8(shown.bytes.clone()).unwrap();
    assert!(text.contains("name: Price"), "{text}");
    // What came out, less what only the server says, goes in again and changes nothing.
    let body: String = text
        .split_inclusive('\n')
        .filter(|line| !["id:", "created_at:", "updated_at:"].iter().any(|own| line.starts_with(own)))
        .collect();
    let again = owner.raw(Method::PATCH, &path, Some(YAML), yaml(&body)).await;
    assert_eq!(again.status, 200, "{} {body}", again.body);
    assert_eq!((&again.body["version"], &again.body["definition"]), (&json!(2), &price()));
    let bomb = owner.raw(Method::POST, "/api/v1/rules", Some(YAML), yaml("a: [")).await;
    assert_eq!(bomb.problem(), (400, "invalid_yaml".to_owned()));
}

#[tokio::test]
async fn it_is_told_why_a_rule_would_run_or_not() {
    let (_test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971501234567", "Amal", "the price please").await;
    let made = owner.post("/api/v1/rules", json!({ "definition": price() })).await;
    let path = format!("/api/v1/rules/{}", made.text("/id"));
    let why = format!("{path}/why?contact_id={}", heard.contact);
    let off = owner.get(&why).await;
    assert_eq!((&off.body["runs"], &off.body["reason"]), (&json!(false), &json!("switched_on")), "{}", off.body);
    owner.patch(&path, json!({ "enabled": true })).await;
    let on = owner.get(&why).await;
    assert_eq!((&on.body["runs"], &on.body["reason"]), (&json!(true), &Value::Null), "{}", on.body);
    assert_eq!(on.body["steps"][0]["step"]["do"], "add_tags");
    assert_eq!((&on.body["conditions"]["met"], &on.body["conditions"]["found"]), (&json!(true), &json!([])));
    assert_eq!(owner.get(&format!("{path}/why")).await.text("/field"), "contact_id");
    assert_eq!(owner.get(&format!("{path}/why?contact_id={}", heard.message)).await.status, 404);
    assert_eq!(owner.get("/api/v1/runs").await.body["items"], json!([]), "asking does nothing");
}

#[tokio::test]
async fn starters_come_in_the_language_that_is_wanted_and_are_made_switched_off() {
    let (_test, owner) = TestApp::with_owner().await;
    let names = |answer: &Value| {
        let items = answer["items"].as_array().unwrap().iter();
        items.map(|one| one["definition"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let english = owner.get("/api/v1/rules/starters").await.body;
    let arabic = owner.get("/api/v1/rules/starters?language=ar-EG").await.body;
    assert_eq!((names(&english).len(), names(&arabic).len()), (17, 17));
    assert!(names(&english).iter().all(|name| !names(&arabic).contains(name)));
    let wanted = &arabic["items"][0];
    let path = format!("/api/v1/rules/starters/{}", wanted["key"].as_str().unwrap());
    let made = owner.post(&path, json!({ "language": "ar" })).await;
    assert_eq!((made.status, &made.body["enabled"]), (201, &json!(false)), "{}", made.body);
    assert_eq!((&made.body["definition"], &wanted["language"]), (&wanted["definition"], &json!("ar")));
    assert_eq!(owner.get("/api/v1/rules").await.body["items"][0]["id"], made.body["id"]);
    let faults = owner.post("/api/v1/rules/validate", json!({ "definition": wanted["definition"] })).await;
    assert_eq!(faults.body, json!({ "faults": [] }));
    assert_eq!(owner.post("/api/v1/rules/starters/nothing", json!({})).await.status, 404);
    assert_eq!(owner.post(&path, json!({ "colour": 1 })).await.status, 400);
}

/// A trial, once it has ended.
async fn ended(test: &TestApp, shop: &Shop, owner: &Client, id: &str) -> Value {
    let trial = id.parse().unwrap();
    while backtest::run::run(&test.app, shop.workspace, trial).await.unwrap() != Outcome::Done {}
    owner.get(&format!("/api/v1/rules/backtests/{id}")).await.body
}

#[tokio::test]
async fn a_rule_is_tried_on_the_past_and_only_watches() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971501234567", "Amal", "the price please").await;
    // A trial ends before this very moment.
    test.clock.advance(1);
    let rule = json!({ "name": "Price", "when": [{ "on": "keyword", "words": ["price"] }], "channels": [shop.channel],
        "do": [{ "do": "send_text", "body": "It is 10, {first_name}." }] });
    let made = owner.post("/api/v1/rules", json!({ "enabled": true, "shadow": true, "definition": rule })).await;
    assert_eq!((made.status, &made.body["shadow"], &made.body["enabled"]), (201, &json!(true), &json!(true)));
    let path = format!("/api/v1/rules/{}", made.text("/id"));
    let yaml = String::from_utf8(owner.with("accept", YAML).get(&path).await.bytes.clone()).unwrap();
    assert!(yaml.contains("shadow: true"), "{yaml}");
    let off = owner.patch(&path, json!({ "shadow": false, "enabled": false })).await;
    assert_eq!((&off.body["shadow"], &off.body["version"]), (&json!(false), &json!(1)));

    let begun = owner.post("/api/v1/rules/backtests", json!({ "rule_id": made.text("/id"), "from": 1 })).await;
    assert_eq!((begun.status, begun.text("/field")), (422, "from".to_owned()), "{}", begun.body);
    let nothing = owner.post("/api/v1/rules/backtests", json!({})).await;
    assert_eq!((nothing.status, nothing.text("/field")), (422, "rule_id".to_owned()));
    let begun = owner.post("/api/v1/rules/backtests", json!({ "rule_id": made.text("/id") })).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    let done = ended(&test, &shop, &owner, &begun.text("/id")).await;
    assert_eq!((&done["state"], &done["rule_version"], &done["total"]), (&json!("done"), &json!(1), &json!(1)));
    let counts = &done["counts"];
    assert_eq!((&counts["runs"], &counts["written"], &counts["listened"]), (&json!(1), &json!(1), &json!(1)), "{done}");
    let told = owner.get(&format!("/api/v1/rules/backtests/{}/examples", begun.text("/id"))).await;
    let one = &told.body["items"][0];
    assert_eq!((&one["contact_id"], &one["message_id"]), (&json!(heard.contact), &json!(heard.message)));
    assert_eq!((&one["steps"][0]["state"], &one["contact_name"]), (&json!("would"), &json!("Amal")), "{one}");
    let stopped = owner.post(&format!("/api/v1/rules/backtests/{}/cancel", begun.text("/id")), json!(null)).await;
    assert_eq!((stopped.status, &stopped.body["state"]), (200, &json!("done")), "what has ended stays");
    let listed = owner.get(&format!("/api/v1/rules/backtests?rule_id={}", made.text("/id"))).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);

    let funnel = owner.get(&format!("{path}/funnel?days=7")).await;
    assert_eq!((funnel.status, &funnel.body["runs"], &funnel.body["days"]), (200, &json!(0), &json!(7)));
    assert_eq!(owner.get(&format!("{path}/funnel?days=91")).await.text("/field"), "days");
    assert_eq!(owner.get("/api/v1/rules/wishes").await.body["items"], json!([]), "it is switched off");
    let mut elsewhere = rule;
    elsewhere["channels"] = json!([made.text("/id")]);
    let refused = owner.patch(&path, json!({ "definition": elsewhere })).await;
    assert_eq!((refused.status, refused.text("/field")), (422, "definition.channels.0".to_owned()));
}
