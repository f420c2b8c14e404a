use super::*;
use proptest::prelude::*;
use serde_json::json;

fn text() -> Vec<Mapping> {
    vec![Mapping::new("name", "fullname", Kind::Text)]
}

fn record(name: &str, value: Value, at: i64) -> Record {
    Record::new([(name, value)], Some(Ms(at)))
}

fn base(value: Option<Value>) -> Record {
    Record::new(value.map(|value| ("name", value)), None)
}

#[test]
fn who_wins() {
    use Reason::{Conflict, Equal, Filled, LocalChanged, RemoteChanged};
    let (a, b, c, empty) = (json!("A"), json!("B"), json!("C"), json!(null));
    // Base, local, remote; local stamp, remote stamp; reason, the value both end with, and the loser.
    type Row<'a> = (Option<&'a Value>, &'a Value, &'a Value, i64, i64, Reason, &'a Value, Option<&'a Value>);
    let table: &[Row<'_>] = &[
        (Some(&a), &a, &a, 1, 2, Equal, &a, None),
        (Some(&a), &b, &a, 1, 2, LocalChanged, &b, None),
        (Some(&a), &a, &b, 2, 1, RemoteChanged, &b, None),
        (Some(&a), &b, &b, 2, 1, Equal, &b, None),
        (Some(&a), &b, &c, 2, 1, Conflict, &b, Some(&c)),
        (Some(&a), &b, &c, 1, 2, Conflict, &c, Some(&b)),
        (Some(&a), &b, &c, 2, 2, Conflict, &c, Some(&b)),
        // Emptied on one side: emptied on the other.
        (Some(&a), &empty, &a, 1, 2, LocalChanged, &empty, None),
        (Some(&a), &a, &empty, 2, 1, RemoteChanged, &empty, None),
        (Some(&a), &empty, &c, 2, 1, Conflict, &empty, Some(&c)),
        // First sync: a value fills an empty place, two values are compared by time.
        (None, &empty, &b, 2, 1, Filled, &b, None),
        (None, &b, &empty, 1, 2, Filled, &b, None),
        (None, &empty, &empty, 1, 2, Equal, &empty, None),
        (None, &b, &c, 2, 1, Conflict, &b, Some(&c)),
        (None, &b, &c, 1, 2, Conflict, &c, Some(&b)),
    ];
    for (known, l, r, local_at, remote_at, reason, ends, loser) in table {
        let (mut local, mut remote) =
            (record("name", (*l).clone(), *local_at), record("fullname", (*r).clone(), *remote_at));
        let result = merge(&local, &remote, &base(known.cloned()), &text(), "");
        let name = format!("{known:?} {l} {r}");
        assert_eq!(result.explanation[0].reason, *reason, "{name}");
        assert_eq!(result.conflicts.first().map(|conflict| &conflict.loser), *loser, "{name}");
        local.apply(&result.to_local, None);
        remote.apply(&result.to_remote, None);
        assert_eq!((&local.fields["name"].value, &remote.fields["fullname"].value), (*ends, *ends), "{name}");
    }
}

#[test]
fn clocks_that_know_seconds_only() {
    let merged = |local_at: i64, remote_at: i64, resolution_ms: i64| {
        let mut remote = record("fullname", json!("R"), remote_at);
        remote.resolution_ms = resolution_ms;
        let result = merge(&record("name", json!("L"), local_at), &remote, &base(Some(json!("A"))), &text(), "");
        (result.conflicts[0].winner, result.conflicts[0].won_by)
    };
    assert_eq!(merged(5_400, 5_399, 1), (Side::Local, WonBy::Later));
    assert_eq!(merged(5_400, 5_000, 1_000), (Side::Remote, WonBy::Tie));
    assert_eq!(merged(5_999, 5_000, 1_000), (Side::Remote, WonBy::Tie));
    assert_eq!(merged(6_000, 5_000, 1_000), (Side::Local, WonBy::Later));
    assert_eq!(merged(5_999, 6_000, 1_000), (Side::Remote, WonBy::Later));
    // A field's own stamp counts before the record's; a value without any stamp is the older one.
    let mut local = record("name", json!("L"), 9);
    local.fields.get_mut("name").unwrap().modified_at = Some(Ms(3));
    let result = merge(&local, &record("fullname", json!("R"), 5), &base(None), &text(), "");
    assert_eq!((result.conflicts[0].winner, result.conflicts[0].local_at), (Side::Remote, Some(Ms(3))));
    let unstamped = Record::new([("fullname", "R")], None);
    let result = merge(&record("name", json!("L"), 0), &unstamped, &base(None), &text(), "");
    assert_eq!(result.conflicts[0].winner, Side::Local);
    let result = merge(&Record::new([("name", "L")], None), &unstamped, &base(None), &text(), "");
    assert_eq!((result.conflicts[0].winner, result.conflicts[0].won_by), (Side::Remote, WonBy::Tie));
}

