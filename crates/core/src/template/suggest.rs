//! Which template fits a conversation best, and why: an ordered list for whoever chooses.

use super::definition::Category;
use crate::contact::Consent;
use std::collections::BTreeSet;

/// Suggestions at most.
const MOST: usize = 5;
/// Common words that are told at most.
const WORDS_TOLD: usize = 3;

/// Words that say nothing about what a message is about, in the languages templates are mostly written in.
#[rustfmt::skip]
const EMPTY: &[&str] = &[
    "your", "with", "this", "that", "have", "will", "from", "please", "thank", "thanks", "hello", "dear", "there",
    "here", "what", "when", "where", "would", "could", "about", "been", "they", "them", "more", "want",
    "vous", "votre", "pour", "avec", "nous", "bonjour", "hola", "para", "como", "usted", "gracias", "obrigado",
    "مرحبا", "شكرا", "على", "هذا", "هذه", "الى", "عميلنا", "لكم", "انا", "كيف", "اريد", "для", "что", "как", "это", "вас",
];

/// What each fact is worth.
mod worth {
    pub const LANGUAGE: i64 = 40;
    pub const NEAR_LANGUAGE: i64 = 30;
    pub const TAG: i64 = 20;
    pub const WORD: i64 = 6;
    pub const WORDS: i64 = 18;
    pub const REOPENS: i64 = 15;
    pub const OFTEN: i64 = 12;
    pub const OTHER_LANGUAGE: i64 = -30;
    pub const NO_OPT_IN: i64 = -40;
    pub const COMPLAINED: i64 = -25;
    pub const DOUBTED: i64 = -8;
}

/// A template that may be sent.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its language, with underscore.
    pub language: &'a str,
    /// What it is for.
    pub category: Category,
    /// GREEN, YELLOW, RED or UNKNOWN.
    pub quality: &'a str,
    /// Search terms of its name and words.
    pub terms: BTreeSet<String>,
    /// How often it was sent in 30 days.
    pub sent: i64,
}

/// The conversation it would be sent in.
#[derive(Debug, Clone)]
pub struct Situation<'a> {
    /// The customer's language tag (`ar`, `en-US`), when known.
    pub language: Option<&'a str>,
    /// Whether free text may be written now.
    pub window_open: bool,
    /// What the customer agreed to.
    pub marketing: Consent,
    /// What the contact is marked with: each with its search terms.
    pub tags: Vec<(String, BTreeSet<String>)>,
    /// Search terms of what the customer wrote last.
    pub terms: BTreeSet<String>,
}

/// Why a template stands where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is in the customer's language.
    Language(String),
    /// It speaks of what the customer wrote.
    Words(Vec<String>),
    /// It speaks of a tag of the customer's.
    Tag(String),
    /// The window is closed; this one is no promotion, so it may go at once.
    Reopens,
    /// The team uses it often.
    Often(i64),
}

impl Reason {
    /// The short code of the API.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Language(_) => "language",
            Self::Words(_) => "words",
            Self::Tag(_) => "tag",
            Self::Reopens => "reopens",
            Self::Often(_) => "often",
        }
    }
}

/// One suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Its place among the candidates.
    pub at: usize,
    /// The higher the better.
    pub score: i64,
    /// What speaks for it, the strongest first.
    pub reasons: Vec<Reason>,
}

/// The best candidates, best first: what speaks for each is added up, what speaks against it taken off. No promotion for
/// a customer who does not want any, and no codes, which are asked for.
#[must_use]
pub fn suggest(candidates: &[Candidate<'_>], situation: &Situation<'_>) -> Vec<Suggestion> {
    let told: BTreeSet<String> = situation.terms.iter().filter(|term| tells(term, candidates)).cloned().collect();
    let wanted = |candidate: &Candidate<'_>| {
        candidate.category != Category::Authentication
            && !(candidate.category == Category::Marketing && situation.marketing == Consent::OptedOut)
    };
    let mut found: Vec<Suggestion> = candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| wanted(candidate))
        .map(|(at, candidate)| weigh(at, candidate, situation, &told))
        .filter(|one| one.score > 0 && !one.reasons.is_empty())
        .collect();
    found.sort_by(|a, b| {
        let name = |one: &Suggestion| (candidates[one.at].name, candidates[one.at].language);
        b.score.cmp(&a.score).then_with(|| name(a).cmp(&name(b)))
    });
    found.truncate(MOST);
    found
}

