use super::*;
use crate::channel::ChannelStatus;
use crate::time::DAY;
use proptest::prelude::*;

fn contents() -> impl Strategy<Value = Content> {
    prop_oneof![
        Just(text()),
        Just(reaction()),
        Just(offer()),
        Just(template_of("offer", "es", json!(null))),
        Just(template_of("", "", json!({ "x": 1 }))),
        Just(Content::Contacts { cards: vec![] }),
        Just(Content::Unsupported { kind: "x".to_owned(), reason: String::new() }),
        "\\PC{0,12}".prop_map(|body| Content::Text { body, preview_url: None }),
    ]
}

fn near() -> impl Strategy<Value = Option<Ms>> {
    prop_oneof![
        2 => Just(None),
        3 => (-8 * DAY..8 * DAY).prop_map(|shift| Some(NOON.plus(shift))),
        1 => (-1i64..=1).prop_map(|shift| Some(NOON.plus(shift))),
        1 => prop_oneof![Just(Some(Ms(i64::MAX))), Just(Some(Ms(i64::MIN)))],
    ]
}

fn customers() -> impl Strategy<Value = CustomerFacts> {
    let consent = prop_oneof![Just(Consent::OptedIn), Just(Consent::OptedOut), Just(Consent::Unknown)];
    let zone = prop_oneof![Just(None), Just(Some("Asia/Tokyo".to_owned())), Just(Some("nonsense".to_owned()))];
    let country = prop_oneof![Just(None), Just(Some("US".to_owned())), Just(Some("TW".to_owned()))];
    (any::<[bool; 2]>(), prop::bool::weighted(0.1), consent, zone, country, near(), near(), near()).prop_map(
        |([has_phone, has_user_id], blocked, marketing, timezone, country, undeliverable, inbound, ecosystem)| {
            CustomerFacts {
                has_phone,
                has_user_id,
                country,
                timezone,
                blocked,
                undeliverable_since: undeliverable,
                last_inbound_at: inbound,
                marketing,
                ecosystem_refused_at: ecosystem,
                wrote_at: Vec::new(),
            }
        },
    )
}

fn snapshots() -> impl Strategy<Value = Snapshot> {
    let status = prop_oneof![Just(ChannelStatus::Active), Just(ChannelStatus::Paused), Just(ChannelStatus::Error)];
    let category =
        prop_oneof![Just(None), Just(Some("MARKETING")), Just(Some("UTILITY")), Just(Some("AUTHENTICATION"))];
    let tier = prop_oneof![Just(Tier::Unknown), Just(Tier::Unlimited), (0u32..5).prop_map(Tier::Limited)];
    let moments = || prop::collection::vec((-40 * DAY..DAY).prop_map(|shift| NOON.plus(shift)), 0..8);
    let limits = (tier, 0u32..6, any::<bool>(), prop::option::of(0u32..3), 0u32..4);
    let clocks = (near(), near(), near(), near(), near(), near(), near());
    (customers(), status, category, near(), limits, (moments(), moments()), clocks).prop_map(
        |(customer, status, category, window, (tier, used, counts_customer, daily_limit, daily_used), sent, at)| {
            Snapshot {
                channel: ChannelFacts {
                    status,
                    daily_limit,
                    daily_used,
                    daily_resets_at: at.0,
                    promotion_hold_until: at.1,
                    ..ChannelFacts::default()
                },
                customer,
                window: Window::new(window),
                template: category.map(|category| Arc::new(facts(category))),
                history: History { templates: sent.0, same_content: sent.1, promotional_at: at.2, same_event_at: at.3 },
                portfolio: PortfolioFacts { tier, used, counts_customer, frees_at: at.4 },
                budget: None,
                readings: Readings { throughput_at: at.5, pair_at: at.6, ..Readings::default() },
                route: None,
                campaign: None,
                workspace_timezone: String::new(),
            }
        },
    )
}

fn authors() -> impl Strategy<Value = (Author, Purpose)> {
    let author = prop_oneof![Just(Author::User), Just(Author::Campaign), Just(Author::Api)];
    let purpose = prop_oneof![Just(Purpose::Reply), Just(Purpose::Service), Just(Purpose::Promotion)];
    (author, purpose)
}

fn is_template(content: &Content) -> bool {
    matches!(content, Content::Template { .. })
}

