//! A message that failed and is tried again by a person: one new try with an id of its own, whatever is still reported
//! about the old one (F13).

use super::*;
use crate::inbox::{Step, step};

struct Retry {
    world: World,
    id: crate::MessageId,
}

impl Retry {
    /// Accepted as `wamid.1`, failed by its status, and queued again 10 s later.
    fn new() -> Self {
        let mut world = World::new();
        world.play(&text("wamid.IN", START, "hello"));
        let id = write(&mut world, "hi").id;
        let mut retry = Self { world, id };
        retry.step(&Step::Started);
        retry.step(&Step::Accepted { provider_id: "wamid.1".to_owned() });
        retry.report("wamid.1", 1, Status::Sent, START);
        retry.report("wamid.1", 1, Status::Failed, START.plus(1_000));
        assert_eq!(retry.message().status, Status::Failed);
        retry.world.now = START.plus(10_000);
        retry.step(&Step::Retried);
        retry
    }

    fn message(&self) -> MessageState {
        self.world.book.message(self.id).expect("stored").clone()
    }

    fn step(&mut self, one: &Step) {
        let message = self.message();
        let changes = step(&message, None, one, self.world.now);
        self.world.book.apply(changes);
    }

    fn report(&mut self, wamid: &str, attempt: u32, word: Status, at: Ms) -> Outcome {
        self.world.play(&status(wamid, at, word, Some(callback(self.id, attempt))))
    }

    fn is(&self, status: Status, provider_id: &str) {
        let message = self.message();
        assert_eq!((message.status, message.provider_id.as_deref()), (status, Some(provider_id)));
    }
}

#[test]
fn the_new_try_has_its_own_id_and_the_old_failure_does_not_touch_it() {
    let mut retry = Retry::new();
    for begun in [false, true] {
        if begun {
            retry.step(&Step::Started);
        }
        let before = retry.message();
        // The provider repeats its reports for days.
        assert_eq!(retry.report("wamid.1", 1, Status::Failed, START.plus(1_000)), Outcome::Stale);
        assert_eq!(retry.report("wamid.1", 1, Status::Sent, START), Outcome::Stale);
        assert_eq!(retry.message(), before);
    }
    retry.step(&Step::Accepted { provider_id: "wamid.2".to_owned() });
    retry.is(Status::Sent, "wamid.2");
    assert_eq!(retry.message().failure, None);
    assert_eq!(retry.report("wamid.1", 1, Status::Failed, START.plus(1_000)), Outcome::Stale);
    retry.is(Status::Sent, "wamid.2");
    retry.report("wamid.2", 2, Status::Read, START.plus(12_000));
    retry.is(Status::Read, "wamid.2");
}

#[test]
fn a_new_try_whose_answer_was_lost_is_settled_by_its_own_report() {
    for (word, lost) in [(Status::Sent, true), (Status::Delivered, true), (Status::Failed, true), (Status::Sent, false)]
    {
        let mut retry = Retry::new();
        retry.step(&Step::Started);
        if lost {
            retry.step(&Step::Lost(Failure { code: 0, detail: "cut".to_owned() }));
        }
        retry.world.effects.clear();
        retry.report("wamid.2", 2, word, START.plus(11_000));
        retry.is(word, "wamid.2");
        let settled = retry
            .world
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::SettleSend { provider_id, .. } if provider_id == "wamid.2"));
        assert!(settled, "{word:?}: the queue learns what became of the try");
    }
}

#[test]
fn an_old_failure_does_not_end_a_third_try() {
    let mut retry = Retry::new();
    retry.step(&Step::Started);
    retry.step(&Step::Accepted { provider_id: "wamid.2".to_owned() });
    retry.report("wamid.2", 2, Status::Failed, START.plus(12_000));
    retry.world.now = START.plus(60_000);
    retry.step(&Step::Retried);
    retry.step(&Step::Started);
    assert_eq!(retry.report("wamid.1", 1, Status::Failed, START.plus(1_000)), Outcome::Stale);
    assert_eq!(retry.report("wamid.2", 2, Status::Failed, START.plus(12_000)), Outcome::Stale);
    retry.step(&Step::Accepted { provider_id: "wamid.3".to_owned() });
    retry.is(Status::Sent, "wamid.3");
}

#[test]
fn proof_of_delivery_counts_whichever_try_it_is_of() {
    let mut retry = Retry::new();
    retry.report("wamid.1", 1, Status::Delivered, START.plus(2_000));
    assert_eq!(retry.message().status, Status::Delivered);
}

#[test]
fn a_report_ends_the_doubt_about_a_lost_answer() {
    for word in [Status::Sent, Status::Delivered, Status::Read] {
        let mut world = World::new();
        world.play(&text("wamid.IN", START, "hello"));
        let id = write(&mut world, "hi").id;
        for one in [Step::Started, Step::Lost(Failure { code: 0, detail: "no answer came".to_owned() })] {
            let message = world.book.message(id).expect("stored").clone();
            let changes = step(&message, None, &one, world.now);
            world.book.apply(changes);
        }
        assert!(world.book.message(id).is_some_and(|message| message.failure.is_some()));
        world.play(&status("wamid.1", START.plus(1_000), word, Some(callback(id, 1))));
        let message = world.book.message(id).expect("stored");
        assert_eq!((message.status, &message.failure), (word, &None));
    }
}
