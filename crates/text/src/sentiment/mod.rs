//! How a message sounds: from small hand-made lexicons, with the words that decided.
//!
//! Words, phrases and emoji weigh; negations, words that raise or lower, "but", capitals, drawn-out letters and
//! exclamation marks change what they weigh; praise in a question counts little ("is it good?"). Where nothing is
//! known the answer is `None`, not "neutral". The signs of a sum are plain, its size is a rough guess: see
//! `data/sentiment/README.md` for where the weights come from.

mod lexicon;

use std::ops::Range;

use serde::Serialize;

use crate::language;
use crate::negation::negated;
use crate::phrases::{PhraseHit, Prepared, leftmost_longest};
use crate::span::{Span, bounded};
use crate::tokenise::Script;
use crate::unit::Gap;
use lexicon::{EMOJI, LATIN, Lexicon, Role};

/// The most pieces of evidence told; all count.
pub const MAX_EVIDENCE: usize = 50;

/// How far from zero a score speaks for one side.
const PLAIN: f64 = 0.2;
/// Sums are squeezed into -1..1 as `s / sqrt(s² + 15)`, so that one strong word stands near 0.6.
const SQUEEZE: f64 = 15.0;
/// How many characters behind a word are looked at for the end of its sentence.
const SENTENCE: usize = 300;
const RAISED: f64 = 1.3;
const LOWERED: f64 = 0.6;

/// How a text sounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sentiment {
    /// -1 (bad) to 1 (good).
    pub score: f64,
    /// The lexicons that were asked: language codes.
    pub languages: Vec<&'static str>,
    /// What decided, in order of the text.
    pub evidence: Vec<Evidence>,
}

/// One word, phrase or emoji and what it did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// Its place in the text.
    pub span: Span,
    /// What it added, negation and emphasis included.
    pub weight: f64,
    /// Whether a negation turned it round.
    pub negated: bool,
    /// Whether it is an emoji.
    pub emoji: bool,
}

/// A score as one of three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// Plainly good.
    Positive,
    /// Neither, or both.
    Neutral,
    /// Plainly bad.
    Negative,
}

impl Sentiment {
    /// The score on the scale of reports: 0 (bad) to 1 (good), one half in the middle.
    #[must_use]
    pub fn share(&self) -> f64 {
        f64::midpoint(self.score, 1.0)
    }

    /// The score as one of three.
    #[must_use]
    pub fn mood(&self) -> Mood {
        if self.score >= PLAIN {
            Mood::Positive
        } else if self.score <= -PLAIN {
            Mood::Negative
        } else {
            Mood::Neutral
        }
    }
}

/// How a text sounds, or `None` if it has no word or emoji that is known.
///
/// `language` is what is known of the writer (a code such as `pt-BR`); what the text itself says plainly comes
/// first, and a text that mixes scripts is read in each. Total and bounded: only the first [`crate::MAX_TEXT`]
/// bytes are read.
#[must_use]
pub fn sentiment(text: &str, language: Option<&str>) -> Option<Sentiment> {
    let prepared = Prepared::new(text);
    let read: Vec<Reading> = lexicons(&prepared, text, language).into_iter().collect();
    let mut evidence: Vec<Evidence> = read.iter().flat_map(|reading| reading.evidence(&prepared, text)).collect();
    let words: f64 = evidence.iter().map(|evidence| evidence.weight).sum();
    let mut ironic = false;
    emoji(&prepared, &mut evidence, &mut ironic);
    if evidence.is_empty() {
        return None;
    }
    if ironic && words > 0.0 {
        evidence
            .iter_mut()
            .filter(|evidence| !evidence.emoji && evidence.weight > 0.0)
            .for_each(|praise| praise.weight *= -0.5);
    }
    let mut sum: f64 = evidence.iter().map(|evidence| evidence.weight).sum();
    let marks = bounded(text).chars().filter(|c| matches!(c, '!' | '！')).take(3).count();
    if sum.abs() > f64::EPSILON {
        sum += sum.signum() * 0.3 * [0.0, 1.0, 2.0, 3.0][marks];
    }
    evidence.sort_by_key(|evidence| evidence.span);
    evidence.truncate(MAX_EVIDENCE);
    let languages = read.iter().map(|reading| reading.lexicon.language).collect();
    Some(Sentiment { score: sum / (sum * sum + SQUEEZE).sqrt(), languages, evidence })
}

