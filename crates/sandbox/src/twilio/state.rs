//! What only the Twilio stand-in knows: its ids of messages and files, and contents.

use super::content::Content;
use crate::{TwilioConfig, bounded::Bounded};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A file of a message.
#[derive(Clone, Debug)]
pub struct File {
    /// `ME` and 32 hexadecimal digits.
    pub sid: String,
    /// Media type.
    pub mime: String,
    /// Our id of the file, for files from customers.
    pub media_id: Option<String>,
    /// Where it comes from, for files we were asked to send.
    pub link: Option<String>,
}

/// A message as Twilio knows it.
#[derive(Clone, Debug)]
pub struct Message {
    /// `SM` or `MM` and 32 hexadecimal digits.
    pub sid: String,
    /// WhatsApp's id.
    pub wamid: String,
    /// From a customer.
    pub inbound: bool,
    /// `whatsapp:+...`.
    pub from: String,
    /// `whatsapp:+...`.
    pub to: String,
    /// Its text.
    pub body: String,
    /// Its files.
    pub files: Vec<File>,
    /// queued, sent, delivered, read, failed, undelivered, received.
    pub status: &'static str,
    /// Twilio's code of a failure.
    pub error: Option<i64>,
    /// Where its statuses are told.
    pub callback: Option<String>,
    /// The messaging service it was sent through.
    pub service: Option<String>,
    /// UTC milliseconds.
    pub created: i64,
    /// UTC milliseconds.
    pub updated: i64,
    /// When it left.
    pub sent: Option<i64>,
}

/// All of it.
pub struct Twilio {
    /// Account and password.
    pub config: TwilioConfig,
    /// By sid.
    pub messages: Bounded<String, Message>,
    /// Newest last.
    pub order: std::collections::VecDeque<String>,
    /// By sid.
    pub contents: BTreeMap<String, Content>,
    cap: usize,
}

impl Twilio {
    /// Empty, for at most `cap` messages.
    pub fn new(config: TwilioConfig, cap: usize) -> Self {
        let order = std::collections::VecDeque::new();
        Self { config, messages: Bounded::new(cap), order, contents: BTreeMap::new(), cap: cap.max(1) }
    }

    /// Remembers a message.
    pub fn keep(&mut self, message: Message) {
        self.order.push_back(message.sid.clone());
        if self.order.len() > self.cap {
            self.order.pop_front();
        }
        self.messages.insert(message.sid.clone(), message);
    }

    /// The message with that id of WhatsApp's.
    pub fn of_wamid(&mut self, wamid: &str) -> Option<&mut Message> {
        let sid = [sid("SM", wamid), sid("MM", wamid)].into_iter().find(|sid| self.messages.get(sid).is_some())?;
        self.messages.get_mut(&sid)
    }
}

/// An id of Twilio's that depends on `seed` only.
pub fn sid(prefix: &str, seed: &str) -> String {
    let digest = hex::encode(Sha256::digest(format!("{prefix}{seed}")));
    format!("{prefix}{}", &digest[..32])
}
