//! I5: rules that wait. Processes are killed again and again while the rules' times fall due; every step is done once,
//! none is left out and none comes early.

use super::Context;
use super::scene::Scene;
use crate::Result;
use crate::site::product::Kind;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// How often processes are killed while a kind of time falls due.
const KILLS: usize = 3;
/// What another node needs to notice that one is gone, and a slow machine to go on.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long other nodes believe the rules they know.
const KNOWN_FOR: Duration = Duration::from_millis(3_500);
/// What each customer's thread holds of rules in the end, by direction.
const LINES: [(&str, i64); 3] = [("event", 1), ("note", 6), ("out", 2)];

/// One process on SQLite.
pub async fn sqlite(context: &Context) -> Result<()> {
    let scene = Scene::new(context, Kind::Sqlite, 1, 10).await?;
    run(context, scene, "I5 rules that wait, SQLite").await
}

/// Two nodes on PostgreSQL, killed in turn.
pub async fn postgres(context: &Context) -> Result<()> {
    let scene = Scene::new(context, Kind::Postgres(context.cluster()?, "rules"), 2, 10).await?;
    run(context, scene, "I5 rules that wait, PostgreSQL, two nodes").await
}

async fn run(context: &Context, mut scene: Scene, name: &str) -> Result<()> {
    let people = if context.long { 200 } else { 20 };
    let mut random = StdRng::seed_from_u64(context.seed);
    switch_on(&scene).await?;
    for person in 0..people {
        scene.sandbox.write(&Scene::talker(person), "What is the price of it?").await?;
    }
    // Settling times of one, two and four seconds fall due now; the waits behind them in a minute.
    kills(&mut scene, &mut random).await?;
    let begun = format!("SELECT COUNT(*) FROM rule_run WHERE state = 'waiting' HAVING COUNT(*) >= {}", people * 3);
    until(&scene, &begun, "the runs do not come to their waits").await?;
    let due = pass_the_minute(&mut scene).await?;
    kills(&mut scene, &mut random).await?;
    let open = "SELECT COUNT(*) FROM rule_run WHERE state IN ('acting', 'waiting') HAVING COUNT(*) = 0 \
                AND (SELECT COUNT(*) FROM job WHERE queue = 'rule' AND state <> 'dead') = 0";
    context.report.settled(name, until(&scene, open, "runs or jobs are left").await);
    context.report.settled(name, scene.rest(Duration::from_secs(60)).await);
    once(context, &scene, name, i64::from(people)).await?;
    in_time(context, &scene, name, &due).await?;
    context.report.judge(name, &scene.history(0).await?);
    Ok(())
}

/// Three rules that settle and then wait, and one that notices who waits.
async fn switch_on(scene: &Scene) -> Result<()> {
    let wait = json!({ "do": "wait", "minutes": 1 });
    let note = |body: &str| json!({ "do": "note", "body": body });
    let price = json!({ "on": "keyword", "words": ["price"] });
    let rules = [
        ("quick", &price, 1, json!([note("quick"), wait, note("quick again")])),
        (
            "talk",
            &price,
            2,
            json!([
                { "do": "send_text", "body": "It is 10." }, { "do": "add_tags", "tags": ["asked"] }, wait,
                { "do": "send_text", "body": "Is there anything else?" }, note("talked"),
            ]),
        ),
        (
            "slow",
            &price,
            4,
            json!([
                { "do": "set_priority", "priority": "high" }, note("slow"), wait,
                { "do": "set_field", "field": "waited", "value": "yes" }, note("slow again"),
            ]),
        ),
        ("waits", &json!({ "on": "unanswered", "minutes": 1 }), 0, json!([note("waits")])),
    ];
    for (name, when, settle, steps) in rules {
        let definition = json!({
            "name": name, "language": "en", "when": [when], "do": steps, "settle_seconds": settle,
        });
        scene.site.api(0).post("/api/v1/rules", &json!({ "enabled": true, "definition": definition })).await?;
    }
    tokio::time::sleep(KNOWN_FOR).await;
    Ok(())
}

/// Kills the nodes in turn, each at a random moment, and starts each again.
async fn kills(scene: &mut Scene, random: &mut StdRng) -> Result<()> {
    for number in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(random.random_range(50..900))).await;
        let node = number % scene.nodes.len();
        scene.kill(node);
        scene.start(node).await?;
    }
    Ok(())
}

