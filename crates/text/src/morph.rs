//! The forms under which a word is known to phrases: inflection by language.
//!
//! A search may find too much, a count may not: English only loses its regular endings here (the
//! stemmer would take "expense" for "expensive"), Arabic, Indonesian and Hindi only what can be glued
//! on to a word that is known. French, Spanish, Portuguese and Russian use their stemmers.

use rust_stemmers::{Algorithm, Stemmer};

use crate::fold::fold_term;
use crate::stem::{LatinStems, STEM_MARK, portuguese_singular};
use crate::tokenise::Script;
use crate::unit::{Kind, Unit};

/// Longer words are no words, and a stemmer's cost stays bounded.
const MAX_WORD_CHARS: usize = 40;

/// A language whose inflection is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Tongue {
    English,
    French,
    Spanish,
    Portuguese,
    Indonesian,
    Russian,
    Arabic,
    Hindi,
}

const ALL: [Tongue; 8] = [
    Tongue::English,
    Tongue::French,
    Tongue::Spanish,
    Tongue::Portuguese,
    Tongue::Indonesian,
    Tongue::Russian,
    Tongue::Arabic,
    Tongue::Hindi,
];

impl Tongue {
    /// By the code of a language (`pt-BR` is `pt`); `None` where words do not change or nothing is known.
    pub(crate) fn of(language: &str) -> Option<Self> {
        let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        ALL.into_iter().find(|tongue| tongue.code() == primary)
    }

    fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Portuguese => "pt",
            Self::Indonesian => "id",
            Self::Russian => "ru",
            Self::Arabic => "ar",
            Self::Hindi => "hi",
        }
    }

    fn letter(self) -> char {
        match self {
            Self::English => 'e',
            Self::French => 'f',
            Self::Spanish => 's',
            Self::Portuguese => 'p',
            Self::Indonesian => 'i',
            Self::Russian => 'r',
            Self::Arabic => 'a',
            Self::Hindi => 'h',
        }
    }

    fn writes(self, script: Script) -> bool {
        match self {
            Self::Russian => script == Script::Cyrillic,
            Self::Arabic => script == Script::Arabic,
            Self::Hindi => script == DEVANAGARI,
            _ => script == Script::Latin,
        }
    }
}

/// Devanagari as [`crate::tokenise::script_of`] names it.
const DEVANAGARI: Script = Script::Other(0x900 >> 7);

/// A set of languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tongues(u8);

impl Tongues {
    pub(crate) fn add(&mut self, tongue: Tongue) {
        self.0 |= 1 << tongue as u8;
    }

    pub(crate) fn has(self, tongue: Tongue) -> bool {
        self.0 & (1 << tongue as u8) != 0
    }

    /// What is left for a text of which this much is known: a French word does not inflect in a text
    /// that is plainly English.
    pub(crate) fn within(self, latin: LatinStems) -> Self {
        let only = match latin {
            LatinStems::All => return self,
            LatinStems::Only(language) => Tongue::of(language),
            LatinStems::Without => Some(Tongue::Indonesian),
        };
        let mut left = Self::default();
        for tongue in ALL {
            if self.has(tongue) && (!tongue.writes(Script::Latin) || only == Some(tongue)) {
                left.add(tongue);
            }
        }
        left
    }
}

/// The keys a word of a phrase is filed under; the first is the word as it stands.
pub(crate) fn filed(text: &str, unit: &Unit, tongue: Option<Tongue>) -> Vec<String> {
    let mut keys = vec![unit.text.clone()];
    let Some(tongue) = tongue.filter(|tongue| inflects(unit, *tongue)) else { return keys };
    let mut add = |base: &str| push(&mut keys, tongue, base);
    match tongue {
        Tongue::Arabic => {
            add(&unit.text);
            if let Some(bare) = unit.text.strip_prefix("ال").filter(|bare| bare.chars().count() >= 3) {
                add(bare);
            }
        }
        Tongue::Indonesian => add(&unit.text),
        _ => bases(text, unit, tongue, &mut add),
    }
    keys
}

/// Calls `see` with every key under which a word of a message may be filed.
pub(crate) fn looked_up(text: &str, unit: &Unit, tongues: Tongues, see: &mut impl FnMut(&str)) {
    see(&unit.text);
    let mut key = String::new();
    for tongue in ALL {
        if tongues.has(tongue) && inflects(unit, tongue) {
            bases(text, unit, tongue, &mut |base| {
                key.clear();
                key.push(STEM_MARK);
                key.push(tongue.letter());
                key.push_str(base);
                see(&key);
            });
        }
    }
}

