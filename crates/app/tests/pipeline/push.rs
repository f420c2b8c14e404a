//! Notices reach the devices of those whom something concerns, readable by them only, once, and by nobody who looks
//! already.

use crate::inbound::on_both;
use crate::world::{START, World, text};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rapport_app::account::users::{self, NewUser};
use rapport_app::auth::{self, Attempt, Caller, Role};
use rapport_app::inbox::note::{self, NewNote};
use rapport_app::inbox::typing::{self, Typing, TypingState};
use rapport_app::inbox::update::{ConversationPatch, update};
use rapport_app::push::WantsDoc;
use rapport_app::push::devices::{self, NewDevice};
use rapport_connectors::http::{Body, Request};
use rapport_core::ConversationId;
use rapport_core::time::{HOUR, MINUTE, SECOND};
use rapport_store::Backend;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hmac;
use ring::rand::SystemRandom;
use serde_json::{Value, json};

const NOW_S: i64 = START.0 / 1_000;
const PASSWORD: &str = "a long enough passphrase";
const WAITING: &str = "SELECT count(*) FROM job WHERE queue = 'notice'";

/// A browser's side of a subscription; its key opens one notice.
struct Browser {
    private: EphemeralPrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

fn sum(key: &[u8], data: &[&[u8]]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &data.concat()).as_ref().to_vec()
}

impl Browser {
    fn new() -> Self {
        let private = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        let public = private.compute_public_key().unwrap().as_ref().to_vec();
        Self { private, public, auth: [9; 16] }
    }

    fn subscription(&self, place: &str, wants: Option<WantsDoc>) -> NewDevice {
        NewDevice {
            endpoint: format!("https://push.example/{place}"),
            p256dh: URL_SAFE_NO_PAD.encode(&self.public),
            auth: URL_SAFE_NO_PAD.encode(self.auth),
            wants,
        }
    }

    /// What the browser reads, by the standard's own steps.
    fn open(self, request: &Request) -> Value {
        let Body::Bytes(body) = &request.body else { panic!("no body") };
        let (salt, own, mut record) = (&body[..16], &body[21..86], body[86..].to_vec());
        assert_eq!((&body[16..20], body[20]), (&[0, 0, 16, 0][..], 65));
        let theirs = UnparsedPublicKey::new(&ECDH_P256, own);
        let agreed = agree_ephemeral(self.private, &theirs, |shared| sum(&self.auth, &[shared])).unwrap();
        let input = sum(&agreed, &[b"WebPush: info\0", &self.public, own, &[1]]);
        let base = sum(salt, &[&input]);
        let key = sum(&base, &[b"Content-Encoding: aes128gcm\0\x01"]);
        let nonce = sum(&base, &[b"Content-Encoding: nonce\0\x01"]);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).unwrap();
        let plain = key.open_in_place(nonce, Aad::empty(), &mut record).unwrap();
        assert_eq!(plain.last(), Some(&2));
        serde_json::from_slice(&plain[..plain.len() - 1]).unwrap()
    }
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.iter().find(|(own, _)| *own == name).map_or("", |(_, value)| value)
}

/// Somebody who has signed in.
async fn agent(world: &World, name: &str) -> Caller {
    let email = format!("{name}@shop.example");
    let new = NewUser { name: name.to_owned(), email: email.clone(), role: Role::Agent, password: PASSWORD.to_owned() };
    users::create(&world.app, &Caller::system(world.workspace), new).await.unwrap();
    sign_in(world, &email).await
}

async fn sign_in(world: &World, email: &str) -> Caller {
    let attempt = Attempt {
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
        address: [127, 0, 0, 1].into(),
        device: None,
        user_agent: "Firefox".to_owned(),
        previous: None,
    };
    auth::sign_in(&world.app, attempt).await.unwrap().caller
}

fn wants(change: impl FnOnce(&mut WantsDoc)) -> Option<WantsDoc> {
    let mut wants = WantsDoc { mine: true, mentions: true, team: false, hide_text: false };
    change(&mut wants);
    Some(wants)
}

