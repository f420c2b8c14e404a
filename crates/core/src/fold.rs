//! Texts made comparable: what a reader takes for the same is written the same.

use unicode_normalization::UnicodeNormalization;

/// The text as a reader compares it: case, compatibility forms, spacing, digits of any script, invisible characters
/// and the variants of one emoji (skin tone, text or picture) make no difference.
pub(crate) fn same_words(text: &str) -> String {
    if text.is_ascii() {
        return same_ascii(text);
    }
    let folded: String = text.nfkc().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).map(digit).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same for what has no other letters than ASCII, as most names of tags and fields: rules compare them all the time.
fn same_ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().map(|c| c.to_ascii_lowercase()));
    }
    folded
}

/// Whether a reader takes both for the same: [`same_words`] of both, without making them where no letter is beyond ASCII.
pub(crate) fn read_the_same(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        let (mut ours, mut theirs) = (one.split_whitespace(), other.split_whitespace());
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return true,
                (Some(word), Some(their)) if word.eq_ignore_ascii_case(their) => {}
                _ => return false,
            }
        }
    }
    same_words(one) == same_words(other)
}

/// Only the letters and digits, run together: case, accents, vowel signs and letter forms of Arabic, punctuation,
/// spaces and emoji make no difference.
pub(crate) fn letters(text: &str) -> String {
    let folded = text.nfkd().filter(|c| !is_mark(*c) && !is_invisible(*c)).flat_map(char::to_lowercase);
    // Lower case may bring marks back (the Turkish dotted I).
    folded.filter(|c| c.is_alphanumeric()).filter(|c| !is_mark(*c)).map(arabic).map(digit).collect()
}

/// Joiners, marks of direction, selectors of variants, skin tones: they change how a text looks, not what it says.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{1F3FB}'..='\u{1F3FF}'
        | '\u{E0100}'..='\u{E01EF}')
}

/// Accents of Latin, Greek and Cyrillic letters, vowel signs of Arabic and its tatweel. The vowel signs of Indian scripts
/// stay: without them words become others.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}'
        | '\u{06D6}'..='\u{06ED}')
}

/// Letters of Arabic that are often written for one another.
fn arabic(c: char) -> char {
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' | 'ئ' => 'ي',
        'ؤ' => 'و',
        'ة' => 'ه',
        'ک' => 'ك',
        other => other,
    }
}

/// First digits of the scripts that customers write numbers in, beside ASCII.
const ZEROS: [char; 12] = [
    '\u{0660}', '\u{06F0}', '\u{0966}', '\u{09E6}', '\u{0A66}', '\u{0AE6}', '\u{0B66}', '\u{0BE6}', '\u{0C66}',
    '\u{0CE6}', '\u{0D66}', '\u{0E50}',
];

/// A digit of any of those scripts as its ASCII one.
fn digit(c: char) -> char {
    let value = ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(u32::from(*zero)).filter(|value| *value < 10));
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_same_is_the_same() {
        let same = [
            ("Hello   world", "hello\u{a0}world"),
            (" Sale\n50% ", "sale 50%"),
            ("خصم ٥٠", "خصم 50"),
            ("خصم ۵۰", "خصم 50"),
            ("छूट ५०", "छूट 50"),
            ("ＳＡＬＥ", "sale"),
            ("I ❤\u{fe0f} it", "i ❤ it"),
            ("👍🏽", "👍"),
            ("caf\u{e9}", "cafe\u{301}"),
            ("a\u{200b}b", "ab"),
        ];
        for (one, other) in same {
            assert_eq!(same_words(one), same_words(other), "{one} {other}");
            assert!(read_the_same(one, other), "{one} {other}");
        }
        let different = [("50", "500"), ("10 off", "1 0 off"), ("yes", "yes!"), ("👍", "👎"), ("ab", "a b")];
        for (one, other) in different {
            assert_ne!(same_words(one), same_words(other), "{one} {other}");
            assert!(!read_the_same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn ascii_goes_the_short_way_to_the_same_end() {
        for text in ["", " ", "VIP", " Asked\t the \u{b}\u{c}PRICE\r\n", "a\u{1c}b", "x\0Y", "50% OFF!"] {
            // A letter beyond ASCII sends the whole text the long way.
            assert_eq!(same_words(text), same_words(&format!("{text} é")).trim_end_matches('é').trim_end(), "{text:?}");
        }
    }

    #[test]
    fn only_letters_count() {
        let same = [
            ("S.T.O.P!!! 🛑", "stop"),
            ("إيقافْ", "ايقاف"),
            ("إلغــاء الاشتراك", "الغاء الاشتراك"),
            ("ARRÊTER", "arreter"),
            ("İptal", "iptal"),
            ("बंद करो।", "बंदकरो"),
        ];
        for (one, other) in same {
            assert_eq!(letters(one), letters(other), "{one} {other}");
        }
        assert_eq!(letters("🛑 …"), "");
        assert_ne!(letters("रोको"), letters("रुको"));
    }
}
