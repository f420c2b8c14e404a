//! The CRM stand-in, seen from outside.

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use common::bench;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const CONTACTS: &str = "/hubspot/crm/v3/objects/contacts";

#[tokio::test]
async fn records_live_and_die() {
    let b = bench().await;
    let new = json!({"properties": {"email": "Ana@Shop.example", "firstname": "Ana", "phone": "+49 151 1"}});
    let (status, made) = b.call("POST", CONTACTS, Some(new.clone())).await;
    assert_eq!((status, made["properties"]["email"].as_str()), (201, Some("ana@shop.example")));
    let id = made["id"].as_str().unwrap();
    let (status, clash) = b.call("POST", CONTACTS, Some(new)).await;
    assert_eq!(
        (status, clash["category"].as_str(), clash["message"].as_str().unwrap().ends_with(id)),
        (409, Some("CONFLICT"), true)
    );
    let (_, read) = b
        .call(
            "GET",
            "/hubspot/crm/objects/2026-03/contacts/ana@shop.example?idProperty=email&properties=phone,city",
            None,
        )
        .await;
    assert_eq!((read["id"].as_str(), &read["properties"]["city"]), (Some(id), &Value::Null));
    let (status, wrong) = b
        .call("PATCH", &format!("{CONTACTS}/{id}"), Some(json!({"properties": {"nope": "1", "createdate": "1"}})))
        .await;
    assert_eq!(
        (status, wrong["category"].as_str(), wrong["errors"].as_array().unwrap().len()),
        (400, Some("VALIDATION_ERROR"), 2)
    );
    let (_, changed) = b
        .call("PATCH", &format!("{CONTACTS}/{id}"), Some(json!({"properties": {"city": "Köln", "firstname": ""}})))
        .await;
    assert_eq!(changed["properties"]["city"], "Köln");
    assert_eq!(b.call("DELETE", &format!("{CONTACTS}/{id}"), None).await.0, 204);
    assert_eq!(b.call("GET", &format!("{CONTACTS}/{id}"), None).await.0, 404);
    assert_eq!(b.call("GET", &format!("{CONTACTS}/{id}?archived=true"), None).await.1["archived"], true);
}

#[tokio::test]
async fn batches_answer_row_by_row() {
    let b = bench().await;
    let property = json!({"name": "wa_id", "label": "WhatsApp id", "type": "string", "fieldType": "text", "groupName": "contactinformation", "hasUniqueValue": true});
    assert_eq!(b.call("POST", "/hubspot/crm/v3/properties/contacts", Some(property)).await.0, 201);
    let upsert =
        |name: &str| json!({"inputs": [{"idProperty": "wa_id", "id": "4915112", "properties": {"firstname": name}}]});
    let (status, first) = b.call("POST", &format!("{CONTACTS}/batch/upsert"), Some(upsert("Ana"))).await;
    assert_eq!((status, first["results"][0]["new"].as_bool()), (200, Some(true)));
    let (_, second) = b.call("POST", &format!("{CONTACTS}/batch/upsert"), Some(upsert("Bea"))).await;
    assert_eq!(
        (second["results"][0]["new"].as_bool(), &second["results"][0]["id"]),
        (Some(false), &first["results"][0]["id"])
    );
    let read =
        json!({"inputs": [{"id": "4915112"}, {"id": "nobody"}], "idProperty": "wa_id", "properties": ["firstname"]});
    let (status, rows) = b.call("POST", &format!("{CONTACTS}/batch/read"), Some(read)).await;
    assert_eq!(
        (status, rows["numErrors"].as_i64(), rows["results"][0]["properties"]["firstname"].as_str()),
        (207, Some(1), Some("Bea"))
    );
    let create = json!({"inputs": [
        {"properties": {"wa_id": "4915112"}, "objectWriteTraceId": "a"},
        {"properties": {"wa_id": "4915113"}, "objectWriteTraceId": "b"}]});
    let (status, rows) = b.call("POST", &format!("{CONTACTS}/batch/create"), Some(create)).await;
    assert_eq!(
        (status, rows["results"].as_array().map(Vec::len), rows["errors"][0]["category"].as_str()),
        (207, Some(1), Some("CONFLICT"))
    );
    let all = json!({"inputs": [{"properties": {"wa_id": "4915114"}}, {"properties": {"wa_id": "4915112"}}]});
    assert_eq!(b.call("POST", &format!("{CONTACTS}/batch/create"), Some(all)).await.0, 409);
    assert_eq!(b.call("GET", &format!("{CONTACTS}/4915114?idProperty=wa_id"), None).await.0, 404);
}

