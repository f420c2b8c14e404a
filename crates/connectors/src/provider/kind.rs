//! Which providers there are, and what each of them offers.

use rapport_core::message::Content;
use rapport_core::message::check::{self, Code, Problem};
use rapport_core::template::draft::Carrier;
use serde::Serialize;

/// Whoever stands between us and WhatsApp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Meta's own Cloud API.
    #[default]
    Meta,
    /// 360dialog: Meta's bodies behind another address and key.
    Dialog360,
    /// Twilio: forms, and templates by content id.
    Twilio,
    /// Bird, once MessageBird: the Channels API.
    Bird,
    /// Anything that speaks the contract of `docs/gateway.md`.
    Gateway,
    /// Nobody: scripted customers inside this process.
    Practice,
}

/// What a provider may offer beyond sending and receiving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// The business profile.
    Profile,
    /// QR codes and short links.
    QrCodes,
    /// Registering the number, PIN and verification codes.
    Registration,
    /// Pointing the webhook here by a call.
    Subscription,
    /// Reading the account's templates.
    Templates,
    /// Creating and deleting templates.
    TemplateWriting,
    /// Changing and resuming templates there are.
    TemplateEditing,
    /// Deleting one language of a template.
    TemplateLanguages,
    /// WhatsApp's library of ready templates.
    TemplateLibrary,
    /// Blocking customers at the provider.
    Blocking,
    /// Read marks and "is typing".
    ReadMarks,
    /// The number's quality and messaging limit.
    Quality,
    /// Quoting the message that is answered.
    Quotes,
    /// Customers known by a user id alone.
    UserIds,
}

impl Feature {
    /// The stable word, as the API tells it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::QrCodes => "qr_codes",
            Self::Registration => "registration",
            Self::Subscription => "subscription",
            Self::Templates => "templates",
            Self::TemplateWriting => "template_writing",
            Self::TemplateEditing => "template_editing",
            Self::TemplateLanguages => "template_languages",
            Self::TemplateLibrary => "template_library",
            Self::Blocking => "blocking",
            Self::ReadMarks => "read_marks",
            Self::Quality => "quality",
            Self::Quotes => "quotes",
            Self::UserIds => "user_ids",
        }
    }

    /// Every feature.
    pub const ALL: [Self; 14] = [
        Self::Profile,
        Self::QrCodes,
        Self::Registration,
        Self::Subscription,
        Self::Templates,
        Self::TemplateWriting,
        Self::TemplateEditing,
        Self::TemplateLanguages,
        Self::TemplateLibrary,
        Self::Blocking,
        Self::ReadMarks,
        Self::Quality,
        Self::Quotes,
        Self::UserIds,
    ];
}

/// A kind of message that a provider does not carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{provider} does not carry messages of the kind {kind}")]
pub struct Unsupported {
    /// The provider's name, for people.
    pub provider: &'static str,
    /// The kind: `reaction`, `contacts`, `interactive/list`, ..., or the part of it: `interactive/header`, ...
    pub kind: &'static str,
}

impl Kind {
    /// Every provider that a number can be connected through.
    pub const ALL: [Self; 5] = [Self::Meta, Self::Dialog360, Self::Twilio, Self::Bird, Self::Gateway];

