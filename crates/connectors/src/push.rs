//! Web Push: notices on people's own devices, through whatever push service their browser uses (RFC 8030). The text is
//! encrypted for the one browser that may read it (RFC 8291, `aes128gcm`), and signed so that the push service knows
//! that it comes from whoever the browser subscribed to (RFC 8292).

use crate::http::limits::retry_after;
use crate::http::{Body, Failure, Method, Request, Response};
use crate::sign::hmac_sha256;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use rapport_core::Ms;
use rapport_core::time::{HOUR, SECOND};
use reqwest::Url;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use std::time::Duration;

/// Longest text that fits into the one record that push services must take.
pub const LONGEST: usize = 3_900;
/// Longest address of a browser.
pub const LONGEST_ENDPOINT: usize = 2_000;
/// The record size named in the header; one record always.
const RECORD: u32 = 4_096;
/// Length of a point on the curve, uncompressed.
const POINT: usize = 65;
/// How long a signature is good for: half of what is allowed.
const SIGNED_FOR: i64 = 12 * HOUR;
/// A push service that takes longer is tried again later.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a key, an address or a text cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(pub &'static str);

/// Where a browser is reached, and the keys that only it can read with.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    endpoint: Url,
    public: [u8; POINT],
    auth: [u8; 16],
}

/// Shows the host only: the address alone lets anybody push.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.endpoint.host_str().unwrap_or_default())
    }
}

impl Target {
    /// Reads what a browser gives when it subscribes: its address, and its keys in base64 for URLs.
    ///
    /// # Errors
    /// What of it cannot be used; the first word is the field's name.
    pub fn read(endpoint: &str, p256dh: &str, auth: &str) -> Result<Self, Unusable> {
        if endpoint.len() > LONGEST_ENDPOINT {
            return Err(Unusable("endpoint is too long"));
        }
        let endpoint = Url::parse(endpoint).map_err(|_| Unusable("endpoint is not an address"))?;
        let public = bytes_of(p256dh).filter(|point: &[u8; POINT]| point[0] == 4);
        let public = public.ok_or(Unusable("p256dh is not a point of the curve"))?;
        let auth = bytes_of(auth).ok_or(Unusable("auth is not a secret of 16 bytes"))?;
        // A point beside the curve shows when somebody agrees with it, not before.
        seal_for(&public, &auth, [0; 16], b"").map_err(|_| Unusable("p256dh is not a point of the curve"))?;
        Ok(Self { endpoint, public, auth })
    }

    /// The address.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_str()
    }
}

fn bytes_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?.try_into().ok()
}

/// The pair of keys that browsers subscribe to.
pub struct Signer(EcdsaKeyPair);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(hidden)")
    }
}

impl Signer {
    /// Makes a new pair: the private key, as it is kept (PKCS #8).
    ///
    /// # Errors
    /// `Unusable` when the machine has no randomness.
    pub fn generate() -> Result<Vec<u8>, Unusable> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        made.map(|document| document.as_ref().to_vec()).map_err(|_| Unusable("no key could be made"))
    }

    /// Reads what [`Signer::generate`] made.
    ///
    /// # Errors
    /// `Unusable` when it is damaged.
    pub fn read(kept: &[u8]) -> Result<Self, Unusable> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, kept, &SystemRandom::new());
        pair.map(Self).map_err(|_| Unusable("the stored key is damaged"))
    }

    /// The public key, as browsers want it (`applicationServerKey`).
    #[must_use]
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key())
    }

    /// The `Authorization` header for an address. `contact` says who is responsible: an https address or nothing.
    fn header(&self, endpoint: &Url, contact: &str, now: Ms) -> Result<String, Unusable> {
        let mut claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": now.plus(SIGNED_FOR).0 / SECOND,
        });
        if contact.starts_with("https://") {
            claims["sub"] = contact.into();
        }
        let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let text = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.0.sign(&SystemRandom::new(), text.as_bytes());
        let signature = signature.map_err(|_| Unusable("nothing could be signed"))?;
        Ok(format!("vapid t={text}.{}, k={}", URL_SAFE_NO_PAD.encode(signature), self.public()))
    }
}

