//! What is made of readings: names of topics and intents, moods over time, how well a model does and which one is used.

use crate::MessageId;

/// Longest name of a topic or an intent, characters.
pub const NAME: usize = 40;
/// The share of named intents that should be right, percent (`product.md` A4).
pub const GOAL: f64 = 92.0;
/// Below this the model does too badly to be trusted without a look, percent.
pub const WARN: f64 = 90.0;
/// Below this it must learn again, percent.
pub const RETRAIN: f64 = 80.0;
/// Fewer named messages say nothing yet.
pub const TELLING: u32 = 30;
/// One label of so many never teaches: it judges.
const HELD_OUT: u128 = 5;
/// How much less each older message weighs in a mood.
const FADES: f64 = 0.85;

/// A topic's or an intent's name as it is kept: small letters, digits, `_` and `-`, blanks as `_`; `None` when it is empty,
/// too long or has anything else in it.
#[must_use]
pub fn name(given: &str) -> Option<String> {
    let name: String = given.trim().to_lowercase().split_whitespace().collect::<Vec<_>>().join("_");
    let good = |c: char| c.is_alphanumeric() || is_mark(c) || matches!(c, '_' | '-');
    (!name.is_empty() && name.chars().count() <= NAME && name.chars().all(good)).then_some(name)
}

/// Vowel signs, which Hindi writes with its letters.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0900}'..='\u{0963}')
}

/// How content somebody sounds over several messages, their moods newest first (0 to 1000): 0 to 1, what is newer weighs
/// more. `None` without any.
#[must_use]
pub fn mood(moods: impl IntoIterator<Item = i16>) -> Option<f64> {
    let (mut sum, mut all, mut weight) = (0.0, 0.0, 1.0);
    for mood in moods {
        sum += weight * f64::from(mood) / 1000.0;
        all += weight;
        weight *= FADES;
    }
    (all > 0.0).then(|| sum / all)
}

/// How much would be learned from a person's word on a message, 0 to 1000: most where the likeliest intent is as likely as
/// it must be to be named, little where it is plain or where nothing is likely at all.
#[must_use]
pub fn doubt(probability: f32, threshold: f32) -> i16 {
    let far = if probability >= threshold {
        (probability - threshold) / (1.0 - threshold).max(0.05)
    } else {
        (threshold - probability) / threshold.max(0.05)
    };
    thousandths((1.0 - far).clamp(0.0, 1.0))
}

/// A share as it is stored.
#[must_use]
pub fn thousandths(share: f32) -> i16 {
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1000")]
    let whole = (share.clamp(0.0, 1.0) * 1000.0).round() as i16;
    whole
}

/// Whether the label of a message never teaches a model but judges it. The same for every version, so that two of them can
/// be compared.
#[must_use]
pub fn is_held_out(message: MessageId) -> bool {
    // The last bits of an id are random.
    message.0.as_u128().is_multiple_of(HELD_OUT)
}

/// How often a model named an intent, and how often it was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accuracy {
    /// Messages in which it named one.
    pub named: u32,
    /// Of these, those in which people said the same.
    pub right: u32,
}

/// How well a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Too little is known.
    Unknown,
    /// It reaches the goal.
    Good,
    /// It nearly does.
    Near,
    /// It does badly.
    Warning,
    /// It must learn again.
    Retrain,
}

impl Standing {
    /// The word that is written for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Good => "good",
            Self::Near => "near",
            Self::Warning => "warning",
            Self::Retrain => "retrain",
        }
    }
}