#[test]
fn a_preference_stands_above_the_clock() {
    let (a, b, c, empty) = (json!("A"), json!("B"), json!("C"), json!(null));
    // Base, local, remote; preference; the value both end with, and whether a preference decided.
    type Row<'a> = (Option<&'a Value>, &'a Value, &'a Value, Prefer, &'a Value, bool);
    let table: &[Row<'_>] = &[
        (Some(&a), &b, &c, Prefer::Ours, &b, true),
        (Some(&a), &b, &c, Prefer::Theirs, &c, true),
        (None, &b, &c, Prefer::Ours, &b, true),
        (Some(&a), &empty, &c, Prefer::Ours, &empty, true),
        (Some(&a), &b, &empty, Prefer::Theirs, &empty, true),
        // Where only one side changed, there is nothing to prefer.
        (Some(&a), &a, &c, Prefer::Ours, &c, false),
        (Some(&a), &b, &a, Prefer::Theirs, &b, false),
        (None, &empty, &c, Prefer::Ours, &c, false),
    ];
    for (known, l, r, prefer, ends, decided) in table {
        for (local_at, remote_at) in [(1, 2), (2, 1), (2, 2)] {
            let mapping = Mapping { prefer: *prefer, ..text().remove(0) };
            let (local, remote) = (record("name", (*l).clone(), local_at), record("fullname", (*r).clone(), remote_at));
            let result = merge(&local, &remote, &base(known.cloned()), &[mapping], "");
            let name = format!("{known:?} {l} {r} {prefer:?} {local_at} {remote_at}");
            assert_eq!(&result.explanation[0].value, *ends, "{name}");
            let by: Vec<WonBy> = result.conflicts.iter().map(|conflict| conflict.won_by).collect();
            assert_eq!(by, vec![WonBy::Preferred; usize::from(*decided)], "{name}");
        }
    }
    let mapping = Mapping { prefer: Prefer::Theirs, direction: Direction::Push, ..text().remove(0) };
    let result =
        merge(&record("name", b.clone(), 1), &record("fullname", c, 2), &base(Some(a.clone())), &[mapping], "");
    assert_eq!((&result.conflicts[0].won_by, &result.conflicts[0].base), (&WonBy::Direction, &a), "one way is one way");
    for prefer in [Prefer::Newest, Prefer::Ours, Prefer::Theirs] {
        assert_eq!(Prefer::parse(prefer.code()), Some(prefer));
        assert_eq!(serde_json::to_value(prefer).unwrap(), prefer.code());
    }
    for by in [WonBy::Later, WonBy::Tie, WonBy::Direction, WonBy::Preferred] {
        assert_eq!(serde_json::to_value(by).unwrap(), by.code());
    }
}

#[test]
fn equal_choices_in_a_row_are_a_rule() {
    let (l, r) = (Side::Local, Side::Remote);
    for (choices, rule) in [
        (vec![], None),
        (vec![l; LEARNT - 1], None),
        (vec![l; LEARNT], Some(l)),
        ([vec![r; LEARNT], vec![l; 9]].concat(), Some(r)),
        ([vec![r], vec![l; 9]].concat(), None),
    ] {
        assert_eq!(learnt(&choices), rule, "{choices:?}");
    }
}

