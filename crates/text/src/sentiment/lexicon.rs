//! The lexicons: `data/sentiment/*.txt`, read once. Their README says how they were made.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::morph::Tongue;
use crate::phrases::Phrases;

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Role {
    /// Weighs, -4 to 4; 0 says that the phrase means nothing.
    Weight(f64),
    /// Raises a word beside it.
    Strong,
    /// Lowers it.
    Weak,
    /// What follows counts more than what went before.
    Contrast,
}

/// One language's words.
pub(super) struct Lexicon {
    pub(super) language: &'static str,
    pub(super) phrases: Phrases,
    /// By the owner of a phrase.
    pub(super) roles: Vec<Role>,
    /// Words that raise stand behind as well as in front.
    pub(super) raised_behind: bool,
}

const FILES: [(&str, bool, &str); 9] = [
    ("en", false, include_str!("../../data/sentiment/en.txt")),
    ("fr", false, include_str!("../../data/sentiment/fr.txt")),
    ("es", false, include_str!("../../data/sentiment/es.txt")),
    ("pt", true, include_str!("../../data/sentiment/pt.txt")),
    ("id", true, include_str!("../../data/sentiment/id.txt")),
    ("ru", false, include_str!("../../data/sentiment/ru.txt")),
    ("ar", true, include_str!("../../data/sentiment/ar.txt")),
    ("zh", false, include_str!("../../data/sentiment/zh.txt")),
    ("hi", false, include_str!("../../data/sentiment/hi.txt")),
];

static LEXICONS: LazyLock<Vec<Lexicon>> = LazyLock::new(|| {
    FILES.iter().map(|(language, raised_behind, file)| read(language, *raised_behind, file)).collect()
});

/// The lexicon of a language, and those that have words in Latin letters.
pub(super) fn of(language: &str) -> Option<&'static Lexicon> {
    LEXICONS.iter().find(|lexicon| lexicon.language == language)
}

/// Those in which a word of Latin letters may stand: Hindi and Arabic are written so as well.
pub(super) const LATIN: [&str; 7] = ["en", "es", "pt", "fr", "id", "hi", "ar"];

fn read(language: &'static str, raised_behind: bool, file: &str) -> Lexicon {
    let mut lexicon = Lexicon { language, phrases: Phrases::default(), roles: Vec::new(), raised_behind };
    let tongue = Tongue::of(language);
    // What means nothing comes first: of two readings of the same words the first wins, and "please" is not "pleased".
    let (nothing, rest): (Vec<_>, Vec<_>) = lines(file).partition(|(head, _)| *head == "0");
    for (head, entries) in nothing.into_iter().chain(rest) {
        let role = match head {
            "strong" => Role::Strong,
            "weak" => Role::Weak,
            "contrast" => Role::Contrast,
            weight => Role::Weight(weight.parse().unwrap_or_default()),
        };
        let owner = u32::try_from(lexicon.roles.len()).unwrap_or(u32::MAX);
        lexicon.roles.push(role);
        for entry in entries.split(',') {
            // Words that only modify do not inflect (Portuguese "bem" is no form of "bom"), nor do words that mean nothing.
            let phrase = entry.split_whitespace().nth(1).is_some();
            let tongue = tongue.filter(|_| matches!(role, Role::Weight(weight) if weight != 0.0 || phrase));
            lexicon.phrases.add(entry, tongue, owner);
        }
    }
    lexicon
}

/// The lines of a data file: what stands before the first space, and the rest.
fn lines(file: &str) -> impl Iterator<Item = (&str, &str)> {
    file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.trim().split_once(' '))
}

/// Emoji as they are after normalising (without skin tones and variation selectors).
pub(super) struct Emoji {
    pub(super) weights: HashMap<char, f64>,
    /// Those that turn praise into its opposite.
    pub(super) inverting: HashSet<char>,
}

pub(super) static EMOJI: LazyLock<Emoji> = LazyLock::new(|| {
    let mut emoji = Emoji { weights: HashMap::new(), inverting: HashSet::new() };
    for (head, signs) in lines(include_str!("../../data/emoji.txt")) {
        let signs = signs.split_whitespace().filter_map(|sign| sign.chars().next());
        match head.parse() {
            Ok(weight) => emoji.weights.extend(signs.map(|sign| (sign, weight))),
            Err(_) => emoji.inverting.extend(signs),
        }
    }
    emoji
});

#[cfg(test)]
mod tests {
    use super::{EMOJI, FILES, Role, lines, of};

    #[test]
    fn every_line_is_understood() {
        for (language, _, file) in FILES {
            let lexicon = of(language).expect("a lexicon");
            assert!(lexicon.phrases.len() > 150, "{language}: {}", lexicon.phrases.len());
            for (head, entries) in lines(file) {
                let known = matches!(head, "strong" | "weak" | "contrast") || head.parse::<f64>().is_ok();
                assert!(known, "{language}: {head}");
                assert!(!entries.contains(['،', '，', '、']), "{language}: {head} is parted by another comma");
            }
            for weight in
                lexicon.roles.iter().filter_map(|role| if let Role::Weight(w) = role { Some(w) } else { None })
            {
                assert!(weight.abs() <= 4.0, "{language}");
            }
        }
        assert!(EMOJI.weights.len() > 100 && EMOJI.inverting.len() >= 5);
    }
}
