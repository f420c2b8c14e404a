//! What messages cost: estimates and the provider's word, rates that are put right afterwards, the monthly budget.

use crate::harness::{Client, Heard, Reply, Shop};
use axum::http::Method;
use rapport_core::message::Status;
use rapport_core::time::DAY;
use serde_json::{Value, json};

async fn say(client: &Client, heard: &Heard, content: Value) -> Reply {
    client.post(&format!("/api/v1/conversations/{}/messages", heard.conversation), json!({ "content": content })).await
}

fn text() -> Value {
    json!({ "type": "text", "body": "Yes!" })
}

fn offer() -> Value {
    let body = json!([{ "type": "body", "parameters": [{ "type": "text", "text": "Amal" }] }]);
    json!({ "type": "template", "name": "offer", "language": "en", "components": body })
}

async fn rate(client: &Client, category: &str, market: &str, from: &str, micros: Value) -> Reply {
    let row =
        json!({ "category": category, "market": market, "from": from, "amount_micros": micros, "currency": "USD" });
    client.send(Method::PUT, "/api/v1/costs/rates", Some(row)).await
}

/// The field a problem names.
fn field(reply: &Reply) -> (u16, String) {
    (reply.status, reply.text("/field"))
}

#[tokio::test]
async fn a_message_shows_an_estimate_then_what_the_provider_charges() {
    let (_, shop, owner) = Shop::open().await;
    shop.template("offer", "MARKETING").await;
    shop.wait(20 * DAY); // October 2026.
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let own = owner.get(&format!("/api/v1/messages/{}", heard.message)).await;
    assert_eq!(own.body["cost"], json!(null), "what customers write costs nothing");

    let sent = say(&owner, &heard, text()).await;
    let expected = json!({ "state": "estimate", "amount_micros": 0, "currency": null, "category": "service", "kind": null, "why": "free_allowance" });
    assert_eq!(sent.body["cost"], expected, "{}", sent.body);
    shop.charge(&sent.text("/id"), Status::Sent, "service", "regular").await;
    let of = |reply: Reply| reply.body["cost"].clone();
    let path = format!("/api/v1/messages/{}", sent.text("/id"));
    let told = of(owner.get(&path).await);
    assert_eq!(
        (&told["state"], &told["why"], &told["amount_micros"]),
        (&json!("actual"), &json!("price_missing"), &json!(null))
    );

    // Nothing is summed before it arrived; a report that comes twice is summed once.
    let conversation = format!("/api/v1/conversations/{}", heard.conversation);
    assert_eq!(of(owner.get(&conversation).await), json!(null));
    for status in [Status::Delivered, Status::Delivered, Status::Read] {
        shop.charge(&sent.text("/id"), status, "service", "regular").await;
    }
    let missing = json!({ "amount_micros": 0, "currency": null, "messages": 1, "free": 0, "unpriced": 1 });
    assert_eq!(of(owner.get(&conversation).await), missing);

    // The price is entered afterwards: service messages cost what utility templates cost in the customer's country.
    assert_eq!(rate(&owner, "utility", "AE", "2025-07", json!(15_700)).await.status, 200);
    let known = json!({ "amount_micros": 15_700, "currency": "USD", "messages": 1, "free": 0, "unpriced": 0 });
    assert_eq!(of(owner.get(&conversation).await), known);
    assert_eq!(of(owner.get(&format!("/api/v1/contacts/{}", heard.contact)).await), known);
    let listed = owner.get("/api/v1/conversations").await;
    assert_eq!(listed.body["items"][0]["cost"], known);
    assert_eq!(of(owner.get(&path).await)["amount_micros"], 15_700);
    let thread = owner.get(&format!("{conversation}/messages")).await;
    assert_eq!(thread.body["items"][0]["cost"]["why"], "rate");
}

