//! A provider that gets ill in the middle of a thousand sends, and well again.

use crate::world::{Mood, ONE, START, TWO, World, customer, status};
use rapport_core::inbox::callback;
use rapport_store::Backend;
use std::collections::HashSet;

const OPEN: &str = "SELECT count(*) FROM message WHERE direction = 'out' AND status IN ('queued', 'held', 'sending')";
const PER_CUSTOMER: usize = 25;

/// Writes `count` messages, spread over the customers.
async fn write_all(world: &World, customers: usize, count: usize) -> HashSet<String> {
    let talks = world.conversations(ONE, customers).await;
    let mut made = HashSet::new();
    for n in 0..count {
        made.insert(world.write(talks[n % customers], &format!("message {n}")).await.to_string());
    }
    made
}

/// Nothing twice, nothing lost: each message was taken once, or its end is unknown and it was taken at most once.
async fn judge(world: &World, made: &HashSet<String>) {
    let times = world.provider.times();
    assert!(times.values().all(|times| *times == 1), "{:?}", times.iter().find(|(_, times)| **times > 1));
    let unknown = world.number("SELECT count(*) FROM message WHERE direction = 'out' AND status = 'unknown'").await;
    let sent = world.number("SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'").await;
    assert_eq!(usize::try_from(sent + unknown).unwrap(), made.len(), "nothing failed, nothing waits");
    let taken = times.keys().filter(|id| made.contains(*id)).count();
    assert!(taken >= usize::try_from(sent).unwrap() && taken <= made.len(), "{taken} taken, {sent} sent");
    // What is unknown was tried over one route only, and whatever was sent says over which.
    let both = "SELECT count(*) FROM (SELECT message_id FROM message_attempt WHERE outcome IN ('sent', 'unknown') \
                GROUP BY message_id HAVING count(*) > 1) AS doubles";
    assert_eq!(world.number(both).await, 0);
    let strangers = "SELECT count(*) FROM message AS m JOIN message_attempt AS a ON a.message_id = m.id \
                     WHERE a.outcome = 'sent' AND a.channel_id <> m.channel_id";
    assert_eq!(world.number(strangers).await, 0, "each message says over which number it went");
}

/// A fault in the middle of many sends; the process ends and begins again while messages go over the standby.
async fn through(backend: Backend, portfolios: (&'static str, &'static str), mood: Mood, count: usize) {
    let customers = count / PER_CUSTOMER;
    let mut world = World::open(backend, portfolios, customers).await;
    world.stand_by().await;
    let mut made = write_all(&world, customers, count / 2).await;
    world.provider.is(ONE, mood);
    made.extend(write_all(&world, customers, count / 4).await);
    world.turns("standby").await;
    world.restart().await;
    made.extend(write_all(&world, customers, count / 4).await);
    world.comes_to("everything went out", OPEN, 0).await;
    assert_eq!(world.route().await["active"], "standby", "a restart forgets nothing");
    assert!(world.provider.over(TWO) > 0, "{mood:?}: nothing went over the standby");
    judge(&world, &made).await;
    assert_eq!(world.number("SELECT count(*) FROM account_event WHERE kind = 'route_failed_over'").await, 1);

    world.provider.is(ONE, Mood::Well);
    world.turns("primary").await;
    let before = (world.provider.over(ONE), world.provider.over(TWO));
    made.extend(write_all(&world, customers, customers).await);
    world.comes_to("everything went out", OPEN, 0).await;
    assert_eq!(world.provider.over(ONE), before.0 + customers, "{mood:?}: messages go over the first number again");
    assert_eq!(world.provider.over(TWO), before.1);
    judge(&world, &made).await;
    assert_eq!(world.number("SELECT count(*) FROM account_event WHERE kind = 'route_returned'").await, 1);
    world.finish().await;
}

async fn a_thousand_sends_survive_a_provider_that_is_gone(backend: Backend) {
    through(backend, ("one", "two"), Mood::Down, 1_000).await;
}

async fn answers_that_take_too_long(backend: Backend) {
    through(backend, ("one", "two"), Mood::Slow(600), 200).await;
}

async fn five_hundreds(backend: Backend) {
    through(backend, ("one", "one"), Mood::Broken, 200).await;
}

async fn answers_that_are_cut_after_the_message_was_taken(backend: Backend) {
    through(backend, ("one", "two"), Mood::Cut, 200).await;
}

/// A status that comes over the standby belongs to the message that went over it, in the thread where it was written.
async fn a_status_finds_its_message_over_the_standby(backend: Backend) {
    let world = World::open(backend, ("one", "two"), 1).await;
    world.stand_by().await;
    world.provider.is(ONE, Mood::Down);
    let talk = world.conversations(ONE, 1).await[0];
    let id = world.write(talk, "hello").await;
    world.turns("standby").await;
    world.comes_to("it went out", OPEN, 0).await;
    let taken = world.provider.taken.lock().unwrap().clone();
    assert_eq!((taken.len(), taken[0].0.as_str()), (1, TWO));
    let attempt: u32 = taken[0].1.rsplit(':').next().unwrap().parse().unwrap();
    assert!(attempt >= 1 && taken[0].1 == callback(id, attempt), "{}", taken[0].1);
    assert_eq!(taken[0].2["to"], format!("+{}", customer(0)));
    let wamid = format!("wamid.{TWO}.1");
    let told = status(TWO, 0, &wamid, "read", START.0 / 1_000 + 60, &taken[0].1);
    world.deliver(world.two, &told).await;
    world.until("it was read", "SELECT count(*) FROM message WHERE status = 'read'", 1).await;
    let there = "SELECT count(*) FROM message AS m JOIN conversation AS c ON c.id = m.conversation_id \
                 WHERE m.direction = 'out' AND m.channel_id <> c.channel_id";
    assert_eq!(world.number(there).await, 1, "it stays in its thread and says that it went over the other number");
    world.finish().await;
}

macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(rapport_store::Backend::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(rapport_store::Backend::Postgres).await;
            }
        }
    )+};
}
pub(crate) use on_both;

on_both!(
    a_thousand_sends_survive_a_provider_that_is_gone,
    answers_that_take_too_long,
    five_hundreds,
    answers_that_are_cut_after_the_message_was_taken,
    a_status_finds_its_message_over_the_standby,
);
