//! F8 and F14: the same event on many connections at once, an album of a new customer, a double click.

use super::Context;
use super::scene::{Scene, write};
use crate::Result;
use crate::generate::{Corpus, Event, Kind, Plan};
use crate::load::Load;
use crate::site::product::Kind as Site;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const ALBUM: u64 = 30;

/// All three.
pub async fn run(context: &Context) -> Result<()> {
    let scene = Scene::new(context, Site::Sqlite, 1, 10).await?;
    same_event(context, &scene).await?;
    album(context, &scene).await?;
    double_click(context, &scene).await
}

async fn same_event(context: &Context, scene: &Scene) -> Result<()> {
    let plan = Plan {
        only_inbound: true,
        first_customer: 9_000_000,
        ..Plan::new(context.seed + 1, 20, scene.site.channel.clone())
    };
    let corpus = Arc::new(Corpus::new(&plan));
    let mut load = Load::new(scene.site.addresses[0], &corpus, 0..0, 64);
    load.order = Arc::new((0..20).flat_map(|delivery| [delivery; 64]).collect());
    let outcome = load.closed().await;
    scene.site.drain(Duration::from_secs(30)).await?;
    let ids: BTreeSet<String> = corpus.events.iter().map(|event| corpus.wamid(event)).collect();
    let lines = scene.site.database.lines().await?;
    let stored = lines.iter().filter(|line| line.provider_id.as_ref().is_some_and(|id| ids.contains(id))).count();
    context.report.check(
        "F8 each of 1,280 deliveries is answered 200",
        outcome.acked.len() == 1_280,
        &format!("{:?}", outcome.refused),
    );
    context.report.check("F8 20 events on 64 connections make 20 lines", stored == 20, &format!("{stored} lines"));
    let books = scene.site.books(0).await?;
    let settled = books.processed + books.duplicates + books.quarantined;
    context.report.check(
        "F8 the repeats are counted",
        books.duplicates >= 1_260 && books.received == settled,
        &format!("received {}, duplicates {}", books.received, books.duplicates),
    );
    Ok(())
}

async fn album(context: &Context, scene: &Scene) -> Result<()> {
    let channel = &scene.site.channel;
    let at = crate::clock::unix_seconds() - 5;
    let picture = |number: u64| {
        let event = Event { kind: Kind::Inbound, message: number, target: 0, customer: 9_500_000, at };
        let (wa_id, user_id) = crate::generate::customer_ids(event.customer);
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": channel.waba_id, "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": channel.display, "phone_number_id": channel.phone_number_id},
            "contacts": [{"profile": {"name": "Album"}, "wa_id": wa_id, "user_id": user_id}],
            "messages": [{"from": wa_id, "from_user_id": user_id, "id": crate::generate::wamid(77, number),
                "timestamp": at.to_string(), "type": "image",
                "image": {"mime_type": "image/jpeg", "sha256": "abc=", "id": (9_000_000 + number).to_string()}}],
        }}]}]});
        (body.to_string().into_bytes(), vec![event])
    };
    let corpus = Arc::new(Corpus::of(channel.clone(), 77, (0..ALBUM).map(picture).collect()));
    let outcome = Load::new(scene.site.addresses[0], &corpus, 0..corpus.len(), corpus.len()).closed().await;
    scene.site.drain(Duration::from_secs(30)).await?;
    let ids: BTreeSet<String> = corpus.events.iter().map(|event| corpus.wamid(event)).collect();
    let lines = scene.site.database.lines().await?;
    let mine: Vec<_> =
        lines.iter().filter(|line| line.provider_id.as_ref().is_some_and(|id| ids.contains(id))).collect();
    let threads: BTreeSet<&str> = mine.iter().map(|line| line.conversation.as_str()).collect();
    let people: BTreeSet<&str> = mine.iter().map(|line| line.contact.as_str()).collect();
    context.report.check(
        "F8 an album of 30 pictures from a new customer",
        outcome.acked.len() == corpus.len() && mine.len() == corpus.len() && threads.len() == 1 && people.len() == 1,
        &format!("{} lines, {} conversations, {} contacts", mine.len(), threads.len(), people.len()),
    );
    let doubles = scene.site.database.doubles().await?;
    context.report.check("F8 nobody exists twice", doubles.is_empty(), &doubles.join(", "));
    Ok(())
}

async fn double_click(context: &Context, scene: &Scene) -> Result<()> {
    let talks = scene.talk(1).await?;
    let list: Value = scene.site.api(0).get("/api/v1/conversations?view=all&status=any&limit=200").await?;
    let talk = list["items"][0]["id"].as_str().map_or_else(|| talks[0].clone(), str::to_owned);
    let mut clicks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (api, talk) = (scene.site.api(0), talk.clone());
        clicks.spawn(async move {
            write(&api, &talk, "only once", Some("one-click")).await.map_err(|error| error.to_string())
        });
    }
    let mut ids = BTreeSet::new();
    let mut errors = Vec::new();
    while let Some(done) = clicks.join_next().await {
        match done? {
            Ok(id) => drop(ids.insert(id)),
            Err(error) => errors.push(error),
        }
    }
    scene.rest(Duration::from_secs(30)).await?;
    let sent = scene.sandbox.sent().await?.iter().filter(|sent| sent.accepted).count();
    context.report.check(
        "F14 a button pressed eight times is one message",
        ids.len() == 1 && errors.is_empty() && sent == 1,
        &format!("{} ids, {sent} sent, {errors:?}", ids.len()),
    );
    Ok(())
}
