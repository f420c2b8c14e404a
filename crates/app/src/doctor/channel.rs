//! What is right and wrong about one channel.

use super::{Finding, State, Words, health, words};
use crate::channel::Channel;
use crate::channel::blocked;
use crate::channel::calls;
use crate::channel::number::{self, NoProbe, PATIENCE, Probe};
use crate::channel::secret::{previous_until, signs_with_older};
use crate::channel::timeline::advice_text;
use crate::error::Result;
use crate::state::{App, Settings};
use rapport_connectors::http::Request;
use rapport_connectors::provider::{Feature, Kind};
use rapport_connectors::whatsapp::numbers::{self, PhoneNumber, SubscribedApp, TokenInfo};
use rapport_core::Ms;
use rapport_core::account::open_trouble;
use rapport_core::guard::Priority;
use rapport_core::time::{DAY, HOUR, MINUTE};
use rapport_store::account_event::{self, AccountEventRow};
use rapport_store::channel::ChannelRow;
use rapport_store::counter;
use std::collections::BTreeMap;

/// Answers slower than this are worth a word (`product.md` O1). Milliseconds.
const SLOW_MS: i64 = 1_500;
/// Tokens should be replaced after so many days; a word is said some days before.
const TOKEN_DAYS: i64 = 30;
const TOKEN_SOON_DAYS: i64 = 25;
/// A token that ends within so many days is worth a word.
const TOKEN_ENDS_DAYS: i64 = 7;
/// A channel that has been silent for so many days is worth a word.
const SILENT_DAYS: i64 = 7;
/// How long the account's trouble is remembered, and how many lines are looked at.
const TROUBLE_DAYS: i64 = 30;
const TROUBLE_MAX: u64 = 200;
/// What the token must allow (`whatsapp-cloud-api.md` §12).
const SCOPES: [&str; 2] = ["whatsapp_business_messaging", "whatsapp_business_management"];

/// Everything about a channel. `probed`: what the provider said just now, when it was asked already.
///
/// # Errors
/// What the store said.
pub async fn all(
    app: &App,
    channel: &Channel,
    row: &ChannelRow,
    probed: Option<std::result::Result<Probe, NoProbe>>,
) -> Result<Vec<Finding>> {
    let provider = channel.access(&app.settings);
    let probing = async {
        match probed {
            Some(found) => found,
            None => number::probe(app, channel, &provider).await,
        }
    };
    // Only Meta tells about tokens and subscribed apps.
    let graph = provider.graph();
    let token = async {
        let api = graph.as_ref()?;
        ask(app, channel, numbers::debug_token(api), |answer| numbers::read_token(answer).ok()).await
    };
    let apps = async {
        let api = graph.as_ref()?;
        let request = numbers::subscribed_apps(api, &channel.waba_id);
        ask(app, channel, request, |answer| numbers::read_subscribed_apps(answer).ok()).await
    };
    let healthy = async {
        let request = numbers::health(graph.as_ref()?, &channel.phone_number_id);
        ask(app, channel, request, |answer| numbers::read_health(answer).ok()).await
    };
    let (found, token, apps, healthy) = futures::join!(probing, token, apps, healthy);

    let now = app.now();
    let read = app.store.workspace(channel.workspace).read();
    let refused = counter::sums(&read, Some(channel.id), now.plus(-DAY).day()).await?;
    let refused = refused.get(counter::REFUSED_SIGNATURE).copied().unwrap_or(0);
    let events = account_event::since(&read, channel.id, now.plus(-TROUBLE_DAYS * DAY), TROUBLE_MAX).await?;
    let templates = rapport_store::template::counts(&read, &channel.waba_id).await?;

    let mut findings = probed_and_token(row, &found, token.as_ref(), now);
    findings.extend(health::health(row, healthy.as_ref()));
    let locked_out = findings.iter().any(|one| one.check == words::CHANNEL_TOKEN_REFUSED.check && is_bad(one));
    let number = found.as_ref().ok().map(|probe| &probe.number);
    let mut hooks = webhook(row, &app.settings, number, apps.as_deref(), now);
    hooks.extend(other_app(row, token.as_ref(), apps.as_deref()));
    findings.extend(arrivals(row, &app.settings, hooks, refused, now));
    findings.extend(signatures(row, refused, locked_out, now));
    findings.extend(trouble(row, &events, now));
    findings.extend(files(row, &app.settings));
    findings.push(approved(row, &templates));
    findings.extend(crate::route::findings::of(&read, row).await?);
    findings.splice(0..0, status(row, findings.iter().any(is_bad)));
    blocked::remember(app, row, &findings).await;
    Ok(findings)
}

