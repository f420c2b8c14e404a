//! Ids that sort in the order they were made, also within one millisecond.

use rand::RngCore;
use rapport_core::Ms;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Where the random part of ids comes from; tests and simulations bring their own.
pub type RandomSource = Arc<dyn Fn() -> [u8; 10] + Send + Sync>;

/// Random bytes from the operating system's generator.
pub(crate) fn system_random() -> RandomSource {
    Arc::new(|| {
        let mut bytes = [0; 10];
        rand::rng().fill_bytes(&mut bytes);
        bytes
    })
}

/// An id that is only random: names a process, not a row.
pub(crate) fn random_id() -> Uuid {
    let mut bytes = [0; 16];
    rand::rng().fill_bytes(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// How far behind its last moment the source follows a clock before it accepts that time went back.
const TOLERANCE_MS: i64 = 1_000;

/// Makes version 7 UUIDs. Two calls with the same moment give ascending ids, so that events received within
/// one millisecond keep their order.
pub(crate) struct IdSource {
    random: RandomSource,
    last: Mutex<(i64, u128)>,
}

impl IdSource {
    pub(crate) fn new(random: RandomSource) -> Self {
        Self { random, last: Mutex::new((i64::MIN, 0)) }
    }

    pub(crate) fn next(&self, now: Ms) -> Uuid {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = last.0.saturating_sub(now.0);
        if (0..TOLERANCE_MS).contains(&behind) {
            let step = u128::from((self.random)()[0]) + 1;
            last.1 += step << 32;
        } else {
            // The two top bits stay free, so that counting up within the millisecond cannot overflow 74 bits.
            *last = (now.0, tail((self.random)()) >> 1);
        }
        let (millis, counter) = *last;
        rapport_core::id::uuid_v7(Ms(millis), spread(counter))
    }
}

/// The 74 bits of a UUIDv7 that are not time, version or variant, as one number.
fn tail(bytes: [u8; 10]) -> u128 {
    let mut wide = [0; 16];
    wide[6..].copy_from_slice(&bytes);
    u128::from_be_bytes(wide) & ((1 << 74) - 1)
}

/// The number as the ten bytes the UUID builder takes: 4 + 8 bits, then 6 + 56 bits; the rest is overwritten.
fn spread(counter: u128) -> [u8; 10] {
    let high = (counter >> 62) & 0xfff;
    let low = counter & ((1 << 62) - 1);
    let joined = (high << 64) | low;
    let mut bytes = [0; 10];
    bytes.copy_from_slice(&joined.to_be_bytes()[6..]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_ascend() {
        let source = IdSource::new(system_random());
        let mut last = Uuid::nil();
        for step in 0..20_000 {
            let id = source.next(Ms(1_700_000_000_000 + step / 5_000));
            assert!(id > last, "{id} after {last}");
            assert_eq!(id.get_version_num(), 7);
            last = id;
        }
    }
}
