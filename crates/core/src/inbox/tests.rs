//! The inbox as tables and properties: order-free, once, one open conversation.

mod chat;
mod consent;
mod tries;
mod work;

use super::*;
use crate::id::uuid_v7;
use crate::inbound::{Amend, Amendment, Customer, Event, EventKind, InboundMessage, Preference, Renamed, StatusUpdate};
use crate::message::{Content, Direction, Failure, Media, MediaKind, Status};
use crate::time::{DAY, HOUR, MINUTE};
use crate::{ChannelId, Ms, WorkspaceId};
use proptest::prelude::*;
use uuid::Uuid;

const START: Ms = Ms(1_790_000_000_000);

fn channel() -> ChannelId {
    ChannelId(Uuid::from_u128(7))
}

/// A small shell: plays events into a book the way the worker does, with parking of what must wait.
struct World {
    book: Book,
    now: Ms,
    seed: u64,
    /// The channel events come over.
    over: ChannelId,
    waiting: Vec<((ChannelId, [u8; 16]), Event)>,
    effects: Vec<Effect>,
    locked_only: Option<u16>,
}

impl World {
    fn new() -> Self {
        let (waiting, effects) = (Vec::new(), Vec::new());
        Self { book: Book::default(), now: START, seed: 0, over: channel(), waiting, effects, locked_only: None }
    }

    fn play(&mut self, event: &Event) -> Outcome {
        let seed = &mut self.seed;
        let now = self.now;
        let mut fresh = || {
            *seed += 1;
            let mut random = [0; 10];
            random[2..].copy_from_slice(&seed.to_be_bytes());
            uuid_v7(now, random)
        };
        let only = self.locked_only;
        let locked = move |lane: u16| only.is_none_or(|held| held == lane);
        let policy = Policy::default();
        let over = self.over;
        let context = Context {
            channel_id: over,
            workspace_id: WorkspaceId(Uuid::from_u128(1)),
            lane: 5,
            locked: &locked,
            received_at: self.now,
            wait_until: None,
            now: self.now,
            policy: &policy,
        };
        let decision = decide(&self.book, &context, event, &mut fresh);
        self.book.apply(decision.changes);
        if let Outcome::Waiting { key, .. } = decision.outcome {
            self.waiting.push(((over, key), event.clone()));
        }
        for effect in decision.effects {
            if let Effect::Release { channel_id, key } = &effect {
                let (ready, rest) = self.waiting.drain(..).partition(|(waits, _)| *waits == (*channel_id, *key));
                self.waiting = rest;
                for ((over, _), event) in ready {
                    self.over = over;
                    self.play(&event);
                }
            }
            self.effects.push(effect);
        }
        decision.outcome
    }

    fn only_conversation(&mut self) -> ConversationState {
        let batch = self.book.drain();
        let rows: Vec<_> = batch.new_conversations.into_iter().chain(batch.changed_conversations).collect();
        assert_eq!(rows.len(), 1, "one conversation expected");
        rows[0].clone()
    }
}

fn ana() -> Customer {
    Customer {
        wa_id: Some("16505551234".to_owned()),
        user_id: Some("US.134".to_owned()),
        name: Some("Ana".to_owned()),
        ..Customer::default()
    }
}

fn event(at: Ms, kind: EventKind) -> Event {
    Event { phone_number_id: "106540352242922".to_owned(), at: Some(at), kind }
}

fn text(id: &str, at: Ms, body: &str) -> Event {
    event(at, EventKind::Message(Box::new(inbound(id, Content::Text { body: body.to_owned(), preview_url: None }))))
}

fn inbound(id: &str, content: Content) -> InboundMessage {
    InboundMessage {
        id: id.to_owned(),
        customer: ana(),
        content,
        reply_to: None,
        forwarded: false,
        referral: None,
        group_id: None,
    }
}

fn status(id: &str, at: Ms, status: Status, callback: Option<String>) -> Event {
    let failure = (status == Status::Failed).then(|| Failure { code: 131_026, detail: "undeliverable".to_owned() });
    let update = StatusUpdate { id: id.to_owned(), status, customer: ana(), callback, failure, pricing: None };
    event(at, EventKind::Status(Box::new(update)))
}

