//! The guard's verdict as it is shown: its keys for translators, and an English sentence for everybody else.

use rapport_core::Ms;
use rapport_core::guard::{Check, Unit, Verdict};
use rapport_core::time::{DAY, HOUR, MINUTE, SECOND};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The guard's answer about one message.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Verdict)]
pub struct VerdictView {
    /// `allow`, `delay` or `refuse`.
    #[schema(value_type = OutcomeWord)]
    pub outcome: &'static str,
    /// Delayed until then, milliseconds UTC; null with `delay`: until somebody or something changes.
    #[schema(value_type = Option<i64>)]
    pub until: Option<Ms>,
    /// One English sentence that says it.
    pub summary: String,
    /// The translation key of that sentence; its values are those of the check it belongs to.
    pub summary_key: String,
    /// The rule that decided; null when allowed.
    pub decided_by: Option<&'static str>,
    /// Every rule, in the order they are judged.
    pub checks: Vec<CheckView>,
}

/// The words of `outcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = VerdictOutcome)]
pub enum OutcomeWord {
    /// It goes out now.
    Allow,
    /// It waits and is judged again.
    Delay,
    /// It never goes out.
    Refuse,
}

/// One rule with the values of that moment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Check)]
pub struct CheckView {
    /// The rule's short code.
    pub rule: &'static str,
    /// Whether it holds.
    pub passed: bool,
    /// What it asks for when it does not hold: `delay` or `refuse`.
    #[schema(value_type = Option<String>)]
    pub effect: Option<rapport_core::guard::Effect>,
    /// The value found; null when the rule does not apply.
    #[schema(value_type = Value)]
    pub value: Value,
    /// What it was compared with.
    #[schema(value_type = Value)]
    pub limit: Value,
    /// What `value` and `limit` count: `text`, `count`, `time` (ms UTC) or `duration` (ms).
    #[schema(value_type = String)]
    pub unit: Unit,
    /// Translation key of the sentence.
    pub note_key: String,
    /// Values the sentence needs besides `value`, `limit` and `until`.
    #[schema(value_type = Value)]
    pub params: Value,
    /// From when on it would hold, where that is known.
    #[schema(value_type = Option<i64>)]
    pub until: Option<Ms>,
    /// The same in English.
    pub detail: String,
}

impl From<&Verdict> for VerdictView {
    fn from(verdict: &Verdict) -> Self {
        let decisive = verdict.decided_by.and_then(|rule| verdict.check(rule));
        Self {
            outcome: verdict.outcome.code(),
            until: verdict.until,
            summary: decisive.map_or_else(|| "It may go out.".to_owned(), sentence),
            summary_key: verdict.summary_key.to_string(),
            decided_by: verdict.decided_by.map(rapport_core::guard::Rule::code),
            checks: verdict.checks.iter().map(CheckView::from).collect(),
        }
    }
}

impl From<&Check> for CheckView {
    fn from(check: &Check) -> Self {
        Self {
            rule: check.rule.code(),
            passed: check.held,
            effect: check.effect,
            value: check.value.clone(),
            limit: check.limit.clone(),
            unit: check.unit,
            note_key: check.note_key.to_string(),
            params: check.params.clone(),
            until: check.until,
            detail: sentence(check),
        }
    }
}

/// A stored verdict; `None` when it cannot be read any more.
#[must_use]
pub fn stored(json: &Value) -> Option<VerdictView> {
    serde_json::from_value::<Verdict>(json.clone()).ok().map(|verdict| VerdictView::from(&verdict))
}

/// What a check says, in English.
fn sentence(check: &Check) -> String {
    let key = check.note_key.as_ref();
    let known = SENTENCES.iter().find(|(known, _)| *known == key).map(|(_, text)| *text);
    let text = match known {
        Some(text) => text,
        None if key.ends_with(".not_needed") => NOT_NEEDED,
        None => return key.to_owned(),
    };
    let until = check.until.map_or(Value::Null, |at| at.0.into());
    let mut text = text.to_owned();
    for clause in check.until.is_none().then_some(ENDS).into_iter().flatten() {
        text = text.replace(clause, "");
    }
    text.replace("{rule}", &check.rule.code().replace('_', " "))
        .replace("{value}", &shown(&check.value, check.unit))
        .replace("{limit}", &shown(&check.limit, check.unit))
        .replace("{span}", &shown(&check.limit, Unit::Duration))
        .replace("{until}", &shown(&until, Unit::Time))
        .replace("{reason}", &shown(&check.params["reason"], Unit::Text))
        .replace("{component}", &shown(&check.params["component"], Unit::Text))
        .replace("{event}", &shown(&check.params["event"], Unit::Text))
}