#[test]
fn one_way_fields() {
    use Reason::{Default, Equal, Kept, OneWay};
    let (a, b, c, d, empty) = (json!("A"), json!("B"), json!("C"), json!("D"), json!(null));
    // Base, source, target, default; reason, what is written to the target, whether a value is lost.
    type Row<'a> = (Option<&'a Value>, &'a Value, &'a Value, Option<&'a Value>, Reason, Option<&'a Value>, bool);
    let table: &[Row<'_>] = &[
        (Some(&a), &a, &a, None, Equal, None, false),
        (Some(&a), &b, &a, None, OneWay, Some(&b), false),
        (Some(&a), &a, &c, None, OneWay, Some(&a), true),
        (None, &b, &c, None, OneWay, Some(&b), true),
        (None, &b, &empty, None, OneWay, Some(&b), false),
        (None, &empty, &c, None, Kept, None, false),
        (Some(&empty), &empty, &c, None, Kept, None, false),
        (Some(&a), &empty, &a, None, OneWay, Some(&empty), false),
        (Some(&a), &empty, &c, None, OneWay, Some(&empty), true),
        (None, &empty, &empty, Some(&d), Default, Some(&d), false),
        (Some(&d), &empty, &d, Some(&d), Equal, None, false),
        (Some(&a), &empty, &a, Some(&d), Default, Some(&d), false),
    ];
    for (known, source, target, default, reason, writes, lost) in table {
        for direction in [Direction::Push, Direction::Pull] {
            let mapping = Mapping { direction, default_value: default.cloned(), ..text().remove(0) };
            let (l, r) = if direction == Direction::Push { (source, target) } else { (target, source) };
            let (local, remote) = (record("name", (*l).clone(), 1), record("fullname", (*r).clone(), 2));
            let result = merge(&local, &remote, &base(known.cloned()), &[mapping], "");
            let name = format!("{direction:?} {known:?} {source} {target} {default:?}");
            let (written, other) = match direction {
                Direction::Push => (result.to_remote.get("fullname"), &result.to_local),
                _ => (result.to_local.get("name"), &result.to_remote),
            };
            assert_eq!((written, other.is_empty()), (*writes, true), "{name}");
            assert_eq!((result.explanation[0].reason, !result.conflicts.is_empty()), (*reason, *lost), "{name}");
        }
    }
}

#[test]
fn defaults_and_switches() {
    let mapping = Mapping { default_value: Some(json!("new customer")), ..text().remove(0) };
    let result = merge(&Record::default(), &Record::default(), &base(None), std::slice::from_ref(&mapping), "");
    assert_eq!(
        (result.to_local["name"].as_str(), result.to_remote["fullname"].as_str()),
        (Some("new customer"), Some("new customer"))
    );
    // Emptied by someone: the default takes the place.
    let result = merge(
        &record("name", json!(""), 2),
        &record("fullname", json!("A"), 1),
        &base(Some(json!("A"))),
        std::slice::from_ref(&mapping),
        "",
    );
    assert_eq!(result.to_remote["fullname"], json!("new customer"));
    let off = Mapping { enabled: false, ..mapping.clone() };
    let twin = Mapping { remote_field: "nick".to_owned(), ..mapping.clone() };
    let result = merge(
        &record("name", json!("L"), 1),
        &record("fullname", json!("R"), 2),
        &base(None),
        &[off, mapping, twin],
        "",
    );
    let reasons: Vec<Reason> = result.explanation.iter().map(|trace| trace.reason).collect();
    assert_eq!(reasons, [Reason::Disabled, Reason::Conflict, Reason::Duplicate]);
    assert!(!result.to_remote.contains_key("nick"));
}

#[test]
fn what_is_not_told_is_not_changed() {
    let partial = Record { partial: true, ..Record::default() };
    let known = base(Some(json!("A")));
    let result = merge(&record("name", json!("B"), 1), &partial, &known, &text(), "");
    assert!(result.is_quiet() && result.conflicts.is_empty());
    assert_eq!((result.explanation[0].reason, &result.base["name"]), (Reason::Unknown, &json!("A")));
}

