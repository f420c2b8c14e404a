//! Reads WebM as browsers write it while they record: a stream whose segment and clusters have no size (RFC 8794 §6.2,
//! RFC 9559). Elements are taken one after another; those that only hold others are entered, all else is skipped.

use std::io::{self, Read};

/// Elements that are entered.
const SEGMENT: u32 = 0x1853_8067;
const TRACKS: u32 = 0x1654_AE6B;
const CLUSTER: u32 = 0x1F43_B675;
const BLOCK_GROUP: u32 = 0xA0;
/// Elements that are read.
const TRACK_ENTRY: u32 = 0xAE;
const SIMPLE_BLOCK: u32 = 0xA3;
const BLOCK: u32 = 0xA1;
/// What is wanted of a track.
const NUMBER: u32 = 0xD7;
const KIND: u32 = 0x83;
const CODEC: u32 = 0x86;
const PRIVATE: u32 = 0x63A2;
const ENCODINGS: u32 = 0x6D80;

/// Largest element that is held in memory, bytes.
const LARGEST: u64 = 256 << 10;

/// A track of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Track {
    pub number: u64,
    /// 1 film, 2 sound.
    pub kind: u64,
    /// `A_OPUS`, `V_VP8`, ...
    pub codec: String,
    /// What the codec needs to begin.
    pub private: Vec<u8>,
    /// Whether packets are compressed or encrypted by the container.
    pub encoded: bool,
}

/// What comes next in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A track is announced.
    Track(Track),
    /// A packet of a track.
    Packet {
        /// Of which.
        track: u64,
        /// The bytes.
        data: Vec<u8>,
    },
}

/// A WebM file being read from its beginning.
pub(super) struct Webm<R> {
    from: R,
}

impl<R: Read> Webm<R> {
    pub fn new(from: R) -> Self {
        Self { from }
    }

    /// The next track or packet; nothing at the end, and where a recording was cut off.
    ///
    /// # Errors
    /// What is not WebM.
    pub fn next(&mut self) -> io::Result<Option<Part>> {
        loop {
            let Some((id, size)) = header(&mut self.from)? else { return Ok(None) };
            match id {
                SEGMENT | TRACKS | CLUSTER | BLOCK_GROUP => {}
                TRACK_ENTRY => {
                    let Some(body) = self.body(size)? else { return Ok(None) };
                    return Ok(Some(Part::Track(track(&body)?)));
                }
                SIMPLE_BLOCK | BLOCK => {
                    let Some(body) = self.body(size)? else { return Ok(None) };
                    return Ok(Some(packet(&body)?));
                }
                _ => {
                    let size = size.ok_or_else(|| bad("an element without a size"))?;
                    io::copy(&mut self.from.by_ref().take(size), &mut io::sink())?;
                }
            }
        }
    }

    /// The content of an element; nothing where the file ends within it.
    fn body(&mut self, size: Option<u64>) -> io::Result<Option<Vec<u8>>> {
        let size = size.filter(|size| *size <= LARGEST).ok_or_else(|| bad("an element that is too large"))?;
        let mut body = Vec::new();
        self.from.by_ref().take(size).read_to_end(&mut body)?;
        Ok((body.len() as u64 == size).then_some(body))
    }
}

fn bad(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Id and size of the next element; no size where it is unknown, nothing at the end of the file.
fn header(from: &mut impl Read) -> io::Result<Option<(u32, Option<u64>)>> {
    let Some((id, length)) = number(from, 4)? else { return Ok(None) };
    // An id keeps its length mark.
    let id = u32::try_from(id | 1 << (7 * length)).map_err(|_| bad("an id that is too long"))?;
    let Some((size, length)) = number(from, 8)? else { return Ok(None) };
    let unknown = size == (1 << (7 * length)) - 1;
    Ok(Some((id, (!unknown).then_some(size))))
}

/// A number of variable length without its mark, and how many bytes it had.
fn number(from: &mut impl Read, most: u32) -> io::Result<Option<(u64, u32)>> {
    let Some(first) = byte(from)? else { return Ok(None) };
    let length = first.leading_zeros() + 1;
    if length > most {
        return Err(bad("a number that is too long"));
    }
    let mut value = u64::from(first) & ((1 << (8 - length)) - 1);
    for _ in 1..length {
        let Some(next) = byte(from)? else { return Ok(None) };
        value = value << 8 | u64::from(next);
    }
    Ok(Some((value, length)))
}

fn byte(from: &mut impl Read) -> io::Result<Option<u8>> {
    let mut one = [0];
    let got = from.read(&mut one)?;
    Ok((got == 1).then_some(one[0]))
}

fn track(mut body: &[u8]) -> io::Result<Track> {
    let mut track = Track::default();
    while let Some((id, size)) = header(&mut body)? {
        let size = size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= body.len());
        let (content, rest) = body.split_at(size.ok_or_else(|| bad("a track that ends too early"))?);
        body = rest;
        match id {
            NUMBER => track.number = unsigned(content),
            KIND => track.kind = unsigned(content),
            CODEC => track.codec = String::from_utf8_lossy(content).trim_end_matches('\0').to_owned(),
            PRIVATE => track.private = content.to_vec(),
            ENCODINGS => track.encoded = true,
            _ => {}
        }
    }
    Ok(track)
}

fn unsigned(content: &[u8]) -> u64 {
    content.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// Track, two bytes of time, flags, and one packet: several in one block (lacing) are for films' sound only.
fn packet(mut body: &[u8]) -> io::Result<Part> {
    let (track, _) = number(&mut body, 8)?.ok_or_else(|| bad("an empty block"))?;
    match body {
        [_, _, flags, data @ ..] if flags & 0x06 == 0 => Ok(Part::Packet { track, data: data.to_vec() }),
        [_, _, _, ..] => Err(bad("several packets in one block")),
        _ => Err(bad("a block without a packet")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(bytes: &[u8]) -> Vec<Part> {
        let mut webm = Webm::new(bytes);
        std::iter::from_fn(|| webm.next().unwrap()).collect()
    }

    #[test]
    fn a_stream_without_sizes_is_read() {
        let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/media/chromium.webm")).unwrap();
        let all = parts(&bytes);
        let Part::Track(track) = &all[0] else { panic!("{:?}", all[0]) };
        assert_eq!((track.number, track.kind, track.codec.as_str(), track.encoded), (1, 2, "A_OPUS", false));
        assert!(track.private.starts_with(b"OpusHead"));
        assert!(all.len() > 8);
        for part in &all[1..] {
            assert!(matches!(part, Part::Packet { track: 1, data } if !data.is_empty()), "{part:?}");
        }
    }

    #[test]
    fn numbers_have_any_length() {
        let read = |mut bytes: &[u8]| number(&mut bytes, 8).unwrap();
        assert_eq!(read(&[0x81]), Some((1, 1)));
        assert_eq!(read(&[0x40, 0x02]), Some((2, 2)));
        assert_eq!(read(&[0x01, 0, 0, 0, 0, 0, 0, 7]), Some((7, 8)));
        assert_eq!(read(&[0x40]), None);
        assert!(number(&mut [0x00_u8].as_slice(), 8).is_err());
        assert_eq!(header(&mut [0xA3_u8, 0xFF].as_slice()).unwrap(), Some((SIMPLE_BLOCK, None)));
        assert_eq!(header(&mut [0x1A_u8, 0x45, 0xDF, 0xA3, 0x9F].as_slice()).unwrap(), Some((0x1A45_DFA3, Some(31))));
    }
}