/// What one lexicon finds in a text.
struct Reading {
    lexicon: &'static Lexicon,
    hits: Vec<PhraseHit>,
}

/// The lexicons to read a text with: one for each script, for Latin letters the one that knows most.
fn lexicons(prepared: &Prepared, text: &str, language: Option<&str>) -> Vec<Reading> {
    let written = |script: Script| prepared.units.iter().any(|unit| unit.script == script);
    let others =
        [(Script::Arabic, "ar"), (Script::Cyrillic, "ru"), (Script::Unspaced, "zh"), (Script::Other(0x900 >> 7), "hi")];
    let mut readings: Vec<Reading> = others
        .into_iter()
        .filter(|(script, _)| written(*script))
        .filter_map(|(_, language)| Reading::new(lexicon::of(language)?, prepared))
        .collect();
    if written(Script::Latin) {
        let known: Vec<&str> = readings.iter().map(|reading| reading.lexicon.language).collect();
        readings.extend(latin(prepared, text, language).filter(|latin| !known.contains(&latin.lexicon.language)));
    }
    readings
}

/// The language of the Latin letters: told by the text, else the one with most known words, where what the writer
/// usually writes and what the text hints at count as one word more.
fn latin(prepared: &Prepared, text: &str, hint: Option<&str>) -> Option<Reading> {
    let guess = language::guess(bounded(text));
    if let Some(sure) = guess.filter(|guess| guess.sure && LATIN.contains(&guess.language))
        && guess.is_some_and(|guess| guess.script == language::Script::Latin)
    {
        return Reading::new(lexicon::of(sure.language)?, prepared);
    }
    let hint = hint.and_then(|hint| hint.split(['-', '_']).next()).unwrap_or_default();
    let mut best: Option<(usize, Reading)> = None;
    for language in LATIN {
        let Some(reading) = lexicon::of(language).and_then(|lexicon| Reading::new(lexicon, prepared)) else { continue };
        let hinted = usize::from(hint == language) + usize::from(guess.is_some_and(|guess| guess.language == language));
        let points = 2 * reading.known_units() + reading.hits.len() + hinted;
        if reading.known_units() > 0 && best.as_ref().is_none_or(|(most, _)| points > *most) {
            best = Some((points, reading));
        }
    }
    best.map(|(_, reading)| reading)
}

impl Reading {
    fn new(lexicon: &'static Lexicon, prepared: &Prepared) -> Option<Self> {
        let hits = leftmost_longest(lexicon.phrases.find(prepared));
        (!hits.is_empty()).then_some(Self { lexicon, hits })
    }

    fn role(&self, hit: &PhraseHit) -> Role {
        self.lexicon.roles[hit.owner as usize]
    }

    /// How many units the words that weigh cover.
    fn known_units(&self) -> usize {
        self.hits.iter().filter(|hit| matches!(self.role(hit), Role::Weight(_))).map(|hit| hit.units.len()).sum()
    }

    fn evidence(&self, prepared: &Prepared, text: &str) -> Vec<Evidence> {
        let mut spent = vec![false; prepared.units.len()];
        for hit in &self.hits {
            spent[hit.units.clone()].fill(true);
        }
        let marks = negated(prepared, &spent);
        let small = bounded(text).chars().any(char::is_lowercase);
        let turn = self.hits.iter().rfind(|hit| self.role(hit) == Role::Contrast).map(|hit| hit.units.start);
        let mut found: Vec<(usize, Evidence)> = Vec::new();
        for (index, hit) in self.hits.iter().enumerate() {
            let Role::Weight(weight) = self.role(hit) else { continue };
            if weight == 0.0 || self.only_raises(prepared, index) {
                continue;
            }
            let negated = marks[hit.units.start];
            let mut weight = weight * self.emphasis(prepared, index);
            let span = prepared.span(hit.units.clone());
            if is_loud(text, span, small) {
                weight *= RAISED;
            }
            if negated {
                weight = if weight > 0.0 { -0.75 * weight } else { (-0.5 * weight).min(1.0) };
            }
            if is_asked(prepared, hit) {
                weight *= if weight > 0.0 { 0.3 } else { 0.7 };
            }
            found.push((hit.units.start, Evidence { span, weight, negated, emoji: false }));
        }
        if let Some(turn) = turn
            && found.iter().any(|(at, _)| *at < turn)
            && found.iter().any(|(at, _)| *at > turn)
        {
            found.iter_mut().for_each(|(at, evidence)| evidence.weight *= if *at < turn { 0.6 } else { RAISED });
        }
        found.into_iter().map(|(_, evidence)| evidence).collect()
    }

