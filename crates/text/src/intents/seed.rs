//! Seed phrases: what a model begins with before a workspace has labelled anything.

use super::Sample;

/// The intents that the seeds know.
pub const SEED_INTENTS: [&str; 12] = [
    "complaint",
    "goodbye",
    "greeting",
    "human",
    "location",
    "opening_hours",
    "order_status",
    "price",
    "product",
    "return",
    "thanks",
    "unsubscribe",
];

const FILES: [(&str, &str); 9] = [
    ("ar", include_str!("../../data/intents/ar.txt")),
    ("en", include_str!("../../data/intents/en.txt")),
    ("es", include_str!("../../data/intents/es.txt")),
    ("fr", include_str!("../../data/intents/fr.txt")),
    ("hi", include_str!("../../data/intents/hi.txt")),
    ("id", include_str!("../../data/intents/id.txt")),
    ("pt", include_str!("../../data/intents/pt.txt")),
    ("ru", include_str!("../../data/intents/ru.txt")),
    ("zh", include_str!("../../data/intents/zh.txt")),
];

/// The languages that have seeds; `zh` serves both scripts.
pub const SEED_LANGUAGES: [&str; 9] = ["ar", "en", "es", "fr", "hi", "id", "pt", "ru", "zh"];

/// The seed phrases of a language (`pt-BR` is `pt`); none for a language without.
///
/// They are written by hand for shops, some ten for each intent and some for none of them: enough to suggest, not
/// enough to act on. Ask for some fifty labelled messages per intent before anything is done automatically.
#[must_use]
pub fn seeds(language: &str) -> Vec<Sample> {
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let file = FILES.iter().find(|(known, _)| *known == primary).map_or("", |(_, file)| file);
    let lines = file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'));
    lines
        .flat_map(|(intent, phrases)| {
            let intent = if intent == "none" { "" } else { intent };
            phrases.split('|').map(move |text| Sample { text: text.trim().to_owned(), intent: intent.to_owned() })
        })
        .filter(|sample| !sample.text.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{FILES, SEED_INTENTS, SEED_LANGUAGES, seeds};

    #[test]
    fn every_language_has_every_intent() {
        assert_eq!(FILES.map(|(language, _)| language), SEED_LANGUAGES);
        for language in SEED_LANGUAGES {
            let all = seeds(language);
            for intent in SEED_INTENTS.iter().chain(&[""]) {
                let own = all.iter().filter(|sample| sample.intent == *intent).count();
                assert!(own >= 8, "{language} {intent}: {own}");
            }
            let strange =
                all.iter().find(|sample| !sample.intent.is_empty() && !SEED_INTENTS.contains(&sample.intent.as_str()));
            assert_eq!(strange, None, "{language}");
        }
        assert_eq!(seeds("pt-BR"), seeds("pt"));
        assert!(seeds("xx").is_empty());
    }
}
