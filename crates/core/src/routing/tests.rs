//! Tables and properties of routing.

use super::*;
use crate::message::Content;
use crate::time::{DAY, HOUR, MINUTE};
use crate::{Ms, UserId};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Monday 2026-09-21 14:13:20 UTC.
const NOW: Ms = Ms(1_790_000_000_000);
const AWAY: i64 = 2 * MINUTE;

fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}

fn agent(n: u128, open: u32) -> Agent {
    Agent {
        id: user(n),
        name: format!("Agent {n}"),
        presence: Presence::Online,
        seen_at: Some(NOW),
        shift: None,
        skills: BTreeSet::new(),
        cap: None,
        open,
        turn: 0,
    }
}

fn policy(mode: Mode) -> Policy {
    Policy { mode, cap: None, crm_owner: false }
}

fn pick(case: &Case, policy: &Policy, agents: &[Agent]) -> Result<(u128, Reason), Waits> {
    let snapshot = Snapshot { case, policy, agents, hours: None, away_after_ms: AWAY };
    choose(&snapshot, NOW).map(|choice| (choice.user.0.as_u128(), choice.reason))
}

fn skilled(n: u128, open: u32, skills: &[&str]) -> Agent {
    Agent { skills: skills.iter().map(|skill| (*skill).to_owned()).collect(), ..agent(n, open) }
}

fn week(spans: &[(usize, u16, u16)]) -> Hours {
    let mut week = vec![Vec::new(); 7];
    for (day, from, to) in spans {
        week[*day].push(Span { from: *from, to: *to });
    }
    Hours { timezone: "Asia/Dubai".to_owned(), week, holidays: Vec::new() }
}

/// A moment of the week of `NOW` on Dubai's clock (UTC+4): day 0 is Monday.
fn dubai(day: i64, hour: i64, minute: i64) -> Ms {
    let monday = 1_789_948_800_000 - 4 * HOUR;
    Ms(monday + day * DAY + hour * HOUR + minute * MINUTE)
}

#[test]
fn working_hours_follow_the_clock_of_the_place() {
    let hours = week(&[(0, 540, 1020), (1, 1320, 360)]);
    let cases = [
        (dubai(0, 8, 59), false),
        (dubai(0, 9, 0), true),
        (dubai(0, 16, 59), true),
        (dubai(0, 17, 0), false),
        (dubai(1, 9, 0), false),
        (dubai(1, 22, 0), true),
        (dubai(2, 5, 59), true),
        (dubai(2, 6, 0), false),
    ];
    for (at, open) in cases {
        assert_eq!(hours.is_open(at), open, "{at}");
    }
    let holiday = Hours {
        holidays: vec![Holiday { date: "2026-09-22".parse().unwrap(), name: "Feast".to_owned() }],
        ..hours.clone()
    };
    assert!(!holiday.is_open(dubai(1, 23, 0)), "nobody begins on a holiday");
    assert!(!holiday.is_open(dubai(2, 5, 0)), "nor is there a night after it");
    assert_eq!(hours.next_opening(dubai(0, 17, 0)), Some(dubai(1, 22, 0)));
    assert_eq!(holiday.next_opening(dubai(0, 17, 0)), Some(dubai(7, 9, 0)));
    assert_eq!(hours.next_opening(dubai(0, 10, 0)), None, "it is open");
    assert_eq!(week(&[]).next_opening(NOW), None, "it never opens");
}

#[test]
fn daylight_saving_moves_the_opening() {
    let mut hours = week(&[(6, 540, 600)]);
    hours.timezone = "Europe/Berlin".to_owned();
    // Sunday 2026-10-25: clocks go back at 03:00, so nine o'clock is 08:00 UTC.
    let saturday = Ms(1_792_843_200_000);
    assert_eq!(hours.next_opening(saturday).map(|at| at.to_string()), Some("2026-10-25T08:00:00Z".to_owned()));
}

