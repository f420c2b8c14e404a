//! One number over two channels is one chat, whichever of them a delivery came over.

use super::*;
use crate::route::{Chats, Number};
use std::sync::Arc;

fn standby() -> ChannelId {
    ChannelId(Uuid::from_u128(8))
}

/// The standby carries the same number as the channel, or not.
fn pair(same: bool) -> World {
    let mut world = World::new();
    // What comes is a while old: nothing is cut to the present.
    world.now = START.plus(HOUR);
    let number = |id| Number { id, phone: "" };
    let numbers = [(channel(), number("106")), (standby(), number(if same { "106" } else { "107" }))];
    world.book.know_chats(Arc::new(Chats::of(&numbers, &[(channel(), standby())])));
    world
}

fn play(world: &mut World, over: ChannelId, event: &Event) -> Outcome {
    world.over = over;
    world.play(event)
}

#[test]
fn deliveries_over_both_make_one_conversation_of_the_first() {
    for (same, first, second, conversations) in [
        (true, channel(), standby(), vec![channel()]),
        (true, standby(), channel(), vec![channel()]),
        (true, standby(), standby(), vec![channel()]),
        (false, channel(), standby(), vec![channel(), standby()]),
        (false, standby(), standby(), vec![standby()]),
    ] {
        let mut world = pair(same);
        play(&mut world, first, &text("wamid.1", START, "hello"));
        play(&mut world, second, &text("wamid.2", START.plus(MINUTE), "anybody?"));
        let batch = world.book.drain();
        let places: Vec<ChannelId> = batch.new_conversations.iter().map(|row| row.channel_id).collect();
        assert_eq!(places, conversations, "{same} {first} {second}");
        let over: Vec<ChannelId> = batch.new_messages.iter().map(|line| line.channel_id).collect();
        assert_eq!(over, [first, second], "each line says over which channel it came");
        let last = &batch.new_conversations[batch.new_conversations.len() - 1];
        assert_eq!(last.window_expires_at, Some(START.plus(DAY + MINUTE)), "its window counts through both");
    }
}

#[test]
fn an_open_conversation_of_the_standby_goes_on() {
    let mut world = pair(false);
    play(&mut world, standby(), &text("wamid.1", START, "hello"));
    let known = world.only_conversation();
    let joined = pair(true);
    world.book.know_chats(Arc::new(joined.book.chats().clone()));
    for (over, resolved) in [(channel(), false), (standby(), false), (channel(), true)] {
        let mut row = known.clone();
        row.resolved_at = resolved.then_some(START);
        row.status = if resolved { ConversationStatus::Resolved } else { ConversationStatus::Open };
        world.book.apply(vec![Change::UpdateConversation(row)]);
        drop(world.book.drain());
        play(&mut world, over, &text(&format!("wamid.{over}.{resolved}"), START.plus(MINUTE), "still there?"));
        assert_eq!(world.only_conversation().id, known.id, "{over} {resolved}");
    }
}

/// Both providers deliver everything, in any order: each line is there once, with what was said about it.
#[test]
fn what_both_deliver_is_there_once_in_any_order() {
    let react = |id: &str| amend(id, "wamid.2", START.plus(2 * MINUTE), Amend::React(Some("👍".to_owned())));
    let script = [
        (channel(), text("wamid.1", START, "hello")),
        (standby(), text("wamid.1", START, "hello")),
        (standby(), text("wamid.2", START.plus(MINUTE), "anybody?")),
        (channel(), react("wamid.3")),
        (standby(), react("wamid.3")),
    ];
    let mut played = 0;
    for order in 0..script.len().pow(5) {
        let order: Vec<usize> = (0..5).map(|place| order / script.len().pow(place) % script.len()).collect();
        if (0..script.len()).any(|at| !order.contains(&at)) {
            continue;
        }
        let mut world = pair(true);
        for at in &order {
            play(&mut world, script[*at].0, &script[*at].1);
        }
        assert!(world.waiting.is_empty(), "{order:?}");
        let reacted = world.book.message_of(channel(), "wamid.2").expect("stored").reactions.len();
        let batch = world.book.drain();
        assert_eq!((batch.new_conversations.len(), batch.new_messages.len(), reacted), (1, 2, 1), "{order:?}");
        played += 1;
    }
    assert_eq!(played, 120);
}

#[test]
fn a_report_over_the_other_channel_counts() {
    for (same, expected) in [(true, Status::Delivered), (false, Status::Queued)] {
        let mut world = pair(same);
        play(&mut world, channel(), &text("wamid.1", START, "hello"));
        let sent = write(&mut world, "hi");
        let report = status("wamid.9", START.plus(MINUTE), Status::Delivered, Some(callback(sent.id, 1)));
        play(&mut world, standby(), &report);
        assert_eq!(world.book.message(sent.id).expect("stored").status, expected, "{same}");
    }
}

fn windows(world: &World) -> Vec<Option<Ms>> {
    world.book.conversations().map(|row| row.window_expires_at).collect()
}

proptest! {
    /// A customer has written to both channels before they became one number. From then on both conversations show one
    /// window, whichever channel a message comes over and however late it is.
    #[test]
    fn conversations_from_before_show_one_window(
        (first, second) in (0_i64..600, 0_i64..600),
        later in proptest::collection::vec((any::<bool>(), any::<bool>(), 0_i64..20_000), 0..12),
    ) {
        let mut world = pair(false);
        world.now = START.plus(20_000 * MINUTE);
        play(&mut world, channel(), &text("wamid.a", START.plus(first * MINUTE), "hello"));
        play(&mut world, standby(), &text("wamid.b", START.plus(second * MINUTE), "hello"));
        let mut newest = first.max(second);
        world.book.know_chats(Arc::new(pair(true).book.chats().clone()));
        let known: Vec<ConversationState> = world.book.conversations().cloned().collect();
        let until = known.iter().filter_map(|row| row.window_expires_at).max().expect("both are open");
        let level: Vec<Change> = known.iter().flat_map(|row| open_until(row, until, world.now)).collect();
        prop_assert_eq!(level.is_empty(), first == second);
        world.book.apply(level);
        for (at, (over_first, resolved, minute)) in later.into_iter().enumerate() {
            if resolved {
                let id = world.book.place(known[0].contact_id, channel()).expect("it is there").id;
                let mut row = world.book.conversation(id).expect("it is there").clone();
                (row.status, row.resolved_at) = (ConversationStatus::Resolved, Some(START));
                world.book.apply(vec![Change::UpdateConversation(row)]);
            }
            let over = if over_first { channel() } else { standby() };
            play(&mut world, over, &text(&format!("wamid.{at}"), START.plus(minute * MINUTE), "and now?"));
            newest = newest.max(minute);
            let expected = Some(START.plus(DAY + newest * MINUTE));
            let shown = windows(&world);
            prop_assert!(shown.iter().all(|shown| *shown == expected), "{shown:?} {expected:?}");
        }
    }
}
