//! Which rules run, in which order, and what stops them.

use super::{NOW, event, facts, id, rule, said};
use crate::Ms;
use crate::rule::{Check, Facts, Next, Past, Plan, Resumed, Step, What, decide, judge, resume};
use crate::time::{HOUR, MINUTE};
use serde_json::{Value, json};

fn refused(change: Value, facts: &Facts) -> Option<Check> {
    judge(&rule(9, change), facts, &event(What::Message), NOW).refused
}

#[test]
fn each_check_can_refuse_and_says_with_what_value() {
    assert_eq!(refused(json!({}), &facts()), None);
    let never = json!({ "if": { "type": "any", "of": [] } });
    let few = json!({ "limit": { "times": 2, "minutes": 60 } });
    let past = |depth| {
        (0..3).map(|back| Past { rule_id: id(9), at: NOW.plus(-back * MINUTE), depth, shadow: false }).collect()
    };
    let many =
        Facts { runs: (0..60).map(|_| Past { rule_id: id(8), at: NOW, depth: 0, shadow: false }).collect(), ..facts() };
    let human = Facts {
        said: vec![crate::rule::Said { human: true, ..said(NOW.plus(-HOUR), true, "contact", &[]) }],
        ..facts()
    };
    let replied = Facts { said: vec![said(NOW.plus(-11 * HOUR), false, "user", &[])], ..facts() };
    let phone = Facts { said: vec![said(NOW.plus(-11 * HOUR), false, "phone_app", &[])], ..facts() };
    let cases = [
        ("another word", json!({ "when": [{ "on": "keyword", "words": ["offer"] }] }), facts(), Some(Check::Trigger)),
        ("no hot word", json!({ "when": [{ "on": "hot_word" }] }), facts(), Some(Check::Trigger)),
        ("nothing plain", json!({ "when": [{ "on": "intent", "intents": ["price"] }] }), facts(), Some(Check::Trigger)),
        ("conditions", never.clone(), facts(), Some(Check::Conditions)),
        ("limit", few, Facts { runs: past(0), ..facts() }, Some(Check::RuleLimit)),
        ("contact", json!({}), many, Some(Check::ContactBudget)),
        ("rule", json!({}), Facts { begun: [(id(9), 20_000)].into(), ..facts() }, Some(Check::RuleBudget)),
        ("a wish", json!({}), human.clone(), Some(Check::Handover)),
        ("a wish, all the same", json!({ "during_handover": true }), human, None),
        ("an agent", json!({}), replied, Some(Check::Handover)),
        ("the owner's phone", json!({}), phone, Some(Check::Handover)),
        ("12 h ago", json!({}), Facts { said: vec![said(NOW.plus(-12 * HOUR), false, "user", &[])], ..facts() }, None),
        ("a rule's own", json!({}), Facts { said: vec![said(NOW, false, "rule", &[])], ..facts() }, None),
        ("elsewhere", json!({ "when": [{ "on": "conversation_opened" }] }), facts(), Some(Check::Trigger)),
    ];
    for (what, change, facts, expected) in cases {
        assert_eq!(refused(change, &facts), expected, "{what}");
    }
    let off = crate::rule::Known { enabled: false, ..rule(9, never) };
    let verdict = judge(&off, &facts(), &event(What::Message), NOW);
    assert_eq!(verdict.refused, Some(Check::SwitchedOn), "the first of two");
    assert_eq!(verdict.checks.iter().filter(|check| !check.met).count(), 2, "every check is told");
    assert!(verdict.plan.is_none());
}

#[test]
fn rules_that_wake_one_another_stop_at_the_fifth() {
    let mut facts = facts();
    let tagged = |cause| {
        let mut event = event(What::Tagged { tags: vec!["a".to_owned()] });
        event.cause = cause;
        event
    };
    let again = rule(9, json!({ "when": [{ "on": "tag_added" }], "limit": { "times": 100, "minutes": 60 } }));
    let mut at = NOW;
    let mut depths = Vec::new();
    for turn in 0..10 {
        let verdict = judge(&again, &facts, &tagged((turn > 0).then(|| id(9))), at);
        if let Some(check) = verdict.refused {
            assert_eq!(check, Check::Depth);
            break;
        }
        depths.push(verdict.depth);
        facts.runs.insert(0, Past { rule_id: id(9), at, depth: verdict.depth, shadow: false });
        at = at.plus(1);
    }
    assert_eq!(depths, [0, 1, 2, 3, 4]);
}

#[test]
fn the_greater_priority_goes_first_and_an_exclusive_rule_goes_alone() {
    let rules = [
        rule(1, json!({ "name": "last", "priority": -1 })),
        rule(2, json!({ "name": "only", "priority": 5, "exclusive": true })),
        rule(3, json!({ "name": "first", "priority": 9 })),
        rule(4, json!({ "name": "not met", "priority": 7, "exclusive": true, "if": { "type": "any", "of": [] } })),
    ];
    let rules: Vec<_> = rules.iter().collect();
    let verdicts = decide(&rules, &facts(), &event(What::Message), NOW);
    let told: Vec<_> = verdicts.iter().map(|verdict| (verdict.rule_id.as_u128(), verdict.refused)).collect();
    let expected = [(3, None), (4, Some(Check::Conditions)), (2, None), (1, Some(Check::Exclusive))];
    assert_eq!(told, expected);
}

