//! The address guard and the client, against sockets of this test.

use proptest::prelude::*;
use rapport_connectors::Secret;
use rapport_connectors::http::{AllowList, Body, Client, Config, Executor, Failure, Method, Request};
use std::net::IpAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn client(rules: &[&str]) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Config {
        allow: AllowList::parse(rules).unwrap(),
        max_response: 1000,
        connect_timeout: Duration::from_millis(500),
        read_timeout: Duration::from_secs(2),
        ..Config::default()
    };
    Client::new(config).unwrap()
}

fn get(url: impl Into<String>) -> Request {
    Request::new("test", "test", Method::Get, url).with_timeout(Duration::from_secs(2))
}

/// Answers one connection after another with these bytes and returns what it was asked.
async fn server(answer: &'static [u8]) -> (String, tokio::task::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 65_536];
        let mut read = 0;
        loop {
            let more = tokio::time::timeout(Duration::from_millis(150), socket.read(&mut asked[read..])).await;
            match more {
                Ok(Ok(count)) if count > 0 => read += count,
                _ => break,
            }
        }
        asked.truncate(read);
        socket.write_all(answer).await.unwrap();
        let _ = socket.shutdown().await;
        asked
    });
    (url, task)
}

#[test]
fn private_addresses_are_closed() {
    let none = AllowList::none();
    for text in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:169.254.169.254",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001::1",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        let address: IpAddr = text.parse().unwrap();
        assert!(none.check_address("x.example", address).is_err(), "{text}");
    }
    for text in [
        "1.1.1.1",
        "157.240.1.35",
        "172.32.0.1",
        "100.128.0.1",
        "2a03:2880:f12f::1",
        "2606:4700::1111",
        "64:ff9b::101:101",
    ] {
        assert!(none.check_address("x.example", text.parse().unwrap()).is_ok(), "{text}");
    }
}