fn amend(id: &str, target: &str, at: Ms, change: Amend) -> Event {
    let amendment =
        Amendment { id: id.to_owned(), target: target.to_owned(), customer: ana(), change, by_business: false };
    event(at, EventKind::Amend(Box::new(amendment)))
}

/// An outbound message as the send use case stores it.
fn write(world: &mut World, body: &str) -> MessageState {
    let known = world.book.place_of(channel()).expect("a conversation").clone();
    let policy = Policy::default();
    let locked = |_| true;
    let context = Context {
        channel_id: channel(),
        workspace_id: WorkspaceId(Uuid::from_u128(1)),
        lane: known.lane,
        locked: &locked,
        received_at: world.now,
        wait_until: None,
        now: world.now,
        policy: &policy,
    };
    let draft = Draft {
        client_id: None,
        content: Content::Text { body: body.to_owned(), preview_url: None },
        reply_to: None,
        media_id: None,
    };
    let actor = Actor { kind: "user".to_owned(), id: Some(Uuid::from_u128(99)), name: Some("Lea".to_owned()) };
    world.seed += 1;
    let id = Uuid::from_u128(u128::from(world.seed) + 1_000);
    let decision = outbound(&known, draft, &actor, &context, &mut || id);
    world.book.apply(decision.changes);
    world.book.message(crate::MessageId(id)).expect("stored").clone()
}

#[test]
fn a_first_message_makes_contact_conversation_and_line() {
    let mut world = World::new();
    let outcome = world.play(&text("wamid.1", START.plus(-MINUTE), "  hello\n\u{0}world "));
    assert!(matches!(outcome, Outcome::Message(_)));
    let batch = world.book.drain();
    let [contact] = batch.new_contacts.as_slice() else { panic!("one contact") };
    assert_eq!((contact.name.as_str(), contact.phone.as_deref()), ("Ana", Some("+16505551234")));
    assert_eq!(contact.identities.len(), 3, "bsuid, wa_id, phone");
    let [conversation] = batch.new_conversations.as_slice() else { panic!("one conversation") };
    assert_eq!(conversation.unread, 1);
    assert_eq!(conversation.window_expires_at, Some(START.plus(DAY - MINUTE)));
    assert_eq!(conversation.last_preview, "hello world", "one line, without NUL");
    assert_eq!(batch.new_messages.len(), 1);
    assert!(world.effects.iter().any(|effect| matches!(effect, Effect::PushContact(id) if *id == contact.id)));
}

#[test]
fn the_same_message_twice_is_a_duplicate() {
    let mut world = World::new();
    world.play(&text("wamid.1", START, "hello"));
    assert_eq!(world.play(&text("wamid.1", START, "hello")), Outcome::Duplicate);
    assert_eq!(world.book.drain().new_messages.len(), 1);
}

#[test]
fn a_clock_that_runs_ahead_does_not_hold_the_window_open() {
    let mut world = World::new();
    world.play(&text("wamid.1", START.plus(HOUR), "from the future"));
    assert_eq!(world.only_conversation().window_expires_at, Some(START.plus(DAY)));
}

#[test]
fn an_album_of_thirty_pictures_makes_one_conversation() {
    let mut world = World::new();
    for n in 0..30 {
        let media = Media {
            kind: MediaKind::Image,
            media_id: None,
            provider_media_id: Some(format!("media-{n}")),
            mime: Some("image/jpeg".to_owned()),
            filename: None,
            caption: None,
            sha256: None,
            size: None,
            animated: false,
        };
        world.play(&event(START, EventKind::Message(Box::new(inbound(&format!("wamid.{n}"), Content::Media(media))))));
    }
    let batch = world.book.drain();
    assert_eq!((batch.new_contacts.len(), batch.new_conversations.len(), batch.new_messages.len()), (1, 1, 30));
    assert!(batch.new_messages.iter().all(|line| line.media_id.is_some()));
    let fetches = world.effects.iter().filter(|effect| matches!(effect, Effect::FetchMedia { .. })).count();
    assert_eq!(fetches, 30);
}