/// Waits until a query has a row.
async fn until(scene: &Scene, sql: &str, otherwise: &str) -> Result<()> {
    let began = Instant::now();
    while scene.site.database.rows(sql).await?.is_empty() {
        if began.elapsed() > PATIENCE {
            let left = "SELECT state, reason, COUNT(*) FROM rule_run GROUP BY state, reason";
            return Err(format!("{otherwise}: {:?}", scene.site.database.rows(left).await?).into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// The minute passes while nobody runs: what is stored falls due that much earlier, the first of it when they are back.
/// Returns when each run is due.
async fn pass_the_minute(scene: &mut Scene) -> Result<HashMap<String, i64>> {
    (0..scene.nodes.len()).for_each(|node| scene.kill(node));
    let database = &scene.site.database;
    let first = database.number("SELECT MIN(due_at) FROM rule_run WHERE state = 'waiting'").await?;
    let passed = first - crate::clock::unix_millis() - 1_500;
    let change = format!(
        "UPDATE rule_run SET due_at = due_at - {passed} WHERE state = 'waiting'; \
         UPDATE job SET run_at = run_at - {passed} WHERE queue = 'rule' AND state = 'ready'"
    );
    database.change(&change).await?;
    let rows = database.rows("SELECT id, due_at FROM rule_run WHERE state = 'waiting'").await?;
    let due = rows.into_iter().filter_map(|mut row| Some((row[0].take()?, row[1].take()?.parse().ok()?))).collect();
    for node in 0..scene.nodes.len() {
        scene.start(node).await?;
    }
    Ok(due)
}

/// Every step's effect is there, and there once.
async fn once(context: &Context, scene: &Scene, name: &str, people: i64) -> Result<()> {
    let database = &scene.site.database;
    let mut states = BTreeMap::new();
    for row in database.rows("SELECT state, COUNT(*) FROM rule_run GROUP BY state").await? {
        states.insert(row[0].clone().unwrap_or_default(), row[1].clone().unwrap_or_default());
    }
    let all = BTreeMap::from([("done".to_owned(), (people * 4).to_string())]);
    context.report.check(&format!("{name}: every run ended, once"), states == all, &format!("{states:?}"));
    let sql = "SELECT contact_id, direction, COUNT(*) FROM message WHERE author_kind = 'rule' \
               GROUP BY contact_id, direction";
    let mut lines: BTreeMap<(String, i64), i64> = BTreeMap::new();
    for mut row in database.rows(sql).await? {
        let count = row[2].take().and_then(|digits| digits.parse().ok()).unwrap_or(0);
        *lines.entry((row[1].take().unwrap_or_default(), count)).or_default() += 1;
    }
    let expected = LINES.map(|(direction, count)| ((direction.to_owned(), count), people));
    context.report.check(
        &format!("{name}: no step twice, none left out"),
        lines == BTreeMap::from(expected),
        &format!("(direction, lines) of how many customers: {lines:?}"),
    );
    let tags = database.number("SELECT COUNT(*) FROM contact_tag").await?;
    let dead = database.number("SELECT COUNT(*) FROM job WHERE state = 'dead'").await?;
    context.report.check(
        &format!("{name}: everybody is tagged, no job is given up"),
        (tags, dead) == (people, 0),
        &format!("{tags} tags, {dead} dead jobs"),
    );
    let mut taken: BTreeMap<(String, String), usize> = BTreeMap::new();
    for sent in scene.sandbox.received().await?.iter().filter(|sent| sent["wamid"].is_string()) {
        *taken.entry((sent["to"].to_string(), sent["body"]["text"]["body"].to_string())).or_default() += 1;
    }
    let unsure = database.number("SELECT COUNT(*) FROM message WHERE direction = 'out' AND status = 'unknown'").await?;
    let total = i64::try_from(taken.len())?;
    context.report.check(
        &format!("{name}: nobody is written to twice, and nobody is lost"),
        taken.values().all(|times| *times == 1) && total <= people * 2 && total + unsure >= people * 2,
        &format!("{total} of {} texts at the provider, {unsure} cut off by a kill and shown so", people * 2),
    );
    Ok(())
}

/// Nothing is done before its time; how late it was done is told.
async fn in_time(context: &Context, scene: &Scene, name: &str, due: &HashMap<String, i64>) -> Result<()> {
    let (mut early, mut latest, mut seen) = (0, 0, 0);
    for mut row in scene.site.database.rows("SELECT id, event, steps, began_at FROM rule_run").await? {
        let read = |cell: Option<String>| serde_json::from_str::<Value>(&cell.unwrap_or_default()).unwrap_or_default();
        let (id, event, progress) = (row[0].take().unwrap_or_default(), read(row[1].take()), read(row[2].take()));
        let began: i64 = row[3].take().and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let mut moments = Vec::new();
        if event["what"]["kind"] == "message" {
            moments.push((event["at"].as_i64().unwrap_or(0) + event["settle_ms"].as_i64().unwrap_or(0), began));
        }
        if let Some(due) = due.get(&id) {
            let last = progress["steps"].as_array().and_then(|steps| steps.last()?["at"].as_i64());
            moments.push((*due, last.unwrap_or(0)));
        }
        for (due, done) in moments {
            seen += 1;
            early += usize::from(done < due);
            latest = latest.max(done - due);
        }
    }
    context.report.check(
        &format!("{name}: nothing comes before its time"),
        early == 0 && seen > due.len(),
        &format!("{seen} times, {early} early, the latest {:.1} s late", latest as f64 / 1_000.0),
    );
    Ok(())
}
