//! What the doctor says about a standby route.

use super::state;
use crate::doctor::{Finding, words};
use crate::error::Result;
use rapport_core::ChannelId;
use rapport_core::route::{Reason, Route, Side, State};
use rapport_store::Read;
use rapport_store::channel::ChannelRow;

/// What is right and wrong about the route of a channel; nothing when it has no standby.
pub(crate) async fn of(read: &Read, row: &ChannelRow) -> Result<Vec<Finding>> {
    let Some(found) = rapport_store::route::get(read, ChannelId(row.id)).await? else { return Ok(Vec::new()) };
    let Some(standby) = found.standby_id else { return Ok(Vec::new()) };
    let name = rapport_store::channel::get(read, ChannelId(standby)).await?.map_or_else(String::new, |row| row.name);
    let findings = judge(&state(&found), &name);
    Ok(findings.into_iter().map(|one| one.about("channel", row.id, &row.name)).collect())
}

fn judge(route: &Route, standby: &str) -> Vec<Finding> {
    let reason = || match (&route.primary.last, route.reason) {
        (Some(last), _) if last.why.is_some() => last.why.clone().unwrap_or_default(),
        (Some(last), _) => last.ms.map_or_else(String::new, |ms| format!("{ms} ms")),
        (None, _) => String::new(),
    };
    let words = match (route.state(), route.reason) {
        (State::FailedOver, Reason::ByHand) => words::ROUTE_BY_HAND,
        (State::FailedOver, _) => words::ROUTE_FAILED_OVER,
        (State::Suspicious, _) => words::ROUTE_SUSPICIOUS,
        (State::Healthy, _) => words::ROUTE_OK,
    };
    let mut findings = vec![words.finding().with("standby", standby).with("reason", reason())];
    if route.health(Side::Standby).bad > 0 {
        let last = route.standby.last.as_ref();
        let why = last.and_then(|last| last.why.clone().or_else(|| last.ms.map(|ms| format!("{ms} ms"))));
        let finding = words::ROUTE_STANDBY_BAD.finding().with("standby", standby);
        findings.push(finding.with("error", why.unwrap_or_default()));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_core::Ms;
    use rapport_core::route::{By, Observation, Settings};

    #[test]
    fn a_route_is_told_as_it_is() {
        let mut route = Route::default();
        let codes = |route: &Route| -> Vec<&'static str> { judge(route, "Two").iter().map(|one| one.code).collect() };
        assert_eq!(codes(&route), ["ok"]);
        let see = |route: &mut Route, side, ms: Option<i64>| {
            let why = ms.is_none().then(|| "refused".to_owned());
            route.observe(Observation { at: Ms(9), side, by: By::Probe, ms, why }, &Settings::default(), Ms(9));
        };
        see(&mut route, Side::Primary, None);
        assert_eq!(codes(&route), ["suspicious"]);
        see(&mut route, Side::Standby, None);
        assert_eq!(codes(&route), ["suspicious", "standby_bad"]);
        see(&mut route, Side::Standby, Some(100));
        see(&mut route, Side::Primary, None);
        see(&mut route, Side::Primary, None);
        assert_eq!(codes(&route), ["failed_over"]);
        assert!(judge(&route, "Two")[0].cause.contains("refused"));
        route.by_hand(Side::Primary, Ms(10));
        route.by_hand(Side::Standby, Ms(11));
        assert_eq!(codes(&route), ["by_hand"]);
    }
}
