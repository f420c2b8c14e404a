//! Writing to customers: what is taken, what is refused at once, and that nothing is sent twice.

use crate::harness::{Client, Heard, PNG, Reply, Shop};
use rapport_core::time::{DAY, HOUR};
use rapport_store::send::Priority;
use serde_json::{Value, json};

async fn say(client: &Client, heard: &Heard, body: Value) -> Reply {
    client.post(&format!("/api/v1/conversations/{}/messages", heard.conversation), body).await
}

fn text(body: &str) -> Value {
    json!({ "content": { "type": "text", "body": body } })
}

#[tokio::test]
async fn a_reply_is_stored_queued_and_shown() {
    let (test, shop, owner) = Shop::open().await;
    let agent = test.user(&owner, "agent").await;
    let browser = test.browser("agent@a.example").await;
    let heard = shop.hear("971500000001", "Amal", "Is it there?").await;
    shop.wait(5_000);
    let body = json!({ "client_id": "c1", "content": { "type": "text", "body": "Yes!" }, "reply_to": heard.message });
    let reply = say(&browser, &heard, body.clone()).await;
    assert_eq!((reply.status, &reply.body["status"], &reply.body["direction"]), (202, &json!("queued"), &json!("out")));
    assert_eq!(reply.body["author"], json!({ "kind": "user", "id": agent, "name": "agent" }));
    assert_eq!(reply.body["reply_to"], json!({ "id": heard.message, "preview": "Is it there?", "direction": "in" }));
    let queue = shop.queue().await;
    assert_eq!(queue.len(), 1);
    assert_eq!((queue[0].message.to_string(), queue[0].priority), (reply.text("/id"), Priority::Reply));
    let row = owner.get(&format!("/api/v1/conversations/{}", heard.conversation)).await.body;
    assert_eq!((&row["last_message"]["preview"], &row["last_message"]["status"]), (&json!("Yes!"), &json!("queued")));
    assert_eq!(
        (&row["waiting_since"], &row["unread_count"], &row["assignee_id"]),
        (&json!(null), &json!(0), &json!(agent))
    );
    let again = say(&browser, &heard, body).await;
    assert_eq!((again.status, &again.body["id"]), (200, &reply.body["id"]));
    assert_eq!(shop.queue().await.len(), 1);
    let audit = owner.get("/api/v1/audit?target_kind=message").await;
    assert_eq!(audit.body["items"][0]["action"], "message.created");
}

#[tokio::test]
async fn fifty_at_once_are_one_message() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let body = json!({ "client_id": "race", "content": { "type": "text", "body": "once" } });
    let replies = futures::future::join_all((0..50).map(|_| say(&owner, &heard, body.clone()))).await;
    let first = replies[0].text("/id");
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 202) && reply.body["id"] == first.as_str()));
    assert_eq!(replies.iter().filter(|reply| reply.status == 202).count(), 1);
    assert_eq!(shop.queue().await.len(), 1);
}

#[tokio::test]
async fn a_closed_window_refuses_text_at_once_and_lets_templates_through() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let early = json!({ "client_id": "early", "content": { "type": "text", "body": "in time" } });
    let taken = say(&owner, &heard, early.clone()).await;
    shop.wait(DAY);
    let refused = say(&owner, &heard, text("too late")).await;
    assert_eq!(refused.problem(), (422, "window_closed".to_owned()));
    assert_eq!(
        (&refused.body["verdict"]["outcome"], &refused.body["verdict"]["decided_by"]),
        (&json!("refuse"), &json!("window"))
    );
    assert_eq!(refused.body["verdict"]["summary"], refused.body["detail"]);
    let checks = refused.body["verdict"]["checks"].as_array().unwrap();
    let window = checks.iter().find(|check| check["rule"] == "window").unwrap();
    assert_eq!((&window["passed"], &window["note_key"]), (&json!(false), &json!("guard.window.closed")));
    assert_eq!(
        say(&owner, &heard, early).await.body["id"],
        taken.body["id"],
        "what was taken before is not refused now"
    );
    shop.template("order_ready", "UTILITY").await;
    let good = json!([{ "type": "body", "parameters": [{ "type": "text", "text": "Amal" }] }]);
    let template = |components: Value| json!({ "content": { "type": "template", "name": "order_ready", "language": "en", "components": components } });
    let sent = say(&owner, &heard, template(good.clone())).await;
    assert_eq!(sent.status, 202, "{}", sent.body);
    assert_eq!(sent.body["content"]["preview"], "Hello Amal, your order is ready.\nThe shop");
    assert_eq!(sent.body["preview"], "Hello Amal, your order is ready. The shop");
    assert_eq!(shop.queue().await.len(), 2);
    for (body, field) in [
        (template(json!([])), "content.components.body"),
        (
            template(json!([{ "type": "body", "parameters": [{ "type": "text", "text": "a\nb" }] }])),
            "content.components.body",
        ),
        (
            template(json!([{ "type": "button", "sub_type": "url", "index": 0, "parameters": [] }])),
            "content.components.body",
        ),
        (json!({ "content": { "type": "template", "name": "nothing", "language": "en" } }), "content.name"),
        (
            json!({ "content": { "type": "template", "name": "order_ready", "language": "ar", "components": good } }),
            "content.language",
        ),
    ] {
        let reply = say(&owner, &heard, body.clone()).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{body}: {}", reply.body);
    }
}

