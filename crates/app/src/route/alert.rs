//! Saying that messages go another way: in the account's timeline and to everybody who looks.

use crate::channel::{account, timeline};
use crate::error::Result;
use rapport_core::account::{Entry, Severity};
use rapport_core::route::{Reason, Route, Side, Switch};
use rapport_core::{ChannelId, Ms};
use rapport_store::WriteTx;
use serde_json::json;
use std::collections::BTreeMap;

/// Notes a change in the transaction that stores it.
pub(crate) async fn raise(
    tx: &WriteTx,
    primary: ChannelId,
    standby: ChannelId,
    switch: Switch,
    route: &Route,
    now: Ms,
) -> Result<()> {
    let name = rapport_store::channel::get_for_write(tx, standby).await?.map_or_else(String::new, |row| row.name);
    timeline::note(tx, primary, entry(switch, route, &name), now).await?;
    let note = json!({ "route": switch.to.code(), "reason": switch.reason.code() });
    account::told(tx, primary, note, now).await
}

fn entry(switch: Switch, route: &Route, standby: &str) -> Entry {
    let seen = route.primary.last.as_ref();
    let detail = match seen.and_then(|seen| seen.ms) {
        Some(ms) => format!("{ms} ms"),
        None => seen.and_then(|seen| seen.why.clone()).unwrap_or_default(),
    };
    let (kind, severity, advice, summary) = match (switch.to, switch.reason) {
        (Side::Standby, Reason::ByHand) => (
            "route_by_hand",
            Severity::Info,
            "route_by_hand",
            format!("Somebody switched to the standby: messages go over {standby}"),
        ),
        (Side::Standby, reason) => {
            let how = if reason == Reason::Slow { "answered too slowly" } else { "did not answer" };
            let what = format!("The provider {how} three times ({detail}): messages go over {standby}");
            ("route_failed_over", Severity::Warning, "route_failed_over", what)
        }
        (Side::Primary, Reason::StandbyLost) => (
            "route_standby_lost",
            Severity::Warning,
            "route_standby_lost",
            format!("The standby {standby} stopped answering: messages go over this number again"),
        ),
        (Side::Primary, Reason::ByHand) => (
            "route_returned",
            Severity::Info,
            "",
            "Somebody switched back: messages go over this number again".to_owned(),
        ),
        (Side::Primary, _) => (
            "route_returned",
            Severity::Info,
            "",
            "The provider answers well again: messages go over this number again".to_owned(),
        ),
    };
    let values = BTreeMap::from([
        ("standby", standby.to_owned()),
        ("detail", detail),
        ("reason", switch.reason.code().to_owned()),
    ]);
    Entry { kind, severity, advice, summary, values }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_core::route::{By, Observation};

    #[test]
    fn each_change_says_what_happened() {
        let mut route = Route::default();
        route.primary.last =
            Some(Observation { at: Ms(1), side: Side::Primary, by: By::Send, ms: Some(2_345), why: None });
        let of = |to, reason| entry(Switch { to, reason }, &route, "Second number");
        let over = of(Side::Standby, Reason::Slow);
        assert_eq!(
            over.summary,
            "The provider answered too slowly three times (2345 ms): messages go over Second number"
        );
        assert_eq!((over.kind, over.severity), ("route_failed_over", Severity::Warning));
        for (to, reason) in [
            (Side::Standby, Reason::Failing),
            (Side::Standby, Reason::ByHand),
            (Side::Primary, Reason::Well),
            (Side::Primary, Reason::ByHand),
            (Side::Primary, Reason::StandbyLost),
        ] {
            let told = of(to, reason);
            let advised = !crate::channel::timeline::advice_text(told.advice).is_empty();
            assert_eq!(advised, !told.advice.is_empty(), "{}", told.kind);
        }
    }
}
