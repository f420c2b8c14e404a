//! `application/x-www-form-urlencoded`, both ways.

use crate::json::BadBody;

/// Largest body, bytes.
const MAX_BYTES: usize = 3 * 1024 * 1024;
/// Most pairs in one body.
const MAX_PAIRS: usize = 1_000;

/// The pairs of a body or query, in order.
pub(super) fn read(raw: &[u8]) -> Result<Vec<(String, String)>, BadBody> {
    if raw.len() > MAX_BYTES {
        return Err(BadBody::TooLarge { limit: MAX_BYTES, actual: raw.len() });
    }
    if raw.iter().filter(|byte| **byte == b'&').count() >= MAX_PAIRS {
        return Err(BadBody::TooManyKeys);
    }
    let pairs = raw.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    Ok(pairs
        .map(|pair| {
            let cut = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = cut.map_or((pair, &[][..]), |at| (&pair[..at], &pair[at + 1..]));
            (decode(name), decode(value))
        })
        .collect())
}

fn decode(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let hex = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (text[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                at += 3;
                continue;
            }
            (b'+', _, _) => out.push(b' '),
            (byte, _, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The body of these pairs.
pub(crate) fn write(pairs: &[(&str, String)]) -> String {
    let one = |(name, value): &(&str, String)| format!("{}={}", encode(name), encode(value));
    pairs.iter().map(one).collect::<Vec<_>>().join("&")
}

/// Unreserved characters stay, everything else is percent-encoded.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_and_written() {
        let pairs = read("Body=a+b%20%D9%85&Empty=&Flag&x=%zz%4".as_bytes()).unwrap();
        let expected = [("Body", "a b م"), ("Empty", ""), ("Flag", ""), ("x", "%zz%4")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(
            write(&[("To", "whatsapp:+1".to_owned()), ("B", "a b&ü".to_owned())]),
            "To=whatsapp%3A%2B1&B=a%20b%26%C3%BC"
        );
        assert!(matches!(read("a&".repeat(1_001).as_bytes()), Err(BadBody::TooManyKeys)));
    }
}
