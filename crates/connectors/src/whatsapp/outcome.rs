//! What became of a send (§6, §11; `perf-reliability.md` F11, F12).

use super::api::{ApiError, read_error, string};
use super::errors::{RetryClass, meaning};
use crate::http::{Failure as HttpFailure, Response};
use rapport_core::message::Failure;
use serde_json::Value;
use std::time::Duration;

/// What became of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The provider took it. Delivery is told by statuses.
    Accepted {
        /// Provider id of the message.
        wamid: String,
        /// The WhatsApp id it goes to; may differ from the number given (Brazil, Argentina, Mexico).
        wa_id: Option<String>,
        /// BSUID of the recipient, when told.
        user_id: Option<String>,
        /// True while the provider holds it back to judge the template (pacing).
        held: bool,
    },
    /// It was surely not sent.
    Rejected {
        /// Code and words.
        failure: Failure,
        /// What to do.
        class: RetryClass,
        /// How long to wait, when the answer says so.
        retry_after: Option<Duration>,
    },
    /// It may have been sent: only a status with our callback text, or a person, can tell. Never repeat by itself.
    Ambiguous {
        /// What is known; code 0 when there was no answer.
        failure: Failure,
    },
}

/// Reads the answer to [`super::send::message`].
#[must_use]
pub fn read_send_response(response: &Response) -> SendOutcome {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    accepted(response, &body).unwrap_or_else(|| settled(&read_error(response)))
}

/// The provider took it; `None` when the answer does not say so in Meta's words.
pub(crate) fn accepted(response: &Response, body: &Value) -> Option<SendOutcome> {
    let wamid = string(&body["messages"][0]["id"]).filter(|_| response.ok())?;
    let contact = &body["contacts"][0];
    Some(SendOutcome::Accepted {
        wamid,
        wa_id: string(&contact["wa_id"]).map(|id| id.trim_start_matches('+').to_owned()),
        user_id: string(&contact["user_id"]),
        held: body["messages"][0]["message_status"] == "held_for_quality_assessment",
    })
}

/// What a refusal means for a send.
pub(crate) fn settled(error: &ApiError) -> SendOutcome {
    match sure(error) {
        Some(class) => SendOutcome::Rejected { failure: error.failure(), class, retry_after: error.retry_after },
        None => SendOutcome::Ambiguous { failure: error.failure() },
    }
}

/// The class when nothing was sent for sure. A code of the table decides, whatever the status; an unknown code is only
/// believed together with a 4xx status.
fn sure(error: &ApiError) -> Option<RetryClass> {
    let known = error.code >= 0 && meaning(error.code).code >= 0;
    let refused = (400..500).contains(&error.status) && error.status != 408;
    match error.class {
        RetryClass::WaitStatus => None,
        class if known || refused => Some(class),
        _ => None,
    }
}

/// What became of a send that got no answer.
#[must_use]
pub fn read_send_failure(failure: &HttpFailure) -> SendOutcome {
    let detail = failure.to_string();
    match failure {
        HttpFailure::NotSent(_) => SendOutcome::Rejected {
            failure: Failure { code: 0, detail },
            class: RetryClass::SafeRetry,
            retry_after: None,
        },
        HttpFailure::Ambiguous(_) => SendOutcome::Ambiguous { failure: Failure { code: 0, detail } },
        HttpFailure::Blocked(_) => SendOutcome::Rejected {
            failure: Failure { code: 0, detail },
            class: RetryClass::PauseChannel,
            retry_after: None,
        },
    }
}
