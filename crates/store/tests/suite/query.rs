//! Read models on both databases: orders, cursors, filters, and that a page costs the same whatever it shows.

use crate::{NOW, channel, on_both, workspace};
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::inbox::{Book, Change, ContactState, ConversationState, ConversationStatus, NewMessage, Priority};
use rapport_core::message::{Content, Direction, Status};
use rapport_core::time::{HOUR, MINUTE};
use rapport_core::{ChannelId, ContactId, ConversationId, MessageId, Ms, TeamId, UserId};
use rapport_store::query::conversation_list::{self, Assignee, Filter, Sort};
use rapport_store::query::{contact_list, contact_page, list_text, person, thread};
use rapport_store::{Scope, ingest};
use std::collections::BTreeSet;
use std::time::Instant;
use uuid::Uuid;

pub(crate) fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + (kind << 32) + number)
}

pub(crate) fn contact(number: u128) -> ContactState {
    ContactState {
        id: ContactId(id(1, number)),
        lane: 0,
        name: format!("Customer {number}"),
        username: None,
        phone: Some(format!("+9715{number:08}")),
        country: Some("AE".to_owned()),
        marketing_consent: "unknown".to_owned(),
        source: None,
        first_inbound_at: None,
        last_inbound_at: None,
        identities: vec![Identity::new(IdentityKind::WaId, format!("9715{number:08}"))],
        field_stamps: std::collections::BTreeMap::new(),
        created_at: NOW,
        updated_at: NOW.plus(i64::try_from(number).unwrap()),
    }
}