/// Whether a word tells templates apart: most of them do not have it.
fn tells(term: &str, candidates: &[Candidate<'_>]) -> bool {
    let having = candidates.iter().filter(|candidate| candidate.terms.contains(term)).count();
    !EMPTY.contains(&term) && (having <= 2 || having * 2 <= candidates.len())
}

fn weigh(at: usize, candidate: &Candidate<'_>, situation: &Situation<'_>, told: &BTreeSet<String>) -> Suggestion {
    let mut reasons: Vec<(i64, Reason)> = Vec::new();
    let mut against = 0;
    match situation.language.map(|wanted| kinship(wanted, candidate.language)) {
        Some(Kinship::Same) => reasons.push((worth::LANGUAGE, Reason::Language(candidate.language.to_owned()))),
        Some(Kinship::Near) => reasons.push((worth::NEAR_LANGUAGE, Reason::Language(candidate.language.to_owned()))),
        Some(Kinship::None) => against += worth::OTHER_LANGUAGE,
        None => {}
    }
    for (tag, terms) in &situation.tags {
        if !terms.is_empty() && terms.is_subset(&candidate.terms) {
            reasons.push((worth::TAG, Reason::Tag(tag.clone())));
        }
    }
    let common: Vec<String> = told.intersection(&candidate.terms).cloned().collect();
    if !common.is_empty() {
        let count = i64::try_from(common.len()).unwrap_or(i64::MAX);
        let told = common.into_iter().take(WORDS_TOLD).collect();
        reasons.push((count.saturating_mul(worth::WORD).min(worth::WORDS), Reason::Words(told)));
    }
    if !situation.window_open && candidate.category == Category::Utility {
        reasons.push((worth::REOPENS, Reason::Reopens));
    }
    if candidate.sent > 0 {
        let often = i64::from(candidate.sent.ilog2()) * 2 + 1;
        reasons.push((often.min(worth::OFTEN), Reason::Often(candidate.sent)));
    }
    if candidate.category == Category::Marketing && situation.marketing != Consent::OptedIn {
        against += worth::NO_OPT_IN;
    }
    against += match candidate.quality {
        "RED" => worth::COMPLAINED,
        "YELLOW" => worth::DOUBTED,
        _ => 0,
    };
    reasons.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let score = against + reasons.iter().map(|(weight, _)| weight).sum::<i64>();
    Suggestion { at, score, reasons: reasons.into_iter().map(|(_, reason)| reason).collect() }
}

enum Kinship {
    Same,
    Near,
    None,
}

fn kinship(wanted: &str, language: &str) -> Kinship {
    let wanted = wanted.replace('-', "_");
    let base = |code: &str| code.split('_').next().unwrap_or_default().to_ascii_lowercase();
    if wanted.eq_ignore_ascii_case(language) {
        Kinship::Same
    } else if base(&wanted) == base(language) {
        Kinship::Near
    } else {
        Kinship::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(words: &str) -> BTreeSet<String> {
        words.split_whitespace().map(str::to_owned).collect()
    }

    fn candidate<'a>(name: &'a str, language: &'a str, category: Category, words: &str) -> Candidate<'a> {
        Candidate { name, language, category, quality: "GREEN", terms: terms(words), sent: 0 }
    }

    fn situation<'a>(language: Option<&'a str>, words: &str) -> Situation<'a> {
        Situation { language, window_open: false, marketing: Consent::Unknown, tags: Vec::new(), terms: terms(words) }
    }

    fn names<'a>(candidates: &[Candidate<'a>], situation: &Situation<'_>) -> Vec<&'a str> {
        suggest(candidates, situation).iter().map(|one| candidates[one.at].name).collect()
    }

    #[test]
    fn language_words_and_tags_decide() {
        use Category::{Marketing, Utility};
        let all = [
            candidate("order_update", "en_US", Utility, "order parcel way"),
            candidate("order_update_ar", "ar", Utility, "order parcel way"),
            candidate("return_help", "en_US", Utility, "return refund"),
            candidate("sale", "en_US", Marketing, "sale offer"),
        ];
        let asked = situation(Some("en-US"), "where parcel");
        let found = suggest(&all, &asked);
        assert_eq!((found[0].at, found[0].reasons[0].code()), (0, "language"));
        let codes: Vec<&str> = found[0].reasons.iter().map(Reason::code).collect();
        assert_eq!(codes, ["language", "reopens", "words"]);
        assert_eq!(names(&all, &situation(Some("ar"), "parcel"))[0], "order_update_ar");
        let mut tagged = situation(Some("en"), "");
        tagged.tags = vec![("return".to_owned(), terms("return"))];
        assert_eq!(names(&all, &tagged)[0], "return_help");
        assert!(suggest(&all, &tagged)[0].reasons.contains(&Reason::Tag("return".to_owned())));
    }

    #[test]
    fn promotion_needs_consent_and_a_good_name() {
        use Category::{Authentication, Marketing};
        let offer = [candidate("sale", "en", Marketing, "sale")];
        let mut asked = situation(Some("en"), "sale");
        asked.marketing = Consent::OptedOut;
        assert!(suggest(&offer, &asked).is_empty());
        asked.marketing = Consent::OptedIn;
        let score = suggest(&offer, &asked)[0].score;
        let complained = [Candidate { quality: "RED", ..offer[0].clone() }];
        assert_eq!(suggest(&complained, &asked)[0].score, score + worth::COMPLAINED);
        let often = [Candidate { sent: 1_000_000, ..offer[0].clone() }];
        assert_eq!(suggest(&often, &asked)[0].score, score + worth::OFTEN);
        assert!(suggest(&[candidate("code", "en", Authentication, "sale")], &asked).is_empty(), "a code is asked for");
        let many: Vec<Candidate<'_>> = (0..9).map(|_| offer[0].clone()).collect();
        let found = suggest(&many, &asked);
        assert_eq!(found.len(), MOST);
        let words = |one: &Suggestion| one.reasons.iter().any(|reason| matches!(reason, Reason::Words(_)));
        assert!(!found.iter().any(words), "a word that all of them have tells nothing");
        asked.terms = terms("your sale");
        assert!(suggest(&offer, &asked)[0].reasons.contains(&Reason::Words(vec!["sale".to_owned()])));
    }
}
