//! Rates and windows (whatsapp-cloud-api.md §9), in sandbox time.

use super::{
    error::{GraphError, Result},
    state::{Restriction, State},
};

/// A day in milliseconds.
pub const DAY: i64 = 86_400_000;

/// Messages a second of a number with the high throughput.
const HIGH: usize = 1_000;
/// A number cannot send for so long while its throughput grows.
const UPGRADE: i64 = 60_000;

/// What Meta took away from the number or its account; `first`: the customer is written to first.
pub fn account(state: &State, phone_number_id: &str, first: bool, now: i64) -> Result<()> {
    let Some(number) = state.numbers.get(phone_number_id) else {
        return Ok(());
    };
    let locked = || Err(GraphError::code(131_031).details("Your account has been locked."));
    match state.wabas.get(&number.config.waba_id).and_then(|waba| waba.restriction.as_ref()) {
        Some(Restriction::Locked) => return locked(),
        Some(Restriction::NoInitiation(until)) if first && now < *until => {
            return Err(GraphError::code(368).details("The account may not start conversations."));
        }
        _ => {}
    }
    match number.status.as_str() {
        "BANNED" => return locked(),
        "RESTRICTED" if first => {
            return Err(GraphError::code(131_048).details("The number may not start conversations at present."));
        }
        _ => {}
    }
    if number.high_since.is_some_and(|since| (0..UPGRADE).contains(&(now - since))) {
        return Err(GraphError::code(131_057).details("The throughput of the number is being upgraded."));
    }
    Ok(())
}

/// Counts one message of the number; beyond the throughput 130429.
pub fn throughput(state: &mut State, phone_number_id: &str, now: i64) -> Result<()> {
    let limit = state.limits.throughput_per_second as usize;
    let Some(number) = state.numbers.get_mut(phone_number_id) else {
        return Ok(());
    };
    let limit = if number.high_since.is_some() { limit.max(HIGH) } else { limit };
    while number.traffic.front().is_some_and(|at| now - at >= 1_000 || *at > now) {
        number.traffic.pop_front();
    }
    if number.traffic.len() >= limit {
        return Err(GraphError::code(130_429).details("Cloud API message throughput has been reached."));
    }
    number.traffic.push_back(now);
    Ok(())
}

/// Takes one message from the pair's budget; beyond it 131056.
pub fn pair(state: &mut State, phone_number_id: &str, customer: &str, now: i64) -> Result<()> {
    let (burst, refill) = (f64::from(state.limits.pair_burst), state.limits.pair_refill_ms.max(1) as f64);
    let key = (phone_number_id.to_owned(), customer.to_owned());
    let (at, tokens) = state.pairs.get(&key).copied().unwrap_or((now, burst));
    let tokens = (tokens + (now - at).max(0) as f64 / refill).min(burst);
    if tokens < 1.0 {
        return Err(GraphError::code(131_056).details(
            "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
        ));
    }
    state.pairs.insert(key, (now, tokens - 1.0));
    Ok(())
}

/// Counts a business-initiated message against the portfolio's limit of distinct users in 24 h; beyond it 131048.
pub fn tier(state: &mut State, business_id: &str, customer: &str, now: i64) -> Result<()> {
    let limit = tier_of(state, business_id);
    let reached = state.reached.entry(business_id.to_owned()).or_default();
    if reached.get(customer).is_none_or(|at| now - at >= DAY) {
        if reached.len() as u64 >= limit.map_or(u64::from(u32::MAX), u64::from) {
            reached.retain(|_, at| now - *at < DAY);
        }
        if limit.is_some_and(|limit| reached.len() >= limit as usize) {
            return Err(GraphError::code(131_048).details(
                "Message failed to send because the messaging limit of the business portfolio has been reached.",
            ));
        }
    }
    // Keep the map bounded also when the portfolio is unlimited.
    if reached.len() > 1_000_000 {
        reached.retain(|_, at| now - *at < DAY);
    }
    reached.insert(customer.to_owned(), now);
    Ok(())
}

/// The portfolio's limit: its own, or the one that holds for all.
pub fn tier_of(state: &State, business_id: &str) -> Option<u32> {
    state.tiers.get(business_id).copied().unwrap_or(state.limits.tier)
}

/// The name Meta gives a limit.
pub fn tier_name(limit: Option<u32>) -> &'static str {
    match limit {
        None => "TIER_UNLIMITED",
        Some(0..=50) => "TIER_50",
        Some(51..=250) => "TIER_250",
        Some(251..=2_000) => "TIER_2K",
        Some(2_001..=10_000) => "TIER_10K",
        Some(_) => "TIER_100K",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    #[test]
    fn budgets_run_out_and_refill() {
        let mut state = State::new(&Config::default());
        let id = "106540352242922";
        for _ in 0..45 {
            pair(&mut state, id, "1", 0).expect("within the burst");
        }
        assert_eq!(pair(&mut state, id, "1", 5_999).map_err(|e| e.code), Err(131_056));
        assert!(pair(&mut state, id, "1", 6_000).is_ok());
        assert!(pair(&mut state, id, "2", 6_000).is_ok());
        for _ in 0..80 {
            throughput(&mut state, id, 10).expect("within the second");
        }
        assert_eq!(throughput(&mut state, id, 900).map_err(|e| e.code), Err(130_429));
        assert!(throughput(&mut state, id, 1_010).is_ok());
        state.limits.tier = Some(1);
        assert!(tier(&mut state, "b", "1", 0).is_ok());
        assert!(tier(&mut state, "b", "1", 1).is_ok());
        assert_eq!(tier(&mut state, "b", "2", 2).map_err(|e| e.code), Err(131_048));
        assert!(tier(&mut state, "b", "2", DAY + 1).is_ok());
    }
}
