//! Who an event is about: finding, making and renaming contacts.

use super::needs::keys_of;
use super::state::{
    Change, ConsentRecord, ContactState, Context, ConversationState, Decision, Effect, FeedEvent, NewMessage, Outcome,
};
use super::{Book, message};
use crate::contact::identity::{Identity, IdentityKind, Resolution, identities_of, renamed as rotation, resolve};
use crate::contact::phone;
use crate::id::lane_of;
use crate::inbound::{Customer, InboundMessage, Preference, Renamed};
use crate::message::{Content, Direction, Status};
use crate::{ContactId, MessageId, Ms};
use serde_json::json;
use uuid::Uuid;

/// The person found or made, with the changes that lead there.
pub(super) struct Person {
    /// The contact as it will be.
    pub contact: ContactState,
    /// Changes so far (create, add identities).
    pub changes: Vec<Change>,
    /// Effects so far (merge of contacts that share an id).
    pub effects: Vec<Effect>,
}

/// Either a person or the reason there is none here.
pub(super) enum Found {
    /// Here.
    Person(Box<Person>),
    /// Decided in another lane, or not decidable.
    Elsewhere(Outcome),
}

/// Finds the contact that any of the customer's ids leads to, or makes one.
pub(super) fn find_or_create(
    book: &Book,
    context: &Context<'_>,
    customer: &Customer,
    at: Ms,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Found {
    let keys = keys_of(customer);
    if keys.is_empty() {
        return Found::Elsewhere(Outcome::Quarantine("the event names no customer".to_owned()));
    }
    let found: Vec<(Identity, ContactId, Ms)> = keys
        .iter()
        .flat_map(|key| book.owners(key).iter().map(|(id, created_at)| (key.clone(), *id, *created_at)))
        .collect();
    let (keep, merge) = match resolve(&found) {
        Resolution::None => return Found::Person(Box::new(create(context, customer, at, fresh))),
        Resolution::One(id) => (id, Vec::new()),
        Resolution::Several { keep, merge } => (keep, merge),
    };
    let Some(known) = book.contact(keep) else {
        return Found::Elsewhere(Outcome::Quarantine(format!("contact {keep} was not loaded")));
    };
    if !(context.locked)(known.lane) {
        return Found::Elsewhere(Outcome::Relane(known.lane));
    }
    Found::Person(Box::new(recognise(known, context, customer, &merge)))
}

fn create(context: &Context<'_>, customer: &Customer, at: Ms, fresh: &mut dyn FnMut() -> Uuid) -> Person {
    let number = customer.wa_id.as_deref().and_then(|digits| phone::from_wa_id(digits).ok());
    let lane = customer.lane_key().map_or(context.lane, |key| lane_of(context.workspace_id, key));
    // The event was read from `context.lane`, which is locked; a lane we do not hold would let two nodes make
    // the same person at once.
    let lane = if (context.locked)(lane) { lane } else { context.lane };
    let contact = ContactState {
        id: ContactId(fresh()),
        lane,
        name: message::one_line(customer.name.as_deref().unwrap_or_default(), 200),
        username: customer.username.clone(),
        phone: number.as_ref().map(|number| number.e164.clone()),
        country: number.and_then(|number| number.country),
        marketing_consent: "unknown".to_owned(),
        source: None,
        first_inbound_at: None,
        last_inbound_at: None,
        identities: identities_of(customer, &context.policy.default_country),
        field_stamps: std::collections::BTreeMap::new(),
        created_at: context.now,
        updated_at: context.now,
    };
    let changes = vec![Change::CreateContact(contact.clone()), Change::Feed(feed("contact.created", at, contact.id))];
    Person { contact: contact.clone(), changes, effects: vec![Effect::PushContact(contact.id)] }
}

fn recognise(known: &ContactState, context: &Context<'_>, customer: &Customer, others: &[ContactId]) -> Person {
    let now = context.now;
    let mut contact = known.clone();
    let mut changes = Vec::new();
    let mut effects = Vec::new();
    let given = [
        (IdentityKind::Bsuid, &customer.user_id),
        (IdentityKind::ParentBsuid, &customer.parent_user_id),
        (IdentityKind::WaId, &customer.wa_id),
    ];
    let known_already = |kind, id: &str| known.identities.iter().any(|have| have.kind == kind && have.value == id);
    let news = given.iter().any(|(kind, id)| id.as_deref().is_some_and(|id| !known_already(*kind, id)));
    // An id that another contact carries moves with the merge, not here.
    if news && others.is_empty() {
        for identity in identities_of(customer, &context.policy.default_country) {
            if !known.identities.contains(&identity) {
                changes.push(Change::AddIdentity(known.id, identity.clone()));
                contact.identities.push(identity);
            }
        }
    }
    // Of several numbers the last one they wrote from is the one they are answered on: its window is open.
    let current = |kind| known.identities.iter().find(move |have| have.kind == kind);
    for (kind, id) in [(IdentityKind::WaId, &customer.wa_id), (IdentityKind::Bsuid, &customer.user_id)] {
        if let Some(id) = id.as_deref().filter(|id| known_already(kind, id))
            && current(kind).is_some_and(|have| have.value != id)
        {
            changes.push(Change::HeardFrom(known.id, Identity::new(kind, id), now));
        }
    }
    for gone in others {
        effects.push(Effect::MergeContacts { keep: known.id, gone: *gone });
    }
    let mut pushed = false;
    if let Some(name) = customer.name.as_deref().map(|name| message::one_line(name, 200)) {
        // A name that a person or the CRM gave is never overwritten by the profile's.
        if contact.name.is_empty() && !name.is_empty() {
            contact.name = name;
            contact.field_stamps.insert("name".to_owned(), now);
            pushed = true;
        }
    }
    if customer.username.is_some() && customer.username != contact.username {
        contact.username.clone_from(&customer.username);
        pushed = true;
    }
    if contact.phone.is_none()
        && let Some(number) = customer.wa_id.as_deref().and_then(|digits| phone::from_wa_id(digits).ok())
    {
        contact.phone = Some(number.e164);
        contact.country = number.country;
        contact.field_stamps.insert("phone".to_owned(), now);
        pushed = true;
    }
    if pushed {
        contact.updated_at = now;
        changes.push(Change::UpdateContact(contact.clone()));
        changes.push(Change::Feed(feed("contact.updated", now, contact.id)));
        effects.push(Effect::PushContact(contact.id));
    }
    Person { contact, changes, effects }
}

/// The customer changed number or BSUID: new ids are added, old ones retired, and the thread says so.
pub(super) fn rename(
    book: &Book,
    context: &Context<'_>,
    at: Option<Ms>,
    renamed: &Renamed,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Decision {
    if book.message_of(context.channel_id, &renamed.id).is_some() {
        return Decision::nothing(Outcome::Duplicate);
    }
    let at = at.unwrap_or(context.received_at);
    // Look under the old ids first: they are what we know the person by.
    let known_old = keys_of(&renamed.old).iter().any(|identity| !book.owners(identity).is_empty());
    let customer = if known_old { &renamed.old } else { &renamed.new };
    let person = match find_or_create(book, context, customer, at, fresh) {
        Found::Person(person) => *person,
        Found::Elsewhere(outcome) => return Decision::nothing(outcome),
    };
    let notice = InboundMessage {
        id: renamed.id.clone(),
        customer: customer.clone(),
        content: Content::System { event: renamed.event.clone(), body: renamed.body.clone() },
        reply_to: None,
        forwarded: false,
        referral: None,
        group_id: None,
    };
    let mut decision = message::system_line(book, context, at, person, &notice, fresh);
    let Some(id) = decision.changes.iter().find_map(|change| match change {
        Change::InsertMessage(line) => Some(line.contact_id),
        _ => None,
    }) else {
        return decision;
    };
    if known_old {
        swap_identities(book, context, renamed, id, &mut decision);
    }
    decision
}

fn swap_identities(book: &Book, context: &Context<'_>, renamed: &Renamed, id: ContactId, decision: &mut Decision) {
    let new = identities_of(&renamed.new, &context.policy.default_country);
    let rotated = rotation(&renamed.old, &renamed.new, &context.policy.default_country);
    decision.changes.extend(rotated.retire.into_iter().map(|identity| Change::RetireIdentity(id, identity)));
    for identity in rotated.add {
        match book.owners(&identity).iter().find(|(owner, _)| *owner != id) {
            Some((other, _)) => decision.effects.push(Effect::MergeContacts { keep: id, gone: *other }),
            None => decision.changes.push(Change::AddIdentity(id, identity)),
        }
    }
    let number = new.iter().find(|identity| identity.kind == IdentityKind::WaId);
    let Some(number) = number.and_then(|identity| phone::from_wa_id(&identity.value).ok()) else { return };
    for change in &mut decision.changes {
        if let Change::UpdateContact(contact) = change {
            contact.phone = Some(number.e164.clone());
            contact.country.clone_from(&number.country);
            contact.field_stamps.insert("phone".to_owned(), context.now);
        }
    }
    decision.effects.push(Effect::PushContact(id));
}

/// The customer stopped or resumed marketing messages in the app: the ledger says so at once.
pub(super) fn prefer(
    book: &Book,
    context: &Context<'_>,
    at: Option<Ms>,
    preference: &Preference,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Decision {
    let at = at.unwrap_or(context.received_at);
    let mut person = match find_or_create(book, context, &preference.customer, at, fresh) {
        Found::Person(person) => *person,
        Found::Elsewhere(outcome) => return Decision::nothing(outcome),
    };
    let state = if preference.marketing { "opted_in" } else { "opted_out" };
    let record = ConsentRecord {
        contact_id: person.contact.id,
        purpose: "marketing".to_owned(),
        state: state.to_owned(),
        source: "whatsapp_preference".to_owned(),
        proof: preference.proof.clone(),
        at,
    };
    // A line in the thread, where there is one: whoever works there must see it.
    if let Some(known) = book.place(person.contact.id, context.channel_id) {
        person.changes.push(Change::InsertMessage(consent_line(context.now, known, &record, fresh)));
    }
    person.changes.extend(consent_changes(&person.contact, record, context.now));
    person.effects.push(Effect::PushContact(person.contact.id));
    let outcome = Outcome::Contact(person.contact.id);
    Decision { changes: person.changes, effects: person.effects, outcome }
}

/// The ledger line, the contact's present state, and the event for listeners. A line that comes late, after a newer one,
/// is written down but changes nothing; of two at the same moment the refusal stands.
pub(super) fn consent_changes(contact: &ContactState, record: ConsentRecord, now: Ms) -> Vec<Change> {
    let mut contact = contact.clone();
    let known = contact.field_stamps.get(STAMP).copied();
    let newer = match known {
        None => true,
        Some(known) if known == record.at => contact.marketing_consent != OPTED_OUT,
        Some(known) => known < record.at,
    };
    if !newer {
        return vec![Change::Consent(record)];
    }
    contact.marketing_consent.clone_from(&record.state);
    contact.field_stamps.insert(STAMP.to_owned(), record.at);
    contact.updated_at = now;
    let told = FeedEvent { data: json!({ "consent": record.state }), ..feed("contact.updated", now, contact.id) };
    vec![Change::Consent(record), Change::UpdateContact(contact), Change::Feed(told)]
}

/// Where the moment of the last consent stands among a contact's stamps.
const STAMP: &str = "marketing_consent";
const OPTED_OUT: &str = "opted_out";

/// The quiet line that says what a customer agreed to or withdrew.
pub(super) fn consent_line(
    now: Ms,
    conversation: &ConversationState,
    record: &ConsentRecord,
    fresh: &mut dyn FnMut() -> Uuid,
) -> NewMessage {
    let data = json!({ "state": record.state, "source": record.source });
    NewMessage {
        id: MessageId(fresh()),
        conversation_id: conversation.id,
        contact_id: conversation.contact_id,
        channel_id: conversation.channel_id,
        direction: Direction::Event,
        at: record.at,
        created_at: now,
        author_kind: "system".to_owned(),
        author_id: None,
        author_name: None,
        provider_id: None,
        client_id: None,
        content: Content::Event { event: "consent_changed".to_owned(), data },
        preview: String::new(),
        status: Status::Event,
        reply_to_provider_id: None,
        reply_to_id: None,
        media_id: None,
    }
}

pub(super) fn feed(kind: &'static str, at: Ms, contact: ContactId) -> FeedEvent {
    FeedEvent { kind, at, conversation_id: None, contact_id: Some(contact), message_id: None, data: json!({}) }
}
