//! Two contacts turn out to be one person: what becomes of their rows.

use super::command::Actor;
use super::people::{consent_changes, feed};
use super::remark::remark;
use super::state::{Change, ConsentRecord, ContactState, Context, ConversationState, ConversationStatus, FeedEvent};
use crate::route::Chats;
use crate::{ConversationId, Ms};
use serde_json::json;
use uuid::Uuid;

/// The contact that stays, with what only the other one knew. Identities move in the store.
#[must_use]
pub fn join_contacts(keep: &ContactState, gone: &ContactState, now: Ms) -> ContactState {
    let mut joined = keep.clone();
    if joined.name.is_empty() {
        joined.name.clone_from(&gone.name);
    }
    joined.username = joined.username.or_else(|| gone.username.clone());
    joined.phone = joined.phone.or_else(|| gone.phone.clone());
    joined.country = joined.country.or_else(|| gone.country.clone());
    joined.source = joined.source.or_else(|| gone.source.clone());
    joined.first_inbound_at = [keep.first_inbound_at, gone.first_inbound_at].into_iter().flatten().min();
    joined.last_inbound_at = keep.last_inbound_at.max(gone.last_inbound_at);
    // A refusal counts for the person, whichever number it came from.
    if [&keep.marketing_consent, &gone.marketing_consent].into_iter().any(|state| state == "opted_out") {
        joined.marketing_consent = "opted_out".to_owned();
    } else if gone.marketing_consent == "opted_in" {
        joined.marketing_consent = "opted_in".to_owned();
    }
    for identity in &gone.identities {
        if !joined.identities.contains(identity) {
            joined.identities.push(identity.clone());
        }
    }
    joined.updated_at = now;
    joined
}

/// What was refused while two contacts were taken for one counts for both when they are two again, whatever was said after
/// it: nobody can tell whose word it was, and a message too few does less harm than one too many. `since` is the ledger of
/// that time.
#[must_use]
pub fn refuse_both(people: [&ContactState; 2], since: &[ConsentRecord], now: Ms) -> Vec<Change> {
    let refused = since.iter().filter(|line| line.purpose == "marketing" && line.state == "opted_out");
    let Some(last) = refused.max_by_key(|line| line.at) else { return Vec::new() };
    let still = people.into_iter().filter(|person| person.marketing_consent != "opted_out");
    still
        .flat_map(|person| {
            let at = person.field_stamps.get("marketing_consent").copied().map_or(now, |known| known.max(now));
            consent_changes(person, ConsentRecord { contact_id: person.id, at, ..last.clone() }, now)
        })
        .collect()
}

/// One open conversation of a chat out of two: nothing waits less, no window closes earlier, the newest line shows.
#[must_use]
pub fn join_conversations(keep: &ConversationState, gone: &ConversationState, now: Ms) -> ConversationState {
    let newest = if gone.last_message_at > keep.last_message_at { gone } else { keep };
    let newest_inbound = if gone.last_inbound_at > keep.last_inbound_at { gone } else { keep };
    ConversationState {
        unread: keep.unread.saturating_add(gone.unread),
        assignee_id: keep.assignee_id.or(gone.assignee_id),
        team_id: keep.team_id.or(gone.team_id),
        last_message_at: newest.last_message_at,
        last_message_id: newest.last_message_id,
        last_direction: newest.last_direction,
        last_kind: newest.last_kind.clone(),
        last_preview: newest.last_preview.clone(),
        last_status: newest.last_status,
        last_inbound_at: newest_inbound.last_inbound_at,
        last_inbound_provider_id: newest_inbound.last_inbound_provider_id.clone(),
        window_expires_at: keep.window_expires_at.max(gone.window_expires_at),
        waiting_since: [keep.waiting_since, gone.waiting_since].into_iter().flatten().min(),
        first_response_at: [keep.first_response_at, gone.first_response_at].into_iter().flatten().min(),
        created_at: keep.created_at.min(gone.created_at),
        updated_at: now,
        ..keep.clone()
    }
}

/// Why two conversations do not become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is only one.
    #[error("names this very conversation")]
    Same,
    /// They are two people's.
    #[error("names a conversation of another customer")]
    OtherContact,
    /// They went over different numbers.
    #[error("names a conversation on another channel")]
    OtherChannel,
}

/// Two conversations that are one from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The one that stays: the one being worked on, else the newer.
    pub keep: ConversationId,
    /// The one whose lines move; its id leads to the other.
    pub gone: ConversationId,
    /// State, lines and news, to be written after the lines moved.
    pub changes: Vec<Change>,
}

