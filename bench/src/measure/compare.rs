//! Against the usual small backend: same deliveries, same generator, same durability, in turns.

use super::ingest::{Window, corpus, install, verdict};
use super::report::Row;
use super::stats::{median, ours_first, ratio};
use super::{Context, Engine, Part};
use crate::Result;
use crate::baseline::python::Python;
use crate::generate::Channel;
use crate::load::Load;
use crate::site::process::Quiet;

/// Connections of both: more only make the other side slower.
const CONNECTIONS: usize = 16;

async fn theirs(context: &Context) -> Result<(Window, u64)> {
    let channel = Channel::default();
    let corpus = corpus(context, &channel, (6_000.0 * context.window.as_secs_f64()) as usize, true);
    let server = Python::start(&channel).await?;
    let quiet = Quiet::watch();
    let outcome =
        Load::new(server.address, &corpus, 0..corpus.len(), CONNECTIONS).within(context.window).closed().await;
    let window = Window { rate: outcome.rate(), p99: outcome.latency.millis(0.99), foreign: quiet.foreign(), lost: 0 };
    let missing = (outcome.acked.len() as u64).saturating_sub(server.stored()?);
    Ok((window, missing))
}

async fn ours(context: &Context) -> Result<Window> {
    let (site, node) = install(context, Engine::Sqlite).await?;
    let corpus = corpus(context, &site.channel, (60_000.0 * context.window.as_secs_f64()) as usize, true);
    let quiet = Quiet::watch();
    let outcome =
        Load::new(site.addresses[0], &corpus, 0..corpus.len(), CONNECTIONS).within(context.window).closed().await;
    let foreign = quiet.foreign();
    let lost = verdict(&site, node, &corpus, &outcome).await?;
    let rate = if lost == 0 { outcome.rate() } else { 0.0 };
    Ok(Window { rate, p99: outcome.latency.millis(0.99), foreign, lost })
}

/// The reference alone.
pub async fn reference(context: &Context) -> Result<Part> {
    let (window, missing) = theirs(context).await?;
    let note = format!("p99 {:.1} ms, {missing} acked but not stored", window.p99);
    let row = Row::new("reference: FastAPI + pywa + SQLite, one worker", window.rate, "/s").reference();
    Ok(Part { rows: vec![row.beside(window.foreign).note(note)], ..Part::default() })
}

/// FastAPI + pywa + one insert per request.
pub async fn python(context: &Context) -> Result<Part> {
    let mut part = Part::default();
    let mut pairs = Vec::new();
    let (mut foreign, mut unstored, mut p99) = (0.0_f64, 0, Vec::new());
    for pair in 0..context.pairs.div_ceil(2) {
        let (mine, (other, missing)) = if ours_first(pair) {
            let mine = ours(context).await?;
            (mine, theirs(context).await?)
        } else {
            let other = theirs(context).await?;
            (ours(context).await?, other)
        };
        (part.lost, part.checked) = (part.lost + mine.lost, part.checked + 1);
        foreign = foreign.max(mine.foreign).max(other.foreign);
        unstored += missing;
        p99.push(other.p99);
        pairs.push((mine.rate, other.rate));
    }
    let rates = |side: fn(&(f64, f64)) -> f64| median(&pairs.iter().map(side).collect::<Vec<_>>());
    let theirs = format!("p99 {:.1} ms, {unstored} acked but not stored", median(&p99));
    part.rows.push(
        Row::new("SQLite durable acks, 16 connections, messages only", rates(|pair| pair.0), "/s").beside(foreign),
    );
    part.rows.push(
        Row::new("reference: FastAPI + pywa + SQLite, one worker", rates(|pair| pair.1), "/s")
            .reference()
            .beside(foreign)
            .note(theirs),
    );
    let found = ratio(&pairs);
    let mut row = Row::new("against FastAPI + pywa + one insert", found.median, "x").want(3.0, 15.0).beside(foreign);
    row.note = format!("95 %: {:.2} to {:.2}, {} pairs", found.low, found.high, found.pairs);
    row.ratio = Some(found);
    part.rows.push(row);
    Ok(part)
}
