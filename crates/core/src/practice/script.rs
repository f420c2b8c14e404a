//! The scripts: data only.

use super::Scenario;

/// A place in a script.
pub(super) struct Beat {
    pub name: &'static str,
    /// What the customer says on arriving here: keys of the words.
    pub says: &'static [Say],
    /// Where it goes on, after what the agent does; the first that fits.
    pub moves: &'static [(When, &'static str)],
}

pub(super) enum Say {
    Text(&'static str),
    /// The photo, with this caption.
    Photo(&'static str),
}

/// What the agent did.
#[derive(Clone, Copy)]
pub(super) enum When {
    /// Asked for the order number.
    AsksOrder,
    /// Asked anything back.
    AsksBack,
    /// Sent a template.
    Template,
    /// Wrote anything.
    Writes,
}

use Say::{Photo, Text};
use When::{AsksBack, AsksOrder, Template, Writes};

const ORDER: &[Beat] = &[
    Beat { name: "start", says: &[Text("order.start")], moves: &[(AsksOrder, "number"), (Writes, "vague")] },
    Beat { name: "vague", says: &[Text("order.vague")], moves: &[(AsksOrder, "number"), (Writes, "thanks")] },
    Beat { name: "number", says: &[Text("order.number")], moves: &[(Writes, "thanks")] },
    Beat { name: "thanks", says: &[Text("order.thanks")], moves: &[] },
];

const REFUND: &[Beat] = &[
    Beat {
        name: "start",
        says: &[Text("refund.start"), Text("refund.start_more")],
        moves: &[(AsksOrder, "number"), (Writes, "angrier")],
    },
    Beat { name: "angrier", says: &[Text("refund.angrier")], moves: &[(AsksOrder, "number"), (Writes, "calm")] },
    Beat { name: "number", says: &[Text("refund.number")], moves: &[(Writes, "calm")] },
    Beat { name: "calm", says: &[Text("refund.calm")], moves: &[] },
];

const SIZE: &[Beat] = &[
    Beat { name: "start", says: &[Text("size.start")], moves: &[(AsksBack, "detail"), (Writes, "buy")] },
    Beat { name: "detail", says: &[Text("size.detail")], moves: &[(Writes, "buy")] },
    Beat { name: "buy", says: &[Text("size.buy")], moves: &[(Writes, "thanks")] },
    Beat { name: "thanks", says: &[Text("size.thanks")], moves: &[] },
];

const PHOTO: &[Beat] = &[
    Beat {
        name: "start",
        says: &[Text("photo.start"), Photo("photo.caption")],
        moves: &[(AsksOrder, "number"), (Writes, "next")],
    },
    Beat { name: "next", says: &[Text("photo.next")], moves: &[(AsksOrder, "number"), (Writes, "thanks")] },
    Beat { name: "number", says: &[Text("photo.number")], moves: &[(Writes, "thanks")] },
    Beat { name: "thanks", says: &[Text("photo.thanks")], moves: &[] },
];

const WINDOW: &[Beat] = &[
    Beat { name: "start", says: &[Text("window.start")], moves: &[(Template, "back"), (Writes, "thanks")] },
    Beat { name: "back", says: &[Text("window.back")], moves: &[(Writes, "thanks")] },
    Beat { name: "thanks", says: &[Text("window.thanks")], moves: &[] },
];

/// The script of a scenario; its first beat is where it begins.
pub(super) fn of(scenario: Scenario) -> &'static [Beat] {
    match scenario {
        Scenario::Order => ORDER,
        Scenario::Refund => REFUND,
        Scenario::Size => SIZE,
        Scenario::Photo => PHOTO,
        Scenario::Window => WINDOW,
    }
}

/// A beat by its name; a name that is no longer known is the end of the script.
pub(super) fn beat(scenario: Scenario, name: &str) -> Option<&'static Beat> {
    of(scenario).iter().find(|beat| beat.name == name)
}
