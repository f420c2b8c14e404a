//! Time that runs fast: a week of a crowd at 10,000 times the world's speed, and a week of retries.

mod common;

use common::{Bench, P, W, bench_with};
use rapport_sandbox::{Clock, Config, Shape, StatusDelays};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

const START: i64 = 1_795_000_000_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

async fn at_speed(speed: f64) -> Bench {
    let delays = StatusDelays { sent_ms: 2_000, delivered_ms: 20_000, read_ms: HOUR, read_ratio: 0.8 };
    let clock = Clock::new(Some(START), speed);
    bench_with(Config { delays, clock, review_ms: 6 * HOUR, ..Config::default() }).await
}

fn second(value: &Value) -> i64 {
    value["timestamp"].as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_customers_write_for_a_week() {
    let began = Instant::now();
    let b = at_speed(10_000.0).await;
    b.control("/limits", json!({"latency": {"shape": Shape::Lognormal, "spread": 0.7}})).await;
    let new = json!({"name": "weekly", "language": "en", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Your order has been packed."}]});
    let (_, made) = b.call("POST", &format!("/{W}/message_templates"), Some(new)).await;
    let crowd = json!({"customers": 2_000, "every_ms": 3 * DAY, "lasting_ms": WEEK, "first": 4_915_550_000_000_u64});
    b.control("/whatsapp/crowds", crowd).await;
    // Every tenth who writes is answered, while time flies.
    let mut answered = HashSet::new();
    let mut looked = 0;
    while b.sandbox.clock().now() < START + WEEK {
        let all = b.receiver.all();
        for hook in &all[looked..] {
            let Some(message) = hook.body.pointer("/entry/0/changes/0/value/messages/0") else {
                continue;
            };
            let from = message["from"].as_str().unwrap();
            if from.ends_with('0') && answered.insert(message["id"].to_string()) {
                let (status, body) = b.send(json!({"to": format!("+{from}"), "text": {"body": "On it"}})).await;
                assert_eq!(status, 200, "{body}");
            }
        }
        looked = all.len();
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(60) && took < Duration::from_secs(90), "a week took {took:?}");
    // What is under way still arrives: reads are at most some hours behind.
    tokio::time::sleep(Duration::from_secs(4)).await;
    let (_, state) = b.call("GET", "/_sandbox/state", None).await;
    let deliveries = &state["deliveries"];
    assert_eq!((deliveries["dropped"].as_u64(), deliveries["pending"].as_u64()), (Some(0), Some(0)), "{deliveries}");
    let written = state["whatsapp"]["totals"]["inbound"].as_u64().unwrap();
    // 2,000 customers, one message in three days each, for seven days: 4,667 on average, deviation 68.
    assert!((4_250..5_100).contains(&written), "{written} messages");
    let messages = b.receiver.items("messages");
    assert_eq!(messages.len() as u64, written);
    assert!(messages.iter().all(|m| (START / 1_000..=(START + WEEK + 6 * HOUR) / 1_000).contains(&second(m))));
    let each_day: HashMap<i64, usize> = messages.iter().fold(HashMap::new(), |mut days, message| {
        *days.entry((second(message) - START / 1_000) / 86_400).or_default() += 1;
        days
    });
    assert!((0..7).all(|day| (500..850).contains(each_day.get(&day).unwrap_or(&0))), "{each_day:?}");
    let statuses = b.receiver.items("statuses");
    let count = |name: &str| statuses.iter().filter(|status| status["status"] == name).count();
    assert_eq!((count("sent"), count("delivered")), (answered.len(), answered.len()));
    let read = count("read") as f64 / answered.len() as f64;
    assert!(answered.len() > 300 && (0.7..0.9).contains(&read), "{} answered, {read} read", answered.len());
    assert_eq!(count("failed"), 0, "all answers came within the window");
    let (_, template) = b.call("GET", &format!("/{}?fields=status", made["id"].as_str().unwrap()), None).await;
    assert_eq!(template["status"], "APPROVED", "the review of six hours has ended");
}

#[tokio::test]
async fn a_webhook_nobody_takes_is_tried_for_seven_days_with_growing_pauses() {
    let b = at_speed(100_000.0).await;
    b.receiver.refuse_next(u32::MAX);
    assert_eq!(b.customer_writes("anybody?").await["delivery"], "failed");
    let start = Instant::now();
    let dropped = loop {
        let (_, state) = b.call("GET", "/_sandbox/state", None).await;
        if state["deliveries"]["dropped"] == 1 {
            break b.sandbox.clock().now() - START;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{}", state["deliveries"]);
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert!((6 * DAY..8 * DAY).contains(&dropped), "dropped after {} h", dropped / HOUR);
    let (_, log) = b.call("GET", "/_sandbox/deliveries", None).await;
    let mut times: Vec<i64> = log["items"].as_array().unwrap().iter().filter_map(|item| item["at"].as_i64()).collect();
    times.sort_unstable();
    assert!((30..60).contains(&times.len()), "{} tries", times.len());
    let pauses: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses[0] < 6 * HOUR && *pauses.last().unwrap() >= 6 * HOUR, "{pauses:?}");
}

#[tokio::test]
async fn files_and_links_expire_on_the_sandboxs_clock() {
    let b = at_speed(1.0).await;
    let part = reqwest::multipart::Part::bytes(b"\x89PNG".to_vec()).file_name("a.png").mime_str("image/png").unwrap();
    let form = reqwest::multipart::Form::new().text("messaging_product", "whatsapp").part("file", part);
    let url = format!("{}/v26.0/{P}/media", b.sandbox.base_url());
    let answer = b.http.post(url).bearer_auth("sandbox-token").multipart(form).send().await.unwrap();
    let upload = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let image = json!({"from": "+491511234567", "message": {"type": "image", "image": {}}});
    b.control("/whatsapp/inbound", image).await;
    let inbound = b.receiver.items("messages")[0]["image"].clone();
    let url = inbound["url"].as_str().unwrap();
    let fetch = async || b.http.get(url).bearer_auth("sandbox-token").send().await.unwrap().status().as_u16();
    let known = async |id: &str| b.call("GET", &format!("/{id}"), None).await.0;
    let inbound = inbound["id"].as_str().unwrap();
    assert_eq!((fetch().await, known(inbound).await, known(&upload).await), (200, 200, 200));
    b.control("/clock", json!({"advance_ms": 5 * 60_000})).await;
    assert_eq!((fetch().await, known(inbound).await), (404, 200));
    b.control("/clock", json!({"advance_ms": WEEK})).await;
    assert_eq!((known(inbound).await, known(&upload).await), (400, 200));
    b.control("/clock", json!({"advance_ms": 23 * DAY})).await;
    assert_eq!(known(&upload).await, 400);
}

#[tokio::test]
async fn a_crowd_is_checked_and_can_be_stopped() {
    let b = at_speed(1_000.0).await;
    let wrong = json!({"customers": 0, "every_ms": 1, "lasting_ms": 1});
    assert_eq!(b.call("POST", "/_sandbox/whatsapp/crowds", Some(wrong)).await.0, 400);
    let crowd = json!({"customers": 5, "every_ms": 10_000, "lasting_ms": DAY, "texts": ["one", "two"]});
    b.control("/whatsapp/crowds", crowd).await;
    b.receiver.until(|r| r.items("messages").len() >= 6).await;
    assert_eq!(b.call("DELETE", "/_sandbox/whatsapp/crowds", None).await.0, 200);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let before = b.receiver.items("messages").len();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(b.receiver.items("messages").len(), before);
}
