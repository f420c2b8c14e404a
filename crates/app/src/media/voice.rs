//! Voice notes: what browsers record becomes what WhatsApp plays as one, Ogg Opus with one channel.
//!
//! Nothing is decoded. The Opus packets are taken out of their container (WebM from Chromium and Firefox, Ogg) and put
//! into a new Ogg stream. A stereo recording needs no new encoding either: the header's channel count is the number of
//! channels *played*, and an Opus decoder mixes stereo packets down to it (RFC 7845 §5.1, RFC 6716 §2.1.2).

use super::webm::{Part, Webm};
use ogg::{PacketReader, PacketWriteEndInfo, PacketWriter};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Samples a second that Ogg Opus counts in, whatever was recorded.
const RATE: u64 = 48_000;
/// Samples on a page: about a second, so that players can seek.
const PAGE: u64 = RATE;
/// A track of sound.
const SOUND: u64 = 2;
/// Largest Opus packet: 120 ms as 48 frames of 1275 bytes, and what frames them.
const LARGEST_PACKET: usize = 61_440;

/// Why a recording cannot become a voice note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoVoice {
    /// It is no WebM and no Ogg.
    #[error("it is {0}; a voice note is made from Opus in WebM or Ogg. Send it as a sound file instead")]
    Container(&'static str),
    /// Its sound is not Opus; changing that would need a new encoding.
    #[error("its sound is {0}, not Opus. Send it as a sound file instead")]
    Codec(String),
    /// Surround sound.
    #[error("it has {0} channels; a voice note has one or two")]
    Channels(u8),
    /// Nothing was recorded.
    #[error("there is no sound in it")]
    Empty,
    /// It ends in the middle or was never well-formed.
    #[error("it is damaged: {0}")]
    Damaged(String),
}

fn damaged(error: impl std::fmt::Display) -> NoVoice {
    NoVoice::Damaged(error.to_string())
}

/// What a voice note says about itself in `OpusHead`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    channels: u8,
    pre_skip: u16,
    input_rate: u32,
    gain: [u8; 2],
}

/// Writes the recording as Ogg Opus with one channel.
///
/// # Errors
/// [`NoVoice`] when that cannot be done without a new encoding.
pub fn convert(from: &Path, to: &Path) -> Result<(), NoVoice> {
    let mut file = BufReader::new(File::open(from).map_err(damaged)?);
    let mut magic = [0; 12];
    let got = file.read(&mut magic).map_err(damaged)?;
    file.seek(SeekFrom::Start(0)).map_err(damaged)?;
    let out = BufWriter::new(File::create(to).map_err(damaged)?);
    match container(&magic[..got]) {
        Some("webm") => from_webm(file, Voice::new(out)),
        Some("ogg") => from_ogg(file, Voice::new(out)),
        other => Err(NoVoice::Container(other.unwrap_or("a file of an unknown kind"))),
    }
}

fn container(magic: &[u8]) -> Option<&'static str> {
    match magic {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Some("webm"),
        [b'O', b'g', b'g', b'S', ..] => Some("ogg"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("MP4 (AAC)"),
        [b'R', b'I', b'F', b'F', ..] => Some("WAV"),
        [b'I', b'D', b'3', ..] | [0xFF, 0xFB | 0xF3 | 0xF2, ..] => Some("MP3"),
        _ => None,
    }
}

fn from_webm<W: Write>(file: BufReader<File>, mut voice: Voice<W>) -> Result<(), NoVoice> {
    let mut webm = Webm::new(file);
    let mut sound: Option<u64> = None;
    while let Some(part) = webm.next().map_err(damaged)? {
        match part {
            Part::Track(track) if sound.is_none() && track.kind == SOUND => {
                if track.codec != "A_OPUS" {
                    return Err(NoVoice::Codec(track.codec.trim_start_matches("A_").to_owned()));
                }
                if track.encoded {
                    return Err(NoVoice::Damaged("its packets are compressed or encrypted".to_owned()));
                }
                voice.begin(read_head(&track.private)?)?;
                sound = Some(track.number);
            }
            Part::Packet { track, data } if sound == Some(track) => voice.packet(data)?,
            Part::Track(_) | Part::Packet { .. } => {}
        }
    }
    voice.end()
}

