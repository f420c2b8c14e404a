//! Packed bytes: how raw events and message contents are stored.
//!
//! The first byte says how the rest is packed: 0 as it is, 1 zstd, 2 zstd with the event dictionary, 3 zstd with the
//! content dictionary. Dictionaries are data: a changed one gets a new number, the old one stays for ever, because
//! rows and backups hold bytes packed with it (`perf-reliability.md` §3.6).

use crate::error::{Error, Result};
use rapport_core::message::Content;
use std::cell::RefCell;
use zstd::bulk::{Compressor, Decompressor};

const PLAIN: u8 = 0;
const ZSTD: u8 = 1;
const EVENT: u8 = 2;
const CONTENT: u8 = 3;

const EVENT_DICTIONARY: &[u8] = include_bytes!("codec/event-2.txt");
const CONTENT_DICTIONARY: &[u8] = include_bytes!("codec/content-3.txt");

/// zstd's level for contents, which stay; higher ones cost more time than they save bytes on texts this short.
const LEVEL: i32 = 3;
/// zstd's level for events: acknowledgements wait for it, and events go after some days.
const EVENT_LEVEL: i32 = 1;
/// Shorter bytes are stored as they are.
const SHORTEST: usize = 48;
/// Longest body that is unpacked: far more than a webhook may have, little enough not to exhaust memory.
const LONGEST: usize = 32 * 1024 * 1024;

type Packer = RefCell<Option<Compressor<'static>>>;
type Unpacker = RefCell<Option<Decompressor<'static>>>;

thread_local! {
    static EVENT_PACKER: Packer = const { RefCell::new(None) };
    static CONTENT_PACKER: Packer = const { RefCell::new(None) };
    static UNPACKERS: [Unpacker; 3] = const { [RefCell::new(None), RefCell::new(None), RefCell::new(None)] };
}

/// Packs a provider's event.
#[must_use]
pub fn pack_event(body: &[u8]) -> Vec<u8> {
    EVENT_PACKER.with(|packer| pack(body, EVENT, EVENT_DICTIONARY, packer))
}

/// Packs a message's content.
///
/// # Errors
/// `Invalid` when it cannot be written as JSON (a number that is not finite).
pub fn pack_content(content: &Content) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(content).map_err(|error| Error::Invalid(format!("content: {error}")))?;
    Ok(CONTENT_PACKER.with(|packer| pack(&json, CONTENT, CONTENT_DICTIONARY, packer)))
}

/// Reads a packed content back.
///
/// # Errors
/// `Damaged` when the bytes are not what [`pack_content`] made.
pub fn unpack_content(packed: &[u8]) -> Result<Content> {
    serde_json::from_slice(&unpack(packed)?).map_err(|error| Error::Damaged(format!("content: {error}")))
}

fn pack(body: &[u8], code: u8, dictionary: &[u8], packer: &Packer) -> Vec<u8> {
    if body.len() >= SHORTEST
        && let Some(packed) = compress(body, code, dictionary, packer)
        && packed.len() < body.len()
    {
        return with_code(code, &packed);
    }
    with_code(PLAIN, body)
}

/// `None` when zstd cannot work (out of memory): the body is then kept as it is.
fn compress(body: &[u8], code: u8, dictionary: &[u8], packer: &Packer) -> Option<Vec<u8>> {
    let mut slot = packer.borrow_mut();
    if slot.is_none() {
        let level = if code == EVENT { EVENT_LEVEL } else { LEVEL };
        *slot = Compressor::with_dictionary(level, dictionary).ok();
    }
    slot.as_mut()?.compress(body).ok()
}

fn with_code(code: u8, bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() + 1);
    packed.push(code);
    packed.extend_from_slice(bytes);
    packed
}

/// Reads packed bytes back.
///
/// # Errors
/// `Damaged` when they were not packed by this module or are longer than it accepts.
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>> {
    let damaged = |why: String| Error::Damaged(format!("packed bytes: {why}"));
    let (code, rest) = packed.split_first().ok_or_else(|| damaged("empty".to_owned()))?;
    let dictionary: &[u8] = match *code {
        PLAIN => return Ok(rest.to_vec()),
        ZSTD => &[],
        EVENT => EVENT_DICTIONARY,
        CONTENT => CONTENT_DICTIONARY,
        other => return Err(damaged(format!("unknown codec {other}"))),
    };
    let size = zstd::zstd_safe::get_frame_content_size(rest).ok().flatten();
    let size = size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= LONGEST);
    let size = size.ok_or_else(|| damaged("no length, or too long".to_owned()))?;
    UNPACKERS.with(|unpackers| {
        let mut slot = unpackers[usize::from(*code) - 1].borrow_mut();
        let unpacker = match slot.take() {
            Some(unpacker) => slot.insert(unpacker),
            None => slot.insert(Decompressor::with_dictionary(dictionary).map_err(|error| damaged(error.to_string()))?),
        };
        unpacker.decompress(rest, size).map_err(|error| damaged(error.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = r#"{"field":"messages","entry_id":"102290129340398","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"statuses":[{"id":"wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBJDQjZCMzlEQUE4OTJBMTE4RTUA","status":"delivered","timestamp":"1750263773","recipient_id":"16505551234","pricing":{"billable":true,"pricing_model":"PMP","category":"utility","type":"regular"}}]}}"#;

    #[test]
    fn events_shrink_and_come_back() {
        let packed = pack_event(STATUS.as_bytes());
        assert_eq!(packed[0], EVENT);
        assert!(packed.len() * 2 < STATUS.len(), "{} of {}", packed.len(), STATUS.len());
        assert_eq!(unpack(&packed).unwrap(), STATUS.as_bytes());
        assert_eq!(unpack(&pack_event(b"{}")).unwrap(), b"{}");
        assert_eq!(unpack(&pack_event(b"")).unwrap(), b"");
    }

    #[test]
    fn contents_come_back() {
        for body in [
            "hi",
            "\u{645}\u{631}\u{62d}\u{628}\u{627} \u{643}\u{64a}\u{641} \u{62d}\u{627}\u{644}\u{643}",
            &"long text ".repeat(300),
        ] {
            let content = Content::Text { body: body.to_owned(), preview_url: None };
            assert_eq!(unpack_content(&pack_content(&content).unwrap()).unwrap(), content);
        }
    }

    #[test]
    fn damage_is_reported() {
        let mut packed = pack_event(STATUS.as_bytes());
        packed.truncate(packed.len() / 2);
        assert!(matches!(unpack(&packed), Err(Error::Damaged(_))));
        assert!(matches!(unpack(&[9, 1, 2]), Err(Error::Damaged(_))));
        assert!(matches!(unpack(&[]), Err(Error::Damaged(_))));
    }
}
