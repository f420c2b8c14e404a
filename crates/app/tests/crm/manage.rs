//! Connections as people manage them, and webhooks.

use crate::world::World;
use rapport_app::connection::hook::{Delivery, receive};
use rapport_app::connection::{self, FieldSide, NewConnection};
use rapport_app::doctor::State;
use rapport_connectors::http::Method;
use rapport_connectors::hubspot::hook;
use serde_json::{Value, json};

#[tokio::test]
async fn a_connection_is_tried_before_it_is_made() {
    let world = World::bare().await;
    for (new, field) in [
        (NewConnection { kind: "other".to_owned(), ..world.new_connection() }, "kind"),
        (NewConnection { access_token: Some("nonsense".to_owned()), ..world.new_connection() }, "access_token"),
        (NewConnection { access_token: Some(" ".to_owned()), ..world.new_connection() }, "access_token"),
        (NewConnection { base_url: Some("http://10.0.0.1".to_owned()), ..world.new_connection() }, "base_url"),
    ] {
        match connection::add(&world.app, &world.caller, new).await {
            Err(rapport_app::Error::Invalid { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }
    assert!(connection::list(&world.app, &world.caller).await.unwrap().is_empty());
    world.finish().await;
}

#[tokio::test]
async fn check_fields_and_removal() {
    let world = World::connected().await;
    let findings = connection::check(&world.app, &world.caller, world.connection).await.unwrap();
    assert!(findings.iter().all(|finding| finding.state == State::Ok), "{findings:#?}");
    let checks: Vec<&str> = findings.iter().map(|finding| finding.check).collect();
    for check in ["connection.token", "connection.key", "connection.fields", "connection.clock", "connection.quota"] {
        assert!(checks.contains(&check), "{checks:?}");
    }
    let remote = connection::fields(&world.app, &world.caller, world.connection, FieldSide::Remote).await.unwrap();
    assert!(
        remote.iter().any(|field| field.name == "phone")
            && remote.iter().all(|field| field.name != "rapport_contact_id")
    );
    let local = connection::fields(&world.app, &world.caller, world.connection, FieldSide::Local).await.unwrap();
    assert!(local.iter().any(|field| field.name == "username" && field.read_only));
    let ana = world.contact("Ana", "+4915112345678").await;
    world.in_step(ana).await;
    world.limits(json!({ "invalid_tokens": ["pat-one"] })).await;
    let findings = connection::check(&world.app, &world.caller, world.connection).await.unwrap();
    assert_eq!((findings[0].code, findings[0].state), ("refused", State::Blocking));
    connection::remove(&world.app, &world.caller, world.connection).await.unwrap();
    assert!(world.link(ana).await.is_none());
    world.rest().await;
    assert_eq!(world.count("SELECT count(*) FROM job").await, 0);
    assert_eq!(world.records().await.len(), 1, "their records stay");
    world.finish().await;
}

#[tokio::test]
async fn new_mappings_bring_fields_over_both_ways() {
    let world = World::connected().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    world.edit_record(&id, json!({ "city": "Köln" })).await;
    world.edit(ana, "company", |row| row.fields["company"] = json!("Shop")).await;
    world.rest().await;
    let mut rows = connection::mappings(&world.app, &world.caller, world.connection).await.unwrap();
    for (local, remote, direction, default) in [
        ("fields.city", "city", "both", None),
        ("fields.company", "company", "push", None),
        ("fields.level", "jobtitle", "both", Some("new customer")),
    ] {
        rows.push(connection::MappingView {
            local_field: local.to_owned(),
            remote_field: remote.to_owned(),
            direction: direction.to_owned(),
            default_value: default.map(str::to_owned),
            enabled: true,
            prefer: None,
        });
    }
    connection::set_mappings(&world.app, &world.caller, world.connection, rows).await.unwrap();
    world.until("their field is here", async || world.row(ana).await.fields["city"] == "Köln").await;
    world.until("ours is there", async || world.record_of(&id).await["properties"]["company"] == "Shop").await;
    world
        .until("the default is on both sides", async || {
            world.row(ana).await.fields["level"] == "new customer"
                && world.record_of(&id).await["properties"]["jobtitle"] == "new customer"
        })
        .await;
    world.finish().await;
}

#[tokio::test]
async fn a_webhook_is_a_hint_that_must_be_signed() {
    let world = World::connected().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    let path = format!("/webhooks/hubspot/{}", world.connection);
    let event = |topic: &str, object: &str, at: i64| {
        json!([{ "eventId": 1, "subscriptionId": 2, "portalId": 3, "appId": 4, "occurredAt": at, "subscriptionType": topic,
                 "attemptNumber": 0, "objectId": object.parse::<u64>().unwrap(), "propertyName": "firstname", "propertyValue": "x" }])
    };
    let deliver = async |secret: &str, body: &Value| {
        let (raw, stamp) = (body.to_string(), world.app.now().0.to_string());
        let uri = format!("https://chat.shop.example{path}");
        let signature = hook::sign(secret, "POST", &uri, raw.as_bytes(), &stamp);
        let headers = [("x-hubspot-signature-v3", signature.as_str()), ("x-hubspot-request-timestamp", stamp.as_str())];
        let delivery = Delivery { kind: "hubspot", path: &path, body: raw.as_bytes(), headers: &headers };
        receive(&world.app, world.connection, &delivery).await
    };
    let later = world.app.now().0 + 1_000;
    assert!(deliver("wrong", &event("contact.propertyChange", &id, later)).await.is_err());
    let seen: i64 = world.link(ana).await.unwrap().remote_stamp.unwrap().parse().unwrap();
    assert_eq!(deliver("hook-secret", &event("contact.propertyChange", &id, seen)).await.unwrap(), 0, "our own write");
    assert_eq!(deliver("hook-secret", &event("company.propertyChange", &id, later)).await.unwrap(), 0);
    assert_eq!(deliver("hook-secret", &event("contact.propertyChange", &id, later)).await.unwrap(), 1);
    world.control(Method::Delete, &format!("/hubspot/contacts/{id}"), None).await;
    assert_eq!(deliver("hook-secret", &event("contact.deletion", &id, later)).await.unwrap(), 1);
    world.until("let go", async || world.link(ana).await.is_some_and(|link| link.deleted_at.is_some())).await;
    world.finish().await;
}

#[tokio::test]
async fn another_workspace_knows_nothing_of_it() {
    let world = World::connected().await;
    world
        .fault(json!({ "target": "hubspot", "kind": "status", "status": 400, "match": { "path": "batch/upsert" } }))
        .await;
    world.contact("Ana", "+4915112345678").await;
    world.until("given up", async || world.view().await.failed == 1).await;
    let dead = connection::dead::list(&world.app, &world.caller, None, 10).await.unwrap().items;
    let (app, id, other) = (&world.app, world.connection, world.stranger().await);
    assert!(connection::list(app, &other).await.unwrap().is_empty());
    assert!(connection::dead::list(app, &other, None, 10).await.unwrap().items.is_empty());
    let patch = connection::ConnectionPatch { name: Some("Mine".to_owned()), ..Default::default() };
    for refused in [
        connection::get(app, &other, id).await.err(),
        connection::change(app, &other, id, patch).await.err(),
        connection::check(app, &other, id).await.err(),
        connection::fields(app, &other, id, FieldSide::Remote).await.err(),
        connection::mappings(app, &other, id).await.err(),
        connection::set_mappings(app, &other, id, Vec::new()).await.err(),
        connection::sync(app, &other, id).await.err(),
        connection::remove(app, &other, id).await.err(),
        connection::dead::replay(app, &other, dead[0].id).await.err(),
        connection::dead::discard(app, &other, dead[0].id).await.err(),
    ] {
        assert!(matches!(refused, Some(rapport_app::Error::NotFound(_))), "{refused:?}");
    }
    assert_eq!(world.view().await.name, "HubSpot");
    world.finish().await;
}