fn shown(value: &Value, unit: Unit) -> String {
    match (value, unit) {
        (Value::Null, _) => "unknown".to_owned(),
        (Value::Number(number), Unit::Time) => number.as_i64().map_or_else(String::new, |at| moment(Ms(at))),
        (Value::Number(number), Unit::Duration) => number.as_i64().map_or_else(String::new, span),
        (Value::String(text), _) => text.clone(),
        (Value::Array(items), unit) => items.iter().map(|item| shown(item, unit)).collect::<Vec<_>>().join(", "),
        (Value::Object(fields), unit) => fields.values().map(|item| shown(item, unit)).collect::<Vec<_>>().join(" to "),
        (other, _) => other.to_string(),
    }
}

fn moment(at: Ms) -> String {
    let text = at.to_string();
    // 2026-09-21T14:13:20.123Z: minutes are enough for people.
    match text.get(..16) {
        Some(minutes) if text.ends_with('Z') => format!("{} UTC", minutes.replace('T', " ")),
        _ => text,
    }
}

fn span(ms: i64) -> String {
    let (count, unit) = match ms {
        _ if ms >= 2 * DAY => (ms / DAY, "days"),
        _ if ms >= 2 * HOUR => (ms / HOUR, "h"),
        _ if ms >= 2 * MINUTE => (ms / MINUTE, "min"),
        _ => (ms / SECOND, "s"),
    };
    format!("{count} {unit}")
}

/// What is left out of a sentence when nobody knows until when; the longer clauses first.
const ENDS: &[&str] = &[
    ", or wait until {until}",
    "; free again at {until}",
    "; the next may go at {until}",
    ": it goes out at {until}",
    ": it is looked at again at {until}",
    " until {until}",
    " at {until}",
];

const NOT_NEEDED: &str = "Does not apply to this message.";

