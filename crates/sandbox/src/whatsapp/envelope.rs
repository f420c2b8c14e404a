//! Webhook bodies as Meta writes them (whatsapp-cloud-api.md §2).

use super::state::{State, Via};
use crate::{
    deliver::{Job, Outcome, Payload},
    dialog360,
    world::World,
};
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json, ser::Formatter};
use std::io::{self, Write};
use tokio::sync::oneshot;

/// Writes non-ASCII as `\uXXXX` and `/` as `\/`.
struct Meta;

impl Formatter for Meta {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0u16; 2];
        for c in fragment.chars() {
            if c == '/' {
                writer.write_all(b"\\/")?;
            } else if c.is_ascii() {
                writer.write_all(&[c as u8])?;
            } else {
                for unit in c.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

/// JSON bytes in Meta's spelling.
pub fn escaped(value: &Value) -> Bytes {
    let mut out = Vec::with_capacity(512);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Meta);
    value.serialize(&mut serializer).expect("a JSON value can always be written to memory");
    Bytes::from(out)
}

/// How a webhook is to be sent.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Sign with a wrong secret.
    pub wrong_signature: bool,
    /// Put `time` into the entry (fields other than messages have it).
    pub time: bool,
    /// Only to this provider's receiver; `None` = to all that serve the number.
    pub via: Option<Via>,
}

/// Sends a change of one number; returns what tells the first try's outcome, or `None` when nobody subscribed.
pub fn send(
    world: &World,
    state: &State,
    phone_number_id: &str,
    lane: &str,
    field: &str,
    value: &Value,
    options: &Options,
) -> Option<oneshot::Receiver<Outcome>> {
    let number = state.numbers.get(phone_number_id)?;
    let waba = &number.config.waba_id;
    let wanted = |via: Via| options.via.is_none_or(|only| only == via);
    let meta = state.callback(phone_number_id).filter(|_| wanted(Via::Meta));
    let meta = meta.map(|(url, secret)| {
        let seal = Seal::Meta { secret, wrong: options.wrong_signature };
        submit(world, url, seal, waba, lane, field, value, options)
    });
    let other = dialog360::receiver(number).filter(|_| wanted(Via::Dialog360));
    let other = other.map(|(url, headers)| {
        let value = dialog360::told(value, &world.base_url);
        submit(world, url, Seal::Dialog360(headers), waba, lane, field, &value, options)
    });
    meta.or(other)
}

/// Sends a change of an account (templates, account events) to all its apps.
pub fn send_account(world: &World, state: &State, waba: &str, field: &str, value: &Value) {
    let options = Options { time: true, ..Options::default() };
    for (url, secret) in state.account_callbacks(waba) {
        submit(world, url, Seal::Meta { secret, wrong: false }, waba, waba, field, value, &options);
    }
    let mut others: Vec<_> =
        state.numbers.values().filter(|number| number.config.waba_id == waba).filter_map(dialog360::receiver).collect();
    others.dedup();
    for (url, headers) in others {
        submit(world, url, Seal::Dialog360(headers), waba, waba, field, value, &options);
    }
}

/// What makes a delivery trustworthy.
enum Seal {
    /// Meta's signature, or a wrong one on purpose.
    Meta { secret: String, wrong: bool },
    /// The headers the business chose.
    Dialog360(Vec<(String, String)>),
}

#[allow(clippy::too_many_arguments)]
fn submit(
    world: &World,
    url: String,
    seal: Seal,
    waba: &str,
    lane: &str,
    field: &str,
    value: &Value,
    options: &Options,
) -> oneshot::Receiver<Outcome> {
    let now = world.clock.now();
    let mut entry = json!({"id": waba, "changes": [{"field": field, "value": value}]});
    if options.time {
        entry["time"] = (now / 1000).into();
    }
    let body = escaped(&json!({"object": "whatsapp_business_account", "entry": [entry]}));
    let (done, outcome) = oneshot::channel();
    world.deliverer.submit(Job {
        url,
        payload: match seal {
            Seal::Meta { secret, wrong } => Payload::Meta { body, secret, wrong_signature: wrong },
            Seal::Dialog360(headers) => Payload::Dialog360 { body, headers },
        },
        lane: lane.to_owned(),
        label: field.to_owned(),
        attempts: 0,
        first_at: now,
        done: Some(done),
    });
    outcome
}

/// `metadata` of a number.
pub fn metadata(state: &State, phone_number_id: &str) -> Value {
    let display = state.numbers.get(phone_number_id).map_or("", |number| number.config.display_phone.as_str());
    json!({"display_phone_number": display, "phone_number_id": phone_number_id})
}

/// The handshake with a callback; the error says what went wrong.
pub async fn handshake(world: &World, url: &str, verify_token: &str) -> Result<(), String> {
    let challenge = world.wa().id(10);
    let mut address = reqwest::Url::parse(url).map_err(|error| format!("URL is not valid: {error}"))?;
    address.query_pairs_mut().extend_pairs([
        ("hub.mode", "subscribe"),
        ("hub.challenge", &challenge),
        ("hub.verify_token", verify_token),
    ]);
    let response = world.http.get(address).send().await.map_err(|error| format!("URL couldn't be reached: {error}"))?;
    let status = response.status();
    if status != 200 {
        return Err(format!(
            "HTTP Status Code = {}; HTTP Message = {}",
            status.as_u16(),
            status.canonical_reason().unwrap_or("")
        ));
    }
    let body = response.text().await.unwrap_or_default();
    if body.trim() == challenge { Ok(()) } else { Err("Response does not match challenge".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_escapes_as_meta_does() {
        let value = json!({"body": "Grüße 😀 a/b \"q\"\n"});
        let text = String::from_utf8(escaped(&value).to_vec()).expect("ASCII");
        assert_eq!(text, r#"{"body":"Gr\u00fc\u00dfe \ud83d\ude00 a\/b \"q\"\n"}"#);
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }
}