    /// Words such as Chinese "好" or French "super", which before another word that weighs only raise it.
    fn only_raises(&self, prepared: &Prepared, index: usize) -> bool {
        let hit = &self.hits[index];
        let Some(next) = self.hits.get(index + 1).filter(|next| next.units.start == hit.units.end) else {
            return false;
        };
        let weighs = matches!(self.role(next), Role::Weight(weight) if weight != 0.0);
        weighs && prepared.units[next.units.start].gap != Gap::Clause && self.is_strong(prepared, hit.units.clone())
    }

    fn is_strong(&self, prepared: &Prepared, units: Range<usize>) -> bool {
        let found = self.lexicon.phrases.find_at(prepared, units.start);
        found.iter().any(|hit| hit.units == units && matches!(self.role(hit), Role::Strong | Role::Weak))
    }

    /// What the words beside one make of it.
    fn emphasis(&self, prepared: &Prepared, index: usize) -> f64 {
        let hit = &self.hits[index];
        let clause = |units: Range<usize>| units.into_iter().any(|at| prepared.units[at].gap == Gap::Clause);
        let mut factor = 1.0;
        let mut raise = |beside: &PhraseHit| match self.role(beside) {
            Role::Strong => factor *= RAISED,
            Role::Weak => factor *= LOWERED,
            Role::Weight(_) if self.is_strong(prepared, beside.units.clone()) => factor *= RAISED,
            _ => {}
        };
        let before = self.hits[..index].iter().rev().take(2);
        before.filter(|beside| hit.units.start - beside.units.end <= 1).for_each(|beside| {
            if !clause(beside.units.start + 1..hit.units.start + 1) {
                raise(beside);
            }
        });
        if let Some(beside) = self.hits.get(index + 1).filter(|_| self.lexicon.raised_behind)
            && beside.units.start - hit.units.end <= 1
            && !clause(hit.units.end..beside.units.start + 1)
            && matches!(self.role(beside), Role::Strong | Role::Weak)
        {
            raise(beside);
        }
        factor
    }
}

/// Capitals in a text with small letters (`small`), or a letter drawn out ("sooo").
fn is_loud(text: &str, span: Span, small: bool) -> bool {
    let word = span.of(text);
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = letters >= 3 && word.chars().all(|c| !c.is_lowercase()) && word.chars().any(char::is_uppercase);
    let chars: Vec<char> = word.chars().take(100).collect();
    let drawn_out =
        chars.windows(3).any(|three| three[0].is_alphabetic() && three[0] == three[1] && three[1] == three[2]);
    drawn_out || capitals && small
}

/// Whether the sentence of a word ends in a question mark or a Chinese question word.
fn is_asked(prepared: &Prepared, hit: &PhraseHit) -> bool {
    let Some(last) = prepared.units.get(hit.units.end - 1) else { return false };
    let rest = &prepared.text()[last.range.end..];
    let rest = rest.char_indices().nth(SENTENCE).map_or(rest, |(end, _)| &rest[..end]);
    let end = rest.find(['?', '؟', '!', '.', '。', '\n', '।']);
    let (sentence, sign) = end.map_or((rest, ""), |end| (&rest[..end], &rest[end..]));
    sign.starts_with(['?', '؟']) || sentence.contains(['吗', '嗎'])
}

/// Adds the emoji; one repeated weighs up to one and a half times.
fn emoji(prepared: &Prepared, evidence: &mut Vec<Evidence>, ironic: &mut bool) {
    let mut seen: Vec<(char, Span, u32)> = Vec::new();
    for (at, c) in prepared.text().char_indices() {
        if c.is_ascii() || !EMOJI.weights.contains_key(&c) {
            continue;
        }
        let span: Span = prepared.normal.original_range(at..at + c.len_utf8()).into();
        *ironic |= EMOJI.inverting.contains(&c);
        match seen.iter_mut().find(|(known, _, _)| *known == c) {
            Some((_, _, times)) => *times += 1,
            None => seen.push((c, span, 1)),
        }
    }
    for (c, span, times) in seen {
        let weight = EMOJI.weights.get(&c).copied().unwrap_or_default() * (1.0 + 0.25 * f64::from(times.min(3) - 1));
        evidence.push(Evidence { span, weight, negated: false, emoji: true });
    }
}
