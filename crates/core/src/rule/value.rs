//! What a field holds at a moment.

use crate::Ms;
use serde::Serialize;
use serde_json::Value as Json;
use std::borrow::Cow;

/// A value as conditions compare it; its JSON is what explanations show.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Not known.
    Nothing,
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
    /// Words.
    Text(String),
    /// A moment.
    Moment(Ms),
    /// Several words.
    List(Vec<String>),
}

impl Value {
    /// Words that may be absent.
    #[must_use]
    pub fn text(words: Option<&str>) -> Self {
        words.filter(|words| !words.is_empty()).map_or(Self::Nothing, |words| Self::Text(words.to_owned()))
    }

    /// A moment that may be absent.
    #[must_use]
    pub fn moment(at: Option<Ms>) -> Self {
        at.map_or(Self::Nothing, Self::Moment)
    }

    /// A contact's own field: whatever is stored there.
    #[must_use]
    pub fn own(stored: &Json) -> Self {
        match stored {
            Json::Bool(flag) => Self::Flag(*flag),
            Json::Number(number) => number.as_f64().map_or(Self::Nothing, Self::Number),
            Json::String(words) => Self::text(Some(words)),
            Json::Array(items) => Self::List(items.iter().map(|item| plain(item).into_owned()).collect()),
            Json::Null => Self::Nothing,
            Json::Object(_) => Self::Text(stored.to_string()),
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Text(words) => words.trim().is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Flag(_) | Self::Number(_) | Self::Moment(_) => false,
        }
    }

    /// As a number, when it reads as one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(words) => words.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }
}

/// A JSON value as words.
pub(super) fn plain(value: &Json) -> Cow<'_, str> {
    value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
}