#[test]
fn a_share_is_the_same_customers_every_time() {
    let half = rule(9, json!({ "share": 50 }));
    let mut inside = 0;
    for number in 0..1_000 {
        let mut facts = facts();
        facts.contact.id = crate::ContactId(id(number));
        let judged = |_| judge(&half, &facts, &event(What::Message), NOW).refused.is_none();
        assert_eq!(judged(1), judged(2));
        inside += u32::from(judged(3));
    }
    assert!((430..570).contains(&inside), "{inside} of 1000");
}

#[test]
fn an_unanswered_customer_must_still_wait() {
    let slow = rule(9, json!({ "when": [{ "on": "unanswered", "minutes": 10 }] }));
    let since = NOW.plus(-10 * MINUTE);
    let cases = [
        (Some(since), None),
        (Some(since.plus(-1)), None),
        (None, Some(Check::Trigger)),
        (Some(NOW), Some(Check::Trigger)),
    ];
    for (waiting, expected) in cases {
        let mut facts = facts();
        facts.conversation.as_mut().unwrap().waiting_since = waiting;
        let told = judge(&slow, &facts, &event(What::Unanswered { minutes: 10, since }), NOW);
        assert_eq!(told.refused, expected, "{waiting:?}");
    }
}

const STEPS: &str = r#"[
    { "do": "note", "body": "a" },
    { "do": "branch", "if": { "type": "field", "field": "contact.tags", "is": "has", "value": "vip" },
      "then": [{ "do": "note", "body": "b" }, { "do": "wait", "minutes": 5 }, { "do": "note", "body": "c" }],
      "else": [{ "do": "stop" }] },
    { "do": "note", "body": "d" },
    { "do": "wait", "minutes": 60 },
    { "do": "note", "body": "e" },
    { "do": "stop" },
    { "do": "note", "body": "never" }
]"#;

fn told(plan: &Plan) -> (String, Next) {
    let notes = plan.steps.iter().map(|planned| match &planned.step {
        Step::Note { body } => format!("{}={body}", planned.path),
        other => other.code().to_owned(),
    });
    (notes.collect::<Vec<_>>().join(" "), plan.next.clone())
}

#[test]
fn steps_go_on_where_they_waited() {
    let steps: Value = serde_json::from_str(STEPS).unwrap();
    let rule = rule(9, json!({ "do": steps }));
    let verdict = judge(&rule, &facts(), &event(What::Message), NOW);
    let plan = verdict.plan.unwrap();
    let wait = |path: &str, minutes| Next::Wait { path: path.to_owned(), until: NOW.plus(minutes * MINUTE) };
    assert_eq!(told(&plan), ("0=a 1.then.0=b".to_owned(), wait("1.then.1", 5)));
    assert_eq!((plan.branches.len(), plan.branches[0].arm.as_str()), (1, "then"));
    let on = |path: &str, facts: &Facts| resume(&rule, facts, &event(What::Message), (path, NOW), NOW).0;
    let Resumed::On(plan) = on("1.then.1", &facts()) else { panic!("it goes on") };
    assert_eq!(told(&plan), ("1.then.2=c 2=d".to_owned(), wait("3", 60)));
    let Resumed::On(plan) = on("3", &facts()) else { panic!("it goes on") };
    assert_eq!(told(&plan), ("4=e".to_owned(), Next::Stop));
    assert_eq!(on("1.neither.1", &facts()), Resumed::Over(Check::Trigger));
    let mut other = facts();
    other.contact.fields = json!({});
    let plan = judge(&rule, &other, &event(What::Message), NOW).plan.unwrap();
    assert_eq!(told(&plan), ("0=a".to_owned(), Next::Stop));
}

#[test]
fn a_wait_that_is_over_is_judged_again() {
    let steps = json!([{ "do": "wait", "minutes": 60 }, { "do": "note", "body": "a" }]);
    let silent = json!({ "type": "field", "field": "contact.fields.order", "is": "empty" });
    let rule = rule(9, json!({ "do": steps, "if": silent }));
    let began = NOW.plus(-HOUR);
    let gone =
        |facts: &Facts, rule: &crate::rule::Known| resume(rule, facts, &event(What::Message), ("0", began), NOW).0;
    assert!(matches!(gone(&facts(), &rule), Resumed::On(_)));
    let mut bought = facts();
    bought.contact.fields["order"] = json!("1");
    assert_eq!(gone(&bought, &rule), Resumed::Over(Check::Conditions));
    let replied = Facts { said: vec![said(NOW.plus(-MINUTE), false, "user", &[])], ..facts() };
    assert_eq!(gone(&replied, &rule), Resumed::Later(Ms(NOW.0 - MINUTE + 12 * HOUR)));
    let wish = crate::rule::Said { human: true, ..said(NOW.plus(-MINUTE), true, "contact", &[]) };
    let human = Facts { said: vec![wish], ..facts() };
    assert_eq!(gone(&human, &rule), Resumed::Over(Check::Handover));
    let off = crate::rule::Known { enabled: false, ..rule };
    assert_eq!(gone(&facts(), &off), Resumed::Over(Check::SwitchedOn));
}
