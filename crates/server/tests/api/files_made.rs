//! What is made of files: voice notes, thumbnails, copies for a CRM; and limits that are named before anything is kept.

use crate::harness::{PNG, Shop};
use rapport_core::MediaId;
use rapport_store::media::Stored;
use serde_json::{Value, json};

fn sample(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/testdata/media");
    std::fs::read(folder.join(name)).unwrap()
}

#[tokio::test]
async fn a_recording_becomes_a_voice_note_and_goes_out_as_one() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let made = shop.upload_as(&owner, "?kind=voice", "voice.ogg", "audio/webm;codecs=opus", &sample("live.webm")).await;
    assert_eq!((made.status, made.text("/mime")), (201, "audio/ogg".to_owned()), "{}", made.body);
    let got = owner.get(&format!("/api/v1/media/{}", made.text("/id"))).await;
    assert!(got.bytes.starts_with(b"OggS") && got.bytes[28..].starts_with(b"OpusHead"));
    assert_eq!(got.bytes[37], 1, "one channel");
    assert_eq!(
        (got.bytes.len(), got.header("content-type")),
        (made.body["size"].as_u64().unwrap() as usize, "audio/ogg")
    );
    let say = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let voice = |id: &str| json!({ "content": { "type": "media", "kind": "voice", "media_id": id } });
    let sent = owner.post(&say, voice(&made.text("/id"))).await;
    assert_eq!((sent.status, sent.text("/kind")), (202, "voice".to_owned()), "{}", sent.body);
    // Ogg that nobody looked into as a voice note is a sound file.
    let sound = shop.upload(&owner, "a.ogg", &sample("stereo.ogg")).await;
    let refused = owner.post(&say, voice(&sound.text("/id"))).await;
    assert_eq!((refused.status, refused.text("/field")), (422, "content.media_id".to_owned()));
    let left: Vec<_> = std::fs::read_dir(test.app.settings.data_dir.join("media/incoming")).unwrap().collect();
    assert!(left.is_empty(), "nothing half-done stays");
}

#[tokio::test]
async fn what_cannot_become_a_voice_note_is_said() {
    let (test, shop, owner) = Shop::open().await;
    for (name, word) in [("aac.mp4", "MP4 (AAC)"), ("vorbis.webm", "VORBIS"), ("film.mp4", "MP4")] {
        let reply = shop.upload_as(&owner, "?kind=voice", name, "audio/ogg", &sample(name)).await;
        assert_eq!(reply.problem(), (422, "not_a_voice_note".to_owned()), "{name}");
        assert!(reply.text("/detail").contains(word), "{name}: {}", reply.body);
    }
    let sound = shop.upload_as(&owner, "?kind=audio", "voice.m4a", "audio/mp4", &sample("aac.mp4")).await;
    assert_eq!((sound.status, sound.text("/mime")), (201, "audio/mp4".to_owned()), "{}", sound.body);
    let left: Vec<_> = std::fs::read_dir(test.app.settings.data_dir.join("media/incoming")).unwrap().collect();
    assert!(left.is_empty(), "nothing half-done stays");
}

#[tokio::test]
async fn the_limit_of_the_kind_is_named_before_anything_is_kept() {
    let (_, shop, owner) = Shop::open().await;
    let mut sticker = b"RIFF\0\0\0\0WEBPVP8 ".to_vec();
    sticker.resize(102_401, 0);
    for (query, name, bytes, code, limit) in [
        ("?kind=image", "a.png", [PNG, &vec![0; 5 << 20]].concat(), "file_too_large", "5242880"),
        ("?kind=sticker", "a.webp", sticker, "file_too_large", "102400"),
        ("?kind=image", "a.gif", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "file_type", "image/jpeg, image/png"),
        ("?kind=document", "a.pdf", Vec::new(), "file_empty", "1"),
    ] {
        let reply = shop.upload_as(&owner, query, name, "image/png", &bytes).await;
        assert_eq!((reply.problem(), reply.text("/field")), ((422, "invalid".to_owned()), "file".to_owned()), "{name}");
        assert_eq!((reply.text("/problems/0/code"), reply.text("/problems/0/limit")), (code.into(), limit.into()));
        assert!(reply.text("/detail").contains(limit) || code == "file_empty", "{}", reply.body);
    }
}

