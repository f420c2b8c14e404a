//! Character tables: what is dropped, what is folded, and what a search term may contain.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use crate::han;

/// The most characters of one search term; longer ones are cut, alike when indexed and searched.
pub const MAX_TERM_CHARS: usize = 64;

/// The zeros of all decimal digit scripts (general category Nd, ten consecutive code points each)
/// except ASCII and the mathematical ones, which NFKC already maps to ASCII.
const ZEROS: [u32; 69] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
    0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
    0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0,
    0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50,
    0x11D50, 0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1,
    0x1E950, 0x1FBF0,
];

/// The ASCII digit for a decimal digit of any script.
pub(crate) fn ascii_digit(c: char) -> Option<char> {
    let code = u32::from(c);
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let after = ZEROS.partition_point(|zero| *zero <= code);
    let zero = ZEROS.get(after.checked_sub(1)?)?;
    char::from_digit(code - zero, 10).filter(|_| code - zero < 10)
}

/// Whether normalising removes the character: tatweel, Arabic vowel and Quranic marks, zero-width
/// and bidirectional controls, soft hyphen, variation selectors, skin tones, tag characters.
pub(crate) fn is_dropped(c: char) -> bool {
    if c < '\u{AD}' {
        return false;
    }
    is_arabic_mark(c)
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{640}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{1F3FB}'..='\u{1F3FF}'
            | '\u{E0000}'..='\u{E01EF}')
}

/// Arabic diacritics. Composed letters (alef with hamza) are found before these are dropped.
pub(crate) fn is_arabic_mark(c: char) -> bool {
    matches!(c,
        '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}' | '\u{6E7}' | '\u{6E8}' | '\u{6EA}'..='\u{6ED}'
        | '\u{8CA}'..='\u{8E1}' | '\u{8E3}'..='\u{8FF}')
}

/// Arabic marks which NFKC may first have to join with their letter (madda and hamza).
pub(crate) fn is_joining_mark(c: char) -> bool {
    matches!(c, '\u{653}'..='\u{655}')
}

/// Folds one lower-case character: Arabic letter variants, `ё`, final sigma, digits of any script.
pub(crate) fn fold_char(c: char) -> char {
    match c {
        '\0'..='\u{AC}' => c,
        'أ' | 'إ' | 'آ' | 'ٱ' | 'ٲ' | 'ٳ' => 'ا',
        'ى' | 'ئ' | 'ی' => 'ي',
        'ؤ' => 'و',
        'ة' | 'ۀ' | 'ہ' | 'ۂ' | 'ۃ' | 'ە' | 'ھ' => 'ه',
        'ک' | 'ڪ' => 'ك',
        'ё' => 'е',
        'ς' => 'σ',
        _ => ascii_digit(c).unwrap_or(c),
    }
}

/// Whether a character may stand in a search term as a letter.
pub(crate) fn is_term_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_lowercase();
    }
    c.is_alphabetic()
        && !is_combining_mark(c)
        && !matches!(c, '\u{1BB}' | '\u{2B0}'..='\u{2FF}' | '\u{24B6}'..='\u{24E9}' | '\u{1F130}'..='\u{1F189}')
}

/// The search form of a normalised word: accents off Latin and Greek letters, traditional Chinese
/// to simplified, Devanagari vowel signs to vowel letters, other marks gone; then only characters
/// of the term alphabet (see the crate's documentation), at most [`MAX_TERM_CHARS`] of them.
pub(crate) fn fold_term(word: &str) -> String {
    let mut term = String::with_capacity(word.len());
    let mut room = MAX_TERM_CHARS;
    for c in word.chars() {
        if room == 0 {
            break;
        }
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            term.push(c);
            room -= 1;
            continue;
        }
        for folded in search_form(c) {
            if room > 0 && is_term_letter(folded) {
                term.push(folded);
                room -= 1;
            }
        }
    }
    term
}

/// One or two characters for search; a character outside the alphabet means "nothing".
fn search_form(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ø' => ('o', None),
        'đ' => ('d', None),
        'ł' => ('l', None),
        'ı' => ('i', None),
        '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{3FF}' | '\u{1E00}'..='\u{1FFF}' => (without_accent(c), None),
        '\u{900}'..='\u{97F}' => (devanagari(c), None),
        '\u{3400}'..='\u{9FFF}' => (han::simplified(c).unwrap_or(c), None),
        _ => (c, None),
    };
    std::iter::once(first).chain(second)
}

/// The letter under an accent.
pub(crate) fn without_accent(c: char) -> char {
    let mut base = c;
    let mut seen = false;
    decompose_canonical(c, |part| {
        if !seen {
            base = part;
            seen = true;
        }
    });
    base
}

/// Vowel signs as vowel letters, nasal signs as `न`; other signs are left (and so dropped later).
/// Vowel signs are marks, which FTS5's tokenizer takes for separators, but without them too many
/// words would become the same.
fn devanagari(c: char) -> char {
    match c {
        'ा' => 'आ',
        'ि' => 'इ',
        'ी' => 'ई',
        'ु' => 'उ',
        'ू' => 'ऊ',
        'ृ' => 'ऋ',
        'ॅ' => 'ऍ',
        'े' => 'ए',
        'ै' => 'ऐ',
        'ॉ' => 'ऑ',
        'ो' => 'ओ',
        'ौ' => 'औ',
        'ं' | 'ँ' | 'ङ' | 'ञ' | 'ण' => 'न',
        _ => c,
    }
}
