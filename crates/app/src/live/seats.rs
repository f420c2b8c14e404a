//! How often one user or token may listen at the same time: a browser with many tabs is welcome, a loop that never
//! closes is not.

use crate::error::{Error, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Open streams of one user or token.
const MOST: usize = 24;

/// Who listens how often. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Seats(Arc<Mutex<HashMap<Uuid, usize>>>);

/// One listener's seat; given back when dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    who: Uuid,
}

impl Seats {
    /// Takes a seat for a user or token.
    ///
    /// # Errors
    /// `Limited` when they have too many.
    pub fn take(&self, who: Uuid) -> Result<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.entry(who).or_insert(0);
        if *own >= MOST {
            return Err(Error::Limited { retry_after_ms: 5_000 });
        }
        *own += 1;
        Ok(Seat { seats: self.clone(), who })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.who) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_bounded_and_given_back() {
        let seats = Seats::default();
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let held: Vec<Seat> = (0..MOST).map(|_| seats.take(one).unwrap()).collect();
        assert!(seats.take(one).is_err());
        assert!(seats.take(two).is_ok());
        drop(held);
        assert!(seats.take(one).is_ok());
        assert!(seats.0.lock().unwrap().is_empty());
    }
}