    /// The stable word, as it is stored and told by the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Dialog360 => "dialog360",
            Self::Twilio => "twilio",
            Self::Bird => "bird",
            Self::Gateway => "gateway",
            Self::Practice => "practice",
        }
    }

    /// Reads a word; `None` for one that is not ours.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Practice]).find(|kind| kind.code() == code)
    }

    /// The name people know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "Meta",
            Self::Dialog360 => "360dialog",
            Self::Twilio => "Twilio",
            Self::Bird => "Bird",
            Self::Gateway => "The gateway",
            Self::Practice => "The practice channel",
        }
    }

    /// The label of metrics.
    pub(crate) fn vendor(self) -> &'static str {
        if self == Self::Meta { "whatsapp" } else { self.code() }
    }

    /// Where its API is; `None` when it must be told.
    #[must_use]
    pub fn default_base(self) -> Option<&'static str> {
        match self {
            Self::Meta => Some(crate::whatsapp::api::DEFAULT_BASE),
            Self::Dialog360 => Some("https://waba-v2.360dialog.io"),
            Self::Twilio => Some("https://api.twilio.com"),
            Self::Bird => Some("https://api.bird.com"),
            Self::Gateway => None,
            Self::Practice => Some(super::practice::BASE),
        }
    }

    /// Whether it offers this, as far as we use it.
    #[must_use]
    pub fn offers(self, feature: Feature) -> bool {
        match self {
            Self::Meta => true,
            Self::Dialog360 => matches!(
                feature,
                Feature::Profile
                    | Feature::QrCodes
                    | Feature::Blocking
                    | Feature::Subscription
                    | Feature::Templates
                    | Feature::TemplateWriting
                    | Feature::ReadMarks
                    | Feature::Quotes
                    | Feature::UserIds
            ),
            Self::Twilio => matches!(
                feature,
                Feature::Templates | Feature::TemplateWriting | Feature::TemplateLanguages | Feature::ReadMarks
            ),
            Self::Bird => matches!(feature, Feature::Quotes),
            Self::Practice => matches!(feature, Feature::ReadMarks | Feature::Quotes),
            Self::Gateway => matches!(
                feature,
                Feature::Templates | Feature::ReadMarks | Feature::Quality | Feature::Quotes | Feature::UserIds
            ),
        }
    }

    /// In what form it takes templates.
    #[must_use]
    pub fn carrier(self) -> Carrier {
        if self == Self::Twilio { Carrier::Contents } else { Carrier::Components }
    }

    /// Whether it tells by its webhook how reviews of templates end. Where it does not, the list is read again.
    #[must_use]
    pub fn tells_reviews(self) -> bool {
        matches!(self, Self::Meta | Self::Dialog360)
    }

    /// Whether an approved template that is deleted is still listed, as being deleted, until its time is over.
    #[must_use]
    pub fn deletes_slowly(self) -> bool {
        self != Self::Twilio
    }

    /// Whether files go out as a link that the provider fetches from us, instead of being uploaded first.
    #[must_use]
    pub fn takes_links(self) -> bool {
        matches!(self, Self::Twilio | Self::Bird | Self::Gateway)
    }

    /// Longest text of a message, in UTF-16 units.
    #[must_use]
    pub fn text_max(self) -> usize {
        if self == Self::Twilio { super::twilio::send::BODY_MAX } else { check::TEXT }
    }

    /// The kinds of message it does not carry, in the words of [`Unsupported::kind`]; of some it may carry less than all.
    #[must_use]
    pub fn not_carried(self) -> Vec<&'static str> {
        WORDS.iter().chain(INTERACTIVE).copied().filter(|word| self.lacks(word)).collect()
    }

    fn lacks(self, word: &str) -> bool {
        match self {
            Self::Meta | Self::Dialog360 | Self::Gateway | Self::Practice => false,
            Self::Twilio => match word.strip_prefix("interactive/") {
                Some(kind) => !matches!(kind, "button" | "list" | "cta_url"),
                None => matches!(word, "reaction" | "contacts" | "interactive"),
            },
            Self::Bird => match word.strip_prefix("interactive/") {
                Some(kind) => !matches!(kind, "button" | "cta_url"),
                None => matches!(word, "reaction" | "contacts" | "template" | "interactive"),
            },
        }
    }

    /// Whether it carries this content at all. Limits are a matter of `core::message::check` and of the builder.
    ///
    /// # Errors
    /// [`Unsupported`], with the kind and the provider.
    pub fn carries(self, content: &Content) -> Result<(), Unsupported> {
        let word = match content {
            Content::Interactive { kind, .. } => interactive(kind),
            other => other.kind(),
        };
        let lacking = if self.lacks(word) {
            Some(word)
        } else if self == Self::Twilio {
            super::twilio::content::lacks(content)
        } else {
            None
        };
        lacking.map_or(Ok(()), |kind| Err(Unsupported { provider: self.name(), kind }))
    }

    /// Whether a text is longer than it takes, though within WhatsApp's own limits.
    #[must_use]
    pub fn too_long(self, content: &Content) -> Option<Problem> {
        let Content::Text { body, .. } = content else { return None };
        let (limit, actual) = (self.text_max(), body.encode_utf16().count());
        (limit < check::TEXT && actual > limit).then(|| Problem {
            code: Code::TooLong,
            field: "body".to_owned(),
            limit: limit.to_string(),
            actual: actual.to_string(),
        })
    }
}

/// Kinds of message that some provider does not carry.
const WORDS: &[&str] = &["reaction", "contacts", "template"];
/// The same, of interactive messages.
const INTERACTIVE: &[&str] = &[
    "interactive/button",
    "interactive/list",
    "interactive/cta_url",
    "interactive/flow",
    "interactive/location_request_message",
    "interactive/address_message",
    "interactive/product",
    "interactive/product_list",
    "interactive/catalog_message",
    "interactive/carousel",
    "interactive/request_contact_info",
    "interactive/call_permission_request",
];

/// The name of an interactive kind, as it is told to people.
fn interactive(kind: &str) -> &'static str {
    INTERACTIVE.iter().copied().find(|word| word.strip_prefix("interactive/") == Some(kind)).unwrap_or("interactive")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_carried_is_told_beforehand() {
        for kind in [Kind::Meta, Kind::Dialog360, Kind::Gateway, Kind::Practice] {
            assert_eq!((kind.not_carried(), kind.text_max()), (Vec::new(), 4_096), "{kind:?}");
        }
        let twilio = Kind::Twilio.not_carried();
        for word in ["reaction", "contacts", "interactive/flow", "interactive/product", "interactive/carousel"] {
            assert!(twilio.contains(&word), "{word}");
        }
        for word in ["template", "interactive/button", "interactive/list", "interactive/cta_url"] {
            assert!(!twilio.contains(&word), "{word}");
        }
        assert!(
            Kind::Bird.not_carried().contains(&"interactive/list") && Kind::Bird.not_carried().contains(&"template")
        );
    }

    #[test]
    fn a_text_has_its_providers_length() {
        for (kind, body, found) in [
            (Kind::Twilio, "x".repeat(1_600), None),
            (Kind::Twilio, "غ".repeat(1_600), None),
            (Kind::Twilio, "x".repeat(1_601), Some(("1600", "1601"))),
            (Kind::Twilio, "🛍".repeat(801), Some(("1600", "1602"))),
            (Kind::Meta, "x".repeat(4_096), None),
            // What is too long for WhatsApp itself is told by the common check.
            (Kind::Meta, "x".repeat(4_097), None),
        ] {
            let problem = kind.too_long(&Content::Text { body, preview_url: None });
            assert_eq!(problem.as_ref().map(|one| (one.limit.as_str(), one.actual.as_str())), found, "{kind:?}");
        }
    }
}