#[test]
fn hours_that_cannot_be_are_named() {
    let fine = week(&[(0, 0, 1440), (3, 1380, 60)]);
    assert_eq!(fine.check(), Ok(()));
    let field = |hours: Hours| hours.check().unwrap_err().field;
    assert_eq!(field(Hours { timezone: "Mars/Base".to_owned(), ..fine.clone() }), "timezone");
    assert_eq!(field(Hours { week: vec![Vec::new(); 6], ..fine.clone() }), "week");
    for (from, to) in [(1440, 60), (0, 1441), (60, 60), (5, 0)] {
        assert_eq!(field(week(&[(2, from, to)])), "week.2.0", "{from} to {to}");
    }
    assert!(week(&[]).check().is_ok(), "nobody has to work");
    assert!(Hours { timezone: "Mars/Base".to_owned(), ..week(&[]) }.is_open(NOW), "nobody waits for a word");
}

#[test]
fn an_agent_is_there_when_they_say_so_are_connected_and_work() {
    let shut = week(&[]);
    let always = week(&[(0, 0, 1440)]);
    let cases = [
        (agent(1, 0), None, None),
        (Agent { presence: Presence::Away, ..agent(1, 0) }, None, Some(Absence::Away)),
        (Agent { presence: Presence::Offline, ..agent(1, 0) }, None, Some(Absence::Offline)),
        (Agent { seen_at: None, ..agent(1, 0) }, None, Some(Absence::NotConnected)),
        (Agent { seen_at: Some(NOW.plus(-AWAY)), ..agent(1, 0) }, None, None),
        (Agent { seen_at: Some(NOW.plus(-AWAY - 1)), ..agent(1, 0) }, None, Some(Absence::NotConnected)),
        (agent(1, 0), Some(&shut), Some(Absence::OffHours)),
        (Agent { shift: Some(always.clone()), ..agent(1, 0) }, Some(&shut), None),
        (Agent { shift: Some(shut.clone()), ..agent(1, 0) }, Some(&always), Some(Absence::OffShift)),
    ];
    for (agent, hours, expected) in cases {
        assert_eq!(absence(&agent, hours, AWAY, NOW), expected, "{agent:?}");
    }
    assert_eq!(presence_now(Presence::Online, None, AWAY, NOW), Presence::Away);
    assert_eq!(presence_now(Presence::Offline, Some(NOW), AWAY, NOW), Presence::Offline);
}

#[test]
fn each_policy_has_its_reason() {
    let case = Case::default();
    let busy = [agent(1, 3), agent(2, 1), Agent { turn: 5, ..agent(3, 1) }];
    assert_eq!(pick(&case, &policy(Mode::Load), &busy), Ok((2, Reason::Fewest { open: 1 })));
    assert_eq!(pick(&case, &policy(Mode::RoundRobin), &busy), Ok((1, Reason::Turn { open: 3 })));
    assert_eq!(pick(&case, &policy(Mode::Manual), &busy), Err(Waits::Manual));
    assert_eq!(pick(&case, &policy(Mode::Load), &[]), Err(Waits::NoAgents));
    let capped = Policy { cap: Some(1), ..policy(Mode::Load) };
    assert_eq!(pick(&case, &capped, &busy), Err(Waits::AllFull));
    let own = [Agent { cap: Some(9), ..agent(1, 3) }, Agent { cap: Some(0), ..agent(2, 0) }];
    assert_eq!(pick(&case, &capped, &own), Ok((1, Reason::Fewest { open: 3 })), "an agent's own limit counts");
    let gone = [Agent { presence: Presence::Away, ..agent(1, 0) }];
    assert_eq!(pick(&case, &policy(Mode::Load), &gone), Err(Waits::NobodyAvailable));
}

#[test]
fn skills_that_somebody_has_are_waited_for() {
    let arabic = Case { language: Some("ar-AE".to_owned()), tags: vec![" VIP ".to_owned()], owner: None };
    let team = [skilled(1, 0, &["en"]), skilled(2, 4, &["ar", "en"]), skilled(3, 2, &["ar"])];
    let reason = |skills: &[&str], open| Reason::Skill {
        skills: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        open,
    };
    assert_eq!(
        pick(&arabic, &policy(Mode::Skill), &team),
        Ok((3, reason(&["ar"], 2))),
        "nobody has vip: it is no need"
    );
    let vip = [skilled(1, 0, &["en"]), skilled(2, 4, &["ar", "vip"]), skilled(3, 2, &["ar"])];
    assert_eq!(pick(&arabic, &policy(Mode::Skill), &vip), Ok((2, reason(&["ar", "vip"], 4))));
    let away = [skilled(1, 0, &["en"]), Agent { presence: Presence::Away, ..skilled(2, 0, &["ar"]) }];
    assert_eq!(pick(&arabic, &policy(Mode::Skill), &away), Err(Waits::NoSkill), "who speaks it comes back");
    let nobody = [skilled(1, 3, &["en"]), skilled(2, 0, &["fr"])];
    assert_eq!(pick(&arabic, &policy(Mode::Skill), &nobody), Ok((2, Reason::Fewest { open: 0 })));
}

