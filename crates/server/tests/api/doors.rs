//! Our connectors at the sandbox's doors, over real sockets: whatever one of them misunderstands shows here. Each door
//! gets the whole life of a number: connected, pointed here, written to, answered in words, files and templates, read.

use crate::harness::{Client, PNG, Reply, TestApp};
use axum::http::Method;
use rapport_app::services::Services;
use rapport_connectors::http::{self, AllowList, Executor, Request};
use rapport_sandbox::{Clock, Config, Handle, NumberConfig, Sandbox, StatusDelays};
use rapport_server::http::listen::{Limits, serve};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const NUMBER: &str = "106540352242922";
const ACCOUNT: &str = "102290129340398";
const ANA: &str = "4915112345678";
/// Where both clocks begin.
const START: i64 = 1_790_000_000_000;

/// The application with its workers behind a real address, and the sandbox.
pub struct Town {
    pub test: TestApp,
    pub owner: Client,
    sandbox: Handle,
    http: Arc<http::Client>,
    services: Services,
    here: String,
    stop: CancellationToken,
    pub channel: String,
    /// Path of the channel's webhook.
    hook: String,
}

impl Town {
    async fn open() -> Self {
        // Time goes faster on both sides: nothing here waits for its own sake.
        let delays = StatusDelays { sent_ms: 100, delivered_ms: 300, read_ms: 600, read_ratio: 1.0 };
        let config = Config { clock: Clock::new(Some(START), 8.0), delays, ..Config::default() };
        let sandbox = Sandbox::start(config).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = format!("http://{}", listener.local_addr().unwrap());
        let allow = AllowList::parse(["127.0.0.1"]).unwrap();
        let http = Arc::new(http::Client::new(http::Config { allow, ..http::Config::default() }).unwrap());
        let test = TestApp::reached_at(http.clone(), &here).await;
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, test.router.clone(), Limits::default(), stop.clone()));
        let workspace = test.workspace("a").await;
        let owner = test.bearer(&workspace.token);
        let services = Services::start(&test.app).await.unwrap();
        let (channel, hook) = (String::new(), String::new());
        Self { test, owner, sandbox, http, services, here, stop, channel, hook }
    }

    /// Connects the sandbox's number; `number` says through whom.
    async fn connect(&mut self, number: Value) {
        let added = self.owner.post("/api/v1/channels", number).await;
        assert_eq!(added.status, 201, "{}", added.body);
        self.channel = added.text("/id");
        self.hook = added.text("/webhook_url").strip_prefix(&self.here).unwrap().to_owned();
        let codes = codes(&added.body);
        assert!(!codes.iter().any(|(check, _)| check == "channel.number"), "the number answers: {codes:?}");
    }

    pub async fn through_360dialog() -> Self {
        let mut town = Self::open().await;
        let base = format!("{}/dialog360", town.sandbox.base_url());
        town.connect(json!({
            "kind": "whatsapp", "provider": "dialog360", "phone_number_id": NUMBER, "waba_id": ACCOUNT,
            "api_key": format!("d360-{NUMBER}"), "webhook_secret": "sixteen-or-more-letters", "base_url": base,
        }))
        .await;
        let pointed = town.owner.post(&town.of_channel("subscribe"), json!({})).await;
        assert_eq!(pointed.status, 200, "{}", pointed.body);
        town
    }

    pub async fn through_twilio() -> Self {
        let mut town = Self::open().await;
        let base = format!("{}/twilio", town.sandbox.base_url());
        town.connect(json!({
            "kind": "whatsapp", "provider": "twilio", "phone_number": "+15550783881",
            "account_sid": format!("AC{:032}", 1), "auth_token": "sandbox-auth-token", "base_url": base,
        }))
        .await;
        // A person does that in Twilio's console.
        let twilio_url = Some(format!("{}{}", town.here, town.hook));
        town.sandbox.define_number(NumberConfig { twilio_url, ..NumberConfig::default() });
        town
    }

    async fn through_meta() -> Self {
        let mut town = Self::open().await;
        town.connect(json!({
            "kind": "whatsapp", "phone_number_id": NUMBER, "waba_id": ACCOUNT, "access_token": "sandbox-token",
            "app_secret": "sandbox-app-secret", "verify_token": "sandbox-verify", "base_url": town.sandbox.base_url(),
        }))
        .await;
        town
    }

    pub fn of_channel(&self, rest: &str) -> String {
        format!("/api/v1/channels/{}/{rest}", self.channel)
    }

    /// The application's own address.
    pub fn here(&self) -> String {
        self.here.clone()
    }

    /// Time passes until an answer is as wanted.
    pub async fn until(&self, what: &str, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        for _ in 0..400 {
            last = self.owner.get(path).await.body;
            if wanted(&last) {
                return last;
            }
            self.test.clock.advance(200);
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{what}: {last}");
    }

    /// A customer writes; the conversation it stands in.
    pub async fn hears(&self, message: Value) -> String {
        let sent = self.sandbox.inject(None, ANA, Some("Ana"), message).await.unwrap();
        assert_eq!((sent.delivery, sent.status), ("delivered", Some(200)), "{:?}", sent.error);
        let path = "/api/v1/conversations?view=all&status=any";
        let found = self.until("a conversation", path, |body| body["items"][0]["id"].is_string()).await;
        assert_eq!(found["items"][0]["contact"]["phone"], format!("+{ANA}"));
        assert_eq!(found["items"][0]["contact"]["name"], "Ana");
        found["items"][0]["id"].as_str().unwrap().to_owned()
    }

    pub async fn says(&self, conversation: &str, content: Value) -> String {
        let path = format!("/api/v1/conversations/{conversation}/messages");
        let reply = self.owner.post(&path, json!({ "content": content })).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
        reply.text("/id")
    }

    /// The message once it has this status.
    pub async fn reaches(&self, message: &str, status: &str) -> Value {
        self.until(status, &format!("/api/v1/messages/{message}"), |body| body["status"] == status).await
    }

    /// What the sandbox was asked to send, as it noted it.
    pub async fn received(&self) -> Vec<Value> {
        let body = self.control(http::Method::Get, "whatsapp/received", None).await;
        body["items"].as_array().unwrap().clone()
    }

    pub async fn control(&self, method: http::Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/_sandbox/{path}", self.sandbox.base_url());
        let request = Request::new("sandbox", "control", method, url);
        let request = body.iter().fold(request, |request, body| request.with_json(body));
        let answer = self.http.run(request).await.unwrap();
        assert!(answer.ok(), "{path}: {}", answer.status);
        serde_json::from_slice(&answer.body).unwrap()
    }

    async fn knocks(&self, client: Client, content_type: &str, body: &str) -> Reply {
        client.raw(Method::POST, &self.hook, Some(content_type), body.as_bytes().to_vec()).await
    }

    pub async fn close(self) {
        let balanced = |body: &Value| body["pending"] == 0;
        let counts = self.until("everything is processed", "/api/v1/audit/counts", balanced).await;
        assert_eq!((&counts["balanced"], &counts["quarantined"]), (&json!(true), &json!(0)), "{counts}");
        self.stop.cancel();
        self.test.app.shutdown.cancel();
        self.services.join(&self.test.app).await;
        self.sandbox.shutdown().await;
    }
}

