//! `Range: bytes=..`, as players and interrupted downloads ask for it (RFC 9110 §14).

/// What part of a file is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// From this byte to that one, both included.
    Part(u64, u64),
    /// Nothing that is there.
    Beyond,
}

/// Reads the header for a file of `size` bytes. What is not understood, or asks for several pieces, means the whole
/// file, which is always a right answer.
#[must_use]
pub fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some(range) = header.and_then(|text| text.trim().strip_prefix("bytes=")) else { return Wanted::Whole };
    let Some((from, to)) = range.split_once('-').filter(|_| !range.contains(',')) else { return Wanted::Whole };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (from.trim().is_empty(), to.trim().is_empty()) {
        (true, false) => match number(to) {
            Some(0) => Wanted::Beyond,
            Some(_) if size == 0 => Wanted::Beyond,
            Some(last) => Wanted::Part(size.saturating_sub(last), size - 1),
            None => Wanted::Whole,
        },
        (false, open) => match (number(from), number(to)) {
            (Some(from), _) if from >= size => Wanted::Beyond,
            (Some(from), None) if open => Wanted::Part(from, size - 1),
            (Some(from), Some(to)) if to >= from => Wanted::Part(from, to.min(size - 1)),
            _ => Wanted::Whole,
        },
        (true, true) => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (header, size, expected) in [
            (None, 10, Wanted::Whole),
            (Some("bytes=0-"), 10, Wanted::Part(0, 9)),
            (Some("bytes=0-0"), 10, Wanted::Part(0, 0)),
            (Some("bytes=2-5"), 10, Wanted::Part(2, 5)),
            (Some("bytes=2-500"), 10, Wanted::Part(2, 9)),
            (Some("bytes=-3"), 10, Wanted::Part(7, 9)),
            (Some("bytes=-30"), 10, Wanted::Part(0, 9)),
            (Some("bytes=-0"), 10, Wanted::Beyond),
            (Some("bytes=10-"), 10, Wanted::Beyond),
            (Some("bytes=0-"), 0, Wanted::Beyond),
            (Some("bytes=5-2"), 10, Wanted::Whole),
            (Some("bytes=0-1,3-4"), 10, Wanted::Whole),
            (Some("bytes=x-y"), 10, Wanted::Whole),
            (Some("bytes=99999999999999999999999-"), 10, Wanted::Whole),
            (Some("items=0-1"), 10, Wanted::Whole),
        ] {
            assert_eq!(wanted(header, size), expected, "{header:?} of {size}");
        }
    }
}