/// A notice to be carried.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// What the browser reads, at most [`LONGEST`] bytes.
    pub text: &'a [u8],
    /// A later notice with the same word takes the place of one that was not delivered yet; at most 32 letters, digits,
    /// `-` and `_`.
    pub topic: &'a str,
    /// How long the push service tries, seconds.
    pub ttl: u32,
    /// Whether the device is woken for it.
    pub urgent: bool,
}

/// The call that carries a notice. `salt` is 16 fresh random bytes.
///
/// # Errors
/// What cannot be used.
pub fn request(
    signer: &Signer,
    target: &Target,
    notice: &Notice<'_>,
    contact: &str,
    salt: [u8; 16],
    now: Ms,
) -> Result<Request, Unusable> {
    let body = seal_for(&target.public, &target.auth, salt, notice.text)?;
    let mut request = Request::new("push", "notice", Method::Post, target.endpoint.as_str()).with_timeout(PATIENCE);
    request.headers = vec![
        ("authorization", signer.header(&target.endpoint, contact, now)?),
        ("content-encoding", "aes128gcm".to_owned()),
        ("content-type", "application/octet-stream".to_owned()),
        ("ttl", notice.ttl.to_string()),
        ("topic", notice.topic.to_owned()),
        ("urgency", if notice.urgent { "high" } else { "normal" }.to_owned()),
    ];
    request.body = Body::Bytes(Bytes::from(body));
    Ok(request)
}

/// Encrypts for a browser with a key pair of this one message.
fn seal_for(public: &[u8; POINT], auth: &[u8; 16], salt: [u8; 16], text: &[u8]) -> Result<Vec<u8>, Unusable> {
    let failed = |_| Unusable("nothing could be encrypted");
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(failed)?;
    let own_public: [u8; POINT] = own
        .compute_public_key()
        .ok()
        .and_then(|key| key.as_ref().try_into().ok())
        .ok_or(Unusable("nothing could be encrypted"))?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, public);
    agree_ephemeral(own, &theirs, |shared| seal(shared, public, &own_public, auth, salt, text)).map_err(failed)?
}

/// RFC 8291 §3.4 and RFC 8188: the keys from the agreed secret, then one record.
fn seal(
    shared: &[u8],
    theirs: &[u8; POINT],
    own: &[u8; POINT],
    auth: &[u8; 16],
    salt: [u8; 16],
    text: &[u8],
) -> Result<Vec<u8>, Unusable> {
    if text.len() > LONGEST {
        return Err(Unusable("the text is too long"));
    }
    let agreed = hmac_sha256(auth, &[shared]);
    let input = hmac_sha256(&agreed, &[b"WebPush: info\0", theirs, own, &[1]]);
    let base = hmac_sha256(&salt, &[&input]);
    let key = hmac_sha256(&base, &[b"Content-Encoding: aes128gcm\0\x01"]);
    let nonce = hmac_sha256(&base, &[b"Content-Encoding: nonce\0\x01"]);
    let failed = |_| Unusable("nothing could be encrypted");
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).map_err(failed)?);
    let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).map_err(failed)?;
    // The last record ends with a 2.
    let mut record = [text, &[2]].concat();
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record).map_err(failed)?;
    let mut body = Vec::with_capacity(16 + 4 + 1 + POINT + record.len());
    body.extend_from_slice(&salt);
    body.extend_from_slice(&RECORD.to_be_bytes());
    body.push(u8::try_from(POINT).unwrap_or(0));
    body.extend_from_slice(own);
    body.extend(record);
    Ok(body)
}

/// What became of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The push service has it.
    Taken,
    /// There is no such browser any more.
    Gone,
    /// Not now; perhaps later.
    Later {
        /// When the push service wants to be asked again, if it says so.
        wait: Option<Duration>,
        /// Why.
        why: String,
    },
    /// It will never take this.
    Refused {
        /// Why.
        why: String,
    },
}

