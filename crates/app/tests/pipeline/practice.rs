//! Practice: scripted customers come in and are answered like real ones, nothing of it touches business, and nothing of
//! it stays.

use crate::inbound::on_both;
use crate::world::World;
use rapport_app::account::users::{self, NewUser};
use rapport_app::auth::{Actor, Caller, Permission, Role};
use rapport_app::inbox::note::{self, NewNote};
use rapport_app::inbox::send::{SendRequest, send};
use rapport_app::inbox::update::{ConversationPatch, update};
use rapport_app::inbox::words::StatusWord;
use rapport_app::practice::{self, PracticeView};
use rapport_app::{Error, media};
use rapport_core::message::Content;
use rapport_core::{ConversationId, MediaId, UserId};
use rapport_store::Backend;
use rapport_store::testing::{rows_of, text};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};
use uuid::Uuid;

on_both!(
    a_scenario_is_played_to_its_end_and_leaves_nothing,
    outside_the_window_only_a_template_goes,
    practice_has_limits
);

/// Somebody of the workspace, at home.
async fn person(world: &World, name: &str, role: Role) -> Caller {
    let new = NewUser {
        name: name.to_owned(),
        email: format!("{name}@shop.example"),
        role,
        password: "a long enough passphrase".to_owned(),
    };
    let system = Caller::system(world.workspace);
    let user = UserId(users::create(&world.app, &system, new).await.unwrap().id);
    let actor = Actor::User { user, session: Uuid::nil() };
    Caller { actor, role, permissions: role.permissions(), name: name.to_owned(), ..system }
}

async fn inside(world: &World, caller: &Caller) -> Caller {
    let room = practice::enter(&world.app, caller).await.unwrap();
    let inside = practice::seat(&world.app, caller.clone(), room).await.unwrap();
    assert_eq!((inside.workspace.0, inside.home), (room, Some(world.workspace)));
    inside
}

