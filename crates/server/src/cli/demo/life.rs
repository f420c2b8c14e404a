//! The living shop: a history that is delivered at the start, then customers who write, and answer when answered.

use super::setup::{AGENTS, OWNER, Shop};
use super::stage::{Agent, Stage};
use super::story::{self, Person, Said, Story};
use futures::StreamExt;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rapport_connectors::http::Method;
use serde_json::{Value, json};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// Customers whose history is delivered at the same time.
const AT_ONCE: usize = 8;
/// How long events may take to be processed at the start.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the sandbox is asked what the shop has sent.
const LOOK: Duration = Duration::from_secs(1);

/// Delivers the history and does what agents did about it. `now`: UTC seconds.
///
/// # Errors
/// A sentence with what did not work.
pub async fn history(stage: &Stage, shop: &Shop, story: &Story, seed: u64, now: i64) -> Result<(), String> {
    let told = futures::stream::iter(story.people.iter().enumerate())
        .map(|(at, person)| tell(stage, person, seed.wrapping_add(at as u64), now))
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<_>>();
    told.await.into_iter().collect::<Result<(), String>>()?;
    settled(stage).await?;
    after(stage, shop, story).await
}

/// One customer's lines, each some minutes after the one before, the last one when it is said to be.
async fn tell(stage: &Stage, person: &Person, seed: u64, now: i64) -> Result<(), String> {
    let mut random = StdRng::seed_from_u64(seed);
    let gaps: Vec<i64> = person.lines.iter().map(|_| random.random_range(70..540)).collect();
    let mut at = now - person.ends * 60 - gaps.iter().skip(1).sum::<i64>();
    let mut last_echo = String::new();
    for (n, line) in person.lines.iter().enumerate() {
        if n > 0 {
            at += gaps[n];
        }
        match line.said() {
            Said::In(message) => drop(stage.say(&person.phone, &person.name, message, Some(at)).await?),
            Said::Out(text) => {
                last_echo = format!("wamid.DEMO{}{n}", person.phone);
                stage.echo(&person.phone, &text, &last_echo, at).await?;
            }
            Said::Reaction(emoji) => {
                let message = json!({ "type": "reaction", "reaction": { "message_id": last_echo, "emoji": emoji } });
                stage.say(&person.phone, &person.name, message, Some(at)).await?;
            }
        }
    }
    Ok(())
}

/// Waits until everything that was delivered is processed.
async fn settled(stage: &Stage) -> Result<(), String> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let counts = stage.api(Method::Get, "/api/v1/audit/counts", None).await?;
        if counts["pending"] == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("the history is still being processed".to_owned())
}

