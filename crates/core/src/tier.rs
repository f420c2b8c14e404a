//! The messaging limit: how many customers a business may write to first in 24 hours, and what leads to the next level
//! (`whatsapp-cloud-api.md` §9).

/// The limits there are, before there is none. An account of old may have another one.
const LEVELS: [i64; 4] = [250, 2_000, 10_000, 100_000];
/// The first level that a business reaches by using half of the one it has.
const BY_HALF: i64 = 1_000;
/// Customers who lead to the second level, whom the first one does not allow in a day.
const SECOND: i64 = 2_000;

/// What keeps a business from the next level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hold {
    /// Customers block it or complain: the number's quality is low.
    Quality,
    /// It wrote to too few customers.
    Volume,
    /// It is not verified, which alone would do.
    Verification,
}

impl Hold {
    /// The short code that is sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Quality => "quality",
            Self::Volume => "volume",
            Self::Verification => "verification",
        }
    }
}

/// The next level, and the way there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// Its limit; `None`: there is none any more.
    pub limit: Option<i64>,
    /// Customers the business must have written to first within [`days`].
    pub needed: i64,
    /// What holds it back; empty: WhatsApp raises the limit by itself within hours.
    pub holds: Vec<Hold>,
}

/// Over how many days WhatsApp counts customers before it raises a limit.
#[must_use]
pub fn days(limit: i64) -> i64 {
    if limit < BY_HALF { 30 } else { 7 }
}

/// What comes after a limit. `reached`: customers whom the business wrote to first within [`days`]; `quality`: the
/// provider's word for the number. `None`: nothing limits it.
#[must_use]
pub fn next(limit: i64, reached: i64, quality: &str) -> Option<Next> {
    if limit == i64::MAX {
        return None;
    }
    let needed = if limit < BY_HALF { SECOND } else { limit / 2 };
    let mut holds = Vec::new();
    if quality == "RED" {
        holds.push(Hold::Quality);
    }
    if reached < needed {
        holds.push(Hold::Volume);
        if limit < BY_HALF {
            holds.push(Hold::Verification);
        }
    }
    let limit = LEVELS.into_iter().find(|level| *level > limit);
    Some(Next { limit, needed, holds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_says_what_leads_to_the_next() {
        use Hold::{Quality, Verification, Volume};
        for (limit, reached, quality, span, expected) in [
            (50, 0, "GREEN", 30, Some((Some(250), 2_000, vec![Volume, Verification]))),
            (250, 1_999, "UNKNOWN", 30, Some((Some(2_000), 2_000, vec![Volume, Verification]))),
            (250, 2_000, "GREEN", 30, Some((Some(2_000), 2_000, vec![]))),
            (1_000, 500, "YELLOW", 7, Some((Some(2_000), 500, vec![]))),
            (2_000, 999, "GREEN", 7, Some((Some(10_000), 1_000, vec![Volume]))),
            (2_000, 1_000, "RED", 7, Some((Some(10_000), 1_000, vec![Quality]))),
            (10_000, 0, "RED", 7, Some((Some(100_000), 5_000, vec![Quality, Volume]))),
            (100_000, 50_000, "GREEN", 7, Some((None, 50_000, vec![]))),
            (i64::MAX, 0, "RED", 7, None),
        ] {
            let found = next(limit, reached, quality).map(|next| (next.limit, next.needed, next.holds));
            assert_eq!((days(limit), found), (span, expected), "{limit} {reached} {quality}");
        }
    }
}
