//! What is understood of messages: [`reader`] reads a text with the workspace's hot words, model and products, [`worker`]
//! keeps a short reading beside each message, [`reading`] shows it, [`words`] and [`table`] keep the hot words, [`label`]
//! and [`learn`] let the model learn from what people say.

pub mod label;
pub mod learn;
pub mod reader;
pub mod reading;
pub mod table;
pub mod words;
pub mod worker;

pub use reader::Reader;

/// Most hot words of a language.
pub const WORDS_OF_LANGUAGE: usize = 500;
/// For how long after a change of the hot words or the model what was said is read again. Milliseconds.
const AGAIN_MS: i64 = 90 * rapport_core::time::DAY;
/// Messages that are read again then, the newest.
const AGAIN_MOST: u64 = 20_000;
