//! Old files are deleted when the workspace wants it: not those in use, and bytes only when nobody needs them.

use crate::harness::{Client, PNG, Shop, TestApp};
use axum::http::Method;
use rapport_app::jobs::Outcome;
use rapport_app::media::{path, retention};
use rapport_core::WorkspaceId;
use rapport_core::time::DAY;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

const SETTING: &str = "/api/v1/media/retention";

async fn keep(client: &Client, days: Value) {
    let reply = client.send(Method::PATCH, SETTING, Some(json!({ "days": days }))).await;
    assert_eq!((reply.status, &reply.body["days"]), (200, &days), "{}", reply.body);
}

/// The file was written long ago.
fn age(test: &TestApp, sha256: &str) {
    let file = std::fs::File::options().write(true).open(path(&test.app.settings.data_dir, sha256)).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
}

fn is_there(test: &TestApp, sha256: &str) -> bool {
    path(&test.app.settings.data_dir, sha256).exists()
}

async fn run(test: &TestApp, workspace: WorkspaceId) -> Outcome {
    retention::run(&test.app, workspace).await.unwrap()
}

/// The message that waits does so no more.
async fn gone(shop: &Shop) {
    let due = shop.queue().await.remove(0);
    let tx = shop.scope().write().await.unwrap();
    assert!(rapport_store::send::remove(&tx, due.message).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn old_files_go_and_their_messages_say_so() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let old = shop.upload(&owner, "a.png", PNG).await;
    let (id, sha256) = (old.text("/id"), old.text("/sha256"));
    let thread = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let picture = json!({ "content": { "type": "media", "kind": "image", "media_id": id } });
    let sent = owner.post(&thread, picture.clone()).await;
    assert_eq!(sent.status, 202, "{}", sent.body);
    assert_eq!(owner.get(SETTING).await.body["days"], json!(null), "kept for ever until somebody chooses");
    assert_eq!(run(&test, shop.workspace).await, Outcome::Done);
    keep(&owner, json!(30)).await;
    let jobs = test.app.store.queue().claim("media", 10, test.app.now().plus(2 * DAY), 1_000).await.unwrap();
    assert_eq!(jobs.iter().filter(|job| job.kind == "delete_old_media").count(), 1);

    shop.wait(31 * DAY);
    age(&test, &sha256);
    // The message still waits to be sent: its file stays.
    assert!(matches!(run(&test, shop.workspace).await, Outcome::Again { .. }));
    assert!(is_there(&test, &sha256));
    gone(&shop).await;
    run(&test, shop.workspace).await;
    assert!(!is_there(&test, &sha256));
    let message = owner.get(&format!("/api/v1/messages/{}", sent.text("/id"))).await;
    let media = &message.body["media"];
    assert_eq!((&media["state"], &media["kept_days"], &media["url"]), (&json!("deleted"), &json!(30), &json!(null)));
    assert_eq!(owner.get(&format!("/api/v1/media/{id}")).await.status, 404);
    let again = owner.post(&thread, picture).await;
    assert_eq!((again.status, again.text("/field")), (422, "content.media_id".to_owned()));
    let audit = owner.get("/api/v1/audit?target_kind=workspace").await;
    assert_eq!(audit.body["items"][0]["action"], "workspace.media_retention");
}

#[tokio::test]
async fn equal_contents_stay_while_one_file_needs_them() {
    let test = TestApp::new().await;
    let (a, b) = (test.workspace("a").await, test.workspace("b").await);
    let (one, other) = (test.bearer(&a.token), test.bearer(&b.token));
    let shop = Shop::in_workspace(&test, &a, &one).await;
    let first = shop.upload(&one, "a.png", PNG).await;
    let sha256 = first.text("/sha256");
    shop.wait(10 * DAY);
    let theirs = shop.upload(&other, "b.png", PNG).await;
    assert_eq!(theirs.text("/sha256"), sha256);
    keep(&one, json!(1)).await;
    age(&test, &sha256);
    run(&test, shop.workspace).await;
    assert_eq!(one.get(&format!("/api/v1/media/{}", first.text("/id"))).await.status, 404);
    let path = format!("/api/v1/media/{}", theirs.text("/id"));
    assert_eq!(other.get(&path).await.bytes, PNG, "of another workspace, and still there");

    // The last one goes, unless the bytes were brought again a moment ago.
    keep(&other, json!(1)).await;
    shop.wait(2 * DAY);
    let workspace = WorkspaceId(b.id.parse().unwrap());
    let soon = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(test.app.now().0).unwrap());
    let file =
        std::fs::File::options().write(true).open(rapport_app::media::path(&test.app.settings.data_dir, &sha256));
    file.unwrap().set_modified(soon).unwrap();
    run(&test, workspace).await;
    assert_eq!(other.get(&path).await.status, 404);
    assert!(is_there(&test, &sha256), "somebody may be about to store it");
}

