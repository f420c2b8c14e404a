//! F37: nobody makes this server call into its own network, whatever the address looks like. A socket of this test is what
//! must not be reached; the calls are made by the real client.

use crate::harness::{Shop, TestApp};
use futures::future::BoxFuture;
use rapport_connectors::http::{Client, Config, Executor, Failure, Request, Response, Streamed};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::AsyncWrite;
use tokio::net::TcpListener;

/// The real client, but for vendors' own addresses: no test calls them.
struct Outside(Client);

fn is_vendors(request: &Request) -> bool {
    ["https://graph.facebook.com", "https://api.hubapi.com"].iter().any(|base| request.url.starts_with(base))
}

impl Executor for Outside {
    fn may_call(&self, url: &str) -> Result<(), String> {
        self.0.may_call(url)
    }

    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        if is_vendors(&request) {
            return Box::pin(async { Err(Failure::Blocked("no test calls vendors".to_owned())) });
        }
        self.0.run(request)
    }

    fn stream<'a>(
        &'a self,
        request: Request,
        sink: &'a mut (dyn AsyncWrite + Unpin + Send),
        cap: u64,
    ) -> BoxFuture<'a, Result<Streamed, Failure>> {
        self.0.stream(request, sink, cap)
    }
}

/// Counts who knocks.
async fn trap() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let knocks = Arc::new(AtomicUsize::new(0));
    let counted = knocks.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, knocks)
}

async fn outside() -> TestApp {
    let _ = rustls::crypto::ring::default_provider().install_default();
    TestApp::calling(Arc::new(Outside(Client::new(Config::default()).unwrap()))).await
}

/// Spellings of this machine and of others that nobody outside may reach; whether they can be told without asking for a
/// name.
fn inside(port: u16) -> Vec<(String, bool)> {
    let known = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "10.0.0.1",
        "0.0.0.0",
    ];
    let known = known.iter().map(|host| (format!("https://{host}:{port}"), true));
    let plain = [(format!("http://127.0.0.1:{port}"), true), (format!("http://localhost:{port}"), true)];
    // A name says nothing until it is resolved: that is caught when connecting.
    let named = [(format!("https://localhost:{port}"), false)];
    known.chain(plain).chain(named).collect()
}

#[tokio::test]
async fn a_channels_address_leads_outside() {
    let (port, knocks) = trap().await;
    let (_, _, owner) = Shop::open_in(outside().await).await;
    for (number, (address, literal)) in inside(port).into_iter().enumerate() {
        let body = json!({
            "kind": "whatsapp", "name": "Inside", "phone_number_id": format!("9{number}"), "waba_id": "9",
            "access_token": "token", "app_secret": "secret", "verify_token": "verify", "base_url": address,
        });
        let reply = owner.post("/api/v1/channels", body).await;
        if literal {
            assert_eq!((reply.status, reply.text("/field")), (422, "base_url".to_owned()), "{address}: {}", reply.body);
            continue;
        }
        if reply.status == 201 {
            let id = reply.body.pointer("/id").or(reply.body.pointer("/channel/id")).and_then(Value::as_str).unwrap();
            let found = owner.post(&format!("/api/v1/channels/{id}/check"), json!(null)).await;
            assert!(found.body.to_string().contains("allow list"), "{address}: {}", found.body);
        }
    }
    assert_eq!(knocks.load(Ordering::SeqCst), 0, "somebody knocked");
}

#[tokio::test]
async fn a_crms_address_leads_outside() {
    let (port, knocks) = trap().await;
    let (_, _, owner) = Shop::open_in(outside().await).await;
    for (address, literal) in inside(port) {
        let body = json!({ "kind": "hubspot", "access_token": "token", "base_url": address });
        let reply = owner.post("/api/v1/connections", body).await;
        assert!((400..500).contains(&reply.status), "{address}: {} {}", reply.status, reply.body);
        if literal {
            assert_eq!(reply.text("/field"), "base_url", "{address}: {}", reply.body);
        }
    }
    assert_eq!(knocks.load(Ordering::SeqCst), 0, "somebody knocked");
}