/// Note keys and what they say.
#[rustfmt::skip]
const SENTENCES: &[(&str, &str)] = &[
    ("guard.allow", "It may go out."),
    ("guard.channel_active.ok", "The channel is switched on."),
    ("guard.channel_active.paused", "The channel is paused: it waits until somebody switches it on."),
    ("guard.channel_active.error", "The provider refuses the channel ({reason}): it waits until that is repaired."),
    ("guard.channel_ready.ok", "The set-up checks passed."),
    ("guard.channel_ready.overridden", "Set-up checks fail ({value}), but an administrator overrode them."),
    ("guard.channel_ready.blocked", "Set-up checks fail: {value}."),
    ("guard.campaign.ok", "Its campaign is under way."),
    ("guard.campaign.paused", "Its campaign is paused: it waits until somebody resumes it."),
    ("guard.campaign.cancelled", "Its campaign was cancelled before its turn came."),
    ("guard.recipient.ok", "There is an address to send to."),
    ("guard.recipient.none", "The customer has neither a number nor a WhatsApp user id."),
    ("guard.recipient.needs_phone", "This kind of message needs the customer's number, which is hidden."),
    ("guard.content.ok", "The content can be sent."),
    ("guard.content.not_sendable", "Content of this kind cannot be sent: {value}."),
    ("guard.content.empty", "There is nothing in the message."),
    ("guard.content.too_long", "The text is too long: {value} of at most {limit} characters."),
    ("guard.content.too_many", "There are too many entries: {value} of at most {limit}."),
    ("guard.blocked.ok", "The customer is not blocked."),
    ("guard.blocked.blocked", "You blocked this customer."),
    ("guard.undeliverable.ok", "The number could be reached so far."),
    ("guard.undeliverable.wrote_since", "Messages did not arrive, but the customer has written since."),
    ("guard.undeliverable.undeliverable", "Messages have not arrived at this number since {value}."),
    ("guard.window.open", "The service window is open until {value}."),
    ("guard.window.not_needed", "Goes out whether the service window is open or not."),
    ("guard.window.closed", "The customer's 24-hour window closed at {value}: only a template can be sent."),
    ("guard.window.never", "The customer has not written yet: only a template can be sent."),
    ("guard.target_age.ok", "The message it refers to is recent enough."),
    ("guard.target_age.too_old", "The message it refers to is {value} old; at most {limit} are allowed."),
    ("guard.template_exists.ok", "The template {value} exists."),
    ("guard.template_exists.missing", "There is no template {value} in our copy of the account."),
    ("guard.template_approved.ok", "The template is approved."),
    ("guard.template_approved.not_approved", "The template is not approved: {value}."),
    ("guard.template_approved.paused", "The template is paused until {until}."),
    ("guard.template_language.ok", "The template exists in {value}."),
    ("guard.template_language.other_language", "The template does not exist in {value}, only in {limit}."),
    ("guard.template_parameters.ok", "The parameters fit the template."),
    ("guard.template_parameters.mismatch", "The parameters do not fit the template at {component}: expected {limit}, got {value}."),
    ("guard.template_category.ok", "The template's category fits."),
    ("guard.template_category.promotion_needs_marketing", "Promotion needs a marketing template; this one is {value}."),
    ("guard.consent.ok", "The customer has not refused marketing."),
    ("guard.consent.opted_out", "The customer does not want marketing."),
    ("guard.opt_in_cap.ok", "Without opt-in {value} of {limit} templates were sent."),
    ("guard.opt_in_cap.opted_in", "The customer opted in."),
    ("guard.opt_in_cap.capped", "The customer has not opted in and was sent {value} of {limit} templates; free again at {until}."),
    ("guard.market.ok", "Marketing is delivered in the customer's country."),
    ("guard.market.closed_country", "WhatsApp delivers no marketing in {value}."),
    ("guard.ecosystem.ok", "WhatsApp has not held back marketing to this customer lately."),
    ("guard.ecosystem.held_back", "WhatsApp held back marketing to this customer at {value}."),
    ("guard.same_content.ok", "The same content was sent {value} of {limit} times."),
    ("guard.same_content.person", "A person repeats themselves in an open window; that is allowed."),
    ("guard.same_content.capped", "The same content was sent {value} times already, at most {limit}; free again at {until}."),
    ("guard.promotion_gap.ok", "The last promotional message is long enough ago."),
    ("guard.promotion_gap.capped", "Capped: a promotional message was sent at {value}; the next may go at {until}."),
    ("guard.quiet_hours.ok", "It is not night at the customer's."),
    ("guard.quiet_hours.quiet", "It is {value} at the customer's: promotion waits until {until}."),
    ("guard.monthly_budget.ok", "There is room in the month's budget: {value} of {limit} spent."),
    ("guard.monthly_budget.none", "No budget stops promotion."),
    ("guard.monthly_budget.reached", "The month's budget is used up: {value} of {limit} spent. Raise it, or wait until {until}."),
    ("guard.promotion_slot.ok", "It is {value} at the customer's, within the preferred hours {limit}."),
    ("guard.promotion_slot.off", "Promotion waits for no preferred hours."),
    ("guard.promotion_slot.by_hand", "Only campaigns and rules wait for the preferred hours."),
    ("guard.promotion_slot.waiting", "Promotion waits for the preferred hours ({limit} by the customer's clock) at {until}."),
    ("guard.promotion_slot.best_hour", "Promotion waits for the hours in which this customer writes ({limit}) at {until}."),
    ("guard.event_gap.ok", "The last notice about the same event is long enough ago."),
    ("guard.event_gap.capped", "A notice about {event} was sent at {value}; the next may go at {until}."),
    ("guard.promotion_hold.ok", "WhatsApp has not slowed the number down."),
    ("guard.promotion_hold.held", "WhatsApp slowed the number down for complaints: promotion waits until {until}."),
    ("guard.tier.ok", "{value} of {limit} customers were written to first in 24 h."),
    ("guard.tier.counted", "The customer counts among the {value} of {limit} written to first in 24 h already."),
    ("guard.tier.unlimited", "The number may write to any number of customers first."),
    ("guard.tier.full", "{value} of {limit} customers were written to first in 24 h: it waits until {until}."),
    ("guard.daily_limit.ok", "{value} of {limit} messages were sent today."),
    ("guard.daily_limit.none", "There is no daily limit of your own."),
    ("guard.daily_limit.full", "Your daily limit of {limit} messages is used up: it waits until {until}."),
    ("guard.backoff.ok", "The provider did not ask for a pause."),
    ("guard.backoff.waiting", "The provider asked for a pause: it goes out at {until}."),
    ("guard.throughput.ok", "The number is below its messages a second."),
    ("guard.throughput.waiting", "It waits for its turn among the number's messages."),
    ("guard.pair_rate.ok", "Not too many messages went to this customer just now."),
    ("guard.pair_rate.waiting", "Many messages went to this customer just now: it goes out at {until}."),
    ("guard.call_budget.ok", "The provider's call limit is not used up."),
    ("guard.call_budget.waiting", "The provider's call limit is used up: it goes out at {until}."),
    ("guard.route.ok", "Its route works."),
    ("guard.route.waiting", "The provider does not answer, and the standby would not take this message ({value}): it is looked at again at {until}."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_core::guard::{Author, Effect, Purpose, Request, Rule, Snapshot, judge, note_keys};
    use rapport_core::message::Content;

    #[test]
    fn every_note_has_a_sentence() {
        for key in note_keys() {
            let known = SENTENCES.iter().any(|(known, _)| *known == key);
            assert!(known || key.ends_with(".not_needed"), "{key}");
        }
        for (key, _) in SENTENCES {
            assert!(note_keys().contains(key), "{key} is no note any more");
        }
    }

    #[test]
    fn a_verdict_says_what_decided() {
        let content = Content::Text { body: "hello".to_owned(), preview_url: None };
        let request = Request::message(&content, Author::User, Purpose::Reply);
        let now = Ms(1_790_000_000_000);
        let mut snapshot = Snapshot::default();
        snapshot.customer.has_phone = true;
        snapshot.window.expires_at = Some(now.plus(-HOUR));
        let verdict = judge(&request, &snapshot, &rapport_core::guard::Policy::default(), now);
        let view = VerdictView::from(&verdict);
        assert_eq!((view.outcome, view.decided_by), ("refuse", Some("window")));
        assert_eq!(
            view.summary,
            "The customer's 24-hour window closed at 2026-09-21 13:13 UTC: only a template can be sent."
        );
        let json = serde_json::to_value(&verdict).unwrap();
        assert_eq!(stored(&json), Some(view));
        assert!(view_has_no_braces(&VerdictView::from(&verdict)));
    }

    #[test]
    fn an_end_nobody_knows_is_left_out() {
        for (key, text) in SENTENCES.iter().filter(|(_, text)| text.contains("{until}")) {
            let check = |until| Check {
                rule: Rule::TemplateApproved,
                held: false,
                effect: Some(Effect::Delay),
                value: 3.into(),
                limit: 4.into(),
                unit: Unit::Count,
                note_key: (*key).into(),
                params: Value::Null,
                until,
            };
            let told = sentence(&check(None));
            assert!(!told.contains("until") && !told.contains('{') && !told.contains(" at ."), "{key}: {told}");
            assert!(told.ends_with('.') && told.len() + 60 > text.len(), "{key}: {told}");
            let known = sentence(&check(Some(Ms(1_790_000_000_000))));
            assert!(known.contains("2026-09-21 14:13 UTC"), "{key}: {known}");
            assert_eq!(told == "The template is paused.", *key == "guard.template_approved.paused", "{told}");
        }
    }

    fn view_has_no_braces(view: &VerdictView) -> bool {
        view.checks.iter().all(|check| !check.detail.contains('{'))
    }

    #[test]
    fn times_and_spans_are_for_people() {
        assert_eq!(moment(Ms(1_790_000_000_000)), "2026-09-21 14:13 UTC");
        for (ms, text) in [(90_000, "90 s"), (10 * MINUTE, "10 min"), (6 * HOUR, "6 h"), (7 * DAY, "7 days")] {
            assert_eq!(span(ms), text);
        }
    }
}
