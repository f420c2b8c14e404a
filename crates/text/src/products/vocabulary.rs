//! The words of a catalogue's names, and which of them a text holds.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use crate::morph::Tongue;
use crate::normalise::normalised;
use crate::phrases::{Phrases, Prepared, leftmost_longest};
use crate::tokenise::Script;
use crate::unit::{Gap, Kind, Unit, units};

/// Words of brands and grades in other scripts; the first spelling is the one names are filed under.
const ALIASES: &[&str] = &[
    "pro про برو प्रो",
    "max макс ماكس मैक्स",
    "plus плюс بلس بلاس प्लस",
    "ultra ультра الترا ألترا अल्ट्रा",
    "mini мини ميني मिनी",
    "lite лайт لايت लाइट",
    "air эйр اير एयर",
    "iphone айфон ايفون آيفون आईफोन आइफोन",
    "ipad айпад ايباد आईपैड",
    "airpods эйрподс аирподс ايربودز इयरपॉड्स",
    "macbook макбук ماكبوك मैकबुक",
    "samsung самсунг سامسونج سامسونغ सैमसंग 三星",
    "galaxy галакси جالكسي غالكسي गैलेक्सी",
    "xiaomi сяоми شاومي शाओमी 小米",
    "huawei хуавей هواوي हुआवेई 华为",
];
/// Grades: a product that has one is another product than the one that has not.
const GRADES: &str = "pro max plus ultra mini lite air";

/// Each spelling, folded, with the one it is filed under.
static CANONICAL: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
    let spellings = ALIASES.iter().filter_map(|line| Some((line, line.split(' ').next()?)));
    let pairs = spellings.flat_map(|(line, first)| line.split(' ').map(move |spelling| (spelling, first)));
    pairs
        .map(|(spelling, first)| (units(&normalised(spelling)).iter().map(|unit| unit.text.as_str()).collect(), first))
        .collect()
});

/// A vocabulary word in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) word: u32,
    pub(super) units: Range<usize>,
    /// Found by its likeness, not as spelled.
    pub(super) alike: bool,
}

#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    ids: HashMap<String, u32>,
    phrases: Phrases,
    /// By first letter: words long enough to be misspelled.
    by_letter: HashMap<char, Vec<(Vec<char>, u32)>>,
    /// By the id of a word: whether it is a number or grade.
    hard: Vec<bool>,
    numbers: HashSet<u32>,
}

/// Whether a word of a text names a grade, in any script.
pub(super) fn is_grade(word: &str) -> bool {
    GRADES.split(' ').any(|grade| grade == canonical(word))
}

/// The words of a row of units: an unspaced run is one word.
fn words(row: &[Unit]) -> Vec<(String, Range<usize>)> {
    let mut words: Vec<(String, Range<usize>)> = Vec::new();
    for (at, unit) in row.iter().enumerate() {
        let goes_on = unit.kind == Kind::Gram && unit.gap == Gap::None && at > 0 && row[at - 1].kind == Kind::Gram;
        match words.last_mut() {
            Some((word, range)) if goes_on => {
                word.push_str(&unit.text);
                range.end = at + 1;
            }
            _ => words.push((unit.text.clone(), at..at + 1)),
        }
    }
    words.iter_mut().for_each(|(word, _)| *word = canonical(word).to_owned());
    words
}

/// The filed spelling of a word that has one.
fn canonical(word: &str) -> &str {
    CANONICAL.get(word).copied().unwrap_or(word)
}

fn tongue(word: &str) -> Option<Tongue> {
    match crate::tokenise::script_of(word.chars().next()?) {
        Script::Latin => Some(Tongue::English),
        Script::Cyrillic => Some(Tongue::Russian),
        Script::Arabic => Some(Tongue::Arabic),
        _ => None,
    }
}

impl Vocabulary {
    /// The ids of the words of a name, new ones added.
    pub(super) fn file(&mut self, name: &str) -> Vec<u32> {
        let prepared = Prepared::new(name);
        words(&prepared.units).into_iter().map(|(word, _)| self.id(word)).collect()
    }

    fn id(&mut self, word: String) -> u32 {
        if let Some(id) = self.ids.get(&word) {
            return *id;
        }
        let id = u32::try_from(self.hard.len()).unwrap_or(u32::MAX);
        self.hard.push(word.chars().all(|c| c.is_ascii_digit()) || is_grade(&word));
        if word.chars().all(|c| c.is_ascii_digit()) {
            self.numbers.insert(id);
        }
        let spellings = ALIASES.iter().find(|spellings| spellings.starts_with(&format!("{word} ")));
        let spellings = spellings.map_or_else(|| vec![word.as_str()], |spellings| spellings.split(' ').collect());
        for spelling in spellings {
            self.phrases.add(spelling, tongue(spelling), id);
        }
        let chars: Vec<char> = word.chars().collect();
        if chars.len() >= 5 && matches!(tongue(&word), Some(Tongue::English | Tongue::Russian)) {
            self.by_letter.entry(chars[0]).or_default().push((chars, id));
        }
        self.ids.insert(word, id);
        id
    }

