//! Who is told what, changes to many, saved views: on both databases.

use crate::{NOW, channel, on_both, workspace};
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::inbox::{Book, Change, ContactState, ConversationState, ConversationStatus, Priority};
use rapport_core::message::{Direction, Status};
use rapport_core::time::{DAY, MINUTE};
use rapport_core::{ContactId, ConversationId, TeamId, UserId};
use rapport_store::bulk::{self, BulkRow, Item, Turn};
use rapport_store::query::conversation_list::{self, Filter, Sort};
use rapport_store::query::conversation_match;
use rapport_store::saved_view::{self, SavedViewRow, scope};
use rapport_store::watch::{self, News};
use rapport_store::{Scope, ingest, merge};
use serde_json::json;
use uuid::Uuid;

fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + (kind << 32) + number)
}

fn contact(number: u128) -> ContactState {
    ContactState {
        id: ContactId(id(1, number)),
        lane: 3,
        name: format!("Customer {number}"),
        username: None,
        phone: None,
        country: None,
        marketing_consent: "unknown".to_owned(),
        source: None,
        first_inbound_at: None,
        last_inbound_at: None,
        identities: vec![Identity::new(IdentityKind::WaId, format!("9715{number:08}"))],
        field_stamps: std::collections::BTreeMap::new(),
        created_at: NOW,
        updated_at: NOW,
    }
}