fn is_bad(finding: &Finding) -> bool {
    finding.state == State::Blocking
}

async fn ask<T>(
    app: &App,
    channel: &Channel,
    request: Request,
    read: impl Fn(&rapport_connectors::http::Response) -> Option<T>,
) -> Option<T> {
    let answer = calls::run(app, channel, Priority::Reply, request.with_timeout(PATIENCE)).await.ok()?;
    read(&answer)
}

fn say(row: &ChannelRow, words: &Words) -> Finding {
    words.finding().about("channel", row.id, &row.name)
}

/// Meta's words, or those for everybody else, who is named.
fn say_to(row: &ChannelRow, meta: &Words, other: &Words) -> Finding {
    match kind_of(row) {
        Kind::Meta => say(row, meta),
        Kind::Gateway => say(row, other).with("provider", Kind::Gateway.code()),
        kind => say(row, other).with("provider", kind.name()),
    }
}

fn kind_of(row: &ChannelRow) -> Kind {
    Kind::parse(&row.provider).unwrap_or_default()
}

/// Whether it is switched on. That it works is not said of one that is `blocked` by something else.
fn status(row: &ChannelRow, blocked: bool) -> Option<Finding> {
    match row.status.as_str() {
        "active" if blocked => None,
        "active" => Some(say(row, &words::CHANNEL_STATUS_OK)),
        "paused" => Some(say(row, &words::CHANNEL_PAUSED)),
        _ => {
            let reason = row.status_reason.as_deref().unwrap_or("The reason was not told.");
            Some(say(row, &words::CHANNEL_ERROR).with("reason", reason))
        }
    }
}

/// What is known of a channel as it is added: what the probe says, and where its events go.
#[must_use]
pub fn first(
    row: &ChannelRow,
    settings: &Settings,
    found: &std::result::Result<Probe, NoProbe>,
    now: Ms,
) -> Vec<Finding> {
    let mut findings = probed(row, found);
    findings.extend(webhook(row, settings, found.as_ref().ok().map(|probe| &probe.number), None, now));
    findings
}

/// What a probe says about the number and how fast the answer came.
#[must_use]
pub fn probed(row: &ChannelRow, found: &std::result::Result<Probe, NoProbe>) -> Vec<Finding> {
    let probe = match found {
        Ok(probe) => probe,
        Err(NoProbe::Token(error)) => return vec![token_refused(row, error)],
        Err(NoProbe::Refused(error)) => {
            let (meta, other) = (&words::CHANNEL_NUMBER_REFUSED, &words::CHANNEL_NUMBER_REFUSED_PROVIDER);
            return vec![say_to(row, meta, other).with("error", error)];
        }
        // Nobody was asked.
        Err(NoProbe::NoCall { .. }) => return Vec::new(),
        Err(NoProbe::Unreachable(error)) => {
            return vec![say(row, &words::CHANNEL_NUMBER_UNREACHABLE).with("error", error)];
        }
    };
    let number = &probe.number;
    let mut findings = Vec::new();
    if matches!(number.status.as_str(), "" | "CONNECTED") {
        let phone = if number.display_phone.is_empty() { &row.phone_number_id } else { &number.display_phone };
        findings.push(say(row, &words::CHANNEL_NUMBER_OK).with("phone", phone).with("quality", &number.quality));
    } else {
        let (meta, other) = (&words::CHANNEL_NUMBER_STATUS, &words::CHANNEL_NUMBER_STATUS_PROVIDER);
        findings.push(say_to(row, meta, other).with("status", &number.status));
    }
    if matches!(number.quality.as_str(), "RED" | "YELLOW") {
        findings.push(say(row, &words::CHANNEL_QUALITY_LOW).with("quality", &number.quality));
    }
    findings.extend(health::display_name(row, number));
    let slow = probe.latency_ms > SLOW_MS;
    let words = if slow { words::CHANNEL_LATENCY_SLOW } else { words::CHANNEL_LATENCY_OK };
    findings.push(say(row, &words).with("ms", probe.latency_ms));
    findings
}

