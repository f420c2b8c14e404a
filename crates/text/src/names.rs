//! Under which keys a name is filed, so that names like it are found without comparing it with all of them.

use crate::similarity::{similarity, words};

/// Most words of a name that have a key of their own.
const WORDS: usize = 4;
/// How many characters of a name's beginning and end are keys.
const END: usize = 5;
/// Words that stand before a name and are left out by some who write it.
const ARTICLES: [&str; 3] = ["al", "el", "ال"];
/// Letters that are left out, doubled or exchanged most often: vowels of Latin and Cyrillic script, the long vowels of
/// Arabic.
const SOFT: &str = "aeiouyаеиоуыэюяاويىةه";

/// How many words a name has, articles apart. One alone is shared by too many people to tell anything.
#[must_use]
pub fn name_words(name: &str) -> usize {
    let units = bare(name);
    match units.as_slice() {
        // What is written without spaces is a whole name in one run.
        [only] if only.chars().count() > 1 && only.chars().all(is_ideograph) => 2,
        units => units.len(),
    }
}

/// The keys of a name, each once. Two names that are alike (see [`crate::similarity`]) share one, as far as the
/// difference is in one of their words, in vowels and doubled letters, or spares the beginning or the end; names that
/// share one need not be alike.
#[must_use]
pub fn name_keys(name: &str) -> Vec<String> {
    let words = bare(name);
    let mut keys: Vec<String> = Vec::new();
    let mut add = |key: String| {
        if !keys.contains(&key) {
            keys.push(key);
        }
    };
    match words.as_slice() {
        [] => return keys,
        [only] => add(format!("={only}")),
        several => {
            for (place, word) in several.iter().enumerate().take(WORDS) {
                let others = several.iter().enumerate().filter(|(other, _)| *other != place);
                let initials: String = others.filter_map(|(_, other)| other.chars().next()).collect();
                add(format!("{word}|{initials}"));
            }
            let joined: Vec<char> = several.concat().chars().collect();
            add(format!("<{}", joined.iter().take(END).collect::<String>()));
            add(format!(">{}", joined[joined.len().saturating_sub(END)..].iter().collect::<String>()));
        }
    }
    let mut bones: Vec<String> = words.iter().map(|word| skeleton(word)).filter(|bone| !bone.is_empty()).collect();
    bones.sort_unstable();
    let bones = bones.join(" ");
    if bones.chars().count() > 2 {
        add(format!("~{bones}"));
    }
    keys
}

/// The words without articles, which are kept where nothing else is there. Numbers are no names.
fn bare(name: &str) -> Vec<String> {
    let mut all = words(name);
    all.retain(|word| !word.chars().all(|c| c.is_ascii_digit()));
    let mut kept: Vec<String> =
        all.iter().filter(|word| !ARTICLES.contains(&word.as_str())).map(|word| stripped(word)).collect();
    kept.sort_unstable();
    if kept.is_empty() { all } else { kept }
}

/// The article is often written together with its word, in Arabic always.
fn stripped(word: &str) -> String {
    let long = |rest: &&str, least: usize| rest.chars().count() >= least;
    let rest = word.strip_prefix("ال").filter(|rest| long(rest, 3));
    rest.or_else(|| word.strip_prefix("al").filter(|rest| long(rest, 5))).unwrap_or(word).to_owned()
}

/// How alike two names are, 0 to 1: as [`similarity`] says, or without articles where they are more alike then.
#[must_use]
pub fn name_likeness(one: &str, other: &str) -> f64 {
    similarity(one, other).max(similarity(&bare(one).join(" "), &bare(other).join(" ")))
}

/// A word without soft letters and doubles; its first letter stays unless it is one of them.
fn skeleton(word: &str) -> String {
    let mut bones = String::new();
    for c in word.chars().filter(|c| !SOFT.contains(*c)) {
        if !bones.ends_with(c) {
            bones.push(c);
        }
    }
    bones
}

fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7FF | 0x2_0000..=0x3_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn meet(a: &str, b: &str) -> bool {
        let keys = name_keys(a);
        name_keys(b).iter().any(|key| keys.contains(key))
    }

    #[test]
    fn names_that_are_alike_meet_in_every_language() {
        for (a, b) in [
            ("Amal Haddad", "Haddad, Amal"),
            ("Amal Haddad", "Amel Hadad"),
            ("Amal Al-Haddad", "amal haddad"),
            ("Mohammed Al-Rashidi", "Mohamed Alrashidi"),
            ("أمل الحداد", "امل حداد"),
            ("مُحَمَّد الهاشمي", "محمد الهاشمى"),
            ("محمد الأحمدي", "محمد الاحمدى"),
            ("Иван Петров", "Петров Иван"),
            ("Алёна Смирнова", "Алена Смирнова"),
            ("José Álvarez", "Jose Alvares"),
            ("João Gonçalves", "Joao Goncalves"),
            ("François Lefèvre", "Francois Lefevre"),
            ("王小明", "王小明 "),
        ] {
            assert!(meet(a, b), "{a} / {b}: {:?} / {:?}", name_keys(a), name_keys(b));
            assert!(name_likeness(a, b) >= 0.8, "{a} / {b}: {}", name_likeness(a, b));
        }
        for (a, b) in [("Amal Haddad", "Omar Saleh"), ("王小明", "李大文"), ("أمل حداد", "سارة القحطاني")]
        {
            assert!(!meet(a, b), "{a} / {b}");
        }
        assert!(name_keys("😀 --").is_empty());
        assert_eq!(name_words("Customer 7"), 1, "a number is no name");
        assert_eq!(
            [name_words("Amal"), name_words("Al Haddad"), name_words("王小明"), name_words("Amal Haddad")],
            [1, 1, 2, 2]
        );
    }

    proptest! {
        #[test]
        fn one_slip_within_a_word_leaves_a_key(
            first in "[b-df-hj-np-tv-z][a-z]{4,8}", last in "[b-df-hj-np-tv-z][a-z]{4,8}", place in 1_usize..4, c in "[a-z]", second in any::<bool>(),
        ) {
            // Words change places when a slip makes the later one the earlier.
            prop_assume!(first[..1] != last[..1]);
            let slip = |word: &str| format!("{}{c}{}", &word[..place], &word[place + 1..]);
            let other = if second { format!("{first} {}", slip(&last)) } else { format!("{} {last}", slip(&first)) };
            let name = format!("{first} {last}");
            prop_assert!(similarity(&name, &other) >= 0.8);
            prop_assert!(meet(&name, &other), "{name} / {other}");
        }

        #[test]
        fn keys_are_few_whatever_is_written(name in "\\PC{0,300}") {
            prop_assert!(name_keys(&name).len() <= WORDS + 3);
        }
    }
}