#[test]
fn a_resolved_conversation_reopens_within_the_limit_and_not_after() {
    for (later, conversations) in [(2 * DAY, 1), (4 * DAY, 2)] {
        let mut world = World::new();
        world.play(&text("wamid.1", START, "hello"));
        let mut known = world.only_conversation();
        known.status = ConversationStatus::Resolved;
        known.resolved_at = Some(START);
        world.book.apply(vec![Change::UpdateConversation(known.clone())]);
        world.now = START.plus(later);
        world.play(&text("wamid.2", START.plus(later), "again"));
        let batch = world.book.drain();
        assert_eq!(batch.new_conversations.len() + 1, conversations, "after {later} ms");
        if conversations == 1 {
            assert_eq!(batch.changed_conversations[0].status, ConversationStatus::Open);
            assert!(batch.new_messages.iter().any(|line| line.direction == Direction::Event), "the thread says so");
        }
    }
}

#[test]
fn a_status_before_the_send_answer_finds_its_message_by_the_callback() {
    let mut world = World::new();
    world.play(&text("wamid.1", START, "hello"));
    let sent = write(&mut world, "hi");
    let outcome = world.play(&status("wamid.OUT", START, Status::Delivered, Some(callback(sent.id, 1))));
    assert_eq!(outcome, Outcome::Updated(sent.id));
    let now = world.book.message(sent.id).expect("stored");
    assert_eq!((now.status, now.provider_id.as_deref()), (Status::Delivered, Some("wamid.OUT")));
    assert!(
        world
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::SettleSend { message_id, .. } if *message_id == sent.id))
    );
}

#[test]
fn a_late_sent_after_read_changes_no_status() {
    let mut world = World::new();
    world.play(&text("wamid.1", START, "hello"));
    let sent = write(&mut world, "hi");
    world.play(&status("wamid.OUT", START.plus(3_000), Status::Read, Some(callback(sent.id, 1))));
    world.play(&status("wamid.OUT", START.plus(1_000), Status::Sent, None));
    let now = world.book.message(sent.id).expect("stored");
    assert_eq!((now.status, now.sent_at), (Status::Read, Some(START.plus(1_000))));
    assert_eq!(world.play(&status("wamid.OUT", START.plus(9_000), Status::Sent, None)), Outcome::Stale);
}

#[test]
fn an_opt_out_error_writes_the_ledger() {
    let mut world = World::new();
    world.play(&text("wamid.1", START, "hello"));
    let sent = write(&mut world, "offer");
    let Event { at, kind, .. } = status("wamid.OUT", START, Status::Failed, Some(callback(sent.id, 1)));
    let EventKind::Status(mut update) = kind else { unreachable!("built as a status") };
    update.failure = Some(Failure { code: 131_050, detail: "stopped".to_owned() });
    world.play(&event(at.unwrap_or(START), EventKind::Status(update)));
    let batch = world.book.drain();
    assert_eq!(batch.consents.len(), 1);
    assert_eq!(batch.new_contacts[0].marketing_consent, "opted_out");
}

#[test]
fn a_reaction_waits_for_its_message() {
    let mut world = World::new();
    let react = amend("wamid.R", "wamid.1", START, Amend::React(Some("👍".to_owned())));
    assert!(matches!(world.play(&react), Outcome::Waiting { .. }));
    let Outcome::Message(id) = world.play(&text("wamid.1", START, "hello")) else { panic!("a message") };
    assert_eq!(world.book.message(id).expect("stored").reactions[0].emoji.as_deref(), Some("👍"));
    assert!(world.waiting.is_empty());
}

#[test]
fn waiting_ends() {
    let mut world = World::new();
    let policy = Policy::default();
    let locked = |_| true;
    let context = Context {
        channel_id: channel(),
        workspace_id: WorkspaceId(Uuid::from_u128(1)),
        lane: 0,
        locked: &locked,
        received_at: START,
        wait_until: Some(START.plus(HOUR)),
        now: START.plus(HOUR),
        policy: &policy,
    };
    let event = status("wamid.NONE", START, Status::Sent, None);
    let decision = decide(&world.book, &context, &event, &mut || Uuid::nil());
    assert_eq!(decision.outcome, Outcome::Unmatched);
    assert!(world.book.drain().is_empty());
}

