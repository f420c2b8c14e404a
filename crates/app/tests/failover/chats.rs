//! One number over two channels: one chat, and news that reach the right one.

use crate::life::on_both;
use crate::world::{Mood, ONE, TWO, World, text};
use rapport_app::auth::Caller;
use rapport_app::bulk;
use rapport_app::channel::number;
use rapport_app::contact::conversations::{self, OpenConversation};
use rapport_app::contact::merge;
use rapport_app::error::{Error, Result};
use rapport_app::inbox::parts::{self, MergeRequest};
use rapport_app::inbox::send::{SendRequest, send};
use rapport_app::inbox::update;
use rapport_app::inbox::view::ConversationView;
use rapport_core::message::Content;
use rapport_core::time::HOUR;
use rapport_core::{ChannelId, ContactId, ConversationId};
use rapport_store::Backend;
use rapport_store::channel::ChannelRow;
use serde_json::{Value, json};

const CONVERSATIONS: &str = "SELECT count(*) FROM conversation";

async fn row(world: &World, id: ChannelId) -> ChannelRow {
    let read = world.app.store.workspace(world.workspace).read();
    rapport_store::channel::get(&read, id).await.unwrap().unwrap()
}

/// Both channels turn out to be one number.
async fn become_one_number(world: &World) {
    let same = "UPDATE channel SET display_phone = '+1 555-078-3881'";
    rapport_store::testing::execute(&world.app.store, same).await.unwrap();
    world.app.channels.forget();
}

async fn what_the_standby_delivers_lands_in_the_conversation_of_the_first(backend: Backend) {
    what_both_deliver_lands_in_one_conversation(backend, true).await;
}

async fn one_number_at_two_providers_is_one_chat_without_a_route(backend: Backend) {
    what_both_deliver_lands_in_one_conversation(backend, false).await;
}

/// Both providers deliver the same customer, one of the messages twice: what the other delivers lands in the
/// conversation of the first.
async fn what_both_deliver_lands_in_one_conversation(backend: Backend, with_route: bool) {
    let world = World::open(backend, ("one", "one"), 0).await;
    become_one_number(&world).await;
    if with_route {
        world.stand_by().await;
    }
    let seconds = world.app.now().0 / 1_000;
    for (channel, number, id) in [
        (world.two, TWO, "wamid.a"),
        (world.one, ONE, "wamid.a"),
        (world.one, ONE, "wamid.b"),
        (world.two, TWO, "wamid.c"),
    ] {
        world.deliver(channel, &text(number, 0, id, seconds)).await;
        world.settle().await;
    }
    assert_eq!(world.number(CONVERSATIONS).await, 1);
    assert_eq!(world.number("SELECT count(*) FROM message WHERE direction = 'in'").await, 3);
    let talk = world.conversations(ONE, 1).await[0];
    let read = world.app.store.workspace(world.workspace).read();
    let known = rapport_store::conversation::get(&read, talk).await.unwrap().unwrap();
    assert_eq!((known.channel_id, known.unread), (world.one.0, 3), "once each, in the first one's conversation");
    for (id, over) in
        [("wamid.a", Some(world.two)), ("wamid.b", Some(world.one)), ("wamid.c", Some(world.two)), ("x", None)]
    {
        let found = rapport_store::conversation::heard_over(&read, &[world.one, world.two], id).await.unwrap();
        assert_eq!(found, over, "{id}: read marks go the way it came");
    }
    let counts = rapport_store::audit::counts(&world.app.store.workspace(world.workspace)).await.unwrap();
    assert!(counts.balanced && counts.duplicates == 1, "{counts:?}");
    // Whoever answers does so over the first one, whose window the standby's delivery opened.
    world.write(talk, "hello").await;
    world.comes_to("it went out", "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'", 1).await;
    assert_eq!((world.provider.over(ONE), world.provider.over(TWO)), (1, 0));
    world.finish().await;
}

async fn opened(world: &World, over: ChannelId) -> (ConversationId, bool) {
    let id = rapport_store::testing::text(&world.app.store, "SELECT id FROM contact").await.unwrap();
    let (wanted, caller) = (OpenConversation { channel_id: over.0 }, Caller::system(world.workspace));
    let (view, made) = conversations::open(&world.app, &caller, ContactId(id.parse().unwrap()), wanted).await.unwrap();
    (ConversationId(view.id), made)
}