#[test]
fn spellings_that_are_one_value() {
    let table: &[(Kind, &[Value])] = &[
        (Kind::Text, &[json!("Café"), json!(" Cafe\u{301} "), json!("Café\r\n")]),
        (Kind::Text, &[json!(5), json!("5")]),
        (
            Kind::Phone,
            &[json!("+886912345678"), json!("0912-345-678"), json!("(0912) 345 678"), json!("+886 912 345 678")],
        ),
        (Kind::Phone, &[json!("+525512345678"), json!("+52 1 55 1234 5678")]),
        (Kind::Phone, &[json!("ext. only"), json!(" ext. only")]),
        (Kind::Email, &[json!("Ana@Example.com"), json!("ana@example.com ")]),
        (Kind::Number, &[json!(5), json!("5"), json!(5.0), json!("5.00")]),
        (Kind::Number, &[json!(0.1), json!("0.10"), json!("1e-1")]),
        (Kind::Boolean, &[json!(true), json!("true"), json!("Yes"), json!(1)]),
        (Kind::Date, &[json!("2026-11-04"), json!(1_793_750_400_000_i64), json!("2026-11-04T00:00:00Z")]),
        (Kind::DateTime, &[json!(1_793_750_400_000_i64), json!("1793750400000"), json!("2026-11-04T01:00:00+01:00")]),
        (Kind::Choices, &[json!("a;b"), json!(["b", "a"]), json!(" b ; a;"), json!(["a", "b", "a"])]),
        (Kind::Choice, &[json!("lead"), json!("lead ")]),
        (Kind::Text, &[json!(null), json!(""), json!("  "), json!([]), json!({})]),
        (Kind::Choices, &[json!(null), json!(";"), json!([""])]),
    ];
    for (kind, spellings) in table {
        let first = canonical(*kind, &spellings[0], "TW");
        for other in *spellings {
            assert_eq!(canonical(*kind, other, "TW"), first, "{kind:?} {other}");
        }
    }
    for (kind, one, other) in [
        (Kind::Text, json!("Ana"), json!("ana")),
        (Kind::Number, json!("9007199254740993"), json!("9007199254740992")),
        (Kind::Number, json!("nan"), json!("inf")),
        (Kind::Boolean, json!("maybe"), json!("no")),
        (Kind::Choice, json!("Lead"), json!("lead")),
    ] {
        assert_ne!(canonical(kind, &one, ""), canonical(kind, &other, ""), "{kind:?} {one} {other}");
    }
    // Pulled numbers and addresses are stored in the one spelling.
    let phone = [Mapping::new("phone", "mobile", Kind::Phone)];
    let result =
        merge(&Record::default(), &record("mobile", json!("0912-345-678"), 1), &Record::default(), &phone, "TW");
    assert_eq!(result.to_local["phone"], json!("+886912345678"));
    assert!(result.to_remote.is_empty(), "re-formatting is no change");
}

#[test]
fn echoes() {
    let mappings = text();
    let local = record("name", json!("Ana"), 1);
    let pushed = Pushed { hash: Some(record_hash(&local, Side::Local, &mappings, "")), stamp: Some(Ms(7)) };
    let echo = |value: &str, at: i64, resolution_ms: i64, partial: bool| {
        let record = Record { resolution_ms, partial, ..record("fullname", json!(value), at) };
        is_echo(&pushed, &record, &mappings, "")
    };
    assert_eq!(echo("Ana", 9, 1_000, false), Some(EchoBy::Hash));
    assert_eq!(echo(" Ana ", 9, 1_000, false), Some(EchoBy::Hash));
    assert_eq!(echo("ANA", 7, 1, false), Some(EchoBy::Stamp));
    // Within the same second somebody may have changed it after us.
    assert_eq!(echo("ANA", 7, 1_000, false), None);
    assert_eq!(echo("ANA", 8, 1, false), None);
    assert_eq!(echo("Ana", 8, 1, true), None);
    assert_eq!(is_echo(&Pushed::default(), &Record::default(), &mappings, ""), None);
}

