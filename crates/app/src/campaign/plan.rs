//! Finding the recipients of a campaign, a piece at a time.

use super::audience::{self, Piece};
use crate::error::Result;
use crate::jobs::Job;
use crate::state::App;
use rapport_core::campaign::Status;
use rapport_core::contact::identity::{Identity, IdentityKind, lookup_keys};
use rapport_core::contact::phone::Phone;
use rapport_core::id::lane_of;
use rapport_core::inbox::{Book, Change, ContactState, FeedEvent};
use rapport_core::{CampaignId, ConnectionId, ContactId, Ms, WorkspaceId};
use rapport_store::campaign::{CampaignRow, NewRecipient};
use rapport_store::{WriteTx, campaign, ingest, sync_contact};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Stores the recipients behind the cursor. False when somebody else was faster or the campaign is not under way any
/// more.
pub(super) async fn step(app: &App, workspace: WorkspaceId, row: &CampaignRow) -> Result<bool> {
    let scope = app.store.workspace(workspace);
    let id = CampaignId(row.id);
    let Piece { mut recipients, numbers, cursor, last } = audience::next(&scope.read(), row).await?;
    let connections = app.channels.connections(workspace).await?;
    let now = app.now();
    let tx = scope.write().await?;
    // Contacts may be made here: like everything about a contact, in its lane.
    let lanes: BTreeSet<u16> = numbers.iter().map(|number| lane_of(workspace, number.digits())).collect();
    tx.lock_lanes(&lanes.into_iter().collect::<Vec<_>>()).await?;
    let locked = campaign::lock(&tx, id).await?;
    let ours = |known: &CampaignRow| {
        known.status == Status::Running.code() && known.planned == 0 && known.cursor == row.cursor
    };
    if !locked.as_ref().is_some_and(ours) {
        tx.rollback().await?;
        return Ok(false);
    }
    let made = people(&tx, &numbers, &connections, &mut recipients, now).await?;
    campaign::add(&tx, id, &once(recipients), now).await?;
    campaign::reached(&tx, id, cursor.as_deref(), last).await?;
    tx.commit().await?;
    if made {
        app.feeds.wake();
        app.bells.jobs.ring();
    }
    Ok(true)
}

/// One statement may not touch a row twice.
fn once(recipients: Vec<NewRecipient>) -> Vec<NewRecipient> {
    let unique: BTreeMap<ContactId, NewRecipient> = recipients.into_iter().map(|one| (one.contact, one)).collect();
    unique.into_values().collect()
}

/// Whom numbers lead to; those of nobody become contacts. True when one was made.
async fn people(
    tx: &WriteTx,
    numbers: &[Phone],
    connections: &[ConnectionId],
    recipients: &mut Vec<NewRecipient>,
    now: Ms,
) -> Result<bool> {
    if numbers.is_empty() {
        return Ok(false);
    }
    let keys: Vec<Vec<Identity>> = numbers.iter().map(spellings).collect();
    let mut owners: HashMap<Identity, ContactId> =
        sync_contact::owners(tx, &keys.concat()).await?.into_iter().collect();
    let (mut known, mut book, mut made) = (Vec::new(), Book::default(), Vec::new());
    for (number, keys) in numbers.iter().zip(&keys) {
        match keys.iter().find_map(|key| owners.get(key)) {
            Some(owner) => known.push(*owner),
            None => {
                let contact = stranger(tx, number, now);
                // The list may have them once more, in another spelling.
                owners.extend(keys.iter().map(|key| (key.clone(), contact.id)));
                made.push(NewRecipient { contact: contact.id, lane: contact.lane, skip: None });
                let told = FeedEvent {
                    kind: "contact.created",
                    at: now,
                    conversation_id: None,
                    contact_id: Some(contact.id),
                    message_id: None,
                    data: json!({}),
                };
                book.apply(vec![Change::CreateContact(contact), Change::Feed(told)]);
            }
        }
    }
    ingest::save(tx, &book.drain(), now).await?;
    let push = |(one, connection): (&NewRecipient, &ConnectionId)| {
        Job::PushContact { connection_id: *connection, contact_id: one.contact }.row(now)
    };
    let jobs = made.iter().flat_map(|one| connections.iter().map(move |id| (one, id))).map(push).collect();
    rapport_store::job::enqueue(tx, jobs, now).await?;
    let rows = sync_contact::get_for_write(tx, &known).await?;
    recipients.extend(rows.into_iter().map(|row| NewRecipient {
        contact: ContactId(row.id),
        lane: u16::try_from(row.lane).unwrap_or(0),
        skip: None,
    }));
    let any = !made.is_empty();
    recipients.extend(made);
    Ok(any)
}

/// Every way a number may be known by.
fn spellings(number: &Phone) -> Vec<Identity> {
    let phone = Identity::new(IdentityKind::Phone, number.e164.clone());
    lookup_keys(&[phone, Identity::new(IdentityKind::WaId, number.digits())])
}

fn stranger(tx: &WriteTx, number: &Phone, now: Ms) -> ContactState {
    let stamps = ["phone", "country"].into_iter().map(|name| (name.to_owned(), now)).collect();
    ContactState {
        id: ContactId(tx.new_id(now)),
        lane: lane_of(tx.workspace(), number.digits()),
        name: String::new(),
        username: None,
        phone: Some(number.e164.clone()),
        country: number.country.clone(),
        marketing_consent: "unknown".to_owned(),
        source: Some(json!("campaign")),
        first_inbound_at: None,
        last_inbound_at: None,
        identities: vec![Identity::new(IdentityKind::Phone, number.e164.clone())],
        field_stamps: stamps,
        created_at: now,
        updated_at: now,
    }
}