#[tokio::test]
async fn costs_are_summed_by_what_is_asked() {
    let (_, shop, owner) = Shop::open().await;
    shop.wait(20 * DAY);
    rate(&owner, "utility", "AE", "2025-07", json!(10_000)).await;
    rate(&owner, "service", "*", "2026-10", json!(5_000)).await;
    for (number, kind) in
        [("971500000001", "regular"), ("4915112345678", "regular"), ("4915112345679", "free_customer_service")]
    {
        let heard = shop.hear(number, "Amal", "hello").await;
        let sent = say(&owner, &heard, text()).await;
        shop.charge(&sent.text("/id"), Status::Delivered, "service", kind).await;
    }
    let report = owner.get("/api/v1/costs?group_by=country").await.body;
    assert_eq!((&report["from"], &report["to"]), (&json!("2026-10-01"), &json!("2026-10-31")));
    let total = json!({ "amount_micros": 15_000, "currency": "USD", "messages": 3, "free": 1, "unpriced": 0 });
    assert_eq!(report["total"], total);
    let keys = |report: &Value| -> Vec<(String, i64)> {
        let items = report["items"].as_array().unwrap();
        items
            .iter()
            .map(|one| (one["key"].as_str().unwrap().to_owned(), one["cost"]["amount_micros"].as_i64().unwrap()))
            .collect()
    };
    assert_eq!(keys(&report), [("AE".to_owned(), 10_000), ("DE".to_owned(), 5_000)]);
    for name in ["amount_micros", "messages", "free", "unpriced"] {
        assert!(report["definitions"][name].as_str().is_some_and(|text| text.len() > 20), "{name}");
    }
    let by_day = owner.get("/api/v1/costs?from=2026-10-01&to=2026-10-31").await.body;
    assert_eq!(keys(&by_day), [("2026-10-11".to_owned(), 15_000)]);
    assert_eq!(keys(&owner.get("/api/v1/costs?group_by=category").await.body), [("service".to_owned(), 15_000)]);
    let channel = owner.get("/api/v1/costs?group_by=channel").await.body;
    assert_eq!(
        (channel["items"][0]["key"].as_str(), channel["items"][0]["name"].as_str()),
        (Some(shop.channel.to_string().as_str()), Some("Shop"))
    );
    assert!(keys(&owner.get("/api/v1/costs?from=2026-11-01").await.body).is_empty());
    assert_eq!(field(&owner.get("/api/v1/costs?from=1.10.2026").await), (422, "from".to_owned()));
    assert_eq!(field(&owner.get("/api/v1/costs?from=2026-10-02&to=2026-10-01").await), (422, "to".to_owned()));
    assert_eq!(field(&owner.get("/api/v1/costs?from=2024-10-02&to=2026-10-01").await), (422, "to".to_owned()));
}

#[tokio::test]
async fn the_rate_card_begins_without_prices_and_refuses_nonsense_by_field() {
    let (_, _, owner) = Shop::open().await;
    let card = owner.get("/api/v1/costs/rates").await;
    let rows = card.body.as_array().unwrap();
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|row| row["amount_micros"].is_null() && row["confirmed"] == false), "{rows:?}");
    let after = rate(&owner, "marketing", "*", "2025-07", json!(60_000)).await;
    assert_eq!(after.body.as_array().unwrap().len(), rows.len(), "it takes the place of the starter row");
    assert_eq!((&after.body[0]["amount_micros"], &after.body[0]["confirmed"]), (&json!(60_000), &json!(true)));
    for (category, market, from, micros, wrong) in [
        ("spam", "*", "2026-10", json!(1), "category"),
        ("marketing", "Emirates", "2026-10", json!(1), "market"),
        ("marketing", "ZZ", "2026-10", json!(1), "market"),
        ("marketing", "UK", "2026-10", json!(1), "market"),
        ("marketing", "ae", "2026-10", json!(null), "market"),
        ("marketing", "*", "2026-10-01", json!(1), "from"),
        ("marketing", "*", "2025-06", json!(1), "from"),
        ("marketing", "*", "2026-10", json!(-1), "amount_micros"),
    ] {
        assert_eq!(field(&rate(&owner, category, market, from, micros).await), (422, wrong.to_owned()));
    }
    let euro =
        json!({ "category": "utility", "market": "*", "from": "2026-10", "amount_micros": 1, "currency": "EUR" });
    let reply = owner.send(Method::PUT, "/api/v1/costs/rates", Some(euro)).await;
    assert_eq!(field(&reply), (422, "currency".to_owned()));
    assert!(reply.text("/detail").contains("USD"), "{}", reply.body);
    let audit = owner.get("/api/v1/audit?target_kind=workspace").await;
    assert_eq!(audit.body["items"][0]["action"], "rate.updated");
}