fn token_refused(row: &ChannelRow, error: &str) -> Finding {
    say_to(row, &words::CHANNEL_TOKEN_REFUSED, &words::CHANNEL_TOKEN_REFUSED_PROVIDER).with("error", error)
}

fn probed_and_token(
    row: &ChannelRow,
    found: &std::result::Result<Probe, NoProbe>,
    token: Option<&TokenInfo>,
    now: Ms,
) -> Vec<Finding> {
    let mut findings = probed(row, found);
    if found.is_ok() {
        findings.push(judge_token(row, token, now));
    }
    findings
}

/// What a token should be allowed and is not. Gateways that do not tell scopes at all are not blamed for it.
pub(crate) fn missing_scopes(token: &TokenInfo) -> Vec<&'static str> {
    if token.scopes.is_empty() {
        return Vec::new();
    }
    SCOPES.into_iter().filter(|scope| !token.scopes.iter().any(|has| has == scope)).collect()
}

fn judge_token(row: &ChannelRow, token: Option<&TokenInfo>, now: Ms) -> Finding {
    let age = now.since(Ms(row.token_set_at)).max(0) / DAY;
    if let Some(token) = token {
        if !token.valid {
            return token_refused(row, "It has expired or was withdrawn.");
        }
        let missing = missing_scopes(token);
        if !missing.is_empty() {
            return say(row, &words::CHANNEL_TOKEN_SCOPE).with("scopes", missing.join(", "));
        }
        if let Some(ends) = token.expires_at.filter(|ends| ends.since(now) < TOKEN_ENDS_DAYS * DAY) {
            return say(row, &words::CHANNEL_TOKEN_ENDS).with("days", ends.since(now).max(0) / DAY);
        }
    }
    let words = match age {
        TOKEN_DAYS.. => words::CHANNEL_TOKEN_OLD,
        TOKEN_SOON_DAYS.. => words::CHANNEL_TOKEN_AGEING,
        _ => words::CHANNEL_TOKEN_OK,
    };
    say(row, &words).with("days", age)
}