/// Lets time pass until a statement gives this number.
async fn pass(world: &World, what: &str, sql: &str, expected: i64) {
    let mut found = -1;
    for _ in 0..900 {
        found = world.number(sql).await;
        if found == expected {
            return;
        }
        world.clock.advance(200);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut more = Vec::new();
    for sql in [
        "SELECT count(*) FROM job WHERE kind = 'practise' AND state = 'ready'",
        "SELECT count(*) FROM job WHERE kind = 'practise' AND state = 'running'",
        "SELECT count(*) FROM job WHERE kind = 'practise' AND last_error IS NOT NULL",
        "SELECT count(*) FROM message WHERE direction = 'out' AND sent_at IS NOT NULL",
        "SELECT count(*) FROM send_queue",
        "SELECT count(*) FROM raw_event WHERE state = 0",
        "SELECT count(*) FROM raw_event WHERE state > 1",
    ] {
        more.push(world.number(sql).await);
    }
    panic!("{what}: expected {expected}, found {found}; {more:?}");
}

async fn conversation(world: &World) -> ConversationId {
    let sql = "SELECT conversation_id FROM practice_run WHERE state = 'running' ORDER BY number DESC LIMIT 1";
    ConversationId(text(&world.app.store, sql).await.unwrap().parse().unwrap())
}

async fn say(world: &World, caller: &Caller, id: ConversationId, content: Content) -> Result<(), Error> {
    send(&world.app, caller, id, SendRequest::plain(None, content)).await.map(drop)
}

fn words(body: &str) -> Content {
    Content::Text { body: body.to_owned(), preview_url: None }
}

/// What counts the customer's lines in a conversation.
fn heard(world: &World, id: ConversationId) -> String {
    let id = match world.app.store.backend() {
        Backend::Sqlite => format!("x'{}'", id.0.simple()),
        Backend::Postgres => format!("'{}'", id.0),
    };
    format!("SELECT count(*) FROM message WHERE direction = 'in' AND conversation_id = {id}")
}

async fn mine(world: &World, caller: &Caller) -> PracticeView {
    practice::get(&world.app, caller).await.unwrap()
}

/// What a workspace has, without what tells that there was practice.
async fn business(world: &World) -> BTreeMap<String, i64> {
    let mut rows = rows_of(&world.app.store, world.workspace.0).await.unwrap();
    rows.retain(|table, _| !["audit_log", "job", "practice_room"].contains(&table.as_str()));
    rows
}

async fn a_scenario_is_played_to_its_end_and_leaves_nothing(backend: Backend) {
    let mut world = World::open(backend).await;
    let lea = person(&world, "lea", Role::Supervisor).await;
    let before = business(&world).await;
    let lea_inside = inside(&world, &lea).await;
    let room = lea_inside.workspace.0;
    practice::start(&world.app, &lea_inside, "photo").await.unwrap();
    pass(&world, "the photo is here", "SELECT count(*) FROM media WHERE state = 'stored'", 1).await;
    practice::start(&world.app, &lea_inside, "order").await.unwrap();
    pass(&world, "both are hers", "SELECT count(*) FROM conversation WHERE assignee_id IS NOT NULL", 2).await;
    pass(&world, "and known", "SELECT count(*) FROM practice_run WHERE conversation_id IS NOT NULL", 2).await;
    let id = conversation(&world).await;

    say(&world, &lea_inside, id, words("Hello Maya, what is the order number?")).await.unwrap();
    world.restart().await;
    pass(&world, "a stop in the middle changes nothing", &heard(&world, id), 2).await;
    let note = NewNote { client_id: None, body: "checked the parcel".to_owned(), mentions: vec![] };
    note::create(&world.app, &lea_inside, id, note).await.unwrap();
    say(&world, &lea_inside, id, words("It arrives tomorrow.")).await.unwrap();
    pass(&world, "the customer thanks", &heard(&world, id), 3).await;
    pass(&world, "answers are read", "SELECT count(*) FROM message WHERE read_at IS NOT NULL", 2).await;
    let patch = ConversationPatch { status: Some(StatusWord::Resolved), ..ConversationPatch::default() };
    update(&world.app, &lea_inside, id, patch).await.unwrap();
    pass(&world, "it is over", "SELECT count(*) FROM practice_run WHERE state = 'done'", 1).await;

    let view = mine(&world, &lea).await;
    let run = view.runs.iter().find(|run| run.scenario == "order").unwrap();
    let debrief = run.debrief.as_ref().unwrap();
    assert_eq!(debrief.replies, 2);
    let missed: Vec<_> = debrief.points.iter().filter(|point| !point.good).map(|point| &point.name).collect();
    assert_eq!(missed, Vec::<&String>::new());
    let names: Vec<_> = debrief.points.iter().map(|point| point.name.as_str()).collect();
    assert_eq!(names, ["first_response", "patience", "order_number", "note", "resolved"]);
    assert!(world.provider.sends().is_empty() && world.provider.requests.lock().unwrap().is_empty());
    assert_eq!(business(&world).await, before, "business has nothing of it");
    assert!(rows_of(&world.app.store, room).await.unwrap()["message"] >= 7);

    // Nobody writes the same bytes at this moment: they are old enough to go.
    let photo = text(&world.app.store, "SELECT id FROM media WHERE state = 'stored'").await.unwrap().parse().unwrap();
    let read = world.app.store.workspace(lea_inside.workspace).read();
    let photo = rapport_store::media::get(&read, MediaId(photo)).await.unwrap().unwrap();
    let hash = photo.sha256.unwrap();
    let file = media::path(&world.app.settings.data_dir, &hash);
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(old).unwrap();
    practice::end(&world.app, &lea_inside).await.unwrap();
    assert!(!mine(&world, &lea).await.open);
    assert_eq!(practice::seat(&world.app, lea.clone(), room).await.unwrap().home, None, "the door is closed at once");
    world.restart().await;
    practice::end(&world.app, &lea).await.unwrap();
    pass(&world, "the room is gone", "SELECT count(*) FROM practice_room", 0).await;
    assert_eq!(rows_of(&world.app.store, room).await.unwrap(), BTreeMap::new());
    assert_eq!(world.number("SELECT count(*) FROM send_lane WHERE portfolio_key LIKE 'practice:%'").await, 0);
    assert!(!file.exists());
    assert_eq!(business(&world).await, before);
    let again = inside(&world, &lea).await;
    assert_ne!(again.workspace.0, room);
    assert!(mine(&world, &again).await.runs.is_empty());
    world.finish().await;
}

async fn outside_the_window_only_a_template_goes(backend: Backend) {
    let world = World::open(backend).await;
    let lea = person(&world, "lea", Role::Agent).await;
    let lea = inside(&world, &lea).await;
    practice::start(&world.app, &lea, "window").await.unwrap();
    pass(&world, "it is hers", "SELECT count(*) FROM practice_run WHERE conversation_id IS NOT NULL", 1).await;
    let id = conversation(&world).await;
    let refused = say(&world, &lea, id, words("It is back!")).await;
    assert!(refused.is_err(), "the guard is the real one: {refused:?}");
    let parameters = json!([{ "type": "body", "parameters": [{ "type": "text", "text": "Elena" }] }]);
    let (name, language) = ("practice_follow_up".to_owned(), "en".to_owned());
    say(&world, &lea, id, Content::Template { name, language, components: parameters, preview: None }).await.unwrap();
    pass(&world, "the customer is back", &heard(&world, id), 2).await;
    say(&world, &lea, id, words("Yes, since this morning.")).await.unwrap();
    pass(&world, "and thanks", &heard(&world, id), 3).await;
    // Numbers are such as nobody can have.
    assert_eq!(world.number("SELECT count(*) FROM contact WHERE phone LIKE '+999%'").await, 1);
    world.finish().await;
}

async fn practice_has_limits(backend: Backend) {
    let world = World::open(backend).await;
    let (lea, tom) = (person(&world, "lea", Role::Agent).await, person(&world, "tom", Role::Viewer).await);
    let code = |result: Result<_, Error>| match result {
        Err(Error::Refused { code, .. }) => code,
        other => panic!("{:?}", other.map(drop)),
    };
    let (one, two) = tokio::join!(practice::enter(&world.app, &lea), practice::enter(&world.app, &lea));
    assert_eq!(one.unwrap(), two.unwrap(), "one room, whoever comes first");
    let inside = inside(&world, &lea).await;
    assert!(inside.permissions.has(Permission::InboxWrite) && !inside.permissions.has(Permission::TeamManage));
    assert!(matches!(practice::enter(&world.app, &tom).await, Err(Error::Forbidden(_))));
    assert_eq!(practice::seat(&world.app, tom, inside.workspace.0).await.unwrap().home, None, "nobody let him in");
    assert!(matches!(practice::end(&world.app, &inside).await, Err(Error::Forbidden(_))));
    assert_eq!(code(practice::start(&world.app, &lea, "order").await), "not_practising");
    assert!(matches!(practice::start(&world.app, &inside, "x").await, Err(Error::NotFound(_))));
    for kind in ["order", "size", "photo"] {
        practice::start(&world.app, &inside, kind).await.unwrap();
    }
    assert_eq!(code(practice::start(&world.app, &inside, "order").await), "already_running");
    assert_eq!(code(practice::start(&world.app, &inside, "window").await), "too_many_running");
    let view = mine(&world, &inside).await;
    assert_eq!(view.scenarios.iter().filter(|scenario| scenario.running).count(), 3);
    world.finish().await;
}
