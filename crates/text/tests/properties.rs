//! Promises that hold for every string.

use std::collections::HashSet;

use proptest::prelude::*;
use rapport_text::language::guess;
use rapport_text::safe::{count_chars_as_whatsapp, strip_controls};
use rapport_text::{
    MAX_QUERY_TOKENS, MAX_TERM_CHARS, MAX_TERMS, STEM_MARK, highlights, normalise, preview, query, similarity, terms,
    tokenise,
};
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Enough for every rule to meet every other, in about a second for each property.
const CASES: u32 = 1000;

/// Text as it comes: many scripts, marks, controls, joiners, digits and punctuation side by side.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[a-zA-Zéèçñãœß' ]{1,8}",
        2 => "[0-9٠-٩ +()/-]{1,10}",
        2 => "[ء-يً-ْـٱ ]{1,8}",
        2 => "[а-яА-ЯёЁ\u{301}\u{308} ]{1,8}",
        2 => "[一-鿿가-힣ぁ-んァ-ンーก-๎ ]{1,6}",
        1 => "[ऀ-ॿ]{1,6}",
        1 => "[\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{FE0F}\u{0}-\u{1F}]{1,4}",
        1 => "[👨👩👧🏽🇪🇸❤\u{200D}\u{20E3}]{1,5}",
        1 => "\\PC{1,6}",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn in_alphabet(term: &str) -> bool {
    let body = term.strip_prefix(STEM_MARK).unwrap_or(term);
    !body.is_empty()
        && term.chars().count() <= MAX_TERM_CHARS
        && body.chars().all(|c| {
            c.is_ascii_digit()
                || c.is_ascii_lowercase()
                || (!c.is_ascii() && c.is_alphabetic() && !is_combining_mark(c) && c != STEM_MARK)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn normalising_is_stable_and_maps_back(text in text()) {
        let normal = normalise(&text);
        let again = normalise(normal.as_str());
        prop_assert_eq!(again.as_str(), normal.as_str());
        for start in 0..=normal.as_str().len() {
            for end in [start, start + 1, start + 3, normal.as_str().len()] {
                let range = normal.original_range(start..end);
                prop_assert!(range.start <= range.end && text.get(range).is_some());
            }
        }
    }

    #[test]
    fn tokens_lie_in_the_original(text in text()) {
        let mut before = 0;
        for token in tokenise(&text) {
            prop_assert!(token.start >= before && token.start < token.end);
            prop_assert!(text.get(token.start..token.end).is_some());
            before = token.start;
        }
    }

    #[test]
    fn terms_are_safe_and_bounded(text in text()) {
        let found = terms(&text);
        prop_assert!(found.len() <= MAX_TERMS);
        prop_assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len());
        for term in &found {
            prop_assert!(in_alphabet(term), "{:?}", term);
        }
        let asked = query(&text);
        prop_assert!(asked.groups.len() <= MAX_QUERY_TOKENS && asked.prefixes.len() <= 2);
        for term in asked.groups.iter().flatten().chain(&asked.prefixes) {
            prop_assert!(in_alphabet(term), "{:?}", term);
        }
        prop_assert!(asked.groups.iter().all(|group| !group.is_empty()));
    }

    #[test]
    fn what_was_written_is_found(text in text()) {
        let found = terms(&text);
        let whole = query(&text);
        prop_assert!(whole.is_empty() || whole.matches(&found));
        for token in tokenise(&text) {
            let asked = query(&token.text);
            if !asked.is_empty() {
                prop_assert!(asked.matches(&found), "{:?} {:?} {:?}", token, asked, found);
                prop_assert!(!highlights(&text, &asked).is_empty());
            }
        }
    }

    #[test]
    fn typing_a_word_keeps_finding_it(word in "[a-z]{2,12}|[а-я]{2,12}|[ء-غف-ي]{2,12}", cut in 2_usize..12) {
        let typed: String = word.chars().take(cut).collect();
        prop_assert!(query(&typed).matches(&terms(&word)), "{} {}", typed, word);
    }

    #[test]
    fn highlights_are_ordered_and_on_boundaries(text in text(), search in text()) {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut before = 0;
        for (start, end) in highlights(&text, &query(&search)) {
            prop_assert!(before <= start && start < end && end <= units.len());
            prop_assert!(String::from_utf16(&units[start..end]).is_ok());
            before = end;
        }
    }

    #[test]
    fn previews_fit(text in text(), max in 0_usize..20) {
        let line = preview(&text, max);
        prop_assert!(line.graphemes(true).count() <= max);
        prop_assert!(!line.chars().any(char::is_control));
        let balance = |open: &[char], close: char| {
            line.matches(open).count() == line.matches(close).count()
        };
        prop_assert!(balance(&['\u{2066}', '\u{2067}', '\u{2068}'], '\u{2069}'), "{:?}", line);
        prop_assert!(balance(&['\u{202A}', '\u{202B}', '\u{202D}', '\u{202E}'], '\u{202C}'), "{:?}", line);
    }

    #[test]
    fn the_rest_never_panics(a in text(), b in text()) {
        let alike = similarity(&a, &b);
        prop_assert!((0.0..=1.0).contains(&alike));
        prop_assert!((alike - similarity(&b, &a)).abs() < 1e-9);
        let _ = guess(&a);
        let safe = strip_controls(&a);
        prop_assert!(!safe.chars().any(|c| c < ' ' && c != '\n' && c != '\t'));
        prop_assert!(count_chars_as_whatsapp(&safe) <= count_chars_as_whatsapp(&a));
    }
}
