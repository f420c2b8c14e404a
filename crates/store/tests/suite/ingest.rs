//! The inbox's working set: what is saved is what is loaded, and a whole turn of a lane worker.

use super::{NOW, channel, number, on_both, workspace};
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::inbound::{Amend, Amendment, Customer, Event, EventKind, InboundMessage, StatusUpdate};
use rapport_core::inbox::{self, Book, Change, Context, Needs, Outcome, Policy, message_key};
use rapport_core::message::{Content, Direction, Failure, Status};
use rapport_core::time::{DAY, MINUTE};
use rapport_core::{ContactId, ConversationId, MessageId, Ms};
use rapport_store::testing::TestStore;
use rapport_store::{Error, Scope, Store, ingest};

fn customer(digits: &str) -> Customer {
    Customer { wa_id: Some(digits.to_owned()), name: Some(format!("Ana {digits}\u{0}")), ..Customer::default() }
}

pub(crate) fn text(id: &str, from: &str, body: &str, at: Ms) -> Event {
    let message = InboundMessage {
        id: id.to_owned(),
        customer: customer(from),
        content: Content::Text { body: body.to_owned(), preview_url: None },
        reply_to: None,
        forwarded: false,
        referral: Some(serde_json::json!({"source": "ad\u{0}"})),
        group_id: None,
    };
    Event { phone_number_id: "1".to_owned(), at: Some(at), kind: EventKind::Message(Box::new(message)) }
}

fn status(id: &str, status: Status, at: Ms) -> Event {
    let failure = (status == Status::Failed).then(|| Failure { code: 131_026, detail: "undeliverable".to_owned() });
    let update = StatusUpdate {
        id: id.to_owned(),
        status,
        customer: customer("15550001"),
        callback: None,
        failure,
        pricing: None,
    };
    Event { phone_number_id: "1".to_owned(), at: Some(at), kind: EventKind::Status(Box::new(update)) }
}

fn amend(id: &str, target: &str, change: Amend, at: Ms) -> Event {
    let amendment = Amendment {
        id: id.to_owned(),
        target: target.to_owned(),
        customer: customer("15550001"),
        change,
        by_business: false,
    };
    Event { phone_number_id: "1".to_owned(), at: Some(at), kind: EventKind::Amend(Box::new(amendment)) }
}

fn needs(events: &[Event]) -> Needs {
    let mut needs = Needs::default();
    for event in events {
        inbox::needs(event, channel(1), &mut needs);
    }
    needs
}

/// Plays events into a book as a lane worker does.
pub(crate) fn play(store: &Store, book: &mut Book, events: &[Event], now: Ms) -> Vec<Outcome> {
    let policy = Policy::default();
    let mut outcomes = Vec::with_capacity(events.len());
    for event in events {
        let context = Context {
            channel_id: channel(1),
            workspace_id: workspace(1),
            lane: 5,
            locked: &|_| true,
            received_at: now,
            wait_until: None,
            now,
            policy: &policy,
        };
        let decision = inbox::decide(book, &context, event, &mut || store.new_id(now));
        book.apply(decision.changes);
        outcomes.push(decision.outcome);
    }
    outcomes
}

/// One transaction: load, decide, save.
pub(crate) async fn turn(scope: &Scope, events: &[Event], now: Ms) -> Vec<Outcome> {
    let tx = scope.write().await.unwrap();
    let mut book = ingest::load(&tx, &needs(events)).await.unwrap();
    let outcomes = play(scope.store(), &mut book, events, now);
    ingest::save(&tx, &book.drain(), now).await.unwrap();
    tx.commit().await.unwrap();
    outcomes
}

async fn load(scope: &Scope, events: &[Event]) -> Book {
    let tx = scope.write().await.unwrap();
    let book = ingest::load(&tx, &needs(events)).await.unwrap();
    tx.rollback().await.unwrap();
    book
}

fn wa(digits: &str) -> Identity {
    Identity::new(IdentityKind::WaId, digits)
}

fn owner(book: &Book, digits: &str) -> ContactId {
    book.owners(&wa(digits))[0].0
}