#[test]
fn circles_end() {
    let hop = |at: i64, to, by_person| Hop { at: Ms(at), to, by_person, mark: None };
    let (mut trail, mut to, mut now) = (Vec::new(), Side::Remote, Ms(0));
    let mut writes = 0;
    while let LoopVerdict::Continue { depth } = guard_loop(&trail, to, 1, now) {
        writes += 1;
        assert_eq!(u32::from(depth), writes);
        trail.push(Hop { mark: Some(if to == Side::Remote { 1 } else { 2 }), ..hop(now.0, to, false) });
        (to, now) = (to.other(), now.plus(1_000));
    }
    assert_eq!(
        writes,
        u32::from(MAX_DEPTH) + 1,
        "asked about what was written there, the other side's step passes once more"
    );
    assert_eq!(guard_loop(&trail, to, 1, now), LoopVerdict::Stop { depth: MAX_DEPTH + 1 });
    let first = LoopVerdict::Continue { depth: 1 };
    assert_eq!(guard_loop(&trail, to, 2, now.plus(LOOP_SPAN + 1)), first, "long ago");
    // Two people who each time write something else go round in no circle, but not for ever.
    let sides = [Side::Remote, Side::Local].into_iter().cycle();
    let news: Vec<Hop> = sides.take(19).zip(0..).map(|(to, n)| Hop { mark: Some(n), ..hop(0, to, false) }).collect();
    assert_eq!(guard_loop(&news, Side::Local, 99, Ms(20)), LoopVerdict::Continue { depth: 20 });
    assert_eq!(guard_loop(&news, Side::Local, 1, Ms(20)), LoopVerdict::Stop { depth: 19 }, "that was there before");
    let news: Vec<Hop> = news.into_iter().chain([Hop { mark: Some(20), ..hop(0, Side::Local, false) }]).collect();
    assert_eq!(guard_loop(&news, Side::Remote, 99, Ms(20)), LoopVerdict::Stop { depth: MAX_STEPS });
    let values = |city: &str| [("city".to_owned(), json!(city))].into_iter().collect();
    assert!(mark(&values("a")) == mark(&values("a")) && mark(&values("a")) != mark(&values("b")));
    // Ten edits by people, each pushed, are no circle.
    let edits: Vec<Hop> = (0..10).map(|n| hop(n, Side::Remote, true)).collect();
    assert_eq!(guard_loop(&edits, Side::Remote, 1, Ms(10)), first);
    let mixed = [hop(0, Side::Remote, false), hop(1, Side::Local, false), hop(2, Side::Remote, true)];
    assert_eq!(guard_loop(&mixed, Side::Local, 1, Ms(3)), LoopVerdict::Continue { depth: 2 }, "a person began it");
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(json!(null)),
        4 => prop::sample::select(vec!["A", "B", " A ", "", "5", "0912-345-678", "+886912345678", "a;b", "b;a", "Ana@x.io", "yes"])
            .prop_map(|text| json!(text)),
        1 => (0i64..3).prop_map(|number| json!(number)),
        1 => prop::collection::vec("[ab]", 0..3).prop_map(|list| json!(list)),
        1 => any::<bool>().prop_map(|flag| json!(flag)),
        1 => "\\PC{0,6}".prop_map(|text| json!(text)),
    ]
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![
        Kind::Text,
        Kind::Phone,
        Kind::Email,
        Kind::Number,
        Kind::Boolean,
        Kind::Date,
        Kind::DateTime,
        Kind::Choice,
        Kind::Choices,
    ])
}

fn records(prefix: &'static str) -> impl Strategy<Value = Record> {
    let fields = prop::collection::btree_map(0..4usize, (values(), prop::option::of(0i64..6)), 0..4);
    (fields, prop::option::of(0i64..6), prop::sample::select(vec![1i64, 3])).prop_map(
        move |(fields, at, resolution_ms)| {
            let field = |(n, (value, at)): (usize, (Value, Option<i64>))| {
                (format!("{prefix}{n}"), Field { value, modified_at: at.map(Ms) })
            };
            Record {
                fields: fields.into_iter().map(field).collect(),
                modified_at: at.map(Ms),
                resolution_ms,
                partial: false,
            }
        },
    )
}

fn mappings(direction: impl Strategy<Value = Direction> + Clone) -> impl Strategy<Value = Vec<Mapping>> {
    let prefer = prop::sample::select(vec![Prefer::Newest, Prefer::Ours, Prefer::Theirs]);
    let one = (0..4usize, 0..4usize, kinds(), direction, prefer, prop::option::of(values()), prop::bool::weighted(0.9));
    prop::collection::vec(one, 1..5).prop_map(|all| {
        all.into_iter()
            .map(|(l, r, kind, direction, prefer, default_value, enabled)| Mapping {
                direction,
                prefer,
                default_value,
                enabled,
                ..Mapping::new(format!("l{l}"), format!("r{r}"), kind)
            })
            .collect()
    })
}

fn any_way() -> impl Strategy<Value = Direction> + Clone {
    prop::sample::select(vec![Direction::Both, Direction::Push, Direction::Pull])
}