#[tokio::test]
async fn every_problem_of_a_message_is_told_at_once() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let button = |title: &str| json!({ "type": "reply", "reply": { "id": title, "title": title } });
    let content = json!({ "type": "interactive", "kind": "button", "body": "b", "footer": "x".repeat(61),
        "action": { "buttons": [button("Yes"), button("Yes"), button(&"x".repeat(21))] } });
    let say = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let reply = owner.post(&say, json!({ "content": content })).await;
    assert_eq!((reply.status, reply.text("/field")), (422, "content.footer".to_owned()), "{}", reply.body);
    let told: Vec<(Value, Value)> = reply.body["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (problem["code"].clone(), problem["field"].clone()))
        .collect();
    let expected = [
        ("too_long", "content.footer"),
        ("too_long", "content.action.buttons[2].reply.title"),
        ("not_unique", "content.action.buttons[1].reply.title"),
        ("not_unique", "content.action.buttons[1].reply.id"),
    ];
    assert_eq!(told, expected.map(|(code, field)| (json!(code), json!(field))));
    assert_eq!(
        (&reply.body["problems"][1]["limit"], &reply.body["problems"][1]["actual"]),
        (&json!("20"), &json!("21"))
    );
    assert!(shop.queue().await.is_empty(), "nothing is stored");
}

/// A picture with every colour, so that it is not small by accident.
fn picture(side: u32) -> Vec<u8> {
    let image = image::RgbImage::from_fn(side, side, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 80]));
    let mut out = Vec::new();
    image.write_to(&mut std::io::Cursor::new(&mut out), image::ImageFormat::Png).unwrap();
    out
}

#[tokio::test]
async fn pictures_have_a_thumbnail_and_a_copy_for_a_crm() {
    let (_, shop, owner) = Shop::open().await;
    let made = shop.upload_as(&owner, "", "red shoe.png", "image/png", &picture(1_000)).await;
    let path = format!("/api/v1/media/{}", made.text("/id"));
    for _ in 0..2 {
        let small = owner.get(&format!("{path}/thumbnail")).await;
        assert_eq!((small.status, small.header("content-type")), (200, "image/jpeg"));
        assert_eq!(small.header("x-content-type-options"), "nosniff");
        let shown = image::load_from_memory(&small.bytes).unwrap();
        assert_eq!((shown.width(), shown.height()), (640, 640));
        let tag = small.header("etag").to_owned();
        assert_eq!(owner.with("if-none-match", tag).get(&format!("{path}/thumbnail")).await.status, 304);
    }
    let copy = owner.get(&format!("{path}/crm-copy")).await;
    assert_eq!((copy.status, copy.header("content-type")), (200, "image/jpeg"));
    assert!(copy.header("content-disposition").contains("red shoe.jpg"), "{}", copy.header("content-disposition"));
    assert_eq!(image::load_from_memory(&copy.bytes).unwrap().width(), 1_000);
}

#[tokio::test]
async fn other_files_go_to_a_crm_as_they_are_and_have_no_thumbnail() {
    let (test, shop, owner) = Shop::open().await;
    let made = shop.upload_as(&owner, "", "note.txt", "text/plain", b"hello").await;
    let path = format!("/api/v1/media/{}", made.text("/id"));
    assert_eq!(owner.get(&format!("{path}/thumbnail")).await.problem(), (422, "no_thumbnail".to_owned()));
    let copy = owner.get(&format!("{path}/crm-copy")).await;
    assert_eq!((copy.status, copy.bytes.as_slice()), (200, b"hello".as_slice()));
    // As if it had five million bytes: more than a CRM takes.
    let large = shop.upload_as(&owner, "", "log.txt", "text/plain", b"a long log").await;
    let stored = Stored::Here { sha256: large.text("/sha256"), mime: "text/plain".into(), size: 5_000_000 };
    let tx = test.app.store.workspace(shop.workspace).write().await.unwrap();
    rapport_store::media::note(&tx, MediaId(large.text("/id").parse().unwrap()), &stored).await.unwrap();
    tx.commit().await.unwrap();
    let refused = owner.get(&format!("/api/v1/media/{}/crm-copy", large.text("/id"))).await;
    assert_eq!(refused.problem(), (422, "crm_too_large".to_owned()));
    // What only looks like a picture is not shown, and not lost.
    let broken = shop.upload_as(&owner, "", "a.png", "image/png", b"\x89PNG\r\n\x1a\n and no more").await;
    let path = format!("/api/v1/media/{}", broken.text("/id"));
    assert_eq!(owner.get(&format!("{path}/thumbnail")).await.problem(), (422, "picture_unreadable".to_owned()));
    assert_eq!(owner.get(&format!("{path}/crm-copy")).await.bytes, b"\x89PNG\r\n\x1a\n and no more");
}
