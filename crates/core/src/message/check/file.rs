//! Files: which types and sizes each kind may have (`whatsapp-cloud-api.md` §7).

use super::{Code, Problem};
use crate::message::MediaKind;

const KB: u64 = 1024;
const MB: u64 = 1024 * KB;

/// Largest file of a kind, in bytes.
#[must_use]
pub fn max_size(kind: MediaKind, animated: bool) -> u64 {
    match kind {
        MediaKind::Image => 5 * MB,
        MediaKind::Video | MediaKind::Audio | MediaKind::Voice => 16 * MB,
        MediaKind::Document => 100 * MB,
        MediaKind::Sticker if animated => 500 * KB,
        MediaKind::Sticker => 100 * KB,
    }
}

/// MIME types a kind may have; empty for documents, which take any.
#[must_use]
pub fn mime_types(kind: MediaKind) -> &'static [&'static str] {
    match kind {
        MediaKind::Image => &["image/jpeg", "image/png"],
        MediaKind::Video => &["video/mp4", "video/3gpp"],
        MediaKind::Audio => &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
        MediaKind::Voice => &["audio/ogg"],
        MediaKind::Sticker => &["image/webp"],
        MediaKind::Document => &[],
    }
}

/// The type without its parameters, in lower case.
fn essence(mime: &str) -> String {
    mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// What the provider would refuse about this file as this kind: its type (`mime`) or its size (`size`).
#[must_use]
pub fn check(kind: MediaKind, mime: &str, size: u64, animated: bool) -> Option<Problem> {
    let essence = essence(mime);
    let types = mime_types(kind);
    let problem = |code, field: &str, limit: String, actual: String| Problem {
        code,
        field: field.to_owned(),
        limit,
        actual: actual.chars().take(100).collect(),
    };
    if !types.is_empty() && !types.contains(&essence.as_str()) {
        return Some(problem(Code::FileType, "mime", types.join(", "), essence));
    }
    let most = max_size(kind, animated);
    match size {
        0 => Some(problem(Code::FileEmpty, "size", "1".to_owned(), "0".to_owned())),
        size if size > most => Some(problem(Code::FileTooLarge, "size", most.to_string(), size.to_string())),
        _ => None,
    }
}

/// The kind a file of this type is sent as; anything unknown is a document.
#[must_use]
pub fn kind_of(mime: &str) -> MediaKind {
    let essence = essence(mime);
    [MediaKind::Image, MediaKind::Video, MediaKind::Audio]
        .into_iter()
        .find(|kind| mime_types(*kind).contains(&essence.as_str()))
        .unwrap_or(MediaKind::Document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_exact_limit() {
        for (kind, mime, animated, most) in [
            (MediaKind::Image, "image/jpeg", false, 5_242_880),
            (MediaKind::Video, "video/3gpp", false, 16_777_216),
            (MediaKind::Audio, "audio/mpeg", false, 16_777_216),
            (MediaKind::Voice, "audio/ogg; codecs=opus", false, 16_777_216),
            (MediaKind::Document, "application/x-anything", false, 104_857_600),
            (MediaKind::Sticker, "image/webp", false, 102_400),
            (MediaKind::Sticker, "image/webp", true, 512_000),
        ] {
            assert_eq!(check(kind, mime, most, animated), None, "{kind:?}");
            let found = check(kind, mime, most + 1, animated).unwrap();
            assert_eq!((found.code, found.limit), (Code::FileTooLarge, most.to_string()), "{kind:?}");
            assert_eq!(check(kind, mime, 0, animated).unwrap().code, Code::FileEmpty);
        }
    }

    #[test]
    fn types_are_those_of_the_kind() {
        for (kind, mime) in [
            (MediaKind::Image, "image/gif"),
            (MediaKind::Image, "image/webp"),
            (MediaKind::Video, "video/webm"),
            (MediaKind::Audio, "audio/webm"),
            (MediaKind::Voice, "audio/mpeg"),
            (MediaKind::Sticker, "image/png"),
            (MediaKind::Image, ""),
        ] {
            assert_eq!(check(kind, mime, 10, false).unwrap().code, Code::FileType, "{kind:?} {mime}");
        }
        for (mime, kind) in [
            ("IMAGE/PNG", MediaKind::Image),
            ("audio/ogg; codecs=opus", MediaKind::Audio),
            ("image/webp", MediaKind::Document),
            ("video/mp4", MediaKind::Video),
            ("", MediaKind::Document),
        ] {
            assert_eq!(kind_of(mime), kind, "{mime}");
        }
    }
}