proptest! {
    #[test]
    fn both_sides_end_equal(
        local in records("l"), remote in records("r"), known in records("l"), mappings in mappings(Just(Direction::Both)),
    ) {
        let result = merge(&local, &remote, &known, &mappings, "TW");
        let (mut ours, mut theirs) = (local.clone(), remote.clone());
        ours.apply(&result.to_local, None);
        theirs.apply(&result.to_remote, None);
        let live = mappings.iter().zip(&result.explanation).filter(|(_, trace)| {
            !matches!(trace.reason, Reason::Disabled | Reason::Duplicate)
        });
        for (mapping, trace) in live {
            let mine = canonical(mapping.kind, ours.value(&mapping.local_field).unwrap(), "TW");
            let other = canonical(mapping.kind, theirs.value(&mapping.remote_field).unwrap(), "TW");
            prop_assert_eq!(&mine, &other, "{:?}", trace);
            prop_assert_eq!(&mine, &trace.value);
            prop_assert_eq!(&result.base[&mapping.local_field], &mine);
        }
    }

    /// Stamps are all that tells in which order changes came; with a preference they do not matter.
    #[test]
    fn a_preference_is_kept_whatever_the_order(
        local in records("l"), remote in records("r"), known in records("l"), mappings in mappings(Just(Direction::Both)),
        later in any::<bool>(),
    ) {
        let stamped = |record: &Record, at: i64| {
            let fields = record.fields.iter().map(|(name, field)| (name.clone(), field.value.clone()));
            Record::new(fields, Some(Ms(at)))
        };
        let preferred: Vec<Mapping> = mappings.into_iter().filter(|mapping| mapping.prefer != Prefer::Newest).collect();
        let (l, r) = if later { (7, 3) } else { (3, 7) };
        let one = merge(&stamped(&local, l), &stamped(&remote, r), &known, &preferred, "TW");
        let other = merge(&stamped(&local, r), &stamped(&remote, l), &known, &preferred, "TW");
        prop_assert_eq!((&one.to_local, &one.to_remote, &one.base), (&other.to_local, &other.to_remote, &other.base));
        for conflict in &one.conflicts {
            let mapping = preferred.iter().find(|m| m.enabled && m.local_field == conflict.field).unwrap();
            prop_assert_eq!(Some(conflict.winner), mapping.prefer.side());
            prop_assert_eq!(conflict.won_by, WonBy::Preferred);
        }
    }

    #[test]
    fn merging_again_changes_nothing(
        local in records("l"), remote in records("r"), known in records("l"), mappings in mappings(any_way()),
    ) {
        let result = merge(&local, &remote, &known, &mappings, "TW");
        let (mut ours, mut theirs) = (local, remote);
        ours.apply(&result.to_local, None);
        theirs.apply(&result.to_remote, None);
        let agreed = Record::new(result.base.clone(), None);
        let again = merge(&ours, &theirs, &agreed, &mappings, "TW");
        prop_assert!(again.is_quiet() && again.conflicts.is_empty(), "{:?}", again);
        prop_assert_eq!(again.base, result.base);
    }

    #[test]
    fn nothing_is_overwritten_in_silence(
        local in records("l"), remote in records("r"), known in records("l"), mappings in mappings(any_way()),
    ) {
        let result = merge(&local, &remote, &known, &mappings, "TW");
        for mapping in mappings.iter().filter(|mapping| mapping.enabled) {
            let base = known.fields.get(&mapping.local_field).map(|field| canonical(mapping.kind, &field.value, "TW"));
            let sides = [
                (result.to_local.get(&mapping.local_field), local.value(&mapping.local_field)),
                (result.to_remote.get(&mapping.remote_field), remote.value(&mapping.remote_field)),
            ];
            for (written, old) in sides {
                let old_canonical = canonical(mapping.kind, old.unwrap(), "TW");
                let is_news = written.is_some() && !old_canonical.is_null() && base.as_ref() != Some(&old_canonical);
                let duplicate = result.explanation.iter().any(|trace| trace.reason == Reason::Duplicate);
                if is_news && !duplicate {
                    prop_assert!(result.conflicts.iter().any(|conflict| Some(&conflict.loser) == old), "{mapping:?}");
                }
            }
        }
    }

    #[test]
    fn the_canonical_form_settles(kind in kinds(), value in values()) {
        let once = canonical(kind, &value, "TW");
        prop_assert_eq!(canonical(kind, &once, "TW"), once);
    }

    #[test]
    fn equal_records_hash_alike(local in records("l"), remote in records("r"), mappings in mappings(Just(Direction::Both))) {
        let result = merge(&local, &remote, &Record::default(), &mappings, "TW");
        let mut traces = result.explanation.iter();
        let mut mappings = mappings;
        mappings.retain(|_| traces.next().is_some_and(|trace| trace.reason != Reason::Duplicate));
        let (mut ours, mut theirs) = (local, remote);
        ours.apply(&result.to_local, None);
        theirs.apply(&result.to_remote, None);
        let hash = |record: &Record, side| record_hash(record, side, &mappings, "TW");
        prop_assert_eq!(hash(&ours, Side::Local), hash(&theirs, Side::Remote));
        let agreed = Record::new(result.base, None);
        prop_assert_eq!(hash(&agreed, Side::Local), hash(&ours, Side::Local));
    }
}