/// Makes one conversation of two of the same customer on the same channel, or on two that are one chat to them.
///
/// # Errors
/// [`MergeError`] when they do not belong together.
pub fn merge(
    one: &ConversationState,
    other: &ConversationState,
    chats: &Chats,
    actor: &Actor,
    context: &Context<'_>,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Result<Merged, MergeError> {
    if one.id == other.id {
        return Err(MergeError::Same);
    }
    if one.contact_id != other.contact_id {
        return Err(MergeError::OtherContact);
    }
    if !chats.share(one.channel_id, other.channel_id) {
        return Err(MergeError::OtherChannel);
    }
    let weight = |row: &ConversationState| (row.status != ConversationStatus::Resolved, row.last_message_at, row.id);
    let (keep, gone) = if weight(other) > weight(one) { (other, one) } else { (one, other) };
    let mut joined = join_conversations(keep, gone, context.now);
    if keep.status != ConversationStatus::Resolved {
        // Whoever had what is over is not given what is being worked on.
        (joined.assignee_id, joined.team_id) = (keep.assignee_id, keep.team_id);
    }
    let mut changes = remark(&joined, "merged", json!({ "from": gone.id }), actor, context, fresh);
    for (id, data) in [(keep.id, json!({ "merged": gone.id })), (gone.id, json!({ "merged_into": keep.id }))] {
        let news = feed("conversation.updated", context.now, keep.contact_id);
        changes.push(Change::Feed(FeedEvent { conversation_id: Some(id), data, ..news }));
    }
    changes.push(Change::UpdateConversation(joined));
    Ok(Merged { keep: keep.id, gone: gone.id, changes })
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{HEARD, NOW, contact, context, conversation};
    use super::super::state::Policy;
    use super::*;
    use crate::route::Number;
    use crate::{ChannelId, ContactId, UserId};

    fn run(one: &ConversationState, other: &ConversationState) -> Result<(Merged, ConversationState), MergeError> {
        run_in(&Chats::default(), one, other)
    }

    fn run_in(
        chats: &Chats,
        one: &ConversationState,
        other: &ConversationState,
    ) -> Result<(Merged, ConversationState), MergeError> {
        let policy = Policy::default();
        let context = context(&policy, NOW);
        let actor = Actor { kind: "user".to_owned(), id: None, name: Some("Lea".to_owned()) };
        let done = merge(one, other, chats, &actor, &context, &mut || Uuid::from_u128(77))?;
        let joined = done.changes.iter().find_map(|change| match change {
            Change::UpdateConversation(row) => Some(row.clone()),
            _ => None,
        });
        Ok((done, joined.unwrap()))
    }

    fn resolved(id: u128, at: Ms) -> ConversationState {
        ConversationState {
            id: ConversationId(Uuid::from_u128(id)),
            status: ConversationStatus::Resolved,
            assignee_id: Some(UserId(Uuid::from_u128(5))),
            waiting_since: None,
            first_response_at: Some(at.plus(1)),
            resolved_at: Some(at.plus(2)),
            last_message_at: at,
            last_inbound_at: Some(at),
            window_expires_at: Some(at.plus(3)),
            created_at: at.plus(-4),
            ..conversation()
        }
    }

    #[test]
    fn the_one_being_worked_on_stays_whichever_way_it_is_asked() {
        let open = ConversationState { unread: 2, ..conversation() };
        let old = resolved(50, HEARD.plus(-9_000));
        for (one, other) in [(&open, &old), (&old, &open)] {
            let (done, joined) = run(one, other).unwrap();
            assert_eq!((done.keep, done.gone), (open.id, old.id));
            assert_eq!((joined.status, joined.assignee_id), (ConversationStatus::Open, None), "it is still nobody's");
            assert_eq!((joined.unread, joined.waiting_since), (2, open.waiting_since));
            assert_eq!((joined.first_response_at, joined.created_at), (old.first_response_at, old.created_at));
            assert_eq!((joined.window_expires_at, joined.last_message_at), (open.window_expires_at, HEARD));
        }
    }

    #[test]
    fn of_two_that_are_over_the_newer_stays() {
        let (older, newer) = (resolved(50, HEARD.plus(-9_000)), resolved(40, HEARD.plus(-1_000)));
        for (one, other) in [(&older, &newer), (&newer, &older)] {
            let (done, joined) = run(one, other).unwrap();
            assert_eq!((done.keep, joined.resolved_at), (newer.id, newer.resolved_at));
        }
    }

    #[test]
    fn only_conversations_of_one_customer_on_one_channel_belong_together() {
        let one = conversation();
        assert_eq!(run(&one, &one).unwrap_err(), MergeError::Same);
        let other = ConversationState { contact_id: ContactId(Uuid::from_u128(99)), ..resolved(50, HEARD) };
        assert_eq!(run(&one, &other).unwrap_err(), MergeError::OtherContact);
        let other = ConversationState { channel_id: ChannelId(Uuid::from_u128(99)), ..resolved(50, HEARD) };
        assert_eq!(run(&one, &other).unwrap_err(), MergeError::OtherChannel);
        // The same number over another channel is the same chat; the newer stays where it is.
        let number = Number { id: "106", phone: "" };
        let chats = Chats::of(&[(one.channel_id, number), (other.channel_id, number)], &[]);
        let (done, joined) = run_in(&chats, &one, &other).unwrap();
        assert_eq!((done.gone, joined.id, joined.channel_id), (other.id, one.id, one.channel_id));
    }

    #[test]
    fn what_was_refused_while_they_were_one_counts_for_both() {
        let who = |id: u128, state: &str| ContactState {
            id: ContactId(Uuid::from_u128(id)),
            marketing_consent: state.to_owned(),
            ..contact()
        };
        let line = |state: &str, at| ConsentRecord {
            contact_id: ContactId(Uuid::from_u128(1)),
            purpose: "marketing".to_owned(),
            state: state.to_owned(),
            source: "keyword".to_owned(),
            proof: "STOP".to_owned(),
            at,
        };
        let stop_start = [line("opted_out", HEARD), line("opted_in", HEARD.plus(5))];
        for (kept, since, lines) in
            [("opted_out", &stop_start[..1], 1), ("opted_in", &stop_start, 2), ("opted_in", &stop_start[1..], 0)]
        {
            let changes = refuse_both([&who(1, kept), &who(2, "opted_in")], since, NOW);
            let told =
                changes.iter().filter(|change| matches!(change, Change::Consent(line) if line.at == NOW)).count();
            let off =
                |change: &&Change| matches!(change, Change::UpdateContact(row) if row.marketing_consent == "opted_out");
            assert_eq!((told, changes.iter().filter(off).count()), (lines, lines), "{kept}");
        }
    }
}
