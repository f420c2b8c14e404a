//! Whole days of sending, with the send lane passing from node to node at any moment: what left the house is counted
//! afterwards by plain arithmetic that knows nothing of the limiters.
//!
//! A node does here what the sender does: it builds the snapshot from the records of what was sent (all nodes share
//! them, written before each call and only by the lane's owner), keeps limiters of its own, and starts them full when it
//! takes the lane over. Requests reach the provider up to `SLACK` after they left.

use super::slot::SlotFor;
use super::*;
use crate::time::{DAY, SECOND};
use proptest::prelude::*;
use std::collections::{BTreeSet, HashMap};

const SLACK: i64 = 50;
const PER_SECOND: u32 = 5;
const TIER: u32 = 3;

fn rules() -> Policy {
    Policy {
        throughput_per_second: PER_SECOND,
        pair_burst: 4,
        same_content_max: 2,
        same_content_period: Period::Days(2),
        same_content_spares_people: false,
        promotion_gap_ms: DAY,
        promotion_slot: SlotFor::Off,
        quiet_from_minute: 0,
        quiet_to_minute: 0,
        ..Policy::default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Text(u8),
    Notice,
    Offer,
}

#[derive(Debug, Clone)]
struct Ask {
    wait: i64,
    contact: u8,
    what: What,
    jitter: i64,
    /// The lane passes to another node before it.
    passes: bool,
    /// The node that held it before tries too.
    stale: bool,
}

fn asks() -> impl Strategy<Value = Vec<Ask>> {
    let wait = prop_oneof![
        6 => Just(0_i64), 6 => 0_i64..300, 3 => 0..8 * SECOND, 2 => 0..10 * crate::time::MINUTE, 1 => 0..30 * HOUR,
    ];
    let what = prop_oneof![3 => (0u8..2).prop_map(What::Text), 1 => Just(What::Notice), 1 => Just(What::Offer)];
    let ask = (wait, 0u8..6, what, 0..=SLACK, prop::bool::weighted(0.08), any::<bool>())
        .prop_map(|(wait, contact, what, jitter, passes, stale)| Ask { wait, contact, what, jitter, passes, stale });
    prop::collection::vec(ask, 1..250)
}

/// A record of what was handed over.
#[derive(Debug, Clone)]
struct Sent {
    at: Ms,
    arrives: Ms,
    contact: u8,
    template: bool,
    promotion: bool,
    initiated: bool,
    hash: Option<[u8; 16]>,
}

/// One owner of the lane, with limiters of its own.
struct Node {
    epoch: u32,
    throughput: rate::Throughput,
    pairs: HashMap<u8, rate::Pair>,
}

impl Node {
    fn taking_over(epoch: u32, now: Ms) -> Self {
        let throughput = rate::Throughput::taken_over(PER_SECOND, SLACK, now);
        Self { epoch, throughput, pairs: HashMap::new() }
    }
}

#[derive(Default)]
struct World {
    epoch: u32,
    sent: Vec<Sent>,
}

impl World {
    /// Customers 0 and 1 wrote just now, the others never; only customer 0 opted in.
    fn snapshot(&self, ask: &Ask, content: &Content, now: Ms) -> Snapshot {
        let past: Vec<&Sent> = self.sent.iter().filter(|sent| sent.contact == ask.contact).collect();
        let moments =
            |keep: &dyn Fn(&Sent) -> bool| past.iter().filter(|sent| keep(sent)).map(|sent| sent.at).collect();
        let hash = content_hash(content);
        let day: Vec<&Sent> = self.sent.iter().filter(|sent| sent.initiated && sent.at > now.plus(-DAY)).collect();
        let reached: BTreeSet<u8> = day.iter().map(|sent| sent.contact).collect();
        let category = if ask.what == What::Offer { "MARKETING" } else { "UTILITY" };
        let mut snapshot = snapshot();
        snapshot.template = Some(Arc::new(facts(category)));
        snapshot.customer.marketing = if ask.contact == 0 { Consent::OptedIn } else { Consent::Unknown };
        snapshot.window = Window::new((ask.contact < 2).then(|| now.plus(HOUR)));
        snapshot.history = History {
            templates: moments(&|sent| sent.template),
            same_content: moments(&|sent| sent.hash == hash),
            promotional_at: past.iter().filter(|sent| sent.promotion).map(|sent| sent.at).max(),
            same_event_at: None,
        };
        snapshot.portfolio = PortfolioFacts {
            tier: Tier::Limited(TIER),
            used: u32::try_from(reached.len()).unwrap(),
            counts_customer: reached.contains(&ask.contact),
            frees_at: day.iter().map(|sent| sent.at.plus(DAY)).min(),
        };
        snapshot
    }

    fn ask(&mut self, node: &mut Node, ask: &Ask, policy: &Policy, now: Ms) {
        let (content, author, purpose) = match ask.what {
            What::Text(n) => {
                (Content::Text { body: format!("hello {n}"), preview_url: None }, Author::User, Purpose::Reply)
            }
            What::Notice => (offer(), Author::Rule, Purpose::Service),
            What::Offer => (offer(), Author::Campaign, Purpose::Promotion),
        };
        let mut snapshot = self.snapshot(ask, &content, now);
        let sent = &self.sent;
        let pair = node.pairs.entry(ask.contact).or_insert_with(|| {
            let recent: Vec<Ms> = sent.iter().filter(|sent| sent.contact == ask.contact).map(|sent| sent.at).collect();
            rate::Pair::after(policy.pair_gap_ms, policy.pair_burst, &recent)
        });
        let reserve = if purpose == Purpose::Promotion { policy.reserve(PER_SECOND) } else { 0 };
        snapshot.readings.throughput_at = Some(node.throughput.earliest_keeping(now, reserve));
        snapshot.readings.pair_at = Some(pair.earliest(now));
        let verdict = judge(&Request::message(&content, author, purpose), &snapshot, policy, now);
        // The intent is committed under the lane's fence: whoever lost the lane changes nothing and sends nothing.
        if verdict.outcome != Outcome::Allow || node.epoch != self.epoch {
            return;
        }
        node.throughput.take(now);
        pair.take(now);
        self.sent.push(Sent {
            at: now,
            arrives: now.plus(ask.jitter),
            contact: ask.contact,
            template: ask.what != What::Text(0) && ask.what != What::Text(1),
            promotion: ask.what == What::Offer,
            initiated: ask.what != What::Text(0) && ask.what != What::Text(1) && !snapshot.window.is_open(now),
            hash: content_hash(&content),
        });
    }
}

/// How many of `moments` lie in the `span` that ends with `end`, its beginning left out.
fn within(moments: &[Ms], end: Ms, span: i64) -> usize {
    moments.iter().filter(|at| **at <= end && **at > end.plus(-span)).count()
}

fn assert_limits(sent: &[Sent], policy: &Policy) -> Result<(), TestCaseError> {
    let mut arrivals: Vec<Ms> = sent.iter().map(|sent| sent.arrives).collect();
    arrivals.sort_unstable();
    for end in &arrivals {
        prop_assert!(
            within(&arrivals, *end, SECOND) <= PER_SECOND as usize,
            "more than {} a second at {}",
            PER_SECOND,
            end
        );
    }
    for one in sent {
        let mine: Vec<&Sent> = sent.iter().filter(|sent| sent.contact == one.contact).collect();
        let of = |keep: &dyn Fn(&Sent) -> bool| -> Vec<Ms> { mine.iter().filter(|s| keep(s)).map(|s| s.at).collect() };
        let all = of(&|_| true);
        for start in all.iter().filter(|start| **start <= one.at) {
            let span = one.at.since(*start);
            let most = i64::from(policy.pair_burst) + span / policy.pair_gap_ms;
            prop_assert!(within(&all, one.at, span + 1) as i64 <= most, "pair: more than {} in {} ms", most, span);
        }
        let same = of(&|sent| sent.hash == one.hash);
        prop_assert!(within(&same, one.at, 2 * DAY) <= policy.same_content_max as usize, "same content");
        if one.template && one.contact != 0 {
            let templates = of(&|sent| sent.template);
            prop_assert!(
                within(&templates, one.at, DAY) <= policy.opt_in_templates as usize,
                "templates without opt-in"
            );
        }
        if one.promotion {
            let promotions = of(&|sent| sent.promotion);
            prop_assert!(within(&promotions, one.at, policy.promotion_gap_ms) <= 1, "promotion too often");
        }
        if one.initiated {
            let reached: BTreeSet<u8> = sent
                .iter()
                .filter(|sent| sent.initiated && sent.at <= one.at && sent.at > one.at.plus(-DAY))
                .map(|sent| sent.contact)
                .collect();
            prop_assert!(reached.len() <= TIER as usize, "tier: {} customers", reached.len());
        }
        prop_assert!(one.contact < 2 || one.template, "free text to somebody who never wrote");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_sequence_on_any_number_of_nodes_exceeds_a_limit(asks in asks()) {
        let policy = rules();
        let mut now = NOON;
        let mut world = World::default();
        let mut nodes = vec![Node::taking_over(0, now)];
        for ask in &asks {
            now = now.plus(ask.wait);
            if ask.passes {
                world.epoch += 1;
                nodes.push(Node::taking_over(world.epoch, now));
            }
            let last = nodes.len() - 1;
            if ask.stale && last > 0 {
                world.ask(&mut nodes[last - 1], ask, &policy, now);
            }
            world.ask(&mut nodes[last], ask, &policy, now);
        }
        assert_limits(&world.sent, &policy)?;
    }

    /// G5: as long as replies stay within the share that promotion leaves free, each goes out at the moment it is
    /// written, however long the campaign's queue is.
    #[test]
    fn a_reply_never_stands_behind_a_campaign(
        gaps in prop::collection::vec(540_i64..2_500, 1..12), campaign in 1_usize..200, reserve in 20_u8..=60,
    ) {
        let policy = Policy { promotion_reserve_percent: reserve, ..rules() };
        let per_second = 10;
        let mut throughput = rate::Throughput::new(per_second, SLACK);
        let mut replies: Vec<Ms> = Vec::new();
        let mut at = NOON;
        for gap in gaps {
            at = at.plus(gap);
            replies.push(at);
        }
        let promotions = vec![NOON; campaign];
        let mut queue: Vec<(i16, Ms)> = promotions.into_iter().map(|at| (Priority::Promotion.rank(), at)).collect();
        queue.extend(replies.iter().map(|at| (Priority::Reply.rank(), *at)));
        let mut left: Vec<(i16, Ms, Ms)> = Vec::new();
        let mut now = NOON;
        // One look at the queue every 5 ms, as the sender does: what is due, by priority.
        while !queue.is_empty() && now < NOON.plus(10 * crate::time::MINUTE) {
            queue.sort_unstable();
            let keep = policy.reserve(per_second);
            queue.retain(|(rank, due)| {
                let kept = if *rank == Priority::Promotion.rank() { keep } else { 0 };
                if *due > now || throughput.earliest_keeping(now, kept) > now {
                    return true;
                }
                throughput.take(now);
                left.push((*rank, *due, now));
                false
            });
            now = now.plus(5);
        }
        prop_assert!(queue.is_empty(), "the campaign gets through as well");
        for (rank, due, sent) in &left {
            if *rank == Priority::Reply.rank() {
                prop_assert!(sent.since(*due) <= 5, "a reply waited {} ms", sent.since(*due));
            }
        }
    }
}

#[test]
fn the_simulation_reaches_its_limits() {
    // Without this the property above could hold because nothing is ever sent.
    let policy = rules();
    let mut world = World::default();
    let mut node = Node::taking_over(0, NOON);
    let ask = |contact, what| Ask { wait: 0, contact, what, jitter: 0, passes: false, stale: false };
    world.ask(&mut node, &ask(0, What::Text(0)), &policy, NOON.plus(SECOND));
    assert!(world.sent.is_empty(), "who takes a lane over waits a whole window first");
    let later = NOON.plus(10 * SECOND);
    for contact in 2..6 {
        world.ask(&mut node, &ask(contact, What::Notice), &policy, later);
        world.ask(&mut node, &ask(contact, What::Notice), &policy, later);
    }
    assert_eq!(world.sent.len(), TIER as usize, "one template each, to as many customers as the tier allows");
    for n in 0..4 {
        world.ask(&mut node, &ask(0, What::Text(n % 2)), &policy, later.plus(2 * SECOND));
    }
    assert_eq!(world.sent.len(), TIER as usize + 4);
    world.ask(&mut node, &ask(0, What::Offer), &policy, later.plus(4 * SECOND));
    assert_eq!(world.sent.len(), TIER as usize + 4, "the pair's burst is used up");
}
