//! Which product of a catalogue a message speaks of.
//!
//! Names are compared by words, with letters and digits apart ("15pro"), misspelled words of Latin and Cyrillic
//! letters found by their likeness, Arabic ones without what is glued on, Chinese as they stand. What products differ
//! in (numbers, "Pro", "Max") must agree. If several products remain they are all told: the one who asks decides.
//!
//! ```
//! use rapport_text::products::{Catalogue, Product};
//!
//! let catalogue = Catalogue::compile(&[
//!     Product::new("APL-IP15P", &["iPhone 15 Pro"]),
//!     Product::new("APL-IP15PM", &["iPhone 15 Pro Max"]),
//! ])?;
//! let found = catalogue.find("is the iphone15 promax in stock?");
//! assert_eq!(found[0].only(), Some(1));
//! # Ok::<(), rapport_text::products::CatalogueError>(())
//! ```

mod vocabulary;

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::phrases::Prepared;
use crate::span::Span;
use crate::unit::{Gap, Kind};
use vocabulary::{Item, Vocabulary};

/// The most products of a catalogue.
pub const MAX_PRODUCTS: usize = 50_000;
/// The most names of a product: its own and its aliases.
pub const MAX_NAMES: usize = 50;
/// The most characters of a name.
pub const MAX_NAME_CHARS: usize = 200;
/// The most candidates told of one mention, and the most mentions of one text.
pub const MAX_CANDIDATES: usize = 5;
/// The most mentions told of one text.
pub const MAX_MENTIONS: usize = 50;

/// The most words of the catalogue that are looked at in one text.
const MAX_ITEMS: usize = 400;

/// A name is taken to be meant when this share of it (rare words weigh more) is there.
const ENOUGH: f64 = 0.5;

/// A product as a catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Product {
    /// Its code.
    pub sku: String,
    /// Its name and what customers call it, in any language.
    pub names: Vec<String>,
}

impl Product {
    /// A product with its names.
    #[must_use]
    pub fn new(sku: &str, names: &[&str]) -> Self {
        Self { sku: sku.to_owned(), names: names.iter().map(|name| (*name).to_owned()).collect() }
    }
}

/// A place that speaks of a product.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mention {
    /// Its place in the text.
    pub span: Span,
    /// The products it may mean, the likeliest first; never empty, at most [`MAX_CANDIDATES`].
    pub candidates: Vec<Candidate>,
}

/// A product that may be meant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Its place in the list given to [`Catalogue::compile`].
    pub product: usize,
    /// How much of its name is there, 0 to 1; misspelled words count less.
    pub score: f64,
}

impl Mention {
    /// The product, if there is no doubt which.
    #[must_use]
    pub fn only(&self) -> Option<usize> {
        match self.candidates.as_slice() {
            [only] => Some(only.product),
            _ => None,
        }
    }
}

/// What is wrong with a catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogueError {
    /// More than [`MAX_PRODUCTS`].
    TooMany,
    /// This product has no name with a letter or digit, or one longer than [`MAX_NAME_CHARS`].
    Name(usize),
    /// This product has more than [`MAX_NAMES`] names.
    TooManyNames(usize),
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(f, "there are more than {MAX_PRODUCTS} products"),
            Self::Name(product) => {
                write!(f, "product {} has an empty name or one longer than {MAX_NAME_CHARS} characters", product + 1)
            }
            Self::TooManyNames(product) => write!(f, "product {} has more than {MAX_NAMES} names", product + 1),
        }
    }
}

impl std::error::Error for CatalogueError {}

#[derive(Debug)]
struct Name {
    product: usize,
    /// Distinct words.
    words: Vec<u32>,
    first: u32,
    weight: f64,
}

/// A compiled catalogue: made once when it changes, used for every message.
#[derive(Debug, Default)]
pub struct Catalogue {
    vocabulary: Vocabulary,
    names: Vec<Name>,
    /// By word: the names that have it, ascending.
    having: HashMap<u32, Vec<u32>>,
}

impl Catalogue {
    /// Compiles a catalogue.
    ///
    /// # Errors
    /// If a limit is broken; the error names the product by its place in the list.
    pub fn compile(products: &[Product]) -> Result<Self, CatalogueError> {
        if products.len() > MAX_PRODUCTS {
            return Err(CatalogueError::TooMany);
        }
        let mut catalogue = Self::default();
        for (product, known) in products.iter().enumerate() {
            if known.names.len() > MAX_NAMES {
                return Err(CatalogueError::TooManyNames(product));
            }
            if known.names.is_empty() {
                return Err(CatalogueError::Name(product));
            }
            for name in &known.names {
                catalogue.add(product, name)?;
            }
        }
        for index in 0..catalogue.names.len() {
            let weight = catalogue.names[index].words.iter().map(|word| catalogue.rarity(*word)).sum();
            catalogue.names[index].weight = weight;
        }
        Ok(catalogue)
    }

    fn add(&mut self, product: usize, name: &str) -> Result<(), CatalogueError> {
        if name.chars().nth(MAX_NAME_CHARS).is_some() {
            return Err(CatalogueError::Name(product));
        }
        let mut words = self.vocabulary.file(name);
        let first = *words.first().ok_or(CatalogueError::Name(product))?;
        words.sort_unstable();
        words.dedup();
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        words.iter().for_each(|word| self.having.entry(*word).or_default().push(number));
        self.names.push(Name { product, words, first, weight: 0.0 });
        Ok(())
    }

    /// What a word tells: more, the fewer names have it.
    fn rarity(&self, word: u32) -> f64 {
        let having = self.having.get(&word).map_or(1, Vec::len);
        (1.0 + count(self.names.len()) / count(having.max(1))).ln()
    }

