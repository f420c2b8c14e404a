//! Which language a text is written in: by script first, then by words; silence when unsure.
//!
//! This is the free first step; a statistical identifier or the contact's known language may follow
//! where it abstains.

mod words;

use serde::Serialize;

use crate::han;
use crate::normalise::normalise;
use crate::stem::LatinStems;
use crate::tokenise::{Class, Kind, Run, Script as RunScript, runs};
use words::LATIN;

/// A writing system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// Latin letters.
    Latin,
    /// Arabic letters.
    Arabic,
    /// Cyrillic letters.
    Cyrillic,
    /// Chinese characters with simplified forms among them.
    HanSimplified,
    /// Chinese characters with traditional forms among them.
    HanTraditional,
    /// Chinese characters common to both, or of both kinds equally.
    Han,
    /// Hiragana or katakana (with or without Chinese characters).
    Kana,
    /// Korean letters.
    Hangul,
    /// Thai letters.
    Thai,
    /// Devanagari letters.
    Devanagari,
    /// Hebrew letters.
    Hebrew,
    /// Greek letters.
    Greek,
}

/// A guessed language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Guess {
    /// ISO 639-1 code: ar, fa, ur, ru, uk, zh, ja, ko, th, hi, he, el, en, fr, es, pt or id.
    pub language: &'static str,
    /// The script most of the text is written in.
    pub script: Script,
    /// Whether the evidence is strong: by script, or by several words of one language and next to
    /// none of another.
    pub sure: bool,
}

/// Guesses the language of a text, or abstains (`None`): no letters, or Latin letters without words
/// that tell English, French, Spanish, Portuguese and Indonesian apart.
///
/// The script with most letters decides (a Chinese character weighs three letters), so a brand name
/// in Latin letters does not hide a message's language. Addresses (`https://..`, `a@b`) are skipped.
#[must_use]
pub fn guess(text: &str) -> Option<Guess> {
    let counted: Vec<&str> = text.split_whitespace().filter(|word| !is_address(word)).collect();
    let joined = counted.join(" ");
    let script = dominant(&joined)?;
    let by_script = |language| Some(Guess { language, script, sure: true });
    match script {
        Script::Latin => {
            let normal = normalise(&joined);
            let scores = latin_scores(normal.as_str(), &runs(normal.as_str()));
            let (index, sure) = decide(&scores)?;
            Some(Guess { language: words::LANGUAGES[index], script, sure })
        }
        Script::Arabic => by_script(arabic_language(&joined)),
        Script::Cyrillic if joined.chars().any(|c| matches!(c, 'і' | 'ї' | 'є' | 'ґ' | 'І' | 'Ї' | 'Є' | 'Ґ')) => {
            by_script("uk")
        }
        Script::Cyrillic => by_script("ru"),
        Script::HanSimplified | Script::HanTraditional | Script::Han => by_script("zh"),
        Script::Kana => by_script("ja"),
        Script::Hangul => by_script("ko"),
        Script::Thai => by_script("th"),
        Script::Devanagari => by_script("hi"),
        Script::Hebrew => by_script("he"),
        Script::Greek => by_script("el"),
    }
}

/// Which Latin stemmers to index a text with: one only if the language is plain.
pub(crate) fn stems_for(text: &str, runs: &[Run]) -> LatinStems {
    match decide(&latin_scores(text, runs)) {
        Some((index, true)) => match words::LANGUAGES[index] {
            "id" => LatinStems::Without,
            language => LatinStems::Only(language),
        },
        _ => LatinStems::All,
    }
}

fn is_address(word: &str) -> bool {
    word.contains("://") || word.contains('@') || word.starts_with("www.")
}

