//! Who is told what, changes to many, saved views: on both databases.

use crate::{NOW, channel, on_both, workspace};
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::inbox::{Book, Change, ContactState, ConversationState, ConversationStatus, NewMessage, Priority};
use rapport_core::message::{Content, Direction, Status};
use rapport_core::time::{DAY, MINUTE};
use rapport_core::{ContactId, ConversationId, MessageId, TeamId, UserId};
use rapport_store::bulk::{self, BulkRow, Item, Turn};
use rapport_store::closing::{self, ClosingRow};
use rapport_store::query::conversation_list::{self, Filter, Sort};
use rapport_store::query::conversation_match;
use rapport_store::saved_view::{self, SavedViewRow, scope};
use rapport_store::survey::{self, SurveyRow};
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

/// A customer's message that was said at one moment and came at another, both in minutes.
fn said(conversation: u128, number: u128, minutes: (i64, i64)) -> NewMessage {
    NewMessage {
        id: MessageId(id(8, number)),
        conversation_id: ConversationId(id(2, conversation)),
        contact_id: ContactId(id(1, conversation)),
        channel_id: channel(1),
        direction: Direction::In,
        at: NOW.plus(minutes.0 * MINUTE),
        created_at: NOW.plus(minutes.1 * MINUTE),
        author_kind: "contact".to_owned(),
        author_id: None,
        author_name: None,
        provider_id: Some(format!("wamid.{number}")),
        client_id: None,
        content: Content::Text { body: "hello".to_owned(), preview_url: None },
        preview: "hello".to_owned(),
        status: Status::Received,
        reply_to_provider_id: None,
        reply_to_id: None,
        media_id: None,
    }
}

async fn arrive(scope: &Scope, lines: Vec<NewMessage>) {
    let mut book = Book::default();
    book.apply(lines.into_iter().map(Change::InsertMessage).collect());
    let tx = scope.write().await.unwrap();
    ingest::save(&tx, &book.drain(), NOW).await.unwrap();
    tx.commit().await.unwrap();
}

