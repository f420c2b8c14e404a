//! Many words and phrases, found in one pass: what hot words, sentiment, dates, intents and products
//! are all matched with.
//!
//! A phrase is a row of units; each has the keys it is filed under ([`crate::morph`]). A text's units
//! are looked up by their keys, and only phrases which begin with such a unit are compared further, so
//! the cost does not grow with the number of phrases. An automaton over characters would know neither
//! words nor their inflection, and would need the boundaries checked afterwards.

use std::collections::HashMap;
use std::ops::Range;

use crate::language;
use crate::morph::{Tongue, Tongues, filed, looked_up};
use crate::normalise::{Normalised, normalise};
use crate::span::{Span, bounded};
use crate::stem::LatinStems;
use crate::tokenise::runs;
use crate::unit::{Gap, Unit, units};

/// The most units of one phrase (words, or Chinese characters).
pub(crate) const MAX_PHRASE_UNITS: usize = 24;

/// A text made ready for matching.
pub(crate) struct Prepared {
    pub(crate) normal: Normalised,
    pub(crate) units: Vec<Unit>,
    pub(crate) latin: LatinStems,
}

impl Prepared {
    pub(crate) fn new(original: &str) -> Self {
        let normal = normalise(bounded(original));
        let units = units(normal.as_str());
        let latin = language::stems_for(normal.as_str(), &runs(normal.as_str()));
        Self { normal, units, latin }
    }

    pub(crate) fn text(&self) -> &str {
        self.normal.as_str()
    }

    /// The place of a row of units in the original.
    pub(crate) fn span(&self, units: Range<usize>) -> Span {
        let Some(row) = self.units.get(units) else { return Span::from(0..0) };
        let (Some(first), Some(last)) = (row.first(), row.last()) else { return Span::from(0..0) };
        self.normal.original_range(first.range.start..last.range.end).into()
    }
}

/// A phrase that was found: whose it is and which units of the text it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhraseHit {
    pub(crate) owner: u32,
    pub(crate) units: Range<usize>,
}

#[derive(Debug, Default)]
pub(crate) struct Phrases {
    keys: HashMap<Box<str>, u32>,
    phrases: Vec<Phrase>,
    /// By the key of the first unit: the phrases.
    begins: Vec<Vec<u32>>,
    tongues: Tongues,
}

#[derive(Debug)]
struct Phrase {
    owner: u32,
    /// For each unit after the first, the keys that will do.
    rest: Vec<Vec<u32>>,
}

impl Phrases {
    /// Adds a phrase; says of how many units it is. One of none, for there is nothing in it to find, or of more than
    /// [`MAX_PHRASE_UNITS`] is not added.
    /// With a tongue its words are found in their other forms too.
    pub(crate) fn add(&mut self, phrase: &str, tongue: Option<Tongue>, owner: u32) -> usize {
        let normal = normalise(phrase);
        let row = units(normal.as_str());
        if row.len() > MAX_PHRASE_UNITS {
            return row.len();
        }
        let mut keys = row.iter().map(|unit| filed(normal.as_str(), unit, tongue));
        let Some(first) = keys.next() else { return 0 };
        let rest: Vec<Vec<String>> = keys.collect();
        let number = u32::try_from(self.phrases.len()).unwrap_or(u32::MAX);
        for key in first {
            let id = self.id(key);
            self.begins[id as usize].push(number);
        }
        let rest = rest.into_iter().map(|keys| keys.into_iter().map(|key| self.id(key)).collect()).collect();
        self.phrases.push(Phrase { owner, rest });
        if let Some(tongue) = tongue {
            self.tongues.add(tongue);
        }
        row.len()
    }

    fn id(&mut self, key: String) -> u32 {
        let next = u32::try_from(self.begins.len()).unwrap_or(u32::MAX);
        let id = *self.keys.entry(key.into_boxed_str()).or_insert(next);
        if id == next {
            self.begins.push(Vec::new());
        }
        id
    }

    pub(crate) fn len(&self) -> usize {
        self.phrases.len()
    }

    /// Every occurrence of every phrase, by where it begins; the same owner may stand twice at one place.
    pub(crate) fn find(&self, prepared: &Prepared) -> Vec<PhraseHit> {
        self.find_in(prepared, 0..prepared.units.len())
    }

