//! Files at addresses: Twilio fetches them and sends them as what their content type says. An address whose ending says
//! it is believed unfetched, so that a sandbox without a network takes the addresses of examples.

use super::{Call, compose};
use crate::world::World;
use std::{collections::BTreeMap, time::Duration};

/// How long a file may take to begin (real time).
const PATIENCE: Duration = Duration::from_secs(5);

/// What is behind addresses that do not tell: their content type; `None` when nothing came.
pub type Looked = BTreeMap<String, Option<String>>;

/// Fetches what has to be looked at.
pub async fn look(world: &World, call: &Call) -> Looked {
    let mut looked = Looked::new();
    for link in call.form.get("MediaUrl").into_iter().flatten().take(10) {
        if compose::kind_of_ending(link).is_none() && !looked.contains_key(link) {
            looked.insert(link.clone(), content_type(world, link).await);
        }
    }
    looked
}

async fn content_type(world: &World, link: &str) -> Option<String> {
    let answer = world.http.get(link).timeout(PATIENCE).send().await.ok()?;
    let found = answer.headers().get("content-type").and_then(|value| value.to_str().ok()).map(str::to_owned);
    found.filter(|_| answer.status().is_success())
}

/// What a file of this content type is sent as.
pub fn kind_of_mime(mime: &str) -> &'static str {
    let essence = mime.split(';').next().unwrap_or("").trim();
    match essence.split_once('/') {
        _ if essence == "image/webp" => "sticker",
        Some(("image", _)) => "image",
        Some(("video", _)) => "video",
        Some(("audio", _)) => "audio",
        _ => "document",
    }
}
