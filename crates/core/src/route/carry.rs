//! Which messages may go over another channel, and what they meet there.

use crate::contact::Window;
use crate::message::Content;
use serde::{Deserialize, Serialize};

/// Why a message cannot go over another channel, whatever the guard says there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// It reacts to a message that the other number never saw.
    Reaction,
    /// It shows something that belongs to the account: a flow, a product, a catalogue.
    Account,
}

impl Bar {
    /// The short code that is stored with the message.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Reaction => "reaction",
            Self::Account => "account",
        }
    }
}

/// Interactive messages that name nothing of the account.
const PLAIN: [&str; 5] = ["button", "list", "cta_url", "location_request_message", "request_contact_info"];

/// What keeps a message from going over another channel. `same_number`: the customer sees the same number there;
/// `same_account`: the provider keeps both in one account.
#[must_use]
pub fn bar(content: &Content, same_number: bool, same_account: bool) -> Option<Bar> {
    match content {
        Content::Reaction { .. } if !same_number => Some(Bar::Reaction),
        Content::Interactive { kind, .. } if !same_account && !PLAIN.contains(&kind.as_str()) => Some(Bar::Account),
        _ => None,
    }
}

/// What is known of a channel's number; empty = not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<'a> {
    /// The provider's id of it. Meta's is the same at everybody who passes on what Meta does; others take its digits.
    pub id: &'a str,
    /// As people write it.
    pub phone: &'a str,
}

impl Number<'_> {
    fn names(self) -> [String; 2] {
        [self.id.to_owned(), self.phone.chars().filter(char::is_ascii_digit).collect()]
    }
}

/// Whether two channels are one number to the customer: their ids or digits are the same. A number nobody knows is no
/// one's.
#[must_use]
pub fn same_number(one: Number<'_>, other: Number<'_>) -> bool {
    let names = other.names();
    one.names().iter().any(|name| !name.is_empty() && names.contains(name))
}

/// The customer service window on the other channel. To the customer one number is one chat, so its window counts
/// through both channels; another number has a window of its own.
#[must_use]
pub fn window(same_number: bool, here: Window, there: Window) -> Window {
    match (same_number, here.expires_at, there.expires_at) {
        (false, ..) => there,
        (true, here, there) => Window::new(here.max(there)),
    }
}
