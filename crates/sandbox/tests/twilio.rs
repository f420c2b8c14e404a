//! The Twilio stand-in, seen from outside.

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{Bench, P, bench};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use std::collections::BTreeMap;

const AC: &str = "AC00000000000000000000000000000001";
const TOKEN: &str = "sandbox-auth-token";
const US: &str = "whatsapp:+15550783881";
const ANA: &str = "whatsapp:+491511234567";

type Form = BTreeMap<String, String>;

fn decoded(raw: &[u8]) -> Form {
    let mut url = reqwest::Url::parse("http://localhost/").unwrap();
    url.set_query(Some(std::str::from_utf8(raw).unwrap()));
    url.query_pairs().into_owned().collect()
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let mut url = reqwest::Url::parse("http://localhost/").unwrap();
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or("").to_owned()
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.basic_auth(AC, Some(TOKEN)).send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

async fn get(b: &Bench, path: &str) -> (u16, Value) {
    answer(b.http.get(format!("{}/twilio{path}", b.sandbox.base_url()))).await
}

async fn post(b: &Bench, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let request = b.http.post(format!("{}/twilio{path}", b.sandbox.base_url()));
    answer(request.header("content-type", "application/x-www-form-urlencoded").body(encoded(fields))).await
}

async fn send(b: &Bench, fields: &[(&str, &str)]) -> (u16, Value) {
    let hook = b.hook_url.clone();
    let mut all = vec![("From", US), ("To", ANA), ("StatusCallback", hook.as_str())];
    all.extend(fields);
    post(b, &format!("/2010-04-01/Accounts/{AC}/Messages.json"), &all).await
}

/// A bench whose number delivers through Twilio only.
async fn through_twilio() -> Bench {
    let b = bench().await;
    let hooks = json!({"phone_number_id": P, "callback_url": null, "twilio_url": b.hook_url});
    b.control("/whatsapp/numbers", hooks).await;
    b
}

fn forms(b: &Bench) -> Vec<Form> {
    b.receiver.all().iter().map(|hook| decoded(&hook.raw)).collect()
}

/// Statuses told so far, in their order.
fn statuses(b: &Bench) -> Vec<String> {
    forms(b).iter().filter_map(|form| form.get("MessageStatus").cloned()).collect()
}

async fn until(b: &Bench, last: &str) -> Form {
    b.receiver.until(|_| statuses(b).iter().any(|status| status == last)).await;
    forms(b).into_iter().find(|form| form.get("MessageStatus").is_some_and(|s| s == last)).unwrap()
}

#[tokio::test]
async fn a_customer_writes_and_the_form_is_signed() {
    let b = through_twilio().await;
    assert_eq!(b.customer_writes("Grüße & 😀").await["delivery"], "delivered");
    let hook = &b.receiver.all()[0];
    let form = decoded(&hook.raw);
    for (name, value) in [
        ("From", ANA),
        ("To", US),
        ("Body", "Grüße & 😀"),
        ("WaId", "491511234567"),
        ("ProfileName", "Ana Grün"),
        ("NumMedia", "0"),
        ("AccountSid", AC),
    ] {
        assert_eq!(form[name], value, "{name}");
    }
    assert!(form["MessageSid"].starts_with("SM") && form["MessageSid"].len() == 34);
    assert!(form["ExternalUserId"].starts_with("DE."));
    let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(b.hook_url.as_bytes());
    for (name, value) in &form {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    assert_eq!(hook.headers["x-twilio-signature"], STANDARD.encode(mac.finalize().into_bytes()));
    let (status, one) = get(&b, &format!("/2010-04-01/Accounts/{AC}/Messages/{}.json", form["MessageSid"])).await;
    assert_eq!((status, one["direction"].as_str(), one["status"].as_str()), (200, Some("inbound"), Some("received")));
    let typing = [("channel", "whatsapp"), ("messageId", form["MessageSid"].as_str())];
    assert_eq!(post(&b, "/v2/Indicators/Typing.json", &typing).await, (200, json!({"success": true})));
    let (_, state) = b.call("GET", "/_sandbox/state", None).await;
    assert_eq!(state["whatsapp"]["totals"]["typing"], 1);
}

#[tokio::test]
async fn statuses_are_told_to_the_callback() {
    let b = through_twilio().await;
    b.customer_writes("hi").await;
    b.receiver.clear();
    let (status, message) = send(&b, &[("Body", "hello")]).await;
    assert_eq!((status, message["status"].as_str(), &message["error_code"]), (201, Some("queued"), &Value::Null));
    let read = until(&b, "read").await;
    assert_eq!(statuses(&b), ["queued", "sent", "delivered", "read"]);
    assert_eq!((read["MessageSid"].as_str(), read["EventType"].as_str()), (message["sid"].as_str().unwrap(), "READ"));
    let path = format!("/2010-04-01/Accounts/{AC}/Messages/{}.json", message["sid"].as_str().unwrap());
    let (_, now) = get(&b, &path).await;
    assert_eq!((now["status"].as_str(), now["body"].as_str()), (Some("read"), Some("hello")));
    let (_, list) = get(&b, &format!("/2010-04-01/Accounts/{AC}/Messages.json?PageSize=1")).await;
    assert_eq!((list["messages"][0]["sid"].as_str(), list["page_size"].as_u64()), (message["sid"].as_str(), Some(1)));
    let (_, received) = b.call("GET", "/_sandbox/whatsapp/received", None).await;
    let item = &received["items"][0];
    assert_eq!((item["via"].as_str(), item["body"]["text"]["body"].as_str()), (Some("twilio"), Some("hello")));
}

#[tokio::test]
async fn outside_the_window_the_callback_says_63016() {
    let b = through_twilio().await;
    let (status, _) = send(&b, &[("Body", "too early")]).await;
    assert_eq!(status, 201);
    let failed = until(&b, "failed").await;
    assert_eq!((failed["ErrorCode"].as_str(), statuses(&b)), ("63016", vec!["queued".into(), "failed".into()]));
    let (_, contents) = get(&b, "/v1/Content?PageSize=50").await;
    let find = |name: &str| {
        let all = contents["contents"].as_array().unwrap();
        all.iter().find(|content| content["friendly_name"] == name).unwrap()["sid"].as_str().unwrap().to_owned()
    };
    let sid = find("order_update_en");
    b.receiver.clear();
    let variables = json!({"1": "Ana", "2": "1042", "3": "on Friday"}).to_string();
    let (_, sent) = send(&b, &[("ContentSid", &sid), ("ContentVariables", &variables)]).await;
    assert!(sent["body"].as_str().unwrap().starts_with("Hi Ana, your order 1042"), "{sent}");
    until(&b, "read").await;
    for name in ["shipment_with_picture_en", "login_code_en"] {
        b.receiver.clear();
        assert_eq!(send(&b, &[("ContentSid", &find(name))]).await.0, 201);
        until(&b, "read").await;
    }
    // The template behind the content is the same as Meta's: paused there, refused here.
    b.control("/whatsapp/templates/order_update/events", json!({"event": "pause"})).await;
    let (_, all) = b.call("GET", "/_sandbox/whatsapp/templates", None).await;
    let paused = all["items"].as_array().unwrap().iter().find(|t| t["status"] == "PAUSED").unwrap();
    b.receiver.clear();
    let name = format!("order_update_{}", paused["language"].as_str().unwrap());
    send(&b, &[("ContentSid", &find(&name)), ("ContentVariables", &variables)]).await;
    assert_eq!(until(&b, "failed").await["ErrorCode"], "63041");
}

#[tokio::test]
async fn what_twilio_itself_refuses() {
    let b = through_twilio().await;
    let long = "x".repeat(1_601);
    for (fields, code) in [
        (vec![("To", ANA), ("Body", "x")], 21_603),
        (vec![("From", US), ("Body", "x")], 21_604),
        (vec![("From", US), ("To", "whatsapp:+57300"), ("Body", "x")], 21_211),
        (vec![("From", "whatsapp:+4930123456"), ("To", ANA), ("Body", "x")], 63_007),
        (vec![("From", US), ("To", US), ("Body", "x")], 63_031),
        (vec![("From", US), ("To", "+491511234567"), ("Body", "x")], 21_910),
        (vec![("From", US), ("To", ANA)], 21_619),
        (vec![("From", US), ("To", ANA), ("Body", long.as_str())], 21_617),
        (vec![("From", US), ("To", ANA), ("ContentSid", "HX1")], 21_655),
        (vec![("From", US), ("To", ANA), ("Body", "x"), ("StatusCallback", "nowhere")], 21_609),
    ] {
        let (status, error) = post(&b, &format!("/2010-04-01/Accounts/{AC}/Messages.json"), &fields).await;
        assert_eq!((status, error["code"].as_i64()), (400, Some(code)), "{fields:?}: {error}");
        assert!(error["more_info"].as_str().unwrap().ends_with(&code.to_string()));
    }
    let url = format!("{}/twilio/2010-04-01/Accounts/{AC}/Messages.json", b.sandbox.base_url());
    let stranger = b.http.get(&url).basic_auth(AC, Some("wrong")).send().await.unwrap();
    assert_eq!(stranger.status(), 401);
    assert_eq!(stranger.json::<Value>().await.unwrap()["code"], 20_003);
    assert_eq!(get(&b, "/2010-04-01/Accounts/AC9/Messages.json").await.1["code"], 20_404);
}

#[tokio::test]
async fn errors_on_request_in_twilios_words() {
    let b = through_twilio().await;
    b.customer_writes("hi").await;
    let fault = |body: Value| {
        let mut fault = json!({"target": "whatsapp", "match": {"path": "/Messages.json"}, "times": 1});
        fault.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        fault
    };
    b.control("/faults", fault(json!({"kind": "error_code", "code": 130_429, "retry_after": 2}))).await;
    let (status, error) = send(&b, &[("Body", "x")]).await;
    assert_eq!((status, error["code"].as_i64()), (429, Some(20_429)));
    b.control("/faults", fault(json!({"kind": "error_code", "code": 131_049}))).await;
    b.receiver.clear();
    assert_eq!(send(&b, &[("Body", "x")]).await.0, 201);
    assert_eq!(until(&b, "undelivered").await["ErrorCode"], "63049");
    b.control("/limits", json!({"whatsapp": {"pair_burst": 1}})).await;
    b.control("/clock", json!({"advance_ms": 600_000})).await;
    b.receiver.clear();
    for _ in 0..2 {
        assert_eq!(send(&b, &[("Body", "x")]).await.0, 201);
    }
    assert_eq!(until(&b, "failed").await["ErrorCode"], "63018");
    for (number, code) in [("971500131026", "63024"), ("971500130472", "63032"), ("971500131031", "63020")] {
        b.receiver.clear();
        let to = format!("whatsapp:+{number}");
        let path = format!("/2010-04-01/Accounts/{AC}/Messages.json");
        let fields = [("From", US), ("To", to.as_str()), ("Body", "x"), ("StatusCallback", b.hook_url.as_str())];
        assert_eq!(post(&b, &path, &fields).await.0, 201);
        b.receiver.until(|_| forms(&b).iter().any(|form| form.get("ErrorCode").is_some_and(|c| c == code))).await;
    }
}

#[tokio::test]
async fn media_places_and_taps() {
    let b = through_twilio().await;
    let from = "+491511234567";
    b.control("/whatsapp/inbound", json!({"from": from, "message": {"type": "image", "image": {"caption": "look"}}}))
        .await;
    let form = forms(&b).remove(0);
    assert_eq!((form["NumMedia"].as_str(), form["MediaContentType0"].as_str()), ("1", "image/png"));
    assert_eq!((form["Body"].as_str(), &form["MessageSid"][..2]), ("look", "MM"));
    let bytes = b.http.get(&form["MediaUrl0"]).basic_auth(AC, Some(TOKEN)).send().await.unwrap().bytes().await.unwrap();
    assert!(bytes.starts_with(b"\x89PNG"));
    assert_eq!(b.http.get(&form["MediaUrl0"]).send().await.unwrap().status(), 401);
    let files = format!("/2010-04-01/Accounts/{AC}/Messages/{}/Media.json", form["MessageSid"]);
    let (_, list) = get(&b, &files).await;
    assert_eq!(list["media_list"][0]["content_type"], "image/png");
    // Files of customers are kept seven days.
    b.control("/clock", json!({"advance_ms": 7 * 86_400_000_i64 + 1})).await;
    assert_eq!(answer(b.http.get(&form["MediaUrl0"])).await.0, 404);

    b.receiver.clear();
    let wrote = b.customer_writes("hi").await;
    let first = forms(&b).remove(0);
    let context = json!({"from": "15550783881", "id": wrote["wamid"]});
    for message in [
        json!({"type": "location", "location": {"latitude": 1.5, "longitude": -2.25, "name": "Shop"}}),
        json!({"type": "button", "context": context, "button": {"payload": "again", "text": "Again"}}),
        json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "r1", "title": "One"}}}),
    ] {
        b.control("/whatsapp/inbound", json!({"from": from, "message": message})).await;
    }
    let got = forms(&b);
    assert_eq!((got[1]["Latitude"].as_str(), got[1]["Label"].as_str()), ("1.5", "Shop"));
    assert_eq!((got[2]["ButtonPayload"].as_str(), got[2]["ButtonText"].as_str()), ("again", "Again"));
    assert_eq!(got[2]["OriginalRepliedMessageSid"], first["MessageSid"]);
    assert_eq!((got[3]["ListId"].as_str(), got[3]["Body"].as_str()), ("r1", "One"));

    let (_, sent) = send(&b, &[("MediaUrl", "https://shop.example/a.jpg"), ("Body", "see")]).await;
    assert_eq!((&sent["sid"].as_str().unwrap()[..2], sent["num_media"].as_str()), ("MM", Some("1")));
    send(&b, &[("PersistentAction", "geo:37.78,-122.4|Shop"), ("Body", "here")]).await;
    let (_, received) = b.call("GET", "/_sandbox/whatsapp/received", None).await;
    let kinds: Vec<&str> = received["items"].as_array().unwrap().iter().filter_map(|i| i["type"].as_str()).collect();
    assert_eq!(kinds, ["image", "location"]);
}

