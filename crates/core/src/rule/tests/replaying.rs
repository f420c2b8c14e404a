//! A rule over the past decides what it would have decided live, and says what would have become of it.

use super::{NOW, conversation, facts, heard, id, rule};
use crate::cost::{Rate, RateCard};
use crate::guard::TemplateFacts;
use crate::inbox::ConversationState;
use crate::message::{Content, Direction};
use crate::rule::funnel::{Sent, answers};
use crate::rule::replay::{History, Line, Replay, Replayed, Room, Sending, Setting, unheard};
use crate::rule::{Check, Known, Message};
use crate::template::parse;
use crate::time::{DAY, HOUR, MINUTE};
use crate::{ConversationId, MessageId, Ms};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const ROOM: Room = Room { ran: 1_000, skipped: 1_000 };
pub(super) const FROM: Ms = Ms(NOW.0 - 5 * DAY);

pub(super) fn line(number: u128, talk: u128, at: Ms, direction: Direction, author: &str, content: Value) -> Line {
    let content: Content = serde_json::from_value(content).unwrap();
    let text = content.text();
    let inbound = direction == Direction::In;
    let known = ["price", "late"].into_iter().filter(|word| text.contains(word)).collect::<Vec<_>>();
    let message = inbound.then(|| Message {
        id: MessageId(id(number)),
        at,
        kind: content.kind().to_owned(),
        heard: heard(&known),
        text: text.clone(),
        language: None,
        mood: None,
        products: Vec::new(),
    });
    Line {
        id: MessageId(id(number)),
        conversation_id: ConversationId(id(talk)),
        at,
        direction,
        author_kind: author.to_owned(),
        author_id: (author != "contact").then(|| id(7)),
        content,
        message,
        human: inbound && text.contains("person"),
        went: true,
    }
}

fn says(number: u128, at: Ms, text: &str) -> Line {
    line(number, 2, at, Direction::In, "contact", json!({ "type": "text", "body": text }))
}

fn answered(number: u128, at: Ms) -> Line {
    line(number, 2, at, Direction::Out, "user", json!({ "type": "text", "body": "Let me see." }))
}

fn happens(number: u128, at: Ms, event: &str, data: Value) -> Line {
    line(number, 2, at, Direction::Event, "user", json!({ "type": "event", "event": event, "data": data }))
}

pub(super) fn talk(number: u128) -> ConversationState {
    ConversationState { id: ConversationId(id(number)), created_at: FROM.plus(-40 * DAY), ..conversation() }
}

fn history(lines: Vec<Line>) -> History {
    let person = facts().contact;
    History { person, consents: Vec::new(), conversations: vec![talk(2), talk(12)], lines }
}

pub(super) fn setting(rule: Known) -> Setting {
    let sending = Sending { writes: true, ..Sending::default() };
    Setting { rule, zone: "UTC".to_owned(), from: FROM, to: NOW, sending }
}

fn tried(change: Value, lines: Vec<Line>) -> Replayed {
    Replay::new(setting(rule(9, change))).customer(history(lines), ROOM)
}

/// What would have happened, told shortly.
fn told(replayed: &Replayed) -> Vec<String> {
    let one = |told: &crate::rule::replay::Told| {
        let steps: Vec<String> = told
            .steps
            .iter()
            .map(|step| {
                format!("{}{}", step.state, step.code.as_deref().map_or(String::new(), |code| format!(":{code}")))
            })
            .collect();
        let minute = told.at.since(FROM) / MINUTE;
        let end = told.ended.map_or("", Check::code);
        let why = told.reason.map_or("runs", Check::code);
        format!("{minute} {why} {} {end}", steps.join(",")).trim().to_owned()
    };
    replayed.told.iter().map(one).collect()
}

fn at(minute: i64) -> Ms {
    FROM.plus(minute * MINUTE)
}

type Case = (&'static str, Value, Vec<Line>, Vec<&'static str>);

fn all(cases: &[Case]) {
    for (what, change, lines, expected) in cases {
        assert_eq!(told(&tried(change.clone(), lines.clone())), *expected, "{what}");
    }
}

#[test]
fn the_past_is_lived_through_in_its_order() {
    let keyword = |steps: Value| json!({ "do": steps, "settle_seconds": 0 });
    let text = json!([{ "do": "send_text", "body": "It is 10." }]);
    let cases = [
        ("an answer", keyword(text.clone()), vec![says(1, at(1), "the price?")], vec!["1 runs would"]),
        ("another word", keyword(text.clone()), vec![says(1, at(1), "hello")], vec![]),
        ("before the period", keyword(text.clone()), vec![says(1, at(-1), "price")], vec![]),
        (
            "a person has it in hand",
            keyword(text.clone()),
            vec![says(1, at(1), "hi"), answered(2, at(2)), says(3, at(3), "price"), says(4, at(3 + 720), "price")],
            vec!["3 handover", "723 runs would"],
        ),
        (
            "wishes count for twelve hours, also from before the period",
            keyword(text.clone()),
            vec![says(1, at(-10), "a person please"), says(2, at(1), "price"), says(3, at(711), "price")],
            vec!["1 handover", "711 runs would"],
        ),
        (
            "its own limit",
            json!({ "do": text, "limit": { "times": 1, "minutes": 60 }, "settle_seconds": 0 }),
            vec![says(1, at(1), "price"), says(2, at(60), "price"), says(3, at(61), "price")],
            vec!["1 runs would", "60 rule_limit", "61 runs would"],
        ),
    ];
    all(&cases);
}

