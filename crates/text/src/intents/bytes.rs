//! A model as bytes: with a version, and read with distrust.

use std::collections::HashMap;
use std::fmt;

use super::{Intent, IntentModel, MAX_INTENT_CHARS, MAX_INTENTS};

/// The version of the bytes and of the features behind them. A model of another version must be trained again: its
/// hashes may stand for other things.
pub const MODEL_VERSION: u16 = 1;

const MAGIC: [u8; 4] = *b"RPIM";

/// Why bytes are no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelError {
    /// They are something else, or incomplete.
    NotAModel,
    /// They are of another version.
    Version(u16),
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAModel => f.write_str("this is not an intent model"),
            Self::Version(version) => {
                write!(f, "the intent model is of version {version}, not {MODEL_VERSION}: train it again")
            }
        }
    }
}

impl std::error::Error for ModelError {}

impl IntentModel {
    /// The model as bytes, the same for the same model: 12 bytes and one more per intent for each row.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.rows.len() * (12 + self.intents.len()) + 256);
        bytes.extend(MAGIC);
        bytes.extend(MODEL_VERSION.to_le_bytes());
        bytes.extend(self.samples.to_le_bytes());
        bytes.extend(u32::try_from(self.intents.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(u32::try_from(self.rows.len()).unwrap_or(u32::MAX).to_le_bytes());
        for intent in &self.intents {
            bytes.extend(u16::try_from(intent.name.len()).unwrap_or(u16::MAX).to_le_bytes());
            bytes.extend(intent.name.as_bytes());
            for number in [intent.always, intent.sigmoid.0, intent.sigmoid.1, intent.threshold] {
                bytes.extend(number.to_le_bytes());
            }
        }
        let mut rows: Vec<(u32, u32)> = self.rows.iter().map(|(hash, row)| (*row, *hash)).collect();
        rows.sort_unstable();
        for (row, hash) in rows {
            bytes.extend(hash.to_le_bytes());
            bytes.extend(self.idf[row as usize].to_le_bytes());
            bytes.extend(self.steps[row as usize].to_le_bytes());
            bytes.extend(self.row(row).iter().map(|weight| weight.to_le_bytes()[0]));
        }
        bytes
    }

    /// Reads a model.
    ///
    /// # Errors
    /// If the bytes are not a whole model of this version; nothing is allocated beyond their own size.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader(bytes);
        if reader.take(4)? != MAGIC {
            return Err(ModelError::NotAModel);
        }
        let version = u16::from_le_bytes(reader.array()?);
        if version != MODEL_VERSION {
            return Err(ModelError::Version(version));
        }
        let samples = u32::from_le_bytes(reader.array()?);
        let count = u32::from_le_bytes(reader.array()?) as usize;
        let rows = u32::from_le_bytes(reader.array()?) as usize;
        if count > MAX_INTENTS {
            return Err(ModelError::NotAModel);
        }
        let intents = (0..count).map(|_| reader.intent()).collect::<Result<Vec<_>, _>>()?;
        if Some(reader.0.len()) != rows.checked_mul(12 + count) {
            return Err(ModelError::NotAModel);
        }
        let mut model = Self {
            intents,
            rows: HashMap::with_capacity(rows),
            idf: Vec::with_capacity(rows),
            steps: Vec::with_capacity(rows),
            weights: Vec::with_capacity(rows * count),
            samples,
        };
        for row in 0..rows {
            let hash = u32::from_le_bytes(reader.array()?);
            model.rows.insert(hash, u32::try_from(row).map_err(|_| ModelError::NotAModel)?);
            model.idf.push(reader.number()?);
            model.steps.push(reader.number()?);
            model.weights.extend(reader.take(count)?.iter().map(|byte| i8::from_le_bytes([*byte])));
        }
        if model.rows.len() == rows { Ok(model) } else { Err(ModelError::NotAModel) }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(ModelError::NotAModel)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        self.take(N)?.try_into().map_err(|_| ModelError::NotAModel)
    }

    /// A number that can be reckoned with.
    fn number(&mut self) -> Result<f32, ModelError> {
        let number = f32::from_le_bytes(self.array()?);
        if number.is_finite() { Ok(number) } else { Err(ModelError::NotAModel) }
    }

    fn intent(&mut self) -> Result<Intent, ModelError> {
        let length = usize::from(u16::from_le_bytes(self.array()?));
        let name = std::str::from_utf8(self.take(length)?).map_err(|_| ModelError::NotAModel)?;
        if name.chars().count() > MAX_INTENT_CHARS {
            return Err(ModelError::NotAModel);
        }
        let always = self.number()?;
        let sigmoid = (self.number()?, self.number()?);
        Ok(Intent { name: name.to_owned(), always, sigmoid, threshold: self.number()? })
    }
}