#[tokio::test]
async fn contents_are_made_approved_and_sent() {
    let b = through_twilio().await;
    b.customer_writes("hi").await;
    let base = format!("{}/twilio/v1/Content", b.sandbox.base_url());
    let new = json!({
        "friendly_name": "order_ready",
        "language": "en",
        "variables": {"1": "Ana", "2": "77"},
        "types": {"twilio/quick-reply": {
            "body": "Hi {{1}}, order {{2}} is ready to be picked up.",
            "actions": [{"title": "On my way", "id": "coming"}, {"title": "Later", "id": "later"}],
        }},
    });
    let (status, made) = answer(b.http.post(&base).json(&new)).await;
    assert_eq!(status, 201);
    let sid = made["sid"].as_str().unwrap().to_owned();
    assert!(sid.starts_with("HX") && made["links"]["approval_fetch"].as_str().unwrap().ends_with("ApprovalRequests"));
    // Within the window it needs no approval.
    send(&b, &[("ContentSid", &sid), ("ContentVariables", r#"{"1":"Bea"}"#)]).await;
    let (_, received) = b.call("GET", "/_sandbox/whatsapp/received", None).await;
    let body = &received["items"][0]["body"]["interactive"];
    assert_eq!(
        (body["type"].as_str(), body["action"]["buttons"][0]["reply"]["id"].as_str()),
        (Some("button"), Some("coming"))
    );
    assert_eq!(body["body"]["text"], "Hi Bea, order 77 is ready to be picked up.");
    let approval = format!("/v1/Content/{sid}/ApprovalRequests");
    assert_eq!(get(&b, &approval).await.1["whatsapp"]["status"], "unsubmitted");
    b.control("/whatsapp/reviews", json!({"name": "order_ready", "outcome": {"event": "hold"}, "times": 1})).await;
    let ask = json!({"name": "order_ready", "category": "UTILITY"});
    let (status, asked) = answer(b.http.post(format!("{base}/{sid}/ApprovalRequests/whatsapp")).json(&ask)).await;
    assert_eq!((status, asked["status"].as_str()), (201, Some("received")));
    assert_eq!(get(&b, &approval).await.1["whatsapp"]["status"], "pending");
    let event = json!({"event": "reject", "reason": "PROMOTIONAL"});
    b.control("/whatsapp/templates/order_ready/events", event).await;
    let (_, told) = get(&b, &approval).await;
    assert_eq!(
        (told["whatsapp"]["status"].as_str(), told["whatsapp"]["rejection_reason"].as_str()),
        (Some("rejected"), Some("PROMOTIONAL"))
    );
    b.control("/whatsapp/templates/order_ready/events", json!({"event": "approve"})).await;
    send(&b, &[("ContentSid", &sid)]).await;
    let (_, received) = b.call("GET", "/_sandbox/whatsapp/received", None).await;
    assert_eq!(received["items"][1]["body"]["template"]["name"], "order_ready");
    let (_, all) = get(&b, "/v1/ContentAndApprovals?PageSize=100").await;
    let own = all["contents"].as_array().unwrap().iter().find(|c| c["sid"] == sid.as_str()).unwrap();
    assert_eq!(own["approval_requests"]["status"], "approved");
    let delete = b.http.delete(format!("{base}/{sid}"));
    assert_eq!(answer(delete).await.0, 204);
    assert_eq!(get(&b, &format!("/v1/Content/{sid}")).await.0, 404);
    let wrong = json!({"language": "en", "types": {"twilio/song": {}}});
    assert_eq!(answer(b.http.post(&base).json(&wrong)).await.0, 400);
}

#[tokio::test]
async fn senders_show_and_take_webhooks() {
    let b = bench().await;
    let (_, list) = get(&b, "/v2/Channels/Senders?Channel=whatsapp").await;
    assert_eq!((list["senders"][0]["sender_id"].as_str(), list["meta"]["key"].as_str()), (Some(US), Some("senders")));
    let url =
        format!("{}/twilio/v2/Channels/Senders/{}", b.sandbox.base_url(), list["senders"][0]["sid"].as_str().unwrap());
    let change = json!({"webhook": {"callback_url": b.hook_url}});
    assert_eq!(answer(b.http.post(&url).json(&change)).await.0, 202);
    b.customer_writes("hi").await;
    b.receiver.until(|_| forms(&b).iter().any(|form| form.contains_key("MessageSid"))).await;
}
