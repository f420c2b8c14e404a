//! The accept loop, over a real socket.

use crate::harness::TestApp;
use rapport_server::http::listen::{Limits, serve};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

async fn start(test: &TestApp, limits: Limits) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let task = tokio::spawn(serve(listener, test.router.clone(), limits, stop.clone()));
    (address, stop, task)
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut bytes)).await.expect("an end").unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn it_serves_and_ends_in_order() {
    let test = TestApp::new().await;
    let (address, stop, task) = start(&test, Limits::default()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200"));
    let _idle = TcpStream::connect(address).await.unwrap();
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), task).await.expect("an idle connection holds nobody up").unwrap();
}

#[tokio::test]
async fn slow_and_fat_heads_are_cut_off() {
    let test = TestApp::new().await;
    let limits = Limits { head_timeout: Duration::from_millis(200), head_bytes: 16 << 10, ..Limits::default() };
    let (address, _stop, _task) = start(&test, limits).await;
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /healthz HT").await.unwrap();
    answer(&mut slow).await;
    let mut fat = TcpStream::connect(address).await.unwrap();
    let head = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(30_000));
    fat.write_all(head.as_bytes()).await.unwrap();
    assert!(answer(&mut fat).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let test = TestApp::new().await;
    let limits = Limits { connections: 1, head_timeout: Duration::from_millis(300), ..Limits::default() };
    let (address, _stop, _task) = start(&test, limits).await;
    let _first = TcpStream::connect(address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut second = TcpStream::connect(address).await.unwrap();
    second.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(answer(&mut second).await.starts_with("HTTP/1.1 200"), "served once the silent one was cut off");
}