async fn set(world: &World, id: ConversationId, status: &str) -> Result<ConversationView> {
    let patch = serde_json::from_value(json!({ "status": status })).unwrap();
    update::update(&world.app, &Caller::system(world.workspace), id, patch).await
}

/// Two conversations from before are of one chat from then on: nobody begins a third beside them, the window counts
/// through both, and they can be made one.
async fn two_conversations_from_before_are_of_one_chat(backend: Backend) {
    let world = World::open(backend, ("one", "one"), 1).await;
    let closed = "UPDATE conversation SET window_expires_at = NULL WHERE channel_id = \
                  (SELECT id FROM channel WHERE phone_number_id = '1001001001')";
    rapport_store::testing::execute(&world.app.store, closed).await.unwrap();
    let (one, two) = (world.conversations(ONE, 1).await[0], world.conversations(TWO, 1).await[0]);
    become_one_number(&world).await;
    world.write(one, "hello").await;
    world.comes_to("it went out", "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'", 1).await;
    assert_eq!((world.provider.over(ONE), world.provider.over(TWO)), (1, 0), "the other's window counts");
    for over in [world.one, world.two] {
        assert_eq!(opened(&world, over).await, (one, false));
    }
    set(&world, one, "resolved").await.unwrap();
    for over in [world.one, world.two] {
        assert_eq!(opened(&world, over).await, (two, false), "what the other has open is gone on with");
    }
    let refused = set(&world, one, "open").await.unwrap_err();
    assert!(matches!(&refused, Error::Conflict { code: "conversation_exists", .. }), "{refused:?}");
    let many = serde_json::from_value(json!({ "ids": [one], "action": { "status": "open" } })).unwrap();
    bulk::ask::create(&world.app, &Caller::system(world.workspace), many).await.unwrap();
    let ended = "SELECT count(*) FROM bulk WHERE state = 'done' AND refused = 1 AND changed = 0";
    world.comes_to("many at once are refused, too", ended, 1).await;
    set(&world, two, "resolved").await.unwrap();
    let (third, made) = opened(&world, world.two).await;
    let read = world.app.store.workspace(world.workspace).read();
    let row = rapport_store::conversation::get(&read, third).await.unwrap().unwrap();
    assert_eq!((made, row.channel_id), (true, world.one.0), "a new one belongs to the first");
    for id in [one, two] {
        let kept = parts::merge(&world.app, &Caller::system(world.workspace), id, MergeRequest { into: third.0 }).await;
        assert_eq!(kept.unwrap().id, third.0);
    }
    assert_eq!(world.number(CONVERSATIONS).await, 1);
    world.finish().await;
}

/// What was written for later in one of them heeds what the customer says in the other.
async fn what_is_planned_heeds_the_whole_chat(backend: Backend) {
    let world = World::open(backend, ("one", "one"), 1).await;
    let (one, two) = (world.conversations(ONE, 1).await[0], world.conversations(TWO, 1).await[0]);
    become_one_number(&world).await;
    let content = Content::Text { body: "Are you still interested?".to_owned(), preview_url: None };
    let send_at = Some(world.app.now().plus(HOUR).0);
    let request = SendRequest { send_at, cancel_on_reply: true, ..SendRequest::plain(None, content) };
    send(&world.app, &Caller::system(world.workspace), one, request).await.unwrap();
    // The other one is the only one that is open.
    set(&world, one, "resolved").await.unwrap();
    world.clock.advance(60_000);
    let seconds = world.app.now().0 / 1_000;
    world.deliver(world.two, &text(TWO, 0, "wamid.later", seconds)).await;
    world.settle().await;
    let read = world.app.store.workspace(world.workspace).read();
    let heard = |id| rapport_store::conversation::get(&read, id);
    assert_eq!(heard(two).await.unwrap().unwrap().last_inbound_at, Some(seconds * 1_000));
    assert_ne!(heard(one).await.unwrap().unwrap().last_inbound_at, Some(seconds * 1_000));
    world.clock.advance(HOUR);
    let withdrawn = "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'withdrawn'";
    world.comes_to("it is taken back", withdrawn, 1).await;
    assert_eq!((world.provider.over(ONE), world.provider.over(TWO)), (0, 0));
    world.finish().await;
}

async fn window_of(world: &World, id: ConversationId) -> Option<i64> {
    let read = world.app.store.workspace(world.workspace).read();
    rapport_store::conversation::get(&read, id).await.unwrap().unwrap().window_expires_at
}

