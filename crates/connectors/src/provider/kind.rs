//! Which providers there are, and what each of them offers.

use rapport_core::message::Content;
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

    /// Whether it carries this content at all. Limits are a matter of `core::message::check` and of the builder.
    ///
    /// # Errors
    /// [`Unsupported`], with the kind and the provider.
    pub fn carries(self, content: &Content) -> Result<(), Unsupported> {
        let kind = match (self, content) {
            (Self::Meta | Self::Dialog360 | Self::Gateway | Self::Practice, _) => return Ok(()),
            (Self::Twilio, Content::Interactive { kind, .. }) => match kind.as_str() {
                "button" | "list" | "cta_url" => match super::twilio::content::lacks(content) {
                    None => return Ok(()),
                    Some(lacking) => lacking,
                },
                other => interactive(other),
            },
            (Self::Bird, Content::Interactive { kind, .. }) => match kind.as_str() {
                "button" | "cta_url" => return Ok(()),
                other => interactive(other),
            },
            (Self::Bird, Content::Template { .. }) => "template",
            (Self::Twilio | Self::Bird, Content::Reaction { .. }) => "reaction",
            (Self::Twilio | Self::Bird, Content::Contacts { .. }) => "contacts",
            (Self::Twilio | Self::Bird, _) => return Ok(()),
        };
        Err(Unsupported { provider: self.name(), kind })
    }
}

/// The names of interactive kinds, as they are told to people.
fn interactive(kind: &str) -> &'static str {
    match kind {
        "button" => "interactive/button",
        "list" => "interactive/list",
        "cta_url" => "interactive/cta_url",
        "flow" => "interactive/flow",
        "location_request_message" => "interactive/location_request_message",
        "product" => "interactive/product",
        "product_list" => "interactive/product_list",
        "catalog_message" => "interactive/catalog_message",
        "carousel" => "interactive/carousel",
        "request_contact_info" => "interactive/request_contact_info",
        _ => "interactive",
    }
}
