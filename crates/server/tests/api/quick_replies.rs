//! Quick replies over the API: who sees which, what they say in a conversation, tables in and out.

use crate::harness::{Shop, TestApp};
use serde_json::{Value, json};

fn reply(shortcut: &str, audience: &str) -> Value {
    json!({
        "shortcut": shortcut, "title": format!("Title {shortcut}"), "audience": audience,
        "bodies": { "en": "Hello {first_name}, your order {order} is on its way.", "ar": "أهلا {first_name|بك}" }
    })
}

#[tokio::test]
async fn a_reply_speaks_the_customers_language_with_their_data() {
    let (test, shop, owner) = Shop::open().await;
    test.user(&owner, "agent").await;
    let agent = test.browser("agent@a.example").await;
    let heard = shop.hear("971500000001", "Amal Haddad", "hello").await;
    let made = agent.post("/api/v1/quick-replies", reply("/Ship", "private")).await;
    assert_eq!((made.status, made.text("/shortcut")), (201, "ship".to_owned()), "{}", made.body);
    let list = format!("/api/v1/quick-replies?conversation_id={}", heard.conversation);
    let here = agent.get(&list).await.body["items"][0]["here"].clone();
    assert_eq!(here["text"], "Hello Amal, your order {order} is on its way.");
    assert_eq!((&here["language"], &here["missing"]), (&json!("en"), &json!(["{order}"])));
    let contact = format!("/api/v1/contacts/{}", heard.contact);
    assert_eq!(agent.patch(&contact, json!({ "language": "ar", "fields": { "order": "1042" } })).await.status, 200);
    let here = agent.get(&list).await.body["items"][0]["here"].clone();
    assert_eq!((&here["text"], &here["missing"]), (&json!("أهلا Amal"), &json!([])));
    let path = format!("/api/v1/quick-replies/{}", made.text("/id"));
    let bodies = json!({ "bodies": { "en": "It is {agent_first_name} of {channel}: order {order}." } });
    assert_eq!(agent.patch(&path, bodies).await.status, 200);
    let here = agent.get(&list).await.body["items"][0]["here"].clone();
    assert_eq!(here["text"], "It is agent of Shop: order 1042.");
    assert_eq!(agent.get("/api/v1/quick-replies").await.body["items"][0]["here"], json!(null));
    let nowhere = agent.get("/api/v1/quick-replies?conversation_id=00000000-0000-7000-8000-000000000000").await;
    assert_eq!(nowhere.status, 404);
}

