//! What the provider tells about a number: read when it is added, then every hour; the same call measures how fast the
//! provider answers (`product.md` O1).

use super::account::told;
use super::secret;
use super::view::DISCONNECTED;
use super::{Channel, calls};
use crate::doctor::channel as doctor;
use crate::error::Result;
use crate::jobs::Outcome;
use crate::state::App;
use rapport_connectors::provider::{PhoneNumber, Provider, RetryClass};
use rapport_core::guard::Priority;
use rapport_core::time::{HOUR, MINUTE};
use rapport_core::{ChannelId, Ms, WorkspaceId};
use rapport_store::channel::ChannelRow;
use rapport_store::{Read, audit_log};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Time between two probes.
const EVERY_MS: i64 = HOUR;
/// The same after one that failed.
const SOON_MS: i64 = 10 * MINUTE;
/// How long the provider may take to answer a probe.
pub(crate) const PATIENCE: Duration = Duration::from_secs(8);

/// Messages a second of an ordinary number (`whatsapp-cloud-api.md` §9).
pub(crate) const USUAL_THROUGHPUT: i32 = 80;
pub(crate) const HIGH_THROUGHPUT: i32 = 1_000;
const PHONE_APP_THROUGHPUT: i32 = 20;

/// The name of a channel whose number nobody named, until the provider tells it.
pub(crate) const NAMELESS: &str = "WhatsApp";
/// Says among a channel's settings whether it has no name yet; channels from before that was kept say nothing.
const HAS_NO_NAME: &str = "nameless";
/// Changes of a channel that are looked through for a name that a person gave.
const CHANGES_MAX: u64 = 500;

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What the provider tells.
    pub number: PhoneNumber,
    /// How long it took to tell, milliseconds.
    pub latency_ms: i64,
}

/// Why a probe found nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoProbe {
    /// No answer: network, address guard, time limit.
    Unreachable(String),
    /// The provider does not accept the token.
    Token(String),
    /// The provider refuses for another reason, such as an unknown number.
    Refused(String),
    /// It was not asked: no call is left for that.
    NoCall {
        /// When there will be one.
        until: Ms,
        /// In words.
        why: String,
    },
}

impl NoProbe {
    /// The reason, in a sentence.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Unreachable(text) | Self::Token(text) | Self::Refused(text) | Self::NoCall { why: text, .. } => text,
        }
    }
}

/// Asks the provider about a channel's number. `provider`: its access, or one that is tried.
///
/// # Errors
/// [`NoProbe`].
pub async fn probe(app: &App, channel: &Channel, provider: &Provider) -> std::result::Result<Probe, NoProbe> {
    // Whoever may not call cannot send either.
    match calls::taken(app, channel, Priority::Reply).await {
        Ok(None) => first_probe(app, provider).await,
        Ok(Some(until)) => Err(NoProbe::NoCall { until, why: calls::used_up(until) }),
        Err(error) => Err(NoProbe::NoCall {
            until: app.now().plus(MINUTE),
            why: format!("the call could not be counted: {error}"),
        }),
    }
}

/// Asks about a number that is no channel yet, or whose call is counted already.
///
/// # Errors
/// [`NoProbe`].
pub async fn first_probe(app: &App, provider: &Provider) -> std::result::Result<Probe, NoProbe> {
    let began = Instant::now();
    let request = provider.number(app.now()).with_timeout(PATIENCE);
    let vendor = request.vendor;
    let answer = app.http.run(request).await;
    let answer = answer.map_err(|failure| NoProbe::Unreachable(failure.to_string()))?;
    let latency_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    metrics::histogram!("rapport_provider_probe_seconds", "vendor" => vendor).record(began.elapsed().as_secs_f64());
    match provider.read_number(&answer) {
        Ok(number) => Ok(Probe { number, latency_ms }),
        Err(error) if error.class == RetryClass::PauseChannel => Err(NoProbe::Token(error.detail)),
        Err(error) => Err(NoProbe::Refused(error.detail)),
    }
}

/// The number gives the channel its name as soon as the provider tells it, unless a person is faster.
pub(crate) fn nameless(row: &mut ChannelRow) {
    object(&mut row.settings);
    row.settings[HAS_NO_NAME] = true.into();
}

/// A person named the channel: no number takes that name away.
pub(crate) fn named(row: &mut ChannelRow) {
    object(&mut row.settings);
    row.settings[HAS_NO_NAME] = false.into();
}

/// Whether a channel from before names were told apart was called so by a person: the audit log knows.
///
/// # Errors
/// What the store said.
pub(crate) async fn settle_name(read: &Read, row: &mut ChannelRow) -> Result<()> {
    if row.name != NAMELESS || !row.settings[HAS_NO_NAME].is_null() {
        return Ok(());
    }
    let about = audit_log::Filter {
        target_kind: Some("channel".to_owned()),
        target_id: Some(row.id.to_string()),
        ..audit_log::Filter::default()
    };
    let name = |json: &Option<Value>, path: &str| json.as_ref().and_then(|json| json.pointer(path).cloned());
    let renamed = audit_log::page(read, &about, None, CHANGES_MAX).await?.iter().any(|line| {
        let (before, after) = (name(&line.before, "/name"), name(&line.after, "/channel/name"));
        before.is_some() && before != after && after.is_some_and(|after| after == NAMELESS)
    });
    if renamed {
        named(row)
    } else {
        nameless(row)
    }
    Ok(())
}

