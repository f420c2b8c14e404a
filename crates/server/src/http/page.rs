//! Lists: one shape, opaque cursors.

use super::problem::{Answer, Problem};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Most rows of a page.
pub const MAX_LIMIT: u64 = 200;
/// Rows of a page when nothing is said.
pub const DEFAULT_LIMIT: u64 = 50;

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct List<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Ask with it for the next page; null at the end.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// Everything there is, in one page.
    #[must_use]
    pub fn all(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// A page; the cursor says where the next one begins.
    #[must_use]
    pub fn page<C: Serialize>(items: Vec<T>, next: Option<&C>) -> Self {
        Self { items, next_cursor: next.map(encode) }
    }
}

impl<T> From<rapport_app::account::Page<T>> for List<T> {
    fn from(page: rapport_app::account::Page<T>) -> Self {
        Self::page(page.items, page.next.as_ref())
    }
}

/// Which page is wanted. Take it beside an endpoint's own filters: `Query(paging): Query<Paging>`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// `next_cursor` of the page before; left out = from the beginning.
    pub cursor: Option<String>,
    /// Rows of a page, 1 to 200; left out = 50.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u64>,
}

impl Paging {
    /// How many rows.
    ///
    /// # Errors
    /// 422 when out of range.
    pub fn limit(&self) -> Answer<u64> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            limit @ 1..=MAX_LIMIT => Ok(limit),
            _ => {
                let detail = format!("limit must be 1 to {MAX_LIMIT}");
                Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail).with_field("limit"))
            }
        }
    }

    /// Where to go on.
    ///
    /// # Errors
    /// 422 when the cursor is not one of this list's.
    pub fn after<C: DeserializeOwned>(&self) -> Answer<Option<C>> {
        self.cursor.as_deref().map(decode).transpose()
    }
}

/// A cursor as text: whatever says where the next page begins, opaque to callers.
#[must_use]
pub fn encode<C: Serialize>(at: &C) -> String {
    // Serialising plain values to JSON in memory does not fail.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(at).unwrap_or_default())
}

/// Reads a cursor.
///
/// # Errors
/// 422 when it is not one of this list's.
pub fn decode<C: DeserializeOwned>(text: &str) -> Answer<C> {
    let bytes = (text.len() <= 1_024).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(|| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "cursor is not one of this list").with_field("cursor")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back_and_nonsense_is_refused() {
        let at = (12_i64, uuid::Uuid::from_u128(7));
        assert_eq!(decode::<(i64, uuid::Uuid)>(&encode(&at)).unwrap(), at);
        for text in ["", "x", "!!!", &"A".repeat(2_000), &encode(&"other list")] {
            assert_eq!(decode::<(i64, uuid::Uuid)>(text).unwrap_err().status, 422, "{text}");
        }
        for (limit, good) in [(None, true), (Some(0), false), (Some(200), true), (Some(201), false)] {
            assert_eq!(Paging { cursor: None, limit }.limit().is_ok(), good);
        }
    }
}
