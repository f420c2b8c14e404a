//! Conversations that wait are given to whoever is there, once; what is over is asked about, once.

use crate::inbound::on_both;
use crate::world::{NUMBER, START, World, customer, envelope, text};
use rapport_app::account::teams;
use rapport_app::account::users::{self, NewUser};
use rapport_app::auth::{Actor, Caller, Role};
use rapport_app::closing::ClosingNote;
use rapport_app::inbox::update::{ConversationPatch, update};
use rapport_app::inbox::words::StatusWord;
use rapport_app::routing::assign;
use rapport_app::routing::policy::{self, ModeWord, PlacePut};
use rapport_app::survey::settings::{self, SettingsPatch};
use rapport_core::inbox::{Change, ConversationState};
use rapport_core::time::{DAY, MINUTE};
use rapport_core::{ContactId, ConversationId, TeamId, UserId};
use rapport_store::Backend;
use rapport_store::survey::SurveyRow;
use serde_json::{Value, json};
use uuid::Uuid;

const NOW_S: i64 = START.0 / 1_000;

fn system(world: &World) -> Caller {
    Caller::system(world.workspace)
}

fn person(world: &World, user: UserId) -> Caller {
    let role = Role::Agent;
    let actor = Actor::User { user, session: Uuid::nil() };
    Caller { actor, role, permissions: role.permissions(), name: "Lea".to_owned(), ..system(world) }
}

/// An agent who is online with a connected screen.
async fn agent(world: &World, name: &str) -> UserId {
    let new = NewUser {
        name: name.to_owned(),
        email: format!("{name}@shop.example"),
        role: Role::Agent,
        password: "a long enough passphrase".to_owned(),
    };
    let user = UserId(users::create(&world.app, &system(world), new).await.unwrap().id);
    says(world, user, "online").await;
    connected(world, user).await;
    user
}

async fn says(world: &World, user: UserId, presence: &str) {
    let patch = serde_json::from_value(json!({ "presence": presence })).unwrap();
    rapport_app::account::me::update(&world.app, &person(world, user), patch).await.unwrap();
}

