//! Campaigns: one template to many customers, each of them once (`product.md` M1, M2).
//!
//! What a campaign may do next, whom it is for, and how each message of it is named, so that a repeated step names the
//! same message. Who may be written to, and when, the guard says at the moment of sending, as for every other message.

use crate::{CampaignId, ContactId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How far a campaign has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being prepared.
    Draft,
    /// Begins by itself at a moment.
    Scheduled,
    /// Under way.
    Running,
    /// A person stopped it and may let it go on.
    Paused,
    /// Nothing of it waits any more.
    Finished,
    /// A person ended it early.
    Cancelled,
}

impl Status {
    /// Every status, in the order in which they come.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Scheduled, Self::Running, Self::Paused, Self::Finished, Self::Cancelled];

    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads a code; `None` when it is none of them.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// What that means for a message of it that waits for its turn.
    #[must_use]
    pub fn standing(self) -> Standing {
        match self {
            Self::Draft | Self::Scheduled | Self::Running | Self::Finished => Standing::UnderWay,
            Self::Paused => Standing::Paused,
            Self::Cancelled => Standing::Cancelled,
        }
    }
}

/// Whether a campaign's waiting messages may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Like any other message.
    UnderWay,
    /// Not now.
    Paused,
    /// Not any more.
    Cancelled,
}

/// What is done to a campaign as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// It is changed: name, template, audience.
    Change,
    /// It is thrown away.
    Delete,
    /// It begins now.
    Start,
    /// It begins later.
    Schedule,
    /// It rests.
    Pause,
    /// It goes on.
    Resume,
    /// It ends early.
    Cancel,
    /// Nothing of it waits any more.
    Finish,
}

impl Step {
    /// In which status it can be done. Whoever does it changes the status under this condition, so that of two who
    /// do it at once only one does.
    #[must_use]
    pub fn from(self) -> &'static [Status] {
        match self {
            Self::Change | Self::Start | Self::Schedule => &[Status::Draft, Status::Scheduled],
            Self::Delete => &[Status::Draft],
            Self::Pause | Self::Finish => &[Status::Running],
            Self::Resume => &[Status::Paused],
            Self::Cancel => &[Status::Scheduled, Status::Running, Status::Paused],
        }
    }

    /// Where it leads; `None` leaves the status alone.
    #[must_use]
    pub fn to(self) -> Option<Status> {
        match self {
            Self::Change | Self::Delete => None,
            Self::Start | Self::Resume => Some(Status::Running),
            Self::Schedule => Some(Status::Scheduled),
            Self::Pause => Some(Status::Paused),
            Self::Cancel => Some(Status::Cancelled),
            Self::Finish => Some(Status::Finished),
        }
    }
}

/// Whom a campaign is for. The JSON form is what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Audience {
    /// Every contact with a conversation on the campaign's channel.
    Channel,
    /// Every contact with this tag.
    Tag {
        /// The tag.
        tag: String,
    },
    /// These contacts and numbers; they are kept beside the campaign.
    List {
        /// How many different ones.
        count: usize,
    },
}

/// One entry of a list: a contact, or a number that may belong to nobody yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entry {
    /// A contact.
    Contact(ContactId),
    /// A number, E.164.
    Phone(String),
}

impl Entry {
    /// As it is kept: the id, or the number with its plus.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Contact(id) => id.to_string(),
            Self::Phone(number) => number.clone(),
        }
    }

    /// Reads what [`Entry::word`] wrote.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        if word.starts_with('+') {
            return Some(Self::Phone(word.to_owned()));
        }
        word.parse::<Uuid>().ok().map(|id| Self::Contact(ContactId(id)))
    }
}

/// Why a recipient gets no message at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// There is no such contact (any more).
    Gone,
    /// The contact became part of another one, who is a recipient instead.
    Merged(ContactId),
    /// A blank of the template stays empty: neither the campaign nor the customer's data fills it.
    Missing(String),
    /// What the template says with this customer's data is longer than the provider takes.
    TooLong,
}

impl Skip {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Merged(_) => "merged",
            Self::Missing(_) => "missing_value",
            Self::TooLong => "too_long",
        }
    }

    /// What it is about: the blank, or the other contact.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Gone | Self::TooLong => None,
            Self::Merged(keep) => Some(keep.to_string()),
            Self::Missing(key) => Some(key.clone()),
        }
    }
}

/// The name of a campaign's message to a contact: always the same, so that it is made once.
#[must_use]
pub fn client_id(campaign: CampaignId, contact: ContactId) -> String {
    format!("campaign:{}:{}", campaign.0.simple(), contact.0.simple())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_where_they_should() {
        let after = |from: Status, step: Step| step.from().contains(&from).then(|| step.to()).flatten();
        for (from, step, to) in [
            (Status::Draft, Step::Start, Some(Status::Running)),
            (Status::Draft, Step::Schedule, Some(Status::Scheduled)),
            (Status::Scheduled, Step::Start, Some(Status::Running)),
            (Status::Running, Step::Start, None),
            (Status::Running, Step::Pause, Some(Status::Paused)),
            (Status::Paused, Step::Resume, Some(Status::Running)),
            (Status::Paused, Step::Cancel, Some(Status::Cancelled)),
            (Status::Draft, Step::Cancel, None),
            (Status::Finished, Step::Cancel, None),
            (Status::Cancelled, Step::Resume, None),
            (Status::Running, Step::Finish, Some(Status::Finished)),
        ] {
            assert_eq!(after(from, step), to, "{from:?} {step:?}");
        }
        for status in Status::ALL {
            assert_eq!(Status::parse(status.code()), Some(status));
        }
    }

    #[test]
    fn entries_read_back() {
        for entry in [Entry::Contact(ContactId(Uuid::from_u128(7))), Entry::Phone("+971500000001".to_owned())] {
            assert_eq!(Entry::read(&entry.word()), Some(entry));
        }
        assert_eq!(Entry::read("nobody"), None);
    }

    #[test]
    fn a_message_has_one_name() {
        let (campaign, contact) = (CampaignId(Uuid::from_u128(1)), ContactId(Uuid::from_u128(2)));
        let name = client_id(campaign, contact);
        assert_eq!(name, client_id(campaign, contact));
        assert!(name.len() <= 100 && name != client_id(campaign, ContactId(Uuid::from_u128(3))));
    }
}