#[test]
fn a_new_number_keeps_the_person() {
    let mut world = World::new();
    world.play(&text("wamid.1", START, "hello"));
    let new =
        Customer { wa_id: Some("4915112345678".to_owned()), user_id: Some("DE.77".to_owned()), ..Customer::default() };
    let renamed = Renamed {
        id: "wamid.S".to_owned(),
        old: ana(),
        new: new.clone(),
        event: "user_changed_number".to_owned(),
        body: "changed".to_owned(),
    };
    world.play(&event(START, EventKind::Renamed(Box::new(renamed))));
    let mut again = inbound("wamid.2", Content::Text { body: "me again".to_owned(), preview_url: None });
    again.customer = new;
    world.play(&event(START, EventKind::Message(Box::new(again))));
    let batch = world.book.drain();
    assert_eq!((batch.new_contacts.len(), batch.new_conversations.len()), (1, 1));
    assert_eq!(batch.new_contacts[0].phone.as_deref(), Some("+4915112345678"));
    assert!(!batch.retired_identities.is_empty(), "the old number may get another owner");
}

#[test]
fn two_contacts_that_share_an_event_are_merged_by_a_job() {
    let mut world = World::new();
    let only_number = Customer { wa_id: Some("16505551234".to_owned()), ..Customer::default() };
    let only_bsuid = Customer { user_id: Some("US.134".to_owned()), ..Customer::default() };
    for (n, customer) in [only_number, only_bsuid].into_iter().enumerate() {
        let mut message = inbound(&format!("wamid.{n}"), Content::Text { body: "x".to_owned(), preview_url: None });
        message.customer = customer;
        world.play(&event(START, EventKind::Message(Box::new(message))));
    }
    world.play(&text("wamid.9", START, "both ids"));
    assert_eq!(world.effects.iter().filter(|effect| matches!(effect, Effect::MergeContacts { .. })).count(), 1);
}

#[test]
fn an_event_of_another_lane_is_sent_there() {
    let mut world = World::new();
    world.play(&text("wamid.1", START, "hello"));
    let lane = world.only_conversation().lane;
    world.locked_only = Some(lane.wrapping_add(1));
    assert_eq!(world.play(&text("wamid.2", START, "again")), Outcome::Relane(lane));
}

#[test]
fn nobody_named_is_quarantined() {
    let mut world = World::new();
    let mut message = inbound("wamid.1", Content::Text { body: "x".to_owned(), preview_url: None });
    message.customer = Customer::default();
    assert!(matches!(world.play(&event(START, EventKind::Message(Box::new(message)))), Outcome::Quarantine(_)));
}

#[test]
fn marketing_stopped_in_the_app_is_honoured() {
    let mut world = World::new();
    let preference = Preference { customer: ana(), marketing: false, proof: "User requested to stop".to_owned() };
    world.play(&event(START, EventKind::Preference(Box::new(preference))));
    let batch = world.book.drain();
    assert_eq!(batch.new_contacts[0].marketing_consent, "opted_out");
    assert_eq!(batch.consents[0].source, "whatsapp_preference");
}

#[test]
fn commands_leave_a_line_and_refuse_nonsense() {
    let mut world = World::new();
    world.play(&text("wamid.1", START, "hello"));
    let known = world.only_conversation();
    let policy = Policy::default();
    let locked = |_| true;
    let context = Context {
        channel_id: channel(),
        workspace_id: WorkspaceId(Uuid::from_u128(1)),
        lane: known.lane,
        locked: &locked,
        received_at: START,
        wait_until: None,
        now: START,
        policy: &policy,
    };
    let actor = Actor { kind: "user".to_owned(), id: None, name: None };
    let mut ids = 0_u128;
    let mut fresh = || {
        ids += 1;
        Uuid::from_u128(ids)
    };
    let resolve = [Command::SetStatus(ConversationStatus::Resolved, None), Command::SetPriority(Priority::High)];
    let done = run(&known, &resolve, &actor, false, &context, &mut fresh).expect("allowed");
    assert_eq!(done.changes.iter().filter(|change| matches!(change, Change::InsertMessage(_))).count(), 2);
    let past = [Command::SetStatus(ConversationStatus::Snoozed, Some(START))];
    assert_eq!(run(&known, &past, &actor, false, &context, &mut fresh), Err(CommandError::SnoozeInPast));
    let mut resolved = known.clone();
    resolved.status = ConversationStatus::Resolved;
    let reopen = [Command::SetStatus(ConversationStatus::Open, None)];
    assert_eq!(run(&resolved, &reopen, &actor, true, &context, &mut fresh), Err(CommandError::AlreadyOpen));
}

