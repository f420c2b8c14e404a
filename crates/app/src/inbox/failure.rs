//! Why a message did not arrive, in words for people.

use rapport_connectors::whatsapp::{RetryClass, meaning};
use rapport_core::message::{Failure, Status};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What went wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MessageError)]
pub struct FailureView {
    /// The provider's code; 0 when the failure is ours.
    pub code: i64,
    /// What happened.
    pub meaning: String,
    /// What to do.
    pub advice: String,
    /// Whether the same message may go if it is tried again.
    pub retryable: bool,
}

/// A stored failure; `None` when there is none, or it means nothing at this status.
pub(crate) fn view(stored: Option<&Value>, status: &str) -> Option<FailureView> {
    let failure: Failure = serde_json::from_value(stored?.clone()).ok()?;
    if status == Status::Unknown.code() {
        return Some(lost(&failure));
    }
    if matches!(failure.code, 0 | Failure::HOPELESS) {
        return Some(ours(&failure));
    }
    let row = meaning(failure.code);
    // A code that nobody has described: the provider's own words say more than ours.
    let known = row.code >= 0 || failure.detail.is_empty();
    Some(FailureView {
        code: failure.code,
        meaning: if known { row.meaning.to_owned() } else { failure.detail },
        advice: row.advice.to_owned(),
        retryable: retryable(row.class),
    })
}

/// What to do about a message that cannot be sent as it is.
const HOPELESS: &str = "Nothing reached the customer. Correct what is named, then write it anew.";

fn lost(failure: &Failure) -> FailureView {
    FailureView {
        code: failure.code.max(0),
        meaning: "The answer to this message was lost: it may have gone out.".to_owned(),
        advice: "Look at the customer's chat, then say whether it was sent.".to_owned(),
        retryable: false,
    }
}

fn ours(failure: &Failure) -> FailureView {
    let detail = failure.detail.trim();
    let retryable = failure.code != Failure::HOPELESS;
    let advice = if retryable { "Nothing reached the customer. Try again." } else { HOPELESS };
    FailureView {
        code: 0,
        meaning: if detail.is_empty() { "It did not go out.".to_owned() } else { sentence(detail) },
        advice: advice.to_owned(),
        retryable,
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(char::to_uppercase).into_iter().flatten().collect();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

fn retryable(class: RetryClass) -> bool {
    match class {
        RetryClass::SafeRetry
        | RetryClass::RetryCustomer
        | RetryClass::LaterHours
        | RetryClass::LaterDay
        | RetryClass::WaitStatus
        | RetryClass::PauseChannel => true,
        RetryClass::Never | RetryClass::NeedsTemplate | RetryClass::OptOut | RetryClass::MarkNumber => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn codes_become_words() {
        assert_eq!(view(None, "failed"), None);
        let of = |code: i64, detail: &str, status: &str| {
            view(Some(&json!({ "code": code, "detail": detail })), status).unwrap()
        };
        let unreachable = of(131_026, "x", "failed");
        assert!(unreachable.meaning.starts_with("The message cannot be delivered") && !unreachable.retryable);
        assert!(of(131_056, "x", "failed").retryable);
        assert_eq!(of(999_999, "Strange thing", "failed").meaning, "Strange thing");
        let own = of(0, "connection refused", "failed");
        assert_eq!((own.meaning.as_str(), own.retryable), ("Connection refused.", true));
        let hopeless = of(Failure::HOPELESS, "text.body: at most 1600 characters at Twilio", "failed");
        assert_eq!((hopeless.code, hopeless.retryable, hopeless.advice.as_str()), (0, false, HOPELESS));
        assert!(hopeless.meaning.starts_with("Text.body: at most 1600"), "{}", hopeless.meaning);
        assert!(of(0, "timed out", "unknown").meaning.contains("may have gone out"));
    }
}
