//! Our webhooks to others, by the Standard Webhooks convention: an id that stays with a message however often it is sent,
//! the moment of the try, and a signature over both and the body with each secret that is valid now.

use crate::http::limits::retry_after;
use crate::http::{Body, Failure, Method, Request, Response};
use crate::secret::Secret;
use crate::sign::hmac_sha256;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use rapport_core::Ms;
use rapport_core::time::SECOND;
use rapport_core::webhook::Fate;
use std::time::Duration;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a secret.
pub const SECRET_BYTES: usize = 32;
/// How long a target may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How much of an answer is read; its status is what counts.
const ANSWER: usize = 4_096;
/// How much of an answer is kept for people, bytes.
const SHOWN: usize = 500;

/// A secret as receivers enter it: `whsec_` and base64.
#[must_use]
pub fn secret(bytes: &[u8; SECRET_BYTES]) -> Secret {
    Secret::new(format!("{PREFIX}{}", STANDARD.encode(bytes)))
}

/// What is sent to a target.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// Names it; the same with every try.
    pub id: &'a str,
    /// The body, JSON.
    pub body: &'a str,
    /// The moment of this try.
    pub now: Ms,
}

/// The call that brings a delivery, signed with every one of the secrets.
#[must_use]
pub fn request(url: &str, delivery: Delivery<'_>, secrets: &[Secret]) -> Request {
    let at = (delivery.now.0.div_euclid(SECOND)).to_string();
    let signatures: Vec<String> = secrets.iter().map(|secret| signature(secret, &delivery, &at)).collect();
    let mut request = Request::new("webhook", "deliver", Method::Post, url).with_timeout(PATIENCE).reading(ANSWER);
    request.headers = vec![
        ("content-type", "application/json".to_owned()),
        ("webhook-id", delivery.id.to_owned()),
        ("webhook-timestamp", at),
        ("webhook-signature", signatures.join(" ")),
    ];
    request.body = Body::Bytes(Bytes::from(delivery.body.to_owned()));
    request
}

fn signature(secret: &Secret, delivery: &Delivery<'_>, at: &str) -> String {
    // A secret of ours is always base64; anything else is a key as it stands, as receivers' libraries take it.
    let plain = secret.expose().strip_prefix(PREFIX).unwrap_or(secret.expose());
    let key = STANDARD.decode(plain).unwrap_or_else(|_| plain.as_bytes().to_vec());
    let parts = [delivery.id.as_bytes(), b".", at.as_bytes(), b".", delivery.body.as_bytes()];
    format!("v1,{}", STANDARD.encode(hmac_sha256(&key, &parts)))
}

/// What a target answered, for people and for the next try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What follows.
    pub fate: Fate,
    /// The status, when there was an answer.
    pub status: Option<u16>,
    /// The beginning of the answer's text.
    pub text: String,
    /// What went wrong, stable: `refused` (4xx), `failed` (5xx), `busy` (429, 503), `redirect`, `gone`, `unreachable`,
    /// `no_answer`, `blocked`; empty when nothing did.
    pub code: &'static str,
    /// The same in the words of whoever failed, when there was no answer.
    pub detail: String,
}

/// Reads what a call came to. Receivers take a message twice without harm, so one that may have arrived is repeated.
#[must_use]
pub fn read(came: &Result<Response, Failure>) -> Answer {
    let (code, detail) = match came {
        Ok(response) => {
            let code = match response.status {
                200..=299 => "",
                300..=399 => "redirect",
                410 => "gone",
                429 | 503 => "busy",
                400..=499 => "refused",
                _ => "failed",
            };
            let wait = (code == "busy").then(|| retry_after(response)).flatten();
            let fate = match code {
                "" => Fate::Taken,
                "gone" => Fate::Gone,
                _ => Fate::Later(wait.map(|wait| i64::try_from(wait.as_millis()).unwrap_or(0))),
            };
            let text = shown(&response.body);
            return Answer { fate, status: Some(response.status), text, code, detail: String::new() };
        }
        Err(Failure::NotSent(why)) => ("unreachable", why),
        Err(Failure::Ambiguous(why)) => ("no_answer", why),
        Err(Failure::Blocked(why)) => ("blocked", why),
    };
    Answer { fate: Fate::Later(None), status: None, text: String::new(), code, detail: detail.clone() }
}

/// The beginning of a text of any bytes, without what a screen or a database cannot show.
fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..SHOWN).unwrap_or(body)).into_owned();
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the convention's own documentation.
    #[test]
    fn signatures_are_those_of_the_convention() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let delivery =
            Delivery { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: "{\"test\": 2432232314}", now: Ms(1_614_265_330_999) };
        let call = request("https://shop.example/hook", delivery, &[secret.clone(), secret]);
        let header = |name: &str| call.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let one = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(header("webhook-signature"), Some(format!("{one} {one}")));
        assert_eq!(header("webhook-timestamp").as_deref(), Some("1614265330"));
        assert_eq!(header("webhook-id").as_deref(), Some("msg_p5jXN8AQM9LWM0D4loKWxJek"));
        assert_eq!(call.json().map(|body| body["test"].clone()), Some(2_432_232_314_i64.into()));
        assert!(!format!("{call:?}").contains("g0hM9"), "no signature in a log");
        let made = super::secret(&[7; SECRET_BYTES]);
        assert!(made.expose().starts_with(PREFIX) && made.expose().len() == PREFIX.len() + 44);
    }

    #[test]
    fn every_answer_has_a_fate_and_a_word() {
        let later = Fate::Later(None);
        for (status, fate, code) in [
            (200, Fate::Taken, ""),
            (204, Fate::Taken, ""),
            (301, later, "redirect"),
            (400, later, "refused"),
            (401, later, "refused"),
            (404, later, "refused"),
            (410, Fate::Gone, "gone"),
            (429, later, "busy"),
            (500, later, "failed"),
            (503, later, "busy"),
        ] {
            let answer = read(&Ok(Response::new(status, &[], "no\u{0}w")));
            assert_eq!((answer.fate, answer.code, answer.status), (fate, code, Some(status)));
            assert_eq!(answer.text, "no w");
        }
        let busy = Response::new(429, &[("Retry-After", "120")], "");
        assert_eq!(read(&Ok(busy)).fate, Fate::Later(Some(120_000)));
        let told = Response::new(500, &[("Retry-After", "120")], "x".repeat(SHOWN * 2));
        assert_eq!((read(&Ok(told.clone())).fate, read(&Ok(told)).text.len()), (later, SHOWN));
        for (failure, code) in [
            (Failure::NotSent("shop.example: refused".to_owned()), "unreachable"),
            (Failure::Ambiguous("shop.example: timed out".to_owned()), "no_answer"),
            (Failure::Blocked("shop.example is at 10.0.0.1".to_owned()), "blocked"),
        ] {
            let answer = read(&Err(failure));
            assert_eq!((answer.fate, answer.code, answer.status), (later, code, None));
            assert!(answer.detail.contains("shop.example"));
        }
    }
}
