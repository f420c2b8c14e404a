//! What live decided and what a trial of the past decides are the same.

use super::replaying::{FROM, ROOM, line, setting, talk};
use super::{NOW, conversation, facts, id, rule};
use crate::inbox::{Batch, ConversationState, ConversationStatus, NewMessage};
use crate::message::{Content, Direction, Status};
use crate::rule::listen::{happened, waits};
use crate::rule::replay::{History, Line, Replay};
use crate::rule::{Check, Event, Facts, Heard, Known, Listeners, Past, Said, decide, horizon, lately};
use crate::time::DAY;
use crate::{Ms, UserId};
use proptest::prelude::*;
use serde_json::{Value, json};

/// One customer as live sees them: everything looked up anew for every decision, as the shell does.
struct Live {
    rule: Known,
    lines: Vec<Line>,
    talks: Vec<ConversationState>,
    runs: Vec<Past>,
    due: Vec<(Ms, usize, Event)>,
    decided: Vec<(Ms, Option<Check>, Value)>,
}

impl Live {
    fn facts(&self, seen: usize, event: &Event, now: Ms) -> Facts {
        let since = now.plus(-horizon(self.rule.definition.looks_back()));
        let spoken =
            self.lines[..seen].iter().rev().filter(|line| line.direction != Direction::Event && line.at > since);
        let said = spoken.map(|line| Said {
            conversation_id: line.conversation_id,
            at: line.at,
            inbound: line.direction == Direction::In,
            by: line.author_kind.clone(),
            heard: line.message.as_ref().map_or_else(Heard::default, |message| message.heard.clone()),
            human: line.human && lately(line.at, now),
        });
        let message = self.lines.iter().find(|line| Some(line.id) == event.message_id);
        Facts {
            conversation: self.talks.iter().find(|talk| Some(talk.id) == event.conversation_id).cloned(),
            message: message.and_then(|line| line.message.clone()),
            said: said.collect(),
            runs: self.runs.iter().rev().copied().collect(),
            ..facts()
        }
    }

    fn until(&mut self, seen: usize, now: Ms) {
        loop {
            self.due.sort_by_key(|(at, place, _)| (*at, *place));
            if self.due.first().is_none_or(|(at, ..)| *at > now) {
                return;
            }
            let (at, _, event) = self.due.remove(0);
            let facts = self.facts(seen, &event, at);
            let verdict = decide(&[&self.rule], &facts, &event, at).remove(0);
            if verdict.refused.is_none() {
                self.runs.push(Past { rule_id: self.rule.id, at, depth: verdict.depth, shadow: false });
            }
            self.decided.push((at, verdict.refused, json!(verdict.conditions)));
        }
    }

    fn change(&mut self, line: &Line) {
        let Some(talk) = self.talks.iter_mut().find(|talk| talk.id == line.conversation_id) else { return };
        match line.direction {
            Direction::In => {
                talk.window_expires_at = Some(line.at.plus(DAY));
                talk.waiting_since = talk.waiting_since.or(Some(line.at));
                talk.status = ConversationStatus::Open;
            }
            Direction::Out => {
                talk.waiting_since = None;
                talk.first_response_at = talk.first_response_at.or(Some(line.at));
            }
            _ => {
                if let Content::Event { event, data } = &line.content {
                    if event == "assigned" {
                        talk.assignee_id = data["to"].as_str().map(|id| UserId(id.parse().unwrap()));
                    } else {
                        (talk.status, talk.waiting_since) = (ConversationStatus::Resolved, None);
                    }
                }
            }
        }
    }

    fn live(mut self) -> Vec<(Ms, Option<Check>, Value)> {
        let listeners = Listeners::new(std::slice::from_ref(&self.rule));
        let times = listeners.waits().collect();
        let mut queued = 0;
        for place in 0..self.lines.len() {
            let line = self.lines[place].clone();
            self.until(place, line.at);
            self.change(&line);
            let mut batch = Batch::default();
            let changed = self.talks.iter().filter(|talk| talk.id == line.conversation_id).cloned().collect();
            (batch.new_messages, batch.changed_conversations) = (vec![written(&line)], changed);
            let heard = line.message.as_ref().map_or_else(Heard::default, |message| message.heard.clone());
            for event in happened(&batch) {
                for found in listeners.find(&event, &heard) {
                    queued += 1;
                    self.due.push((event.at.plus(listeners.settle_ms(found, &event)), queued, event.clone()));
                }
            }
            for (event, at) in waits(&batch, &times) {
                // Waiting jobs with the same key are one job.
                if !self.due.iter().any(|(.., known)| known.key == event.key) && at > line.at {
                    queued += 1;
                    self.due.push((at, queued, event));
                }
            }
        }
        self.until(self.lines.len(), NOW.plus(-1));
        self.decided
    }
}

