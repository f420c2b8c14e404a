use super::*;
use crate::doctor::State;
use serde_json::json;

const NOW: Ms = Ms(1_800_000_000_000);

pub(in crate::doctor) fn row() -> ChannelRow {
    ChannelRow {
        workspace_id: uuid::Uuid::nil(),
        id: uuid::Uuid::from_u128(7),
        kind: "whatsapp".to_owned(),
        provider: "meta".to_owned(),
        name: "Shop".to_owned(),
        phone_number_id: "106".to_owned(),
        waba_id: "102".to_owned(),
        portfolio_key: "102".to_owned(),
        display_phone: "+1 555".to_owned(),
        base_url: "https://graph.facebook.com".to_owned(),
        secret: Vec::new(),
        status: "active".to_owned(),
        status_reason: None,
        quality: "GREEN".to_owned(),
        tier_limit: None,
        throughput: 80,
        daily_limit: None,
        last_event_at: Some(NOW.0 - MINUTE),
        last_error: None,
        token_set_at: NOW.0 - 2 * DAY,
        settings: json!({}),
        created_at: NOW.0,
        updated_at: NOW.0,
    }
}

pub(in crate::doctor) fn number() -> PhoneNumber {
    PhoneNumber {
        id: "106".to_owned(),
        display_phone: "+1 555".to_owned(),
        verified_name: None,
        quality: "GREEN".to_owned(),
        status: "CONNECTED".to_owned(),
        name_status: None,
        code_verification: None,
        throughput: None,
        daily_limit: None,
        unlimited: false,
        on_phone_app: false,
        webhook: None,
    }
}

fn settings() -> Settings {
    Settings {
        public_url: "https://chat.shop.example".to_owned(),
        data_dir: "/tmp".into(),
        max_media_bytes: 1,
        password_cost: crate::auth::password::Cost::default(),
    }
}

fn codes(findings: &[Finding]) -> Vec<(&str, &str)> {
    findings.iter().filter(|one| one.state != State::Ok).map(|one| (one.check, one.code)).collect()
}

#[test]
fn a_probe_is_judged() {
    let probe = |number: PhoneNumber, latency_ms: i64| Ok(Probe { number, latency_ms });
    for (found, expected) in [
        (probe(number(), 90), vec![]),
        (probe(number(), 2_000), vec![("channel.latency", "slow")]),
        (probe(PhoneNumber { status: "BANNED".into(), ..number() }, 9), vec![("channel.number", "not_connected")]),
        (probe(PhoneNumber { quality: "RED".into(), ..number() }, 9), vec![("channel.quality", "low")]),
        (Err(NoProbe::Token("expired".into())), vec![("channel.token", "refused")]),
        (Err(NoProbe::Refused("no such number".into())), vec![("channel.number", "refused")]),
        (Err(NoProbe::Unreachable("no route".into())), vec![("channel.number", "unreachable")]),
    ] {
        assert_eq!(codes(&probed(&row(), &found)), expected, "{found:?}");
    }
}

#[test]
fn a_token_is_judged_by_what_it_may_and_how_old_it_is() {
    let scopes: Vec<String> = SCOPES.iter().map(|scope| (*scope).to_owned()).collect();
    let token = |valid, scopes: &[String], ends: Option<i64>| TokenInfo {
        valid,
        app_id: None,
        scopes: scopes.to_vec(),
        expires_at: ends.map(|days| NOW.plus(days * DAY + HOUR)),
    };
    let aged = |days: i64| ChannelRow { token_set_at: NOW.0 - days * DAY, ..row() };
    for (row, token, code) in [
        (row(), None, "ok"),
        (row(), Some(token(true, &scopes, None)), "ok"),
        (row(), Some(token(true, &[], None)), "ok"),
        (row(), Some(token(false, &scopes, None)), "refused"),
        (row(), Some(token(true, &scopes[..1], None)), "scope"),
        (row(), Some(token(true, &scopes, Some(3))), "ends_soon"),
        (row(), Some(token(true, &scopes, Some(40))), "ok"),
        (aged(25), None, "ageing"),
        (aged(31), None, "old"),
    ] {
        assert_eq!(judge_token(&row, token.as_ref(), NOW).code, code, "{token:?}");
    }
}

