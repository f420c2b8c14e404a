//! The phrases that a text says, of those that rules listen for.

use super::definition::Phrase;
use std::sync::Arc;

/// Phrases in their order, each once. Asking for one copies nothing: a message is asked about every word of every rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard(Vec<Arc<Phrase>>);

impl Heard {
    /// Whether a word of a rule in this language is among them; blanks around it do not count.
    #[must_use]
    pub fn says(&self, language: &str, text: &str) -> bool {
        let wanted = (language, text.trim());
        self.0.binary_search_by(|known| (known.language.as_str(), known.text.as_str()).cmp(&wanted)).is_ok()
    }

    /// The phrases.
    pub fn phrases(&self) -> impl Iterator<Item = &Phrase> {
        self.0.iter().map(AsRef::as_ref)
    }
}

impl FromIterator<Arc<Phrase>> for Heard {
    fn from_iter<I: IntoIterator<Item = Arc<Phrase>>>(phrases: I) -> Self {
        let mut phrases: Vec<Arc<Phrase>> = phrases.into_iter().collect();
        phrases.sort_unstable();
        phrases.dedup();
        Self(phrases)
    }
}