fn written(line: &Line) -> NewMessage {
    NewMessage {
        id: line.id,
        conversation_id: line.conversation_id,
        contact_id: facts().contact.id,
        channel_id: conversation().channel_id,
        direction: line.direction,
        at: line.at,
        created_at: line.at,
        author_kind: line.author_kind.clone(),
        author_id: line.author_id,
        author_name: None,
        provider_id: None,
        client_id: None,
        preview: String::new(),
        content: line.content.clone(),
        status: Status::Event,
        reply_to_provider_id: None,
        reply_to_id: None,
        media_id: None,
    }
}

fn any_line(number: u128, (gap, what, talk): (i64, u8, bool), at: &mut Ms) -> Line {
    *at = at.plus(gap * 20_000);
    let place = if talk { 2 } else { 12 };
    let inbound =
        |text: &str| line(number, place, *at, Direction::In, "contact", json!({ "type": "text", "body": text }));
    let event = |name: &str, data: Value| {
        line(number, place, *at, Direction::Event, "user", json!({ "type": "event", "event": name, "data": data }))
    };
    match what {
        0 | 1 => inbound("the price?"),
        2 => inbound("price, it is late"),
        3 => inbound("hello"),
        4 => inbound("a person please"),
        5 => line(number, place, *at, Direction::Out, "user", json!({ "type": "text", "body": "Yes" })),
        6 => event("assigned", json!({ "to": id(5) })),
        _ => event("status_changed", json!({ "from": "open", "to": "resolved" })),
    }
}

fn any_rule() -> impl Strategy<Value = Value> {
    let when = prop_oneof![
        Just(json!([{ "on": "message_received" }])),
        Just(json!([{ "on": "keyword", "words": ["price"] }])),
        Just(json!([{ "on": "unanswered", "minutes": 15 }, { "on": "keyword", "words": ["late"] }])),
        Just(json!([{ "on": "conversation_resolved" }, { "on": "conversation_assigned" }])),
    ];
    let condition = prop_oneof![
        Just(json!({ "type": "all", "of": [] })),
        Just(
            json!({ "type": "count", "of": "said", "words": ["price"], "minutes": 120, "is": "more_than", "value": 1 })
        ),
        Just(
            json!({ "type": "count", "of": "said_in_a_row", "words": ["price"], "minutes": 60, "is": "at_least", "value": 2 })
        ),
        Just(json!({ "type": "count", "of": "messages_out", "minutes": 300, "is": "less_than", "value": 2 })),
        Just(json!({ "type": "count", "of": "runs", "minutes": 200, "is": "at_most", "value": 2 })),
        Just(json!({ "type": "field", "field": "conversation.agent", "is": "empty" })),
        Just(json!({ "type": "field", "field": "conversation.window_open", "is": "is", "value": true })),
        Just(json!({ "type": "field", "field": "conversation.waiting_minutes", "is": "at_least", "value": 5 })),
        Just(json!({ "type": "field", "field": "message.text", "is": "says", "value": ["late"] })),
    ];
    (when, condition, any::<bool>(), 1_u32..4, prop_oneof![Just(0_u32), Just(5), Just(90)]).prop_map(
        |(when, condition, during, times, settle)| {
            json!({ "when": when, "if": condition, "during_handover": during, "settle_seconds": settle,
                    "limit": { "times": times, "minutes": 90 }, "do": [{ "do": "note", "body": "x" }] })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_past_decides_as_live_did(
        change in any_rule(),
        steps in prop::collection::vec((0_i64..600, 0_u8..8, any::<bool>()), 0..60),
    ) {
        let mut moment = FROM;
        let lines: Vec<Line> = (100..).zip(steps).map(|(number, step)| any_line(number, step, &mut moment)).collect();
        let known = rule(9, change);
        let fresh = |number| ConversationState {
            status: ConversationStatus::Open, assignee_id: None, window_expires_at: None, waiting_since: None,
            first_response_at: None, ..talk(number)
        };
        let talks = vec![fresh(2), fresh(12)];
        let past = History { person: facts().contact, consents: Vec::new(), conversations: talks.clone(), lines: lines.clone() };
        let live = Live { rule: known.clone(), lines, talks, runs: Vec::new(), due: Vec::new(), decided: Vec::new() }.live();
        let replayed = Replay::new(setting(known)).customer(past, ROOM);
        let decided = |ran: bool| -> Vec<_> {
            live.iter().filter(|(_, refused, _)| refused.is_none() == ran).cloned().collect()
        };
        let found = |ran: bool| -> Vec<_> {
            let those = replayed.told.iter().filter(|told| told.reason.is_none() == ran);
            those.map(|told| (told.at, told.reason, json!(told.conditions))).collect()
        };
        prop_assert_eq!(found(true), decided(true));
        prop_assert_eq!(found(false), decided(false));
        prop_assert_eq!(replayed.tally.listened, live.len() as u64);
    }
}
