//! Users, teams, workspace, audit.

use crate::harness::TestApp;
use serde_json::json;

#[tokio::test]
async fn users_are_added_changed_and_removed() {
    let (test, owner) = TestApp::with_owner().await;
    let id = test.user(&owner, "agent").await;
    let path = format!("/api/v1/users/{id}");
    let taken = json!({ "name": "x", "email": "AGENT@a.example", "role": "agent", "password": "long enough" });
    assert_eq!(owner.post("/api/v1/users", taken).await.problem(), (409, "email_taken".to_owned()));
    let browser = test.browser("agent@a.example").await;
    let reply = owner.patch(&path, json!({ "role": "supervisor", "name": " Amal " })).await;
    assert_eq!((reply.text("/role"), reply.text("/name")), ("supervisor".to_owned(), "Amal".to_owned()));
    assert_eq!(browser.get("/api/v1/session").await.status, 401, "a new role ends old sessions");
    let browser = test.browser("agent@a.example").await;
    owner.patch(&path, json!({ "disabled": true })).await;
    assert_eq!(browser.get("/api/v1/session").await.status, 401);
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!(owner.get(&path).await.status, 404);
    let log = owner.get(&format!("/api/v1/audit?target_kind=user&target_id={id}")).await;
    let actions: Vec<_> = log.body["items"].as_array().unwrap().iter().map(|line| line["action"].clone()).collect();
    assert_eq!(actions, ["user.deleted", "user.updated", "user.updated", "user.created"]);
    assert!(!String::from_utf8(log.bytes).unwrap().contains("argon2"));
}

#[tokio::test]
async fn nobody_manages_above_themselves_and_one_owner_stays() {
    let test = TestApp::new().await;
    let workspace = test.workspace("a").await;
    let token = test.bearer(&workspace.token);
    test.user(&token, "admin").await;
    let admin = test.browser("admin@a.example").await;
    let owner_path = format!("/api/v1/users/{}", workspace.owner_id);
    assert_eq!(admin.patch(&owner_path, json!({ "disabled": true })).await.status, 403);
    assert_eq!(admin.delete(&owner_path).await.status, 403);
    let new = json!({ "name": "x", "email": "x@a.example", "role": "owner", "password": "long enough" });
    assert_eq!(admin.post("/api/v1/users", new).await.status, 403);
    for reply in [
        token.patch(&owner_path, json!({ "disabled": true })).await,
        token.patch(&owner_path, json!({ "role": "viewer" })).await,
        token.delete(&owner_path).await,
    ] {
        assert_eq!(reply.problem(), (422, "last_owner".to_owned()));
    }
    let owner = test.browser("owner@a.example").await;
    assert_eq!(owner.patch(&owner_path, json!({ "disabled": true })).await.problem(), (422, "own_account".to_owned()));
}

#[tokio::test]
async fn people_change_themselves() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let browser = test.browser("owner@a.example").await;
    let body = json!({ "theme": "dark", "density": "compact", "presence": "away", "locale": "pt-BR", "name": "Amal" });
    let reply = browser.patch("/api/v1/users/me", body.clone()).await;
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&reply.body[name], value);
    }
    assert_eq!(browser.patch("/api/v1/users/me", json!({ "locale": "nonsense!" })).await.text("/field"), "locale");
    assert_eq!(browser.patch("/api/v1/users/me", json!({ "role": "owner" })).await.text("/field"), "role");
}

#[tokio::test]
async fn teams_have_members() {
    let (test, owner) = TestApp::with_owner().await;
    let agent = test.user(&owner, "agent").await;
    let team = owner.post("/api/v1/teams", json!({ "name": "Sales", "member_ids": [agent] })).await;
    assert_eq!(team.body["member_ids"], json!([agent]));
    let path = format!("/api/v1/teams/{}", team.text("/id"));
    assert_eq!(owner.post("/api/v1/teams", json!({ "name": "Sales" })).await.problem(), (409, "name_taken".to_owned()));
    let stranger = json!({ "member_ids": ["00000000-0000-7000-8000-000000000000"] });
    assert_eq!(owner.patch(&path, stranger).await.text("/field"), "member_ids");
    assert_eq!(owner.get("/api/v1/teams").await.body["items"][0]["member_ids"], json!([agent]), "nothing half-done");
    assert_eq!(owner.patch(&path, json!({ "name": "Care", "member_ids": [] })).await.body["member_ids"], json!([]));
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!(owner.delete(&path).await.status, 404);
}

#[tokio::test]
async fn lists_go_on_where_they_ended() {
    let (_, owner) = TestApp::with_owner().await;
    for n in 0..5 {
        owner.post("/api/v1/teams", json!({ "name": format!("Team {n}") })).await;
    }
    let (mut names, mut path) = (Vec::new(), "/api/v1/teams?limit=2".to_owned());
    loop {
        let page = owner.get(&path).await;
        names.extend(
            page.body["items"].as_array().unwrap().iter().map(|team| team["name"].as_str().unwrap().to_owned()),
        );
        match page.body["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/teams?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(names, ["Team 0", "Team 1", "Team 2", "Team 3", "Team 4"]);
    for query in ["limit=0", "limit=201", "cursor=nonsense"] {
        assert_eq!(owner.get(&format!("/api/v1/teams?{query}")).await.status, 422, "{query}");
    }
    assert_eq!(owner.get("/api/v1/teams?limit=many").await.problem(), (400, "invalid_query".to_owned()));
}

#[tokio::test]
async fn the_workspace_is_read_and_changed() {
    let (_, owner) = TestApp::with_owner().await;
    let reply = owner.patch("/api/v1/workspace", json!({ "default_country": "AE", "timezone": "Asia/Dubai" })).await;
    assert_eq!(reply.body["timezone"], "Asia/Dubai");
    assert_eq!(owner.get("/api/v1/workspace").await.body, reply.body);
    for (body, field) in [
        (json!({ "timezone": "Mars/Base" }), "timezone"),
        (json!({ "default_country": "uae" }), "default_country"),
        (json!({ "name": " " }), "name"),
    ] {
        assert_eq!(owner.patch("/api/v1/workspace", body).await.text("/field"), field);
    }
}

#[tokio::test]
async fn the_books_balance_from_the_beginning() {
    let (_, owner) = TestApp::with_owner().await;
    let counts = owner.get("/api/v1/audit/counts").await;
    assert_eq!((counts.status, &counts.body["balanced"]), (200, &json!(true)));
}

#[tokio::test]
async fn secrets_survive_a_new_master_key() {
    use rapport_app::account::workspace::rotate_master_key;
    use rapport_app::vault::{MasterKey, Place};
    let test = TestApp::new().await;
    let workspace = test.workspace("a").await.id.parse::<uuid::Uuid>().unwrap().into();
    let place = Place::new("channel", "secret", uuid::Uuid::from_u128(1));
    let sealed = test.app.key(workspace).await.unwrap().seal(place, b"token").unwrap();
    let new = MasterKey::from_bytes([8; 32]);
    assert_eq!(rotate_master_key(&test.app, &new).await.unwrap(), 1);
    assert_eq!(rotate_master_key(&test.app, &new).await.unwrap(), 0, "may be repeated");
    assert_eq!(test.app.key(workspace).await.unwrap().open(place, &sealed).unwrap(), b"token");
}