fn conversation(number: u128) -> ConversationState {
    ConversationState {
        id: ConversationId(id(2, number)),
        contact_id: ContactId(id(1, number)),
        channel_id: channel(1),
        lane: 3,
        status: ConversationStatus::Open,
        priority: Priority::None,
        assignee_id: None,
        team_id: None,
        snoozed_until: None,
        unread: 0,
        last_message_at: NOW.plus(i64::try_from(number).unwrap() * MINUTE),
        last_message_id: None,
        last_direction: Direction::Event,
        last_kind: "event".to_owned(),
        last_preview: String::new(),
        last_status: Status::Event,
        last_inbound_at: None,
        last_inbound_provider_id: None,
        window_expires_at: None,
        waiting_since: None,
        first_response_at: None,
        resolved_at: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

async fn save(scope: &Scope, rows: Vec<ConversationState>) {
    let mut book = Book::default();
    for (row, number) in rows.into_iter().zip(0..) {
        book.apply(vec![Change::CreateContact(contact(number)), Change::CreateConversation(row)]);
    }
    let tx = scope.write().await.unwrap();
    ingest::save(&tx, &book.drain(), NOW).await.unwrap();
    tx.commit().await.unwrap();
}

fn bulk_row(number: u128) -> BulkRow {
    BulkRow {
        workspace_id: workspace(1).0,
        id: id(6, number),
        actor_kind: "user".to_owned(),
        actor_id: Some(id(4, 1)),
        actor_name: "Lea".to_owned(),
        action: json!({ "action": { "status": "resolved" } }),
        state: "running".to_owned(),
        total: 0,
        done: 0,
        changed: 0,
        refused: 0,
        undo_of: None,
        undone_at: None,
        created_at: NOW.0,
        updated_at: NOW.0,
    }
}

on_both! {
    async fn news_are_what_came_after_the_last_look(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        save(&scope, (0..3).map(conversation).collect()).await;
        let (lea, omar) = (UserId(id(4, 1)), UserId(id(4, 2)));
        let talk = |number| ConversationId(id(2, number));
        let news = |minutes: i64, join| News { at: NOW.plus(minutes * MINUTE), by: Some(omar.0), message: None, join };
        let tx = scope.write().await.unwrap();
        watch::tell(&tx, talk(0), &[lea.0, omar.0], news(1, false)).await.unwrap();
        watch::tell(&tx, talk(1), &[lea.0], news(2, true)).await.unwrap();
        watch::tell(&tx, talk(0), &[lea.0], news(3, false)).await.unwrap();
        assert_eq!(watch::joined(&tx, talk(1)).await.unwrap(), [lea.0]);
        tx.commit().await.unwrap();
        let unseen = |user| {
            let read = scope.read();
            async move { watch::unseen(&read, user, 10).await.unwrap() }
        };
        assert_eq!(unseen(lea).await, [talk(0).0, talk(1).0], "the newest first");
        assert!(unseen(omar).await.is_empty(), "one's own doing is no news");
        let look = |number, minutes: i64| {
            let scope = scope.clone();
            async move {
                let tx = scope.write().await.unwrap();
                watch::seen(&tx, lea, talk(number), NOW.plus(minutes * MINUTE)).await.unwrap();
                tx.commit().await.unwrap();
            }
        };
        look(0, 4).await;
        look(1, 4).await;
        look(1, 2).await;
        assert!(unseen(lea).await.is_empty(), "a late look takes nothing back");
        // The customer writes in both: only the collaborator's is news.
        let heard = |number| ConversationState { last_inbound_at: Some(NOW.plus(5 * MINUTE)), ..conversation(number) };
        let mut book = Book::default();
        book.apply(vec![Change::UpdateConversation(heard(0)), Change::UpdateConversation(heard(1))]);
        let tx = scope.write().await.unwrap();
        ingest::save(&tx, &book.drain(), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(unseen(lea).await, [talk(1).0]);
        // The list of what a user watches, in the inbox's orders, whatever the status.
        let filter = Filter { watcher: Some(lea), ..Filter::default() };
        let read = scope.read();
        let (rows, next) = conversation_list::page(&read, &filter, Sort::Latest, None, NOW, 1).await.unwrap();
        assert_eq!((rows[0].conversation.id, next.is_some()), (talk(1).0, true));
        let (rows, next) = conversation_list::page(&read, &filter, Sort::Latest, next, NOW, 5).await.unwrap();
        assert_eq!((rows[0].conversation.id, next), (talk(0).0, None));
        assert_eq!(conversation_match::count(&read, &filter, 10).await.unwrap(), 2);
        let elsewhere = db.store.workspace(workspace(2)).read();
        assert!(watch::unseen(&elsewhere, lea, 10).await.unwrap().is_empty());
        // Two conversations become one: whoever watched the one that goes watches the other.
        let tx = scope.write().await.unwrap();
        merge::join_conversation(&tx, talk(2), talk(1)).await.unwrap();
        assert!(watch::leave(&tx, lea, talk(0)).await.unwrap());
        assert!(!watch::leave(&tx, lea, talk(0)).await.unwrap());
        tx.commit().await.unwrap();
        let there = watch::of_conversation(&scope.read(), talk(2)).await.unwrap();
        assert_eq!((there.len(), there[0].user_id, there[0].joined), (1, lea.0, true));
        assert!(watch::get(&scope.read(), lea, talk(1)).await.unwrap().is_none());
    }

    async fn a_change_to_many_is_marked_once_and_taken_back_from_what_was(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        save(&scope, (0..300).map(conversation).collect()).await;
        let open = Filter { statuses: vec![ConversationStatus::Open], ..Filter::default() };
        let mut found = conversation_match::ids(&scope.read(), &open, 1_000).await.unwrap();
        found.sort();
        assert_eq!(found.len(), 300);
        assert_eq!(conversation_match::count(&scope.read(), &open, 100).await.unwrap(), 100, "counting ends");
        let text = Filter { text: Some("customer 29".to_owned()), ..open };
        assert_eq!(conversation_match::count(&scope.read(), &text, 1_000).await.unwrap(), 11);
        let named = [ConversationId(id(2, 5)), ConversationId(id(2, 999))];
        assert_eq!(conversation_match::existing(&scope.read(), &named).await.unwrap(), [id(2, 5)]);
        let tx = scope.write().await.unwrap();
        bulk::insert(&tx, BulkRow { total: 301, ..bulk_row(1) }, &[found.clone(), vec![id(2, 999)]].concat()).await.unwrap();
        tx.commit().await.unwrap();
        let first = bulk::waiting(&scope.read(), id(6, 1), 200).await.unwrap();
        assert_eq!((first.len(), first[0].2), (200, Some(3)));
        let item = |turn, before: i64| move |(conversation, _, _): &(Uuid, _, _)| {
            Item { conversation: *conversation, turn, before: Some(json!({ "was": before })) }
        };
        let tx = scope.write().await.unwrap();
        bulk::mark(&tx, id(6, 1), &first.iter().map(item(Turn::Changed, 1)).collect::<Vec<_>>()).await.unwrap();
        // A turn that was marked stays so.
        bulk::mark(&tx, id(6, 1), &first.iter().map(item(Turn::Refused, 2)).collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        let rest = bulk::waiting(&scope.read(), id(6, 1), 200).await.unwrap();
        assert_eq!((rest.len(), rest.last().unwrap().2), (101, None), "one that is gone has no lane");
        let tx = scope.write().await.unwrap();
        let mut row = bulk::get_for_write(&tx, id(6, 1)).await.unwrap().unwrap();
        (row.state, row.done, row.changed) = ("done".to_owned(), 301, 200);
        bulk::update(&tx, row).await.unwrap();
        let count = bulk::insert_undo(&tx, BulkRow { undo_of: Some(id(6, 1)), ..bulk_row(2) }, id(6, 1)).await.unwrap();
        assert_eq!(count, 200);
        tx.commit().await.unwrap();
        let back = bulk::waiting(&scope.read(), id(6, 2), 500).await.unwrap();
        assert_eq!((back.len(), &back[0].1), (200, &Some(json!({ "was": 1 }))));
        let page = bulk::page(&scope.read(), None, 10).await.unwrap();
        assert_eq!(page.iter().map(|row| (row.id, row.total)).collect::<Vec<_>>(), [(id(6, 2), 200), (id(6, 1), 301)]);
        // What ended long ago is forgotten; what runs is not.
        let tx = scope.write().await.unwrap();
        bulk::forget(&tx, NOW.plus(DAY), 5).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(crate::number(db, "SELECT count(*) FROM bulk_item").await, 200);
        let elsewhere = db.store.workspace(workspace(2)).read();
        assert!(bulk::get(&elsewhere, id(6, 1)).await.unwrap().is_none());
    }

    async fn views_are_seen_by_whom_they_are_for(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (lea, omar, sales) = (id(4, 1), id(4, 2), TeamId(id(5, 1)));
        let view = |number: u128, scope: &str, owner: Uuid| SavedViewRow {
            workspace_id: workspace(1).0,
            id: id(7, number),
            owner_id: Some(owner),
            name: format!("View {number}"),
            scope: scope.to_owned(),
            team_id: (scope == scope::TEAM).then_some(sales.0),
            filter: json!({ "view": "mine" }),
            created_at: NOW.0,
            updated_at: NOW.0,
        };
        let tx = scope.write().await.unwrap();
        for row in [view(1, scope::PRIVATE, lea), view(2, scope::TEAM, lea), view(3, scope::ALL, omar)] {
            saved_view::insert(&tx, row).await.unwrap();
        }
        assert_eq!(saved_view::count_of(&tx, Some(lea)).await.unwrap(), 2);
        let mut row = saved_view::get_for_write(&tx, id(7, 3)).await.unwrap().unwrap();
        row.name = "Renamed".to_owned();
        saved_view::update(&tx, row).await.unwrap();
        tx.commit().await.unwrap();
        let read = scope.read();
        let seen = |user: Option<Uuid>, teams: Vec<Uuid>| {
            let read = &read;
            async move {
                let rows = saved_view::visible(read, user.map(UserId), &teams).await.unwrap();
                rows.iter().map(|row| row.id.as_u128() & 0xf).collect::<Vec<_>>()
            }
        };
        assert_eq!(seen(Some(lea), vec![]).await, [1, 2, 3]);
        assert_eq!(seen(Some(omar), vec![]).await, [3]);
        assert_eq!(seen(Some(omar), vec![sales.0]).await, [2, 3]);
        assert_eq!(seen(None, vec![sales.0]).await, [3]);
        let tx = scope.write().await.unwrap();
        saved_view::delete(&tx, id(7, 3)).await.unwrap();
        assert!(saved_view::delete(&tx, id(7, 3)).await.is_err());
        tx.commit().await.unwrap();
        let elsewhere = db.store.workspace(workspace(2)).read();
        assert!(saved_view::visible(&elsewhere, Some(UserId(lea)), &[sales.0]).await.unwrap().is_empty());
    }
}