/// The script with the most weight; kana make a text Japanese although Chinese characters prevail.
fn dominant(text: &str) -> Option<Script> {
    const SCRIPTS: [Script; 10] = [
        Script::Latin,
        Script::Arabic,
        Script::Cyrillic,
        Script::Han,
        Script::Kana,
        Script::Hangul,
        Script::Thai,
        Script::Devanagari,
        Script::Hebrew,
        Script::Greek,
    ];
    let mut weights = [0_usize; SCRIPTS.len()];
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        if let Some((index, weight)) = weigh(c) {
            weights[index] += weight;
        }
    }
    // One in eight: a kana letter used as ornament in a Chinese text does not count.
    if weights[4] * 8 >= weights[3] {
        weights[4] += if weights[4] > 0 { weights[3] } else { 0 };
    }
    // The first of equals, so that the answer does not depend on the order of iteration.
    let mut best = 0;
    for index in 1..SCRIPTS.len() {
        if weights[index] > weights[best] {
            best = index;
        }
    }
    match (weights[best], SCRIPTS[best]) {
        (0, _) => None,
        (_, Script::Han) => Some(han_kind(text)),
        (_, script) => Some(script),
    }
}

fn weigh(c: char) -> Option<(usize, usize)> {
    Some(match u32::from(c) {
        0x41..=0x24F | 0x1E00..=0x1EFF | 0xFF21..=0xFF5A => (0, 1),
        0x600..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => (1, 1),
        0x400..=0x52F => (2, 1),
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF => (3, 3),
        0x3041..=0x30FA | 0x30FD..=0x30FF | 0xFF66..=0xFF9D => (4, 2),
        0x1100..=0x11FF | 0x3131..=0x318E | 0xAC00..=0xD7A3 => (5, 2),
        0xE00..=0xE7F => (6, 1),
        0x900..=0x97F => (7, 1),
        0x590..=0x5FF => (8, 1),
        0x370..=0x3FF | 0x1F00..=0x1FFF => (9, 1),
        _ => return None,
    })
}

fn han_kind(text: &str) -> Script {
    let traditional = text.chars().filter(|c| han::simplified(*c).is_some()).count();
    let simplified = text.chars().filter(|c| han::is_simplified_only(*c)).count();
    match traditional.cmp(&simplified) {
        std::cmp::Ordering::Greater => Script::HanTraditional,
        std::cmp::Ordering::Less => Script::HanSimplified,
        std::cmp::Ordering::Equal => Script::Han,
    }
}

/// Urdu and Persian have letters of their own; a single one may be a loan word in Arabic dialect.
fn arabic_language(text: &str) -> &'static str {
    let count = |set: &[char]| text.chars().filter(|c| set.contains(c)).count();
    if count(&['ٹ', 'ڈ', 'ڑ', 'ں', 'ے', 'ھ']) >= 2 {
        return "ur";
    }
    let own = count(&['پ', 'چ', 'ژ', 'گ', 'ک', 'ی']);
    let arabic = count(&['ة', 'ك', 'ي', 'ى', 'أ', 'إ']);
    if own >= 2 && own > arabic { "fa" } else { "ar" }
}

/// Evidence for each of [`words::LANGUAGES`], in quarters of a telling word.
type Scores = [u32; 5];

/// A word known in n languages counts 4 / n for each; letters and signs of few languages add less.
fn latin_scores(text: &str, runs: &[Run]) -> Scores {
    let mut scores = Scores::default();
    let mut add = |mask: u8, points: u32| {
        for (index, score) in scores.iter_mut().enumerate() {
            if mask & (1 << index) != 0 {
                *score = score.saturating_add(points);
            }
        }
    };
    let words = runs
        .iter()
        .filter(|run| run.script == RunScript::Latin && matches!(run.class, Class::Spaced(Kind::Word | Kind::Clitic)));
    for run in words {
        let word = &text[run.range.clone()];
        if let Some(mask) = LATIN.get(word) {
            add(*mask, [0, 4, 2, 1, 1, 0][mask.count_ones() as usize]);
            continue;
        }
        if !word.is_ascii() {
            let (mask, points) = words::accents(word);
            add(mask, points);
        }
        let (mask, points) = words::ending(word);
        add(mask, points);
    }
    if text.contains(['¿', '¡']) {
        add(words::ES, 4);
    }
    scores
}

/// The winner and whether it wins by far; nobody without one telling word or with a close second.
fn decide(scores: &Scores) -> Option<(usize, bool)> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(scores[*index]));
    let (first, second) = (scores[order[0]], scores[order[1]]);
    if first < 4 || first < second + 2 || first * 2 < second * 3 {
        return None;
    }
    Some((order[0], first >= 12 && first >= second * 3))
}
