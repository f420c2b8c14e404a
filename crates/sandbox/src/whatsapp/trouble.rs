//! Trouble on request, as a client of any provider meets it: faults, slow answers, recipients with a fate.

use super::{error, state::State};
use crate::{
    fault::{Kind, Traffic},
    world::World,
};
use serde_json::Value;
use std::time::Duration;

/// How long a call waits that is never answered (real time).
const NEVER: Duration = Duration::from_secs(120);

/// What the client hears of a call that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The answer.
    Answered,
    /// Nothing: the connection is closed.
    Lost,
    /// Nothing for a long time, then the connection is closed.
    Never,
    /// Another HTTP status, as if nothing had been done.
    Status(u16),
}

impl Ending {
    /// Whether the connection is to be closed instead of answering; waits as long as the client is to wait.
    pub async fn closes(self) -> bool {
        if self == Self::Never {
            tokio::time::sleep(NEVER).await;
        }
        matches!(self, Self::Lost | Self::Never)
    }
}

/// What becomes of a call before it is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is carried out as usual.
    Go {
        /// The message it sends fails with that code.
        forced: Option<i64>,
        /// What the client hears of it.
        ending: Ending,
    },
    /// The connection is closed.
    Cut,
    /// It is refused with that code of Meta's.
    Refuse {
        /// The code.
        code: i64,
        /// HTTP status instead of the code's own.
        status: Option<u16>,
        /// What a `Retry-After` header says.
        retry_after: Option<String>,
        /// Whether a message of that call is logged as refused.
        logged: bool,
    },
}

/// Judges a call of a WhatsApp client; waits when it is to be answered late.
pub async fn judge(world: &World, traffic: &Traffic<'_>) -> Verdict {
    let wait = {
        let mut guard = world.wa();
        let state = &mut *guard;
        state.latency.draw(state.latency.answer_ms, &mut state.rng)
    };
    if wait > 0 {
        tokio::time::sleep(world.clock.until(world.clock.now() + wait)).await;
    }
    let told = |ending: Ending| Verdict::Go { forced: None, ending };
    let go = told(Ending::Answered);
    let Some(fault) = world.faults.hit(traffic) else {
        return go;
    };
    match fault.kind {
        Kind::CutBefore => Verdict::Cut,
        Kind::Timeout if fault.after => told(Ending::Never),
        Kind::Timeout => {
            tokio::time::sleep(NEVER).await;
            Verdict::Cut
        }
        Kind::Delay => {
            tokio::time::sleep(Duration::from_millis(fault.delay_ms.unwrap_or(1_000))).await;
            go
        }
        Kind::DropResponse => told(Ending::Lost),
        Kind::Status if fault.after => told(Ending::Status(fault.status.unwrap_or(500))),
        Kind::Status => {
            let status = fault.status.unwrap_or(500);
            Verdict::Refuse {
                code: code_of(status),
                status: Some(status),
                retry_after: fault.retry_after(),
                logged: false,
            }
        }
        Kind::ErrorCode => {
            let code = fault.code.as_ref().and_then(Value::as_i64).unwrap_or(131_000);
            if error::is_asynchronous(code) && !traffic.kind.is_empty() {
                return Verdict::Go { forced: Some(code), ending: Ending::Answered };
            }
            Verdict::Refuse { code, status: fault.status, retry_after: fault.retry_after(), logged: true }
        }
        Kind::Duplicate | Kind::Reorder => go,
    }
}

/// Meta's code that goes with a status.
pub fn code_of(status: u16) -> i64 {
    match status {
        401 => 190,
        403 => 10,
        404 => 100,
        429 => 130_429,
        503 => 2,
        _ => 131_000,
    }
}

/// Numbers that begin so and end in a six-digit error code fail with it.
const MAGIC: &str = "971500";

/// The code every message to this customer fails with: chosen over the control API, or told by the number itself.
pub fn own_code(state: &State, key: &str) -> Option<i64> {
    let customer = state.customers.get(key)?;
    if customer.answers_with.is_some() {
        return customer.answers_with;
    }
    if !state.limits.magic_numbers {
        return None;
    }
    let code = customer.wa_id.as_deref()?.strip_prefix(MAGIC).filter(|rest| rest.len() == 6)?.parse().ok()?;
    (130_000..140_000).contains(&code).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, whatsapp::inbound};

    #[test]
    fn numbers_tell_their_fate() {
        let mut state = State::new(&Config::default());
        let mut code = |number: &str| {
            let key = inbound::customer(&mut state, Some(number), None);
            own_code(&state, &key)
        };
        assert_eq!(code("971500131026"), Some(131_026));
        assert_eq!(code("971500000001"), None);
        assert_eq!(code("971501131026"), None);
        let key = inbound::customer(&mut state, Some("4915112345"), None);
        state.customers.get_mut(&key).expect("made").answers_with = Some(131_049);
        assert_eq!(own_code(&state, &key), Some(131_049));
        state.limits.magic_numbers = false;
        assert_eq!(own_code(&state, "971500131026"), None);
    }
}
