//! What an answer means for the message, the queue, the limiters and the channel.

use super::hand::Answer;
use super::limits::{Limits, Refusal, SHORT_PAUSE_MS, Sooner};
use crate::clock::Ids;
use crate::error::Result;
use crate::state::App;
use rapport_connectors::whatsapp::{RetryClass, SendOutcome};
use rapport_core::inbox::{Change, Step, step, stopped_marketing};
use rapport_core::message::Failure;
use rapport_core::time::HOUR;
use rapport_core::{ChannelId, ConnectionId, Ms};
use rapport_store::lane::{HeldSend, fence_send};
use rapport_store::send::{self, Started, Verdict};
use rapport_store::{Error as StoreError, WriteTx};

/// Tries before a message counts as failed that the provider was too busy for, or could not be reached with: at pauses of
/// at most half a minute some two hours, after the ten minutes in which an answer is tried more often. A storm of refusals must not cost a message; an answer that waits longer is
/// judged by its window before each try.
const SAFE_TRIES_MAX: i32 = 500;
/// The same of one customer's rate (131056), of these tries alone: its pauses grow to an hour.
const PAIR_TRIES_MAX: i32 = 12;
/// The same where the provider wants hours between two tries, of these alone.
const LATER_TRIES_MAX: i32 = 8;
/// The number is limited for complaints (131048) or wrong categories (131064): promotion would make it worse.
const STOP_PROMOTION: [i64; 2] = [131_048, 131_064];
/// Pause after "later" answers (spam limit, category limit). Milliseconds.
const LATER_MS: i64 = 4 * HOUR;

/// What is to be written for an answer.
pub(super) struct Meaning {
    verdict: Verdict,
    step: Step,
    aside: Option<Aside>,
    /// Whose pauses it ended.
    pub(super) sooner: Sooner,
}

impl Meaning {
    /// When the message is tried again, if it is.
    pub(super) fn again_at(&self) -> Option<Ms> {
        if let Verdict::Retry { at, .. } = &self.verdict { Some(*at) } else { None }
    }
}

/// What an answer says beyond its message.
enum Aside {
    /// The customer wants no marketing.
    OptOut(String),
    /// The provider refuses the channel.
    Pause(String),
}

/// A message that was in flight when its sender died.
pub(super) fn lost_by_crash() -> Step {
    Step::Lost(Failure { code: 0, detail: "its sender stopped before the answer came".to_owned() })
}

/// How often the message had been refused with this answer's code before, where that decides whether it is tried again.
/// A storm that came before, for other reasons, costs it no patience. 0 while the database cannot tell.
pub(super) async fn refused_before(app: &App, answer: &Answer) -> i32 {
    let SendOutcome::Rejected { failure, class, .. } = &answer.outcome else { return 0 };
    let most = match class {
        RetryClass::RetryCustomer => PAIR_TRIES_MAX,
        RetryClass::LaterHours => LATER_TRIES_MAX,
        _ => return 0,
    };
    if answer.started.attempt < most {
        return answer.started.attempt - 1;
    }
    let read = app.store.workspace(answer.due.workspace).read();
    match send::refused_with(&read, answer.due.message, failure.code).await {
        Ok(times) => times,
        Err(error) => {
            tracing::warn!(%error, "earlier refusals of a message cannot be counted now; it is tried again");
            0
        }
    }
}

/// Reads an answer and tells the limiters. `before`: [`refused_before`].
pub(super) fn verdict_of(answer: &Answer, before: i32, limits: &mut Limits, ids: &dyn Ids, now: Ms) -> Meaning {
    match &answer.outcome {
        SendOutcome::Accepted { wamid, .. } => Meaning {
            verdict: Verdict::Sent { provider_id: wamid.clone() },
            step: Step::Accepted { provider_id: wamid.clone() },
            aside: None,
            sooner: limits.succeeded(&answer.channel, &answer.due, answer.decided_at),
        },
        SendOutcome::Ambiguous { failure } => Meaning {
            verdict: Verdict::Unknown { detail: failure.detail.clone() },
            step: Step::Lost(failure.clone()),
            aside: None,
            sooner: Sooner::default(),
        },
        SendOutcome::Rejected { failure, class, retry_after } => {
            let wait = retry_after.and_then(|wait| i64::try_from(wait.as_millis()).ok());
            rejected(answer, (failure, *class, before), wait, limits, ids, now)
        }
    }
}

