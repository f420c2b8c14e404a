use super::*;
use crate::channel::ChannelStatus;
use crate::time::{DAY, MINUTE};

#[test]
fn the_window() {
    let closed = |snapshot: &mut Snapshot, _: &mut Policy| snapshot.window = Window::new(Some(NOON));
    let table: &[(&str, Change, Expected)] = &[
        ("open", |_, _| (), ALLOWED),
        ("one ms before it closes", |s, _| s.window = Window::new(Some(NOON.plus(1))), ALLOWED),
        ("exactly at its end", closed, refused(Rule::Window, "guard.window.closed")),
        ("never opened", |s, _| s.window = Window::default(), refused(Rule::Window, "guard.window.never")),
    ];
    for (name, change, expected) in table {
        for content in [text(), reaction(), Content::Contacts { cards: vec![card()] }] {
            run(name, &reply(&content), *change, *expected);
        }
        run(name, &Request { act: Act::Typing, ..reply(&text()) }, *change, *expected);
        run(name, &reply(&offer()), *change, ALLOWED);
        run(name, &Request { act: Act::ReadMark, ..reply(&text()) }, *change, ALLOWED);
    }
}

fn card() -> crate::message::ContactCard {
    crate::message::ContactCard { name: "Shop".to_owned(), phones: vec![], emails: vec![], org: None, own: false }
}

#[test]
fn channel_and_customer() {
    let hold = |rule, key| (Outcome::Delay, Some(rule), key, None);
    let table: &[(&str, Change, Expected)] = &[
        (
            "paused",
            |s, _| s.channel.status = ChannelStatus::Paused,
            hold(Rule::ChannelActive, "guard.channel_active.paused"),
        ),
        (
            "refused by the provider",
            |s, _| s.channel.status = ChannelStatus::Error,
            hold(Rule::ChannelActive, "guard.channel_active.error"),
        ),
        (
            "set-up not passed",
            |s, _| s.channel.blocking_findings = vec!["webhook".to_owned()],
            hold(Rule::ChannelReady, "guard.channel_ready.blocked"),
        ),
        (
            "set-up overridden",
            |s, _| {
                s.channel.blocking_findings = vec!["webhook".to_owned()];
                s.channel.findings_overridden = true;
            },
            ALLOWED,
        ),
        (
            "its campaign rests",
            |s, _| s.campaign = Some(crate::campaign::Standing::Paused),
            hold(Rule::Campaign, "guard.campaign.paused"),
        ),
        (
            "its campaign was cancelled",
            |s, _| s.campaign = Some(crate::campaign::Standing::Cancelled),
            refused(Rule::Campaign, "guard.campaign.cancelled"),
        ),
        ("its campaign is under way", |s, _| s.campaign = Some(crate::campaign::Standing::UnderWay), ALLOWED),
        ("blocked", |s, _| s.customer.blocked = true, refused(Rule::Blocked, "guard.blocked.blocked")),
        ("no address", |s, _| s.customer.has_phone = false, refused(Rule::Recipient, "guard.recipient.none")),
        (
            "user id only",
            |s, _| {
                s.customer.has_phone = false;
                s.customer.has_user_id = true;
            },
            ALLOWED,
        ),
        (
            "undeliverable",
            |s, _| s.customer.undeliverable_since = Some(NOON.plus(-MINUTE)),
            refused(Rule::Undeliverable, "guard.undeliverable.undeliverable"),
        ),
        ("wrote since", |s, _| s.customer.undeliverable_since = Some(NOON.plus(-2 * HOUR)), ALLOWED),
    ];
    for (name, change, expected) in table {
        let verdict = run(name, &reply(&text()), *change, *expected);
        // Whoever lets a campaign go on has it judged then; a hundred thousand are not judged every minute for that.
        let pause = if verdict.decided_by == Some(Rule::Campaign) { HOUR } else { MINUTE };
        let recheck = (verdict.outcome == Outcome::Delay).then(|| NOON.plus(pause));
        assert_eq!(verdict.recheck_at, recheck, "{name}");
    }
}

