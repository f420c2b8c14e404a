//! The rules of sending: changed by an administrator, in force at once, explained for each contact; and the words by
//! which a customer withdraws consent.

use crate::harness::{Reply, Shop};
use rapport_core::time::{DAY, HOUR, MINUTE};
use serde_json::{Value, json};

const POLICY: &str = "/api/v1/guard/policy";

fn field<'a>(reply: &'a Reply, name: &str) -> &'a Value {
    reply.body["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap()
}

#[tokio::test]
async fn the_rules_are_shown_changed_and_given_back() {
    let (test, _, owner) = Shop::open().await;
    let first = owner.get(POLICY).await;
    assert_eq!(
        (first.status, &first.body["policy"], &first.body["chosen"]),
        (200, &first.body["defaults"], &json!([]))
    );
    assert_eq!(first.body["policy"]["promotion_slot_day"], "wednesday");
    assert_eq!(
        field(&first, "opt_in_window_ms"),
        &json!({ "name": "opt_in_window_ms", "kind": "number", "unit": "ms", "min": MINUTE, "max": 31 * DAY, "options": [] })
    );
    let changed = owner.patch(POLICY, json!({ "opt_in_templates": 3, "stop_words": ["Cancel"] })).await;
    assert_eq!((changed.status, &changed.body["policy"]["opt_in_templates"]), (200, &json!(3)));
    assert_eq!(changed.body["chosen"], json!(["opt_in_templates", "stop_words"]));
    let back = owner.patch(POLICY, json!({ "opt_in_templates": null })).await;
    assert_eq!((&back.body["policy"]["opt_in_templates"], &back.body["chosen"]), (&json!(1), &json!(["stop_words"])));
    let audit = owner.get("/api/v1/audit?target_kind=workspace").await;
    let lines: Vec<&Value> = audit.body["items"].as_array().unwrap().iter().collect();
    let of = |line: &Value| (line["action"].clone(), line["before"].clone(), line["after"].clone());
    assert_eq!(
        of(lines[0]),
        (json!("workspace.guard_policy"), json!({ "opt_in_templates": 3 }), json!({ "opt_in_templates": 1 }))
    );
    let both = json!({ "opt_in_templates": 3, "stop_words": ["Cancel"] });
    assert_eq!((&lines[1]["before"], &lines[1]["after"]), (&json!({ "opt_in_templates": 1, "stop_words": [] }), &both));
    test.user(&owner, "agent").await;
    let agent = test.browser("agent@a.example").await;
    assert_eq!(agent.get(POLICY).await.status, 200);
    assert_eq!(agent.patch(POLICY, json!({ "opt_in_templates": 9 })).await.status, 403);
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_name() {
    let (_, _, owner) = Shop::open().await;
    let table = [
        (json!({ "pair_gap_ms": 1_000 }), "pair_gap_ms", "from 6000 to 3600000"),
        (json!({ "opt_in_templates": -1 }), "opt_in_templates", "from 0 to 100"),
        (json!({ "opt_in_templates": "1" }), "opt_in_templates", "whole number"),
        (json!({ "quiet_from_minute": 1_440 }), "quiet_from_minute", "from 0 to 1439"),
        (json!({ "promotion_slot_day": "someday" }), "promotion_slot_day", "monday"),
        (json!({ "same_content_period": { "days": 40 } }), "same_content_period", "calendar_month"),
        (json!({ "stop_words": ["🛑"] }), "stop_words", "words or phrases"),
        (json!({ "closed_markets": ["usa"] }), "closed_markets", "country codes"),
        (json!({ "closed_markets": ["US", "XX"] }), "closed_markets", "\"XX\" is none"),
        (json!({ "same_content_spares_people": 1 }), "same_content_spares_people", "true or false"),
        (json!({ "wrong": 1 }), "wrong", "no setting"),
    ];
    for (body, name, words) in table {
        let reply = owner.patch(POLICY, body).await;
        assert_eq!((reply.status, reply.text("/field")), (422, name.to_owned()), "{}", reply.body);
        assert!(reply.text("/detail").contains(words), "{}", reply.body);
    }
    let mixed = owner.patch(POLICY, json!({ "opt_in_templates": 5, "pair_burst": 99 })).await;
    assert_eq!(mixed.text("/field"), "pair_burst");
    assert_eq!(owner.get(POLICY).await.body["chosen"], json!([]), "nothing of a refused change stays");
}

#[tokio::test]
async fn a_change_counts_for_the_next_question() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    shop.template("offer", "MARKETING").await;
    let components = json!([{ "type": "body", "parameters": [{ "type": "text", "text": "Amal" }] }]);
    let content = json!({ "type": "template", "name": "offer", "language": "en", "components": components });
    let ask = json!({ "conversation_id": heard.conversation, "content": content });
    let preview = async || owner.post("/api/v1/guard/preview", ask.clone()).await.body;
    assert_eq!(preview().await["outcome"], "allow", "it is 18:13 in Dubai");
    owner.patch(POLICY, json!({ "quiet_from_minute": 18 * 60 })).await;
    assert_eq!(preview().await["decided_by"], "quiet_hours");
    owner.patch(POLICY, json!({ "quiet_from_minute": null })).await;
    assert_eq!(preview().await["outcome"], "allow");
    owner.patch(POLICY, json!({ "promotion_slot": "everyone", "promotion_slot_minute": 600 })).await;
    let waits = preview().await;
    assert_eq!((&waits["outcome"], &waits["decided_by"]), (&json!("delay"), &json!("promotion_slot")));
    owner.patch(POLICY, json!({ "promotion_slot": "off", "opt_in_templates": 0 })).await;
    assert_eq!(preview().await["decided_by"], "opt_in_cap");
}