proptest! {
    #[test]
    fn every_question_has_a_sound_answer(
        content in contents(), snapshot in snapshots(), (author, purpose) in authors(), shift in -DAY..DAY,
    ) {
        let now = NOON.plus(shift);
        let request = Request { event_key: Some("e"), ..Request::message(&content, author, purpose) };
        let verdict = judge(&request, &snapshot, &Policy::default(), now);
        let rules: Vec<Rule> = verdict.checks.iter().map(|check| check.rule).collect();
        prop_assert_eq!(rules.as_slice(), Rule::ALL);
        // The outcome is exactly the worst effect.
        let worst = verdict.checks.iter().filter_map(|check| check.effect).max();
        let expected = match worst {
            None => Outcome::Allow,
            Some(Effect::Delay) => Outcome::Delay,
            Some(Effect::Refuse) => Outcome::Refuse,
        };
        prop_assert_eq!(verdict.outcome, expected);
        let keys = note_keys();
        prop_assert!(keys.contains(&&*verdict.summary_key));
        for check in &verdict.checks {
            prop_assert_eq!(check.held, check.effect.is_none());
            prop_assert!(keys.contains(&&*check.note_key), "{}", check.note_key);
        }
        prop_assert_eq!(verdict.recheck_at.is_some(), verdict.outcome == Outcome::Delay);
        prop_assert!(verdict.recheck_at.is_none_or(|at| at > now));
        prop_assert_eq!(verdict.decided_by.is_none(), verdict.outcome == Outcome::Allow);
    }

    #[test]
    fn free_text_never_leaves_outside_the_window(
        content in contents(), mut snapshot in snapshots(), (author, purpose) in authors(), late in 0i64..10 * DAY,
    ) {
        snapshot.window = Window::new(Some(NOON.plus(-late)));
        let verdict = judge(&Request::message(&content, author, purpose), &snapshot, &Policy::default(), NOON);
        if !is_template(&content) {
            prop_assert_eq!(verdict.outcome, Outcome::Refuse);
        }
    }

    #[test]
    fn who_opted_out_gets_no_marketing(
        content in contents(), mut snapshot in snapshots(), (author, purpose) in authors(),
    ) {
        snapshot.customer.marketing = Consent::OptedOut;
        let verdict = judge(&Request::message(&content, author, purpose), &snapshot, &Policy::default(), NOON);
        let marketing = snapshot.template.as_ref().is_some_and(|t| t.definition.category == crate::template::Category::Marketing);
        let promotes = purpose == Purpose::Promotion && !matches!(content, Content::Reaction { .. });
        if (is_template(&content) && marketing) || promotes {
            prop_assert_eq!(verdict.outcome, Outcome::Refuse);
        }
    }

    #[test]
    fn a_fuller_account_never_allows_more(
        content in contents(), snapshot in snapshots(), (author, purpose) in authors(), more in 1u32..50,
    ) {
        let request = Request::message(&content, author, purpose);
        let before = judge(&request, &snapshot, &Policy::default(), NOON).outcome;
        let mut fuller = snapshot;
        fuller.portfolio.used += more;
        fuller.channel.daily_used += more;
        fuller.history.templates.push(NOON.plus(-1));
        fuller.history.same_content.push(NOON.plus(-1));
        prop_assert!(judge(&request, &fuller, &Policy::default(), NOON).outcome >= before);
    }

    #[test]
    fn the_promised_moment_holds_for_its_check(
        content in contents(), snapshot in snapshots(), (author, purpose) in authors(),
    ) {
        let request = Request { event_key: Some("e"), ..Request::message(&content, author, purpose) };
        let verdict = judge(&request, &snapshot, &Policy::default(), NOON);
        // Caps count what was sent before now: nothing else happening, they are free when they say.
        let caps = [
            Rule::OptInCap, Rule::SameContent, Rule::PromotionGap, Rule::EventGap, Rule::QuietHours, Rule::PromotionSlot,
            Rule::Ecosystem,
        ];
        for check in verdict.checks.iter().filter(|check| !check.held && caps.contains(&check.rule)) {
            let Some(until) = check.until.filter(|until| until.0 < i64::MAX / 2) else { continue };
            let later = judge(&request, &snapshot, &Policy::default(), until);
            prop_assert!(later.check(check.rule).is_some_and(|check| check.held), "{:?}", check);
        }
    }
}
