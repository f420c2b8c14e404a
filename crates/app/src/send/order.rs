//! What a customer gets arrives in the order it was written in: one message is on its way to them at a time.
//!
//! Promotion stands aside: nothing waits behind it, and it waits behind nothing. What is tried again holds up nothing that
//! is more urgent.

use rapport_core::time::{MINUTE, SECOND};
use rapport_core::{ContactId, MessageId, Ms};
use rapport_store::send::{Due, Priority};
use std::collections::HashMap;

/// What is tried again within this is waited for by what was written after it. Milliseconds.
const PATIENCE_MS: i64 = MINUTE;
/// How long after its moment a message that is tried again still has the first turn. Milliseconds.
const GRACE_MS: i64 = 2 * SECOND;
/// Customers whose message is tried again, at most, before those are forgotten whose moment is over.
const AGAIN_MAX: usize = 1_000;

/// Whether a message may be judged now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It may.
    Now,
    /// Another one is on its way to this customer.
    AfterAnswer,
    /// An earlier one is tried again at about this moment.
    After(Ms),
}

/// Who is being written to.
#[derive(Debug, Default)]
pub(super) struct Order {
    on_the_way: HashMap<ContactId, MessageId>,
    again: HashMap<ContactId, Again>,
}

/// A message that is tried again.
#[derive(Debug, Clone, Copy)]
struct Again {
    message: MessageId,
    priority: Priority,
    at: Ms,
}

impl Order {
    /// Customers to whom a message is on its way.
    pub fn busy(&self) -> Vec<ContactId> {
        self.on_the_way.keys().copied().collect()
    }

    /// Whether it is this message's turn.
    pub fn turn(&mut self, due: &Due, now: Ms) -> Turn {
        if due.priority == Priority::Promotion {
            return Turn::Now;
        }
        if self.on_the_way.contains_key(&due.contact) {
            return Turn::AfterAnswer;
        }
        match self.again.get(&due.contact) {
            Some(first) if first.message != due.message && due.priority < first.priority => Turn::Now,
            Some(first) if first.message != due.message && now < first.at.plus(GRACE_MS) => {
                Turn::After(now.max(first.at.plus(1)))
            }
            Some(_) => {
                self.again.remove(&due.contact);
                Turn::Now
            }
            None => Turn::Now,
        }
    }

    /// A message is handed over.
    pub fn begins(&mut self, due: &Due) {
        if due.priority != Priority::Promotion {
            self.on_the_way.insert(due.contact, due.message);
        }
    }

    /// Its answer is there; `again`: when it is tried once more.
    pub fn ended(&mut self, due: &Due, again: Option<Ms>, now: Ms) {
        if due.priority == Priority::Promotion {
            return;
        }
        self.on_the_way.remove(&due.contact);
        if self.again.len() >= AGAIN_MAX {
            self.again.retain(|_, again| now < again.at.plus(GRACE_MS));
        }
        if let Some(at) = again.filter(|at| at.since(now) <= PATIENCE_MS) {
            self.again.insert(due.contact, Again { message: due.message, priority: due.priority, at });
        }
    }

