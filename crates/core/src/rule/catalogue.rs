//! What rules are made of, for whoever draws a form.

use super::condition::{Count, Is, Weekday};
use super::field::{Field, Kind, Wanted, fields};
use super::local::CUSTOMER;
use serde::Serialize;

/// Everything that a rule may be made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Catalogue {
    /// The fields conditions may ask about, beside `contact.fields.<own field>`, which are of the kind `own`.
    pub fields: &'static [Field],
    /// For each kind of field how its values are compared, and with what.
    pub comparisons: Vec<(Kind, Vec<(Is, Wanted)>)>,
    /// What can be counted; true = by words.
    pub counts: Vec<(Count, bool)>,
    /// How counts are compared.
    pub count_comparisons: Vec<Is>,
    /// What makes a rule look, with what is to be said about it.
    pub triggers: &'static [Offered],
    /// What a rule can do.
    pub steps: &'static [Offered],
    /// The days of the week.
    pub days: [Weekday; 7],
    /// The word for the customer's own clock in a condition on the time.
    pub customer_clock: &'static str,
}

/// A trigger or a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Offered {
    /// Its word: `keyword`, `send_text`.
    pub name: &'static str,
    /// What is to be said about it.
    pub parameters: &'static [Parameter],
}

/// Something that is to be said about a trigger or a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: ParameterKind,
    /// Whether it must be given.
    pub required: bool,
}

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// A long text.
    Text,
    /// A word.
    Word,
    /// Words or phrases.
    Words,
    /// Tags by name.
    Tags,
    /// Names of contact fields.
    Fields,
    /// A contact's own field.
    Field,
    /// Any value.
    Value,
    /// A length of time, minutes.
    Minutes,
    /// A number.
    Number,
    /// A time of the day.
    Time,
    /// Days of the week.
    Days,
    /// A time zone.
    Zone,
    /// A team, or none.
    Team,
    /// A user, or none.
    User,
    /// A priority.
    Priority,
    /// What a case is about.
    Category,
    /// A template's name.
    Template,
    /// A webhook, or none.
    Webhook,
    /// An https address.
    Url,
    /// A pool of codes, by its name.
    Pool,
    /// A condition.
    Condition,
    /// Steps.
    Steps,
}

const fn needed(name: &'static str, kind: ParameterKind) -> Parameter {
    Parameter { name, kind, required: true }
}

const fn free(name: &'static str, kind: ParameterKind) -> Parameter {
    Parameter { name, kind, required: false }
}

const fn offered(name: &'static str, parameters: &'static [Parameter]) -> Offered {
    Offered { name, parameters }
}

const TRIGGERS: &[Offered] = &[
    offered("message_received", &[]),
    offered("keyword", &[needed("words", ParameterKind::Words)]),
    offered("hot_word", &[free("topics", ParameterKind::Words)]),
    offered("intent", &[free("intents", ParameterKind::Words)]),
    offered("conversation_opened", &[]),
    offered("conversation_assigned", &[]),
    offered("conversation_resolved", &[]),
    offered("tag_added", &[free("tags", ParameterKind::Tags)]),
    offered("field_changed", &[free("fields", ParameterKind::Fields)]),
    offered("order_changed", &[free("statuses", ParameterKind::Words)]),
    offered("shipment_changed", &[free("statuses", ParameterKind::Words)]),
    offered("unanswered", &[needed("minutes", ParameterKind::Minutes)]),
    offered(
        "timer",
        &[
            needed("at", ParameterKind::Time),
            free("days", ParameterKind::Days),
            free("zone", ParameterKind::Zone),
            free("active_days", ParameterKind::Number),
        ],
    ),
];

const STEPS: &[Offered] = &[
    offered("send_text", &[needed("body", ParameterKind::Text)]),
    offered("send_template", &[needed("name", ParameterKind::Template), needed("language", ParameterKind::Word)]),
    offered("add_tags", &[needed("tags", ParameterKind::Tags)]),
    offered("remove_tags", &[needed("tags", ParameterKind::Tags)]),
    offered("assign_team", &[needed("team_id", ParameterKind::Team)]),
    offered("assign_user", &[needed("user_id", ParameterKind::User)]),
    offered("set_field", &[needed("field", ParameterKind::Field), needed("value", ParameterKind::Value)]),
    offered("set_priority", &[needed("priority", ParameterKind::Priority)]),
    offered("resolve", &[]),
    offered("reopen", &[]),
    offered("snooze", &[needed("minutes", ParameterKind::Minutes)]),
    offered("note", &[needed("body", ParameterKind::Text)]),
    offered("create_deal", &[needed("title", ParameterKind::Word), free("products", ParameterKind::Words)]),
    offered(
        "create_case",
        &[
            needed("title", ParameterKind::Word),
            needed("category", ParameterKind::Category),
            free("products", ParameterKind::Words),
        ],
    ),
    offered("issue_coupon", &[needed("pool", ParameterKind::Pool)]),
    offered("call_webhook", &[free("webhook_id", ParameterKind::Webhook), free("url", ParameterKind::Url)]),
    offered("wait", &[needed("minutes", ParameterKind::Minutes)]),
    offered(
        "branch",
        &[
            needed("if", ParameterKind::Condition),
            needed("then", ParameterKind::Steps),
            free("else", ParameterKind::Steps),
        ],
    ),
    offered("stop", &[]),
];

const KINDS: [Kind; 11] = [
    Kind::Text,
    Kind::Message,
    Kind::Number,
    Kind::Flag,
    Kind::Choice,
    Kind::Team,
    Kind::User,
    Kind::Channel,
    Kind::Tags,
    Kind::Moment,
    Kind::Own,
];

/// Everything that a rule may be made of.
#[must_use]
pub fn catalogue() -> Catalogue {
    let comparisons = |kind: Kind| kind.comparisons().iter().map(|is| (*is, is.wants())).collect();
    Catalogue {
        fields: fields(),
        comparisons: KINDS.iter().map(|kind| (*kind, comparisons(*kind))).collect(),
        counts: Count::ALL.iter().map(|count| (*count, count.of_words())).collect(),
        count_comparisons: vec![Is::MoreThan, Is::AtLeast, Is::LessThan, Is::AtMost, Is::Is, Is::IsNot],
        triggers: TRIGGERS,
        steps: STEPS,
        days: Weekday::ALL,
        customer_clock: CUSTOMER,
    }
}
