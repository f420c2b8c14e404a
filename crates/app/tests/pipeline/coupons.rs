//! Codes that rules give: one a customer and run, told by later steps, through restarts; none where none is left.

use crate::inbound::on_both;
use crate::rules::{hear, look, rule, runs_of, sent, system};
use crate::world::{World, customer};
use rapport_app::coupon::codes::{self, CouponQuery};
use rapport_app::coupon::pools::{self, NewPool};
use rapport_app::coupon::redeem::{Redemption, redeem};
use rapport_app::coupon::{CouponView, PoolView};
use rapport_app::shop::write::put_order;
use rapport_core::time::{DAY, MINUTE};
use rapport_store::Backend;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A pool of so many codes.
pub async fn pool(world: &World, name: &str, count: usize, change: Value) -> PoolView {
    let list: Vec<String> = (0..count).map(|n| format!("{}-{n:03}", name.len())).collect();
    let mut new = json!({ "name": name, "kind": "percent", "value": "10", "codes": { "list": list } });
    new.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let new: NewPool = serde_json::from_value(new).unwrap();
    pools::create(&world.app, &system(world), new).await.unwrap()
}

async fn given(world: &World) -> Vec<CouponView> {
    let query = CouponQuery { used: true, ..CouponQuery::default() };
    codes::page(&world.app, &system(world), query, None, 200).await.unwrap().items
}

async fn until(world: &World, state: &str, expected: i64) {
    world.until(state, &format!("SELECT count(*) FROM rule_run WHERE state = '{state}'"), expected).await;
}

async fn each_customer_is_told_a_code_of_their_own_whatever_dies_between(backend: Backend) {
    let mut world = World::open(backend).await;
    let days = json!({ "valid_days": 30 });
    let kept = pool(&world, "Welcome", 12, days).await;
    let steps = json!([
        { "do": "issue_coupon", "pool": "Welcome" },
        { "do": "note", "body": "Has {coupon.code}, {first_name}" },
        { "do": "wait", "minutes": 60 },
        { "do": "send_text", "body": "{coupon.value} with {coupon.code} until {coupon.until}" },
    ]);
    let id = rule(&world, json!({ "do": steps })).await;
    for n in 0..12 {
        hear(&world, n, &format!("wamid.{n}"), "price please").await;
        if n % 4 == 3 {
            world.restart().await;
        }
    }
    until(&world, "waiting", 12).await;
    let before: BTreeMap<_, _> = given(&world).await.into_iter().map(|one| (one.contact_id, one.code)).collect();
    assert_eq!(before.len(), 12, "one each");
    // Between the giving and the telling everything stops.
    world.restart().await;
    world.clock.advance(60 * MINUTE);
    until(&world, "done", 12).await;
    sent(&world, 12).await;
    let told: BTreeSet<String> =
        world.provider.sends().iter().map(|one| one["text"]["body"].as_str().unwrap().to_owned()).collect();
    let day = |code: &String| told.iter().any(|text| text.starts_with(&format!("10 % with {code} until ")));
    assert!(told.len() == 12 && before.values().all(day), "{told:?}");
    let notes = "SELECT count(*) FROM message WHERE direction = 'note' AND preview LIKE 'Has 7-%'";
    assert_eq!((world.number(notes).await, kept.total), (12, 12));
    assert!(runs_of(&world, id).await.iter().flat_map(|run| &run.steps).all(|step| step.state == "done"));
    assert_eq!(given(&world).await.len(), 12, "nobody has two");
    world.finish().await;
}

async fn where_none_is_left_nothing_is_sent_and_an_order_uses_a_code_up(backend: Backend) {
    let world = World::open(backend).await;
    pool(&world, "One", 1, json!({ "valid_to": world.app.now().0 + 3 * DAY })).await;
    let steps = json!([
        { "do": "issue_coupon", "pool": "One" },
        { "do": "send_text", "body": "Take {coupon.code}" },
    ]);
    let id = rule(&world, json!({ "do": steps })).await;
    hear(&world, 1, "wamid.1", "price please").await;
    until(&world, "done", 1).await;
    hear(&world, 2, "wamid.2", "price please").await;
    until(&world, "done", 2).await;
    sent(&world, 1).await;
    // The same customer again: one code is what one may have.
    hear(&world, 1, "wamid.3", "price please").await;
    until(&world, "done", 3).await;
    let mut codes: Vec<_> = runs_of(&world, id).await.iter().flat_map(|run| run.steps.clone()).collect();
    codes.retain(|step| step.state == "refused");
    let codes: BTreeSet<_> = codes.into_iter().filter_map(|step| step.code).collect();
    assert_eq!(codes, ["coupon_limit", "coupon_pool_empty", "missing_value"].map(str::to_owned).into());
    assert_eq!(world.provider.sends().len(), 1, "and no older code stands in for a new one");
    let order = json!({ "phone": format!("+{}", customer(1)), "coupons": ["3-000", "of the shop alone"] });
    let order: rapport_app::shop::Order = serde_json::from_value(order).unwrap();
    for _ in 0..2 {
        put_order(&world.app, &system(&world), "10482".to_owned(), order.clone()).await.unwrap();
    }
    let used = given(&world).await;
    assert_eq!((used.len(), used[0].order_number.as_deref()), (1, Some("10482")));
    let again = |number: &str| Redemption { code: " 3-000 ".to_owned(), order_number: Some(number.to_owned()) };
    assert!(redeem(&world.app, &system(&world), again("10482")).await.is_ok(), "a repeat");
    let other = redeem(&world.app, &system(&world), again("10483")).await.unwrap_err();
    assert!(matches!(other, rapport_app::Error::Conflict { code: "coupon_redeemed", .. }), "{other}");
    look().await;
    world.finish().await;
}

on_both!(
    each_customer_is_told_a_code_of_their_own_whatever_dies_between,
    where_none_is_left_nothing_is_sent_and_an_order_uses_a_code_up,
);
