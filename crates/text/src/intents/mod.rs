//! What a customer wants: a linear classifier trained on a workspace's own labelled messages, and seed phrases to
//! begin with.
//!
//! Words, pairs of words and pieces of words are hashed and weighed; one support vector machine for each intent says
//! how much a text is one of its own; Platt's sigmoid, fitted on samples that were left out, makes a probability of
//! it; and a threshold for each intent, found on the same samples, says when to keep silent instead. Training is
//! deterministic: the same samples and seed give the same bytes.
//!
//! ```
//! use rapport_text::intents::{IntentModel, TrainOptions, seeds};
//!
//! let samples = seeds("en");
//! let model = IntentModel::train(&samples, &TrainOptions::default())?;
//! let wanted = model.classify("where is my order");
//! assert_eq!(wanted.ranked[0].intent, "order_status");
//! # Ok::<(), rapport_text::intents::TrainError>(())
//! ```

mod bytes;
mod features;
mod fit;
mod human;
mod seed;
mod svm;

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use bytes::{MODEL_VERSION, ModelError};
pub use human::asks_for_human;
pub use seed::{SEED_INTENTS, SEED_LANGUAGES, seeds};

use crate::phrases::Prepared;
use crate::span::Span;
use features::{Features, features};

/// The most samples of one training.
pub const MAX_SAMPLES: usize = 50_000;
/// The most intents of one model.
pub const MAX_INTENTS: usize = 200;
/// The most characters of an intent's name.
pub const MAX_INTENT_CHARS: usize = 100;
/// The most intents, and the most reasons, of one prediction.
const MAX_TOLD: usize = 5;

/// A labelled text. An empty intent says that it is none of the others: such samples teach when to keep silent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The message.
    pub text: String,
    /// The name of its intent, or nothing.
    pub intent: String,
}

/// How a model is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainOptions {
    /// Shuffles the samples; the same seed gives the same model.
    pub seed: u64,
    /// Of the messages in which an intent is named, the share that must be right on samples that were left out: where
    /// it cannot be reached the model keeps silent more often.
    pub precision: f32,
    /// How much errors count against simplicity.
    pub cost: f32,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { seed: 1, precision: 0.92, cost: 1.0 }
    }
}

/// Why there is no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainError {
    /// Fewer than two intents with at least two samples each.
    TooFew,
    /// More than [`MAX_SAMPLES`] samples or [`MAX_INTENTS`] intents.
    TooMany,
    /// An intent's name is longer than [`MAX_INTENT_CHARS`].
    Name,
}

impl fmt::Display for TrainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew => f.write_str("at least two intents with two samples each are needed"),
            Self::TooMany => write!(f, "there are more than {MAX_SAMPLES} samples or {MAX_INTENTS} intents"),
            Self::Name => write!(f, "an intent's name is longer than {MAX_INTENT_CHARS} characters"),
        }
    }
}

impl std::error::Error for TrainError {}

/// A trained model.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentModel {
    /// The intents' names, sorted.
    intents: Vec<Intent>,
    /// From a feature's hash to its row.
    rows: HashMap<u32, u32>,
    idf: Vec<f32>,
    /// How much one step of a row's weights is.
    steps: Vec<f32>,
    /// For each row the weight in each intent, in steps.
    weights: Vec<i8>,
    samples: u32,
}

/// One intent of a model.
#[derive(Debug, Clone, PartialEq)]
struct Intent {
    name: String,
    always: f32,
    /// Platt's two numbers.
    sigmoid: (f32, f32),
    threshold: f32,
}

/// What a text is taken to want.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wanted {
    /// The intent, unless the model keeps silent.
    pub intent: Option<String>,
    /// The likeliest intents, the first first; two of them may be [`Scored::sure`] at once ("where is my order, and
    /// how do I return it?").
    pub ranked: Vec<Scored>,
    /// The words that spoke most for the likeliest intent, or against it.
    pub reasons: Vec<Reason>,
}

/// An intent and how likely it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scored {
    /// Its name.
    pub intent: String,
    /// 0 to 1.
    pub probability: f32,
    /// Whether that reaches the intent's threshold.
    pub sure: bool,
}

/// A word and what it did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// Its place in the text.
    pub span: Span,
    /// How far it moved the decision.
    pub weight: f32,
}

