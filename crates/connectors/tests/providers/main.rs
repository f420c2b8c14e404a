//! The seam for those who carry our messages: deliveries in, requests out, by provider.

mod inbound;
mod send;
mod setup;
mod signature;
mod writing;

use rapport_connectors::Secret;
use rapport_connectors::provider::{Delivery, Kind, Provider};
use rapport_core::Ms;

/// The moment of all tests.
pub const NOW: Ms = Ms(1_790_000_000_000);
/// Where every provider delivers to.
pub const HOOK: &str = "https://chat.shop.example/webhooks/whatsapp/0190";
/// Twilio's account.
pub const SID: &str = "AC0123456789abcdef0123456789abcdef";

/// One number at this provider.
pub fn provider(kind: Kind) -> Provider {
    let (number, account, token, signing, base) = match kind {
        Kind::Meta => ("106", "102", "token", "app-secret", "https://graph.facebook.com"),
        Kind::Dialog360 => ("106", "102", "d360-key", "the-webhook-secret", "https://waba-v2.360dialog.io"),
        Kind::Twilio => ("14155238886", SID, "auth-token", "auth-token", "https://api.twilio.com"),
        Kind::Bird => ("chan-1", "space-1", "access-key", "signing-key", "https://api.bird.com"),
        Kind::Gateway => ("14155238886", "gateway-14155238886", "", "the-shared-secret", "https://gate.example/wa"),
        Kind::Practice => ("p1", "practice", "practice", "", "https://practice.invalid"),
    };
    Provider {
        kind,
        base_url: base.to_owned(),
        number_id: number.to_owned(),
        account_id: account.to_owned(),
        token: Secret::new(token),
        signing: vec![Secret::new(signing)],
        hook_url: HOOK.to_owned(),
    }
}

/// Runs `then` with a delivery of these parts.
pub fn with<T>(headers: &[(&str, String)], query: &str, raw: &[u8], then: impl FnOnce(&Delivery<'_>) -> T) -> T {
    let find = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    then(&Delivery { headers: &find, query, raw, at: NOW })
}