#[tokio::test]
async fn a_removed_price_gives_way_to_that_of_all_countries() {
    let (_, shop, owner) = Shop::open().await;
    shop.wait(20 * DAY);
    let before = owner.get("/api/v1/costs/rates").await.body;
    rate(&owner, "utility", "*", "2026-10", json!(5_000)).await;
    rate(&owner, "utility", "AE", "2026-10", json!(10_000)).await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let sent = say(&owner, &heard, text()).await;
    shop.charge(&sent.text("/id"), Status::Delivered, "service", "regular").await;
    let path = format!("/api/v1/messages/{}", sent.text("/id"));
    let cost = async || owner.get(&path).await.body["cost"].clone();
    assert_eq!(cost().await["amount_micros"], 10_000);
    // A price that is missing is not another market's price.
    rate(&owner, "utility", "AE", "2026-10", json!(null)).await;
    assert_eq!(cost().await["why"], "price_missing");

    let remove = async |market: &str, from: &str| {
        let path = format!("/api/v1/costs/rates?category=utility&market={market}&from={from}");
        owner.send(Method::DELETE, &path, None).await
    };
    for (market, from) in [("AE", "2026-11"), ("AE", "soon"), ("DE", "2026-10")] {
        assert_eq!(remove(market, from).await.problem(), (404, "not_found".to_owned()), "{market} {from}");
    }
    let card = remove("AE", "2026-10").await;
    assert_eq!(card.status, 200, "{}", card.body);
    assert!(!card.body.as_array().unwrap().iter().any(|row| row["market"] == "AE"));
    assert_eq!(cost().await["amount_micros"], 5_000);
    assert_eq!(remove("AE", "2026-10").await.problem(), (404, "not_found".to_owned()));
    assert_eq!(remove("*", "2026-10").await.body, before, "what every card begins with stays");
    let audit = owner.get("/api/v1/audit?target_kind=workspace").await;
    assert_eq!(audit.body["items"][0]["action"], "rate.removed");
    assert_eq!(audit.body["items"][0]["before"]["amount_micros"], 5_000, "{}", audit.body["items"][0]);
}