#[test]
fn waits_and_what_happens_to_a_conversation_are_lived_through() {
    let keyword = |steps: Value| json!({ "do": steps, "settle_seconds": 0 });
    let cases = [
        (
            "a wait that a wish ends",
            keyword(
                json!([{ "do": "note", "body": "a" }, { "do": "wait", "minutes": 60 }, { "do": "note", "body": "b" }]),
            ),
            vec![says(1, at(1), "price"), says(2, at(30), "a person"), says(3, at(2_000), "price")],
            vec!["1 runs would handover", "2000 runs would,would"],
        ),
        (
            "a wait that an agent puts off",
            keyword(json!([{ "do": "wait", "minutes": 60 }, { "do": "note", "body": "b" }])),
            vec![says(1, at(1), "price"), answered(2, at(30))],
            vec!["1 runs would"],
        ),
        (
            "who waits",
            json!({ "when": [{ "on": "unanswered", "minutes": 10 }], "do": [{ "do": "note", "body": "a" }] }),
            vec![
                says(1, at(1), "hi"),
                says(2, at(5), "hi?"),
                answered(3, at(50)),
                says(4, at(100), "hi"),
                answered(5, at(105)),
                says(6, at(2_000), "x"),
            ],
            vec!["11 runs would", "110 trigger", "2010 runs would"],
        ),
        (
            "its own tags count",
            json!({ "if": { "type": "field", "field": "contact.tags", "is": "has_not", "value": "asked" },
                    "do": [{ "do": "add_tags", "tags": ["asked"] }] }),
            vec![says(1, at(1), "price"), says(2, at(90), "price")],
            vec!["1 runs would", "90 conditions"],
        ),
        (
            "what happened to the conversation",
            json!({ "when": [{ "on": "conversation_resolved" }, { "on": "conversation_opened" }], "do": [{ "do": "note", "body": "a" }],
                    "if": { "type": "field", "field": "conversation.priority", "is": "is", "value": "low" }, "settle_seconds": 0 }),
            vec![
                happens(1, at(1), "status_changed", json!({ "from": "open", "to": "resolved" })),
                happens(2, at(2), "priority_changed", json!({ "from": "low", "to": "high" })),
                says(3, at(3), "again"),
                happens(4, at(3), "reopened", json!({})),
            ],
            vec!["1 runs would", "3 conditions"],
        ),
        (
            "a blank that nothing fills, and a closed window",
            json!({ "when": [{ "on": "unanswered", "minutes": 1_500 }],
                    "do": [{ "do": "send_text", "body": "{shoe}" }, { "do": "send_text", "body": "hi" }] }),
            vec![says(1, at(1), "hi")],
            vec!["1501 runs refused:missing_value,refused:window"],
        ),
    ];
    all(&cases);
}

#[test]
fn timers_fire_for_those_with_whom_something_was_said() {
    let change = json!({ "when": [{ "on": "timer", "at": "12:00", "zone": "UTC", "active_days": 1 }], "do": [{ "do": "note", "body": "a" }] });
    let replayed = tried(change, vec![says(1, at(30), "hi")]);
    assert_eq!((replayed.tally.runs, replayed.tally.customers), (1, 1), "{:?}", told(&replayed));
    assert_eq!(replayed.told[0].at.0 % DAY, 12 * HOUR);
}

#[test]
fn other_conversations_other_scopes() {
    let only = |list: &str, one: u128| {
        let change = json!({ list: [id(one)], "settle_seconds": 0, "do": [{ "do": "note", "body": "a" }] });
        told(&tried(change, vec![says(1, at(1), "price")]))
    };
    assert_eq!(only("channels", 3), ["1 runs would"]);
    assert_eq!(only("channels", 4), ["1 scope"]);
    assert_eq!(only("teams", 3), ["1 scope"]);
    let own = rule(9, json!({ "channels": [id(3)] }));
    assert_eq!(own.definition.channels, [id(3)]);
}

