//! Good histories, falsified one lie at a time: a judge that does not notice is worth nothing.

use super::*;

/// A small history without fault.
fn good() -> History {
    let key = |number: u8| [number; 16];
    let line = |number: u8, direction: &str, status: &str| Line {
        id: format!("{number:032x}"),
        provider_id: Some(format!("wamid.{number}")),
        direction: direction.into(),
        status: status.into(),
        contact: "c1".into(),
        conversation: "v1".into(),
    };
    let sent = |number: u8, at: i64| Sent {
        callback: format!("rpt:00000000-0000-0000-0000-0000000000{number:02x}:1"),
        accepted: true,
        allowed: true,
        to: "4915110000000".into(),
        at,
    };
    let write = |number: u8, from: i64, to: i64, committed: i64| Write {
        key: hex::encode(key(number)),
        from,
        to,
        lane: 3,
        node: "one".into(),
        owner: if from == -1 { String::new() } else { "one".into() },
        committed,
    };
    let shown = |kind: &str, number: u8, status: Option<&str>| Shown {
        kind: kind.into(),
        line: format!("{number:032x}"),
        status: status.map(Into::into),
    };
    History {
        acked_lines: vec!["wamid.1".into(), "wamid.2".into()],
        acked_steps: vec![("wamid.2".into(), Step::Sent), ("wamid.2".into(), Step::Delivered)],
        told_steps: vec![("wamid.2".into(), Step::Sent), ("wamid.2".into(), Step::Delivered)],
        acked_keys: vec![(key(1), 1_000), (key(2), 2_000)],
        raw: vec![RawRow { key: key(1), state: 1 }, RawRow { key: key(2), state: 1 }],
        lines: vec![
            line(1, "in", "received"),
            line(2, "out", "delivered"),
            line(3, "out", "sent"),
            line(4, "out", "unknown"),
        ],
        books: Some(Books {
            received: 3,
            processed: 2,
            duplicates: 1,
            stored: 4,
            shown: 4,
            balanced: true,
            ..Books::default()
        }),
        asked: vec![format!("{:032x}", 3), format!("{:032x}", 4)],
        sent: vec![sent(3, 0), sent(4, 600)],
        shown: Some(vec![
            shown("message.created", 1, None),
            shown("message.created", 2, Some("sent")),
            shown("message.updated", 2, Some("delivered")),
            shown("message.created", 3, None),
            shown("message.created", 4, None),
        ]),
        writes: vec![write(1, -1, 0, 900), write(2, -1, 0, 1_900), write(1, 0, 1, 3_000), write(2, 0, 1, 3_000)],
        leases: vec![
            Lease { lane: 3, epoch: 1, owner: "one".into() },
            Lease { lane: 3, epoch: 1, owner: "one".into() },
            Lease { lane: 3, epoch: 2, owner: "two".into() },
        ],
        doubles: Vec::new(),
        per_second: 2,
    }
}

#[test]
fn a_good_history_passes() {
    assert_eq!(judge(&good()), []);
    assert_eq!(judge(&History::default()), []);
}

/// A lie and the judge that must notice it.
type Mutant = (&'static str, &'static str, fn(&mut History));

const MUTANTS: &[Mutant] = &[
    ("an acked event was never stored", "I1 nothing acked is lost", |h| {
        h.raw.pop();
    }),
    ("an acked message has no line", "I1 nothing acked is lost", |h| {
        h.lines.remove(0);
        h.shown = None;
    }),
    ("answered before the commit", "I1 the answer comes after the commit", |h| h.writes[1].committed = 2_001),
    ("the same provider message in two lines", "I2 one row per event and provider message", |h| {
        let mut twin = h.lines[0].clone();
        twin.id = format!("{:032x}", 9);
        h.lines.push(twin);
    }),
    ("the same event stored twice", "I2 one row per event and provider message", |h| h.raw.push(h.raw[0])),
    ("an attempt repeated", "I2 one send per message", |h| h.sent.push(h.sent[0].clone())),
    ("a second attempt after an accepted one", "I2 one send per message", |h| {
        let mut again = h.sent[1].clone();
        again.callback = again.callback.replace(":1", ":2");
        again.at += 5_000;
        h.sent.push(again);
    }),
    ("two contacts with one number", "one person, one open thread", |h| h.doubles.push("several contacts".into())),
    ("an event fell out of the books", "the books balance", |h| {
        h.books.as_mut().expect("books").processed -= 1;
    }),
    ("a stored line is not shown", "the books balance", |h| h.books.as_mut().expect("books").shown -= 1),
    ("an event that never comes to rest", "the books balance", |h| {
        let books = h.books.as_mut().expect("books");
        (books.processed, books.pending) = (1, 1);
    }),
    ("more rows than were received", "the books balance", |h| {
        let books = h.books.as_mut().expect("books");
        (books.received, books.processed, books.duplicates) = (1, 1, 0);
    }),
    ("a late `sent` overwrote `delivered`", "statuses go forward only", |h| h.lines[1].status = "sent".into()),
    ("a status nobody reported", "statuses go forward only", |h| h.lines[1].status = "read".into()),
    ("the stream showed a status going back", "statuses go forward only", |h| {
        h.shown.as_mut().expect("a stream").push(Shown {
            kind: "message.updated".into(),
            line: format!("{:032x}", 2),
            status: Some("sent".into()),
        });
    }),
    ("a send that the API took is gone", "sends are kept", |h| {
        h.lines.retain(|line| line.id != format!("{:032x}", 3));
    }),
    ("shown as sent, never sent", "sends are kept", |h| {
        h.sent.remove(0);
    }),
    ("a send stuck for ever", "sends are kept", |h| h.lines[3].status = "sending".into()),
    ("a line the stream skipped", "the live stream has no gap", |h| {
        h.shown.as_mut().expect("a stream").remove(0);
    }),
    ("a line the stream repeated", "the live stream has no gap", |h| {
        let shown = h.shown.as_mut().expect("a stream");
        shown.push(shown[0].clone());
    }),
    ("a stale node wrote without fencing", "lanes are fenced", |h| h.writes[3].node = "two".into()),
    ("two nodes settled one event", "lanes are fenced", |h| h.writes.push(h.writes[3].clone())),
    ("a lane's epoch went back", "lanes are fenced", |h| h.leases[2].epoch = 0),
    ("a lane changed hands without a new epoch", "lanes are fenced", |h| h.leases[2].epoch = 1),
    ("a third send within the second", "I4 limits hold in every window", |h| {
        let mut more = h.sent[1].clone();
        more.callback = "rpt:00000000-0000-0000-0000-000000000007:1".into();
        more.at = 700;
        h.sent.push(more);
    }),
    ("a free-form message outside the window", "nothing is sent outside the window", |h| h.sent[0].allowed = false),
];

#[test]
fn every_lie_is_noticed() {
    for (lie, expected, falsify) in MUTANTS {
        let mut history = good();
        falsify(&mut history);
        let found = judge(&history);
        assert!(found.iter().any(|violation| violation.judge == *expected), "not noticed: {lie}; found {found:?}");
    }
    assert!(MUTANTS.len() >= 10);
}

#[test]
fn every_judge_has_a_lie() {
    for (name, _) in JUDGES {
        assert!(MUTANTS.iter().any(|(_, judge, _)| *judge == name), "no mutant for {name}");
    }
}
