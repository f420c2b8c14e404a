//! Policies, agents, what waits, how conversations ended, surveys and macros, on both databases.

use crate::query::{contact, conversation, id, save};
use crate::{NOW, channel, on_both, workspace};
use rapport_core::inbox::{Change, ConversationState, ConversationStatus};
use rapport_core::time::{DAY, MINUTE};
use rapport_core::{ContactId, ConversationId, TeamId, UserId};
use rapport_store::closing::{self, CategoryRow, ClosingRow};
use rapport_store::entity::{team, user};
use rapport_store::macros::{self, MacroRow};
use rapport_store::routing::{self, AgentRow, Automatic, PlaceRow};
use rapport_store::survey::{self, Filter, SurveyRow};
use rapport_store::testing::TestStore;
use rapport_store::{Error, Scope, WriteTx};
use serde_json::json;
use uuid::Uuid;

fn scope(db: &TestStore, number: u128) -> Scope {
    db.store.workspace(workspace(number))
}

fn person(place: u128, number: u128) -> user::Model {
    user::Model {
        workspace_id: workspace(place).0,
        id: id(7, number),
        email: format!("user{number}@{place}.example"),
        name: format!("User {number}"),
        password_hash: String::new(),
        role: "agent".to_owned(),
        locale: "en".to_owned(),
        theme: "system".to_owned(),
        density: "comfortable".to_owned(),
        presence: "online".to_owned(),
        disabled_at: None,
        failed_logins: 0,
        locked_until: None,
        guide_hidden_at: None,
        created_at: NOW.0,
        updated_at: NOW.0,
    }
}

async fn in_tx<T>(scope: &Scope, work: impl AsyncFnOnce(&WriteTx) -> T) -> T {
    let tx = scope.write().await.unwrap();
    let done = work(&tx).await;
    tx.commit().await.unwrap();
    done
}

async fn people(scope: &Scope, place: u128, count: u128) {
    in_tx(scope, async |tx| {
        for number in 1..=count {
            rapport_store::user::insert(tx, person(place, number)).await.unwrap();
        }
    })
    .await;
}

fn waits(number: u128, on: u128, minutes: i64) -> ConversationState {
    ConversationState { waiting_since: Some(NOW.plus(-minutes * MINUTE)), ..conversation(number, channel(on)) }
}

async fn store(scope: &Scope, rows: Vec<ConversationState>) {
    let mut changes = Vec::new();
    for row in rows {
        changes.push(Change::CreateContact(contact(row.id.0.as_u128() & 0xffff)));
        changes.push(Change::CreateConversation(row));
    }
    save(scope, changes).await;
}

async fn found(scope: &Scope, which: &Automatic) -> Vec<u128> {
    let mut after = None;
    let mut all = Vec::new();
    loop {
        let page = routing::waiting(&scope.read(), which, &[], after, 2).await.unwrap();
        let Some(last) = page.last() else { return all };
        after = Some((last.since, last.id));
        all.extend(page.iter().map(|row| row.id.0.as_u128() & 0xffff));
    }
}

fn place(at: Uuid, kind: &str, mode: Option<&str>) -> PlaceRow {
    PlaceRow {
        workspace_id: workspace(1).0,
        place_id: at,
        kind: kind.to_owned(),
        mode: mode.map(str::to_owned),
        cap: Some(3),
        crm_owner: true,
        team_id: None,
        skills: json!(["ar"]),
        hours: None,
        updated_at: NOW.0,
    }
}

fn survey_of(number: u128, asked: Option<i64>) -> SurveyRow {
    SurveyRow {
        workspace_id: workspace(1).0,
        id: id(8, number),
        conversation_id: id(2, 1),
        contact_id: id(1, 1),
        channel_id: channel(1).0,
        agent_id: Some(id(7, 1 + number % 2)),
        resolved_at: NOW.0 + i64::try_from(number).unwrap(),
        state: "asked".to_owned(),
        reason: None,
        via: Some("list".to_owned()),
        message_id: None,
        asked_at: asked,
        score: None,
        scored_at: None,
        comment: None,
        commented_at: None,
        created_at: NOW.0,
    }
}