#[tokio::test]
async fn everybody_sees_their_own_their_teams_and_the_shared_ones() {
    let (test, owner) = TestApp::with_owner().await;
    let agent_id = test.user(&owner, "agent").await;
    test.user(&owner, "supervisor").await;
    test.user(&owner, "viewer").await;
    let (agent, lead) = (test.browser("agent@a.example").await, test.browser("supervisor@a.example").await);
    let sales = owner.post("/api/v1/teams", json!({ "name": "Sales", "member_ids": [agent_id] })).await.text("/id");
    let other = owner.post("/api/v1/teams", json!({ "name": "Other" })).await.text("/id");
    let of = |shortcut: &str, team: &str| {
        let mut body = reply(shortcut, "team");
        body["team_id"] = json!(team);
        body
    };
    assert_eq!(agent.post("/api/v1/quick-replies", reply("mine", "private")).await.status, 201);
    assert_eq!(agent.post("/api/v1/quick-replies", reply("all", "shared")).await.status, 403);
    assert_eq!(agent.post("/api/v1/quick-replies", of("ours", &sales)).await.status, 201);
    assert_eq!(agent.post("/api/v1/quick-replies", of("theirs", &other)).await.status, 403);
    assert_eq!(lead.post("/api/v1/quick-replies", of("theirs", &other)).await.status, 201);
    let shared = lead.post("/api/v1/quick-replies", reply("all", "shared")).await.text("/id");
    let shown = |body: &Value| {
        let mut codes: Vec<String> =
            body["items"].as_array().unwrap().iter().map(|one| one["shortcut"].as_str().unwrap().to_owned()).collect();
        codes.sort();
        codes.join(" ")
    };
    assert_eq!(shown(&agent.get("/api/v1/quick-replies").await.body), "all mine ours");
    assert_eq!(shown(&lead.get("/api/v1/quick-replies").await.body), "all ours theirs");
    let viewer = test.browser("viewer@a.example").await.get("/api/v1/quick-replies").await;
    assert_eq!((shown(&viewer.body), &viewer.body["items"][0]["may_change"]), ("all".to_owned(), &json!(false)));
    let path = format!("/api/v1/quick-replies/{shared}");
    assert_eq!(agent.patch(&path, json!({ "title": "x" })).await.status, 403);
    assert_eq!(agent.delete(&path).await.status, 403);
    assert_eq!(lead.get("/api/v1/quick-replies/export").await.status, 200);
    // A short code is one in the whole workspace, also where the other one is not seen.
    assert_eq!(
        lead.post("/api/v1/quick-replies", reply("mine", "shared")).await.problem(),
        (409, "shortcut_taken".to_owned())
    );
    assert_eq!(lead.delete(&path).await.status, 204);
    assert_eq!(agent.get(&path).await.status, 404);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let (_, owner) = TestApp::with_owner().await;
    let with = |field: &str, value: Value| {
        let mut body = reply("ok", "shared");
        body[field] = value;
        body
    };
    for (body, field) in [
        (with("shortcut", json!("two words")), "shortcut"),
        (with("shortcut", json!("")), "shortcut"),
        (with("title", json!(" ")), "title"),
        (with("bodies", json!({})), "bodies"),
        (with("bodies", json!({ "english please": "x" })), "bodies.english please"),
        (with("bodies", json!({ "en": "x".repeat(4_097) })), "bodies.en"),
        (with("audience", json!("team")), "team_id"),
        (with("audience", json!("private")), "audience"),
        (with("team_id", json!("00000000-0000-7000-8000-000000000000")), "team_id"),
    ] {
        let reply = owner.post("/api/v1/quick-replies", body.clone()).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{body}: {}", reply.body);
    }
}