#[test]
fn callback_texts_survive_and_strangers_do_not() {
    let id = crate::MessageId(Uuid::from_u128(42));
    assert_eq!(parse_callback(&callback(id, 3)), Some((id, 3)));
    for text in ["", "rpt:", "rpt:x:1", "campaign=7", "rpt:00000000-0000-0000-0000-00000000002a"] {
        assert_eq!(parse_callback(text), None, "{text}");
    }
}

/// What must be equal after any order: everything but ids and the order of rows.
fn fingerprint(world: &World, sent: crate::MessageId) -> String {
    let mut lines: Vec<String> = Vec::new();
    for name in ["wamid.1", "wamid.2"] {
        let message = world.book.message_of(channel(), name).expect("stored");
        lines.push(format!(
            "{name} {:?} {:?} {:?} {:?}",
            message.reactions, message.edited_at, message.revoked_at, message.preview
        ));
    }
    let message = world.book.message(sent).expect("stored");
    lines.push(format!(
        "{:?} {:?} {:?} {:?} {:?}",
        message.status, message.sent_at, message.delivered_at, message.read_at, message.failure
    ));
    let place = world.book.place_of(channel()).expect("a conversation");
    lines.push(format!("{:?} {:?}", place.last_inbound_at, place.window_expires_at));
    lines.join("\n")
}

fn script(sent: crate::MessageId) -> Vec<Event> {
    let at = |seconds: i64| START.plus(-HOUR + seconds * 1_000);
    let edited = Content::Text { body: "two, corrected".to_owned(), preview_url: None };
    vec![
        text("wamid.1", at(1), "one"),
        text("wamid.2", at(2), "two"),
        amend("wamid.R1", "wamid.1", at(3), Amend::React(Some("❤️".to_owned()))),
        amend("wamid.R2", "wamid.1", at(3), Amend::React(None)),
        amend("wamid.E1", "wamid.2", at(4), Amend::Edit(edited)),
        amend("wamid.V1", "wamid.1", at(9), Amend::Revoke),
        status("wamid.OUT", at(5), Status::Sent, Some(callback(sent, 1))),
        status("wamid.OUT", at(6), Status::Delivered, Some(callback(sent, 1))),
        status("wamid.OUT", at(7), Status::Read, None),
        status("wamid.OUT", at(8), Status::Failed, None),
    ]
}

fn play_in_order(order: &[usize]) -> String {
    let mut world = World::new();
    world.play(&text("wamid.0", START.plus(-2 * HOUR), "first"));
    let sent = write(&mut world, "answer").id;
    let events = script(sent);
    for index in order {
        world.play(&events[*index]);
    }
    fingerprint(&world, sent)
}

proptest! {
    /// I3: any order, any repetition, the same end.
    #[test]
    fn order_and_repetition_do_not_matter(order in Just((0..10).collect::<Vec<usize>>()).prop_shuffle(), again in proptest::collection::vec(0_usize..10, 0..12)) {
        let expected = play_in_order(&(0..10).collect::<Vec<_>>());
        let mut all = order;
        all.extend(again);
        prop_assert_eq!(play_in_order(&all), expected);
    }

    #[test]
    fn previews_are_one_line(text in "\\PC{0,600}|[\\x00-\\x20]{0,50}") {
        let line = super::message::one_line(&text, 200);
        prop_assert!(line.chars().count() <= 200);
        prop_assert!(!line.chars().any(char::is_control));
    }
}
