//! F11: for a time the provider refuses nine of ten messages, for every reason it has, with waiting times that help nobody.

use super::Context;
use super::scene::{Scene, write};
use crate::Result;
use crate::http::Api;
use crate::load::Stop;
use crate::site::product::Kind;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Customers, and notices to each of them.
const CUSTOMERS: u32 = 30;
const NOTICES: usize = 6;
/// Between two answers of the agent. A customer may be written to every six seconds: in a long storm the agent stays well
/// below, so that what the storm holds back is no more than the burst that is allowed after it.
pub(super) const BETWEEN: Duration = Duration::from_millis(200);
const BETWEEN_LONG: Duration = Duration::from_millis(800);
/// After the storm everything must be out again within this.
pub(super) const RECOVERY: Duration = Duration::from_secs(60);

/// How long an agent's answer may take until it is taken.
pub(super) const PROMPT: Duration = Duration::from_secs(5);

/// How long the API took for each answer.
pub(super) type Taken = Arc<Mutex<Vec<Duration>>>;
/// What was asked, and when (ms), by message id.
pub(super) type Asked = Arc<Mutex<HashMap<String, i64>>>;

/// A queue of notices, people who answer, and four kinds of refusals.
pub async fn run(context: &Context) -> Result<()> {
    let scene = Scene::new(context, Kind::Sqlite, 1, 10).await?;
    let api = scene.site.api(0);
    open_up(&api).await?;
    let mut talks = scene.talk(CUSTOMERS + 1).await?;
    // Nobody wrote to this one during the storm: only the number's pauses could hold an answer up.
    let quiet = talks.pop().ok_or("nobody wrote")?;
    let (notices, replies) = (Asked::default(), Asked::default());
    let stop = Stop::default();
    let seconds = if context.long { 150 } else { 1 };
    storm(&scene, 0, None).await?;
    let asking = ask_notices(&scene, &talks, &notices);
    let taken = Taken::default();
    let between = if context.long { BETWEEN_LONG } else { BETWEEN };
    let answering = answer(&scene, &talks, (&replies, &taken), between, stop.clone());
    for kind in 0..4 {
        storm(&scene, kind, None).await?;
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
    asking.await??;
    stop.now();
    answering.await?;
    scene.sandbox.calm().await?;
    let calm = crate::clock::unix_millis();
    let took = all_out(&scene).await?;
    let sent = scene.sandbox.sent().await?;
    let before: Vec<bool> = sent.iter().filter(|sent| sent.at < calm).map(|sent| sent.accepted).collect();
    let refused = before.iter().filter(|accepted| !**accepted).count();
    context.report.check(
        "F11 the stand-in refused most",
        refused > 20 && refused * 10 >= before.len() * 6,
        &format!("{refused} of {} refused", before.len()),
    );
    context.report.check(
        "F11 everything goes out soon after the storm",
        took.is_some(),
        &took.map_or_else(|| "still waiting".to_owned(), |took| format!("{:.1} s", took.as_secs_f64())),
    );
    prompt(context, &scene, &replies, &taken).await?;
    overtaken(context, &scene, &notices, &replies, calm).await?;
    late_reply(context, &scene, &quiet).await?;
    let failed = scene.site.database.number("SELECT COUNT(*) FROM message WHERE status = 'failed'").await?;
    context.report.check("F11 nothing is given up", failed == 0, &format!("{failed} failed"));
    let ids = |asked: &Asked| asked.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect::<Vec<_>>();
    scene.asked.lock().unwrap_or_else(PoisonError::into_inner).extend(ids(&notices).into_iter().chain(ids(&replies)));
    context.report.settled("F11", scene.rest(Duration::from_secs(60)).await);
    context.report.judge("F11", &scene.history(0).await?);
    Ok(())
}

/// Notices to people who have not opted in, the same words to everybody: what this is not about is allowed.
async fn open_up(api: &Api) -> Result<()> {
    let policy = json!({"opt_in_templates": 100, "same_content_max": 1_000});
    api.ok("PATCH", "/api/v1/guard/policy", Some(&policy)).await?;
    let channels = api.get("/api/v1/channels").await?;
    let id = channels["items"][0]["id"].as_str().ok_or("there is no channel")?;
    api.post(&format!("/api/v1/channels/{id}/templates/sync"), &json!({})).await.map(drop)
}

/// From now on most messages are refused, in the way of this number; `only`: those of a kind.
pub(super) async fn storm(scene: &Scene, kind: usize, only: Option<&str>) -> Result<()> {
    let kinds = [
        json!({"kind": "error_code", "code": 130_429, "retry_after": 0}),
        json!({"kind": "error_code", "code": 131_056, "retry_after": "Fri, 31 Dec 9999 23:59:59 GMT"}),
        json!({"kind": "error_code", "code": 131_057, "retry_after": "as soon as you can"}),
        json!({"kind": "status", "status": 429, "retry_after": 1_000_000_000}),
    ];
    let mut fault = kinds[kind % kinds.len()].clone();
    fault["target"] = json!("whatsapp");
    fault["match"] = json!({"path": "/messages", "method": "POST", "type": only});
    fault["probability"] = json!(0.9);
    scene.sandbox.calm().await?;
    scene.sandbox.fault(&fault).await
}

fn ask_notices(scene: &Scene, talks: &[String], asked: &Asked) -> tokio::task::JoinHandle<Result<()>> {
    let (api, talks, asked) = (scene.site.api(0), talks.to_vec(), Arc::clone(asked));
    tokio::spawn(async move {
        let content = json!({"content": {"type": "template", "name": "hello_world", "language": "en_US"}});
        for number in 0..NOTICES * talks.len() {
            let path = format!("/api/v1/conversations/{}/messages", talks[number % talks.len()]);
            let message: Value = api.post(&path, &content).await?;
            note(&asked, message["id"].as_str().ok_or("the message has no id")?);
        }
        Ok(())
    })
}

/// An agent who answers each of these in turn, until stopped.
pub(super) fn answer(
    scene: &Scene,
    talks: &[String],
    (asked, taken): (&Asked, &Taken),
    between: Duration,
    stop: Stop,
) -> tokio::task::JoinHandle<()> {
    let (api, talks, asked, taken) = (scene.site.api(0), talks.to_vec(), Arc::clone(asked), Arc::clone(taken));
    tokio::spawn(async move {
        for number in 0.. {
            if stop.is_set() {
                return;
            }
            let began = Instant::now();
            if let Ok(id) = write(&api, &talks[number % talks.len()], &format!("answer {number}"), None).await {
                note(&asked, &id);
                taken.lock().unwrap_or_else(PoisonError::into_inner).push(began.elapsed());
            }
            tokio::time::sleep(between).await;
        }
    })
}

fn note(asked: &Asked, id: &str) {
    let at = crate::clock::unix_millis();
    asked.lock().unwrap_or_else(PoisonError::into_inner).insert(id.replace('-', ""), at);
}

/// Waits until nothing is on its way; tells how long that took.
pub(super) async fn all_out(scene: &Scene) -> Result<Option<Duration>> {
    let began = Instant::now();
    let sql = "SELECT COUNT(*) FROM send_queue";
    while began.elapsed() < RECOVERY {
        if scene.site.database.number(sql).await? == 0 {
            return Ok(Some(began.elapsed()));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(None)
}

/// An agent is not held up: what they write stands in the thread at once, and is handed to the provider as soon as its
/// pauses allow.
async fn prompt(context: &Context, scene: &Scene, replies: &Asked, taken: &Taken) -> Result<()> {
    let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner).clone();
    taken.sort_unstable();
    let p99 = taken.get(taken.len().saturating_sub(1) * 99 / 100).copied().unwrap_or_default();
    context.report.check(
        "F11 what an agent writes in the storm is taken within 5 s (p99)",
        !taken.is_empty() && p99 <= PROMPT,
        &format!("{} answers, p99 {} ms", taken.len(), p99.as_millis()),
    );
    let sent = scene.sandbox.sent().await?;
    let asked = replies.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let first = |accepted: bool| {
        let mut waits: HashMap<String, i64> = HashMap::new();
        for sent in sent.iter().filter(|sent| sent.accepted || !accepted) {
            let id = sent.callback.split(':').nth(1).unwrap_or_default().replace('-', "");
            if let Some(at) = asked.get(&id) {
                let wait = waits.entry(id).or_insert(i64::MAX);
                *wait = (*wait).min(sent.at - at);
            }
        }
        let mut waits: Vec<i64> = waits.into_values().collect();
        waits.sort_unstable();
        let part = |percent: usize| waits.get(waits.len().saturating_sub(1) * percent / 100).copied().unwrap_or(0);
        format!("p50 {} ms, p99 {} ms of {}", part(50), part(99), waits.len())
    };
    println!("   answers in the storm: first handed over {}; taken by the provider {}", first(false), first(true));
    Ok(())
}

/// Of what waited when the storm ended, answers went out before notices.
async fn overtaken(context: &Context, scene: &Scene, notices: &Asked, replies: &Asked, calm: i64) -> Result<()> {
    let sent = scene.sandbox.sent().await?;
    let middle = |asked: &Asked| {
        let asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        let waited =
            |callback: &str| callback.split(':').nth(1).and_then(|id| asked.get(&id.replace('-', ""))).is_some();
        let mut times: Vec<i64> = sent
            .iter()
            .filter(|sent| sent.accepted && sent.at >= calm && waited(&sent.callback))
            .map(|sent| sent.at - calm)
            .collect();
        times.sort_unstable();
        (times.get(times.len() / 2).copied(), times.len())
    };
    let (reply, notice) = (middle(replies), middle(notices));
    let first = match (reply.0, notice.0) {
        (Some(reply), Some(notice)) => reply <= notice,
        // One kind got through during the storm: then nobody had to be overtaken.
        _ => true,
    };
    let told =
        |(middle, count): (Option<i64>, usize)| format!("{count}, half of them after {} ms", middle.unwrap_or(0));
    context.report.check(
        "F11 answers overtake notices",
        first,
        &format!("answers {}; notices {}", told(reply), told(notice)),
    );
    Ok(())
}

/// Once the storm is over, an answer goes out at once.
async fn late_reply(context: &Context, scene: &Scene, talk: &str) -> Result<()> {
    let id = write(&scene.site.api(0), talk, "after the storm", None).await?;
    scene.asked.lock().unwrap_or_else(PoisonError::into_inner).push(id.clone());
    let began = Instant::now();
    let out = ["sent", "delivered", "read"];
    let status = super::sends::reach(scene, &id, &out, Duration::from_secs(10)).await?;
    let took = began.elapsed();
    context.report.check(
        "F11 an answer after the storm is out within 5 s",
        out.contains(&status.as_str()) && took < Duration::from_secs(5),
        &format!("{status} after {} ms", took.as_millis()),
    );
    Ok(())
}