/// A customer's conversation that an agent has.
async fn conversation_of(world: &World, agent: &Caller) -> ConversationId {
    world.deliver(&text(1, "wamid.FIRST", NOW_S - 60, "first")).await;
    world.settle().await;
    let id = world.only_conversation().await;
    let patch = ConversationPatch { assignee_id: Some(agent.actor_id()), ..ConversationPatch::default() };
    update(&world.app, &Caller::system(world.workspace), id, patch).await.unwrap();
    id
}

async fn says(world: &World, id: &str, body: &str) {
    world.deliver(&text(1, id, world.app.now().0 / 1_000, body)).await;
    world.settle().await;
}

/// Lets the rest of a notice pass, and everything be brought.
async fn later(world: &World) -> Vec<Request> {
    world.clock.advance(5 * SECOND);
    world.until("notices are brought", WAITING, 0).await;
    std::mem::take(&mut *world.provider.pushes.lock().unwrap())
}

async fn whoever_has_a_conversation_is_told_once_of_several_messages(backend: Backend) {
    let world = World::open(backend).await;
    let (lea, omar) = (agent(&world, "lea").await, agent(&world, "omar").await);
    let id = conversation_of(&world, &lea).await;
    assert_eq!(world.number(WAITING).await, 0, "nobody wants to be told yet");
    let (browser, other) = (Browser::new(), Browser::new());
    devices::put(&world.app, &lea, browser.subscription("lea", None)).await.unwrap();
    devices::put(&world.app, &omar, other.subscription("omar", None)).await.unwrap();
    says(&world, "wamid.A", "do you have it").await;
    says(&world, "wamid.B", "in blue?").await;
    let calls = later(&world).await;
    assert_eq!(calls.len(), 1, "two messages, one notice, and nothing for Omar");
    assert_eq!(calls[0].url, "https://push.example/lea");
    assert_eq!((header(&calls[0], "topic").len(), header(&calls[0], "urgency")), (32, "high"));
    assert!(header(&calls[0], "ttl").parse::<i64>().unwrap() > HOUR / SECOND);
    let public = devices::get(&world.app, &lea).await.unwrap().public_key;
    assert!(header(&calls[0], "authorization").ends_with(&format!(", k={public}")));
    let read = browser.open(&calls[0]);
    assert_eq!(
        (&read["kind"], &read["name"], &read["text"]),
        (&json!("mine"), &json!("Customer 1"), &json!("in blue?"))
    );
    assert_eq!(read["path"], json!(format!("/inbox/{id}")));
    let device = devices::get(&world.app, &lea).await.unwrap().devices.remove(0);
    assert!(device.current && device.used_at.is_some() && device.user_agent == "Firefox");
    let read = world.app.store.workspace(world.workspace).read();
    let rows = rapport_store::push::reachable(&read, None, world.app.now()).await.unwrap();
    for row in rows {
        assert!(!row.secret.windows(12).any(|part| part == b"push.example"), "what is stored of the address is sealed");
    }
    assert_eq!(devices::get(&world.app, &omar).await.unwrap().public_key, public);
    world.finish().await;
}

