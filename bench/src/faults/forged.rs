//! F9: deliveries that are not the provider's, or not whole.

use super::Context;
use super::scene::Scene;
use crate::Result;
use crate::http;
use crate::site::product::Kind;
use serde_json::{Value, json};
use std::time::Duration;

/// A delivery by hand: its header lines about the signature, its body, and what may be answered.
struct Vector {
    name: String,
    headers: Vec<String>,
    body: Vec<u8>,
    chunked: bool,
    wanted: &'static [u16],
}

const REFUSED: &[u16] = &[401, 403];

fn body(name: &str, number: usize) -> Vec<u8> {
    let value = json!({"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"},
        "contacts": [{"profile": {"name": name}, "wa_id": "4915112345678", "user_id": "DE.77"}],
        "messages": [{"from": "4915112345678", "from_user_id": "DE.77", "id": format!("wamid.FORGED{number}"),
            "timestamp": crate::clock::unix_seconds().to_string(), "type": "text", "text": {"body": name}}],
    }}]}]});
    value.to_string().into_bytes()
}

fn hex(secret: &str, body: &[u8]) -> String {
    crate::sign::header(secret, body)["sha256=".len()..].to_owned()
}

/// Headers that must not be believed, made from the right signature of a body.
fn lies(right: &str, secret: &str, body: &[u8]) -> Vec<(String, Vec<String>)> {
    let header = |value: String| vec![format!("X-Hub-Signature-256: {value}")];
    let mut flipped = right.as_bytes().to_vec();
    flipped[10] = if flipped[10] == b'0' { b'1' } else { b'0' };
    let flipped = String::from_utf8_lossy(&flipped).into_owned();
    let spaced: String = right.chars().flat_map(|digit| [digit, ' ']).collect();
    let mut cases = vec![
        ("no header".to_owned(), Vec::new()),
        ("empty header".into(), header(String::new())),
        ("only the prefix".into(), header("sha256=".into())),
        ("no prefix".into(), header(right.into())),
        ("prefix in capitals".into(), header(format!("SHA256={right}"))),
        ("prefix of the old hash".into(), header(format!("sha1={right}"))),
        ("prefix twice".into(), header(format!("sha256=sha256={right}"))),
        ("one digit changed".into(), header(format!("sha256={flipped}"))),
        ("digits and spaces".into(), header(format!("sha256={spaced}"))),
        ("not hexadecimal".into(), header(format!("sha256={}", "z".repeat(64)))),
        ("all zeros".into(), header(format!("sha256={}", "0".repeat(64)))),
        ("something behind it".into(), header(format!("sha256={right}00"))),
        ("a list".into(), header(format!("sha256={right}, sha256={right}"))),
        ("quoted".into(), header(format!("\"sha256={right}\""))),
        ("null".into(), header("null".into())),
        ("the old header with the right digits".into(), vec![format!("X-Hub-Signature: sha256={right}")]),
        ("another app's secret".into(), header(format!("sha256={}", hex("another-secret", body)))),
        ("an empty secret".into(), header(format!("sha256={}", hex("", body)))),
        ("the secret with a space".into(), header(format!("sha256={}", hex(&format!("{secret} "), body)))),
        ("the signature of an empty body".into(), header(format!("sha256={}", hex(secret, b"")))),
        (
            "the plain hash of the body".into(),
            header(format!("sha256={}", hex("", &[body, secret.as_bytes()].concat()))),
        ),
        ("the verify token as secret".into(), header(format!("sha256={}", hex("bench-verify", body)))),
        ("the access token as secret".into(), header(format!("sha256={}", hex("sandbox-token", body)))),
    ];
    for length in [1, 8, 16, 31, 32, 40, 62, 63] {
        cases.push((format!("cut to {length} digits"), header(format!("sha256={}", &right[..length]))));
    }
    cases
}

/// Bodies changed after they were signed.
fn changed(body: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = String::from_utf8_lossy(body).into_owned();
    let again: Value = serde_json::from_slice(body).unwrap_or_default();
    vec![
        ("a space added", format!("{text} ").into_bytes()),
        ("a line end added", format!("{text}\n").into_bytes()),
        ("a byte order mark added", [&[0xef, 0xbb, 0xbf], body].concat()),
        ("the last byte missing", body[..body.len() - 1].to_vec()),
        ("another text", text.replace("profile", "Profile").into_bytes()),
        ("written afresh", serde_json::to_vec_pretty(&again).unwrap_or_default()),
        ("empty", Vec::new()),
        ("twice", [body, body].concat()),
        ("a NUL added", [body, &[0]].concat()),
    ]
}

