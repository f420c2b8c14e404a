//! Answering a call of a CRM's stand-in under a fault.

use crate::fault::{Fault, Kind};
use crate::reply::{Reply, cut};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// How long a call hangs whose answer never comes: longer than any client waits.
const SILENCE: Duration = Duration::from_secs(120);

/// Answers a call as the fault has it. `answer` does what is asked and logs it; `forced` is the answer that the fault
/// wants instead; `note` logs such an answer where nothing was done.
pub async fn answer(
    fault: Option<Fault>,
    answer: impl Fn() -> Reply,
    forced: impl Fn(&Fault) -> Reply,
    note: impl Fn(u16),
) -> Response {
    let Some(fault) = fault else { return answer().into_response() };
    match fault.kind {
        Kind::CutBefore => return cut(),
        Kind::Status if fault.after => {
            answer();
            return forced(&fault).into_response();
        }
        Kind::Timeout => {
            if fault.after {
                answer();
            }
            tokio::time::sleep(SILENCE).await;
            return cut();
        }
        Kind::Delay => tokio::time::sleep(Duration::from_millis(fault.delay_ms.unwrap_or(1_000))).await,
        Kind::DropResponse => {
            answer();
            return cut();
        }
        Kind::Status | Kind::ErrorCode => {
            let mut reply = forced(&fault);
            if let Some(text) = fault.retry_after() {
                reply = reply.with("retry-after", text);
            }
            note(reply.status);
            return reply.into_response();
        }
        Kind::Duplicate | Kind::Reorder => {}
    }
    answer().into_response()
}