    /// The products a text speaks of, in order of the text.
    ///
    /// Total and bounded: only the first [`crate::MAX_TEXT`] bytes are read and at most [`MAX_MENTIONS`] told.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Mention> {
        if self.names.is_empty() {
            return Vec::new();
        }
        let prepared = Prepared::new(text);
        let mut items = self.vocabulary.items(&prepared);
        items.truncate(MAX_ITEMS);
        let mut mentions = Vec::new();
        let mut at = 0;
        while at < items.len() && mentions.len() < MAX_MENTIONS {
            let (end, names) = self.longest(&prepared, &items, at);
            match self.candidates(&prepared, &items[at..end], &names) {
                Some(candidates) => {
                    let span = prepared.span(items[at].units.start..items[end - 1].units.end);
                    mentions.push(Mention { span, candidates });
                    at = end;
                }
                None => at += 1,
            }
        }
        mentions
    }

    /// The most items in a row that some name has, and the names that have them.
    fn longest(&self, prepared: &Prepared, items: &[Item], at: usize) -> (usize, Vec<u32>) {
        let mut names = self.having.get(&items[at].word).cloned().unwrap_or_default();
        let mut end = at + 1;
        while let Some(item) = items.get(end).filter(|item| follows(prepared, &items[end - 1], item)) {
            let having = self.having.get(&item.word).map(Vec::as_slice).unwrap_or_default();
            let both: Vec<u32> = names.iter().copied().filter(|name| having.binary_search(name).is_ok()).collect();
            if both.is_empty() {
                break;
            }
            names = both;
            end += 1;
        }
        (end, names)
    }

    /// The products that a row of items may mean; none if it is not enough to go by.
    fn candidates(&self, prepared: &Prepared, items: &[Item], names: &[u32]) -> Option<Vec<Candidate>> {
        let mut words: Vec<u32> = items.iter().map(|item| item.word).collect();
        words.sort_unstable();
        words.dedup();
        let whole = |name: &Name| name.words.len() == words.len();
        let names: Vec<&Name> = names.iter().filter_map(|name| self.names.get(*name as usize)).collect();
        let exact = names.iter().any(|name| whole(name));
        let only_alike = items.iter().all(|item| item.alike);
        // "15 pro max" is enough to go by, "15" or "pro" alone is not.
        let numbers = words.iter().filter(|word| self.vocabulary.is_number(**word)).count();
        let hard_only =
            words.iter().all(|word| self.vocabulary.is_hard(*word)) && (numbers == 0 || numbers == words.len());
        if (hard_only && !exact) || self.is_other(prepared, items, &names, &words) {
            return None;
        }
        // A short misspelled word alone is too likely to be a word of its own.
        if only_alike
            && items
                .iter()
                .all(|item| item.units.len() == 1 && prepared.units[item.units.start].text.chars().count() < 6)
        {
            return None;
        }
        let family = words.len() == 1
            && names.len() > 1
            && names.iter().all(|name| name.first == words[0])
            && prepared.units[items[0].units.start].text.chars().count() >= 2;
        let said: f64 = words.iter().map(|word| self.rarity(*word)).sum();
        let spelled = if items.iter().any(|item| item.alike) { 0.9 } else { 1.0 };
        let share = |name: &Name| (said / name.weight.max(f64::EPSILON)).min(1.0);
        let meant: Vec<&Name> = names
            .into_iter()
            .filter(|name| if exact { whole(name) } else { family || share(name) >= ENOUGH })
            .collect();
        // "Samsung S24" is not the Ultra, if there is one without a grade that goes unsaid.
        let unsaid =
            |name: &Name| name.words.iter().any(|word| !words.contains(word) && self.vocabulary.is_hard(*word));
        let all_said = meant.iter().any(|name| !unsaid(name));
        let mut best: HashMap<usize, f64> = HashMap::new();
        for name in meant.iter().filter(|name| !all_said || !unsaid(name)) {
            let score = best.entry(name.product).or_default();
            *score = score.max(share(name) * spelled);
        }
        let mut candidates: Vec<Candidate> =
            best.into_iter().map(|(product, score)| Candidate { product, score }).collect();
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.product.cmp(&b.product)));
        candidates.truncate(MAX_CANDIDATES);
        (!candidates.is_empty()).then_some(candidates)
    }

    /// Whether a number or grade right behind says that another product is meant: "iPhone 14" where the catalogue has
    /// only the 15, "iPhone 15 Ultra" where there is none.
    fn is_other(&self, prepared: &Prepared, items: &[Item], names: &[&Name], words: &[u32]) -> bool {
        let end = items.last().map_or(0, |item| item.units.end);
        let Some(next) = prepared.units.get(end).filter(|next| next.gap != Gap::Clause) else { return false };
        let lacks_number = names
            .iter()
            .all(|name| name.words.iter().any(|word| !words.contains(word) && self.vocabulary.is_number(*word)));
        let has_number = words.iter().any(|word| self.vocabulary.is_number(*word));
        match next.kind {
            Kind::Number => next.text.len() <= 4 && lacks_number && !has_number,
            Kind::Word => vocabulary::is_grade(&next.text),
            Kind::Gram => false,
        }
    }
}

/// Whether an item goes on where the one before ended: in the same clause, with at most one short word between.
fn follows(prepared: &Prepared, before: &Item, item: &Item) -> bool {
    let between = before.units.end.min(item.units.start)..item.units.start;
    let short =
        prepared.units[between.clone()].iter().all(|unit| unit.kind == Kind::Word && unit.text.chars().count() <= 3);
    let clause = (before.units.end..=item.units.start).any(|at| prepared.units[at].gap == Gap::Clause);
    between.len() <= 1 && short && !clause
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}
