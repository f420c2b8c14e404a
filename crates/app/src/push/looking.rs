//! Who has which conversation open, as far as this process has heard.

use rapport_core::notice::LOOK_MS;
use rapport_core::{ConversationId, Ms};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// Looks remembered; the old ones are dropped first.
const MOST: usize = 10_000;

/// When each person last looked at each conversation. Cheap: nothing of it is stored.
#[derive(Debug, Default)]
pub struct Looking(Mutex<HashMap<(Uuid, ConversationId), Ms>>);

impl Looking {
    /// Somebody looks, or has left.
    pub(crate) fn note(&self, user: Uuid, id: ConversationId, left: bool, now: Ms) {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if left {
            looks.remove(&(user, id));
            return;
        }
        if looks.len() >= MOST {
            looks.retain(|_, at| counts(*at, now));
        }
        if looks.len() < MOST {
            looks.insert((user, id), now);
        }
    }

    /// Whether somebody looks now.
    pub(crate) fn is(&self, user: Uuid, id: ConversationId, now: Ms) -> bool {
        let looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.get(&(user, id)).is_some_and(|at| counts(*at, now))
    }
}

/// A clock that was set back must not make a look last: distance counts in both directions.
fn counts(at: Ms, now: Ms) -> bool {
    now.since(at).abs() < LOOK_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_lasts_until_it_is_not_renewed() {
        let (looks, user, id) = (Looking::default(), Uuid::from_u128(1), ConversationId(Uuid::from_u128(2)));
        assert!(!looks.is(user, id, Ms(0)));
        looks.note(user, id, false, Ms(0));
        assert!(looks.is(user, id, Ms(LOOK_MS - 1)));
        assert!(!looks.is(Uuid::from_u128(9), id, Ms(0)));
        assert!(!looks.is(user, id, Ms(LOOK_MS)) && !looks.is(user, id, Ms(-LOOK_MS)));
        looks.note(user, id, true, Ms(1));
        assert!(!looks.is(user, id, Ms(1)));
    }
}