/// Whether the provider would deliver to us: what it says, and whether it has verified the address. Nothing when all
/// is set up and events come: [`arrivals`] says so then.
#[must_use]
pub fn webhook(
    row: &ChannelRow,
    settings: &Settings,
    number: Option<&PhoneNumber>,
    apps: Option<&[SubscribedApp]>,
    now: Ms,
) -> Vec<Finding> {
    let here = settings.webhook_url(&row.kind, row.id);
    let overridden = apps.and_then(|apps| apps.iter().find_map(|app| app.override_callback.as_deref()));
    let there = number.and_then(|number| number.webhook.as_deref()).or(overridden);
    if let Some(there) = there.filter(|there| there.trim_end_matches('/') != here) {
        return vec![say(row, &words::CHANNEL_WEBHOOK_ELSEWHERE).with("there", there).with("here", here)];
    }
    if apps.is_some_and(<[SubscribedApp]>::is_empty) {
        return vec![say(row, &words::CHANNEL_WEBHOOK_UNSUBSCRIBED)];
    }
    // Of a number that was never set up the finding below says how to begin.
    let was_set_up = row.settings["handshake_at"].is_i64() || row.last_event_at.is_some();
    // Where events come, the provider has an address, wherever it is written down.
    let is_live = row.last_event_at.is_some_and(|last| now.since(Ms(last)) < HOUR);
    if kind_of(row) == Kind::Meta && number.is_some() && there.is_none() && was_set_up && !is_live {
        return vec![say(row, &words::CHANNEL_WEBHOOK_NONE).with("here", here)];
    }
    if let Some(why) = callback_refused(row) {
        return vec![say(row, &words::CHANNEL_WEBHOOK_UNREACHABLE).with("here", here).with("why", why)];
    }
    if row.last_event_at.is_some() {
        return Vec::new();
    }
    let words = match kind_of(row) {
        Kind::Meta if row.settings["handshake_at"].is_i64() => words::CHANNEL_WEBHOOK_EMPTY,
        Kind::Meta => words::CHANNEL_WEBHOOK_UNVERIFIED,
        Kind::Dialog360 => words::CHANNEL_WEBHOOK_DIALOG360,
        Kind::Twilio => words::CHANNEL_WEBHOOK_TWILIO,
        Kind::Bird => words::CHANNEL_WEBHOOK_BIRD,
        Kind::Gateway => words::CHANNEL_WEBHOOK_GATEWAY,
        // Nothing comes to it from outside.
        Kind::Practice => return Vec::new(),
    };
    vec![say(row, &words).with("here", here)]
}

/// Providers that fetch files from us need an address they can reach.
fn files(row: &ChannelRow, settings: &Settings) -> Option<Finding> {
    let kind = kind_of(row);
    let reachable = settings.is_https();
    (kind.takes_links() && !reachable)
        .then(|| say(row, &words::CHANNEL_FILES_NOT_PUBLIC).with("here", &settings.public_url))
}

/// What the provider said when it could not verify our address, unless something came since.
fn callback_refused(row: &ChannelRow) -> Option<&str> {
    let refused = &row.settings["callback_refused"];
    let at = refused["at"].as_i64()?;
    let since = row.settings["handshake_at"].as_i64().max(row.last_event_at);
    if since > Some(at) { None } else { refused["why"].as_str() }
}

/// An app is subscribed, but not the one our token belongs to: its secret signs, and its callback counts.
fn other_app(row: &ChannelRow, token: Option<&TokenInfo>, apps: Option<&[SubscribedApp]>) -> Option<Finding> {
    let own = token?.app_id.as_deref()?;
    let apps = apps.filter(|apps| !apps.is_empty())?;
    if apps.iter().any(|app| app.id == own) {
        return None;
    }
    let names: Vec<&str> = apps.iter().map(|app| app.name.as_deref().unwrap_or(&app.id)).collect();
    Some(say(row, &words::CHANNEL_WEBHOOK_OTHER_APP).with("apps", names.join(", ")).with("own", own))
}

/// The newest trouble the provider reported that nothing has settled since.
fn trouble(row: &ChannelRow, newest_first: &[AccountEventRow], now: Ms) -> Option<Finding> {
    let list: Vec<(&str, &str)> =
        newest_first.iter().map(|event| (event.kind.as_str(), event.severity.as_str())).collect();
    let event = open_trouble(&list).and_then(|at| newest_first.get(at))?;
    let finding = say(row, &words::CHANNEL_ACCOUNT_TROUBLE).with("summary", &event.summary);
    let finding = since(finding, now.since(Ms(event.at))).with("advice", advice_text(&event.advice));
    // Other languages find their words by these.
    Some(finding.with("advice_key", &event.advice).with("kind", &event.kind))
}

/// Whether deliveries come whose signature does not fit, and none since with one that does.
fn is_forged(row: &ChannelRow, refused: i64) -> bool {
    refused > 0 && row.settings["refused_at"].as_i64() > row.last_event_at
}