/// Check and code of every finding that is not as it should be.
fn codes(body: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = body["findings"].as_array().unwrap().iter();
    findings.filter(|one| one["state"] != "ok").map(|one| (text(&one["check"]), text(&one["code"]))).collect()
}

/// Words both ways, files both ways, a template; all of it told back until it was read.
async fn a_whole_conversation(town: &Town, via: &str) {
    let talk = town.hears(json!({ "type": "text", "text": { "body": "Grüße, هل عندكم اللون الأزرق؟ 👋" } })).await;
    let thread = format!("/api/v1/conversations/{talk}/messages");
    let first = town.owner.get(&thread).await;
    assert_eq!(first.text("/items/0/content/body"), "Grüße, هل عندكم اللون الأزرق؟ 👋");
    town.hears(json!({ "type": "image", "image": { "caption": "this one" } })).await;
    let stored = |body: &Value| body["items"][0]["media"]["state"] == "stored";
    let picture = town.until("the picture is here", &thread, stored).await["items"][0].clone();
    assert_eq!((&picture["kind"], &picture["content"]["caption"]), (&json!("image"), &json!("this one")), "{picture}");
    let file = town.owner.get(&format!("/api/v1/media/{}", picture["media"]["id"].as_str().unwrap())).await;
    assert_eq!((file.status, file.bytes.starts_with(b"\x89PNG")), (200, true));

    let words = town.says(&talk, json!({ "type": "text", "body": "Yes, من أي مقاس؟" })).await;
    let text = town.reaches(&words, "read").await;
    assert!(text["sent_at"].is_i64() && text["delivered_at"].is_i64(), "{text}");
    let upload = upload(&town.owner, PNG).await.text("/id");
    let media = json!({ "type": "media", "kind": "image", "media_id": upload, "caption": "in blue" });
    let sent = town.says(&talk, media).await;
    town.reaches(&sent, "read").await;
    let synced = town.owner.post(&town.of_channel("templates/sync"), json!({})).await;
    assert!(synced.body["synced"].as_i64().unwrap() > 5, "{}", synced.body);
    let blanks: Vec<Value> = ["Ana", "1042", "Tuesday"].map(|text| json!({ "type": "text", "text": text })).into();
    let template = json!({
        "type": "template", "name": "order_update", "language": "en",
        "components": [{ "type": "body", "parameters": blanks }],
    });
    let notice = town.says(&talk, template).await;
    town.reaches(&notice, "read").await;

    let received = town.received().await;
    assert!(received.iter().all(|one| one["via"] == via && one["to"] == ANA), "{received:?}");
    let kinds: Vec<&Value> = received.iter().map(|one| &one["body"]["type"]).collect();
    assert_eq!(kinds, ["text", "image", "template"], "{received:?}");
    assert_eq!(received[0]["body"]["text"]["body"], "Yes, من أي مقاس؟");
    assert_eq!(received[1]["body"]["image"]["caption"], "in blue");
    assert_eq!(received[2]["body"]["template"]["name"], "order_update");
    assert_eq!(received[2]["body"].pointer("/template/components/0/parameters/2/text"), Some(&json!("Tuesday")));
}

