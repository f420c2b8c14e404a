//! What practice customers say, in every language of the screen: one file a language.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The languages there are words in; the first is everybody's who has none of them.
pub const LANGUAGES: [&str; 8] = ["en", "ar", "ru", "fr", "zh-Hans", "zh-Hant", "es", "pt"];

const FILES: [&str; 8] = [
    include_str!("words/en.json"),
    include_str!("words/ar.json"),
    include_str!("words/ru.json"),
    include_str!("words/fr.json"),
    include_str!("words/zh-Hans.json"),
    include_str!("words/zh-Hant.json"),
    include_str!("words/es.json"),
    include_str!("words/pt.json"),
];

/// The words of one language.
#[derive(Debug, Default)]
pub struct Words {
    /// Which.
    pub language: &'static str,
    texts: BTreeMap<String, String>,
}

impl Words {
    /// A text; empty for a key that is not there, which a test rules out.
    #[must_use]
    pub fn get(&self, key: &str) -> &str {
        self.texts.get(key).map_or("", String::as_str)
    }

    /// The keys there are.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// The language as providers name it, for the practice template.
    #[must_use]
    pub fn template_language(&self) -> &'static str {
        match self.language {
            "zh-Hans" => "zh_CN",
            "zh-Hant" => "zh_TW",
            "pt" => "pt_BR",
            other => other,
        }
    }

    /// Whether a text asks for the number of an order, in this language or in English.
    #[must_use]
    pub fn asks_order(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let asks = |words: &Self| words.get("asks").split('|').any(|part| !part.is_empty() && text.contains(part));
        asks(self) || asks(words("en"))
    }
}

/// Whether a text asks anything.
pub(super) fn asks(text: &str) -> bool {
    text.contains(['?', '؟', '？'])
}

/// The words for a locale of the screen.
#[must_use]
pub fn words(locale: &str) -> &'static Words {
    static ALL: OnceLock<Vec<Words>> = OnceLock::new();
    static NONE: Words = Words { language: "en", texts: BTreeMap::new() };
    let all = ALL.get_or_init(|| {
        let read = |text: &str| serde_json::from_str(text).unwrap_or_default();
        LANGUAGES.iter().zip(FILES).map(|(language, text)| Words { language, texts: read(text) }).collect()
    });
    let wanted = language(locale);
    all.iter().find(|words| words.language == wanted).unwrap_or(&NONE)
}

fn language(locale: &str) -> &'static str {
    let tag = locale.replace('_', "-").to_lowercase();
    let mut parts = tag.split('-');
    let base = parts.next().unwrap_or_default();
    if base == "zh" {
        let traditional = parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo"));
        return if traditional { "zh-Hant" } else { "zh-Hans" };
    }
    LANGUAGES.into_iter().find(|language| *language == base).unwrap_or("en")
}