#[test]
fn what_the_rule_did_then_is_not_counted_twice() {
    let mut sent = answered(2, at(2));
    (sent.author_kind, sent.author_id) = ("rule".to_owned(), Some(id(9)));
    let count = json!({ "type": "count", "of": "messages_out", "minutes": 60, "is": "is", "value": 1 });
    let change = json!({ "if": count, "settle_seconds": 0, "do": [{ "do": "note", "body": "a" }] });
    assert_eq!(
        told(&tried(change.clone(), vec![says(1, at(1), "hi"), sent.clone(), says(3, at(3), "price")])),
        ["3 conditions"]
    );
    sent.author_id = Some(id(8));
    assert_eq!(told(&tried(change, vec![says(1, at(1), "hi"), sent, says(3, at(3), "price")])), ["3 runs would"]);
}

#[test]
fn consent_is_that_of_the_time_and_so_are_the_caps() {
    let template = json!([{ "type": "BODY", "text": "Ten percent for you" }]);
    let definition = parse(&template, None, "MARKETING").unwrap();
    let facts = TemplateFacts {
        name: "offer".to_owned(),
        language: "en".to_owned(),
        languages: vec!["en".to_owned()],
        status: "APPROVED".to_owned(),
        paused_until: None,
        definition,
    };
    let steps = json!([{ "do": "send_template", "name": "offer", "language": "en" }]);
    let mut setting = setting(rule(9, json!({ "do": steps, "settle_seconds": 0 })));
    setting.sending.templates = BTreeMap::from([(("offer".to_owned(), "en".to_owned()), Arc::new(facts))]);
    setting.sending.policy.promotion_slot = crate::guard::slot::SlotFor::Off;
    (setting.sending.policy.quiet_from_minute, setting.sending.policy.quiet_to_minute) = (0, 0);
    let rate = Rate {
        category: "marketing".to_owned(),
        market: "*".to_owned(),
        from: crate::cost::Month::new(2025, 7),
        micros: Some(50_000),
        currency: Some("USD".to_owned()),
        confirmed: true,
    };
    setting.sending.card = RateCard::over_starter(vec![rate]);
    let day = 1_440;
    let mut past = history(vec![says(1, at(1), "price"), says(2, at(day), "price"), says(3, at(2 * day), "price")]);
    past.consents = vec![(at(day - 1), "opted_in".to_owned()), (at(2 * day - 1), "opted_out".to_owned())];
    let replayed = Replay::new(setting).customer(past, ROOM);
    assert_eq!(told(&replayed), ["1 runs would", "1440 runs refused:promotion_gap", "2880 runs refused:consent"]);
    let tally = &replayed.tally;
    assert_eq!((tally.written, tally.micros, tally.unpriced, tally.runs), (1, 50_000, 0, 3));
    assert_eq!(tally.refused, BTreeMap::from([("consent".to_owned(), 1), ("promotion_gap".to_owned(), 1)]));
    let mut twice = tally.clone();
    twice.add(tally);
    assert_eq!((twice.runs, twice.refused["consent"], twice.customers), (6, 2, 2));
}

#[test]
fn a_wish_within_a_day_is_put_down_to_the_message() {
    let text = json!({ "do": [{ "do": "send_text", "body": "It is 10." }], "settle_seconds": 0 });
    let wish = |minute| {
        let replayed = tried(text.clone(), vec![says(1, at(1), "price"), says(2, at(minute), "a person")]);
        (replayed.tally.human, replayed.told[0].human)
    };
    assert_eq!(wish(2), (1, true));
    assert_eq!(wish(1 + 1_440), (1, true));
    assert_eq!(wish(2 + 1_440), (0, false));
    assert_eq!(wish(1).0, 0, "at the same moment it was said before");
}

#[test]
fn what_the_past_cannot_wake_is_named() {
    let known =
        rule(9, json!({ "when": [{ "on": "tag_added" }, { "on": "message_received" }, { "on": "field_changed" }] }));
    assert_eq!(unheard(&known.definition.when).into_iter().collect::<Vec<_>>(), ["field_changed", "tag_added"]);
}

#[test]
fn what_became_of_messages_is_summed_by_run() {
    let sent = |run, place, minute| Sent {
        run,
        conversation_id: ConversationId(id(place)),
        at: at(minute),
        sent: true,
        delivered: minute < 50,
        read: minute < 2,
    };
    let all =
        [sent("a", 2, 1), sent("a", 2, 3), sent("b", 2, 60), sent("c", 3, 1), Sent { sent: false, ..sent("d", 4, 1) }];
    let wrote = |place, minute, text: &'static str| (ConversationId(id(place)), at(minute), text);
    let wrote = [wrote(2, 2, "thanks"), wrote(2, 4, "a person"), wrote(3, 1, "person"), wrote(4, 2, "person")];
    let found = answers(&all, &wrote, |text| text.contains("person"));
    assert_eq!((found.sent, found.delivered, found.read), (4, 3, 2));
    assert_eq!((found.runs, found.replied, found.human, found.percent()), (3, 1, 1, 33));
    assert!(!found.too_many(), "three runs say nothing");
    assert!(crate::rule::too_many_wishes(20, 4) && !crate::rule::too_many_wishes(20, 3));
}
