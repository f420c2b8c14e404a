//! What holds is what the explanation says, for any tree.

use super::{NOW, facts, id, said};
use crate::rule::{Condition, Count, Explained, Facts, Is, Scene, Weekday, explain, fields, holds};
use proptest::prelude::*;
use serde_json::{Value, json};

const ALL_IS: [Is; 21] = [
    Is::Is,
    Is::IsNot,
    Is::OneOf,
    Is::NoneOf,
    Is::Contains,
    Is::ContainsNot,
    Is::StartsWith,
    Is::Says,
    Is::SaysNot,
    Is::MoreThan,
    Is::AtLeast,
    Is::LessThan,
    Is::AtMost,
    Is::Has,
    Is::HasNot,
    Is::HasAny,
    Is::HasNone,
    Is::Within,
    Is::LongerAgo,
    Is::Empty,
    Is::Filled,
];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-5_i64..2_000).prop_map(Value::from),
        any::<i32>().prop_map(|number| json!(f64::from(number) / 8.0)),
        prop_oneof!["vip", "price", "L", "AE", "open", "\\PC{0,6}"].prop_map(Value::from),
        prop::collection::vec(prop_oneof!["VIP", "price", "lead", "\\PC{0,3}"], 0..3).prop_map(|list| json!(list)),
    ]
}

fn leaf() -> impl Strategy<Value = Condition> {
    let names: Vec<String> = fields()
        .iter()
        .map(|field| field.name.to_owned())
        .chain(["contact.fields.size", "contact.fields.points", "contact.fields.no", "nobody.knows"].map(str::to_owned))
        .collect();
    let field = (prop::sample::select(names), prop::sample::select(ALL_IS.to_vec()), value())
        .prop_map(|(field, is, value)| Condition::Field { field: field.into(), is, value: value.into() });
    let time = (
        prop::collection::vec(prop::sample::select(Weekday::ALL.to_vec()), 0..3),
        prop_oneof!["00:00", "09:00", "18:30", "25:00", "x"],
        prop_oneof!["00:00", "08:00", "23:59"],
        prop_oneof!["", "customer", "Asia/Dubai", "No/Where"],
    )
        .prop_map(|(days, from, to, zone)| Condition::Time {
            days: days.into(),
            from: from.into(),
            to: to.into(),
            zone: zone.into(),
        });
    let count = (
        prop::sample::select(Count::ALL.to_vec()),
        prop::collection::vec(prop_oneof!["price", "late"], 0..2),
        0_u32..100_000,
        prop::sample::select(ALL_IS.to_vec()),
        0_u32..4,
    )
        .prop_map(|(of, words, minutes, is, value)| Condition::Count {
            of,
            words: words.into(),
            minutes,
            is,
            value,
        });
    prop_oneof![field, time, count]
}

fn tree() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|of| Condition::All { of }),
            prop::collection::vec(inner.clone(), 0..5).prop_map(|of| Condition::Any { of }),
            inner.prop_map(|of| Condition::Not { of: Box::new(of) }),
        ]
    })
}

/// The answer as it follows from the answers below.
fn follows(explained: &Explained) -> bool {
    match explained {
        Explained::All { of, .. } => of.iter().all(follows),
        Explained::Any { of, .. } => of.iter().any(follows),
        Explained::Not { of, .. } => !follows(of),
        leaf => leaf.met(),
    }
}

fn leaves(explained: &Explained) -> usize {
    match explained {
        Explained::All { of, .. } | Explained::Any { of, .. } => of.iter().map(leaves).sum(),
        Explained::Not { of, .. } => leaves(of),
        _ => 1,
    }
}

