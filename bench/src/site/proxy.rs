//! A proxy that misbehaves on purpose: it answers before the server did, or holds the server's answer back.

use crate::Result;
use crate::http::Connection;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Answers 200 at once and passes the request on afterwards: an acknowledgement before anything is durable.
    AnswerFirst,
    /// Passes the request on and waits before it passes the answer back.
    HoldAnswer,
}

/// A running proxy.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    hold: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Starts one in front of `server`.
    pub async fn start(server: SocketAddr, mode: Mode) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let hold = Arc::new(AtomicU64::new(0));
        let shared = Arc::clone(&hold);
        let task = tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let hold = Arc::clone(&shared);
                tokio::spawn(async move {
                    // Callers and servers that go away end the connection; that is what they are here for.
                    let _ = serve(caller, server, mode, hold).await;
                });
            }
        });
        Ok(Self { address, hold, task })
    }

    /// How long answers are held from now on.
    pub fn hold(&self, time: Duration) {
        self.hold.store(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut caller: TcpStream, server: SocketAddr, mode: Mode, hold: Arc<AtomicU64>) -> std::io::Result<()> {
    caller.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut caller, &mut buffer).await? {
        if mode == Mode::AnswerFirst {
            caller.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(rand::random_range(0..20))).await;
                if let Ok(mut connection) = Connection::open(server).await {
                    let _ = connection.exchange(&request).await;
                }
            });
            continue;
        }
        let answer = Connection::open(server).await?.exchange(&request).await?;
        tokio::time::sleep(Duration::from_millis(hold.load(Ordering::Relaxed))).await;
        let head = format!(
            "HTTP/1.1 {} -\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.status,
            answer.body.len()
        );
        caller.write_all(head.as_bytes()).await?;
        caller.write_all(&answer.body).await?;
    }
    Ok(())
}

/// One whole request; `None` when the caller is done.
pub async fn read(caller: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            let whole = end + 4 + length.unwrap_or(0_usize);
            if buffer.len() >= whole {
                let rest = buffer.split_off(whole);
                return Ok(Some(std::mem::replace(buffer, rest)));
            }
        }
        if caller.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}
