//! Webhook signatures: bad vectors must all be refused (fault class F9).

use rapport_connectors::whatsapp::signature::{Handshake, SignatureError, handshake, sign, verify};

const SECRET: &str = "8f1a-app-secret";
const BODY: &[u8] = br#"{"object":"whatsapp_business_account","entry":[]}"#;

#[test]
fn known_answer() {
    // RFC 4231, test case 2.
    let header = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(sign("Jefe", b"what do ya want for nothing?"), header);
    assert_eq!(verify(&["Jefe"], Some(header), b"what do ya want for nothing?"), Ok(()));
}

#[test]
fn good_signatures_pass() {
    let header = sign(SECRET, BODY);
    let upper = format!("sha256={}", header["sha256=".len()..].to_uppercase());
    for secrets in [&[SECRET][..], &["old", SECRET], &[SECRET, "new"], &["", SECRET]] {
        assert_eq!(verify(secrets, Some(&header), BODY), Ok(()), "{secrets:?}");
        assert_eq!(verify(secrets, Some(&upper), BODY), Ok(()), "upper case, {secrets:?}");
    }
    let large = vec![b'x'; 3 * 1024 * 1024];
    assert_eq!(verify(&[SECRET], Some(&sign(SECRET, &large)), &large), Ok(()));
    assert_eq!(verify(&[SECRET], Some(&sign(SECRET, b"")), b""), Ok(()));
}

fn refused(name: &str, secrets: &[&str], header: Option<&str>, body: &[u8], error: SignatureError) {
    assert_eq!(verify(secrets, header, body), Err(error), "{name}");
}

#[test]
fn malformed_headers_are_refused() {
    let good = sign(SECRET, BODY);
    let digits = good["sha256=".len()..].to_owned();
    let vectors = [
        ("empty", String::new()),
        ("prefix only", "sha256=".to_owned()),
        ("no prefix", digits.clone()),
        ("sha1 prefix", format!("sha1={digits}")),
        ("sha1 length", format!("sha256={}", &digits[..40])),
        ("upper prefix", format!("SHA256={digits}")),
        ("colon", format!("sha256:{digits}")),
        ("space after prefix", format!("sha256= {digits}")),
        ("space before", format!(" {good}")),
        ("space after", format!("{good} ")),
        ("new line after", format!("{good}\n")),
        ("one digit short", format!("sha256={}", &digits[..63])),
        ("two digits short", format!("sha256={}", &digits[..62])),
        ("one byte long", format!("{good}00")),
        ("twice", format!("{good},{good}")),
        ("not hexadecimal", format!("sha256={}", "g".repeat(64))),
        ("base64", format!("sha256={}", "A".repeat(43) + "=")),
        ("full-width digits", format!("sha256={}", "０".repeat(64))),
        ("NUL inside", format!("sha256={}\0{}", &digits[..31], &digits[32..])),
        ("quoted", format!("\"{good}\"")),
        ("0x", format!("sha256=0x{}", &digits[..62])),
    ];
    for (name, header) in vectors {
        refused(name, &[SECRET], Some(&header), BODY, SignatureError::Malformed);
    }
    refused("no header", &[SECRET], None, BODY, SignatureError::Missing);
}

#[test]
fn wrong_signatures_are_refused() {
    use SignatureError::{Mismatch, NoSecret};
    let good = sign(SECRET, BODY);
    let digits = good["sha256=".len()..].to_owned();
    for wrong in ["0".repeat(64), "f".repeat(64), digits.chars().rev().collect()] {
        refused("other digits", &[SECRET], Some(&format!("sha256={wrong}")), BODY, Mismatch);
    }
    for at in [0, 1, 31, 32, 62, 63] {
        let mut changed = digits.clone().into_bytes();
        changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
        let header = format!("sha256={}", String::from_utf8(changed).unwrap());
        refused(&format!("digit {at} changed"), &[SECRET], Some(&header), BODY, Mismatch);
    }
    let near = [
        "other",
        "8F1A-APP-SECRET",
        "8f1a-app-secret ",
        " 8f1a-app-secret",
        "8f1a-app-secre",
        "8f1a-app-secret\0x",
        "null",
    ];
    for secret in near {
        refused(&format!("secret {secret:?}"), &[SECRET], Some(&sign(secret, BODY)), BODY, Mismatch);
    }
    let text = std::str::from_utf8(BODY).unwrap();
    for (name, body) in [
        ("empty body", String::new()),
        ("truncated", text[..text.len() - 1].to_owned()),
        ("longer", format!("{text} ")),
        ("leading blank", format!(" {text}")),
        ("BOM", format!("\u{feff}{text}")),
        ("line end", format!("{text}\r\n")),
        ("re-encoded", text.replace(':', ": ")),
        ("one letter", text.replace("whats", "Whats")),
        ("escaped slash", text.replace("[]", "[\"\\/\"]")),
    ] {
        refused(name, &[SECRET], Some(&good), body.as_bytes(), Mismatch);
    }
    refused("both secrets wrong", &["a", "b"], Some(&good), BODY, Mismatch);
    refused("no secret", &[], Some(&good), BODY, NoSecret);
    refused("empty secret", &[""], Some(&sign("", BODY)), BODY, NoSecret);
    refused("empty and wrong secret", &["", SECRET], Some(&sign("", BODY)), BODY, Mismatch);
}

#[test]
fn handshake_decides() {
    let accept = |query: &[(&str, &str)]| handshake(query, "tok");
    let good = [("hub.mode", "subscribe"), ("hub.challenge", "1158201444"), ("hub.verify_token", "tok")];
    assert_eq!(accept(&good), Handshake::Accept("1158201444".to_owned()));
    assert_eq!(handshake(&good, ""), Handshake::Refuse);
    for (at, value) in [(0, "unsubscribe"), (1, ""), (1, "<script>"), (2, "tok2"), (2, "")] {
        let mut query = good;
        query[at].1 = value;
        assert_eq!(accept(&query), Handshake::Refuse, "{query:?}");
    }
    assert_eq!(handshake::<&str, &str>(&[], "tok"), Handshake::Refuse);
    assert_eq!(
        handshake(&[("hub.mode", "subscribe"), ("hub.challenge", "1"), ("hub.verify_token", "")], ""),
        Handshake::Refuse
    );
}