on_both! {
    async fn the_longest_waiting_come_first_and_only_those_given_out_by_themselves(db: &TestStore) {
        let own = scope(db, 1);
        let team = TeamId(id(6, 1));
        let quiet = ConversationState { waiting_since: None, ..waits(4, 1, 0) };
        let done = ConversationState { status: ConversationStatus::Resolved, ..waits(5, 1, 90) };
        let taken = ConversationState { assignee_id: Some(UserId(id(7, 1))), ..waits(6, 1, 80) };
        let teams = ConversationState { team_id: Some(team), ..waits(7, 1, 70) };
        store(&own, vec![waits(1, 1, 10), waits(2, 2, 30), waits(3, 1, 20), quiet, done, taken, teams]).await;
        let all = Automatic { others: true, ..Automatic::default() };
        assert_eq!(found(&own, &all).await, [7, 2, 3, 1]);
        assert_eq!(found(&scope(db, 2), &all).await, Vec::<u128>::new());
        let without = Automatic { channels: vec![(channel(2).0, false)], teams: vec![(team.0, false)], others: true };
        assert_eq!(found(&own, &without).await, [3, 1]);
        let only = Automatic { channels: vec![(channel(2).0, true)], teams: vec![(team.0, true)], others: false };
        assert_eq!(found(&own, &only).await, [7, 2]);
        assert!(!Automatic::default().any() && only.any());
        let of = async |without: &[(Uuid, Option<Uuid>)]| -> Vec<u128> {
            let page = routing::waiting(&own.read(), &all, without, None, 9).await.unwrap();
            page.iter().map(|row| row.id.0.as_u128() & 0xffff).collect()
        };
        assert_eq!(of(&[(channel(1).0, Some(team.0))]).await, [2, 3, 1], "those without a team stay");
        assert_eq!(of(&[(channel(1).0, None), (channel(2).0, None)]).await, [7]);
        let first = &routing::waiting(&own.read(), &all, &[], None, 1).await.unwrap()[0];
        assert_eq!((first.contact, first.name.as_str()), (ContactId(id(1, 7)), "Customer 7"));
    }

    async fn policies_are_written_over_and_leave_with_their_team(db: &TestStore) {
        let own = scope(db, 1);
        let team = id(6, 1);
        in_tx(&own, async |tx| {
            let row = team::Model { workspace_id: workspace(1).0, id: team, name: "Sales".to_owned(), created_at: NOW.0 };
            rapport_store::team::insert(tx, row).await.unwrap();
            routing::put_place(tx, place(team, "team", Some("load"))).await.unwrap();
            let row = PlaceRow { team_id: Some(team), ..place(channel(1).0, "channel", None) };
            routing::put_place(tx, row).await.unwrap();
            assert!(routing::put_place(tx, PlaceRow { workspace_id: workspace(2).0, ..place(team, "team", None) }).await.is_err());
        })
        .await;
        let again = PlaceRow { mode: Some("skill".to_owned()), cap: None, hours: Some(json!({ "week": [] })), ..place(team, "team", None) };
        in_tx(&own, async |tx| routing::put_place(tx, again.clone()).await.unwrap()).await;
        assert_eq!(routing::place(&own.read(), team).await.unwrap(), Some(again));
        assert_eq!(routing::place(&scope(db, 2).read(), team).await.unwrap(), None);
        in_tx(&own, async |tx| rapport_store::team::delete(tx, TeamId(team)).await.unwrap()).await;
        let left = routing::places(&own.read()).await.unwrap();
        assert_eq!(left.iter().map(|row| (row.place_id, row.team_id)).collect::<Vec<_>>(), [(channel(1).0, None)]);
    }

    async fn people_are_read_with_what_they_have(db: &TestStore) {
        let own = scope(db, 1);
        people(&own, 1, 2).await;
        people(&scope(db, 2), 2, 3).await;
        let mine = |number, status| ConversationState {
            assignee_id: Some(UserId(id(7, 1))),
            status,
            ..conversation(number, channel(1))
        };
        let rows = vec![
            mine(1, ConversationStatus::Open),
            mine(2, ConversationStatus::Pending),
            mine(3, ConversationStatus::Snoozed),
            mine(4, ConversationStatus::Resolved),
        ];
        store(&own, rows).await;
        let row = AgentRow {
            workspace_id: workspace(1).0,
            user_id: id(7, 1),
            skills: json!(["ar"]),
            cap: Some(5),
            shift: None,
            seen_at: None,
            updated_at: NOW.0,
        };
        in_tx(&own, async |tx| {
            routing::seen(tx, UserId(id(7, 1)), NOW).await.unwrap();
            routing::put_agent(tx, row).await.unwrap();
            routing::seen(tx, UserId(id(7, 1)), NOW.plus(7)).await.unwrap();
        })
        .await;
        let all = routing::people(&own.read()).await.unwrap();
        assert_eq!(all.iter().map(|person| person.open).collect::<Vec<_>>(), [2, 0], "open and pending");
        let known = all[0].agent.clone().unwrap();
        assert_eq!((known.cap, known.seen_at, known.skills), (Some(5), Some(NOW.0 + 7), json!(["ar"])));
        assert!(all[1].agent.is_none());
        in_tx(&own, async |tx| rapport_store::user::delete(tx, UserId(id(7, 1))).await.unwrap()).await;
        assert!(routing::agent(&own.read(), UserId(id(7, 1))).await.unwrap().is_none());
    }

    async fn a_turn_is_taken_by_one_at_a_time(db: &TestStore) {
        let own = scope(db, 1);
        people(&own, 1, 1).await;
        let user = UserId(id(7, 1));
        let mine = ConversationState { assignee_id: Some(user), ..conversation(1, channel(1)) };
        store(&own, vec![mine]).await;
        let taken = in_tx(&own, async |tx| routing::take_turn(tx, workspace(1).0, user, 4).await.unwrap()).await;
        assert_eq!((taken.open, taken.user.name.as_str()), (1, "User 1"));
        in_tx(&own, async |tx| routing::take_turn(tx, workspace(1).0, user, 9).await.unwrap()).await;
        let turns = routing::turns(&own.read()).await.unwrap();
        assert_eq!(turns.get(&(workspace(1).0, user.0)), Some(&9));
        let stranger = in_tx(&own, async |tx| routing::take_turn(tx, workspace(1).0, UserId(id(7, 9)), 1).await).await;
        assert!(matches!(stranger, Err(Error::NotFound("user"))));
    }

    async fn categories_and_closings_stay(db: &TestStore) {
        let own = scope(db, 1);
        let row = |number: u128, name: &str, archived: Option<i64>| CategoryRow {
            workspace_id: workspace(1).0,
            id: id(9, number),
            name: name.to_owned(),
            position: 5 - i32::try_from(number).unwrap(),
            archived_at: archived,
            created_at: NOW.0,
        };
        in_tx(&own, async |tx| {
            for one in [row(1, "Returns", None), row(2, "Price", None), row(3, "Old", Some(NOW.0))] {
                closing::insert_category(tx, one).await.unwrap();
            }
            assert_eq!(closing::count_categories(tx).await.unwrap(), 2);
        })
        .await;
        let names = |rows: Vec<CategoryRow>| rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
        assert_eq!(names(closing::categories(&own.read(), false).await.unwrap()), ["Price", "Returns"]);
        assert_eq!(names(closing::categories(&own.read(), true).await.unwrap()), ["Old", "Price", "Returns"]);
        assert!(closing::category(&scope(db, 2).read(), id(9, 1)).await.unwrap().is_none());
        let tx = own.write().await.unwrap();
        assert!(closing::insert_category(&tx, row(4, "Price", None)).await.unwrap_err().is_conflict());
        tx.rollback().await.unwrap();
        let ended = ClosingRow {
            workspace_id: workspace(1).0,
            id: id(10, 1),
            conversation_id: id(2, 1),
            contact_id: id(1, 1),
            channel_id: channel(1).0,
            at: NOW.0,
            actor_kind: "user".to_owned(),
            actor_id: Some(id(7, 1)),
            assignee_id: None,
            team_id: None,
            category_id: Some(id(9, 1)),
            note: Some("sent a label".to_owned()),
        };
        in_tx(&own, async |tx| closing::insert(tx, ended.clone()).await.unwrap()).await;
        let tx = own.write().await.unwrap();
        let twice = closing::insert(&tx, ClosingRow { id: id(10, 2), ..ended.clone() }).await;
        assert!(twice.unwrap_err().is_conflict(), "one a resolution");
        tx.rollback().await.unwrap();
        assert_eq!(closing::of_conversation(&own.read(), ConversationId(id(2, 1)), 9).await.unwrap(), [ended]);
    }

    async fn surveys_are_asked_once_a_resolution_and_counted(db: &TestStore) {
        let own = scope(db, 1);
        in_tx(&own, async |tx| {
            for number in 1..=4 {
                survey::insert(tx, survey_of(number, Some(NOW.0 + i64::try_from(number).unwrap()))).await.unwrap();
            }
            survey::insert(tx, survey_of(5, None)).await.unwrap();
        })
        .await;
        let tx = own.write().await.unwrap();
        let twice = survey::insert(&tx, SurveyRow { id: id(8, 9), ..survey_of(1, None) }).await;
        assert!(twice.unwrap_err().is_conflict());
        tx.rollback().await.unwrap();
        let read = own.read();
        assert_eq!(survey::last_asked(&read, ContactId(id(1, 1))).await.unwrap(), Some(NOW.plus(4)));
        assert!(survey::any_since(&read, NOW.plus(4)).await.unwrap());
        assert!(!survey::any_since(&read, NOW.plus(5)).await.unwrap());
        in_tx(&own, async |tx| {
            let asked = survey::asked_since(tx, &[id(1, 1)], NOW.plus(2)).await.unwrap();
            assert_eq!(asked.iter().map(|row| row.id).collect::<Vec<_>>(), [id(8, 4), id(8, 3), id(8, 2)]);
            for (row, score) in asked.into_iter().zip([5, 3]) {
                survey::update(tx, SurveyRow { score: Some(score), ..row }).await.unwrap();
            }
            // The answer was quicker than the note that it was asked.
            survey::settle(tx, SurveyRow { state: "late".to_owned(), ..survey_of(4, None) }).await.unwrap();
        })
        .await;
        let counts = survey::counts(&read, &Filter::default()).await.unwrap();
        let of = |agent: u128, score| counts.iter().find(|one| one.agent == Some(id(7, agent)) && one.score == score).map(|one| one.count);
        assert_eq!((of(1, Some(5)), of(1, None), of(2, Some(3)), of(2, None)), (Some(1), Some(1), Some(1), Some(1)));
        let answered = Filter { answered: true, from: Some(NOW), to: Some(NOW.plus(DAY)), ..Filter::default() };
        let page = survey::page(&read, &answered, None, 9).await.unwrap();
        assert_eq!(page.iter().map(|row| row.id).collect::<Vec<_>>(), [id(8, 4), id(8, 3)]);
        assert_eq!(survey::page(&read, &answered, Some(id(8, 4)), 9).await.unwrap().len(), 1);
        assert!(survey::page(&scope(db, 2).read(), &Filter::default(), None, 9).await.unwrap().is_empty());
    }

    async fn macros_are_everybodys_or_ones_own(db: &TestStore) {
        let own = scope(db, 1);
        let row = |number: u128, owner: Option<u128>| MacroRow {
            workspace_id: workspace(1).0,
            id: id(11, number),
            owner_id: owner.map(|owner| id(7, owner)),
            name: format!("Macro {number}"),
            actions: json!([{ "type": "assign_me" }]),
            created_at: NOW.0,
            updated_at: NOW.0,
        };
        in_tx(&own, async |tx| {
            for one in [row(1, None), row(2, Some(1)), row(3, Some(2))] {
                macros::insert(tx, one).await.unwrap();
            }
            assert_eq!(macros::count(tx).await.unwrap(), 3);
        })
        .await;
        let ids = |rows: Vec<MacroRow>| rows.into_iter().map(|row| row.id.as_u128() & 0xffff).collect::<Vec<_>>();
        let read = own.read();
        assert_eq!(ids(macros::page(&read, None, None, 9).await.unwrap()), [1]);
        assert_eq!(ids(macros::page(&read, Some(UserId(id(7, 1))), None, 9).await.unwrap()), [1, 2]);
        assert_eq!(ids(macros::page(&read, Some(UserId(id(7, 2))), Some(id(11, 1)), 9).await.unwrap()), [3]);
        assert!(macros::get(&scope(db, 2).read(), id(11, 1)).await.unwrap().is_none());
        in_tx(&own, async |tx| {
            macros::update(tx, MacroRow { name: "Other".to_owned(), ..row(1, None) }).await.unwrap();
            macros::delete(tx, id(11, 2)).await.unwrap();
            assert!(matches!(macros::delete(tx, id(11, 2)).await, Err(Error::NotFound("macro"))));
        })
        .await;
        assert_eq!(macros::get(&read, id(11, 1)).await.unwrap().unwrap().name, "Other");
        people(&own, 1, 2).await;
        in_tx(&own, async |tx| rapport_store::user::delete(tx, UserId(id(7, 2))).await.unwrap()).await;
        assert!(macros::get(&read, id(11, 3)).await.unwrap().is_none(), "nobody could see it any more");
        assert!(macros::get(&read, id(11, 1)).await.unwrap().is_some());
    }

    async fn what_somebody_has_is_found_while_it_is_worked_on(db: &TestStore) {
        let own = scope(db, 1);
        let (lea, sales) = (UserId(id(7, 1)), TeamId(id(6, 1)));
        let hers = |number, status| ConversationState { status, assignee_id: Some(lea), ..waits(number, 1, 5) };
        store(&own, vec![
            hers(1, ConversationStatus::Open),
            hers(2, ConversationStatus::Snoozed),
            hers(3, ConversationStatus::Resolved),
            ConversationState { team_id: Some(sales), ..waits(4, 1, 5) },
            waits(5, 1, 5),
        ])
        .await;
        let of = async |place: u128, user, team, limit| -> Vec<u128> {
            let read = scope(db, place).read();
            let rows = rapport_store::conversation::held(&read, user, team, limit).await.unwrap();
            rows.iter().map(|(id, _)| id.0.as_u128() & 0xffff).collect()
        };
        assert_eq!(of(1, Some(lea), None, 9).await, [1, 2]);
        assert_eq!(of(1, Some(lea), None, 1).await, [1]);
        assert_eq!(of(1, None, Some(sales), 9).await, [4]);
        assert!(of(1, None, None, 9).await.is_empty() && of(2, Some(lea), None, 9).await.is_empty());
        people(&own, 1, 2).await;
        in_tx(&own, async |tx| {
            let off = user::Model { disabled_at: Some(NOW.0), ..person(1, 2) };
            rapport_store::user::update(tx, off).await.unwrap();
            let asked: Vec<UserId> = (1..=3).map(|number| UserId(id(7, number))).collect();
            assert_eq!(rapport_store::user::enabled(tx, &asked).await.unwrap(), [lea]);
            assert!(rapport_store::team::existing(tx, &[sales]).await.unwrap().is_empty());
        })
        .await;
    }
}