fn rejected(
    answer: &Answer,
    (failure, class, before): (&Failure, RetryClass, i32),
    wait: Option<i64>,
    limits: &mut Limits,
    ids: &dyn Ids,
    now: Ms,
) -> Meaning {
    let attempt = answer.started.attempt;
    limits.give_back(answer.channel.id, answer.due.contact, answer.decided_at);
    if STOP_PROMOTION.contains(&failure.code) {
        limits.hold_promotion(&answer.channel, now.plus(LATER_MS));
    }
    let refusal = Refusal { sent_at: answer.decided_at, now, retry_after: wait };
    // A time that the provider names is meant for the customer.
    let personal = class == RetryClass::RetryCustomer;
    let everybodys = personal && wait.is_none() && limits.is_everybodys(&answer.channel, answer.due.contact, now);
    let again = match class {
        RetryClass::RetryCustomer if everybodys && attempt < SAFE_TRIES_MAX => {
            Some(limits.slow_number(&answer.channel, &answer.due, refusal, jitter(ids)))
        }
        // Not even handed over: nobody is too fast.
        RetryClass::SafeRetry if answer.not_before.is_some() => answer.not_before.map(|at| at.max(now)),
        RetryClass::SafeRetry if attempt < SAFE_TRIES_MAX => {
            Some(limits.slow_number(&answer.channel, &answer.due, refusal, jitter(ids)))
        }
        RetryClass::RetryCustomer if before + 1 < PAIR_TRIES_MAX => {
            Some(limits.slow_pair(&answer.channel, &answer.due, refusal))
        }
        RetryClass::LaterHours if before + 1 < LATER_TRIES_MAX => Some(now.plus(LATER_MS)),
        // Refused because of the account, not of the message: it waits until a person has repaired the channel.
        RetryClass::PauseChannel => Some(now),
        _ => None,
    };
    // What is no trouble of the customer's does not use up the patience with that.
    let code = Some(failure.code).filter(|code| *code > 0 && !(everybodys && again.is_some()));
    let detail = failure.detail.clone();
    let aside = match class {
        RetryClass::OptOut => Some(Aside::OptOut(detail.clone())),
        RetryClass::PauseChannel => Some(Aside::Pause(format!("{} ({})", detail, failure.code))),
        _ => None,
    };
    let (verdict, step) = match again {
        Some(at) => (Verdict::Retry { at, code, detail }, Step::Again),
        None => (Verdict::Failed { code, detail }, Step::Failed(failure.clone())),
    };
    Meaning { verdict, step, aside, sooner: Sooner::default() }
}

fn jitter(ids: &dyn Ids) -> f64 {
    let mut bytes = [0; 2];
    ids.fill(&mut bytes);
    f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX)
}

