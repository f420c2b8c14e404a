//! Outgoing webhooks: which events there are, who wants one, and when a target that does not answer is left alone.
//!
//! An event of the log becomes one of these [`Kind`]s, or none. The names are what companies' programs are written
//! against: they are only ever added to.

use crate::retry::{Class, retry_at};
use crate::time::{DAY, HOUR, MINUTE, SECOND};
use crate::{Ms, message::Direction};
use serde_json::Value as Json;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// What a webhook can tell of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name),+
        }

        impl Kind {
            /// Every kind that can be subscribed to, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name in subscriptions and payloads.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }
    };
}

kinds! {
    /// A customer wrote.
    MessageReceived = "message.received",
    /// A message to a customer was written: by a person, a rule, a campaign or a program.
    MessageSent = "message.sent",
    /// A message to a customer was sent, delivered, read, or failed.
    MessageStatus = "message.status",
    /// A conversation began, or came back after it was resolved.
    ConversationOpened = "conversation.opened",
    /// A conversation was given to an agent or a team.
    ConversationAssigned = "conversation.assigned",
    /// A conversation was resolved.
    ConversationResolved = "conversation.resolved",
    /// A contact is new.
    ContactCreated = "contact.created",
    /// A contact changed.
    ContactUpdated = "contact.updated",
    /// Two contacts turned out to be one person.
    ContactMerged = "contact.merged",
    /// A contact was given tags.
    TagAdded = "tag.added",
    /// A deal is new or changed.
    DealChanged = "deal.changed",
    /// A case is new or changed.
    CaseChanged = "case.changed",
    /// An order of a known customer, or a parcel of it, is new or changed.
    OrderChanged = "order.changed",
    /// A campaign is through.
    CampaignFinished = "campaign.finished",
}

/// The type of a trial delivery.
pub const TEST: &str = "webhook.test";
/// The type of what a rule's step sends.
pub const RULE: &str = "rule.called";

impl Kind {
    /// Reads a name; `None` when it is none of them.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// What an event of the log may tell: its kind and its small facts decide, without a look into the database. A line that
    /// says what happened to a conversation may be any of three; [`Kind::of_line`] tells which.
    #[must_use]
    pub fn of_event(kind: &str, data: &Json) -> &'static [Self] {
        const LINE: &[Kind] = &[Kind::ConversationOpened, Kind::ConversationAssigned, Kind::ConversationResolved];
        match kind {
            "message.created" => match data["direction"].as_str() {
                Some("in") => &[Self::MessageReceived],
                Some("out") => &[Self::MessageSent],
                Some("event") => LINE,
                _ => &[],
            },
            "message.updated" if data["status"].is_string() => &[Self::MessageStatus],
            "conversation.created" => &[Self::ConversationOpened],
            "contact.created" => &[Self::ContactCreated],
            "contact.tagged" => &[Self::TagAdded],
            "contact.updated" => Self::of_contact(data),
            "campaign.updated" if data["status"] == "finished" => &[Self::CampaignFinished],
            _ => &[],
        }
    }

    /// What a change of a contact tells. Deals, cases and orders are told about at their contact.
    fn of_contact(data: &Json) -> &'static [Self] {
        let about =
            |name: &str| data["changed"].as_array().is_some_and(|changed| changed.iter().any(|one| one == name));
        if !data["merged"].is_null() {
            &[Self::ContactMerged]
        } else if about("deals") {
            &[Self::DealChanged]
        } else if about("cases") {
            &[Self::CaseChanged]
        } else if about("orders") {
            &[Self::OrderChanged]
        } else {
            &[Self::ContactUpdated]
        }
    }

    /// What a line of a thread tells about its conversation.
    #[must_use]
    pub fn of_line(direction: Direction, line: &crate::message::Content) -> Option<Self> {
        let crate::message::Content::Event { event, data } = line else { return None };
        if direction != Direction::Event {
            return None;
        }
        crate::rule::listen::turned(event, data).map(|turn| match turn {
            crate::rule::What::Assigned => Self::ConversationAssigned,
            crate::rule::What::Resolved => Self::ConversationResolved,
            _ => Self::ConversationOpened,
        })
    }
}

