//! Stems by script, and the light forms of scripts without a stemmer.

use rust_stemmers::{Algorithm, Stemmer};

use crate::fold::{MAX_TERM_CHARS, fold_term};
use crate::tokenise::Script;

/// The first character of every stem term, so that no stem is mistaken for a word.
///
/// U+01BB is a letter without case, accents or decomposition, in no living spelling, that FTS5's
/// `unicode61` keeps inside a token; words never hold it.
pub const STEM_MARK: char = '\u{1BB}';

/// Longer words are no words: they are not stemmed (and a stemmer's cost stays bounded).
const MAX_STEMMED_CHARS: usize = 40;

/// The languages whose stems a text written in Latin script gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LatinStems {
    /// The language is not known well enough: all four.
    All,
    /// One of "en", "fr", "es", "pt".
    Only(&'static str),
    /// Another language: none.
    Without,
}

/// The other forms of a normalised word.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    /// Stem terms: [`STEM_MARK`], a letter for the stemmer, the stem.
    pub(crate) stems: Vec<String>,
    /// The word without a glued particle, as a plain term.
    pub(crate) light: Option<String>,
}

/// The forms of a word: for indexing with the text's language, for searching with [`LatinStems::All`].
pub(crate) fn forms(word: &str, script: Script, latin: LatinStems) -> Forms {
    let chars = word.chars().count();
    let mut forms = Forms::default();
    if !(3..=MAX_STEMMED_CHARS).contains(&chars) || !word.chars().all(char::is_alphabetic) {
        return forms;
    }
    match script {
        Script::Latin => latin_forms(word, latin, &mut forms),
        Script::Cyrillic => add_stem(&mut forms.stems, 'r', Algorithm::Russian, word),
        Script::Arabic => {
            add_stem(&mut forms.stems, 'a', Algorithm::Arabic, word);
            if let Some(light) = light_arabic(word) {
                add_stem(&mut forms.stems, 'a', Algorithm::Arabic, light);
                forms.light = Some(fold_term(light));
            }
        }
        _ => {}
    }
    forms
}

fn latin_forms(word: &str, latin: LatinStems, forms: &mut Forms) {
    const LANGUAGES: [(&str, char, Algorithm); 4] = [
        ("en", 'e', Algorithm::English),
        ("fr", 'f', Algorithm::French),
        ("es", 's', Algorithm::Spanish),
        ("pt", 'p', Algorithm::Portuguese),
    ];
    let bare = fold_term(word);
    for (language, letter, algorithm) in LANGUAGES {
        let wanted = match latin {
            LatinStems::All => true,
            LatinStems::Only(only) => only == language,
            LatinStems::Without => false,
        };
        if !wanted {
            continue;
        }
        add_stem(&mut forms.stems, letter, algorithm, word);
        // People leave accents out: the stem of the bare spelling meets theirs.
        if bare != word {
            add_stem(&mut forms.stems, letter, algorithm, &bare);
        }
    }
    forms.light = light_indonesian(&bare).map(str::to_owned);
}

fn add_stem(stems: &mut Vec<String>, letter: char, algorithm: Algorithm, word: &str) {
    let singular = if letter == 'p' { portuguese_singular(word) } else { None };
    let word = singular.as_deref().unwrap_or(word);
    let stem = fold_term(&Stemmer::create(algorithm).stem(word));
    if stem.is_empty() {
        return;
    }
    let term: String = [STEM_MARK, letter].into_iter().chain(stem.chars()).take(MAX_TERM_CHARS).collect();
    if !stems.contains(&term) {
        stems.push(term);
    }
}

/// Portuguese plurals in `-ões` and `-ães`, which the stemmer keeps apart from their `-ão`.
pub(crate) fn portuguese_singular(word: &str) -> Option<String> {
    const PLURALS: [(&str, &str); 4] = [("ões", "ão"), ("ães", "ão"), ("oes", "ao"), ("aes", "ao")];
    PLURALS.iter().find_map(|(plural, singular)| Some(word.strip_suffix(plural)?.to_owned() + singular))
}

/// Takes the conjunction, preposition and article off an Arabic word if three letters remain
/// (the "light" stemmer of the literature): `وبالطلبات` gives `طلبات`.
pub(crate) fn light_arabic(word: &str) -> Option<&str> {
    const PREFIXES: [&str; 16] =
        ["وبال", "وكال", "ولل", "فبال", "فلل", "وال", "فال", "بال", "كال", "لل", "ال", "هال", "عال", "و", "ف", "ب"];
    PREFIXES.iter().filter_map(|prefix| word.strip_prefix(prefix)).find(|rest| rest.chars().nth(2).is_some())
}

/// Takes an Indonesian particle off a word (`paketnya`, `kirimkan`) if four letters remain.
fn light_indonesian(word: &str) -> Option<&str> {
    ["nya", "kan", "lah", "kah"].iter().filter_map(|suffix| word.strip_suffix(suffix)).find(|rest| rest.len() >= 4)
}
