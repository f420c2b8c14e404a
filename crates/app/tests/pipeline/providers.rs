//! The same road over another provider: a delivery, the message, the reply, its status, read.

use crate::inbound::on_both;
use crate::world::{NUMBER, START, World, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use rapport_app::channel::receive::{self, Rejected};
use rapport_app::channel::tally;
use rapport_connectors::http::{Body, Failure, Response};
use rapport_connectors::provider::Delivery;
use rapport_core::inbox::callback;
use rapport_core::message::Content;
use rapport_store::Backend;
use serde_json::json;
use sha1::Sha1;

const SID: &str = "AC0123456789abcdef0123456789abcdef";
const NOW_S: i64 = START.0 / 1_000;

/// Makes the world's number one of this provider.
async fn moved(world: &World, provider: &str, number: &str, account: &str, base: &str) {
    let tx = world.app.store.workspace(world.workspace).write().await.unwrap();
    let mut row = rapport_store::channel::get_for_write(&tx, world.channel).await.unwrap().unwrap();
    row.provider = provider.to_owned();
    row.phone_number_id = number.to_owned();
    row.waba_id = account.to_owned();
    row.base_url = base.to_owned();
    rapport_store::channel::update(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
    world.app.channels.forget();
}

async fn knock(world: &World, headers: &[(&str, String)], query: &str, raw: &str) -> Result<(), Rejected> {
    let channel = receive::door(&world.app, world.channel).await.unwrap();
    let find = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    let delivery = Delivery { headers: &find, query, raw: raw.as_bytes(), at: world.app.now() };
    receive::receive(&world.app, &channel, &delivery).await.map(drop)
}

fn hook(world: &World) -> String {
    world.app.settings.webhook_url("whatsapp", world.channel.0)
}

/// Twilio's signature, made from its description: address, then names and values in order.
fn signed(world: &World, query: &str, form: &[(&str, &str)]) -> [(&'static str, String); 1] {
    let mut pairs = form.to_vec();
    pairs.sort_unstable();
    let values: String = pairs.iter().map(|(name, value)| format!("{name}{value}")).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    let mut mac = Hmac::<Sha1>::new_from_slice(b"secret").unwrap();
    mac.update(format!("{}{mark}{query}{values}", hook(world)).as_bytes());
    [("x-twilio-signature", STANDARD.encode(mac.finalize().into_bytes()))]
}

fn encoded(form: &[(&str, &str)]) -> String {
    let one = |(name, value): &(&str, &str)| {
        format!("{name}={}", value.replace(':', "%3A").replace('+', "%2B").replace(' ', "+"))
    };
    form.iter().map(one).collect::<Vec<_>>().join("&")
}

async fn twilio(world: &World, query: &str, form: &[(&str, &str)]) {
    knock(world, &signed(world, query, form), query, &encoded(form)).await.unwrap();
}

async fn out(world: &World, expected: &str) {
    let sql = format!("SELECT count(*) FROM message WHERE direction = 'out' AND status = '{expected}'");
    world.until(expected, &sql, 1).await;
}

const FROM: (&str, &str) = ("From", "whatsapp:+16505550001");
const TO: (&str, &str) = ("To", "whatsapp:+14155238886");

async fn a_conversation_over_twilio(backend: Backend) {
    let world = World::open(backend).await;
    moved(&world, "twilio", "14155238886", SID, "https://api.twilio.example").await;
    let hello = [("MessageSid", "SMin"), FROM, TO, ("Body", "hello there"), ("ProfileName", "Ana"), ("NumMedia", "0")];
    let forged = knock(&world, &[("x-twilio-signature", STANDARD.encode([0; 20]))], "", &encoded(&hello)).await;
    assert!(matches!(forged, Err(Rejected::Signature(_))), "{forged:?}");
    assert_eq!(world.number("SELECT count(*) FROM raw_event").await, 0);
    tally::flush(&world.app).await;
    assert_eq!(
        world.number("SELECT CAST(sum(value) AS bigint) FROM counter WHERE name = 'refused_signature'").await,
        1,
        "counted"
    );

    twilio(&world, "", &hello).await;
    twilio(&world, "", &hello).await;
    world.settle().await;
    assert_eq!(world.number("SELECT count(*) FROM message WHERE direction = 'in'").await, 1, "once");
    world.clock.advance(1_100);

    let accepted = Response::new(201, &[], r#"{"sid":"SMout","status":"queued","error_code":null}"#);
    world.provider.answer(Ok(accepted));
    let id = world.write(world.only_conversation().await, "hi").await;
    out(&world, "sent").await;
    let requests = world.provider.requests.lock().unwrap().clone();
    let [sent] = &requests[..] else { panic!("one send: {requests:?}") };
    assert_eq!(sent.url, format!("https://api.twilio.example/2010-04-01/Accounts/{SID}/Messages.json"));
    let Body::Bytes(bytes) = &sent.body else { panic!("a form") };
    let form = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(
        form.starts_with("From=whatsapp%3A%2B14155238886&To=whatsapp%3A%2B16505550001&Body=hi&StatusCallback="),
        "{form}"
    );

    let query = format!("rapport={}", callback(id, 1).replace(':', "%3A"));
    for (word, then) in [("sent", "sent"), ("delivered", "delivered"), ("read", "read")] {
        let status = [("MessageSid", "SMout"), ("From", TO.1), ("To", FROM.1), ("MessageStatus", word)];
        twilio(&world, &query, &status).await;
        out(&world, then).await;
    }
    world.finish().await;
}

async fn a_lost_answer_of_twilio_is_settled_by_its_status(backend: Backend) {
    let world = World::open(backend).await;
    moved(&world, "twilio", "14155238886", SID, "https://api.twilio.example").await;
    twilio(&world, "", &[("MessageSid", "SMin"), FROM, TO, ("Body", "hello")]).await;
    world.settle().await;
    world.clock.advance(1_100);
    world.provider.answer(Err(Failure::Ambiguous("cut".to_owned())));
    let id = world.write(world.only_conversation().await, "hi").await;
    out(&world, "unknown").await;
    let query = format!("rapport={}", callback(id, 1).replace(':', "%3A"));
    let status = [("MessageSid", "SMlate"), ("From", TO.1), ("To", FROM.1), ("MessageStatus", "delivered")];
    twilio(&world, &query, &status).await;
    out(&world, "delivered").await;
    assert_eq!(world.provider.sends().len(), 1);
    world.finish().await;
}

fn buttons(body: &str) -> Content {
    let action = json!({"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]});
    Content::Interactive { kind: "button".to_owned(), header: None, body: Some(body.to_owned()), footer: None, action }
}

/// Where each call went, and the content that a message was sent by.
fn calls(world: &World) -> Vec<(String, Option<String>)> {
    let one = |request: &rapport_connectors::http::Request| {
        let Body::Bytes(bytes) = &request.body else { panic!("a body") };
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let sid = text.split('&').find_map(|pair| pair.strip_prefix("ContentSid=")).map(str::to_owned);
        (request.url.rsplit('/').next().unwrap().to_owned(), sid)
    };
    world.provider.requests.lock().unwrap().iter().map(one).collect()
}

/// A look is made once, also over a restart, and again when Twilio does not know it any more.
async fn buttons_over_twilio(backend: Backend) {
    let mut world = World::open(backend).await;
    moved(&world, "twilio", "14155238886", SID, "https://api.twilio.example").await;
    twilio(&world, "", &[("MessageSid", "SMin"), FROM, TO, ("Body", "hello")]).await;
    world.settle().await;
    world.clock.advance(1_100);
    let conversation = world.only_conversation().await;
    let accepted = |sid: &str| Response::new(201, &[], json!({"sid": sid, "status": "queued"}).to_string());
    for (nth, body) in ["Keep it?", "And this one?"].into_iter().enumerate() {
        world.provider.answer(Ok(accepted(&format!("SM{nth}"))));
        world.say(conversation, buttons(body)).await;
        all_sent(&world, nth as i64 + 1).await;
        world.restart().await;
    }
    let send = |sid: &str| ("Messages.json".to_owned(), Some(sid.to_owned()));
    let make = ("Content".to_owned(), None);
    assert_eq!(calls(&world), [make.clone(), send("HX1"), send("HX1")]);
    let gone = Response::new(404, &[], json!({"code": 21655, "message": "gone", "status": 404}).to_string());
    world.provider.answer(Ok(gone));
    world.provider.answer(Ok(accepted("SM2")));
    world.say(conversation, buttons("A third?")).await;
    all_sent(&world, 3).await;
    assert_eq!(calls(&world)[3..], [send("HX1"), make, send("HX5")]);
    world.finish().await;
}

/// Time passes until so many messages went out.
async fn all_sent(world: &World, count: i64) {
    for _ in 0..200 {
        if world.number("SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'").await == count {
            return;
        }
        world.clock.advance(1_000);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{count} messages were not sent: {:?}", calls(world));
}

async fn a_conversation_over_360dialog(backend: Backend) {
    let world = World::open(backend).await;
    moved(&world, "dialog360", NUMBER, "waba", "https://waba.example").await;
    let hello = text(1, "wamid.IN", NOW_S, "hello").to_string();
    let with = |secret: &str| [("x-rapport-secret", secret.to_owned())];
    let forged = knock(&world, &with("wrong"), "", &hello).await;
    assert!(matches!(forged, Err(Rejected::Signature(_))), "{forged:?}");
    knock(&world, &with("secret"), "", &hello).await.unwrap();
    world.settle().await;
    world.clock.advance(1_100);
    let id = world.write(world.only_conversation().await, "hi").await;
    out(&world, "sent").await;
    let requests = world.provider.requests.lock().unwrap().clone();
    assert_eq!(requests[0].url, "https://waba.example/messages");
    assert!(requests[0].headers.contains(&("d360-api-key", "token".to_owned())));
    assert_eq!(requests[0].json().unwrap()["biz_opaque_callback_data"], json!(callback(id, 1)));
    for (at, word) in [(1, "sent"), (2, "delivered"), (3, "read")] {
        let status = crate::world::status(1, "wamid.OUT1", word, NOW_S + at, None).to_string();
        knock(&world, &with("secret"), "", &status).await.unwrap();
    }
    out(&world, "read").await;
    world.finish().await;
}

on_both!(
    a_conversation_over_twilio,
    a_lost_answer_of_twilio_is_settled_by_its_status,
    buttons_over_twilio,
    a_conversation_over_360dialog
);
