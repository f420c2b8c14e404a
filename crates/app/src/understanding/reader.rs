//! Reading a text: one function for what is kept beside messages, for rules, for trying them on the past and for showing
//! why. The same text is read the same way by the same words, model and products, whoever wrote it and when.

use crate::error::Result;
use crate::shop::catalogue::{Shelves, Sold};
use rapport_store::Read;
use rapport_store::understanding::{self, Stamp, hot_word, model};
use rapport_text::hotwords::{Hit, HotWord, HotWords};
use rapport_text::intents::{IntentModel, SEED_LANGUAGES, TrainOptions, Wanted, seeds};
use rapport_text::language::{Script, guess};
use rapport_text::sentiment::{Sentiment, sentiment};
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// What the workspace's messages are read with: compiled once, kept while nothing about it changes.
#[derive(Debug, Default)]
pub struct Reader {
    stamp: Stamp,
    words: HotWords,
    known: Vec<Known>,
    model: Option<IntentModel>,
    version: i32,
    sold: Sold,
}

/// A hot word.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub id: Uuid,
    pub topic: Arc<str>,
    pub text: String,
}

/// The languages of Latin letters that seed phrases are known in; what shows no language is tried in each.
const LATIN: [&str; 5] = ["en", "es", "fr", "id", "pt"];

impl Reader {
    /// What messages are read with now, unless `known` is still the same.
    ///
    /// # Errors
    /// `Store`.
    pub async fn load(read: &Read, known: Option<Arc<Self>>) -> Result<Arc<Self>> {
        let stamp = understanding::stamp(read).await?;
        if let Some(known) = known.filter(|known| known.stamp == stamp) {
            return Ok(known);
        }
        let rows = hot_word::all(read).await?;
        let list: Vec<HotWord> = rows.iter().map(super::words::word).collect();
        // The whole list is compiled before it is stored.
        let words = HotWords::compile(&list).unwrap_or_default();
        let row = |row: hot_word::HotWordRow| Known { id: row.id, topic: row.topic.into(), text: row.text };
        let (version, model) = match model::in_force(read).await? {
            Some((version, bytes)) => match IntentModel::from_bytes(&bytes) {
                Ok(model) => (version, Some(model)),
                Err(error) => {
                    tracing::warn!(version, %error, "a model is left out");
                    (0, None)
                }
            },
            None => (0, None),
        };
        let mut shelves = Shelves::default();
        shelves.sold(read).await?;
        let sold = shelves.compile();
        Ok(Arc::new(Self { stamp, words, known: rows.into_iter().map(row).collect(), model, version, sold }))
    }

    /// Of which hot words and model it is.
    pub(crate) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The version of the model; 0 = seed phrases alone.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.version
    }

    /// The model, unless it is seed phrases alone.
    pub(crate) fn model(&self) -> Option<&IntentModel> {
        self.model.as_ref()
    }

    /// The language that a text shows.
    #[must_use]
    pub fn language(text: &str) -> Option<&'static str> {
        guess(text).map(|guess| match guess.script {
            Script::HanTraditional => "zh-Hant",
            Script::HanSimplified => "zh-Hans",
            _ => guess.language,
        })
    }

    /// How it sounds.
    #[must_use]
    pub fn mood(text: &str) -> Option<Sentiment> {
        sentiment(text, None)
    }

    /// The hot words in it that count: those that are not denied, or that count all the same.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        self.words.find(text)
    }

    /// The hot word of a hit.
    pub(crate) fn known(&self, hit: &Hit) -> Option<&Known> {
        self.known.get(hit.word)
    }

    /// Every hot word.
    pub(crate) fn all(&self) -> &[Known] {
        &self.known
    }

    /// The topics of its hot words.
    #[must_use]
    pub fn topics(&self, text: &str) -> Vec<Arc<str>> {
        let hits = self.words.find(text);
        hits.iter().filter_map(|hit| self.known(hit)).map(|known| known.topic.clone()).collect()
    }

    /// What is wanted, by the workspace's own model, else by the seed phrases of the text's language.
    #[must_use]
    pub fn wanted(&self, text: &str) -> Wanted {
        match &self.model {
            Some(model) => model.classify(text),
            None => by_seeds(text),
        }
    }

    /// From which probability on an intent is named.
    #[must_use]
    pub fn threshold(&self, text: &str, intent: &str) -> f32 {
        let known = match &self.model {
            Some(model) => model.threshold(intent),
            None => seed_model(Self::language(text).unwrap_or("en")).and_then(|model| model.threshold(intent)),
        };
        known.unwrap_or(0.5)
    }

    /// What is plainly wanted.
    #[must_use]
    pub fn intent(&self, text: &str) -> Option<Arc<str>> {
        self.wanted(text).intent.map(Into::into)
    }

    /// The products it speaks of.
    pub(crate) fn sold(&self) -> &Sold {
        &self.sold
    }
}

/// What seed phrases make of a text: those of the language it shows; for Latin letters that show none, those that are
/// surest.
pub(crate) fn by_seeds(text: &str) -> Wanted {
    let silent = Wanted { intent: None, ranked: Vec::new(), reasons: Vec::new() };
    let classified = |language: &str| seed_model(language).map(|model| model.classify(text));
    if let Some(language) = Reader::language(text) {
        return classified(language).unwrap_or(silent);
    }
    if !text.chars().any(char::is_alphabetic) {
        return silent;
    }
    let first = |wanted: &Wanted| wanted.ranked.first().map_or(0.0, |first| first.probability);
    let all = LATIN.into_iter().filter_map(classified);
    all.max_by(|a, b| first(a).total_cmp(&first(b))).unwrap_or(silent)
}

/// The model of a language's seed phrases: a hundred of them, learned when the first message needs it.
fn seed_model(language: &str) -> Option<&'static IntentModel> {
    static MODELS: [OnceLock<Option<IntentModel>>; SEED_LANGUAGES.len()] =
        [const { OnceLock::new() }; SEED_LANGUAGES.len()];
    let base = language.split('-').next().unwrap_or_default();
    let place = SEED_LANGUAGES.iter().position(|known| *known == base)?;
    MODELS[place].get_or_init(|| IntentModel::train(&seeds(base), &TrainOptions::default()).ok()).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_answer_in_the_language_of_the_text() {
        for (text, intent) in [
            ("where is my order", "order_status"),
            ("¿cuánto cuesta?", "price"),
            ("где мой заказ", "order_status"),
            ("我的订单在哪里", "order_status"),
            ("أين طلبي", "order_status"),
        ] {
            let wanted = by_seeds(text);
            assert_eq!(wanted.ranked.first().map(|first| first.intent.as_str()), Some(intent), "{text}");
        }
        for text in ["", "12345", "😀", "한국어"] {
            assert_eq!(by_seeds(text).intent, None, "{text}");
        }
    }

    #[test]
    fn both_chinese_scripts_are_told_apart() {
        assert_eq!(Reader::language("請問幾點開門"), Some("zh-Hant"));
        assert_eq!(Reader::language("请问几点开门"), Some("zh-Hans"));
        assert_eq!(Reader::language("12"), None);
    }
}
