//! What a batch of judgements comes to, collected before anything of it is written.

use super::crossing::Crossing;
use super::facts;
use super::hand::Letter;
use super::limits::urgency;
use crate::account::guard_policy::Rules;
use crate::channel::Channel;
use rapport_core::campaign::Standing;
use rapport_core::guard::rate::CallBudget;
use rapport_core::guard::{self, Policy, RouteWait, Snapshot, Verdict};
use rapport_core::inbox::{ContactState, ConversationState};
use rapport_core::message::Content;
use rapport_core::{ChannelId, MessageId, Ms};
use rapport_store::outgoing::Outgoing;
use rapport_store::reach::Reach;
use rapport_store::send::{Berth, Due, Priority};
use std::sync::Arc;

/// A message with all that its judgement needs.
pub(super) struct Case {
    pub due: Due,
    pub out: Outgoing,
    pub channel: Arc<Channel>,
    pub past: facts::Past,
    /// What is different for it here, when the channel is not its own.
    pub crossing: Option<Crossing>,
    /// No channel takes it now.
    pub wait: Option<RouteWait>,
    /// Others wait for its customer as well.
    pub several: bool,
    /// How its campaign stands.
    pub campaign: Option<Standing>,
    /// The last that its customer said in its chat, where it heeds that.
    pub last_said: Option<Ms>,
}

impl Case {
    /// What is asked of the guard.
    pub fn ask(&self) -> facts::Ask {
        let category = self.past.template.as_ref().map(|template| template.definition.category);
        facts::Ask::of(&self.out.author_kind, category, self.out.event.as_deref())
    }

    /// The whole picture for the guard, but for the limiters.
    pub fn picture(
        &self,
        contact: &ContactState,
        conversation: &ConversationState,
        rules: &Rules,
        now: Ms,
    ) -> Snapshot {
        let (channel, content) = (&self.channel, &self.out.content);
        let mut snapshot = facts::snapshot(channel, contact, conversation, content, &self.past, &rules.timezone, now);
        snapshot.route = self.wait.clone();
        snapshot.campaign = self.campaign;
        if let Some(crossing) = &self.crossing {
            crossing.apply(&mut snapshot, channel);
        }
        snapshot
    }
}

/// What a batch decided.
#[derive(Default)]
pub(super) struct Plan {
    pub letters: Vec<Letter>,
    /// Messages that are judged again later, with the revision that was judged.
    pub delayed: Vec<(MessageId, i32, Ms)>,
    pub refused: Vec<MessageId>,
    pub verdicts: Vec<(MessageId, Verdict)>,
    pub reached: Vec<Reach>,
    /// Messages that wait at another channel from now on.
    pub moved: Vec<(MessageId, Berth)>,
    /// Planned messages that take their place in the thread.
    pub placed: Vec<MessageId>,
    /// Messages that go over another channel than they say.
    pub carried: Vec<(MessageId, ChannelId)>,
    /// What is left of the account's calls, where the workspace limits them.
    pub calls: Option<CallBudget>,
}

impl Plan {
    /// What this batch already lets out counts for the next message of the batch.
    pub fn count_in(&self, case: &mut Case) {
        for row in &self.reached {
            if row.contact_id == case.due.contact {
                case.past.sent.push(row.clone());
            }
        }
        let mut fresh: Vec<_> = self
            .reached
            .iter()
            .filter(|row| row.initiated && row.portfolio_key == case.channel.portfolio_key)
            .map(|row| row.contact_id)
            .collect();
        fresh.sort_unstable();
        fresh.dedup();
        // A customer counted already in the store is counted twice here: rounded against us, never beyond the limit.
        case.past.portfolio.used += u32::try_from(fresh.len()).unwrap_or(u32::MAX);
        case.past.portfolio.counts_customer |= fresh.contains(&case.due.contact);
    }

    /// Whether this batch already lets something out to the message's customer, promotion aside.
    pub fn goes_to(&self, due: &Due) -> bool {
        let same = |letter: &Letter| letter.due.contact == due.contact && letter.due.priority != Priority::Promotion;
        due.priority != Priority::Promotion && self.letters.iter().any(same)
    }

    /// When the account's calls leave one for what is so urgent.
    pub fn calls_at(&self, policy: &Policy, priority: Priority, now: Ms) -> Option<Ms> {
        self.calls.as_ref().map(|calls| calls.earliest_leaving(now, policy.calls_left(urgency(priority))))
    }

    pub fn allowed(&mut self, case: &Case, request: &guard::Request<'_>, open: bool, now: Ms) {
        if let Some(calls) = &mut self.calls {
            calls.take(now);
        }
        self.reached.push(Reach {
            message_id: case.due.message,
            channel_id: case.channel.id,
            contact_id: case.due.contact,
            portfolio_key: case.channel.portfolio_key.clone(),
            at: now,
            template: matches!(case.out.content, Content::Template { .. }),
            promotion: request.purpose == guard::Purpose::Promotion,
            initiated: !open,
            content_hash: guard::content_hash(&case.out.content),
            event_key: request.event_key.map(str::to_owned),
        });
    }
}