#[test]
fn the_owner_comes_first_where_they_are_there() {
    let case = Case { owner: Some(user(2)), ..Case::default() };
    let by_owner = Policy { crm_owner: true, ..policy(Mode::RoundRobin) };
    let team = [agent(1, 0), agent(2, 7)];
    assert_eq!(pick(&case, &by_owner, &team), Ok((2, Reason::Owner { open: 7 })));
    assert_eq!(pick(&case, &policy(Mode::RoundRobin), &team), Ok((1, Reason::Turn { open: 0 })));
    let away = [agent(1, 0), Agent { presence: Presence::Away, ..agent(2, 7) }];
    assert_eq!(pick(&case, &by_owner, &away), Ok((1, Reason::Turn { open: 0 })));
}

#[test]
fn scores_are_read_in_every_script() {
    let cases = [
        ("5", Some(5)),
        (" ٤ ", Some(4)),
        ("۱", Some(1)),
        ("३", Some(3)),
        ("２", Some(2)),
        ("3️⃣", Some(3)),
        ("⭐⭐⭐⭐", Some(4)),
        ("⭐️⭐️", Some(2)),
        ("4/5", Some(4)),
        ("5 - Very satisfied", Some(5)),
        ("1 – غير راضٍ إطلاقًا", Some(1)),
        ("0", None),
        ("6", None),
        ("12", None),
        ("5 items", None),
        ("2-3 days", None),
        ("⭐⭐⭐⭐⭐⭐", None),
        ("⭐ good", None),
        ("good", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(typed_score(text), expected, "{text:?}");
    }
}

fn tapped(survey: Uuid, score: u8) -> Content {
    let id = Some(reply_id(survey, score));
    Content::Reply {
        kind: "list".to_owned(),
        id,
        title: "x".to_owned(),
        description: None,
        data: None,
        order: Vec::new(),
    }
}

fn text(body: &str) -> Content {
    Content::Text { body: body.to_owned(), preview_url: None }
}

#[test]
fn an_answer_is_a_score_then_a_comment() {
    let settings = SurveySettings::default();
    let id = Uuid::from_u128(9);
    let asked = Asked { id, at: NOW, score: None, commented: false };
    let hear = |asked: &Asked, content: &Content, after: i64| hear(asked, content, NOW.plus(after), &settings);
    assert_eq!(hear(&asked, &tapped(id, 4), 1), Some(Heard::Score(4)));
    assert_eq!(hear(&asked, &tapped(Uuid::from_u128(8), 4), 1), None, "another survey's");
    assert_eq!(hear(&asked, &text("٥"), 1), Some(Heard::Score(5)));
    assert_eq!(hear(&asked, &text("thank you"), 1), None, "no comment without a score");
    assert_eq!(hear(&asked, &tapped(id, 4), -1_000), Some(Heard::Score(4)), "clocks differ, ids do not");
    assert_eq!(hear(&asked, &text("4"), -1), None, "before it was asked");
    let later = Asked { at: NOW.plus(900), ..asked.clone() };
    assert_eq!(
        hear(&later, &text("4"), 0),
        Some(Heard::Score(4)),
        "in the same second, which is all the provider tells"
    );
    assert_eq!(hear(&asked, &tapped(id, 4), settings.answer_ms + 1), None, "too late");
    let scored = Asked { score: Some((4, NOW.plus(10))), ..asked.clone() };
    assert_eq!(hear(&scored, &text("because"), 20), Some(Heard::Comment("because".to_owned())));
    assert_eq!(hear(&scored, &text("because"), 5), None, "said before the score");
    assert_eq!(hear(&scored, &text("hello"), 11 + settings.comment_ms), None, "another matter by now");
    assert_eq!(hear(&scored, &tapped(id, 2), 30), Some(Heard::Score(2)), "they think again");
    assert_eq!(hear(&scored, &tapped(id, 4), 30), None, "the same again");
    let done = Asked { commented: true, ..scored };
    assert_eq!(hear(&done, &text("and"), 20), None);
}

#[test]
fn nobody_is_asked_too_often() {
    let settings = SurveySettings { enabled: true, every_days: 30, ..SurveySettings::default() };
    assert_eq!(may_ask(&settings, None, NOW), Ok(()));
    assert_eq!(may_ask(&settings, Some(NOW.plus(-30 * DAY + 1)), NOW), Err(Skip::Recent));
    assert_eq!(may_ask(&settings, Some(NOW.plus(-30 * DAY)), NOW), Ok(()));
    assert_eq!(may_ask(&SurveySettings::default(), None, NOW), Err(Skip::Off));
    assert_eq!(may_ask(&SurveySettings { every_days: 0, ..settings }, Some(NOW), NOW), Ok(()));
}

#[test]
fn the_question_is_within_the_providers_limits() {
    for language in ["en", "ar", "ru", "fr", "es", "pt", "zh-TW", "zh"] {
        let question = question(&SurveySettings::default(), Uuid::from_u128(7), Some(language));
        assert_eq!(crate::message::check::content(&question), [], "{language}");
    }
    let survey = Uuid::from_u128(7);
    for score in SCORES {
        assert_eq!(scored(&tapped(survey, score)), Some((survey, score)));
    }
    let foreign = |id: &str| Content::Reply {
        kind: "button".to_owned(),
        id: Some(id.to_owned()),
        title: String::new(),
        description: None,
        data: None,
        order: Vec::new(),
    };
    for id in ["csat:", "csat:x:5", "buy", "csat:00000000000000000000000000000007:6"] {
        assert!(!is_answer(&foreign(id)), "{id}");
    }
}

/// Gives conversations out one after the other, as the job does, and counts who got how many.
fn give_out(policy: &Policy, agents: &mut [Agent], cases: &[Case], now: Ms) -> BTreeMap<UserId, u32> {
    let mut given = BTreeMap::new();
    let mut turn = agents.iter().map(|agent| agent.turn).max().unwrap_or(0);
    for case in cases {
        let snapshot = Snapshot { case, policy, agents, hours: None, away_after_ms: AWAY };
        let Ok(choice) = choose(&snapshot, now) else { continue };
        let agent = agents.iter_mut().find(|agent| agent.id == choice.user).unwrap();
        turn += 1;
        (agent.turn, agent.open) = (turn, agent.open + 1);
        *given.entry(choice.user).or_insert(0) += 1;
    }
    given
}

fn any_agent(n: u128) -> impl Strategy<Value = Agent> {
    let presence = prop_oneof![4 => Just(Presence::Online), 1 => Just(Presence::Away), 1 => Just(Presence::Offline)];
    let skills = prop::collection::btree_set(prop_oneof![Just("ar"), Just("en"), Just("vip")], 0..3);
    (presence, 0..300_000_i64, skills, prop::option::of(0..8_u32), 0..6_u32, 0..9_i64).prop_map(
        move |(presence, ago, skills, cap, open, turn)| Agent {
            presence,
            seen_at: Some(NOW.plus(-ago)),
            skills: skills.into_iter().map(str::to_owned).collect(),
            cap,
            turn,
            ..agent(n, open)
        },
    )
}

fn any_agents() -> impl Strategy<Value = Vec<Agent>> {
    (0..7_usize).prop_flat_map(|count| (0..count).map(|n| any_agent(n as u128 + 1)).collect::<Vec<_>>())
}

fn any_case() -> impl Strategy<Value = Case> {
    let language = prop::option::of(prop_oneof![Just("ar"), Just("en-GB"), Just("fr")]);
    let owner = prop::option::of(1..8_u128);
    (language, prop::bool::ANY, owner).prop_map(|(language, vip, owner)| Case {
        language: language.map(str::to_owned),
        tags: if vip { vec!["vip".to_owned()] } else { Vec::new() },
        owner: owner.map(user),
    })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    (prop::sample::select(&Mode::ALL), prop::option::of(0..6_u32), prop::bool::ANY)
        .prop_map(|(mode, cap, crm_owner)| Policy { mode, cap, crm_owner })
}

proptest! {
    #[test]
    fn nobody_unavailable_or_full_gets_one(
        mut agents in any_agents(), policy in any_policy(), cases in prop::collection::vec(any_case(), 0..40)
    ) {
        let before = agents.clone();
        let given = give_out(&policy, &mut agents, &cases, NOW);
        for agent in &before {
            let got = given.get(&agent.id).copied().unwrap_or(0);
            if absence(agent, None, AWAY, NOW).is_some() {
                prop_assert_eq!(got, 0, "{:?}", agent);
            }
            if let Some(cap) = agent.cap.or(policy.cap) {
                prop_assert!(agent.open + got <= cap.max(agent.open), "{:?} got {}", agent, got);
            }
        }
        prop_assert!(policy.mode != Mode::Manual || given.is_empty());
    }

    #[test]
    fn a_choice_depends_on_the_snapshot_alone(
        agents in any_agents(), policy in any_policy(), case in any_case(), turn in 0..7_usize
    ) {
        let first = pick(&case, &policy, &agents);
        let mut turned = agents.clone();
        if !turned.is_empty() {
            let places = turn % turned.len();
            turned.rotate_left(places);
        }
        prop_assert_eq!(pick(&case, &policy, &turned), first, "the order of the rows does not count");
    }

    #[test]
    fn in_turn_nobody_is_two_ahead(count in 1..7_u128, conversations in 0..60_usize) {
        let mut agents: Vec<Agent> = (1..=count).map(|n| agent(n, 0)).collect();
        let cases = vec![Case::default(); conversations];
        let given = give_out(&policy(Mode::RoundRobin), &mut agents, &cases, NOW);
        let all: Vec<u32> = agents.iter().map(|agent| given.get(&agent.id).copied().unwrap_or(0)).collect();
        prop_assert_eq!(all.iter().sum::<u32>() as usize, conversations);
        prop_assert!(all.iter().max().unwrap() - all.iter().min().unwrap() <= 1, "{:?}", all);
    }

    #[test]
    fn by_load_everybody_ends_level(opens in prop::collection::vec(0..5_u32, 1..6), conversations in 0..60_usize) {
        let mut agents: Vec<Agent> =
            opens.iter().enumerate().map(|(n, open)| agent(n as u128 + 1, *open)).collect();
        give_out(&policy(Mode::Load), &mut agents, &vec![Case::default(); conversations], NOW);
        let highest = opens.iter().max().copied().unwrap_or(0);
        let all: Vec<u32> = agents.iter().map(|agent| agent.open).collect();
        let (least, most) = (all.iter().min().unwrap(), all.iter().max().unwrap());
        prop_assert!(most - least <= 1 || *most <= highest, "{:?}", all);
    }

    #[test]
    fn whoever_can_be_given_one_is_not_left_waiting(agents in any_agents(), case in any_case()) {
        let free = agents.iter().any(|agent| {
            absence(agent, None, AWAY, NOW).is_none() && agent.cap.is_none_or(|cap| agent.open < cap)
        });
        for mode in [Mode::RoundRobin, Mode::Load] {
            prop_assert_eq!(pick(&case, &policy(mode), &agents).is_ok(), free);
        }
    }

    #[test]
    fn hours_and_their_opening_agree(
        spans in prop::collection::vec((0..7_usize, 0..1440_u16, 1..=1440_u16), 0..8), ahead in 0..20_000_i64
    ) {
        let spans: Vec<_> = spans.into_iter().filter(|(_, from, to)| from != to).collect();
        let hours = week(&spans);
        prop_assume!(hours.check().is_ok());
        let now = NOW.plus(ahead * MINUTE);
        match hours.next_opening(now) {
            None => prop_assert!(hours.is_open(now) || spans.is_empty()),
            Some(at) => {
                prop_assert!(at > now && hours.is_open(at) && !hours.is_open(now));
                prop_assert!(!hours.is_open(at.plus(-MINUTE)), "it was shut until then");
            }
        }
    }

    #[test]
    fn no_text_breaks_the_scores(text in "\\PC{0,30}") {
        let _ = typed_score(&text);
    }
}
