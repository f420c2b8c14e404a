//! Identity as a graph: several ids lead to one person, and ids move between people (`product.md` D1,
//! `whatsapp-cloud-api.md` §14).

use super::{email, phone};
use crate::inbound::Customer;
use crate::{ContactId, Ms};
use serde::{Deserialize, Serialize};

/// What sort of id it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// WhatsApp id: international digits as WhatsApp spells them.
    WaId,
    /// Business-scoped user id; on every event since 2026, changes with the number.
    Bsuid,
    /// Business-scoped user id over linked portfolios.
    ParentBsuid,
    /// Telephone number, E.164.
    Phone,
    /// E-mail address, normalised.
    Email,
}

impl IdentityKind {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 5] = [Self::WaId, Self::Bsuid, Self::ParentBsuid, Self::Phone, Self::Email];

    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::WaId => "wa_id",
            Self::Bsuid => "bsuid",
            Self::ParentBsuid => "parent_bsuid",
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }

    /// Reads a stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// One id of a person, in its stored spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// What sort of id.
    pub kind: IdentityKind,
    /// The id.
    pub value: String,
}

impl Identity {
    /// An id of this kind; the value is taken as it is.
    #[must_use]
    pub fn new(kind: IdentityKind, value: impl Into<String>) -> Self {
        Self { kind, value: value.into() }
    }

    /// A telephone number as an identity, normalised.
    ///
    /// # Errors
    /// When the text is not a number.
    pub fn phone(raw: &str, default_country: &str) -> Result<Self, phone::PhoneError> {
        phone::normalise(raw, default_country).map(|phone| Self::new(IdentityKind::Phone, phone.e164))
    }

    /// An e-mail address as an identity, normalised.
    ///
    /// # Errors
    /// When the text is not an address.
    pub fn email(raw: &str) -> Result<Self, email::EmailError> {
        email::normalise(raw).map(|address| Self::new(IdentityKind::Email, address))
    }
}

/// Every id an event gives for its customer, strongest first, each once. Usernames are not among them: they
/// change freely. A WhatsApp id also yields its telephone number, in `default_country` when it is a local form
/// (some gateways send those).
#[must_use]
pub fn identities_of(customer: &Customer, default_country: &str) -> Vec<Identity> {
    let mut all = Vec::with_capacity(4);
    let mut add = |kind, value: &str| {
        let value = value.trim();
        let identity = Identity::new(kind, value);
        if !value.is_empty() && !all.contains(&identity) {
            all.push(identity);
        }
    };
    if let Some(id) = &customer.user_id {
        add(IdentityKind::Bsuid, id);
    }
    if let Some(id) = &customer.parent_user_id {
        add(IdentityKind::ParentBsuid, id);
    }
    if let Some(id) = &customer.wa_id {
        let digits = id.trim().trim_start_matches('+');
        add(IdentityKind::WaId, digits);
        let number = if digits.starts_with('0') {
            phone::normalise(digits, default_country)
        } else {
            phone::from_wa_id(digits).or_else(|_| phone::normalise(digits, default_country))
        };
        if let Ok(number) = number {
            add(IdentityKind::Phone, &number.e164);
        }
    }
    all
}

/// The same ids and every other spelling of the numbers among them: what a look-up should ask for. Results found
/// by another spelling are the same person; only the ids themselves are stored.
#[must_use]
pub fn lookup_keys(identities: &[Identity]) -> Vec<Identity> {
    let mut keys: Vec<Identity> = identities.to_vec();
    for identity in identities {
        let spellings = match identity.kind {
            IdentityKind::Phone => phone::variants(&identity.value),
            IdentityKind::WaId => phone::variants(&format!("+{}", identity.value)),
            _ => continue,
        };
        for spelling in spellings {
            let key = match identity.kind {
                IdentityKind::WaId => Identity::new(IdentityKind::WaId, spelling.trim_start_matches('+')),
                _ => Identity::new(IdentityKind::Phone, spelling),
            };
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

/// Whom a set of ids leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// Nobody yet.
    None,
    /// One contact.
    One(ContactId),
    /// Several contacts turned out to be one person.
    Several {
        /// The oldest one, which stays.
        keep: ContactId,
        /// The others, oldest first; their conversations move to `keep` and the merge can be undone.
        merge: Vec<ContactId>,
    },
}

/// Decides whom the found owners of an event's ids stand for. The oldest contact stays (ties by id), so that
/// every node decides alike whatever order the rows came in.
#[must_use]
pub fn resolve(found: &[(Identity, ContactId, Ms)]) -> Resolution {
    let mut owners: Vec<(Ms, ContactId)> = found.iter().map(|(_, id, created_at)| (*created_at, *id)).collect();
    owners.sort_unstable();
    let mut people: Vec<ContactId> = Vec::with_capacity(owners.len());
    for (_, id) in owners {
        if !people.contains(&id) {
            people.push(id);
        }
    }
    match people.as_slice() {
        [] => Resolution::None,
        [one] => Resolution::One(*one),
        [keep, merge @ ..] => Resolution::Several { keep: *keep, merge: merge.to_vec() },
    }
}

/// What a change of ids does to a contact's identities.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rotation {
    /// Ids that lead to the contact from now on.
    pub add: Vec<Identity>,
    /// Ids that no longer do; kept as history, because someone else may get them.
    pub retire: Vec<Identity>,
}

/// The rules of a number change (`user_changed_number`) or BSUID change (`user_changed_user_id`).
///
/// - An id that has a successor of its kind is retired, the successor added.
/// - A BSUID changes only together with the number: when it changed and the event hides the new number, the old
///   number is retired too, or its next owner would be taken for this person.
/// - A parent BSUID that the new side does not mention stays: it outlives number changes of linked portfolios.
#[must_use]
pub fn renamed(old: &Customer, new: &Customer, default_country: &str) -> Rotation {
    let before = identities_of(old, default_country);
    let after = identities_of(new, default_country);
    let changed = |kind| {
        let (was, is) = (of_kind(&before, kind), of_kind(&after, kind));
        was.is_some() && is.is_some() && was != is
    };
    let moved = changed(IdentityKind::Bsuid) || changed(IdentityKind::WaId);
    let gone = |identity: &Identity| {
        if after.contains(identity) {
            return false;
        }
        let numbered = matches!(identity.kind, IdentityKind::WaId | IdentityKind::Phone);
        changed(identity.kind) || (moved && (numbered || identity.kind == IdentityKind::Bsuid))
    };
    Rotation {
        retire: before.iter().filter(|identity| gone(identity)).cloned().collect(),
        add: after.into_iter().filter(|identity| !before.contains(identity)).collect(),
    }
}

fn of_kind(identities: &[Identity], kind: IdentityKind) -> Option<&Identity> {
    identities.iter().find(|identity| identity.kind == kind)
}