/// Both show until when the customer's one chat is open, as the look at a channel finds it; afterwards whatever comes
/// over either of the channels opens both.
async fn two_conversations_from_before_show_one_window(backend: Backend) {
    let world = World::open(backend, ("one", "one"), 2).await;
    let (ones, twos) = (world.conversations(ONE, 2).await, world.conversations(TWO, 2).await);
    let older = "UPDATE conversation SET window_expires_at = window_expires_at - 3600000 WHERE channel_id = \
                 (SELECT id FROM channel WHERE phone_number_id = '1001001001')";
    rapport_store::testing::execute(&world.app.store, older).await.unwrap();
    // Nobody can be asked now, so what is known of the numbers stays as it is.
    world.provider.is(TWO, Mood::Down);
    let look = async || number::run(&world.app, world.workspace, world.two).await.unwrap();
    look().await;
    let alone = [window_of(&world, ones[0]).await, window_of(&world, twos[0]).await];
    assert!(alone[0] < alone[1], "two numbers, two windows: {alone:?}");
    become_one_number(&world).await;
    let told = "SELECT count(*) FROM event_log WHERE kind = 'conversation.updated'";
    let before = world.number(told).await;
    look().await;
    assert_eq!(world.number(told).await, before + 2, "browsers hear of those that change");
    look().await;
    assert_eq!(world.number(told).await, before + 2, "once");
    for (one, two) in ones.iter().zip(&twos) {
        assert_eq!(window_of(&world, *one).await, window_of(&world, *two).await);
    }
    assert!(world.number(told).await >= before + 2, "browsers hear of it");
    world.clock.advance(7_200_000);
    world.app.channels.forget();
    let seconds = world.app.now().0 / 1_000;
    let one = "SELECT count(DISTINCT window_expires_at) FROM conversation";
    for customer in 0..2 {
        let id = format!("wamid.later.{customer}");
        world.deliver(world.two, &text(TWO, customer, &id, seconds)).await;
    }
    world.settle().await;
    assert_eq!(world.number(one).await, 1, "what comes later opens both");
    assert_eq!(window_of(&world, twos[0]).await, Some((seconds + 86_400) * 1_000));
    world.finish().await;
}

/// Two customers turn out to be one: what is open through either is shown in every conversation of the chat. Of several
/// on one channel the hourly look touches only the newest.
async fn the_window_of_whoever_is_merged_is_shown(backend: Backend) {
    let world = World::open(backend, ("one", "one"), 2).await;
    let (ones, twos) = (world.conversations(ONE, 2).await, world.conversations(TWO, 2).await);
    let older = "UPDATE conversation SET status = 'resolved', resolved_at = 1, window_expires_at = 4000000000000 \
                 - (CASE WHEN contact_id = (SELECT id FROM contact ORDER BY id DESC LIMIT 1) THEN 0 ELSE 3600000 END)";
    rapport_store::testing::execute(&world.app.store, older).await.unwrap();
    become_one_number(&world).await;
    let read = world.app.store.workspace(world.workspace).read();
    let mut contacts = Vec::new();
    for id in &ones {
        contacts.push(rapport_store::conversation::get(&read, *id).await.unwrap().unwrap().contact_id);
    }
    contacts.sort_unstable();
    let windows = "SELECT count(DISTINCT window_expires_at) FROM conversation";
    assert_eq!(world.number(windows).await, 2);
    let (keep, gone) = (ContactId(contacts[0]), ContactId(contacts[1]));
    merge::run(&world.app, world.workspace, keep, gone).await.unwrap();
    let mut shown = Vec::new();
    for id in ones.iter().chain(&twos) {
        shown.push(window_of(&world, *id).await);
    }
    assert!(shown.iter().all(|window| window.is_some() && *window == shown[0]), "{shown:?}");
    let of_kept =
        "SELECT count(*) FROM conversation WHERE contact_id IN (SELECT id FROM contact WHERE merged_into IS NULL)";
    assert_eq!(world.number(of_kept).await, 4);

    let behind = "UPDATE conversation SET window_expires_at = window_expires_at - 1000 WHERE channel_id = \
                  (SELECT id FROM channel WHERE phone_number_id = '1001001001')";
    rapport_store::testing::execute(&world.app.store, behind).await.unwrap();
    let told = "SELECT count(*) FROM event_log WHERE kind = 'conversation.updated'";
    let before = world.number(told).await;
    world.provider.is(TWO, Mood::Down);
    for _ in 0..2 {
        number::run(&world.app, world.workspace, world.two).await.unwrap();
        assert_eq!((world.number(told).await, world.number(windows).await), (before + 1, 2), "the newest of two");
    }
    world.finish().await;
}