fn bare() -> Facts {
    Facts { conversation: None, message: None, said: Vec::new(), ..facts() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_explanation_is_the_evaluation(tree in tree(), known in any::<bool>()) {
        let facts = if known { facts() } else { bare() };
        let scene = Scene { facts: &facts, rule: id(9), language: "en", now: NOW };
        let explained = explain(&tree, &scene);
        prop_assert_eq!(holds(&tree, &scene), explained.met());
        prop_assert_eq!(follows(&explained), explained.met());
        let mut count = 0;
        tree.leaves("if", &mut |_, _| count += 1);
        prop_assert_eq!(leaves(&explained), count, "every condition is explained");
        let stored = serde_json::to_value(&explained).unwrap();
        let back: Explained = serde_json::from_value(stored).unwrap();
        prop_assert_eq!(back.met(), explained.met());
    }

    #[test]
    fn a_condition_and_its_negation_never_agree(tree in tree()) {
        let facts = facts();
        let scene = Scene { facts: &facts, rule: id(9), language: "en", now: NOW };
        prop_assert_ne!(holds(&tree, &scene), holds(&Condition::Not { of: Box::new(tree.clone()) }, &scene));
    }

    #[test]
    fn what_is_written_is_what_is_read(tree in tree()) {
        let text = serde_json::to_string(&tree).unwrap();
        prop_assert_eq!(serde_json::from_str::<Condition>(&text).unwrap(), tree);
    }
}

#[test]
fn fields_are_compared_by_their_kind() {
    let agent = "00000000-0000-0000-0000-000000000007";
    let cases = [
        ("contact.name", "is", json!("amal  HADDAD"), true),
        ("contact.name", "is_not", json!("Lea"), true),
        ("contact.name", "contains", json!("had"), true),
        ("contact.name", "starts_with", json!("haddad"), false),
        ("contact.country", "one_of", json!(["AE", "SA"]), true),
        ("contact.country", "none_of", json!(["AE"]), false),
        ("contact.email", "empty", Value::Null, true),
        ("contact.email", "is_not", json!("a@b.c"), true),
        ("contact.email", "contains", json!("a"), false),
        ("contact.tags", "has", json!("vip"), true),
        ("contact.tags", "has_any", json!(["x", "Vip"]), true),
        ("contact.tags", "has_none", json!(["x"]), true),
        ("contact.tags", "has_not", json!("vip"), false),
        ("contact.consent", "is", json!("opted_in"), true),
        ("contact.last_wrote_at", "within", json!(1), true),
        ("contact.created_at", "longer_ago", json!(1_440), false),
        ("contact.created_at", "longer_ago", json!(1_439), true),
        ("contact.fields.size", "is", json!("l"), true),
        ("contact.fields.points", "more_than", json!(119.5), true),
        ("contact.fields.points", "is", json!("120"), true),
        ("contact.fields.member", "is", json!(true), true),
        ("contact.fields.none", "at_most", json!(5), false),
        ("conversation.answered", "is", json!(false), true),
        ("conversation.window_open", "is", json!(true), true),
        ("conversation.waiting_minutes", "at_least", json!(10), true),
        ("conversation.agent", "is", json!(agent), false),
        ("conversation.agent", "empty", Value::Null, true),
        ("message.text", "says", json!(["offer", "price"]), true),
        ("message.text", "says_not", json!(["price"]), false),
        ("message.mood", "less_than", json!(0.5), true),
        ("message.intent", "is", json!("price"), true),
        ("message.intent", "one_of", json!(["return"]), false),
        ("message.hot_words", "has", json!("discount"), true),
        ("message.hot_words", "has_any", json!(["late", "gift"]), false),
        ("message.products", "has_any", json!(["APL-2", "apl-1"]), true),
        ("no.such", "filled", Value::Null, false),
    ];
    let mut facts = facts();
    let message = facts.message.as_mut().unwrap();
    message.heard = message.heard.clone().with(vec!["discount".into()], Some("price".into()));
    let scene = Scene { facts: &facts, rule: id(9), language: "en", now: NOW };
    for (field, is, value, expected) in cases {
        let condition = json!({ "type": "field", "field": field, "is": is, "value": value });
        let condition: Condition = serde_json::from_value(condition).unwrap();
        assert_eq!(holds(&condition, &scene), expected, "{condition:?}");
    }
}

#[test]
fn counts_look_back_just_so_far() {
    let mut facts = facts();
    let day = 86_400_000;
    facts.said = vec![
        said(NOW, true, "contact", &["price"]),
        said(NOW.plus(-1), false, "rule", &["price"]),
        said(NOW.plus(-2), true, "contact", &["price"]),
        said(NOW.plus(-day), true, "contact", &[]),
        said(NOW.plus(-30 * day + 1), true, "contact", &["price"]),
        said(NOW.plus(-30 * day), true, "contact", &["price"]),
    ];
    assert!(facts.said[0].heard.says("en", " price "));
    for (place, topics) in [(0, &["discount", "late"][..]), (2, &["discount"]), (3, &["gift"]), (4, &["discount"])] {
        facts.said[place].heard =
            facts.said[place].heard.clone().with(topics.iter().map(|one| (*one).into()).collect(), None);
    }
    let month = 30 * 24 * 60;
    let cases = [
        ("said", json!(["price"]), month, 3),
        ("said", json!(["late"]), month, 0),
        ("said_in_a_row", json!(["price"]), month, 2),
        ("hot_words", json!(["discount"]), month, 3),
        ("hot_words", json!(["discount", "gift"]), month, 4),
        ("hot_words", json!(["size"]), month, 0),
        ("hot_words_in_a_row", json!(["discount"]), month, 2),
        ("hot_words_in_a_row", json!(["late"]), month, 1),
        ("messages_in", json!([]), month, 4),
        ("messages_out", json!([]), month, 1),
        ("runs", json!([]), month, 0),
    ];
    let scene = Scene { facts: &facts, rule: id(9), language: "en", now: NOW };
    for (of, words, minutes, expected) in cases {
        let condition =
            json!({ "type": "count", "of": of, "words": words, "minutes": minutes, "is": "is", "value": expected });
        let condition: Condition = serde_json::from_value(condition).unwrap();
        let explained = explain(&condition, &scene);
        assert!(explained.met(), "{explained:?}");
    }
}