#[test]
fn rules_open_what_they_name_and_no_more() {
    let list = AllowList::parse(["10.1.0.0/16", "127.0.0.1", "fd00::/8", "CRM.Intranet", " 0.0.0.0/32 "]).unwrap();
    let check = |host: &str, address: &str| list.check_address(host, address.parse().unwrap()).is_ok();
    assert!(
        check("a", "10.1.255.1") && check("a", "127.0.0.1") && check("a", "::ffff:127.0.0.1") && check("a", "fd01::1")
    );
    assert!(check("crm.intranet", "192.168.7.7"));
    assert!(
        !check("a", "10.2.0.1")
            && !check("a", "127.0.0.2")
            && !check("a", "fc00::1")
            && !check("x.crm.intranet", "10.9.9.9")
    );
    for bad in ["", "10.0.0.0/33", "fd00::/129", "10.0.0.0/x", "http://x", "a b", "ä"] {
        assert!(AllowList::parse([bad]).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn urls_of_every_spelling_are_blocked() {
    let client = client(&[]);
    for url in [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://0/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://①②⑦.0.0.1/",
        "https://10.0.0.1:8443/",
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://user:pw@example.com/",
        "not a url",
        "",
        "https://",
        "gopher://127.0.0.1/",
    ] {
        let result = client.run(get(url)).await;
        let unresolved = url.contains("LOCALHOST.");
        match result {
            Err(Failure::Blocked(reason)) => assert!(!reason.contains("pw"), "{reason}"),
            Err(Failure::NotSent(_)) if unresolved => {}
            other => panic!("{url}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_name_is_judged_by_its_addresses_when_connecting() {
    // The name is not on the list and resolves to loopback; the address check at connect time must catch it.
    let list = AllowList::none();
    assert!(list.check_url(&"https://localhost:9/".parse().unwrap()).is_ok(), "nothing is known before resolution");
    let failure = client(&[]).run(get("https://localhost:9/")).await.unwrap_err();
    assert!(matches!(&failure, Failure::Blocked(reason) if reason.contains("allow list")), "{failure:?}");
    let (url, _server) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let by_name = url.replace("127.0.0.1", "localhost");
    assert_eq!(client(&["localhost"]).run(get(by_name)).await.unwrap().status, 200);
}

#[tokio::test]
async fn an_answer_is_read_and_the_token_sent() {
    let (url, server) = server(b"HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\ncontent-length: 2\r\n\r\nno").await;
    let request = Request::new("test", "send", Method::Post, format!("{url}/a?b=c"))
        .with_bearer(&Secret::new("tok"))
        .with_json(&serde_json::json!({"x": 1}));
    let response = client(&["127.0.0.1"]).run(request).await.unwrap();
    assert_eq!((response.status, response.header("retry-after"), &response.body[..]), (429, Some("3"), &b"no"[..]));
    let asked = String::from_utf8(server.await.unwrap()).unwrap();
    assert!(asked.starts_with("POST /a?b=c HTTP/1.1\r\n") && asked.contains("authorization: Bearer tok"), "{asked}");
    assert!(asked.contains("content-type: application/json") && asked.ends_with("{\"x\":1}"), "{asked}");
}

#[tokio::test]
async fn redirects_are_answers() {
    let (url, _server) =
        server(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(client(&["127.0.0.1"]).run(get(url)).await.unwrap().status, 302);
}

#[tokio::test]
async fn failures_tell_whether_the_request_may_have_arrived() {
    let client = client(&["127.0.0.1"]);
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}/secret-path?access_token=canary", closed.local_addr().unwrap());
    drop(closed);
    let failure = client.run(get(nobody)).await.unwrap_err();
    assert!(matches!(failure, Failure::NotSent(_)), "{failure:?}");
    assert!(!failure.to_string().contains("canary"), "{failure}");
    for answer in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\ncut", b"garbage\r\n\r\n"] {
        let (url, _server) = server(answer).await;
        let failure = client.run(get(format!("{url}/?access_token=canary"))).await.unwrap_err();
        assert!(matches!(failure, Failure::Ambiguous(_)), "{failure:?}");
        assert!(!failure.to_string().contains("canary"), "{failure}");
    }
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let failure = client.run(get(url).with_timeout(Duration::from_millis(300))).await.unwrap_err();
    assert!(matches!(failure, Failure::Ambiguous(_)), "{failure:?}");
}

#[tokio::test]
async fn answers_over_the_cap_are_cut_off() {
    let client = client(&["127.0.0.1"]);
    let told = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\nx";
    let endless: &'static [u8] =
        Box::leak([&b"HTTP/1.1 200 OK\r\n\r\n"[..], &[b'x'; 5000]].concat().into_boxed_slice());
    for answer in [&told[..], endless] {
        let (url, _server) = server(answer).await;
        let failure = client.run(get(url)).await.unwrap_err();
        assert!(matches!(&failure, Failure::Ambiguous(text) if text.contains("cap")), "{failure:?}");
        // Who goes by the status reads the beginning only, and it does no harm that the rest does not come.
        let (url, _server) = server(answer).await;
        let began = client.run(get(url).reading(10)).await.unwrap();
        assert!(began.ok() && (1..=10).contains(&began.body.len()), "{}", began.body.len());
    }
}

#[tokio::test]
async fn downloads_are_hashed_and_capped() {
    let client = client(&["127.0.0.1"]);
    let mut file = Vec::new();
    let (url, _server) = server(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 3\r\n\r\nabc").await;
    let done = client.stream(get(url), &mut file, 3).await.unwrap();
    assert_eq!((done.size, file.as_slice(), done.response.header("content-type")), (3, &b"abc"[..], Some("image/png")));
    assert_eq!(done.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    for answer in [&b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcd"[..], b"HTTP/1.1 200 OK\r\n\r\nabcd"] {
        let (url, _server) = server(answer).await;
        let failure = client.stream(get(url), &mut Vec::new(), 3).await.unwrap_err();
        assert!(matches!(&failure, Failure::Blocked(text) if text.contains("cap")), "{failure:?}");
    }
    let (url, _server) = server(b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\ngone").await;
    let mut file = Vec::new();
    let done = client.stream(get(url), &mut file, 3).await.unwrap();
    assert_eq!((done.response.status, &done.response.body[..], file.len()), (404, &b"gone"[..], 0));
}

#[tokio::test]
async fn a_file_is_uploaded_between_head_and_tail() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, b"FILE").unwrap();
    let (url, server) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let mut request = Request::new("test", "upload", Method::Post, url);
    request.body = Body::File { head: "<".into(), path: file.path().to_owned(), tail: ">".into() };
    assert_eq!(client(&["127.0.0.1"]).run(request.clone()).await.unwrap().status, 200);
    let asked = String::from_utf8(server.await.unwrap()).unwrap();
    assert!(asked.contains("content-length: 6") && asked.ends_with("<FILE>"), "{asked}");
    request.body = Body::File { head: "".into(), path: "/no/such/file".into(), tail: "".into() };
    assert!(matches!(client(&["127.0.0.1"]).run(request).await, Err(Failure::Blocked(_))));
}

#[test]
fn nothing_secret_is_printed() {
    let request = get("https://graph.facebook.com/debug_token?input_token=canary").with_bearer(&Secret::new("canary"));
    let shown = format!("{request:?} {:?}", Secret::new("canary"));
    assert!(!shown.contains("canary"), "{shown}");
}

proptest! {
    /// Any IPv4 address is judged alike however it is dressed as IPv6.
    #[test]
    fn dressed_addresses_are_judged_as_what_they_reach(bits in any::<u32>()) {
        let v4 = std::net::Ipv4Addr::from(bits);
        let list = AllowList::none();
        let plain = list.check_address("h", v4.into()).is_ok();
        let [a, b, c, d] = v4.octets();
        let hex = format!("{a:02x}{b:02x}:{c:02x}{d:02x}");
        for text in [format!("::ffff:{hex}"), format!("64:ff9b::{hex}"), format!("2002:{hex}::1")] {
            prop_assert_eq!(list.check_address("h", text.parse().unwrap()).is_ok(), plain, "{}", text);
        }
    }
}