    /// Whether a word is a number or grade, on which products differ.
    pub(super) fn is_hard(&self, word: u32) -> bool {
        self.hard.get(word as usize).copied().unwrap_or_default()
    }

    /// Whether a word is a number.
    pub(super) fn is_number(&self, word: u32) -> bool {
        self.numbers.contains(&word)
    }

    /// The words of the vocabulary in a text, in order, without overlaps.
    pub(super) fn items(&self, prepared: &Prepared) -> Vec<Item> {
        let row = &prepared.units;
        let hits = leftmost_longest(self.phrases.find(prepared));
        let mut items: Vec<Item> =
            hits.into_iter().map(|hit| Item { word: hit.owner, units: hit.units, alike: false }).collect();
        let mut taken = vec![false; row.len()];
        items.iter().for_each(|item| taken[item.units.clone()].fill(true));
        for (at, unit) in row.iter().enumerate() {
            if taken[at] || unit.kind != Kind::Word || !matches!(unit.script, Script::Latin | Script::Cyrillic) {
                continue;
            }
            if let Some((first, second)) = self.split(&unit.text) {
                items.push(Item { word: first, units: at..at + 1, alike: false });
                items.push(Item { word: second, units: at..at + 1, alike: false });
            } else if let Some(word) =
                row.get(at + 1).filter(|next| next.gap == Gap::Space).and_then(|next| self.joined(unit, next))
            {
                items.retain(|item| item.units != (at + 1..at + 2));
                items.push(Item { word, units: at..at + 2, alike: false });
            } else if let Some(word) = self.alike(&unit.text) {
                items.push(Item { word, units: at..at + 1, alike: true });
            }
        }
        items.sort_by_key(|item| (item.units.start, item.units.end));
        items
    }

    /// "promax" as two words.
    fn split(&self, word: &str) -> Option<(u32, u32)> {
        let halves = word.char_indices().skip(2).map(|(at, _)| word.split_at(at));
        let known = |part: &str| self.ids.get(canonical(part)).copied().filter(|_| part.chars().nth(2).is_some());
        halves.into_iter().find_map(|(first, second)| Some((known(first)?, known(second)?)))
    }

    /// "air pods" as one.
    fn joined(&self, first: &Unit, second: &Unit) -> Option<u32> {
        self.ids.get(&format!("{}{}", first.text, second.text)).copied()
    }

    /// The one word nearest to a misspelled one: one edit from five letters on, two from eight.
    fn alike(&self, word: &str) -> Option<u32> {
        let chars: Vec<char> = word.chars().take(41).collect();
        if !(4..=40).contains(&chars.len()) {
            return None;
        }
        let near = self.by_letter.get(&chars[0])?.iter().filter_map(|(known, id)| {
            let allowed = if known.len() >= 8 { 2 } else { 1 };
            let edits = (known.len().abs_diff(chars.len()) <= allowed).then(|| edits(known, &chars))?;
            (edits <= allowed).then_some((edits, *id))
        });
        let mut near: Vec<(usize, u32)> = near.collect();
        near.sort_unstable();
        match near.as_slice() {
            [only] => Some(only.1),
            [first, second, ..] if first.0 < second.0 => Some(first.1),
            _ => None,
        }
    }
}

/// How many letters are wrong, missing, too many or swapped with their neighbour.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut here = vec![0; b.len() + 1];
    for row in 1..=a.len() {
        here[0] = row;
        for column in 1..=b.len() {
            let replaced = last[column - 1] + usize::from(a[row - 1] != b[column - 1]);
            here[column] = replaced.min(last[column] + 1).min(here[column - 1] + 1);
            let swapped = row > 1 && column > 1 && a[row - 1] == b[column - 2] && a[row - 2] == b[column - 1];
            if swapped {
                here[column] = here[column].min(before[column - 2] + 1);
            }
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut here);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::edits;

    #[test]
    fn a_swap_is_one_edit() {
        let count = |a: &str, b: &str| edits(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!(count("iphone", "ihpone"), 1);
        assert_eq!(count("iphone", "iphne"), 1);
        assert_eq!(count("наушники", "наушнеки"), 1);
        assert_eq!(count("abc", ""), 3);
        assert_eq!(count("kitten", "sitting"), 3);
    }
}