impl IntentModel {
    /// Trains a model.
    ///
    /// # Errors
    /// If there are too few or too many samples or intents.
    pub fn train(samples: &[Sample], options: &TrainOptions) -> Result<Self, TrainError> {
        fit::train(samples, options)
    }

    /// The intents' names, sorted.
    pub fn intents(&self) -> impl Iterator<Item = &str> {
        self.intents.iter().map(|intent| intent.name.as_str())
    }

    /// From which probability on an intent is named; `None` for a name the model does not know.
    #[must_use]
    pub fn threshold(&self, intent: &str) -> Option<f32> {
        self.intents.iter().find(|known| known.name == intent).map(|known| known.threshold)
    }

    /// How many samples it was trained on.
    #[must_use]
    pub fn samples(&self) -> u32 {
        self.samples
    }

    /// What a text wants. Total: any text is valid, and one of nothing but unknown words names no intent.
    #[must_use]
    pub fn classify(&self, text: &str) -> Wanted {
        let prepared = Prepared::new(text);
        let seen = features(&prepared);
        let probabilities = self.probabilities(&seen);
        let mut order: Vec<usize> = (0..self.intents.len()).collect();
        order.sort_by(|a, b| probabilities[*b].total_cmp(&probabilities[*a]).then(a.cmp(b)));
        let told = |index: &usize| {
            let intent = &self.intents[*index];
            let probability = probabilities[*index];
            Scored { intent: intent.name.clone(), probability, sure: probability >= intent.threshold }
        };
        let ranked: Vec<Scored> = order.iter().take(MAX_TOLD).map(told).collect();
        let intent = ranked.first().filter(|first| first.sure).map(|first| first.intent.clone());
        let reasons = order.first().map(|first| self.reasons(&prepared, &seen, *first)).unwrap_or_default();
        Wanted { intent, ranked, reasons }
    }

    fn probabilities(&self, seen: &Features) -> Vec<f32> {
        let mut margins: Vec<f32> = self.intents.iter().map(|intent| intent.always).collect();
        for (row, value) in seen.sparse(&self.rows, &self.idf) {
            let step = self.steps[row as usize] * value;
            margins.iter_mut().zip(self.row(row)).for_each(|(margin, weight)| *margin += step * f32::from(*weight));
        }
        let strange = seen.strange(&self.rows);
        if strange >= 1.0 {
            return vec![0.0; margins.len()];
        }
        let likely = |(margin, intent): (f32, &Intent)| {
            let (a, b) = intent.sigmoid;
            1.0 / (1.0 + (a * (margin - strange) + b).exp())
        };
        margins.into_iter().zip(&self.intents).map(likely).collect()
    }

    fn row(&self, row: u32) -> &[i8] {
        let width = self.intents.len();
        &self.weights[row as usize * width..][..width]
    }

    /// What each word did, pieces and pairs shared out among their words.
    fn reasons(&self, prepared: &Prepared, seen: &Features, intent: usize) -> Vec<Reason> {
        let values: HashMap<u32, f32> = seen.sparse(&self.rows, &self.idf).into_iter().collect();
        let mut times: HashMap<u32, f32> = HashMap::new();
        let known =
            || seen.blocks.iter().flatten().filter_map(|feature| Some((self.rows.get(&feature.hash)?, feature)));
        known().for_each(|(row, _)| *times.entry(*row).or_default() += 1.0);
        let mut words = vec![0.0_f32; prepared.units.len()];
        for (row, feature) in known() {
            let weight = self.steps[*row as usize] * f32::from(self.row(*row)[intent]);
            let share = values.get(row).copied().unwrap_or_default() * weight / times.get(row).copied().unwrap_or(1.0);
            let units = u16::try_from(feature.units.len()).map_or(1.0, f32::from);
            feature.units.clone().for_each(|at| words[at] += share / units);
        }
        let mut reasons: Vec<Reason> = words
            .into_iter()
            .enumerate()
            .filter(|(_, weight)| weight.abs() > 0.01)
            .map(|(at, weight)| Reason { span: prepared.span(at..at + 1), weight })
            .collect();
        reasons.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then(a.span.cmp(&b.span)));
        reasons.truncate(MAX_TOLD);
        reasons
    }
}
