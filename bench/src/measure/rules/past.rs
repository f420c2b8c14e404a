//! A rule tried on the past, on one core and without a database: a year of a shop with customers in many languages.

use super::evaluate::{person, rate};
use super::mix;
use crate::Result;
use crate::generate::texts::TEXTS;
use crate::site::process::Quiet;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rapport_app::rule::backtest::past::line;
use rapport_app::rule::set::RuleSet;
use rapport_core::inbox::{ConversationState, ConversationStatus, Priority};
use rapport_core::message::{Content, Direction, Status};
use rapport_core::rule::Known;
use rapport_core::rule::replay::{History, Replay, Room, Sending, Setting};
use rapport_core::time::{DAY, MINUTE};
use rapport_core::{ChannelId, ContactId, ConversationId, MessageId, Ms};
use rapport_store::rule::Stamp;
use rapport_store::rule::history::Lived;
use std::time::Duration;
use uuid::Uuid;

/// A Tuesday afternoon: the end of the period.
const TO: Ms = Ms(1_790_086_400_000);
/// Customers, and the lines of each.
const CUSTOMERS: u128 = 400;
const LINES: u128 = 40;
/// Which of the rules is tried: one that listens for words, counts what was said before, and waits for three days.
const RULE: usize = 0;

/// What was measured: lines per second.
pub struct Rates {
    /// Lived through, their words being known.
    pub lived: f64,
    /// With reading the words, and whether a person is asked for.
    pub read: f64,
    /// Runs that would have begun.
    pub runs: u64,
    /// Share of the machine that others used.
    pub foreign: f64,
}

/// Measures on this thread.
pub fn rates(window: Duration, seed: u64) -> Result<Rates> {
    let definition = serde_json::from_value(mix::definitions().swap_remove(RULE))?;
    let rule = Known { id: Uuid::from_u128(1), version: 1, enabled: true, shadow: false, definition };
    let set = RuleSet::of(vec![rule.clone()], Stamp::default());
    let from = TO.plus(-30 * DAY);
    let sending = Sending { writes: true, ..Sending::default() };
    let replay = Replay::new(Setting { rule, zone: "Asia/Dubai".to_owned(), from, to: TO, sending });
    let past = past(seed);
    let histories: Vec<History> = past.iter().map(|lived| history(&set, lived)).collect();
    let room = Room { ran: 0, skipped: 0 };
    let quiet = Quiet::watch();
    let (mut runs, mut rounds) = (0, 0_u64);
    let lived = rate(window, &histories, |history| {
        runs += replay.customer(history.clone(), room).tally.runs;
        rounds += 1;
        1
    });
    let read = rate(window, &past, |lived| usize::from(replay.customer(history(&set, lived), room).tally.runs > 0));
    let lines = LINES as f64;
    let runs = runs * u64::try_from(CUSTOMERS)? / rounds.max(1);
    Ok(Rates { lived: lived * lines, read: read * lines, runs, foreign: quiet.foreign() })
}

/// What was said with each customer: four of ten lines are the customer's.
fn past(seed: u64) -> Vec<Vec<Lived>> {
    let mut random = StdRng::seed_from_u64(seed);
    let one = |customer: u128, random: &mut StdRng| {
        let language = TEXTS[random.random_range(0..TEXTS.len())];
        let mut at = TO.plus(-40 * DAY);
        let lines = (0..LINES).map(|number| {
            at = at.plus(random.random_range(1..2_800) * MINUTE);
            let inbound = random.random_range(0..10) < 4;
            let body = language[random.random_range(0..language.len())].to_owned();
            Lived {
                contact_id: ContactId(Uuid::from_u128(customer)),
                id: MessageId(Uuid::from_u128(customer * 1_000 + number)),
                conversation_id: ConversationId(Uuid::from_u128(customer)),
                at,
                direction: if inbound { Direction::In } else { Direction::Out },
                author_kind: if inbound { "contact" } else { "user" }.to_owned(),
                author_id: None,
                status: Some(Status::Read),
                content: Content::Text { body, preview_url: None },
            }
        });
        lines.collect()
    };
    (1..=CUSTOMERS).map(|customer| one(customer, &mut random)).collect()
}

fn history(set: &RuleSet, lived: &[Lived]) -> History {
    let contact = lived.first().map_or(ContactId(Uuid::nil()), |line| line.contact_id);
    let lines = lived.iter().map(|one| line(set, one.clone())).collect();
    History { person: person(contact), consents: Vec::new(), conversations: vec![talk(contact)], lines }
}

fn talk(contact: ContactId) -> ConversationState {
    let at = TO.plus(-40 * DAY);
    ConversationState {
        id: ConversationId(contact.0),
        contact_id: contact,
        channel_id: ChannelId(Uuid::from_u128(1)),
        lane: 1,
        status: ConversationStatus::Open,
        priority: Priority::None,
        assignee_id: None,
        team_id: None,
        snoozed_until: None,
        unread: 0,
        last_message_at: TO,
        last_message_id: None,
        last_direction: Direction::In,
        last_kind: String::new(),
        last_preview: String::new(),
        last_status: Status::Received,
        last_inbound_at: None,
        last_inbound_provider_id: None,
        window_expires_at: None,
        waiting_since: None,
        first_response_at: None,
        resolved_at: None,
        created_at: at,
        updated_at: at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_finds_something_in_the_past() {
        let rates = rates(Duration::from_millis(50), 1).expect("it is measured");
        assert!(rates.lived > 0.0 && rates.read > 0.0);
        assert!(rates.runs > 0, "some say the word twice in a week");
    }
}