impl Accuracy {
    /// The share that is right, percent; `None` without any.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        (self.named > 0).then(|| 100.0 * f64::from(self.right) / f64::from(self.named))
    }

    /// Between what the true share lies with 95 % confidence, percent (Wilson).
    #[must_use]
    pub fn between(self) -> (f64, f64) {
        const Z: f64 = 1.96;
        if self.named == 0 {
            return (0.0, 100.0);
        }
        let n = f64::from(self.named);
        let p = f64::from(self.right.min(self.named)) / n;
        let middle = p + Z * Z / (2.0 * n);
        let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let whole = 1.0 + Z * Z / n;
        ((100.0 * (middle - spread) / whole).max(0.0), (100.0 * (middle + spread) / whole).min(100.0))
    }

    /// How well that is.
    #[must_use]
    pub fn standing(self) -> Standing {
        match self.percent() {
            Some(percent) if self.named >= TELLING => match percent {
                _ if percent >= GOAL => Standing::Good,
                _ if percent >= WARN => Standing::Near,
                _ if percent >= RETRAIN => Standing::Warning,
                _ => Standing::Retrain,
            },
            _ => Standing::Unknown,
        }
    }

    /// What it is worth on the messages that judge: a wrong name costs as much as a right one brings, silence neither.
    fn worth(self) -> i64 {
        2 * i64::from(self.right) - i64::from(self.named)
    }
}

/// Whether a new model is used in place of the one in force, both judged by the same messages. What is as good has learned
/// more.
#[must_use]
pub fn replaces(new: Accuracy, in_force: Accuracy) -> bool {
    new.worth() >= in_force.worth()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn names_are_kept_in_one_form() {
        for (given, kept) in [
            (" Too  Expensive ", Some("too_expensive")),
            ("order_status", Some("order_status")),
            ("Возврат", Some("возврат")),
            ("कीमत", Some("कीमत")),
            ("退款", Some("退款")),
            ("", None),
            (" ", None),
            ("a,b", None),
            ("a|b", None),
        ] {
            assert_eq!(name(given).as_deref(), kept, "{given}");
        }
        assert!(name(&"x".repeat(40)).is_some() && name(&"x".repeat(41)).is_none());
    }

    #[test]
    fn newer_messages_weigh_more() {
        assert_eq!(mood([]), None);
        let close = |found: Option<f64>, expected: f64| assert!((found.unwrap() - expected).abs() < 1e-9, "{found:?}");
        close(mood([300]), 0.3);
        close(mood([500, 500, 500]), 0.5);
        assert!(mood([900, 100]).unwrap() > 0.5 && mood([100, 900]).unwrap() < 0.5);
    }

    #[test]
    fn most_is_learned_at_the_threshold() {
        assert_eq!(doubt(0.5, 0.5), 1000);
        assert_eq!((doubt(1.0, 0.5), doubt(0.0, 0.5)), (0, 0));
        assert!(doubt(0.45, 0.5) > doubt(0.3, 0.5) && doubt(0.6, 0.5) > doubt(0.9, 0.5));
        assert_eq!((doubt(0.95, 0.95), doubt(1.0, 0.95)), (1000, 0));
        assert_eq!((thousandths(0.4996), thousandths(1.7), thousandths(-1.0)), (500, 1000, 0));
    }

    #[test]
    fn a_fifth_of_the_labels_judges() {
        let held = (0..1_000).filter(|number| is_held_out(MessageId(Uuid::from_u128(*number)))).count();
        assert_eq!(held, 200);
    }

    #[test]
    fn standings_have_their_bounds() {
        for (named, right, standing) in [
            (29, 29, Standing::Unknown),
            (100, 92, Standing::Good),
            (100, 91, Standing::Near),
            (100, 90, Standing::Near),
            (100, 89, Standing::Warning),
            (100, 80, Standing::Warning),
            (100, 79, Standing::Retrain),
            (0, 0, Standing::Unknown),
        ] {
            assert_eq!(Accuracy { named, right }.standing(), standing, "{right} of {named}");
        }
        let (low, high) = Accuracy { named: 100, right: 92 }.between();
        assert!((85.0..85.2).contains(&low) && (95.8..96.0).contains(&high), "{low} {high}");
        assert_eq!(Accuracy::default().between(), (0.0, 100.0));
        assert_eq!(Accuracy::default().percent(), None);
    }

    #[test]
    fn what_names_more_and_is_wrong_more_often_stays_out() {
        let of = |named, right| Accuracy { named, right };
        assert!(replaces(of(40, 36), of(40, 36)), "as good, and it has learned more");
        assert!(replaces(of(50, 45), of(40, 38)));
        assert!(!replaces(of(60, 45), of(40, 38)));
        assert!(replaces(of(0, 0), of(10, 4)), "silence is better than being wrong");
    }
}