async fn nobody_is_told_of_what_they_look_at_or_did_not_want(backend: Backend) {
    let world = World::open(backend).await;
    let lea = agent(&world, "lea").await;
    let id = conversation_of(&world, &lea).await;
    let hidden = Browser::new();
    let wanted = wants(|wants| wants.hide_text = true);
    devices::put(&world.app, &lea, hidden.subscription("lea", wanted)).await.unwrap();
    typing::say(&world.app, &lea, id, Typing { state: TypingState::Viewing }).await.unwrap();
    says(&world, "wamid.A", "secret").await;
    assert!(later(&world).await.is_empty(), "she has it open");
    typing::say(&world.app, &lea, id, Typing { state: TypingState::Left }).await.unwrap();
    says(&world, "wamid.B", "secret").await;
    let calls = later(&world).await;
    let read = hidden.open(&calls[0]);
    assert_eq!((&read["name"], &read["text"]), (&json!("Customer 1"), &json!(null)), "the text is hidden");
    let none = wants(|wants| wants.mine = false);
    devices::put(&world.app, &lea, Browser::new().subscription("lea", none)).await.unwrap();
    says(&world, "wamid.C", "more").await;
    assert!(later(&world).await.is_empty(), "she does not want it");
    // Nobody has it, and no team: everybody who wants such things and is online.
    let team = Browser::new();
    let patch = ConversationPatch { assignee_id: Some(None), ..ConversationPatch::default() };
    update(&world.app, &Caller::system(world.workspace), id, patch).await.unwrap();
    devices::put(&world.app, &lea, team.subscription("lea", wants(|wants| wants.team = true))).await.unwrap();
    says(&world, "wamid.D", "anybody?").await;
    assert!(later(&world).await.is_empty(), "she is not online");
    let online = serde_json::from_value(json!({ "presence": "online" })).unwrap();
    rapport_app::account::me::update(&world.app, &lea, online).await.unwrap();
    says(&world, "wamid.E", "hello?").await;
    assert_eq!(team.open(&later(&world).await[0])["kind"], "team");
    world.finish().await;
}

async fn a_note_tells_whom_it_mentions(backend: Backend) {
    let world = World::open(backend).await;
    let (lea, omar) = (agent(&world, "lea").await, agent(&world, "omar").await);
    let id = conversation_of(&world, &lea).await;
    let (own, browser) = (Browser::new(), Browser::new());
    devices::put(&world.app, &lea, own.subscription("lea", None)).await.unwrap();
    devices::put(&world.app, &omar, browser.subscription("omar", None)).await.unwrap();
    let mentions = vec![omar.actor_id().unwrap(), lea.actor_id().unwrap()];
    let new = NewNote { body: "have a look".to_owned(), client_id: None, mentions };
    note::create(&world.app, &lea, id, new).await.unwrap();
    let calls = later(&world).await;
    assert_eq!(calls.len(), 1, "whoever wrote it knows");
    let read = browser.open(&calls[0]);
    assert_eq!((&read["kind"], &read["by"], &read["text"]), (&json!("mention"), &json!("lea"), &json!("have a look")));
    world.finish().await;
}

async fn devices_that_are_gone_or_signed_out_are_forgotten(backend: Backend) {
    let world = World::open(backend).await;
    let lea = agent(&world, "lea").await;
    conversation_of(&world, &lea).await;
    let count = "SELECT count(*) FROM push_subscription";
    devices::put(&world.app, &lea, Browser::new().subscription("one", None)).await.unwrap();
    // The browser's new address takes the place of the old one.
    devices::put(&world.app, &lea, Browser::new().subscription("two", None)).await.unwrap();
    assert_eq!(world.number(count).await, 1);
    world.provider.push_answers.lock().unwrap().extend([503, 410]);
    says(&world, "wamid.A", "hello").await;
    world.clock.advance(5 * SECOND);
    let retried = "SELECT count(*) FROM job WHERE kind = 'push' AND attempts = 1";
    world.until("it is tried again", retried, 1).await;
    world.clock.advance(MINUTE);
    world.until("the browser is gone", count, 0).await;
    assert_eq!(later(&world).await.len(), 2);
    devices::put(&world.app, &lea, Browser::new().subscription("three", None)).await.unwrap();
    auth::sign_out(&world.app, &lea).await.unwrap();
    assert_eq!(world.number(count).await, 0, "signed out");
    let again = sign_in(&world, "lea@shop.example").await;
    devices::put(&world.app, &again, Browser::new().subscription("four", None)).await.unwrap();
    let user = again.user().unwrap();
    users::delete(&world.app, &Caller::system(world.workspace), user).await.unwrap();
    assert_eq!(world.number(count).await, 0, "removed");
    world.finish().await;
}

on_both!(
    whoever_has_a_conversation_is_told_once_of_several_messages,
    nobody_is_told_of_what_they_look_at_or_did_not_want,
    a_note_tells_whom_it_mentions,
    devices_that_are_gone_or_signed_out_are_forgotten,
);
