//! What messages cost is counted once, whatever the order and number of reports.

use super::ingest::{text, turn};
use super::{NOW, channel, number, on_both, workspace};
use rapport_core::cost::{ANYWHERE, Month, Price, Rate};
use rapport_core::inbound::{Customer, Event, EventKind, StatusUpdate};
use rapport_core::inbox::{Change, Needs, NewMessage, message_key};
use rapport_core::message::{Content, Direction, Status};
use rapport_core::time::DAY;
use rapport_core::{ContactId, ConversationId, MessageId, Ms};
use rapport_store::{Scope, cost, ingest};

pub(crate) fn price(category: &str, kind: &str) -> Price {
    Price { category: category.to_owned(), kind: kind.to_owned() }
}

pub(crate) fn report(id: &str, status: Status, at: Ms, pricing: Option<Price>) -> Event {
    let customer = Customer { wa_id: Some("971500000001".to_owned()), ..Customer::default() };
    let update = StatusUpdate { id: id.to_owned(), status, customer, callback: None, failure: None, pricing };
    Event { phone_number_id: "1".to_owned(), at: Some(at), kind: EventKind::Status(Box::new(update)) }
}

/// A customer in the Emirates writes; so many messages go back, `w0`, `w1`, ...
pub(crate) async fn answered(scope: &Scope, count: usize) -> (ContactId, ConversationId) {
    turn(scope, &[text("m1", "971500000001", "hello", NOW)], NOW).await;
    let tx = scope.write().await.unwrap();
    let messages = std::iter::once((channel(1), message_key("m1"))).collect();
    let wanted = Needs { messages, channels: std::iter::once(channel(1)).collect(), ..Needs::default() };
    let mut book = ingest::load(&tx, &wanted).await.unwrap();
    let line = book.message_of(channel(1), "m1").unwrap().clone();
    for index in 0..count {
        book.apply(vec![Change::InsertMessage(NewMessage {
            id: MessageId(tx.new_id(NOW)),
            conversation_id: line.conversation_id,
            contact_id: line.contact_id,
            channel_id: channel(1),
            direction: Direction::Out,
            at: NOW,
            created_at: NOW,
            author_kind: "user".to_owned(),
            author_id: None,
            author_name: None,
            provider_id: Some(format!("w{index}")),
            client_id: None,
            content: Content::Text { body: "hi".to_owned(), preview_url: None },
            preview: "hi".to_owned(),
            status: Status::Sent,
            reply_to_provider_id: None,
            reply_to_id: None,
            media_id: None,
        })]);
    }
    ingest::save(&tx, &book.drain(), NOW).await.unwrap();
    tx.commit().await.unwrap();
    (line.contact_id, line.conversation_id)
}

/// Category, type, country, count, day after [`NOW`].
async fn counted(scope: &Scope) -> Vec<(String, String, Option<String>, i64, i64)> {
    let cells = cost::days(&scope.read(), 0..i64::MAX).await.unwrap();
    let flat = |one: cost::DayCell| {
        let cost::Cell { price, country, count, .. } = one.cell;
        (price.category, price.kind, country, count, one.day - NOW.day())
    };
    cells.into_iter().map(flat).collect()
}

fn one(category: &str, kind: &str, count: i64, day: i64) -> (String, String, Option<String>, i64, i64) {
    (category.to_owned(), kind.to_owned(), Some("AE".to_owned()), count, day)
}

