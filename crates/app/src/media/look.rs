//! What a file is, by looking inside: the containers that hold either sound or film, Opus or something else.

use super::webm::{Part, Webm};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// Boxes of an MP4 that are looked at before giving up.
const BOXES: usize = 10_000;

/// The type of a file: what its bytes say, corrected by what its container holds. `told`: the sender's word.
///
/// Reads from the disk: to be run where that may block.
#[must_use]
pub fn look(file: &Path, head: &[u8], told: &str) -> String {
    let mime = super::sniff(head, told);
    match mime.as_str() {
        "video/mp4" | "video/quicktime" | "audio/m4a" | "audio/x-m4a" if has_track(file, *b"vide") == Some(false) => {
            "audio/mp4".to_owned()
        }
        "audio/m4a" | "audio/x-m4a" => "audio/mp4".to_owned(),
        "video/webm" | "video/x-matroska" if webm_without_film(file) => "audio/webm".to_owned(),
        // The provider takes Ogg with Opus in it only.
        "audio/ogg" | "audio/opus" | "application/ogg" => {
            if is_opus(head) {
                "audio/ogg".to_owned()
            } else {
                "application/ogg".to_owned()
            }
        }
        _ => mime,
    }
}

/// Whether an Ogg file begins with Opus.
fn is_opus(head: &[u8]) -> bool {
    head.get(28..36) == Some(b"OpusHead")
}

/// Whether a sticker moves (the animation flag of a WebP's extended header).
#[must_use]
pub fn moves(head: &[u8]) -> bool {
    let extended = head.get(8..16) == Some(b"WEBPVP8X");
    extended && head.get(20).is_some_and(|flags| flags & 0x02 != 0)
}

/// Whether a WebM has sound and no film. Tracks are announced before the first packet.
fn webm_without_film(file: &Path) -> bool {
    let Ok(file) = File::open(file) else { return false };
    let mut webm = Webm::new(BufReader::new(file));
    let mut kinds = Vec::new();
    while let Ok(Some(Part::Track(track))) = webm.next() {
        kinds.push(track.kind);
    }
    kinds.contains(&2) && !kinds.contains(&1)
}

/// Whether an MP4 has a track with this handler; nothing when its boxes cannot be read.
fn has_track(file: &Path, handler: [u8; 4]) -> Option<bool> {
    let file = File::open(file).ok()?;
    let length = file.metadata().ok()?.len();
    let mut walk = Walk { file: BufReader::new(file), handler, left: BOXES, tracks: 0, found: false };
    walk.boxes(0, length, 0)?;
    (walk.tracks > 0).then_some(walk.found)
}

struct Walk {
    file: BufReader<File>,
    handler: [u8; 4],
    left: usize,
    tracks: usize,
    found: bool,
}

impl Walk {
    /// Visits the boxes from `at` to `end`, and those inside that lead to a track's handler.
    fn boxes(&mut self, mut at: u64, end: u64, depth: usize) -> Option<()> {
        while at + 8 <= end && !self.found {
            self.left = self.left.checked_sub(1)?;
            self.file.seek(SeekFrom::Start(at)).ok()?;
            let mut header = [0; 8];
            self.file.read_exact(&mut header).ok()?;
            let [s0, s1, s2, s3, n0, n1, n2, n3] = header;
            let (size, begin) = match u32::from_be_bytes([s0, s1, s2, s3]) {
                0 => (end - at, 8),
                1 => {
                    let mut long = [0; 8];
                    self.file.read_exact(&mut long).ok()?;
                    (u64::from_be_bytes(long), 16)
                }
                size => (u64::from(size), 8),
            };
            let next = at.checked_add(size).filter(|next| size >= begin && *next <= end)?;
            match &[n0, n1, n2, n3] {
                b"moov" | b"trak" | b"mdia" if depth < 4 => self.boxes(at + begin, next, depth + 1)?,
                b"hdlr" => self.handler_at(at + begin)?,
                _ => {}
            }
            at = next;
        }
        Some(())
    }

    fn handler_at(&mut self, at: u64) -> Option<()> {
        self.file.seek(SeekFrom::Start(at + 8)).ok()?;
        let mut handler = [0; 4];
        self.file.read_exact(&mut handler).ok()?;
        self.tracks += 1;
        self.found |= handler == self.handler;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(name: &str, told: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/media").join(name);
        let bytes = std::fs::read(&path).unwrap();
        look(&path, &bytes[..bytes.len().min(8_192)], told)
    }

    #[test]
    fn containers_are_opened() {
        for (name, mime) in [
            ("chromium.webm", "audio/webm"),
            ("live.webm", "audio/webm"),
            ("stereo.webm", "audio/webm"),
            ("mono.ogg", "audio/ogg"),
            ("aac.mp4", "audio/mp4"),
            ("film.mp4", "video/mp4"),
        ] {
            // Whatever the sender says.
            for told in ["text/html", "audio/mpeg", ""] {
                assert_eq!(looked(name, told), mime, "{name}");
            }
        }
    }

    #[test]
    fn broken_containers_keep_their_first_impression() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let film = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/media/film.mp4")).unwrap();
        for length in 12..film.len().min(600) {
            std::fs::write(&path, &film[..length]).unwrap();
            assert_eq!(look(&path, &film[..length], ""), "video/mp4");
        }
        let vorbis = [b"OggS".as_slice(), &[0; 24], b"\x01vorbis"].concat();
        assert_eq!(look(&path, &vorbis, "audio/ogg"), "application/ogg");
    }

    #[test]
    fn moving_stickers_are_known_by_their_flag() {
        let webp = |flags: u8| [b"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0".as_slice(), &[flags, 0, 0, 0]].concat();
        assert!(moves(&webp(0x12)));
        assert!(!moves(&webp(0x10)));
        assert!(!moves(b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\xFF"));
        assert!(!moves(b""));
    }
}
