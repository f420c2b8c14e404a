//! What became of a rule's work: from listening to the answer, and whether it only makes people ask for a person.

use super::NOUN;
use super::facts::wishes as asks_for_person;
use super::view::known_definition;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::message::Content;
use rapport_core::rule::Step;
use rapport_core::rule::funnel::{Answers, Sent, answers};
use rapport_core::time::{DAY, HOUR};
use rapport_core::{ContactId, ConversationId, Ms, WorkspaceId};
use rapport_store::Read;
use rapport_store::rule::outcome::{self, SentByRule};
use rapport_store::rule::{self, RuleRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;
use std::time::{Duration, Instant};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The newest of what is written down about a rule, and of its messages, that one look takes in.
const LISTENED: u64 = 5_000;
const MESSAGES: u64 = 2_000;
/// Of its messages where many rules are looked at.
const FEW_MESSAGES: u64 = 400;
/// Stretches of time whose messages are read at once, and most of those messages.
const STRETCHES: usize = 100;
const WROTE: u64 = 10_000;
/// What a customer wrote counts for a day, and may be stored so much later. Milliseconds.
const ANSWERED: i64 = DAY + HOUR;
/// For so long the rules are looked at one after the other.
const LOOK: Duration = Duration::from_secs(5);
/// The longest period, days; the usual one of warnings.
const LONGEST: u32 = 90;
const USUAL: u32 = 30;

/// Which days are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FunnelQuery {
    /// So many days back, 1 to 90; left out, 30.
    pub days: Option<u32>,
}

/// What became of a rule's work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RuleFunnel)]
pub struct FunnelView {
    /// The rule.
    pub rule_id: Uuid,
    /// So many days back.
    pub days: u32,
    /// Customers it listened to.
    pub listened: u64,
    /// Those for whom its conditions held, the last time or when it ran.
    pub met: u64,
    /// How often it ran.
    pub runs: u64,
    /// For so many customers.
    pub run_customers: u64,
    /// How often it would have run while it only watched.
    pub watched: u64,
    /// Messages that the provider took.
    pub sent: u64,
    /// Messages that arrived.
    pub delivered: u64,
    /// Messages that were read.
    pub read: u64,
    /// Runs that wrote.
    pub wrote: u64,
    /// Runs after whose message the customer wrote within a day.
    pub replied: u64,
    /// Runs after whose message the customer asked for a person within a day.
    pub human: u64,
    /// Their share of the runs that wrote, percent.
    pub human_percent: u64,
    /// Whether that is so many that the rule is badly made: more than 15 % of at least 20 runs.
    pub too_many_wishes: bool,
    /// Whether there is more than one look takes in: these are the newest.
    pub limited: bool,
}

/// How many customers ask for a person after a rule's messages, of the last 30 days and the newest 400 messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RuleWishes)]
pub struct WishesView {
    /// The rule.
    pub rule_id: Uuid,
    /// Its name.
    pub rule_name: String,
    /// Runs that wrote.
    pub wrote: u64,
    /// Runs after whose message the customer asked for a person within a day.
    pub human: u64,
    /// Their share, percent.
    pub human_percent: u64,
    /// Whether that is so many that the rule is badly made: more than 15 % of at least 20 runs.
    pub too_many_wishes: bool,
}

/// What became of a rule's work in the last days.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Store`.
pub async fn funnel(app: &App, caller: &Caller, id: Uuid, query: FunnelQuery) -> Result<FunnelView> {
    caller.require(Permission::RuleRead)?;
    let days = query.days.unwrap_or(USUAL);
    if !(1..=LONGEST).contains(&days) {
        return Err(Error::invalid("days", format!("must be 1 to {LONGEST}")));
    }
    let read = app.store.workspace(caller.workspace).read();
    rule::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    let since = app.now().plus(-i64::from(days) * DAY);
    let listened = outcome::listened(&read, id, since, LISTENED).await?;
    let sent = outcome::sent_by(&read, id, since, MESSAGES).await?;
    let (answers, is_cut) = became(&read, &sent).await?;
    let limited = is_cut || listened.len() as u64 == LISTENED || sent.len() as u64 == MESSAGES;
    let people = |of: &dyn Fn(&outcome::Listened) -> bool| {
        listened.iter().filter(|one| of(one)).map(|one| one.contact_id).collect::<BTreeSet<ContactId>>().len() as u64
    };
    let ran = |one: &outcome::Listened| one.ran && !one.shadow;
    Ok(FunnelView {
        rule_id: id,
        days,
        listened: people(&|_| true),
        met: people(&|one| one.met),
        runs: listened.iter().filter(|one| ran(one)).count() as u64,
        run_customers: people(&ran),
        watched: listened.iter().filter(|one| one.ran && one.shadow).count() as u64,
        sent: answers.sent,
        delivered: answers.delivered,
        read: answers.read,
        wrote: answers.runs,
        replied: answers.replied,
        human: answers.human,
        human_percent: answers.percent(),
        too_many_wishes: answers.too_many(),
        limited,
    })
}