fn push(keys: &mut Vec<String>, tongue: Tongue, base: &str) {
    let key: String = [STEM_MARK, tongue.letter()].into_iter().chain(base.chars()).collect();
    if !keys.contains(&key) {
        keys.push(key);
    }
}

fn inflects(unit: &Unit, tongue: Tongue) -> bool {
    unit.kind == Kind::Word
        && tongue.writes(unit.script)
        && unit.text.len() >= 3
        && unit.text.chars().take(MAX_WORD_CHARS + 1).count() <= MAX_WORD_CHARS
}

/// The base forms a word may come from.
fn bases(text: &str, unit: &Unit, tongue: Tongue, add: &mut impl FnMut(&str)) {
    let bare = unit.text.as_str();
    match tongue {
        Tongue::English => add(&english(bare)),
        Tongue::French => stem(Algorithm::French, text, unit, add),
        Tongue::Spanish => stem(Algorithm::Spanish, text, unit, add),
        Tongue::Portuguese => match portuguese_singular(bare) {
            Some(singular) => add(&fold_term(&Stemmer::create(Algorithm::Portuguese).stem(&singular))),
            None => stem(Algorithm::Portuguese, text, unit, add),
        },
        Tongue::Russian => russian(bare, add),
        Tongue::Indonesian => indonesian(bare, add),
        Tongue::Arabic => arabic(bare, add),
        Tongue::Hindi => add(bare.trim_end_matches(['आ', 'ई', 'ए', 'इ', 'ओ', 'न', 'य'])),
    }
}

/// The stem of the word as written and, for people leave accents out, of the bare spelling.
fn stem(algorithm: Algorithm, text: &str, unit: &Unit, add: &mut impl FnMut(&str)) {
    let stemmer = Stemmer::create(algorithm);
    let written = &text[unit.range.clone()];
    add(&fold_term(&stemmer.stem(&unit.text)));
    if written != unit.text {
        add(&fold_term(&stemmer.stem(written)));
    }
}

/// Without plural, tense and final e; doubled consonants single ("shipped", "ship").
fn english(word: &str) -> String {
    let vowel = |part: &str| part.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let mut base = word.to_owned();
    if let Some(rest) = word.strip_suffix("ies").or_else(|| word.strip_suffix("ied")).filter(|rest| rest.len() > 1) {
        base = format!("{rest}y");
    } else if let Some(rest) = word.strip_suffix("ing").filter(|rest| rest.len() > 2 && vowel(rest)) {
        base = rest.to_owned();
    } else if let Some(rest) = word.strip_suffix("ed").filter(|rest| rest.len() > 2 && vowel(rest)) {
        base = rest.to_owned();
    } else if let Some(rest) = word
        .strip_suffix("es")
        .filter(|rest| rest.ends_with(['s', 'x', 'z']) || rest.ends_with("ch") || rest.ends_with("sh"))
    {
        base = rest.to_owned();
    } else if let Some(rest) = word.strip_suffix('s').filter(|rest| rest.len() > 2 && !rest.ends_with(['s', 'u', 'i']))
    {
        base = rest.to_owned();
    }
    if base.len() > 3 && base.ends_with('e') {
        base.pop();
    }
    let twice = base.len() > 3 && base.as_bytes()[base.len() - 1] == base.as_bytes()[base.len() - 2];
    if twice && !base.ends_with(['a', 'e', 'i', 'o', 'u']) && base.is_ascii() {
        base.pop();
    }
    base
}

/// The stem, also without the vowel that comes and goes ("скидок", "скидка").
fn russian(word: &str, add: &mut impl FnMut(&str)) {
    let stem = Stemmer::create(Algorithm::Russian).stem(word);
    add(&stem);
    for (ending, short) in [("ок", "к"), ("ек", "к"), ("ец", "ц")] {
        if let Some(rest) = stem.strip_suffix(ending).filter(|rest| rest.chars().count() >= 3) {
            add(&format!("{rest}{short}"));
        }
    }
}

/// What a word may be with conjunction, preposition and article in front and a pronoun or plural
/// behind; three letters must remain, so that "ورد" is not "رد".
fn arabic(word: &str, add: &mut impl FnMut(&str)) {
    const PREFIXES: [&str; 24] = [
        "", "و", "ف", "ب", "ل", "ك", "ال", "وال", "فال", "بال", "كال", "لل", "ولل", "فلل", "وبال", "فبال", "وب", "ول",
        "فب", "فل", "ه", "هال", "ع", "عال",
    ];
    const SUFFIXES: [&str; 17] =
        ["", "ه", "ي", "ك", "ها", "هم", "كم", "نا", "ات", "ين", "ون", "اتي", "اتك", "اتكم", "ا", "تي", "تكم"];
    for prefix in PREFIXES {
        let Some(rest) = word.strip_prefix(prefix) else { continue };
        for suffix in SUFFIXES {
            let Some(base) = rest.strip_suffix(suffix) else { continue };
            if base.chars().count() >= 3 || (prefix.is_empty() && suffix.is_empty()) {
                add(base);
            }
        }
    }
}

