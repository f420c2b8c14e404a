//! The harness itself under test: a server that acknowledges before it commits must be caught by the kill test.

use super::Context;
use super::scene::Scene;
use crate::Result;
use crate::load::Stop;
use crate::oracle;
use crate::site::product::Kind;
use crate::site::proxy::{Mode, Proxy};
use std::sync::Arc;
use std::time::Duration;

/// The product behind a proxy that answers 200 first and passes the request on afterwards.
pub async fn run(context: &Context) -> Result<()> {
    let mut scene = Scene::new(context, Kind::Sqlite, 1, 6_000).await?;
    let proxy = Proxy::start(scene.site.addresses[0], Mode::AnswerFirst).await?;
    for _ in 0..2 {
        let stop = Stop::default();
        let mut load = scene.load(3_000, 32);
        load.targets = vec![proxy.address];
        load.stop = stop.clone();
        let order = Arc::clone(&load.order);
        let loading = tokio::spawn(load.closed());
        tokio::time::sleep(Duration::from_millis(300)).await;
        scene.kill(0);
        stop.now();
        let outcome = loading.await?;
        scene.note(&order, &outcome);
        scene.start(0).await?;
    }
    scene.site.drain(Duration::from_secs(60)).await?;
    let found = oracle::judge(&scene.history(0).await?);
    let caught = found.iter().find(|wrong| wrong.judge == "I1 nothing acked is lost");
    let detail = caught.map_or_else(
        || format!("{} acked, and no judge noticed", scene.acked()),
        |wrong| format!("judge says: {}", wrong.what),
    );
    context.report.check("mutant: an acknowledgement before the commit is caught", caught.is_some(), &detail);
    Ok(())
}
