//! Durable acknowledgements per second and the full path, each run ended with `kill -9` and a count.

use super::report::{BUSY, Row};
use super::stats::{Ratio, median, ours_first, ratio};
use super::{Context, Engine, Part};
use crate::Result;
use crate::baseline::{self, pipeline_postgres, pipeline_sqlite, raw_postgres, raw_sqlite, verify};
use crate::generate::{Channel, Corpus, Kind as EventKind, Plan};
use crate::load::{Load, Outcome};
use crate::oracle::{self, History};
use crate::site::Scratch;
use crate::site::process::Quiet;
use crate::site::product::{Installation, Kind, Node};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Most deliveries that are prepared for one window.
const PREPARED: f64 = 90_000.0;

/// A rate with what is to be known about it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    /// Per second; 0 when something acked was lost.
    pub rate: f64,
    /// p99 of the answers, milliseconds.
    pub p99: f64,
    /// Share of the machine that others used.
    pub foreign: f64,
    /// Acked events lost or doubled.
    pub lost: u64,
}

/// A name for a database that was not used before.
pub fn fresh(what: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{what}_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A fresh installation with one running node.
pub async fn install(context: &Context, engine: Engine) -> Result<(Installation, Node)> {
    let name = fresh("site");
    let kind = match (engine, &context.postgres) {
        (Engine::Sqlite, _) => Kind::Sqlite,
        (Engine::Postgres, Some(cluster)) => Kind::Postgres(cluster, &name),
        (Engine::Postgres, None) => return Err("there is no PostgreSQL".into()),
    };
    // Nobody listens there: what the product wants from the provider is not measured here.
    let site = Installation::new(&context.binary, kind, 1, "http://127.0.0.1:9").await?;
    let (node, _) = site.start(0).await?;
    Ok((site, node))
}

/// Deliveries of the usual mix, or of messages only.
pub fn corpus(context: &Context, channel: &Channel, deliveries: usize, only_inbound: bool) -> Arc<Corpus> {
    let plan = Plan::new(context.seed, deliveries, channel.clone());
    Arc::new(Corpus::new(&Plan { customers: 200_000, only_inbound, ..plan }))
}

/// Kills the node, starts it again and counts what was lost or doubled.
pub async fn verdict(site: &Installation, mut node: Node, corpus: &Corpus, outcome: &Outcome) -> Result<u64> {
    node.process.kill();
    let (_again, _) = site.start(0).await?;
    let mut history = History { raw: site.database.raw().await?, ..History::default() };
    for ack in &outcome.acked {
        for event in corpus.events_of(ack.delivery as usize) {
            if let Some(key) = crate::sign::event_key(event, &corpus.wamid(event)) {
                history.acked_keys.push((key, ack.at));
            }
        }
    }
    let wrong = oracle::judge(&history);
    for violation in &wrong {
        println!("  VOID: {}: {}", violation.judge, violation.what);
    }
    Ok(wrong.len() as u64)
}

/// One closed-loop window on a fresh installation.
async fn ack_window(context: &Context, engine: Engine, connections: usize) -> Result<Window> {
    let (site, node) = install(context, engine).await?;
    let deliveries = (PREPARED * context.window.as_secs_f64()) as usize;
    let corpus = corpus(context, &site.channel, deliveries, false);
    let quiet = Quiet::watch();
    let outcome =
        Load::new(site.addresses[0], &corpus, 0..corpus.len(), connections).within(context.window).closed().await;
    let foreign = quiet.foreign();
    let lost = verdict(&site, node, &corpus, &outcome).await?;
    let rate = if lost == 0 { outcome.rate() } else { 0.0 };
    Ok(Window { rate, p99: outcome.latency.millis(0.99), foreign, lost })
}

/// Verify-only and raw insert, one after the other, in the time of one window.
async fn roofline(context: &Context, engine: Engine, rates: &mut Vec<(f64, f64)>) -> Result<Window> {
    let channel = Channel::default();
    let corpus = corpus(context, &channel, (PREPARED * 2.0 * context.window.as_secs_f64()) as usize / 2, false);
    let quiet = Quiet::watch();
    let half = context.window / 2;
    let server = verify::serve(channel.secret.clone()).await?;
    let verified = Load::new(server, &corpus, 0..corpus.len(), 64).within(half).closed().await.rate();
    let (inserted, line) = match (engine, &context.postgres) {
        (Engine::Postgres, Some(cluster)) => {
            let name = fresh("raw");
            cluster.create(&name).await?;
            let inserted = raw_postgres::rate(cluster, &name, &corpus, half).await?;
            (inserted, baseline::roofline_both(verified, inserted))
        }
        _ => {
            let scratch = Scratch::new("raw")?;
            let bodies = Arc::clone(&corpus);
            let inserted =
                tokio::task::spawn_blocking(move || raw_sqlite::rate(&scratch.path().join("raw.db"), &bodies, half))
                    .await??;
            (inserted, baseline::roofline(verified, inserted))
        }
    };
    rates.push((verified, inserted));
    Ok(Window { rate: line, foreign: quiet.foreign(), ..Window::default() })
}

/// Keeps pairs that were measured on a quiet machine; when none was, all.
pub fn quiet_pairs(pairs: &[(Window, Window)]) -> (Vec<(f64, f64)>, f64) {
    let worst = |pair: &(Window, Window)| pair.0.foreign.max(pair.1.foreign);
    let quiet: Vec<_> = pairs.iter().filter(|pair| worst(pair) <= BUSY).collect();
    let chosen: Vec<_> = if quiet.is_empty() { pairs.iter().collect() } else { quiet };
    let foreign = chosen.iter().map(|pair| worst(pair)).fold(0.0, f64::max);
    (chosen.iter().map(|pair| (pair.0.rate, pair.1.rate)).collect(), foreign)
}

/// A ratio with its interval.
pub fn ratio_row(what: String, ratio: Ratio, foreign: f64, floor: f64, goal: f64) -> Row {
    let mut row = Row::new(what, ratio.median, "x").want(floor, goal).beside(foreign);
    row.note = format!("95 %: {:.2} to {:.2}, {} pairs", ratio.low, ratio.high, ratio.pairs);
    row.ratio = Some(ratio);
    row
}

/// Durable acknowledgements per second, alone and against the roofline.
pub async fn acks(context: &Context, engine: Engine) -> Result<Part> {
    let mut part = Part::default();
    let (ratio_floor, ratio_goal, floor, goal) = match engine {
        Engine::Sqlite => (0.20, 0.70, 15_000.0, 60_000.0),
        Engine::Postgres => (0.25, 0.85, 15_000.0, 50_000.0),
    };
    for connections in [16, 64, 256] {
        let window = best_of(context, || ack_window(context, engine, connections)).await?;
        (part.lost, part.checked) = (part.lost + window.lost, part.checked + 1);
        let mut row = Row::new(format!("{} durable acks, {connections} connections", engine.name()), window.rate, "/s");
        if connections == 64 {
            row = row.want(floor, goal);
        }
        part.rows.push(row.beside(window.foreign).note(format!("p99 {:.1} ms", window.p99)));
    }
    let (mut pairs, mut rates) = (Vec::new(), Vec::new());
    for pair in 0..context.pairs {
        let (ours, reference) = if ours_first(pair) {
            let ours = ack_window(context, engine, 64).await?;
            (ours, roofline(context, engine, &mut rates).await?)
        } else {
            let reference = roofline(context, engine, &mut rates).await?;
            (ack_window(context, engine, 64).await?, reference)
        };
        (part.lost, part.checked) = (part.lost + ours.lost, part.checked + 1);
        pairs.push((ours, reference));
    }
    let verified = median(&rates.iter().map(|rate| rate.0).collect::<Vec<_>>());
    let inserted = median(&rates.iter().map(|rate| rate.1).collect::<Vec<_>>());
    let (chosen, foreign) = quiet_pairs(&pairs);
    let name = engine.name();
    part.rows.push(
        Row::new(format!("{name} reference V: verify only, 64 connections"), verified, "/s")
            .reference()
            .beside(foreign),
    );
    part.rows.push(Row::new(format!("{name} reference I: raw insert"), inserted, "rows/s").reference().beside(foreign));
    part.rows.push(ratio_row(
        format!("{name} durable acks against the roofline R"),
        ratio(&chosen),
        foreign,
        ratio_floor,
        ratio_goal,
    ));
    Ok(part)
}

/// Repeats a window while the machine is busy; the quietest counts.
async fn best_of<F: Future<Output = Result<Window>>>(
    context: &Context,
    mut window: impl FnMut() -> F,
) -> Result<Window> {
    let mut best = window().await?;
    for _ in 0..context.again {
        if best.foreign <= BUSY {
            break;
        }
        let next = window().await?;
        if next.foreign < best.foreign {
            best = next;
        }
    }
    Ok(best)
}

/// One full-path run: from the first delivery until nothing is pending.
pub async fn full_window(context: &Context, engine: Engine) -> Result<Window> {
    let (site, node) = install(context, engine).await?;
    full_on(context, &site, node).await
}

/// The same on an installation that somebody has prepared.
pub async fn full_on(context: &Context, site: &Installation, node: Node) -> Result<Window> {
    let corpus = corpus(context, &site.channel, context.events, false);
    let quiet = Quiet::watch();
    let began = Instant::now();
    let outcome = Load::new(site.addresses[0], &corpus, 0..corpus.len(), 64).closed().await;
    site.drain(Duration::from_secs(300)).await?;
    let rate = corpus.events.len() as f64 / began.elapsed().as_secs_f64();
    let foreign = quiet.foreign();
    let lines = site.database.number("SELECT COUNT(*) FROM message WHERE direction IN ('in', 'out')").await?;
    let promised = outcome
        .acked
        .iter()
        .flat_map(|ack| corpus.events_of(ack.delivery as usize))
        .filter(|event| matches!(event.kind, EventKind::Inbound | EventKind::Echo))
        .count();
    let mut lost = verdict(site, node, &corpus, &outcome).await?;
    if usize::try_from(lines)? < promised {
        println!("  VOID: {promised} messages acked, {lines} lines");
        lost += 1;
    }
    Ok(Window { rate: if lost == 0 { rate } else { 0.0 }, p99: outcome.latency.millis(0.99), foreign, lost })
}

/// The same rows by plain SQL.
async fn raw_pipeline(context: &Context, engine: Engine) -> Result<Window> {
    let corpus = corpus(context, &Channel::default(), context.events, false);
    let quiet = Quiet::watch();
    let rate = match (engine, &context.postgres) {
        (Engine::Postgres, Some(cluster)) => {
            let name = fresh("pipeline");
            cluster.create(&name).await?;
            pipeline_postgres::rate(cluster, &name, &corpus).await?
        }
        _ => {
            let scratch = Scratch::new("pipeline")?;
            tokio::task::spawn_blocking(move || pipeline_sqlite::rate(&scratch.path().join("pipeline.db"), &corpus))
                .await??
        }
    };
    Ok(Window { rate, foreign: quiet.foreign(), ..Window::default() })
}

/// What the machine can do without the product.
pub async fn references(context: &Context, engine: Engine) -> Result<Part> {
    let mut rates = Vec::new();
    let line = roofline(context, engine, &mut rates).await?;
    let plain = raw_pipeline(context, engine).await?;
    let name = engine.name();
    let rows = vec![
        Row::new(format!("{name} reference V: verify only, 64 connections"), rates[0].0, "/s")
            .reference()
            .beside(line.foreign),
        Row::new(format!("{name} reference I: raw insert"), rates[0].1, "rows/s").reference().beside(line.foreign),
        Row::new(format!("{name} roofline R"), line.rate, "/s").reference().beside(line.foreign),
        Row::new(format!("{name} reference: the same rows by plain SQL"), plain.rate, "/s")
            .reference()
            .beside(plain.foreign),
    ];
    Ok(Part { rows, ..Part::default() })
}

/// Events stored per second through the full path, alone and against plain SQL.
pub async fn full(context: &Context, engine: Engine) -> Result<Part> {
    let mut part = Part::default();
    let mut pairs = Vec::new();
    for pair in 0..context.pairs.div_ceil(2) {
        let (ours, reference) = if ours_first(pair) {
            let ours = full_window(context, engine).await?;
            (ours, raw_pipeline(context, engine).await?)
        } else {
            let reference = raw_pipeline(context, engine).await?;
            (full_window(context, engine).await?, reference)
        };
        (part.lost, part.checked) = (part.lost + ours.lost, part.checked + 1);
        pairs.push((ours, reference));
    }
    let (chosen, foreign) = quiet_pairs(&pairs);
    let name = engine.name();
    let ours = median(&chosen.iter().map(|pair| pair.0).collect::<Vec<_>>());
    let reference = median(&chosen.iter().map(|pair| pair.1).collect::<Vec<_>>());
    part.rows.push(
        Row::new(format!("{name} full path, events until nothing is pending"), ours, "/s")
            .want(3_000.0, 15_000.0)
            .beside(foreign),
    );
    part.rows.push(
        Row::new(format!("{name} reference: the same rows by plain SQL"), reference, "/s").reference().beside(foreign),
    );
    let mut against = ratio_row(format!("{name} full path against plain SQL"), ratio(&chosen), foreign, 0.0, 0.5);
    against.floor = None;
    part.rows.push(against);
    Ok(part)
}