#[tokio::test]
async fn what_cannot_be_sent_names_its_field() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let other = shop.hear("971500000002", "Badr", "hello").await;
    let note = owner.post(&format!("/api/v1/conversations/{}/notes", heard.conversation), json!({ "body": "x" })).await;
    let nobody = "00000000-0000-7000-8000-000000000000";
    for (body, status, field) in [
        (json!({}), 400, "content"),
        (json!({ "content": { "type": "text" } }), 400, "content.body"),
        (text(""), 422, "content.body"),
        (text(&"x".repeat(4_097)), 422, "content.body"),
        (json!({ "content": { "type": "note", "body": "x" } }), 422, "content.type"),
        (json!({ "content": { "type": "media", "kind": "image" } }), 422, "content.media_id"),
        (json!({ "content": { "type": "media", "kind": "image", "media_id": nobody } }), 422, "content.media_id"),
        (json!({ "content": { "type": "text", "body": "x" }, "reply_to": nobody }), 422, "reply_to"),
        (json!({ "content": { "type": "text", "body": "x" }, "reply_to": other.message }), 422, "reply_to"),
        (json!({ "content": { "type": "text", "body": "x" }, "reply_to": note.text("/id") }), 422, "reply_to"),
        (json!({ "content": { "type": "reaction", "target": other.message, "emoji": "👍" } }), 422, "content.target"),
        (json!({ "content": { "type": "reaction", "target": "x", "emoji": "👍" } }), 422, "content.target"),
        (json!({ "content": { "type": "text", "body": "x" }, "client_id": "" }), 422, "client_id"),
        (
            json!({ "content": { "type": "interactive", "kind": "button", "body": "x", "action": { "buttons": [] } } }),
            422,
            "content.action.buttons",
        ),
    ] {
        let reply = say(&owner, &heard, body.clone()).await;
        assert_eq!((reply.status, reply.text("/field")), (status, field.to_owned()), "{body}: {}", reply.body);
    }
    assert!(shop.queue().await.is_empty());
}

#[tokio::test]
async fn files_go_out_with_what_is_known_of_them() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let file = shop.upload(&owner, "red shoe.png", PNG).await;
    let body = |kind: &str| json!({ "content": { "type": "media", "kind": kind, "media_id": file.text("/id"), "caption": "this one" } });
    let sent = say(&owner, &heard, body("image")).await;
    assert_eq!(sent.status, 202, "{}", sent.body);
    assert_eq!(sent.body["media"]["url"], format!("/api/v1/media/{}", file.text("/id")));
    assert_eq!((&sent.body["media"]["mime"], &sent.body["media"]["state"]), (&json!("image/png"), &json!("stored")));
    assert_eq!(sent.body["content"]["sha256"], file.body["sha256"]);
    assert!(sent.body["content"].get("provider_media_id").is_none());
    let wrong = say(&owner, &heard, body("video")).await;
    assert_eq!((wrong.status, wrong.text("/field")), (422, "content.mime".to_owned()), "{}", wrong.body);
    assert!(wrong.text("/detail").contains("video/mp4"));
}

