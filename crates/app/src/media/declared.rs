//! Whether a file is what whoever brings it says: a picture, film or sound has bytes that show it, and one without them
//! would be refused by the provider, or be shown to the customer as broken.

use rapport_core::message::MediaKind;
use rapport_core::message::check::file as limits;
use rapport_core::message::check::{Code, Problem};

/// Stands for a file whose bytes say nothing.
const NOTHING: &str = "application/octet-stream";

/// What pictures, or what films and sounds: one container holds both.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Drawn,
    Played,
}

fn family(mime: &str) -> Option<Family> {
    match mime.split('/').next().unwrap_or_default() {
        "image" => Some(Family::Drawn),
        "audio" | "video" => Some(Family::Played),
        _ => (mime == "application/ogg").then_some(Family::Played),
    }
}

/// The type that the bytes show: `mime`, unless it is a picture's, film's or sound's that was only said.
#[must_use]
pub(super) fn shown<'a>(head: &[u8], mime: &'a str) -> &'a str {
    let proven = match family(mime) {
        None => true,
        Some(Family::Drawn) => infer::get(head).is_some(),
        Some(Family::Played) => infer::get(head).is_some() || is_known(head),
    };
    if proven { mime } else { NOTHING }
}

/// Beginnings that say enough and are missed otherwise: ISO media of any brand, frames of MPEG sound.
fn is_known(head: &[u8]) -> bool {
    head.get(4..8) == Some(b"ftyp") || matches!(head, [0xFF, second, ..] if is_frame(*second))
}

/// Whether a second byte after FF begins a frame of MPEG sound: version and layer are ones there are, layer 0 is that of
/// AAC alone. Text in UTF-16 begins with FF FE.
fn is_frame(second: u8) -> bool {
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    match layer {
        0 => second & 0xF6 == 0xF0,
        _ => second & 0xE0 == 0xE0 && version != 1 && second < 0xFE,
    }
}

/// What is wrong with a file that was said to be a picture, film, sound or sticker - by `kind`, else by the MIME type
/// `told` - and is none. `shown`: the type its bytes show. A document may be anything.
#[must_use]
pub(super) fn problem(kind: Option<MediaKind>, told: &str, shown: &str) -> Option<Problem> {
    let told = told.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let said = match kind {
        Some(MediaKind::Document) => return None,
        Some(MediaKind::Image | MediaKind::Sticker) => Family::Drawn,
        Some(MediaKind::Video | MediaKind::Audio | MediaKind::Voice) => Family::Played,
        // Drawings in words and the like go as documents.
        None if limits::kind_of(&told) == MediaKind::Document && !matches!(&*told, "image/webp" | "image/gif") => {
            return None;
        }
        None => family(&told)?,
    };
    // What was not even said to be one is a matter of which types the kind may have.
    let differs = family(&told) == Some(said) && family(shown) != Some(said);
    differs.then(|| Problem {
        code: Code::FileDiffers,
        field: "file".to_owned(),
        limit: told.chars().take(100).collect(),
        actual: shown.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes, the kind asked for, the type they are said to be, and the refusal.
    type Case = (&'static [u8], Option<MediaKind>, &'static str, Option<(&'static str, &'static str)>);

    #[test]
    fn what_is_said_must_be_seen() {
        let png: &'static [u8] = b"\x89PNG\r\n\x1a\n0000";
        let text: &'static [u8] = b"hello, this is no picture";
        let zip: &'static [u8] = b"PK\x03\x04\x14\0\0\0\0\0somefile";
        let mp3: &'static [u8] = b"\xFF\xF3\x84\xC4\0\0\0\0\0\0\0\0";
        let aac: &'static [u8] = b"\xFF\xF1\x50\x80\0\0\0\0\0\0\0\0";
        let utf16: &'static [u8] = b"\xFF\xFEh\0e\0l\0l\0o\0";
        let odd_mp4: &'static [u8] = b"\0\0\0\x18ftypQQQQ\0\0\0\0";
        let amr: &'static [u8] = b"#!AMR\n\0\0\0\0\0\0";
        let cases: &[Case] = &[
            (png, None, "image/png", None),
            (png, Some(MediaKind::Image), "application/octet-stream", None),
            (png, None, "image/jpeg", None),
            (png, None, "text/html", None),
            (mp3, None, "audio/mpeg", None),
            (aac, None, "audio/aac", None),
            (utf16, None, "audio/mpeg", Some(("audio/mpeg", NOTHING))),
            (b"\xFF\xFFh\0e\0", None, "audio/mpeg", Some(("audio/mpeg", NOTHING))),
            (b"\xFF\xE0h\0e\0", None, "audio/mpeg", Some(("audio/mpeg", NOTHING))),
            (odd_mp4, Some(MediaKind::Video), "video/3gpp", None),
            (amr, Some(MediaKind::Audio), "audio/amr", None),
            (text, None, "text/plain", None),
            (text, None, "application/vnd.ms-excel", None),
            (text, None, "image/svg+xml", None),
            (text, Some(MediaKind::Document), "image/png", None),
            (text, None, "image/png", Some(("image/png", NOTHING))),
            (text, None, "Image/PNG; q=1", Some(("image/png", NOTHING))),
            (text, None, "image/webp", Some(("image/webp", NOTHING))),
            (text, None, "video/mp4", Some(("video/mp4", NOTHING))),
            (text, None, "audio/ogg; codecs=opus", Some(("audio/ogg", NOTHING))),
            (zip, None, "image/png", Some(("image/png", "application/zip"))),
            (png, None, "audio/mpeg", Some(("audio/mpeg", "image/png"))),
            (mp3, None, "image/png", Some(("image/png", NOTHING))),
            (text, Some(MediaKind::Image), "image/png", Some(("image/png", NOTHING))),
            (text, Some(MediaKind::Sticker), "image/webp", Some(("image/webp", NOTHING))),
            (text, Some(MediaKind::Audio), "audio/aac", Some(("audio/aac", NOTHING))),
            (text, Some(MediaKind::Video), "", None),
            (png, Some(MediaKind::Video), "image/png", None),
            (b"", None, "image/png", Some(("image/png", NOTHING))),
        ];
        for (bytes, kind, told, expected) in cases {
            let mime = super::super::sniff(bytes, told);
            let found = problem(*kind, told, shown(bytes, &mime));
            let found = found.as_ref().map(|one| (one.limit.as_str(), one.actual.as_str()));
            assert_eq!(found, *expected, "{kind:?} {told} {mime}");
        }
    }
}