/// What became of a try, as far as the next one is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The target has it.
    Taken,
    /// The target wants nothing any more (410).
    Gone,
    /// Not now. The target may have said when.
    Later(Option<i64>),
}

/// What is done with a delivery after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is delivered.
    Done,
    /// The subscription ends with it.
    End,
    /// It is tried again then.
    At(Ms),
    /// It was tried for three days.
    Dead,
}

/// The longest wait that a target may ask for. Milliseconds.
const ASKED_MAX: i64 = DAY;
/// How long a target may fail without a break before nothing is sent to it any more. Milliseconds.
pub const PATIENCE: i64 = 72 * HOUR;
/// After so many failures in a row one delivery at a time tries whether the target is back.
pub const STREAK: i32 = 3;

/// What follows a try: the `attempt`-th (1 = the first) of a delivery that first failed at `first_failed`.
#[must_use]
pub fn next(fate: Fate, attempt: u32, first_failed: Ms, now: Ms) -> Next {
    match fate {
        Fate::Taken => Next::Done,
        Fate::Gone => Next::End,
        Fate::Later(asked) => match retry_at(attempt, first_failed, now, Class::Webhook) {
            Some(at) => Next::At(asked.map_or(at, |wait| at.max(now.plus(wait.clamp(0, ASKED_MAX))))),
            None => Next::Dead,
        },
    }
}

/// How long a target that failed so often in a row is left alone before one delivery tries it again. Milliseconds: 5 s,
/// doubling up to 10 minutes.
#[must_use]
pub fn rest(failures: i32) -> i64 {
    let doublings = u32::try_from(failures.saturating_sub(STREAK).clamp(0, 10)).unwrap_or(0);
    (5 * SECOND).saturating_mul(1 << doublings).min(10 * MINUTE)
}

/// Whether a target has failed for so long that it is paused.
#[must_use]
pub fn gives_up(failing_since: Option<Ms>, now: Ms) -> bool {
    failing_since.is_some_and(|since| now.since(since) >= PATIENCE)
}

