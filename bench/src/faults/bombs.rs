//! F34 and F35: small requests that want to become large ones, and JSON that wants to break readers.

use super::Context;
use super::scene::Scene;
use crate::Result;
use crate::http;
use crate::site::product::Kind;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::time::{Duration, Instant};

/// How much the process may grow through any bomb.
const GROWTH: u64 = 96 << 20;

struct Bomb {
    name: &'static str,
    body: Vec<u8>,
    /// Signed as it travels, or as it unpacks: nobody knows what an attacker with the secret would do.
    signed: Vec<u8>,
    gzip: bool,
    wanted: &'static [u16],
}

fn gzip(pieces: usize, piece: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..pieces {
        encoder.write_all(piece)?;
    }
    Ok(encoder.finish()?)
}

fn bombs() -> Result<Vec<Bomb>> {
    let plain = |name, body: Vec<u8>, wanted| Bomb { name, signed: body.clone(), body, gzip: false, wanted };
    let zeros = vec![b' '; 1 << 20];
    let deep = |open: &str, close: &str, times: usize| {
        format!(r#"{{"object":"whatsapp_business_account","entry":{}1{}}}"#, open.repeat(times), close.repeat(times))
            .into_bytes()
    };
    let keys = |count: usize| {
        let list: Vec<String> = (0..count).map(|number| format!("\"{number:x}\":0")).collect();
        format!("{{{}}}", list.join(",")).into_bytes()
    };
    let one = |value: &str| {
        format!(r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{value}}}]}}]}}"#)
            .into_bytes()
    };
    let statuses: Vec<String> = (0..1_000)
        .map(|number| {
            format!(r#"{{"id":"wamid.B{number}","status":"sent","timestamp":"1","recipient_id":"4915110000000"}}"#)
        })
        .collect();
    let many = one(&format!(
        r#"{{"metadata":{{"display_phone_number":"1","phone_number_id":"106540352242922"}},"statuses":[{}]}}"#,
        statuses.join(",")
    ));
    let bomb = gzip(128, &zeros)?;
    let small = gzip(16, &zeros)?;
    const LARGE: &[u16] = &[413];
    const BAD: &[u16] = &[400, 413, 422];
    const ANY: &[u16] = &[200, 400, 413, 422];
    Ok(vec![
        Bomb {
            name: "128 MB in 128 kB of gzip, signed as it travels",
            signed: bomb.clone(),
            body: bomb,
            gzip: true,
            wanted: &[400, 401, 403, 413, 415],
        },
        Bomb {
            name: "16 MB in 16 kB of gzip, signed as it unpacks",
            signed: zeros.repeat(16),
            body: small,
            gzip: true,
            wanted: &[400, 401, 403, 413, 415],
        },
        plain("4 MB of plain bytes", vec![b' '; 4 << 20], LARGE),
        plain("4 MB of keys", keys(360_000), ANY),
        plain("a quarter of a million keys", keys(250_000), ANY),
        plain("arrays 100,000 deep", deep("[", "]", 100_000), BAD),
        plain("objects 100,000 deep", deep("{\"a\":", "}", 100_000), BAD),
        plain("arrays never closed", deep("[", "", 500_000), BAD),
        plain("arrays 500 deep inside a value", one(&format!("{}1{}", "[".repeat(500), "]".repeat(500))), BAD),
        plain("1,000 statuses in one delivery", many, &[200]),
        plain("a number beyond all numbers", one(r#"{"messages":[{"id":"wamid.N","timestamp":1e400}]}"#), ANY),
        plain(
            "a number of 100,000 digits",
            one(&format!(r#"{{"messages":[{{"id":"wamid.D","timestamp":{}}}]}}"#, "9".repeat(100_000))),
            ANY,
        ),
        plain(
            "half a surrogate pair",
            one(r#"{"messages":[{"id":"wamid.S","from":"49151","text":{"body":"\ud800"}}]}"#),
            ANY,
        ),
        plain("equal keys", one(r#"{"messages":[],"messages":[{"id":"wamid.E"}]}"#), ANY),
        plain(
            "NUL in a text",
            one(
                r#"{"messages":[{"id":"wamid.Z","from":"4915110000000","timestamp":"1","type":"text","text":{"body":"a\u0000b"}}]}"#,
            ),
            ANY,
        ),
        plain("a byte order mark", [&[0xef, 0xbb, 0xbf][..], b"{}"].concat(), ANY),
        plain("bytes that are no text", vec![0xff; 1_000], BAD),
        plain("nothing", Vec::new(), ANY),
        plain("null", b"null".to_vec(), ANY),
        plain("a list", b"[]".to_vec(), ANY),
    ])
}

/// All of them, one after the other, on one process.
pub async fn run(context: &Context) -> Result<()> {
    let scene = Scene::new(context, Kind::Sqlite, 1, 500).await?;
    let node = scene.nodes[0].as_ref().ok_or("no node")?;
    let before = node.process.peak();
    let patience = Duration::from_millis(if cfg!(debug_assertions) { 3_000 } else { 1_000 });
    for bomb in bombs()? {
        let signature = crate::sign::header(&scene.site.channel.secret, &bomb.signed);
        let mut bytes = format!(
            "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n{}X-Hub-Signature-256: {signature}\r\nContent-Length: {}\r\n\r\n",
            scene.site.channel.path,
            if bomb.gzip { "Content-Encoding: gzip\r\n" } else { "" },
            bomb.body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(&bomb.body);
        let began = Instant::now();
        let status = refused_early(http::once(scene.site.addresses[0], &bytes, Duration::from_secs(20)).await, &bomb);
        let took = began.elapsed();
        context.report.check(
            &format!("F34 F35 {}", bomb.name),
            bomb.wanted.contains(&status) && took < patience,
            &format!("{status} after {} ms", took.as_millis()),
        );
    }
    let growth = node.process.peak().saturating_sub(before);
    context.report.check("F34 F35 memory stays bounded", growth < GROWTH, &format!("peak grew by {} MB", growth >> 20));
    let ready = http::once(
        scene.site.addresses[0],
        b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        Duration::from_secs(5),
    )
    .await?;
    context.report.check("F34 F35 the process lives and is ready", ready.status == 200, &format!("{}", ready.status));
    scene.site.drain(Duration::from_secs(30)).await?;
    let books = scene.site.books(0).await?;
    let settled = books.processed + books.duplicates + books.quarantined + books.pending;
    context.report.check("F35 what was taken is accounted for", books.received == settled, &format!("{books:?}"));
    Ok(())
}

/// A server may refuse a large body before it has read it; the connection then ends while we still write.
fn refused_early(answer: Result<http::Answer>, bomb: &Bomb) -> u16 {
    match answer {
        Ok(answer) => answer.status,
        Err(_) if bomb.body.len() > 1 << 20 => 413,
        Err(_) => 0,
    }
}
