//! Keeping a steady clock in step with one that may jump.
//!
//! Moments decide what may be sent, so they must not leap because somebody set the machine's clock. A steady clock counts
//! on by itself and is corrected: a little at once, a lot only when the other clock has insisted.

use crate::Ms;

/// Differences that are not worth a correction, milliseconds: reading another clock takes time.
const CLOSE: i64 = 50;
/// Differences that are taken over at once, milliseconds: a clock that was never told the exact time.
const NEAR: i64 = 5_000;
/// How often in a row a larger difference must be seen.
const INSISTS: u32 = 3;

/// The correction of a steady clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Steady {
    by: i64,
    far: Option<(i64, u32)>,
}

impl Steady {
    /// What is added to the steady clock, milliseconds.
    #[must_use]
    pub fn correction(&self) -> i64 {
        self.by
    }

    /// The clock that is believed shows `truth` while ours, corrected, shows `own`. `sure`: take it over whatever it shows,
    /// as at the start. Returns the correction from now on.
    pub fn observe(&mut self, own: Ms, truth: Ms, sure: bool) -> i64 {
        let difference = truth.since(own);
        if sure || (CLOSE..=NEAR).contains(&difference.saturating_abs()) {
            self.by = self.by.saturating_add(difference);
            self.far = None;
            return self.by;
        }
        if difference.saturating_abs() < CLOSE {
            self.far = None;
            return self.by;
        }
        let times = match self.far {
            Some((before, times)) if difference.saturating_sub(before).saturating_abs() <= NEAR => times + 1,
            _ => 1,
        };
        if times >= INSISTS {
            self.by = self.by.saturating_add(difference);
            self.far = None;
        } else {
            self.far = Some((difference, times));
        }
        self.by
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{DAY, MINUTE};

    #[test]
    fn the_start_takes_over_whatever_it_is_told() {
        let mut steady = Steady::default();
        assert_eq!(steady.observe(Ms(0), Ms(2 * MINUTE), true), 2 * MINUTE);
        assert_eq!(steady.correction(), 2 * MINUTE);
    }

    #[test]
    fn a_jump_must_insist_and_a_drift_need_not() {
        let mut steady = Steady::default();
        for (difference, expected) in [
            (20, 0),
            (-49, 0),
            (300, 300),
            (-4_000, -3_700),
            // A step of a day that is undone changes nothing.
            (DAY, -3_700),
            (DAY + 40, -3_700),
            (0, -3_700),
            (-DAY, -3_700),
            (DAY, -3_700),
            (DAY, -3_700),
            (DAY - 10, DAY - 3_710),
        ] {
            let own = Ms(1_790_000_000_000);
            assert_eq!(steady.observe(own, own.plus(difference), false), expected, "{difference}");
        }
        let ends = [Ms(i64::MIN), Ms(i64::MAX)];
        for (own, truth) in ends.into_iter().flat_map(|own| ends.map(|truth| (own, truth))) {
            steady.observe(own, truth, false);
            steady.observe(own, truth, true);
        }
    }
}