on_both! {
    async fn what_is_saved_is_loaded(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let events = [text("m1", "15550001", "hello", NOW), text("m2", "15550001", "again", NOW.plus(1_000))];
        let tx = scope.write().await.unwrap();
        let mut before = ingest::load(&tx, &needs(&events)).await.unwrap();
        play(&db.store, &mut before, &events, NOW);
        let batch = before.drain();
        ingest::save(&tx, &batch, NOW).await.unwrap();
        tx.commit().await.unwrap();

        let after = load(&scope, &events).await;
        let id = owner(&before, "15550001");
        let (mut saved, mut loaded) = (before.contact(id).unwrap().clone(), after.contact(id).unwrap().clone());
        saved.identities.sort();
        loaded.identities.sort();
        // NUL characters are dropped on the way: PostgreSQL cannot hold them.
        saved.name = saved.name.replace('\0', "");
        saved.source = Some(serde_json::json!({"source": "ad"}));
        assert_eq!(saved, loaded);
        assert_eq!(before.place(id, channel(1)), after.place(id, channel(1)));
        for provider_id in ["m1", "m2"] {
            assert_eq!(before.message_of(channel(1), provider_id), after.message_of(channel(1), provider_id));
        }
        assert_eq!(number(db, "SELECT count(*) FROM event_log").await, batch.feed.len() as i64);
        let other = load(&db.store.workspace(workspace(2)), &events).await;
        assert!(other.owners(&wa("15550001")).is_empty());
        assert!(other.message_of(channel(1), "m1").is_none());
    }

    async fn updates_reach_exactly_their_rows(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let events: Vec<Event> =
            (0..300).map(|n| text(&format!("m{n}"), &format!("1555{:04}", n % 40), "x", NOW.plus(n))).collect();
        turn(&scope, &events, NOW).await;
        let more: Vec<Event> =
            (0..20).map(|n| text(&format!("n{n}"), &format!("1555{n:04}"), "y", NOW.plus(MINUTE + n))).collect();
        turn(&scope, &more, NOW.plus(MINUTE)).await;
        let book = load(&scope, &events).await;
        for n in 0..40 {
            let id = owner(&book, &format!("1555{n:04}"));
            let conversation = book.place(id, channel(1)).unwrap();
            let earlier = (0..300).filter(|message| message % 40 == n).count() as i32;
            assert_eq!(conversation.unread, earlier + i32::from(n < 20), "{n}");
            assert_eq!(conversation.last_preview, if n < 20 { "y" } else { "x" });
            assert_eq!(book.contact(id).unwrap().last_inbound_at, conversation.last_inbound_at);
        }
        assert_eq!(number(db, "SELECT count(*) FROM message").await, 320);
        assert_eq!(number(db, "SELECT count(*) FROM contact").await, 40);
        assert_eq!(number(db, "SELECT count(*) FROM contact WHERE version >= 2").await, 20);
    }

    async fn statuses_and_amendments_change_messages(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let first = [
            text("m1", "15550001", "one", NOW),
            text("m2", "15550001", "two", NOW),
            amend("a1", "m1", Amend::React(Some("\u{1f44d}".to_owned())), NOW.plus(1)),
        ];
        turn(&scope, &first, NOW).await;
        let edited = Content::Text { body: "two, better".to_owned(), preview_url: None };
        let second = [
            amend("a2", "m2", Amend::Edit(edited.clone()), NOW.plus(2)),
            amend("a3", "m1", Amend::Revoke, NOW.plus(3)),
        ];
        rapport_store::testing::execute(&db.store, "UPDATE message SET indexed = 1").await.unwrap();
        turn(&scope, &second, NOW.plus(5)).await;
        let book = load(&scope, &first).await;
        let one = book.message_of(channel(1), "m1").unwrap();
        assert_eq!(one.reactions.len(), 1);
        assert!(one.revoked_at.is_some());
        assert!(book.message_of(channel(1), "m2").unwrap().edited_at.is_some());
        assert_eq!(number(db, "SELECT count(*) FROM message WHERE indexed = 0 AND preview = 'two, better'").await, 1);
        let waiting = rapport_store::search::unindexed(&db.store, 10).await.unwrap();
        assert!(waiting.iter().any(|message| message.content == Some(edited.clone())));
    }

    async fn statuses_find_messages_by_either_id(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        turn(&scope, &[text("m1", "15550001", "hello", NOW)], NOW).await;
        let tx = scope.write().await.unwrap();
        let mut book = ingest::load(&tx, &needs(&[text("m1", "15550001", "", NOW)])).await.unwrap();
        let mut line = book.message_of(channel(1), "m1").unwrap().clone();
        // An outbound message that the provider has taken.
        let id = MessageId(db.store.new_id(NOW));
        line.id = id;
        line.direction = Direction::Out;
        line.status = Status::Sending;
        line.provider_id = None;
        book.apply(vec![Change::InsertMessage(rapport_core::inbox::NewMessage {
            id,
            conversation_id: line.conversation_id,
            contact_id: line.contact_id,
            channel_id: line.channel_id,
            direction: Direction::Out,
            at: NOW,
            created_at: NOW,
            author_kind: "user".to_owned(),
            author_id: None,
            author_name: Some("Bo".to_owned()),
            provider_id: None,
            client_id: Some("c1".to_owned()),
            content: Content::Text { body: "hi".to_owned(), preview_url: None },
            preview: "hi".to_owned(),
            status: Status::Queued,
            reply_to_provider_id: None,
            reply_to_id: None,
            media_id: None,
        })]);
        line.provider_id = Some("out1".to_owned());
        line.status = Status::Sent;
        book.apply(vec![Change::UpdateMessage(line)]);
        ingest::save(&tx, &book.drain(), NOW).await.unwrap();
        tx.commit().await.unwrap();
        turn(&scope, &[status("out1", Status::Delivered, NOW.plus(10))], NOW.plus(10)).await;
        turn(&scope, &[status("out1", Status::Failed, NOW.plus(20))], NOW.plus(20)).await;
        let book = load(&scope, &[status("out1", Status::Read, NOW)]).await;
        let message = book.message_of(channel(1), "out1").unwrap();
        assert_eq!((message.id, message.status, message.delivered_at), (id, Status::Delivered, Some(NOW.plus(10))));
        assert!(book.conversation(message.conversation_id).is_some());
        let tx = scope.write().await.unwrap();
        let by_id = Needs { message_ids: [id].into(), ..Needs::default() };
        assert!(ingest::load(&tx, &by_id).await.unwrap().message(id).is_some());
        let book = ingest::load_conversations(&tx, &[message.conversation_id]).await.unwrap();
        assert!(book.contact(message.contact_id).is_some());
        let book = ingest::load_contacts(&tx, &[message.contact_id], &[id]).await.unwrap();
        assert!(book.place(message.contact_id, channel(1)).is_some() && book.message(id).is_some());
        tx.rollback().await.unwrap();
    }

    async fn the_same_message_is_stored_once(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let events = [text("m1", "15550001", "hello", NOW)];
        turn(&scope, &events, NOW).await;
        assert_eq!(turn(&scope, &events, NOW).await, [Outcome::Duplicate]);
        // A writer that has not seen the row is stopped by the unique key.
        let tx = scope.write().await.unwrap();
        let mut book = Book::default();
        play(&db.store, &mut book, &[text("m1", "15550099", "hello", NOW)], NOW);
        let error = ingest::save(&tx, &book.drain(), NOW).await.unwrap_err();
        assert!(error.is_conflict(), "{error}");
        tx.rollback().await.unwrap();
        // So is one that has not seen whose identity it is.
        let tx = scope.write().await.unwrap();
        let mut book = Book::default();
        play(&db.store, &mut book, &[text("m9", "15550001", "hello", NOW)], NOW);
        assert!(matches!(ingest::save(&tx, &book.drain(), NOW).await, Err(Error::Conflict(_))));
        tx.rollback().await.unwrap();
        assert_eq!(number(db, "SELECT count(*) FROM message").await, 1);
    }

    async fn one_unresolved_conversation_a_contact_and_channel(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let events = [text("m1", "15550001", "hello", NOW)];
        turn(&scope, &events, NOW).await;
        let book = load(&scope, &events).await;
        let mut second = book.place(owner(&book, "15550001"), channel(1)).unwrap().clone();
        second.id = ConversationId(db.store.new_id(NOW));
        let save = async |change: Change| {
            let tx = scope.write().await.unwrap();
            let mut book = Book::default();
            book.apply(vec![change]);
            let saved = ingest::save(&tx, &book.drain(), NOW).await;
            if saved.is_ok() { tx.commit().await.unwrap() } else { tx.rollback().await.unwrap() }
            saved
        };
        assert!(matches!(save(Change::CreateConversation(second.clone())).await, Err(Error::Conflict(_))));
        second.status = rapport_core::inbox::ConversationStatus::Resolved;
        second.last_message_at = NOW.plus(DAY);
        save(Change::CreateConversation(second.clone())).await.unwrap();
        // The unresolved one is found, though the resolved one is newer.
        let book = load(&scope, &events).await;
        assert_ne!(book.place(second.contact_id, channel(1)).unwrap().id, second.id);
        second.status = rapport_core::inbox::ConversationStatus::Open;
        assert!(matches!(save(Change::UpdateConversation(second)).await, Err(Error::Conflict(_))));
    }

    async fn identities_are_retired_and_given_to_others(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        turn(&scope, &[text("m1", "15550001", "a", NOW), text("m2", "15550002", "b", NOW)], NOW).await;
        let both = [text("", "15550001", "", NOW), text("", "15550002", "", NOW)];
        let tx = scope.write().await.unwrap();
        let mut book = ingest::load(&tx, &needs(&both)).await.unwrap();
        let (one, two) = (owner(&book, "15550001"), owner(&book, "15550002"));
        book.apply(vec![Change::RetireIdentity(one, wa("15550001")), Change::AddIdentity(two, wa("15550001"))]);
        ingest::save(&tx, &book.drain(), NOW.plus(1)).await.unwrap();
        tx.commit().await.unwrap();
        let book = load(&scope, &both).await;
        assert_eq!(book.owners(&wa("15550001")).iter().map(|owner| owner.0).collect::<Vec<_>>(), [two]);
        assert_eq!(number(db, "SELECT count(*) FROM identity WHERE retired_at IS NOT NULL").await, 0);
        // Retired in the same batch that added it: it is nobody's.
        let tx = scope.write().await.unwrap();
        let mut book = ingest::load(&tx, &needs(&both)).await.unwrap();
        book.apply(vec![Change::AddIdentity(two, wa("15550003")), Change::RetireIdentity(two, wa("15550003"))]);
        ingest::save(&tx, &book.drain(), NOW.plus(2)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(number(db, "SELECT count(*) FROM identity WHERE value = '15550003'").await, 0);
    }

    async fn merged_contacts_lead_to_the_one_that_stayed(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        turn(&scope, &[text("m1", "15550001", "a", NOW), text("m2", "15550002", "b", NOW)], NOW).await;
        let both = [text("", "15550001", "", NOW), text("", "15550002", "", NOW)];
        let book = load(&scope, &both).await;
        let (one, two) = (owner(&book, "15550001"), owner(&book, "15550002"));
        let tx = scope.write().await.unwrap();
        tx.rollback().await.unwrap();
        point(db, one, two).await;
        let book = load(&scope, &both[..1]).await;
        assert_eq!(owner(&book, "15550001"), two);
        assert!(book.contact(one).is_none());
        assert!(book.place(two, channel(1)).is_some());
    }

    async fn a_message_brings_its_conversation_on_any_channel(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        turn(&scope, &[text("m1", "15550001", "a", NOW)], NOW).await;
        let tx = scope.write().await.unwrap();
        for channels in [vec![channel(1)], vec![channel(2)], vec![]] {
            // As a status that another channel delivers: the customer and the message are both named.
            let messages = [(channel(1), message_key("m1"))].into();
            let both = Needs { identities: [wa("15550001")].into(), messages, channels: channels.into_iter().collect(), ..Needs::default() };
            let book = ingest::load(&tx, &both).await.unwrap();
            let message = book.message_of(channel(1), "m1").unwrap();
            assert!(book.conversation(message.conversation_id).is_some(), "{both:?}");
        }
        tx.rollback().await.unwrap();
    }

    async fn keys_are_those_of_core(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        turn(&scope, &[text("m1", "15550001", "a", NOW)], NOW).await;
        let tx = scope.write().await.unwrap();
        let by_key = Needs { messages: [(channel(1), message_key("m1"))].into(), ..Needs::default() };
        let book = ingest::load(&tx, &by_key).await.unwrap();
        assert!(book.message_of(channel(1), "m1").is_some());
        tx.rollback().await.unwrap();
    }
}

/// Makes one contact a pointer to another.
async fn point(db: &TestStore, gone: ContactId, keep: ContactId) {
    let literal = |id: ContactId| match db.store.backend() {
        rapport_store::Backend::Sqlite => format!("x'{}'", id.0.simple()),
        rapport_store::Backend::Postgres => format!("'{}'", id.0),
    };
    let text = format!("UPDATE contact SET merged_into = {} WHERE id = {}", literal(keep), literal(gone));
    assert_eq!(rapport_store::testing::execute(&db.store, &text).await.unwrap(), 1);
}
