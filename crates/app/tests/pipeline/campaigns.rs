//! Campaigns: everybody once, whoever does the work and whatever stops it.

use crate::house::Number;
use crate::inbound::on_both;
use crate::world::{NUMBER, START, World, customer, status};
use rapport_app::App;
use rapport_app::auth::Caller;
use rapport_app::campaign::list::{self, RecipientsWanted};
use rapport_app::campaign::steps::{self, CampaignStart};
use rapport_app::campaign::view::{CampaignView, Place, StatusWord};
use rapport_app::campaign::worker;
use rapport_app::campaign::write::{self, CampaignPatch, NewCampaign};
use rapport_app::channel::change;
use rapport_app::error::{Error, Result};
use rapport_app::inbox::unsent;
use rapport_core::{CampaignId, ChannelId, MessageId};
use rapport_store::Backend;
use rapport_store::template::TemplateRow;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const OUT: &str = "SELECT count(*) FROM message WHERE direction = 'out'";

async fn template(world: &World, name: &str, body: &str) -> uuid::Uuid {
    let now = world.app.now();
    let row = TemplateRow {
        workspace_id: world.workspace.0,
        id: world.app.store.new_id(now),
        channel_id: world.channel.0,
        waba_id: "waba".to_owned(),
        provider_id: name.to_owned(),
        name: name.to_owned(),
        language: "en".to_owned(),
        category: "UTILITY".to_owned(),
        status: "APPROVED".to_owned(),
        quality: "GREEN".to_owned(),
        parameter_format: "POSITIONAL".to_owned(),
        components: json!([{ "type": "BODY", "text": body, "example": { "body_text": [["x"]] } }]),
        rejected_reason: None,
        updated_at: now.0,
        ttl_seconds: None,
        fillings: Some(json!({})),
    };
    let (id, scope) = (row.id, world.app.store.workspace(world.workspace));
    let tx = scope.write().await.unwrap();
    rapport_store::template::upsert(&tx, vec![row]).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn caller(world: &World) -> Caller {
    Caller::system(world.workspace)
}

/// A draft for these numbers and ids.
pub async fn draft(world: &World, contacts: Vec<String>) -> CampaignId {
    let template_id = template(world, "ready", "Your order {{1}} is ready.").await;
    draft_of(world, world.channel, template_id, contacts).await
}

/// One of a template that is there.
async fn draft_of(world: &World, channel: ChannelId, template_id: uuid::Uuid, contacts: Vec<String>) -> CampaignId {
    let new: NewCampaign = serde_json::from_value(json!({
        "name": "Ready", "channel_id": channel, "template_id": template_id, "values": { "body.1": "7" },
        "audience": { "kind": "list", "contacts": contacts },
    }))
    .unwrap();
    CampaignId(write::create(&world.app, &caller(world), new).await.unwrap().id)
}

pub fn number(n: usize) -> String {
    format!("+97150{n:07}")
}

async fn seen(world: &World, id: CampaignId) -> CampaignView {
    list::get(&world.app, &caller(world), id).await.unwrap()
}

/// Lets the clock run until the campaign stands where it should.
async fn runs_until(world: &World, id: CampaignId, reached: impl Fn(&CampaignView) -> bool) -> CampaignView {
    for _ in 0..600 {
        world.clock.advance(500);
        let view = seen(world, id).await;
        if reached(&view) {
            return view;
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    panic!("not reached: {:?}", seen(world, id).await);
}

/// Whom the provider was asked to write to, how often.
fn written(world: &World) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for send in world.provider.sends() {
        *counted.entry(send["to"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    counted
}

pub async fn begin(app: &App, world: &World, id: CampaignId) -> bool {
    steps::start(app, &caller(world), id, CampaignStart::default()).await.is_ok()
}

async fn everybody_is_written_to_once(backend: Backend) {
    let world = World::open(backend).await;
    let known = crate::world::text(1, "wamid.IN", START.0 / 1_000, "hello");
    world.deliver(&known).await;
    world.settle().await;
    let mut people: Vec<String> = (0..230).map(number).collect();
    // The same again in other spellings, a customer by number, and one whom nobody knows.
    people.extend([number(3).replace('+', "00"), number(4), "+16505550001".to_owned()]);
    people.push(uuid::Uuid::from_u128(7).to_string());
    let id = draft(&world, people).await;
    let began =
        tokio::join!(begin(&world.app, &world, id), begin(&world.app, &world, id), begin(&world.app, &world, id));
    assert_eq!([began.0, began.1, began.2].into_iter().filter(|one| *one).count(), 1);
    // Ticks that overlap each other and the worker's own.
    let ticks = async {
        for _ in 0..20 {
            let (a, b, c) = tokio::join!(worker::turn(&world.app), worker::turn(&world.app), worker::turn(&world.app));
            assert!(a.is_ok() && b.is_ok() && c.is_ok());
        }
    };
    ticks.await;
    let done = runs_until(&world, id, |view| view.status == StatusWord::Finished).await;
    assert_eq!((done.progress.recipients, done.progress.sent, done.progress.skipped), (232, 231, 1), "{done:?}");
    let written = written(&world);
    assert_eq!(written.len(), 231);
    assert!(written.values().all(|times| *times == 1), "{written:?}");
    assert_eq!(world.number(OUT).await, 231);
    // A hundred thousand announcements are no work: the one who wrote still waits, the others' threads are closed.
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE status <> 'resolved'").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE unread = 1").await, 1);
    let skipped = RecipientsWanted { state: Some(Place::Skipped) };
    let page = list::recipients(&world.app, &caller(&world), id, skipped, None, 10).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].reason.as_ref().map(|reason| reason.code.as_str()), Some("gone"));
    world.finish().await;
}

async fn a_pause_holds_the_queue_and_a_cancel_empties_it(backend: Backend) {
    let world = World::open(backend).await;
    let id = draft(&world, (0..300).map(number).collect()).await;
    assert!(begin(&world.app, &world, id).await);
    world.until("everybody has a message", "SELECT count(*) FROM campaign_recipient WHERE state = 'queued'", 300).await;
    let paused = steps::pause(&world.app, &caller(&world), id).await.unwrap();
    assert_eq!(paused.status, StatusWord::Paused);
    assert!(steps::pause(&world.app, &caller(&world), id).await.is_err(), "it rests already");
    let held = runs_until(&world, id, |view| view.progress.queued == 0).await;
    assert!(held.progress.delayed > 0 && held.progress.delayed + held.progress.sent == 300, "{held:?}");
    let before = world.provider.sends().len();
    for _ in 0..8 {
        world.clock.advance(60_000);
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(world.provider.sends().len(), before, "nothing goes out of a paused campaign");
    let delayed = RecipientsWanted { state: Some(Place::Delayed) };
    let page = list::recipients(&world.app, &caller(&world), id, delayed, None, 1).await.unwrap();
    let reason = page.items[0].reason.clone().unwrap();
    assert_eq!(
        (reason.by, reason.code.as_str(), reason.key.as_deref()),
        ("guard", "campaign", Some("guard.campaign.paused"))
    );

    steps::resume(&world.app, &caller(&world), id).await.unwrap();
    runs_until(&world, id, |view| view.progress.sent >= 100).await;
    let cancelled = steps::cancel(&world.app, &caller(&world), id).await.unwrap();
    assert_eq!(cancelled.status, StatusWord::Cancelled);
    let done = runs_until(&world, id, |view| view.progress.queued + view.progress.delayed == 0).await;
    assert_eq!(done.progress.sent + done.progress.refused, 300, "{done:?}");
    assert!(done.progress.refused > 0, "{done:?}");
    assert_eq!(world.provider.sends().len() as i64, done.progress.sent);
    assert!(steps::resume(&world.app, &caller(&world), id).await.is_err(), "it is over");
    world.finish().await;
}

async fn a_restart_in_the_middle_repeats_nothing(backend: Backend) {
    let mut world = World::open(backend).await;
    let id = draft(&world, (0..400).map(number).collect()).await;
    assert!(begin(&world.app, &world, id).await);
    for goal in [60, 160, 260] {
        runs_until(&world, id, |view| view.progress.sent >= goal).await;
        world.restart().await;
    }
    runs_until(&world, id, |view| view.status == StatusWord::Finished).await;
    let written = written(&world);
    assert_eq!(written.len(), 400);
    assert!(written.values().all(|times| *times == 1));
    world.finish().await;
}

async fn it_begins_at_its_moment_and_replies_are_counted(backend: Backend) {
    let world = World::open(backend).await;
    let id = draft(&world, vec!["+16505550001".to_owned(), "+16505550002".to_owned()]).await;
    let at = START.0 + 3_600_000;
    let planned = steps::start(&world.app, &caller(&world), id, CampaignStart { at: Some(at) }).await.unwrap();
    assert_eq!((planned.status, planned.scheduled_at), (StatusWord::Scheduled, Some(at)));
    world.clock.advance(3_500_000);
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(world.number(OUT).await, 0, "its moment has not come");
    world.clock.advance(200_000);
    runs_until(&world, id, |view| view.status == StatusWord::Finished).await;
    let said = (world.app.now().0 / 1_000) + 5;
    let ids: BTreeSet<String> = (1..=2).map(|n| format!("wamid.OUT{n}")).collect();
    for id in &ids {
        world.deliver(&status(1, id, "delivered", said, None)).await;
    }
    world.clock.advance(60_000);
    let reply = crate::world::text(1, "wamid.REPLY", world.app.now().0 / 1_000, "Thank you!");
    world.deliver(&reply).await;
    world.settle().await;
    let done = runs_until(&world, id, |view| view.progress.delivered == 2).await;
    assert_eq!((done.progress.replied, done.progress.sent), (1, 0), "{done:?}");
    // The reply stands under the message it answers, in a thread that is open again.
    let threads = "SELECT count(*) FROM conversation WHERE status = 'open' AND unread = 1";
    assert_eq!((world.number("SELECT count(*) FROM conversation").await, world.number(threads).await), (2, 1));
    world.finish().await;
}

async fn a_template_that_is_not_approved_any_more_stops_it(backend: Backend) {
    let world = World::open(backend).await;
    let id = draft(&world, (0..20).map(number).collect()).await;
    rapport_store::testing::execute(&world.app.store, "UPDATE template SET status = 'PAUSED'").await.unwrap();
    assert!(!begin(&world.app, &world, id).await, "nothing of it could be sent");
    rapport_store::testing::execute(&world.app.store, "UPDATE template SET status = 'APPROVED'").await.unwrap();
    let at = START.0 + 60_000;
    steps::start(&world.app, &caller(&world), id, CampaignStart { at: Some(at) }).await.unwrap();
    rapport_store::testing::execute(&world.app.store, "UPDATE template SET status = 'DISABLED'").await.unwrap();
    world.clock.advance(61_000);
    let stopped = runs_until(&world, id, |view| view.status == StatusWord::Paused).await;
    assert_eq!(stopped.stopped_for.as_deref(), Some("template_not_approved"));
    assert_eq!((world.number(OUT).await, world.provider.sends().len()), (0, 0));
    let found = async || {
        let all = rapport_app::doctor::run(&world.app, &caller(&world)).await.unwrap();
        all.into_iter().filter(|one| one.check == "campaign").collect::<Vec<_>>()
    };
    let finding = found().await.pop().expect("nobody may be looking at the campaign");
    let subject = finding.subject.clone().unwrap();
    assert_eq!((finding.code, subject.kind, subject.id), ("template_not_approved", "campaign", id.0));
    assert!(finding.cause.contains("template ready") && finding.fix.contains("Resume"), "{finding:?}");
    rapport_store::testing::execute(&world.app.store, "UPDATE template SET status = 'APPROVED'").await.unwrap();
    steps::resume(&world.app, &caller(&world), id).await.unwrap();
    let done = runs_until(&world, id, |view| view.status == StatusWord::Finished).await;
    assert_eq!((done.progress.sent, done.stopped_for), (20, None));
    assert!(found().await.is_empty());
    world.finish().await;
}

async fn two_who_change_it_at_once_both_have_their_way(backend: Backend) {
    let world = World::open(backend).await;
    let id = draft(&world, vec![number(1)]).await;
    for round in 2..8 {
        let whole: CampaignPatch = serde_json::from_value(json!({ "audience": { "kind": "channel" } })).unwrap();
        write::update(&world.app, &caller(&world), id, whole).await.unwrap();
        let people: Vec<String> = (0..round).map(number).collect();
        let list = json!({ "audience": { "kind": "list", "contacts": people } });
        let list: CampaignPatch = serde_json::from_value(list).unwrap();
        let name = CampaignPatch { name: Some(format!("Round {round}")), ..CampaignPatch::default() };
        let me = caller(&world);
        let (one, other) =
            tokio::join!(write::update(&world.app, &me, id, list), write::update(&world.app, &me, id, name));
        assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
        let now = seen(&world, id).await;
        assert_eq!((now.name, now.audience.count), (format!("Round {round}"), Some(round)));
    }
    world.finish().await;
}

async fn a_removed_number_stops_its_campaigns(backend: Backend) {
    let world = World::open(backend).await;
    let me = caller(&world);
    let ready = template(&world, "ready", "Your order {{1}} is ready.").await;
    let id = draft_of(&world, world.channel, ready, (0..300).map(number).collect()).await;
    let later = draft_of(&world, world.channel, ready, vec![number(1)]).await;
    let idle = draft_of(&world, world.channel, ready, vec![number(2)]).await;
    let at = world.app.now().0 + 3_600_000;
    steps::start(&world.app, &me, later, CampaignStart { at: Some(at) }).await.unwrap();
    assert!(begin(&world.app, &world, id).await);
    world.until("everybody has a message", "SELECT count(*) FROM campaign_recipient WHERE state = 'queued'", 300).await;
    change::disconnect(&world.app, &me, world.channel).await.unwrap();
    let stopped = seen(&world, id).await;
    assert_eq!((stopped.status, stopped.stopped_for.as_deref()), (StatusWord::Paused, Some("channel_gone")));
    let refused = |done: Result<CampaignView>| match done {
        Err(Error::Refused { code, .. }) => code,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(steps::resume(&world.app, &me, id).await), "channel_gone");
    assert_eq!(refused(steps::start(&world.app, &me, idle, CampaignStart::default()).await), "channel_gone");
    let renamed = CampaignPatch { name: Some("Idle".to_owned()), ..CampaignPatch::default() };
    let unfit = write::update(&world.app, &me, idle, renamed).await;
    assert!(matches!(&unfit, Err(Error::Invalid { field, .. }) if field == "channel_id"), "{unfit:?}");
    // One whose moment comes meanwhile stops too, before it makes a message.
    world.clock.advance(3_700_000);
    let late = runs_until(&world, later, |view| view.status == StatusWord::Paused).await;
    assert_eq!((late.stopped_for.as_deref(), late.progress.waiting), (Some("channel_gone"), 1));
    runs_until(&world, id, |view| view.progress.queued == 0).await;
    // The number comes back: nothing goes out before somebody wants it.
    rapport_store::testing::execute(&world.app.store, "UPDATE channel SET status = 'active'").await.unwrap();
    world.app.channels.forget();
    let before = world.provider.sends().len();
    for _ in 0..8 {
        world.clock.advance(600_000);
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(world.provider.sends().len(), before);
    let gone_on = steps::resume(&world.app, &me, id).await.unwrap();
    assert_eq!((gone_on.status, gone_on.stopped_for), (StatusWord::Running, None));
    world.finish().await;
}

async fn a_number_in_two_spellings_is_one_customer(backend: Backend) {
    let world = World::open(backend).await;
    // WhatsApp knows the second by the name of the first.
    let id = draft(&world, vec!["+525512345678".to_owned(), "+5215512345678".to_owned()]).await;
    assert!(begin(&world.app, &world, id).await);
    let done = runs_until(&world, id, |view| view.status == StatusWord::Finished).await;
    assert_eq!((done.progress.recipients, done.progress.sent), (1, 1), "{done:?}");
    assert_eq!(world.number("SELECT count(*) FROM contact").await, 1);
    world.finish().await;
}

async fn what_is_taken_back_is_counted_as_that_and_lists_count_now_and_then(backend: Backend) {
    let world = World::open(backend).await;
    let me = caller(&world);
    let id = draft(&world, (0..300).map(number).collect()).await;
    assert!(begin(&world.app, &world, id).await);
    world.until("everybody has a message", "SELECT count(*) FROM campaign_recipient WHERE state = 'queued'", 300).await;
    steps::pause(&world.app, &me, id).await.unwrap();
    let held = runs_until(&world, id, |view| view.progress.queued == 0).await;
    let delayed = RecipientsWanted { state: Some(Place::Delayed) };
    let page = list::recipients(&world.app, &me, id, delayed, None, 1).await.unwrap();
    let message = MessageId(page.items[0].message_id.unwrap());
    let listed = async || {
        let page = list::list(&world.app, &me, list::CampaignFilter::default(), None, 10).await.unwrap();
        page.items[0].progress
    };
    assert_eq!(listed().await, held.progress);
    unsent::withdraw(&world.app, &me, message).await.unwrap();
    assert_eq!(listed().await, held.progress, "counted a moment ago");
    world.clock.advance(31_000);
    let counted = listed().await;
    assert_eq!((counted.withdrawn, counted.delayed, counted.queued), (1, held.progress.delayed - 1, 0), "{counted:?}");
    let withdrawn = RecipientsWanted { state: Some(Place::Withdrawn) };
    let page = list::recipients(&world.app, &me, id, withdrawn, None, 10).await.unwrap();
    assert_eq!(
        page.items.iter().map(|one| (one.state, one.message_id)).collect::<Vec<_>>(),
        [(Place::Withdrawn, Some(message.0))]
    );
    let queued = RecipientsWanted { state: Some(Place::Queued) };
    assert!(list::recipients(&world.app, &me, id, queued, None, 10).await.unwrap().items.is_empty());
    steps::cancel(&world.app, &me, id).await.unwrap();
    let done = runs_until(&world, id, |view| view.progress.queued + view.progress.delayed == 0).await;
    assert_eq!((done.progress.withdrawn, done.progress.recipients), (1, 300), "{done:?}");
    assert_eq!(listed().await, done.progress, "who looks at one refreshes the list");
    world.finish().await;
}

/// One that goes over a second channel with the same number writes into the one chat that customers have with it.
async fn over_the_same_number_elsewhere_it_is_the_same_chat(backend: Backend) {
    let world = World::open(backend).await;
    let phone = "+1 555-078-3881";
    let other = Number { name: "Shop", id: "2002", phone, account: "waba", portfolio: "portfolio", throughput: 80 };
    let other = world.connect(&other).await;
    world.app.channels.forget();
    world.deliver(&crate::world::text(1, "wamid.IN", START.0 / 1_000, "hello")).await;
    world.settle().await;
    let template_id = template(&world, "ready", "Your order {{1}} is ready.").await;
    let id = draft_of(&world, other, template_id, vec![format!("+{}", customer(1)), number(2)]).await;
    assert!(begin(&world.app, &world, id).await);
    let done = runs_until(&world, id, |view| view.status == StatusWord::Finished).await;
    assert_eq!((done.progress.recipients, done.progress.sent), (2, 2), "{done:?}");
    let there = |channel| format!("FROM channel WHERE id = channel_id AND phone_number_id = '{channel}'");
    let all = |table: &str, number| format!("SELECT count(*) FROM {table} WHERE EXISTS (SELECT 1 {})", there(number));
    assert_eq!(world.number(&all("conversation", NUMBER)).await, 2, "the one that wrote, and a new one");
    assert_eq!(world.number(&all("conversation", "2002")).await, 0);
    let out = format!("{} AND direction = 'out'", all("message", "2002"));
    assert_eq!(world.number(&out).await, 2, "they say over which channel they went");
    world.finish().await;
}

on_both!(
    over_the_same_number_elsewhere_it_is_the_same_chat,
    two_who_change_it_at_once_both_have_their_way,
    a_removed_number_stops_its_campaigns,
    a_number_in_two_spellings_is_one_customer,
    what_is_taken_back_is_counted_as_that_and_lists_count_now_and_then,
    everybody_is_written_to_once,
    a_pause_holds_the_queue_and_a_cancel_empties_it,
    a_restart_in_the_middle_repeats_nothing,
    it_begins_at_its_moment_and_replies_are_counted,
    a_template_that_is_not_approved_any_more_stops_it,
);
