//! A small HTTP/1.1 client: keep-alive, no pipelining, no copies that could be avoided. Loopback only.

use crate::Result;
use serde_json::Value;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// How the end of a body is told.
#[derive(Clone, Copy)]
enum Framing {
    Length(usize),
    Chunked,
    UntilClose,
}

/// One connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Bytes at the beginning of `buffer` that are used up.
    used: usize,
}

fn bad(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

impl Connection {
    /// Connects.
    pub async fn open(to: SocketAddr) -> io::Result<Self> {
        if !to.ip().is_loopback() {
            return Err(bad("only loopback addresses are loaded"));
        }
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4_096), used: 0 })
    }

    /// Sends a whole request and reads the answer's status; the rest is thrown away.
    pub async fn status(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        let (status, framing) = self.head().await?;
        self.body(framing, |_| ()).await?;
        Ok(status)
    }

    /// Sends a whole request and reads the answer.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        let (status, framing) = self.head().await?;
        let mut body = Vec::new();
        self.body(framing, |part| body.extend_from_slice(part)).await?;
        Ok(Answer { status, body })
    }

    async fn more(&mut self) -> io::Result<usize> {
        if self.used > 0 && self.used == self.buffer.len() {
            self.buffer.clear();
            self.used = 0;
        }
        self.stream.read_buf(&mut self.buffer).await
    }

    /// Reads a head: status, and how the body ends.
    async fn head(&mut self) -> io::Result<(u16, Framing)> {
        loop {
            let unread = &self.buffer[self.used..];
            if let Some(end) = find(unread, b"\r\n\r\n") {
                let head = std::str::from_utf8(&unread[..end]).map_err(|_| bad("head is not text"))?;
                let status = head.get(9..12).and_then(|digits| digits.parse().ok()).ok_or_else(|| bad("no status"))?;
                let framing = framing(head, status);
                self.used += end + 4;
                if status != 100 {
                    return Ok((status, framing));
                }
                continue;
            }
            if unread.len() > 64 * 1024 {
                return Err(bad("head too long"));
            }
            if self.more().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn body(&mut self, framing: Framing, mut part: impl FnMut(&[u8])) -> io::Result<()> {
        match framing {
            Framing::Length(length) => self.take(length, &mut part).await,
            Framing::Chunked => {
                while self.chunk(&mut part).await? {}
                Ok(())
            }
            Framing::UntilClose => loop {
                part(&self.buffer[self.used..]);
                self.used = self.buffer.len();
                if self.more().await? == 0 {
                    return Ok(());
                }
            },
        }
    }

    async fn take(&mut self, mut left: usize, part: &mut impl FnMut(&[u8])) -> io::Result<()> {
        while left > 0 {
            let ready = (self.buffer.len() - self.used).min(left);
            part(&self.buffer[self.used..self.used + ready]);
            self.used += ready;
            left -= ready;
            if left > 0 && self.more().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// Reads one chunk; false after the last one.
    pub async fn chunk(&mut self, part: &mut impl FnMut(&[u8])) -> io::Result<bool> {
        let line = loop {
            let unread = &self.buffer[self.used..];
            if let Some(end) = find(unread, b"\r\n") {
                let line = String::from_utf8_lossy(&unread[..end]).into_owned();
                self.used += end + 2;
                break line;
            }
            if self.more().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| bad("chunk size"))?;
        self.take(size, part).await?;
        self.take(2, &mut |_: &[u8]| ()).await?;
        Ok(size > 0)
    }

    /// Sends a request and returns once the head of a streamed (chunked) answer is there.
    pub async fn stream(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        let (status, framing) = self.head().await?;
        match framing {
            Framing::Chunked => Ok(status),
            _ if status != 200 => Ok(status),
            _ => Err(bad("the stream is not chunked")),
        }
    }
}

fn framing(head: &str, status: u16) -> Framing {
    if status == 204 || status == 304 {
        return Framing::Length(0);
    }
    for line in head.lines().skip(1) {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.eq_ignore_ascii_case("content-length") {
            return Framing::Length(value.trim().parse().unwrap_or(0));
        }
        if name.eq_ignore_ascii_case("transfer-encoding") && value.to_ascii_lowercase().contains("chunked") {
            return Framing::Chunked;
        }
    }
    Framing::UntilClose
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// One request on a connection of its own, at most `limit` long.
pub async fn once(to: SocketAddr, request: &[u8], limit: Duration) -> Result<Answer> {
    let work = async {
        let mut connection = Connection::open(to).await?;
        connection.exchange(request).await
    };
    Ok(tokio::time::timeout(limit, work).await.map_err(|_| "no answer in time")??)
}

/// A caller of a JSON API.
#[derive(Clone, Debug)]
pub struct Api {
    /// Where.
    pub address: SocketAddr,
    /// Bearer token; empty = none.
    pub token: String,
}

impl Api {
    /// Calls; the status is the caller's to judge.
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<(u16, Value)> {
        let text = body.map(Value::to_string).unwrap_or_default();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        if !self.token.is_empty() {
            head.push_str(&format!("Authorization: Bearer {}\r\n", self.token));
        }
        if body.is_some() {
            head.push_str("Content-Type: application/json\r\n");
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n{text}", text.len()));
        let answer = once(self.address, head.as_bytes(), Duration::from_secs(30)).await?;
        Ok((answer.status, answer.json()))
    }

    /// Calls and expects a 2xx.
    pub async fn ok(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        match self.call(method, path, body).await? {
            (200..300, value) => Ok(value),
            (status, value) => Err(format!("{method} {path}: {status} {value}").into()),
        }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.ok("GET", path, None).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.ok("POST", path, Some(body)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    async fn serve(answers: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a caller");
            for byte in answers {
                stream.write_all(&[*byte]).await.expect("written");
            }
            stream.shutdown().await.expect("shut");
            // Reading what still comes keeps the kernel from cutting off what was written.
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
        });
        address
    }

    #[tokio::test]
    async fn answers_are_read_however_they_are_cut() {
        let address = serve(
            b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1 503 x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
        )
        .await;
        let mut connection = Connection::open(address).await.expect("open");
        let first = connection.exchange(b"GET / HTTP/1.1\r\n\r\n").await.expect("an answer");
        assert_eq!((first.status, first.body.as_slice()), (200, b"hello".as_slice()));
        let second = connection.exchange(b"GET / HTTP/1.1\r\n\r\n").await.expect("an answer");
        assert_eq!((second.status, second.body.as_slice()), (503, b"abcde".as_slice()));
        assert!(connection.exchange(b"GET / HTTP/1.1\r\n\r\n").await.is_err());
    }

    #[tokio::test]
    async fn only_loopback_is_called() {
        assert!(Connection::open(SocketAddr::from(([10, 0, 0, 1], 80))).await.is_err());
    }
}