/// What a word may be with its particles and prefixes; the nasal of `me-` and `pe-` hides a first letter.
fn indonesian(word: &str, add: &mut impl FnMut(&str)) {
    add(word);
    let mut ends = vec![word];
    for suffix in ["nya", "lah", "kah", "kan", "an", "i", "in", "ku", "mu"] {
        for end in ends.clone() {
            if let Some(rest) = end.strip_suffix(suffix).filter(|rest| rest.len() >= 4) {
                add(rest);
                ends.push(rest);
            }
        }
    }
    for end in ends {
        for prefix in
            ["di", "ber", "ter", "ke", "se", "me", "pe", "mem", "pem", "men", "pen", "meng", "peng", "per", "nge"]
        {
            if let Some(rest) = end.strip_prefix(prefix).filter(|rest| rest.len() >= 4) {
                add(rest);
            }
        }
        for (prefix, hidden) in [
            ("meng", "k"),
            ("peng", "k"),
            ("meny", "s"),
            ("peny", "s"),
            ("mem", "p"),
            ("pem", "p"),
            ("men", "t"),
            ("pen", "t"),
        ] {
            if let Some(rest) = end.strip_prefix(prefix).filter(|rest| rest.len() >= 3) {
                add(&format!("{hidden}{rest}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Tongue, Tongues, filed, looked_up};
    use crate::normalise::normalised;
    use crate::unit::units;

    fn meet(language: &str, known: &str, written: &str) -> bool {
        let tongue = Tongue::of(language).expect("a language");
        let known = normalised(known);
        let keys = filed(&known, &units(&known)[0], Some(tongue));
        let written = normalised(written);
        let mut tongues = Tongues::default();
        tongues.add(tongue);
        let mut met = false;
        looked_up(&written, &units(&written)[0], tongues, &mut |key| {
            met = met || keys.iter().any(|known| known == key)
        });
        met
    }

    #[test]
    fn forms_of_a_word_meet() {
        for (language, known, written) in [
            ("en", "return", "returned"),
            ("en", "cancel", "cancelled"),
            ("en", "ship", "shipping"),
            ("en", "reply", "replies"),
            ("en", "price", "prices"),
            ("en", "box", "boxes"),
            ("fr", "promotion", "promotions"),
            ("fr", "remboursé", "rembourse"),
            ("fr", "cher", "chère"),
            ("es", "devolución", "devoluciones"),
            ("es", "devolución", "devolucion"),
            ("es", "caro", "caras"),
            ("pt", "devolução", "devoluções"),
            ("pt", "promoção", "promocoes"),
            ("pt", "caro", "caras"),
            ("ru", "скидка", "скидок"),
            ("ru", "скидка", "скидкой"),
            ("ru", "посылка", "посылки"),
            ("ar", "خصم", "وبالخصم"),
            ("ar", "خصم", "للخصم"),
            ("ar", "طلب", "طلباتي"),
            ("ar", "غالية", "غاليه"),
            ("ar", "الشحن", "شحن"),
            ("ar", "سعر", "بسعر"),
            ("ar", "غالي", "غالية"),
            ("id", "kirim", "mengirimkan"),
            ("id", "kirim", "dikirim"),
            ("id", "paket", "paketnya"),
            ("id", "bayar", "pembayaran"),
            ("id", "sewa", "menyewa"),
            ("id", "harga", "harganya"),
            ("hi", "महंगा", "महंगी"),
            ("hi", "ऑर्डर", "ऑर्डरों"),
        ] {
            assert!(meet(language, known, written), "{language}: {known} {written}");
        }
    }

    #[test]
    fn other_words_do_not_meet() {
        for (language, known, written) in [
            ("en", "expensive", "expense"),
            ("en", "organ", "organise"),
            ("en", "thing", "the"),
            ("ar", "رد", "ورد"),
            ("ar", "طلب", "طالب"),
            ("ar", "عرض", "معرض"),
            ("ar", "لد", "ولد"),
            ("id", "satu", "bersatupadu"),
            ("id", "as", "beras"),
            ("ru", "срок", "сор"),
            ("fr", "pain", "paix"),
        ] {
            assert!(!meet(language, known, written), "{language}: {known} {written}");
        }
    }
}
