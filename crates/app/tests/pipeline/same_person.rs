//! Two contacts are one person: what they wrote becomes one, is answered where they wrote last, and can be parted again.

use crate::inbound::on_both;
use crate::world::{START, World, text};
use rapport_app::auth::Caller;
use rapport_app::contact::merge::{MergeContact, merge};
use rapport_app::contact::{list, part};
use rapport_app::inbox;
use rapport_core::time::MINUTE;
use rapport_core::{ContactId, ConversationId};
use rapport_store::Backend;

const NOW_S: i64 = START.0 / 1_000;

async fn contact(world: &World, n: usize) -> ContactId {
    let sql = format!("SELECT contact_id FROM identity WHERE kind = 'bsuid' AND value = 'US.{n}'");
    ContactId(rapport_store::testing::text(&world.app.store, &sql).await.unwrap().parse().unwrap())
}

async fn talk(world: &World, word: &str) -> ConversationId {
    let sql = format!("SELECT conversation_id FROM message WHERE provider_id = '{word}'");
    ConversationId(rapport_store::testing::text(&world.app.store, &sql).await.unwrap().parse().unwrap())
}

/// The numbers that messages went to, in order.
fn reached(world: &World) -> Vec<String> {
    world.provider.sends().iter().map(|body| body["to"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn one_person_with_two_numbers(backend: Backend) {
    let world = World::open(backend).await;
    let caller = Caller::system(world.workspace);
    world.deliver(&text(1, "wamid.A1", NOW_S, "from my old phone")).await;
    world.deliver(&text(2, "wamid.B1", NOW_S + 1, "from my new one")).await;
    world.settle().await;
    let (keep, gone) = (contact(&world, 1).await, contact(&world, 2).await);
    let (first, second) = (talk(&world, "wamid.A1").await, talk(&world, "wamid.B1").await);
    let merged = merge(&world.app, &caller, keep, MergeContact { gone: gone.0 }).await.unwrap();
    let id = merged.merge_id.unwrap();
    assert_eq!(merged.contact.identities.iter().filter(|one| one.kind == "wa_id").count(), 2);
    assert_eq!(world.number("SELECT count(*) FROM conversation").await, 1, "what was open twice is one");
    assert_eq!(inbox::list::get(&world.app, &caller, second).await.unwrap().id, first.0);
    let again = merge(&world.app, &caller, keep, MergeContact { gone: gone.0 }).await.unwrap();
    assert_eq!(again.merge_id, None, "once");

    // Answered where they wrote last, which changes.
    world.clock.advance(MINUTE);
    world.write(first, "one").await;
    world.until("sent", "SELECT count(*) FROM message WHERE status = 'sent'", 1).await;
    world.clock.advance(MINUTE);
    world.deliver(&text(1, "wamid.A2", NOW_S + 60, "the old one again")).await;
    world.settle().await;
    world.write(first, "two").await;
    world.until("sent", "SELECT count(*) FROM message WHERE status = 'sent'", 2).await;
    let to = reached(&world);
    assert_eq!(to.len(), 2);
    assert_ne!(to[0], to[1], "{to:?}");

    let parted = part::part(&world.app, &caller, id).await.unwrap();
    assert_eq!((parted.kept.id, parted.parted.id), (keep.0, gone.0));
    assert_eq!(parted.parted.identities.iter().filter(|one| one.kind == "wa_id").count(), 1);
    assert_eq!((talk(&world, "wamid.A2").await, talk(&world, "wamid.B1").await), (first, second));
    let back = inbox::list::get(&world.app, &caller, second).await.unwrap();
    assert_eq!((back.id, back.contact.id), (second.0, gone.0));
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE status = 'open'").await, 2);
    part::part(&world.app, &caller, id).await.unwrap();
    // Everybody is answered at their own number again.
    world.clock.advance(MINUTE);
    world.write(second, "three").await;
    world.until("sent", "SELECT count(*) FROM message WHERE status = 'sent'", 3).await;
    assert_eq!(reached(&world)[2], to[0]);
    world.deliver(&text(2, "wamid.B2", NOW_S + 180, "me")).await;
    world.settle().await;
    assert_eq!(talk(&world, "wamid.B2").await, second);
    assert!(list::get(&world.app, &caller, gone).await.is_ok());
    world.finish().await;
}

on_both!(one_person_with_two_numbers,);
