//! Two contacts turn out to be one person: what becomes of their rows.

use super::state::{ContactState, ConversationState};
use crate::Ms;

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

/// One open conversation on a channel out of two: nothing waits less, no window closes earlier, the newest line shows.
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
