//! Files of messages: fetched at once, kept under the name of their content.

mod declared;
pub mod derived;
pub mod fetch;
pub(crate) mod inside;
pub mod link;
pub mod look;
pub mod picture;
pub mod retention;
pub mod upload;
pub mod voice;
mod webm;

use std::path::{Path, PathBuf};

/// Where the bytes with this SHA-256 are kept. Two levels of folders keep each small.
#[must_use]
pub fn path(data_dir: &Path, sha256: &str) -> PathBuf {
    let part = |range: std::ops::Range<usize>| sha256.get(range).unwrap_or("__").to_owned();
    data_dir.join("media").join(part(0..2)).join(part(2..4)).join(sha256)
}

/// The MIME type of a file: what its first bytes say, else what the sender said when that is harmless.
///
/// A type that a browser would execute is never taken on the sender's word.
#[must_use]
pub fn sniff(head: &[u8], told: &str) -> String {
    let told = told.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if let Some(kind) = infer::get(head) {
        let found = kind.mime_type();
        // Office files are archives: which sort of archive is the sender's to say.
        let office = told.starts_with("application/vnd.") && !told.contains("html");
        let archive = matches!(found, "application/zip" | "application/x-ole-storage");
        let old_office = found == "application/x-ole-storage" && told == "application/msword";
        return if archive && office || old_office { told } else { found.to_owned() };
    }
    let risky = told.contains("html") || told.contains("svg") || told.contains("xml") || told.contains("script");
    let well_formed = told.split_once('/').is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty());
    if risky || !well_formed { "application/octet-stream".to_owned() } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_count_more_than_words() {
        let png = b"\x89PNG\r\n\x1a\n0000";
        assert_eq!(sniff(png, "text/html"), "image/png");
        assert_eq!(sniff(b"hello", "text/plain; charset=utf-8"), "text/plain");
        let archive = b"PK\x03\x04\x14\0\0\0\0\0somefile";
        let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        assert_eq!(sniff(archive, sheet), sheet);
        assert_eq!(sniff(archive, "image/png"), "application/zip");
        for told in ["text/html", "image/svg+xml", "application/javascript", "", "nonsense", "/x"] {
            assert_eq!(sniff(b"hello", told), "application/octet-stream", "{told}");
        }
    }

    #[test]
    fn paths_stay_below_the_folder() {
        let base = Path::new("/data");
        let hash = "ab".repeat(32);
        assert_eq!(path(base, &hash), base.join("media/ab/ab").join(&hash));
    }
}
