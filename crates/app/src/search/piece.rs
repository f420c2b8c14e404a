//! The piece of a long text that is shown with a hit.

use rapport_text::Query;

/// Length of a shown piece of a message, in characters.
const PIECE: usize = 240;
/// How much of the text before the first hit is shown, in characters.
const LEAD: usize = 60;

/// The piece of a text round its first hit, in one line.
pub(super) fn piece(text: &str, query: &Query) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = rapport_text::highlights(&line, query).first().map_or(0, |(start, _)| *start);
    let Some(begin) = begin_before(&line, first) else { return rapport_text::preview(&line, PIECE) };
    format!("…{}", rapport_text::preview(&line[begin..], PIECE))
}

/// The byte where to begin so that the hit (at `first`, in UTF-16 units) is seen; `None` = at the beginning.
fn begin_before(line: &str, first: usize) -> Option<usize> {
    let mut units = 0;
    let starts: Vec<usize> = line
        .char_indices()
        .take_while(|(_, c)| {
            let before = units;
            units += c.len_utf16();
            before < first
        })
        .map(|(at, _)| at)
        .collect();
    let cut = starts.len().checked_sub(LEAD)?;
    if cut < LEAD {
        return None;
    }
    // At the next word, so that the piece does not begin inside one; scripts without spaces begin anywhere.
    let from = starts[cut];
    let window = &line[from..*starts.last().unwrap_or(&from)];
    Some(window.find(' ').map_or(from, |space| from + space + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_piece_shows_the_hit() {
        let query = rapport_text::query("needle");
        assert_eq!(piece("a  short\nneedle", &query), "a short needle");
        let long = format!("{} needle {}", "word ".repeat(100), "tail ".repeat(100));
        let piece = piece(&long, &query);
        assert!(piece.starts_with("…word") && piece.contains("needle") && piece.ends_with('…'), "{piece}");
        let marks = rapport_text::highlights(&piece, &query);
        let units: Vec<u16> = piece.encode_utf16().collect();
        assert_eq!(String::from_utf16(&units[marks[0].0..marks[0].1]).unwrap(), "needle");
        let query = rapport_text::query("配送");
        let chinese = format!("{}配送{}", "你好世界".repeat(80), "谢谢".repeat(80));
        assert!(super::piece(&chinese, &query).contains("配送"));
    }
}
