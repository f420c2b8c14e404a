//! What waits: events, messages, jobs.

use super::{Finding, words};
use crate::error::Result;
use crate::state::App;
use rapport_core::time::MINUTE;
use rapport_core::{Ms, WorkspaceId};
use rapport_store::health::{CAP, Health, health};

/// Events older than this are worth a word. Milliseconds.
const BEHIND_MS: i64 = 30_000;
/// Events older than this are not being processed. Milliseconds.
const STUCK_MS: i64 = 10 * MINUTE;
/// A message this late is worth a word. Milliseconds.
const LATE_MS: i64 = 2 * MINUTE;

pub(super) async fn all(app: &App, workspace: WorkspaceId) -> Result<Vec<Finding>> {
    let now = app.now();
    let found = health(&app.store.workspace(workspace).read(), now.plus(-LATE_MS)).await?;
    Ok(judge(&found, now))
}

fn judge(found: &Health, now: Ms) -> Vec<Finding> {
    let age = found.oldest_pending.map_or(0, |at| now.since(at));
    let events = match age {
        STUCK_MS.. => words::EVENTS_STUCK,
        BEHIND_MS.. => words::EVENTS_BEHIND,
        _ => words::EVENTS_OK,
    };
    let mut findings = vec![events.finding().with("pending", many(found.pending)).with("seconds", age / 1_000)];
    findings.push(match found.quarantined {
        0 => words::EVENTS_NONE_ASIDE.finding(),
        count => {
            let reason = found.quarantine_reason.as_deref().unwrap_or("unknown");
            words::EVENTS_ASIDE.finding().with("count", many(count)).with("reason", reason)
        }
    });
    if found.overdue > 0 {
        findings.push(words::SENDING_LATE.finding().with("count", many(found.overdue)));
    }
    if found.unknown > 0 {
        findings.push(words::SENDING_DOUBT.finding().with("count", many(found.unknown)));
    }
    if found.overdue == 0 && found.unknown == 0 {
        findings.push(words::SENDING_OK.finding());
    }
    findings.push(match found.dead {
        0 => words::JOBS_OK.finding(),
        count => {
            let reason = found.dead_reason.as_deref().unwrap_or("unknown");
            words::JOBS_DEAD.finding().with("count", many(count)).with("reason", reason)
        }
    });
    findings
}

/// A figure that is only counted up to a cap.
fn many(count: i64) -> String {
    if count >= CAP { format!("{CAP} or more") } else { count.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn what_waits_is_judged() {
        let now = Ms(1_000_000_000);
        let codes = |found: Health| -> Vec<(&str, &str)> {
            judge(&found, now).iter().filter(|one| one.state != State::Ok).map(|one| (one.check, one.code)).collect()
        };
        assert!(codes(Health::default()).is_empty());
        let waits = |ms: i64| Health { pending: 3, oldest_pending: Some(now.plus(-ms)), ..Health::default() };
        assert!(codes(waits(1_000)).is_empty());
        assert_eq!(codes(waits(60_000)), [("events", "behind")]);
        assert_eq!(codes(waits(3_600_000)), [("events", "stuck")]);
        let bad = Health { quarantined: CAP, overdue: 1, unknown: 2, dead: 3, ..Health::default() };
        let expected = [("quarantine", "some"), ("sending", "late"), ("sending", "unknown"), ("jobs", "dead")];
        assert_eq!(codes(bad.clone()), expected);
        assert_eq!(judge(&bad, now)[1].values["count"], "10000 or more");
    }
}