#[tokio::test]
async fn a_template_may_show_our_own_file() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    shop.template_of(
        "picture",
        "UTILITY",
        json!([
            { "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["x"] } },
            { "type": "BODY", "text": "Look at this." }
        ]),
    )
    .await;
    let file = shop.upload(&owner, "a.png", PNG).await.text("/id");
    let content = |id: &str| {
        let header = json!([{ "type": "header", "parameters": [{ "type": "image", "image": { "id": id } }] }]);
        json!({ "content": { "type": "template", "name": "picture", "language": "en", "components": header } })
    };
    let sent = say(&owner, &heard, content(&file)).await;
    assert_eq!(sent.status, 202, "{}", sent.body);
    assert_eq!(sent.body.pointer("/content/components/0/parameters/0/image/media_id"), Some(&json!(file)));
    assert_eq!(say(&owner, &heard, content("1234567890")).await.status, 202, "the provider's own id is left alone");
    let page = shop.upload_as(&owner, "", "a.txt", "text/plain", b"hello").await.text("/id");
    for id in ["00000000-0000-7000-8000-000000000000", page.as_str()] {
        let reply = say(&owner, &heard, content(id)).await;
        assert_eq!(
            (reply.status, reply.text("/field")),
            (422, "content.components.header".to_owned()),
            "{}",
            reply.body
        );
    }
}

#[tokio::test]
async fn a_reaction_stands_on_its_message_at_once() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    shop.wait(1_000);
    let react = |emoji: Value| json!({ "content": { "type": "reaction", "target": heard.message, "emoji": emoji } });
    let sent = say(&owner, &heard, react(json!("👍"))).await;
    assert_eq!((sent.status, &sent.body["content"]["target"]), (202, &json!(heard.message)), "{}", sent.body);
    let target = format!("/api/v1/messages/{}", heard.message);
    assert_eq!(owner.get(&target).await.body["reactions"], json!([{ "emoji": "👍", "by": "business" }]));
    let row = owner.get(&format!("/api/v1/conversations/{}", heard.conversation)).await.body;
    assert_eq!(row["last_message"]["preview"], "hello", "a reaction is no line of its own");
    shop.wait(1_000);
    assert_eq!(say(&owner, &heard, react(json!(null))).await.status, 202);
    assert_eq!(owner.get(&target).await.body["reactions"], json!([]));
    assert_eq!(shop.queue().await.len(), 2);
}

#[tokio::test]
async fn the_guard_says_beforehand_what_it_would_do() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let ask = |body: Value| {
        let owner = owner.clone();
        async move { owner.post("/api/v1/guard/preview", body).await }
    };
    let hello = json!({ "type": "text", "body": "hello" });
    let open = ask(json!({ "conversation_id": heard.conversation, "content": hello })).await;
    assert_eq!(
        (open.status, &open.body["outcome"], &open.body["summary_key"]),
        (200, &json!("allow"), &json!("guard.allow"))
    );
    let same = ask(json!({ "contact_id": heard.contact, "channel_id": shop.channel, "content": hello })).await;
    assert_eq!(same.body["outcome"], "allow");
    shop.wait(25 * HOUR);
    let closed = ask(json!({ "conversation_id": heard.conversation, "content": hello })).await;
    assert_eq!((&closed.body["outcome"], &closed.body["decided_by"]), (&json!("refuse"), &json!("window")));
    let made = owner.post("/api/v1/contacts", json!({ "phone": "+971500000009" })).await.text("/id");
    let never = ask(json!({ "contact_id": made, "channel_id": shop.channel, "content": hello })).await;
    assert_eq!(never.body["summary_key"], "guard.window.never");
    let half = ask(json!({ "contact_id": made, "content": hello })).await;
    assert_eq!((half.status, half.text("/field")), (422, "conversation_id".to_owned()));
    assert!(shop.queue().await.is_empty());
}