#[test]
fn templates() {
    fn edit(s: &mut Snapshot, change: fn(&mut TemplateFacts)) {
        let mut facts = facts("MARKETING");
        change(&mut facts);
        s.template = Some(Arc::new(facts));
    }
    let approved = |key| refused(Rule::TemplateApproved, key);
    let table: &[(&str, Change, Expected)] = &[
        ("approved", |_, _| (), ALLOWED),
        ("missing", |s, _| s.template = None, refused(Rule::TemplateExists, "guard.template_exists.missing")),
        (
            "another name",
            |s, _| edit(s, |t| t.name = "other".to_owned()),
            refused(Rule::TemplateExists, "guard.template_exists.missing"),
        ),
        (
            "another language",
            |s, _| edit(s, |t| t.language = "en".to_owned()),
            refused(Rule::TemplateLanguage, "guard.template_language.other_language"),
        ),
        (
            "pending",
            |s, _| edit(s, |t| t.status = "PENDING".to_owned()),
            approved("guard.template_approved.not_approved"),
        ),
        (
            "disabled",
            |s, _| edit(s, |t| t.status = "DISABLED".to_owned()),
            approved("guard.template_approved.not_approved"),
        ),
        (
            "paused, end unknown",
            |s, _| edit(s, |t| t.status = "PAUSED".to_owned()),
            approved("guard.template_approved.paused"),
        ),
        (
            "paused, end known",
            |s, p| {
                p.quiet_to_minute = p.quiet_from_minute;
                edit(s, |t| {
                    t.status = "PAUSED".to_owned();
                    t.paused_until = Some(NOON.plus(3 * HOUR));
                });
            },
            delayed(Rule::TemplateApproved, "guard.template_approved.paused", NOON.plus(3 * HOUR)),
        ),
    ];
    for (name, change, expected) in table {
        run(name, &reply(&offer()), *change, *expected);
    }
    let empty = template_of("offer", "en_US", json!([]));
    let expected = refused(Rule::TemplateParameters, "guard.template_parameters.mismatch");
    let verdict = run("parameters", &reply(&empty), |_, _| (), expected);
    let check = verdict.check(Rule::TemplateParameters).unwrap();
    assert_eq!((&check.value, &check.limit), (&json!("0"), &json!("1")));
    assert_eq!(check.params, json!({ "component": "body", "kind": "count" }));
    let utility: Change = |s, _| of_category(s, "UTILITY");
    let expected = refused(Rule::TemplateCategory, "guard.template_category.promotion_needs_marketing");
    run("promotion as utility", &promotion(&offer()), utility, expected);
    run("service as utility", &notice(&offer()), utility, ALLOWED);
    let code: Change = |s, _| {
        of_category(s, "AUTHENTICATION");
        s.customer.has_phone = false;
        s.customer.has_user_id = true;
    };
    run("code to a user id", &notice(&offer()), code, refused(Rule::Recipient, "guard.recipient.needs_phone"));
}

#[test]
fn what_cannot_be_sent() {
    let limit = |word| (Outcome::Refuse, Some(Rule::Content), word, None);
    let body = |body: String| Content::Text { body, preview_url: None };
    let buttons = |count: usize| Content::Interactive {
        kind: "button".to_owned(),
        header: None,
        body: Some("Keep it?".to_owned()),
        footer: None,
        action: json!({ "buttons": vec![json!({}); count] }),
    };
    let table: &[(Content, Expected)] = &[
        (body("é".repeat(4096)), ALLOWED),
        (body("é".repeat(4097)), limit("guard.content.too_long")),
        (body(" \n".to_owned()), limit("guard.content.empty")),
        (buttons(3), ALLOWED),
        (buttons(4), limit("guard.content.too_many")),
        (buttons(0), limit("guard.content.empty")),
        (Content::Contacts { cards: vec![] }, limit("guard.content.empty")),
        (Content::Note { body: "x".to_owned(), mentions: vec![] }, limit("guard.content.not_sendable")),
        (Content::System { event: "x".to_owned(), body: String::new() }, limit("guard.content.not_sendable")),
    ];
    for (content, expected) in table {
        run(&format!("{content:?}").chars().take(60).collect::<String>(), &reply(content), |_, _| (), *expected);
    }
    let (words, emoji) = (text(), reaction());
    let age = |days: i64| Request { target_at: Some(NOON.plus(-days * DAY)), ..reply(&words) };
    let old = refused(Rule::TargetAge, "guard.target_age.too_old");
    run("read mark of 30 days ago", &Request { act: Act::ReadMark, ..age(30) }, |_, _| (), ALLOWED);
    run("read mark of 31 days ago", &Request { act: Act::ReadMark, ..age(31) }, |_, _| (), old);
    run("reaction after 31 days", &Request { act: Act::Message(&emoji), ..age(31) }, |_, _| (), old);
}

