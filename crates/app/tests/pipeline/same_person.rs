//! Two contacts are one person: what they wrote becomes one, is answered where they wrote last, and can be parted again.

use crate::inbound::on_both;
use crate::world::{START, World, text};
use rapport_app::auth::Caller;
use rapport_app::contact::merge::{MergeContact, merge};
use rapport_app::contact::{list, part};
use rapport_app::error::Error;
use rapport_app::inbox;
use rapport_app::inbox::parts::{MergeRequest, SplitRequest};
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
    world.settle().await;
    world.clock.advance(MINUTE);
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

    // Answered where they wrote last, which changes. A number that is taken over waits one whole window before its first
    // message.
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

/// Two contacts that wrote, made one and parted again after `between`.
async fn parted_after(world: &World, between: impl AsyncFnOnce(&World)) -> (ContactId, ContactId) {
    let caller = Caller::system(world.workspace);
    world.deliver(&text(1, "wamid.A1", NOW_S - 1, "hello")).await;
    world.settle().await;
    world.deliver(&text(2, "wamid.B1", NOW_S, "good morning")).await;
    world.settle().await;
    let (keep, gone) = (contact(world, 1).await, contact(world, 2).await);
    let merged = merge(&world.app, &caller, keep, MergeContact { gone: gone.0 }).await.unwrap();
    world.clock.advance(MINUTE);
    between(world).await;
    part::part(&world.app, &caller, merged.merge_id.unwrap()).await.unwrap();
    (keep, gone)
}

async fn what_was_refused_while_they_were_one_stays_refused(backend: Backend) {
    let world = World::open(backend).await;
    let (_, gone) = parted_after(&world, async |world| {
        world.deliver(&text(2, "wamid.STOP", NOW_S + 60, "STOP")).await;
        world.settle().await;
    })
    .await;
    assert_eq!(world.number("SELECT count(*) FROM contact WHERE marketing_consent = 'opted_out'").await, 2);
    assert_eq!(world.number("SELECT count(*) FROM consent WHERE state = 'opted_out'").await, 2, "one line each");
    let caller = Caller::system(world.workspace);
    assert_eq!(list::get(&world.app, &caller, gone).await.unwrap().consent.marketing, "opted_out");
    world.finish().await;
}

async fn each_has_their_own_window_again(backend: Backend) {
    let world = World::open(backend).await;
    let (keep, gone) = parted_after(&world, async |world| {
        world.clock.advance(MINUTE);
        world.deliver(&text(1, "wamid.A2", NOW_S + 60, "are you there?")).await;
        world.settle().await;
    })
    .await;
    for (who, said, id) in [(keep, NOW_S + 60, "wamid.A2"), (gone, NOW_S, "wamid.B1")] {
        let sql = format!(
            "SELECT count(*) FROM conversation WHERE last_inbound_provider_id = '{id}' AND last_inbound_at = {} \
             AND window_expires_at = {} AND (SELECT max(message.provider_id) FROM message \
             WHERE message.contact_id = conversation.contact_id) = '{id}'",
            said * 1_000,
            (said + 86_400) * 1_000
        );
        assert_eq!(world.number(&sql).await, 1, "{who}");
    }
    world.finish().await;
}

/// The job that ids ask for does not overrule a person.
async fn parted_contacts_are_not_joined_by_their_ids(backend: Backend) {
    let world = World::open(backend).await;
    let (keep, gone) = parted_after(&world, async |_| {}).await;
    rapport_app::contact::merge::run(&world.app, world.workspace, keep, gone).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM contact WHERE merged_into IS NULL").await, 2);
    world.finish().await;
}

async fn a_merge_under_a_split_thread_is_not_undone_by_halves(backend: Backend) {
    let world = World::open(backend).await;
    let caller = Caller::system(world.workspace);
    world.deliver(&text(1, "wamid.A1", NOW_S, "hello")).await;
    world.settle().await;
    world.deliver(&text(2, "wamid.B1", NOW_S + 1, "good morning")).await;
    world.settle().await;
    let (keep, gone) = (contact(&world, 1).await, contact(&world, 2).await);
    let merged = merge(&world.app, &caller, keep, MergeContact { gone: gone.0 }).await.unwrap();
    let whole = talk(&world, "wamid.A1").await;
    let line =
        rapport_store::testing::text(&world.app.store, "SELECT id FROM message WHERE provider_id = 'wamid.B1'").await;
    let request = SplitRequest { message_id: line.unwrap().parse().unwrap() };
    let made = inbox::parts::split(&world.app, &caller, whole, request).await.unwrap();
    let refused = part::part(&world.app, &caller, merged.merge_id.unwrap()).await.unwrap_err();
    assert!(matches!(refused, Error::Refused { code: "not_undoable", .. }), "{refused:?}");
    assert_eq!(world.number("SELECT count(*) FROM contact WHERE merged_into IS NULL").await, 1, "nothing was parted");
    inbox::parts::merge(&world.app, &caller, whole, MergeRequest { into: made.id }).await.unwrap();
    part::part(&world.app, &caller, merged.merge_id.unwrap()).await.unwrap();
    assert_ne!(talk(&world, "wamid.A1").await, talk(&world, "wamid.B1").await);
    assert_eq!(world.number("SELECT count(DISTINCT contact_id) FROM message WHERE direction = 'in'").await, 2);
    world.finish().await;
}

on_both!(
    one_person_with_two_numbers,
    what_was_refused_while_they_were_one_stays_refused,
    each_has_their_own_window_again,
    parted_contacts_are_not_joined_by_their_ids,
    a_merge_under_a_split_thread_is_not_undone_by_halves,
);