fn vectors(secret: &str) -> Vec<Vector> {
    let mut vectors = Vec::new();
    let mut push = |name: String, headers: Vec<String>, body: Vec<u8>, chunked: bool, wanted: &'static [u16]| {
        vectors.push(Vector { name, headers, body, chunked, wanted });
    };
    let sent = body("forged", 0);
    let right = hex(secret, &sent);
    for (name, headers) in lies(&right, secret, &sent) {
        push(name, headers, sent.clone(), false, REFUSED);
    }
    for (name, body) in changed(&sent) {
        push(
            format!("body changed: {name}"),
            vec![format!("X-Hub-Signature-256: sha256={right}")],
            body,
            false,
            REFUSED,
        );
    }
    let wrong = format!("sha256={}", hex("another-secret", &sent));
    let two = |first: &str, second: &str| {
        vec![format!("X-Hub-Signature-256: {first}"), format!("X-Hub-Signature-256: {second}")]
    };
    push(
        "two headers, the first one wrong".into(),
        two(&wrong, &format!("sha256={right}")),
        sent.clone(),
        false,
        REFUSED,
    );
    push("chunked and wrong".into(), vec![format!("X-Hub-Signature-256: {wrong}")], sent, true, REFUSED);
    let honest = |number| body("honest", number);
    let signed = |body: &[u8]| vec![format!("X-Hub-Signature-256: {}", crate::sign::header(secret, body))];
    push("honest".into(), signed(&honest(1)), honest(1), false, &[200]);
    push("honest, chunked".into(), signed(&honest(2)), honest(2), true, &[200]);
    push(
        "honest, header in small letters".into(),
        vec![signed(&honest(3))[0].to_ascii_lowercase()],
        honest(3),
        false,
        &[200],
    );
    let capitals = format!("X-Hub-Signature-256: sha256={}", hex(secret, &honest(4)).to_ascii_uppercase());
    push("honest, digits in capitals".into(), vec![capitals], honest(4), false, &[200, 401, 403]);
    let mut large = honest(5);
    large.resize(2_900_000, b' ');
    push("honest, nearly 3 MB".into(), signed(&large), large, false, &[200]);
    vectors
}

fn request(path: &str, vector: &Vector) -> Vec<u8> {
    let mut head =
        format!("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n");
    for line in &vector.headers {
        head.push_str(line);
        head.push_str("\r\n");
    }
    let mut bytes = head.into_bytes();
    if vector.chunked {
        bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
        for part in vector.body.chunks(100) {
            bytes.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
            bytes.extend_from_slice(part);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\n\r\n");
    } else {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", vector.body.len()).as_bytes());
        bytes.extend_from_slice(&vector.body);
    }
    bytes
}

/// Refusals the product counted.
async fn counted(scene: &Scene) -> Result<f64> {
    let request = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    let answer = http::once(scene.site.addresses[0], request, Duration::from_secs(10)).await?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let about = |line: &&str| line.contains("refused_total{");
    Ok(text.lines().filter(about).filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum())
}

/// The whole table.
pub async fn run(context: &Context) -> Result<()> {
    let scene = Scene::new(context, Kind::Sqlite, 1, 1).await?;
    let before = counted(&scene).await?;
    let mut honest = 0;
    let mut lied = 0_u32;
    for vector in vectors(&scene.site.channel.secret) {
        let bytes = request(&scene.site.channel.path, &vector);
        let status = http::once(scene.site.addresses[0], &bytes, Duration::from_secs(10))
            .await
            .map_or(0, |answer| answer.status);
        context.report.check(&format!("F9 {}", vector.name), vector.wanted.contains(&status), &format!("{status}"));
        honest += i64::from(status == 200);
        lied += u32::from(status == 401 || status == 403);
    }
    scene.site.drain(Duration::from_secs(20)).await?;
    let stored = scene.site.database.number("SELECT COUNT(*) FROM raw_event").await?;
    context.report.check("F9 nothing forged is stored", stored == honest, &format!("{stored} events, {honest} honest"));
    let after = counted(&scene).await?;
    context.report.check(
        "F9 refusals are counted",
        after - before >= f64::from(lied),
        &format!("{} of {lied} in /metrics", after - before),
    );
    let log = scene.nodes[0].as_ref().map(|node| std::fs::read_to_string(&node.process.log).unwrap_or_default());
    let quiet = log.is_some_and(|log| !log.contains("wamid.FORGED0") && !log.contains(&scene.site.channel.secret));
    context.report.check("F9 the log holds no body and no secret", quiet, "");
    Ok(())
}