/// What `hooks` says about where events go, else how long ago one came. Where events come and are refused, nobody is
/// told that nothing comes.
fn arrivals(row: &ChannelRow, settings: &Settings, mut hooks: Vec<Finding>, refused: i64, now: Ms) -> Vec<Finding> {
    let forged = is_forged(row, refused);
    if forged {
        hooks.retain(|one| !one.code.starts_with(words::CHANNEL_WEBHOOK_EMPTY.code));
    }
    let Some(last) = row.last_event_at.map(Ms).filter(|_| hooks.is_empty() && !forged) else { return hooks };
    let days = now.since(last) / DAY;
    let finding = if days >= SILENT_DAYS {
        let here = settings.webhook_url(&row.kind, row.id);
        say_to(row, &words::CHANNEL_WEBHOOK_SILENT, &words::CHANNEL_WEBHOOK_SILENT_PROVIDER).with("here", here)
    } else {
        say(row, &words::CHANNEL_WEBHOOK_OK)
    };
    vec![since(finding, now.since(last)).with("days", days)]
}

/// Whether deliveries are signed as they should be. That all were right is said only where some came, and not of a
/// channel that is `locked_out`: what it came with may be as old as its token.
fn signatures(row: &ChannelRow, refused: i64, locked_out: bool, now: Ms) -> Option<Finding> {
    let words = if is_forged(row, refused) {
        match kind_of(row) {
            Kind::Meta | Kind::Practice => words::CHANNEL_SIGNATURE_WRONG,
            Kind::Dialog360 => words::CHANNEL_SIGNATURE_WRONG_DIALOG360,
            Kind::Twilio => words::CHANNEL_SIGNATURE_WRONG_TWILIO,
            Kind::Bird => words::CHANNEL_SIGNATURE_WRONG_BIRD,
            Kind::Gateway => words::CHANNEL_SIGNATURE_WRONG_GATEWAY,
        }
    } else if let Some(until) = previous_until(&row.settings, now).filter(|_| signs_with_older(&row.settings)) {
        let days = (until.since(now) + DAY - 1) / DAY;
        return Some(say(row, &words::CHANNEL_SIGNATURE_OLDER).with("days", days));
    } else if refused > 0 {
        words::CHANNEL_SIGNATURE_SOME
    } else if !locked_out && row.last_event_at.is_some_and(|last| now.since(Ms(last)) <= DAY) {
        words::CHANNEL_SIGNATURE_OK
    } else {
        return None;
    };
    Some(say(row, &words).with("count", refused))
}

/// How long ago: in English, and as a figure for other languages.
fn since(finding: Finding, ms: i64) -> Finding {
    finding.with("ago", ago(ms)).with("ago_ms", ms.max(0))
}

fn ago(ms: i64) -> String {
    match ms {
        DAY.. => format!("{} days ago", ms / DAY),
        HOUR.. => format!("{} h ago", ms / HOUR),
        MINUTE.. => format!("{} min ago", ms / MINUTE),
        _ => "just now".to_owned(),
    }
}

fn approved(row: &ChannelRow, by_status: &BTreeMap<String, i64>) -> Finding {
    let kind = kind_of(row);
    if !kind.offers(Feature::Templates) {
        return say(row, &words::CHANNEL_TEMPLATES_NOT_OFFERED).with("provider", kind.name());
    }
    let count = |status: &str| by_status.get(status).copied().unwrap_or(0);
    let (approved, stopped) = (count("APPROVED"), count("PAUSED") + count("DISABLED"));
    if approved == 0 {
        return say_to(row, &words::CHANNEL_TEMPLATES_NONE, &words::CHANNEL_TEMPLATES_NONE_PROVIDER);
    }
    if stopped > 0 {
        return say(row, &words::CHANNEL_TEMPLATES_PAUSED).with("count", stopped).with("approved", approved);
    }
    say(row, &words::CHANNEL_TEMPLATES_OK).with("count", approved)
}

#[cfg(test)]
#[path = "channel_tests.rs"]
pub(super) mod tests;
