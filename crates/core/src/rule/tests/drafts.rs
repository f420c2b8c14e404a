//! What is wrong with drafts, and that the catalogue offers what there is.

use super::rule;
use crate::rule::{Definition, Step, Trigger, catalogue, check};
use serde_json::{Value, json};

fn faults(change: Value) -> Vec<(String, &'static str)> {
    check(&rule(1, change).definition).into_iter().map(|fault| (fault.path, fault.code)).collect()
}

#[test]
fn faults_are_named_with_their_place() {
    assert_eq!(faults(json!({})), []);
    let field = |field: &str, is: &str, value: Value| json!({ "if": { "type": "field", "field": field, "is": is, "value": value } });
    let deep = (0..12).fold(json!({ "type": "all", "of": [] }), |inner, _| json!({ "type": "not", "of": inner }));
    let cases = [
        (json!({ "name": " " }), "name", "required"),
        (json!({ "when": [] }), "when", "required"),
        (json!({ "when": [{ "on": "keyword", "words": [] }] }), "when.0.words", "required"),
        (json!({ "when": [{ "on": "keyword", "words": ["ok", "?!"] }] }), "when.0.words.1", "wrong_value"),
        (json!({ "when": [{ "on": "hot_word", "topics": ["discount", ""] }] }), "when.0.topics.1", "required"),
        (json!({ "when": [{ "on": "intent", "intents": [" "] }] }), "when.0.intents.0", "required"),
        (json!({ "when": [{ "on": "unanswered", "minutes": 0 }] }), "when.0.minutes", "out_of_range"),
        (json!({ "when": [{ "on": "timer", "at": "9:00" }] }), "when.0.at", "wrong_time"),
        (json!({ "when": [{ "on": "timer", "at": "09:00", "zone": "customer" }] }), "when.0.zone", "unknown_zone"),
        (json!({ "when": [{ "on": "order_changed", "statuses": ["gone"] }] }), "when.0.statuses", "wrong_value"),
        (json!({ "when": [{ "on": "shipment_changed", "statuses": ["paid"] }] }), "when.0.statuses", "wrong_value"),
        (json!({ "do": [] }), "do", "required"),
        (json!({ "do": [{ "do": "send_text", "body": "" }] }), "do.0.body", "required"),
        (json!({ "do": vec![json!({ "do": "send_text", "body": "x" }); 6] }), "do", "too_many"),
        (json!({ "do": [{ "do": "set_field", "field": "tags", "value": 1 }] }), "do.0.field", "wrong_value"),
        (json!({ "do": [{ "do": "issue_coupon", "pool": " " }] }), "do.0.pool", "required"),
        (json!({ "do": [{ "do": "wait", "minutes": 600_000 }] }), "do.0.minutes", "out_of_range"),
        (
            json!({ "do": [{ "do": "branch", "if": { "type": "all", "of": [] },
                             "then": [{ "do": "add_tags", "tags": [] }] }] }),
            "do.0.then.0.tags",
            "required",
        ),
        (json!({ "if": deep }), "if.of.of.of.of.of.of.of.of.of", "too_deep"),
        (field("contact.shoe", "is", json!("x")), "if.field", "unknown_field"),
        (field("contact.fields.", "is", json!("x")), "if.field", "unknown_field"),
        (field("contact.name", "has", json!("x")), "if.is", "wrong_comparison"),
        (field("contact.name", "is", json!(3)), "if.value", "wrong_value"),
        (field("contact.name", "one_of", json!("x")), "if.value", "wrong_value"),
        (field("contact.consent", "is", json!("maybe")), "if.value", "wrong_value"),
        (field("conversation.team", "one_of", json!(["x"])), "if.value.0", "wrong_value"),
        (field("contact.created_at", "within", json!(0)), "if.value", "out_of_range"),
        (json!({ "share": 0 }), "share", "out_of_range"),
        (json!({ "limit": { "times": 0, "minutes": 5 } }), "limit.times", "out_of_range"),
        (json!({ "settle_seconds": 3_601 }), "settle_seconds", "out_of_range"),
        (
            json!({ "if": { "type": "count", "of": "said", "words": [], "minutes": 5, "is": "has", "value": 1 } }),
            "if.words",
            "required",
        ),
    ];
    for (change, path, code) in cases {
        let found = faults(change.clone());
        assert!(found.contains(&(path.to_owned(), code)), "{change}: {found:?}");
    }
}