/// Looks at a conversation as it is.
async fn look(scope: &Scope, user: UserId, conversation: ConversationId, minutes: i64) {
    let heard = watch::heard(&scope.read(), conversation).await.unwrap();
    let tx = scope.write().await.unwrap();
    watch::seen(&tx, user, conversation, NOW.plus(minutes * MINUTE), heard).await.unwrap();
    tx.commit().await.unwrap();
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

/// A running change of several conversations.
pub fn bulk_row(number: u128) -> BulkRow {
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
        for (number, minutes) in [(0, 4), (1, 4), (1, 2)] {
            look(&scope, lea, talk(number), minutes).await;
        }
        assert!(unseen(lea).await.is_empty(), "a late look takes nothing back");
        // The customer writes in both: only the collaborator's is news.
        arrive(&scope, vec![said(0, 1, (5, 5)), said(1, 2, (5, 5))]).await;
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

    async fn what_is_not_seen_outlives_a_merge(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        save(&scope, (0..6).map(conversation).collect()).await;
        let (lea, omar) = (UserId(id(4, 1)), UserId(id(4, 2)));
        let talk = |number| ConversationId(id(2, number));
        let tx = scope.write().await.unwrap();
        // Told of the first of each pair, then of the second; one of the two is not looked at.
        for (pair, looked) in [(0, 0), (2, 3), (4, 9)] {
            for number in [pair, pair + 1] {
                let at = NOW.plus(i64::try_from(number).unwrap() * MINUTE);
                let news = News { at, by: Some(omar.0), message: Some(id(3, number)), join: number == pair };
                watch::tell(&tx, talk(number), &[lea.0], news).await.unwrap();
                if looked == number || looked == 9 {
                    watch::seen(&tx, lea, talk(number), NOW.plus(30 * MINUTE), None).await.unwrap();
                }
            }
            merge::join_conversation(&tx, talk(pair), talk(pair + 1)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let read = scope.read();
        let row = |number| {
            let read = &read;
            async move { watch::get(read, lea, talk(number)).await.unwrap().unwrap() }
        };
        for (pair, told, news) in [(0, 1, true), (2, 2, true), (4, 5, false)] {
            let row = row(pair).await;
            assert!(row.joined, "{pair}: a collaborator stays one");
            assert_eq!((row.message_id, row.told_at > row.seen_at), (Some(id(3, told)), news), "{pair}");
        }
        assert_eq!(watch::unseen(&read, lea, 10).await.unwrap(), [talk(2).0, talk(0).0]);
    }

    async fn two_resolutions_of_one_moment_are_both_kept_by_a_merge(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        save(&scope, (0..2).map(conversation).collect()).await;
        let talk = |number| ConversationId(id(2, number));
        let closing = |number: u128, of: u128, at: i64| ClosingRow {
            workspace_id: workspace(1).0,
            id: id(8, number),
            conversation_id: talk(of).0,
            contact_id: id(1, of),
            channel_id: channel(1).0,
            at: NOW.0 + at,
            actor_kind: "user".to_owned(),
            actor_id: None,
            assignee_id: None,
            team_id: None,
            category_id: None,
            note: Some(format!("note {number}")),
        };
        let survey = |number: u128, of: u128| SurveyRow {
            workspace_id: workspace(1).0,
            id: id(9, number),
            conversation_id: talk(of).0,
            contact_id: id(1, of),
            channel_id: channel(1).0,
            agent_id: None,
            resolved_at: NOW.0,
            state: "answered".to_owned(),
            reason: None,
            via: None,
            message_id: None,
            asked_at: Some(NOW.0),
            score: Some(4),
            scored_at: None,
            comment: None,
            commented_at: None,
            created_at: NOW.0,
        };
        let tx = scope.write().await.unwrap();
        // One batch resolved both; the one that goes was resolved again a millisecond later.
        for row in [closing(1, 0, 0), closing(2, 1, 0), closing(3, 1, 1), closing(4, 1, 90)] {
            closing::insert(&tx, row).await.unwrap();
        }
        survey::insert(&tx, survey(1, 0)).await.unwrap();
        survey::insert(&tx, survey(2, 1)).await.unwrap();
        merge::join_conversation(&tx, talk(0), talk(1)).await.unwrap();
        tx.commit().await.unwrap();
        let kept = closing::of_conversation(&scope.read(), talk(0), 10).await.unwrap();
        let kept: Vec<(Uuid, i64)> = kept.iter().map(|row| (row.id, row.at - NOW.0)).collect();
        assert_eq!(kept, [(id(8, 4), 90), (id(8, 2), 2), (id(8, 3), 1), (id(8, 1), 0)]);
        let of = survey::Filter { conversation: Some(talk(0)), answered: true, ..survey::Filter::default() };
        assert_eq!(survey::page(&scope.read(), &of, None, 10).await.unwrap().len(), 2);
    }

    async fn what_came_late_or_in_the_same_second_is_news(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        save(&scope, (0..3).map(conversation).collect()).await;
        let (lea, omar, talk) = (UserId(id(4, 1)), UserId(id(4, 2)), ConversationId(id(2, 1)));
        let unseen = || {
            let read = scope.read();
            async move { watch::unseen(&read, lea, 10).await.unwrap().len() }
        };
        let tell = |by: UserId, minutes: i64| {
            let scope = scope.clone();
            async move {
                let news = News { at: NOW.plus(minutes * MINUTE), by: Some(by.0), message: None, join: true };
                let tx = scope.write().await.unwrap();
                watch::tell(&tx, talk, &[lea.0], news).await.unwrap();
                tx.commit().await.unwrap();
            }
        };
        arrive(&scope, vec![said(1, 1, (1, 1))]).await;
        tell(lea, 2).await;
        assert_eq!(unseen().await, 0, "who joins by themselves has read what is there");
        // Said before the last look, but it came after it.
        arrive(&scope, vec![said(1, 2, (1, 3))]).await;
        assert_eq!(unseen().await, 1);
        tell(lea, 4).await;
        assert_eq!(unseen().await, 1, "a note of their own is no look at what the customer wrote");
        look(&scope, lea, talk, 5).await;
        assert_eq!(unseen().await, 0);
        // Said at the very moment of what was shown already, and of another conversation.
        arrive(&scope, vec![said(1, 3, (1, 6)), said(2, 4, (6, 6))]).await;
        assert_eq!(unseen().await, 1);
        look(&scope, lea, talk, 7).await;
        tell(omar, 8).await;
        assert_eq!(unseen().await, 1, "a note of somebody else");
        look(&scope, lea, talk, 9).await;
        assert_eq!(unseen().await, 0);
        // What is stored already knows no arrivals: its last look counts.
        rapport_store::testing::execute(&db.store, "UPDATE watch SET heard_at = NULL").await.unwrap();
        assert_eq!(unseen().await, 0);
        arrive(&scope, vec![said(1, 5, (1, 10))]).await;
        assert_eq!(unseen().await, 1);
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