on_both! {
    async fn reports_in_any_order_and_number_count_once(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let utility = || Some(price("utility", "regular"));
        let reports = |id: &str| [
            report(id, Status::Sent, NOW, utility()),
            report(id, Status::Delivered, NOW.plus(1_000), utility()),
            report(id, Status::Read, NOW.plus(DAY), None),
        ];
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let (contact, conversation) = answered(&scope, 2 * orders.len()).await;
        for (index, order) in orders.into_iter().enumerate() {
            // Each in a turn of its own, some twice.
            let id = format!("w{index}");
            for place in order {
                turn(&scope, &[reports(&id)[place].clone()], NOW.plus(DAY)).await;
                turn(&scope, &[reports(&id)[place].clone()], NOW.plus(DAY)).await;
            }
            // All in one turn, some twice.
            let id = format!("w{}", index + orders.len());
            let mut events: Vec<Event> = order.iter().map(|place| reports(&id)[*place].clone()).collect();
            events.extend(events.clone());
            turn(&scope, &events, NOW.plus(DAY)).await;
        }
        assert_eq!(counted(&scope).await, [one("utility", "regular", 12, 0)]);
        let read = scope.read();
        let threads = cost::of_conversations(&read, &[conversation]).await.unwrap();
        assert_eq!(threads[&conversation.0].iter().map(|cell| cell.count).sum::<i64>(), 12);
        let people = cost::of_contacts(&read, &[contact]).await.unwrap();
        assert_eq!(people[&contact.0][0].country.as_deref(), Some("AE"));
        assert_eq!(people[&contact.0][0].count, 12);
        let month = cost::month(&read, Month::of(NOW)).await.unwrap();
        assert_eq!(month.iter().map(|cell| cell.count).sum::<i64>(), 12);
        assert!(cost::month(&read, Month::of(NOW).next()).await.unwrap().is_empty());
        let priced = "SELECT COUNT(*) FROM message WHERE cost_category = 'utility' AND cost_kind = 'regular'";
        assert_eq!(number(db, priced).await, 12);
        let other = db.store.workspace(workspace(2));
        assert!(cost::of_contacts(&other.read(), &[contact]).await.unwrap().is_empty());
    }

    async fn what_never_arrives_costs_nothing(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        answered(&scope, 2).await;
        let sent = report("w0", Status::Sent, NOW, Some(price("marketing", "regular")));
        turn(&scope, &[sent, report("w0", Status::Failed, NOW, None)], NOW).await;
        turn(&scope, &[report("w1", Status::Delivered, NOW, None)], NOW).await;
        assert!(counted(&scope).await.is_empty(), "and without a word about the price nothing is counted");
        assert_eq!(number(db, "SELECT COUNT(*) FROM cost_day").await, 0);
        assert_eq!(number(db, "SELECT COUNT(*) FROM cost_thread").await, 0);
    }

    async fn what_changes_its_price_or_day_moves(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (_, conversation) = answered(&scope, 2).await;
        turn(&scope, &[report("w0", Status::Sent, NOW, Some(price("service", "regular")))], NOW).await;
        turn(&scope, &[report("w0", Status::Read, NOW.plus(DAY), None)], NOW).await;
        assert_eq!(counted(&scope).await, [one("service", "regular", 1, 1)]);
        // The delivery was reported late, and knows better that it was free.
        let free = Some(price("service", "free_customer_service"));
        turn(&scope, &[report("w0", Status::Delivered, NOW, free.clone())], NOW).await;
        assert_eq!(counted(&scope).await, [one("service", "free_customer_service", 1, 0)]);
        turn(&scope, &[report("w1", Status::Delivered, NOW, free)], NOW).await;
        assert_eq!(counted(&scope).await, [one("service", "free_customer_service", 2, 0)]);
        let threads = cost::of_conversations(&scope.read(), &[conversation]).await.unwrap();
        assert_eq!(threads[&conversation.0].len(), 1, "{threads:?}");
    }

    async fn rates_are_replaced_by_their_key(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let rate = |micros, confirmed| Rate {
            category: "marketing".to_owned(),
            market: ANYWHERE.to_owned(),
            from: Month::new(2026, 10),
            micros,
            currency: micros.map(|_| "USD".to_owned()),
            confirmed,
        };
        for row in [rate(None, false), rate(Some(62_500), true)] {
            let tx = scope.write().await.unwrap();
            cost::put_rate(&tx, &row, NOW).await.unwrap();
            assert_eq!(cost::rates_for_write(&tx).await.unwrap(), [row]);
            tx.commit().await.unwrap();
        }
        assert_eq!(cost::rates(&scope.read()).await.unwrap(), [rate(Some(62_500), true)]);
        assert!(cost::rates(&db.store.workspace(workspace(2)).read()).await.unwrap().is_empty());
    }
}
