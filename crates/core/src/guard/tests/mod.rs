mod budget;
mod caps;
mod limiters;
mod pauses;
mod properties;
mod quiet;
mod rules;
mod simulation;
mod slots;
mod storm;

use super::*;
use crate::contact::{Consent, Window};
use crate::message::Content;
use crate::template;
use crate::time::HOUR;
use serde_json::json;
use std::sync::Arc;

/// Wednesday 4 November 2026, 12:00 UTC.
const NOON: Ms = Ms(1_793_793_600_000);

fn text() -> Content {
    Content::Text { body: "Hello".to_owned(), preview_url: None }
}

fn reaction() -> Content {
    Content::Reaction { target: "wamid.1".to_owned(), emoji: Some("👍".to_owned()) }
}

fn offer() -> Content {
    template_of("offer", "en_US", json!([{ "type": "body", "parameters": [{ "type": "text", "text": "Ana" }] }]))
}

fn template_of(name: &str, language: &str, components: serde_json::Value) -> Content {
    Content::Template { name: name.to_owned(), language: language.to_owned(), components, preview: None }
}

fn facts(category: &str) -> TemplateFacts {
    let components = json!([{ "type": "BODY", "text": "Hi {{1}}, look!" }]);
    TemplateFacts {
        name: "offer".to_owned(),
        language: "en_US".to_owned(),
        languages: vec!["es".to_owned(), "en_US".to_owned()],
        status: "APPROVED".to_owned(),
        paused_until: None,
        definition: template::parse(&components, None, category).unwrap(),
    }
}

/// A customer in Taipei (20:00 at NOON) who opted in and wrote an hour ago; an account with room everywhere.
fn snapshot() -> Snapshot {
    Snapshot {
        customer: CustomerFacts {
            has_phone: true,
            country: Some("TW".to_owned()),
            timezone: Some("Asia/Taipei".to_owned()),
            marketing: Consent::OptedIn,
            last_inbound_at: Some(NOON.plus(-HOUR)),
            ..CustomerFacts::default()
        },
        window: Window::new(Some(NOON.plus(23 * HOUR))),
        template: Some(Arc::new(facts("MARKETING"))),
        portfolio: PortfolioFacts { tier: Tier::Limited(2_000), ..PortfolioFacts::default() },
        workspace_timezone: "Europe/Madrid".to_owned(),
        ..Snapshot::default()
    }
}

fn of_category(snapshot: &mut Snapshot, category: &str) {
    snapshot.template = Some(Arc::new(facts(category)));
}

type Change = fn(&mut Snapshot, &mut Policy);
type Expected = (Outcome, Option<Rule>, &'static str, Option<Ms>);

const ALLOWED: Expected = (Outcome::Allow, None, "guard.allow", None);

fn refused(rule: Rule, key: &'static str) -> Expected {
    (Outcome::Refuse, Some(rule), key, None)
}

fn delayed(rule: Rule, key: &'static str, until: Ms) -> Expected {
    (Outcome::Delay, Some(rule), key, Some(until))
}

fn run(name: &str, request: &Request<'_>, change: Change, expected: Expected) -> Verdict {
    // The slot has tables of its own.
    let (mut snapshot, mut policy) = (snapshot(), Policy { promotion_slot: slot::SlotFor::Off, ..Policy::default() });
    change(&mut snapshot, &mut policy);
    let verdict = judge(request, &snapshot, &policy, NOON);
    let got = (verdict.outcome, verdict.decided_by, &*verdict.summary_key, verdict.until);
    assert_eq!(got, expected, "{name}: {:#?}", verdict.checks.iter().filter(|c| !c.held).collect::<Vec<_>>());
    assert_eq!(verdict.checks.len(), Rule::ALL.len(), "{name}: every check is explained");
    verdict
}

fn reply(content: &Content) -> Request<'_> {
    Request::message(content, Author::User, Purpose::Reply)
}

fn notice(content: &Content) -> Request<'_> {
    Request { event_key: Some("order 118"), ..Request::message(content, Author::Rule, Purpose::Service) }
}

fn promotion(content: &Content) -> Request<'_> {
    Request::message(content, Author::Campaign, Purpose::Promotion)
}