#[test]
fn deliveries_are_judged() {
    let here = "https://chat.shop.example/webhooks/whatsapp/00000000-0000-0000-0000-000000000007";
    let app = |callback: Option<&str>| SubscribedApp {
        id: "1".into(),
        name: None,
        override_callback: callback.map(str::to_owned),
    };
    let at = |webhook: &str| Some(PhoneNumber { webhook: Some(webhook.to_owned()), ..number() });
    let fresh = || ChannelRow { last_event_at: None, ..row() };
    let quiet = || ChannelRow { last_event_at: Some(NOW.0 - HOUR), ..row() };
    let verified = || ChannelRow { settings: json!({"handshake_at": 5}), ..fresh() };
    for (row, number, apps, code) in [
        (row(), None, None, None),
        (row(), at(here), Some(vec![app(None)]), None),
        (row(), at("https://elsewhere.example/hook"), None, Some("elsewhere")),
        (row(), None, Some(vec![app(Some("https://elsewhere.example"))]), Some("elsewhere")),
        (row(), None, Some(vec![]), Some("not_subscribed")),
        (fresh(), None, None, Some("not_verified")),
        (fresh(), Some(number()), Some(vec![app(None)]), Some("not_verified")),
        (verified(), at(here), None, Some("no_events")),
        (verified(), Some(number()), Some(vec![app(None)]), Some("no_callback")),
        (quiet(), Some(number()), Some(vec![app(None)]), Some("no_callback")),
        (quiet(), Some(number()), None, Some("no_callback")),
        (row(), Some(number()), Some(vec![app(None)]), None),
        (row(), Some(number()), Some(vec![]), Some("not_subscribed")),
        (row(), Some(number()), Some(vec![app(Some(here))]), None),
        (row(), None, Some(vec![app(None)]), None),
        (ChannelRow { provider: "twilio".to_owned(), ..row() }, Some(number()), None, None),
    ] {
        let findings = webhook(&row, &settings(), number.as_ref(), apps.as_deref(), NOW);
        assert_eq!(findings.first().map(|one| one.code), code);
    }
}

#[test]
fn an_address_that_was_refused_and_a_foreign_app_are_named() {
    let refused = |at: i64, handshake: i64| ChannelRow {
        last_event_at: None,
        settings: json!({ "callback_refused": { "at": at, "why": "timed out" }, "handshake_at": handshake }),
        ..row()
    };
    let code = |row: &ChannelRow| webhook(row, &settings(), None, None, NOW).first().map(|one| one.code);
    assert_eq!(code(&refused(9, 5)), Some("unreachable"));
    assert_eq!(code(&refused(5, 9)), Some("no_events"), "it was verified since");
    assert_eq!(code(&ChannelRow { last_event_at: Some(10), ..refused(9, 5) }), None, "events came since");
    let token = |app: Option<&str>| TokenInfo {
        valid: true,
        app_id: app.map(str::to_owned),
        scopes: Vec::new(),
        expires_at: None,
    };
    let apps = [SubscribedApp { id: "1".into(), name: Some("Theirs".into()), override_callback: None }];
    let found = |app: Option<&str>, apps: &[SubscribedApp]| other_app(&row(), Some(&token(app)), Some(apps));
    assert_eq!(
        found(Some("2"), &apps).map(|one| one.cause),
        Some("Subscribed: Theirs. The access token belongs to app 2, which is not among them.".to_owned())
    );
    assert_eq!((found(Some("1"), &apps), found(None, &apps), found(Some("2"), &[])), (None, None, None));
}

#[test]
fn trouble_of_the_account_is_told_until_it_is_settled() {
    let event = |kind: &str, severity: &str| AccountEventRow {
        workspace_id: uuid::Uuid::nil(),
        id: uuid::Uuid::nil(),
        channel_id: row().id,
        at: NOW.0 - 2 * HOUR,
        kind: kind.to_owned(),
        severity: severity.to_owned(),
        advice: "account_restricted".to_owned(),
        summary: "Account: restriction".to_owned(),
        detail: json!({}),
    };
    let bad = event("account_restricted", "severe");
    let found = trouble(&row(), std::slice::from_ref(&bad), NOW).unwrap();
    assert_eq!((found.code, found.cause.as_str()), ("trouble", "Account: restriction (2 h ago)."));
    assert!(found.fix.starts_with("Account quality in WhatsApp Manager"));
    assert_eq!(trouble(&row(), &[event("account_reinstated", "info"), bad], NOW), None);
}

