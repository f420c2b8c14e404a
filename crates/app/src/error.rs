//! What can go wrong in a use case, sorted by what the person or program that asked can do about it.

use crate::vault::VaultError;
use rapport_core::message::check::Problem;
use std::borrow::Cow;

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such thing in the caller's workspace (or none the caller may know of).
    #[error("{0} not found")]
    NotFound(&'static str),
    /// A value that was given cannot be accepted.
    #[error("{field}: {detail}")]
    Invalid {
        /// Which value, as the API names it.
        field: Cow<'static, str>,
        /// What is wrong with it, for a person.
        detail: String,
    },
    /// What is to be sent is not what the provider takes. Fields are named as the request names them.
    #[error("{}", crate::error::sentence(.0))]
    Limits(Vec<Problem>),
    /// A rule of the business says no, whatever the values.
    #[error("{detail}")]
    Refused {
        /// Stable code of the rule.
        code: &'static str,
        /// Why, for a person.
        detail: String,
    },
    /// The provider was asked and said no.
    #[error("{detail}")]
    Provider {
        /// Its code; -1 when it gave none.
        code: i64,
        /// What that means, what to do, and its own words.
        detail: String,
    },
    /// It clashes with something that exists or happened meanwhile.
    #[error("{detail}")]
    Conflict {
        /// Stable code of the clash.
        code: &'static str,
        /// With what, for a person.
        detail: String,
    },
    /// The guard refuses a message, whatever its values.
    #[error("{detail}")]
    Judged {
        /// `window_closed`, or `guard_refused`.
        code: &'static str,
        /// Why, for a person.
        detail: String,
        /// Every check with its values.
        verdict: Box<crate::send::VerdictView>,
    },
    /// The thing to be made exists already.
    #[error("{detail}")]
    Exists {
        /// Stable code of the clash.
        code: &'static str,
        /// What exists, for a person.
        detail: String,
        /// The one that exists.
        id: uuid::Uuid,
    },
    /// A template's draft breaks rules of the provider.
    #[error("the template breaks {} rules", .0.len())]
    Draft(Vec<crate::channel::template_draft::ProblemView>),
    /// The provider did not do what was asked.
    #[error("{reason} {advice}")]
    Declined {
        /// Stable code of the reason.
        code: &'static str,
        /// The provider's own words.
        reason: String,
        /// What to do, for a person.
        advice: &'static str,
    },
    /// The caller is known but may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// The caller is not known: no valid session or token came with the request.
    #[error("sign in first")]
    Unauthenticated,
    /// E-mail and password do not belong together. Says nothing about which of them is wrong.
    #[error("e-mail or password is wrong")]
    BadCredentials,
    /// Too many attempts; the caller may try again later.
    #[error("too many attempts; try again in {} s", .retry_after_ms.div_euclid(1_000) + 1)]
    Limited {
        /// Time until the next attempt is looked at, milliseconds.
        retry_after_ms: i64,
    },
    /// The process has more work than it can take.
    #[error("busy: {0}")]
    Overloaded(&'static str),
    /// The store said no.
    #[error(transparent)]
    Store(#[from] rapport_store::Error),
    /// A stored secret cannot be read or written.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A bug or a broken installation; the text is for the log, not for the caller.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// A value that cannot be accepted.
    #[must_use]
    pub fn invalid(field: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), detail: detail.into() }
    }

    /// A rule says no.
    #[must_use]
    pub fn refused(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Refused { code, detail: detail.into() }
    }

    /// A clash with what exists.
    #[must_use]
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Conflict { code, detail: detail.into() }
    }
}

/// The problems of a message in words, for people who read the plain answer.
#[must_use]
pub fn sentence(problems: &[Problem]) -> String {
    let all: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} must be {}, not {}", problem.field, problem.allowed(), problem.found()))
        .collect();
    all.join("; ")
}
