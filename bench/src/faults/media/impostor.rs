//! A provider that tells one thing about a file and sends another; everything else goes to the stand-in behind it.

use crate::Result;
use crate::http::Connection;
use crate::site::proxy::read;
use serde_json::json;
use std::net::SocketAddr;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

/// What is wrong with a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// 100 MB, told as 5 MB.
    Liar,
    /// Never ends.
    Endless,
    /// A web page, told as a picture.
    Html,
    /// A picture and a web page in one.
    Polyglot,
    /// A picture of 30,000 x 30,000 pixels.
    Huge,
    /// Five thousand frames of 10,000 x 10,000 pixels.
    Frames,
}

impl Trick {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Liar, Self::Endless, Self::Html, Self::Polyglot, Self::Huge, Self::Frames];

    /// The provider's id of the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Liar => "trick-liar",
            Self::Endless => "trick-endless",
            Self::Html => "trick-html",
            Self::Polyglot => "trick-polyglot",
            Self::Huge => "trick-huge",
            Self::Frames => "trick-frames",
        }
    }

    /// For people.
    pub fn about(self) -> &'static str {
        match self {
            Self::Liar => "100 MB told as 5 MB",
            Self::Endless => "a file without end",
            Self::Html => "a web page told as a picture",
            Self::Polyglot => "a picture that is a web page too",
            Self::Huge => "a picture of 30,000 x 30,000",
            Self::Frames => "5,000 frames of 10,000 x 10,000",
        }
    }

    /// Given up, instead of stored.
    pub fn is_too_large(self) -> bool {
        matches!(self, Self::Liar | Self::Endless)
    }

    /// The file, for those that are one.
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Liar | Self::Endless => Vec::new(),
            Self::Html => b"<!DOCTYPE html><html><script>alert(1)</script></html>".to_vec(),
            Self::Polyglot => {
                let mut bytes = gif(1, 1, 1);
                bytes.extend_from_slice(b"<html><script>alert(1)</script></html>");
                bytes
            }
            Self::Huge => png(30_000, 30_000),
            Self::Frames => gif(10_000, 10_000, 5_000),
        }
    }
}

/// The header of a picture of this size, and no picture.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend_from_slice(&width.to_be_bytes());
    bytes.extend_from_slice(&height.to_be_bytes());
    bytes.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&bytes[12..]);
    bytes.extend_from_slice(&crc.sum().to_be_bytes());
    bytes.extend_from_slice(b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xaeB`\x82");
    bytes
}

/// A canvas of this size with frames of one pixel.
fn gif(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend_from_slice(&width.to_le_bytes());
    bytes.extend_from_slice(&height.to_le_bytes());
    bytes.extend_from_slice(&[0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    for _ in 0..frames {
        bytes.extend_from_slice(b"\x21\xf9\x04\x04\x01\0\0\0");
        bytes.extend_from_slice(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0");
    }
    bytes.push(0x3b);
    bytes
}

/// A running impostor.
pub struct Impostor {
    /// Where it listens.
    pub address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Impostor {
    /// Starts one in front of the stand-in.
    pub async fn start(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                // Callers that have had enough end the connection; that is what this is for.
                tokio::spawn(async move { drop(serve(caller, address, server).await) });
            }
        });
        Ok(Self { address, task })
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut caller: TcpStream, own: SocketAddr, server: SocketAddr) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut caller, &mut buffer).await? {
        let path = String::from_utf8_lossy(&request).split_whitespace().nth(1).unwrap_or_default().to_owned();
        let trick = Trick::ALL.into_iter().find(|trick| path.contains(trick.name()));
        match trick {
            Some(trick) if path.starts_with("/_files/") => return file(&mut caller, trick).await,
            Some(trick) => answer(&mut caller, 200, info(own, trick).as_bytes()).await?,
            None => {
                let answered = Connection::open(server).await?.exchange(&request).await?;
                answer(&mut caller, answered.status, &answered.body).await?;
            }
        }
    }
    Ok(())
}

fn info(own: SocketAddr, trick: Trick) -> String {
    let url = format!("http://{own}/_files/{}", trick.name());
    let mut info = json!({"messaging_product": "whatsapp", "url": url, "mime_type": "image/jpeg", "id": trick.name()});
    if trick == Trick::Liar {
        info["file_size"] = json!(5 << 20);
    }
    info.to_string()
}

async fn answer(caller: &mut TcpStream, status: u16, body: &[u8]) -> std::io::Result<()> {
    let head =
        format!("HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    caller.write_all(head.as_bytes()).await?;
    caller.write_all(body).await
}

/// Without a length: it ends when the connection does.
async fn file(caller: &mut TcpStream, trick: Trick) -> std::io::Result<()> {
    caller.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: image/jpeg\r\nconnection: close\r\n\r\n").await?;
    if !trick.is_too_large() {
        caller.write_all(&trick.bytes()).await?;
        return caller.shutdown().await;
    }
    let megabyte = vec![0xff_u8; 1 << 20];
    let mut left = if trick == Trick::Liar { 100 } else { usize::MAX };
    while left > 0 {
        caller.write_all(&megabyte).await?;
        left -= 1;
    }
    caller.shutdown().await
}