pub(crate) fn conversation(number: u128, channel: ChannelId) -> ConversationState {
    let step = i64::try_from(number).unwrap();
    ConversationState {
        id: ConversationId(id(2, number)),
        contact_id: ContactId(id(1, number)),
        channel_id: channel,
        lane: 0,
        status: ConversationStatus::Open,
        priority: Priority::None,
        assignee_id: None,
        team_id: None,
        snoozed_until: None,
        unread: 0,
        last_message_at: NOW.plus(step * MINUTE),
        last_message_id: Some(MessageId(id(3, number))),
        last_direction: Direction::In,
        last_kind: "text".to_owned(),
        last_preview: format!("hello {number}"),
        last_status: Status::Received,
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

pub(crate) async fn save(scope: &Scope, changes: Vec<Change>) {
    let mut book = Book::default();
    book.apply(changes);
    let tx = scope.write().await.unwrap();
    ingest::save(&tx, &book.drain(), NOW).await.unwrap();
    tx.commit().await.unwrap();
}

async fn ids(scope: &Scope, filter: &Filter, sort: Sort, now: Ms, limit: u64) -> Vec<u128> {
    let read = scope.read();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        // A later clock on later pages must not move rows from one stretch to the other.
        let at = if after.is_some() { now.plus(HOUR) } else { now };
        let (rows, next) = conversation_list::page(&read, filter, sort, after, at, limit).await.unwrap();
        assert!(rows.len() <= usize::try_from(limit).unwrap());
        seen.extend(rows.iter().map(|row| row.conversation.id.as_u128() & 0xffff));
        after = next;
        if after.is_none() {
            return seen;
        }
    }
}

on_both! {
    async fn pages_cover_every_order_once(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let mut changes = Vec::new();
        for number in 0..12_u128 {
            changes.push(Change::CreateContact(contact(number)));
            let mut row = conversation(number, channel(1));
            // Equal times: the id decides.
            row.last_message_at = NOW.plus(i64::try_from(number / 2).unwrap() * MINUTE);
            row.window_expires_at = (number % 3 != 0).then(|| NOW.plus((6 - i64::try_from(number).unwrap()) * MINUTE));
            row.waiting_since = (number % 4 == 1).then(|| NOW.plus(-i64::try_from(number).unwrap() * MINUTE));
            changes.push(Change::CreateConversation(row));
        }
        save(&scope, changes).await;
        let all = Filter { statuses: vec![ConversationStatus::Open], ..Filter::default() };
        let latest: Vec<u128> = (0..6).rev().flat_map(|pair| [pair * 2, pair * 2 + 1]).collect();
        let closing = vec![5, 4, 2, 1];
        let rest: Vec<u128> = latest.iter().copied().filter(|n| !closing.contains(n)).collect();
        let waiting = vec![9, 5, 1];
        let others: Vec<u128> = latest.iter().copied().filter(|n| !waiting.contains(n)).collect();
        for limit in [1, 3, 4, 5, 12, 50] {
            assert_eq!(ids(&scope, &all, Sort::Latest, NOW, limit).await, latest);
            assert_eq!(ids(&scope, &all, Sort::ClosesNext, NOW, limit).await, [closing.clone(), rest.clone()].concat());
            assert_eq!(ids(&scope, &all, Sort::Waiting, NOW, limit).await, [waiting.clone(), others.clone()].concat());
            assert_eq!(ids(&scope, &Filter::default(), Sort::Latest, NOW, limit).await, latest, "any status");
        }
        let elsewhere = db.store.workspace(workspace(2));
        assert!(ids(&elsewhere, &all, Sort::Latest, NOW, 50).await.is_empty());
    }

    async fn filters_restrict(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let (user, team) = (UserId(id(4, 1)), TeamId(id(5, 1)));
        let mut changes = Vec::new();
        for number in 0..6_u128 {
            changes.push(Change::CreateContact(contact(number)));
            let mut row = conversation(number, channel(1 + number % 2));
            row.unread = i32::from(number == 2);
            row.assignee_id = (number < 2).then_some(user);
            row.team_id = (number == 1).then_some(team);
            if number == 5 {
                row.status = ConversationStatus::Resolved;
            }
            changes.push(Change::CreateConversation(row));
        }
        save(&scope, changes).await;
        let open = || Filter { statuses: vec![ConversationStatus::Open], ..Filter::default() };
        for (filter, expected) in [
            (open(), vec![4, 3, 2, 1, 0]),
            (Filter::default(), vec![5, 4, 3, 2, 1, 0]),
            (Filter { assignee: Some(Assignee::One(user)), ..open() }, vec![1, 0]),
            (Filter { assignee: Some(Assignee::Nobody), ..open() }, vec![4, 3, 2]),
            (Filter { team: Some(team), ..open() }, vec![1]),
            (Filter { channel: Some(channel(2)), ..Filter::default() }, vec![5, 3, 1]),
            (Filter { unread: true, ..open() }, vec![2]),
            (Filter { text: Some("CUSTOMER 3".to_owned()), ..open() }, vec![3]),
            (Filter { text: Some("50000 0004".to_owned()), ..open() }, vec![4]),
            (Filter { text: Some("hello 2".to_owned()), ..open() }, vec![2]),
            (Filter { text: Some("%".to_owned()), ..open() }, vec![]),
            (Filter { text: Some("hello".to_owned()), unread: true, ..Filter::default() }, vec![2]),
        ] {
            assert_eq!(ids(&scope, &filter, Sort::Latest, NOW, 2).await, expected, "{filter:?}");
        }
        let counts = conversation_list::counts(&scope.read(), Some(user), (NOW, NOW)).await.unwrap();
        assert_eq!((counts.mine, counts.unassigned, counts.all, counts.unread), (2, 3, 5, 1));
        assert_eq!(conversation_list::counts(&scope.read(), None, (NOW, NOW)).await.unwrap().mine, 0);
        let wanted = [ConversationId(id(2, 3)), ConversationId(id(2, 99))];
        let row = conversation_list::by_id(&scope.read(), &wanted).await.unwrap();
        assert_eq!((row.len(), row[0].contact_name.as_str(), row[0].channel_name.as_str()), (1, "Customer 3", ""));
        let state = person::state(&row[0].conversation).unwrap();
        assert_eq!(state, conversation(3, channel(2)), "a row reads back as the state it was written from");
        assert_eq!(person::contact(&scope.read(), ContactId(id(1, 3))).await.unwrap().unwrap(), contact(3));
    }

    async fn threads_and_contacts_are_complete(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let mut changes = vec![Change::CreateContact(contact(1)), Change::CreateConversation(conversation(1, channel(1)))];
        for number in 0..5_u128 {
            changes.push(Change::InsertMessage(NewMessage {
                id: MessageId(id(3, number)),
                conversation_id: ConversationId(id(2, 1)),
                contact_id: ContactId(id(1, 1)),
                channel_id: channel(1),
                direction: if number == 4 { Direction::Out } else { Direction::In },
                at: NOW.plus(i64::try_from(number / 2).unwrap()),
                created_at: NOW,
                author_kind: "contact".to_owned(),
                author_id: None,
                author_name: None,
                provider_id: Some(format!("wamid.{number}")),
                client_id: (number == 4).then(|| "c4".to_owned()),
                content: Content::Text { body: format!("line {number}"), preview_url: None },
                preview: format!("line {number}"),
                status: Status::Received,
                reply_to_provider_id: None,
                reply_to_id: (number == 4).then(|| MessageId(id(3, 0))),
                media_id: None,
            }));
        }
        save(&scope, changes).await;
        let read = scope.read();
        let wrote = async |after: i64, limit| person::wrote_at(&read, ContactId(id(1, 1)), NOW.plus(after), limit).await.unwrap();
        let mut times = wrote(-1, 9).await;
        times.sort_unstable();
        assert_eq!(times, [NOW, NOW, NOW.plus(1), NOW.plus(1)], "what the customer wrote, not what we sent");
        assert_eq!((wrote(-1, 2).await.len(), wrote(0, 9).await.len()), (2, 0));
        let elsewhere = db.store.workspace(workspace(2)).read();
        assert!(person::wrote_at(&elsewhere, ContactId(id(1, 1)), NOW.plus(-1), 9).await.unwrap().is_empty());
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let lines = thread::page(&read, ConversationId(id(2, 1)), before, 2).await.unwrap();
            let Some(last) = lines.last() else { break };
            before = Some((last.row.at, last.row.id));
            seen.extend(lines);
        }
        assert_eq!(seen.iter().map(|line| line.row.preview.as_str()).collect::<Vec<_>>(), ["line 4", "line 3", "line 2", "line 1", "line 0"]);
        let quoted = seen[0].quoted.as_ref().unwrap();
        assert_eq!((quoted.preview.as_str(), quoted.direction.as_str()), ("line 0", "in"));
        assert_eq!(seen[1].content, Content::Text { body: "line 3".to_owned(), preview_url: None });
        let found = thread::by_client_id(&read, ConversationId(id(2, 1)), "c4").await.unwrap();
        assert_eq!(found, Some(MessageId(id(3, 4))));
        assert_eq!(thread::by_client_id(&read, ConversationId(id(2, 2)), "c4").await.unwrap(), None);
        let beside = contact_page::beside(&read, &[ContactId(id(1, 1)), ContactId(id(1, 9))]).await.unwrap();
        assert_eq!(beside[&id(1, 1)].identities, [("wa_id".to_owned(), "971500000001".to_owned())]);
        assert!(beside[&id(1, 9)].identities.is_empty());
    }

    async fn contacts_page_in_every_order(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        save(&scope, (0..7).map(|number| Change::CreateContact(contact(number))).collect()).await;
        let read = scope.read();
        let customers = list_text::contacts(&read, "customer", &[]).await.unwrap();
        for (sort, backwards) in [
            (contact_list::Sort::Updated, true),
            (contact_list::Sort::Created, true),
            (contact_list::Sort::Name, false),
        ] {
            let mut seen = Vec::new();
            let mut after = None;
            loop {
                let rows = contact_list::page(&read, Some(&customers), None, sort, after.as_ref(), 3).await.unwrap();
                after = rows.last().map(|row| contact_list::after(row, sort));
                seen.extend(rows.iter().map(|row| row.contact.id.as_u128() & 0xffff));
                if after.is_none() {
                    break;
                }
            }
            let mut expected: Vec<u128> = (0..7).collect();
            if backwards {
                expected.reverse();
            }
            assert_eq!(seen, expected, "{sort:?}");
        }
        let nobody = list_text::contacts(&read, "nobody", &[]).await.unwrap();
        assert!(contact_list::page(&read, Some(&nobody), None, contact_list::Sort::Name, None, 3).await.unwrap().is_empty());
        // What the index found beyond the newest rows comes beside them.
        let found = list_text::contacts(&read, "customer", &[ContactId(id(1, 9))]).await.unwrap();
        assert_eq!(found.len(), customers.len() + 1);
    }

    async fn what_is_queued_again_goes_on_counting(db: &TestStore) {
        use rapport_store::send::{NewSend, Priority as Turn, Verdict, enqueue, enqueue_again, finish, start};
        let scope = db.store.workspace(workspace(1));
        let send = || NewSend {
            message: MessageId(id(3, 1)),
            channel: channel(1),
            contact: ContactId(id(1, 1)),
            portfolio_key: "p".to_owned(),
            priority: Turn::Reply,
            run_at: NOW,
        };
        let tx = scope.write().await.unwrap();
        enqueue(&tx, &[send()], NOW).await.unwrap();
        for _ in 0..2 {
            let started = start(&tx, &[MessageId(id(3, 1))], 1, NOW).await.unwrap()[0];
            let failed = Verdict::Failed { code: None, detail: "no".to_owned() };
            finish(&tx, started, &failed, NOW).await.unwrap();
            enqueue_again(&tx, send(), NOW).await.unwrap();
        }
        let third = start(&tx, &[MessageId(id(3, 1))], 1, NOW).await.unwrap()[0];
        assert_eq!(third.attempt, 3);
        tx.commit().await.unwrap();
        let tries = thread::attempts(&scope.read(), MessageId(id(3, 1))).await.unwrap();
        assert_eq!(tries.iter().map(|one| (one.n, one.outcome.as_str())).collect::<Vec<_>>(), [(1, "failed"), (2, "failed"), (3, "in_flight")]);
    }

    async fn contacts_are_changed_by_people(db: &TestStore) {
        use rapport_core::inbox::ConsentRecord;
        use rapport_store::{contact as people, sync_contact};
        let scope = db.store.workspace(workspace(1));
        let record = |state: &str, at: i64| Change::Consent(ConsentRecord {
            contact_id: ContactId(id(1, 1)),
            purpose: "marketing".to_owned(),
            state: state.to_owned(),
            source: "form".to_owned(),
            proof: String::new(),
            at: NOW.plus(at),
        });
        save(&scope, vec![Change::CreateContact(contact(1)), record("opted_in", 0), record("opted_out", 5)]).await;
        let one = ContactId(id(1, 1));
        let address = Identity::new(IdentityKind::Email, "a@shop.example");
        let tx = scope.write().await.unwrap();
        let mut row = people::get_for_write(&tx, one).await.unwrap().unwrap();
        row.email = Some(address.value.clone());
        row.fields = serde_json::json!({ "size": "M" });
        row.field_stamps = serde_json::json!({ "email": NOW });
        people::update(&tx, &row).await.unwrap();
        assert!(sync_contact::add_identity(&tx, one, &address, NOW).await.unwrap());
        people::retire_identity(&tx, one, &address, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let read = scope.read();
        let after = contact_page::get(&read, one).await.unwrap().unwrap();
        assert_eq!((after.version, after.email, after.fields), (row.version + 1, row.email, row.fields));
        let state = person::contact(&read, one).await.unwrap().unwrap();
        assert_eq!(state.identities, contact(1).identities, "a retired id leads nowhere");
        let ledger = people::consents(&read, one, None, 10).await.unwrap();
        assert_eq!(ledger.iter().map(|line| line.state.as_str()).collect::<Vec<_>>(), ["opted_out", "opted_in"]);
        assert_eq!(people::consents(&read, one, Some(ledger[0].id), 10).await.unwrap().len(), 1);
        let elsewhere = db.store.workspace(workspace(2)).read();
        assert!(contact_page::get(&elsewhere, one).await.unwrap().is_none());
    }

    async fn ten_thousand_open_conversations_cost_little(db: &TestStore) {
        const MANY: u128 = 10_000;
        let scope = db.store.workspace(workspace(1));
        for part in 0..10 {
            let mut changes = Vec::new();
            for number in (part * MANY / 10)..((part + 1) * MANY / 10) {
                changes.push(Change::CreateContact(contact(number)));
                let mut row = conversation(number, channel(1));
                row.unread = i32::from(number % 50 == 0);
                row.window_expires_at = (number % 2 == 0).then(|| NOW.plus(i64::try_from(number).unwrap()));
                row.waiting_since = (number % 5 == 0).then(|| NOW.plus(i64::try_from(number).unwrap()));
                changes.push(Change::CreateConversation(row));
            }
            save(&scope, changes).await;
        }
        if db.store.backend() == rapport_store::Backend::Postgres {
            rapport_store::testing::execute(&db.store, "ANALYZE").await.unwrap();
        }
        let read = scope.read();
        let open = || Filter { statuses: vec![ConversationStatus::Open], ..Filter::default() };
        let cases = [
            ("unattended", Filter { waiting: true, ..open() }, Sort::Waiting),
            ("latest", open(), Sort::Latest),
            ("any", Filter::default(), Sort::Latest),
            ("unassigned", Filter { assignee: Some(Assignee::Nobody), ..open() }, Sort::Latest),
            ("unread", Filter { unread: true, ..open() }, Sort::Latest),
            ("closes next", open(), Sort::ClosesNext),
            ("waiting", open(), Sort::Waiting),
            ("text", Filter { text: Some("customer 77".to_owned()), ..open() }, Sort::Latest),
        ];
        for (name, filter, sort) in cases {
            let mut best = u128::MAX;
            for _ in 0..5 {
                let began = Instant::now();
                let (rows, next) = conversation_list::page(&read, &filter, sort, None, NOW, 100).await.unwrap();
                assert_eq!((rows.len(), next.is_some()), (100, true), "{name}");
                best = best.min(began.elapsed().as_micros());
            }
            println!("{:?} {name}: {best} us", db.store.backend());
            // Far above what it takes on an idle machine; a scan with a sort of joined rows would be beyond it.
            assert!(best < 250_000, "{name} took {best} us");
        }
        let began = Instant::now();
        let counts = conversation_list::counts(&read, Some(UserId(id(4, 1))), (NOW, NOW.plus(100))).await.unwrap();
        println!("{:?} counts: {} us", db.store.backend(), began.elapsed().as_micros());
        assert_eq!((counts.all, counts.unread, counts.mine), (10_000, 200, 0));
        // Deep pages are found by their key, not by counting rows off.
        let mut seen = BTreeSet::new();
        let mut after = None;
        while let (rows, Some(next)) = conversation_list::page(&read, &open(), Sort::Latest, after, NOW, 200).await.unwrap() {
            assert!(rows.iter().all(|row| seen.insert(row.conversation.id)), "no row twice");
            after = Some(next);
        }
        assert_eq!(seen.len(), 9_800);
    }
}