async fn connected(world: &World, user: UserId) {
    let tx = world.app.store.workspace(world.workspace).write().await.unwrap();
    rapport_store::routing::seen(&tx, user, world.app.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn policy(world: &World, mode: ModeWord, cap: Option<u32>) {
    let put = PlacePut { mode: Some(mode), cap, ..PlacePut::default() };
    policy::put(&world.app, &system(world), world.workspace.0, put).await.unwrap();
}

async fn customers(world: &World, numbers: std::ops::Range<usize>) {
    for n in numbers {
        let at = NOW_S + i64::try_from(n).unwrap();
        world.deliver(&text(n, &format!("wamid.IN{n}"), at - 100, "hello")).await;
    }
    world.settle().await;
}

async fn uuid(world: &World, sql: &str) -> Uuid {
    rapport_store::testing::text(&world.app.store, sql).await.unwrap().parse().unwrap()
}

async fn resolve(world: &World, caller: &Caller, id: ConversationId, closing: Option<ClosingNote>) {
    let patch = ConversationPatch { status: Some(StatusWord::Resolved), closing, ..ConversationPatch::default() };
    update(&world.app, caller, id, patch).await.unwrap();
}

const GIVEN: &str = "SELECT count(*) FROM conversation WHERE assignee_id IS NOT NULL AND status = 'open'";

async fn the_longest_waiting_are_given_first_and_nobody_gets_more_than_their_share(backend: Backend) {
    let world = World::open(backend).await;
    customers(&world, 0..5).await;
    let (lea, omar) = (agent(&world, "lea").await, agent(&world, "omar").await);
    policy(&world, ModeWord::Load, Some(2)).await;
    world.until("four are given", GIVEN, 4).await;
    // Whoever looks at the same moment finds nothing to give twice.
    let (first, second) =
        tokio::join!(assign::run(&world.app, world.workspace), assign::run(&world.app, world.workspace));
    assert!(first.is_ok() && second.is_ok());
    let agents = rapport_app::routing::agents::list(&world.app, &system(&world)).await.unwrap();
    for user in [lea, omar] {
        let open = agents.iter().find(|agent| agent.user_id == user.0).map(|agent| agent.open);
        assert_eq!(open, Some(2), "nobody is above the cap");
    }
    let last = "SELECT count(*) FROM conversation WHERE assignee_id IS NULL AND waiting_since = \
                (SELECT max(waiting_since) FROM conversation)";
    assert_eq!(world.number(last).await, 1, "the shortest wait is the one that goes on");
    let lines = "SELECT count(*) FROM message WHERE direction = 'event'";
    assert_eq!(world.number(lines).await, 4, "each was given once");
    let done = uuid(&world, "SELECT id FROM conversation WHERE assignee_id IS NOT NULL ORDER BY id LIMIT 1").await;
    resolve(&world, &system(&world), ConversationId(done), None).await;
    world.until("the last one is given", "SELECT count(*) FROM conversation WHERE assignee_id IS NULL", 0).await;
    world.finish().await;
}

async fn nobody_who_is_away_or_gone_gets_anything(backend: Backend) {
    let world = World::open(backend).await;
    let lea = agent(&world, "lea").await;
    policy(&world, ModeWord::RoundRobin, None).await;
    world.clock.advance(3 * MINUTE);
    customers(&world, 0..2).await;
    assign::run(&world.app, world.workspace).await.unwrap();
    assert_eq!(world.number(GIVEN).await, 0, "no screen of hers is connected");
    let queue = policy::queue(&world.app, &system(&world), 10).await.unwrap();
    assert_eq!(queue.iter().map(|one| one.reason).collect::<Vec<_>>(), [Some("nobody_available"); 2]);
    connected(&world, lea).await;
    says(&world, lea, "away").await;
    assign::run(&world.app, world.workspace).await.unwrap();
    assert_eq!(world.number(GIVEN).await, 0, "she takes none");
    says(&world, lea, "online").await;
    world.until("she is back", GIVEN, 2).await;
    world.finish().await;
}

async fn has(world: &World, id: Uuid) -> Option<Uuid> {
    let read = world.app.store.workspace(world.workspace).read();
    rapport_store::conversation::get(&read, ConversationId(id)).await.unwrap().unwrap().assignee_id
}

async fn give(world: &World, id: Uuid, to: UserId) {
    let patch = ConversationPatch { assignee_id: Some(Some(to.0)), ..ConversationPatch::default() };
    update(&world.app, &system(world), ConversationId(id), patch).await.unwrap();
}

/// A team without members.
async fn team(world: &World) -> Uuid {
    let new = serde_json::from_value(json!({ "name": "Sales" })).unwrap();
    teams::create(&world.app, &system(world), new).await.unwrap().id
}

async fn what_somebody_had_who_is_gone_is_given_to_others(backend: Backend) {
    let world = World::open(backend).await;
    let (lea, omar) = (agent(&world, "lea").await, agent(&world, "omar").await);
    customers(&world, 0..4).await;
    let of = |n: i64| format!("SELECT id FROM conversation ORDER BY waiting_since LIMIT 1 OFFSET {n}");
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(uuid(&world, &of(n)).await);
    }
    for id in &ids[..3] {
        give(&world, *id, lea).await;
    }
    let team = team(&world).await;
    let patch = ConversationPatch { team_id: Some(Some(team)), ..ConversationPatch::default() };
    update(&world.app, &system(&world), ConversationId(ids[3]), patch).await.unwrap();
    // One is snoozed, two are resolved: the customer or a colleague opens them again.
    let until = Some(Some(world.app.now().plus(DAY).0));
    let snooze = ConversationPatch { snoozed_until: until, ..ConversationPatch::default() };
    update(&world.app, &system(&world), ConversationId(ids[0]), snooze).await.unwrap();
    resolve(&world, &system(&world), ConversationId(ids[1]), None).await;
    resolve(&world, &system(&world), ConversationId(ids[2]), None).await;
    policy(&world, ModeWord::Load, None).await;
    assign::run(&world.app, world.workspace).await.unwrap();
    assert_eq!(has(&world, ids[3]).await, None, "nobody belongs to its team");

    let off = serde_json::from_value(json!({ "disabled": true })).unwrap();
    users::update(&world.app, &system(&world), lea, off).await.unwrap();
    teams::delete(&world.app, &system(&world), TeamId(team)).await.unwrap();
    world.until("it is done", "SELECT count(*) FROM job WHERE kind = 'release'", 0).await;
    world.until("the team's is given", GIVEN, 1).await;
    assert_eq!((has(&world, ids[3]).await, has(&world, ids[0]).await), (Some(omar.0), None));
    assert_eq!(has(&world, ids[1]).await, Some(lea.0), "who had what is done is remembered");
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE team_id IS NOT NULL").await, 0);

    world.deliver(&text(1, "wamid.AGAIN", NOW_S + 1, "one more thing")).await;
    world.settle().await;
    world.until("what the customer opened is given", GIVEN, 2).await;
    assert_eq!(has(&world, ids[1]).await, Some(omar.0));
    let open = ConversationPatch { status: Some(StatusWord::Open), ..ConversationPatch::default() };
    update(&world.app, &system(&world), ConversationId(ids[2]), open).await.unwrap();
    assert_eq!(has(&world, ids[2]).await, None, "what a colleague opened is nobody's");
    world.finish().await;
}

/// More than a run once looked at wait for a team that has nobody; behind them somebody waits who can be helped.
async fn those_whom_nobody_can_help_do_not_stand_before_the_others(backend: Backend) {
    let world = World::open(backend).await;
    let lea = agent(&world, "lea").await;
    customers(&world, 0..1).await;
    let last = world.only_conversation().await;
    let team = TeamId(team(&world).await);
    let tx = world.app.store.workspace(world.workspace).write().await.unwrap();
    let mut book = rapport_store::ingest::load_conversations(&tx, &[last]).await.unwrap();
    let known = book.conversation(last).cloned().unwrap();
    let since = known.waiting_since.unwrap();
    let rows = (1..=5_100).map(|n| {
        Change::CreateConversation(ConversationState {
            id: ConversationId(tx.new_id(since)),
            contact_id: ContactId(tx.new_id(since)),
            team_id: Some(team),
            waiting_since: Some(since.plus(-n)),
            ..known.clone()
        })
    });
    book.apply(rows.collect());
    rapport_store::ingest::save(&tx, &book.drain(), since).await.unwrap();
    tx.commit().await.unwrap();
    policy(&world, ModeWord::RoundRobin, None).await;
    assign::run(&world.app, world.workspace).await.unwrap();
    assert_eq!(has(&world, last.0).await, Some(lea.0));
    world.finish().await;
}

fn tap(n: usize, id: &str, seconds: i64, row: &str) -> Value {
    envelope(json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550783881", "phone_number_id": NUMBER },
        "contacts": [{ "profile": { "name": format!("Customer {n}") }, "wa_id": customer(n), "user_id": format!("US.{n}") }],
        "messages": [{ "from": customer(n), "from_user_id": format!("US.{n}"), "id": id,
                       "timestamp": seconds.to_string(), "type": "interactive",
                       "interactive": { "type": "list_reply", "list_reply": { "id": row, "title": "4 - Satisfied" } } }]
    }))
}

