//! A hundred rules: how fast they are evaluated, and what they cost the way of a message.

mod evaluate;
mod mix;
mod past;

use super::ingest::{Window, full_on, full_window, install, quiet_pairs, ratio_row};
use super::report::Row;
use super::stats::{median, ours_first, ratio};
use super::visible::{self, Seen};
use super::{Context, Engine, Part};
use crate::Result;
use crate::site::product::{Installation, Node};
use serde_json::json;

/// Events that one core must evaluate in a second.
const EVALUATED: f64 = 200_000.0;
/// Messages of the past that one core must live through in a second.
const LIVED: f64 = 50_000.0;
/// Messages a second while a browser looks on.
const LOOKED_AT: f64 = 200.0;

/// The evaluation alone, in this process: the words of the rules in messages, the rules that listen, and what is decided
/// about each of those, with its explanation.
pub async fn core(context: &Context) -> Result<Part> {
    let (window, seed) = (context.window, context.seed);
    let found = tokio::task::spawn_blocking(move || evaluate::rates(window, seed)).await??;
    let past = tokio::task::spawn_blocking(move || past::rates(window, seed)).await??;
    let note = format!("{:.2} rules listen to an event", found.listening);
    let row = |what: &str, value: f64| Row::new(format!("rules: {what}, one core"), value, "/s").beside(found.foreign);
    let rows = vec![
        row("events evaluated against 100", found.decided).want(EVALUATED, EVALUATED).note(note),
        row("messages searched for the words of 100", found.searched),
        row("both, one after the other", found.both),
        row("messages of the past lived through by one", past.lived)
            .want(LIVED, LIVED)
            .beside(past.foreign)
            .note(format!("{} runs would have begun", past.runs)),
        row("the same with reading their words", past.read).beside(past.foreign),
    ];
    Ok(Part { rows, ..Part::default() })
}

/// A fresh installation with the rules switched on.
async fn prepared(context: &Context, engine: Engine) -> Result<(Installation, Node)> {
    let (site, node) = install(context, engine).await?;
    for definition in mix::definitions() {
        site.api(0).post("/api/v1/rules", &json!({ "enabled": true, "definition": definition })).await?;
    }
    Ok((site, node))
}

/// One full-path run with rules; and what they had done when the last event was stored and the process was killed.
async fn with_rules(context: &Context, engine: Engine, told: &mut Vec<String>) -> Result<Window> {
    let (site, node) = prepared(context, engine).await?;
    let window = full_on(context, &site, node).await?;
    let runs = site.database.number("SELECT COUNT(*) FROM rule_run WHERE state <> 'skipped'").await?;
    let left = site.database.number("SELECT COUNT(*) FROM job WHERE queue = 'rule'").await?;
    told.push(format!("{runs} runs, {left} jobs left at the end"));
    Ok(window)
}

/// The full path with a hundred rules beside the same without: events stored, and messages seen in a browser.
pub async fn full(context: &Context, engine: Engine) -> Result<Part> {
    let mut part = Part::default();
    let (mut pairs, mut told) = (Vec::new(), Vec::new());
    for pair in 0..context.pairs.div_ceil(2) {
        let (with, without) = if ours_first(pair) {
            let with = with_rules(context, engine, &mut told).await?;
            (with, full_window(context, engine).await?)
        } else {
            let without = full_window(context, engine).await?;
            (with_rules(context, engine, &mut told).await?, without)
        };
        part.lost += with.lost + without.lost;
        part.checked += 2;
        pairs.push((with, without));
    }
    let (chosen, foreign) = quiet_pairs(&pairs);
    let name = engine.name();
    let rate = |side: fn(&(f64, f64)) -> f64| median(&chosen.iter().map(side).collect::<Vec<_>>());
    part.rows.push(
        Row::new(format!("{name} full path with 100 rules, until nothing is pending"), rate(|pair| pair.0), "/s")
            .want(3_000.0, 15_000.0)
            .beside(foreign)
            .note(told.pop().unwrap_or_default()),
    );
    part.rows.push(Row::new(format!("{name} full path without rules"), rate(|pair| pair.1), "/s").beside(foreign));
    let mut against =
        ratio_row(format!("{name} full path with 100 rules against none"), ratio(&chosen), foreign, 0.0, 1.0);
    (against.floor, against.goal) = (None, None);
    part.rows.push(against);
    looked_at(context, engine, &mut part).await?;
    Ok(part)
}

/// From the post to the line in a browser, with and without.
async fn looked_at(context: &Context, engine: Engine, part: &mut Part) -> Result<()> {
    let (site, node) = prepared(context, engine).await?;
    let with = visible::seen(context, &site, node, LOOKED_AT).await?;
    let (site, node) = install(context, engine).await?;
    let without = visible::seen(context, &site, node, LOOKED_AT).await?;
    part.lost += with.lost + without.lost;
    part.checked += 2;
    let foreign = with.foreign.max(without.foreign);
    for (word, place) in [("p50", 0.5), ("p99", 0.99)] {
        let at = |seen: &Seen| seen.times.millis(place);
        let name = format!("{} post to visible {word} at {LOOKED_AT:.0}/s with 100 rules", engine.name());
        let note = format!("{:.1} ms without, {:.2} times that", at(&without), at(&with) / at(&without).max(0.001));
        part.rows.push(Row::new(name, at(&with), "ms").beside(foreign).note(note));
    }
    Ok(())
}