/// How many ask for a person after the messages of each rule that is switched on and writes.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn wishes(app: &App, caller: &Caller) -> Result<Vec<WishesView>> {
    caller.require(Permission::RuleRead)?;
    of_workspace(app, caller.workspace).await
}

/// The same for whoever looks after the installation; of very many rules those that a few seconds suffice for.
pub(crate) async fn of_workspace(app: &App, workspace: WorkspaceId) -> Result<Vec<WishesView>> {
    let read = app.store.workspace(workspace).read();
    let since = app.now().plus(-i64::from(USUAL) * DAY);
    let mut found = Vec::new();
    let began = Instant::now();
    for row in rule::enabled(&read).await?.into_iter().filter(writes) {
        if began.elapsed() > LOOK {
            tracing::warn!(%workspace, found = found.len(), "not all rules could be looked at for wishes in time");
            break;
        }
        let sent = outcome::sent_by(&read, row.id, since, FEW_MESSAGES).await?;
        let (answers, _) = became(&read, &sent).await?;
        found.push(WishesView {
            rule_id: row.id,
            rule_name: row.name,
            wrote: answers.runs,
            human: answers.human,
            human_percent: answers.percent(),
            too_many_wishes: answers.too_many(),
        });
    }
    Ok(found)
}

fn writes(row: &RuleRow) -> bool {
    let mut found = false;
    if let Some(definition) = known_definition(&row.definition).filter(|_| row.shadow == 0) {
        Step::each(&definition.steps, "do", &mut |_, step| {
            found |= matches!(step, Step::SendText { .. } | Step::SendTemplate { .. });
        });
    }
    found
}

/// What became of messages, and whether customers wrote more than one look takes in.
async fn became(read: &Read, sent: &[SentByRule]) -> Result<(Answers, bool)> {
    let mut wrote: Vec<(ConversationId, Ms, Content)> = Vec::new();
    let mut is_cut = false;
    for some in stretches(sent).chunks(STRETCHES) {
        let lines = outcome::wrote_within(read, some, WROTE).await?;
        is_cut |= lines.len() as u64 == WROTE;
        wrote.extend(lines.into_iter().map(|(_, conversation, at, content)| (conversation, at, content)));
    }
    let sent: Vec<Sent<'_>> = sent.iter().map(message).collect();
    Ok((answers(&sent, &wrote, |content: &Content| asks_for_person(&content.text())), is_cut))
}

/// When customers may have answered messages: each one's times in order, and none twice.
fn stretches(sent: &[SentByRule]) -> Vec<(ContactId, Range<Ms>)> {
    let sent: BTreeSet<(ContactId, Ms)> =
        sent.iter().filter(|one| one.sent).map(|one| (one.contact_id, one.at)).collect();
    let mut found: Vec<(ContactId, Range<Ms>)> = Vec::new();
    for (contact, at) in sent {
        let until = at.plus(ANSWERED);
        match found.last_mut().filter(|(last, range)| *last == contact && at <= range.end) {
            Some((_, range)) => range.end = until,
            None => found.push((contact, at..until)),
        }
    }
    found
}

/// A message's id names its run: `rule:<run>:<step>`.
fn message(one: &SentByRule) -> Sent<'_> {
    let run = one.client_id.as_deref().and_then(|id| id.split(':').nth(1)).unwrap_or_default();
    Sent {
        run,
        conversation_id: one.conversation_id,
        at: one.at,
        sent: one.sent,
        delivered: one.delivered,
        read: one.read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_day_after_a_message_is_looked_at() {
        let sent = |contact, at, sent| SentByRule {
            client_id: None,
            contact_id: ContactId(Uuid::from_u128(contact)),
            conversation_id: ConversationId(Uuid::nil()),
            at: Ms(at),
            sent,
            delivered: false,
            read: false,
        };
        let all = [sent(2, 5, true), sent(1, 30 * DAY, true), sent(1, HOUR, true), sent(1, 0, true), sent(3, 0, false)];
        let found: Vec<_> =
            stretches(&all).into_iter().map(|(id, at)| (id.0.as_u128(), at.start.0, at.end.0)).collect();
        let expected = [(1, 0, DAY + 2 * HOUR), (1, 30 * DAY, 31 * DAY + HOUR), (2, 5, DAY + HOUR + 5)];
        assert_eq!(found, expected);
    }
}