#[test]
fn arrivals_and_signatures_are_judged() {
    let with = |last: Option<i64>, refused: Option<i64>| ChannelRow {
        last_event_at: last,
        settings: refused.map_or(json!({}), |at| json!({ "refused_at": at })),
        ..row()
    };
    let (here, old) = (Some(NOW.0), Some(NOW.0 - 8 * DAY));
    let elsewhere = || vec![say(&row(), &words::CHANNEL_WEBHOOK_ELSEWHERE)];
    let empty = || vec![say(&row(), &words::CHANNEL_WEBHOOK_EMPTY)];
    for (row, hooks, refused, locked_out, expected) in [
        (with(here, None), vec![], 0, false, vec![("channel.webhook", "ok"), ("channel.signature", "ok")]),
        (with(here, None), vec![], 0, true, vec![("channel.webhook", "ok")]),
        (with(here, None), elsewhere(), 0, false, vec![("channel.webhook", "elsewhere"), ("channel.signature", "ok")]),
        (with(old, None), elsewhere(), 0, false, vec![("channel.webhook", "elsewhere")]),
        (with(old, None), vec![], 0, false, vec![("channel.webhook", "silent")]),
        (with(None, None), empty(), 0, false, vec![("channel.webhook", "no_events")]),
        (with(None, here), empty(), 3, false, vec![("channel.signature", "wrong")]),
        (
            with(None, here),
            elsewhere(),
            3,
            false,
            vec![("channel.webhook", "elsewhere"), ("channel.signature", "wrong")],
        ),
        (with(here, old), vec![], 3, false, vec![("channel.webhook", "ok"), ("channel.signature", "some")]),
        (with(old, here), vec![], 3, true, vec![("channel.signature", "wrong")]),
    ] {
        let mut found = arrivals(&row, &settings(), hooks, refused, NOW);
        found.extend(signatures(&row, refused, locked_out, NOW));
        let found: Vec<_> = found.iter().map(|one| (one.check, one.code)).collect();
        assert_eq!(found, expected, "{:?} {:?}", row.last_event_at, row.settings);
    }
    for (newest, older, until, expected) in [
        (json!(null), json!(null), 9, "ok"),
        (json!(null), json!(5), 9, "older"),
        (json!(5), json!(6), 9, "older"),
        (json!(6), json!(5), 9, "ok"),
        (json!(null), json!(5), 0, "ok"),
    ] {
        let until = NOW.0 + until - 1;
        let settings = json!({ "newest_secret_at": newest, "older_secret_at": older, "previous_secret_until": until });
        let row = ChannelRow { settings, ..with(here, None) };
        let found = signatures(&row, 0, false, NOW).unwrap();
        assert_eq!(
            (found.code, found.cause.contains("1 more day")),
            (expected, expected == "older"),
            "{}",
            row.settings
        );
    }
    assert_eq!((ago(5), ago(2 * MINUTE), ago(3 * DAY)), ("just now".into(), "2 min ago".into(), "3 days ago".into()));
}

/// Whatever is wrong, nobody is sent to a console that is not theirs.
#[test]
fn advice_is_the_providers_own() {
    for (provider, name, wrong) in [
        ("meta", "", "wrong"),
        ("dialog360", "360dialog", "wrong_dialog360"),
        ("twilio", "Twilio", "wrong_twilio"),
        ("bird", "Bird", "wrong_bird"),
        ("gateway", "gateway", "wrong_gateway"),
    ] {
        let of = |last| ChannelRow { provider: provider.to_owned(), last_event_at: last, ..row() };
        let silent = of(Some(NOW.0 - 9 * DAY));
        let refused = ChannelRow { settings: json!({ "refused_at": NOW.0 }), ..of(None) };
        let odd = PhoneNumber { status: "BLOCKED".to_owned(), ..number() };
        let mut found = probed(&silent, &Err(NoProbe::Token("no".to_owned())));
        found.extend(probed(&silent, &Err(NoProbe::Refused("no".to_owned()))));
        found.extend(probed(&silent, &Ok(Probe { number: odd, latency_ms: 9 })).into_iter().take(1));
        found.extend(arrivals(&silent, &settings(), Vec::new(), 0, NOW));
        found.push(approved(&silent, &BTreeMap::new()));
        found.extend(signatures(&refused, 3, false, NOW));
        let told: Vec<(&str, &str)> = codes(&found);
        let plain = ["refused", "refused", "not_connected", "silent", "none"];
        for (at, (_, code)) in told.iter().take(5).enumerate() {
            let own = format!("{}_provider", plain[at]);
            let known = [plain[at], own.as_str(), "not_offered"][usize::from(provider != "meta")..].contains(code);
            assert!(known && (provider != "meta" || *code == plain[at]), "{provider}: {told:?}");
        }
        assert_eq!(told[5], ("channel.signature", wrong));
        let text: String = found.iter().map(|one| one.fix.as_str()).collect::<Vec<_>>().join(" ");
        let metas =
            ["App Dashboard", "WhatsApp Manager", "Meta Business settings"].iter().any(|word| text.contains(word));
        assert_eq!(metas, provider == "meta", "{provider}: {text}");
        assert!(text.contains(name) && !text.contains('{'), "{provider}: {text}");
    }
}

#[test]
fn templates_and_status_are_judged() {
    let counts = |list: &[(&str, i64)]| list.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    assert_eq!(approved(&row(), &counts(&[("APPROVED", 2), ("REJECTED", 1)])).code, "ok");
    assert_eq!(approved(&row(), &counts(&[("PENDING", 2)])).code, "none");
    assert_eq!(approved(&row(), &counts(&[("APPROVED", 2), ("PAUSED", 1)])).code, "paused");
    for (status_word, code) in [("active", "ok"), ("paused", "paused"), ("error", "error")] {
        let row = ChannelRow { status: status_word.to_owned(), ..row() };
        assert_eq!(status(&row, false).map(|one| one.code), Some(code));
        assert_eq!(status(&row, true).map(|one| one.code), Some(code).filter(|code| *code != "ok"), "{code}");
    }
}
