//! Inbound hooks: providers and CRMs deliver here.
//!
//! A hook reads raw bytes, proves who sent them, has the use case store them, and answers. Bodies may be gzipped and
//! are at most [`MAX_BODY`] bytes after decompression.

mod crm;
mod shop;
mod whatsapp;

use axum::Router;
use axum::routing::{get, post};
use rapport_app::App;

/// Largest delivery after decompression, bytes.
pub const MAX_BODY: usize = 3 << 20;

/// Every hook, under `/webhooks`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/webhooks/whatsapp/{channel_id}", get(whatsapp::handshake).post(whatsapp::deliver))
        .route("/webhooks/shop/{id}", post(shop::deliver))
        .route("/webhooks/{kind}/{connection_id}", post(crm::deliver).head(crm::knock).fallback(crm::other))
}