async fn surveys(world: &World) {
    let patch = SettingsPatch { enabled: Some(true), delay_ms: Some(0), ..SettingsPatch::default() };
    settings::update(&world.app, &system(world), patch).await.unwrap();
}

async fn a_score_and_its_comment_are_kept_and_nobody_is_asked_twice(backend: Backend) {
    let world = World::open(backend).await;
    surveys(&world).await;
    let lea = agent(&world, "lea").await;
    world.deliver(&text(1, "wamid.IN", NOW_S, "hello")).await;
    world.settle().await;
    let id = world.only_conversation().await;
    resolve(&world, &person(&world, lea), id, None).await;
    world.until("it is asked", "SELECT count(*) FROM survey WHERE state = 'asked' AND via = 'list'", 1).await;
    world.clock.advance(1_100);
    world.until("it is sent", "SELECT count(*) FROM message WHERE kind = 'interactive' AND status = 'sent'", 1).await;
    let sent = world.provider.sends().pop().unwrap();
    assert_eq!(sent["interactive"]["type"], "list");
    let row = sent["interactive"]["action"]["sections"][0]["rows"][1]["id"].as_str().unwrap().to_owned();
    world.clock.advance(MINUTE);
    world.deliver(&tap(1, "wamid.TAP", NOW_S + 30, &row)).await;
    world.settle().await;
    assert_eq!(world.number("SELECT count(*) FROM survey WHERE state = 'answered' AND score = 4").await, 1);
    let closed = "SELECT count(*) FROM conversation WHERE status = 'resolved' AND unread = 0";
    assert_eq!(world.number(closed).await, 1, "a score asks for nobody's attention");
    world.deliver(&text(1, "wamid.WHY", NOW_S + 40, "It took a while")).await;
    world.settle().await;
    assert_eq!(world.number("SELECT count(*) FROM survey WHERE comment = 'It took a while'").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE status = 'open'").await, 1, "words are read");
    // Resolved again: the same customer is not asked again so soon.
    resolve(&world, &person(&world, lea), id, None).await;
    world.until("it is let be", "SELECT count(*) FROM survey WHERE state = 'skipped' AND reason = 'recent'", 1).await;
    assert_eq!(world.provider.sends().len(), 1);
    world.finish().await;
}

async fn outside_the_window_nobody_is_asked_without_a_template(backend: Backend) {
    let world = World::open(backend).await;
    surveys(&world).await;
    world.deliver(&text(1, "wamid.IN", NOW_S, "hello")).await;
    world.settle().await;
    world.clock.advance(2 * DAY);
    let id = world.only_conversation().await;
    resolve(&world, &system(&world), id, None).await;
    world
        .until("it is let be", "SELECT count(*) FROM survey WHERE state = 'skipped' AND reason = 'no_template'", 1)
        .await;
    assert!(world.provider.sends().is_empty());
    world.finish().await;
}

async fn a_customer_who_goes_on_is_not_asked(backend: Backend) {
    let world = World::open(backend).await;
    let patch = SettingsPatch { enabled: Some(true), delay_ms: Some(5 * MINUTE), ..SettingsPatch::default() };
    settings::update(&world.app, &system(&world), patch).await.unwrap();
    world.deliver(&text(1, "wamid.IN", NOW_S, "hello")).await;
    world.settle().await;
    resolve(&world, &system(&world), world.only_conversation().await, None).await;
    world.deliver(&text(1, "wamid.MORE", NOW_S + 1, "one more thing")).await;
    world.settle().await;
    world.clock.advance(6 * MINUTE);
    world.until("the job is done", "SELECT count(*) FROM job WHERE kind = 'survey'", 0).await;
    assert_eq!(world.number("SELECT count(*) FROM survey").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM closing").await, 1, "how it ended is kept");
    world.finish().await;
}

/// A run that was killed between its row and its message goes on when the customer has come back.
async fn a_customer_who_waits_is_not_asked_by_a_late_run(backend: Backend) {
    let world = World::open(backend).await;
    let patch = SettingsPatch { enabled: Some(true), delay_ms: Some(5 * MINUTE), ..SettingsPatch::default() };
    settings::update(&world.app, &system(&world), patch).await.unwrap();
    world.deliver(&text(1, "wamid.IN", NOW_S, "hello")).await;
    world.settle().await;
    let id = world.only_conversation().await;
    resolve(&world, &system(&world), id, None).await;
    let scope = world.app.store.workspace(world.workspace);
    let row = rapport_store::conversation::get(&scope.read(), id).await.unwrap().unwrap();
    let begun = SurveyRow {
        workspace_id: row.workspace_id,
        id: world.app.store.new_id(world.app.now()),
        conversation_id: row.id,
        contact_id: row.contact_id,
        channel_id: row.channel_id,
        agent_id: None,
        resolved_at: row.resolved_at.unwrap(),
        state: "asking".to_owned(),
        reason: None,
        via: None,
        message_id: None,
        asked_at: Some(world.app.now().0),
        score: None,
        scored_at: None,
        comment: None,
        commented_at: None,
        created_at: world.app.now().0,
    };
    let tx = scope.write().await.unwrap();
    rapport_store::survey::insert(&tx, begun).await.unwrap();
    tx.commit().await.unwrap();
    world.deliver(&text(1, "wamid.MORE", NOW_S + 1, "one more thing")).await;
    world.settle().await;
    world.clock.advance(6 * MINUTE);
    world.until("the job is done", "SELECT count(*) FROM job WHERE kind = 'survey'", 0).await;
    let waits = "SELECT count(*) FROM conversation WHERE status = 'open' AND waiting_since IS NOT NULL AND unread > 0";
    assert_eq!(world.number(waits).await, 1);
    assert_eq!(world.number("SELECT count(*) FROM survey WHERE state = 'skipped' AND reason = 'reopened'").await, 1);
    assert!(world.provider.sends().is_empty());
    world.finish().await;
}

on_both!(
    the_longest_waiting_are_given_first_and_nobody_gets_more_than_their_share,
    nobody_who_is_away_or_gone_gets_anything,
    what_somebody_had_who_is_gone_is_given_to_others,
    those_whom_nobody_can_help_do_not_stand_before_the_others,
    a_score_and_its_comment_are_kept_and_nobody_is_asked_twice,
    outside_the_window_nobody_is_asked_without_a_template,
    a_customer_who_goes_on_is_not_asked,
    a_customer_who_waits_is_not_asked_by_a_late_run,
);
