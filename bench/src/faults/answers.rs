//! F11: the provider refuses nine of ten messages of a campaign, with waiting times that help nobody. Agents' answers reach
//! their customers all the while, also those of the campaign's recipients.

use super::Context;
use super::campaign::{draft, number};
use super::scene::Scene;
use super::storm::{Asked, BETWEEN, PROMPT, RECOVERY, Taken, all_out, answer, storm};
use crate::Result;
use crate::load::Stop;
use crate::oracle::Sent;
use crate::site::product::Kind;
use serde_json::json;
use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::Duration;

/// Customers who talk to an agent; the campaign goes to them as well. So many that nobody is written to so often that the
/// rate of a pair holds an answer back.
const CUSTOMERS: u32 = 90;
/// Others whom the campaign is for.
const PEOPLE: usize = 400;

/// A campaign, an agent, and four kinds of refusals of whatever is a template.
pub async fn run(context: &Context) -> Result<()> {
    let scene = Scene::new(context, Kind::Sqlite, 1, 10).await?;
    let talks = scene.talk(CUSTOMERS).await?;
    let talkers = (0..CUSTOMERS).map(|customer| format!("+{}", Scene::talker(customer)));
    let recipients: Vec<String> = talkers.chain((0..PEOPLE).map(number)).collect();
    let id = draft(&scene, &recipients).await?;
    storm(&scene, 0, Some("template")).await?;
    scene.site.api(0).post(&format!("/api/v1/campaigns/{id}/start"), &json!({})).await?;
    let (replies, taken, stop) = (Asked::default(), Taken::default(), Stop::default());
    let answering = answer(&scene, &talks, (&replies, &taken), BETWEEN, stop.clone());
    let phase = Duration::from_secs(if context.long { 150 } else { 4 });
    for kind in 0..4 {
        storm(&scene, kind, Some("template")).await?;
        tokio::time::sleep(phase).await;
    }
    stop.now();
    answering.await?;
    scene.sandbox.calm().await?;
    let took = all_out(&scene).await?;
    let sent = scene.sandbox.sent().await?;
    let replies = replies.lock().unwrap_or_else(PoisonError::into_inner).clone();
    judge(context, &sent, &replies, recipients.len());
    context.report.check(
        "F11 the campaign is back at full speed within a minute after the storm",
        took.is_some(),
        &took.map_or_else(
            || format!("still waiting after {} s", RECOVERY.as_secs()),
            |took| format!("all out after {:.1} s", took.as_secs_f64()),
        ),
    );
    let failed = scene.site.database.number("SELECT COUNT(*) FROM message WHERE status = 'failed'").await?;
    context.report.check("F11 no message of the campaign is given up", failed == 0, &format!("{failed} failed"));
    scene.asked.lock().unwrap_or_else(PoisonError::into_inner).extend(replies.into_keys());
    context.report.settled("F11 campaign", scene.rest(Duration::from_secs(60)).await);
    context.report.judge("F11 campaign", &scene.history(0).await?);
    Ok(())
}

/// How long each answer was on the whole road, from the agent to the provider; and that the storm was one.
fn judge(context: &Context, sent: &[Sent], replies: &HashMap<String, i64>, recipients: usize) {
    let message = |sent: &Sent| sent.callback.split(':').nth(1).unwrap_or_default().replace('-', "");
    let mut waits: Vec<i64> = sent
        .iter()
        .filter(|sent| sent.accepted)
        .filter_map(|sent| replies.get(&message(sent)).map(|asked| sent.at - asked))
        .collect();
    waits.sort_unstable();
    let part = |percent: usize| waits.get(waits.len().saturating_sub(1) * percent / 100).copied().unwrap_or(i64::MAX);
    context.report.check(
        "F11 what an agent writes while a campaign is refused reaches the provider within 5 s (p99)",
        waits.len() == replies.len() && u128::try_from(part(99)).is_ok_and(|p99| p99 <= PROMPT.as_millis()),
        &format!("{} of {} answers, p50 {} ms, p99 {} ms", waits.len(), replies.len(), part(50), part(99)),
    );
    let refused = sent.iter().filter(|sent| !sent.accepted).count();
    let campaign = sent.iter().filter(|sent| sent.accepted && !replies.contains_key(&message(sent))).count();
    context.report.check(
        "F11 the campaign was refused, and reached everybody once in the end",
        refused > 50 && campaign == recipients,
        &format!("{refused} refusals, {campaign} of {recipients} messages taken"),
    );
}