    /// What was to be tried again later is tried now: to this customer, or to everybody.
    pub fn roused(&mut self, contact: Option<ContactId>, now: Ms) {
        for (_, again) in self.again.iter_mut().filter(|(other, _)| contact.is_none_or(|contact| contact == **other)) {
            again.at = again.at.min(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_core::{ChannelId, WorkspaceId};
    use uuid::Uuid;

    fn due(contact: u128, message: u128, priority: Priority) -> Due {
        Due {
            workspace: WorkspaceId(Uuid::from_u128(1)),
            message: MessageId(Uuid::from_u128(message)),
            channel: ChannelId(Uuid::from_u128(2)),
            contact: ContactId(Uuid::from_u128(contact)),
            portfolio_key: "waba".to_owned(),
            priority,
            run_at: Ms(0),
            attempts: 0,
            started_at: None,
            home: None,
            campaign: None,
            revision: 0,
            plan: None,
        }
    }

    #[test]
    fn one_message_at_a_time_goes_to_a_customer() {
        let mut order = Order::default();
        let (first, second) = (due(1, 1, Priority::Reply), due(1, 2, Priority::Service));
        order.begins(&first);
        assert_eq!(order.busy(), [first.contact]);
        assert_eq!(order.turn(&second, Ms(0)), Turn::AfterAnswer);
        assert_eq!(order.turn(&due(2, 3, Priority::Reply), Ms(0)), Turn::Now, "others are not concerned");
        order.ended(&first, None, Ms(0));
        assert_eq!(order.turn(&second, Ms(0)), Turn::Now);
    }

    #[test]
    fn what_is_tried_again_soon_keeps_its_place() {
        let mut order = Order::default();
        let (first, second) = (due(1, 1, Priority::Reply), due(1, 2, Priority::Reply));
        for (again, waits) in [(Ms(3_000), true), (Ms(MINUTE + 1), false)] {
            order.begins(&first);
            order.ended(&first, Some(again), Ms(0));
            let expected = if waits { Turn::After(again.plus(1)) } else { Turn::Now };
            assert_eq!(order.turn(&second, Ms(10)), expected, "again at {again:?}");
            assert_eq!(order.turn(&first, again), Turn::Now);
            assert_eq!(order.turn(&second, again), Turn::Now, "the first one has had its turn");
        }
    }

    #[test]
    fn nobody_waits_for_what_was_withdrawn() {
        let mut order = Order::default();
        let (first, second) = (due(1, 1, Priority::Reply), due(1, 2, Priority::Reply));
        order.begins(&first);
        order.ended(&first, Some(Ms(3_000)), Ms(0));
        assert_eq!(order.turn(&second, Ms(3_001)), Turn::After(Ms(3_001)));
        assert_eq!(order.turn(&second, Ms(3_000 + GRACE_MS)), Turn::Now);
    }

    #[test]
    fn what_is_roused_has_its_turn_at_once() {
        let contact = |id| Some(ContactId(Uuid::from_u128(id)));
        for (roused, waits_for) in [(None, 100), (contact(1), 100), (contact(9), 30_001)] {
            let mut order = Order::default();
            let (first, second) = (due(1, 1, Priority::Service), due(1, 2, Priority::Service));
            order.begins(&first);
            order.ended(&first, Some(Ms(30_000)), Ms(0));
            order.roused(roused, Ms(99));
            assert_eq!(order.turn(&second, Ms(99)), Turn::After(Ms(waits_for)), "{roused:?}");
            assert_eq!(order.turn(&first, Ms(99)), Turn::Now);
            assert_eq!(order.turn(&second, Ms(99)), Turn::Now);
        }
    }

    #[test]
    fn an_answer_does_not_wait_for_a_notice_that_is_tried_again() {
        let mut order = Order::default();
        let (first, second) = (due(1, 1, Priority::Service), due(1, 2, Priority::Service));
        order.begins(&first);
        order.ended(&first, Some(Ms(30_000)), Ms(0));
        assert_eq!(order.turn(&due(1, 3, Priority::Reply), Ms(10)), Turn::Now);
        assert_eq!(order.turn(&second, Ms(10)), Turn::After(Ms(30_001)), "other notices do");
    }

    #[test]
    fn promotion_holds_up_nobody() {
        let mut order = Order::default();
        let (campaign, answer) = (due(1, 1, Priority::Promotion), due(1, 2, Priority::Reply));
        order.begins(&campaign);
        assert_eq!(order.turn(&answer, Ms(0)), Turn::Now);
        order.begins(&answer);
        assert_eq!(order.turn(&campaign, Ms(0)), Turn::Now);
        order.ended(&campaign, Some(Ms(1)), Ms(0));
        assert_eq!(order.busy(), [answer.contact], "the answer is still on its way");
    }
}