#[tokio::test]
async fn a_budget_that_is_used_up_stops_promotion_and_nothing_else() {
    let (_, shop, owner) = Shop::open().await;
    shop.template("offer", "MARKETING").await;
    shop.wait(20 * DAY);
    let budget = "/api/v1/costs/budget";
    let none = owner.get(budget).await.body;
    assert_eq!(
        (&none["amount_micros"], &none["percent"], &none["month"]),
        (&json!(null), &json!(null), &json!("2026-10"))
    );
    assert_eq!(field(&owner.patch(budget, json!({ "on_reached": "warn" })).await), (422, "amount_micros".to_owned()));
    assert_eq!(field(&owner.patch(budget, json!({ "amount_micros": 5 })).await), (422, "currency".to_owned()));
    let set = json!({ "amount_micros": 100_000, "currency": "USD", "on_reached": "stop_promotion" });
    let set = owner.patch(budget, set).await;
    assert_eq!((set.status, &set.body["at_percent"], &set.body["percent"]), (200, &json!([50, 80, 100]), &json!(0)));
    assert_eq!(field(&owner.patch(budget, json!({ "at_percent": [80, 50] })).await), (422, "at_percent".to_owned()));

    rate(&owner, "utility", "*", "2025-07", json!(60_000)).await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let check = |reply: Reply| {
        let verdict = reply.body.pointer("/verdict").cloned().unwrap_or(reply.body);
        let checks = verdict["checks"].as_array().cloned().unwrap_or_default();
        checks.into_iter().find(|one| one["rule"] == "monthly_budget").unwrap_or_else(|| panic!("{verdict}"))
    };
    let preview = json!({ "conversation_id": heard.conversation, "content": offer() });
    assert_eq!(
        check(owner.post("/api/v1/guard/preview", preview.clone()).await)["note_key"],
        "guard.monthly_budget.ok"
    );
    for _ in 0..2 {
        let sent = say(&owner, &heard, text()).await;
        shop.charge(&sent.text("/id"), Status::Delivered, "service", "regular").await;
    }
    let now = owner.get(budget).await.body;
    assert_eq!((&now["percent"], &now["passed"], &now["reached"]), (&json!(120), &json!(100), &json!(true)));
    let reached = check(owner.post("/api/v1/guard/preview", preview.clone()).await);
    assert_eq!((&reached["note_key"], &reached["value"]), (&json!("guard.monthly_budget.reached"), &json!("0.12 USD")));
    assert!(reached["detail"].as_str().unwrap().contains("2026-11-01"), "{reached}");
    assert_eq!(say(&owner, &heard, offer()).await.status, 422, "promotion is refused");
    assert_eq!(say(&owner, &heard, text()).await.status, 202, "a reply goes out");

    owner.patch(budget, json!({ "on_reached": "warn" })).await;
    assert_eq!(check(owner.post("/api/v1/guard/preview", preview).await)["note_key"], "guard.monthly_budget.none");
    let removed = owner.patch(budget, json!({ "amount_micros": null })).await;
    assert_eq!(removed.body["amount_micros"], json!(null));
}

#[tokio::test]
async fn a_forecast_names_money_share_and_batches() {
    let (_, shop, owner) = Shop::open().await;
    shop.wait(20 * DAY); // October 2026.
    assert_eq!(rate(&owner, "marketing", "AE", "2026-10", json!(35_000)).await.status, 200);
    let ask = |body: Value| {
        let owner = owner.clone();
        async move { owner.post("/api/v1/costs/forecast", body).await }
    };
    let plan =
        |customers: Value| json!({ "channel_id": shop.channel, "category": "marketing", "customers": customers });
    let said = ask(plan(json!([{ "country": "AE", "count": 300 }, { "country": "DE", "count": 10 }]))).await;
    assert_eq!(said.status, 200, "{}", said.body);
    let of = |name: &str| said.body[name].clone();
    assert_eq!((of("customers"), of("calls"), of("amount_micros")), (json!(310), json!(930), json!(10_500_000)));
    assert_eq!((of("currency"), of("unpriced")), (json!("USD"), json!(10)));
    // The account's limit is not known: the cautious 250 counts.
    assert_eq!((of("tier_limit"), of("tier_known"), of("tier_percent")), (json!(250), json!(false), json!(124)));
    assert_eq!((of("over"), of("batches")), (json!(true), json!({ "first": 200, "each": 200, "count": 2 })));
    assert_eq!(of("countries")[0], json!({ "country": "AE", "customers": 300, "amount_micros": 10_500_000 }));
    assert_eq!(of("countries")[1]["amount_micros"], json!(null));

    // Without counts: everyone who agreed.
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let consent = json!({ "purpose": "marketing", "state": "opted_in", "source": "form", "proof": "ticked" });
    let path = format!("/api/v1/contacts/{}/consents", heard.contact);
    assert!(owner.post(&path, consent).await.status < 300);
    shop.hear("4915100000001", "Bea", "hello").await;
    let all = ask(plan(json!(null))).await;
    assert_eq!((&all.body["customers"], &all.body["amount_micros"]), (&json!(1), &json!(35_000)), "{}", all.body);
    for (body, wrong) in [
        (plan(json!([{ "country": "ae", "count": 1 }])), "customers.0.country"),
        (plan(json!([{ "country": "AE", "count": 1 }, { "country": "AE", "count": 1 }])), "customers.1.country"),
        (json!({ "channel_id": shop.channel, "category": "sale" }), "category"),
    ] {
        assert_eq!(field(&ask(body).await), (422, wrong.to_owned()));
    }
}
