//! Lists to begin with: `data/hotwords/*.txt`.

use serde::Serialize;

use super::HotWord;

const FILES: [(&str, &str); 9] = [
    ("ar", include_str!("../../data/hotwords/ar.txt")),
    ("en", include_str!("../../data/hotwords/en.txt")),
    ("es", include_str!("../../data/hotwords/es.txt")),
    ("fr", include_str!("../../data/hotwords/fr.txt")),
    ("hi", include_str!("../../data/hotwords/hi.txt")),
    ("id", include_str!("../../data/hotwords/id.txt")),
    ("pt", include_str!("../../data/hotwords/pt.txt")),
    ("ru", include_str!("../../data/hotwords/ru.txt")),
    ("zh", include_str!("../../data/hotwords/zh.txt")),
];

/// The languages that have a list; `zh` serves both scripts.
pub const STARTER_LANGUAGES: [&str; 9] = ["ar", "en", "es", "fr", "hi", "id", "pt", "ru", "zh"];

/// A hot word of a starter list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Starter {
    /// What it is about, the same in every language: "discount", "expensive", "late", ..
    pub topic: &'static str,
    /// The hot word.
    pub word: HotWord,
}

/// The starter list of a language (`pt-BR` is `pt`); empty for a language without.
#[must_use]
pub fn starter(language: &str) -> Vec<Starter> {
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let Some((language, file)) = FILES.iter().find(|(known, _)| *known == primary) else { return Vec::new() };
    let lines = file.lines().filter_map(|line| line.split_once(':'));
    lines.flat_map(|(topic, words)| words.split('|').map(move |entry| read(topic, entry, language))).collect()
}

/// `word ^ exception ^ exception`.
fn read(topic: &'static str, entry: &str, language: &str) -> Starter {
    let mut parts = entry.split('^').map(str::trim);
    let text = parts.next().unwrap_or_default();
    let except = parts.map(str::to_owned).collect();
    Starter { topic, word: HotWord { except, ..HotWord::new(text, language) } }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{FILES, STARTER_LANGUAGES, starter};
    use crate::hotwords::{HotWord, HotWords};

    #[test]
    fn every_language_has_every_topic() {
        assert_eq!(FILES.map(|(language, _)| language), STARTER_LANGUAGES);
        let topics = |language| starter(language).iter().map(|starter| starter.topic).collect::<BTreeSet<_>>();
        for language in STARTER_LANGUAGES {
            assert_eq!(topics(language), topics("en"), "{language}");
            let words: Vec<HotWord> = starter(language).into_iter().map(|starter| starter.word).collect();
            assert!(words.len() >= 120, "{language}: {}", words.len());
            let texts: BTreeSet<&str> = words.iter().map(|word| word.text.as_str()).collect();
            assert_eq!(texts.len(), words.len(), "{language} has a word twice");
            let compiled = HotWords::compile(&words).expect("a good list");
            for (index, word) in words.iter().enumerate() {
                assert!(compiled.find(&word.text).iter().any(|hit| hit.word == index), "{language}: {}", word.text);
            }
        }
        assert_eq!(starter("pt-BR"), starter("pt"));
        assert!(starter("xx").is_empty());
    }

    #[test]
    fn exceptions_come_along() {
        let found = |language: &str, text: &str| {
            let all = starter(language);
            let words: Vec<HotWord> = all.iter().map(|starter| starter.word.clone()).collect();
            let hits = HotWords::compile(&words).expect("a good list").find(text);
            hits.into_iter().map(|hit| all[hit.word].topic).collect::<Vec<_>>()
        };
        assert_eq!(found("es", "buenas tardes"), Vec::<&str>::new());
        assert_eq!(found("es", "llegó tarde"), ["late"]);
        assert_eq!(found("zh", "貴公司"), Vec::<&str>::new());
        assert_eq!(found("zh-Hant", "太貴了"), ["expensive", "expensive"]);
    }
}