#[tokio::test]
async fn what_may_be_sent_to_a_contact() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let path = format!("/api/v1/contacts/{}/guard", heard.contact);
    let word = |reply: &Reply, kind: &str| {
        let one = &reply.body["channels"][0][kind];
        (one["outcome"].clone(), one["decided_by"].clone())
    };
    let bare = owner.get(&path).await;
    assert_eq!(bare.status, 200, "{}", bare.body);
    assert_eq!(word(&bare, "text"), (json!("allow"), json!(null)));
    assert_eq!(word(&bare, "utility"), (json!("refuse"), json!("template_exists")));
    shop.template("order_ready", "UTILITY").await;
    shop.template("offer", "MARKETING").await;
    owner.patch(POLICY, json!({ "quiet_to_minute": 0, "quiet_from_minute": 0 })).await;
    let open = owner.get(&path).await;
    assert_eq!(word(&open, "utility"), (json!("allow"), json!(null)));
    assert_eq!(word(&open, "marketing"), (json!("allow"), json!(null)));
    assert_eq!(word(&open, "campaign"), (json!("delay"), json!("promotion_slot")));
    let checks = open.body["channels"][0]["marketing"]["checks"].as_array().unwrap();
    assert_eq!(checks.len(), rapport_core::guard::Rule::ALL.len());
    shop.wait(DAY);
    let closed = owner.get(&path).await;
    assert_eq!(word(&closed, "text"), (json!("refuse"), json!("window")));
    assert_eq!(word(&closed, "utility"), (json!("allow"), json!(null)));
    assert_eq!(owner.get("/api/v1/contacts/0190b3a0-0000-7000-8000-000000000000/guard").await.status, 404);
}

#[tokio::test]
async fn a_stop_word_is_honoured_in_the_same_commit() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "please stop by tomorrow").await;
    let contact = format!("/api/v1/contacts/{}", heard.contact);
    let consent = async || owner.get(&contact).await.body["consent"]["marketing"].clone();
    assert_eq!(consent().await, "unknown");
    shop.wait(MINUTE);
    let stopped = shop.hear("971500000001", "Amal", "إيقافْ!! 🛑").await;
    assert_eq!(consent().await, "opted_out");
    let ledger = owner.get(&format!("{contact}/consents")).await.body;
    let line = &ledger["items"][0];
    assert_eq!(
        (&line["purpose"], &line["state"], &line["source"], &line["proof"]),
        (&json!("marketing"), &json!("opted_out"), &json!("keyword"), &json!(stopped.message))
    );
    let thread = owner.get(&format!("/api/v1/conversations/{}/messages", heard.conversation)).await.body;
    let event = thread["items"].as_array().unwrap().iter().find(|item| item["content"]["event"] == "consent_changed");
    assert_eq!(event.unwrap()["content"]["data"], json!({ "state": "opted_out", "source": "keyword" }));
    shop.template("offer", "MARKETING").await;
    let components = json!([{ "type": "body", "parameters": [{ "type": "text", "text": "Amal" }] }]);
    let content = json!({ "type": "template", "name": "offer", "language": "en", "components": components });
    let path = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let refused = owner.post(&path, json!({ "content": content })).await;
    assert_eq!(refused.problem(), (422, "guard_refused".to_owned()));
    assert_eq!(refused.body["verdict"]["decided_by"], "consent");
    let answer = json!({ "content": { "type": "text", "body": "You are off the list." } });
    assert_eq!(owner.post(&path, answer).await.status, 202, "an answer is no marketing");
    shop.wait(HOUR);
    shop.hear("971500000001", "Amal", "Start").await;
    assert_eq!(consent().await, "opted_in", "start takes the stop back");
    shop.hear("971500000002", "Omar", "start").await;
    let others = owner.get("/api/v1/contacts?q=Omar").await.body;
    assert_eq!(others["items"][0]["consent"]["marketing"], "unknown", "who never stopped has agreed to nothing");
}

