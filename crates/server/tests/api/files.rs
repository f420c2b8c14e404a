//! Files: taken within the provider's limits, given out so that they can harm nobody.

use crate::harness::{PNG, Shop};
use axum::http::Method;

#[tokio::test]
async fn a_file_comes_back_as_it_went_in() {
    let (test, shop, owner) = Shop::open().await;
    let query = format!("?channel_id={}", shop.channel);
    let made = shop.upload_as(&owner, &query, "../red shoe.png", "text/html", PNG).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!((made.text("/mime"), made.text("/filename")), ("image/png".into(), "red shoe.png".into()));
    assert_eq!(made.body["size"], PNG.len());
    let path = format!("/api/v1/media/{}", made.text("/id"));
    let got = owner.get(&path).await;
    assert_eq!((got.status, got.bytes.as_slice()), (200, PNG));
    assert_eq!((got.header("content-type"), got.header("x-content-type-options")), ("image/png", "nosniff"));
    assert_eq!(got.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(got.header("content-disposition"), "inline; filename=\"red shoe.png\"; filename*=UTF-8''red%20shoe.png");
    assert_eq!((got.header("cache-control"), got.header("accept-ranges")), ("private, no-cache", "bytes"));
    let tag = got.header("etag").to_owned();
    assert_eq!(tag, format!("\"{}\"", made.text("/sha256")));
    let known = owner.with("if-none-match", tag.clone()).get(&path).await;
    assert_eq!((known.status, known.bytes.len()), (304, 0));
    let part = owner.with("range", "bytes=1-3").get(&path).await;
    assert_eq!(
        (part.status, part.bytes.as_slice(), part.header("content-range")),
        (206, b"PNG".as_slice(), format!("bytes 1-3/{}", PNG.len()).as_str())
    );
    let fresh = owner.with("range", "bytes=1-3").with("if-range", "\"old\"").get(&path).await;
    assert_eq!((fresh.status, fresh.bytes.len()), (200, PNG.len()));
    let beyond = owner.with("range", "bytes=9999-").get(&path).await;
    assert_eq!(beyond.problem(), (416, "range_beyond".to_owned()));
    assert_eq!(beyond.header("content-range"), format!("bytes */{}", PNG.len()));
    let packed = owner.with("accept-encoding", "gzip").get(&path).await;
    assert_eq!((packed.header("content-encoding"), packed.bytes.as_slice()), ("", PNG));
    let head = owner.send(Method::HEAD, &path, None).await;
    assert_eq!((head.status, head.header("content-length")), (200, PNG.len().to_string().as_str()));
    let left: Vec<_> = std::fs::read_dir(test.app.settings.data_dir.join("media/incoming")).unwrap().collect();
    assert!(left.is_empty(), "nothing half-done stays");
}

#[tokio::test]
async fn what_a_browser_would_run_is_only_for_saving() {
    let (_, shop, owner) = Shop::open().await;
    for (name, mime, bytes) in [
        ("page.html", "text/html", b"<html><script>alert(1)</script>".as_slice()),
        ("drawing.svg", "image/svg+xml", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
        ("data.xml", "application/xml", b"<?xml version=\"1.0\"?><a/>"),
        ("note.txt", "text/plain", b"hello"),
    ] {
        let made = shop.upload_as(&owner, "", name, mime, bytes).await;
        assert_eq!(made.status, 201, "{name}: {}", made.body);
        let got = owner.get(&format!("/api/v1/media/{}", made.text("/id"))).await;
        assert!(got.header("content-disposition").starts_with("attachment;"), "{name}");
        let told = got.header("content-type");
        assert!(told == "application/octet-stream" || (name == "note.txt" && told == "text/plain"), "{name}: {told}");
    }
}

#[tokio::test]
async fn a_file_is_what_it_says() {
    let (test, shop, owner) = Shop::open().await;
    let words: &[u8] = b"not what it says";
    for (query, name, mime, bytes, wanted) in [
        ("", "a.png", "image/png", words, 422),
        ("?kind=image", "a.jpg", "image/jpeg", words, 422),
        ("?kind=video", "a.mp4", "video/mp4", words, 422),
        ("?kind=audio", "a.mp3", "audio/mpeg", words, 422),
        ("?kind=sticker", "a.webp", "image/webp", words, 422),
        ("", "a.mp4", "video/mp4", PNG, 422),
        ("?kind=document", "a.png", "image/png", words, 201),
        ("", "a.txt", "text/plain", words, 201),
        ("", "a.csv", "text/csv", words, 201),
        ("?kind=document", "a.xls", "application/vnd.ms-excel", words, 201),
        ("?kind=image", "a.png", "", PNG, 201),
    ] {
        let reply = shop.upload_as(&owner, query, name, mime, bytes).await;
        assert_eq!(reply.status, wanted, "{query} {mime}: {}", reply.body);
        if wanted == 422 {
            assert_eq!(reply.text("/field"), "file");
            assert_eq!(
                (reply.text("/problems/0/code"), reply.text("/problems/0/limit")),
                ("file_differs".into(), mime.into())
            );
        } else if bytes == words {
            assert!(!reply.text("/mime").starts_with("image/"), "nobody shows it as a picture: {}", reply.body);
        }
    }
    let left: Vec<_> = std::fs::read_dir(test.app.settings.data_dir.join("media/incoming")).unwrap().collect();
    assert!(left.is_empty());
}

#[tokio::test]
async fn limits_are_named() {
    let (test, shop, owner) = Shop::open().await;
    let wrong = shop.upload_as(&owner, "?kind=video", "a.png", "image/png", PNG).await;
    assert_eq!((wrong.status, wrong.text("/field")), (422, "file".to_owned()));
    assert!(
        wrong.text("/detail").contains("video/mp4") && wrong.text("/detail").contains("image/png"),
        "{}",
        wrong.body
    );
    let mut sticker = b"RIFF\0\0\0\0WEBPVP8 ".to_vec();
    sticker.resize(600 << 10, 0);
    let fat = shop.upload_as(&owner, "?kind=sticker", "a.webp", "image/webp", &sticker).await;
    assert!(fat.text("/detail").contains("512000 bytes"), "{}", fat.body);
    assert_eq!(
        shop.upload_as(&owner, "", "a.webp", "image/webp", &sticker).await.status,
        201,
        "as a document it may go"
    );
    let empty = shop.upload(&owner, "a.bin", b"").await;
    assert_eq!((empty.status, empty.text("/field")), (422, "file".to_owned()));
    let huge = vec![0; (1 << 20) + 1];
    for query in ["", "?kind=document"] {
        let refused = shop.upload_as(&owner, query, "a.bin", "application/octet-stream", &huge).await;
        assert_eq!((refused.status, refused.text("/field")), (422, "file".to_owned()), "{query}");
        assert_eq!(
            (refused.text("/problems/0/code"), refused.text("/problems/0/limit")),
            ("file_too_large".to_owned(), "1048576".to_owned())
        );
    }
    let nowhere =
        shop.upload_as(&owner, "?channel_id=00000000-0000-7000-8000-000000000000", "a.png", "image/png", PNG).await;
    assert_eq!(nowhere.text("/field"), "channel_id");
    let json = owner.raw(Method::POST, "/api/v1/media", Some("application/json"), b"{}".to_vec()).await;
    assert_eq!(json.problem(), (415, "unsupported_media_type".to_owned()));
    let form = "multipart/form-data; boundary=frame";
    let none = owner.raw(Method::POST, "/api/v1/media", Some(form), b"--frame--\r\n".to_vec()).await;
    assert_eq!((none.status, none.text("/field")), (422, "file".to_owned()));
    let cut = b"--frame\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc".to_vec();
    assert_eq!(owner.raw(Method::POST, "/api/v1/media", Some(form), cut).await.status, 400);
    let left: Vec<_> = std::fs::read_dir(test.app.settings.data_dir.join("media/incoming")).unwrap().collect();
    assert!(left.is_empty(), "what was refused or cut off leaves nothing behind");
}