#[test]
fn the_catalogue_offers_every_trigger_and_step() {
    let sample = |name: &str| match name {
        "words" | "topics" | "intents" | "tags" | "fields" | "products" => json!(["x"]),
        "statuses" => json!(["delivered"]),
        "category" => json!("quote"),
        "minutes" | "active_days" => json!(5),
        "at" => json!("09:00"),
        "days" => json!(["monday"]),
        "zone" => json!("Asia/Dubai"),
        "team_id" | "user_id" => Value::Null,
        "webhook_id" => json!("00000000-0000-0000-0000-000000000001"),
        "priority" => json!("high"),
        "if" => json!({ "type": "all", "of": [] }),
        "then" | "else" => json!([{ "do": "stop" }]),
        _ => json!("x"),
    };
    let of = |tag: &str, name: &str, parameters: &[crate::rule::Parameter]| {
        let mut made = json!({ tag: name });
        for parameter in parameters {
            made[parameter.name] = sample(parameter.name);
        }
        made
    };
    let offered = catalogue();
    for trigger in offered.triggers {
        let made = of("on", trigger.name, trigger.parameters);
        let read: Trigger = serde_json::from_value(made.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), made, "{}", trigger.name);
    }
    let mut codes = Vec::new();
    for step in offered.steps {
        let made = of("do", step.name, step.parameters);
        let read: Step = serde_json::from_value(made.clone()).unwrap();
        codes.push(read.code());
        assert_eq!(serde_json::to_value(read).unwrap(), made, "{}", step.name);
        let needed: Vec<_> = step.parameters.iter().filter(|parameter| parameter.required).copied().collect();
        assert!(serde_json::from_value::<Step>(of("do", step.name, &needed)).is_ok(), "{}", step.name);
    }
    assert_eq!(codes, offered.steps.iter().map(|step| step.name).collect::<Vec<_>>());
    let named: Vec<_> = offered.comparisons.iter().map(|(kind, _)| *kind).collect();
    assert!(offered.fields.iter().all(|field| named.contains(&field.kind)));
}

#[test]
fn a_rule_reads_as_it_was_written() {
    let full = json!({
        "name": "Answer about prices",
        "description": "For the shop in Dubai",
        "language": "ar",
        "when": [
            { "on": "keyword", "words": ["السعر", "بكم"] },
            { "on": "tag_added" },
            { "on": "hot_word", "topics": ["expensive"] },
            { "on": "intent", "intents": ["price"] },
            { "on": "intent" },
        ],
        "if": { "type": "count", "of": "said", "words": ["غالي"], "minutes": 43_200, "is": "more_than", "value": 3 },
        "do": [{ "do": "assign_team", "team_id": null }, { "do": "wait", "minutes": 3 }, { "do": "resolve" }],
        "priority": -3,
        "exclusive": true,
        "during_handover": true,
        "settle_seconds": 0,
        "limit": { "times": 1, "minutes": 1_440 },
        "share": 20,
    });
    let read: Definition = serde_json::from_value(full.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), full);
    assert_eq!(read.phrases().len(), 3);
    assert_eq!(read.looks_back(), 30 * 86_400_000);
    assert!(serde_json::from_value::<Definition>(json!({ "name": "x", "when": [], "do": [], "colour": 1 })).is_err());
}

#[test]
fn only_what_may_change_is_waited_for() {
    let settle = |change: Value| rule(1, change).definition.settle_ms();
    assert_eq!(settle(json!({})), 0);
    let tags = json!({ "type": "field", "field": "contact.tags", "is": "empty" });
    assert_eq!(settle(json!({ "if": tags })), 5_000);
    assert_eq!(settle(json!({ "if": tags, "settle_seconds": 0 })), 0);
    let words = json!({ "type": "field", "field": "message.text", "is": "says", "value": ["x"] });
    assert_eq!(settle(json!({ "if": { "type": "not", "of": words } })), 0);
}