fn from_ogg<W: Write>(file: BufReader<File>, mut voice: Voice<W>) -> Result<(), NoVoice> {
    let mut ogg = PacketReader::new(file);
    let first = ogg.read_packet().map_err(damaged)?.ok_or(NoVoice::Empty)?;
    if !first.data.starts_with(b"OpusHead") {
        let codec = if first.data.get(1..7) == Some(b"vorbis") { "Vorbis" } else { "unknown" };
        return Err(NoVoice::Codec(codec.to_owned()));
    }
    let serial = first.stream_serial();
    voice.begin(read_head(&first.data)?)?;
    let mut tags = true;
    while let Some(packet) = ogg.read_packet().map_err(damaged)? {
        if packet.stream_serial() != serial {
            continue;
        }
        // The second packet holds words about the recording: they stay with us.
        if !std::mem::take(&mut tags) {
            voice.packet(packet.data)?;
        }
    }
    voice.end()
}

/// Reads `OpusHead` (RFC 7845 §5.1).
fn read_head(bytes: &[u8]) -> Result<Head, NoVoice> {
    let &[
        b'O',
        b'p',
        b'u',
        b's',
        b'H',
        b'e',
        b'a',
        b'd',
        version,
        channels,
        skip_low,
        skip_high,
        r0,
        r1,
        r2,
        r3,
        g0,
        g1,
        mapping,
        ..,
    ] = bytes
    else {
        return Err(NoVoice::Damaged("its header is not one of Opus".to_owned()));
    };
    if version >= 16 {
        return Err(NoVoice::Damaged(format!("its header is of version {version}")));
    }
    if channels == 0 || channels > 2 || mapping != 0 {
        return Err(NoVoice::Channels(channels));
    }
    let pre_skip = u16::from_le_bytes([skip_low, skip_high]);
    Ok(Head { channels, pre_skip, input_rate: u32::from_le_bytes([r0, r1, r2, r3]), gain: [g0, g1] })
}

/// How many samples a packet plays, from its first byte (RFC 6716 §3.1); nothing for a malformed one.
fn samples(packet: &[u8]) -> Option<u64> {
    let toc = *packet.first()?;
    let config = u64::from(toc >> 3);
    let frame = match config {
        0..=11 => [480, 960, 1_920, 2_880][usize::try_from(config % 4).unwrap_or(0)],
        12..=15 => [480, 960][usize::try_from(config % 2).unwrap_or(0)],
        _ => [120, 240, 480, 960][usize::try_from(config % 4).unwrap_or(0)],
    };
    let count = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(packet.get(1)? & 0x3F),
    };
    // A packet plays at most 120 ms.
    Some(frame * count).filter(|all| (1..=5_760).contains(all))
}

/// A voice note being written. The last packet is held back, because only the writer of it knows that it is the last.
struct Voice<W: Write> {
    writer: PacketWriter<'static, W>,
    waiting: Option<Vec<u8>>,
    played: u64,
    on_page: u64,
}

/// The stream's number; there is only one.
const SERIAL: u32 = 1;

impl<W: Write> Voice<W> {
    fn new(out: W) -> Self {
        Self { writer: PacketWriter::new(out), waiting: None, played: 0, on_page: 0 }
    }

    fn begin(&mut self, head: Head) -> Result<(), NoVoice> {
        let mut first = b"OpusHead\x01\x01".to_vec();
        first.extend(head.pre_skip.to_le_bytes());
        first.extend(head.input_rate.to_le_bytes());
        first.extend(head.gain);
        first.push(0);
        let mut tags = b"OpusTags".to_vec();
        tags.extend(7_u32.to_le_bytes());
        tags.extend(b"rapport");
        tags.extend(0_u32.to_le_bytes());
        for header in [first, tags] {
            self.writer.write_packet(header, SERIAL, PacketWriteEndInfo::EndPage, 0).map_err(damaged)?;
        }
        Ok(())
    }

    fn packet(&mut self, packet: Vec<u8>) -> Result<(), NoVoice> {
        if packet.len() > LARGEST_PACKET || samples(&packet).is_none() {
            return Err(NoVoice::Damaged("a packet of it is not one of Opus".to_owned()));
        }
        match self.waiting.replace(packet) {
            Some(before) => self.write(before, false),
            None => Ok(()),
        }
    }

