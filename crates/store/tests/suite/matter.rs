//! Deals and cases: on both databases.

use crate::{NOW, number, on_both, workspace};
use rapport_core::time::{DAY, HOUR};
use rapport_core::{ConnectionId, ContactId, ConversationId};
use rapport_store::matter::{self, Filter, GONE, IN_STEP, LOCAL, MatterRow};
use rapport_store::{Error, Scope, connection, merge};
use serde_json::json;
use uuid::Uuid;

fn row(scope: &Scope, id: u128, object: &str) -> MatterRow {
    MatterRow {
        workspace_id: scope.workspace().0,
        id: Uuid::from_u128(id),
        object: object.to_owned(),
        contact_id: Uuid::from_u128(1),
        conversation_id: Some(Uuid::from_u128(2)),
        connection_id: None,
        title: format!("Phone {id} \u{1f4f1}"),
        details: None,
        amount_minor: Some(12_990),
        currency: Some("EUR".to_owned()),
        category: None,
        priority: None,
        status: "open".to_owned(),
        stage: None,
        skus: json!(["A", "B"]),
        author_kind: "user".to_owned(),
        author_id: None,
        author_name: "Ana".to_owned(),
        client_id: None,
        field_stamps: json!({}),
        snapshot: json!({}),
        remote_id: None,
        remote_url: None,
        remote_at: None,
        sync: LOCAL.to_owned(),
        error: None,
        checked_at: NOW.0,
        pushed_at: None,
        closed_at: None,
        created_at: NOW.0,
        updated_at: NOW.0,
    }
}

async fn keep(scope: &Scope, row: MatterRow) -> Result<(), Error> {
    let tx = scope.write().await?;
    matter::insert(&tx, row).await?;
    tx.commit().await
}

/// One that was made in this conversation at that moment.
pub(crate) fn made_in(scope: &Scope, id: u128, talk: ConversationId, at: i64) -> MatterRow {
    MatterRow { conversation_id: Some(talk.0), created_at: at, ..row(scope, id, "case") }
}

fn linked(scope: &Scope, id: u128, connection: u128) -> MatterRow {
    MatterRow {
        connection_id: Some(Uuid::from_u128(connection)),
        remote_id: Some(id.to_string()),
        sync: IN_STEP.to_owned(),
        ..row(scope, id, "deal")
    }
}