#[tokio::test]
async fn a_workspace_has_stop_words_of_its_own() {
    let (_, shop, owner) = Shop::open().await;
    owner.patch(POLICY, json!({ "stop_words": ["Keine Werbung"] })).await;
    let heard = shop.hear("4915100000001", "Ida", "KEINE WERBUNG!").await;
    let contact = owner.get(&format!("/api/v1/contacts/{}", heard.contact)).await.body;
    assert_eq!(contact["consent"]["marketing"], "opted_out");
}

#[tokio::test]
async fn a_second_notice_about_one_event_waits() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let path = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let content = json!({ "type": "text", "body": "It is packed." });
    for wrong in ["", "  ", "order\n7", &"x".repeat(101)] {
        let refused = owner.post(&path, json!({ "content": content, "event": wrong })).await;
        assert_eq!((refused.status, refused.text("/field")), (422, "event".to_owned()), "{wrong:?}");
    }
    let made = owner.post(&path, json!({ "content": content, "event": " order_packed:7 " })).await;
    assert_eq!((made.status, &made.body["event"]), (202, &json!("order_packed:7")), "{}", made.body);
    let sent_at = test.app.now();
    let reached = rapport_store::reach::Reach {
        message_id: made.text("/id").parse::<uuid::Uuid>().unwrap().into(),
        channel_id: shop.channel,
        contact_id: heard.contact.parse::<uuid::Uuid>().unwrap().into(),
        portfolio_key: "200".to_owned(),
        at: sent_at,
        template: false,
        promotion: false,
        initiated: false,
        content_hash: None,
        event_key: Some("order_packed:7".to_owned()),
    };
    let tx = shop.scope().write().await.unwrap();
    rapport_store::reach::note(&tx, &[reached]).await.unwrap();
    tx.commit().await.unwrap();
    shop.wait(HOUR);

    let ask = |event: &str| json!({ "conversation_id": heard.conversation, "content": content, "event": event });
    let again = owner.post("/api/v1/guard/preview", ask("order_packed:7")).await.body;
    assert_eq!((&again["outcome"], &again["decided_by"]), (&json!("delay"), &json!("event_gap")), "{again}");
    let check = again["checks"].as_array().unwrap().iter().find(|check| check["rule"] == "event_gap").unwrap();
    assert_eq!((&check["params"]["event"], &check["value"]), (&json!("order_packed:7"), &json!(sent_at.0)));
    assert_eq!(check["until"], sent_at.plus(6 * HOUR).0);
    assert!(check["detail"].as_str().unwrap().contains("order_packed:7"), "{check}");
    let other = owner.post("/api/v1/guard/preview", ask("order_packed:8")).await.body;
    assert_eq!(other["outcome"], "allow", "another event: {other}");
    let delayed = owner.post(&path, json!({ "content": content, "event": "order_packed:7" })).await;
    assert_eq!(delayed.status, 202, "taken, and held until then: {}", delayed.body);
    // A person who answers decides alone how often.
    test.user(&owner, "agent").await;
    let agent = test.browser("agent@a.example").await;
    assert_eq!(agent.post("/api/v1/guard/preview", ask("order_packed:7")).await.body["outcome"], "allow");
    shop.wait(5 * HOUR);
    let later = owner.post("/api/v1/guard/preview", ask("order_packed:7")).await.body;
    assert_eq!(later["outcome"], "allow", "six hours later: {later}");
}