    fn write(&mut self, packet: Vec<u8>, last: bool) -> Result<(), NoVoice> {
        let length = samples(&packet).unwrap_or(0);
        self.played += length;
        self.on_page += length;
        let info = if last {
            PacketWriteEndInfo::EndStream
        } else if self.on_page >= PAGE {
            self.on_page = 0;
            PacketWriteEndInfo::EndPage
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        self.writer.write_packet(packet, SERIAL, info, self.played).map_err(damaged)
    }

    fn end(mut self) -> Result<(), NoVoice> {
        let last = self.waiting.take().ok_or(NoVoice::Empty)?;
        self.write(last, true)?;
        self.writer.into_inner().flush().map_err(damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn sample(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/media").join(name)
    }

    fn voice(name: &str) -> Result<Vec<u8>, NoVoice> {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.ogg");
        convert(&sample(name), &out).map(|()| std::fs::read(out).unwrap())
    }

    /// The packets of an Ogg file after its two headers, and the last position.
    fn packets(bytes: &[u8]) -> (Head, Vec<Vec<u8>>, u64) {
        let mut reader = PacketReader::new(std::io::Cursor::new(bytes));
        let mut all = Vec::new();
        let mut end = 0;
        while let Some(packet) = reader.read_packet().unwrap() {
            end = packet.absgp_page();
            all.push(packet.data);
        }
        assert!(all[1].starts_with(b"OpusTags"));
        (read_head(&all[0]).unwrap(), all.split_off(2), end)
    }

    #[test]
    fn recordings_become_ogg_with_one_channel_and_the_same_packets() {
        for name in ["chromium.webm", "live.webm", "stereo.webm", "stereo.ogg", "mono.ogg"] {
            let (head, sound, end) = packets(&voice(name).unwrap_or_else(|error| panic!("{name}: {error}")));
            assert_eq!(head.channels, 1, "{name}");
            // 0.3 seconds (0.6 in the browser's) and what the encoder needs to begin.
            let played: u64 = sound.iter().map(|packet| samples(packet).unwrap()).sum();
            assert_eq!(end, played, "{name}");
            assert!((14_400..=34_560).contains(&played), "{name}: {played}");
        }
        let original = std::fs::read(sample("stereo.ogg")).unwrap();
        assert_eq!(packets(&voice("stereo.ogg").unwrap()).1, packets(&original).1);
        assert_eq!(packets(&original).0.channels, 2);
    }

    #[test]
    fn what_would_need_a_new_encoding_is_refused_in_words() {
        assert_eq!(voice("aac.mp4").unwrap_err(), NoVoice::Container("MP4 (AAC)"));
        assert_eq!(voice("vorbis.webm").unwrap_err(), NoVoice::Codec("VORBIS".to_owned()));
        assert!(voice("aac.mp4").unwrap_err().to_string().contains("as a sound file"));
    }

    #[test]
    fn damaged_files_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let (place, out) = (folder.path().join("in"), folder.path().join("out"));
        for name in ["chromium.webm", "live.webm", "stereo.ogg"] {
            let whole = std::fs::read(sample(name)).unwrap();
            for length in 0..whole.len() {
                std::fs::write(&place, &whole[..length]).unwrap();
                // Cut anywhere it is either a shorter recording or an error.
                if convert(&place, &out).is_ok() {
                    assert!(!packets(&std::fs::read(&out).unwrap()).1.is_empty());
                }
                let mut wrong = whole.clone();
                wrong[length] ^= 0xFF;
                std::fs::write(&place, &wrong).unwrap();
                let _ = convert(&place, &out);
            }
        }
    }

    #[test]
    fn lengths_are_read_from_the_first_byte() {
        for (packet, expected) in [
            (&[0x78_u8][..], Some(960)),
            (&[0x79][..], Some(1_920)),
            (&[0x7B, 3][..], Some(2_880)),
            (&[0x00][..], Some(480)),
            (&[0x80][..], Some(120)),
            (&[0x7B, 0][..], None),
            (&[0x1B, 63][..], None),
            (&[][..], None),
        ] {
            assert_eq!(samples(packet), expected, "{packet:?}");
        }
    }
}
