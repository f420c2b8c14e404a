//! The doctor: looks at everything that can be wrong and says what to do about it.
//!
//! Checks are found by their stable `check` and `code`; the words stand in one place, [`words`]. Every check has a time
//! limit, so that a stuck one is a finding and not a stuck doctor.

mod campaign;
pub mod channel;
mod connection;
mod cost;
mod coupon;
mod health;
mod queues;
mod rule;
mod shop;
mod system;
mod webhook;
pub mod words;

use crate::auth::{Caller, Permission};
use crate::channel::view;
use crate::error::Result;
use crate::state::App;
use rapport_core::ChannelId;
use serde::Serialize;
use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;
use utoipa::ToSchema;
use uuid::Uuid;
pub use words::Words;

/// How long one check may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingState)]
pub enum State {
    /// As it should be.
    Ok,
    /// Works, but needs attention.
    Warning,
    /// Something people rely on does not work.
    Blocking,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// What was looked at; stable: `channel.token`.
    pub check: &'static str,
    /// What was found; stable within the check: `refused`.
    pub code: &'static str,
    /// How good or bad that is.
    pub state: State,
    /// In a few words.
    pub title: String,
    /// Why it is so.
    pub cause: String,
    /// What to do; empty when nothing.
    pub fix: String,
    /// What it is about; null = the installation.
    #[schema(required)]
    pub subject: Option<Subject>,
    /// The values in the texts by name, for other languages.
    pub values: BTreeMap<&'static str, String>,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FindingSubject)]
pub struct Subject {
    /// `channel`, `connection`, `campaign`, `rule`, `coupon_pool`, `shop_source` or `webhook`.
    pub kind: &'static str,
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

impl Finding {
    /// Fills a value into the texts, wherever `{name}` stands.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        let value = value.to_string();
        let place = format!("{{{name}}}");
        for text in [&mut self.title, &mut self.cause, &mut self.fix] {
            *text = text.replace(&place, &value);
        }
        self.values.insert(name, value);
        self
    }

    /// Says what it is about.
    #[must_use]
    pub fn about(mut self, kind: &'static str, id: Uuid, name: &str) -> Self {
        self.subject = Some(Subject { kind, id, name: name.to_owned() });
        self
    }
}

/// Looks at everything: the installation, and the caller's workspace with its channels and connections. Worst first.
///
/// # Errors
/// `Forbidden`, `Store` when not even the channels can be listed.
pub async fn run(app: &App, caller: &Caller) -> Result<Vec<Finding>> {
    caller.require(Permission::OperationManage)?;
    crate::channel::tally::flush(app).await;
    let rows = view::rows(app, caller).await?;
    let channels = futures::future::join_all(rows.iter().map(|row| async {
        limited("channel.check", async {
            match app.channels.get(ChannelId(row.id)).await? {
                Some(open) => channel::all(app, &open, row, None).await,
                None => Ok(Vec::new()),
            }
        })
        .await
    }));
    let (system, queues, campaigns, rules, coupons, shops, webhooks, cost, connections, channels) = futures::join!(
        system::all(app, &rows),
        limited("queues", queues::all(app, caller.workspace)),
        limited("campaign", campaign::all(app, caller.workspace)),
        limited("rule", rule::all(app, caller.workspace)),
        limited("coupon", coupon::all(app, caller.workspace)),
        limited("shop", shop::all(app, caller.workspace)),
        limited("webhook", webhook::all(app, caller.workspace)),
        limited("budget", cost::all(app, caller.workspace)),
        limited("connection.check", connection::all(app, caller.workspace)),
        channels,
    );
    let whole = system
        .into_iter()
        .chain(queues)
        .chain(campaigns)
        .chain(rules)
        .chain(coupons)
        .chain(shops)
        .chain(webhooks)
        .chain(cost);
    let mut findings: Vec<Finding> = whole.chain(channels.into_iter().flatten()).chain(connections).collect();
    sort(&mut findings);
    Ok(findings)
}

/// Worst first; otherwise in the order they were looked at.
fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.state));
}

/// Whether something people rely on does not work.
#[must_use]
pub fn is_blocking(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.state == State::Blocking)
}

/// A check that fails or takes too long is a finding.
async fn limited(name: &'static str, check: impl Future<Output = Result<Vec<Finding>>>) -> Vec<Finding> {
    match tokio::time::timeout(PATIENCE, check).await {
        Ok(Ok(findings)) => findings,
        Ok(Err(error)) => vec![words::CHECK_FAILED.finding().with("what", name).with("error", error)],
        Err(_) => vec![words::CHECK_SLOW.finding().with("what", name).with("seconds", PATIENCE.as_secs())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_check_that_fails_or_hangs_is_a_finding() {
        tokio::time::pause();
        let hangs = limited("queues", std::future::pending()).await;
        assert_eq!((hangs[0].check, hangs[0].code, hangs[0].state), ("doctor", "slow", State::Warning));
        let fails = limited("queues", async { Err(crate::Error::NotFound("workspace")) }).await;
        assert_eq!((fails[0].code, fails[0].cause.as_str()), ("failed", "queues: workspace not found"));
    }

    #[test]
    fn the_worst_comes_first() {
        let mut findings = vec![
            words::DISK_OK.finding(),
            words::DISK_FULL.finding(),
            words::DISK_LOW.finding(),
            words::CLOCK_OK.finding(),
        ];
        sort(&mut findings);
        let states: Vec<State> = findings.iter().map(|finding| finding.state).collect();
        assert_eq!(states, [State::Blocking, State::Warning, State::Ok, State::Ok]);
        assert!(is_blocking(&findings));
    }
}