/// Reads a push service's answer. A notice that comes twice does no harm, so one that may have arrived is repeated.
#[must_use]
pub fn fate(answer: &Result<Response, Failure>) -> Fate {
    match answer {
        Ok(response) if response.ok() => Fate::Taken,
        Ok(response) if matches!(response.status, 404 | 410) => Fate::Gone,
        Ok(response) if matches!(response.status, 408 | 425 | 429) || response.status >= 500 => {
            Fate::Later { wait: retry_after(response), why: format!("the push service answered {}", response.status) }
        }
        Ok(response) => Fate::Refused { why: format!("the push service answered {}", response.status) },
        Err(Failure::Blocked(why)) => Fate::Refused { why: why.clone() },
        Err(failure) => Fate::Later { wait: None, why: failure.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifier};
    use serde_json::Value;

    fn plain(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    // RFC 8291, appendix A.
    const THEIRS: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    #[test]
    fn the_example_of_the_standard() {
        let shared = plain("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let own = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
        let salt = bytes_of("DGv6ra1nlYgDCS1FRnbzlw").unwrap();
        let (theirs, own) = (bytes_of(THEIRS).unwrap(), bytes_of(own).unwrap());
        let text = b"When I grow up, I want to be a watermelon";
        let body = seal(&shared, &theirs, &own, &bytes_of(AUTH).unwrap(), salt, text).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz\
            AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(body), expected);
        assert!(seal(&shared, &theirs, &own, &[0; 16], salt, &[0; LONGEST + 1]).is_err());
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let endpoint = "https://push.example/abc";
        assert!(Target::read(endpoint, THEIRS, AUTH).is_ok());
        let off = URL_SAFE_NO_PAD.encode([&[4_u8][..], &[1; 64]].concat());
        for (endpoint, key, auth, field) in [
            ("push", THEIRS, AUTH, "endpoint"),
            (endpoint, "AAAA", AUTH, "p256dh"),
            (endpoint, off.as_str(), AUTH, "p256dh"),
            (endpoint, THEIRS, "AAAA", "auth"),
            (endpoint, THEIRS, "not base64!", "auth"),
        ] {
            let error = Target::read(endpoint, key, auth).unwrap_err().0;
            assert!(error.starts_with(field), "{error}");
        }
        let long = format!("https://push.example/{}", "x".repeat(LONGEST_ENDPOINT));
        assert!(Target::read(&long, THEIRS, AUTH).is_err());
    }

    #[test]
    fn a_call_is_signed_for_its_push_service() {
        let signer = Signer::read(&Signer::generate().unwrap()).unwrap();
        let target = Target::read("https://push.example:8443/abc?x=1", THEIRS, AUTH).unwrap();
        let notice = Notice { text: b"{}", topic: "t", ttl: 60, urgent: true };
        let made = request(&signer, &target, &notice, "https://shop.example", [1; 16], Ms(1_790_000_000_000)).unwrap();
        let header = |name: &str| made.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.clone());
        assert_eq!(header("ttl").as_deref(), Some("60"));
        assert_eq!(header("content-encoding").as_deref(), Some("aes128gcm"));
        let authorization = header("authorization").unwrap();
        let (token, key) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(key, signer.public());
        let (text, signature) = token.rsplit_once('.').unwrap();
        let verifier = Verifier::new(&ECDSA_P256_SHA256_FIXED, plain(key));
        assert!(verifier.verify(text.as_bytes(), &plain(signature)).is_ok());
        let claims: Value = serde_json::from_slice(&plain(text.split('.').nth(1).unwrap())).unwrap();
        assert_eq!(
            (&claims["aud"], &claims["sub"]),
            (&json!("https://push.example:8443"), &json!("https://shop.example"))
        );
        assert_eq!(claims["exp"], json!(1_790_043_200));
        assert!(!format!("{made:?} {target:?} {signer:?}").contains("abc?x"));
    }

    #[test]
    fn answers_are_told_apart() {
        let answer = |status: u16| Ok(Response::new(status, &[("retry-after", "30")], Bytes::new()));
        for (given, expected) in
            [(201, "Taken"), (200, "Taken"), (404, "Gone"), (410, "Gone"), (400, "Refused"), (403, "Refused")]
        {
            assert!(format!("{:?}", fate(&answer(given))).starts_with(expected), "{given}");
        }
        for status in [429, 500, 503] {
            assert!(matches!(fate(&answer(status)), Fate::Later { wait: Some(wait), .. } if wait.as_secs() == 30));
        }
        assert!(matches!(fate(&Err(Failure::Blocked("x".to_owned()))), Fate::Refused { .. }));
        assert!(matches!(fate(&Err(Failure::Ambiguous("x".to_owned()))), Fate::Later { wait: None, .. }));
    }
}
