//! Who sent it? Every sum is made here anew, from the providers' own descriptions.

use super::{HOOK, NOW, provider, with};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use rapport_connectors::Secret;
use rapport_connectors::provider::{Kind, Provider, SignatureError};
use sha1::Sha1;
use sha2::{Digest, Sha256};

fn sha1(key: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn sha256(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(bytes);
    mac.finalize().into_bytes().to_vec()
}

fn check(provider: &Provider, headers: &[(&str, String)], query: &str, raw: &[u8]) -> Result<(), SignatureError> {
    with(headers, query, raw, |delivery| provider.verify(delivery))
}

/// Twilio's published example: address, parameters, token 12345.
fn published() -> (Provider, &'static str, String, String) {
    let mut twilio = provider(Kind::Twilio);
    twilio.hook_url = "https://mycompany.com/myapp.php".to_owned();
    twilio.signing = vec![Secret::new("12345")];
    let body = "Digits=1234&To=%2B18005551212&From=%2B14158675310&Caller=%2B14158675310&CallSid=CA1234567890ABCDE";
    let signed = "https://mycompany.com/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDECaller+14158675310Digits1234\
        From+14158675310To+18005551212";
    (twilio, "foo=1&bar=2", body.to_owned(), sha1("12345", signed))
}

#[test]
fn twilio_forms() {
    let (twilio, query, body, sum) = published();
    let of = |sum: &str| [("x-twilio-signature", sum.to_owned())];
    assert_eq!(check(&twilio, &of(&sum), query, body.as_bytes()), Ok(()));
    assert_eq!(check(&twilio, &of(&sum), "foo=1&bar=3", body.as_bytes()), Err(SignatureError::Mismatch));
    assert_eq!(check(&twilio, &of(&sum), query, format!("{body}&X=1").as_bytes()), Err(SignatureError::Mismatch));
    assert_eq!(check(&twilio, &of(&sha1("54321", "x")), query, body.as_bytes()), Err(SignatureError::Mismatch));
    assert_eq!(check(&twilio, &of("nonsense"), query, body.as_bytes()), Err(SignatureError::Malformed));
    assert_eq!(check(&twilio, &[], query, body.as_bytes()), Err(SignatureError::Missing));
    let nobody = Provider { signing: vec![Secret::new("")], ..twilio.clone() };
    assert_eq!(check(&nobody, &of(&sum), query, body.as_bytes()), Err(SignatureError::NoSecret));
    let both = Provider { signing: vec![Secret::new("new"), Secret::new("12345")], ..twilio };
    assert_eq!(check(&both, &of(&sum), query, body.as_bytes()), Ok(()), "while one is being replaced");
}

#[test]
fn twilio_ports_and_empty_values() {
    let twilio = provider(Kind::Twilio);
    let with_port = HOOK.replace("example/", "example:443/");
    let sum = sha1("auth-token", &format!("{with_port}AbB1"));
    assert_eq!(check(&twilio, &[("x-twilio-signature", sum)], "", b"B=1&A=b"), Ok(()));
    let sum = sha1("auth-token", &format!("{HOOK}ABodyحب & more"));
    let body = "Body=%D8%AD%D8%A8+%26+more&A=";
    assert_eq!(check(&twilio, &[("x-twilio-signature", sum)], "", body.as_bytes()), Ok(()));
}

#[test]
fn twilio_json_bodies() {
    let twilio = provider(Kind::Twilio);
    let body = br#"{"MessageSid":"SM1"}"#;
    let query = format!("bodySHA256={}", hex::encode(Sha256::digest(body)));
    let headers = [("x-twilio-signature", sha1("auth-token", &format!("{HOOK}?{query}")))];
    assert_eq!(check(&twilio, &headers, &query, body), Ok(()));
    assert_eq!(check(&twilio, &headers, &query, b"{}"), Err(SignatureError::Mismatch));
}

#[test]
fn dialog360_secret() {
    let dialog = provider(Kind::Dialog360);
    let body = b"{}";
    let own = |secret: &str| ("x-rapport-secret", secret.to_owned());
    let sum = |key: &str| ("x-360dialog-signature", hex::encode(sha256(key.as_bytes(), body)));
    assert_eq!(check(&dialog, &[own("the-webhook-secret")], "", body), Ok(()));
    assert_eq!(check(&dialog, &[("authorization", "Bearer the-webhook-secret".to_owned())], "", body), Ok(()));
    assert_eq!(check(&dialog, &[sum("the-webhook-secret")], "", body), Ok(()));
    assert_eq!(check(&dialog, &[own("the-webhook-secret"), sum("the-webhook-secret")], "", body), Ok(()));
    for wrong in [vec![own("another")], vec![sum("another")], vec![own("the-webhook-secret"), sum("another")]] {
        assert_eq!(check(&dialog, &wrong, "", body), Err(SignatureError::Mismatch));
    }
    assert_eq!(check(&dialog, &[own("")], "", body), Err(SignatureError::Mismatch));
    assert_eq!(check(&dialog, &[], "", body), Err(SignatureError::Missing));
}

#[test]
fn bird_stamp_address_and_body() {
    let bird = provider(Kind::Bird);
    let body = br#"{"event":"whatsapp.inbound"}"#;
    let signed = |stamp: &str, url: &str, body: &[u8]| {
        let text = [stamp.as_bytes(), b"\n", url.as_bytes(), b"\n", Sha256::digest(body).as_slice()].concat();
        [
            ("messagebird-signature", STANDARD.encode(sha256(b"signing-key", &text))),
            ("messagebird-request-timestamp", stamp.to_owned()),
        ]
    };
    assert_eq!(check(&bird, &signed("1700000000", HOOK, body), "", body), Ok(()), "repeated with its first stamp");
    assert_eq!(check(&bird, &signed("1", HOOK, b"{}"), "", body), Err(SignatureError::Mismatch));
    assert_eq!(check(&bird, &signed("1", "https://other.example", body), "", body), Err(SignatureError::Mismatch));
    let mut moved = signed("1", HOOK, body);
    moved[1].1 = "2".to_owned();
    assert_eq!(check(&bird, &moved, "", body), Err(SignatureError::Mismatch));
    assert_eq!(check(&bird, &[], "", body), Err(SignatureError::Missing));
}

#[test]
fn gateway_by_the_convention() {
    let body = br#"{"version":1,"events":[]}"#;
    let signed = |key: &[u8], id: &str, at: i64, body: &[u8]| {
        let text = [format!("{id}.{at}.").as_bytes(), body].concat();
        [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", format!("v1a,AAAA v1,{}", STANDARD.encode(sha256(key, &text)))),
        ]
    };
    let (gateway, key, now) = (provider(Kind::Gateway), b"the-shared-secret", NOW.0 / 1_000);
    assert_eq!(check(&gateway, &signed(key, "e1", now, body), "", body), Ok(()));
    for at in [now - 301, now + 301] {
        assert_eq!(check(&gateway, &signed(key, "e1", at, body), "", body), Err(SignatureError::Stale));
    }
    assert_eq!(check(&gateway, &signed(b"other", "e1", now, body), "", body), Err(SignatureError::Mismatch));
    assert_eq!(check(&gateway, &signed(key, "e1", now, b"{}"), "", body), Err(SignatureError::Mismatch));
    let coded = Provider { signing: vec![Secret::new(format!("whsec_{}", STANDARD.encode(b"raw")))], ..gateway };
    assert_eq!(check(&coded, &signed(b"raw", "e1", now, body), "", body), Ok(()), "the convention's own spelling");
}

/// While a secret is replaced, our own calls fit whichever the gateway knows, and the door knows which one it uses.
#[test]
fn both_secrets_sign_while_one_is_replaced() {
    let with = |secrets: &[&str]| Provider {
        signing: secrets.iter().map(|secret| Secret::new(*secret)).collect(),
        ..provider(Kind::Gateway)
    };
    let call = with(&["new-secret", "old-secret"]).read_mark("m1", false, NOW).unwrap();
    let body = call.json().unwrap().to_string();
    for (known, expected) in [("new-secret", Ok(())), ("old-secret", Ok(())), ("other", Err(SignatureError::Mismatch))]
    {
        assert_eq!(check(&with(&[known]), &call.headers, "", body.as_bytes()), expected, "{known}");
    }
    let call = with(&["old-secret"]).read_mark("m1", false, NOW).unwrap();
    for (valid, anew) in [(["new-secret", "old-secret"], false), (["old-secret", "new-secret"], true)] {
        let both = with(&valid);
        assert_eq!(check(&both, &call.headers, "", body.as_bytes()), Ok(()));
        assert_eq!(super::with(&call.headers, "", body.as_bytes(), |delivery| both.is_signed_anew(delivery)), anew);
    }
}

#[test]
fn meta_as_ever() {
    let meta = provider(Kind::Meta);
    let body = b"{}";
    let header = format!("sha256={}", hex::encode(sha256(b"app-secret", body)));
    assert_eq!(check(&meta, &[("x-hub-signature-256", header)], "", body), Ok(()));
    assert_eq!(check(&meta, &[("x-rapport-secret", "app-secret".to_owned())], "", body), Err(SignatureError::Missing));
}