#[tokio::test]
async fn a_file_that_was_used_lately_is_not_old() {
    let (test, shop, owner) = Shop::open().await;
    let logo = shop.upload(&owner, "logo.png", PNG).await;
    keep(&owner, json!(30)).await;
    shop.wait(29 * DAY);
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let header = json!({ "type": "image", "image": { "id": logo.text("/id") } });
    let buttons = json!({ "buttons": [{ "type": "reply", "reply": { "id": "1", "title": "Yes" } }] });
    let content =
        json!({ "type": "interactive", "kind": "button", "header": header, "body": "Keep it?", "action": buttons });
    let thread = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let sent = owner.post(&thread, json!({ "content": content })).await;
    assert_eq!(sent.status, 202, "{}", sent.body);
    assert_eq!(sent.body.pointer("/content/header/image/media_id"), Some(&json!(logo.text("/id"))));
    gone(&shop).await;
    shop.wait(2 * DAY);
    assert_eq!(owner.get(SETTING).await.body["due_files"], 0);
    run(&test, shop.workspace).await;
    assert_eq!(owner.get(&format!("/api/v1/media/{}", logo.text("/id"))).await.status, 200);
    shop.wait(29 * DAY);
    let due = owner.get(SETTING).await.body;
    assert_eq!((&due["due_files"], &due["files"], &due["bytes"]), (&json!(1), &json!(1), &json!(PNG.len())));
}

#[tokio::test]
async fn what_has_not_gone_out_yet_keeps_its_files() {
    let (test, shop, owner) = Shop::open().await;
    keep(&owner, json!(1)).await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let logo = shop.upload(&owner, "logo.png", PNG).await.text("/id");
    let header = json!({ "type": "image", "image": { "id": logo } });
    let buttons = json!({ "buttons": [{ "type": "reply", "reply": { "id": "1", "title": "Yes" } }] });
    let content =
        json!({ "type": "interactive", "kind": "button", "header": header, "body": "Keep it?", "action": buttons });
    let thread = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let at = test.app.now().0 + 2 * DAY;
    let planned = owner.post(&thread, json!({ "content": content, "send_at": at })).await;
    assert_eq!(planned.status, 202, "{}", planned.body);
    let used = async || {
        let id = rapport_core::MediaId(logo.parse().unwrap());
        rapport_store::media::get(&shop.scope().read(), id).await.unwrap().unwrap().used_at
    };
    assert_eq!(used().await, Some(at), "it is in use until its moment");
    let path = format!("/api/v1/messages/{}", planned.text("/id"));
    let later = owner.send(Method::PATCH, &path, Some(json!({ "send_at": at + DAY }))).await;
    assert_eq!(later.status, 200, "{}", later.body);
    assert_eq!(used().await, Some(at + DAY));
    // It waits far longer than its moment, as does a campaign that nobody begins.
    let poster = shop.upload(&owner, "poster.png", &[PNG, b"poster"].concat()).await.text("/id");
    let parts = json!([{ "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["x"] } }, { "type": "BODY", "text": "Look" }]);
    shop.template_of("poster", "UTILITY", parts).await;
    let template = owner.get("/api/v1/templates?q=poster").await.text("/items/0/id");
    let draft = json!({ "name": "Poster", "channel_id": shop.channel, "template_id": template,
        "values": { "header.image": poster }, "audience": { "kind": "channel" } });
    let made = owner.post("/api/v1/campaigns", draft).await;
    assert_eq!(made.status, 201, "{}", made.body);
    shop.wait(10 * DAY);
    run(&test, shop.workspace).await;
    for id in [&logo, &poster] {
        assert_eq!(owner.get(&format!("/api/v1/media/{id}")).await.status, 200);
    }
    // Nothing needs them any more.
    gone(&shop).await;
    let campaign = format!("/api/v1/campaigns/{}", made.text("/id"));
    assert_eq!(owner.send(Method::DELETE, &campaign, None).await.status, 204);
    shop.wait(2 * DAY);
    run(&test, shop.workspace).await;
    for id in [&logo, &poster] {
        assert_eq!(owner.get(&format!("/api/v1/media/{id}")).await.status, 404);
    }
}

#[tokio::test]
async fn the_days_are_days() {
    let (_, _, owner) = Shop::open().await;
    for days in [json!(0), json!(3651)] {
        let reply = owner.send(Method::PATCH, SETTING, Some(json!({ "days": days }))).await;
        assert_eq!((reply.status, reply.text("/field")), (422, "days".to_owned()));
    }
    keep(&owner, json!(1)).await;
    keep(&owner, json!(null)).await;
    assert_eq!(owner.get(SETTING).await.body["next_run_at"], json!(null));
}
