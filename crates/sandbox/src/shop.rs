//! Shops that deliver by webhook: calls as Shopify and WooCommerce make them, signed by a reading of their own.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// A call to be made: `POST` with these headers and this body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its headers; names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Its raw body.
    pub body: Vec<u8>,
}

fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// What Shopify calls with; `id` names the delivery, and a repeat has the same.
#[must_use]
pub fn shopify(secret: &str, topic: &str, id: &str, said: &Value) -> Call {
    let body = said.to_string().into_bytes();
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("x-shopify-topic", topic.to_owned()),
        ("x-shopify-webhook-id", id.to_owned()),
        ("x-shopify-shop-domain", "dune-thread.example".to_owned()),
        ("x-shopify-api-version", "2026-07".to_owned()),
        ("x-shopify-hmac-sha256", signature(secret, &body)),
    ];
    Call { headers, body }
}

/// What WooCommerce calls with.
#[must_use]
pub fn woocommerce(secret: &str, topic: &str, id: &str, said: &Value) -> Call {
    let body = said.to_string().into_bytes();
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("x-wc-webhook-source", "https://dune-thread.example/".to_owned()),
        ("x-wc-webhook-topic", topic.to_owned()),
        ("x-wc-webhook-resource", topic.split('.').next().unwrap_or_default().to_owned()),
        ("x-wc-webhook-event", topic.split('.').nth(1).unwrap_or_default().to_owned()),
        ("x-wc-webhook-signature", signature(secret, &body)),
        ("x-wc-webhook-id", "7".to_owned()),
        ("x-wc-webhook-delivery-id", id.to_owned()),
    ];
    Call { headers, body }
}

/// What WooCommerce calls with when a webhook is saved: a form, and nothing signed.
#[must_use]
pub fn woocommerce_ping() -> Call {
    let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
    Call { headers, body: b"webhook_id=7".to_vec() }
}
