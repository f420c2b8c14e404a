//! What Meta does to numbers and accounts, and how it tells (whatsapp-cloud-api.md §5, §9).

use super::{
    envelope, limits,
    state::{Restriction, State},
};
use crate::world::World;
use serde::Deserialize;
use serde_json::{Value, json};

/// What happens to a number, its account or its portfolio.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The number's quality changes: GREEN, YELLOW, RED. RED flags the number, leaving RED ends that.
    Quality {
        /// The new rating.
        score: String,
    },
    /// The portfolio may write first to so many users in 24 h; `null` = unlimited.
    Tier {
        /// The new limit.
        limit: Option<u32>,
    },
    /// The number gets 1,000 messages a second (true), after a minute in which sends answer 131057.
    Throughput {
        /// High or standard.
        high: bool,
    },
    /// The number's status: CONNECTED, BANNED, RESTRICTED, FLAGGED, ...
    Status {
        /// The new status.
        status: String,
    },
    /// The name the business asked for is decided on.
    Name {
        /// APPROVED, DECLINED and so on.
        decision: String,
        /// The name.
        name: String,
    },
    /// The account violated a policy; nothing is taken away yet.
    Violation {
        /// For instance `SCAM`.
        violation_type: String,
    },
    /// The account may not write first for some time (368).
    Restrict {
        /// How long, milliseconds of sandbox time.
        lasting_ms: i64,
    },
    /// The account is disabled: every send answers 131031.
    Disable,
    /// What was taken away is given back.
    Reinstate,
    /// The review of the account ends: APPROVED, REJECTED, PENDING, DEFERRED.
    Review {
        /// The decision.
        decision: String,
    },
    /// An alert about the number, its account or portfolio.
    Alert {
        /// For instance `INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED`.
        alert_type: String,
        /// CRITICAL, WARNING, INFORMATIONAL.
        severity: String,
    },
}

/// Lets it happen to the number's side of Meta, and tells the business.
pub fn happen(world: &World, p: &str, event: Event) -> Result<(), String> {
    let mut guard = world.wa();
    let state = &mut *guard;
    let now = world.clock.now();
    let number = state.numbers.get_mut(p).ok_or_else(|| format!("there is no number {p}"))?;
    match event {
        Event::Quality { score } => {
            let before = std::mem::replace(&mut number.quality, score.to_uppercase());
            let red = |quality: &str| quality == "RED";
            // Meta says nothing of GREEN and YELLOW.
            let event = match (red(&before), red(&score.to_uppercase())) {
                (false, true) => "FLAGGED",
                (true, false) => "UNFLAGGED",
                _ => return Ok(()),
            };
            quality_update(world, state, p, event, None);
        }
        Event::Tier { limit } => tier(world, state, p, limit),
        Event::Throughput { high } => {
            number.high_since = high.then_some(now);
            if high {
                quality_update(world, state, p, "THROUGHPUT_UPGRADE", None);
            }
        }
        Event::Status { status } => number.status = status.to_uppercase(),
        Event::Name { decision, name } => {
            let value = json!({
                "display_phone_number": number.config.display_phone,
                "decision": decision,
                "requested_verified_name": name,
                "rejection_reason": if decision == "APPROVED" { Value::Null } else { "NAME_DOES_NOT_FIT".into() },
            });
            if decision == "APPROVED" {
                number.config.verified_name = name;
            }
            told(world, state, p, "phone_number_name_update", &value);
        }
        Event::Review { decision } => told(world, state, p, "account_review_update", &json!({"decision": decision})),
        Event::Alert { alert_type, severity } => {
            let value = json!({
                "entity_type": "PHONE_NUMBER",
                "entity_id": p,
                "alert_severity": severity,
                "alert_status": "ACTIVE",
                "alert_type": alert_type,
                "alert_description": "An alert of the sandbox",
            });
            told(world, state, p, "account_alerts", &value);
        }
        event => account(world, state, p, &event, now),
    }
    Ok(())
}

fn account(world: &World, state: &mut State, p: &str, event: &Event, now: i64) {
    let waba = state.numbers[p].config.waba_id.clone();
    let Some(waba) = state.wabas.get_mut(&waba) else {
        return;
    };
    let value = match event {
        Event::Violation { violation_type } => {
            json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": violation_type}})
        }
        Event::Restrict { lasting_ms } => {
            let until = now + lasting_ms;
            waba.restriction = Some(Restriction::NoInitiation(until));
            let what = json!({"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": until / 1000});
            json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [what]})
        }
        Event::Disable => {
            waba.restriction = Some(Restriction::Locked);
            banned("DISABLE", now)
        }
        _ => {
            waba.restriction = None;
            banned("REINSTATE", now)
        }
    };
    told(world, state, p, "account_update", &value);
}

fn banned(how: &str, now: i64) -> Value {
    let date =
        jiff::Timestamp::from_millisecond(now).map_or_else(|_| String::new(), |t| t.strftime("%B %-d, %Y").to_string());
    json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": how, "waba_ban_date": date}})
}

/// Changes the portfolio's limit and tells all its numbers and accounts.
fn tier(world: &World, state: &mut State, p: &str, limit: Option<u32>) {
    let business = state.numbers[p].config.business_id.clone();
    let before = limits::tier_of(state, &business);
    state.tiers.insert(business.clone(), limit);
    let size = |limit: Option<u32>| limit.map_or(u64::MAX, u64::from);
    let event = if size(limit) >= size(before) { "UPGRADE" } else { "DOWNGRADE" };
    let numbers = state.numbers.iter().filter(|(_, number)| number.config.business_id == business);
    let members: Vec<(String, String)> =
        numbers.map(|(id, number)| (id.clone(), number.config.waba_id.clone())).collect();
    for (number, _) in &members {
        quality_update(world, state, number, event, Some(before));
    }
    let mut wabas: Vec<&String> = members.iter().map(|(_, waba)| waba).collect();
    wabas.sort();
    wabas.dedup();
    let value = json!({
        "max_daily_conversations_per_business": limit.map_or(json!(-1), |limit| json!(limit)),
        "max_phone_numbers_per_business": 20,
        "max_phone_numbers_per_waba": 20,
    });
    for waba in wabas {
        envelope::send_account(world, state, waba, "business_capability_update", &value);
    }
}

fn quality_update(world: &World, state: &State, p: &str, event: &str, old: Option<Option<u32>>) {
    let config = &state.numbers[p].config;
    let limit = limits::tier_name(limits::tier_of(state, &config.business_id));
    let mut value = json!({
        "display_phone_number": config.display_phone,
        "event": event,
        "current_limit": limit,
        "max_daily_conversations_per_business": limit,
    });
    if let Some(old) = old {
        value["old_limit"] = limits::tier_name(old).into();
    }
    told(world, state, p, "phone_number_quality_update", &value);
}

fn told(world: &World, state: &State, p: &str, field: &str, value: &Value) {
    envelope::send_account(world, state, &state.numbers[p].config.waba_id, field, value);
}
