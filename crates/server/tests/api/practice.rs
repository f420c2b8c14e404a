//! Practice over the API: what changes for a browser that goes in, and that nothing leads out of the room.

use crate::harness::{Client, TestApp};
use serde_json::{Value, json};

/// The same browser with the word that its person practises.
pub async fn go_in(browser: &Client) -> Client {
    let reply = browser.post("/api/v1/practice", Value::Null).await;
    assert_eq!((reply.status, &reply.body["inside"]), (200, &json!(true)), "{}", reply.body);
    let cookie = reply.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    browser.with("cookie", reply.cookies())
}

async fn practises(browser: &Client) -> bool {
    let me = browser.get("/api/v1/session").await;
    assert_eq!(me.status, 200, "{}", me.body);
    me.body["practice"].as_bool().unwrap()
}

#[tokio::test]
async fn a_browser_goes_in_and_comes_back() {
    let test = TestApp::new().await;
    let a = test.workspace("a").await;
    let owner = test.browser(&a.email).await;
    assert!(!practises(&owner).await);
    let inside = go_in(&owner).await;
    assert!(practises(&inside).await && !practises(&owner).await, "the cookie says it, for this browser only");
    let me = inside.get("/api/v1/session").await.body;
    assert_ne!(me["workspace"]["id"], a.id.as_str());
    assert_eq!(me["user"]["id"], a.owner_id.as_str());
    assert_eq!(me["user"]["email"], a.email.as_str());
    let channels = inside.get("/api/v1/channels").await.body;
    assert_eq!(channels["items"].as_array().unwrap_or(channels.as_array().unwrap_or(&vec![])).len(), 1);
    let started = inside.post("/api/v1/practice/scenarios/order", Value::Null).await;
    assert_eq!((started.status, started.text("/state")), (201, "running".to_owned()));
    let again = inside.post("/api/v1/practice/scenarios/order", Value::Null).await;
    assert_eq!((again.status, again.text("/code")), (422, "already_running".to_owned()));
    assert_eq!(inside.post("/api/v1/practice/scenarios/x", Value::Null).await.status, 404);
    let outside = owner.post("/api/v1/practice/scenarios/order", Value::Null).await;
    assert_eq!(outside.text("/code"), "not_practising");
    let view = owner.get("/api/v1/practice").await.body;
    assert_eq!(
        (&view["inside"], &view["open"], &view["runs"][0]["scenario"]),
        (&json!(false), &json!(true), &json!("order"))
    );
    let left = inside.post("/api/v1/practice/leave", Value::Null).await;
    assert!(left.status == 204 && left.header("set-cookie").contains("Max-Age=0"));
}

#[tokio::test]
async fn nothing_leads_out_of_the_room() {
    let test = TestApp::new().await;
    let (a, b) = (test.workspace("a").await, test.workspace("b").await);
    let inside = go_in(&test.browser(&a.email).await).await;
    for endpoint in test.document.endpoints() {
        let may = [
            "any",
            "public",
            "inbox.read",
            "contact.read",
            "channel.read",
            "user.read",
            "inbox.write",
            "contact.write",
            "team.manage",
        ];
        if may.contains(&endpoint.access.as_str()) {
            continue;
        }
        let path = endpoint.params.iter().fold(endpoint.path.clone(), |path, param| {
            path.replace(&format!("{{{param}}}"), "0190f3a0-0000-7000-8000-000000000000")
        });
        let reply = inside.send(endpoint.method.clone(), &path, test.document.smallest_body(&endpoint)).await;
        assert_eq!(reply.status, 403, "{} {path}: {}", endpoint.method, reply.body);
    }
    // The room of one workspace is no door for another.
    let room = inside.get("/api/v1/session").await.text("/workspace/id");
    let stranger = test.browser(&b.email).await.with("cookie", format!("rapport_practice={room}"));
    assert!(!practises(&stranger).await);
    assert_eq!(stranger.get("/api/v1/session").await.text("/workspace/id"), b.id);
    let token = test.bearer(&a.token).with("cookie", format!("rapport_practice={room}"));
    assert_eq!(token.get("/api/v1/workspace").await.text("/id"), a.id, "programs do not practise");
    assert_eq!(token.get("/api/v1/practice").await.status, 403);
}

#[tokio::test]
async fn ending_brings_everybody_home() {
    let test = TestApp::new().await;
    let a = test.workspace("a").await;
    let owner = test.browser(&a.email).await;
    test.user(&test.bearer(&a.token), "agent").await;
    let agent = go_in(&test.browser("agent@a.example").await).await;
    assert_eq!(agent.delete("/api/v1/practice").await.status, 403);
    assert!(practises(&agent).await);
    let me = agent.patch("/api/v1/users/me", json!({ "theme": "dark" })).await;
    assert_eq!(me.status, 200);
    assert_eq!(owner.delete("/api/v1/practice").await.status, 204);
    assert!(!practises(&agent).await, "and is still signed in");
    assert_eq!(agent.get("/api/v1/session").await.text("/user/theme"), "dark", "what was chosen for the screen stays");
    assert_eq!(owner.delete("/api/v1/practice").await.status, 204, "twice is as once");
    let inside = go_in(&agent).await;
    assert!(inside.get("/api/v1/practice").await.body["runs"].as_array().unwrap().is_empty());
    assert_eq!(inside.delete("/api/v1/session").await.status, 204, "whoever signs out while practising");
    assert_eq!(agent.get("/api/v1/session").await.status, 401, "is signed out");
}