pub async fn upload(client: &Client, bytes: &[u8]) -> Reply {
    let head = "--frame\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blue.png\"\r\nContent-Type: image/png\r\n\r\n";
    let body = [head.as_bytes(), bytes, b"\r\n--frame--\r\n"].concat();
    let reply = client.raw(Method::POST, "/api/v1/media", Some("multipart/form-data; boundary=frame"), body).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply
}

/// The provider takes a message and answers 500, or not at all: its own status tells what became of it, and it is
/// never sent again.
async fn answers_that_lie(town: &Town, talk: &str) {
    let lies = json!({ "kind": "status", "status": 500, "after": true });
    for (mut fault, text) in [(lies, "500"), (json!({ "kind": "drop_response" }), "cut")] {
        fault["target"] = json!("whatsapp");
        fault["times"] = json!(1);
        fault["match"] = json!({ "path": "essages", "method": "POST" });
        town.control(http::Method::Post, "faults", Some(fault)).await;
        let id = town.says(talk, json!({ "type": "text", "body": text })).await;
        town.reaches(&id, "read").await;
        let why = town.owner.get(&format!("/api/v1/messages/{id}/why")).await;
        assert_eq!(why.body["attempts"].as_array().unwrap().len(), 1, "{}", why.body);
        let taken = town.received().await;
        let times = taken.iter().filter(|one| one["body"]["text"]["body"] == text).count();
        assert_eq!(times, 1, "{text}");
    }
}