/// Settings that names can be put into.
pub(crate) fn object(settings: &mut Value) {
    if !settings.is_object() {
        *settings = json!({});
    }
}

/// Gives a channel that has no name yet the number's: the verified name, else the number itself.
fn name(row: &mut ChannelRow, number: &PhoneNumber) {
    if row.settings[HAS_NO_NAME] != true || row.name != NAMELESS {
        return;
    }
    let phone = Some(&number.display_phone).filter(|phone| !phone.is_empty());
    if let Some(name) = number.verified_name.as_ref().filter(|name| !name.is_empty()).or(phone) {
        row.name = name.chars().take(100).collect();
        row.settings[HAS_NO_NAME] = false.into();
    }
}

/// What people see of a number.
fn seen(row: &ChannelRow) -> impl PartialEq + use<> {
    let words = (row.name.clone(), row.display_phone.clone(), row.quality.clone(), row.last_error.clone());
    (words, row.tier_limit, row.throughput)
}

/// Writes what a probe found into the row; tells whether people would see a difference.
pub(crate) fn note(row: &mut ChannelRow, found: &std::result::Result<Probe, NoProbe>, at: Ms) -> bool {
    let before = seen(row);
    object(&mut row.settings);
    row.settings["probed_at"] = at.0.into();
    match found {
        Err(error) => row.last_error = Some(error.text().to_owned()),
        Ok(probe) => {
            let number = &probe.number;
            if row.settings["probe_failed"] == true {
                row.last_error = None;
            }
            row.settings["latency_ms"] = probe.latency_ms.into();
            row.settings["verified_name"] = json!(number.verified_name);
            row.settings["number_status"] = json!(number.status);
            row.settings["name_status"] = json!(number.name_status);
            if !number.display_phone.is_empty() {
                row.display_phone.clone_from(&number.display_phone);
            }
            name(row, number);
            row.quality.clone_from(&number.quality);
            row.throughput = throughput(number);
            row.tier_limit = if number.unlimited { Some(i64::MAX) } else { number.daily_limit.or(row.tier_limit) };
        }
    }
    row.settings["probe_failed"] = found.is_err().into();
    row.updated_at = at.0;
    before != seen(row)
}

fn throughput(number: &PhoneNumber) -> i32 {
    match number.throughput.as_deref() {
        _ if number.on_phone_app => PHONE_APP_THROUGHPUT,
        Some("HIGH") => HIGH_THROUGHPUT,
        _ => USUAL_THROUGHPUT,
    }
}

/// The hourly look, and the one after a change.
///
/// # Errors
/// What the store said.
pub async fn run(app: &App, workspace: WorkspaceId, id: ChannelId) -> Result<Outcome> {
    let Some(channel) = app.channels.get(id).await? else { return Ok(Outcome::Done) };
    if channel.workspace != workspace || channel.secrets.app_secrets.is_empty() {
        return Ok(Outcome::Done);
    }
    let found = refresh(app, &channel).await?;
    let at = match &found {
        Ok(_) => app.now().plus(EVERY_MS),
        Err(NoProbe::NoCall { until, .. }) => {
            crate::route::windows::level(app, workspace, id).await?;
            return Ok(Outcome::Again { at: *until });
        }
        Err(_) => app.now().plus(SOON_MS),
    };
    let row = rapport_store::channel::get(&app.store.workspace(workspace).read(), id).await?;
    if let Some(row) = row.filter(|row| row.status != DISCONNECTED) {
        doctor::all(app, &channel, &row, Some(found)).await?;
    }
    crate::route::windows::level(app, workspace, id).await?;
    Ok(Outcome::Again { at })
}

/// Asks and writes at once, for a person who waits.
///
/// # Errors
/// What the store said.
pub async fn refresh(app: &App, channel: &Channel) -> Result<std::result::Result<Probe, NoProbe>> {
    let found = probe(app, channel, &channel.access(&app.settings)).await;
    if matches!(found, Err(NoProbe::NoCall { .. })) {
        // Says nothing of the number.
        return Ok(found);
    }
    let now = app.now();
    let tx = app.store.workspace(channel.workspace).write().await?;
    let Some(mut row) = rapport_store::channel::get_for_write(&tx, channel.id).await? else { return Ok(found) };
    if row.status == DISCONNECTED {
        return Ok(found);
    }
    secret::end_previous(&mut row.settings, &channel.secrets, now);
    settle_name(&app.store.workspace(channel.workspace).read(), &mut row).await?;
    let changed = note(&mut row, &found, now);
    rapport_store::channel::update(&tx, row).await?;
    if changed {
        told(&tx, channel.id, json!({ "probed": found.is_ok() }), now).await?;
    }
    tx.commit().await?;
    if changed {
        app.channels.forget();
        app.feeds.wake();
    }
    Ok(found)
}