    /// Those that begin at one unit.
    pub(crate) fn find_at(&self, prepared: &Prepared, at: usize) -> Vec<PhraseHit> {
        let end = prepared.units.len().min(at + MAX_PHRASE_UNITS);
        let mut hits = self.find_in(prepared, at..end);
        hits.retain(|hit| hit.units.start == at);
        hits
    }

    fn find_in(&self, prepared: &Prepared, within: Range<usize>) -> Vec<PhraseHit> {
        let from_unit = within.start;
        let row = prepared.units.get(within).unwrap_or_default();
        let tongues = self.tongues.within(prepared.latin);
        let mut known: Vec<u32> = Vec::with_capacity(row.len());
        let mut ends: Vec<usize> = Vec::with_capacity(row.len());
        for unit in row {
            let from = known.len();
            looked_up(prepared.text(), unit, tongues, &mut |key| {
                if let Some(id) = self.keys.get(key)
                    && !known[from..].contains(id)
                {
                    known.push(*id);
                }
            });
            ends.push(known.len());
        }
        let keys_at = |at: usize| &known[at.checked_sub(1).map_or(0, |before| ends[before])..ends[at]];
        let mut hits: Vec<PhraseHit> = Vec::new();
        for at in 0..row.len() {
            let from = hits.len();
            for phrase in keys_at(at).iter().flat_map(|id| &self.begins[*id as usize]) {
                let phrase = &self.phrases[*phrase as usize];
                let end = at + 1 + phrase.rest.len();
                let follows = end <= row.len()
                    && phrase.rest.iter().zip(at + 1..).all(|(keys, at)| {
                        row[at].gap != Gap::Clause && keys_at(at).iter().any(|key| keys.contains(key))
                    });
                let hit = PhraseHit { owner: phrase.owner, units: from_unit + at..from_unit + end };
                if follows && !hits[from..].contains(&hit) {
                    hits.push(hit);
                }
            }
        }
        hits
    }
}

/// Of overlapping hits the one that begins first, and of those the longest.
pub(crate) fn leftmost_longest(mut hits: Vec<PhraseHit>) -> Vec<PhraseHit> {
    hits.sort_by_key(|hit| (hit.units.start, std::cmp::Reverse(hit.units.end), hit.owner));
    let mut free = 0;
    hits.retain(|hit| {
        let kept = hit.units.start >= free;
        if kept {
            free = hit.units.end;
        }
        kept
    });
    hits
}

#[cfg(test)]
mod tests {
    use super::{Phrases, Prepared, leftmost_longest};
    use crate::morph::Tongue;

    fn found(phrases: &[&str], tongue: Option<Tongue>, text: &str) -> Vec<String> {
        let mut all = Phrases::default();
        for (owner, phrase) in (0..).zip(phrases) {
            all.add(phrase, tongue, owner);
        }
        let prepared = Prepared::new(text);
        leftmost_longest(all.find(&prepared))
            .into_iter()
            .map(|hit| prepared.span(hit.units).of(text).to_owned())
            .collect()
    }

    #[test]
    fn words_end_at_their_borders_and_chinese_anywhere() {
        assert_eq!(found(&["cat"], None, "Cat, catalogue, bobcat."), ["Cat"]);
        assert_eq!(found(&["折扣"], None, "有没有折扣啊"), ["折扣"]);
        assert_eq!(found(&["優惠"], None, "今天优惠吗"), ["优惠"]);
    }

    #[test]
    fn phrases_bend_and_stop_at_clauses() {
        let english = Some(Tongue::English);
        assert_eq!(found(&["ship order"], english, "you shipped orders"), ["shipped orders"]);
        assert!(found(&["ship order"], english, "ship, order").is_empty());
        assert_eq!(found(&["too expensive", "expensive"], english, "too expensive"), ["too expensive"]);
    }

    #[test]
    fn a_phrase_without_words_is_not_added() {
        let mut all = Phrases::default();
        assert_eq!(all.add("!? 🙂", None, 0), 0);
        assert_eq!(all.len(), 0);
        assert!(all.find(&Prepared::new("!? 🙂")).is_empty());
    }
}