/// Moves a message on as the send worker does.
async fn step(shop: &Shop, id: &str, step: rapport_core::inbox::Step) {
    let id = rapport_core::MessageId(id.parse().unwrap());
    let tx = shop.scope().write().await.unwrap();
    let mut book = rapport_store::ingest::load_contacts(&tx, &[], &[id]).await.unwrap();
    let known = book.message(id).cloned().unwrap();
    book.apply(rapport_core::inbox::step(&known, None, &step, rapport_core::Ms(1_790_000_100_000)));
    rapport_store::ingest::save(&tx, &book.drain(), rapport_core::Ms(1_790_000_100_000)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn begin(shop: &Shop, id: &str, verdict: rapport_store::send::Verdict) {
    let id = rapport_core::MessageId(id.parse().unwrap());
    let now = rapport_core::Ms(1_790_000_100_000);
    let tx = shop.scope().write().await.unwrap();
    let started = rapport_store::send::start(&tx, &[id], 1, now).await.unwrap();
    rapport_store::send::finish(&tx, started[0], &verdict, now).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn failed_messages_are_tried_again_and_explained() {
    use rapport_core::inbox::Step;
    use rapport_core::message::Failure;
    use rapport_store::send::Verdict;
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let id = say(&owner, &heard, text("hi")).await.text("/id");
    let path = format!("/api/v1/messages/{id}");
    let early = owner.post(&format!("{path}/retry"), json!(null)).await;
    assert_eq!(early.problem(), (409, "not_retryable".to_owned()));
    let failure = Failure { code: 131_026, detail: "undeliverable".to_owned() };
    begin(&shop, &id, Verdict::Failed { code: Some(131_026), detail: "undeliverable".to_owned() }).await;
    step(&shop, &id, Step::Started).await;
    step(&shop, &id, Step::Failed(failure)).await;
    let failed = owner.get(&path).await;
    assert_eq!((&failed.body["status"], &failed.body["error"]["code"]), (&json!("failed"), &json!(131_026)));
    assert_eq!(failed.body["error"]["retryable"], false);
    assert!(shop.queue().await.is_empty());
    let again = owner.post(&format!("{path}/retry"), json!(null)).await;
    assert_eq!((again.status, &again.body["status"], &again.body["error"]), (202, &json!("queued"), &json!(null)));
    let queue = shop.queue().await;
    assert_eq!((queue.len(), queue[0].attempts), (1, 1), "the number of the try goes on");
    begin(&shop, &id, Verdict::Sent { provider_id: "wamid.out".to_owned() }).await;
    let why = owner.get(&format!("{path}/why")).await;
    let attempts = why.body["attempts"].as_array().unwrap();
    assert_eq!(attempts.iter().map(|one| one["outcome"].as_str().unwrap()).collect::<Vec<_>>(), ["failed", "sent"]);
    assert_eq!((&attempts[0]["n"], &attempts[0]["code"]), (&json!(1), &json!(131_026)));
}

#[tokio::test]
async fn lost_answers_are_settled_by_people() {
    use rapport_core::inbox::Step;
    use rapport_core::message::Failure;
    use rapport_store::send::Verdict;
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    for (outcome, status) in [("sent", "sent"), ("not_sent", "failed")] {
        let id = say(&owner, &heard, text(outcome)).await.text("/id");
        let path = format!("/api/v1/messages/{id}");
        let early = owner.post(&format!("{path}/settle"), json!({ "outcome": outcome })).await;
        assert_eq!(early.problem(), (409, "not_unknown".to_owned()));
        begin(&shop, &id, Verdict::Unknown { detail: "timed out".to_owned() }).await;
        step(&shop, &id, Step::Started).await;
        step(&shop, &id, Step::Lost(Failure { code: 0, detail: "timed out".to_owned() })).await;
        let lost = owner.get(&path).await;
        assert_eq!(lost.body["status"], "unknown");
        assert!(lost.text("/error/meaning").contains("may have gone out"));
        let settled = owner.post(&format!("{path}/settle"), json!({ "outcome": outcome })).await;
        assert_eq!((settled.status, settled.text("/status")), (200, status.to_owned()), "{}", settled.body);
        assert!(shop.queue().await.is_empty(), "nothing is sent again by itself");
        if status == "failed" {
            assert_eq!(settled.body["error"]["retryable"], true);
            assert_eq!(owner.post(&format!("{path}/retry"), json!(null)).await.status, 202);
        }
    }
}