/// Conversations are assigned, marked, resolved; each agent answers some of theirs.
async fn after(stage: &Stage, shop: &Shop, story: &Story) -> Result<(), String> {
    let list = stage.api(Method::Get, "/api/v1/conversations?view=all&status=any&limit=200", None).await?;
    let conversations: HashMap<String, &Value> = list["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| Some((digits(one["contact"]["phone"].as_str()?), one)))
        .collect();
    let mut sessions: HashMap<usize, Agent> = HashMap::new();
    for person in &story.people {
        let Some(conversation) = conversations.get(&person.phone) else { continue };
        let id = conversation["id"].as_str().unwrap_or_default();
        if let Some(patch) = patch(shop, person) {
            stage.api(Method::Patch, &format!("/api/v1/conversations/{id}"), Some(&patch)).await?;
        }
        if person.set.status.is_some() || person.set.reply.is_some() {
            stage.api(Method::Post, &format!("/api/v1/conversations/{id}/read"), None).await?;
        }
        if let (Some(who), Some(reply)) = (person.set.assign, &person.set.reply) {
            if let Entry::Vacant(place) = sessions.entry(who) {
                let email = AGENTS.get(who).map_or(OWNER, |(_, email)| *email);
                place.insert(stage.sign_in(email, &shop.password).await?);
            }
            stage.reply(&sessions[&who], id, reply).await?;
        }
    }
    Ok(())
}

/// What changed about a conversation, if anything.
fn patch(shop: &Shop, person: &Person) -> Option<Value> {
    let mut patch = serde_json::Map::new();
    if let Some(who) = person.set.assign.and_then(|who| shop.staff.get(who)) {
        patch.insert("assignee_id".to_owned(), json!(who));
    }
    for (name, value) in [("status", &person.set.status), ("priority", &person.set.priority)] {
        if let Some(value) = value {
            patch.insert(name.to_owned(), json!(value));
        }
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

/// Somebody with more to say.
struct Customer {
    name: String,
    lang: String,
    later: VecDeque<String>,
}

/// The shop while it lives.
pub struct Life {
    stage: Stage,
    random: StdRng,
    customers: HashMap<String, Customer>,
    phones: Vec<String>,
    walk_ins: VecDeque<Person>,
    small_talk: std::collections::BTreeMap<String, Vec<String>>,
    /// Who answers when.
    answers: Vec<(Instant, String, String)>,
    seen: u64,
}

impl Life {
    /// A shop with these customers.
    #[must_use]
    pub fn new(stage: Stage, story: Story, seed: u64) -> Self {
        let mut customers = HashMap::new();
        let mut phones = Vec::new();
        for person in story.people {
            phones.push(person.phone.clone());
            let customer = Customer { name: person.name, lang: person.lang, later: person.later.into() };
            customers.insert(person.phone, customer);
        }
        Self {
            stage,
            random: StdRng::seed_from_u64(seed ^ 0x5eed),
            customers,
            phones,
            walk_ins: story.walk_ins.into(),
            small_talk: story.small_talk,
            answers: Vec::new(),
            seen: 0,
        }
    }

    /// Goes on until it is dropped. What was sent before is not answered.
    pub async fn run(mut self) {
        self.seen = self.look().await.into_iter().map(|(n, ..)| n + 1).max().unwrap_or(0);
        let mut next = Instant::now() + Duration::from_secs(8);
        loop {
            tokio::time::sleep(LOOK).await;
            for (n, to, kind) in self.look().await {
                self.seen = self.seen.max(n + 1);
                if kind != "reaction" {
                    self.hear(&to);
                }
            }
            let now = Instant::now();
            let due: Vec<_> = self.answers.extract_if(.., |(at, ..)| *at <= now).collect();
            for (_, phone, text) in due {
                self.write(&phone, story::text(&text)).await;
            }
            if now >= next {
                next = now + Duration::from_secs(self.random.random_range(8..=20));
                self.act().await;
            }
        }
    }

    async fn look(&self) -> Vec<(u64, String, String)> {
        self.stage.received(self.seen).await.unwrap_or_default()
    }

    /// A customer read an answer and will say something after some seconds, if there is something left to say.
    fn hear(&mut self, to: &str) {
        let pause = Duration::from_secs(self.random.random_range(4..=14));
        let Some(customer) = self.customers.get_mut(to) else { return };
        // Whoever gets three lines at once answers once.
        if self.answers.iter().any(|(_, phone, _)| phone == to) {
            return;
        }
        if let Some(text) = customer.later.pop_front() {
            self.answers.push((Instant::now() + pause, to.to_owned(), text));
        }
    }

    /// Somebody writes by themselves: a new customer, or a known one with a question.
    async fn act(&mut self) {
        let newcomer = if self.random.random_bool(0.3) { self.walk_ins.pop_front() } else { None };
        if let Some(person) = newcomer {
            let lines: Vec<Said> = person.lines.iter().map(story::Line::said).collect();
            self.phones.push(person.phone.clone());
            let customer = Customer { name: person.name, lang: person.lang, later: person.later.into() };
            self.customers.insert(person.phone.clone(), customer);
            for line in lines {
                if let Said::In(message) = line {
                    self.write(&person.phone, message).await;
                }
            }
            return;
        }
        let phone = self.phones[self.random.random_range(0..self.phones.len())].clone();
        let Some(customer) = self.customers.get(&phone) else { return };
        let Some(lines) = self.small_talk.get(&customer.lang) else { return };
        let text = lines[self.random.random_range(0..lines.len())].clone();
        self.write(&phone, story::text(&text)).await;
    }

    async fn write(&self, phone: &str, message: Value) {
        let Some(customer) = self.customers.get(phone) else { return };
        if let Err(error) = self.stage.say(phone, &customer.name, message, None).await {
            tracing::warn!(error, "a customer of the demo could not write");
        }
    }
}
