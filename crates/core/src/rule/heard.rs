//! What a text says, of what rules listen for: their phrases, the workspace's hot words and what the customer wants.

use super::definition::Phrase;
use std::sync::Arc;

/// What a text says. Asking copies nothing: a message is asked about every word of every rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// In their order, each once.
    phrases: Vec<Arc<Phrase>>,
    /// In their order, each once.
    hot_words: Vec<Arc<str>>,
    intent: Option<Arc<str>>,
}

impl Heard {
    /// The same with the topics of the hot words it says, and what is wanted when that is plain.
    #[must_use]
    pub fn with(mut self, mut hot_words: Vec<Arc<str>>, intent: Option<Arc<str>>) -> Self {
        hot_words.sort_unstable();
        hot_words.dedup();
        self.hot_words = hot_words;
        self.intent = intent;
        self
    }

    /// Whether a word of a rule in this language is among them; blanks around it do not count.
    #[must_use]
    pub fn says(&self, language: &str, text: &str) -> bool {
        let wanted = (language, text.trim());
        self.phrases.binary_search_by(|known| (known.language.as_str(), known.text.as_str()).cmp(&wanted)).is_ok()
    }

    /// Whether it says a hot word of one of these topics; of any where none is named.
    #[must_use]
    pub fn hot(&self, topics: &[String]) -> bool {
        if topics.is_empty() { !self.hot_words.is_empty() } else { topics.iter().any(|topic| self.is_hot(topic)) }
    }

    fn is_hot(&self, topic: &str) -> bool {
        self.hot_words.binary_search_by(|known| (**known).cmp(topic.trim())).is_ok()
    }

    /// Whether one of these is wanted; anything where none is named.
    #[must_use]
    pub fn wants(&self, intents: &[String]) -> bool {
        let Some(wanted) = self.intent() else { return false };
        intents.is_empty() || intents.iter().any(|intent| intent.trim() == wanted)
    }

    /// The phrases.
    pub fn phrases(&self) -> impl Iterator<Item = &Phrase> {
        self.phrases.iter().map(AsRef::as_ref)
    }

    /// The topics of the hot words.
    pub fn hot_words(&self) -> impl Iterator<Item = &str> {
        self.hot_words.iter().map(AsRef::as_ref)
    }

    /// What is wanted, when that is plain.
    #[must_use]
    pub fn intent(&self) -> Option<&str> {
        self.intent.as_deref()
    }
}

impl FromIterator<Arc<Phrase>> for Heard {
    fn from_iter<I: IntoIterator<Item = Arc<Phrase>>>(phrases: I) -> Self {
        let mut phrases: Vec<Arc<Phrase>> = phrases.into_iter().collect();
        phrases.sort_unstable();
        phrases.dedup();
        Self { phrases, ..Self::default() }
    }
}
