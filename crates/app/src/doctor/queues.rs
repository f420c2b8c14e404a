//! What waits: events, messages, jobs.

use super::{Finding, words};
use crate::error::Result;
use crate::state::App;
use rapport_core::time::MINUTE;
use rapport_core::{Ms, WorkspaceId};
use rapport_store::health::{CAP, Health, health};
use rapport_store::search::{Progress, progress};

/// Events older than this are worth a word. Milliseconds.
const BEHIND_MS: i64 = 30_000;
/// Events older than this are not being processed. Milliseconds.
const STUCK_MS: i64 = 10 * MINUTE;
/// A message this late is worth a word. Milliseconds.
const LATE_MS: i64 = 2 * MINUTE;

pub(super) async fn all(app: &App, workspace: WorkspaceId) -> Result<Vec<Finding>> {
    let now = app.now();
    let read = app.store.workspace(workspace).read();
    let found = health(&read, now.plus(-LATE_MS)).await?;
    let mut findings = judge(&found, now);
    findings.push(judge_search(&progress(&read).await?, now));
    Ok(findings)
}

fn judge_search(found: &Progress, now: Ms) -> Finding {
    let age = found.oldest_new.map_or(0, |at| now.since(at));
    if age > BEHIND_MS {
        return words::SEARCH_BEHIND.finding().with("seconds", age / 1_000);
    }
    if found.total > 0 {
        let done = found.done.min(found.total);
        let percent = done * 100 / found.total;
        return words::SEARCH_BUILDING.finding().with("done", done).with("total", found.total).with("percent", percent);
    }
    words::SEARCH_OK.finding().with("seconds", BEHIND_MS / 1_000)
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
    fn search_is_judged() {
        let now = Ms(1_000_000_000);
        let code = |found: Progress| judge_search(&found, now).code;
        assert_eq!(code(Progress::default()), "ok");
        assert_eq!(code(Progress { oldest_new: Some(now.plus(-1_000)), ..Progress::default() }), "ok");
        assert_eq!(code(Progress { oldest_new: Some(now.plus(-60_000)), ..Progress::default() }), "behind");
        let building = judge_search(&Progress { done: 250, total: 1_000, oldest_new: None }, now);
        assert_eq!((building.code, building.values["percent"].as_str()), ("building", "25"));
    }

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