/// A customer who cannot be reached: what the provider tells later is shown with its reason.
async fn a_failure_is_told(town: &Town, code: i64) {
    let contact = json!({ "phone": "+971500131026", "name": "Nobody" });
    let made = town.owner.post("/api/v1/contacts", contact).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("/api/v1/contacts/{}/conversations", made.text("/id"));
    let talk = town.owner.post(&path, json!({ "channel_id": town.channel })).await.text("/id");
    let template = json!({ "type": "template", "name": "hello_world", "language": "en_US", "components": [] });
    let id = town.says(&talk, template).await;
    let failed = town.reaches(&id, "failed").await;
    assert_eq!(failed["error"]["code"], code, "{failed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_at_360dialog() {
    let town = Town::through_360dialog().await;
    let checked = town.owner.post(&town.of_channel("check"), json!({})).await;
    let found = codes(&checked.body);
    assert!(!found.iter().any(|(check, _)| check == "channel.number" || check == "channel.token"), "{found:?}");
    a_whole_conversation(&town, "dialog360").await;
    let body = json!({ "object": "whatsapp_business_account", "entry": [] }).to_string();
    let nobody = || town.test.nobody();
    assert_eq!(town.knocks(nobody(), "application/json", &body).await.status, 401, "without the secret");
    let wrong = nobody().with("x-rapport-secret", "sixteen-or-more-lettres");
    assert_eq!(town.knocks(wrong, "application/json", &body).await.status, 401, "with another one");
    let talk = town.hears(json!({ "type": "text", "text": { "body": "still there?" } })).await;
    answers_that_lie(&town, &talk).await;
    a_failure_is_told(&town, 131_026).await;
    town.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_at_twilio() {
    let town = Town::through_twilio().await;
    let checked = town.owner.post(&town.of_channel("check"), json!({})).await;
    let found = codes(&checked.body);
    assert!(!found.iter().any(|(check, _)| check == "channel.number" || check == "channel.token"), "{found:?}");
    a_whole_conversation(&town, "twilio").await;
    let form = "From=whatsapp%3A%2B4915112345678&MessageSid=SM1&Body=Hi&To=whatsapp%3A%2B15550783881";
    let kind = "application/x-www-form-urlencoded";
    let nobody = || town.test.nobody();
    assert_eq!(town.knocks(nobody(), kind, form).await.status, 401, "unsigned");
    let wrong = nobody().with("x-twilio-signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_eq!(town.knocks(wrong, kind, form).await.status, 401, "signed by somebody else");
    let talk = town.hears(json!({ "type": "text", "text": { "body": "still there?" } })).await;
    answers_that_lie(&town, &talk).await;
    a_failure_is_told(&town, 63_024).await;
    town.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_template_library_is_browsed_and_used() {
    let town = Town::through_meta().await;
    let browse = |rest: &str| format!("/api/v1/template-library?channel_id={}{rest}", town.channel);
    let all = town.owner.get(&browse("")).await;
    assert_eq!(all.status, 200, "{}", all.body);
    assert!(all.body["items"].as_array().unwrap().len() >= 20, "{}", all.body);
    let found = town.owner.get(&browse("&search=parcel&language=en")).await;
    assert_eq!(found.body["items"], json!([]), "nothing says parcel in its own words: {}", found.body);
    let found = town.owner.get(&browse("&search=warehouse&language=en&topic=order_management")).await;
    let items = found.body["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["name"]), (1, &json!("shipment_confirmation_1")), "{}", found.body);
    assert_eq!((&items[0]["category"], &items[0]["use_case"]), (&json!("UTILITY"), &json!("SHIPMENT_CONFIRMATION")));
    let arabic = town.owner.get(&browse("&language=ar&industry=financial_services")).await;
    assert_eq!(arabic.body["items"].as_array().unwrap().len(), 2, "{}", arabic.body);

    let mut new = json!({
        "channel_id": town.channel, "library_name": "shipment_confirmation_1", "name": "parcel_left", "language": "en",
        "category": "UTILITY", "buttons": [],
    });
    let bare = town.owner.post("/api/v1/template-library", new.clone()).await;
    assert_eq!((bare.status, bare.text("/code")), (422, "template_refused".to_owned()), "{}", bare.body);
    new["buttons"] = json!([
        { "type": "URL", "url": "https://shop.example/t/{{1}}", "url_example": "https://shop.example/t/7" },
        { "type": "PHONE_NUMBER", "phone_number": "+97145551234" },
    ]);
    let made = town.owner.post("/api/v1/template-library", new).await;
    assert_eq!((made.status, made.text("/status")), (201, "APPROVED".to_owned()), "{}", made.body);
    let kinds: Vec<&Value> = made.body["components"].as_array().unwrap().iter().map(|one| &one["type"]).collect();
    assert_eq!(kinds, ["BODY", "BUTTONS"], "its words are there at once: {}", made.body);
    let keys: Vec<&Value> = made.body["variables"].as_array().unwrap().iter().map(|one| &one["key"]).collect();
    assert_eq!(keys, ["body.1", "body.2", "body.3", "buttons.0"]);
    town.close().await;
}
