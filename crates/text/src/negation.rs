//! Which words a negation reaches.
//!
//! "Not expensive" is praise although "expensive" is a complaint, so sentiment and hot words ask the
//! same question here. A negation reaches three words ahead within its clause ("not really very good");
//! in Hindi, and in English after a verb of being there, it may also stand behind.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::phrases::Prepared;
use crate::stem::LatinStems;
use crate::tokenise::Script;
use crate::unit::{Gap, Kind};

/// How many units ahead a negation reaches; Chinese characters are shorter than words.
const REACH: usize = 3;
const REACH_GRAMS: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Ahead,
    /// Hindi: up to two words back, and ahead.
    Both,
}

/// Negating words, folded. "pas" is left out for Indonesian, where it says that something fits.
const WORDS: &str = "not no never none nothing isn wasn aren weren don doesn didn won wouldn can couldn cannot cant dont doesnt didnt isnt wasnt wont neither nor without hardly \
    pas jamais rien aucun aucune sans ni non guere \
    nada nunca jamas sin ningun ninguna tampoco \
    nao nem sem nenhum nenhuma jamais \
    tidak tak gak ga nggak enggak ngga kagak bukan belum tanpa jangan tdk gk \
    не нет ни без никогда нисколько ничего нету \
    لا لم لن ليس ليست مش مو ما مب موب مهو ماهو ماهي ماكو مفيش مافي مافيش بدون بلا غير بدل ولا وما ومش ومو \
    mafi mesh mish mosh msh mafeesh \
    nahi nahin nhi nai mat bina";
/// Hindi ones stand behind the word they deny as often as in front of it.
const HINDI: &str = "नहीं नही नहि मत बिना न ना";
/// Single Chinese characters; longer words with them inside ("不错", "没问题") are
/// entries of the lexicon; characters that stand in too many others ("非常", "特别") are left out.
const CHINESE: &str = "不没沒未冇唔";

static KNOWN: LazyLock<HashMap<String, Way>> = LazyLock::new(|| {
    let fold = |word: &str| crate::fold::fold_term(&crate::normalise::normalised(word));
    let mut known: HashMap<String, Way> = WORDS.split_whitespace().map(|word| (fold(word), Way::Ahead)).collect();
    known.extend(HINDI.split_whitespace().map(|word| (fold(word), Way::Both)));
    known.extend(CHINESE.chars().map(|c| (fold(&c.to_string()), Way::Ahead)));
    for word in ["nahi", "nahin", "nhi", "nai"] {
        known.insert(word.to_owned(), Way::Both);
    }
    known
});

/// For each unit of a text whether a negation reaches it. A negation at a `spent` unit is part of a phrase with a
/// meaning of its own ("no problem") and reaches nothing; without such phrases the slice is empty.
pub(crate) fn negated(prepared: &Prepared, spent: &[bool]) -> Vec<bool> {
    let row = &prepared.units;
    let mut marks = vec![false; row.len()];
    for (at, unit) in row.iter().enumerate() {
        if spent.get(at).copied().unwrap_or_default() {
            continue;
        }
        let Some(way) = KNOWN.get(&unit.text).filter(|_| negates(prepared, at)) else { continue };
        // The "t" of "don't" and the "有" of "没有" are units of their own and take no place.
        let contracted = usize::from(row.get(at + 1).is_some_and(|next| next.text == "t"));
        let has = usize::from(row.get(at + 1).is_some_and(|next| next.text == "有"));
        let reach = if unit.kind == Kind::Gram { REACH_GRAMS + has } else { REACH + contracted };
        for ahead in at + 1..row.len().min(at + 1 + reach) {
            if row[ahead].gap == Gap::Clause || is_contrast(&row[ahead].text) {
                break;
            }
            marks[ahead] = true;
        }
        if *way == Way::Both {
            for back in (at.saturating_sub(2)..at).rev() {
                if row[back + 1].gap == Gap::Clause {
                    break;
                }
                marks[back] = true;
            }
        }
    }
    marks
}

/// Words that end the reach of a negation without punctuation.
fn is_contrast(word: &str) -> bool {
    matches!(
        word,
        "but" | "mais" | "pero" | "mas" | "tapi" | "но" | "а" | "لكن" | "بس" | "但" | "लेकिन" | "because" | "if"
    )
}

/// Sorts out negating words that mean something else where they stand.
fn negates(prepared: &Prepared, at: usize) -> bool {
    let row = &prepared.units;
    let before = at.checked_sub(1).map(|at| row[at].text.as_str());
    let next = row.get(at + 1).map(|unit| unit.text.as_str());
    match row[at].text.as_str() {
        // A question or a greeting, not a denial: "can you", "why not", "not only".
        "can" => next == Some("t"),
        "not" => !matches!(before, Some("why" | "if" | "or")) && !matches!(next, Some("only" | "just")),
        // Portuguese "no prazo" is "in the time", Indonesian "pas" says that something fits.
        "no" if prepared.latin == LatinStems::Only("pt") => false,
        "pas" if prepared.latin == LatinStems::Without => false,
        // "No, it is good": an answer, told by its comma. Asking for a number: "no. 15".
        "no" | "non" | "нет" | "لا" | "nao" => {
            row.get(at + 1).is_some_and(|unit| unit.gap != Gap::Clause && unit.kind != Kind::Number)
        }
        // Arabic "ما" asks, praises ("ما شاء الله") or denies.
        "ما" => !matches!(next, Some("هو" | "هي" | "شاء" | "رايك" | "سعر" | "اجمل" | "احلي" | "اروع" | "اسم")),
        // Cyrillic: "не только", "нет ли".
        "не" => next != Some("только"),
        // "是不是" and "好不好" ask.
        "不" => {
            (before.is_none() || before != next)
                && !matches!(next, Some("过" | "但" | "仅" | "管" | "同" | "如" | "止"))
        }
        "न" => row[at].script != Script::Latin,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::negated;
    use crate::phrases::Prepared;

    fn reached(text: &str) -> Vec<String> {
        let prepared = Prepared::new(text);
        let marks = negated(&prepared, &[]);
        prepared.units.iter().zip(marks).filter(|(_, mark)| *mark).map(|(unit, _)| unit.text.clone()).collect()
    }

    #[test]
    fn each_language_denies_in_its_way() {
        for (text, word) in [
            ("It is not really very good", "good"),
            ("I don't like it", "like"),
            ("ce n'est pas cher", "cher"),
            ("no es caro", "caro"),
            ("não é bom", "bom"),
            ("tidak mahal kok", "mahal"),
            ("gak bagus", "bagus"),
            ("это не дорого", "дорого"),
            ("مش غالي", "غالي"),
            ("السعر مو غالي", "غالي"),
            ("这个不太贵", "贵"),
            ("यह महंगा नहीं है", "महनगआ"),
            ("ye mehnga nahi hai", "mehnga"),
        ] {
            assert!(reached(text).iter().any(|reached| reached == word), "{text}: {:?}", reached(text));
        }
    }

    #[test]
    fn what_only_looks_like_it_does_not() {
        for (text, word) in [
            ("No, it is good", "good"),
            ("not bad. good", "good"),
            ("slow but not here, good", "good"),
            ("why not cheap", "cheap"),
            ("can you send", "send"),
            ("ما هو السعر", "السعر"),
            ("好不好", "好"),
            ("не медленно но хорошо", "хорошо"),
            ("not only cheap", "cheap"),
        ] {
            assert!(!reached(text).iter().any(|reached| reached == word), "{text}: {:?}", reached(text));
        }
    }
}