#[tokio::test]
async fn search_finds_sorts_pages_and_lags() {
    let b = bench().await;
    for n in 0..5 {
        let new = json!({"properties": {"email": format!("c{n}@shop.example"), "firstname": format!("Name{n}"), "num_orders": n.to_string()}});
        assert_eq!(b.call("POST", CONTACTS, Some(new)).await.0, 201);
    }
    let search = |body: Value| b.call("POST", "/hubspot/crm/v3/objects/contacts/search", Some(body));
    let (_, found) = search(json!({
        "filterGroups": [{"filters": [{"propertyName": "num_orders", "operator": "GTE", "value": "1"}, {"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "*@shop.example"}]}],
        "sorts": [{"propertyName": "num_orders", "direction": "DESCENDING"}], "limit": 2, "properties": ["num_orders"]})).await;
    assert_eq!(
        (
            found["total"].as_i64(),
            found["results"][0]["properties"]["num_orders"].as_str(),
            found["paging"]["next"]["after"].as_str()
        ),
        (Some(4), Some("4"), Some("2"))
    );
    assert_eq!(search(json!({"query": "name3"})).await.1["total"], 1);
    assert_eq!(search(json!({"after": 9_999, "limit": 10})).await.0, 400);
    b.control("/limits", json!({"hubspot": {"index_lag_ms": 60_000, "search_per_second": 100}})).await;
    b.call("POST", CONTACTS, Some(json!({"properties": {"firstname": "Late"}}))).await;
    assert_eq!(search(json!({"query": "late"})).await.1["total"], 0);
    b.control("/clock", json!({"advance_ms": 60_000})).await;
    assert_eq!(search(json!({"query": "late"})).await.1["total"], 1);
}

#[tokio::test]
async fn limits_are_told_and_kept() {
    let b = bench().await;
    let url = format!("{}{CONTACTS}", b.sandbox.base_url());
    let get = |token: &str| b.http.get(&url).bearer_auth(token.to_owned()).send();
    let response = get("pat-x").await.unwrap();
    assert_eq!(response.headers()["x-hubspot-ratelimit-remaining"], "189");
    assert_eq!(get("other").await.unwrap().status(), 401);
    b.control("/limits", json!({"hubspot": {"burst_per_10s": 1}})).await;
    let response = get("pat-x").await.unwrap();
    assert_eq!(response.status(), 429);
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        (body["errorType"].as_str(), body["policyName"].as_str()),
        (Some("RATE_LIMIT"), Some("TEN_SECONDLY_ROLLING"))
    );
}

#[tokio::test]
async fn changes_are_told_by_signed_webhooks() {
    let b = bench().await;
    b.control("/hubspot/webhooks", json!({"target_url": b.hook_url, "client_secret": "s3cret"})).await;
    let (_, made) = b.call("POST", CONTACTS, Some(json!({"properties": {"firstname": "Ana"}}))).await;
    let id = made["id"].as_str().unwrap();
    b.control(&format!("/hubspot/contacts/{id}"), json!({"properties": {"firstname": "Anna"}})).await;
    let events = |r: &common::Receiver| -> Vec<Value> {
        r.all().iter().flat_map(|h| h.body.as_array().cloned().unwrap_or_default()).collect()
    };
    b.receiver.until(|r| events(r).len() == 3).await;
    let all = events(&b.receiver);
    assert_eq!(all[0]["subscriptionType"], "contact.creation");
    assert_eq!((all[1]["changeSource"].as_str(), all[1]["sourceId"].as_str()), (Some("INTEGRATION"), Some("1160452")));
    assert_eq!((all[2]["changeSource"].as_str(), all[2]["propertyValue"].as_str()), (Some("CRM_UI"), Some("Anna")));
    let hook = &b.receiver.all()[0];
    let mut mac = Hmac::<Sha256>::new_from_slice(b"s3cret").unwrap();
    for part in
        [b"POST".as_slice(), b.hook_url.as_bytes(), &hook.raw, hook.headers["x-hubspot-request-timestamp"].as_bytes()]
    {
        mac.update(part);
    }
    assert_eq!(hook.headers["x-hubspot-signature-v3"], STANDARD.encode(mac.finalize().into_bytes()));
}

#[tokio::test]
async fn merges_associations_and_metadata() {
    let b = bench().await;
    let mut ids = Vec::new();
    for email in ["a@x.example", "b@x.example"] {
        ids.push(
            b.call("POST", CONTACTS, Some(json!({"properties": {"email": email}}))).await.1["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    let log = json!({"properties": {"hs_communication_channel_type": "WHATS_APP", "hs_communication_logged_from": "CRM", "hs_communication_body": "hi", "hs_timestamp": "1795000000000"},
        "associations": [{"to": {"id": ids[0]}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 81}]}]});
    let (status, log) = b.call("POST", "/hubspot/crm/v3/objects/communications", Some(log)).await;
    assert_eq!(status, 201, "{log}");
    let (_, merged) = b
        .call("POST", &format!("{CONTACTS}/merge"), Some(json!({"primaryObjectId": ids[0], "objectIdToMerge": ids[1]})))
        .await;
    assert_eq!(merged["properties"]["hs_merged_object_ids"], format!("{};{}", ids[0], ids[1]));
    let (_, old) = b.call("GET", &format!("{CONTACTS}/{}", ids[1]), None).await;
    assert_eq!((&old["id"], old["properties"]["email"].as_str()), (&merged["id"], Some("a@x.example")));
    let (_, links) =
        b.call("GET", &format!("/hubspot/crm/v4/objects/contacts/{}/associations/communications", ids[0]), None).await;
    assert_eq!(links["results"][0]["toObjectId"].to_string(), log["id"].as_str().unwrap());
    let deal = b
        .call(
            "POST",
            "/hubspot/crm/v3/objects/deals",
            Some(json!({"properties": {"dealname": "D", "dealstage": "closedwon"}})),
        )
        .await
        .1;
    let path = format!(
        "/hubspot/crm/v4/objects/deals/{}/associations/default/contacts/{}",
        deal["id"].as_str().unwrap(),
        ids[0]
    );
    assert_eq!(b.call("PUT", &path, None).await.0, 200);
    assert_eq!(b.call("GET", "/hubspot/crm/owners/2026-03", None).await.1["results"].as_array().map(Vec::len), Some(3));
    assert_eq!(b.call("GET", "/hubspot/crm/v3/pipelines/deals", None).await.1["results"][0]["id"], "default");
    assert_eq!(b.call("GET", "/hubspot/account-info/v3/details", None).await.1["portalId"], 62_515_701);
    let (_, requests) = b.call("GET", "/_sandbox/hubspot/requests?method=PUT", None).await;
    assert_eq!(requests["items"].as_array().map(Vec::len), Some(1));
}