#[tokio::test]
async fn what_is_used_stands_first_and_what_is_typed_before_it() {
    let (test, owner) = TestApp::with_owner().await;
    for code in ["alpha", "beta", "gamma"] {
        assert_eq!(owner.post("/api/v1/quick-replies", reply(code, "shared")).await.status, 201);
    }
    test.user(&owner, "agent").await;
    let agent = test.browser("agent@a.example").await;
    let codes = |body: &Value| {
        let items = body["items"].as_array().unwrap().iter();
        items.map(|one| one["shortcut"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let list = agent.get("/api/v1/quick-replies").await.body;
    assert_eq!(codes(&list), "alpha beta gamma");
    let gamma = list["items"][2]["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let used = agent.post(&format!("/api/v1/quick-replies/{gamma}/use"), json!(null)).await;
        assert_eq!(used.status, 204);
    }
    let list = agent.get("/api/v1/quick-replies").await.body;
    assert_eq!((codes(&list), &list["items"][0]["own_uses"]), ("gamma alpha beta".to_owned(), &json!(2)));
    assert_eq!(codes(&agent.get("/api/v1/quick-replies?q=be").await.body), "beta");
    let page = agent.get("/api/v1/quick-replies?limit=2").await.body;
    let next =
        agent.get(&format!("/api/v1/quick-replies?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await;
    assert_eq!((codes(&page), codes(&next.body)), ("gamma alpha".to_owned(), "beta".to_owned()));
}

#[tokio::test]
async fn tables_come_in_and_go_out() {
    let (test, owner) = TestApp::with_owner().await;
    owner.post("/api/v1/teams", json!({ "name": "Sales" })).await;
    let csv = "shortcut;title;audience;team;language;body\r\n\
               hours;Opening hours;shared;;en;\"We open at nine; closed on Fridays.\"\r\n\
               hours;Opening hours;shared;;ar;نفتح في التاسعة\r\n\
               deal;;team;Sales;en;Ten percent\r\n\
               bad code;x;shared;;en;x\r\n\
               lost;x;team;Nobody;en;x\r\n";
    let import = |data: &str, format: &str, dry: bool| json!({ "format": format, "data": data, "dry_run": dry });
    let looked = owner.post("/api/v1/quick-replies/import", import(csv, "csv", true)).await;
    assert_eq!((looked.status, &looked.body["created"]), (200, &json!(2)), "{}", looked.body);
    let problems: Vec<&str> =
        looked.body["problems"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(problems, ["shortcut", "team"]);
    assert_eq!(owner.get("/api/v1/quick-replies").await.body["items"], json!([]), "a look changes nothing");
    assert_eq!(owner.post("/api/v1/quick-replies/import", import(csv, "csv", false)).await.body["created"], 2);
    for format in ["csv", "json"] {
        let file = owner.get(&format!("/api/v1/quick-replies/export?format={format}")).await;
        assert_eq!(file.text("/filename"), format!("quick-replies.{format}"));
        let again = owner.post("/api/v1/quick-replies/import", import(&file.text("/data"), format, false)).await;
        assert_eq!((&again.body["unchanged"], &again.body["problems"]), (&json!(2), &json!([])), "{}", again.body);
    }
    let changed = r#"[{ "shortcut": "hours", "title": "Hours", "audience": "shared", "bodies": { "en": "At ten." } }]"#;
    assert_eq!(owner.post("/api/v1/quick-replies/import", import(changed, "json", false)).await.body["updated"], 1);
    let list = owner.get("/api/v1/quick-replies?q=hours").await;
    assert_eq!(list.body["items"][0]["bodies"], json!({ "en": "At ten." }));
    for (data, format) in [("nonsense", "json"), ("a,b\n1,2", "csv")] {
        let refused = owner.post("/api/v1/quick-replies/import", import(data, format, false)).await;
        assert_eq!((refused.status, refused.text("/field")), (422, "data".to_owned()), "{}", refused.body);
    }
    test.user(&owner, "agent").await;
    let agent = test.browser("agent@a.example").await;
    let report = agent.post("/api/v1/quick-replies/import", import(changed, "json", false)).await;
    assert_eq!(report.body["problems"].as_array().unwrap().len(), 1, "shared ones are not an agent's to change");
    assert_eq!(report.text("/problems/0/code"), "forbidden");
}

#[tokio::test]
async fn what_cannot_be_taken_in_has_a_code() {
    let (test, owner) = TestApp::with_owner().await;
    let path = "/api/v1/quick-replies/import";
    let request = |rows: Value| json!({ "format": "json", "data": rows.to_string(), "dry_run": false });
    let row = |shortcut: &str, title: &str, audience: &str, team: Option<&str>, bodies: Value| json!({ "shortcut": shortcut, "title": title, "audience": audience, "team": team, "bodies": bodies });
    let text = json!({ "en": "x" });
    let rows = json!([
        row("bad code", "x", "shared", None, text.clone()),
        row("a", &"x".repeat(121), "shared", None, text.clone()),
        row("b", "x", "shared", None, json!({ "not a language": "x" })),
        row("c", "x", "shared", None, json!({ "en": " " })),
        row("d", "x", "shared", None, json!({ "en": "x".repeat(4_097) })),
        row("e", "x", "team", Some("Nobody"), text.clone()),
        row("f", "x", "team", None, text.clone()),
        row("kept", "x", "shared", None, text.clone()),
    ]);
    let report = owner.post(path, request(rows)).await;
    let told: Vec<(&str, &Value)> = report.body["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["code"].as_str().unwrap(), &one["limit"]))
        .collect();
    let none = Value::Null;
    let expected = [
        ("shortcut", &json!(40)),
        ("title", &json!(120)),
        ("language", &none),
        ("languages", &json!(20)),
        ("body", &json!(4_096)),
        ("team_unknown", &none),
        ("team_audience", &none),
    ];
    assert_eq!(told, expected, "{}", report.body);
    test.user(&owner, "agent").await;
    let agent = test.browser("agent@a.example").await;
    let clash = agent.post(path, request(json!([row("kept", "x", "private", None, text)]))).await;
    assert_eq!(clash.text("/problems/0/code"), "shortcut_taken", "{}", clash.body);
}

#[tokio::test]
async fn keys_are_kept_for_a_person_and_never_twice() {
    let (test, owner) = TestApp::with_owner().await;
    test.user(&owner, "agent").await;
    let agent = test.browser("agent@a.example").await;
    let path = "/api/v1/users/me/keys";
    assert_eq!(agent.get(path).await.body, json!({ "mode": "all", "keys": {} }));
    let key = |code: &str| json!({ "code": code, "mod": false, "shift": false, "alt": false });
    let chosen = json!({ "mode": "chords", "keys": { "next": key("KeyN"), "note": null } });
    assert_eq!(agent.put(path, chosen.clone()).await.body, chosen);
    assert_eq!(test.browser("agent@a.example").await.get(path).await.body, chosen, "on every computer");
    assert_eq!(test.browser("owner@a.example").await.get(path).await.body["mode"], "all", "but not somebody else's");
    let twice = agent.put(path, json!({ "keys": { "next": key("KeyN"), "reply": key("KeyN") } })).await;
    assert_eq!((twice.status, twice.text("/field")), (422, "keys.reply".to_owned()), "{}", twice.body);
    assert!(twice.text("/detail").contains("next"), "it says with which");
    assert_eq!(owner.get(path).await.status, 403, "a program has no fingers");
}

#[tokio::test]
async fn files_go_with_a_reply() {
    let (test, shop, owner) = Shop::open().await;
    let first = shop.upload(&owner, "shoe.png", crate::harness::PNG).await;
    let second = shop.upload(&owner, "sole.png", crate::harness::PNG).await;
    let (one, two) = (first.text("/id"), second.text("/id"));
    let mut body = reply("shoe", "shared");
    body["files"] = json!([two, one]);
    let made = owner.post("/api/v1/quick-replies", body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let names = |body: &Value| body.as_array().unwrap().iter().map(|file| file["filename"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&made.body["files"]), ["sole.png", "shoe.png"]);
    assert_eq!((&made.body["files"][0]["kind"], &made.body["files"][0]["stored"]), (&json!("image"), &json!(true)));
    let path = format!("/api/v1/quick-replies/{}", made.text("/id"));
    for (files, field) in [
        (json!([one, one]), "files.1"),
        (json!(["00000000-0000-7000-8000-000000000000"]), "files.0"),
        (json!(vec![one.clone(); 6]), "files"),
    ] {
        let reply = owner.patch(&path, json!({ "files": files })).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()));
    }
    let stranger = test.workspace("b").await;
    body["shortcut"] = json!("theirs");
    let taken = test.bearer(&stranger.token).post("/api/v1/quick-replies", body).await;
    assert_eq!((taken.status, taken.text("/field")), (422, "files.0".to_owned()), "not another workspace's");
    assert_eq!(names(&owner.patch(&path, json!({ "title": "Shoe" })).await.body["files"]).len(), 2, "they stay");
    assert_eq!(names(&owner.patch(&path, json!({ "files": [one] })).await.body["files"]), ["shoe.png"]);
    let listed = owner.get("/api/v1/quick-replies").await;
    assert_eq!(names(&listed.body["items"][0]["files"]), ["shoe.png"]);
}
