//! F7: the same events in another order, some of them several times, lead to the same state.

use super::Context;
use crate::Result;
use crate::generate::{Corpus, Plan};
use crate::load::Load;
use crate::site::product::{Installation, Kind};
use crate::site::sandbox::Sandbox;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use std::sync::Arc;
use std::time::Duration;

/// Days over which the events happened.
const DAYS: i64 = 7;

/// What must be the same, row by row, without ids and times of ours.
const STATE: &[(&str, &str)] = &[
    (
        "lines",
        "SELECT m.provider_id, m.direction, m.kind, m.status, m.at, m.sent_at, m.delivered_at, m.read_at, m.failed_at, \
         m.preview, m.revoked_at, c.phone FROM message m \
         JOIN contact c ON c.workspace_id = m.workspace_id AND c.id = m.contact_id ORDER BY 1, 2, 3, 5",
    ),
    (
        "conversations",
        "SELECT c.phone, v.status, v.unread, v.last_message_at, v.last_inbound_at, v.window_expires_at, v.last_direction \
         FROM conversation v JOIN contact c ON c.workspace_id = v.workspace_id AND c.id = v.contact_id ORDER BY 1, 2, 3",
    ),
    (
        "contacts",
        "SELECT phone, name, country, marketing_consent, last_inbound_at FROM contact WHERE merged_into IS NULL ORDER BY 1",
    ),
    ("identities", "SELECT kind, value FROM identity WHERE retired_at IS NULL ORDER BY 1, 2"),
];

/// Once in order, and several times shuffled and repeated.
pub async fn run(context: &Context) -> Result<()> {
    let sandbox = Sandbox::start(&context.binary).await?;
    let mut random = StdRng::seed_from_u64(context.seed);
    let deliveries = 600_u32;
    let until = crate::clock::unix_seconds() - 5;
    let plain: Vec<u32> = (0..deliveries).collect();
    let wanted = play(context, &sandbox, plain.clone(), until, 1).await?;
    let shuffles = if context.long { 10 } else { 2 };
    for number in 1..=shuffles {
        let mut order: Vec<u32> =
            plain.iter().flat_map(|delivery| vec![*delivery; random.random_range(1..=5)]).collect();
        order.shuffle(&mut random);
        let repeats = order.len() - plain.len();
        let found = play(context, &sandbox, order, until, 8).await?;
        for ((name, one), (_, other)) in wanted.iter().zip(&found) {
            let differ = one.iter().zip(other).position(|(one, other)| one != other);
            let detail = match differ {
                None if one.len() == other.len() => format!("{} rows, {repeats} repeats", one.len()),
                None => format!("{} rows in order, {} rows shuffled", one.len(), other.len()),
                Some(place) => format!("in order {:?}, shuffled {:?}", one[place], other[place]),
            };
            let same = differ.is_none() && one.len() == other.len();
            context.report.check(&format!("F7 shuffle {number}: the same {name}"), same, &detail);
        }
    }
    Ok(())
}

type State = Vec<(&'static str, Vec<Vec<Option<String>>>)>;

async fn play(context: &Context, sandbox: &Sandbox, order: Vec<u32>, until: i64, connections: usize) -> Result<State> {
    let site = Installation::new(&context.binary, Kind::Sqlite, 1, &sandbox.url()).await?;
    let (_node, _) = site.start(0).await?;
    let plan = Plan {
        customers: 40,
        old_form: 0.2,
        until,
        span: DAYS * 86_400,
        ..Plan::new(context.seed, order.iter().max().map_or(0, |last| *last as usize + 1), site.channel.clone())
    };
    let mut load = Load::new(site.addresses[0], &Arc::new(Corpus::new(&plan)), 0..0, connections);
    let wanted = order.len();
    load.order = Arc::new(order);
    let outcome = load.closed().await;
    if outcome.acked.len() != wanted {
        return Err(format!("{} of {wanted} deliveries were taken: {:?}", outcome.acked.len(), outcome.refused).into());
    }
    site.drain(Duration::from_secs(60)).await?;
    let waiting = site.database.number("SELECT COUNT(*) FROM raw_event WHERE state = 4").await?;
    context.report.check("F7 nothing waits for what has come", waiting == 0, &format!("{waiting} events wait"));
    let mut state = Vec::new();
    for (name, sql) in STATE {
        state.push((*name, site.database.rows(sql).await?));
    }
    Ok(state)
}
