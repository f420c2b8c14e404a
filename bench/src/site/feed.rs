//! A browser's view: the live event stream, followed across broken connections.

use crate::Result;
use crate::http::{Api, Connection};
use crate::load::Stop;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One event as it arrived.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Its kind.
    pub kind: String,
    /// Its cursor; empty for fleeting ones.
    pub id: String,
    /// The message it is about, without hyphens.
    pub message: String,
    /// Its data.
    pub data: Value,
    /// When it arrived, UTC microseconds.
    pub at: i64,
}

/// Follows the stream until it is stopped.
pub struct Follower {
    heard: Arc<Mutex<Vec<Heard>>>,
    stop: Stop,
    task: tokio::task::JoinHandle<()>,
}

impl Follower {
    /// Begins at the present and returns once the stream is open.
    pub async fn start(api: Api) -> Result<Self> {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let stop = Stop::default();
        let opened = Arc::new(tokio::sync::Notify::new());
        let (list, ended, ready) = (Arc::clone(&heard), stop.clone(), Arc::clone(&opened));
        let task = tokio::spawn(async move {
            let mut cursor = String::new();
            while !ended.is_set() {
                // A broken stream is what this is made for: it goes on behind the last cursor.
                let _ = follow(&api, &mut cursor, &list, &ended, &ready).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        tokio::time::timeout(Duration::from_secs(20), opened.notified())
            .await
            .map_err(|_| "the event stream did not open")?;
        Ok(Self { heard, stop, task })
    }

    /// What was heard so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until `enough` of what was heard, or the time is over; tells which.
    pub async fn until(&self, limit: Duration, enough: impl Fn(&[Heard]) -> bool) -> bool {
        let until = Instant::now() + limit;
        loop {
            if enough(&self.heard.lock().unwrap_or_else(PoisonError::into_inner)) {
                return true;
            }
            if Instant::now() > until {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.stop.now();
        self.task.abort();
    }
}

async fn follow(
    api: &Api,
    cursor: &mut String,
    heard: &Mutex<Vec<Heard>>,
    stop: &Stop,
    ready: &tokio::sync::Notify,
) -> std::io::Result<()> {
    let mut head = format!(
        "GET /api/v1/events HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\nAuthorization: Bearer {}\r\n",
        api.address, api.token
    );
    if !cursor.is_empty() {
        head.push_str(&format!("Last-Event-ID: {cursor}\r\n"));
    }
    head.push_str("\r\n");
    let mut connection = Connection::open(api.address).await?;
    if connection.stream(head.as_bytes()).await? != 200 {
        return Ok(());
    }
    let mut parser = Parser::default();
    while !stop.is_set() {
        let mut bytes = Vec::new();
        if !connection.chunk(&mut |part: &[u8]| bytes.extend_from_slice(part)).await? {
            break;
        }
        for event in parser.push(&bytes) {
            if !event.id.is_empty() {
                cursor.clone_from(&event.id);
            }
            if event.kind == "hello" {
                ready.notify_one();
            }
            heard.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        }
        // A server without a greeting has opened the stream all the same.
        ready.notify_one();
    }
    Ok(())
}

/// Cuts `text/event-stream` into events.
#[derive(Default)]
struct Parser {
    rest: Vec<u8>,
    kind: String,
    id: String,
    data: String,
}

impl Parser {
    fn push(&mut self, bytes: &[u8]) -> Vec<Heard> {
        self.rest.extend_from_slice(bytes);
        let mut events = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            if line.is_empty() {
                events.extend(self.take());
                continue;
            }
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match name {
                "event" => self.kind = value.to_owned(),
                "id" => self.id = value.to_owned(),
                "data" => self.data.push_str(value),
                _ => {}
            }
        }
        events
    }

    fn take(&mut self) -> Option<Heard> {
        let (kind, id, data) =
            (std::mem::take(&mut self.kind), std::mem::take(&mut self.id), std::mem::take(&mut self.data));
        if kind.is_empty() && data.is_empty() {
            return None;
        }
        let data: Value = serde_json::from_str(&data).unwrap_or(Value::Null);
        let message = data["message_id"].as_str().unwrap_or_default().replace('-', "");
        Some(Heard { kind, id, message, data, at: crate::clock::unix_micros() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_however_they_are_cut() {
        let text =
            b": hi\n\nevent: message.created\nid: 7-a\ndata: {\"message_id\":\"0-1\"}\n\nevent: hello\ndata: {}\n\n";
        let mut parser = Parser::default();
        let events: Vec<Heard> = text.iter().flat_map(|byte| parser.push(&[*byte])).collect();
        assert_eq!(events.len(), 2);
        assert_eq!(
            (events[0].kind.as_str(), events[0].id.as_str(), events[0].message.as_str()),
            ("message.created", "7-a", "01")
        );
        assert_eq!(events[1].kind, "hello");
    }
}
