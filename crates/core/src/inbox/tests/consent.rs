//! What withdraws and gives consent: words, buttons, WhatsApp's own switch, the provider's error.

use super::*;

fn tapped(id: &str, title: &str) -> Event {
    let content = Content::Reply {
        kind: "template_button".to_owned(),
        id: Some("p".to_owned()),
        title: title.to_owned(),
        description: None,
        data: None,
        order: Vec::new(),
    };
    event(START, EventKind::Message(Box::new(inbound(id, content))))
}

fn switched(at: Ms, marketing: bool) -> Event {
    let preference = Preference { customer: ana(), marketing, proof: "in the app".to_owned() };
    event(at, EventKind::Preference(Box::new(preference)))
}

/// What a batch leaves: the contact's state, the ledger's (state, source), how many lines the thread shows about it.
fn left(world: &mut World) -> (String, Vec<(String, String)>, usize) {
    let batch = world.book.drain();
    let contact = batch.new_contacts.iter().chain(&batch.changed_contacts).next_back().expect("a contact");
    let ledger = batch.consents.iter().map(|record| (record.state.clone(), record.source.clone())).collect();
    let shown = batch
        .new_messages
        .iter()
        .filter(|line| matches!(&line.content, Content::Event { event, .. } if event == "consent_changed"));
    (contact.marketing_consent.clone(), ledger, shown.count())
}

fn line(state: &str, source: &str) -> (String, String) {
    (state.to_owned(), source.to_owned())
}

#[test]
fn a_stop_word_counts_in_the_commit_of_its_message() {
    for event in [text("wamid.1", START, "STOP!"), text("wamid.1", START, "توقّف"), tapped("wamid.1", "Stop promotions")]
    {
        let mut world = World::new();
        let Outcome::Message(id) = world.play(&event) else { panic!("a message") };
        assert_eq!(world.effects.iter().filter(|effect| matches!(effect, Effect::PushContact(_))).count(), 2);
        let batch = world.book.drain();
        assert_eq!(batch.new_contacts[0].marketing_consent, "opted_out");
        let record = &batch.consents[0];
        assert_eq!((&*record.source, &*record.purpose, record.proof.clone()), ("keyword", "marketing", id.to_string()));
        assert_eq!(batch.new_messages.len(), 2, "the message and the line about it");
        assert_eq!(batch.new_conversations[0].last_message_id, Some(id), "the list shows what the customer wrote");
        assert_eq!(batch.new_conversations[0].unread, 1);
    }
}

#[test]
fn what_is_no_stop_word_changes_nothing() {
    let mut world = World::new();
    world.play(&text("wamid.1", START, "please stop by tomorrow"));
    world.play(&text("wamid.2", START, "start"));
    world.play(&event(
        START,
        EventKind::Echo(Box::new(inbound("wamid.3", Content::Text { body: "stop".to_owned(), preview_url: None }))),
    ));
    assert_eq!(left(&mut world), ("unknown".to_owned(), vec![], 0));
}

#[test]
fn start_takes_a_stop_back_and_a_repetition_is_no_second_line() {
    let mut world = World::new();
    world.now = START.plus(HOUR);
    world.play(&text("wamid.1", START, "stop"));
    assert_eq!(world.play(&text("wamid.1", START, "stop")), Outcome::Duplicate);
    world.play(&text("wamid.2", START.plus(MINUTE), "start"));
    let ledger = vec![line("opted_out", "keyword"), line("opted_in", "keyword")];
    assert_eq!(left(&mut world), ("opted_in".to_owned(), ledger, 2));
}

#[test]
fn the_latest_word_stands_in_whatever_order_they_come() {
    // "Subscribe" was said after "stop", but comes first.
    let mut world = World::new();
    world.now = START.plus(HOUR);
    world.play(&text("wamid.2", START.plus(MINUTE), "subscribe"));
    world.play(&text("wamid.1", START, "stop"));
    let (state, ledger, _) = left(&mut world);
    assert_eq!((&*state, ledger.len()), ("opted_in", 2), "both are written down");
    // At the same moment the refusal stands.
    for order in [[true, false], [false, true]] {
        let mut world = World::new();
        for marketing in order {
            world.play(&switched(START, marketing));
        }
        assert_eq!(left(&mut world).0, "opted_out");
    }
}

#[test]
fn the_switch_in_the_app_shows_in_the_thread() {
    let mut world = World::new();
    world.play(&text("wamid.1", START, "hello"));
    world.play(&switched(START, false));
    assert_eq!(left(&mut world), ("opted_out".to_owned(), vec![line("opted_out", "whatsapp_preference")], 1));
}

#[test]
fn the_providers_error_shows_in_the_thread() {
    let mut world = World::new();
    world.play(&text("wamid.1", START, "hello"));
    let sent = write(&mut world, "offer");
    let Event { at, kind, .. } = status("wamid.OUT", START, Status::Failed, Some(callback(sent.id, 1)));
    let EventKind::Status(mut update) = kind else { unreachable!("built as a status") };
    update.failure = Some(Failure { code: 131_050, detail: "stopped".to_owned() });
    let event = event(at.unwrap_or(START), EventKind::Status(update));
    world.play(&event);
    world.play(&event);
    assert_eq!(left(&mut world), ("opted_out".to_owned(), vec![line("opted_out", "error_131050")], 1));
}