/// Another number is another chat, also where it stands by.
async fn another_number_keeps_a_conversation_of_its_own(backend: Backend) {
    let world = World::open(backend, ("one", "one"), 0).await;
    world.stand_by().await;
    world.app.channels.forget();
    let seconds = world.app.now().0 / 1_000;
    world.deliver(world.one, &text(ONE, 0, "wamid.a", seconds)).await;
    world.deliver(world.two, &text(TWO, 0, "wamid.b", seconds)).await;
    world.settle().await;
    assert_eq!(world.number(CONVERSATIONS).await, 2);
    world.finish().await;
}

/// What Meta tells about a number is shown at once, at the number it is about; what it does not tell is asked.
async fn news_of_a_number_are_shown_without_asking_for_a_check(backend: Backend) {
    let world = World::open(backend, ("one", "one"), 0).await;
    let plain = "UPDATE channel SET throughput = 80, tier_limit = 250, quality = 'GREEN'";
    rapport_store::testing::execute(&world.app.store, plain).await.unwrap();
    let tell = |field: &str, value: Value| {
        let change = json!({ "field": field, "value": value });
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": "one", "changes": [change] }] })
    };
    let of = |phone: &str, event: &str, tier: &str| {
        let value =
            json!({ "display_phone_number": phone, "event": event, "max_daily_conversations_per_business": tier });
        tell("phone_number_quality_update", value)
    };
    let quality = |event: &str, tier: &str| of("15550783882", event, tier);
    // Nobody can be asked now: what is shown is what was told.
    world.provider.is(ONE, Mood::Down);
    world.provider.is(TWO, Mood::Down);
    let told = "SELECT count(*) FROM event_log WHERE kind = 'channel.updated'";
    for (news, two, one) in [
        (quality("FLAGGED", "TIER_250"), ("RED", 80, 250), ("GREEN", 80, 250)),
        (quality("DOWNGRADE", "TIER_50"), ("RED", 80, 50), ("GREEN", 80, 250)),
        (quality("THROUGHPUT_UPGRADE", "TIER_2K"), ("RED", 1_000, 2_000), ("GREEN", 80, 250)),
        (quality("UNFLAGGED", "TIER_2K"), ("UNKNOWN", 1_000, 2_000), ("GREEN", 80, 250)),
        (
            tell("business_capability_update", json!({ "max_daily_conversations_per_business": 10_000 })),
            ("UNKNOWN", 1_000, 10_000),
            ("GREEN", 80, 10_000),
        ),
    ] {
        let before = world.number(told).await;
        world.deliver(world.one, &news).await;
        world.settle().await;
        for (id, expected) in [(world.two, two), (world.one, one)] {
            let row = row(&world, id).await;
            let seen = (row.quality.as_str(), row.throughput, row.tier_limit.unwrap_or(0));
            assert_eq!(seen, expected, "{id} after {news}");
        }
        assert!(world.number(told).await > before, "browsers hear of it");
    }
    world.deliver(world.one, &of("15550009999", "FLAGGED", "TIER_50")).await;
    world.settle().await;
    let one = row(&world, world.one).await;
    assert_eq!((one.quality.as_str(), one.tier_limit), ("GREEN", Some(10_000)), "a number that is not connected here");
    // The provider is asked because it told something: the next look of its own would be ten minutes away.
    world.provider.is(TWO, Mood::Well);
    world.deliver(world.one, &quality("FLAGGED", "TIER_2K")).await;
    let asked =
        "SELECT count(*) FROM channel WHERE phone_number_id = '2002002002' AND quality = 'GREEN' AND throughput = 80";
    world.comes_to("it was asked", asked, 1).await;
    world.finish().await;
}

on_both!(
    what_the_standby_delivers_lands_in_the_conversation_of_the_first,
    one_number_at_two_providers_is_one_chat_without_a_route,
    two_conversations_from_before_are_of_one_chat,
    what_is_planned_heeds_the_whole_chat,
    two_conversations_from_before_show_one_window,
    the_window_of_whoever_is_merged_is_shown,
    another_number_keeps_a_conversation_of_its_own,
    news_of_a_number_are_shown_without_asking_for_a_check,
);