/// Whether a subscription to these channels (none = all) hears of something that happened on `channel`, or on none.
#[must_use]
pub fn on_channel(wanted: &[uuid::Uuid], channel: Option<uuid::Uuid>) -> bool {
    wanted.is_empty() || channel.is_none_or(|channel| wanted.contains(&channel))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Content;
    use serde_json::json;

    #[test]
    fn events_of_the_log_have_names_that_stay() {
        let codes = |kind: &str, data: Json| -> String {
            let found: Vec<&str> = Kind::of_event(kind, &data).iter().map(|kind| kind.code()).collect();
            found.join(" ")
        };
        for (kind, data, expected) in [
            ("message.created", json!({ "direction": "in", "kind": "text" }), "message.received"),
            ("message.created", json!({ "direction": "out" }), "message.sent"),
            ("message.created", json!({ "direction": "note" }), ""),
            (
                "message.created",
                json!({ "direction": "event" }),
                "conversation.opened conversation.assigned conversation.resolved",
            ),
            ("message.updated", json!({ "status": "read" }), "message.status"),
            ("message.updated", json!({ "media": true }), ""),
            ("conversation.created", json!({}), "conversation.opened"),
            ("conversation.updated", json!({}), ""),
            ("contact.created", json!({}), "contact.created"),
            ("contact.updated", json!({ "changed": ["name"] }), "contact.updated"),
            ("contact.updated", json!({}), "contact.updated"),
            ("contact.tagged", json!({ "tags": ["VIP"] }), "tag.added"),
            ("contact.updated", json!({ "merged": "x" }), "contact.merged"),
            ("contact.updated", json!({ "changed": ["deals"], "id": "x" }), "deal.changed"),
            ("contact.updated", json!({ "changed": ["cases"], "id": "x" }), "case.changed"),
            ("contact.updated", json!({ "changed": ["orders"], "orders": ["1"] }), "order.changed"),
            ("campaign.updated", json!({ "status": "finished" }), "campaign.finished"),
            ("campaign.updated", json!({ "status": "paused" }), ""),
            ("presence", json!({}), ""),
        ] {
            assert_eq!(codes(kind, data.clone()), expected, "{kind} {data}");
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.code()), Some(*kind));
        }
        assert_eq!(Kind::parse(TEST).or(Kind::parse(RULE)), None, "nobody subscribes to these");
    }

    #[test]
    fn lines_tell_what_happened_to_a_conversation() {
        let line = |event: &str, data: Json| Content::Event { event: event.to_owned(), data };
        for (event, data, expected) in [
            ("assigned", json!({ "to": "x" }), Some(Kind::ConversationAssigned)),
            ("assigned", json!({ "to": null }), None),
            ("team_changed", json!({ "to": "x" }), Some(Kind::ConversationAssigned)),
            ("reopened", json!({}), Some(Kind::ConversationOpened)),
            ("status_changed", json!({ "from": "open", "to": "resolved" }), Some(Kind::ConversationResolved)),
            ("status_changed", json!({ "from": "resolved", "to": "open" }), Some(Kind::ConversationOpened)),
            ("status_changed", json!({ "from": "open", "to": "snoozed" }), None),
            ("something new", json!({}), None),
        ] {
            assert_eq!(Kind::of_line(Direction::Event, &line(event, data)), expected, "{event}");
        }
        assert_eq!(Kind::of_line(Direction::In, &line("reopened", json!({}))), None);
    }

    #[test]
    fn a_delivery_is_tried_for_three_days() {
        let start = Ms(1_000_000);
        assert_eq!(next(Fate::Taken, 1, start, start), Next::Done);
        assert_eq!(next(Fate::Gone, 9, start, start), Next::End);
        assert_eq!(next(Fate::Later(None), 1, start, start), Next::At(start.plus(5 * SECOND)));
        assert_eq!(next(Fate::Later(Some(HOUR)), 1, start, start), Next::At(start.plus(HOUR)), "as it asked");
        assert_eq!(
            next(Fate::Later(Some(1)), 2, start, start),
            Next::At(start.plus(5 * MINUTE)),
            "not sooner than ours"
        );
        assert_eq!(next(Fate::Later(Some(i64::MAX)), 1, start, start), Next::At(start.plus(DAY)), "not next year");
        let (mut now, mut attempt) = (start, 1);
        while let Next::At(at) = next(Fate::Later(None), attempt, start, now) {
            assert!(at > now);
            (now, attempt) = (at, attempt + 1);
        }
        assert_eq!(now.since(start), 72 * HOUR);
        assert_eq!(next(Fate::Later(Some(HOUR)), attempt, start, now), Next::Dead, "whatever it asks");
    }

    #[test]
    fn a_target_that_fails_is_left_alone_for_longer_and_longer() {
        for (failures, expected) in [
            (0, 5 * SECOND),
            (3, 5 * SECOND),
            (4, 10 * SECOND),
            (9, 320 * SECOND),
            (10, 10 * MINUTE),
            (i32::MAX, 10 * MINUTE),
        ] {
            assert_eq!(rest(failures), expected, "{failures}");
        }
        let now = Ms(100 * HOUR);
        assert!(!gives_up(None, now) && !gives_up(Some(now.plus(1 - PATIENCE)), now));
        assert!(gives_up(Some(now.plus(-PATIENCE)), now));
    }

    #[test]
    fn channels_are_a_filter_for_what_happens_on_one() {
        let [a, b] = [1, 2].map(uuid::Uuid::from_u128);
        for (wanted, channel, expected) in
            [(vec![], Some(a), true), (vec![a], Some(a), true), (vec![a], Some(b), false), (vec![a], None, true)]
        {
            assert_eq!(on_channel(&wanted, channel), expected);
        }
    }
}
