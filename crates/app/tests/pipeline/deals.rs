//! Deals and cases that rules make: with the products that were named, once, however often a step is repeated.

use crate::inbound::on_both;
use crate::rules::{hear, look, runs_of, system};
use crate::world::World;
use rapport_app::jobs::Job;
use rapport_app::matter::list::{self, MatterFilter};
use rapport_app::matter::view::MatterView;
use rapport_app::rule::manage::{self, NewRule};
use rapport_core::matter::Object;
use rapport_store::{Backend, job, shop};
use serde_json::json;

const LIST: &str = "SELECT count(*) FROM matter";

async fn one(world: &World, object: Object) -> MatterView {
    let page = list::list(&world.app, &system(world), object, MatterFilter::default(), None, 10).await.unwrap();
    assert_eq!(page.items.len(), 1);
    page.items.into_iter().next().unwrap()
}

async fn a_wish_to_buy_becomes_one_deal_with_its_products(backend: Backend) {
    let world = World::open(backend).await;
    let sold = shop::Item {
        key: "CASE-1".to_owned(),
        body: json!({ "name": "Leather sleeve", "aliases": ["phone sleeve"], "active": true }),
        stamp: world.app.now(),
    };
    let tx = world.app.store.workspace(world.workspace).write().await.unwrap();
    shop::put(&tx, shop::Shelf::Products, &sold, world.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let definition = json!({
        "name": "Wants to buy",
        "language": "en",
        "when": [{ "on": "keyword", "words": ["want to buy"] }],
        "do": [
            {
                "do": "create_deal", "title": "{first_name|Customer} wants to buy",
                "products": ["APL-IP15P: iPhone 15 Pro", "APL-IP15PM: iPhone 15 Pro Max"],
            },
            { "do": "create_case", "title": "A quote, please", "category": "quote" },
        ],
    });
    let new = NewRule { enabled: true, shadow: false, definition };
    let rule = manage::create(&world.app, &system(&world), new).await.unwrap().id;
    let words = "I want to buy the iphone15 promax and a leather sleeve";
    hear(&world, 1, "wamid.1", words).await;
    world.until("made", LIST, 2).await;
    let deal = one(&world, Object::Deal).await;
    assert_eq!(deal.title, "Customer wants to buy");
    assert_eq!(deal.skus, ["APL-IP15PM", "CASE-1"]);
    assert_eq!(
        (deal.author_kind.as_str(), deal.details.as_deref(), deal.sync.as_str()),
        ("rule", Some(words), "local")
    );
    let case = one(&world, Object::Case).await;
    // The other step lists no products of its own: only the shop's are known to it.
    assert_eq!((case.category.as_deref(), case.skus.as_slice()), (Some("quote"), &["CASE-1".to_owned()][..]));
    // As a crash leaves it that came after the steps and before their mark: everything is done again.
    world.until("done", "SELECT count(*) FROM rule_run WHERE state = 'done'", 1).await;
    let run = runs_of(&world, rule).await.remove(0);
    let steps = match backend {
        Backend::Sqlite => r#"replace(steps, '"done"', '"planned"')"#,
        Backend::Postgres => r#"replace(steps::text, '"done"', '"planned"')::jsonb"#,
    };
    let text = format!("UPDATE rule_run SET state = 'acting', ended_at = NULL, steps = {steps}");
    assert_eq!(rapport_store::testing::execute(&world.app.store, &text).await.unwrap(), 1);
    let read = world.app.store.workspace(world.workspace).read();
    let event = rapport_store::rule::run(&read, run.id).await.unwrap().unwrap().event;
    let again = Job::RuleEvent { event: Box::new(serde_json::from_value(event).unwrap()) };
    let tx = world.app.store.workspace(world.workspace).write().await.unwrap();
    job::enqueue(&tx, vec![again.row(world.app.now())], world.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    world.app.bells.jobs.ring();
    world.until("done again", "SELECT count(*) FROM rule_run WHERE state = 'done'", 1).await;
    look().await;
    assert_eq!(world.number(LIST).await, 2, "made once");
    world.finish().await;
}

on_both!(a_wish_to_buy_becomes_one_deal_with_its_products);