on_both! {
    async fn they_are_made_once_and_listed_newest_first(db: &TestStore) {
        let (scope, other) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        for (id, object) in [(1, "deal"), (2, "case"), (3, "deal"), (4, "deal")] {
            let client_id = Some(format!("order-{id}"));
            let contact_id = Uuid::from_u128(if id == 4 { 9 } else { 1 });
            keep(&scope, MatterRow { client_id, contact_id, ..row(&scope, id, object) }).await.unwrap();
        }
        let again = MatterRow { client_id: Some("order-1".to_owned()), ..row(&scope, 5, "deal") };
        assert!(matches!(keep(&scope, again.clone()).await, Err(Error::Conflict(_))));
        // Another kind of thing, and another workspace, have their own.
        keep(&scope, MatterRow { object: "case".to_owned(), ..again.clone() }).await.unwrap();
        keep(&other, MatterRow { workspace_id: other.workspace().0, ..again.clone() }).await.unwrap();
        assert!(keep(&other, MatterRow { id: Uuid::from_u128(6), client_id: None, ..again }).await.is_err());
        let ids = |rows: Vec<MatterRow>| rows.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>();
        let read = scope.read();
        let deals = Filter { object: Some("deal"), ..Filter::default() };
        assert_eq!(ids(matter::page(&read, &deals, None, 2).await.unwrap()), [4, 3]);
        assert_eq!(ids(matter::page(&read, &deals, Some(Uuid::from_u128(3)), 9).await.unwrap()), [1]);
        let hers = Filter { contact: Some(ContactId(Uuid::from_u128(9))), ..Filter::default() };
        assert_eq!(ids(matter::page(&read, &hers, None, 9).await.unwrap()), [4]);
        let nothing = Filter { status: Some("won".to_owned()), ..Filter::default() };
        assert!(matter::page(&read, &nothing, None, 9).await.unwrap().is_empty());
        let here = Filter { conversation: Some(ConversationId(Uuid::from_u128(2))), ..deals };
        assert_eq!(matter::page(&read, &here, None, 9).await.unwrap().len(), 3);
        assert_eq!(matter::get(&other.read(), Uuid::from_u128(1)).await.unwrap(), None);
        let tx = scope.write().await.unwrap();
        let known = matter::by_client(&tx, "deal", "order-3").await.unwrap().unwrap();
        assert_eq!(known.skus, json!(["A", "B"]));
        matter::update(&tx, MatterRow { status: "won".to_owned(), ..known.clone() }).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(matter::get(&scope.read(), known.id).await.unwrap().unwrap().status, "won");
        let tx = other.write().await.unwrap();
        assert!(matter::update(&tx, known).await.is_err(), "a row of another workspace");
    }

    async fn those_longest_not_looked_at_are_due(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let connection = ConnectionId(Uuid::from_u128(7));
        for (id, checked, closed, sync) in [
            (1, -HOUR, None, IN_STEP),
            (2, -2 * HOUR, Some(-DAY), IN_STEP),
            (3, -3 * HOUR, Some(-60 * DAY), IN_STEP),
            (4, -4 * HOUR, None, GONE),
            (5, 0, None, IN_STEP),
        ] {
            let row = MatterRow {
                checked_at: NOW.plus(checked).0,
                closed_at: closed.map(|at| NOW.plus(at).0),
                sync: sync.to_owned(),
                ..linked(&scope, id, 7)
            };
            keep(&scope, row).await.unwrap();
        }
        keep(&scope, MatterRow { checked_at: 0, ..linked(&scope, 6, 8) }).await.unwrap();
        let due = async || {
            let read = scope.read();
            let rows = matter::due(&read, connection, "deal", NOW.plus(-1), NOW.plus(-30 * DAY), 9).await.unwrap();
            rows.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(due().await, [2, 1]);
        let found = async |scope: &Scope, object: &str| {
            let ids = ["1", "4", "6", "nobody"].map(str::to_owned);
            let mut rows = matter::by_remote(&scope.read(), connection, object, ids).await.unwrap();
            rows.sort_by_key(|row| row.id);
            rows.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(found(&scope, "deal").await, [1, 4]);
        let other = db.store.workspace(workspace(2));
        assert!(found(&scope, "case").await.is_empty() && found(&other, "deal").await.is_empty());
        let tx = scope.write().await.unwrap();
        matter::checked(&tx, &[Uuid::from_u128(2)], NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(due().await, [1]);
        let same = MatterRow { id: Uuid::from_u128(10), ..linked(&scope, 1, 7) };
        assert!(matches!(keep(&scope, same).await, Err(Error::Conflict(_))), "a record is one deal's");
    }

    async fn they_follow_their_contact_and_outlive_their_connection(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (keeps, gone) = (ContactId(Uuid::from_u128(20)), ContactId(Uuid::from_u128(1)));
        keep(&scope, linked(&scope, 1, 7)).await.unwrap();
        let now = NOW.0;
        let connection = connection::ConnectionRow {
            workspace_id: scope.workspace().0,
            id: Uuid::from_u128(7),
            kind: "hubspot".to_owned(),
            name: "HubSpot".to_owned(),
            base_url: String::new(),
            secret: Vec::new(),
            status: connection::ACTIVE.to_owned(),
            status_reason: None,
            settings: json!({}),
            cursor: json!({}),
            stats: json!({}),
            created_at: now,
            updated_at: now,
        };
        let tx = scope.write().await.unwrap();
        connection::insert(&tx, connection).await.unwrap();
        merge::contacts(&tx, keeps, gone, 3, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(matter::get(&scope.read(), Uuid::from_u128(1)).await.unwrap().unwrap().contact_id, keeps.0);
        let tx = scope.write().await.unwrap();
        connection::delete(&tx, ConnectionId(Uuid::from_u128(7))).await.unwrap();
        tx.commit().await.unwrap();
        let row = matter::get(&scope.read(), Uuid::from_u128(1)).await.unwrap().unwrap();
        assert_eq!((row.connection_id, row.remote_id, row.sync.as_str(), row.snapshot), (None, None, LOCAL, json!({})));
        assert_eq!(number(db, "SELECT count(*) FROM matter").await, 1);
    }
}
