//! Inbound hooks: providers and CRMs deliver here.
//!
//! A hook reads raw bytes, proves who sent them, has the use case store them, and answers. Bodies may be gzipped and
//! are at most [`MAX_BODY`] bytes after decompression.

mod crm;
mod shop;
mod whatsapp;

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use rapport_app::App;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Largest delivery after decompression, bytes.
pub const MAX_BODY: usize = 3 << 20;
/// Bodies up to this many bytes are read without asking; a usual delivery has some hundred.
const SMALL: u64 = 256 << 10;
/// Larger ones, and those whose size nobody knows before, are read by so many at a time: strangers can fill so much
/// memory and no more.
static LARGE: Semaphore = Semaphore::const_new(64);

/// Every hook, under `/webhooks`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/webhooks/whatsapp/{channel_id}", get(whatsapp::handshake).post(whatsapp::deliver))
        .route("/webhooks/shop/{id}", post(shop::deliver))
        .route("/webhooks/{kind}/{connection_id}", post(crm::deliver).head(crm::knock).fallback(crm::other))
}

/// A permit for a body that may be large.
async fn room(headers: &HeaderMap) -> Option<SemaphorePermit<'static>> {
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let small = length.is_some_and(|length: u64| length <= SMALL) && !headers.contains_key(header::CONTENT_ENCODING);
    if small { None } else { LARGE.acquire().await.ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[tokio::test]
    async fn only_what_is_small_for_certain_is_read_without_asking() {
        let (small, large) = (SMALL.to_string(), (SMALL + 1).to_string());
        for (headers, asks) in [
            (vec![(header::CONTENT_LENGTH, small.as_str())], false),
            (vec![(header::CONTENT_LENGTH, large.as_str())], true),
            (vec![(header::CONTENT_LENGTH, small.as_str()), (header::CONTENT_ENCODING, "gzip")], true),
            (vec![(header::CONTENT_LENGTH, "-1")], true),
            (vec![], true),
        ] {
            let given = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
            let given: HeaderMap = given.collect::<Vec<(HeaderName, HeaderValue)>>().into_iter().collect();
            assert_eq!(room(&given).await.is_some(), asks, "{headers:?}");
        }
    }
}