/// Writes an answer. A try that a status has settled in the meantime is left as it is.
pub(super) async fn store(app: &App, held: &HeldSend, answer: &Answer, meaning: &Meaning) -> Result<()> {
    let now = app.now();
    let scope = app.store.workspace(answer.due.workspace);
    let lanes: Vec<u16> =
        rapport_store::outgoing::get(&scope.read(), &[answer.due.message]).await?.iter().map(|out| out.lane).collect();
    let connections = app.channels.connections(answer.due.workspace).await?;
    let tx = scope.write().await?;
    tx.lock_lanes(&lanes).await?;
    fence_send(&tx, app.store.node_id(), held).await?;
    match send::finish(&tx, answer.started, &meaning.verdict, now).await {
        Ok(()) => {}
        Err(StoreError::Stale(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    step_all(&tx, &[(answer.started, meaning.step.clone())], now).await?;
    if matches!(meaning.verdict, Verdict::Retry { .. } | Verdict::Failed { .. }) {
        // It surely did not go out, so it does not count for any limit.
        rapport_store::reach::forget(&tx, &[answer.due.message]).await?;
    }
    if let SendOutcome::Accepted { wamid, .. } = &answer.outcome {
        tx.release_raw(&[(answer.channel.id, rapport_core::inbox::message_key(wamid))]).await?;
    }
    for (media, provider_media_id, expires_at) in &answer.uploaded {
        let stored = rapport_store::media::Stored::Uploaded {
            provider_media_id: provider_media_id.clone(),
            expires_at: *expires_at,
        };
        rapport_store::media::note(&tx, *media, &stored).await?;
    }
    beyond(&tx, answer, meaning, &connections, now).await?;
    rouse(&tx, held, answer, meaning.sooner, now).await?;
    tx.commit().await?;
    if matches!(meaning.aside, Some(Aside::Pause(_))) {
        app.channels.forget();
    }
    app.bells.events.ring();
    Ok(())
}

/// What waited for pauses that have ended is judged now, and not when they would have ended.
async fn rouse(tx: &WriteTx, held: &HeldSend, answer: &Answer, sooner: Sooner, now: Ms) -> Result<()> {
    let (portfolio_key, channel) = (held.portfolio_key.as_str(), answer.channel.id);
    if sooner.number {
        // Longer than its own steps a number pauses only where the provider named the time, which nothing ends.
        let by = now.plus(SHORT_PAUSE_MS);
        send::rouse(tx, &send::Sleepers { portfolio_key, channel, contact: None, by }, now).await?;
    }
    if sooner.customer {
        let (contact, by) = (Some(answer.due.contact), Ms(i64::MAX));
        send::rouse(tx, &send::Sleepers { portfolio_key, channel, contact, by }, now).await?;
    }
    Ok(())
}

async fn beyond(tx: &WriteTx, answer: &Answer, meaning: &Meaning, connections: &[ConnectionId], now: Ms) -> Result<()> {
    match &meaning.aside {
        None => {}
        Some(Aside::OptOut(proof)) => {
            let (id, message) = (answer.due.contact, answer.due.message);
            let mut book = rapport_store::ingest::load_contacts(tx, &[id], &[message]).await?;
            if let Some(contact) = book.contact(id).cloned() {
                let thread = book.message(message).and_then(|message| book.conversation(message.conversation_id));
                let changes = stopped_marketing(&contact, thread, proof, now, &mut || tx.new_id(now));
                book.apply(changes);
                rapport_store::ingest::save(tx, &book.drain(), now).await?;
                crate::contact::push(connections, tx, id, now).await?;
            }
        }
        Some(Aside::Pause(reason)) => pause(tx, answer.channel.id, reason, now).await?,
    }
    Ok(())
}

/// The provider refuses the account: sending waits until a person has repaired it.
async fn pause(tx: &WriteTx, channel: ChannelId, reason: &str, now: Ms) -> Result<()> {
    let Some(mut row) = rapport_store::channel::get_for_write(tx, channel).await? else { return Ok(()) };
    row.status = "error".to_owned();
    row.status_reason = Some(reason.to_owned());
    row.last_error = Some(reason.to_owned());
    row.updated_at = now.0;
    rapport_store::channel::update(tx, row).await?;
    crate::channel::account::told(tx, channel, serde_json::json!({ "status": "error", "reason": reason }), now).await
}

/// Moves messages a step on, with the conversation that shows them.
pub(super) async fn step_all(tx: &WriteTx, steps: &[(Started, Step)], now: Ms) -> Result<()> {
    let ids: Vec<_> = steps.iter().map(|(started, _)| started.message).collect();
    let mut book = rapport_store::ingest::load_contacts(tx, &[], &ids).await?;
    for (started, one) in steps {
        let Some(message) = book.message(started.message).cloned() else { continue };
        let conversation = book.conversation(message.conversation_id).cloned();
        let changes: Vec<Change> = step(&message, conversation.as_ref(), one, now);
        book.apply(changes);
    }
    rapport_store::ingest::save(tx, &book.drain(), now).await?;
    Ok(())
}
