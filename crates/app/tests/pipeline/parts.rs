//! Conversations are split and merged while customers write and messages are on their way.

use crate::inbound::on_both;
use crate::world::{START, World, status, text};
use rapport_app::auth::Caller;
use rapport_app::inbox::parts::{MergeRequest, SplitRequest, merge, split};
use rapport_app::inbox::send::{SendRequest, send};
use rapport_app::inbox::{jump, list, thread};
use rapport_core::message::Content;
use rapport_core::time::{HOUR, MINUTE};
use rapport_core::{ConversationId, MessageId};
use rapport_store::Backend;

const NOW_S: i64 = START.0 / 1_000;

async fn id_of(world: &World, provider: &str) -> MessageId {
    let sql = format!("SELECT id FROM message WHERE provider_id = '{provider}'");
    MessageId(rapport_store::testing::text(&world.app.store, &sql).await.unwrap().parse().unwrap())
}

/// The customer wrote, was answered, and wrote about something else.
async fn opened(backend: Backend) -> (World, ConversationId) {
    let world = World::open(backend).await;
    world.deliver(&text(1, "wamid.IN1", NOW_S, "about shoes")).await;
    world.settle().await;
    let talk = world.only_conversation().await;
    world.clock.advance(MINUTE);
    world.write(talk, "they are here").await;
    world.until("sent", "SELECT count(*) FROM message WHERE status = 'sent'", 1).await;
    world.clock.advance(MINUTE);
    world.deliver(&text(1, "wamid.IN2", NOW_S + 121, "about the bill")).await;
    world.settle().await;
    (world, talk)
}

async fn cut(world: &World, talk: ConversationId, at: MessageId) -> ConversationId {
    let caller = Caller::system(world.workspace);
    let made = split(&world.app, &caller, talk, SplitRequest { message_id: at.0 }).await.unwrap();
    ConversationId(made.id)
}

/// Every message is in a conversation that is there, and at most one of them is open.
async fn whole(world: &World, messages: i64) {
    let kept = "SELECT count(*) FROM message AS m JOIN conversation AS c ON c.workspace_id = m.workspace_id \
                AND c.id = m.conversation_id WHERE m.direction IN ('in', 'out')";
    assert_eq!(world.number(kept).await, messages);
    assert!(world.number("SELECT count(*) FROM conversation WHERE status <> 'resolved'").await <= 1);
    let shown = "SELECT count(*) FROM conversation AS c LEFT JOIN message AS m ON m.workspace_id = c.workspace_id \
                 AND m.id = c.last_message_id AND m.conversation_id = c.id \
                 WHERE c.last_message_id IS NOT NULL AND m.id IS NULL";
    assert_eq!(world.number(shown).await, 0, "each shows a line of its own");
}

async fn what_comes_afterwards_finds_its_part(backend: Backend) {
    let (world, talk) = opened(backend).await;
    let second = id_of(&world, "wamid.IN2").await;
    let made = cut(&world, talk, second).await;
    whole(&world, 3).await;
    let caller = Caller::system(world.workspace);
    let (old, new) =
        (list::get(&world.app, &caller, talk).await.unwrap(), list::get(&world.app, &caller, made).await.unwrap());
    assert_eq!((old.unread_count, new.unread_count), (0, 1));
    assert!(old.waiting_since.is_none() && new.waiting_since.is_some());
    // A report about what stayed, then a message of the customer and one of ours.
    world.deliver(&status(1, "wamid.OUT1", "delivered", NOW_S + 130, None)).await;
    world.deliver(&text(1, "wamid.IN3", NOW_S + 140, "hello?")).await;
    world.settle().await;
    assert_eq!(world.number("SELECT count(*) FROM message WHERE status = 'delivered'").await, 1);
    world.write(made, "the bill is paid").await;
    world.until("sent", "SELECT count(*) FROM message WHERE status = 'sent'", 1).await;
    whole(&world, 5).await;
    let (lines, _) = thread::page(&world.app, &caller, made, None, 50).await.unwrap();
    assert_eq!(lines.iter().filter(|line| matches!(line.direction.as_str(), "in" | "out")).count(), 3);
    assert_eq!(lines.last().unwrap().content["event"], "split_from");
    let (lines, _) = thread::page(&world.app, &caller, talk, None, 50).await.unwrap();
    assert_eq!(lines[0].content["data"]["to"], made.to_string());
    // A hit of the search opens the part that has it.
    assert!(jump::around(&world.app, &caller, made, second, 10).await.is_ok());
    world.finish().await;
}

async fn what_is_planned_goes_once_from_where_it_is(backend: Backend) {
    let (world, talk) = opened(backend).await;
    let caller = Caller::system(world.workspace);
    let content = Content::Text { body: "later".to_owned(), preview_url: None };
    let at = world.app.now().plus(HOUR).0;
    let planned = SendRequest { send_at: Some(at), ..SendRequest::plain(Some("once".to_owned()), content) };
    let first = send(&world.app, &caller, talk, planned.clone()).await.unwrap();
    let made = cut(&world, talk, id_of(&world, "wamid.IN2").await).await;
    // The client did not hear the answer and asks again, where it asked before.
    let again = send(&world.app, &caller, talk, planned).await.unwrap();
    assert_eq!((again.is_new, again.message.id), (false, first.message.id));
    assert_eq!(again.message.conversation_id, made.0);
    world.clock.advance(HOUR + 5_000);
    world.until("sent", "SELECT count(*) FROM message WHERE status = 'sent'", 2).await;
    assert_eq!(world.provider.sends().len(), 2);
    let row = list::get(&world.app, &caller, made).await.unwrap();
    assert_eq!(row.last_message.unwrap().preview, "later");
    whole(&world, 4).await;
    world.finish().await;
}

async fn a_customer_who_writes_meanwhile_loses_nothing(backend: Backend) {
    let (world, talk) = opened(backend).await;
    let (first, second) = (id_of(&world, "wamid.IN2").await, 2);
    let writes = async {
        for n in 0..12 {
            world.deliver(&text(1, &format!("wamid.MORE{n}"), NOW_S + 130 + n, "and")).await;
        }
    };
    let parts = async {
        let caller = Caller::system(world.workspace);
        let mut place = talk;
        for _ in 0..second {
            let made = cut(&world, place, first).await;
            let merged = merge(&world.app, &caller, made, MergeRequest { into: place.0 }).await.unwrap();
            assert_eq!(merged.id, made.0, "the open one stays");
            place = made;
        }
        place
    };
    let ((), last) = tokio::join!(writes, parts);
    world.settle().await;
    world.write(last, "and one of ours").await;
    world.until("sent", "SELECT count(*) FROM message WHERE status = 'sent'", 2).await;
    whole(&world, 16).await;
    let caller = Caller::system(world.workspace);
    let row = list::get(&world.app, &caller, talk).await.unwrap();
    assert_eq!(row.id, last.0, "the first id still leads there");
    assert_eq!(world.number("SELECT count(*) FROM conversation").await, 1);
    world.finish().await;
}

on_both!(
    what_comes_afterwards_finds_its_part,
    what_is_planned_goes_once_from_where_it_is,
    a_customer_who_writes_meanwhile_loses_nothing,
);