#[test]
fn refusals_come_before_delays() {
    let both: Change = |s, _| {
        s.channel.status = ChannelStatus::Paused;
        s.customer.blocked = true;
        s.readings.pair_at = Some(NOON.plus(9));
    };
    let verdict = run("both", &reply(&text()), both, refused(Rule::Blocked, "guard.blocked.blocked"));
    assert_eq!(verdict.recheck_at, None);
    // The person who has to switch the channel on outlasts the clock.
    let paused: Change = |s, _| {
        s.channel.status = ChannelStatus::Paused;
        s.readings.pair_at = Some(NOON.plus(DAY));
    };
    let expected = (Outcome::Delay, Some(Rule::ChannelActive), "guard.channel_active.paused", None);
    assert_eq!(run("paused", &reply(&text()), paused, expected).recheck_at, Some(NOON.plus(MINUTE)));
    let rests: Change = |s, _| {
        s.channel.status = ChannelStatus::Paused;
        s.campaign = Some(crate::campaign::Standing::Paused);
    };
    assert_eq!(run("both rest", &reply(&text()), rests, expected).recheck_at, Some(NOON.plus(HOUR)));
}

#[test]
fn the_order_of_sending() {
    use crate::template::Category::{Marketing, Utility};
    let table = [
        (Author::User, Purpose::Promotion, Some(Marketing), Priority::Reply),
        (Author::Rule, Purpose::Reply, None, Priority::Reply),
        (Author::Rule, Purpose::Reply, Some(Marketing), Priority::Promotion),
        (Author::Api, Purpose::Service, Some(Utility), Priority::Service),
        (Author::Campaign, Purpose::Service, Some(Utility), Priority::Promotion),
        (Author::Rule, Purpose::Promotion, None, Priority::Promotion),
    ];
    for (author, purpose, category, expected) in table {
        assert_eq!(priority(author, purpose, category), expected, "{author:?} {purpose:?} {category:?}");
    }
    assert!(Priority::Reply < Priority::Service && Priority::Service < Priority::Promotion);
    assert_eq!(Policy::default().reserve(80), 16);
    assert_eq!((Policy::default().reserve(1), Policy::default().reserve(0)), (0, 0));
}

#[test]
fn verdicts_survive_storage() {
    let verdict = judge(&reply(&offer()), &snapshot(), &Policy::default(), NOON);
    let stored = serde_json::to_value(&verdict).unwrap();
    assert_eq!(stored["outcome"], "allow");
    assert_eq!(stored["checks"][0]["rule"], "channel_active");
    assert_eq!(serde_json::from_value::<Verdict>(stored).unwrap(), verdict);
}

#[test]
fn equal_content_hashes_alike() {
    let hash = |body: &str| content_hash(&Content::Text { body: body.to_owned(), preview_url: None });
    assert_eq!(hash("  Big SALE\ntoday "), hash("big sale today"));
    assert_eq!(hash("Cafe\u{301}"), hash("CAFÉ"));
    assert_ne!(hash("big sale"), hash("big sale!"));
    assert_eq!(hash("خصم ٥٠٪ اليوم"), hash("خصم  50٪ اليوم"));
    assert_eq!(hash("छूट ५०"), hash("छूट 50"));
    assert_eq!(hash("We \u{2764}\u{fe0f} you 👋🏽"), hash("we \u{2764} you 👋"));
    assert_eq!(hash("sale\u{200b} now"), hash("Sale now"));
    assert_ne!(hash("50 off"), hash("500 off"));
    assert_ne!(hash("👍"), hash("👎"));
    let filled = |name: &str| {
        content_hash(&template_of(
            "offer",
            "en_US",
            json!([{ "type": "body", "parameters": [{ "type": "text", "text": name }] }]),
        ))
    };
    assert_eq!(filled("ANA  ٥"), filled("Ana 5"));
    assert_ne!(filled("Ana"), filled("Eva"));
    let link = |url: &str| {
        let action = json!({ "name": "cta_url", "parameters": { "display_text": "See", "url": url } });
        let body = Some("Look".to_owned());
        content_hash(&Content::Interactive { kind: "cta_url".to_owned(), header: None, body, footer: None, action })
    };
    assert_ne!(link("https://a.example/Q"), link("https://a.example/q"), "the case of a link counts");
    assert_eq!(content_hash(&reaction()), None);
    assert_ne!(content_hash(&offer()), content_hash(&template_of("offer", "es", json!([]))));
    let swapped =
        template_of("offer", "en_US", json!([{ "parameters": [{ "text": "Ana", "type": "text" }], "type": "body" }]));
    assert_eq!(content_hash(&offer()), content_hash(&swapped));
}
